"""Our linkage beside others', on the same pairs and columns: ``python -m benchmarks.linkage.peers``. See the README.

Modules that run in the peers' own environment (`exchange`, `measure`, `worker`, `with_*`) import nothing of ours.
"""
