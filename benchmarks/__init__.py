"""What is measured on the answer key, each by one command."""
