"""Words for feelings that people used, found where they stand; nothing is inferred.

The words are general English, chosen by us and listed in `docs/co-design.md`. Words that mostly
say something else are left out (alone, lost, low), or counted only after a form of *feel*. A word
counts only where the speaker comes before it in its clause (*I was scared*, *it made me angry*), or
follows at once (*it scares me*): else it may be said of a face in a picture. A word that is taken
back where it is said (*not worried*, *wasn't at all scared*) does not count. Where it cannot be
told, it does not count either: a map of feelings had better miss one than make one up.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Group(NamedTuple):
    """Words of one kind.

    Attributes
    ----------
    code, title : str
    words : tuple of str
        Count wherever they stand.
    felt : tuple of str
        Count only after a form of *feel*.
    """

    code: str
    title: str
    words: tuple[str, ...]
    felt: tuple[str, ...] = ()


class Feeling(NamedTuple):
    """A word for a feeling, in lower case, and where it stands in the text."""

    word: str
    group: str
    start: int
    end: int


class _Token(NamedTuple):
    word: str
    start: int
    end: int


GROUPS = (
    Group(
        "worried", "Worried or afraid",
        (
            "worried", "worry", "worrying", "anxious", "anxiety", "scared", "scary", "frightened",
            "frightening", "afraid", "fear", "terrified", "terrifying", "nervous", "panicked",
            "panicking", "dread", "dreaded", "dreading", "worries", "frightens", "scares",
        ),
        ("uneasy", "unsafe"),
    ),
    Group(
        "sad", "Sad or grieving",
        (
            "sad", "sadness", "upset", "upsetting", "heartbroken", "heartbreaking", "devastated",
            "devastating", "grief", "grieving", "miserable", "tearful", "tears", "cried", "crying",
            "cry", "weeping", "wept",
        ),
        ("low", "down", "hurt"),
    ),
    Group(
        "angry", "Angry or frustrated",
        (
            "angry", "anger", "furious", "annoyed", "annoying", "frustrated", "frustrating",
            "frustration", "fuming", "livid", "resentful", "outraged",
        ),
    ),
    Group(
        "ashamed", "Ashamed or embarrassed",
        (
            "ashamed", "shame", "embarrassed", "embarrassing", "embarrassment", "humiliated",
            "humiliating", "guilt",
        ),
        ("guilty", "awkward"),
    ),
    Group("lonely", "Lonely or cut off", ("lonely", "loneliness", "isolated", "isolating"),
          ("alone", "abandoned", "forgotten")),
    Group(
        "confused", "Confused or shocked",
        (
            "confused", "confusing", "bewildered", "bewildering", "baffled", "baffling", "shocked",
            "shocking", "stunned",
        ),
        ("lost",),
    ),
    Group(
        "worn_out", "Worn out or desperate",
        (
            "exhausted", "exhausting", "overwhelmed", "overwhelming", "stressed", "stressful",
            "desperate", "helpless", "hopeless", "despair",
        ),
        ("drained", "powerless", "trapped", "tired"),
    ),
    Group(
        "unheard", "Ignored or belittled",
        (
            "ignored", "belittled", "patronised", "patronising", "patronized", "patronizing",
            "unheard", "worthless", "disrespected",
        ),
        ("dismissed", "invisible", "judged", "neglected", "small", "stupid"),
    ),
    Group("relieved", "Relieved or reassured",
          ("relieved", "relief", "reassured", "reassuring", "comforted", "comforting")),
    Group("grateful", "Grateful", ("grateful", "gratitude", "thankful"), ("lucky", "blessed")),
    Group(
        "happy", "Happy",
        (
            "happy", "happiness", "glad", "delighted", "joy", "joyful", "pleased", "cheerful",
            "thrilled", "overjoyed", "enjoy", "enjoyed",
        ),
    ),
    Group("proud", "Proud or confident", ("proud", "confident")),
    Group("hopeful", "Hopeful or excited",
          ("hopeful", "optimistic", "excited", "encouraged", "inspired")),
    Group("safe", "Safe or at ease", ("peaceful",),
          ("safe", "calm", "comfortable", "secure", "settled")),
    Group("valued", "Valued or respected", ("valued", "respected", "appreciated"),
          ("welcome", "welcomed", "heard", "understood", "included", "human")),
    Group("loved", "Loved", ("loved", "love")),
)  # fmt: skip

_GROUP_OF = {word: group.code for group in GROUPS for word in (*group.words, *group.felt)}
_AFTER_FEEL = frozenset(word for group in GROUPS for word in group.felt)

_OTHER_SENSE = re.compile(
    r"\b(?:(?:a|real|great|crying|such) shame|shame (?:that|about)|far cry|cry for help"
    r"|upset (?:stomach|tummy)"
    r"|(?:pain|tax|stress|debt) relief|relief road|happy to|(?:happy|merry) "
    r"(?:birthday|christmas|new year)|pleased to (?:meet|say)|glad to (?:meet|help)"
    r"|loved? (?:to|ones?)|(?:would|i'd|we'd|he'd|she'd|they'd|'d) (?:really )?love"
    r"|i'm afraid (?!of|to (?!say)|for\b)|anxiety (?:disorder|clinic|service|uk)"
    r"|respected (?:doctor|school|member))"
)
"""Idioms and names of things that hold a word for a feeling and say none."""

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|\[person_\d+\]|[.,;:!?…()\n–—\"“”]")
"""A word; somebody's name, which ends a clause like a mark; or a mark."""
_FEEL = frozenset(("feel", "feels", "feeling", "felt"))
_WITHIN = 4
"""Words before one for a feeling that are looked at, to the beginning of its clause."""

