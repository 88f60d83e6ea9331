"""People, the organisations they act for, and what each may do."""
