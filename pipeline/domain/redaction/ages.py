"""Ages: "I'm seventy-one", "aged 8", "when I was nine"; not "thirty-eight years" of marriage."""

import re

from pipeline.domain.redaction.numbers import TENS, UNITS, UP_TO_110
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_cased, is_name, is_ordinary

HALF = r"(?: and a (?:half|bit))?"
NUMBER = rf"(?P<age>(?<![\w.£$-])(?>{UP_TO_110}){HALF})(?![\w%:/]|[.,]\d|-\w|['’]\w)"
NOT_AN_AGE = (
    r"(?!\s+(?:(?:(?:or|more|other|odd|solid|whole|long|good|half|so|and|a|hours?|days?)\s+)*(?:minutes?|mins?|hours?|hrs?|days?|"
    r"nights?|weeks?|wks?|fortnights?|miles?|pounds?|quid|pence|p|percent|per|stone|st|kilos?|kg|feet|foot|ft|inch(?:es)?|metres?|"
    r"o'?clock|times?|months?|mths?|thousand|hundred|million|in\s+the|of\s+(?:us|them|you|these|those|my|the|our|em)|"
    r"years?\s+(?!old)|yrs?\s+(?!old)|years?$|years?[.,;?!]|degrees|grand|people|persons|kids|children|lads|women|men|past|a\.?m\.?|"
    r"p\.?m\.?|to\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b|down|up|doors|steps|flats|houses|beds|"
    r"sessions|patients|staff|other|more|different)\b))"
)
OLD = r"(?:[-\s]?(?:years?|yrs?|yr)[-\s]?olds?|[-\s]year[-\s]olds?|yo\b)"
BE = r"(?:['’]?m|['’]?s|['’]?re| am| be| is| was| were| are|['’]d be| being| turn(?:ed|s|ing)?| makes me)"
NAME = r"(?-i:(?!That|There|It|What|Here|This|Where|How|Which|One|These|Those)[A-Z][a-z]+)"
KIN = (
    r"(?:mum|dad|nan|gran|grandad|mother|father|husband|wife|son|daughter|brother|sister|boy|girl|lad|baby|youngest|eldest|oldest|"
    r"grandson|granddaughter|niece|nephew|twins)"
)
SUBJECT = rf"(?:i|he|she|they|we|you|who|which|{KIN}|{NAME})"
ADVERB = (
    r"(?:,?\s+(?:only just|just gone|just|only|about|nearly|almost|already|now|still|like|um|uh|er|what|going on|coming up(?: to)?|"
    r"rising|all of|is it|me|gone|sorry),?)*"
)
TWO_DIGITS = rf"(?P<age>(?<![\w.£$-])(?>(?:(?:{TENS})(?:[-\s](?:{UNITS}))?|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|1[1-9]|[2-9]\d))(?![\w%:/]|[.,]\d|-\w|['’]\w))"
RULES = (
    (
        "years_old",
        re.compile(rf"(?P<age>(?<![\w.£$-])(?>{UP_TO_110}){HALF})(?={OLD})", re.IGNORECASE),
        0.9,
    ),
    ("aged", re.compile(rf"\b(?:aged|age|at the age of|age of)\s+{NUMBER}{NOT_AN_AGE}", re.IGNORECASE), 0.9),
    (
        "is_number",
        re.compile(
            rf"\b(?:when|since|till|until|before|after|if|by the time|as)\s+{SUBJECT}{BE}{ADVERB}\s+{NUMBER}{NOT_AN_AGE}",
            re.IGNORECASE,
        ),
        0.8,
    ),
    ("is_old", re.compile(rf"\b{SUBJECT}{BE}{ADVERB}\s+{TWO_DIGITS}{NOT_AN_AGE}", re.IGNORECASE), 0.7),
    (
        "is_number_end",
        re.compile(
            rf"\b{SUBJECT}{BE}{ADVERB}\s+{NUMBER}{NOT_AN_AGE}"
            r"(?=\s*(?:[.,;?!)…\"”:]|$|\n|and\b|but\b|now\b|so\b|in\s+(?:january|february|march|april|may|june|july|"
            r"august|september|october|november|december)|next\b|when\b|come\b|he\b|she\b|i\b|"
            r"i'm\b|im\b|hes\b|shes\b|um\b|er\b|uh\b|yeah\b))",
            re.IGNORECASE,
        ),
        0.75,
    ),
    (
        "name_then_number",
        re.compile(rf"\b[A-Z][a-z]+,\s+(?:who['’]s\s+)?{NUMBER}(?=[,.;]|\s+and\b)"),
        0.6,
    ),
    ("alone", re.compile(rf"(?<=[.!?:]\s){TWO_DIGITS}(?=\s*[.!])", re.IGNORECASE), 0.5),
    (
        "of_number",
        re.compile(rf"\b(?:man|woman|lady|girl|boy|person|lad|bloke|fella) of {NUMBER}{NOT_AN_AGE}", re.IGNORECASE),
        0.7,
    ),
    ("turn_is_number", re.compile(rf"(?m)^(?:(?:um|er|oh|well|yeah|yes)[, ]+)?{NUMBER}(?=[.!?,]|$)", re.IGNORECASE), 0.5),
    (
        "from_or_at",
        re.compile(
            rf"\b(?:at|from|since|till|until|before)\s+(?P<age>(?:(?:{TENS})(?:[-\s](?:{UNITS}))?|1[1-9]|[2-9]\d|thirteen|fourteen|"
            rf"fifteen|sixteen|seventeen|eighteen|nineteen))(?=\s*[,;?!]|\.(?!\d)|\s+(?:i|he|she|with|to have|and)\b){NOT_AN_AGE}",
            re.IGNORECASE,
        ),
        0.45,
    ),
    (
        "family_then_number",
        re.compile(
            rf"\b(?:son|daughter|boy|girl|lad|grandson|granddaughter|kids|children|brother|sister|youngest|eldest|oldest|"
            rf"twins|husband|wife|mum|dad|nan)\b(?:'s|’s|s)?,?\s+(?:is|was|are|who is|who's)?\s*{NUMBER}(?=\s*[,.;?!])",
            re.IGNORECASE,
        ),
        0.6,
    ),
)  # fmt: skip

AFTER_WORD = re.compile(rf"\b([^\W\d_]+)\s+{TWO_DIGITS}{NOT_AN_AGE}", re.IGNORECASE)


def find(text: str) -> list[Finding]:
    """Ages in years or months."""
    found: list[Finding] = []
    for rule, pattern, score in RULES:
        found += [Finding(*m.span("age"), "AGE", rule, score) for m in pattern.finditer(text)]
    found = [f for f in found if _plausible(text[f.start : f.end], f.rule)]
    return found if is_cased(text) else found + _after_names(text)


def _plausible(number: str, rule: str) -> bool:
    """Whether it may be an age: "I was one of them" rarely is."""
    return number.lower() != "one" or rule in {"years_old", "aged"}


def _after_names(text: str) -> list[Finding]:
    """Without punctuation, "denise baker twenty nine" is a name and an age."""
    return [
        Finding(*m.span("age"), "AGE", "after_name", 0.5)
        for m in AFTER_WORD.finditer(text)
        if is_name(m[1].lower()) and not is_ordinary(m[1].lower())
    ]
