import numpy as np

from pipeline.domain.themes.identity import identify


def members(first: int, last: int) -> frozenset[str]:
    return frozenset(f"s{n}" for n in range(first, last))


def outcome(
    tonight: list[frozenset[str]], before: dict[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    found = identify(tonight, before, np.zeros((len(before), len(tonight))), "R1")
    return {
        f"{event.event} {event.theme_id}": event.from_theme_ids
        for event in found.events
        if event.theme_id in before or event.event == "merged"
    }


def test_the_same_members_are_the_same_theme() -> None:
    before = {"A": members(0, 10), "B": members(10, 20)}
    found = identify([members(9, 21), members(0, 9)], before, np.zeros((2, 2)), "R1")
    assert found.theme_ids == ["B", "A"]


def test_new_segments_do_not_count_against_a_theme() -> None:
    found = identify(
        [members(0, 10) | members(50, 90)], {"A": members(0, 10)}, np.zeros((1, 1)), "R1"
    )
    assert found.events[0].overlap == 1.0


def test_a_theme_in_two_halves_is_kept_by_the_larger_and_split_by_the_other() -> None:
    found = identify([members(0, 4), members(4, 10)], {"A": members(0, 10)}, np.zeros((1, 2)), "R1")
    assert found.theme_ids[1] == "A"
    split = next(event for event in found.events if event.event == "split")
    assert (split.theme_id, split.from_theme_ids) == (found.theme_ids[0], ("A",))


def test_two_themes_in_one_are_merged_and_the_smaller_retired() -> None:
    found = outcome([members(0, 20)], {"A": members(0, 12), "B": members(12, 20)})
    assert found == {"kept A": ("A",), "retired B": (), "merged A": ("B",)}


def test_an_accidental_overlap_is_no_identity() -> None:
    found = identify(
        [members(9, 30)], {"A": members(0, 10), "B": members(10, 11)}, np.zeros((2, 1)), "R1"
    )
    assert found.theme_ids[0] not in {"A"}


def test_the_first_run_gives_birth_to_every_theme() -> None:
    found = identify([members(0, 5), members(5, 9)], {}, np.zeros((0, 2)), "R1")
    assert [event.event for event in found.events] == ["born", "born"]
    assert len(set(found.theme_ids)) == 2
