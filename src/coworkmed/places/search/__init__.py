"""Search in the registry: an index of its own (tantivy) that follows the database, and what is asked of it.

The index is a cache: it can always be made again, and it is the same whichever database is behind it.
"""
