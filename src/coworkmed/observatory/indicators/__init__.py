"""Indicators of the state of play: declared once, computed in one pass over the published tables, in SQL that is
published with them.

`catalogue` says what each is, `assemble` makes SQL of it, `compute` runs that over a folder of published files (on
DuckDB, or on PostgreSQL), `disclosure` holds back what would give an answer away, `figures` reads what came of it.
"""
