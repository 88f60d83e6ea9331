"""Values and small functions every subject leans on: no input or output, no Django."""
