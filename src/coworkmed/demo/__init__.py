"""A small fictional Mediterranean network in three overlapping lists, with planted faults whose truth is known."""

from .network import truth, write

__all__ = ["truth", "write"]
