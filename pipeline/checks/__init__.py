"""What stands between a computed table and its publication."""
