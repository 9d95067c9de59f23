"""What became of polluted files: read right, read but for some rows, refused, or wrong in silence."""

from __future__ import annotations

import datetime as dt
import hashlib
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines import contract, grids, records
from pipelines.contract import Source
from pipelines.expectations import Validator
from pipelines.exports import Export
from pipelines.ingest import read
from pipelines.problems import UnreadableExport
from pipelines.readings import Reading
from pipelines.store import Store
from pipelines.tables import Origin, tidy
from tests.corpus import RFC, Clean, Polluted, benchmark, first_edition
from tests.corpus_tables import CONTRACTS, Contract

RIGHT, BUT_ROWS, REFUSED = "read right", "rows rejected", "refused"
WRONG, LOST, UNSAID, CRASHED = "WRONG IN SILENCE", "LOST IN SILENCE", "NO REASON", "CRASHED"
GOOD = (RIGHT, BUT_ROWS, REFUSED)
Figures = Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Outcome:
    contract: str
    kind: str
    name: str
    verdict: str
    said: str
    """The first problem, or what is wrong."""
    seconds: float


@dataclass(frozen=True)
class Read:
    """What was made of a file."""

    figures: Figures
    received: int
    accepted: int
    rejected: int
    problems: list[str]


class Reader:
    """Reads files by one contract, in a folder of its own. Where it is not ``checked``, tables are only understood, as
    all expectations would do is to refuse more, at ten times the cost.
    """

    def __init__(self, of: Contract, folder: Path, checked: bool = True) -> None:
        self.of, self._folder = of, folder
        place = folder / "series"
        place.mkdir(parents=True)
        (place / contract.FILE_NAME).write_text(of.words, encoding="utf-8")
        self.source: Source = contract.load(place)
        self._checked = checked
        self._validator = Validator(folder / "results", folder / "site")
        self._said: dict[Clean, Figures] = {}

    def outcomes(self, files: Iterable[Polluted]) -> Iterator[Outcome]:
        """One for each file. Records are read together, as a run does."""
        files = list(files)
        if not self.of.is_records:
            yield from map(self._outcome, files)
            return
        begun = time.monotonic()
        found = self._records([file.content for file in files])
        each = (time.monotonic() - begun) / len(files)
        for file in files:
            yield self._judged(file, found[file.content], each)

    def _outcome(self, file: Polluted) -> Outcome:
        begun = time.monotonic()
        try:
            found = self.table(file.content, file.suffix)
        except Exception:  # whatever it is, it is an outcome
            said = traceback.format_exc(limit=-2).replace("\n", " ")
            return Outcome(self.of.name, file.kind, file.name, CRASHED, said, time.monotonic() - begun)
        return self._judged(file, found, time.monotonic() - begun)

    def table(self, content: bytes, suffix: str = "csv") -> Read:
        """What is made of a table."""
        export = self._export(content, suffix)
        if self._checked:
            reading = read(self.source, export, self._validator)
            return _read(reading, figures_of(reading.observations))
        [table] = self.source.tables.values()
        try:
            grid = grids.read(export.path, export.file, table.layout)
        except UnreadableExport as error:
            return Read(Counter(), 0, 0, 0, list(map(str, error.problems)))
        origin = Origin("series", export.export_id, export.file, export.released_on, ())
        tidied = tidy(grid, table, origin)
        problems, received = list(map(str, tidied.problems)), tidied.rows_received
        bad = {problem.row for problem in tidied.problems}
        if None in bad:
            return Read(Counter(), received, 0, received, problems)
        rows = len(set(tidied.observations["source_row"]))
        return Read(figures_of(tidied.observations), received, rows, len(bad), problems)

    def _judged(self, file: Polluted, found: Read, seconds: float) -> Outcome:
        verdict, said = judged(found, self.said(file.says))
        return Outcome(self.of.name, file.kind, file.name, verdict, said, seconds)

    def said(self, clean: Clean) -> Figures:
        """What a good file of some rows says."""
        if not clean.rows:
            return Counter()
        if self.of.is_records:
            [table] = self.source.tables.values()
            kept = [name for name in clean.header if name in table.layout.fields]
            return Counter(tuple(row[clean.header.index(name)] for name in kept) for row in clean.rows)
        if clean not in self._said:
            content = RFC.text(Clean(clean.header, tuple(dict.fromkeys(clean.rows)), clean.quoted)).encode()
            found = self.table(content)
            assert found.accepted == found.received == len(set(clean.rows)), found.problems
            self._said[clean] = found.figures
        return self._said[clean]

    def _export(self, content: bytes, suffix: str = "csv", name: str = "export") -> Export:
        path = self.source.folder / f"{name}.{suffix}"
        path.write_bytes(content)
        [table] = self.source.tables
        digest = hashlib.sha256(content).hexdigest()
        released_on = dt.date(2025, 1, 31)
        return Export("series", path, f"series/{path.name}", digest, len(content), table, released_on)

    def _records(self, contents: list[bytes]) -> dict[bytes, Read]:
        different = list(dict.fromkeys(contents))
        exports = [self._export(content, name=str(at)) for at, content in enumerate(different)]
        found = {}
        for reading in records.read(self.source, exports, Store(self._folder / "store"), self._validator):
            rows: Figures = Counter()
            if reading.records:
                relation = duckdb.read_parquet(str(reading.records))
                names = [name for name in self.of.clean.header if name in relation.columns]
                rows = Counter(map(_printed, relation.select(*names).fetchall()))
            found[different[int(Path(reading.receipt.source_file).stem)]] = _read(reading, rows)
        for export in exports:
            export.path.unlink()
        return found


