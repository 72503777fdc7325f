"""Names of people and pets: by cue ("my husband ..."), by list, by a capital where none is due."""

import re

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    GRAMMAR,
    Word,
    first_names,
    is_cased,
    is_medical,
    is_name,
    is_ordinary,
    public_phrases,
    public_words,
    starts_sentence,
    surnames,
    words,
)

TITLES = (
    "mr|mrs|ms|miss|mx|dr|doctor|prof|professor|rev|reverend|canon|father|auntie|aunty|aunt|uncle|nurse|councillor|cllr|pc|"
    "sergeant|cousin|nanny|sister|great[- ]aunt|great[- ]uncle|lady|captain|major|mister|missus|madam|judge|justice|sir|dame|lord|"
    "senator|detective|inspector|superintendent|constable|pastor|rabbi|imam|deacon|matron|colonel|lieutenant|corporal|madame|"
    "monsieur|herr|frau|señor|señora|senhor|senhora|pani?|sheikh"
)
KIN = (
    "husband|wife|partner|son|daughter|brother|sister|mum|dad|mother|father|nan|gran|grandson|granddaughter|niece|nephew|"
    "cousin|friend|mate|neighbour|boy|girl|lad|lass|baby|dog|cat|boyfriend|girlfriend|carer|stepson|stepdaughter|"
    "great-niece|great-nephew|youngest|eldest|oldest|twin|boss|manager|fella|social worker|key worker|keyworker|"
    "support worker|link worker|health visitor|midwife|counsellor|physio|landlord|landlady|lodger|bloke|postman|vicar"
)
WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
TITLED = re.compile(
    rf"\b(?:(?:Mr|Mrs|Ms|Dr|Prof|Rev|Sgt)\.\s+|(?i:{TITLES})\s+)(?P<name>[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]+)?)"
)
TITLED_LOWER = re.compile(
    rf"\b(?:mr|mrs|ms|dr|mister|auntie|aunty|uncle|reverend|councillor)\s+(?P<name>{WORD})",
    re.IGNORECASE,
)
OFFICE_LOWER = re.compile(
    rf"\b(?:judge|justice|missus|sir|dame|lord|nurse|sister|pastor|rabbi|imam|inspector|detective|constable|sergeant|captain)\s+"
    rf"(?P<name>{WORD})",
    re.IGNORECASE,
)
NAMED_AS = re.compile(
    rf"\b(?:my name(?:'s|’s|s| is)|name(?:'s|’s| is)|i am called|i'm called|calls? me|call me|called me|named|known as|introduce|"
    rf"speaking (?:to|with)|talking (?:to|with)|i'm here with|i'm with|im with|im here with|here with)\s+(?:um,?\s+|er,?\s+)?(?P<name>{WORD})",
    re.IGNORECASE,
)
I_AM = re.compile(
    rf"\b(?:i'm|i’m|im|i am|this is|it's|its|he's|she's|hes|shes)\s+(?:um,?\s+|er,?\s+)?(?P<name>{WORD})",
    re.IGNORECASE,
)
KIN_NAMED = re.compile(
    rf"\b(?:my|our|his|her|their|your|the)\s+(?:\w+\s+)?(?:{KIN}),?\s+(?P<name>{WORD})",
    re.IGNORECASE,
)
OUR = re.compile(rf"\bour\s+(?P<name>{WORD})", re.IGNORECASE)
SPEECH = re.compile(
    r"\s+(?:here|interviewing|speaking|recording|typing|come|run|stood|found|put|gave|sat|started|wanted|lives|lived|works|worked|"
    r"left|calls|called|showed|sent|bought|turned|helped|kept|taught|said|says|told|rang|rung|came|comes|went|goes|phoned|asked|thinks|knows|loves|likes|reckons|laughed|cried|took|"
    r"drove|drives|died|brought|made|makes|got|gets|used to|couldn't|wouldn't|doesn't|didn't)\b"
)
DONE_BY = (
    r"(?:rang|rung|phoned|said|says|told|came|comes|took|takes|sat|moved|married|died|passed|drove|drives|brought|brings|gave|gives|"
    r"helped|helps|showed|shows|taught|looked|looks|fetched|made|makes|cooked|lives|lived|works|worked|knows|knew|reckons|laughed|"
    r"cried|went|goes|got|gets|does|did|is|was|has|had|used to|and me|and i)"
)
ACTING = re.compile(
    rf"\b(?:(?:my|our|his|her|their|your) (?:{KIN}) (?P<kin>{WORD}) {DONE_BY}\b"
    rf"|(?:it was|its|that was|and|so|then|until|till|because|cos|when|where|well) (?P<doer>{WORD}) "
    r"(?:who|rang|phoned|fetched|moved|married|came round|drove|reckons)\b"
    rf"|\b(?:said to|says to|told|asked|rang|phoned|ask|me and|seen|saw|met|missed) (?P<asked>{WORD}))",
    re.IGNORECASE,
)
"""In text without capitals, who does what or is asked: any word may be a name there."""
INITIALS = re.compile(
    r"(?<![\w.])(?P<name>(?:[^\W\d_a-z]\.\s?){1,3}[^\W\d_a-z][^\W\d_A-Z][\w’'-]*)"
)
"""Initials before a surname: "J. K. Marlow"."""
PARTICLE = r"(?:de(?: la| los)?|van(?: de[rn]?)?|von|della|del|di|du|da|dos|bin|ibn|al|el|ap|ferch|ter|ten|y)"
PARTICLED = re.compile(rf"\b(?P<name>[A-Z][\w’'-]+(?: {PARTICLE} [A-Z][\w’'-]+)+)")
ET_AL = re.compile(rf"\b(?P<name>{WORD}),? et al\b", re.IGNORECASE)
VERSUS = re.compile(rf"\b(?P<name>{WORD}) (?:versus|vs?\.?) (?P<other>{WORD})", re.IGNORECASE)
NOBODY = re.compile(
    rf"{KIN}|.*ly|people|everyone|everybody|someone|somebody|nobody|one|them|others?|doctors?|nurses?|auntie|aunty|uncle|sister|"
    r"father|matron|madam|reverend|sergeant|councillor|captain"
)
"""Words for people who are not named, and adverbs."""
NOT_NAMES = frozenset(
    "um uh er well yeah yes no oh so just not very really quite here there sorry glad happy fine okay ok good going from still "
    "only always never a an the in on at to my your his her our their all back also nearly about like called what that this it "
    "telly mate kids lot house home place street road village".split()
)  # fmt: skip
SHORTEST = 2
LONG_STEM = 4
LONGEST_ODD_NAME = 9
"""A longer unknown word that stands alone is a diagnosis more often than a name."""
MONTH_NAMES = frozenset({"april", "may", "june", "august"})
SPELLED = re.compile(
    r"(?<![\w.])(?:[A-Za-z](?:,\s?|-)){3,}[A-Za-z](?![\w'’])|(?<![\w'’])(?:[b-hj-z] )(?:[a-z] ){2,}[a-z](?![\w'’])"
)


