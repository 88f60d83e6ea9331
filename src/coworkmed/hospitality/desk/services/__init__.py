"""Every change at a desk, by use case."""
