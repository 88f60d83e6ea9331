"""The desk of a host: who comes today, passes read at the door with or without a network, and what became of it."""
