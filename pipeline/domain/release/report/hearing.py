"""Pages on who was heard: beside the population, whether enough, and what differs by group."""

from pipeline.domain.release.report.charts import BLUE, Bar, Picture, curve_picture, picture
from pipeline.domain.release.report.harmless import safe_name
from pipeline.domain.release.report.reading import Row, Told, by, rows
from pipeline.domain.release.report.shell import Shell, has_page, page
from pipeline.domain.release.report.words import is_known, percent
from pipeline.domain.themes.groups import EVERYONE, NOT_STATED

VERDICTS = {
    "over": "more than in the population",
    "as_expected": "as in the population",
    "under": "fewer than in the population",
    "missing": "missing",
    "no_reference": "cannot be told",
    "hidden": "not told: few people",
}


def hearing_pages(shell: Shell, told: Told) -> dict[str, bytes]:
    """Who has been heard, whether that is enough, and differences between groups."""
    pages = {**_heard(shell, told), **_enough(shell, told)}
    if has_page(shell, "inequalities.html"):
        pages["inequalities.html"] = _inequalities(shell, told)
    return pages


def _heard(shell: Shell, told: Told) -> dict[str, bytes]:
    groups = by(rows(told.leaving, "representation"), "dimension")
    summary = {row["dimension"]: row for row in rows(told.leaving, "representation_summary")}
    pictures = {name: _heard_picture(name, own, summary.get(name)) for name, own in groups.items()}
    missing = [
        row for own in groups.values() for row in own if row["verdict"] in ("missing", "under")
    ]
    body = page(
        shell,
        "heard.html",
        "heard.html",
        title="Who has been heard, and who is missing",
        missing=missing,
        dimensions=[
            (name, *_parted(own), summary.get(name), pictures[name]) for name, own in groups.items()
        ],
        unknown=[name for name, own in groups.items() if not any(map(_has_reference, own))],
        verdicts=VERDICTS,
    )
    files = {"heard.html": body}
    for drawn in pictures.values():
        files |= drawn.files if drawn else {}
    return files


def _heard_picture(name: str, own: list[Row], summary: Row | None) -> Picture | None:
    """Shares heard beside shares of the population, in the band that chance alone would give."""
    known = [row for row in own if is_known(row["share"]) and is_known(row["reference_share"])]
    if not known:
        return None
    n_people = (summary or {}).get("n_people")
    bars = [
        Bar(
            row["group"],
            row["share"],
            _of(row["expected_low"], n_people),
            _of(row["expected_high"], n_people),
            f"{percent(row['share'])} heard, {percent(row['reference_share'])} of people",
            BLUE,
            row["reference_share"],
        )
        for row in known
    ]
    said = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
    return picture(f"heard-{safe_name(name.replace(' ', '-'))}", bars, f"Chart, by {name}. {said}.")


def _parted(own: list[Row]) -> tuple[list[Row], list[Row]]:
    """Groups that add up, not stated last; and parts of them, of which no figure is known.

    Where shares of the population are known, they are of groups that make up everybody: one
    without a share is part of one of these, and told of a second time.
    """
    ordered = sorted(own, key=lambda row: row["group"] == NOT_STATED)
    if not any(map(_has_reference, own)):
        return ordered, []
    is_whole = [_has_reference(row) or row["group"] == NOT_STATED for row in ordered]
    parted = list(zip(ordered, is_whole, strict=True))
    return [row for row, whole in parted if whole], [row for row, whole in parted if not whole]


def _has_reference(row: Row) -> bool:
    return is_known(row["reference_share"])


def _of(n: float | None, whole: float | None) -> float | None:
    return n / whole if is_known(n) and is_known(whole) and n is not None and whole else None


def _enough(shell: Shell, told: Told) -> dict[str, bytes]:
    verdicts = rows(told.leaving, "saturation_verdicts")
    everyone = next((row for row in verdicts if row["dimension"] == EVERYONE), None)
    points = rows(told.leaving, "saturation")
    drawn = None
    if points:
        last = points[-1]["n_conversations"]
        alt = (
            f"Curve: share of all themes heard after so many conversations, rising to all of them "
            f"after {last}. The band holds 95% of orders in which they could have been held."
        )
        drawn = curve_picture("saturation", points, alt)
    body = page(
        shell,
        "enough.html",
        "enough.html",
        title="Have we listened enough?",
        everyone=everyone,
        chart=drawn,
        milestones=_milestones(points),
        groups=by([row for row in verdicts if row["dimension"] != EVERYONE], "dimension"),
    )
    return {"enough.html": body, **(drawn.files if drawn else {})}


def _milestones(points: list[Row]) -> list[Row]:
    """The curve in a few numbers: at 5, 10, 20, 30 ... until all are heard, and at the last."""
    last = points[-1]["n_conversations"] if points else 0
    full = next((row["n_conversations"] for row in points if row["share_low"] >= 1), last)
    wanted = {5, last, *range(10, last, 10 if last <= _MANY else 50)}
    end = min((n for n in wanted if n >= full), default=last)
    return [
        row
        for row in points
        if row["n_conversations"] in wanted and (row["n_conversations"] <= end or row is points[-1])
    ]


_MANY = 150


def _inequalities(shell: Shell, told: Told) -> bytes:
    found = rows(told.leaving, "inequalities")
    labels = told.labels
    told_apart = [
        r for r in found if r["direction"] in ("over", "under") and r["theme_id"] in labels
    ]
    return page(
        shell,
        "inequalities.html",
        "inequalities.html",
        title="Differences between groups",
        themes=by(told_apart, "theme_id"),
        labels=labels,
        n_compared=len(found),
        n_insufficient=sum(row["direction"] == "insufficient" for row in found),
    )
