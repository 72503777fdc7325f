"""How the tagger is made: pools of names, templates, refilled conversations, open data."""
