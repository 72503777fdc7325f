"""The last look before a text leaves: nothing shaped like an identifier, and no known name.

Redaction has looked for all of it before, and a second search after it. This one looks at exactly
what leaves, whatever became of it on the way.
"""

import re
from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from pipeline.domain.redaction.residue import only_names
from pipeline.domain.redaction.words import PLACEHOLDER
from pipeline.domain.release.identifiers import identifying, texts_by_row

Names = Mapping[str, re.Pattern[str]]
"""What no text of a conversation may hold: the names of its people, of whom the register knows."""


_TOLD = ("reading_text", "reading", "value")
"""What a policy tells, such as a district that somebody is named after; it is proven by itself."""


def names_by_conversation(known_names: pd.DataFrame) -> Names:
    """One pattern for each conversation.

    Full names are looked for whatever their words mean. Of a single word it must be sure that it
    is a name: Will and Rose are words that stand in many texts.
    """
    known: dict[str, set[str]] = {}
    columns = (known_names[name] for name in ("conversation_id", "name"))
    for conversation, name in zip(*columns, strict=True):
        known.setdefault(conversation, set()).add(_plain(name))
    return {conversation: _pattern(names) for conversation, names in known.items()}


def holds_a_name(text: str, names: re.Pattern[str] | None) -> bool:
    """Whether a name stands in a text, placeholders left aside."""
    return names is not None and names.search(_plain(PLACEHOLDER.sub(" | ", text))) is not None


def may_leave(text: str, names: re.Pattern[str] | None) -> bool:
    """Whether nothing in a text is known to be personal."""
    return not identifying(text) and not holds_a_name(text, names)


def fit_to_leave(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Rows of which every text may leave."""
    conversations = frame["conversation_id"].tolist()
    rows = zip(texts_by_row(frame), conversations, strict=True)
    fine = [all(may_leave(text, names.get(of)) for text in texts) for texts, of in rows]
    return frame[pd.Series(fine, index=frame.index, dtype=bool)]


def named_rows(frame: pd.DataFrame, names: Callable[[str], re.Pattern[str] | None]) -> int:
    """How many rows hold the name of somebody of their conversation."""
    said = frame.drop(columns=[name for name in _TOLD if name in frame.columns])
    rows = zip(texts_by_row(said), said["conversation_id"], strict=True)
    return sum(any(holds_a_name(text, names(of)) for text in texts) for texts, of in rows)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    whole = {r"\s+".join(map(re.escape, name.split())) for name in names if len(name.split()) > 1}
    parts = {re.escape(part) for part in only_names(sorted(names))}
    wanted = sorted(whole | parts, key=lambda each: (-len(each), each))
    nothing = r"(?!)"
    return re.compile(rf"(?<!\w)(?:{'|'.join(wanted) or nothing})(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    return text.replace("’", "'")
