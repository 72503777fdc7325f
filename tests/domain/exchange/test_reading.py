"""Projects that come back: whatever program wrote them, and whatever is wrong with them."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pytest

from pipeline.domain.exchange.agreement import compared
from pipeline.domain.exchange.codes import theme_code
from pipeline.domain.exchange.comparing import Sent, compare
from pipeline.domain.exchange.known import known_today
from pipeline.domain.exchange.opening import ProjectError
from pipeline.domain.exchange.reading import Known, Recoded, read_project
from pipeline.domain.exchange.refi import project, zipped
from pipeline.domain.release.leaving import Leaving
from tests.domain.exchange.conftest import BUS, GARDEN, QUESTION, team
from tests.domain.exchange.dialects import DIALECTS, Given, by_the_letter, recoded, unzipped

MOST = 2**20
CODER = "Rosalind Quince"
GIVEN = [
    Given("conversation-0", BUS, "bus and road"),
    Given("conversation-1", "It keeps me going when the winter comes.", "garden and hall"),
    Given("conversation-1", GARDEN, "feeling safe"),
    Given("conversation-3", GARDEN, "bus and road"),
]


def sent(leaving: Leaving) -> bytes:
    return recoded(project(leaving), CODER, GIVEN, own_codes=("feeling safe",))


def told(found: Recoded, leaving: Leaving) -> list[tuple[str, str, str | None]]:
    """Conversation, words and theme of each coding."""
    turns = leaving.tables["redacted_turns"].set_index(["conversation_id", "turn"])["text"]
    return sorted(
        (
            own.conversation_id,
            "|".join(turns[own.conversation_id, p.turn][p.start : p.end] for p in own.places),
            own.theme_id,
        )
        for own in found.codings
    )


EXPECTED = sorted(
    (g.conversation, g.words, {"bus and road": "T1", "garden and hall": "T2"}.get(g.code))
    for g in GIVEN
)  # fmt: skip


def key(row: tuple[str, str, str | None]) -> tuple[str, str, str]:
    return (row[0], row[1], row[2] or "")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_codings_come_back_to_the_letter_from(dialect: str, leaving: Leaving, known: Known) -> None:
    found = read_project(DIALECTS[dialect](sent(leaving)), known, MOST)
    assert sorted(told(found, leaving), key=key) == sorted(EXPECTED, key=key)
    assert found.problems == ()
    assert len({own.coder for own in found.codings}) == 1


def test_where_nothing_says_how_ends_are_counted_a_passage_ends_where_a_word_does(
    leaving: Leaving, known: Known
) -> None:
    words = "We meet in the garden"
    given = [Given("conversation-1", words, "garden and hall")]
    coded = by_the_letter(recoded(project(leaving), CODER, given, keeps_machine=False))
    files = unzipped(coded)
    files["project.qde"] = files["project.qde"].replace(f' name="{words}"'.encode(), b"")
    ((_, found, _),) = told(read_project(zipped(files), known, MOST), leaving)
    assert found == words


def test_the_machine_is_nobody_who_coded(leaving: Leaving, known: Known) -> None:
    assert read_project(project(leaving), known, MOST).codings == ()


def test_the_machine_is_known_by_its_codings_where_its_user_is_lost(
    leaving: Leaving, known: Known
) -> None:
    files = unzipped(project(leaving))
    files["project.qde"] = files["project.qde"].replace(b"(machine)", b"").replace(
        b"creatingUser=", b"was="
    )  # fmt: skip
    assert read_project(zipped(files), known, MOST).codings == ()


def test_no_name_of_a_coder_comes_in(leaving: Leaving, known: Known) -> None:
    assert CODER.lower() not in repr(read_project(sent(leaving), known, MOST)).lower()


def test_one_person_is_one_coder_in_whatever_program(leaving: Leaving, known: Known) -> None:
    coders = {
        own.coder
        for write in DIALECTS.values()
        for own in read_project(write(sent(leaving)), known, MOST).codings
    }
    assert len(coders) == 1


def test_a_code_on_a_whole_text_is_on_all_of_it(leaving: Leaving, known: Known) -> None:
    files = unzipped(recoded(project(leaving), CODER, [], keeps_machine=False))
    coding = (
        '<Coding guid="00000000-0000-0000-0000-000000000009" '
        'creatingUser="00000000-0000-0000-0000-000000000008">'
        f'<CodeRef targetGUID="{theme_code("T1")}"/></Coding></TextSource>'
    )
    coded = files["project.qde"].decode().replace("</TextSource>", coding, 1)
    (own,) = read_project(zipped(files | {"project.qde": coded.encode()}), known, MOST).codings
    assert {place.turn for place in own.places} == {0, 1, 2}


def test_words_redacted_since_cost_only_their_own_codings(leaving: Leaving) -> None:
    turns = leaving.tables["redacted_turns"].copy()
    turns.loc[turns["text"].eq(QUESTION), "text"] = "What would help, [PERSON_1]?"
    turns.loc[turns["conversation_id"].eq("conversation-3") & turns["turn"].eq(1), "text"] = "Gone."
    themes = leaving.tables["themes"].assign(status="live", shown_in=None)
    found = read_project(sent(leaving), known_today(turns, themes, str), MOST)
    assert {own.conversation_id for own in found.codings} == {"conversation-0", "conversation-1"}
    assert "1 codings lie where the text is another than ours is today" in found.problems


def test_a_theme_joined_since_counts_as_the_one_it_is_shown_in(leaving: Leaving) -> None:
    themes = leaving.tables["themes"].assign(status=["joined", "live"], shown_in=["T2", None])
    known = known_today(leaving.tables["redacted_turns"], themes, str)
    found = read_project(sent(leaving), known, MOST)
    assert {own.theme_id for own in found.codings} == {"T2", None}


def test_texts_of_their_own_are_left_out_and_counted(leaving: Leaving, known: Known) -> None:
    files = unzipped(sent(leaving))
    own = (
        '<Sources><TextSource guid="00000000-0000-0000-0000-00000000000a" name="mine">'
        f"<PlainTextContent>{BUS}</PlainTextContent></TextSource>"
    )
    coded = files["project.qde"].decode().replace("<Sources>", own, 1)
    found = read_project(zipped(files | {"project.qde": coded.encode()}), known, MOST)
    assert found.problems == ("1 texts are none of ours and were left out",)
    assert len(found.codings) == len(GIVEN)


def document(text: str) -> bytes:
    return zipped({"project.qde": text.encode()})


def locked(content: bytes) -> bytes:
    """The archive with its files marked as encrypted."""
    body = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(signature)
        while at >= 0:
            body[at + offset] |= 1
            at = body.find(signature, at + 1)
    return bytes(body)


def liar() -> bytes:
    """A document that says it is small and unpacks to thirty megabytes."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b"<Project>" + b" " * 30 * 2**20)
    body, size = bytearray(sink.getvalue()), (30 * 2**20 + 9).to_bytes(4, "little")
    return bytes(body).replace(size, (9).to_bytes(4, "little"))


