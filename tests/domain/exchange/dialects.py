"""People who code a project in other programs, and the programs' ways of writing it down.

Ways as seen in exports of NVivo, MAXQDA, ATLAS.ti and QualCoder, or told of in their trackers.
"""

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID, uuid5

from pipeline.domain.exchange.refi import zipped

SPACE = "urn:QDA-XML:project:1.0"
_OURS = UUID(int=7)
ET.register_namespace("", SPACE)


class Given(NamedTuple):
    """A code that a person gives: by its name, to words of a conversation."""

    conversation: str
    words: str
    code: str


def tag(name: str) -> str:
    return f"{{{SPACE}}}{name}"


def fresh(key: str) -> str:
    """An id that a program would draw at random."""
    return str(uuid5(_OURS, key))


def unzipped(project: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(project)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def recoded(
    project: bytes,
    coder: str,
    given: list[Given],
    *,
    own_codes: tuple[str, ...] = (),
    keeps_machine: bool = True,
) -> bytes:
    """The project after a person has coded in it, as our own dialect would have it."""
    files = unzipped(project)
    root = ET.fromstring(files["project.qde"])  # noqa: S314 -- our own
    user = fresh(coder)
    users = root.find(tag("Users"))
    assert users is not None
    ET.SubElement(users, tag("User"), guid=user, name=coder)
    codes = root.find(f"{tag('CodeBook')}/{tag('Codes')}")
    assert codes is not None
    for name in own_codes:
        ET.SubElement(codes, tag("Code"), guid=fresh(name), name=name, isCodable="true")
    ids = {code.get("name"): code.get("guid", "") for code in root.iter(tag("Code"))}
    for source in root.iter(tag("TextSource")):
        if not keeps_machine:
            for selection in source.findall(tag("PlainTextSelection")):
                source.remove(selection)
        text = files["sources/" + source.get("plainTextPath", "")[11:]].decode()
        for at, own in enumerate(given):
            if own.conversation == source.get("name"):
                key = f"{coder}/{at}"
                _code(source, text, own, ids[own.code], user, key)
    files["project.qde"] = ET.tostring(root)
    return zipped(files)


def _code(source: ET.Element, text: str, own: Given, code: str, user: str, key: str) -> None:
    start = text.index(own.words)
    selection = ET.SubElement(
        source, tag("PlainTextSelection"), guid=fresh(f"selection/{key}"), name=own.words,
        startPosition=str(start), endPosition=str(start + len(own.words)), creatingUser=user,
    )  # fmt: skip
    coding = ET.SubElement(selection, tag("Coding"), guid=fresh(f"coding/{key}"), creatingUser=user)
    ET.SubElement(coding, tag("CodeRef"), targetGUID=code)


Dialect = Callable[[bytes], bytes]


def _rewritten(
    project: bytes,
    *,
    text: Callable[[str], bytes] = str.encode,
    position: Callable[[str, int], int] = lambda _text, at: at,
    end: int = 0,
    change: Callable[[ET.Element], None] = lambda _root: None,
    names: Callable[[str], str] = lambda name: name,
) -> bytes:
    """The project with its texts, positions and names as another program has them."""
    files = unzipped(project)
    root = ET.fromstring(files.pop("project.qde"))  # noqa: S314 -- our own
    for source in root.iter(tag("TextSource")):
        own = files["sources/" + source.get("plainTextPath", "")[11:]].decode()
        for selection in source.iter(tag("PlainTextSelection")):
            first, last = (int(selection.get(f"{side}Position", "")) for side in ("start", "end"))
            selection.set("startPosition", str(position(own, first)))
            selection.set("endPosition", str(position(own, last) + end))
    change(root)
    told = {names(name): text(body.decode()) for name, body in files.items()}
    return zipped(told | {names("project.qde"): ET.tostring(root, "utf-8", xml_declaration=True)})


def nvivo(project: bytes) -> bytes:
    """`Sources/`, the document under another name, a byte order mark, line ends of two."""
    return _rewritten(
        project,
        text=lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        names=lambda name: name.replace("sources/", "Sources/").replace("project", "Fens study"),
    )


def maxqda(project: bytes) -> bytes:
    """Line ends counted as two, ids in braces."""

    def change(root: ET.Element) -> None:
        for element in root.iter():
            for name, value in element.attrib.items():
                if name.lower().endswith(("guid", "user")):
                    element.set(name, f"{{{value.upper()}}}")

    return _rewritten(
        project,
        text=lambda text: text.replace("\n", "\r\n").encode(),
        position=lambda text, at: at + text[:at].count("\n"),
        change=change,
    )


def by_the_letter(project: bytes) -> bytes:
    """The end of a passage is its last character, as the standard's text has it."""
    return _rewritten(project, end=-1)


def atlas(project: bytes) -> bytes:
    """Ids in small letters, long names cut short."""

    def change(root: ET.Element) -> None:
        for element in root.iter():
            for name, value in element.attrib.items():
                if name.lower().endswith(("guid", "user")):
                    element.set(name, value.lower())
        for selection in root.iter(tag("PlainTextSelection")):
            words = selection.get("name", "")
            selection.set("name", words if len(words) < 30 else f"{words[:27]}…")

    return _rewritten(project, change=change)


def qualcoder(project: bytes) -> bytes:
    """New ids for everything, names and descriptions kept, passages without names."""

    def change(root: ET.Element) -> None:
        ids: Mapping[str, str] = {
            element.get("guid", ""): fresh(element.get("guid", ""))
            for element in root.iter()
            if element.get("guid")
        }
        for element in root.iter():
            for name, value in list(element.attrib.items()):
                if value in ids:
                    element.set(name, ids[value])
            if element.tag == tag("PlainTextSelection"):
                element.attrib.pop("name", None)

    return _rewritten(project, change=change)


def bare(project: bytes) -> bytes:
    """As qc has it: texts known by their files alone, new ids, names that are no words."""

    def change(root: ET.Element) -> None:
        for source in root.iter(tag("TextSource")):
            source.attrib.pop("name")
            source.set("guid", fresh(source.get("guid", "")))
            source.set("plainTextPath", source.get("plainTextPath", "").removeprefix("internal://"))
            for at, selection in enumerate(source.iter(tag("PlainTextSelection"))):
                selection.set("name", f"line:{at}")

    return _rewritten(project, change=change)


DIALECTS: dict[str, Dialect] = {
    "our own": lambda project: project,
    "nvivo": nvivo,
    "maxqda": maxqda,
    "atlas": atlas,
    "qualcoder": qualcoder,
    "by the letter": by_the_letter,
    "bare": bare,
}
