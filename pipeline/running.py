"""`conversations run`: two looks at landing, the batches, the night's work, proof and summary."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.console import tell
from pipeline.deciding import (
    is_news,
    read_the_file,
    read_the_theme_file,
    told,
    told_of_themes,
)
from pipeline.domain.governance.consent import may_go_on
from pipeline.domain.governance.erasure import CERTIFICATES, MADE_ANEW, Certificate
from pipeline.domain.governance.quarantine import REASONS
from pipeline.domain.governance.recalls import to_tell
from pipeline.domain.governance.register import Register, read_register, report
from pipeline.domain.intake.manifest import Entry
from pipeline.domain.intake.planning import Ledger
from pipeline.domain.intake.reading import id_if_known
from pipeline.domain.redaction.canaries import summary
from pipeline.domain.release.policy import slug
from pipeline.erasing import erase_from
from pipeline.errors import UsageError
from pipeline.headless import (
    Trouble,
    clear_away_the_dead,
    dagster_home,
    is_under_way,
    only_one,
    open_instance,
    run_job,
)
from pipeline.keeping import due_now, erase_the_withdrawn, overdue_originals, recalls_now
from pipeline.ledger import record_of, told_of_actions, written
from pipeline.partitions import intake_batches
from pipeline.places import Places
from pipeline.plugging import resources
from pipeline.progress import Progress
from pipeline.receiving import (
    batch_ids,
    finished,
    read_ledger,
    receive,
    stopped,
    to_run,
    today,
    unsettled,
)
from pipeline.resources.landing import Landing, Look
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage, sha256
from pipeline.settings import Settings
from pipeline.signing import told_of_sign_offs
from pipeline.tables import AUDIENCES, TABLES
from pipeline.verifying import verify_folder

SECONDS_BETWEEN_LOOKS = 1.0
NIGHT = "restricted/nightly.json"
PLACES = "places.json"
CODE = Path(__file__).parent


class Headless:
    """One `conversations run`: what it works with, and what became of it."""

    def __init__(self, where: Places, *, verbose: bool) -> None:
        os.environ.update(where.as_environment())
        self.storage = Storage(root=where.data)
        self.landing = Landing(folder=where.landing, register_file=where.register)
        self.settings: Settings = Programme(name=where.programme).settings()
        self.where = where
        self.verbose = verbose
        self.troubles: list[tuple[str, Trouble]] = []

    def run(self, instance: dg.DagsterInstance, name: str, batch_id: str | None = None) -> bool:
        """Run one job with a progress bar; False when it ended without a result."""
        from pipeline.definitions import defs

        job = defs.resolve_job_def(name)
        title = batch_id or name
        progress = Progress(title)
        found = run_job(
            job,
            instance,
            progress.heard,
            batch_id=batch_id,
            resources=resources(self.where, progress=True),
            verbose=self.verbose,
        )
        self.troubles += [(title, trouble) for trouble in found]
        return not found


def run_everything(where: Places, *, retry_stopped: bool, verbose: bool) -> bool:
    """The whole pipeline on one folder; False when something ended without a result."""
    headless = Headless(where, verbose=verbose)
    look = headless.landing.look()
    content = headless.landing.read_register()
    register = read_register(content)
    headless.storage.prepare()
    with only_one(where.data), open_instance(where.data) as instance:
        clear_away_the_dead(instance, headless.storage)
        remember_places(where)
        _record_decisions(headless, instance)
        if _keep_promises(headless, instance):
            look, content = headless.landing.look(), headless.landing.read_register()
            register = read_register(content)
        n_growing = _receive(headless, register, look)
        _tell_arrivals(headless, look, n_growing, register)
        _batches(headless, instance, retry_stopped=retry_stopped)
        _night(headless, instance, register, content)
        broken = list(_broken_promises(headless))
    tell_outcome(headless, register, broken)
    return not headless.troubles and not broken and not _refusals(headless.storage)


def erase_everywhere(
    data: str, names: tuple[str, ...], landing: Path | None, register: Path | None
) -> bool:
    """Erase, rebuild what rested on it, and say what is left to do by hand."""
    where = last_places(data)
    if landing:
        where = where._replace(landing=str(landing), register="")
    if register:
        where = where._replace(register=str(register))
    headless = Headless(where, verbose=False)
    with only_one(data), open_instance(data) as instance:
        clear_away_the_dead(instance, headless.storage)
        certificates = erase_from(headless.storage, headless.landing, names, instance)
        for certificate in certificates:
            _tell_certificate(headless.storage, certificate)
        content = headless.landing.read_register()
        _night(headless, instance, read_register(content), content)
        broken = list(_broken_promises(headless))
    _tell_troubles(headless, broken)
    return all(c.is_clean for c in certificates) and not headless.troubles and not broken


def tell_the_record(data: str, name: str) -> None:
    """What is held of one contributor, for whoever answers their question."""
    for line in record_of(Storage(root=last_places(data).data), name):
        tell(line)


def remember_places(where: Places) -> None:
    """Keep where landing and register were, so that `erase` need not be told."""
    known = [where.data, *(str(Path(path).absolute()) if path else "" for path in where[1:3])]
    path = dagster_home(where.data) / PLACES
    path.write_text(json.dumps([*known, where.programme]), encoding="utf-8")


def last_places(data: str) -> Places:
    """Where landing and register were in the last run on this data root.

    Raises
    ------
    UsageError
        If nothing was ever run on it.
    """
    path = dagster_home(data) / PLACES
    if not path.exists():
        raise UsageError(f"Nothing was ever run on {data}; check --data")
    _, *known = json.loads(path.read_text(encoding="utf-8"))
    return Places(data, *known)


def _record_decisions(headless: Headless, instance: dg.DagsterInstance) -> None:
    """Before files are looked at: whom reviewers decided about is taken in anew."""
    readings = {
        "Decisions": read_the_file(headless.storage, headless.landing),
        "Decisions about themes": read_the_theme_file(headless.storage, headless.landing),
    }
    for title, reading in readings.items():
        for line in reading.lines:
            tell(f"{title}, {line}")
    if any(is_news(headless.storage, reading) for reading in readings.values()):
        headless.run(instance, "refresh_register")


def _keep_promises(headless: Headless, instance: dg.DagsterInstance) -> bool:
    """Erase who withdrew, take out what may be held no longer; whether anybody was erased.

    The night does the same, but a night in which nothing changed is left out.
    """
    storage, landing = headless.storage, headless.landing
    done = erase_the_withdrawn(storage, landing, headless.settings, instance)
    for certificate in done.certificates:
        _tell_certificate(storage, certificate)
    headless.troubles += [("withdrawals", Trouble("erasures", sentence)) for sentence in done.left]
    clocks = Programme(name=headless.where.programme).clocks()
    recalls = recalls_now(storage, landing)
    for one in recalls:
        if not one.people:
            tell(f"Release {one.release_id} for {one.audience} was damaged: it is built anew")
    if recalls or due_now(storage, landing, clocks):
        headless.run(instance, "refresh_register")
    return bool(done.certificates)


def _receive(headless: Headless, register: Register, look: Look) -> int:
    """Look twice and open batches; returns how many files may still be growing."""
    seen = unsettled(look, read_ledger(headless.storage))
    if seen:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        look = headless.landing.look()
    received = receive(headless.storage, headless.landing, register, headless.settings, look, seen)
    if received.out_of_reach:
        tell(
            "Decided, but the file is no longer in landing as it was taken in; put it back: "
            + ", ".join(received.out_of_reach)
        )
    return received.n_growing


def _batches(headless: Headless, instance: dg.DagsterInstance, *, retry_stopped: bool) -> None:
    """Run each batch that is new, was killed or failed; one that stops does not stop the next."""
    todo = set(to_run(headless.storage))
    if retry_stopped:
        todo |= stopped(headless.storage)
    for batch_id in sorted(todo):
        if is_under_way(instance, "admit_batch", batch_id):
            tell(f"Batch {batch_id} is being run by another process; it is left to that")
            continue
        instance.add_dynamic_partitions(str(intake_batches.name), [batch_id])
        headless.run(instance, "admit_batch", batch_id)


def _night(
    headless: Headless, instance: dg.DagsterInstance, register: Register, content: bytes
) -> None:
    """Rebuild the corpus tables and releases, unless nothing they rest on has changed."""
    storage = headless.storage
    if not finished(storage):
        return
    storage.drop_superseded()
    inputs = _inputs(headless, register, content)
    if storage.exists(NIGHT):
        last: Any = storage.read_json(NIGHT)
        if last == {"inputs": inputs, "outputs": _outputs(storage)}:
            tell("Nothing changed since the last run: themes, stories and releases stand.")
            return
    if headless.run(instance, "nightly") and headless.run(instance, "weekly"):
        storage.write_json(NIGHT, {"inputs": inputs, "outputs": _outputs(storage)})


def _inputs(headless: Headless, register: Register, content: bytes) -> str:
    """A digest of all that themes, stories and releases rest on."""
    storage = headless.storage
    parts = [
        sha256(storage.read_bytes(storage.table_path(name, batch_id)))
        for name in ("redacted_turns", "generalisations", "segments", "segment_embeddings")
        for batch_id in storage.batches(name)
    ]
    decided = storage.table_path("theme_decisions")
    # The first night makes the table, empty where nobody decided: that is no change.
    if storage.exists(decided) and not storage.read_table("theme_decisions").empty:
        parts.append(sha256(storage.read_bytes(decided)))
    own = [CODE, CODE.parent / "programmes", CODE.parent / "expectations"]
    code = [
        sha256(path.read_bytes())
        for base in own
        for path in sorted(base.rglob("*"))
        if path.suffix in {".py", ".yaml", ".json", ".txt", ".csv"}
    ]
    state = (
        parts, code, sha256(content), headless.settings.model_dump_json(), headless.where.programme,
        sorted(may_go_on(register.consent, today())),
        written(storage, headless.landing, headless.settings),
    )  # fmt: skip
    return sha256(json.dumps(state).encode())


def _outputs(storage: Storage) -> str:
    """A digest of what the night's work published."""
    tables = [
        storage.table_path(name)
        for name, table in TABLES.items()
        if not table.per_batch and table.zone == "deidentified"
    ]
    released = storage.walk("releases") if storage.exists("releases") else ()
    files = [*tables, *(name for name in released if not name.endswith("/latest"))]
    newest = [folder.resolve().name for folder in release_folders(storage)]
    newest += [path for path in MADE_ANEW if storage.exists(path)]
    found = [(name, sha256(storage.read_bytes(name))) for name in files if storage.exists(name)]
    return sha256(json.dumps([found, newest]).encode())


