"""What computing all indicators costs, beside the same in pandas and on PostgreSQL."""
