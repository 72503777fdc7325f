"""Themes: clustering, labels, identity between runs, counting people."""
