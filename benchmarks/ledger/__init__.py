"""How long the largest set-off takes, beside other solvers, and whether all find the same."""
