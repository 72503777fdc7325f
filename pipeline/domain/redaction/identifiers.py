"""Numbers that stand for a person: telephone, NHS, National Insurance, vehicle, bank, hospital.

Spoken or written. Checksums where they exist and context where a shape is weak; ranges kept for
fiction (Ofcom's 07700 900, NHS 999) are found like all others.
"""

import re
from itertools import pairwise

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.spoken import Run, runs

PHONE = re.compile(r"(?:0|44|0044)[1-37-9]\d{8,9}(?!\d)")
NATIONAL_INSURANCE = re.compile(r"[A-Z]{2}\d{6}[A-D]")
NUMBER_PLATE = re.compile(r"[A-Z]{2}\d{2}[A-Z0]{3}")
OLD_PLATE = re.compile(r"[A-Z]\d{1,3}[A-Z]{3}|[A-Z]{3}\d{1,3}[A-Z]")
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z0]{2}")
LONG_NUMBER = re.compile(r"\d{8,19}")
SHORT_NUMBER = re.compile(r"[A-Z]{0,2}\d{4,}")
NHS_DIGITS = 10

NHS_WORDS = re.compile(r"\bn\.?h\.?s\.?\b|\bnhs number", re.IGNORECASE)
PHONE_WORDS = re.compile(
    r"\b(?:phone|mobile|ring|rang|call|text|landline|whatsapp|number)\b", re.IGNORECASE
)
ACCOUNT_WORDS = re.compile(
    r"\b(?:sort code|account (?:number|no)|card number|hospital number|patient number|policy number|"
    r"reference(?: number)?|national insurance|n\.?i\.? number|passport|driving licence|roll number|"
    r"case number|tenancy number|staff number|payroll|membership number|crime number|mrn)\b",
    re.IGNORECASE,
)
PLATE_WORDS = re.compile(
    r"\b(?:reg|registration|number ?plates?|plates?|car|van|lorry|bike|motorbike|micra|vehicle)\b",
    re.IGNORECASE,
)
CONTEXT_BEFORE = 70
CONTEXT_AFTER = 40
POSTCODE_AREAS = frozenset(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC "
    "EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS "
    "LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP "
    "SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE".split()
)


def find(text: str) -> list[Finding]:
    """Telephone numbers, identity numbers and postcodes."""
    return [finding for run in runs(text) for finding in _in_run(text, run)]


def nhs_checksum_holds(digits: str) -> bool:
    """Modulus 11 of the NHS number; 1 in 11 random numbers passes."""
    total = sum(int(d) * (10 - i) for i, d in enumerate(digits[:9]))
    check = 11 - total % 11
    return check % 11 == int(digits[9]) and check != 10


def _in_run(text: str, run: Run) -> list[Finding]:
    value = run.value
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for pattern, entity_type, rule in (
        (NATIONAL_INSURANCE, "ID", "national_insurance"),
        (NUMBER_PLATE, "ID", "number_plate"),
        (PHONE, "PHONE", "phone"),
        (POSTCODE, "POSTCODE", "postcode"),
        (LONG_NUMBER, "ID", "long_number"),
        (OLD_PLATE, "ID", "old_plate"),
        (SHORT_NUMBER, "ID", "short_number"),
    ):
        for match in pattern.finditer(value):
            place = run.place(*match.span())
            if place is None or any(a < match.end() and match.start() < b for a, b in taken):
                continue
            score = _score(text, run, match, rule, place)
            if score:
                taken.append(match.span())
                found.append(Finding(*place, entity_type, rule, score))
    return found


def _score(text: str, run: Run, match: re.Match[str], rule: str, place: tuple[int, int]) -> float:
    value = match[0]
    around = f"{text[max(0, place[0] - CONTEXT_BEFORE) : place[0]]} {text[place[1] : place[1] + CONTEXT_AFTER]}"
    if rule in {"national_insurance", "number_plate"}:
        return 0.9
    if rule == "phone":
        return 0.85 if not _counts_up(value) else 0
    if rule == "postcode":
        area = re.match(r"[A-Z]+", value)
        return 0.9 if area and area[0] in POSTCODE_AREAS else 0
    if rule == "long_number":
        return _long_number_score(value, around, _pieces(run, match))
    if rule == "old_plate":
        return 0.6 if PLATE_WORDS.search(around) and _pieces(run, match) > 1 else 0
    return 0.7 if ACCOUNT_WORDS.search(around) else 0


def _long_number_score(value: str, around: str, pieces: int) -> float:
    if _counts_up(value):
        return 0
    if len(value) == NHS_DIGITS and (nhs_checksum_holds(value) or NHS_WORDS.search(around)):
        return 0.95
    if ACCOUNT_WORDS.search(around) or PHONE_WORDS.search(around):
        return 0.8
    return 0.6 if len(value) >= NHS_DIGITS or pieces >= len(value) - 2 or pieces == 1 else 0


def _pieces(run: Run, match: re.Match[str]) -> int:
    """Words that say the match; a number said digit by digit has many, a written one has one."""
    characters = run.characters[match.start() : match.end()]
    return 1 + sum(
        before.end != after.start and before.start != after.start
        for before, after in pairwise(characters)
    )


def _counts_up(value: str) -> bool:
    """One, two, three, four ... is counting."""
    return value in "0123456789101112131415" and len(value) > 3
