"""Passes: a home place vouches for a member, and any host can tell so at the door, without a network."""