def release_folders(storage: Storage) -> list[Path]:
    """The newest release of each audience, as folders of this machine."""
    if not storage.is_local:
        return []
    newest = [Path(storage.path(f"releases/{slug(audience)}/latest")) for audience in AUDIENCES]
    return [folder for folder in newest if folder.exists()]


def _broken_promises(headless: Headless) -> Iterator[str]:
    for release in release_folders(headless.storage):
        yield from (f"{release}: {problem}" for problem in verify_folder(release))


def _tell_arrivals(headless: Headless, look: Look, n_growing: int, register: Register) -> None:
    new = to_run(headless.storage)
    tell(
        f"{len(look.files)} files in landing, {look.n_ignored} others left alone; "
        f"{len(new)} batches to run"
    )
    if n_growing:
        tell(f"{n_growing} files are still growing; they are taken in at the next run")
    if look.n_closed_folders:
        tell(f"{look.n_closed_folders} sub-folders may not be opened; give read permission")
    absent = register.problems[register.problems["problem"].eq("absent_column")]
    if len(absent):
        tell(f"Register, no column {', '.join(absent['column'])}: {absent.iloc[0]['sentence']}")
    for line in report(register._replace(problems=register.problems.drop(absent.index))):
        tell(f"Register, {line}")


def tell_outcome(headless: Headless, register: Register, broken: list[str]) -> None:
    """What went in, what is in quarantine and why, where the tables are; on standard output."""
    storage = headless.storage
    ledger = read_ledger(storage)
    aside = sorted(
        (_name_of(record.entry, register), record)
        for record in ledger.records.values()
        if record.reason
    )
    n_in = len(storage.live_batches())
    tell(f"\n{n_in} conversations are in, from {len(batch_ids(storage))} batches")
    if aside:
        tell(f"{len(aside)} files are in quarantine; the originals are where they were:")
        _tell_reasons(storage, aside)
    for line in (
        *told(storage, storage.live_batches()),
        *told_of_themes(storage),
        *told_of_sign_offs(storage),
        *told_of_actions(storage, headless.landing, headless.settings),
    ):
        tell(line)
    _tell_stopped(ledger, register)
    _tell_troubles(headless, broken)
    _tell_canaries(storage)
    _tell_refused(storage)
    _tell_what_is_for_people(storage)
    tell("\nTables")
    for line in _table_lines(storage):
        tell(f"  {line}")
    for release in release_folders(storage):
        tell(f"  release for {release.parent.name}: {release}")
    for release in release_folders(storage)[-1:]:
        tell(f"\nReport for {release.parent.name}, for a browser: {release}/report/index.html")


