"""Who is who: from labels, names in the register, and who asks the questions."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.domain.transcripts.questions import asking_score
from pipeline.domain.transcripts.role_words import is_anonymous, likeness, plain, role_of_word
from pipeline.domain.transcripts.transcript import KnownSpeakers, Spoken
from pipeline.errors import TranscriptError

# Below this difference of asking scores nobody could say who asks.
_LEAST_DIFFERENCE = 0.15
_RELAYING = (
    "she says",
    "he says",
    "she said",
    "he said",
    "she's saying",
    "he's saying",
    "they say",
)
_RELAYED_SHARE = 0.3


def assign_roles(turns: Sequence[Spoken], known: KnownSpeakers) -> dict[str, str]:
    """The role of each speaker label.

    Labels that say a role are taken at their word, then names of the register, then who asks.
    A professional asks where a patient answers; a carer answers where nobody else does. Where only
    the interpreter was written down, the interpreter answers.

    Raises
    ------
    TranscriptError
        unclear_roles if there is no telling the interviewer from the participant.
    """
    words: Counter[str] = Counter()
    for turn in turns:
        words[turn.speaker] += len(turn.text.split())
    hints = {turn.speaker: turn.role or turn.speaker for turn in turns}
    said = _said_roles(hints)
    roles = {
        label: role
        for label, role in said.items()
        if role in {"interviewer", "participant", "interpreter"}
    }
    _by_names([label for label in words if not said[label]], known, roles)
    free = [label for label in words if label and label not in roles]
    _by_profession([label for label in free if said[label] == "professional"], roles)
    free = [label for label in free if label not in roles]
    unsure = [label for label in free if said[label] not in {"companion", "unnamed"}] or free
    scores = asking_scores(turns)
    _find_interviewer(unsure, words, scores, roles)
    _find_participant([label for label in unsure if label not in roles], words, roles)
    _find_participant([label for label in free if label not in roles], words, roles)
    found = set(roles.values())
    if "interviewer" not in found or not found & {"participant", "interpreter"}:
        raise TranscriptError("unclear_roles")
    relayed = _relayers(turns)
    return {
        label: roles.get(label, "interpreter" if label in relayed else "other") for label in words
    }


def _said_roles(hints: dict[str, str]) -> dict[str, str | None]:
    """Roles that the labels say; single letters only where the other labels bear them out.

    A and B are two people, Q and A a question and its answer; beside P, R is the researcher.
    """
    said = {label: role_of_word(hint) for label, hint in hints.items()}
    letters = {plain(hint): label for label, hint in hints.items()}
    asks = "interviewer" in said.values()
    if "a" in letters and not asks:
        said[letters["a"]] = None
    if {"r", "p"} <= letters.keys() and not asks:
        said[letters["r"]] = "interviewer"
    return said


def asking_scores(turns: Sequence[Spoken]) -> dict[str, float]:
    """The asking score of each speaker, with shares of words among all speakers."""
    by_label: defaultdict[str, list[str]] = defaultdict(list)
    for turn in turns:
        by_label[turn.speaker].append(turn.text)
    lengths = {label: sum(len(t.split()) for t in texts) for label, texts in by_label.items()}
    total = max(sum(lengths.values()), 1)
    return {
        label: asking_score(texts, share=lengths[label] / total, opens=turns[0].speaker == label)
        for label, texts in by_label.items()
    }


def _by_names(labels: list[str], known: KnownSpeakers, roles: dict[str, str]) -> None:
    """The register's names; a label that is as much one name as the other stays open."""
    for label in labels:
        if is_anonymous(label):
            continue
        participant = max((likeness(label, n) for n in known.participants), default=0)
        interviewer = max((likeness(label, n) for n in known.interviewers), default=0)
        if participant != interviewer:
            roles[label] = "participant" if participant > interviewer else "interviewer"


def _by_profession(labels: list[str], roles: dict[str, str]) -> None:
    if "interviewer" in roles.values():
        role = "other" if "participant" in roles.values() else "participant"
        roles.update(dict.fromkeys(labels, role))
    elif "participant" in roles.values():
        roles.update(dict.fromkeys(labels, "interviewer"))


def _find_interviewer(
    labels: list[str], words: Counter[str], scores: dict[str, float], roles: dict[str, str]
) -> None:
    if "interviewer" in roles.values() or not labels:
        return
    if "participant" in roles.values():
        roles[max(labels, key=lambda label: (scores[label], label))] = "interviewer"
        return
    main = sorted(labels, key=lambda label: (-words[label], label))[:2]
    if len(main) < 2:
        return
    asker, answerer = sorted(main, key=lambda label: -scores[label])
    if scores[asker] - scores[answerer] < _LEAST_DIFFERENCE:
        raise TranscriptError("unclear_roles")
    roles[asker] = "interviewer"


def _find_participant(labels: list[str], words: Counter[str], roles: dict[str, str]) -> None:
    if "participant" not in roles.values() and labels:
        roles[max(labels, key=lambda label: (words[label], label))] = "participant"


def _relayers(turns: Sequence[Spoken]) -> set[str]:
    """Speakers who mostly say what another says: interpreters without a label."""
    starts: defaultdict[str, list[bool]] = defaultdict(list)
    for turn in turns:
        head = turn.text.casefold().replace("\u2019", "'")[:40]
        starts[turn.speaker].append(any(phrase in head for phrase in _RELAYING))
    return {
        label
        for label, relays in starts.items()
        if sum(relays) > 2 and sum(relays) >= _RELAYED_SHARE * len(relays)
    }
