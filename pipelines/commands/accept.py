"""``caseload accept``: let a release in that loses or restates figures of an earlier one, on record."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path

import typer

from pipelines.commands.freshness import GOOD, USAGE
from pipelines.common import databases, lock
from pipelines.common.paths import Places, statement
from pipelines.common.problems import one_line, printable, suggestion
from pipelines.contracts import corrections
from pipelines.contracts.contract import Source
from pipelines.reading.exports import discover
from pipelines.reading.hashes import Hashes
from pipelines.releases.comparisons import HELD
from pipelines.releases.store import Store


def accept(places: Places, sources: list[Source], file: str, reason: str, by: str | None) -> int:
    """Record that the findings which hold an export back are right, and return the exit code.

    ``file`` is its path, or its address below raw/ as messages give it.
    """
    with lock.held(places.lock, typer.echo):
        return _accepted(places, sources, file, reason, by)


def _accepted(places: Places, sources: list[Source], file: str, reason: str, by: str | None) -> int:
    address = _address(file, places)
    source = next((source for source in sources if source.name == address.partition("/")[0]), None)
    if source is None:
        return _refuse(f"`{printable(file)}` is in no source's folder below `{places.raw}`.")
    found = discover(source, Hashes())
    export = next((export for export in found if export.file == address), None)
    if export is None:
        near = suggestion(address, [export.file for export in found])
        return _refuse(f"There is no export `{printable(address)}`{near}.")
    findings = _held(Store(places.store), source.name, address, export.export_id)
    if findings is None:
        return _refuse(f"`{printable(address)}` was not read as it is now: `caseload run` first.")
    others = [rule for rule, _ in findings if rule not in HELD]
    done = source.acceptances.by_finding(address, export.sha256)
    if findings and {rule for rule, _ in findings} <= done.keys():
        return _refuse(f"`{printable(address)}` is accepted already: `caseload run` takes it in.")
    if not findings:
        return _refuse(f"Nothing holds `{printable(address)}` back.")
    if others:
        return _refuse(
            f"`{printable(address)}` has other problems ({', '.join(sorted(set(others)))}), which cannot be "
            "accepted: `caseload check` shows them."
        )
    acceptance = corrections.Acceptance(
        file=address, sha256=export.sha256, findings=sorted({rule for rule, _ in findings}),
        found=[said for _, said in findings], reason=reason, by=by or getpass.getuser(), on=dt.date.today(),
    )  # fmt: skip
    path = corrections.accept(source.folder, acceptance)
    typer.echo(f"Accepted by {acceptance.by} for `{address}`:")
    for _, said in findings:
        typer.echo(f"  {one_line(said)}")
    typer.echo(f"Recorded in {path}, which belongs into version control. Next: caseload run")
    return GOOD


def _address(file: str, places: Places) -> str:
    path = Path(file).absolute()
    raw = places.raw.absolute()
    is_path = path.is_relative_to(raw) and (path.exists() or not (raw / file).exists())
    return path.relative_to(raw).as_posix() if is_path else file


def _held(store: Store, source: str, address: str, export_id: str) -> list[tuple[str, str]] | None:
    """Rule and reason of what keeps the latest reading of an export out; None if it is not of it."""
    entry = store.ledger(source).get(address)
    if entry is None or store.receipt(entry.latest).export_id != export_id:
        return None
    if store.receipt(entry.latest).is_accepted:
        return []
    query, rejected = statement("ingest", "refusals"), str(store.rejected_rows(entry.latest))
    with databases.opened(files=[rejected]) as connection:
        return connection.execute(query, {"readings": rejected}).fetchall()


def _refuse(message: str) -> int:
    typer.echo(message, err=True)
    return USAGE
