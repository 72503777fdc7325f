"""Intake: which files in landing are taken in, in which batch, and which are set aside at once."""
