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

from pipelines.common.problems import UnreadableExport
from pipelines.contracts import contract
from pipelines.contracts.codes import normalised
from pipelines.contracts.contract import Source
from pipelines.quality.expectations import Validator
from pipelines.reading import grids
from pipelines.reading.exports import Export
from pipelines.reading.tables import Origin, tidy
from pipelines.releases import record_readings
from pipelines.releases.ingest import read
from pipelines.releases.readings import Reading
from pipelines.releases.store import Store
from tests.corpus import RFC, Clean, Polluted, benchmark, first_edition
from tests.corpus_tables import CONTRACTS, Contract
from tests.everyday import everyday

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
        if not files:
            return
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
            return Counter(tuple(normalised(row[clean.header.index(n)]) for n in kept) for row in clean.rows)
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
        for reading in record_readings.read(
            self.source, exports, Store(self._folder / "store"), self._validator
        ):
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
    return tuple(
        f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else "" if cell is None else normalised(str(cell))
        for cell in row
    )


_SAID = (
    "period_start", "period_end", "measure", "crime_type", "age_band", "sex", "region", "other_dimensions", "value",
    "value_status", "published_share_pct", "published_change_pct",
)  # fmt: skip


def figures_of(observations: pd.DataFrame) -> Figures:
    """Every figure with all that it is said of."""
    if observations.empty:
        return Counter()
    return Counter(
        observations[list(_SAID)]
        .astype(object)
        .where(observations[list(_SAID)].notna(), None)
        .itertuples(index=False, name=None)
    )


def _read(reading: Reading, figures: Figures) -> Read:
    of = reading.receipt
    return Read(figures, of.rows_received, of.rows_accepted, of.rows_rejected, of.problems)


def judged(read: Read, said: Figures) -> tuple[str, str]:
    """What became of a file, and why, given what it says."""
    first = read.problems[0] if read.problems else ""
    if wrong := read.figures - said:
        return WRONG, f"{wrong.total()} figures that it does not say, such as {next(iter(wrong))}; {first}"
    if read.accepted + read.rejected != read.received:
        return (
            LOST,
            f"{read.received} rows are received, {read.accepted} accepted, {read.rejected} rejected; {first}",
        )
    missing = said - read.figures
    if missing and not read.problems:
        return LOST, f"{missing.total()} figures are missing, such as {next(iter(missing))}"
    if unsaid := next(
        (problem for problem in read.problems if len(problem) < 40 or "`series/" not in problem), None
    ):
        return UNSAID, unsaid
    if not read.figures:
        return REFUSED, first
    return (BUT_ROWS, first) if read.problems else (RIGHT, "")


OFFICE = {
    "table": {"number": 2, "text": 5, "day": 0},
    "records": {"number": 2, "text": 5, "day": 0},
    "yearly table": {"number": 5, "text": 1, "is_listed": True},
}
"""Contract → the columns that `everyday` spoils."""


def corpus(of: Contract) -> list[Polluted]:
    """What the benchmark and its first edition make of a table."""
    return [*benchmark(of.clean), *first_edition(of.clean)]


def office(of: Contract) -> list[Polluted]:
    """What offices make of it; nothing where a contract does not look at the cells."""
    if of.name not in OFFICE:
        return []
    found = everyday(of.clean, **OFFICE[of.name])  # type: ignore[arg-type]
    return [
        file for file in found if not of.is_records or (file.suffix != "xlsx" and file.name not in UNTOLD)
    ]


UNTOLD = tuple(f"cells moved {way} from {at}" for way in ("left", "right") for at in (4, 5))
"""What no reader of records can tell, whose fields are all text."""


def all_outcomes(of: Contract, folder: Path) -> list[Outcome]:
    """Of every file for one contract. Those of offices are few, and validated too."""
    mass = Reader(of, folder / "mass", checked=False).outcomes(corpus(of))
    return [*mass, *Reader(of, folder / "office").outcomes(office(of))]


def as_table(found: list[Outcome]) -> str:
    """The outcomes by kind and contract in Markdown, each as read right / but for rows / refused."""
    names = list(dict.fromkeys(one.contract for one in found))
    counts = Counter((one.kind, one.contract, one.verdict) for one in found)
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for kind in dict.fromkeys(one.kind for one in found):
        cells = [" / ".join(str(counts[kind, name, verdict]) for verdict in GOOD) for name in names]
        lines.append(
            f"| {kind} | " + " | ".join("" if cell == "0 / 0 / 0" else cell for cell in cells) + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table of docs/explanation/safety.md, and every file that is read wrong; contracts may be named."""
    begun = time.monotonic()
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as scratch:
        for at, of in enumerate(CONTRACTS):
            if of.name in sys.argv[1:] or not sys.argv[1:]:
                found += all_outcomes(of, Path(scratch, str(at)))
    for one in found:
        if one.verdict not in GOOD:
            print(f"{one.verdict}: {one.contract}: {one.kind}: {one.name}: {one.said}")
    print(as_table(found))
    slowest = max(found, key=lambda one: one.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(found)} readings in {time.monotonic() - begun:.0f} s and {peak:.0f} MiB; the slowest took "
        f"{slowest.seconds:.1f} s: {slowest.contract}, {slowest.name}"
    )


if __name__ == "__main__":
    main()
