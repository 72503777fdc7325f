"""E-mail addresses, web addresses and handles, written or said ("s dot hallett at example dot com")."""

import re

from pipeline.domain.redaction.spans import Finding

ENDINGS = r"(?:com|org|net|uk|co|gov|nhs|ac|edu|info|me|eu|io|biz|scot|wales|cymru|london|ie|pl|fr|de|us|tv)"
DOMAIN = rf"(?:[\w-]+\s+){{0,2}}?[\w-]+(?:\s+dot\s+[\w-]+)*?(?:\s+dot\s+{ENDINGS})+(?![\w])"
WRITTEN_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
SPOKEN_AT = re.compile(rf"[\s,]+at\s+({DOMAIN})", re.IGNORECASE)
WRITTEN_URL = re.compile(
    rf"\b(?:https?://\S*\w|www\.[\w./%?=&#-]*\w|(?<![@\w.])[a-z0-9][\w-]*(?:\.[\w-]+)*\.{ENDINGS}\b(?:/[\w./%?=&#-]*\w)?)",
    re.IGNORECASE,
)
SPOKEN_URL = re.compile(
    rf"\b(?:www|w w w|double-?u double-?u double-?u)\s+dot\s+{DOMAIN}|\b[\w-]+(?:\s+dot\s+[\w-]+)*?(?:\s+dot\s+{ENDINGS})+\b",
    re.IGNORECASE,
)
WRITTEN_HANDLE = re.compile(r"(?<![\w@])@[\w.]*\w")
SPOKEN_HANDLE = re.compile(
    r"\b(?:at\s+)?[a-z0-9]+(?:\s+(?:underscore\s+)+[a-z0-9]+)+", re.IGNORECASE
)
CUED_HANDLE = re.compile(
    r"\b(?:instagram|insta|twitter|tiktok|tik tok|facebook|snapchat|youtube|handle|username)\b"
    r"[^.?!\n]{0,25}?\b(?:at|is|as|called|it's|i'm)\s+((?:[a-z]+\s+dot\s+)+[a-z0-9]+|[a-z]+\d+)\b",
    re.IGNORECASE,
)
PIECE = re.compile(r"[^\s,]+")
CONNECTORS = frozenset({"dot", "underscore", "hyphen", "dash", "point", "full-stop", "plus"})
NUMBER_WORDS = frozenset(
    "zero oh nought one two three four five six seven eight nine ten eleven twelve double treble triple "
    "twenty thirty forty fifty sixty seventy eighty ninety".split()
)
NEVER_LOCAL = frozenset(
    "is it's its on to me my email e-mail address that's thats i'm im a i was the".split()
)
BEFORE = 160


def find(text: str) -> list[Finding]:
    """E-mail and web addresses and handles."""
    found = [Finding(*m.span(), "EMAIL", "email", 0.95) for m in WRITTEN_EMAIL.finditer(text)]
    found += _spoken_emails(text)
    spans = [(f.start, f.end) for f in found]
    for pattern, entity_type, rule in (
        (WRITTEN_URL, "URL", "url"),
        (SPOKEN_URL, "URL", "spoken_url"),
        (WRITTEN_HANDLE, "HANDLE", "handle"),
        (SPOKEN_HANDLE, "HANDLE", "spoken_handle"),
    ):
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in spans):
                found.append(Finding(*match.span(), entity_type, rule, 0.8))
    found += [Finding(*m.span(1), "HANDLE", "cued_handle", 0.7) for m in CUED_HANDLE.finditer(text)]
    return found


def _spoken_emails(text: str) -> list[Finding]:
    if " dot " not in text.lower():
        return []
    found: list[Finding] = []
    for match in SPOKEN_AT.finditer(text):
        start = _local_part(text, match.start())
        if start < match.start():
            found.append(Finding(start, match.end(), "EMAIL", "spoken_email", 0.9))
    return found


def _local_part(text: str, end: int) -> int:
    """Where the part before "at" begins: single letters, numbers, and words joined by "dot"."""
    window = max(0, end - BEFORE)
    pieces = list(PIECE.finditer(text, window, end))
    start, joined = end, True
    for position, piece in enumerate(reversed(pieces)):
        word = piece[0].lower().strip("\"'“”.;:?!")
        connector = word in CONNECTORS
        spelled = len(word) == 1 or word in NUMBER_WORDS or word.isdigit()
        whole = joined and not connector and (position == 0 or word not in NEVER_LOCAL)
        if word in NEVER_LOCAL and not (
            len(word) == 1 and (joined or _between_letters(pieces, position))
        ):
            break
        if not (connector or spelled or whole):
            break
        start, joined = piece.start(), connector
    return start


def _between_letters(pieces: list[re.Match[str]], position: int) -> bool:
    """Whether "a" or "i" stands among other single letters."""
    index = len(pieces) - 1 - position
    return index > 0 and len(pieces[index - 1][0].strip(",.")) == 1
