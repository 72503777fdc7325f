"""How people say numbers, letters, addresses and dates aloud: made-up forms inside made-up talk.

The grammar here is its own. It was written from how people speak to a receptionist, a bank or an
interviewer, imports nothing of the pipeline, and knows nothing of what redaction can read.

All values are invented: telephone numbers from the ranges that Ofcom keeps for drama, National
Insurance prefixes that are never issued, health numbers of the test range or with a wrong check digit.
Even seeds draw from one half of each list of words and sentences, odd seeds from the other, so that
rules written looking at one half can be measured on the other.
"""

import random
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

WRITINGS = ("clean", "automatic", "lower case")
"""A typist's text; a recogniser's, lower case with few signs and numerals; the typist's text bare."""
OPEN, CLOSE = "\x02", "\x03"
"""Around what must be found, until the text is written."""
SEEKING, FOUND = "\x04", "\x05"
"""Around words said while looking for the next piece: where a piece begins with them, they stand outside the mark."""


class Form(NamedTuple):
    """One thing said aloud, over one turn or several, with where it stands in each."""

    seed: int
    kind: str
    entity_type: str
    writing: str
    turns: tuple[str, ...]
    marks: tuple[tuple[tuple[int, int], ...], ...]


class Speaker:
    """One person's habits of speech, from a seed."""

    def __init__(self, seed: int, writing: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up talk, no secret
        self.half = seed % 2
        self.writing = writing
        self.zero = self.random.choice(("oh", "oh", "oh", "zero", "zero", "nought"))
        self.doubles = self.chance(0.6)
        self.hesitates = self.chance(0.3)
        self.corrects = self.chance(0.12)
        self.numerals = self.chance(0.75 if writing == "automatic" else 0.15)
        self.gap = self.random.choice(
            (", ", ", ", " ", " ", "... ") if writing == "clean" else (" ",)
        )

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.random.random() < share

    def pick(self, options: Sequence[str]) -> str:
        """One of this speaker's half of the options; short lists are shared."""
        own = options[self.half :: 2] if len(options) > 5 else options
        return self.random.choice(own)

    def number(self, length: int) -> str:
        """Random digits."""
        return "".join(self.random.choice("0123456789") for _ in range(length))

    def letters(self, length: int, alphabet: str = "ABCDEFGHJKLMNPRSTUVWXY") -> str:
        """Random letters."""
        return "".join(self.random.choice(alphabet) for _ in range(length))


Saying = Callable[[Speaker], list[str]]
"""What is said, in the pieces that people pause between."""

NAMES_OF_DIGITS = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NTH = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()  # fmt: skip
HESITATIONS = (
    "um", "er", "erm", "uh", "let me think", "hang on", "what is it", "wait a minute", "and then", "then", "that's it", "yeah",
    "so", "let's see", "right", "is it", "I think it's", "bear with me", "you know", "sorry", "mm", "oh what's next", "what comes next", "one sec",
)  # fmt: skip
TAKING_BACK = (
    "no", "sorry", "no, sorry", "I mean", "no wait", "no, tell a lie", "oh no", "sorry, I mean", "or rather", "no, it's", "not that", "wait, no",
)  # fmt: skip
STARTING_OVER = (
    "sorry, I'll start again", "no, let me start again", "hang on, start again", "I've gone wrong there", "no, that's the old one", "wait, from the top",
    "sorry, I'll do that again", "oh, I've lost my place, again",
)  # fmt: skip
CUES_ON = ("Yep.", "Mm-hm.", "Yeah.", "Go on.", "Okay.", "Right.", "Got that.", "Uh-huh.", "Yes, and?", "Okay, next?", "Mhm.", "Carry on.")  # fmt: skip
AGREEING = ("That's it.", "That's the one.", "Spot on.", "Yes, that's right.", "Yeah, that's me.", "Perfect.", "Correct.", "Yep, lovely.")  # fmt: skip
ALPHABET_WORDS = {
    "A": "alpha apple Alfie Andrew", "B": "Bravo Bobby Bertie boy", "C": "Charlie cat Colin Christopher", "D": "Delta dog David Derek",
    "E": "Echo egg Edward elephant", "F": "Foxtrot Freddie fox father", "G": "Golf George goat Gordon", "H": "Hotel Harry Henry house",
    "I": "India ink Isaac igloo", "J": "Juliet jam John juliett", "K": "Kilo kite king kettle", "L": "Lima Lucy lemon London",
    "M": "Mike mother mum Mary", "N": "November nuts Nellie Norman", "O": "Oscar orange Oliver oranges", "P": "Papa Peter pig Paul",
    "Q": "Quebec queen Queenie quick", "R": "Romeo Roger Robert rabbit", "S": "Sierra sugar Sam snake", "T": "Tango Tommy tea Thomas",
    "U": "Uniform umbrella uncle under", "V": "Victor violin van Vera", "W": "Whiskey William water whisky", "X": "X-ray xylophone x-ray kiss",
    "Y": "Yankee yellow yacht yoghurt", "Z": "Zulu zebra zoo zed",
}  # fmt: skip
NAMES_OF_LETTERS = {
    "B": "bee", "D": "dee", "G": "gee", "H": "aitch", "J": "jay", "K": "kay", "L": "ell", "M": "em", "N": "en", "Q": "cue", "S": "ess",
    "T": "tee", "V": "vee", "W": "double-u", "Y": "wye", "Z": "zed",
}  # fmt: skip


def below_hundred(number: int) -> str:
    """Words for 1 to 99."""
    if number < 10:
        return NAMES_OF_DIGITS[number]
    if number < 20:
        return TEENS[number - 10]
    unit = f"-{NAMES_OF_DIGITS[number % 10]}" if number % 10 else ""
    return TENS[number // 10 - 2] + unit


def nth(number: int) -> str:
    """Words for 1st to 31st."""
    if number <= 20:
        return NTH[number - 1]
    return "thirtieth" if number == 30 else f"{TENS[number // 10 - 2]}-{NTH[number % 10 - 1]}"


def written_nth(number: int) -> str:
    """1st, 2nd, 3rd ..."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number < 14 else ending}"


def one_by_one(speaker: Speaker, digits: str) -> str:
    """Digit by digit, repeats as double or triple where that is the speaker's habit."""
    said: list[str] = []
    for digit, same in groupby(digits):
        count = len(list(same))
        name = digit if speaker.numerals else _name(speaker, digit)
        if speaker.doubles and count in {2, 3}:
            said.append(f"{'double' if count == 2 else speaker.pick(('triple', 'treble'))} {name}")
        else:
            said += [name] * count
    return " ".join(said)


def _name(speaker: Speaker, digit: str) -> str:
    return speaker.zero if digit == "0" else NAMES_OF_DIGITS[int(digit)]


def group(speaker: Speaker, digits: str) -> str:
    """A few digits said in one breath."""
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    if speaker.numerals:
        return digits if speaker.chance(0.75) else one_by_one(speaker, digits)
    if len(digits) == 3 and digits[1:] == "00" != digits[:2] and speaker.chance(0.5):
        return f"{NAMES_OF_DIGITS[int(digits[0])]} hundred"
    if len(digits) in {2, 4} and all(p[0] != "0" for p in pairs) and speaker.chance(0.3):
        return " ".join(below_hundred(int(p)) for p in pairs)
    if len(digits) == 3 and "0" not in digits[:2] and speaker.chance(0.15):
        return f"{NAMES_OF_DIGITS[int(digits[0])]} {below_hundred(int(digits[1:]))}"
    return one_by_one(speaker, digits)


def groups(speaker: Speaker, *parts: str) -> list[str]:
    """Digits in their groups; a recogniser often runs groups together or cuts them anew."""
    if speaker.writing == "automatic" and speaker.numerals and speaker.chance(0.3):
        whole = "".join(parts)
        cut = speaker.random.randint(2, max(2, len(whole) - 2))
        parts = (whole,) if speaker.chance(0.5) else (whole[:cut], whole[cut:])
    return [group(speaker, part) for part in parts if part]


def letter(speaker: Speaker, value: str) -> str:
    """One letter as people make it plain."""
    words = ALPHABET_WORDS[value].split()
    word = words[speaker.half + 2 * speaker.random.randint(0, 1)]
    style = speaker.random.random()
    if style < 0.12:
        return f"{value} for {word}"
    if style < 0.16:
        return words[0] if speaker.half == 0 else f"{value} as in {word}"
    if style < 0.19:
        return f"{value}, {word}"
    if style < 0.22 and value in NAMES_OF_LETTERS:
        return NAMES_OF_LETTERS[value]
    return value


def spelt(speaker: Speaker, name: str) -> list[str]:
    """A name letter by letter."""
    upper = "".join(c for c in name.upper() if c.isalpha())
    style = speaker.random.random()
    if speaker.writing == "automatic":
        return [speaker.pick(("-", " ", " ", "-")).join(upper)]
    if style < 0.3:
        return ["-".join(upper)]
    if style < 0.4:
        return [".".join(upper) + "."]
    if style < 0.55:
        return [" ".join(upper)]
    said: list[str] = []
    for value, same in groupby(upper):
        count = len(list(same))
        said += [f"double {value}"] if count == 2 else [letter(speaker, value)] * count
    return _in_threes(speaker, said)


def _in_threes(speaker: Speaker, said: list[str]) -> list[str]:
    gap = ", " if speaker.chance(0.7) else " "
    size = speaker.random.choice((3, 4, 20))
    return [gap.join(said[i : i + size]) for i in range(0, len(said), size)]


def interrupted(speaker: Speaker, pieces: list[str]) -> list[str]:
    """The pieces with a hesitation between two of them, or a word taken back inside one."""
    result = list(pieces)
    if speaker.hesitates and len(result) > 1:
        place = speaker.random.randint(1, len(result) - 1)
        comma = "," if speaker.writing == "clean" else ""
        result[place] = f"{SEEKING}{speaker.pick(HESITATIONS)}{comma} {FOUND}{result[place]}"
    if speaker.corrects:
        place = speaker.random.randrange(len(result))
        wrong = speaker.random.choice(NAMES_OF_DIGITS[1:])
        words = result[place].split()
        spot = [i for i, word in enumerate(words) if word in NAMES_OF_DIGITS]
        if spot:
            chosen = speaker.random.choice(spot)
            words.insert(chosen, f"{wrong}, {speaker.pick(TAKING_BACK)},")
            result[place] = " ".join(words)
    return result


def joined(speaker: Speaker, pieces: Sequence[str]) -> str:
    """The pieces as said in one go."""
    return speaker.gap.join(pieces)


DRAMA = (
    ("07700", "900"), ("01632", "960"), ("0113", "496", "0"), ("0114", "496", "0"), ("0115", "496", "0"), ("0116", "496", "0"),
    ("0117", "496", "0"), ("0118", "496", "0"), ("0121", "496", "0"), ("0131", "496", "0"), ("0141", "496", "0"), ("0151", "496", "0"),
    ("0161", "496", "0"), ("020", "7946", "0"), ("0191", "498", "0"), ("028", "9649", "6"), ("029", "2018", "0"), ("03069", "990"),
    ("08081", "570"),
)  # fmt: skip


def phone(speaker: Speaker) -> list[str]:
    """A telephone number, most often a mobile one."""
    chosen = DRAMA[0] if speaker.chance(0.55) else speaker.random.choice(DRAMA)
    area, middle, last = chosen[0], chosen[1], "".join(chosen[2:]) + speaker.number(3)
    if area == "07700" and speaker.chance(0.25):
        parts = ("077", "009", "00" + last[:1], last[1:])
    elif area == "07700" and speaker.chance(0.2):
        parts = ("07", "700", "900", last)
    else:
        parts = (area, middle, last)
    said = groups(speaker, *parts)
    if speaker.chance(0.08):
        abroad = (
            "+44" if speaker.numerals else speaker.pick(("plus four four", "double oh double four"))
        )
        said = [abroad, *groups(speaker, area[1:], middle, last)]
    return interrupted(speaker, said)


def local_phone(speaker: Speaker) -> list[str]:
    """A number without its area code."""
    return interrupted(speaker, groups(speaker, "960", speaker.number(3)))


POSTAL = "BH DT SP BA TA EX PL TR SO PO GU RG OX BS CF SA LL CH M L LS S NE G EH AB E N SE SW W B CV NG NR IP CB PE"


def postcode(speaker: Speaker) -> list[str]:
    """Area and district, sector and unit."""
    area = speaker.pick(tuple(POSTAL.split()))
    district = str(speaker.random.randint(1, 28 if len(area) > 1 else 20))
    unit = speaker.letters(2, "ABDEFGHJLNPQRSTUWXYZ")
    sector = str(speaker.random.randint(0, 9))
    if speaker.writing == "automatic" or speaker.chance(0.35):
        return [speaker.pick((f"{area}{district}", f"{area} {district}", f"{' '.join(area)} {district}", f"{area}{district}")),
                speaker.pick((f"{sector}{unit}", f"{sector} {unit}", f"{sector}{unit}"))]  # fmt: skip
    first = " ".join(letter(speaker, c) for c in area)
    number = below_hundred(int(district)) if speaker.chance(0.6) else one_by_one(speaker, district)
    last = f"{_name(speaker, sector)} {' '.join(letter(speaker, c) for c in unit)}"
    return interrupted(speaker, [f"{first} {number}", last])


def health_number(speaker: Speaker) -> list[str]:
    """Ten digits in three groups: of the test range, or with a check digit that is wrong."""
    nine = (
        "999" if speaker.chance(0.5) else str(speaker.random.choice((4, 6, 7))) + speaker.number(2)
    ) + speaker.number(6)
    check = (11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
    last = str(check % 10) if nine[:3] == "999" else str((check + 3) % 10)
    ten = nine + last
    parts = (ten[:3], ten[3:6], ten[6:]) if speaker.chance(0.75) else (ten[:4], ten[4:7], ten[7:])
    return interrupted(speaker, groups(speaker, *parts))


def national_insurance(speaker: Speaker) -> list[str]:
    """Two letters, three pairs, one letter."""
    prefix = speaker.pick(("QQ", "BG", "GB", "NK", "KN", "TN", "NT", "ZZ"))
    pairs = [speaker.number(2) for _ in range(3)]
    last = speaker.letters(1, "ABCD")
    if speaker.numerals:
        return (
            [f"{prefix}{speaker.pick(('', ' '))}{''.join(pairs)}{last}"]
            if speaker.chance(0.4)
            else [prefix, *pairs, last]
        )
    return interrupted(
        speaker,
        [
            " ".join(letter(speaker, c) for c in prefix),
            *groups(speaker, *pairs),
            letter(speaker, last),
        ],
    )


def hospital_number(speaker: Speaker) -> list[str]:
    """A hospital's own number, with or without letters before it."""
    prefix = speaker.letters(speaker.random.choice((0, 1, 1, 2, 3)))
    digits = speaker.number(speaker.random.choice((6, 7, 7)))
    first = (
        [prefix if speaker.numerals else " ".join(letter(speaker, c) for c in prefix)]
        if prefix
        else []
    )
    return interrupted(speaker, [*first, *groups(speaker, digits[:3], digits[3:])])


def number_plate(speaker: Speaker) -> list[str]:
    """A registration of today, or of the eighties and nineties."""
    area, last = (
        speaker.letters(2, "HWKBLSMRADEFG"),
        speaker.letters(2) + speaker.random.choice("QI"),
    )
    year = speaker.random.choice("0567") + speaker.random.choice("123456789")
    if speaker.chance(0.25):
        old = speaker.letters(1), str(speaker.random.randint(11, 989)), last
        area, year, last = old if speaker.chance(0.6) else (last, old[1], old[0])
    if speaker.numerals or speaker.chance(0.3):
        return [speaker.pick((f"{area}{year}", f"{area} {year}", f"{area}{year}")), last]
    said = (
        below_hundred(int(year))
        if len(year) == 2 and year[0] != "0" and speaker.chance(0.4)
        else one_by_one(speaker, year)
    )
    return [
        f"{' '.join(letter(speaker, c) for c in area)} {said}",
        " ".join(letter(speaker, c) for c in last),
    ]


def sort_code(speaker: Speaker) -> list[str]:
    """Three pairs."""
    pairs = [speaker.number(2) for _ in range(3)]
    if speaker.numerals and speaker.chance(0.6):
        return ["-".join(pairs)]
    return interrupted(speaker, groups(speaker, *pairs))


def account_number(speaker: Speaker) -> list[str]:
    """Eight digits."""
    digits = speaker.number(8)
    return interrupted(speaker, groups(speaker, digits[:4], digits[4:]))


def _luhn(digits: str) -> str:
    """The last digit of a card."""
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits))
    return str(-total % 10)


def card(speaker: Speaker) -> list[str]:
    """Sixteen digits in fours."""
    fifteen = speaker.random.choice(("4000", "4929", "5412", "5301")) + speaker.number(11)
    whole = fifteen + _luhn(fifteen)
    return interrupted(speaker, groups(speaker, *(whole[i : i + 4] for i in range(0, 16, 4))))


def account_abroad(speaker: Speaker) -> list[str]:
    """An IBAN of a bank that does not exist."""
    rest = "ZZZZ" + speaker.number(14)
    check = 98 - int("".join(str(int(c, 36)) for c in rest + "GB00")) % 97
    whole = f"GB{check:02d}{rest}"
    if speaker.numerals:
        return [" ".join(whole[i : i + 4] for i in range(0, len(whole), 4))]
    return [*groups_of_letters(speaker, "GB"), *groups(speaker, whole[2:4]), *groups_of_letters(speaker, "ZZZZ"),
            *groups(speaker, whole[8:14]), *groups(speaker, whole[14:18], whole[18:])]  # fmt: skip


def groups_of_letters(speaker: Speaker, value: str) -> list[str]:
    """Letters in one breath."""
    return [" ".join(letter(speaker, c) for c in value)]


def passport(speaker: Speaker) -> list[str]:
    """Nine digits."""
    digits = speaker.number(9)
    return interrupted(speaker, groups(speaker, digits[:3], digits[3:6], digits[6:]))


def driving_licence(speaker: Speaker) -> list[str]:
    """Five letters of the surname, six digits of the birthday, initials and three more."""
    surname = (speaker.pick(SURNAMES).upper().replace("'", "").replace("-", "") + "99999")[:5]
    birth = (
        speaker.random.choice("3456789")
        + f"{speaker.random.randint(1, 12):02d}"
        + f"{speaker.random.randint(1, 28):02d}"
        + speaker.number(1)
    )
    tail = speaker.letters(1) + "9" + speaker.number(1) + speaker.letters(2)
    if speaker.numerals or speaker.chance(0.4):
        return [f"{surname} {birth} {tail}"] if speaker.chance(0.5) else [surname + birth + tail]
    return [
        " ".join(surname.replace("9", "")),
        *groups(speaker, birth[:3], birth[3:]),
        f"{tail[0]} {one_by_one(speaker, tail[1:3])} {tail[3]} {tail[4]}",
    ]


def reference(speaker: Speaker) -> list[str]:
    """A policy, case, crime or tenancy reference."""
    prefix = speaker.letters(speaker.random.choice((1, 2, 2, 3)))
    digits = speaker.number(speaker.random.choice((5, 6, 7, 8)))
    year = str(speaker.random.randint(18, 24))
    if speaker.numerals or speaker.chance(0.3):
        slash = speaker.pick(("/", "-", " ", ""))
        return (
            [f"{prefix}{slash}{digits}"]
            if speaker.chance(0.6)
            else [f"{prefix}{slash or '/'}{digits}/{year}"]
        )
    sign = speaker.pick(("slash", "stroke", "dash", "forward slash", "hyphen", "oblique"))
    end = [f"{SEEKING}{sign} {FOUND}{below_hundred(int(year))}"] if speaker.chance(0.35) else []
    return interrupted(
        speaker,
        [*groups_of_letters(speaker, prefix), *groups(speaker, digits[:3], digits[3:]), *end],
    )


FIRST_NAMES = (
    "Sheila", "Oluwaseun", "Niamh", "Gareth", "Priya", "Tomasz", "Bronwen", "Kwame", "Mairead", "Yusuf", "Doreen", "Ngozi", "Wei", "Agnieszka", "Callum",
    "Fatima", "Siobhan", "Rashid", "Hyacinth", "Dafydd", "Marguerite", "Jiho", "Eilidh", "Tariq", "Gwendoline", "Anneliese", "Ifeoma", "Boguslaw",
    "Roisin", "Delroy",
)  # fmt: skip
SURNAMES = (
    "Hallett", "Okonkwo", "Przybylski", "Featherstone", "Ahluwalia", "Llewellyn", "Mensah", "O'Shaughnessy", "Kowalczyk", "Trevelyan", "Chowdhury", "Pettigrew",
    "Mukherjee", "Abernathy", "Nguyen", "Szymanski", "Cholmondeley", "Adeyemi", "Rattenbury", "Macleod", "Whittingham", "Iwobi", "Hussain", "Gillingwater",
    "Vasquez", "Eze", "Sprackling", "Thistlewood", "Yeoman", "Ramanathan",
)  # fmt: skip
PET_WORDS = (
    "mad cat lady", "sea swimmer", "biscuit", "grumpy gardener", "nanny jean", "the tea urn", "salty dog", "wool shed", "bell ringer", "two left feet", "kite man",
    "moon rabbit", "jam and cream", "mud lark", "blue door", "old tin bath", "muddy boots", "slow cyclist", "pier head", "plum duff",
)  # fmt: skip
HOSTS = (
    "gmail dot com", "hotmail dot co dot uk", "btinternet dot com", "yahoo dot co dot uk", "outlook dot com", "icloud dot com", "sky dot com", "aol dot com",
    "talktalk dot net", "live dot co dot uk", "example dot com", "example dot org", "virginmedia dot com", "example dot co dot uk", "nhs dot net", "me dot com",
    "protonmail dot com", "ntlworld dot com", "tiscali dot co dot uk", "saint annes church dot org dot uk",
)  # fmt: skip
BARE_HOSTS = ("gmail", "hotmail", "outlook", "icloud", "yahoo", "btinternet")


def email(speaker: Speaker) -> list[str]:
    """An e-mail address: the part before "at", and the rest."""
    host = speaker.pick(BARE_HOSTS) if speaker.chance(0.08) else speaker.pick(HOSTS)
    local = _local_part(speaker)
    if speaker.writing == "automatic" and speaker.chance(0.45):
        return [_as_signs(local) + "@" + _as_signs(host)]
    if speaker.writing == "automatic" and speaker.chance(0.5):
        return [local, "at " + _as_signs(host)]
    if speaker.writing == "clean" and speaker.chance(0.12):
        return [_as_signs(local) + "@" + _as_signs(host)]
    aside = speaker.pick(ASIDES) if speaker.chance(0.12) else ""
    return [
        f"{local}{', ' + aside if aside else ''}",
        f"{speaker.pick(('at', 'at', 'at', 'at sign'))} {host}",
    ]


ASIDES = ("all one word", "all lower case", "no spaces", "no dots", "all small letters", "one word", "all together", "no capitals")  # fmt: skip
SIGNS = {
    "dot": ".",
    "underscore": "_",
    "dash": "-",
    "hyphen": "-",
    "slash": "/",
    "forward slash": "/",
}


def _as_signs(said: str) -> str:
    return (
        "".join(SIGNS.get(word, _digit_of(word)) for word in said.replace("double u", "w").split())
        .lower()
        .replace(",", "")
    )


def _digit_of(word: str) -> str:
    if word in NAMES_OF_DIGITS:
        return str(NAMES_OF_DIGITS.index(word))
    number = next((n for n in range(10, 100) if below_hundred(n) == word), None)
    return word.replace("'", "") if number is None else str(number)


def _local_part(speaker: Speaker) -> str:
    first, last = speaker.pick(FIRST_NAMES), speaker.pick(SURNAMES)
    initial = letter(speaker, first[0].upper())
    year = (
        one_by_one(speaker, speaker.number(2))
        if speaker.chance(0.5)
        else below_hundred(speaker.random.randint(11, 99))
    )
    joint = speaker.pick(("dot", "underscore", "dot", "dash", "dot", "dot", "hyphen", "dot"))
    return speaker.pick((
        f"{initial} {joint} {last}", f"{first} {joint} {last}", f"{first} {last} {year}", f"{first} {year}",
        f"{initial} {last}", f"{first}{last}", f"{speaker.pick(PET_WORDS)} {year}", f"{speaker.pick(PET_WORDS)}",
        f"{' '.join(first.upper())} {joint} {last}", f"{' '.join(first.upper())} {year}", f"{first} {joint} {' '.join(last.upper().replace(chr(39), ''))}",
        f"{initial} {joint} {letter(speaker, speaker.letters(1))} {joint} {last}",
    ))  # fmt: skip


def handle(speaker: Speaker) -> list[str]:
    """A name on social media."""
    words = speaker.pick(PET_WORDS).split() + (
        [speaker.pick(FIRST_NAMES).lower()] if speaker.chance(0.4) else []
    )
    number = [one_by_one(speaker, speaker.number(2))] if speaker.chance(0.3) else []
    if speaker.chance(0.3):
        return [
            "@" + speaker.pick(("_", ".", "")).join(words) + (speaker.number(2) if number else "")
        ]
    sign = speaker.pick((" underscore ", " dot ", " underscore ", " underscore "))
    return [speaker.pick(("at ", "", "at ")) + sign.join([*words, *number])]


SITES = (
    "harbour choir", "tea and toast", "purbeck strings", "the mending shed", "walk and talk west", "little acorns nursery", "stour valley carers", "knit happens",
    "friends of the rec", "wessex wheels", "cob house crafts", "north quay rowers",
)  # fmt: skip
ENDS = ("dot org dot uk", "dot co dot uk", "dot com", "dot org", "dot net", "dot info")
PAGES = (
    "slash join",
    "forward slash events",
    "slash help",
    "forward slash about us",
    "slash donate",
    "forward slash news",
)


def url(speaker: Speaker) -> list[str]:
    """A web address."""
    start = speaker.pick(
        ("www dot ", "", "w w w dot ", "www dot ", "", "double u double u double u dot ", "", "")
    )
    page = " " + speaker.pick(PAGES) if speaker.chance(0.25) else ""
    site, end = speaker.pick(SITES), speaker.pick(ENDS)
    if (speaker.writing == "automatic" and speaker.chance(0.6)) or speaker.chance(0.15):
        return [
            _as_signs(
                f"{start.replace('w w w', 'www').replace('double u double u double u', 'www')}{site} {end}{page.replace('forward slash', 'slash')}"
            )
        ]
    return [f"{start}{site} {end}{page}"]


MONTHS = (
    "January February March April May June July August September October November December".split()
)


def _year(speaker: Speaker, year: int) -> str:
    short = (
        below_hundred(year % 100)
        if year % 100 > 9
        else f"oh {NAMES_OF_DIGITS[year % 100]}"
        if year % 100
        else "hundred"
    )
    if speaker.numerals or speaker.chance(0.15):
        return str(year)
    if year >= 2000:
        return (
            f"twenty {short}"
            if year >= 2010
            else f"two thousand and {NAMES_OF_DIGITS[year % 100]}"
            if year % 100
            else "two thousand"
        )
    style = speaker.random.random()
    if style < 0.45:
        return f"nineteen {short}"
    return short if style < 0.8 and year % 100 > 9 else f"'{year % 100:02d}"


def dob(speaker: Speaker) -> list[str]:
    """A date of birth, as asked for at every desk."""
    day, month, year = (
        speaker.random.randint(1, 28),
        speaker.random.randint(1, 12),
        speaker.random.randint(1931, 2008),
    )
    said_year = _year(speaker, year)
    clean = speaker.writing == "clean"
    comma = "," if clean and speaker.chance(0.7) else ""
    the = speaker.pick(("the ", ""))
    number = written_nth(day) if speaker.numerals else nth(day)
    style = speaker.random.random()
    if style < 0.3:
        return [f"{the}{number} of {MONTHS[month - 1]}{comma} {said_year}"]
    if style < 0.5:
        return [
            f"{the}{number} of the {written_nth(month) if speaker.numerals else nth(month)}{comma} {said_year}"
        ]
    if style < 0.6:
        return [f"{MONTHS[month - 1]} the {number}{comma} {said_year}"]
    if style < 0.75:
        return [_in_digits(speaker, day, month, year)]
    if style < 0.85:
        signs = speaker.pick(("/", ".", "-", "/"))
        return [
            f"{day:02d}{signs}{month:02d}{signs}{year if speaker.chance(0.6) else f'{year % 100:02d}'}"
        ]
    if style < 0.95:
        return [f"{day if speaker.numerals else number} {MONTHS[month - 1]} {said_year}"]
    return [f"{speaker.pick(FEASTS)}{comma} {_year(speaker, year)}"]


FEASTS = (
    "Christmas Day",
    "New Year's Eve",
    "Boxing Day",
    "Valentine's Day",
    "May Day",
    "Christmas Eve",
    "New Year's Day",
    "Halloween",
)


def _in_digits(speaker: Speaker, day: int, month: int, year: int) -> str:
    two = f"{year % 100:02d}"
    if speaker.numerals:
        return f"{day:02d} {month:02d} {year if speaker.chance(0.5) else two}"
    padded = [
        one_by_one(speaker, f"{n:02d}") if n < 10 and speaker.chance(0.7) else below_hundred(n)
        for n in (day, month)
    ]
    last = below_hundred(int(two)) if int(two) > 9 else one_by_one(speaker, two)
    if speaker.chance(0.4):
        last = (
            f"nineteen {last}"
            if year < 2000
            else f"two thousand and {below_hundred(year - 2000)}"
            if year > 2000
            else "two thousand"
        )
    return speaker.gap.replace("... ", " ").join([*padded, last])


WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def date(speaker: Speaker) -> list[str]:
    """A day that something happened, or a month and year."""
    day, month, year = (
        speaker.random.randint(1, 28),
        speaker.random.randint(1, 12),
        speaker.random.randint(2009, 2024),
    )
    number = written_nth(day) if speaker.numerals else nth(day)
    said_year = (
        str(year)
        if speaker.numerals or speaker.chance(0.2)
        else f"twenty {below_hundred(year - 2000)}"
        if year > 2009
        else "two thousand and nine"
    )
    weekday = f"{speaker.pick(WEEKDAYS)} " if speaker.chance(0.3) else ""
    return [speaker.pick((
        f"{weekday}the {number} of {MONTHS[month - 1]}", f"the {number} of {MONTHS[month - 1]} {said_year}", f"{weekday or 'Friday '}the {number}",
        f"{MONTHS[month - 1]} the {number}", f"{MONTHS[month - 1]} {said_year}", f"{weekday}the {number} of {MONTHS[month - 1]} {said_year}",
        f"{day:02d}/{month:02d}/{year}", f"{day} {MONTHS[month - 1]} {said_year}", f"{MONTHS[month - 1]} {day}", f"{day}.{month}.{year % 100}",
    ))]  # fmt: skip


STREET_NAMES = (
    "Quarry", "Kingfisher", "Alma", "Jubilee", "Station", "Priory", "Wareham", "Coronation", "Mallard", "Beaufort", "St Aldhelm's", "Upper Mill", "Gasworks", "Orchard",
    "Chapel", "Nelson", "Wellington", "Lower Barn", "Bramble", "Queen's", "Sandpit", "Victoria", "Hangman's", "Ringwood", "Albert", "Churchill", "Cuckoo", "Old Forge",
    "Dairy", "Salisbury", "Mount Pleasant", "Heron", "Rectory", "Pump", "Linden", "Windmill",
)  # fmt: skip
STREET_KINDS = (
    "Road", "Street", "Lane", "Avenue", "Close", "Crescent", "Drive", "Way", "Terrace", "Gardens", "Court", "Grove", "Place", "Hill", "Row", "Mews", "Walk",
    "Rise", "Road", "Street", "Lane", "Close",
)  # fmt: skip
HOUSES = (
    "Rose Cottage",
    "The Old Forge",
    "Ivy House",
    "Hillcrest",
    "The Bungalow",
    "Orchard View",
    "Primrose Cottage",
    "The Coach House",
    "Seaview",
    "The Old Rectory",
)


def address(speaker: Speaker) -> list[str]:
    """House and street."""
    street = f"{speaker.pick(STREET_NAMES)} {speaker.pick(STREET_KINDS)}"
    number = speaker.random.choice(
        (
            speaker.random.randint(1, 30),
            speaker.random.randint(1, 99),
            speaker.random.randint(100, 240),
        )
    )
    said = str(number) if speaker.numerals or speaker.chance(0.3) else _house(speaker, number)
    style = speaker.random.random()
    if style < 0.12:
        return [f"flat {speaker.random.choice('1234ABC')}", f"{said} {street}"]
    if style < 0.2:
        return [f"number {said}", street]
    if style < 0.28:
        return [speaker.pick(HOUSES), street]
    if style < 0.34:
        return [f"{said}{'' if said.isdigit() else ' '}{speaker.random.choice('ab')} {street}"]
    return [f"{said} {street}"]


def _house(speaker: Speaker, number: int) -> str:
    if number < 100:
        return below_hundred(number)
    hundreds, rest = divmod(number, 100)
    if speaker.chance(0.5):
        return " ".join(_name(speaker, d) for d in str(number))
    end = "" if not rest else f" and {below_hundred(rest)}"
    return f"{speaker.pick(('a', 'one')) if hundreds == 1 else 'two'} hundred{end}"


def spelt_name(speaker: Speaker) -> list[str]:
    """A first name or surname, letter by letter."""
    return spelt(speaker, speaker.pick(FIRST_NAMES if speaker.chance(0.5) else SURNAMES))


class Kind(NamedTuple):
    """One kind of thing said aloud: how it is said, asked for and put in a sentence."""

    entity_type: str
    weight: int
    say: Saying
    asked: tuple[str, ...]
    carriers: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "mobile or landline": Kind("PHONE", 9, phone, (
        "And what's the best number for you?", "Can I take a contact number?", "What number shall we ring you on?", "Have you got a mobile?",
        "Could you give me your phone number in case we get cut off?", "What's your number, lovely?",
    ), (
        "My number's {}, if that helps.", "You can get me on {} most evenings.", "It's {}, but don't ring before nine.", "So I wrote {} on the back of my hand.",
        "She said ring {} and ask for the duty nurse.", "I still know my mum's old number, {}, isn't that funny?", "Text me on {} when you're outside.",
        "They'd got me down as {}, which is the old phone.", "The surgery is {}, I know it off by heart, I've rung it that often.", "I put a card up in the shop with {} on it.",
        "If he wanders off, people ring me, it's on his collar, {}.", "Give us a call on {} and we'll sort a lift out.", "So my mobile is {} and the landline doesn't work.",
        "The number they gave me was {} and it just rang and rang.",
    )),
    "local number": Kind("PHONE", 2, local_phone, (
        "What's your phone number, just the local bit?", "And your number at home?", "What number are you on?", "Is there a landline?", "Your telephone number?", "What shall I ring?",
    ), (
        "Our phone number's only {}, we've had it since the exchange.", "Ring me at home on {}.", "You'll get her on {} after tea.", "The landline is {}, no code needed.",
        "The village hall phone is {}.", "Phone {} and let it ring.",
    )),
    "e-mail": Kind("EMAIL", 9, email, (
        "Have you got an e-mail we can send it to?", "And what's your email address?", "Where shall I send the summary?", "Do you do email?",
        "Could I take an email for you?", "What's the best email?",
    ), (
        "My email is {}, all lower case.", "You can write to me, it's {}.", "It's {}, and I do check it.", "Send it to {} and I'll print it out.", "My daughter set it up, it's {}, would you believe.",
        "I've only got the one, {}.", "They kept sending it to {}, which isn't me at all.", "Anyone with a spare piano, it's {}.", "So he says what's your address and I says {}, and he laughed.",
        "The group's email is {} if anybody wants to join.", "Right, so, email, that's {}.", "Drop me a line at home, {}, whenever you like.",
    )),
    "handle": Kind("HANDLE", 4, handle, (
        "Are you on Instagram?", "What are you called on there?", "What's your handle?", "Who do I follow?", "What's your username on TikTok?", "And on Twitter?",
    ), (
        "I'm on Instagram, it's {}.", "My TikTok is {}, don't laugh.", "You'll find me on Twitter as {}.", "Her handle is {} and she posts every sunrise.", "On Insta I'm {}, mostly pictures of bread.",
        "Follow {} on Instagram, that's the allotment.", "He's got a YouTube channel under {}.", "My username was {} and then I forgot the password.",
    )),
    "web address": Kind("URL", 4, url, (
        "Is there a website?", "Where can people look it up?", "What's the web address?", "Is it online?", "Which site was that?", "Have they got a page?",
    ), (
        "It's all on the website, {}.", "Go to {} and there's a form.", "We've got a site, it's {}.", "They told me to look at {}, and I haven't got a computer.", "I found them on {} at three in the morning.",
        "The address is {} if you want to see the photos.", "You book it through {}.", "It says {} on the leaflet.",
    )),
    "postcode": Kind("POSTCODE", 8, postcode, (
        "And your postcode?", "What's the postcode there?", "Can you give me the postcode?", "Postcode, please?", "Do you know the postcode?", "What's the code for the sat nav?",
    ), (
        "We're {}, just past the church.", "My postcode is {}, the ambulance can never find it.", "Put {} in your sat nav and then ignore it.", "It's {}, and the pizza people won't come.",
        "If you live in {} you wait longer, that's just how it is.", "The postcode's {}, so we come under the other hospital.", "I had to spell it out, {}, three times.", "Anything in {} gets a different bin day.",
        "They lost the letter because they'd put {}.", "So it's the bungalow, {}.",
    )),
    "NHS number": Kind("ID", 6, health_number, (
        "Do you know your NHS number?", "Could I have your NHS number?", "What's the NHS number on the letter?", "NHS number?", "Have you got your NHS number to hand?", "Can you read me the NHS number?",
    ), (
        "My NHS number is {}, I know it better than my birthday.", "I had to read out my NHS number, {}, every single time.", "It's on the wristband, {}.", "They said NHS number and I said {} without looking.",
        "So NHS number {}, and she still couldn't find me.", "I say {} and they say is that you, and I say who else would it be.", "It's {} on all my letters from the hospital.", "The NHS number they had, {}, was my brother's.",
        "He knew it off by heart, {}, right to the end.", "You give them {} and then your date of birth and then you wait.",
    )),
    "National Insurance number": Kind("ID", 5, national_insurance, (
        "And your National Insurance number?", "What's your NI number?", "Do you know your National Insurance number?", "National Insurance?", "Your NI?", "Can I take your NI number?",
    ), (
        "My National Insurance number is {}.", "It's {}, I've had it since I was sixteen.", "They wanted my NI, so I said {}.", "I put {} on the form and they sent it back.", "On the payslip it says {}.",
        "So I'm sat there going {} down the phone to a machine.", "The benefits lady typed in {} and up I came.", "NI number {}, and no, I haven't moved.",
    )),
    "hospital number": Kind("ID", 4, hospital_number, (
        "What's your hospital number?", "Is there a hospital number on the letter?", "Have you got the patient number?", "Hospital number?", "Could you read me the hospital number?", "What's the MRN?",
    ), (
        "My hospital number is {}.", "The hospital number on the letter's {}.", "They call you by your hospital number, {}, like a parcel.", "Hospital number {}, ward six.", "I quoted the patient number, {}, and they'd archived it.",
        "My MRN is {}, it's on the sticker.", "So I said hospital number {} and she said who.", "Patient number {}, it's been the same since the hip.",
    )),
    "registration": Kind("ID", 5, number_plate, (
        "What's your registration, for the car park?", "And the reg of the car?", "What's the number plate?", "Could I have your car registration?", "Vehicle reg?", "What's the registration?",
    ), (
        "My car's {}, the little blue one.", "The reg is {}, I parked in the disabled bay.", "I've got the van outside, {}.", "They fined me, {}, for eleven minutes.", "Registration {}, and I'd paid.",
        "He drove off and I got the plate, {}.", "It's a red Fiesta, {}.", "The number plate was {}, I'll never forget it.",
    )),
    "sort code": Kind("ID", 3, sort_code, (
        "What's the sort code?", "And the sort code?", "Can I take your sort code?", "Sort code first?", "Have you got the sort code?", "Which sort code is it?",
    ), (
        "The sort code is {}.", "Sort code {}, and it bounced.", "I gave him my sort code, {}, like a fool.", "My sort code's {}, it's the branch that shut.", "So the sort code, {}, that was right.", "It was sort code {} on the old card.",
    )),
    "account number": Kind("ID", 4, account_number, (
        "And the account number?", "What's your account number?", "Which account number is it?", "Account number?", "Can I have the account number?", "What account shall it go to?",
    ), (
        "My account number's {}.", "The account number is {}, same bank since school.", "They paid it into account number {}, which isn't mine.", "Account number {}, and the pension never came.", "I read out the account number, {}, to a stranger.",
        "The gas account number is {}.", "Account number, {}, I've got it here.", "It's account {} with the building society.",
    )),
    "card": Kind("ID", 3, card, (
        "What's the long number on the card?", "Could you read me the card number?", "The card number?", "And the long number across the front?", "Card number please?", "What's the number on your card?",
    ), (
        "So I read out the card number, {}, and it was a scam.", "The long number's {}.", "My card is {}, or it was till they stopped it.", "I gave them {} off the front of the card.", "It's the debit card, {}.", "Card number {}, expiry next spring.",
    )),
    "account abroad": Kind("ID", 1, account_abroad, (
        "What's the IBAN?", "And the IBAN?", "Can I have the IBAN for the transfer?", "IBAN?", "What IBAN should it go to?", "The international number?",
    ), (
        "The IBAN is {}.", "I had to send it to an IBAN, {}.", "My sister's IBAN, that's {}.", "IBAN {}, all of that.", "They wanted the IBAN so I gave them {}.", "It went to {}, that's the IBAN.",
    )),
    "passport": Kind("ID", 3, passport, (
        "What's your passport number?", "And the passport number?", "Passport number?", "Have you your passport there?", "Can you read me the passport number?", "Which passport number?",
    ), (
        "My passport number is {}.", "It's passport number {}, it runs out in May.", "The passport, {}, is in a drawer at the Home Office.", "I know my passport number, {}, like a prayer.", "Passport {}, they photocopied it twice.", "They asked for the passport, so, {}.",
    )),
    "driving licence": Kind("ID", 3, driving_licence, (
        "What's your driving licence number?", "And the licence number?", "Driving licence number?", "Could you read me your driving licence?", "Licence?", "What does it say on your driving licence?",
    ), (
        "My driving licence is {}.", "Driving licence number {}, clean for fifty years.", "They took my licence off me, {}, after the stroke.", "It says {} on my driving licence.", "The licence number's {}.", "I had to give my driving licence number, {}.",
    )),
    "reference": Kind("ID", 5, reference, (
        "Have you got the reference number?", "What's the case number?", "Do you have a policy number?", "And the crime number?", "Is there a reference on the letter?", "What's your claim number?",
    ), (
        "The reference is {}.", "My case number was {} for three years.", "They gave me a crime number, {}, and that was that.", "Policy number {}, and they still wouldn't pay.", "My tenancy reference's {}.", "It's case reference {}, whatever that means.",
        "The council complaint is number {}.", "Quote {} when you ring, they said, that's your reference.", "I'm only a claim number to them, {}.", "The housing reference number is {}.",
    )),
    "date of birth": Kind("DOB", 9, dob, (
        "And your date of birth?", "What's your date of birth?", "When were you born?", "Can I check your date of birth?", "Date of birth, please?", "When's your birthday?",
    ), (
        "I was born on {}, in the front room.", "My date of birth is {}.", "Date of birth {}, so you can work it out.", "She was born {}, in the snow.", "My dad's birthday was {}, same as the Queen's horse.", "They had my date of birth down as {}, which is my sister's.",
        "Date of birth, {}, I must have said it a thousand times.", "He were born {}, a month early.", "Born {}, left school at fifteen.", "D O B is {}.",
    )),
    "date": Kind("DATE", 6, date, (
        "When was that?", "When was the operation?", "Which day did you come home?", "Do you remember the date?", "When did it start?", "What day's the appointment?",
    ), (
        "I had the operation on {}.", "It all began on {}, a horrible day.", "We moved in on {}.", "My next scan is on {}.", "They cut the bus on {}, just like that.", "She passed away on {}.",
        "I remember it was {} because it was raining.", "The letter is dated {}.", "I've been sober since {}.", "We lost the baby on {}.",
    )),
    "address": Kind("ADDRESS", 8, address, (
        "And what's your address?", "Where do you live?", "Whereabouts are you?", "Can I take the first line of your address?", "What's the address there?", "And that's which house?",
    ), (
        "I live at {}.", "We've been at {} since we married.", "They sent the ambulance to {}, which is the other side of town.", "My address is {}, top bell.", "I grew up at {}.", "It's {}, you can't miss it.",
        "She's moved to {}, next to her sister.", "The house was {}, it's a dentist now.", "So I've got a place at {}.", "The carer goes to {} first and then to me.", "Post it to {}.", "He's still at {} on his own.",
    )),
    "spelt name": Kind("PERSON", 7, spelt_name, (
        "How do you spell that?", "Could you spell your surname?", "Can you spell that for me?", "How's that spelt?", "And that's spelled how?", "Sorry, spell it?",
    ), (
        "It's spelt {}.", "That's {}, everybody gets it wrong.", "You spell it {}.", "My name's a funny one, {}.", "I always have to spell it, {}.", "So it's {}, not how it sounds.",
        "They put it down wrong, it's {}.", "{}, that's how my mother spelt it.",
    )),
}  # fmt: skip

