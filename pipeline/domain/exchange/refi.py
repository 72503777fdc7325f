"""Writing REFI-QDA: a release as a project for NVivo, MAXQDA, ATLAS.ti and QualCoder.

After QDA-XML 1.0 (Project.xsd and Codebook.xsd of www.qdasoftware.org). Positions are code points
from 0; the end is one past the last character, as programs write it, though the standard's text has
it inclusive: each passage is followed by a blank, which is all that such a reader gains, and bears
its own words as its name, so that a reader can tell.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from pipeline import __version__
from pipeline.domain.exchange.codes import Code, code_tree, set_code, theme_code
from pipeline.domain.exchange.marks import guid, named, prose
from pipeline.domain.exchange.sources import Passage, Source, file_guid, source_guid, sources_of
from pipeline.domain.release.leaving import Leaving
from pipeline.tables import TABLES, records

PROJECT, CODEBOOK, DOCUMENT = "project.qdpx", "codebook.qdc", "project.qde"

MAKER = "listening-pipeline"
MACHINE = f"{MAKER} {__version__} (machine)"
MACHINE_GUID = guid("user", "machine")

_SCHEMA = "http://schema.qdasoftware.org/versions/{}/v1.0/{}.xsd"
_NO_CLOCK = "1980-01-01T00:00:00Z"
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_NAME_CHARS = 250
_NOT_OF_A_PERSON = frozenset({"interviewer_id", "mode"})


def project(leaving: Leaving) -> bytes:
    """The release as a `.qdpx` project, the machine being one of its coders.

    The same release gives the same bytes: ids are made of what they identify, and no clock is read.
    """
    sources = sources_of(leaving)
    files = {f"sources/{_file(source)}": source.laid.text.encode() for source in sources}
    return zipped(files | {DOCUMENT: document(leaving, sources).encode()})


def codebook(leaving: Leaving) -> bytes:
    """The codes alone, as a `.qdc` codebook."""
    codes = "".join(_codes(leaving))
    head = _root("CodeBook", "codebook", "Codebook", origin=MAKER)
    return f"{head}<Codes>{codes}</Codes></CodeBook>\n".encode()


def coding_guid(passage: str, code: str) -> str:
    """The id of the machine's coding of a passage: by it, it is known wherever it comes back."""
    return guid("coding", passage, code)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive without clock: the same files give the same bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _ZIP_DAY)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name], compresslevel=6)
    return body.getvalue()


def document(leaving: Leaving, sources: list[Source]) -> str:
    """The project's XML, elements in the order of the schema."""
    parts = (
        [f"<Users><User guid={_of(MACHINE_GUID)} name={_of(MACHINE)}/></Users>"],
        _held("CodeBook", _held("Codes", _codes(leaving))),
        *_people(leaving, sources),
        _held("Sources", chain.from_iterable(map(_source, sources))),
        _held("Sets", _sets(leaving, {source.guid for source in sources})),
        [f"<Description>{escape(_about(leaving))}</Description>"],
    )
    head = _root(
        "Project", "project", "Project",
        name=named(f"{leaving.title}: {leaving.audience}"), origin=f"{MAKER} {__version__}",
        creatingUserGUID=MACHINE_GUID, creationDateTime=_NO_CLOCK,
    )  # fmt: skip
    return f"{head}{''.join(chain.from_iterable(parts))}</Project>\n"


def _codes(leaving: Leaving) -> Iterator[str]:
    return chain.from_iterable(map(_code, code_tree(leaving)))


def _root(element: str, space: str, schema: str, **attributes: str) -> str:
    urn = f"urn:QDA-XML:{space}:1.0"
    written = " ".join(f"{name}={_of(value)}" for name, value in attributes.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<{element} xmlns="{urn}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{urn} {_SCHEMA.format(schema, schema)}" {written}>'
    )


def _held(element: str, inner: Iterable[str]) -> Iterator[str]:
    """The element around what it holds; none at all around nothing, as the schema asks."""
    parts = list(inner)
    if parts:
        yield from (f"<{element}>", *parts, f"</{element}>\n")


def _of(value: str) -> str:
    return quoteattr(value)


def _described(text: str) -> str:
    return f"<Description>{escape(text)}</Description>" if text else ""


def _about(leaving: Leaving) -> str:
    return prose(
        f"{leaving.title}, released for {leaving.audience}.",
        "Personal data was replaced by its type, such as [PERSON_1]. Codes of "
        f"{MACHINE} were given by a program: read them as one coder's, and disagree.",
        "Do not try to find out who said something, and do not pass it on to a wider audience.",
    )


def _code(code: Code) -> Iterator[str]:
    codable = "true" if code.is_codable else "false"
    yield f"<Code guid={_of(code.guid)} name={_of(code.name)} isCodable={_of(codable)}>"
    yield _described(code.description)
    for own in code.within:
        yield from _code(own)
    yield "</Code>\n"


