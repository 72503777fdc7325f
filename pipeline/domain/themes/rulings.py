"""What people's decisions about themes do tonight, and what came of each.

The machine goes on finding themes as if nobody had decided anything, and gives them ids that last.
Decisions then say under which id each is published, by what name, and whether at all: so they
hold however the machine cuts. Only two themes that are kept apart change what it finds: where it
finds both as one, that one is cut.

Later decisions win. What splits off from a theme that was merged or hidden goes the way of the
theme, until a decision names it: people judged all that was in it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline.domain.governance.spreadsheets import column_name
from pipeline.domain.themes.decisions import PAIRING, Standing, read_record
from pipeline.domain.themes.publishing import Rule, Ruling
from pipeline.tables import TABLES, empty, records


class Event(NamedTuple):
    """What the machine did to a theme in one run; `night` numbers the runs."""

    night: int
    event: str
    theme_id: str
    from_theme_ids: tuple[str, ...]


class History(NamedTuple):
    """Every theme that the machine ever found, and what became of them."""

    theme_ids: frozenset[str]
    events: tuple[Event, ...]
    nights: dict[str, int]
    """Number of each run."""

    def line(self, theme_id: str, after_run_id: str) -> list[str]:
        """The theme and all that split off from it after that run."""
        after = self.nights.get(after_run_id, -1)
        line = [theme_id]
        for event in self.events:
            is_later = event.event == "split" and event.night > after
            if is_later and event.theme_id not in line and {*event.from_theme_ids} & {*line}:
                line.append(event.theme_id)
        return line

    def heirs(
        self, theme_id: str, tonight: frozenset[str], ways: Collection[str] = ("merged", "split")
    ) -> list[str]:
        """Themes of tonight into which a theme went in the run that found it no more.

        What split off from it in earlier runs is no heir: none of its last people went there.
        """
        line = [theme_id]
        for one in line:
            last = max((e.night for e in self.events if e[1:3] == ("retired", one)), default=None)
            line += [
                event.theme_id
                for event in self.events
                if event.night == last
                and event.event in ways
                and one in event.from_theme_ids
                and event.theme_id not in line
            ]
        return [one for one in dict.fromkeys(line[1:]) if one in tonight]


class Outcome(NamedTuple):
    """What came of a decision; a row of table `theme_decision_outcomes`."""

    decision: str
    action: str | None
    theme_id: str | None
    other_theme_id: str | None
    outcome: str
    why: str
    now_in: tuple[str, ...] = ()


class Ruled(NamedTuple):
    """How the themes of tonight are published, and what came of every decision."""

    ruling: Ruling
    outcomes: list[Outcome]


class _Draft(NamedTuple):
    """A ruling under way; `published` has every theme that the machine found."""

    published: Mapping[str, str]
    names: dict[str, str]
    descriptions: dict[str, str]
    hidden: set[str]
    outcomes: list[Outcome]


class InForce(NamedTuple):
    """Decisions that hold whatever is found tonight, and what came of the others."""

    naming: list[Standing]
    """Names, descriptions and hidings, one of each for a theme."""
    merges: dict[str, Standing]
    apart: list[Standing]
    outcomes: list[Outcome]

    def root(self, theme_id: str) -> str:
        """The theme that a theme was merged into, in the end."""
        while theme_id in self.merges:
            theme_id = self.merges[theme_id].decision.other_theme_id
        return theme_id

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Themes that never become one."""
        return [(one.decision.theme_id, one.decision.other_theme_id) for one in self.apart]


def read_history(lineage: pd.DataFrame) -> History:
    """Table `theme_lineage`, as rulings need it."""
    rows = sorted(records(lineage), key=lambda row: int(row["position"]))
    events = tuple(
        Event(int(row["position"]), row["event"], row["theme_id"], tuple(row["from_theme_ids"]))
        for row in rows
    )
    nights = {str(row["run_id"]): int(row["position"]) for row in rows}
    return History(frozenset(event.theme_id for event in events), events, nights)


