"""Curation: verbatim or not at all, spread over people, with reasons, whatever the row order."""

import hashlib
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as sampled
from hypothesis import strategies as st

from pipeline.domain.stories.curation import Curated, curate
from pipeline.domain.stories.passages import quotable, sentences
from pipeline.domain.stories.people import NOBODY
from pipeline.domain.stories.quotes import moved_up
from pipeline.domain.stories.reasons import REASONS
from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.domain.validation.segments import cut_segments
from pipeline.domain.validation.sentences import Stretch
from pipeline.domain.validation.words import count_words
from pipeline.tables import TABLES, parquet_bytes, to_arrow


@pytest.fixture(scope="module")
def curated(programme: Any, settings: Any) -> Curated:
    return curate(*programme, settings)


@pytest.fixture(scope="module")
def said(programme: Any) -> dict[tuple[str, int], tuple[str, str]]:
    turns = programme.redacted_turns
    return {
        (row["conversation_id"], row["turn"]): (row["role"], row["text"])
        for row in turns.to_dict("records")
    }


def test_every_quote_is_what_a_participant_said_at_its_offsets(curated: Any, said: Any) -> None:
    assert len(curated.quotes)
    for quote in curated.quotes.to_dict("records"):
        role, text = said[quote["conversation_id"], quote["turn"]]
        assert role == "participant"
        assert text[quote["start"] : quote["end"]] == quote["text"]
        assert hashlib.sha256(quote["text"].encode()).hexdigest() == quote["sha256"]


def test_every_story_is_its_pieces_joined_and_no_interviewer_speaks_in_it(
    curated: Any, said: Any
) -> None:
    assert len(curated.stories)
    for story in curated.stories.to_dict("records"):
        pieces = [said[story["conversation_id"], p["turn"]] for p in story["offsets"]]
        assert {role for role, _ in pieces} == {"participant"}
        texts = [
            text[p["start"] : p["end"]]
            for p, (_, text) in zip(story["offsets"], pieces, strict=True)
        ]
        assert "\n\n".join(texts) == story["text"]
        assert 80 <= story["n_words"] <= 400


def test_quotes_are_whole_sentences_of_eight_to_sixty_words(curated: Any, said: Any) -> None:
    for quote in curated.quotes.to_dict("records"):
        text = said[quote["conversation_id"], quote["turn"]][1]
        assert 8 <= quote["n_words"] <= 60
        assert quote["start"] == 0 or text[: quote["start"]].rstrip()[-1] in ".!?"
        assert quote["text"][-1] in ".!?"


def test_nobody_is_quoted_twice_in_a_theme_nor_twice_with_the_same_words(curated: Any) -> None:
    quotes = curated.quotes
    assert not quotes.duplicated(["theme_id", "participant_id"]).any()
    for _, own in quotes.groupby(["conversation_id", "turn"]):
        spans = sorted(zip(own["start"], own["end"], strict=True))
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_what_is_said_in_a_hidden_theme_is_in_no_quote_and_no_story(
    programme: Any, settings: Any
) -> None:
    hidden = programme.themes.assign(status=["live", "hidden"])
    found = curate(*programme._replace(themes=hidden), settings)
    assert set(found.quotes["theme_id"]) == {"theme-bus"}
    speakers = set(found.stories["conversation_id"])
    assert not speakers & {f"D{at:02}" for at in range(6, 11)}
    assert "D11" in speakers
    assert "theme-theme-garden" not in set(found.story_sets["story_set_id"])


def test_whoever_says_the_opposite_is_among_the_first_quotes(curated: Any) -> None:
    first = curated.quotes[curated.quotes["position"] <= 3]
    for _, own in first.groupby("theme_id"):
        assert "good" in set(own["voice"])
        assert own["is_counterpoint"].any()
        assert (own["is_counterpoint"] == own["voice"].eq("good")).all()


def test_what_most_say_is_among_the_first_two(curated: Any) -> None:
    first = curated.quotes[curated.quotes["position"] <= 2]
    for _, own in first.groupby("theme_id"):
        assert "improve" in set(own["voice"])


def test_what_must_be_heard_moves_up_and_the_rest_keeps_its_order() -> None:
    assert moved_up(list("abcd"), [False, False, False, True], 1) == list("adbc")
    assert moved_up(list("abcd"), [True, False, False, True], 1) == list("abcd")
    assert moved_up(list("abcd"), [False] * 4, 1) == list("abcd")


def test_the_counterpoint_stands_beside_the_stories_of_its_theme(curated: Any) -> None:
    lanes = curated.stories.groupby("theme_id")["lane"].agg(set)
    assert all({"theme", "counterpoint"} <= lane for lane in lanes)
    counter = curated.stories[curated.stories["lane"].eq("counterpoint")]
    assert set(counter["voice"]) == {"good"}


def test_who_speaks_of_what_nobody_else_does_is_a_new_perspective(curated: Any) -> None:
    apart = curated.stories[curated.stories["lane"].eq("new_perspective")]
    assert set(apart["conversation_id"]) == {"D11"}
    assert apart["theme_id"].isna().all()
    assert apart["reasons"].map(lambda codes: "far_from_themes" in codes).all()


