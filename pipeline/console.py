"""What a person reads in a terminal: words of transcripts and files may not steer it.

A sign that moves the cursor, colours the screen or turns the direction of writing could hide or
forge a line of a report. Each is shown as one sign that stands for it, so that offsets still hold.
"""

import unicodedata

import click

_HARMLESS = frozenset("\n\t\u200c\u200d")
"""Line ends, and the signs by which some scripts join letters."""

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def tell(line: str = "", *, err: bool = False) -> None:
    """Write a line to standard output or error, without anything that a terminal obeys."""
    click.echo(visible(line), err=err)


def visible(text: str) -> str:
    """The text with a sign in place of each that is not seen and changes how others are."""
    return "".join(_INSTEAD if _is_unseen(c) else c for c in text)


def _is_unseen(character: str) -> bool:
    return character not in _HARMLESS and unicodedata.category(character) in _UNSEEN
