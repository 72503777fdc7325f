"""Novelty: what few others say comes first; small talk, however odd, does not."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.domain.stories.corpus import Corpus, read_corpus
from pipeline.domain.stories.novelty import (
    WEIGHTS,
    invites_what_was_not_asked,
    novelty,
    novelty_rows,
)
from pipeline.domain.stories.people import NOBODY
from tests.domain.conftest import SETTINGS


def corpus(programme: Any, **changes: Any) -> Corpus:
    return read_corpus(*programme._replace(**changes), NOBODY, SETTINGS.min_theme_people)


def ranked(of: Corpus, lens_scores: pd.DataFrame | None = None) -> pd.DataFrame:
    rows = pd.DataFrame(novelty_rows(of, novelty(of, lens_scores)))
    return rows.assign(conversation=rows["segment_id"].str.partition("/")[0])


def test_who_speaks_of_what_nobody_else_does_comes_first(programme: Any) -> None:
    rows = ranked(corpus(programme))
    own = rows["conversation"].eq("D11")
    assert rows.loc[own, "rank"].max() == own.sum()
    assert rows.loc[own, "reasons"].map(lambda codes: "far_from_themes" in codes).all()
    assert not rows.loc[~own, "reasons"].map(lambda codes: "few_say_so" in codes).any()


def test_every_segment_has_one_place_and_a_score_from_0_to_1(programme: Any) -> None:
    rows = ranked(corpus(programme))
    assert set(rows["segment_id"]) == set(programme.segments["segment_id"])
    assert sorted(rows["rank"]) == list(range(1, len(rows) + 1))
    assert rows["novelty"].between(0, 1).all()
    assert rows.sort_values("rank")["novelty"].is_monotonic_decreasing


def test_small_talk_stands_apart_and_is_not_new(programme: Any) -> None:
    segments = programme.segments
    chat = segments.assign(
        voice=segments["voice"].mask(segments["conversation_id"].eq("D11"), "none")
    )
    rows = ranked(corpus(programme, segments=chat))
    assert rows.loc[rows["conversation"].eq("D11"), "rank"].min() > len(rows) / 4


def test_ones_own_words_said_again_are_no_company(programme: Any) -> None:
    """Everybody in the fixture says all of it twice; only others make a thing less new."""
    rows = ranked(corpus(programme)).set_index("segment_id")["novelty"]
    assert rows[rows.index.str.startswith("D11")].min() > rows.median()


def test_contradiction_is_a_reason(programme: Any) -> None:
    rows = ranked(corpus(programme))
    against = rows["reasons"].map(lambda codes: "other_voice" in codes)
    assert set(rows.loc[against, "conversation"]) == {"D00", "D07"}


def test_who_is_heard_too_little_is_told_so_and_ranks_higher(programme: Any) -> None:
    little = NOBODY._replace(under_heard=frozenset({"Q03"}))
    heard = novelty(read_corpus(*programme, little, SETTINGS.min_theme_people))
    before = novelty(corpus(programme))
    own = np.array([segment == "D03" for segment in sorted(programme.segments["conversation_id"])])
    assert all(
        "under_heard" in codes for codes, is_own in zip(heard.reasons, own, strict=True) if is_own
    )
    assert (heard.scores[own] > before.scores[own]).all()


def test_what_the_programme_has_in_mind_is_less_new(programme: Any) -> None:
    ids = programme.segments["segment_id"]
    of_bees = ids.str.startswith("D11")
    lens = pd.DataFrame(
        {"segment_id": ids, "framework": "f", "code": "c", "score": np.where(of_bees, 0.9, 0.0)}
    )
    of = corpus(programme)
    asked = novelty(of, lens)
    for segment, codes in zip(of.segments, asked.reasons, strict=True):
        assert ("not_in_frameworks" in codes) == (segment.conversation_id != "D11")


@pytest.mark.parametrize(
    "question",
    [
        "Is there anything I haven't asked you?",
        "Lovely. Is there anything else, anything we've missed?",
        "What should I have asked that I didn’t?",
        "Is there something you'd want to say that is not on my list?",
        "Anything you would like to add?",
        "is there anything nobody ever asks you about",
    ],
)
def test_questions_for_what_was_not_asked_are_known(question: str) -> None:
    assert invites_what_was_not_asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "What has helped you most?",
        "Is there anything else? And how do you get to the surgery?",
        "Did anybody ask what you wanted?",
        "What would make the buses better?",
        "",
    ],
)
def test_other_questions_are_not(question: str) -> None:
    assert not invites_what_was_not_asked(question)


def test_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_without_segments_nothing_breaks(programme: Any) -> None:
    nothing = corpus(programme, segments=programme.segments.iloc[:0])
    assert novelty_rows(nothing, novelty(nothing)) == []