def _printed(row: tuple[Any, ...]) -> tuple[str, ...]:
    """The cells of a record as the good table has them."""
    return tuple(f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else "" if cell is None else str(cell) for cell in row)


_SAID = (
    "period_start", "period_end", "measure", "crime_type", "age_band", "sex", "region", "other_dimensions", "value",
    "value_status", "published_share_pct", "published_change_pct",
)  # fmt: skip


def figures_of(observations: pd.DataFrame) -> Figures:
    """Every figure with all that it is said of."""
    if observations.empty:
        return Counter()
    return Counter(observations[list(_SAID)].astype(object).where(observations[list(_SAID)].notna(), None).itertuples(index=False, name=None))


def _read(reading: Reading, figures: Figures) -> Read:
    of = reading.receipt
    return Read(figures, of.rows_received, of.rows_accepted, of.rows_rejected, of.problems)


def judged(read: Read, said: Figures) -> tuple[str, str]:
    """What became of a file, and why, given what it says."""
    first = read.problems[0] if read.problems else ""
    if wrong := read.figures - said:
        return WRONG, f"{wrong.total()} figures that it does not say, such as {next(iter(wrong))}; {first}"
    if read.accepted + read.rejected != read.received:
        return LOST, f"{read.received} rows are received, {read.accepted} accepted, {read.rejected} rejected; {first}"
    missing = said - read.figures
    if missing and not read.problems:
        return LOST, f"{missing.total()} figures are missing, such as {next(iter(missing))}"
    if unsaid := next((problem for problem in read.problems if len(problem) < 40 or "`series/" not in problem), None):
        return UNSAID, unsaid
    if not read.figures:
        return REFUSED, first
    return (BUT_ROWS, first) if read.problems else (RIGHT, "")


def corpus(clean: Clean) -> Iterator[Polluted]:
    yield from benchmark(clean)
    yield from first_edition(clean)


def all_outcomes(folder: Path, contracts: Iterable[Contract] = CONTRACTS) -> Iterator[Outcome]:
    for at, of in enumerate(contracts):
        yield from Reader(of, folder / str(at), checked=False).outcomes(corpus(of.clean))


def main() -> None:
    """Print a table of kinds and outcomes, and everything that is wrong."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        found = list(all_outcomes(Path(scratch), [c for c in CONTRACTS if c.name in sys.argv[1:] or not sys.argv[1:]]))
    for one in found:
        if one.verdict not in GOOD:
            print(f"{one.verdict}: {one.contract}: {one.kind}: {one.name}: {one.said[:600]}")
    frame = pd.DataFrame(found)
    print(frame.pivot_table(index=["contract", "kind"], columns="verdict", values="name", aggfunc="count", fill_value=0).to_string())
    slowest = max(found, key=lambda one: one.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(found)} files, {time.monotonic() - begun:.0f} s; slowest {slowest.seconds:.1f} s ({slowest.contract}: {slowest.name}); {peak:.0f} MiB")


if __name__ == "__main__":
    main()
