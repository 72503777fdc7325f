"""Local organisations by what their names end in: surgery, school, ward, club, employer."""

import re

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    first_names,
    is_cased,
    is_medical,
    is_ordinary,
    public_words,
    surnames,
    words,
)

CAPITAL = r"(?:[A-Z][\w'’&-]*|St\.?)"
KIND = (
    r"(?:Surgery|Surgeries|Medical Centre|Medical Practice|Health Centre|Practice|Clinic|Hospital|Hospice|Infirmary|Ward|Unit|"
    r"Primary School|Primary|Infants|Infant School|Junior School|Juniors|First School|Middle School|Upper School|High School|"
    r"Grammar School|Grammar|Secondary|Comprehensive|School|Academy|Nursery|Nurseries|Pre-?school|Playgroup|College|University|Sixth Form|"
    r"Care Home|Nursing Home|Rest Home|Lodge|House|Grange|Manor|Court|Care|Homecare|Housing|Homes|Dental|Dental Practice|Dentists?|"
    r"Pharmacy|Chemist|Opticians?|Vets|Veterinary|Club|Youth Club|Football Club|Social Club|FC|AFC|RFC|CC|Rovers|Rangers|United|Athletic|Wanderers|"
    r"Town|Ltd|Limited|plc|PLC|LLP|CIC|Group|Society|Association|Trust|Foundation|Project|Partnership|Collective|Co-op|Cooperative|"
    r"Choir|Singers|Players|Band|Mummers|Morris|Crew|Mob|Gang|Hub|Centre|Center|Hall|Village Hall|Community Centre|Church|Chapel|Mosque|Temple|"
    r"Gurdwara|Abbey|Priory|Cathedral|Library|Museum|Gallery|Theatre|Cinema|Gym|Leisure Centre|Baths|Arms|Inn|Tavern|Hotel|Café|Cafe|"
    r"Tearooms?|Bakery|Butchers?|Garage|Motors|Tyres|Engineering|Instruments|Systems|Solutions|Services|Logistics|Haulage|Builders|"
    r"Construction|Plumbing|Scaffolding|Joinery|Foods|Farm|Farms|Dairy|Brewery|Stores|Shop|Supplies|Textiles|Linen|Canvas|Pictures|Radio|Press|"
    r"Shed|Men's Shed|Rooms|Place|Foodbank|Food Bank|Pantry|Kitchen|Larder|Recovery|Refuge|Shelter|Hostel|Befrienders|Friends|Community Car|Carers|Young Farmers|"
    r"Brownies|Scouts|Guides|Cubs|Rowers|Runners|Walkers|Swimmers|Striders|Harriers|Bowls|Cricket Club|Rugby Club|Golf Club|Bowls Club|Allotments|"
    r"(?:&|and) (?:Sons?|Daughters?|Co\.?|Partners|Brothers))"
)
NAMED = re.compile(
    rf"\b(?:(?:[Tt]he\s+)?(?:{CAPITAL}\s+)(?:(?:{CAPITAL}|of|and|the|on|for|in)\s+){{0,4}}?{KIND})(?![\w])"
)
SAINT = re.compile(
    r"\bSt\.? [A-Z]\w+['’]s(?: [Cc]hurch| [Hh]all| [Ss]chool| [Ii]nfants| [Hh]ospital)?\b"
)
"""A church, school or hospital by its saint."""
GENERIC = frozenset(
    "village town church parish youth day health care my local new old same whole stroke maternity childrens children's eye ear dental gp "
    "doctors doctor's primary secondary high special mens men's womens women's community medical general cottage hospital memory pain "
    "breast falls fracture urgent walk-in walk drop chest heart skin foot sexual baby well-baby medical surgical acute elderly geriatric "
    "psychiatric mental big little small private public state boarding junior infant middle upper lower comprehensive grammar art night "
    "evening sunday saturday book lunch breakfast after-school football cricket bowls golf rugby sailing working social bingo chess "
    "knitting dance yoga fitness home leisure sports sport shopping garden job call contact children nearest next other another one two "
    "three last first good nice bad main scout music concert farm gp's vaccination testing covid warm food".split()
)
"""What may stand before a kind without making it one place's name."""
LOWER_KIND = (
    r"(?:surgery|ward|clinic|practice|academy|school|gym|lodge|unit|college|club|hall|centre|farm|house hospice|medical centre|medical practice|health centre|hospital|hospice|ward|primary school|primary|infants|academy|"
    r"high school|grammar school|lodge|grange|nurseries|dental|pharmacy|rovers|athletic|youth club|care home|nursing home|"
    r"foodbank|mummers|tyres|choir|arms|lea|priory|manor)"
)
LOWER_WORD = r"(?!(?:the|a|an|my|our|your|his|her|their|this|that|of|and|or|in|on|at|to|from|is|was|its|for|with|but|so|um|uh|er)\b)[a-z'-]+"
LOWER = re.compile(rf"\b(?:{LOWER_WORD}\s+){{1,2}}{LOWER_KIND}\b")
CALLED = re.compile(
    rf"\b(?i:(?:it['’]?s|is|are|was|were|we['’]?re|a (?:place|group|club|charity|company|firm|caf[eé]|thing)|group|club|firm|charity|outfit)\s+called)\s+"
    rf"(?:um,?\s+|er,?\s+)?(?P<name>(?:[Tt]he\s+)?{CAPITAL}(?:\s+(?:(?:of|and|the|on|for|in|to|with)\s+)?{CAPITAL}){{0,5}})"
)
GATHERING = (
    r"(?:group|club|choir|band|team|crew|class|charity|firm|company|shop|caf[eé]|pub|place|outfit|project|nursery|playgroup|"
    r"school|salon|hairdressers?|church|centre|organisation|society|gym|farm|home|hostel|studio)"
)
NOT_IN_NAME = (
    r"(?:the|a|an|i|im|we|were|it|its|he|she|they|theyre|you|and|but|so|because|cos|cause|which|who|that|thats|where|when|every|"
    r"at|on|for|with|to|um|uh|er|erm|like|is|was|are|do|does|did|dont|have|had|now|then|if|or|just|run|up|down|not)\b"
)
WORD_OF_NAME = rf"(?!{NOT_IN_NAME})[\w'’-]+"
CALLED_LOWER = re.compile(
    rf"\b(?:{GATHERING}(?: (?:thats?|which is|its|theyre))? called (?:um |er )?|"
    rf"(?:its|it's|were|we're|theyre|they're|is|was) called (?=the ))"
    rf"(?P<name>(?:the )?{WORD_OF_NAME}(?: (?:(?:and|of|a|the|on) )?{WORD_OF_NAME}){{0,2}})"
)
"""Without capitals: what a group, a shop or a club is called, up to the next word of grammar."""
SO_CALLED = re.compile(
    rf"(?P<name>{CAPITAL}(?:\s+(?:(?:of|and|the|on|for|in|to|with|a)\s+)?{CAPITAL}){{0,5}}),?\s+"
    r"(?:it['’]?s|it is|it was|they['’]?re|we['’]?re|that['’]?s(?: what it['’]?s)?) called\b"
)
"""The name first: "Half a Loaf, it's called"."""
FAMILY_FIRM = re.compile(
    r"\b(?P<family>[a-z]+) (?:and|&) (?:sons?|daughters?|brothers|co|partners)\b"
)
THE_CAPITALS = re.compile(
    rf"(?<!\w)(?P<name>[Tt]he\s+{CAPITAL}(?:\s+(?:(?:of|and|the|on|for|in|to)\s+)?{CAPITAL}){{0,4}})",
    re.MULTILINE,
)


