"""What must survive redaction: national bodies, brands, public figures, local services named on purpose."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from pipeline.domain.redaction.spans import Finding, overlaps

DIRECT_CUES = frozenset({"known_name"})
"""Rules that outweigh the list: a participant may share a name with a singer."""


class KeepList(NamedTuple):
    """Phrases to keep, and places that the programme adds to the gazetteers."""

    phrases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def read_keep_list(content: Mapping[str, object]) -> KeepList:
    """The keep list of a programme's `gazetteer.yaml`: lists under `keep`, and `places`."""
    groups = cast("Mapping[str, object]", content.get("keep") or {})
    phrases = {phrase for group in groups.values() for phrase in _strings(group)}
    return KeepList(tuple(sorted(phrases)), tuple(sorted(_strings(content.get("places")))))


def _strings(entries: object) -> list[str]:
    """A list, or the keys of a table, as strings."""
    return [str(entry) for entry in cast("Iterable[object]", entries or ())]


def protect(text: str, findings: Sequence[Finding], keep: KeepList) -> list[Finding]:
    """Findings without those that lie inside a kept phrase; known names are never kept."""
    if not keep.phrases or not findings:
        return list(findings)
    kept = [match.span() for match in _pattern(keep.phrases).finditer(text)]
    return [f for f in findings if not _inside(f, kept) or DIRECT_CUES & set(f.rule.split("+"))]


def _inside(finding: Finding, kept: Sequence[tuple[int, int]]) -> bool:
    return overlaps(
        finding, [span for span in kept if span[0] <= finding.start + 4 and finding.end <= span[1]]
    )


@lru_cache(maxsize=8)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(
        rf"(?<!\w)(?:the\s+)?(?:{'|'.join(map(re.escape, longest_first))})(?:['’]s)?(?!\w)",
        re.IGNORECASE,
    )