def kept_apart(record: pd.DataFrame, lineage: pd.DataFrame) -> list[tuple[str, str]]:
    """Themes that must not become one: for the fit.

    Parameters
    ----------
    record, lineage : DataFrame
        Tables `theme_decisions` and `theme_lineage`.
    """
    return in_force(record, read_history(lineage)).pairs


def rule(record: pd.DataFrame, live: Iterable[str], lineage: pd.DataFrame) -> Ruled:
    """How the themes that the machine found are published.

    Parameters
    ----------
    record, lineage : DataFrame
        Tables `theme_decisions` and `theme_lineage`, tonight's run included.
    live : iterable of str
        Themes that the machine found tonight.
    """
    history, found = read_history(lineage), frozenset(live)
    held = in_force(record, history)
    published = {theme: theme for theme in sorted(found)} | _merged(held, history, found)
    outcomes = [*held.outcomes, *_of_pairs(held, history, found, published)]
    draft = _Draft(published, {}, {}, set(), outcomes)
    for one in held.naming:
        _name(one, held, history, found, draft)
    shown_in = {theme: whole for theme, whole in published.items() if theme != whole}
    ruling = Ruling(shown_in, draft.names, draft.descriptions, frozenset(draft.hidden))
    return Ruled(ruling, sorted(outcomes, key=lambda outcome: outcome.decision))


def ruling_by(record: pd.DataFrame) -> Rule:
    """What the decisions of the record ask of themes as they are found."""

    def ruling(live: Collection[str], lineage: pd.DataFrame) -> Ruling:
        return rule(record, live, lineage).ruling

    return ruling


def what_came_of(
    record: pd.DataFrame, found_themes: pd.DataFrame, lineage: pd.DataFrame
) -> pd.DataFrame:
    """Table `theme_decision_outcomes`, from the tables of tonight's run."""
    live = found_themes.loc[found_themes["status"].eq("live"), "theme_id"]
    none = empty(TABLES["theme_decision_outcomes"])
    rows = [
        outcome._asdict() | {"now_in": list(outcome.now_in)}
        for outcome in rule(record, live, lineage).outcomes
    ]
    return pd.DataFrame(rows, columns=none.columns).astype(object) if rows else none


# Which decisions hold


def in_force(record: pd.DataFrame, history: History) -> InForce:
    """Of the decisions read so far, those that no later one overrules or contradicts."""
    outcomes: list[Outcome] = []
    spelt = {theme_id.casefold(): theme_id for theme_id in sorted(history.theme_ids)}
    standing: list[Standing] = []
    for one in (_with_known_ids(one, spelt) for one in read_record(record)):
        refused = _refusal(one, history)
        if refused:
            outcomes.append(refused)
        else:
            standing.append(one)
    standing = _taken_back(standing, outcomes)
    latest = {_subject(one): one for one in standing}
    outcomes += [
        _told(one, "overruled", f"{latest[_subject(one)].name} is later.")
        for one in standing
        if latest[_subject(one)] is not one
    ]
    held = InForce([], {}, [], outcomes)
    for one in sorted(latest.values(), key=lambda one: -one.position):
        if one.decision.action in PAIRING:
            _pair(one, held)
        else:
            held.naming.append(one)
    held.naming.sort(key=lambda one: one.position)
    return held


def _with_known_ids(one: Standing, spelt: Mapping[str, str]) -> Standing:
    given = one.decision
    own = spelt.get(given.theme_id.casefold(), given.theme_id)
    other = spelt.get(given.other_theme_id.casefold(), given.other_theme_id)
    return one._replace(decision=given._replace(theme_id=own, other_theme_id=other))


def _refusal(one: Standing, history: History) -> Outcome | None:
    """Why a row decides nothing, whatever the others say."""
    if one.problem:
        return Outcome(one.name, None, None, None, "not_readable", one.problem)
    unknown = [
        column
        for column in ("theme_id", "other_theme_id")
        if getattr(one.decision, column) not in {*history.theme_ids, ""}
    ]
    if unknown:
        where = f" in row {one.row}" if one.row else ""
        why = f"No run has found a theme of this id: check {' and '.join(unknown)}{where}."
        # Not its ids: what no run made may be anything, somebody's name too.
        return Outcome(one.name, one.decision.action, None, None, "waits", why)
    if one.personal:
        why = (
            f"Redaction takes words in it for personal data ({', '.join(one.personal)}); write it "
            "otherwise, or keep them for the whole programme in redaction_decisions.csv."
        )
        return _told(one, "held_back", why)
    return None


