"""What the pages of the observatory show, read in few queries and handed over as plain values."""
