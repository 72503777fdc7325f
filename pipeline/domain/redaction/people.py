"""Who is who in a conversation: the forms of a name that stand for one person.

`Margaret Hallett`, `Margaret`, `Mags`, `Mrs Hallett`, `M.H.` and a misheard `Margret` are one person
unless something contradicts: another person of that name, another title, "Margaret and Mags". Where
two people may be meant, a form stands for nobody but itself. The order of mentions is of no account.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from pipeline.domain.redaction.joining import groups
from pipeline.domain.redaction.known_names import sound, sounds_alike
from pipeline.domain.redaction.mentions import Mention
from pipeline.domain.redaction.words import is_name, nicknames, surnames, word_list, words

FORMAL = {
    "mr": "m", "mister": "m", "mrs": "f", "missus": "f", "miss": "f", "ms": "f", "dr": "",
    "doctor": "", "prof": "", "professor": "", "rev": "", "reverend": "", "nurse": "",
    "councillor": "", "cllr": "", "pc": "", "sergeant": "", "captain": "", "major": "",
}  # fmt: skip
"""Titles that a surname follows, with the gender that they tell."""
SAME_TITLE = {"mister": "mr", "missus": "mrs", "doctor": "dr", "professor": "prof", "cllr": "councillor",
              "reverend": "rev"}  # fmt: skip
FAMILIAR = {
    "aunt": "f", "auntie": "f", "aunty": "f", "uncle": "m", "nan": "f", "nana": "f", "nanny": "f", "gran": "f",
    "granny": "f", "grandma": "f", "grandad": "m", "grandpa": "m", "sir": "m", "dame": "f", "lady": "f",
    "husband": "m", "son": "m", "brother": "m", "dad": "m", "father": "m", "grandson": "m", "nephew": "m",
    "boyfriend": "m", "wife": "f", "daughter": "f", "sister": "f", "mum": "f", "mother": "f",
    "granddaughter": "f", "niece": "f", "girlfriend": "f", "neighbour": "", "friend": "", "mate": "",
    "partner": "", "cousin": "", "carer": "", "grandchild": "",
}  # fmt: skip
"""What a first name follows, with the gender that it tells."""
KIN = frozenset(FAMILIAR) - frozenset(
    "aunt auntie aunty uncle nan nana nanny gran granny grandma grandad grandpa sir dame lady".split()
)
"""What people call others before their names, and nobody themselves."""
NEUTRAL = frozenset(SAME_TITLE.get(title, title) for title, gender in FORMAL.items() if not gender)
"""Titles of an office: where Mrs Hallett and Dr Hallett may both be Margaret Hallett, Mrs is."""
MARRIED = frozenset({("ms", "mrs"), ("mrs", "ms"), ("ms", "miss"), ("miss", "ms")})
"""Titles that one person may bear."""
BEFORE = re.compile(r"([^\W\d_]+)(?:['’]s)?[.,]?\s+$")
INITIAL_BEFORE = re.compile(r"(?<!\w)([A-Z])\.?\s+$")
COUPLE = re.compile(r"\b(?:mr|dr)\.?\s+(?:and|&)\s+mrs\.?\s+$", re.IGNORECASE)
ALL_OF_THEM = re.compile(r"\b(?:the|them|those|these|both|other)\s+$", re.IGNORECASE)
HOUSEHOLD = re.compile(
    r"\s+(?:family|families|boys|girls|brothers|sisters|lot|clan|household|twins)\b", re.IGNORECASE
)
JOINED = re.compile(r",?\s+(?:and|&)\s+$", re.IGNORECASE)
INITIALS = re.compile(r"(?:[A-Z][.\s]*){1,3}|(?:[a-z][.\s]+){1,2}[a-z]\.?|[b-df-hj-np-tv-xz]{2,3}")
MOST_INITIALS = 3
SHORT_LENGTHS = (3, 4)
PET_LENGTHS = (3, 4, 5)


class Form(NamedTuple):
    """One way in which somebody is named."""

    parts: tuple[str, ...]
    title: str = ""
    gender: str = ""
    family: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it holds a first name and a surname."""
        return len(self.parts) > 1 and not self.family and not self.initials

    @property
    def initials(self) -> str:
        """The letters, if the form is nothing else."""
        return "".join(self.parts) if all(len(part) == 1 for part in self.parts) else ""


