"""Segments and their vectors, side by side in one fixed order."""

import hashlib
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.embedding.vectors import matrix
from pipeline.domain.themes.follow_ups import Course, course_of
from pipeline.errors import PipelineError


class Span(NamedTuple):
    """Where a piece of a segment stands in the redacted turns."""

    turn: int
    start: int
    end: int


class Row(NamedTuple):
    """One segment, as far as themes need it."""

    segment_id: str
    conversation_id: str
    participant_id: str
    question: str
    text: str
    voice: str
    spans: tuple[Span, ...]


class Corpus(NamedTuple):
    """All segments by `segment_id`, and how the conversations went that they are of.

    `vectors` is of shape (n_segments, n_dimensions); without a course no segment goes on with
    another.
    """

    rows: tuple[Row, ...]
    vectors: NDArray[np.float32]
    course: Course | None = None

    @property
    def n_people(self) -> int:
        """People with at least one segment."""
        return len({row.participant_id for row in self.rows})

    @property
    def n_conversations(self) -> int:
        """Conversations with at least one segment."""
        return len({row.conversation_id for row in self.rows})

    def texts(self) -> list[str]:
        """Question and answer of each segment."""
        return [f"{row.question} {row.text}" for row in self.rows]

    def fingerprint(self) -> str:
        """A hash of everything that themes are made from."""
        digest = hashlib.sha256()
        for row, vector in zip(self.rows, self.vectors, strict=True):
            digest.update("\0".join((*row[:6], repr(row.spans))).encode())
            digest.update(vector.tobytes())
        return digest.hexdigest()


def read_corpus(segments: pd.DataFrame, embeddings: pd.DataFrame) -> Corpus:
    """Tables `segments` and `segment_embeddings`, in any row order, as a corpus.

    Raises
    ------
    PipelineError
        If not every segment has exactly one vector, or they are of several models or precisions.
    """
    vector_of = dict(zip(embeddings["segment_id"], range(len(embeddings)), strict=True))
    unmatched = set(segments["segment_id"]) ^ set(vector_of)
    if unmatched or len(vector_of) != len(embeddings):
        raise PipelineError(
            f"themes: {len(unmatched)} segments without a vector or vectors without a segment; "
            "run the embedding of their batch again"
        )
    widths = embeddings["vector"].map(len)
    made_by = {*zip(embeddings["model"], embeddings["precision"], widths, strict=True)}
    if len(made_by) > 1:
        raise PipelineError(
            "themes: some vectors were made by another model or in another precision; run the "
            "embedding of the older batches again, or set `encoder` and `encoder_precision` back"
        )
    if segments.empty:
        return Corpus((), np.empty((0, 0), dtype=np.float32))
    ordered = segments.sort_values("segment_id", ignore_index=True)
    rows = tuple(_row(values) for values in ordered[_COLUMNS].itertuples(index=False))
    order = [vector_of[row.segment_id] for row in rows]
    return Corpus(rows, matrix(embeddings.iloc[order]), course_of(ordered))


_COLUMNS = [
    "segment_id", "conversation_id", "participant_id", "question", "text", "voice", "spans",
]  # fmt: skip


def _row(values: object) -> Row:
    *texts, spans = cast("tuple[str, str, str, str, str, str, list[dict[str, int]]]", values)
    pieces = tuple(Span(int(s["turn"]), int(s["start"]), int(s["end"])) for s in spans)
    return Row(*texts, spans=pieces)
