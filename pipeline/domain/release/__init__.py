"""What an audience gets: tables, data package, verification."""
