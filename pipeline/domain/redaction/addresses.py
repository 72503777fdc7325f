"""Street addresses of the United Kingdom: house, number and street, written or said."""

import re
from collections.abc import Iterator, Sequence

from pipeline.domain.redaction.numbers import UNITS, UP_TO_99
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.spoken import ANSWERED, LONGEST_ANSWER, said_again
from pipeline.domain.redaction.words import is_cased, is_ordinary

SURE = "Road|Rd|Street|Lane|Avenue|Ave|Crescent|Terrace|Mews|Cottages?|Close|Drove|Villas|Wharf|Quay|Parade|Gardens"
LOOSE = (
    "Drive|Way|Place|Court|Grove|Hill|Row|Rise|Square|Walk|Green|View|Gate|Yard|Steps|Buildings|Path|Mead|Meadows?|"
    "Park|Passage|Broadway|Field|Fields|Bank|Side|Orchard|Paddock|Maltings|Barn|Farm|Farmhouse|House|Lodge|Flats"
)
STREETS = f"(?:{SURE}|{LOOSE})"
DIGIT = rf"(?:{UNITS}|oh|nought|zero)"
HOUSE_NUMBER = r"\d{1,4}\s?[A-Da-d]?(?![\w])"
SAID_NUMBER = (
    rf"(?:(?:one|two|three|a)\s+hundred(?:\s+and\s+{UP_TO_99})?|{DIGIT}(?:[\s-]{DIGIT}){{1,3}}|one\s+(?:oh\s+)?{UP_TO_99}|{UP_TO_99})"
    r"(?:\s[a-d]\b)?"
)
NUMBER = rf"(?:(?i:number|no\.?)\s+)?(?:{HOUSE_NUMBER}|(?i:{SAID_NUMBER}))"
FLAT = rf"(?:(?i:flat|unit|apartment|room|caravan|plot)\s+(?:\d{{1,4}}[A-Za-z]?|[A-Za-z]\b|(?i:{UP_TO_99}))(?:[,\s]|\.\.\.)+)"
PROPER = r"(?:[A-Z][\w'’-]+|St\.?|of|the|and)"
NAMED = rf"(?:(?:The\s+)?(?:{PROPER}\s+){{1,3}}?{STREETS}\b)"
GAP = r"(?:[,\s]|\.\.\.)+"
HOUSES = (
    "cottage|house|bungalow|forge|rectory|vicarage|parsonage|manse|lodge|barn|mill|farm|farmhouse|view|villa|grange|manor|stables|hall|"
    "post office|school house|schoolhouse|chapel|granary|dairy|smithy|byre|oast|gatehouse|annexe|caravan"
)
HOUSE_NAMES = (
    "hillcrest|hillside|hilltop|seaview|fairview|sunnyside|woodlands|oakdene|rosedene|rosemead|lyndhurst|springfield|greenacres|fairways|the laurels|the hollies|"
    "the willows|the gables|the elms|the firs|the oaks|the beeches|the nook|the haven|the croft|wayside|four winds|treetops|meadowside|riverside|brookside|homeleigh|ashleigh"
)
NO_LEAD = r"(?!(?:It|That|There|Here|This|I|He|She|We|They|You|And|But|So|At|On|In|From|Oh|Yeah|Yes|No|Well|Then|Um|Er)\b)"
HOUSE = (
    rf"(?:(?i:{HOUSE_NAMES})|{NO_LEAD}(?:(?:[Tt]he\s+)?(?:[A-Z][\w'’-]+\s+){{0,2}}(?i:{HOUSES})))"
)
CASED = (
    ("number_street", re.compile(rf"{FLAT}?(?<!\w){NUMBER}{GAP}{NAMED}(?:,\s+{NAMED})?"), 0.9),
    ("flat", re.compile(rf"{FLAT}(?:{HOUSE_NUMBER}\s+)?{NAMED}(?:,\s+{NAMED})?"), 0.9),
    ("house", re.compile(rf"(?<!\w){HOUSE}{GAP}{NAMED}"), 0.8),
    ("street", re.compile(rf"(?<![\w.])(?!The\b){NO_LEAD}(?:[A-Z][\w'’-]+\s+){{1,3}}(?:{SURE})\b"), 0.7),
    (
        "on_street",
        re.compile(rf"(?i:\b(?:on|along|up|down|lives? (?:in|on|at)|flat in|bottom of|top of|end of|corner of)\s+)(?P<span>(?:[A-Z][\w'’-]+\s+){{1,3}}(?:{LOOSE}))\b"),
        0.55,
    ),
)  # fmt: skip
LOWER_WORD = (
    r"(?!(?:the|a|an|my|our|your|his|her|their|this|that|of|and|or|in|on|at|to|down|up|no|next|same|main|by|off|for|from|its|every|minutes?|"
    r"mins?|miles?|hours?|yards?|doors?|houses?|years?|days?|weeks?|months?|pounds?|quid|people|steps|bedroom|times?|per|percent|metres?|"
    r"foot|feet|way|more|other|different|is|was|i|we|he|she|they|you|it|each|changes|oclock|past|stops?|lanes?|roads?|streets?|dead|busy)\b)[a-z'-]+"
)
LOWER_SURE = "road|street|lane|avenue|crescent|terrace|mews|cottages|close|drove|villas"
LOWER_STREETS = rf"(?:{LOWER_SURE}|drive|way|court|grove|hill|row|rise|walk|place|gardens|square|parade|quay|wharf)"
NOT_THE_VERB = r"(?!\s+(?:away|from|to|out|back|home|off|up|down|past|round|through|over)\b)"
LOWER_NUMBERED = re.compile(
    rf"(?<!\w)(?:(?:{FLAT})?{NUMBER}\s+|{FLAT}(?:the\s+)?)(?:{LOWER_WORD}\s+){{1,3}}?{LOWER_STREETS}\b"
    rf"(?:\s+(?:{LOWER_WORD}\s+){{1,2}}?(?:{LOWER_SURE}|row|hill|grove|court)\b)?{NOT_THE_VERB}"
)
LOWER_NAMED = re.compile(
    rf"\b(?P<cue>(?:(?:we['’]?re|i['’]?m|live|lives|lived|living|moved|flat|house|cottage|bungalow|born|shops?|grew up)\s+)?)"
    rf"(?:on|in|at|down|up|off|along|into|from|of|to)\s+(?P<span>(?:{LOWER_WORD}\s+){{1,2}}(?:{LOWER_STREETS}))\b{NOT_THE_VERB}"
)
LOWER_HOUSE = re.compile(
    rf"\b(?P<span>(?:{HOUSE_NAMES}|(?:the\s+)?(?:old\s+)?(?:{LOWER_WORD}\s+)?(?:{HOUSES}))\s+(?:{LOWER_WORD}\s+){{1,2}}?{LOWER_STREETS})\b{NOT_THE_VERB}"
)
SURE_STREET = re.compile(rf"(?:{LOWER_SURE})$")
ASKED = re.compile(
    r"\b(?:address|live|lives|lived|living|whereabouts|which house|moved|grew up|ambulance|post it|sent \w+ to|(?:go|goes|going|went|come|comes|came|round) to|at|from|house is|house was|"
    r"number)\b[^.!]{0,40}$"
)
FIRST_PIECE = re.compile(
    rf"(?:(?i:flat|number|no\.?|unit)\s+(?:\d+[A-Za-z]?|[A-Za-z]|(?i:{SAID_NUMBER}))|{HOUSE_NUMBER}|(?i:{SAID_NUMBER})|"
    rf"(?i:(?:the\s+)?(?:old\s+)?(?:[a-z'’-]+\s+)?(?:{HOUSES}|{HOUSE_NAMES})))[\s.,]*$"
)
STREET_LINE = re.compile(
    rf"(?:{NUMBER}\s+)?(?:[a-z'’-]+\s+){{1,3}}{LOWER_STREETS}[\s.,]*$", re.IGNORECASE
)
BEFORE = 70
LONGEST_ENDING = 120
"""Characters at the end of a turn in which a house or street that ends it begins."""


