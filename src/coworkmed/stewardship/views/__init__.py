"""Pages of stewardship, one module for each part."""
