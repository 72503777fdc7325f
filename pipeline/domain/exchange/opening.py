# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingTypeArgument=false, reportAttributeAccessIssue=false
# lxml carries no types.
"""Opening a `.qdpx` that somebody sent: an archive and an XML document, neither of them trusted.

Nothing is unpacked to disk, nothing is fetched, and only what is needed is read.
"""

import codecs
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pipeline.domain.archives import DAMAGED, UNREADABLE
from pipeline.errors import PipelineError

MOST_MEMBERS = 20_000

_INTERNAL, _OUTSIDE = "internal://", ("relative://", "absolute://", "file:", "http:", "https:")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_OWN_DEFINITIONS = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class ProjectError(PipelineError):
    """A project that cannot be read: the sentence says why, without its content."""


class Opened(NamedTuple):
    """A project's document and the texts that came with it.

    Attributes
    ----------
    root : lxml element
        The document.
    members : mapping of str to ZipInfo
        Files of the archive by name in lower case, without folders.
    """

    root: Any
    members: dict[str, zipfile.ZipInfo]
    archive: zipfile.ZipFile
    max_bytes: int

    def text_of(self, source: Any) -> str | None:
        """The plain text of a source, byte order mark and line ends as they are; None: none."""
        for child in children(source, "PlainTextContent"):
            return child.text or ""
        path = source.get("plainTextPath") or ""
        if path.lower().startswith(_OUTSIDE):
            raise ProjectError("a text lies outside the project; export it with its sources inside")
        name = path[len(_INTERNAL) :] if path.lower().startswith(_INTERNAL) else path
        member = self.members.get(PurePosixPath(name.replace("\\", "/")).name.lower())
        return decoded(_content(self.archive, member, self.max_bytes)) if name and member else None


def opened(content: bytes, max_bytes: int) -> Opened:
    """The project in these bytes.

    Parameters
    ----------
    max_bytes : int
        What the archive may unpack to, all files that are read together.

    Raises
    ------
    ProjectError
        If it is no project, is locked, would unpack to too much, or points outside itself.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (*DAMAGED, *UNREADABLE):
        raise ProjectError("it is no project: not a ZIP archive") from None
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _refuse_unsafe(infos, max_bytes)
    documents = [info for info in infos if info.filename.lower().endswith(".qde")]
    if len(documents) != 1:
        raise ProjectError(f"it holds {len(documents) or 'no'} project documents (.qde), not one")
    members = {PurePosixPath(_posix(info)).name.lower(): info for info in infos}
    return Opened(_parsed(_content(archive, documents[0], max_bytes)), members, archive, max_bytes)


def children(element: Any, *names: str) -> Iterator[Any]:
    """Elements directly inside, by their names without namespace."""
    return (child for child in element if _local(child) in names)


def everywhere(element: Any, *names: str) -> Iterator[Any]:
    """Elements at any depth, by their names without namespace."""
    return (child for child in element.iter() if _local(child) in names)


def decoded(content: bytes) -> str:
    """Bytes as text, a byte order mark kept as the first character."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _posix(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _refuse_unsafe(infos: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(infos) > MOST_MEMBERS:
        raise ProjectError(f"it holds more than {MOST_MEMBERS} files")
    if any(info.flag_bits & 1 for info in infos):
        raise ProjectError("it is locked by a password; export it without one")
    for info in infos:
        name = PurePosixPath(_posix(info))
        if name.is_absolute() or ".." in name.parts or any(":" in part for part in name.parts[:1]):
            raise ProjectError("it holds a file whose path leads out of the project")
    texts = [i for i in infos if i.filename.lower().endswith((".qde", ".txt"))]
    if sum(info.file_size for info in texts) > max_bytes:
        raise ProjectError("it unpacks to more than is allowed (max_expanded_mb)")


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    try:
        with archive.open(member) as file:
            content = file.read(max_bytes + 1)  # its stated size may be a lie
    except (*DAMAGED, *UNREADABLE):
        raise ProjectError("a file in it is damaged; export it again") from None
    if len(content) > max_bytes:
        raise ProjectError("it unpacks to more than is allowed (max_expanded_mb)")
    return content


def _parsed(content: bytes) -> Any:
    """The document without entities of its own, network and declarations."""
    from lxml import etree

    text = decoded(content).removeprefix("\ufeff").replace("\0", "")
    if _OWN_DEFINITIONS.search(text):
        raise ProjectError("its document defines entities of its own, which none needs")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise ProjectError("its document (.qde) is no readable XML; export it again") from None
    if _local(root) != "Project":
        raise ProjectError("its document (.qde) is no project")
    return root
