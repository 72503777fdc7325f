"""Projects that leave: valid, the same every night, and every passage the words that it names."""

import io
import itertools
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.domain.exchange.codes import code_tree, theme_code, theme_id_in
from pipeline.domain.exchange.layout import Place, lay_out, lay_pieces, places_between
from pipeline.domain.exchange.marks import STAND_IN, fitting, named, same_guid
from pipeline.domain.exchange.refi import MACHINE, codebook, project
from pipeline.domain.release.leaving import Leaving
from tests.domain.exchange.conftest import BUS, GARDEN, SCHEMA, rows_of_turns, team
from tests.domain.exchange.dialects import SPACE, unzipped

HOSTILE = (
    "</Description><script>alert(1)</script>", "]]>&amp;<!--", '" onload="x', "=1+1|cmd", "../../a",
    "\x00\x07 bell", "\u202emirrored", "two\nlines\r\nmore", "\U0001f642 smiles", "&#0;",
    "<!DOCTYPE x [<!ENTITY e 'x'>]>", "",
)  # fmt: skip
NS = {"q": SPACE}


def xml(content: bytes) -> etree._Element:
    return etree.fromstring(unzipped(content)["project.qde"])


def is_valid(content: bytes) -> bool:
    return etree.XMLSchema(etree.parse(SCHEMA)).validate(xml(content))


def passages(content: bytes) -> list[tuple[str, str, str]]:
    """Name of each passage, what stands at its place, and the character after it."""
    files, found = unzipped(content), []
    for source in etree.fromstring(files["project.qde"]).iterfind(".//q:TextSource", NS):
        text = files["sources/" + source.get("plainTextPath").removeprefix("internal://")].decode()
        for own in source.iterfind("q:PlainTextSelection", NS):
            start, end = int(own.get("startPosition")), int(own.get("endPosition"))
            found.append((own.get("name"), text[start:end], text[end : end + 1]))
    return found


@pytest.mark.parametrize("audience", ["leaving", "public"])
def test_a_project_is_valid_by_the_schema(audience: str, request: pytest.FixtureRequest) -> None:
    assert is_valid(project(request.getfixturevalue(audience)))


def test_a_release_without_people_is_a_valid_project(leaving: Leaving) -> None:
    empty = {name: table.iloc[:0] for name, table in leaving.tables.items()}
    assert is_valid(project(leaving._replace(tables=empty)))


def test_a_schema_that_refuses_is_read_at_all(leaving: Leaving) -> None:
    body = etree.tostring(xml(project(leaving))).replace(b"isCodable", b"codable")
    assert not etree.XMLSchema(etree.parse(SCHEMA)).validate(etree.fromstring(body))


def test_rows_in_any_order_give_the_same_bytes(leaving: Leaving) -> None:
    turned = {name: table.iloc[::-1] for name, table in reversed(leaving.tables.items())}
    assert project(leaving._replace(tables=turned)) == project(leaving)
    assert codebook(leaving._replace(tables=turned)) == codebook(leaving)


def test_the_archive_tells_no_time_and_holds_texts_by_their_ids(leaving: Leaving) -> None:
    with zipfile.ZipFile(io.BytesIO(project(leaving))) as archive:
        infos = archive.infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    names = [info.filename for info in infos]
    assert names == sorted(names)
    texts = [name.removeprefix("sources/").removesuffix(".txt") for name in names if "/" in name]
    assert len(texts) == 6
    assert all(same_guid(text) == text for text in texts)


def test_every_passage_is_the_words_that_it_names_and_a_blank_follows(leaving: Leaving) -> None:
    found = passages(project(leaving))
    assert len(found) == 8
    assert {name for name, _, _ in found} >= {BUS, GARDEN}
    assert all(name == words and after.isspace() for name, words, after in found)


def test_texts_have_line_feeds_only_and_no_mark(leaving: Leaving) -> None:
    texts = [body for name, body in unzipped(project(leaving)).items() if name != "project.qde"]
    assert not any(b"\r" in text or text.startswith(b"\xef\xbb\xbf") for text in texts)
    assert all(text.endswith(b"\n") for text in texts)


def test_the_machine_is_one_coder_and_says_how_sure_it_is(leaving: Leaving) -> None:
    root = xml(project(leaving))
    (user,) = root.iterfind(".//q:User", NS)
    assert user.get("name") == MACHINE
    codings = list(root.iterfind(".//q:Coding", NS))
    assert {coding.get("creatingUser") for coding in codings} == {user.get("guid")}
    said = root.findtext(f".//q:PlainTextSelection[@name='{GARDEN}']/q:Description", "", NS)
    assert "garden and hall: strength 0.80, core" in said


def test_every_reference_leads_somewhere(leaving: Leaving, public: Leaving) -> None:
    for own in (leaving, public):
        root = xml(project(own))
        known = {element.get("guid") for element in root.iter() if element.get("guid")}
        assert {e.get("targetGUID") for e in root.iter() if e.get("targetGUID")} <= known


