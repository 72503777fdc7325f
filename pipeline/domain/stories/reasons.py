"""Why something was chosen: codes for tables, words for people."""

from collections import Counter
from collections.abc import Iterable, Sequence

REASONS: dict[str, str] = {
    "near_theme_centre": "close to the middle of the theme",
    "stands_for_others": "adds something that those before it do not say",
    "adds_group": "told by somebody of a group or area not heard before it",
    "in_theme_words": "in the words that people use of this theme",
    "other_voice": "says the opposite of what most people in the theme say",
    "few_say_so": "few other people say anything like it",
    "far_from_themes": "far from every theme",
    "not_in_frameworks": "about nothing that the programme has in mind",
    "not_asked_for": "came up when the interviewer asked what had not been asked",
    "under_heard": "told by somebody of a group that is heard too little",
    "differs_by_group": "on a theme that some groups raise more or less than others",
    "opens_well": "begins where a listener can follow",
    "first_person": "told in the first person",
    "past_events": "tells what happened",
    "time_order": "tells it in order",
    "reported_speech": "says who said what",
    "feeling": "says how it felt",
    "consequence": "says what it led to",
    "coda": "comes back from then to now",
    "arc": "has a beginning, something that happened and what it meant",
    "what_helped": "says what helped, or who",
    "clause_bounded": "cut between clauses, as the transcript has no punctuation",
    "near_framework": "speaks of what the set is about, surely rather than by chance",
}
"""Code, and words for people."""

UNMARKED = "For the same reasons as most of the others."
"""Said of a choice that nothing sets apart."""

_MEANT_BY_ARC = frozenset(("opens_well", "first_person", "past_events", "time_order", "coda"))


def distinguishing(chosen: Sequence[Iterable[str]]) -> frozenset[str]:
    """Codes that at most half of the chosen bear: what nearly all bear says nothing of one."""
    counts = Counter(code for codes in chosen for code in set(codes))
    return frozenset(code for code, n in counts.items() if 2 * n <= len(chosen))


def in_words(codes: Iterable[str]) -> str:
    """Reasons as a sentence, or that there are none; what an arc is made of is not told beside."""
    listed = list(codes)
    meant = _MEANT_BY_ARC if "arc" in listed else frozenset[str]()
    told = "; ".join(REASONS[code] for code in listed if code not in meant)
    return f"{told.capitalize()}." if told else UNMARKED
