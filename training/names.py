"""Names to draw from: pools by origin, packaged lists, word-names, spellings nobody has seen."""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random

import yaml

POOLS = Path(__file__).parent / "pools"

# Weights of the packaged lists of names, by locale.
LOCALES = {
    "en_GB": 8, "en_IE": 2, "ga_IE": 1, "en_IN": 2, "en_PK": 2, "en_NG": 1, "yo_NG": 1,
    "ig_NG": 1, "ha_NG": 0.7, "tw_GH": 1, "en_KE": 0.7, "zu_ZA": 0.7, "pl_PL": 2, "ro_RO":
    1.5, "pt_PT": 1.5, "es_ES": 0.7, "fr_FR": 0.7, "de_DE": 0.7, "it_IT": 0.7, "tr_TR": 0.8,
    "lt_LT": 0.5, "hu_HU": 0.5, "cs_CZ": 0.4, "nl_NL": 0.4, "vi_VN": 0.5, "id_ID": 0.4,
    "en_US": 2, "en_NZ": 0.5, "sv_SE": 0.3, "lv_LV": 0.3, "gu_IN": 0.3, "hr_HR": 0.3,
    "sk_SK": 0.2, "da_DK": 0.2, "fi_FI": 0.2, "sw": 0.5, "uz_UZ": 0.2,
}  # fmt: skip
NAME = re.compile(r"[^\W\d_][^\W\d_'’-]{1,17}(?:[-'’ ][^\W\d_'’-]{1,17})?")
# Spellings that sound the same to a typist or a speech recogniser.
MISHEARD = (
    ("ph", "f"), ("f", "ph"), ("y", "i"), ("ie", "y"), ("ey", "y"), ("c", "k"), ("k", "c"),
    ("ck", "k"), ("sh", "ch"), ("ae", "ay"), ("ai", "ay"), ("ei", "ee"), ("ea", "ee"),
    ("ee", "ea"), ("oo", "u"), ("ou", "oo"), ("gh", ""), ("th", "t"), ("t", "th"),
    ("v", "b"), ("b", "v"), ("z", "s"), ("s", "z"), ("w", "v"), ("x", "ks"), ("que", "k"),
    ("ll", "l"), ("l", "ll"), ("nn", "n"), ("n", "nn"), ("rr", "r"), ("tt", "t"),
    ("j", "g"), ("dh", "d"), ("bh", "v"), ("mh", "v"), ("aoi", "ee"), ("eoi", "o"),
    ("wy", "wi"), ("cz", "ch"), ("sz", "sh"), ("rz", "zh"), ("kh", "k"), ("ch", "k"),
    ("u", "oo"), ("i", "ee"), ("a", "ah"), ("e", "a"), ("o", "oa"), ("er", "a"),
    ("ar", "a"), ("or", "aw"), ("h", ""),
)  # fmt: skip


def _read(name: str) -> dict:
    return yaml.safe_load((POOLS / name).read_text(encoding="utf-8"))


@cache
def held_out() -> frozenset[str]:
    """Names of the name-origin stress set: never drawn."""
    groups = _read("held_out.yaml").values()
    return frozenset(n.lower() for g in groups for part in g.values() for n in part.split())