READ_BACK = ("So that's {}?", "{}, is that right?", "Let me read that back, {}.", "I've got {}.", "Okay, {}?", "Just checking, {}.")  # fmt: skip
LEADING = (
    "It's {}.",
    "{}.",
    "That's {}.",
    "Oh, {}.",
    "Um, {}.",
    "Yeah, {}.",
    "Yes, it's {}.",
    "Let me see, {}.",
)


def forms(count: int = 2640, first_seed: int = 0) -> list[Form]:
    """Made-up forms, one a seed; kinds in proportion to their weights, writings in turn."""
    order = [kind for kind, entry in KINDS.items() for _ in range(entry.weight)]
    return [
        form(seed, order[(seed // 2) % len(order)], WRITINGS[(seed // 2 // len(order)) % 3])
        for seed in range(first_seed, first_seed + count)
    ]


def form(seed: int, kind: str, writing: str) -> Form:
    """One form."""
    speaker = Speaker(seed, writing)
    entry = KINDS[kind]
    style = speaker.random.random()
    pieces = entry.say(speaker)
    if style < 0.52:
        turns = [_in_sentence(speaker, entry, pieces)]
    elif style < 0.72:
        turns = [speaker.pick(entry.asked), _filled(speaker.pick(LEADING), joined(speaker, pieces))]
    elif style < 0.86 or len(pieces) < 2:
        turns = _read_back(speaker, entry, pieces)
    else:
        turns = _in_pieces(speaker, entry, pieces)
    written = [write(speaker, turn) for turn in turns]
    return Form(
        seed,
        kind,
        entry.entity_type,
        writing,
        tuple(t for t, _ in written),
        tuple(m for _, m in written),
    )


def _in_sentence(speaker: Speaker, entry: Kind, pieces: list[str]) -> str:
    carrier = speaker.pick(entry.carriers)
    said = joined(speaker, pieces)
    if len(pieces) > 2 and entry.entity_type in {"PHONE", "ID"} and speaker.chance(0.06):
        begun = joined(speaker, pieces[:-1])
        return _unsought(
            carrier.replace(
                "{}", f"{OPEN}{begun}{CLOSE}, {speaker.pick(STARTING_OVER)}, {OPEN}{said}{CLOSE}"
            )
        )
    return _filled(carrier, said)


def _filled(carrier: str, said: str) -> str:
    """The form in its sentence."""
    seeking, _, rest = said.rpartition(FOUND) if said.startswith(SEEKING) else ("", "", said)
    return _unsought(carrier.replace("{}", f"{seeking}{OPEN}{rest}{CLOSE}"))


def _unsought(text: str) -> str:
    return text.replace(SEEKING, "").replace(FOUND, "")


def _read_back(speaker: Speaker, entry: Kind, pieces: list[str]) -> list[str]:
    """Asked, said, said again by the interviewer."""
    said = joined(speaker, pieces)
    again = said if speaker.chance(0.6) else said.replace(", ", " ")
    return [
        speaker.pick(entry.asked),
        _filled(speaker.pick(LEADING), said),
        _filled(speaker.pick(READ_BACK), again),
        speaker.pick(AGREEING),
    ]


def _in_pieces(speaker: Speaker, entry: Kind, pieces: list[str]) -> list[str]:
    """Piece by piece, while the interviewer writes it down."""
    turns = [speaker.pick(entry.asked)]
    for place, piece in enumerate(pieces):
        turns.append(_filled(speaker.pick(LEADING) if not place else "{}.", piece))
        turns.append(speaker.pick(CUES_ON))
    return turns


def write(speaker: Speaker, turn: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The turn as it is written down, and where its marks are."""
    if speaker.writing == "clean":
        return _parse(_capital(turn))
    lower = turn.lower()
    keeps = ".," if speaker.writing == "automatic" and speaker.chance(0.3) else ""
    return _parse(_bare(lower, keeps))


def _capital(turn: str) -> str:
    first = next(i for i, c in enumerate(turn) if c not in (OPEN, CLOSE))
    return turn[:first] + turn[first].upper() + turn[first + 1 :]


def _bare(text: str, keeps: str) -> str:
    """Without punctuation; signs inside a written address, number or web page stay."""
    kept: list[str] = []
    for index, sign in enumerate(text):
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        inside = sign in "._@/" and before.isalnum() and after.isalnum()
        glued = sign in "@_+" and (after.isalnum() or before.isalnum())
        hyphen = sign == "-" and keeps and before.isalnum() and after.isalnum()
        if (
            sign.isalnum()
            or inside
            or glued
            or hyphen
            or sign in (OPEN, CLOSE)
            or (sign in keeps and not after.isalnum())
        ):
            kept.append(sign)
        elif sign not in "'’" and "".join(kept).strip(OPEN + CLOSE)[-1:] not in {"", " "}:
            kept.append(" ")
    return "".join(kept).strip()


def _parse(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without its marks, and the marks, spaces and stops at their ends left outside."""
    plain: list[str] = []
    spans: list[tuple[int, int]] = []
    begin = 0
    for sign in text:
        if sign == OPEN:
            begin = len(plain)
        elif sign == CLOSE:
            spans.append((begin, len(plain)))
        else:
            plain.append(sign)
    return "".join(plain), tuple(spans)


class Harmless(NamedTuple):
    """Talk full of numbers, letters and signs that point at nobody."""

    seed: int
    writing: str
    text: str


HARMLESS = (
    "It was {price} for a loaf, {price} for milk.", "I paid {price} and they charged me {price} on top.", "The {bus} bus comes at {time}, if it comes.", "You get the {bus}, change at the station, then the {bus} up the hill.",
    "The appointment was {time} and I got in at {time}.", "They open at {time} and by {time} it's all gone.", "We lost {score} at home and {score} away.", "It finished {score} after extra time.",
    "I'm on {dose} in the morning and {dose} at night.", "She put me up from {dose} to {dose}.", "My blood pressure was {pressure}, then {pressure} the week after.", "It was {pressure} lying down, which is high for me.",
    "There's {count} houses going up and {count} of them are holiday lets.", "They've built {count} homes and not one surgery.", "It's {always}, there's never a break.", "Caring is {always}, people don't see it.",
    "It was two for one on the peppers.", "Buy one get one free, three for two, that sort of thing.", "One in {small} of us, they say.", "It's one in {small}, or one in {small} if you smoke.",
    "About {percent} per cent of people never claim it.", "It went up {percent} per cent in a year.", "I've lost {small} stone, {small} pounds to go.", "I was {number} in the queue at eight o'clock.",
    "You are number {number} in the queue.", "I rang {small} times, {small} times, and nobody.", "We waited {small} hours and {number} minutes.", "It's {number} miles there and {number} back.",
    "There were {count} of us, then {count}, then it was just me.", "It's {number} steps up to my door.", "He does {thousands} steps a day.", "The waiting list is {thousands} people long.",
    "I'd say {small} out of ten.", "On a scale of one to ten, it's a {small}.", "Sugar was {small} point {small} this morning.", "My HbA1c was {number}, down from {number}.",
    "The A35 was shut so we went round by the B3078.", "I ring 111 and they say ring 999, and 999 say ring 111.", "It's on Radio 4 and then on BBC 2.", "They did me for B12 and vitamin D3.",
    "One, two, three, four, five, and hold, that's the class.", "Ready, three, two, one, go.", "I got a B, two Cs and a D.", "She does A levels, maths and further maths.",
    "He's got ADHD and I've got MS, so it's all letters in our house.", "It's the D W P, then the P I P people, then the C A B.", "I was at A and E from {time} till {time}.", "The GP, the CPN, the OT, they all ask the same.",
    "He turned up on the dot of {small}.", "We did a dot to dot with the little ones.", "There's a dash of milk in it and a slash in the tyre.", "He came at the double.",
    "It's a double bed in a box room.", "I, I, I don't know, I just, I couldn't.", "Well, I, er, a, a friend told me.", "You look at the X-ray and you see it, plain as day.",
    "My eyes are six over {number}.", "I wear a size {small} and he's a {number}.", "Page {number}, question {small}, tick box {small}.", "Platform {small}, coach B, seat {number}.",
    "It's {percent} degrees in there, or it's {small}.", "We've had {count} letters and {count} phone calls about it.", "It's gas mark {small} for {number} minutes.", "She's a Leo and I'm a Capricorn.",
    "Covid 19 finished it, that and the {bus}.", "The football's under elevens, under thirteens, then the seniors.", "It was nineteen to the dozen.", "Half past {small}, quarter to {small}, whenever.",
    "The last bus is {time}, so you're home by {time} like Cinderella.", "There's two of us doing the work of {number}.", "I go at {hour} and I'm back by {hour}.", "From {hour} to {hour} you can't get through.",
    "He was up at {hour}, {hour} and {hour} again.", "The clinic's from {hour} till {hour} on a Tuesday.", "We have {hour} chapel and {hour} Sunday school.", "I get {price} a week and the rent's {price}.",
    "They offered me {thousands} pounds for it.", "I took {small} of the {dose} and slept.", "He drinks {small}, {small}, {small} pints of a Friday.", "Take {small} with food, {small} at bedtime.",
    "I was looking at the screen, at the numbers, at nothing.", "We were at home, at ours, at the table.", "I got it down to {number}, {number}, then {number}, then none.", "We did {small} and {small}, {small} and {small}, like dancing.",
    "It's in the eighties, the nineties, I can't remember.", "Back in the sixties it was all fields.", "First come, first served, second time I missed it.", "The third floor, second door, first on the left.",
    "Plan A, plan B, I'm on plan F.", "It's a C section or it's a V-shaped scar.", "They use a W C chair, it's undignified.", "That's P for parking, they said, as a joke.",
    "The website's no good to me, I haven't got a computer.", "They say go online, dot com this and dot com that.", "I don't do email, I don't do Facebook.", "Put it on WhatsApp, put it on Instagram, put it anywhere.",
    "I'd call {small} times a day and text as well.", "Their number's always engaged.", "I lost my card and my passport in the same week.", "They want your licence, your passport and a bill.",
    "My phone's got {percent} per cent battery.", "The road's shut, the lane's flooded, the street's a car park.", "It's a one way street and he goes the wrong way.", "You go down the lane, up the hill, past the green.",
)  # fmt: skip
BUSES = (
    "40",
    "X54",
    "2A",
    "forty",
    "X fifty-four",
    "number 10",
    "ten",
    "M1",
    "seventeen",
    "7B",
    "C3",
    "one oh four",
    "15",
    "2 and the 2A",
)
PRICES = (
    "£3.40",
    "four pounds fifty",
    "£12",
    "nine ninety-nine",
    "two thousand three hundred pounds",
    "£1,250",
    "six fifty",
    "twelve hundred quid",
    "one pound twenty",
    "£85.60",
    "forty pence",
    "a fiver",
)
TIMES = (
    "8 o'clock",
    "ten past nine",
    "8.30",
    "quarter to four",
    "half seven",
    "12:45",
    "five to eight",
    "twenty past two",
    "10.15",
    "nine thirty",
    "four",
    "seven",
)
HOURS = (
    "1pm",
    "8am",
    "10am",
    "four pm",
    "2 p.m.",
    "eight in the morning",
    "6pm",
    "eleven at night",
    "3 am",
    "5pm",
    "9am",
    "twelve noon",
)
SCORES = (
    "three one",
    "2-1",
    "nil nil",
    "six four",
    "4-0",
    "two all",
    "one nil",
    "21-15",
    "five two",
    "3-3",
    "seven nil",
    "1-0",
)
DOSES = (
    "500 milligrams",
    "two puffs",
    "20mg",
    "five mil",
    "75 micrograms",
    "one twenty",
    "400",
    "10 mg",
    "two hundred and fifty",
    "7.5",
    "sixty units",
    "2.5 mg",
)
PRESSURES = (
    "140 over 90",
    "one sixty over ninety-five",
    "120/80",
    "a hundred and ten over seventy",
    "one eighty over a hundred",
    "155/92",
    "ninety over fifty",
    "138 over 84",
)
ALWAYS = (
    "24/7",
    "twenty-four seven",
    "24-7",
    "nine to five and then five to nine",
    "365 days a year",
    "seven days a week",
    "morning, noon and night",
    "twenty-four hours a day",
)


def harmless(count: int = 600, first_seed: int = 0) -> list[Harmless]:
    """Made-up talk in which nothing is to be found; sentences and writings in turn."""
    return [_harmless(seed) for seed in range(first_seed, first_seed + count)]


def _harmless(seed: int) -> Harmless:
    writing = WRITINGS[(seed // len(HARMLESS)) % 3]
    speaker = Speaker(seed, writing)
    template = HARMLESS[seed % len(HARMLESS)]
    slots: dict[str, Callable[[], str]] = {
        "{price}": lambda: speaker.pick(PRICES),
        "{bus}": lambda: speaker.pick(BUSES),
        "{time}": lambda: speaker.pick(TIMES),
        "{hour}": lambda: speaker.pick(HOURS),
        "{score}": lambda: speaker.pick(SCORES),
        "{dose}": lambda: speaker.pick(DOSES),
        "{pressure}": lambda: speaker.pick(PRESSURES),
        "{always}": lambda: speaker.pick(ALWAYS),
        "{small}": lambda: _count(speaker, 2, 9),
        "{number}": lambda: _count(speaker, 11, 60),
        "{percent}": lambda: _count(speaker, 11, 95),
        "{count}": lambda: _count(speaker, 3, 400),
        "{thousands}": lambda: f"{speaker.random.randint(2, 40)},{speaker.number(3)}" if speaker.chance(0.5) else f"{below_hundred(speaker.random.randint(2, 40))} thousand",
    }  # fmt: skip
    for slot, say in slots.items():
        while slot in template:
            template = template.replace(slot, say(), 1)
    return Harmless(seed, writing, write(speaker, template)[0])


def _count(speaker: Speaker, low: int, high: int) -> str:
    number = speaker.random.randint(low, high)
    if speaker.numerals or speaker.chance(0.3):
        return str(number)
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return below_hundred(rest)
    return f"{NAMES_OF_DIGITS[hundreds]} hundred" + (f" and {below_hundred(rest)}" if rest else "")