def find(text: str) -> list[Finding]:
    """Addresses; without a house number only where the street has a name of its own."""
    judge = _cased if is_cased(text) else _lower
    found: list[Finding] = []
    begin = 0
    for line in text.split("\n"):
        before = text[max(0, begin - BEFORE) : begin]
        shifted = (
            f._replace(start=f.start + begin, end=f.end + begin) for f in judge(line, before)
        )
        found += shifted
        begin += len(line) + 1
    return [*found, *_over_turns(text), *_said_again(text, found)]


def _cased(line: str, _: str) -> Iterator[Finding]:
    for rule, pattern, score in CASED:
        for match in pattern.finditer(line):
            span = match.span("span") if "span" in pattern.groupindex else match.span()
            yield Finding(*span, "ADDRESS", rule, score)


def _lower(line: str, before: str) -> Iterator[Finding]:
    lower = line.lower()
    for match in LOWER_NUMBERED.finditer(lower):
        if _is_street(before + lower[: match.start()], match[0]):
            yield Finding(*match.span(), "ADDRESS", "number_street", 0.7)
    for rule, pattern in (("street", LOWER_NAMED), ("house", LOWER_HOUSE)):
        for match in pattern.finditer(lower):
            if rule == "house" or _is_named(match):
                yield Finding(*match.span("span"), "ADDRESS", rule, 0.6)


