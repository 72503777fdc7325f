"""Finding and replacing personal data: one module per kind of evidence."""
