"""Editions: the registry frozen on one day, so that every figure of it can be recomputed by anyone, for ever.

An edition is a folder of read-only files with a manifest and nothing else: it needs neither this site nor a database.
`freeze` makes one of published tables, `shelf` finds those there are, `changes` says what is different from the one
before, `proof` checks and recomputes one, `citation` says how to name it, `texts` what was done and whose the data is.
"""
