"""The command line: `conversations run | redact | erase | record | verify | benchmark`.

Exit codes: 0 done; 1 a gate, a check or a stage failed; 2 the command or its input is wrong.
"""

import functools
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.console import tell
from pipeline.errors import PipelineError, RegisterError, TranscriptError, UsageError

BAD_INPUT = (UsageError, RegisterError, TranscriptError)

folder = click.Path(path_type=Path)
data_option = click.option(
    "--data", default="out/data", show_default=True, help="Data root: a folder or an fsspec URL."
)


def tells_what_to_do(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors raised on purpose into one line and an exit code."""

    @functools.wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except PipelineError as error:
            tell(f"Error: {error}", err=True)
            sys.exit(2 if isinstance(error, BAD_INPUT) else 1)
        except OSError as error:  # disk full, no permission: the system's own words, no content
            tell(f"Error: {os.strerror(error.errno or 0)}; mend it and run again", err=True)
            sys.exit(1)
        except Exception as error:
            if not _is_no_room_for_records(error):
                raise
            tell("Error: The disk is full; make room and run again", err=True)
            sys.exit(1)

    return wrapped


def _is_no_room_for_records(error: BaseException | None) -> bool:
    """Whether Dagster's SQLite had no room; Dagster wraps what SQLite says."""
    while error is not None:
        is_sqlite = isinstance(error, sqlite3.OperationalError)
        if is_sqlite and any(said in str(error) for said in ("disk is full", "disk I/O error")):
            return True
        error = error.__cause__ or error.__context__
    return False


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="listening-pipeline", prog_name="conversations")
def main() -> None:
    """Turn interview transcripts into redacted turns, themes and story sets, as Parquet."""


@main.command()
@click.option("--landing", required=True, type=folder, help="Folder with the transcripts.")
@data_option
@click.option(
    "--register",
    type=folder,
    help="The register; by default participants.csv in the landing folder or in its parent.",
)
@click.option("--programme", default="100-conversations", show_default=True, help="Its settings.")
@click.option("--retry-stopped", is_flag=True, help="Try batches again that a gate stopped.")
@click.option("--verbose", is_flag=True, help="Show Dagster's own log.")
@tells_what_to_do
def run(
    landing: Path,
    data: str,
    register: Path | None,
    programme: str,
    retry_stopped: bool,
    verbose: bool,
) -> None:
    """Run the whole pipeline on a folder of transcripts."""
    from pipeline.places import Places
    from pipeline.running import run_everything

    where = Places(data, str(landing), str(register or ""), programme)
    if not run_everything(where, retry_stopped=retry_stopped, verbose=verbose):
        sys.exit(1)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--known", default="", help="Names known beforehand, separated by ';'.")
@click.option("--programme", default="100-conversations", show_default=True, help="Its keep list.")
@click.option(
    "--explain",
    is_flag=True,
    help="Tell what was redacted, by which rule, and what to look at.",
)
@tells_what_to_do
def redact(file: Path, known: str, programme: str, explain: bool) -> None:
    """Redact one transcript to standard output."""
    from pipeline.one_transcript import explanation, left_to_review, redact_file, transcript_lines

    done = redact_file(file, [name.strip() for name in known.split(";")], programme)
    for line in transcript_lines(done.redacted):
        tell(line)
    if explain:
        for lines in (explanation(done.redacted), left_to_review(done)):
            tell()
            for line in lines:
                tell(line)


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="CONVERSATION_ID...")
@data_option
@click.option("--landing", type=folder, help="Folder with transcripts; else as in the last run.")
@click.option("--register", type=folder, help="The register; else as in the last run.")
@tells_what_to_do
def erase(names: tuple[str, ...], data: str, landing: Path | None, register: Path | None) -> None:
    """Erase conversations from every layer, landing and register included; write certificates.

    What a release calls one (conversation-...) or its teller (person-...) does as well as its id;
    of a person all conversations go.
    """
    from pipeline.running import erase_everywhere

    if not erase_everywhere(data, names, landing, register):
        sys.exit(1)


@main.command()
@click.argument("name", metavar="CONVERSATION_ID")
@data_option
@tells_what_to_do
def record(name: str, data: str) -> None:
    """Tell what is held of one contributor, where it is used and what came of it.

    Of a name that a release gives (conversation-... or person-...) it first tells whose id it is.
    """
    from pipeline.running import tell_the_record

    tell_the_record(data, name)


@main.command()
@click.argument("release", type=folder)
@tells_what_to_do
def verify(release: Path) -> None:
    """Prove every promise on a finished release again; of a copy, what it can prove by itself."""
    from pipeline.verifying import not_proven, verify_folder

    problems = verify_folder(release)
    for problem in problems:
        tell(problem)
    if problems:
        tell(f"Error: {len(problems)} problems; do not pass this release on", err=True)
        sys.exit(1)
    left = not_proven(release)
    if not left:
        tell(f"Every promise holds: {release}")
        return
    tell(f"Whole, and what its own tables make of it: {release}")
    tell("Not proven, since no data root that may be read is above the folder:")
    for what in left:
        tell(f"  {what}")


@main.command()
@click.argument("what", type=click.Choice(["redaction", "themes", "stories", "throughput"]))
@click.option("--gold", type=folder, default=Path("demo/answer_key"), show_default=True)
@tells_what_to_do
def benchmark(what: str, gold: Path) -> None:
    """Measure redaction, themes, stories or speed on an answer key."""
    import importlib

    if not gold.is_dir():
        raise UsageError(f"There is no folder {gold}; name the answer key with --gold")
    sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks are no part of the package
    try:
        module = importlib.import_module(f"benchmarks.{what}")
    except ModuleNotFoundError:
        raise UsageError("Run benchmarks from the project's own folder") from None
    module.run(gold)
