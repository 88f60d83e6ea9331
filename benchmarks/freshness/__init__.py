"""The clock and the public figures of freshness at scale, and what the simulation hangs on."""
