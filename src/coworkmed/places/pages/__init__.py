"""What each page of the registry shows, read in few queries and handed over as plain values."""