_NEGATORS = frozenset(
    (
        "not", "never", "without", "nor", "neither", "none", "nobody", "nothing", "hardly",
        "barely", "rarely", "seldom", "cannot", "less", "stop", "stopped", "stops", "instead",
        "aint", "dont", "didnt", "doesnt", "wasnt", "werent", "isnt", "arent", "couldnt",
        "wouldnt", "havent", "hasnt", "hadnt", "cant", "wont", "shouldnt",
    )
)  # fmt: skip
_PRONOUNS = frozenset(("i", "we", "he", "she", "they", "you", "i'm", "we're", "i've", "i'd"))
_CLOSERS = frozenset(("but", "because", "cos", "just", "only", "how", "when", "while", "though"))
_HEDGES = frozenset(("that", "think", "say", "feel", "believe", "suppose", "mean"))
_EXPERIENCED = frozenset(("been", "felt", "feel", "seen", "known", "remember", "recall", "was"))
_TO_THE_FULL = frozenset(("so", "more", "as"))
_LOVERS = frozenset(("i", "we"))
_FULLY = frozenset(("really", "do", "still", "just", "absolutely", "always", "both"))
_SPEAKER = frozenset(
    ("i", "im", "ive", "we", "weve", "me", "my", "myself", "us", "our", "ourselves")
)
_SOMEBODY_ELSE = frozenset(
    (
        "he", "hes", "she", "shes", "they", "theyre", "you", "youre", "who", "somebody", "someone",
        "anybody", "anyone", "everybody", "everyone", "nobody", "people", "others",
    )
)  # fmt: skip
_JOINING = frozenset(
    (
        "and", "but", "so", "because", "cos", "when", "while", "that", "if", "as", "where", "then",
        "since", "though", "until", "till",
    )
)  # fmt: skip
_OF_A_SUBJECT = frozenset(
    ("the", "a", "an", "this", "that", "these", "those", "his", "her", "their", "your")
)
"""After a joining word: somebody or something new begins to act."""
_LISTING = frozenset(
    ("and", "or", "but", "just", "so", "very", "really", "quite", "even", "also", "bit", "a", "um")
)
"""Words between the feelings of a list, in which a comma ends no clause."""
_LONGEST_CLAUSE = 12
_DONE_TO_SOMEBODY = frozenset(("frightens", "scares"))
_COULD_NOT = frozenset(("couldn't", "couldnt", "can't", "cant", "cannot"))


def feelings_in(text: str) -> list[Feeling]:
    """Words for feelings that a redacted text holds and does not take back, in order."""
    tokens = _tokens(text)
    found = (_feeling(tokens, at) for at in range(len(tokens)))
    return [feeling for feeling in found if feeling]


def _tokens(text: str) -> list[_Token]:
    """Words and marks of the text; those of an idiom are blanked, so that places stay the same."""
    lower = text.replace("’", "'")
    lower = "".join(low if len(low := character.lower()) == 1 else character for character in lower)
    kept = _OTHER_SENSE.sub(lambda idiom: _blank(idiom.group()), lower)
    return [_Token(found.group(), *found.span()) for found in _TOKEN.finditer(kept)]


