"""Which entries of which lists are one place: an engine of pure functions over records. It knows no Django."""
