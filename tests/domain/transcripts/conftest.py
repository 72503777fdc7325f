"""Reading a fixture as the pipeline does, without a language model."""

from collections.abc import Callable

import pytest

from pipeline.domain.transcripts.reading import (
    KnownSpeakers,
    Limits,
    Transcript,
    read_transcript,
)

LIMITS = Limits(max_file_bytes=1_000_000, max_expanded_bytes=20_000_000, min_words=5, language="en")


@pytest.fixture
def read() -> Callable[..., Transcript]:
    def read_fixture(
        content: str | bytes,
        suffix: str,
        *,
        participants: tuple[str, ...] = (),
        interviewers: tuple[str, ...] = (),
        limits: Limits = LIMITS,
        language: str = "en",
    ) -> Transcript:
        return read_transcript(
            content.encode() if isinstance(content, str) else content,
            suffix,
            known=KnownSpeakers(participants, interviewers),
            limits=limits,
            detect_language=lambda _: language,
        )

    return read_fixture