@dataclass(frozen=True)
class Person:
    """Forms that stand for one person, as far as is known by now."""

    forms: frozenset[Form]

    @cached_property
    def firsts(self) -> frozenset[str]:
        """First names for certain."""
        whole = {form.parts[0] for form in self.forms if form.is_whole}
        return frozenset(whole | {f.parts[0] for f in self.singles if f.title in FAMILIAR})

    @cached_property
    def lasts(self) -> frozenset[str]:
        """Surnames for certain."""
        whole = {form.parts[-1] for form in self.forms if form.is_whole}
        return frozenset(whole | {f.parts[0] for f in self.singles if f.title in FORMAL})

    @cached_property
    def loose(self) -> frozenset[str]:
        """Single names of which nothing tells whether they are first names or surnames."""
        return frozenset(f.parts[0] for f in self.singles if not f.title)

    @cached_property
    def singles(self) -> frozenset[Form]:
        """Forms of a single name."""
        return frozenset(f for f in self.forms if len(f.parts) == 1 and not f.initials)

    @cached_property
    def is_whole(self) -> bool:
        """Whether first name and surname are known."""
        return any(form.is_whole for form in self.forms)

    @cached_property
    def genders(self) -> frozenset[str]:
        """What titles tell, else what the first names do."""
        told = frozenset(form.gender for form in self.forms if form.gender)
        listed = frozenset(genders().get(name, "") for name in self.firsts or self.loose) - {""}
        return told or (listed if len(listed) == 1 else frozenset())

    @cached_property
    def titles(self) -> frozenset[str]:
        """Formal titles, each in one spelling."""
        return frozenset(SAME_TITLE.get(f.title, f.title) for f in self.forms if f.title in FORMAL)


Relation = Callable[[Person, Person], bool]
"""Whether the first may be the second, going by what both are called."""


@cache
def genders() -> dict[str, str]:
    """First names that are given to one gender only, with f or m."""
    return dict(line.split() for line in word_list("genders"))


def identities(
    mentions: Sequence[Mention], registered: Sequence[tuple[str, str]] = ()
) -> list[str]:
    """A key for each mention, equal for mentions of one person.

    Parameters
    ----------
    mentions : sequence of Mention
        Mentions of people in the order of the conversation; the order only tells who was named
        side by side.
    registered : sequence of (name, kind)
        Names in the register; all names of a participant are one person, if they may be.
    """
    said = frozenset(w.lower for m in mentions for w in words(m.text)) | frozenset(
        w.lower for name, _ in registered for w in words(name)
    )
    forms = _singular([_form(m, said) for m in mentions])
    listed = [(_form(Mention("PERSON", name)), kind) for name, kind in registered]
    apart = _named_together(mentions, forms) | _by_register(forms, listed)
    known = sorted({*forms, *(form for form, _ in listed)})
    people = [Person(frozenset({form})) for form in known if not form.family]
    people = _settled(people, _wholes, apart)
    people = _of_register(people, listed)
    for relation in RELATIONS * 2:  # what is joined by the last may settle what the first left open
        people = _settled(people, relation, apart)
    keys = {form: _key(min(person.forms)) for person in people for form in person.forms}
    return [f"family {form.parts[0]}" if form.family else keys[form] for form in forms]


def _key(form: Form) -> str:
    return " ".join((*form.parts, form.title, form.gender))


# Reading a form


def _form(mention: Mention, said: frozenset[str] = frozenset()) -> Form:
    parts = [word.lower for word in words(mention.text)] or [mention.text.lower()]
    before = BEFORE.search(mention.before)
    title = before[1].lower() if before else ""
    while len(parts) > 1 and (parts[0] in FORMAL or parts[0] in FAMILIAR):
        title = parts.pop(0)
    if _is_family(mention, parts, said):
        return Form((parts[-1],), family=True)
    gender = FORMAL.get(title) or FAMILIAR.get(title) or ""
    title = title if title in FORMAL or title in FAMILIAR else ""
    initial = INITIAL_BEFORE.search(mention.before)
    if initial and len(parts) == 1:
        parts.insert(0, initial[1].lower())
    letters = mention.text.strip().replace(".", "").replace(" ", "")
    if INITIALS.fullmatch(mention.text.strip()) and len(letters) <= MOST_INITIALS:
        parts = list(letters.lower())
    return Form(tuple(parts), title, gender)


def _is_family(mention: Mention, parts: Sequence[str], said: frozenset[str]) -> bool:
    """Whether a household is meant: the Halletts, the Hallett boys, Mr and Mrs Hallett."""
    if len(parts) > 1:
        return False
    if COUPLE.search(mention.before):
        return True
    if not ALL_OF_THEM.search(mention.before):
        return False
    name = parts[0]
    plural = name.endswith("s") and not mention.after.startswith(("'", "’"))
    known = _base(name) in surnames() | said
    return HOUSEHOLD.match(mention.after) is not None or (plural and known)


def _base(name: str) -> str:
    """The surname of a family in the plural."""
    return (
        name.removesuffix("es") if name.endswith(("ses", "xes", "zes")) else name.removesuffix("s")
    )


