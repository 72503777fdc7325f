"""The ledger of contributions: from a person's token to where their words went and what came of it.

Telling people is due from the day of the first release that held something of theirs.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.governance.keys import pseudonym
from pipeline.tables import AUDIENCES, TABLES, empty, records

_NOBODYS = "contributors"
"""What stands for an audience in tokens: they are nobody's pseudonyms in a release."""


class Use(NamedTuple):
    """Something of a conversation that a release holds."""

    conversation_id: str
    used_as: str
    item_id: str


class Corpus(NamedTuple):
    """What the ledger looks at: tables by their names; of `story_sets`, what releases show."""

    participants: pd.DataFrame
    segments: pd.DataFrame
    themes: pd.DataFrame
    theme_assignments: pd.DataFrame
    stories: pd.DataFrame
    story_sets: pd.DataFrame
    actions: pd.DataFrame
    uses: pd.DataFrame


def token(key: bytes, participant_id: str) -> str:
    """By what name a contributor may ask for their record."""
    return pseudonym(key, _NOBODYS, "contribution", participant_id)


# What left


def used(
    audience: str,
    released: Mapping[str, pd.DataFrame],
    tables: Mapping[str, pd.DataFrame],
    counted: Iterable[str],
    key: bytes,
) -> set[Use]:
    """What a release holds of whom, by inner ids.

    Parameters
    ----------
    released : mapping of table name to DataFrame
        The release's tables `quotes` and `stories`, under its pseudonyms.
    tables : mapping of table name to DataFrame
        The tables of those names that it was made from.
    counted : iterable of str
        Conversations that its counts rest on.
    """
    found = {Use(conversation, "counted", conversation) for conversation in counted}
    for name, kind in (("quotes", "quote"), ("stories", "story")):
        held = set(released[name][f"{kind}_id"])
        own = tables[name]
        for item, conversation in zip(own[f"{kind}_id"], own["conversation_id"], strict=True):
            if pseudonym(key, audience, kind, item) in held:
                found.add(Use(conversation, kind, item))
    return found


def shown(
    audience: str, released: Mapping[str, pd.DataFrame], story_sets: pd.DataFrame, key: bytes
) -> pd.DataFrame:
    """The rows of `story_sets` whose story a release shows in that set: most are only ranked.

    Parameters
    ----------
    released : mapping of table name to DataFrame
        The release's table `story_sets`, under its pseudonyms.
    """
    held = released["story_sets"]
    places = set(zip(held["story_set_id"], held["story_id"], strict=True))
    ours = zip(story_sets["story_set_id"], story_sets["story_id"], strict=True)
    is_shown = [(chosen, pseudonym(key, audience, "story", own)) in places for chosen, own in ours]
    return story_sets[pd.Series(is_shown, index=story_sets.index, dtype=bool)]


def noted(
    before: pd.DataFrame,
    held: Iterable[Use],
    people: Mapping[str, str],
    audience: str,
    release_id: str,
    day: date,
) -> pd.DataFrame:
    """Table `uses` after a release: what was in an earlier one keeps that day.

    Parameters
    ----------
    people : mapping of conversation to person
        As the register has it.
    """
    known = set(
        zip(
            *(before[name] for name in ("audience", "conversation_id", "used_as", "item_id")),
            strict=True,
        )
    )
    rows = [
        one._asdict()
        | {
            "participant_id": people[one.conversation_id],
            "audience": audience,
            "first_used_on": day,
            "release_id": release_id,
        }
        for one in sorted(held)
        if (audience, *one) not in known and one.conversation_id in people
    ]
    fresh = pd.DataFrame(rows, columns=empty(TABLES["uses"]).columns)
    return pd.concat([before, fresh], ignore_index=True) if rows else before


# The ledger


def ledger(corpus: Corpus, key: bytes, today: date, tell_within_days: int) -> pd.DataFrame:
    """Table `contributions`: a row for everybody whom the register says took part."""
    themes = _themes_of(corpus)
    sets = _sets_of(corpus)
    rows: list[dict[str, Any]] = []
    for person, own in corpus.participants.groupby("participant_id", sort=True):
        held = corpus.uses[corpus.uses["conversation_id"].isin(own["conversation_id"])]
        answers = _answers(
            corpus.actions, themes.get(str(person), set()), sets.get(str(person), set())
        )
        told_on = _told_on(answers, own["interviewed_on"], today)
        first = min(held["first_used_on"], default=None)
        due_on = first + timedelta(days=tell_within_days) if first else None
        rows.append(
            {
                "token": token(key, str(person)),
                "participant_id": person,
                "conversation_ids": sorted(own["conversation_id"]),
                "theme_ids": sorted(themes.get(str(person), ())),
                "story_set_ids": sorted(sets.get(str(person), ())),
                "audiences": [a for a in AUDIENCES if a in set(held["audience"])],
                "quote_ids": _items(held, "quote"),
                "story_ids": _items(held, "story"),
                "action_ids": [answer["action_id"] for answer in answers],
                "first_used_on": first,
                "told_on": told_on,
                "due_on": due_on,
                "is_overdue": due_on is not None and due_on < today and told_on is None,
            }
        )
    none = empty(TABLES["contributions"])
    return pd.DataFrame(rows, columns=none.columns) if rows else none


