"""The report: whole pages that anybody can read, that lead nowhere outside, and that do no harm."""

import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import PurePosixPath

import pytest

from pipeline.domain.release.report.harmless import harmless, safe_name, short_names
from pipeline.domain.release.report.site import pages
from tests.domain.release.report.conftest import leaving_of, rows_of

VOID = {"meta", "link", "img", "br", "input", "source"}
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'"
REPORTS = ("team", "public", "bare")


class Page(HTMLParser):
    """What stands on a page: its elements with their attributes, and whether all are closed."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.problems: list[str] = []
        self.words: list[str] = []
        self.feed(body.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        repeated = [name for name, n in Counter(name for name, _ in attrs).items() if n > 1]
        self.problems += [f"{tag} has {name} twice" for name in repeated]
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag} is closed out of order")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def having(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest) -> dict[str, bytes]:
    return request.getfixturevalue(request.param)


def pages_of(report: dict[str, bytes]) -> dict[str, Page]:
    return {path: Page(body) for path, body in report.items() if path.endswith(".html")}


def wrong(report: dict[str, bytes], is_wrong) -> dict[str, object]:
    """Pages on which something is wrong, with what."""
    found = {path: is_wrong(page) for path, page in pages_of(report).items()}
    return {path: problem for path, problem in found.items() if problem}


def test_every_element_is_closed_in_its_place(report: dict[str, bytes]) -> None:
    assert not wrong(report, lambda page: page.problems + page.open)


def test_no_id_stands_twice_on_a_page(report: dict[str, bytes]) -> None:
    assert not wrong(report, lambda p: [i for i, n in Counter(p.having("id")).items() if n > 1])


def test_headings_begin_with_one_and_leave_no_level_out(report: dict[str, bytes]) -> None:
    def broken(page: Page) -> list[int]:
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        jumps = [after for before, after in pairwise(levels) if after > before + 1]
        return jumps if levels[:1] == [1] and levels.count(1) == 1 else [*jumps, 0]

    assert not wrong(report, broken)


def test_every_page_says_its_language_and_has_its_landmarks(report: dict[str, bytes]) -> None:
    def lacks(page: Page) -> list[str]:
        landmarks = [
            tag for tag in ("header", "nav", "main", "footer", "title") if not page.of(tag)
        ]
        return landmarks + ["lang"] * (page.of("html") != [{"lang": "en"}])

    assert not wrong(report, lacks)


def test_every_picture_is_said_in_words_and_every_cell_has_its_head(
    report: dict[str, bytes],
) -> None:
    def lacks(page: Page) -> list[str]:
        unsaid = ["img" for image in page.of("img") if len(image.get("alt", "")) < 20]
        headless = ["th" for head in page.of("th") if head.get("scope") not in {"col", "row"}]
        uncaptioned = ["table"] * (len(page.of("table")) - len(page.of("caption")))
        return unsaid + headless + uncaptioned

    assert not wrong(report, lacks)


def test_a_policy_shuts_every_page_off_and_nothing_on_it_would_need_more(
    report: dict[str, bytes],
) -> None:
    def open_(page: Page) -> list[str]:
        policies = [m["content"] for m in page.of("meta") if "http-equiv" in m]
        inline = [
            name for _, own in page.elements for name in own if name == "style" or name[:2] == "on"
        ]
        scripts = [own for own in page.of("script") if set(own) != {"src", "defer"}]
        styled = page.of("style") + page.of("iframe") + page.of("object") + page.of("form")
        shut = len(policies) == 1 and policies[0].startswith(POLICY)
        return [*inline, *map(str, scripts), *map(str, styled), *["policy"] * (not shut)]

    assert not wrong(report, open_)


def test_every_link_leads_to_a_place_in_the_folder(report: dict[str, bytes]) -> None:
    parsed = pages_of(report)

    def lost(path: str, link: str) -> bool:
        target, _, place = link.partition("#")
        parts: list[str] = [] if not target else list(PurePosixPath(path).parent.parts)
        for part in PurePosixPath(target).parts if target else PurePosixPath(path).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        file = "/".join(parts)
        if ":" in link or file not in report:
            return True
        return bool(place) and place not in parsed[file].having("id")

    links = {
        (path, link)
        for path, page in parsed.items()
        for name in ("href", "src", "srcset")
        for link in page.having(name)
    }
    assert not [(path, link) for path, link in links if lost(path, link)]


def test_every_page_but_the_first_can_be_reached_from_it(report: dict[str, bytes]) -> None:
    parsed = pages_of(report)
    reached, ahead = set(), ["report/index.html"]
    while ahead:
        path = ahead.pop()
        reached.add(path)
        for link in parsed[path].having("href"):
            parts = list(PurePosixPath(path).parent.parts)
            for part in PurePosixPath(link.partition("#")[0]).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            there = "/".join(parts)
            if there in parsed and there not in reached:
                ahead.append(there)
    assert reached == set(parsed)


def test_files_are_named_after_ids_that_could_be_nobody_s_words(report: dict[str, bytes]) -> None:
    named = re.compile(r"report/(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9_-]*\.(?:html|css|js|svg|csv)")
    assert not [path for path in report if not named.fullmatch(path)]


def test_nothing_on_a_page_is_a_hole(report: dict[str, bytes]) -> None:
    """None, nan and a number with a point where people are counted would be a slip of ours."""
    slips = re.compile(r"\bNone\b|\bnan\b|\bNaN\b|Undefined|\b\d+\.0 people")
    assert not wrong(report, lambda page: slips.findall(page.text))


# Hostile text


def test_what_people_write_stays_words(team: dict[str, bytes]) -> None:
    for path, page in pages_of(team).items():
        assert [own["src"].rpartition("/")[2] for own in page.of("script")] in ([], ["map.js"]), (
            path
        )
        assert not [own for own in page.of("img") if not own["src"].endswith(".svg")], path
    assert "<script>alert(1)</script>" in pages_of(team)["report/themes/T00.html"].text
    assert "{{ 7*7 }}" in pages_of(team)["report/themes/T00.html"].text


def test_no_sign_that_is_not_seen_is_on_a_page_or_in_a_chart(team: dict[str, bytes]) -> None:
    for path, body in team.items():
        if path.endswith((".html", ".svg")):
            unseen = {
                c for c in body.decode() if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Co"}
            }
            assert unseen <= {"\n", "\t"}, path


def test_charts_are_well_formed_and_draw_no_tag_of_others(team: dict[str, bytes]) -> None:
    from lxml import etree

    for path, body in team.items():
        if path.endswith(".svg"):
            tags = {etree.QName(one).localname for one in etree.fromstring(body).iter()}
            assert tags <= {
                "svg",
                "g",
                "path",
                "line",
                "text",
                "tspan",
                "rect",
                "title",
                "defs",
                "clipPath",
            }, path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("a\u202eb\u2066c", "a\ufffdb\ufffdc"),
        ("bell\x07 and null\x00", "bell\ufffd and null\ufffd"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
        ("zażółć, 日本, עברית", "zażółć, 日本, עברית"),
    ],
    ids=["plain", "turned round", "control", "line ends", "joined pictures", "other scripts"],
)
def test_signs_that_are_not_seen_are_marked_and_letters_kept(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize("name", ["T1", "priority-closer-to-home", "complex_trauma"])
def test_ids_of_our_own_name_files_as_they_are(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["../up", "a b", "", "-x", "é", "a/b", "a" * 200, "x\udcff"])
def test_other_ids_name_files_by_their_hash(name: str) -> None:
    assert re.fullmatch("x[0-9a-f]{16}", safe_name(name))


def test_pseudonyms_are_short_and_still_told_apart() -> None:
    names = short_names(["person-abcd1", "person-abcd2", "person-ffff3"])
    assert names == {
        "person-abcd1": "Person ABCD1",
        "person-abcd2": "Person ABCD2",
        "person-ffff3": "Person FFFF3",
    }


# What is told


def test_the_first_page_says_how_many_and_what_was_left_out(public: dict[str, bytes]) -> None:
    text = pages_of(public)["report/index.html"].text
    assert "95 people heard" in text or "people heard 95" in text
    assert "Themes left out." in text
    assert "Please do not pass it on" not in text


def test_a_hidden_count_is_said_to_be_hidden_and_why(public: dict[str, bytes]) -> None:
    text = pages_of(public)["report/themes/T01.html"].text
    assert "How many people raise this is not told to this audience" in text
    assert "not told: few people" in text


def test_a_theme_page_has_what_others_say_beside_what_most_say(public: dict[str, bytes]) -> None:
    page = pages_of(public)["report/themes/T00.html"]
    quotes = [own for own in page.of("figure") if own.get("class", "").startswith("quote")]
    assert [own["class"] for own in quotes] == ["quote", "quote", "quote is-counterpoint"]
    assert "[…]" in page.text
    assert "Person 0001, Made-up talks." in page.text


def test_a_theme_that_may_be_no_subject_is_listed_apart_and_says_so(
    public: dict[str, bytes],
) -> None:
    assert "To be read with care" in pages_of(public)["report/themes/T02.html"].text
    first = [a["href"] for a in pages_of(public)["report/index.html"].of("a")]
    assert "themes/T02.html" not in first


def test_what_only_the_team_may_see_has_no_page_and_no_entry_for_others(
    public: dict[str, bytes], team: dict[str, bytes]
) -> None:
    own = {"report/sign-offs.html", "report/interviewers.html", "report/coders.html"}
    assert own <= set(team)
    assert not own & set(public)


@pytest.mark.parametrize("audience", ["health and care partners", "programme team"])
def test_differences_between_groups_are_in_the_menu_only_if_some_are_told(audience: str) -> None:
    page = "report/inequalities.html"
    rows = rows_of(3, "oars", "We rowed out.")
    waiting = {"subject": "inequalities", "audience": "public", "status": "waits", "why": "New."}
    rows["clearances"] = [waiting | {"is_asked_for": True, "text_check": "ab"}]
    assert page in pages(leaving_of(audience, rows))
    without = pages(leaving_of(audience, rows | {"inequalities": []}))
    assert page not in without
    assert not [path for path, body in without.items() if b"inequalities.html" in body]


def test_a_story_that_waits_can_be_read_where_it_stands(team: dict[str, bytes]) -> None:
    links = [a["href"] for a in pages_of(team)["report/sign-offs.html"].of("a")]
    assert "sets/priority-x.html#story-T002" in links or any(
        link.endswith("#story-T002") for link in links
    )


def test_every_theme_is_on_the_map_and_in_the_list_below_it(public: dict[str, bytes]) -> None:
    page = pages_of(public)["report/map.html"]
    places = Counter(page.having("data-theme"))
    assert len(places) == 45
    assert set(places.values()) == {2}


def test_a_release_with_nothing_in_it_says_so_page_by_page(bare: dict[str, bytes]) -> None:
    parsed = pages_of(bare)
    assert "No theme is raised by enough people" in parsed["report/index.html"].text
    assert "There is no map in this release" in parsed["report/map.html"].text
    assert "No action has been recorded yet" in parsed["report/actions.html"].text
    assert "Who has been heard is not told" in parsed["report/heard.html"].text


def test_a_theme_without_a_name_is_called_by_the_beginning_of_its_first_quote() -> None:
    rows = rows_of(3, "oars", "We rowed out to [a place in the west] and were late, all of us.")
    rows["themes"][0]["label"] = "no shared words (2)"
    made = pages_of(pages(leaving_of("public", rows)))
    named = "Not named yet: “We rowed out to [a place in the west] and were…”"
    assert named in made["report/themes/T00.html"].text
    assert not [path for path, page in made.items() if "shared words (2)" in page.text]


def test_names_begin_with_a_capital_where_it_is_told_what_has_changed() -> None:
    rows = rows_of(3, "oars", "We rowed out.")
    rows["changes"] = [
        {"kind": "theme", "id": "T00", "what": "renamed", "before": "nets", "after": "oars 0"},
        {"kind": "theme", "id": "T01", "what": "renamed", "before": "no shared words (2)"},
        {"kind": "theme", "id": "gone", "what": "gone", "before": "weirs"},
        {"kind": "set", "id": "priority-x", "what": "renamed", "before": "tides"},
        {"kind": "set", "id": "theme-gone", "what": "gone", "before": "weirs"},
    ]
    text = pages_of(pages(leaving_of("public", rows)))["report/changes.html"].text
    for said in (
        "Nets is now called Oars 0.",
        "A theme without a name is now called Oars 1.",
        "No longer told of: Weirs.",
        "Tides is now called Oars.",
        "No longer told: Weirs.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("n_good", "said"),
    [
        (0, "No one in this theme says otherwise."),
        (12, "Some say otherwise (good or helpful: 12 people)"),
        (None, "Whether anybody in this theme says otherwise is not told"),
    ],
    ids=["nobody", "not quotable", "hidden"],
)
def test_it_is_said_whether_nobody_says_otherwise_or_nobody_may_be_quoted(
    n_good: int | None, said: str
) -> None:
    rows = rows_of(1, "oars", "We rowed out.")
    rows["quotes"] = [row for row in rows["quotes"] if not row["is_counterpoint"]]
    for row in rows["stories"]:
        row["lane"] = "theme"
    for row in rows["theme_prevalence"]:
        row |= {"n_people": {"good": n_good, "improve": 15}.get(row["voice"], 15), "hidden": None}
        row |= {"n_people": None} if row["voice"] == "hope" else {}
    made = pages_of(pages(leaving_of("public", rows)))
    assert said in made["report/themes/T00.html"].text


def test_where_only_a_story_says_otherwise_the_page_leads_to_it() -> None:
    rows = rows_of(1, "oars", "We rowed out.")
    rows["quotes"] = [row for row in rows["quotes"] if not row["is_counterpoint"]]
    page = pages_of(pages(leaving_of("public", rows)))["report/themes/T00.html"]
    assert "A story that says otherwise" in page.text
    assert "a story below tells of it" in page.text
    assert "not told" not in page.text.partition("And others say")[2].partition("Stories")[0]


def test_only_what_sets_a_quote_apart_is_said_of_it() -> None:
    rows = rows_of(1, "oars", "We rowed out.")
    rows["quotes"][0]["reasons"] = ["first_person", "feeling"]
    page = pages_of(pages(leaving_of("public", rows)))["report/themes/T00.html"]
    assert "Says how it felt." in page.text
    assert "told in the first person" not in page.text.lower()


def test_stories_to_sign_are_known_by_their_first_words_and_signed_ones_are_folded() -> None:
    rows = rows_of(2, "oars", "We rowed out.")
    asked = {"audience": "public", "is_asked_for": True, "why": "Two roles have to sign."}
    rows["clearances"] = [
        asked | {"subject": f"story-{name}", "status": status}
        for name, status in (("T000", "waits"), ("T001", "waits"), ("T010", "cleared"))
    ]
    page = pages_of(pages(leaving_of("programme team", rows)))["report/sign-offs.html"]
    assert page.text.count("We rowed out. We rowed out.") == 3
    assert page.text.count("Two roles have to sign.") == 2
    folds = [own for own in page.of("details") if own.get("class") == "fold"]
    assert ["open" in own for own in folds] == [True, False]


def test_groups_that_are_part_of_others_stand_apart_from_them() -> None:
    rows = rows_of(1, "oars", "We rowed out.")
    part = {"dimension": "age", "n_people": 10, "share": 0.1, "verdict": "no_reference"}
    rows["representation"].append(part | {"group": "twenties"})
    page = pages_of(pages(leaving_of("public", rows)))["report/heard.html"]
    below = page.text.index("The same people in smaller groups")
    assert page.text.index("twenties", below) > below
    assert "twenties" not in page.text[page.text.index("By age") : below]


# Files


def test_the_same_release_read_again_gives_the_same_bytes() -> None:
    first, again = (
        leaving_of("public", rows_of(3, "oars and tides", "We rowed out.")) for _ in range(2)
    )
    assert pages(first) == pages(again)


def test_forty_five_themes_with_long_names_stay_a_small_folder(public: dict[str, bytes]) -> None:
    assert sum(map(len, public.values())) < 3_000_000


# Colours


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


ON_PAGE = ("ink", "quiet", "link", "strong", "good", "improve", "hope", "none")
ON_SHADE = ("ink", "quiet", "link", "strong")


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *((ink, "page", 4.5) for ink in ON_PAGE),
        *((ink, "shade", 4.5) for ink in ON_SHADE),
        ("ink", "warn-shade", 4.5),
        ("focus", "page", 3.0),
        ("focus", "shade", 3.0),
    ],
)
def test_words_stand_out_from_their_ground(
    public: dict[str, bytes], ink: str, ground: str, least: float
) -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", public["report/style.css"].decode()))
    assert contrast(colours[ink], colours[ground]) >= least


def test_the_stylesheet_fetches_nothing(public: dict[str, bytes]) -> None:
    styles = b"".join(
        body for path, body in public.items() if path.endswith((".css", ".js", ".svg"))
    )
    assert b"url(" not in styles.replace(b"url(#", b"")
    assert b"@import" not in styles
    assert not re.search(rb"https?://(?!www\.w3\.org/)", styles)
