"""The report in a browser without a head: it loads from a disk, obeys its policy, fits a phone."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.domain.release.report.site import pages
from tests.domain.release.report.conftest import HOSTILE, leaving_of, rows_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--allow-file-access-from-files", "--enable-logging=stderr", "--virtual-time-budget=20000",
)  # fmt: skip
PROBE = """<!doctype html><title>probe</title><pre id="found"></pre>
<script>
const found = {};
const looked = (path) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.width = 320; frame.height = 600; frame.src = path;
  frame.onload = () => {
    const page = frame.contentDocument;
    found[path] = {
      wide: page.documentElement.scrollWidth,
      styled: getComputedStyle(page.querySelector("main")).maxWidth,
      pictures: [...page.images].every((image) => image.complete && image.naturalWidth > 0),
      small: [...page.querySelectorAll(".menu a, button, input, select, summary")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24).length,
    };
    if (path === "map.html") found.map = tried(page);
    frame.remove();
    done();
  };
  document.body.append(frame);
});
const tried = (page) => {
  const away = () => page.querySelectorAll(".map a.away").length;
  const listed = () => [...page.querySelectorAll("#list li")].filter((li) => !li.hidden).length;
  const words = page.getElementById("words");
  const look = (value) => { words.value = value; words.dispatchEvent(new Event("input")); };
  const shown = !page.getElementById("tools").hidden;
  look("no such words anywhere");
  const none = [away(), listed()];
  look("oars");
  const all = [away(), listed()];
  look("no such words anywhere");
  page.getElementById("all").click();
  return { shown, none, all, again: [away(), listed()] };
};
(async () => {
  for (const path of PATHS) await looked(path);
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script>
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture(scope="module")
def seen(browser: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, str]:
    """What a browser 320 pixels wide finds on every page, and what it complains of."""
    folder = tmp_path_factory.mktemp("release")
    made = pages(leaving_of("programme team", rows_of(4, HOSTILE, HOSTILE), title=HOSTILE))
    for path, body in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    paths = [path.removeprefix("report/") for path in made if path.endswith(".html")]
    probe = folder / "report" / "probe.html"
    probe.write_text(PROBE.replace("PATHS", json.dumps(paths)), encoding="utf-8")
    return looked_at(browser, probe, folder / "profile")


def looked_at(browser: str, page: Path, profile: Path) -> tuple[dict, str]:
    ran = subprocess.run(  # noqa: S603 - a browser found on the path, with a page of our own
        [browser, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
        capture_output=True,
        timeout=240,
        check=False,
    )
    found = re.search(r'<pre id="found">(.+?)</pre>', ran.stdout.decode(), re.DOTALL)
    assert found, "the browser did not finish looking"
    return json.loads(found[1].replace("&amp;", "&")), ran.stderr.decode(errors="replace")


@pytest.mark.slow
def test_pages_load_from_a_disk_with_their_styles_and_pictures(seen: tuple[dict, str]) -> None:
    looks = {path: own for path, own in seen[0].items() if path != "map"}
    assert len(looks) > 15
    assert not [path for path, own in looks.items() if own["styled"] in ("", "none")]
    assert not [path for path, own in looks.items() if not own["pictures"]]


@pytest.mark.slow
def test_nothing_is_refused_and_nothing_of_others_is_run(seen: tuple[dict, str]) -> None:
    assert not re.findall(r".*CONSOLE.*", seen[1])


@pytest.mark.slow
def test_no_page_has_to_be_pushed_sideways_on_a_narrow_phone(seen: tuple[dict, str]) -> None:
    assert not {path: own["wide"] for path, own in seen[0].items() if own.get("wide", 0) > 320}


@pytest.mark.slow
def test_what_is_to_be_touched_is_large_enough(seen: tuple[dict, str]) -> None:
    assert not {path: own["small"] for path, own in seen[0].items() if own.get("small", 0)}


@pytest.mark.slow
def test_the_map_finds_themes_by_words_and_shows_all_again(seen: tuple[dict, str]) -> None:
    tried = seen[0]["map"]
    assert tried == {"shown": True, "none": [4, 0], "all": [0, 4], "again": [0, 4]}