def _tell_canaries(storage: Storage) -> None:
    """What redaction found of what was sown into the newest batch."""
    for batch_id in storage.batches("redaction_canaries")[-1:]:
        line = summary(storage.read_table("redaction_canaries", batch_id))
        if line:
            tell(f"Canaries of batch {batch_id}: {line}")


def _tell_refused(storage: Storage) -> None:
    """Why last night's themes stayed, if they did."""
    for reason in _refusals(storage):
        tell(f"Tonight's themes were not promoted, last night's stay: {reason}", err=True)


def _tell_what_is_for_people(storage: Storage) -> None:
    """Releases to call back from whoever received them, and originals to remove from landing."""
    for row in to_tell(storage.read_table("recalls"), today()):
        tell(
            f"Call back release {row['release_id']} for {row['audience']}: it was taken out on "
            f"{row['noticed_on']:%Y-%m-%d}, consent {row['reason']}"
        )
    for batch_id in overdue_originals(storage.read_table("retention")):
        tell(f"Files of batch {batch_id} are kept in landing too long; remove them")


def _refusals(storage: Storage) -> list[str]:
    newest = storage.read_table("theme_runs").sort_values("position").tail(1)
    return [str(reason) for reasons in newest["reasons"] for reason in reasons]


def _tell_stopped(ledger: Ledger, register: Register) -> None:
    """Batches that a gate stopped, and which of their files no later batch has taken."""
    waiting: dict[str, list[str]] = {}
    for record in ledger.records.values():
        if record.batch_id in ledger.stopped:
            names = waiting.setdefault(record.batch_id, [])
            names += [] if record.reason else [_name_of(record.entry, register)]
    for batch_id, names in sorted(waiting.items()):
        tell(
            f"Batch {batch_id} was stopped by a gate; mend it, then run --retry-stopped. "
            f"Not in, {len(names)} files: {', '.join(sorted(names))}"
        )


