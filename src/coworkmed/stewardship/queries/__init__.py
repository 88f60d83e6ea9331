"""Every read of stewardship that is more than a look."""
