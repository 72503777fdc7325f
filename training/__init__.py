"""How the tagger is made: name pools, templates, refilled conversations, open data, training, export."""
