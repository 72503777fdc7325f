"""E-mail addresses, web addresses and handles, written or said ("s dot hallett at example dot com")."""

import re
from collections.abc import Iterator

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.spoken import ANSWERED, LONGEST_ANSWER, NATO, SOUNDED

ENDINGS = r"(?:com|org|net|uk|co|gov|nhs|ac|edu|info|me|eu|io|biz|scot|wales|cymru|london|ie|pl|fr|de|us|tv|online|church|shop|app)"
ONE_TO_NINE = "one|two|three|four|five|six|seven|eight|nine"
NUMBER = (
    rf"(?:(?:double|treble|triple)[\s-]+)?(?:zero|oh|nought|{ONE_TO_NINE}|ten|eleven|twelve|\w+teen|(?:twenty|thirty|forty|fifty|sixty|"
    rf"seventy|eighty|ninety)(?:[\s-](?:{ONE_TO_NINE}))?|\d+)"
)
DOMAIN = rf"(?:[\w-]+\s+){{0,2}}?[\w-]+(?:\s+dot\s+[\w-]+)*?(?:\s+dot\s+{ENDINGS})+(?![\w])"
PROVIDER = r"(?:gmail|hotmail|googlemail|outlook|icloud|yahoo|btinternet|protonmail|aol|talktalk|virginmedia|ntlworld)(?!\s+dot\b|\.\w)"
HOST = rf"(?:{DOMAIN}|[\w-]+(?:\.[\w-]+)*\.[a-z]{{2,}}|{PROVIDER}\b)"
WRITTEN_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}@(?:[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+|{PROVIDER}\b)",
    re.IGNORECASE,
)
SPOKEN_AT = re.compile(
    rf"(?:(?<=[\s,])|^)(?:at(?:\s+sign)?|@)\s+(?!www\b|w\s+w\b|double)(?P<host>{HOST})", re.IGNORECASE | re.MULTILINE
)  # fmt: skip
PROVIDER_ALONE = re.compile(rf"{PROVIDER}$", re.IGNORECASE)
ASIDE = re.compile(
    r"(?:[\s,]+(?:all|as|that['’]?s|thats)?\s*(?:(?:in\s+)?(?:lower|small|one|no|all|together|without)\s*-?(?:case|letters|word|spaces?|dots|"
    r"capitals|caps|gaps?|together)?|together))+[\s,]*$",
    re.IGNORECASE,
)
EMAIL_CUE = re.compile(r"\be-?\s?mails?\b|\baddress\b|\bwrite to\b", re.IGNORECASE)
WRITTEN_URL = re.compile(
    rf"\b(?:https?://\S*\w|www\.[\w./%?=&#-]*\w|(?<![@\w.])[a-z0-9][\w-]*(?:\.[\w-]+)*\.{ENDINGS}\b(?:/[\w./%?=&#-]*\w)?)",
    re.IGNORECASE,
)
WORLD_WIDE = r"(?:www|w\s+w\s+w|double[\s-]?u\s+double[\s-]?u\s+double[\s-]?u)\s+dot\s+"
PAGE = r"(?:\s+(?:forward\s+)?slash\s+[\w-]+(?:\s+(?:us|me|up|in|it|on|you|now)\b)?)*"
SPOKEN_URL = re.compile(
    rf"\b(?:{WORLD_WIDE}(?:[\w-]+\s+){{0,4}}?{DOMAIN}|(?P<site>(?!(?:online|the|a|an|this|that|and|or|all|every|some|no)\b)[\w-]+(?:\s+dot\s+[\w-]+)*?(?:\s+dot\s+{ENDINGS})+\b)){PAGE}",
    re.IGNORECASE,
)
WRITTEN_HANDLE = re.compile(r"(?<![\w@])@[\w.]*\w")
UNDERSCORED = re.compile(
    rf"\b(?P<at>at\s+)?(?P<name>(?:[a-z0-9]+\s+)?(?:underscore\s+)+[a-z0-9]+(?:\s+(?:underscore|dot)\s+(?:underscore\s+)?[a-z0-9]+)*)(?:\s+{NUMBER}\b)*",
    re.IGNORECASE,
)
DOTTED = re.compile(
    rf"\b(?P<at>at\s+)?(?P<name>(?!at\b)[a-z0-9]+(?:\s+dot\s+[a-z0-9]+)+)(?:\s+{NUMBER}\b)*", re.IGNORECASE
)  # fmt: skip
SOCIAL = r"(?:instagram|insta|twitter|tik\s?tok|facebook|snapchat|youtube|threads|bluesky|linkedin|discord|handle|user\s?name|channel)"
SOCIAL_CUE = re.compile(rf"\b(?:{SOCIAL}|follow|called on)\b", re.IGNORECASE)
FEW_WORDS = (
    r"(?:@|at\s+)?(?!(?:on|in|is|it|the|a|an|my|not|full|all|so|just|really|mostly|good|great|pictures|photos|for|with|and|but|that|about|where|"
    r"how|like|no|going|always|still|very|what|me|him|her|us|them|people|everyone)\b)[a-z0-9_.]*[a-z0-9_]"
)
CUED_HANDLE = re.compile(
    rf"\b(?:{SOCIAL}|follow me|find (?:me|her|him|us))\b[^.!\n]{{0,25}}?(?:[?.]?\n(?:[\w']+,?\s+){{0,2}})?"
    rf"\b(?:is|was|as|called|it['’]?s|that['’]?s|i['’]?m|im|under)\s+(?P<cued>at\s+[a-z0-9]+(?:\s+(?!(?:and|on|if|but|so|with|or|is|for|i)\b)[a-z0-9]+){{0,2}}"
    rf"|(?:[a-z]+\s+dot\s+)+[a-z0-9]+|[a-z]+\d+)\b",
    re.IGNORECASE,
)
OWN_HANDLE = re.compile(
    rf"\b(?:(?:handle|user\s?name)(?:['’]s|\s+(?:is|was))|(?:find|follow|know) (?:me|her|him|us)(?: on \w+)? (?:as|under)|(?:channel|account) (?:called|under)"
    rf"|on (?:insta|instagram|twitter|tik\s?tok|snapchat|youtube) (?:i['’]?m|im|as))\s+(?P<cued>{FEW_WORDS})(?![\w'’])",
    re.IGNORECASE,
)
FOLLOWED = re.compile(
    rf"\bfollow(?:s|ed|ing)?\s+(?P<cued>{FEW_WORDS}(?:\s+\w+)?)\s+on\s+(?:insta|instagram|twitter|tik\s?tok|snapchat|youtube|facebook)\b",
    re.IGNORECASE,
)
SIGNED = re.compile(rf"\b(?:dot|underscore|hyphen|dash|{NUMBER})\b", re.IGNORECASE)
"""What makes words before "at gmail" an address."""
BEFORE_INITIAL = frozenset("is it's its thats that's says say email e-mail was as to".split())
PIECE = re.compile(r"[^\s,]+")
CONNECTORS = frozenset({"dot", "underscore", "hyphen", "dash", "point", "full-stop", "plus"})
NUMBER_WORDS = frozenset(
    "zero oh nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen double treble triple twenty thirty forty fifty sixty seventy eighty ninety".split()
)
BOUNDARY = frozenset(
    "is it's its on to me my email e-mail mail address that's thats i'm im i was at um er erm uh yes yeah yep oh well so says say said goes "
    "use using called under him her us them back got just okay ok now at see website site through via him new old's be it or find found visit "
    "about let's try address's".split()
)
"""Words that stand before an address and never belong to it."""
MOST_PLAIN = 5
"""Plain words of one address: "mad cat lady sixty-two"."""
BEFORE = 160
CUE_BEFORE = 100