def packaged(locale: str) -> tuple[list[str], list[str]]:
    """First and last names of a locale, from the Faker package (MIT)."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    first = ("first_names", "first_names_male", "first_names_female", "first_romanized_names")
    last = ("last_names", "last_romanized_names")
    return _listed(provider, first), _listed(provider, last)


def _listed(provider: type, attributes: Iterable[str]) -> list[str]:
    values = (getattr(provider, attribute, ()) for attribute in attributes)
    return sorted({str(n) for v in values for n in v if NAME.fullmatch(str(n))})


class Spelling:
    """Makes up names letter by letter, so that the words around a name must carry it."""

    def __init__(self, names: Iterable[str]):
        self._next: dict[str, list[str]] = defaultdict(list)
        for name in names:
            padded = f"^^{name.lower()}$"
            for i in range(len(padded) - 2):
                self._next[padded[i : i + 2]].append(padded[i + 2])

    def __call__(self, rng: Random) -> str:
        """A name of three to eleven letters."""
        name = ""
        while not 3 <= len(name) <= 11:
            state, name = "^^", ""
            while (letter := rng.choice(self._next[state])) != "$" and len(name) < 14:
                name += letter
                state = state[1] + letter
        return name.capitalize()


class Names:
    """Draws first names, last names and pets' names.

    `word_share` is how many first names are ordinary words of the pool, `ordinary_share` how many
    are any everyday word.
    """

    word_share = 0.12

    def __init__(self, ordinary_words: list[str], ordinary_share: float = 0.0):
        self.ordinary_words = [w for w in ordinary_words if w not in held_out()]
        self.ordinary_share = ordinary_share
        words = _read("word_names.yaml")
        self.word_first = _allowed(words["first"].split())
        self.word_last = _allowed(words["last"].split())
        self.pets = words["pets"].split()
        groups = _read("names.yaml").values()
        self._groups = [(_allowed(g["first"].split()), _allowed(g["last"].split())) for g in groups]
        self._weights = [g["weight"] for g in groups]
        self._packaged = [
            (_allowed(first), _allowed(last)) for first, last in map(packaged, LOCALES)
        ]
        self._packaged_weights = list(LOCALES.values())
        self._spell_first = Spelling(n for f, _ in self._groups + self._packaged for n in f[::2])
        self._spell_last = Spelling(n for _, n in self._groups + self._packaged for n in n[::2])

    def _from(self, rng: Random, pools: list, weights: list[float], part: int) -> str:
        while not (names := rng.choices(pools, weights)[0][part]):
            pass
        return rng.choice(names)

    def first(self, rng: Random) -> str:
        """A first name; now and then misheard, made up, or an ordinary word."""
        if rng.random() < self.ordinary_share:
            return rng.choice(self.ordinary_words).capitalize()
        draw = rng.random()
        if draw < self.word_share:
            return rng.choice(self.word_first)
        if draw < self.word_share + 0.1:
            return self._spell_first(rng)
        if draw < 0.65:
            name = self._from(rng, self._groups, self._weights, 0)
        else:
            name = self._from(rng, self._packaged, self._packaged_weights, 0)
        return misheard(rng, name) if rng.random() < 0.10 else name

    def nickname(self, rng: Random) -> str:
        """What somebody is called instead of a name: an everyday word, or a name cut short."""
        if rng.random() < 0.6:
            return rng.choice(self.ordinary_words).capitalize()
        short = re.sub(r"[aeiouy]+$", "", self.first(rng)[: rng.choice((3, 4, 5))])
        return short + rng.choice(("", "", "y", "ie", "o", "s", "z", "ster", "a"))

    def last(self, rng: Random) -> str:
        """A last name; one in four is an ordinary word."""
        if rng.random() < self.ordinary_share:
            return rng.choice(self.ordinary_words).capitalize()
        draw = rng.random()
        if draw < 0.24:
            return rng.choice(self.word_last)
        if draw < 0.33:
            return self._spell_last(rng)
        if draw < 0.37:
            return f"{self._from(rng, self._groups, self._weights, 1)}-{rng.choice(self.word_last)}"
        pools = (
            (self._groups, self._weights)
            if draw < 0.7
            else (self._packaged, self._packaged_weights)
        )
        name = self._from(rng, *pools, 1)
        return misheard(rng, name) if rng.random() < 0.08 else name

    def pet(self, rng: Random) -> str:
        """The name of a pet."""
        return rng.choice(self.pets) if rng.random() < 0.75 else self.first(rng)

    def person(self, rng: Random) -> str:
        """A first name, a full name, a last name, or initials with one."""
        draw = rng.random()
        if draw < 0.55:
            return self.first(rng)
        if draw < 0.88:
            return f"{self.first(rng)} {self.last(rng)}"
        if draw < 0.95:
            return self.last(rng)
        letters = rng.sample("ABCDEFGHJKLMNPRSTW", 2)
        return rng.choice(
            [
                f"{letters[0]}. {self.last(rng)}",
                f"{letters[0]} {self.last(rng)}",
                f"{letters[0]}{letters[1]}",
                f"{letters[0]}.{letters[1]}.",
                f"{self.first(rng)} {letters[0]}. {self.last(rng)}",
                f"{self.first(rng)} {letters[0]}",
            ]
        )


def _allowed(names: Iterable[str]) -> list[str]:
    """These names without those of the stress set."""
    return sorted({name for name in names if name.lower() not in held_out()})


def misheard(rng: Random, name: str) -> str:
    """A spelling of the name by ear: "Aoife" as "Eefa", "Daphne" as "Dafny"."""
    lower = name.lower()
    for _ in range(rng.choice((1, 1, 2))):
        changes = [(a, b) for a, b in MISHEARD if a in lower]
        if not changes:
            break
        old, new = rng.choice(changes)
        lower = lower.replace(old, new, 1)
    return lower.title() if len(lower) > 2 and lower not in held_out() else name
