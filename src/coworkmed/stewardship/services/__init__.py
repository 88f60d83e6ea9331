"""Every write of stewardship: permission, one transaction, the trail."""
