"""The desk at which people judge the pairs of entries that the machine doubts."""
