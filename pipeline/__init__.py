"""Interview transcripts of listening programmes in; redacted turns, themes and story sets out."""

__version__ = "0.1.0"