def find(text: str) -> list[Finding]:
    """E-mail and web addresses and handles."""
    found = [_written_email(text, match) for match in WRITTEN_EMAIL.finditer(text)]
    found += _spoken_emails(text)
    spans = [(f.start, f.end) for f in found]
    for finding in (*_urls(text), *_handles(text)):
        if not any(a < finding.end and finding.start < b for a, b in spans):
            found.append(finding)
    return found


def _written_email(text: str, match: re.Match[str]) -> Finding:
    """A recogniser may leave spaces before the sign: "ann harker@example.com"."""
    at = match.start() + match[0].index("@")
    start = min(match.start(), _local_part(text, at))
    return Finding(start, match.end(), "EMAIL", "email", 0.95)


def _urls(text: str) -> Iterator[Finding]:
    for match in WRITTEN_URL.finditer(text):
        yield Finding(*match.span(), "URL", "url", 0.8)
    for match in SPOKEN_URL.finditer(text) if "dot" in text.lower() else ():
        start = match.start()
        if match["site"]:
            first = match.start() + len(re.match(r"[\w-]+", match[0])[0])  # type: ignore[index]
            start = min(start, _local_part(text, first))
        yield Finding(start, match.end(), "URL", "spoken_url", 0.8)


def _handles(text: str) -> Iterator[Finding]:
    for match in WRITTEN_HANDLE.finditer(text):
        yield Finding(*match.span(), "HANDLE", "handle", 0.8)
    lower = text.lower()
    if "underscore" in lower:
        for match in UNDERSCORED.finditer(text):
            yield Finding(*match.span(), "HANDLE", "spoken_handle", 0.8)
    for match in DOTTED.finditer(text) if " dot " in lower else ():
        before = text[max(0, match.start() - CUE_BEFORE) : match.start()]
        if SOCIAL_CUE.search(before):
            yield Finding(*match.span(), "HANDLE", "spoken_handle", 0.7)
    for pattern in (CUED_HANDLE, OWN_HANDLE, FOLLOWED):
        for match in pattern.finditer(text):
            yield Finding(*match.span("cued"), "HANDLE", "cued_handle", 0.7)