# Texts


def _file(source: Source) -> str:
    return f"{file_guid(source.guid)}.txt"


def _source(source: Source) -> Iterator[str]:
    yield (
        f"<TextSource guid={_of(source.guid)} name={_of(named(source.name))} "
        f"plainTextPath={_of(f'internal://{_file(source)}')} creatingUser={_of(MACHINE_GUID)} "
        f"creationDateTime={_of(_NO_CLOCK)}>{_described(source.note)}\n"
    )
    for passage in source.passages:
        yield from _passage(source, passage)
    yield "</TextSource>\n"


def _passage(source: Source, passage: Passage) -> Iterator[str]:
    own = guid("passage", source.guid, passage.key)
    words = source.laid.text[passage.start : passage.end][:_NAME_CHARS]
    by = f"creatingUser={_of(MACHINE_GUID)} creationDateTime={_of(_NO_CLOCK)}"
    yield (
        f"<PlainTextSelection guid={_of(own)} name={_of(words)} "
        f'startPosition="{passage.start}" endPosition="{passage.end}" {by}>'
        f"{_described(passage.note)}"
    )
    for code in passage.codes:
        yield f"<Coding guid={_of(coding_guid(own, code))} {by}><CodeRef targetGUID={_of(code)}/>"
        yield "</Coding>"
    yield "</PlainTextSelection>\n"


# People


def _people(leaving: Leaving, sources: Iterable[Source]) -> tuple[Iterator[str], Iterator[str]]:
    """Variables and cases: who said it, in bands as far as they are released."""
    bands = _bands(leaving)
    known = sorted({name for own in bands.values() for name in own})
    told_in: defaultdict[str, list[str]] = defaultdict(list)
    for source in sources:
        if source.person:
            told_in[source.person].append(source.guid)
    variables = (
        f'<Variable guid={_of(guid("variable", name))} name={_of(name)} typeOfVariable="Text"/>'
        for name in known
    )
    cases = (_case(person, bands.get(person, {}), told_in[person]) for person in sorted(told_in))
    return _held("Variables", variables), _held("Cases", cases)


def _case(person: str, bands: Mapping[str, str], told_in: Iterable[str]) -> str:
    values = "".join(
        f"<VariableValue><VariableRef targetGUID={_of(guid('variable', name))}/>"
        f"<TextValue>{escape(named(value))}</TextValue></VariableValue>"
        for name, value in sorted(bands.items())
    )
    texts = "".join(f"<SourceRef targetGUID={_of(text)}/>" for text in told_in)
    return f"<Case guid={_of(guid('case', person))} name={_of(person)}>{values}{texts}</Case>\n"


def _bands(leaving: Leaving) -> dict[str, dict[str, str]]:
    """What the release tells of each person: columns of the register that stand in its tables."""
    register = {c.name for c in TABLES["participants"].columns if c.nullable} - _NOT_OF_A_PERSON
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for _, frame in sorted(leaving.tables.items()):
        columns = sorted(register & set(frame.columns))
        if columns and "participant_id" in frame.columns:
            for row in records(frame[["participant_id", *columns]]):
                told = {name: str(row[name]) for name in columns if not pd.isna(row[name])}
                found[row["participant_id"]] |= told
    return found


# Sets


def _sets(leaving: Leaving, texts: set[str]) -> Iterator[str]:
    """Sets of stories as sets of texts: the standard knows no sets of passages."""
    stories = {row["story_id"]: row for row in records(leaving.tables["stories"])}
    themes = set(leaving.tables["themes"]["theme_id"])
    for own, rows in leaving.tables["story_sets"].groupby("story_set_id"):
        members = records(rows.sort_values("position"))
        first = members[0]
        held = [stories[row["story_id"]] for row in members if row["story_id"] in stories]
        names = [story[key] for story in held for key in ("conversation_id", "story_id")]
        found = dict.fromkeys(map(source_guid, names))
        yield (
            f"<Set guid={_of(guid('set', str(own)))} name={_of(named(first['title']))}>"
            f"{_described(prose('for: ' + first['kind'].replace('_', ' ')))}"
            f"{_code_of_set(first, themes)}"
        )
        for text in found:
            if text in texts:
                yield f"<MemberSource targetGUID={_of(text)}/>"
        yield "</Set>\n"


def _code_of_set(first: Mapping[str, str], themes: set[str]) -> str:
    """The set's own code; a theme's set has the theme's."""
    if first["kind"] != "theme":
        return f"<MemberCode targetGUID={_of(set_code(first['story_set_id']))}/>"
    theme = first["story_set_id"].removeprefix("theme-")
    return f"<MemberCode targetGUID={_of(theme_code(theme))}/>" if theme in themes else ""