def overdue(contributions: pd.DataFrame) -> int:
    """How many people should have been told by now what came of what they said."""
    return int(contributions["is_overdue"].astype(bool).sum())


def _themes_of(corpus: Corpus) -> dict[str, set[str]]:
    live = corpus.themes.loc[corpus.themes["status"].eq("live"), "theme_id"]
    members = corpus.theme_assignments.merge(
        corpus.segments[["segment_id", "participant_id"]], on="segment_id"
    )
    return _by_person(members[members["theme_id"].isin(live)], "theme_id")


def _sets_of(corpus: Corpus) -> dict[str, set[str]]:
    members = corpus.story_sets.merge(corpus.stories[["story_id", "participant_id"]], on="story_id")
    return _by_person(members, "story_set_id")


def _by_person(frame: pd.DataFrame, column: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person, value in zip(frame["participant_id"], frame[column], strict=True):
        found.setdefault(str(person), set()).add(str(value))
    return found


def _answers(
    actions: pd.DataFrame, themes: Collection[str], sets: Collection[str]
) -> list[dict[str, Any]]:
    return [
        action
        for action in sorted(records(actions), key=lambda row: int(row["position"]))
        if set(action["theme_ids"]) & set(themes) or set(action["story_set_ids"]) & set(sets)
    ]


def _told_on(
    answers: Iterable[Mapping[str, Any]], interviewed_on: "pd.Series[Any]", today: date
) -> date | None:
    """The last day on which they were told of an action, after they had spoken."""
    spoke_on = min(interviewed_on.dropna(), default=date.min)
    days = [a["told_on"] for a in answers if not pd.isna(a["told_on"])]
    return max((day for day in days if spoke_on <= day <= today), default=None)


def _items(held: pd.DataFrame, used_as: str) -> list[str]:
    return sorted(set(held.loc[held["used_as"].eq(used_as), "item_id"]))


# What a contributor is told


class Record(NamedTuple):
    """What is held of one conversation's person, and what they agreed to."""

    held: Mapping[str, int]
    """Rows of each table."""
    consent: Mapping[str, Any] | None
    contribution: Mapping[str, Any]
    uses: pd.DataFrame
    themes: Mapping[str, str]
    """Labels by id."""
    sets: Mapping[str, str]
    """Titles by id."""
    actions: pd.DataFrame


def told(record: Record) -> Iterator[str]:
    """The record as lines: ids, counts, titles and actions; nobody's words and no names."""
    own = record.contribution
    yield f"Contribution {own['token']}"
    yield f"  conversations: {', '.join(own['conversation_ids'])}"
    yield "What is held"
    yield from (f"  {name}: {n} rows" for name, n in record.held.items() if n)
    yield "What was agreed"
    yield from (f"  {line}" for line in _agreed(record.consent))
    yield "Where it is used"
    yield from (f"  theme: {record.themes.get(t, t)}" for t in own["theme_ids"])
    yield from (f"  told in the story set: {record.sets.get(s, s)}" for s in own["story_set_ids"])
    yield from (f"  {line}" for line in _released(record.uses))
    yield "What came of it"
    yield from (f"  {line}" for line in _came_of(own, record.actions))
    yield "How to change or withdraw it"
    yield "  Tell the programme, with the contribution's name above or the conversation's. Fewer"
    yield "  audiences or uses: the register is changed, and holds from the next release on. Out of"
    yield "  everything: conversations erase removes it from every layer and lists the releases to"
    yield "  be called back. What was counted in an earlier release cannot be called back."


def _agreed(consent: Mapping[str, Any] | None) -> Iterator[str]:
    if consent is None or pd.isna(consent["audience"]):
        yield "nobody may hear it"
        return
    yield f"audience: {consent['audience']}, and those narrower"
    uses = [name for name in ("quote", "story", "training", "recontact") if consent[name]]
    yield f"uses: {', '.join(uses) or 'none'}"
    for name in ("wording", "given_on", "expires_on", "withdrawn_on"):
        if not pd.isna(consent[name]):
            yield f"{name.replace('_', ' ')}: {consent[name]}"


def _released(uses: pd.DataFrame) -> Iterator[str]:
    if uses.empty:
        yield "in no release yet"
    for audience in (a for a in AUDIENCES if a in set(uses["audience"])):
        own = uses[uses["audience"].eq(audience)]
        n = {kind: int(own["used_as"].eq(kind).sum()) for kind in ("quote", "story")}
        first = min(own["first_used_on"])
        yield (
            f"released to {audience} since {first}: counted, "
            f"{n['quote']} quotes, {n['story']} stories"
        )


def _came_of(own: Mapping[str, Any], actions: pd.DataFrame) -> Iterator[str]:
    known = {row["action_id"]: row for row in records(actions)}
    for action_id in own["action_ids"]:
        action = known[action_id]
        yield f"{action_id}, {action['status'].replace('_', ' ')}: {action['what']}"
        if action["status"] == "not_possible":
            yield f"  because: {action['because']}"
        if not pd.isna(action["told_on"]):
            yield f"  told on {action['told_on']}"
    if not len(own["action_ids"]):
        yield "no action is recorded yet"
    if own["is_overdue"]:
        yield f"they should have been told by {own['due_on']}, and were not"
    elif not pd.isna(own["due_on"]) and pd.isna(own["told_on"]):
        yield f"they are to be told by {own['due_on']}"
