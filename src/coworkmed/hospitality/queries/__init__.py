"""Questions about hosts, agreements and bookings."""