def _told(one: Standing, outcome: str, why: str, now_in: Iterable[str] = ()) -> Outcome:
    given = one.decision
    other = given.other_theme_id or None
    return Outcome(one.name, given.action, given.theme_id, other, outcome, why, tuple(now_in))


def _subject(one: Standing) -> tuple[str, frozenset[str]]:
    """What a later decision must share to take this one's place."""
    given = one.decision
    if given.action == "keep_apart":
        return given.action, frozenset({given.theme_id, given.other_theme_id})
    return given.action, frozenset({given.theme_id})


def _taken_back(standing: Sequence[Standing], outcomes: list[Outcome]) -> list[Standing]:
    """The decisions that no later row takes back."""
    left: list[Standing] = []
    for one in standing:
        if one.decision.action != "undo":
            left.append(one)
            continue
        gone = [earlier for earlier in left if _is_taken_back(earlier, one)]
        left = [earlier for earlier in left if earlier not in gone]
        outcomes += [_told(earlier, "overruled", f"{one.name} takes it back.") for earlier in gone]
        names = ", ".join(earlier.name for earlier in gone)
        outcomes.append(
            _told(one, "applied", f"It takes back {names}.")
            if gone
            else _told(one, "no_longer_applies", "Nothing before it is left to take back.")
        )
    return left


def _is_taken_back(earlier: Standing, undo: Standing) -> bool:
    given, wanted = earlier.decision, undo.decision
    about = {given.theme_id, given.other_theme_id}
    is_about = {wanted.theme_id, wanted.other_theme_id} - {""} <= about
    return is_about and given.action in (column_name(wanted.words) or given.action,)


def _pair(one: Standing, held: InForce) -> None:
    """Let a merge or a keeping apart hold, unless those that are later speak against it."""
    theme, other = one.decision.theme_id, one.decision.other_theme_id
    if one.decision.action == "keep_apart":
        if held.root(theme) == held.root(other):
            later = _path(theme, held) or _path(other, held)
            why = f"{later[0].name}, which is later, makes them one."
            held.outcomes.append(_told(one, "contradicts", why))
        else:
            held.apart.append(one)
        return
    if held.root(other) == theme:
        why = f"{_path(other, held)[-1].name}, which is later, says it the other way round."
        held.outcomes.append(_told(one, "contradicts", why))
        return
    held.merges[theme] = one
    against = next((pair for pair in held.apart if _is_one(pair, held)), None)
    if against:
        del held.merges[theme]
        why = f"{against.name}, which is later, keeps apart what it would make one."
        held.outcomes.append(_told(one, "contradicts", why))


def _path(theme_id: str, held: InForce) -> list[Standing]:
    path: list[Standing] = []
    while theme_id in held.merges:
        path.append(held.merges[theme_id])
        theme_id = path[-1].decision.other_theme_id
    return path


def _is_one(pair: Standing, held: InForce) -> bool:
    return held.root(pair.decision.theme_id) == held.root(pair.decision.other_theme_id)


# What they do


def _merged(held: InForce, history: History, found: frozenset[str]) -> dict[str, str]:
    """Where each theme goes that people merged, or that split off from such a one."""
    goes = {theme: one.decision.other_theme_id for theme, one in held.merges.items()}

    def root(theme: str) -> str:
        while theme in goes:
            theme = goes[theme]
        return theme

    latest_first = sorted(held.merges.values(), key=lambda one: -one.position)
    for one in latest_first:
        theme, other = one.decision.theme_id, one.decision.other_theme_id
        for part in (
            *history.line(theme, one.after_run_id),
            *history.line(other, one.after_run_id),
        ):
            is_free = part not in goes and root(other) != part
            if is_free and not any(
                part in pair and root(other) in {root(end) for end in pair if end != part}
                for pair in held.pairs
            ):
                goes[part] = other
    return {theme: root(theme) for theme in goes if theme in found}


