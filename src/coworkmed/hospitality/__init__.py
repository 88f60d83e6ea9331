"""Stays of members of one place at another: terms, agreements, resources, passes, bookings, visits."""
