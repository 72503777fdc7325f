"""Numbers that stand for a person: telephone, NHS, National Insurance, vehicle, bank, hospital, licence.

Spoken or written, whole or piece by piece while the other one writes it down. Checksums where they
exist and context where a shape is weak; ranges kept for fiction (Ofcom's 07700 900, NHS 999) are
found like all others. Also names spelt letter by letter.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.spoken import Character, Run, answers, joined, runs
from pipeline.domain.redaction.words import is_name, is_ordinary

PHONE = re.compile(r"(?:0044|44)?0?[1-37-9]\d{8,9}(?!\d)")
NATIONAL_INSURANCE = re.compile(r"[A-Z]{2}\d{6}[A-D]")
NUMBER_PLATE = re.compile(r"[A-Z0]{2}\d{2}[A-Z0]{3}")
OLD_PLATE = re.compile(r"[A-Z]\d{1,3}[A-Z]{3}|[A-Z]{3}\d{1,3}[A-Z]")
POSTCODE = re.compile(r"([A-Z0]{1,2})\d[A-Z\d]?\d[A-Z0]{2}")
LICENCE = re.compile(r"[A-Z]{2,5}9{0,3}\d{6}[A-Z][A-Z9]\d[A-Z\d]{2,3}")
ACCOUNT_ABROAD = re.compile(r"[A-Z]{2}\d{2}[A-Z\d]{11,30}")
LONG_NUMBER = re.compile(r"\d{8,19}")
LONG_CODE = re.compile(r"(?=[A-Z]*\d[A-Z\d]*)[A-Z]+\d[A-Z\d]{5,}")
NHS_DIGITS = 10
CARD_DIGITS = range(13, 20)
LEAST_DIGITS = 3
"""Fewer are no identity number, whatever is said around them."""
LEAST_LOCAL, MOST_LOCAL = 5, 8
"""Digits of a telephone number without its area code."""
LEAST_SPELT = 3
SURELY_SPELT = 5
"""Letters said one by one that are a name without anybody saying so."""
LONGEST_RESTART = 60
"""Characters between a number broken off and its next attempt."""
SAME_AGAIN = 5
"""Characters from which a part of a number found is that number again."""

NHS_WORDS = re.compile(r"\bn\.?h\.?s\.?\b", re.IGNORECASE)
PHONE_WORDS = re.compile(
    r"\b(?:phone|mobile|ring|rang|call|text|landline|whatsapp|number)\b", re.IGNORECASE
)
RING_WORDS = re.compile(
    r"\b(?:phone|telephone|tele|landline|mobile|tel|home number|(?:ring|call|text|phone|get|reach|dial)(?:ing)? (?:me|him|her|us|them|it|at|on)|"
    r"(?:ring|phone|dial|call)(?= \d| (?:oh|zero|one|two|three|four|five|six|seven|eight|nine|double)))\b[^.!]{0,60}$"
    r"|\b(?:what number|(?:your|our|my|his|her|their|the|best|contact) number|what shall i ring|number at home)\b[^.!]{0,45}$",
    re.IGNORECASE,
)
ID_WORDS = re.compile(
    r"\b(?:sort code|account(?:['’]?s)?(?: numbers?| nos?)?|(?:debit |credit |bank |library |union |membership |clinic )?card(?:['’]?s)? (?:number|is|was)|"
    r"(?:the |your |my |that )?(?:debit|credit|bank|long) (?:card|number)|(?:card|long) numbers?|(?:off|across|on) the (?:front of the )?(?:front|card|letter)|"
    r"(?:hospital|patient|policy|roll|case|tenancy|staff|payroll|membership|crime|claim|prison|service|pension|customer|student|badge|licence|"
    r"reference|ref|nhs|ni|complaint|incident|log|order|booking|ticket|serial|meter|pupil|candidate|employee|referral|housing|benefit|tax|"
    r"passport|permit|visa|unit|ward|clinic|file|collar|warrant|application|appeal|application) (?:(?:and|or) \w+ )?(?:number|no|num|nos|reference|ref|code|id)(?:['’]?s)?|"
    r"(?:case |tenancy |housing |policy |crime |claim |booking |benefit )?ref(?:erences?)?(?:['’]?s)?|national insurance|n\.?\s?i\.?(?= (?:number|no\b|is|was|so)|[,?]|$)|"
    r"your ni|my ni|passports?|driving licen[cs]e|licen[cs]e|i\.?ban|international number|(?:tax|unique) (?:code|reference)|"
    r"m\.?r\.?n\.?|crn|utr|nino)\b",
    re.IGNORECASE,
)
ID_NUMBER = re.compile(r"\bis (?:number|no)\.?\W*$", re.IGNORECASE)
QUOTED = re.compile(r"\b(?:quote|quoted|quoting)\W*$", re.IGNORECASE)
PLATE_WORDS = re.compile(
    r"\b(?:regs?|registrations?|registered|number ?plates?|plates?|cars?|vans?|lorry|lorries|bikes?|motorbikes?|scooter|moped|minibus|taxi|"
    r"vehicles?|park(?:ed|ing)?|drove off|fined|motability|motor|fiesta|focus|corsa|astra|micra|polo|golf|mini|clio|yaris|jazz|"
    r"fiat|ford|vauxhall|renault|peugeot|citroen|toyota|honda|nissan|skoda|volvo|bmw|audi|mercedes|kia|hyundai|mazda|suzuki|volkswagen|tesla|"
    r"land ?rover|jaguar|transit|camper(?:van)?)\b",
    re.IGNORECASE,
)
REGISTRATION = re.compile(r"\b(?:reg|registration|number ?plate|plates?)\b", re.IGNORECASE)
POSTCODE_WORDS = re.compile(r"\bpost ?codes?\b|\bsat ?nav\b", re.IGNORECASE)
SPELLING = re.compile(
    r"\b(?:spell|spells|spelt|spelled|spelling|surname|names?|called|letters?|letter by letter)\b", re.IGNORECASE
)  # fmt: skip
PUBLIC = re.compile(r"(?:999|111|101|112|119|105|116123|18000|18001)+")
"""Numbers that ring a service, not a person; said one after the other they are no longer one."""
PLUS = re.compile(r"(?:\+|\bplus\b)\s*$", re.IGNORECASE)
SPELT_NAME = re.compile(
    r"\b(?:names?|surname|called|you spell|spell (?:it|that)|(?:it['’]?s|that['’]?s|that|its) spel(?:t|led|led how))\b",
    re.IGNORECASE,
)
COUNTED = re.compile(
    r"\s*(?:pounds?|quid|pence|per ?cent|percent|%|people|steps|miles|homes|houses|words|hours|min(?:ute)?s?|years|times|odd|of them|a (?:week|month|year))\b",
    re.IGNORECASE,
)
UNIT = re.compile(r"\d\s?(?:[ap]m|kg|mg|ml|mm|cm|km|st|nd|rd|th|ft|lb|oz|hrs?|mph)$", re.IGNORECASE)
WRITTEN = (
    ("POSTCODE", "postcode", re.compile(r"(?<![\w/])([a-z]{1,2})\s?\d{1,2}[a-z]?\s?\d\s?[a-z]{2}(?!\w)", re.IGNORECASE)),
    ("ID", "number_plate", re.compile(r"(?<!\w)[a-z]{2}\d{2}[\s,.]{0,4}[a-z]{3}(?!\w)", re.IGNORECASE)),
    ("ID", "licence", re.compile(r"(?<!\w)[a-z]{2,5}9{0,3}[\s-]?\d{6}[\s-]?[a-z][a-z9]\d?[a-z\d]{2,3}(?!\w)", re.IGNORECASE)),
    ("ID", "account_abroad", re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:[\s-]?[a-z\d]{4}){2,7}(?:[\s-]?[a-z\d]{1,3})?(?!\w)", re.IGNORECASE)),
    ("ID", "reference", re.compile(r"(?<![\w.@/-])(?=[a-z\d/-]*\d{4})[a-z]{1,5}[/-]?\d{3,}(?:[/-][a-z\d]{1,8})*(?![\w@])", re.IGNORECASE)),
)  # fmt: skip
"""Shapes of which a recogniser makes words, so that they are read from the text and not as said."""
ABBREVIATIONS = frozenset(
    "NHS DWP PIP CAB ADHD PTSD BBC ITV DVLA HMRC GCSE RSPCA RSPB NSPCC RNLI LGBT LGBTQ COPD CAMHS SEND EHCP DNA DNR DNAR DNACPR MRI MRSA HIV AIDS BSL ESA JSA UC "
    "USA PDF DIY BMI CPAP CPN GP OT TIA ECG EEG IBS UTI WRVS RAF MOT ATM PPE CBT DBT EMDR BMW UFO PTA SEN TENS CFS ICU HDU AED DNR OCD ASD PDA "
    "MND MSK ENT IVF NCT BHF NVQ MBE OBE TUC CPR WASPI ABC XYZ AAA III OOO".split()
)
CONTEXT_BEFORE = 90
CONTEXT_AFTER = 40
POSTCODE_AREAS = frozenset(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC "
    "EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS "
    "LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP "
    "SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE".split()
)


class Around(NamedTuple):
    """The words before and after a run."""

    before: str
    after: str

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether one of these words is near."""
        return bool(pattern.search(self.before) or pattern.search(self.after))


