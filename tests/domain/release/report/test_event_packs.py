"""Pages of event packs: made of what leaves alone, harmless, and complete on paper."""

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.report.packs import packs
from pipeline.domain.release.report.reading import told
from pipeline.domain.release.report.shell import shell_of
from pipeline.domain.themes.labels import UNNAMED

HOSTILE = {
    "a tag": "<script>alert(1)</script> and then I was sad",
    "an attribute": "\"' onmouseover=alert(1) style=x",
    "a formula": '=HYPERLINK("http://example.invalid","press")',
    "a formula after a blank": " @SUM(1+1)*cmd|' /C calc'!A0",
    "a template": "{{ 7 * 7 }}{% for x in y %}",
    "turned letters": "ab\N{RIGHT-TO-LEFT OVERRIDE}cd\x00\x1b[31m",
}
PLAIN = "I rang and rang, and I was sad."


class Page(HTMLParser):
    """What a browser makes of a page: its elements, their attributes and its words."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def quote(number: int, text: str) -> dict[str, Any]:
    return {
        "quote_id": f"quote-{number}", "conversation_id": f"conversation-{number}",
        "participant_id": f"person-{number}{number}aa", "theme_id": "T1", "text": text,
        "reading_text": text, "voice": "improve", "reasons": ["first_person"], "pool_size": 9,
        "position": number + 1,
    }  # fmt: skip


def leaving(text: str = PLAIN, label: str = "Buses", **left_out: bool) -> Leaving:
    sheet = {"pack": "theme-T1", "pack_kind": "theme", "title": None, "theme_id": "T1", "sheet": 1}
    laid = [
        sheet | {"kind": kind, "position": position, "quote_id": quote_id, "story_id": story_id,
                 "question": question, "participant_id": None, "voice": "improve"}
        for kind, position, quote_id, story_id, question in (
            ("story", 1, None, "story-1", None),
            ("quote", 1, "quote-0", None, None),
            ("quote", 2, "quote-1", None, None),
            ("quote", 3, "quote-2", None, None),
            ("counterpoint", 1, "quote-3", None, None),
            ("question", 1, None, None, "What would have to change?"),
        )
    ]  # fmt: skip
    stage = {"touchpoint": "waiting", "position": 1}
    story = {
        "story_id": "story-1", "conversation_id": "conversation-9", "participant_id": "person-9a",
        "theme_id": "T1", "lane": "theme", "voice": "improve", "text": text, "reading_text": text,
        "offsets": [{"turn": 1, "start": 0, "end": len(text)}], "reasons": [], "pool_size": 3,
    }  # fmt: skip
    clip = {
        "clip_id": "clip-1", "position": 1, "conversation_id": "conversation-0",
        "participant_id": "person-00aa", "touchpoint": "waiting", "title": "Waiting",
        "voice": "improve", "kind": "quote", "quote_id": "quote-0", "story_id": None, "turn": 3,
        "start_s": 3725.0, "end_s": 3740.5, "seconds": 15.5, "is_estimated": True,
    }  # fmt: skip
    tables = {
        "themes": [{"theme_id": "T1", "label": label, "n_people": 20}],
        "theme_prevalence": [{"theme_id": "T1", "voice": "all", "n_people": 20}],
        "quotes": [quote(number, text) for number in range(4)],
        "stories": [story],
        "story_sets": [
            {"story_set_id": "theme-T1", "kind": "theme", "title": label, "story_id": "story-1",
             "position": 1, "why": "Near."}
        ],
        "touchpoints": [
            stage | {"title": "Waiting", "n_people": 20.0, "n_good": None, "n_improve": 15.0,
                     "n_hope": None, "feeling_words": ["sad"]}
        ],
        "emotional_map": [
            stage | {"group_of_feelings": "sad", "title": "Sad or grieving", "group_position": 2,
                     "n_people": 10.0, "words": ["sad"], "quote_id": "quote-1"},
            stage | {"group_of_feelings": "proud", "title": "Proud or confident",
                     "group_position": 12, "n_people": None, "words": [], "quote_id": None},
        ],
        "trigger_clips": [clip],
        "table_sheets": laid,
    }  # fmt: skip
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items() if not left_out.get(name)}
    return Leaving("co-design events", "made-up", "Made up", frames)


def made(of: Leaving) -> dict[str, bytes]:
    return packs(shell_of(of), told(of))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_words_are_words_and_nothing_else(text: str) -> None:
    harmless, hostile = made(leaving()), made(leaving(text, label=text))
    assert harmless.keys() == hostile.keys()
    for path in (path for path in hostile if path.endswith(".html")):
        page = Page(hostile[path])
        expected = Page(harmless[path])
        assert [tag for tag, _ in page.elements] == [tag for tag, _ in expected.elements]
        assert not [a for _, attributes in page.elements for a in attributes if a[:2] == "on"]
        assert not re.search("[\x00\x1b\u202e]", hostile[path].decode())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_no_cell_of_a_spreadsheet_is_a_formula(text: str) -> None:
    for path, body in made(leaving(text)).items():
        if path.endswith(".csv"):
            cells = [c for line in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for c in line]
            assert not [cell for cell in cells if cell.strip()[:1] in ("=", "+", "-", "@")]


def test_the_words_of_a_template_are_not_filled_in() -> None:
    page = Page(made(leaving(HOSTILE["a template"]))["packs/theme-T1.html"])
    assert HOSTILE["a template"] in page.words


def test_a_sheet_has_its_question_story_voices_and_the_one_that_says_otherwise() -> None:
    page = Page(made(leaving())["packs/theme-T1.html"])
    for words in ("Buses", "Sheet 1 of 1", "What would have to change?", "Somebody says otherwise"):
        assert words in page.words
    assert page.words.count(PLAIN) == 6  # four quotes, the story, and one beside the map


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("buses", "On Buses, most people of the whole programme say otherwise."),
        (UNNAMED, "Most people of the whole programme say otherwise of its theme."),
    ],
)
def test_a_story_that_says_otherwise_says_on_what_if_that_has_a_name(label: str, said: str) -> None:
    whole = leaving(label=label)
    stories = whole.tables["stories"].assign(lane="counterpoint")
    of = whole._replace(tables=dict(whole.tables) | {"stories": stories})
    assert said in Page(made(of)["packs/theme-T1.html"]).words
    assert "say otherwise" not in Page(made(whole)["packs/theme-T1.html"]).words


def test_a_story_that_may_not_leave_is_not_waited_for() -> None:
    whole = leaving()
    sheets = whole.tables["table_sheets"]
    fewer = dict(whole.tables) | {"table_sheets": sheets[sheets["kind"].ne("story")]}
    page = Page(made(whole._replace(tables=fewer))["packs/theme-T1.html"])
    assert "A story" not in page.words
    assert "Voices" in page.words


def test_hidden_counts_are_said_to_be_few_and_empty_cells_have_a_dash() -> None:
    page = Page(made(leaving())["packs/index.html"])
    assert "few" in page.words
    assert "about 10 people" in page.words
    assert "Proud or confident" not in page.words


def test_moments_without_a_word_for_a_feeling_are_named_below_the_map() -> None:
    whole = leaving()
    home = whole.tables["touchpoints"].assign(touchpoint="home", title="Going home", position=2)
    both = pd.concat([whole.tables["touchpoints"], home])
    words = Page(
        made(whole._replace(tables={**whole.tables, "touchpoints": both}))["packs/index.html"]
    ).words
    told = words[words.index("Words for hard feelings") :]
    assert told.count("Going home") == 1
    assert told.index("Going home") > told.index("Not in the table")


def test_feelings_of_all_conversations_are_shown_where_no_moment_has_any() -> None:
    whole = leaving()
    anywhere = whole.tables["emotional_map"].assign(touchpoint="*", position=2)
    tables = {**whole.tables, "emotional_map": anywhere}
    words = Page(made(whole._replace(tables=tables))["packs/index.html"]).words
    of_map = words[words.index("Words for hard feelings") : words.index("Voices from the map")]
    assert of_map.count("All conversations, at any moment") == 1
    assert "about 10 people" in of_map
    assert of_map.index("Waiting") > of_map.index("Not in the table")


def test_feelings_of_all_conversations_stand_last_and_are_no_moment_without_words() -> None:
    whole = leaving()
    here = whole.tables["emotional_map"]
    anywhere = here.assign(touchpoint="*", position=2, group_of_feelings="angry", group_position=3)
    tables = {**whole.tables, "emotional_map": pd.concat([anywhere, here])}
    words = Page(made(whole._replace(tables=tables))["packs/index.html"]).words
    of_map = words[words.index("Words for hard feelings") :]
    assert of_map.index("All conversations, at any moment") > of_map.index("Waiting")
    assert "Not in the table" not in of_map


def test_clips_have_times_that_an_editor_reads() -> None:
    pages = made(leaving())
    assert "about 1:02:05" in re.sub(r"\s+", " ", Page(pages["packs/film.html"]).words)
    (line,) = csv.DictReader(io.StringIO(pages["packs/clips.csv"].decode("utf-8-sig")))
    assert (line["start"], line["end"], line["seconds"]) == ("1:02:05", "1:02:20", "15.5")
    assert (line["is_estimated"], line["words"]) == ("yes", PLAIN)


def test_results_have_a_line_for_each_sheet() -> None:
    lines = list(
        csv.DictReader(io.StringIO(made(leaving())["packs/results.csv"].decode("utf-8-sig")))
    )
    assert [(line["pack"], line["sheet"]) for line in lines] == [("theme-T1", "1")]


def test_without_clips_there_is_no_film_and_no_link_to_one() -> None:
    pages = made(leaving(trigger_clips=True))
    assert not {"packs/film.html", "packs/clips.csv"} & pages.keys()
    assert not [path for path, body in pages.items() if b"film.html" in body]


def test_an_audience_without_these_tables_has_no_packs() -> None:
    tables = ("touchpoints", "emotional_map", "trigger_clips", "table_sheets")
    assert made(leaving(**dict.fromkeys(tables, True))) == {}


def test_every_link_of_a_pack_leads_to_a_place_that_is_there() -> None:
    pages = made(leaving())
    for path, body in pages.items():
        if not path.endswith(".html"):
            continue
        page = Page(body)
        ids = {attributes.get("id") for _, attributes in page.elements}
        links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
        for link in links:
            assert link is not None
            if link.startswith("#"):
                assert link[1:] in ids
            elif link.startswith("../packs/"):
                assert link.removeprefix("../") in pages


def test_no_page_needs_a_network_a_script_or_a_style_of_its_own() -> None:
    for path, body in made(leaving()).items():
        if path.endswith(".html"):
            assert not {"script", "style", "iframe"} & {tag for tag, _ in Page(body).elements}
        assert b"://" not in body


def test_where_somebody_spoke_in_between_a_story_says_so_outside_its_words() -> None:
    whole = leaving()
    turns = (1, 1, 2, 4)
    story = whole.tables["stories"].assign(
        reading_text="\n\n".join(f"Part {at}." for at in range(len(turns))),
        offsets=pd.Series([[{"turn": turn, "start": 0, "end": 7} for turn in turns]]),
    )
    page = made(whole._replace(tables={**whole.tables, "stories": story}))["packs/theme-T1.html"]
    story_of = page.decode().split('class="story')[1].split("</blockquote>")[0]
    assert re.findall("<p[^>]*>(.*?)</p>", story_of) == [
        "Part 0.", "[…]", "Part 1.", "Part 2.", "(someone else spoke)", "Part 3.",
    ]  # fmt: skip
