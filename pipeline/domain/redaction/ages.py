"""Ages: "I'm seventy-one", "aged 8", "when I was nine"; not "thirty-eight years" of marriage."""

import re

from pipeline.domain.redaction.numbers import TENS, UP_TO_110
from pipeline.domain.redaction.spans import Finding

HALF = r"(?: and a (?:half|bit))?"
NUMBER = rf"(?P<age>(?<![\w.£$-]){UP_TO_110}{HALF})(?![\w%:/]|[.,]\d|-\w|['’]\w)"
NOT_AN_AGE = (
    r"(?!\s+(?:(?:\w+\s+)?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|miles?|pounds?|quid|pence|p|"
    r"percent|per|stone|st|kilos?|kg|feet|foot|ft|inch(?:es)?|metres?|o'?clock|times?|months?|mths?|"
    r"thousand|hundred|million|in\s+the|of\s+(?:us|them|you|these|those)|years?\s+(?!old)|yrs?\s+(?!old)|"
    r"years?$|years?[.,;?!]|degrees|grand|people|kids|children|past|a\.?m\.?|p\.?m\.?|to\s+(?:one|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve)|down|up|or\s+(?:so\s+)?\w+\s+(?:minutes|miles|years))\b))"
)
OLD = r"(?:[-\s]?(?:years?|yrs?|yr)[-\s]?olds?|[-\s]year[-\s]olds?|yo\b)"
BE = r"(?:['’]?m|['’]?s|['’]?re| am| is| was| were| are|['’]?d be| be| being| turned| turns| turning)"
SUBJECT = r"(?:i|he|she|they|we|you|who|mum|dad|nan|gran|grandad|mother|father|husband|wife|son|daughter|brother|sister|boy|girl|lad|baby|youngest|eldest|oldest|[A-Z][a-z]+)"
ADVERB = r"(?:\s+(?:only|just|about|nearly|almost|already|now|still|like|only just|um|uh|er|what|going on|coming up|rising|all of))?,?"
RULES = (
    ("years_old", re.compile(rf"{NUMBER}(?={OLD})", re.IGNORECASE), 0.9),
    ("aged", re.compile(rf"\b(?:aged|age|at the age of|age of)\s+{NUMBER}{NOT_AN_AGE}", re.IGNORECASE), 0.9),
    (
        "is_number",
        re.compile(
            rf"\b(?i:(?:when|since|till|until|before|after|if|by the time|as)\s+{SUBJECT}{BE}{ADVERB}\s+){NUMBER}{NOT_AN_AGE}",
            re.IGNORECASE,
        ),
        0.8,
    ),
    (
        "is_number_end",
        re.compile(
            rf"\b{SUBJECT}{BE}{ADVERB}\s+{NUMBER}{NOT_AN_AGE}"
            r"(?=\s*(?:[.,;?!)…\"”:]|$|\n|and\b|but\b|now\b|so\b|in\s+(?:january|february|march|april|may|june|july|"
            r"august|september|october|november|december|a\s+)|next\b|this\b|with\b|when\b|then\b|come\b|he\b|she\b|i\b|"
            r"i'm\b|im\b|hes\b|shes\b|um\b|er\b|uh\b|yeah\b|at\b|the\b|going\b|on\b|last\b|today\b|tomorrow\b))",
            re.IGNORECASE,
        ),
        0.75,
    ),
    (
        "name_then_number",
        re.compile(rf"\b[A-Z][a-z]+,\s+(?:who['’]s\s+)?{NUMBER}(?=[,.;]|\s+and\b)"),
        0.6,
    ),
    ("turn_is_number", re.compile(rf"(?m)^(?:(?:um|er|oh|well|yeah|yes)[, ]+)?{NUMBER}(?=[.!?,])", re.IGNORECASE), 0.5),
    (
        "from_or_at",
        re.compile(
            rf"\b(?:at|from|since|till|until|before)\s+(?P<age>(?:(?:{TENS})(?:-\w+)?|1[1-9]|[2-9]\d|thirteen|fourteen|"
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


def find(text: str) -> list[Finding]:
    """Ages in years or months."""
    found: list[Finding] = []
    for rule, pattern, score in RULES:
        found += [Finding(*m.span("age"), "AGE", rule, score) for m in pattern.finditer(text)]
    return [f for f in found if _plausible(text[f.start : f.end], f.rule)]


def _plausible(number: str, rule: str) -> bool:
    """ "I was one of them" and "I'm one" are rarely ages unless they say so."""
    return number.lower() != "one" or rule in {"years_old", "aged"}
