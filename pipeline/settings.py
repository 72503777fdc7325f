"""What people may change, with units and limits; `programmes/<name>/programme.yaml` overrides."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Settings of one programme. Unknown names are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch_size: int = Field(200, ge=1, le=200, description="Conversations in one intake batch.")
    max_file_mb: int = Field(50, ge=1, le=500, description="Largest transcript file, in MB.")
    max_expanded_mb: int = Field(
        200, ge=1, le=2000, description="Largest size a .docx may unpack to, in MB."
    )
    min_conversation_words: int = Field(
        50, ge=1, description="Fewer words than this in a file is no conversation."
    )
    language: str = Field("en", description="Language of the programme, ISO 639-1.")
    max_quarantined_share: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of a batch that may be quarantined before the batch stops.",
    )
    min_quarantined_to_stop: int = Field(
        5, ge=1, description="A batch with fewer quarantined than this never stops for their share."
    )
    detector_score_threshold: float = Field(
        0.35, ge=0, le=1, description="Lower finds more and redacts more harmless words."
    )
    canaries_per_group: int = Field(
        6,
        ge=0,
        le=200,
        description="Made-up identifiers sown into copies of a batch's turns, for each origin of "
        "names and each other type, in each of three ways of writing; 0: none, and no gate.",
    )
    min_canary_recall: float = Field(
        0.85,
        ge=0,
        le=1,
        description="Share of the sown direct identifiers that redaction must find, or the batch "
        "stops: the low end of the 95 % interval. Far below what is measured, so that only a fault "
        "stops a batch, not chance.",
    )
    max_canary_gap: float = Field(
        0.3,
        ge=0,
        le=1,
        description="How much larger the share of names missed may be for one origin than for the "
        "others, or the batch stops, unless it may be chance. Wide, since one batch sows few names "
        "of each: the benchmark holds origins to a narrow gap.",
    )
    max_canary_chance: float = Field(
        0.01,
        ge=0,
        le=1,
        description="Probability below which such a gap is taken for no chance: one false alarm in "
        "a hundred batches.",
    )
    min_segment_words: int = Field(
        8, ge=1, description='Shorter answers carry no meaning: "Yeah. Yeah, exactly."'
    )
    window_words: int = Field(
        120, ge=20, le=400, description="Longest segment, in words; longer answers become windows."
    )
    window_overlap_words: int = Field(
        30, ge=0, description="Words shared by neighbouring windows, at sentence ends."
    )
    encoder: str = Field(
        "told-stories-MiniLM-L6",
        description="The shipped model; all-MiniLM-L6-v2, as packaged; or another "
        "sentence-transformers name or folder.",
    )
    encoder_precision: Literal["float64", "float32", "bfloat16"] = Field(
        "float64",
        description="Number format of the embedding model: float64 gives the same bytes on every "
        "x86 processor, the others take less time.",
    )
    min_theme_segments: int = Field(
        10,
        ge=2,
        description="HDBSCAN min_cluster_size, in segments; in a corpus of fewer than 1,500 "
        "segments one for each 150, at least 4.",
    )
    min_theme_people: int = Field(
        5, ge=1, description="A theme raised by fewer people is not published."
    )
    min_cell_people: int = Field(
        8,
        ge=3,
        description="Of fewer people than this nothing is told by group; 8 is the rule of the NHS "
        "for figures below national level.",
    )
    wave_months: int = Field(
        3, ge=1, le=12, description="Months of one wave of conversations, counted from January."
    )
    min_kept_share: float = Field(
        0.8,
        ge=0,
        le=1,
        description="Share of the segments in a theme that must keep it over night; with fewer, "
        "last night's themes stay.",
    )
    max_unassigned_share: float = Field(
        0.3,
        ge=0,
        le=1,
        description="Share of segments in no theme above which last night's themes stay, unless "
        "it was as high before.",
    )
    accept_themes_after: str = Field(
        "",
        description="Run id of live themes that may be given up, whatever comes after them; once "
        "others are live it has no effect.",
    )
    tell_within_days: int = Field(
        90,
        ge=1,
        le=730,
        description="Days within which people are to be told what came of what they said: from the "
        "first release that used it, and from the day an action ended.",
    )
    quotes_per_theme: int = Field(6, ge=1, le=50, description="Most quotes chosen for a theme.")
    stories_per_theme: int = Field(3, ge=1, le=20, description="Most stories chosen for a theme.")
    max_erased_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Share of people who may be erased at once because the register says that they "
        "withdrew; of more nobody is, since a column may be filled in by mistake.",
    )
    min_erased_to_stop: int = Field(
        5, ge=1, description="Fewer people than this are erased whatever their share."
    )
    workers: int = Field(
        0, ge=0, le=256, description="Worker processes of a stage; 0: one for each core."
    )
    seed: int = Field(0, ge=0, description="Seed of everything that draws at random.")


def settings_page() -> str:
    """Every setting with its default, limits and meaning, as Markdown."""
    lines = [
        "# Settings",
        "",
        "Written in `programmes/<name>/programme.yaml`, under `settings`. What is not written",
        "there has its default.",
        "",
        "| setting | default | limits | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        bounds = [
            f"{word} {getattr(limit, kind)}"
            for limit in field.metadata
            for kind, word in (("ge", "at least"), ("le", "at most"))
            if getattr(limit, kind, None) is not None
        ]
        choices = get_args(field.annotation)
        limits = f"one of {' or '.join(choices)}" if choices else ", ".join(bounds)
        lines.append(f"| `{name}` | `{field.default}` | {limits} | {field.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(settings_page(), end="")
