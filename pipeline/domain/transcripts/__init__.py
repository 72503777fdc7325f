"""Reading transcripts: one reader per format, then roles."""
