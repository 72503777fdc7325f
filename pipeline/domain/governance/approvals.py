"""Sign-offs: who read one person's story and says that it may go further, to whom, until when.

They come from `story_approvals.csv` beside the transcripts, and so does the sign-off of the
challenge of inequalities. The file is the truth: a row that is taken out is a sign-off withdrawn,
and a file that cannot be read signs nothing. A refusal stands as long as its row does.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from pipeline.domain.governance.consent import consented
from pipeline.domain.governance.spreadsheets import (
    ERASED,
    Cells,
    as_csv,
    column_name,
    day_of,
    is_misaligned,
    plain,
    read_rows,
    shortened,
    yes_or_no,
)
from pipeline.domain.release.identifiers import identifying
from pipeline.tables import AUDIENCES, DIRECT_IDENTIFIERS, TABLES, empty, records

WHAT = "The file of sign-offs"
NEEDED = ("subject", "lived_experience", "decision")
COLUMNS = (
    "subject", "text_check", "audience", "role", "lived_experience", "checklist", "decision",
    "decided_on", "expires_on", "note",
)  # fmt: skip
INEQUALITIES = "inequalities"
"""The subject that is no story: which groups raise which theme more or less than others."""

ROLES_NEEDED = 2
CHECK_CHARS = 12
LONGEST_ROLE, LONGEST_NOTE = 80, 500
_BEYOND = AUDIENCES[1:]
_AUDIENCES = {column_name(audience): audience for audience in AUDIENCES}
_SUBJECT = re.compile(r"[A-Za-z0-9][\w-]{0,63}")
_CHECK = re.compile(r"[0-9a-f]{12,64}")
_WORDS = {"approve": "approve", "approved": "approve", "refuse": "refuse", "refused": "refuse"}

PROBLEMS: dict[str, str] = {
    "no_subject": "Write the id of a story, as the programme team's release has it, or "
    "inequalities.",
    "unknown_decision": "Write approve or refuse.",
    "no_check": "Copy the text_check of the story from stories_to_sign.csv: it says which text was "
    "read.",
    "no_audience": "Write health and care partners, co-design events or public; the programme team "
    "needs no sign-off.",
    "no_role": "Write who signs: a role and no name, of at most 80 characters.",
    "personal": "Write the role without names, numbers and addresses.",
    "not_yes_or_no": "Write yes or no.",
    "no_checklist": "Go through the motivated-intruder checklist, then write yes.",
    "not_a_day": "Write the day as 2026-03-31 or 31/03/2026.",
    "in_future": "Write the day once it has come.",
    "ends_before": "Write a day that is not before the day of the sign-off.",
    "misaligned_row": "The row has more cells than the header; a text with a comma needs quotes.",
}
"""Codes of what is wrong in a row, each with what to do. Such a row approves nothing."""


class SignOff(NamedTuple):
    """One row of the file, understood as far as it can be."""

    row: int
    """As a spreadsheet numbers it; the header is 1."""
    subject: str = ""
    text_check: str = ""
    audience: str = ""
    role: str = ""
    lived_experience: bool = False
    decision: str = ""
    decided_on: date | None = None
    expires_on: date | None = None
    checklist: bool = False
    note: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    """Column and code of what is wrong."""

    @property
    def problem(self) -> str:
        """What to do in the row; no values."""
        return " ".join(f"{column}: {PROBLEMS[code]}" for column, code in self.problems)


class Story(NamedTuple):
    """What a subject stands for."""

    story_id: str
    conversation_id: str


# The file


def read_approvals(content: bytes, today: date) -> list[SignOff]:
    """The rows of the file, in order; rows that nobody filled in yet among them.

    Raises
    ------
    RegisterError
        If the file is no table or has no column for the subject, the lived experience or the
        decision.
    """
    header, rows = read_rows(content, WHAT, NEEDED, COLUMNS)
    return [_understand(row, header, today) for row in rows]


def report(sign_offs: Iterable[SignOff]) -> list[str]:
    """What is wrong, as lines for a person: row, column, what to do; no values."""
    return shortened([f"row {one.row}, {one.problem}" for one in sign_offs if one.problems])


def check_of(sha256: str) -> str:
    """What a sign-off quotes of the hash of the text that was read."""
    return sha256[:CHECK_CHARS]


def _understand(row: Cells, header: Sequence[str], today: date) -> SignOff:
    cells = {name: plain(cell) for name, cell in zip(header, row.cells, strict=False)}
    read = {name: cells.get(name, "") for name in COLUMNS}
    found = SignOff(
        row.number,
        read["subject"] if _SUBJECT.fullmatch(read["subject"]) else "",
        _check(read["text_check"]),
        _AUDIENCES.get(column_name(read["audience"]), ""),
        read["role"][: LONGEST_ROLE + 1],
        yes_or_no(read["lived_experience"]) or False,
        _WORDS.get(column_name(read["decision"]), ""),
        day_of(read["decided_on"]),
        day_of(read["expires_on"]),
        yes_or_no(read["checklist"]) or False,
        read["note"][:LONGEST_NOTE],
    )
    problems = dict(_faults(found, read))
    if found.decided_on and found.decided_on > today:
        problems["decided_on"] = "in_future"
    if is_misaligned(row, header):
        problems["the row"] = "misaligned_row"
    return found._replace(problems=tuple(problems.items()))


def _check(cell: str) -> str:
    """The check without the strokes that keep a spreadsheet from taking it for a number."""
    said = re.sub(r"[\s-]", "", cell).lower()
    return check_of(said) if _CHECK.fullmatch(said) else ""


def _faults(found: SignOff, read: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Column and code; a row without decision, role and day was not filled in yet."""
    if not (read["decision"] or read["role"] or read["decided_on"]):
        return
    if not found.subject:
        yield "subject", "no_subject"
    if not found.decision:
        yield "decision", "unknown_decision"
    if found.decision == "approve":
        yield from _faults_of_approval(found)
    yield from _faults_of_role(found)
    for name in ("lived_experience", "checklist"):
        if yes_or_no(read[name]) is None:
            yield name, "not_yes_or_no"
    for name in ("decided_on", "expires_on"):
        if read[name] and not day_of(read[name]):
            yield name, "not_a_day"
    if read["audience"] and not found.audience:
        yield "audience", "no_audience"


