"""How our reading of opening hours compares with that of the reference implementation."""
