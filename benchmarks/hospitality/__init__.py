"""How booking behaves when many want the same, and what one booking costs."""
