"""What the programme that ships says of groups fits the register and its own sources."""

from pathlib import Path

import pytest

from pipeline.domain.governance.register import read_register
from pipeline.domain.themes.groups import NOT_STATED, Dimension, people_by_group
from pipeline.resources.programme import Programme

DEMO = Path(__file__).parents[2] / "demo" / "raw" / "participants.csv"
DIMENSIONS = Programme(name="100-conversations").dimensions()


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda dimension: dimension.name)
def test_every_answer_in_the_register_of_the_demo_is_in_a_group(dimension: Dimension) -> None:
    people = read_register(DEMO.read_bytes()).participants
    said = people.dropna(subset=[dimension.column])
    silent = said[said[dimension.column].str.lower().eq("prefer not to say")]
    groups = people_by_group(dimension, people, said["participant_id"])
    assert set(groups[NOT_STATED]) == set(silent["participant_id"])


def test_only_ages_and_areas_have_a_source_for_their_shares() -> None:
    """A dimension gains shares by a source, never by a guess: then this list grows."""
    assert [d.name for d in DIMENSIONS if d.reference] == ["age", "area"]
    assert all(bool(d.source) == bool(d.reference) for d in DIMENSIONS)


def test_shares_follow_from_the_census_figures_beside_them() -> None:
    dorset, bcp = 379_578, 400_192
    working = 0.552 * dorset + 0.621 * bcp
    older = 0.296 * dorset + 0.216 * bcp
    known = [d for d in DIMENSIONS if d.reference]
    shares = {cell.groups: cell.share for d in known for cell in d.reference}
    assert shares["65 and over",] == pytest.approx(older / (working + older), abs=5e-4)
    of_bcp = 0.837 * bcp / (working + older)
    assert shares["Bournemouth, Christchurch and Poole",] == pytest.approx(of_bcp, abs=5e-4)


def test_a_programme_without_the_file_is_counted_by_wave_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.setattr("pipeline.resources.programme.PROGRAMMES", tmp_path)
    assert Programme(name="other").dimensions() == ()
