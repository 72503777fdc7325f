"""Jobs so particular that they point at one person: "the last signalman", "the town's clock-winder"."""

import re

from pipeline.domain.redaction.spans import Finding

ROLE_END = r"(?=[,.;?!\n]|\s+(?:in|at|on|and|but|who|which|that|for|over|down|up|so|cos|because|till|until|when|he|she|i)\b|$)"
ONLY = re.compile(
    r"\b(?:i['’]?m|i am|i was|i be|he['’]?s|he is|he was|she['’]?s|she is|she was|became|worked as|known as)\s+(?:um,?\s+)?"
    r"(?P<job>the\s+(?:last|only|county['’]?s(?: only)?|town['’]?s(?: only)?|village['’]?s|island['’]?s)\s+"
    r"(?!one\b|person\b|to\b|who\b|thing\b|in\b|of\b|man standing\b|woman\b|girl\b|boy\b|child\b|black\b|brown\b|asian\b|straw\b|time\b)"
    rf"(?:[\w'’-]+\s+){{0,4}}?[\w'’-]*(?:er|or|man|woman|men|ist|smith|wright|keeper|guard|hand|wife|warden|builder|ress|operator|monger)){ROLE_END}",
    re.IGNORECASE,
)


def find(text: str) -> list[Finding]:
    """Jobs that only one person has or had, by their own words."""
    return [Finding(*m.span("job"), "JOB", "only_one", 0.6) for m in ONLY.finditer(text)]
