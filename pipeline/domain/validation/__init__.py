"""Cutting redacted turns into segments, and what is left out."""
