"""What breaks in a stage is told by type and place: Dagster's history holds nothing of it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipeline.assets import (
    approvals,
    codesign,
    counting,
    embedding,
    exchange,
    governance,
    intake,
    keeping,
    lens,
    redaction,
    release,
    representation,
    stories,
    themes,
    validation,
)
from pipeline.boundary import errors_quote_nobody, quoting_nobody
from pipeline.definitions import defs
from pipeline.errors import PipelineError, RegisterError, TranscriptError
from pipeline.partitions import intake_batches
from pipeline.places import Places
from pipeline.plugging import resources
from tests.fakes import BagOfWordsEncoder, FewCanaries, SilentAuditor, WordListDetector
from tests.wiring.small_landing import put, register

PLANTED = "Zebedee Quillfeather"
# Each stage, and the function in it that the test spoils.
STAGES = [
    (governance, governance.read_the_register, "read_register"),
    (governance, governance.read_the_decisions, "read_the_file"),
    (governance, governance.read_the_theme_decisions, "read_the_theme_file"),
    (approvals, approvals.read_the_approvals, "sign"),
    (approvals, approvals.read_actions_file, "read_the_actions"),
    (approvals, approvals.keep_the_ledger, "keep"),
    (keeping, keeping.erase_who_withdrew, "erase_the_withdrawn"),
    (keeping, keeping.recall_releases, "recalls_now"),
    (keeping, keeping.keep_no_longer, "enforce"),
    (intake, intake.read_transcripts, "take_in"),
    (redaction, redaction.sow_canaries, "raw_turns"),
    (redaction, redaction.redact, "raw_turns"),
    (validation, validation.cut, "cut_segments"),
    (embedding, embedding.embed, "embedded_batch"),
    (themes, themes.fit, "tonight"),
    (themes, themes.look_afresh, "theme_drift"),
    (lens, lens.look_through_frameworks, "lens_scores"),
    (counting, counting.count, "tally"),
    (representation, representation.represent_people, "represent"),
    (representation, representation.weigh_equity, "equity"),
    (stories, stories.curate_stories, "curate"),
    (codesign, codesign.prepare_events, "prepare"),
    (exchange, exchange.read_the_recoded, "compare_with_people"),
    *((release, asset, "release") for asset in release.releases),
]


def breaks(*_args: object, **_kwargs: object) -> None:
    try:
        _ = {}[PLANTED]
    except KeyError as error:
        raise ValueError(f"cannot read {PLANTED}") from error


def breaks_on_purpose(*_args: object, **_kwargs: object) -> None:
    try:
        _ = {}[PLANTED]
    except KeyError as error:
        raise RegisterError("The register has no header") from error


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    put(home / "landing", "C001")
    register(home / "landing", "C001")
    (home / "dagster").mkdir()
    return home


@pytest.fixture(scope="module")
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(home / "dagster")) as instance:
        instance.add_dynamic_partitions(str(intake_batches.name), ["b000001"])
        yield instance


def run(stage: dg.AssetsDefinition, home: Path, instance: dg.DagsterInstance) -> str:
    """What the failed run says of its error."""
    where = Places(str(home / "data"), str(home / "landing"), "", "100-conversations")
    fakes = {
        "detector": WordListDetector(),
        "auditor": SilentAuditor(),
        "programme": FewCanaries(),
        "encoder": BagOfWordsEncoder(),
    }
    result = dg.materialize(
        [stage],
        instance=instance,
        resources=resources(where) | fakes,
        partition_key="b000001" if stage.partitions_def else None,
        raise_on_error=False,
    )
    (failure,) = (e for e in result.all_events if e.is_step_failure)
    return str(failure.step_failure_data.error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "stage", "spoiled"), STAGES, ids=[stage.op.name for _, stage, _ in STAGES]
)
def test_a_stage_that_breaks_leaves_no_word_of_it_in_dagsters_history(
    home: Path,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    stage: dg.AssetsDefinition,
    spoiled: str,
) -> None:
    monkeypatch.setattr(module, spoiled, breaks)
    assert "ValueError at test_boundary.py:" in run(stage, home, instance)
    written = [p for p in (home / "dagster").rglob("*") if p.is_file()]
    assert written
    assert not [p.name for p in written if b"Quillfeather" in p.read_bytes()]


def test_every_asset_has_its_boundary() -> None:
    marked = [a for a in defs.resolve_asset_graph().assets_defs if a.is_executable]
    assert {a.op.name for a in marked} == {stage.op.name for _, stage, _ in STAGES}


def test_an_error_raised_on_purpose_keeps_its_words_but_not_its_cause(
    home: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(governance, "read_register", breaks_on_purpose)
    said = run(governance.read_the_register, home, instance)
    assert "The register has no header" in said
    assert "Quillfeather" not in said


def test_a_gate_that_refuses_passes_as_it_is() -> None:
    with pytest.raises(dg.Failure, match="Nothing was published"), errors_quote_nobody():
        raise dg.Failure("Nothing was published")
    with pytest.raises(TranscriptError, match="too_short"), errors_quote_nobody():
        raise TranscriptError("too_short")


def test_a_full_disk_is_called_so() -> None:
    with pytest.raises(PipelineError, match="disk is full"), errors_quote_nobody():
        raise OSError(28, "No space left on device", f"/landing/{PLANTED}.txt")


def test_the_place_is_in_our_code_though_another_library_broke() -> None:
    @quoting_nobody
    def stage() -> Iterator[int]:
        yield 1
        dg.MetadataValue.int(int(PLANTED))

    events = stage()
    assert next(events) == 1
    with pytest.raises(PipelineError, match=r"^broke unexpectedly: ValueError at test_boundary"):
        next(events)