BOMB = "<!DOCTYPE p [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><Project name='&b;'/>"
OUTSIDE = "<!DOCTYPE p [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><Project>&a;</Project>"

BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not a ZIP archive"),
    "a letter": (lambda: b"Dear Rosalind", "not a ZIP archive"),
    "no document": (lambda: zipped({"readme.txt": b"hello"}), "holds no project documents"),
    "two documents": (lambda: zipped({"a.qde": b"", "b.qde": b""}), "2 project documents"),
    "no XML": (lambda: document("Rosalind <said"), "no readable XML"),
    "another document": (lambda: document("<Letter>Rosalind</Letter>"), "is no project"),
    "entities": (lambda: document(BOMB), "entities of its own"),
    "entities in UTF-16": (
        lambda: zipped({"project.qde": b"\xff\xfe" + BOMB.encode("utf-16-le")}),
        "entities of its own",
    ),
    "a file of the machine": (lambda: document(OUTSIDE), "entities of its own"),
    "nothing of ours": (lambda: document("<Project/>"), "no conversation of this programme"),
    "a way out": (
        lambda: zipped({"../../evil.txt": b"", "project.qde": b"<Project/>"}), "out of the project",
    ),
    "a way out of Windows": (
        lambda: zipped({"C:\\evil.txt": b"", "project.qde": b"<Project/>"}), "out of the project",
    ),
    "a bomb": (lambda: document("<Project>" + " " * 30 * 2**20), "more than is allowed"),
    "a bomb that lies": (liar, "damaged|more than is allowed"),
    "a password": (lambda: locked(document("<Project/>")), "password"),
    "depth": (lambda: document("<Project>" + "<a>" * 5000 + "</a>" * 5000 + "</Project>"), "XML"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_project_is_refused_with_a_reason_that_quotes_nobody(
    what: str, known: Known
) -> None:
    make, reason = BROKEN[what]
    with pytest.raises(ProjectError, match=reason) as refusal:
        read_project(make(), known, MOST)
    assert "Rosalind" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_damaged_file_is_refused(leaving: Leaving, known: Known) -> None:
    body = bytearray(sent(leaving))
    middle = body.index(b"project.qde") + 60
    body[middle : middle + 40] = bytes(40)
    with pytest.raises(ProjectError):
        read_project(bytes(body), known, MOST)


@pytest.mark.parametrize("place", ["relative:///", "absolute:///home/"])
def test_texts_outside_the_project_are_not_fetched(
    place: str, leaving: Leaving, known: Known
) -> None:
    files = unzipped(sent(leaving))
    files["project.qde"] = files["project.qde"].replace(b"internal://", place.encode())
    with pytest.raises(ProjectError, match="outside the project"):
        read_project(zipped(files), known, MOST)


@pytest.mark.parametrize(
    ("start", "end"), [("-3", "4"), ("x", "4"), ("9", "2"), ("1", "9" * 40), ("٣", "4")]
)
def test_positions_that_are_none_are_left_out(
    start: str, end: str, leaving: Leaving, known: Known
) -> None:
    files = unzipped(recoded(project(leaving), CODER, GIVEN[:1], keeps_machine=False))
    body = files["project.qde"].decode()
    first = body.index('startPosition="')
    last = body.index(" creatingUser", first)
    spoiled = f'{body[:first]}startPosition="{start}" endPosition="{end}"{body[last:]}'
    assert (
        read_project(zipped({**files, "project.qde": spoiled.encode()}), known, MOST).codings == ()
    )


def test_a_broken_project_holds_up_no_other_and_is_named_by_reference(
    leaving: Leaving, known: Known
) -> None:
    projects = [Sent("recoded/Rosalind.qdpx", b"torn"), Sent("recoded/b.qdpx", sent(leaving))]
    segments, assignments = (leaving.tables[n] for n in ("segments", "theme_assignments"))
    found = compare(projects, known, segments, assignments, max_bytes=MOST, seed=0)
    assert len(found.problems) == 1
    assert "Rosalind" not in found.problems[0]
    assert not found.tables.coder_agreement.empty


def test_the_last_project_of_a_coder_holds(leaving: Leaving, known: Known) -> None:
    first = sent(leaving)
    better = recoded(project(leaving), CODER, [Given("conversation-3", GARDEN, "garden and hall")])
    segments, assignments = (leaving.tables[n] for n in ("segments", "theme_assignments"))
    projects = [Sent("recoded/2.qdpx", better), Sent("recoded/1.qdpx", first)]
    found = compare(projects, known, segments, assignments, max_bytes=MOST, seed=0)
    differing = found.tables.coder_disagreements
    assert "segment-3" not in set(differing["segment_id"])


def test_a_project_as_it_was_edited_is_the_agreement_that_is_told(
    leaving: Leaving, known: Known
) -> None:
    """All that the machine says but one, which is another theme, and one that it left out."""
    given = [
        Given("conversation-0", BUS, "bus and road"),
        Given("conversation-1", GARDEN, "garden and hall"),
        Given("conversation-2", BUS, "bus and road"),
        Given("conversation-3", GARDEN, "bus and road"),
        Given("conversation-4", BUS, "bus and road"),
        Given("conversation-5", "to be honest", "garden and hall"),
    ]
    codings = read_project(recoded(project(team()), CODER, given), known, MOST).codings
    tables = [leaving.tables[name] for name in ("segments", "theme_assignments")]
    agreement, differing = compared(*tables, codings, seed=0)
    rows = agreement.set_index("theme_id")
    assert rows.loc["T1", ["n_units", "n_machine", "n_coder", "n_both"]].tolist() == [6, 3, 4, 3]
    assert rows.loc["T2", ["n_units", "n_machine", "n_coder", "n_both"]].tolist() == [6, 2, 2, 1]
    assert rows.loc["all", "agreement"] == pytest.approx(4 / 6, abs=1e-4)
    assert differing["segment_id"].tolist() == ["segment-3", "segment-5"]
    assert differing["machine_theme_ids"].tolist() == [["T2"], []]
    assert differing["coder_theme_ids"].tolist() == [["T1"], ["T2"]]


def test_a_stream_cut_short_is_no_project(known: Known) -> None:
    body = zlib.compress(b"<Project/>")
    with pytest.raises(ProjectError):
        read_project(body, known, MOST)
