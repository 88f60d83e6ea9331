"""Pages of territories, of the lists the registry is made of, and of how it is made."""