def _faults_of_approval(found: SignOff) -> Iterator[tuple[str, str]]:
    if not found.text_check:
        yield "text_check", "no_check"
    if found.audience not in _BEYOND:
        yield "audience", "no_audience"
    if not found.checklist:
        yield "checklist", "no_checklist"
    if not found.decided_on:
        yield "decided_on", "not_a_day"
    elif found.expires_on and found.expires_on < found.decided_on:
        yield "expires_on", "ends_before"


def _faults_of_role(found: SignOff) -> Iterator[tuple[str, str]]:
    is_said = re.search(r"[^\W\d_]{2}", found.role) and found.role != ERASED
    if not is_said or len(found.role) > LONGEST_ROLE:
        yield "role", "no_role"
    elif identifying(found.role):
        yield "role", "personal"


# The table


def approvals_table(
    sign_offs: Sequence[SignOff],
    stories: Mapping[str, Story],
    types_in: Callable[[str], Iterable[str]],
) -> pd.DataFrame:
    """Table `approvals`.

    Parameters
    ----------
    stories : mapping of str to Story
        Every name that a story goes by in the file, from `named`.
    types_in : callable
        Types of personal data in a text; a role that holds direct identifiers approves nothing.
    """
    roles = sorted({one.role for one in sign_offs if one.role})
    personal = {role: sorted({*types_in(role)} & DIRECT_IDENTIFIERS) for role in roles}
    rows = [
        _record(position, one, stories.get(one.subject.casefold()), personal.get(one.role, []))
        for position, one in enumerate(sign_offs, start=1)
    ]
    none = empty(TABLES["approvals"])
    if not rows:
        return none
    frame = pd.DataFrame(rows, columns=none.columns)
    return frame.astype({"position": "int32", "row": "int32"})