def find(text: str) -> list[Finding]:
    """Names; where capitals say nothing only lists and cues count."""
    spelled = [Finding(*m.span(), "PERSON", "spelled", 0.5) for m in SPELLED.finditer(text)]
    return spelled + _cited(text) + (_cased(text) if is_cased(text) else _lower(text))


def _cited(text: str) -> list[Finding]:
    """Names as papers and courts give them: "Marlow et al.", "Marlow v. Finch"."""
    spans = [m.span("name") for m in ET_AL.finditer(text)]
    spans += [m.span(side) for m in VERSUS.finditer(text) for side in ("name", "other")]
    return [
        Finding(start, end, "PERSON", "cited", 0.6)
        for start, end in spans
        if _may_be_surname(text[start:end].lower())
    ]


def _may_be_surname(lower: str) -> bool:
    return lower not in public_words() and (is_name(lower) or not is_ordinary(lower))


def _cased(text: str) -> list[Finding]:
    found = [
        Finding(*m.span("name"), "PERSON", "title", 0.9)
        for m in TITLED.finditer(text)
        if m["name"].lower() not in public_words() and m["name"].lower() not in GRAMMAR
    ]
    found += [
        Finding(*m.span("name"), "PERSON", rule, 0.6)
        for pattern, rule in ((INITIALS, "initials"), (PARTICLED, "particle"))
        for m in pattern.finditer(text)
        if _may_be_surname(m["name"].split()[-1].lower())
    ]
    found += _asked(text)
    tokens = words(text)
    public = {i for match in public_phrases().finditer(text) for i in range(*match.span())}
    for index, word in enumerate(tokens):
        if (
            word.start not in public
            and word.text[0].isupper()
            and len(word.text) >= SHORTEST
            and (not _public(word) or _month_as_name(text, tokens, index))
        ):
            rule, score = _capital(text, tokens, index)
            if score:
                found.append(Finding(word.start, word.end, "PERSON", rule, score))
    return found


def _month_as_name(text: str, tokens: list[Word], index: int) -> bool:
    """April before a surname is a person."""
    word, following = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else None
    return (
        following is not None
        and word.lower in MONTH_NAMES
        and text[word.end : following.start] == " "
        and following.text[0].isupper()
        and not _public(following)
    )


def _public(word: Word) -> bool:
    """Months, kin, acronyms: a capital that points at no one."""
    if word.lower in public_words() or word.lower.endswith(("'m", "’m")) or is_medical(word.lower):
        return True
    bare = word.text.rstrip("s")
    acronym = bare.isupper() and len(bare) <= 5
    return acronym and not is_name(word.lower)


