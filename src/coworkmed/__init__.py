"""CoWorkMed: a state of play of Mediterranean third places that stays true, and the tools for them to network."""

__version__ = "0.1.0"