def named(stories: pd.DataFrame, also: Callable[[str], Iterable[str]]) -> dict[str, Story]:
    """Stories by their id and by whatever `also` calls them, letters small."""
    pairs = zip(stories["story_id"], stories["conversation_id"], strict=True)
    known = [Story(story, conversation) for story, conversation in pairs]
    return {name.casefold(): one for one in known for name in (one.story_id, *also(one.story_id))}


def _record(
    position: int,
    one: SignOff,
    story: Story | None,
    personal: list[str],
) -> Mapping[str, object]:
    found = f"role: {PROBLEMS['personal']}" if personal and not one.problem else ""
    is_other = one.subject.casefold() == INEQUALITIES
    told: dict[str, object] = {
        name: value if value != "" else None
        for name, value in one._asdict().items()
        if name != "problems"
    }
    return told | {
        "position": position,
        "subject": INEQUALITIES if is_other else told["subject"],
        "story_id": story.story_id if story else None,
        "conversation_id": story.conversation_id if story else None,
        "personal": personal,
        "problem": one.problem or found or None,
    }


def unusable(approvals: pd.DataFrame) -> list[str]:
    """Rows that approve nothing for what is wrong in them, as "row 7"."""
    return [f"row {row}" for row in sorted(approvals.loc[approvals["problem"].notna(), "row"])]


# Clearances


class _Signed(NamedTuple):
    """A row that counts: a refusal, or an approval in which nothing is wrong."""

    role: str
    lived_experience: bool
    text_check: str
    audience: str | None
    decided_on: date | None
    expires_on: date | None


class _Subject(NamedTuple):
    approvals: list[_Signed]
    refusals: list[_Signed]
    unclear: list[_Signed]
    """Rows of which nobody can tell whether they approve or refuse."""


class _Status(NamedTuple):
    status: str
    roles: list[str]
    why: str
    cleared_until: date | None = None


def clearances(
    approvals: pd.DataFrame,
    stories: pd.DataFrame,
    consent: pd.DataFrame,
    inequalities: pd.DataFrame,
    today: date,
) -> pd.DataFrame:
    """Table `clearances`, of which nothing is asked for yet: see `asked_for`.

    It has a row for each story and audience beyond the programme team that its teller lets hear
    whole stories today, and one for the inequalities and each audience, if there are any.
    """
    signed = _by_subject(approvals)
    rows: list[dict[str, object]] = []
    for audience in _BEYOND:
        may_hear = consented(consent, audience, "story", today)
        told = stories[stories["conversation_id"].isin(may_hear)]
        checks = dict(zip(told["story_id"], map(check_of, told["sha256"]), strict=True))
        if len(inequalities):
            checks[INEQUALITIES] = check_of_inequalities(inequalities)
        for subject, text_check in checks.items():
            found = _status(signed.get(subject), text_check, audience, today)
            rows.append(
                {"subject": subject, "audience": audience, "text_check": text_check}
                | found._asdict()
                | {"is_asked_for": subject == INEQUALITIES}
            )
    columns = empty(TABLES["clearances"]).columns
    return pd.DataFrame(rows, columns=columns).astype({"is_asked_for": bool})


def check_of_inequalities(inequalities: pd.DataFrame) -> str:
    """What a sign-off of the inequalities quotes: it changes when a group's direction does."""
    columns = ["theme_id", "dimension", "group", "direction"]
    lines = sorted("\t".join(map(str, row)) for row in inequalities[columns].to_numpy().tolist())
    return check_of(hashlib.sha256("\n".join(lines).encode()).hexdigest())


def cleared(
    clearances: pd.DataFrame,
    stories: pd.DataFrame,
    audience: str,
    today: date,
    inequalities: pd.DataFrame | None = None,
) -> set[str]:
    """Ids of the stories, and `INEQUALITIES`, that this audience may have today by sign-off alone.

    The programme team may have them all. Beyond it a text that is not the one that was signed is
    not cleared, nor is one whose clearance has ended. Consent is another question.

    Parameters
    ----------
    clearances : DataFrame
        Table `clearances`.
    stories : DataFrame
        Table `stories` as it is to leave: `story_id`, `sha256`.
    inequalities : DataFrame, optional
        Table `inequalities` as it is to leave; without it, what was signed is believed to be it.
    """
    texts = dict(zip(stories["story_id"], map(check_of, stories["sha256"]), strict=True))
    if audience == AUDIENCES[0]:
        return {*texts, INEQUALITIES}
    own = clearances[clearances["audience"].eq(audience) & clearances["status"].eq("cleared")]
    rows = records(own)
    if inequalities is not None:
        texts[INEQUALITIES] = check_of_inequalities(inequalities)
    else:
        texts |= {r["subject"]: r["text_check"] for r in rows if r["subject"] == INEQUALITIES}
    return {
        row["subject"]
        for row in rows
        if texts.get(row["subject"]) == row["text_check"]
        and not _is_over(_day(row["cleared_until"]), today)
    }