def _blank(idiom: str) -> str:
    """The idiom with its words for feelings made unreadable; what it negates or feels stays."""
    return re.sub(r"[\w']+", lambda word: _hidden(word.group()), idiom)


def _hidden(word: str) -> str:
    return "_" * len(word) if word in _GROUP_OF else word


def _feeling(tokens: Sequence[_Token], at: int) -> Feeling | None:
    word, start, end = tokens[at]
    group = _GROUP_OF.get(word)
    if group is None or _is_negated(tokens, at) or not _is_of_speaker(tokens, at):
        return None
    before = [earlier for earlier, _ in _before(tokens, at)]
    if word in _AFTER_FEEL and _FEEL.isdisjoint(before):
        return None
    if word == "love" and not _is_loving(before):
        return None
    return Feeling(word, group, start, end)


def _is_of_speaker(tokens: Sequence[_Token], at: int) -> bool:
    """Whether the speaker is the last person named before the word in its clause, or follows it."""
    if _is_quoted(tokens, at):
        return False
    if at + 1 < len(tokens) and tokens[at + 1].word in ("me", "us"):
        return True
    for word in () if tokens[at].word in _DONE_TO_SOMEBODY else _clause(tokens, at):
        person = word.partition("'")[0]
        if person in _SPEAKER or person in _SOMEBODY_ELSE:
            return person in _SPEAKER
    return False


def _is_quoted(tokens: Sequence[_Token], at: int) -> bool:
    """Whether the word stands between quotation marks: *I* may be anybody there."""
    marks = [token.word for token in tokens[:at] if token.word in ('"', "“", "”")]
    return bool(marks) and (marks[-1] == "“" or (marks[-1] == '"' and marks.count('"') % 2 == 1))


def _clause(tokens: Sequence[_Token], at: int) -> Iterator[str]:
    """Words before this one in its clause, nearest first; the feelings of a list are in one."""
    is_list, later = True, ""
    for place in range(at - 1, max(at - 1 - _LONGEST_CLAUSE, -1), -1):
        word = tokens[place].word
        is_mark = not word[0].isalnum()
        begins_another = word in _JOINING and later in _OF_A_SUBJECT
        if begins_another or (is_mark and not (word == "," and is_list)):
            return
        if not is_mark:
            is_list = is_list and (word in _LISTING or word in _GROUP_OF)
            yield word
        later = word


def _is_loving(before: Sequence[str]) -> bool:
    """Whether *love* is what somebody does: it is also what people call each other."""
    rest = before[1:] if before and before[0] in _FULLY else before
    return bool(rest) and rest[0] in _LOVERS


def _before(tokens: Sequence[_Token], at: int) -> Iterator[tuple[str, int]]:
    """Words before this one in its clause, nearest first, each with its place."""
    for place in range(at - 1, max(at - 1 - _WITHIN, -1), -1):
        word = tokens[place].word
        if not word[0].isalnum():
            return
        yield word, place


def _is_negated(tokens: Sequence[_Token], at: int) -> bool:
    between: list[str] = []
    for word, place in _before(tokens, at):
        if word in _PRONOUNS:
            return _is_hedged(tokens, place)
        if word == "no":
            return not between or between[-1] == "longer"
        if _negates(word):
            return not _says_more(word, between)
        if word in _CLOSERS:
            return False
        between.append(word)
    return False


def _negates(word: str) -> bool:
    return word in _NEGATORS or word.endswith("n't")


def _is_hedged(tokens: Sequence[_Token], pronoun: int) -> bool:
    """Whether what the pronoun begins is taken back before: *not that I*, *don't think I*."""
    before = [token.word for token in tokens[max(pronoun - 4, 0) : pronoun]]
    return bool(before) and before[-1] in _HEDGES and any(map(_negates, before[:-1]))


def _says_more(negator: str, between: Sequence[str]) -> bool:
    """*Never felt so lonely* and *couldn't be more grateful* take nothing back."""
    full = not _TO_THE_FULL.isdisjoint(between)
    return full and (negator in _COULD_NOT or not _EXPERIENCED.isdisjoint(between))