def _is_street(before: str, words: str) -> bool:
    """Whether it is a house in a street and no count of streets: a name, a figure or a cue."""
    return (
        _has_own_name(words)
        or re.match(r"\d|flat|number", words) is not None
        or ASKED.search(before[-BEFORE:].lower()) is not None
    )


def _is_named(match: re.Match[str]) -> bool:
    """A street without a number: a name of its own, or somebody lives there."""
    street = match["span"]
    return _has_own_name(street) or (match["cue"] != "" and SURE_STREET.search(street) is not None)


def _has_own_name(street: str) -> bool:
    """Whether some word of it is no ordinary word, as in "capstan lane"."""
    return any(not is_ordinary(word) for word in street.split()[:-1] if word.isalpha())


def _over_turns(text: str) -> Iterator[Finding]:
    """House said in one turn, street in a later one, the other one saying "yeah" between."""
    begin = 0
    previous: list[tuple[int, str]] = []
    for line in text.split("\n"):
        own = line.rstrip(" .,")
        street = STREET_LINE.search(line, max(0, len(line) - LONGEST_ENDING))
        if street and ANSWERED.fullmatch(line, 0, street.start()) and previous:
            yield from _house_before(previous)
            yield Finding(begin + street.start(), begin + len(own), "ADDRESS", "street_alone", 0.6)
        if not (len(line) <= LONGEST_ANSWER and ANSWERED.fullmatch(line)):
            house = FIRST_PIECE.search(line, max(0, len(line) - LONGEST_ENDING))
            previous = (
                [(begin + house.start(), line[house.start() :].rstrip(" .,"))] if house else []
            )
        begin += len(line) + 1


def _house_before(previous: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    for start, words in previous:
        yield Finding(start, start + len(words), "ADDRESS", "house_alone", 0.6)


def _said_again(text: str, found: Sequence[Finding]) -> Iterator[Finding]:
    """House and street in the same words elsewhere: an address is read back."""
    numbered = {text[f.start : f.end].lower() for f in found if f.rule == "number_street"}
    for address in sorted(numbered):
        yield from (
            Finding(*span, "ADDRESS", "said_again", 0.6) for span in said_again(text, address)
        )
