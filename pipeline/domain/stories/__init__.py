"""Choosing quotes, stories and story sets, with proof."""