def _capital(text: str, tokens: list[Word], index: int) -> tuple[str, float]:
    """How far a capital is evidence of a name, and by which rule."""
    word = tokens[index]
    ordinary, name = is_ordinary(word.lower), is_name(word.lower)
    if not starts_sentence(text, word.start):
        if _shouted(text, word):
            return ("name_list", 0.6) if name and not ordinary else ("", 0)
        if name:
            return "name_list", 0.7 if ordinary else 0.85
        if word.lower in GRAMMAR:  # a sentence begun anew after a filler: "um, So I went"
            return "", 0
        return ("capital", 0.45) if ordinary else ("unknown_capital", 0.6)
    if name and not ordinary:
        return "name_list", 0.8
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following and _is_surname_of(text, word, following):
        return "full_name", 0.75
    if (
        name
        and word.lower not in GRAMMAR
        and (SPEECH.match(text, word.end) or _stands_alone(text, word))
    ):
        return "name_in_place", 0.6
    if not ordinary and len(word.lower) < LONGEST_ODD_NAME and _stands_alone(text, word):
        return "unknown_capital", 0.4
    return "", 0


def _is_surname_of(text: str, word: Word, following: Word) -> bool:
    between = text[word.end : following.start]
    capital = following.text[0].isupper() and not _public(following)
    return between == " " and capital and word.lower in first_names()


def _shouted(text: str, word: Word) -> bool:
    """Whether the words around are in capitals too: a notice, or a raised voice."""
    around = text[max(0, word.start - 12) : word.start] + text[word.end : word.end + 12]
    return word.text.isupper() and sum(map(str.isupper, around)) > len(around) / 2


def _stands_alone(text: str, word: Word) -> bool:
    """A sentence of one word, or a possessive at its beginning: "Rose." and "Rose's"."""
    after = text[word.end : word.end + 3]
    return re.match(r"[.!?](?:\s|$)|['’]s\b", after) is not None


def _lower(text: str) -> list[Finding]:
    tokens = words(text)
    listed = [_listed(tokens, index) for index in range(len(tokens))]
    found = [
        Finding(word.start, word.end, "PERSON", rule, score)
        for word, (rule, score) in zip(tokens, listed, strict=True)
        if score
    ]
    for pattern, rule, score, strict in (
        (TITLED_LOWER, "title", 0.85, False),
        (OFFICE_LOWER, "title", 0.7, True),
        (NAMED_AS, "named", 0.8, False),
        (I_AM, "i_am", 0.6, True),
        (KIN_NAMED, "kin", 0.6, True),
        (OUR, "our", 0.5, True),
    ):
        for match in pattern.finditer(text):
            lower = match["name"].lower()
            if _may_be_called(lower, strict, rule):
                found.append(Finding(*match.span("name"), "PERSON", rule, score))
    return found + _acting(text)


def _asked(text: str) -> list[Finding]:
    """A capital where a person is meant: a name, whatever else the word means."""
    return [
        f._replace(rule="asked", score=0.6)
        for f in _acting(text)
        if text[f.start].isupper() and not starts_sentence(text, f.start)
    ]


def _acting(text: str) -> list[Finding]:
    """Ordinary words where a person is meant: weak by itself, for other evidence to confirm."""
    return [
        Finding(*match.span(kind), "PERSON", "acting", 0.4)
        for match in ACTING.finditer(text)
        for kind in ("kin", "doer", "asked")
        if match[kind] and _may_act(match[kind].lower())
    ]


def _may_act(lower: str) -> bool:
    return (
        len(lower) > SHORTEST
        and lower not in GRAMMAR
        and lower not in NOT_NAMES
        and lower not in public_words()
        and not NOBODY.fullmatch(lower)
    )


def _may_be_called(lower: str, strict: bool, rule: str) -> bool:
    """After a cue: a name that is no ordinary word; after a title or "my name is" any name."""
    if lower in NOT_NAMES or len(lower) < SHORTEST or lower in public_words():
        return False
    if not is_ordinary(lower):
        return True
    return not strict and lower not in GRAMMAR and (is_name(lower) or rule == "title")


def _listed(tokens: list[Word], index: int) -> tuple[str, float]:
    word = tokens[index]
    if len(word.lower) < SHORTEST + 1 or word.lower in NOT_NAMES or word.lower in public_words():
        return "", 0
    ordinary = is_ordinary(word.lower)
    stem = (
        word.lower[:-1] if word.lower.endswith("s") and len(word.lower) > LONG_STEM else word.lower
    )
    if not ordinary and (word.lower in first_names() or stem in first_names()):
        return "name_list", 0.7
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if (
        following is not None
        and following.start - word.end == 1
        and _word_name_before_surname(word, following)
    ):
        return "full_name", 0.6
    before = tokens[index - 1] if index else None
    after_first = (
        before is not None
        and before.lower in first_names()
        and not is_ordinary(before.lower)
        and word.start - before.end == 1
    )
    if after_first and word.lower not in GRAMMAR and (word.lower in surnames() or not ordinary):
        return "full_name", 0.5 if ordinary else 0.7
    if not ordinary and (word.lower in surnames() or stem in surnames()):
        return "surname_list", 0.5
    return "", 0


def _word_name_before_surname(word: Word, following: Word) -> bool:
    """In "frank mcallister" the second word tells that the first is no adjective."""
    return (
        word.lower in first_names()
        and word.lower not in GRAMMAR
        and following.lower in surnames()
        and following.lower not in first_names()
        and not is_ordinary(following.lower)
    )
