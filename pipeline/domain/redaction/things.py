"""When two mentions are of one place, body, number or day: compared in their normal form.

"oh one two oh two, nine six oh" and "01202 960" are one number, "the Acorn" is "Acorn Surgery" where
there is no other Acorn, "the third of March" is "3rd March".
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from pipeline.domain.redaction.joining import groups
from pipeline.domain.redaction.kinds import kind_of
from pipeline.domain.redaction.known_names import sounds_alike
from pipeline.domain.redaction.places import gazetteer
from pipeline.domain.redaction.readings import age_of, date_of
from pipeline.domain.redaction.spoken import runs

SHORTEST_TAIL = 6
"""Figures at the end of a telephone number that are said without the code before them."""
SHORTEST_CODE = 4
"""Letters and figures of a code that can be told from another."""
CHURCHLY = frozenset({"regis", "minster", "newton", "abbas"})
"""What people leave out of a place: Wimborne Minster is Wimborne."""
KINDS = frozenset(
    "surgery practice clinic centre center hospital infirmary hospice ward unit school academy college university "
    "nursery preschool playgroup primary infants infant junior juniors middle upper high grammar secondary comprehensive "
    "sixth form home homes care house lodge court club group society association trust foundation project partnership "
    "church chapel mosque temple gurdwara abbey priory cathedral library museum theatre gym arms inn tavern pub hotel "
    "cafe café bakery garage farm dairy brewery stores shop choir band foodbank pantry shed hub hall village community "
    "medical health dental pharmacy chemist dentist dentists vets ltd limited plc llp cic fc afc rfc cc united rovers football "
    "cricket rugby bowls youth social leisure sports first nursing residential company co and the of at st".split()
)
"""Words that say what kind of body it is, and none of its own name."""
MAIL_WORDS = (
    (r"\s+(?:dot|full stop|point)\s+", "."), (r"\s+at\s+", "@"), (r"\s*\bunderscore\b\s*", "_"),
    (r"\s*\b(?:hyphen|dash)\b\s*", "-"), (r"\b(?:all one word|all lower case|all lowercase)\b", ""),
)  # fmt: skip
STREETS = ((r"\bst(?:reet)?$", "street"), (r"\brd$", "road"), (r"\bave?$", "avenue"), (r"\bln$", "lane"),
           (r"\bdr$", "drive"), (r"\bcl$", "close"))  # fmt: skip


def identities(entity_type: str, texts: Sequence[str]) -> list[str]:
    """A key for each mention of this type, equal for mentions of one thing."""
    forms = [NORMAL.get(entity_type, plain)(text) for text in texts]
    part_of = PART_OF.get(entity_type)
    if part_of is None:
        return forms
    known = sorted(set(forms))
    joined = groups(len(known), lambda i, j: part_of(known[i], known[j]))
    whole = {known[i]: known[group[0]] for group in joined for i in group}
    return [whole[form] for form in forms]


# Normal forms


def plain(text: str) -> str:
    """Lower case, one space between words, without "the"."""
    lower = re.sub(r"['’]s\b", "s", text.lower()).replace("'", "").replace("’", "")
    bare = re.sub(r"[\W_]+", " ", lower).strip().removeprefix("the ")
    return re.sub(r"\bsaint\b", "st", bare)


def _phone(text: str) -> str:
    figures = "".join(c for run in runs(text) for c in run.value if c.isdigit())
    national = re.sub(r"^(?:00)?44(?:0)?(?=\d{9,10}$)", "0", figures)
    return national or plain(text)


def _code(text: str) -> str:
    """Letters and figures of a postcode, a number plate, a hospital number."""
    value = "".join(run.value for run in runs(text))
    return value if len(value) >= SHORTEST_CODE else plain(text)


def _mail(text: str) -> str:
    """E-mail and web addresses and handles as they would be typed."""
    typed = f" {text.lower().strip()} "
    for pattern, sign in MAIL_WORDS:
        typed = re.sub(pattern, sign, typed)
    return re.sub(r"^(?:https?://)?(?:www\.)?@?|\s+|[,;]|/$", "", typed.strip())


def _address(text: str) -> str:
    bare = plain(text)
    for pattern, name in STREETS:
        bare = re.sub(pattern, name, bare)
    found = runs(bare)
    if found and found[0].characters[0].start == 0 and found[0].value.isdigit():
        bare = found[0].value + bare[found[0].characters[-1].end :]
    return bare


def _day(text: str) -> str:
    when = date_of(text)
    if when is None or not (when.day or when.year):
        return plain(text)
    weekday = re.search(r"\b(mon|tue|wed|thu|fri|sat|sun)", text.lower())
    alone = weekday[1] if weekday and not when.month else ""
    return f"{when.year}-{when.month}-{when.day} {alone}" if when.day or when.month else plain(text)


def _age(text: str) -> str:
    age = age_of(text)
    exact = age is not None and age.low == age.high and not re.search(r"half|bit|month|week", text)
    return str(age.low) if age and exact else plain(text)


NORMAL: dict[str, Callable[[str], str]] = {
    "PHONE": _phone, "POSTCODE": _code, "ID": _code, "EMAIL": _mail, "URL": _mail, "HANDLE": _mail,
    "ADDRESS": _address, "DATE": _day, "DOB": _day, "AGE": _age,
}  # fmt: skip


# Another name of the same


def _tail_of(number: str, whole: str) -> bool:
    """A number without its code."""
    return len(number) >= SHORTEST_TAIL and len(number) < len(whole) and whole.endswith(number)


def _place_of(name: str, whole: str) -> bool:
    """A place misspelt, or without its second name: Lyme Regis is Lyme."""
    short, full = name.split(), whole.split()
    if len(short) < len(full):
        rest = full[len(short) :]
        listed = name in gazetteer()
        return full[: len(short)] == short and (not listed or CHURCHLY.issuperset(rest))
    return name not in gazetteer() and whole in gazetteer() and sounds_alike(name, whole)


def _body_of(name: str, whole: str) -> bool:
    """A body without what kind it is, by its initials, or misspelt."""
    words = whole.split()
    if len(words) > 2 and name.replace(" ", "") == "".join(word[0] for word in words):
        return True
    own, theirs = _own_words(name), _own_words(whole)
    kinds = {kind_of(name), kind_of(whole)} - {""}
    if not own or len(kinds) > 1 or len(own) > len(theirs):
        return False
    return all(map(_alike, own, theirs))


def _alike(word: str, other: str) -> bool:
    return word == other or sounds_alike(word, other)


@cache
def _own_words(name: str) -> tuple[str, ...]:
    return tuple(word for word in name.split() if word not in KINDS)


PART_OF: dict[str, Callable[[str, str], bool]] = {
    "PHONE": _tail_of, "PLACE": _place_of, "ORG": _body_of,
}  # fmt: skip