class Hit(NamedTuple):
    """Characters of a run that are an identifier."""

    start: int
    end: int
    entity_type: str
    rule: str
    score: float


def find(text: str) -> list[Finding]:
    """Telephone numbers, identity numbers, postcodes and names spelt out."""
    said = runs(text)
    judged: list[tuple[Run, list[Hit]]] = []
    for group in answers(text, said):
        judged += _in_group(text, group)
    found = [finding for run, hits in judged for hit in hits for finding in _places(text, run, hit)]
    found += _again(text, said, judged)
    return [*(_with_plus(text, finding) for finding in found), *_in_writing(text)]


def nhs_checksum_holds(digits: str) -> bool:
    """Modulus 11 of the NHS number; 1 in 11 random numbers passes."""
    total = sum(int(d) * (10 - i) for i, d in enumerate(digits[:9]))
    check = 11 - total % 11
    return check % 11 == int(digits[9]) and check != 10


def card_checksum_holds(digits: str) -> bool:
    """Luhn's sum of a payment card; 1 in 10 random numbers passes."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def iban_checksum_holds(value: str) -> bool:
    """Modulus 97 of an international account number; 1 in 97 random ones passes."""
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


def _in_group(text: str, group: Sequence[Run]) -> list[tuple[Run, list[Hit]]]:
    """One answer as a whole if its pieces together are an identifier, else each by itself."""
    if len(group) > 1:
        for whole in _prefixes(group):
            hits = _in_run(text, whole[0])
            if hits and hits[0].start == 0 and hits[-1].end == len(whole[0].characters):
                rest = group[whole[1] :]
                return [(whole[0], hits), *(_in_group(text, rest) if rest else [])]
    first = (group[0], _best(text, group[0]))
    return [first, *(_in_group(text, group[1:]) if len(group) > 1 else [])]


def _prefixes(group: Sequence[Run]) -> Iterator[tuple[Run, int]]:
    """The group as one run, then without its last piece, and so on."""
    wholes = [group[0]]
    for run in group[1:]:
        wholes.append(joined(wholes[-1], run))
    for count in range(len(wholes), 1, -1):
        yield wholes[count - 1], count
        if wholes[count - 1].retaken:
            yield wholes[count - 1].corrected(), count


def _best(text: str, run: Run) -> list[Hit]:
    """Hits of the run as said; for what was taken back, as it was meant if that tells more."""
    hits = _in_run(text, run)
    if not run.retaken or _covered(hits) == len(run.characters):
        return hits
    meant = run.corrected()
    better = _in_run(text, meant)
    if _covered(better) < len(meant.characters) and _covered(better) <= _covered(hits):
        return hits
    return [_as_said(run, meant, hit) for hit in better]


def _covered(hits: Sequence[Hit]) -> int:
    return len({i for hit in hits for i in range(hit.start, hit.end)})


def _as_said(run: Run, meant: Run, hit: Hit) -> Hit:
    """A hit in the corrected run by its place in the run as said."""
    first, last = meant.characters[hit.start].start, meant.characters[hit.end - 1].end
    inside = [i for i, c in enumerate(run.characters) if first <= c.start and c.end <= last]
    return hit._replace(start=inside[0], end=inside[-1] + 1)


def _places(text: str, run: Run, hit: Hit) -> Iterator[Finding]:
    """Where the hit was said: once in each turn that has a part of it."""
    part: list[Character] = []
    for character in run.characters[hit.start : hit.end]:
        if part and "\n" in text[part[-1].end : character.start]:
            yield _finding(part, hit)
            part = []
        part.append(character)
    yield _finding(part, hit)


def _finding(part: Sequence[Character], hit: Hit) -> Finding:
    return Finding(part[0].start, part[-1].end, hit.entity_type, hit.rule, hit.score)


def _with_plus(text: str, finding: Finding) -> Finding:
    """A telephone number from abroad begins with a plus, however said."""
    plus = PLUS.search(text, max(0, finding.start - 6), finding.start)
    return (
        finding._replace(start=plus.start()) if plus and finding.entity_type == "PHONE" else finding
    )


def _in_run(text: str, run: Run) -> list[Hit]:
    value = run.value
    if len(value) < LEAST_DIGITS:
        return []
    around = Around(
        text[max(0, run.start - CONTEXT_BEFORE) : run.start],
        text[run.end : run.end + CONTEXT_AFTER],
    )
    if value.isalpha():
        return _spelt(text, run, around)
    if value.isdigit() and (COUNTED.match(around.after) or _counts_up(value)):
        return []
    hits = _by_shape(text, run, around)
    whole = _by_words(run, around)
    if whole and _covered(hits) < len(value):
        hits = [whole]
    return sorted(hits)


def _by_shape(text: str, run: Run, around: Around) -> list[Hit]:
    hits: list[Hit] = []
    for pattern, entity_type, rule in (
        (NATIONAL_INSURANCE, "ID", "national_insurance"),
        (LICENCE, "ID", "licence"),
        (NUMBER_PLATE, "ID", "number_plate"),
        (ACCOUNT_ABROAD, "ID", "account_abroad"),
        (PHONE, "PHONE", "phone"),
        (POSTCODE, "POSTCODE", "postcode"),
        (LONG_NUMBER, "ID", "long_number"),
        (OLD_PLATE, "ID", "old_plate"),
        (LONG_CODE, "ID", "long_code"),
    ):
        for match in pattern.finditer(run.value):
            start, end = match.span()
            if run.place(start, end) is None or any(h.start < end and start < h.end for h in hits):
                continue
            score = _score(text, run, match, rule, around)
            if score:
                hits.append(Hit(start, end, entity_type, rule, score))
    return hits


def _score(text: str, run: Run, match: re.Match[str], rule: str, around: Around) -> float:
    value = match[0]
    pieces = run.pieces(*match.span())
    if rule in {"national_insurance", "licence"}:
        return 0.9
    if rule == "number_plate":
        return 0.9 if "0" not in value[:2] else 0
    if rule == "account_abroad":
        return 0.95 if iban_checksum_holds(value) else 0
    if rule == "phone":
        whole = value.startswith(("0", "44"))
        return 0.85 if whole and not _counts_up(value) else 0
    if rule == "postcode":
        return _postcode_score(text, run, match)
    if rule == "long_number":
        return _long_number_score(value, around, pieces)
    if rule == "old_plate":
        return 0.6 if around.says(PLATE_WORDS) and pieces > 1 else 0
    return 0.6 if pieces == 1 else 0


def _postcode_score(text: str, run: Run, match: re.Match[str]) -> float:
    """A postcode of an area that exists, and no "1pm" or "4th" at its end."""
    if match[1].replace("0", "O") not in POSTCODE_AREAS:
        return 0
    place = run.place(*match.span())
    if not place or UNIT.search(text[place[0] : place[1]]):
        return 0
    return 0.9


def _long_number_score(value: str, around: Around, pieces: int) -> float:
    if len(value) == NHS_DIGITS and (nhs_checksum_holds(value) or around.says(NHS_WORDS)):
        return 0.95
    if len(value) in CARD_DIGITS and card_checksum_holds(value):
        return 0.9
    if around.says(ID_WORDS) or around.says(PHONE_WORDS):
        return 0.8
    return 0.6 if len(value) >= NHS_DIGITS or pieces >= len(value) - 2 or pieces == 1 else 0


def _by_words(run: Run, around: Around) -> Hit | None:
    """The whole run, where the words before say what kind of number it is."""
    value = run.value
    count, digits = len(value), sum(map(str.isdigit, value))
    if digits < LEAST_DIGITS and not (digits and count > LEAST_DIGITS):
        return None
    if around.says(ID_WORDS) and (digits > LEAST_DIGITS or count > LEAST_DIGITS + 1):
        return Hit(0, count, "ID", "number_by_words", 0.7)
    if count > LEAST_DIGITS + 1 and (
        ID_NUMBER.search(around.before) or QUOTED.search(around.before)
    ):
        return Hit(0, count, "ID", "number_by_words", 0.6)
    local = digits == count and LEAST_LOCAL <= count <= MOST_LOCAL and not PUBLIC.fullmatch(value)
    if local and RING_WORDS.search(around.before):
        return Hit(0, count, "PHONE", "local_phone", 0.7)
    if digits == count:
        return None
    if around.says(REGISTRATION) and LEAST_LOCAL <= count <= MOST_LOCAL:
        return Hit(0, count, "ID", "plate_by_words", 0.6)
    if around.says(POSTCODE_WORDS) and LEAST_LOCAL <= count <= MOST_LOCAL:
        return Hit(0, count, "POSTCODE", "postcode_by_words", 0.6)
    return None


def _spelt(text: str, run: Run, around: Around) -> list[Hit]:
    """A name said letter by letter; not the abbreviations that everybody knows."""
    single = [c for c in run.characters if not _inside_word(text, c)]
    value = "".join(c.value for c in single)
    word = is_ordinary(value.lower()) and not is_name(value.lower())
    if len(single) < LEAST_SPELT or value in ABBREVIATIONS or len(set(value)) == 1:
        return []
    if word and not around.says(SPELT_NAME):
        return []
    hyphens = "-" in text[single[0].end : single[1].start] and "-" in text[single[1].end : single[2].start]  # fmt: skip
    if hyphens or around.says(SPELLING) or len(single) >= SURELY_SPELT or _just_said(value, around):
        first = run.characters.index(single[0])
        return [Hit(first, len(run.characters), "PERSON", "spelt", 0.7)]
    return []


def _inside_word(text: str, character: Character) -> bool:
    beside = text[max(0, character.start - 1) : character.start] + text[character.end : character.end + 1]  # fmt: skip
    return character.end - character.start == 1 and any(map(str.isalpha, beside))


def _just_said(value: str, around: Around) -> bool:
    """Whether these letters are those of a word beside them: "Niamh, N, I, A, M, H"."""
    words_around = re.findall(r"[a-z]+", f"{around.before} {around.after}".lower())
    return value.lower() in words_around


def _again(
    text: str, said: Sequence[Run], judged: Sequence[tuple[Run, list[Hit]]]
) -> Iterator[Finding]:
    """The same number read back, or begun and begun again."""
    known: dict[str, Hit] = {}
    for run, hits in judged:
        for hit in hits:
            value = run.value[hit.start : hit.end]
            if len(value) >= SAME_AGAIN - 1:
                known.setdefault(value, hit)
    for index, run in enumerate(said if known else ()):
        hit = _known(run.value, known) or _begun(run, said[index + 1 : index + 2], known)
        if hit:
            yield from _places(text, run, hit._replace(start=0, end=len(run.characters)))


def _begun(run: Run, following: Sequence[Run], known: dict[str, Hit]) -> Hit | None:
    """The hit of the next run, if this one breaks off within it."""
    for other in following:
        near = other.start - run.end <= LONGEST_RESTART and len(run.value) >= LEAST_DIGITS
        if near and other.value.startswith(run.value):
            return _known(other.value, known)
    return None


def _known(value: str, known: dict[str, Hit]) -> Hit | None:
    if value in known:
        return known[value]
    if len(value) < SAME_AGAIN:
        return None
    same = (hit for other, hit in known.items() if value in other or (len(other) >= SAME_AGAIN and other in value))  # fmt: skip
    return next(same, None)


def _in_writing(text: str) -> Iterator[Finding]:
    """Shapes as a recogniser or a typist writes them."""
    for entity_type, rule, pattern in WRITTEN:
        for match in pattern.finditer(text):
            score = _written_score(text, match, rule)
            if score:
                yield Finding(*match.span(), entity_type, rule, score)


def _written_score(text: str, match: re.Match[str], rule: str) -> float:
    if rule == "postcode":
        known = match[1].upper() in POSTCODE_AREAS and not UNIT.search(match[0])
        loose = re.match(r"[a-z]+ \d+ \d [a-z]+$|\D*\d{2,3}\s[a-z]+$", match[0], re.IGNORECASE)
        before = text[max(0, match.start() - CONTEXT_BEFORE) : match.start()]
        return 0.8 if known and (not loose or POSTCODE_WORDS.search(before)) else 0
    if rule == "licence":
        return 0.9
    if rule == "account_abroad":
        return 0.95 if iban_checksum_holds(re.sub(r"[\s-]", "", match[0]).upper()) else 0
    before = text[max(0, match.start() - CONTEXT_BEFORE) : match.start()]
    around = Around(before, text[match.end() : match.end() + CONTEXT_AFTER])
    if rule == "number_plate":
        return 0.8 if match[0].isupper() or around.says(PLATE_WORDS) else 0.6
    return 0.7 if around.says(ID_WORDS) or QUOTED.search(before) else 0


def _counts_up(value: str) -> bool:
    """One, two, three, four ... is counting."""
    return value in "0123456789101112131415" and len(value) > 3
