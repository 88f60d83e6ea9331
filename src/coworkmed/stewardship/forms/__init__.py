"""What people fill in on places, checked."""

from .place import PlaceForm

__all__ = ["PlaceForm"]