def _by_subject(approvals: pd.DataFrame) -> dict[str, _Subject]:
    signed: dict[str, _Subject] = {}
    for row in records(approvals):
        subject = INEQUALITIES if row["subject"] == INEQUALITIES else row["story_id"]
        if not isinstance(subject, str):
            continue
        own = signed.setdefault(subject, _Subject([], [], []))
        if row["decision"] == "refuse":
            own.refusals.append(_signed(row))
        elif row["decision"] == "approve" and not isinstance(row["problem"], str):
            own.approvals.append(_signed(row))
        elif not isinstance(row["decision"], str) and isinstance(row["problem"], str):
            own.unclear.append(_signed(row))
    return signed


def _signed(row: Mapping[str, Any]) -> _Signed:
    return _Signed(
        # A role that names somebody is not passed on.
        "" if len(row["personal"]) else str(row["role"] or ""),
        bool(row["lived_experience"]),
        str(row["text_check"] or ""),
        row["audience"] if isinstance(row["audience"], str) else None,
        _day(row["decided_on"]),
        _day(row["expires_on"]),
    )


def _day(value: object) -> date | None:
    return None if pd.isna(cast("Any", value)) else cast(date, value)


def _is_over(last: date | None, today: date) -> bool:
    return last is not None and last < today


def _status(signed: _Subject | None, text_check: str, audience: str, today: date) -> _Status:
    at = AUDIENCES.index(audience)
    approvals, refusals, unclear = signed or _Subject([], [], [])
    refusing = _against(refusals, at)
    if refusing:
        roles = _roles(refusing)
        by = " and ".join(roles) or "somebody"
        return _Status("refused", roles, f"Refused by {by}, until the row is taken out.")
    if _against(unclear, at):
        return _Status("waits", [], "A row says neither approve nor refuse, and may be a refusal.")
    wide = [a for a in approvals if AUDIENCES.index(str(a.audience)) >= at]
    given = [a for a in wide if a.decided_on and a.decided_on <= today]
    of_this_text = [a for a in given if a.text_check == text_check]
    holding = [a for a in of_this_text if not _is_over(a.expires_on, today)]
    if _enough(holding):
        why = "Signed off by two roles, one of them with lived experience."
        return _Status("cleared", _roles(holding), why, _until(holding))
    if _enough(of_this_text):
        return _Status("expired", _roles(holding), "The sign-off has ended: sign again.")
    if _enough([a for a in given if not _is_over(a.expires_on, today)]):
        why = "The text is another one than was signed: read it and sign again."
        return _Status("text_changed", _roles(holding), why)
    return _Status("waits", _roles(holding), _missing(holding))


def _against(rows: Iterable[_Signed], at: int) -> list[_Signed]:
    """Rows that stand in the way of this audience: for it, a narrower one, or nobody knows whom."""
    return [r for r in rows if r.audience is None or AUDIENCES.index(r.audience) <= at]


def _roles(rows: Iterable[_Signed]) -> list[str]:
    """Each role once, however it is capitalised, hyphenated or spaced."""
    found = {_letters(row.role): row.role for row in rows if row.role}
    return [found[role] for role in sorted(found)]


