"""``caseload check``: what would become of an export, without ingesting it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer
from rich.text import Text

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.common.paths import Places
from pipelines.common.problems import counted, one_line, printable
from pipelines.contracts.contract import Source
from pipelines.contracts.documents import ContractError
from pipelines.quality.expectations import Validator
from pipelines.reading.exports import Export, described
from pipelines.reading.hashes import Hashes
from pipelines.releases.candidates import Candidate
from pipelines.releases.editions import standing
from pipelines.releases.ingest import read
from pipelines.releases.objections import preview
from pipelines.releases.readings import NOTHING, Reading
from pipelines.releases.store import Store

LISTED = 50


def check(files: list[Path], sources: list[Source], places: Places) -> int:
    """Print what each file would give and return the exit code: 1 if any would be quarantined."""
    out = show.console()
    worst = GOOD
    with tempfile.TemporaryDirectory() as scratch:
        validator = Validator(Path(scratch, "store"), Path(scratch, "site"))
        seen: list[tuple[Source, Export, Reading]] = []
        for file in files:
            source = _source_of(file, sources, places)
            if source is None:
                names = ", ".join(source.name for source in sources)
                typer.echo(
                    f"`{printable(str(file))}` is in no source's folder: name its source with --source "
                    f"({names}).",
                    err=True,
                )
                return USAGE
            try:
                exports = _exports(source, file)
                seen += [(source, e, _read(source, e, validator, Path(scratch))) for e in exports]
            except ContractError as error:
                typer.echo(error, err=True)
                return USAGE
        for source, export, reading in seen:
            together = [other for of, _, other in seen if of is source and other is not reading]
            told = _compared(source, export, reading, together, validator, Path(scratch), places)
            _print(export, told, out)
            worst = max(worst, GOOD if told.receipt.is_accepted else BAD)
        _unread(seen, places, out)
    return worst


def _read(source: Source, export: Export, validator: Validator, scratch: Path) -> Reading:
    """What an export says by itself, kept for the comparison with others."""
    reading = read(source, export, validator)
    Store(scratch / "readings").write(reading.receipt, reading.observations, reading.rejected)
    return reading


def _compared(
    source: Source, export: Export, reading: Reading, together: list[Reading], validator: Validator,
    scratch: Path, places: Places,
) -> Reading:  # fmt: skip
    """The reading with what would hold it back: against the release before it in this warehouse, taken
    together with the other files that are looked at.
    """
    if not reading.receipt.is_accepted:
        return reading
    store = Store(scratch / "readings")
    mine, *others = (
        Candidate(one.receipt, str(store.observations(one.receipt.reading)))
        for one in (reading, *(other for other in together if other.receipt.is_accepted))
    )
    findings = preview(source, mine, others, Store(places.store))
    return read(source, export, validator, findings) if findings != NOTHING else reading


def _unread(seen: list[tuple[Source, Export, Reading]], places: Places, out: show.Console) -> None:
    """What was not compared, since it is not read yet: other files of the folders."""
    named = {export.file for _, export, _ in seen}
    for source in {source.name: source for source, _, _ in seen}.values():
        found = standing(source, Store(places.store))
        waiting = [export.file for export in found.pending if export.file not in named]
        if waiting:
            out.print(
                Text(
                    f"Not compared with {counted(len(waiting), 'file')} of {source.name} that no run has "
                    f"read yet, such as `{printable(waiting[0])}`: name them too, or `caseload run` first.",
                    "yellow",
                ),
                soft_wrap=True,
            )


def _source_of(file: Path, sources: list[Source], places: Places) -> Source | None:
    path = file.absolute()
    for source in sources:
        if path.is_relative_to(source.folder.absolute()):
            return source
    return sources[0] if len(sources) == 1 else None


def _exports(source: Source, file: Path) -> list[Export]:
    """The export, or those of its sheets, as they would be if it lay in the source's folder."""
    path = file.absolute()
    inside = path.is_relative_to(source.folder.absolute())
    below = path.relative_to(source.folder.absolute()).as_posix() if inside else path.name
    return described(source, path, below, Hashes(), must_be_inside=inside)


def _print(export: Export, reading: Reading, out: show.Console) -> None:
    receipt = reading.receipt
    mark = Text("✓ ", "green") if receipt.is_accepted else Text("✗ ", "red")
    verdict = "would be accepted" if receipt.is_accepted else "would be quarantined"
    out.print(mark.append_text(show.plain(export.file)).append(f": {verdict}"))
    if receipt.rows_received:
        table = f", table {receipt.table_name}" if receipt.table_name else ""
        encoding = f", {receipt.encoding}" if receipt.encoding else ""
        out.print(
            f"  release {receipt.released_on}{table}{encoding}; {receipt.rows_received} rows received, "
            f"{receipt.rows_accepted} accepted, {receipt.rows_rejected} rejected; "
            f"{receipt.observations} observations"
        )
    for problem in receipt.problems[:LISTED]:
        out.print(
            Text(f"  {one_line(problem)}", "red" if not receipt.is_accepted else "yellow"), soft_wrap=True
        )
    if len(receipt.problems) > LISTED:
        out.print(f"  … and {len(receipt.problems) - LISTED} more")
    for found in receipt.checks:
        if found["verdict"] != "passed" and found["rule"]["severity"] != "critical":
            rule, said = found["rule"], found["explanation"] or found["verdict"]
            name = rule.get("called") or rule["type"]
            out.print(Text(f"  {rule['severity']}: {name}: {one_line(said)}", "yellow"), soft_wrap=True)
    passed = sum(found["verdict"] == "passed" for found in receipt.checks)
    if receipt.checks and receipt.is_accepted:
        out.print(f"  {passed} of {len(receipt.checks)} checks passed")