def test_ids_are_nobody_elses(leaving: Leaving) -> None:
    ids = [e.get("guid") for e in xml(project(leaving)).iter() if e.get("guid")]
    assert len(ids) == len(set(ids))


def test_a_theme_says_which_it_is_in_its_description(leaving: Leaving) -> None:
    codes = {own.guid: own for group in code_tree(leaving) for own in group.within}
    assert theme_id_in(codes[theme_code("T2")].description) == "T2"
    assert theme_id_in("people say: theme id is nice") == ""


def test_no_two_codes_bear_one_name() -> None:
    themes = team().tables["themes"].assign(label="Voice: hope or idea")
    names = [own.name for group in code_tree(team(themes=themes)) for own in group.within]
    assert len({name.casefold() for name in names}) == len(names)


def test_sets_hold_their_texts_and_their_code(leaving: Leaving) -> None:
    sets = {s.get("name"): s for s in xml(project(leaving)).iterfind(".//q:Set", NS)}
    theme = sets["garden and hall"]
    assert [m.get("targetGUID") for m in theme.iterfind("q:MemberCode", NS)] == [theme_code("T2")]
    assert len(list(sets["Getting out & about"].iterfind("q:MemberSource", NS))) == 1


def test_other_audiences_get_quotes_and_stories_and_no_conversation(public: Leaving) -> None:
    sources = list(xml(project(public)).iterfind(".//q:TextSource", NS))
    assert [source.get("name") for source in sources] == ["quote-1", "story-1"]
    assert all(words == name for name, words, _ in passages(project(public)))


def test_people_are_cases_without_bands_unless_these_are_released(leaving: Leaving) -> None:
    root = xml(project(leaving))
    assert root.find("q:Variables", NS) is None
    assert [c.get("name") for c in root.iterfind(".//q:Case", NS)] == [
        f"person-{at}" for at in range(6)
    ]
    stories = leaving.tables["stories"].assign(age_band="65 and over")
    told = xml(project(leaving._replace(tables={**leaving.tables, "stories": stories})))
    (value,) = told.iterfind(".//q:TextValue", NS)
    assert value.text == "65 and over"
    assert value.getparent().getparent().get("name") == "person-1"


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_words_do_no_harm(number: int) -> None:
    words = HOSTILE[number]
    turns = pd.DataFrame(rows_of_turns())
    turns.loc[1, "text"] = f"{BUS} {words}"
    themes = team().tables["themes"].assign(label=words, description=words, keywords=[[words]] * 2)
    sets = team().tables["story_sets"].assign(title=words)
    own = team(redacted_turns=turns, themes=themes, story_sets=sets)._replace(title=words)
    content = project(own)
    assert is_valid(content)
    assert all(name == said for name, said, _ in passages(content))
    assert etree.fromstring(codebook(own)) is not None


@settings(deadline=None, max_examples=50)
@given(text=st.text(max_size=60))
def test_words_are_made_fit_one_character_for_one(text: str) -> None:
    fit = fitting(text)
    assert len(fit) == len(text)
    assert len(fit.encode("utf-16-le")) == 2 * len(fit)
    assert not set(fit) & set("\r\n\t\0\ufeff\u202e")
    assert etree.fromstring(f"<a>{named(fit).replace('&', '').replace('<', '')}</a>") is not None


def test_an_emoji_is_told_as_one_sign_that_stands_for_it() -> None:
    assert fitting("fine \U0001f642 thanks") == f"fine {STAND_IN} thanks"


@settings(deadline=None, max_examples=30)
@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_each_turn_stands_where_the_layout_says(texts: list[str]) -> None:
    turns = pd.DataFrame(
        [
            {"turn": at, "role": role, "start_s": None, "text": text}
            for at, (text, role) in enumerate(
                zip(texts, itertools.cycle(["interviewer", "participant"]), strict=False)
            )
        ]
    )
    laid = lay_out(turns)
    assert [laid.text[p.start : p.end] for p in laid.turns] == [fitting(t) for t in texts if t]
    for place in laid.turns:
        whole = Place(place.turn, 0, place.end - place.start)
        assert laid.range_of(whole) == (place.start, place.end)
        assert places_between(laid.turns, place.start, place.end) == [whole]


@pytest.mark.parametrize(
    "place", [Place(9, 0, 1), Place(1, 3, 3), Place(1, 0, 99)], ids=["turn", "empty", "too far"]
)
def test_a_place_that_is_not_there_has_no_range(place: Place) -> None:
    turn = {"turn": 1, "role": "participant", "start_s": 3661.0, "text": "I see."}
    assert lay_out(pd.DataFrame([turn])).range_of(place) is None


def test_who_speaks_and_when_stands_above_each_turn() -> None:
    turn = {"turn": 1, "role": "participant", "start_s": 3661.0, "text": "I see."}
    assert lay_out(pd.DataFrame([turn])).text == "Participant (1:01:01)\nI see.\n\n"


def test_pieces_of_a_story_are_parted_by_a_blank_line() -> None:
    assert lay_pieces(["First.", "Then."]).text == "First.\n\nThen.\n\n"