def _spoken_emails(text: str) -> Iterator[Finding]:
    for match in SPOKEN_AT.finditer(text):
        start, end = match.span()
        aside = ASIDE.search(text, max(0, start - 60), start)
        before = aside.start() if aside else start
        first = _local_part(text, before)
        opens = ANSWERED.fullmatch(text, text.rfind("\n", 0, start) + 1, start) is not None
        if PROVIDER_ALONE.fullmatch(match["host"]) and not (
            opens or aside or _is_email(text, start) or SIGNED.search(text, first, before)
        ):
            continue
        if first < before:
            yield Finding(first, end, "EMAIL", "spoken_email", 0.9)
        else:
            yield from _over_turns(text, start, end)


def _is_email(text: str, end: int) -> bool:
    """Whether the words before say that an e-mail address comes."""
    return EMAIL_CUE.search(text, max(0, end - BEFORE), end) is not None


def _over_turns(text: str, start: int, end: int) -> Iterator[Finding]:
    """The part before "at" was said in an earlier turn, and the other one said "yeah"."""
    line = text.rfind("\n", 0, start)
    if line < 0 or not ANSWERED.fullmatch(text, line, start):
        return
    stop = line
    while stop > 0:
        previous = text.rfind("\n", 0, stop)
        if stop - previous > LONGEST_ANSWER or not ANSWERED.fullmatch(text, previous + 1, stop):
            break
        stop = previous
    stop = len(text[: max(0, stop)].rstrip(" .,"))
    whole = stop
    aside = ASIDE.search(text, max(0, stop - 60), stop)
    stop = aside.start() if aside else stop
    first = _local_part(text, stop)
    if first < stop:
        yield Finding(first, whole, "EMAIL", "spoken_email", 0.8)
        yield Finding(start, end, "EMAIL", "spoken_email", 0.8)


def _local_part(text: str, end: int) -> int:
    """Where the part before "at" begins: letters, numbers, words joined by "dot", and plain words.

    Plain words count back to a word that never belongs to an address; without one, only what is
    joined does.
    """
    window = max(0, end - BEFORE, text.rfind("\n", 0, end) + 1)
    pieces = list(PIECE.finditer(text, window, end))
    sure, start, joined, plain = end, end, True, 0
    for position in range(len(pieces) - 1, -1, -1):
        piece = pieces[position]
        word = piece[0].lower().strip("\"'“”‘.;:?!")
        spelled = _is_spelled(pieces, position, word)
        connector = word in CONNECTORS
        if _ends_here(piece, end) or (word in BOUNDARY and not _is_initial(pieces, position, word, joined)):  # fmt: skip
            return start
        whole = joined and not connector
        if not (connector or spelled or whole):
            plain += 1
            if plain >= MOST_PLAIN or text[piece.end() : piece.end() + 1] == ",":
                return sure
        start = piece.start()
        if connector or plain == 0:
            sure = start
        joined = connector
    return start


def _is_initial(pieces: list[re.Match[str]], index: int, word: str, joined: bool) -> bool:
    """Whether "i" or "a" is a letter of the address."""
    before = pieces[index - 1][0].lower().strip(",.") if index else ""
    return len(word) == 1 and (joined or len(before) == 1 or before in BEFORE_INITIAL)


def _ends_here(piece: re.Match[str], end: int) -> bool:
    """Whether a sentence ends with this piece; a full stop after a letter ends none."""
    ends = piece[0][-1] in ".?!:;" and not piece[0].endswith("..")
    return ends and piece.end() < end and len(piece[0]) > 2


def _is_spelled(pieces: list[re.Match[str]], position: int, word: str) -> bool:
    """A letter, its example or a number."""
    if len(word) == 1 or word in SOUNDED or word in NATO or word.isdigit():
        return True
    if word in NUMBER_WORDS or all(part in NUMBER_WORDS for part in word.split("-")):
        return True
    before = [p[0].lower().strip(".") for p in pieces[max(0, position - 2) : position]]
    if word in {"for", "as", "in"}:
        return bool(before) and (len(before[-1]) == 1 or before[-1] == "as")
    letters = [p for p in before if len(p) == 1]
    return bool(letters) and letters[-1] == word[0] and before[-1] in {letters[-1], "for", "in"}