def find(text: str) -> list[Finding]:
    """Organisations; in lower-case text only those with a word of their own."""
    if not is_cased(text):
        return _uncased(text.lower())
    found = [Finding(*m.span(), "ORG", "organisation_kind", 0.75) for m in NAMED.finditer(text)]
    found += [Finding(*m.span(), "ORG", "saint", 0.6) for m in SAINT.finditer(text)]
    found += [Finding(*m.span("name"), "ORG", "called", 0.6) for m in CALLED.finditer(text)]
    found += [
        Finding(*m.span("name"), "ORG", "called", 0.6)
        for m in SO_CALLED.finditer(text)
        if " " in m["name"] and _may_be_called(m["name"].lower())
    ]
    found += [
        Finding(*m.span("name"), "ORG", "the_capitals", 0.5)
        for m in THE_CAPITALS.finditer(text)
        if _own_capitals(m["name"])
    ]
    return found


def _uncased(lower: str) -> list[Finding]:
    found = [
        Finding(*_trimmed(m), "ORG", "organisation_kind", 0.6)
        for m in LOWER.finditer(lower)
        if _own_words(m[0])
    ]
    found += [
        Finding(*m.span(), "ORG", "family_firm", 0.5)
        for m in FAMILY_FIRM.finditer(lower)
        if m["family"] in surnames() and m["family"] not in first_names()
    ]
    return found + [
        Finding(*m.span("name"), "ORG", "called", 0.5)
        for m in CALLED_LOWER.finditer(lower)
        if _may_be_called(m["name"])
    ]


def _may_be_called(lower: str) -> bool:
    bare = lower.removeprefix("the ")
    return bare not in public_words() and not is_medical(bare)


def _own_capitals(name: str) -> bool:
    """Whether it is more than an acronym, a weekday or an office: "the GP", "the Prime Minister"."""
    rest = name[4:]
    pieces = words(rest)
    return rest.lower() not in public_words() and not all(
        piece.lower in public_words() or piece.text.rstrip("s").isupper() for piece in pieces
    )


def _own_words(name: str) -> bool:
    before = [word for word in name.split() if not re.fullmatch(LOWER_KIND, word)]
    return (
        bool(before) and before[-1] not in GENERIC and any(not is_ordinary(word) for word in before)
    )


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """From the first word that is no ordinary one, or the one before it."""
    start = match.start()
    pieces = match[0].split()
    if len(pieces) > 2 and is_ordinary(pieces[0]) and not is_ordinary(pieces[1]):
        start += len(pieces[0]) + 1
    return start, match.end()
