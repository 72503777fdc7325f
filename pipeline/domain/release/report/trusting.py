# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""Pages on how far to trust it: limits, the data dictionary, and what only the team looks at."""

from collections import Counter

from pipeline.domain.release.policy import RELEASED
from pipeline.domain.release.report.harmless import short_names
from pipeline.domain.release.report.overview import parted
from pipeline.domain.release.report.reading import ALL, Row, Told, by, rows
from pipeline.domain.release.report.shell import Shell, has_page, page
from pipeline.domain.release.report.words import is_known
from pipeline.tables import type_in_words

STABLE, DOUBTFUL = 0.75, 0.5
"""Mean Jaccard overlap from which a group is stable, and below which it is hardly one (Hennig)."""

MEASURES = {
    "redactions_per_1000_words": ("Redactions for 1,000 words", 1),
    "review_hits_per_1000_words": ("Words that a second search doubts, for 1,000 words", 1),
    "canary_recall": ("Made-up identifiers that redaction found", 2),
    "words_excluded": ("Share of words that no gate let through", 2),
    "words_in_no_theme": ("Share of words in no theme", 2),
    "people_in_no_theme": ("Share of people in no theme", 2),
    "words_per_person": ("Words of a person", 0),
    "quotes_per_1000_words": ("Quotes for 1,000 words", 2),
    "story_words_per_1000_words": ("Words in stories, for 1,000 words", 0),
}
"""Measures of the pipeline's own fairness in words, with the decimals that are worth telling."""

_SHARES = ("talk_share", "open_question_share", "leading_share", "first_story_share")
LISTENING = (
    ("n_conversations", "Conversations", 0),
    ("talk_share", "Words that are the participant’s", 0),
    ("open_question_share", "Open questions", 0),
    ("leading_share", "Leading questions", 0),
    ("questions_per_1000_words", "Questions for 1,000 words", 1),
    ("words_per_answer", "Words of an answer", 0),
    ("longest_turn_words", "Words of the longest turn", 0),
    ("minutes_to_first_story", "Minutes to the first story", 1),
    ("interruptions_per_hour", "Interruptions an hour", 1),
)


def trusting_pages(shell: Shell, told: Told) -> dict[str, bytes]:
    """Limits and the dictionary for everybody; fairness, interviewers and coders for the team."""
    pages = {"trust.html": _trust(shell, told), "dictionary.html": _dictionary(shell)}
    for path, build in (
        ("interviewers.html", _interviewers),
        ("equity.html", _equity),
        ("coders.html", _coders),
    ):
        if has_page(shell, path):
            pages[path] = build(shell, told)
    return pages


def _trust(shell: Shell, told: Told) -> bytes:
    stability = [row["stability"] for row in told.themes if is_known(row["stability"])]
    ranked = sorted(rows(told.leaving, "theme_robustness"), key=lambda row: row["rank"])
    labels = told.labels
    muddled = {row["theme_id"] for row in parted(told.themes)[1]}
    return page(
        shell,
        "trust.html",
        "trust.html",
        title="How far to trust it",
        n_themes=len(told.themes),
        muddled=muddled,
        n_named=sum(row["label_by"] == "people" for row in told.themes),
        stable=Counter(_firmness(one) for one in stability),
        n_measured=len(stability),
        ranked=[row for row in ranked if row["theme_id"] in labels],
        weighted_by=next((row["weighted_by"] for row in ranked if row["weighted_by"]), []),
        labels=labels,
        coders=[r for r in rows(told.leaving, "coder_agreement") if r["theme_id"] == ALL],
    )


def _firmness(stability: float) -> str:
    if stability >= STABLE:
        return "stable"
    return "doubtful" if stability >= DOUBTFUL else "loose"


def _dictionary(shell: Shell) -> bytes:
    leaving = shell.leaving
    tables = [
        (
            name,
            RELEASED[name].meaning,
            [
                (column, type_in_words(column.type))
                for column in RELEASED[name].columns
                if column.name in leaving.tables[name]
            ],
        )
        for name in sorted(leaving.tables)
    ]
    return page(shell, "dictionary.html", "dictionary.html", title="Data dictionary", tables=tables)


def _interviewers(shell: Shell, told: Told) -> bytes:
    found = rows(told.leaving, "interviewers")
    ordered = sorted(
        found, key=lambda row: (row["kind"] != "median", row["kind"], row["interviewer"])
    )
    names = short_names(
        (row["interviewer"] for row in found if row["kind"] == "interviewer"), "Interviewer"
    )
    return page(
        shell,
        "interviewers.html",
        "interviewers.html",
        title="Feedback to interviewers",
        heads=[words for _, words, _ in LISTENING],
        interviewers=[
            (
                names.get(row["interviewer"], row["interviewer"].capitalize()),
                [_listened(row, *one) for one in LISTENING],
            )
            for row in ordered
        ],
    )


def _listened(row: Row, name: str, words: str, decimals: int) -> tuple[str, str]:
    value = row[name]
    if not is_known(value):
        return words, "–"
    return words, f"{100 * value:.0f}%" if name in _SHARES else f"{value:,.{decimals}f}"


def _equity(shell: Shell, told: Told) -> bytes:
    found = rows(told.leaving, "pipeline_equity")
    measures = by(found, "measure")
    return page(
        shell,
        "equity.html",
        "equity.html",
        title="Is everybody served alike?",
        clear=[row for row in found if row["sentence"]],
        n_compared=sum(is_known(row["gap"]) for row in found),
        measures=[
            (words, decimals, by(measures[name], "dimension"))
            for name, (words, decimals) in MEASURES.items()
            if name in measures
        ],
    )


def _coders(shell: Shell, told: Told) -> bytes:
    coders = by(rows(told.leaving, "coder_agreement"), "coder")
    return page(
        shell,
        "coders.html",
        "coders.html",
        title="People and machine",
        coders={
            coder: (
                next((row for row in own if row["theme_id"] == ALL), None),
                [row for row in own if row["theme_id"] in told.labels],
            )
            for coder, own in coders.items()
        },
        labels=told.labels,
    )
