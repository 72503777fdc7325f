"""What is told to have changed since the release before, and what is no change."""

import pandas as pd

from pipeline.domain.release.changes import changes


def release(label: str, priority: str = "Closer to home") -> dict[str, pd.DataFrame]:
    """Tables of a release in which one theme, and the sets named after it, have this label."""
    sets = [
        ("theme-T1", "theme", label),
        ("inequalities-T1", "inequalities", f"Raised more or less by some groups: {label}"),
        ("priority-home", "priority", priority),
    ]
    titles = ["story_set_id", "kind", "title"]
    return {
        "themes": pd.DataFrame([{"theme_id": "T1", "label": label, "n_people": 20}]),
        "overview": pd.DataFrame([{"fact": "people", "n": 40}]),
        "quotes": pd.DataFrame(columns=["quote_id", "theme_id"], dtype=object),
        "stories": pd.DataFrame(columns=["story_id", "theme_id"], dtype=object),
        "story_sets": pd.DataFrame(sets, columns=titles).assign(story_id="S1", position=1),
    }


def told(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> list[list[object]]:
    return changes(before, after).to_numpy().tolist()


def test_another_running_number_is_no_other_name() -> None:
    assert told(release("no shared words (3)"), release("no shared words")) == []


def test_a_name_for_a_theme_that_had_none_is_told() -> None:
    found = told(release("no shared words (3)"), release("oars"))
    assert found == [["theme", "T1", "renamed", "no shared words (3)", "oars"]]


def test_that_a_theme_is_called_otherwise_is_not_told_again_of_its_sets() -> None:
    found = told(release("nets"), release("oars"))
    assert found == [["theme", "T1", "renamed", "nets", "oars"]]


def test_another_title_of_a_set_that_is_named_after_no_theme_is_told() -> None:
    found = told(release("oars"), release("oars", "Near home"))
    assert found == [["set", "priority-home", "renamed", "Closer to home", "Near home"]]