def _singular(forms: Sequence[Form]) -> list[Form]:
    """Forms without the s of "halletts kettle", where the name without it is somebody's."""
    said = {part for form in forms for part in form.parts}
    return [form._replace(parts=tuple(_bare(p, said, form) for p in form.parts)) for form in forms]


def _bare(part: str, said: set[str], form: Form) -> str:
    if form.family:
        return _base(part) if part not in surnames() or _base(part) in said else part
    return part[:-1] if part.endswith("s") and part[:-1] in said and not is_name(part) else part


def _named_together(
    mentions: Sequence[Mention], forms: Sequence[Form]
) -> frozenset[tuple[Form, Form]]:
    """Forms that stand side by side: "Ann and Nancy" are two people."""
    pairs: set[tuple[Form, Form]] = set()
    for (before, one), (after, other) in zip(
        zip(mentions, forms, strict=True), list(zip(mentions, forms, strict=True))[1:], strict=False
    ):
        joint = JOINED.search(after.before)
        if joint and after.before[: joint.start()].endswith(before.text) and _tells(one, other):
            pairs |= {(one, other), (other, one)}
    return frozenset(pairs)


def _by_register(
    forms: Sequence[Form], listed: Sequence[tuple[Form, str]]
) -> frozenset[tuple[Form, Form]]:
    """The register's kinds are different people, and "my grandson Will" is not who speaks."""
    pairs = {(a, b) for a, kind in listed for b, other in listed if kind != other and a != b}
    own = {form for form, kind in listed if kind == "participant"}
    if sum(form.is_whole for form in own) <= 1:
        names = {part for form in own for part in form.parts}
        kin = {form.parts[0] for form in forms if form.title in KIN} - names
        others = {form for form in forms if form.parts[0] in kin and not form.family}
        pairs |= {pair for a in others for b in own for pair in ((a, b), (b, a))}
    return frozenset(pairs)


def _tells(one: Form, other: Form) -> bool:
    """Whether an "and" says that they are two; not before initials, and not twice."""
    return one != other and not (one.initials or other.initials)


# Who may be whom


def _settled(
    people: list[Person], relation: Relation, apart: frozenset[tuple[Form, Form]]
) -> list[Person]:
    """People after all joins that the relation allows, until it allows no more."""
    while True:
        joined = _joined(people, relation, apart)
        if len(joined) == len(people):
            return joined
        people = joined


def _joined(
    people: list[Person], relation: Relation, apart: frozenset[tuple[Form, Form]]
) -> list[Person]:
    """Each joined with the one person who it may be, unless something contradicts."""
    found = groups(
        len(people),
        lambda i, j: relation(people[i], people[j]) and not contradict(people[i], people[j], apart),
    )
    joined: list[Person] = []
    for group in found:
        own = [people[i] for i in group]
        if _clash(own, apart):
            doubtful = [person for person in own if person.titles & NEUTRAL and not person.is_whole]
            joined += doubtful
            own = [person for person in own if person not in doubtful]
        joined += own if _clash(own, apart) else [_union(own)]
    return joined


def _clash(people: Sequence[Person], apart: frozenset[tuple[Form, Form]]) -> bool:
    return any(contradict(a, b, apart) for a in people for b in people)


def _union(people: Iterable[Person]) -> Person:
    return Person(frozenset[Form]().union(*(person.forms for person in people)))


def contradict(one: Person, other: Person, apart: frozenset[tuple[Form, Form]]) -> bool:
    """Whether something says that these are two people."""
    if one is other:
        return False
    if any((a, b) in apart for a in one.forms for b in other.forms):
        return True
    if one.genders and other.genders and not one.genders & other.genders:
        return True
    if any(a != b and (a, b) not in MARRIED for a in one.titles for b in other.titles):
        return True
    return _differ(one.lasts, other.lasts) or _differ(one.firsts, other.firsts)


