"""The chapters of a report, each a function of its material that gives blocks in the active language."""