def _of_pairs(
    held: InForce, history: History, found: frozenset[str], published: Mapping[str, str]
) -> Iterator[Outcome]:
    for theme, one in held.merges.items():
        whole = held.root(theme)
        line = history.line(theme, one.after_run_id)
        parts = [part for part in line if part != whole and published.get(part) == whole]
        into = _published_heirs(theme, history, found, published)
        swallowed_by = history.heirs(theme, found, ways=("merged",))
        if parts:
            why = (
                f"{' and '.join(parts)} {'is' if len(parts) == 1 else 'are'} published as {whole}."
            )
            yield _told(one, "applied", why, [whole])
        elif whole in {published[heir] for heir in swallowed_by}:
            yield _told(one, "applied", "The clustering finds them as one.", [whole])
        else:
            yield _told(one, "no_longer_applies", _gone(theme, into), into)
    for one in held.apart:
        ends = (one.decision.theme_id, one.decision.other_theme_id)
        lost = [theme for theme in ends if theme not in published]
        if lost:
            into = _published_heirs(lost[0], history, found, published)
            yield _told(one, "no_longer_applies", _gone(lost[0], into), into)
        else:
            yield _told(one, "applied", "They are two themes.", [published[end] for end in ends])


def _name(
    one: Standing, held: InForce, history: History, found: frozenset[str], draft: _Draft
) -> None:
    """Draw up one more name, description or hiding; an earlier one of the theme yields."""
    theme, action = one.decision.theme_id, one.decision.action
    whole = draft.published.get(theme) or (theme if theme in draft.published.values() else None)
    if whole is None:
        into = _published_heirs(theme, history, found, draft.published)
        draft.outcomes.append(_told(one, "no_longer_applies", _gone(theme, into), into))
    elif why := _unseen(one, whole, held):
        draft.outcomes.append(_told(one, "waits", why, [whole]))
    elif action == "hide":
        _hide(one, whole, history, draft)
    else:
        named = draft.names if action == "rename" else draft.descriptions
        _overrule(one, whole, draft.outcomes)
        named[whole] = one.decision.words
        draft.outcomes.append(_told(one, "applied", f"{whole} bears {_BORNE[action]}.", [whole]))


_BORNE = {"rename": "this name", "describe": "this description"}


def _unseen(one: Standing, whole: str, held: InForce) -> str:
    """Why a name is not to be seen, if it is of a part that people have not named since."""
    theme = one.decision.theme_id
    merges = [merge for merge in _path(theme, held) if merge.position > one.position]
    if merges:
        return f"{theme} is published as {whole} since {merges[0].name}; undo that to see it again."
    if held.root(theme) != whole:
        return f"{theme} split off from {whole} and is published with it; keep them apart first."
    return ""


def _hide(one: Standing, whole: str, history: History, draft: _Draft) -> None:
    line = history.line(one.decision.theme_id, one.after_run_id)
    split_off = [part for part in line[1:] if draft.published.get(part) == part]
    hidden = list(dict.fromkeys([whole, *split_off]))
    why = f"Left out of stories and releases: {', '.join(hidden)}."
    draft.outcomes.append(_told(one, "applied", why, hidden))
    draft.hidden.update(hidden)


def _overrule(later: Standing, whole: str, outcomes: list[Outcome]) -> None:
    """An earlier name of another part of the same theme gives way."""
    for at, outcome in enumerate(outcomes):
        is_same = outcome.action == later.decision.action and whole in outcome.now_in
        if is_same and outcome.outcome == "applied":
            why = f"{later.name} is later, and about the same published theme."
            outcomes[at] = outcome._replace(outcome="overruled", why=why)


def _published_heirs(
    theme: str, history: History, found: frozenset[str], published: Mapping[str, str]
) -> list[str]:
    return list(dict.fromkeys(published[heir] for heir in history.heirs(theme, found)))


def _gone(theme: str, into: Sequence[str]) -> str:
    where = f"most of it is in {' and '.join(into)}" if into else "its people are in no one theme"
    return f"{theme} is found no more; {where}."