def _letters(role: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", role).casefold() if c.isalnum())


def _enough(rows: Sequence[_Signed]) -> bool:
    return len(_roles(rows)) >= ROLES_NEEDED and any(row.lived_experience for row in rows)


def _until(rows: Sequence[_Signed]) -> date | None:
    """The last day on which enough of the rows hold; None: there is no such day."""
    days = sorted({row.expires_on for row in rows if row.expires_on})
    after = [None, *reversed(days)]
    return next(
        day
        for day in after
        if _enough([r for r in rows if not r.expires_on or (day and r.expires_on >= day)])
    )


def _missing(rows: Sequence[_Signed]) -> str:
    n_missing = ROLES_NEEDED - len(_roles(rows))
    needs_lived = not any(row.lived_experience for row in rows)
    if n_missing == ROLES_NEEDED:
        return "Two roles have to sign, one of them with lived experience."
    if needs_lived:
        return "A role with lived experience has to sign."
    return "Another role has to sign."


# What waits


def asked_for(
    clearances: pd.DataFrame,
    stories: pd.DataFrame,
    story_sets: pd.DataFrame,
    consent: pd.DataFrame,
    kinds: Mapping[str, Iterable[str]],
    places: Callable[[str], int],
    today: date,
) -> pd.DataFrame:
    """Table `clearances`, marked where a sign-off would change what is released.

    Parameters
    ----------
    kinds : mapping of audience to kinds of sets
        The sets that each audience gets.
    places : callable
        How many stories of each lane a set of a kind shows: the first that may be shown, and that
        nobody refused.
    """
    told = stories.set_index("story_id")
    open_to = clearances[clearances["status"].ne("refused")]
    wanted: set[tuple[str, str]] = {(INEQUALITIES, audience) for audience in _BEYOND}
    for audience in _BEYOND:
        may_leave = open_to.loc[open_to["audience"].eq(audience), "subject"]
        ranked = story_sets[
            story_sets["kind"].isin(set(kinds[audience])) & story_sets["story_id"].isin(may_leave)
        ].sort_values(["story_set_id", "position"])
        may_train = consented(consent, audience, "training", today)
        of_trainers = ranked["story_id"].map(told["conversation_id"]).isin(may_train)
        ranked = ranked[ranked["kind"].ne("training") | of_trainers]
        lanes = ranked["story_id"].map(told["lane"])
        place = ranked.groupby(["story_set_id", lanes]).cumcount()
        first = place.to_numpy() < np.array([*map(places, ranked["kind"])], dtype=int)
        wanted |= {(story, audience) for story in ranked.loc[first, "story_id"]}
    pairs = zip(clearances["subject"], clearances["audience"], strict=True)
    marked = [pair in wanted for pair in pairs]
    return clearances.assign(is_asked_for=pd.Series(marked, index=clearances.index, dtype=bool))


def waiting(clearances: pd.DataFrame) -> pd.DataFrame:
    """Rows of `clearances` that a sign-off would bring into a release."""
    is_open = clearances["status"].isin(["waits", "expired", "text_changed"])
    return clearances[is_open & clearances["is_asked_for"]]


def to_sign(
    clearances: pd.DataFrame, titles: Mapping[str, str], call: Callable[[str], str]
) -> bytes:
    """A spreadsheet to fill in: two rows for each subject that waits, for the widest it waits for.

    Parameters
    ----------
    titles : mapping of subject to str
        What each story is about, in the programme's words.
    call : callable
        The name of a story that the programme team knows from its release.
    """
    widest: dict[str, dict[str, Any]] = {}
    for row in records(waiting(clearances)):
        known = widest.setdefault(row["subject"], row)
        if AUDIENCES.index(row["audience"]) > AUDIENCES.index(known["audience"]):
            widest[row["subject"]] = row
    rows = sorted(
        (titles.get(subject, ""), subject if subject == INEQUALITIES else call(subject), row)
        for subject, row in widest.items()
    )
    return as_csv(
        [*COLUMNS, "about", "waits_for"],
        [
            [
                name, _grouped(row["text_check"]), row["audience"], "", lived, "", "", "", "", "",
                title, row["why"],
            ]
            for title, name, row in rows
            for lived in ("yes", "no")
        ],
    )  # fmt: skip


def _grouped(text_check: str) -> str:
    """In fours, since a spreadsheet would take some checks for a number."""
    return "-".join(text_check[at : at + 4] for at in range(0, CHECK_CHARS, 4))