def _name_of(entry: Entry, register: Register) -> str:
    """How the console names a file: its own name may be a person's."""
    return id_if_known(entry, register.conversation_ids) or f"file {entry.file_ref}"


def _tell_troubles(headless: Headless, broken: list[str]) -> None:
    for title, trouble in headless.troubles:
        tell(f"{title}, {trouble.step}: {trouble.sentence}", err=True)
    for problem in broken:
        tell(f"Broken promise: {problem}", err=True)


def _tell_certificate(storage: Storage, certificate: Certificate) -> None:
    tell(f"Certificate {storage.path(f'{CERTIFICATES}/{certificate.certificate_id}.json')}")
    for what, n in sorted(certificate.removed.items()):
        tell(f"  {what}: {n} removed")
    if certificate.days_taken is not None:
        promised = certificate.promised_days
        tell(f"  done after {certificate.days_taken} days; promised are {promised}")
    for what, n in sorted(certificate.residual.items()):
        tell(f"  STILL FOUND in {what}: {n}; run the erasure again")
    for release in certificate.releases_to_recall:
        tell(f"  to be recalled from whoever received it: {release}")


def _tell_reasons(storage: Storage, aside: list[tuple[str, Any]]) -> None:
    """Each reason once, with its remedy, and the files that it holds for."""
    files: dict[str, list[str]] = {}
    for name, record in aside:
        rows = storage.read_table("quarantine", record.batch_id)
        own = rows.loc[rows["file_ref"].eq(record.entry.file_ref), "place"]
        place = next((place for place in own if place not in {"the file", "the register"}), None)
        files.setdefault(record.reason, []).append(f"{name} ({place})" if place else name)
    for reason, names in sorted(files.items()):
        tell(f"  {reason}: {', '.join(names)}")
        tell(f"    {REASONS[reason].sentence} {REASONS[reason].remedy}")


def _table_lines(storage: Storage) -> Iterator[str]:
    for name, table in TABLES.items():
        if table.zone != "deidentified":
            continue
        if table.per_batch:
            if storage.batches(name):
                yield f"{name}: {storage.path(f'{table.zone}/{name}')}/*.parquet"
        elif storage.exists(storage.table_path(name)):
            yield f"{name}: {storage.path(storage.table_path(name))}"