def _differ(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether both are known and no name of one may be a name of the other."""
    pairs = [(a, b) for a in names for b in others]
    return bool(pairs) and not any(
        _leans(a, b) or _leans(b, a) or a == b[: len(a)] == a[:1] or b == a[: len(b)] == b[:1]
        for a, b in pairs
    )


def _leans(name: str, whole: str) -> bool:
    """Whether a name may be a lesser form of another: the same, short for it, or misheard."""
    return name == whole or is_short(name, whole) or misheard(name, whole)


def is_short(short: str, name: str) -> bool:
    """Whether a nickname stands for the name; a wide list counts where their beginnings agree."""
    if (name, short) in _own_nicknames():
        return True
    if len(short) >= len(name) or short[0] != name[0]:
        return False
    listed = short in nicknames().get(name, ())
    begins = short in _short_names() and len(name) > len(short) + 1 and name.startswith(short)
    return listed or begins or _is_pet_name(short, name)


def _is_pet_name(short: str, name: str) -> bool:
    """Whether it is nobody's name by the lists, and sounds like a small one of this: Ify, Ifeoma."""
    small = len(short) in PET_LENGTHS and short.endswith(("y", "i", "ie", "o"))
    return small and short[:2] == name[:2] and not is_name(short)


@cache
def _own_nicknames() -> frozenset[tuple[str, str]]:
    """Pairs of name and nickname that were written for this project."""
    pairs = [line.split() for line in word_list("more_nicknames")]
    return frozenset((name, short) for name, short in pairs)


@cache
def _short_names() -> frozenset[str]:
    """Nicknames of three or four letters, which shorten names that no list has as well."""
    return frozenset(short for _, short in _own_nicknames() if len(short) in SHORT_LENGTHS)


def misheard(word: str, name: str) -> bool:
    """Whether a word may be the name misspelt; two names that people bear must sound the same."""
    if word == name or not sounds_alike(word, name):
        return False
    if not is_name(name) and is_name(word):
        return False
    if word.rstrip("ae") == name or name.rstrip("ae") == word:
        return False
    return not is_name(word) or _consonants(word) == _consonants(name)


@cache
def _consonants(word: str) -> tuple[str, str]:
    """What is heard of a name in any accent, and how it ends: Marie is not Maria."""
    bare = word.removesuffix("h").removesuffix("g")
    return word[0] + sound(word)[1:].replace("a", ""), bare[-1:]


def _of_register(people: list[Person], listed: Sequence[tuple[Form, str]]) -> list[Person]:
    """The names of a participant, and those of an interviewer, are one person's."""
    for kind in ("participant", "interviewer"):
        names = {form for form, its_kind in listed if its_kind == kind}
        own = [person for person in people if person.forms & names]
        if sum(person.is_whole for person in own) <= 1 and own:
            others = [person for person in people if not person.forms & names]
            people = [*others, _union(own)]
    return people


# Relations, from the surest to the weakest


def _wholes(one: Person, other: Person) -> bool:
    """First name and surname agree, or one name is part of a longer one."""
    return any(
        a != b and (set(a.parts) <= set(b.parts) or _agree(a.parts, b.parts))
        for a in one.forms
        for b in other.forms
        if a.is_whole and b.is_whole
    )


def _agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    first = _leans(a[0], b[0]) or (len(a[0]) == 1 and b[0].startswith(a[0]))
    return first and (_leans(a[-1], b[-1]) or misheard(b[-1], a[-1]))


def _titled(one: Person, other: Person) -> bool:
    """A title and a surname, or a relation and a first name, of somebody named in full or so."""
    if one.is_whole:
        return False
    marked = {form for form in one.singles if form.title}
    formal = {form.parts[0] for form in marked if form.title in FORMAL}
    familiar = {form.parts[0] for form in marked if form.title in FAMILIAR}
    return bool(formal & other.lasts or familiar & other.firsts)


def _same_word(one: Person, other: Person) -> bool:
    """A single name, which may be part of a longer one or stand after a title."""
    if one.is_whole:
        return False
    parts = {part for form in other.forms if not form.initials for part in form.parts}
    if one.loose & parts:
        return True
    marked = not one.loose and not other.loose and not other.is_whole
    return marked and bool((one.lasts | one.firsts) & parts)


def _nicknamed(one: Person, other: Person) -> bool:
    """Short for the other's first name; of a whole name, also the other way round."""
    mine, theirs = one.loose | one.firsts, other.loose | other.firsts
    if one.is_whole and other.is_whole:
        return False
    short = any(is_short(a, b) for a in mine for b in theirs)
    return short or (other.is_whole and any(is_short(b, a) for a in mine for b in theirs))


def _misheard(one: Person, other: Person) -> bool:
    if one.is_whole:
        return False
    firsts = any(misheard(a, b) for a in one.loose | one.firsts for b in other.loose | other.firsts)
    return firsts or any(misheard(a, b) for a in one.loose | one.lasts for b in other.lasts)


def _initialled(one: Person, other: Person) -> bool:
    """Letters that begin the other's names."""
    letters = {form.initials for form in one.forms} - {""}
    named = [form.parts for form in other.forms if not form.initials]
    return not one.is_whole and any(_begin(own, parts) for own in letters for parts in named)


def _begin(letters: str, parts: tuple[str, ...]) -> bool:
    """M.J.H., M.J., M.H. or M. of Margaret Jane Hallett."""
    firsts = "".join(part[0] for part in parts)
    return firsts.startswith(letters) or letters == firsts[0] + firsts[-1]


RELATIONS: tuple[Relation, ...] = (
    _wholes, _titled, _same_word, _nicknamed, _misheard, _initialled,
)  # fmt: skip