def test_sets_hold_only_stories_that_exist_in_order_from_one(curated: Any) -> None:
    sets = curated.story_sets
    assert set(sets["story_id"]) <= set(curated.stories["story_id"])
    for _, own in sets.groupby("story_set_id"):
        assert sorted(own["position"]) == list(range(1, len(own) + 1))
    assert {"theme", "new_perspective", "training"} <= set(sets["kind"])


def test_who_always_begins_in_mid_thought_is_quoted_after_all_others(
    programme: Any, settings: Any
) -> None:
    turns = programme.redacted_turns
    own = turns["conversation_id"].eq("D08") & turns["role"].eq("participant")
    joined_on = turns["text"].str.replace(r"(^|[.] )(?=[A-Z])", r"\1And then ", regex=True)
    turns = turns.assign(text=turns["text"].mask(own, joined_on))
    people = {name: name.replace("D", "Q") for name in turns["conversation_id"]}
    segments = cut_segments(turns, people, settings).segments.assign(voice="improve")
    changed = programme._replace(redacted_turns=turns, segments=segments)
    groups = {
        who: frozenset({("age", "old" if who == "Q08" else "young")}) for who in people.values()
    }
    quotes = curate(*changed, settings, people=NOBODY._replace(groups=groups)).quotes
    garden = quotes[quotes["theme_id"].eq("theme-garden")].sort_values("position")
    assert garden["conversation_id"].iloc[-1] == "D08"
    assert not garden["text"].iloc[:-1].str.startswith("And then").any()


def test_every_choice_has_a_reason_that_can_be_told(curated: Any) -> None:
    for reasons in (*curated.quotes["reasons"], *curated.stories["reasons"]):
        assert reasons
        assert set(reasons) <= set(REASONS)
    assert curated.story_sets["why"].str.endswith(".").all()


def test_rows_in_any_order_give_the_same_bytes(programme: Any, settings: Any) -> None:
    shuffled = [frame.sample(frac=1, random_state=7) for frame in programme]
    one, other = curate(*programme, settings), curate(*shuffled, settings)
    for name in Curated._fields:
        table = TABLES[name]
        assert parquet_bytes(to_arrow(table, getattr(one, name))) == parquet_bytes(
            to_arrow(table, getattr(other, name))
        )


def test_without_punctuation_quotes_are_stretches_and_say_so(
    unpunctuated: Any, settings: Any
) -> None:
    quotes = curate(*unpunctuated, settings).quotes
    assert len(quotes)
    assert quotes["n_words"].between(8, 60).all()
    assert quotes["reasons"].map(lambda codes: "clause_bounded" in codes).all()


def test_without_themes_there_is_nothing_to_quote_and_nothing_breaks(
    programme: Any, settings: Any
) -> None:
    none = programme._replace(
        themes=programme.themes.iloc[:0], theme_assignments=programme.theme_assignments.iloc[:0]
    )
    found = curate(*none, settings)
    assert found.quotes.empty
    assert found.stories.empty
    assert found.story_sets.empty
    assert set(found.story_set_outcomes["outcome"]) == {"empty"}
    assert len(found.segment_novelty) == len(programme.segments)


PRIORITIES = Framework(
    "priorities",
    (
        Entry("priority", "green", "Green space", ("time in the garden",)),
        Entry("priority", "travel", "Getting about", ("the last bus home",)),
    ),
    {},
)


def lens_scores(programme: Any, green: float) -> pd.DataFrame:
    """The gardeners, and D00, speak of gardens as surely as is said, and nobody of buses."""
    rows = [
        (segment_id, "priorities", code, score)
        for segment_id, who in programme.segments[["segment_id", "conversation_id"]].to_numpy()
        for code, score in (
            ("green", green * (who == "D00" or "D06" <= who < "D11")),
            ("travel", 0.1),
        )
    ]
    return pd.DataFrame(rows, columns=["segment_id", "framework", "code", "score"])


def test_a_priority_gets_the_stories_that_the_lens_finds_and_no_others(
    programme: Any, settings: Any
) -> None:
    scores = lens_scores(programme, green=0.9)
    found = curate(*programme, settings, lens_scores=scores, frameworks=[PRIORITIES])
    conversations = dict(
        zip(found.stories["story_id"], found.stories["conversation_id"], strict=True)
    )
    sets = found.story_sets[found.story_sets["kind"].eq("priority")]
    assert set(sets["story_set_id"]) == {"priority-green"}
    told_by = [conversations[story] for story in sets["story_id"]]
    assert set(told_by) <= {"D00", *(f"D{n:02}" for n in range(6, 11))}
    assert len(set(told_by)) == len(told_by)


def test_a_priority_that_no_story_surely_speaks_of_has_no_set(
    programme: Any, settings: Any
) -> None:
    scores = lens_scores(programme, green=0.15)
    found = curate(*programme, settings, lens_scores=scores, frameworks=[PRIORITIES])
    assert "priority" not in set(found.story_sets["kind"])


@sampled(max_examples=60, deadline=None)
@given(st.text(alphabet="ab .!?,’\n[PERSON_1]", max_size=300))
def test_any_quote_of_any_text_is_its_substring(text: str) -> None:
    for passage in quotable(3, text, Stretch(0, len(text)), sentences(text)):
        (piece,) = passage.pieces
        assert text[piece.start : piece.end] == passage.text
        assert 8 <= count_words(passage.text) <= 60
