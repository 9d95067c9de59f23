"""Record-level exports → readings: staged in one scan each, counted and validated in batches, then
accepted without their bad rows or quarantined whole. Loses no line, holds no record in Python.

A batch is many small files or one large one. While the next batches are read in the background, Great
Expectations looks at the ones that are there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.common import databases, record_sql
from pipelines.common.problems import Problem, in_words
from pipelines.contracts.contract import Source
from pipelines.contracts.layouts import Table
from pipelines.contracts.limits import raised
from pipelines.periods import Period
from pipelines.quality.expectations import Validator
from pipelines.quality.record_validation import MEMORY, Verdict, validated, write_views
from pipelines.reading.exports import Export
from pipelines.reading.headings import Joiner, Labels, outside_fragment, outside_steps
from pipelines.records.record_staging import Scans, Staged, stage
from pipelines.records.rollups import Counted, Rollup, TooManyLabels, rolled_up
from pipelines.releases.readings import Reading, unreadable
from pipelines.releases.record_decisions import Settled, observed, settled
from pipelines.releases.store import STAGING, Store

if TYPE_CHECKING:
    import duckdb

BATCH_BYTES = 384 << 20
"""Raw bytes that are counted and validated together: bounds memory, whatever the number of files."""
WORKERS = 2


@dataclass
class Batch:
    """Exports of one table that were staged, and what their records were counted to."""

    table: Table
    staged: list[Staged]
    counted: list[Counted]
    """Of those that have rows; ``number`` is the place in ``staged``."""
    rollup: Rollup | None
    database: Path
    """Where they are to be validated."""


@dataclass(frozen=True)
class Done:
    """How far a reader is."""

    files: int
    rows: int
    bytes: float


class Reader:
    """Reads record-level exports of one source in background threads, from when it is made."""

    def __init__(self, source: Source, exports: list[Export], store: Store) -> None:
        self.exports, self._source, self._salt = exports, source, store.salt()
        self.folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=store.made()))
        self.connection = databases.opened(
            folders=[self.folder], files=[export.path for export in exports],
            memory=MEMORY, spill=self.folder / "spill",
        )  # fmt: skip
        self._scans = Scans()
        self._staged: list[tuple[int, int]] = []
        """Rows and bytes of each export that was staged."""
        self._stagers = ThreadPoolExecutor(WORKERS, "stage")
        self._counters = ThreadPoolExecutor(1, "count")
        numbers = count()
        self.batches: list[Future[Batch]] = [
            self._counters.submit(
                self._batch, source.tables[str(group[0].table)],
                [self._stagers.submit(self._stage, next(numbers), export) for export in group],
            )
            for group in batched(exports)
        ]  # fmt: skip

    def _stage(self, number: int, export: Export) -> Staged:
        table = self._source.tables[str(export.table)]
        # By number: two releases may have a file of the same content.
        target = self.folder / f"{number}.parquet"
        staged = stage(self.connection, export, table, target, self._salt, self._scans)
        self._staged.append((staged.rows + len(staged.rejected), export.size))
        return staged

    def done(self) -> Done:
        """How many files were read, and rows and bytes, those of files that are being read included."""
        staged = list(self._staged)
        read = sum(size for _, size in staged) + self._scans.bytes_read()
        return Done(len(staged), sum(rows for rows, _ in staged), read)

    def _batch(self, table: Table, futures: list[Future[Staged]]) -> Batch:
        staged = [future.result() for future in futures]
        counted = []
        for number, one in enumerate(staged):
            if one.rows and not one.problems:
                found = _of_whole_file(table, number, one)
                if not one.problems:
                    counted.append(found)
        with self.connection.cursor() as cursor:
            rollup, counted = _rolled_up(cursor, table, counted, staged)
        database = (staged[0].parquet or self.folder / "none").with_suffix(".duckdb")
        if counted:
            write_views(database, table, counted)
        return Batch(table, staged, counted, rollup, database)

    def close(self) -> None:
        """Stop what still runs, and remove what was not kept."""
        for pool in (self._stagers, self._counters):
            pool.shutdown(wait=False, cancel_futures=True)
        self.connection.interrupt()
        for pool in (self._stagers, self._counters):
            pool.shutdown(wait=True)
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def batched(exports: list[Export]) -> Iterator[list[Export]]:
    """The exports in groups of one table, each with some bytes or one large file."""
    batch: list[Export] = []
    size = 0
    for export in sorted(exports, key=lambda e: (str(e.table), e.file)):
        if batch and (export.table != batch[0].table or size + export.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(export)
        size += export.size
    if batch:
        yield batch


def read(
    source: Source, exports: list[Export], store: Store, validator: Validator, reader: Reader | None = None
) -> Iterator[Reading]:
    """The readings of some record-level exports, in the order in which they are done. What they keep is
    in a folder that goes when the next is asked for. Raises ContractError for an unusable `expect`.
    """
    if reader and reader.exports != exports:  # others are wanted than those it began with
        reader.close()
        reader = None
    reader = reader or Reader(source, exports, store)
    try:
        validator.start()  # while the first exports are read
        for future in reader.batches:
            yield from _readings(source, future.result(), reader, validator)
    finally:
        reader.close()


def _readings(source: Source, batch: Batch, reader: Reader, validator: Validator) -> Iterator[Reading]:
    verdicts: dict[int, Verdict] = {}
    if batch.rollup:
        rows = {counted.number: batch.staged[counted.number].rows for counted in batch.counted}
        verdicts = validated(
            source, batch.table, batch.counted, rows, batch.rollup, batch.database, validator
        )  # fmt: skip
    counted_by = {counted.number: counted for counted in batch.counted}
    exports = {at: staged.export for at, staged in enumerate(batch.staged)}
    figures = observed(batch.rollup, batch.table, exports) if batch.rollup else {}
    codes = batch.rollup.codes if batch.rollup else {}
    with reader.connection.cursor() as cursor:
        for at, staged in enumerate(batch.staged):
            if staged.problems:
                yield unreadable(source, staged.export, staged.problems)
                continue
            found = Settled(staged, batch.table, counted_by.get(at), verdicts.get(at, Verdict()), codes)
            yield settled(source, found, figures.get(at), cursor)


def _rolled_up(
    cursor: duckdb.DuckDBPyConnection, table: Table, counted: list[Counted], staged: list[Staged]
) -> tuple[Rollup | None, list[Counted]]:
    """What the records of a batch were counted to, and the exports that could be: one with more labels
    than it may have is given a problem, and the others are counted without it.
    """
    limit = table.layout.limits.labels
    while counted:
        try:
            return rolled_up(cursor, table, counted), counted
        except TooManyLabels as error:
            rest = []
            for one in counted:
                query = record_sql.label_count(error.field, one.parquet)
                [(count,)] = cursor.execute(query).fetchall()
                if count <= limit:
                    rest.append(one)
                    continue
                export = staged[one.number].export
                reason = f"has {count:,} labels of {in_words(error.dimension)}, and {limit:,} are allowed"
                problem = Problem(export.file, "size", reason, column=error.field, next_step=raised("labels"))
                staged[one.number].problems.append(problem)
            counted = rest
    return None, counted


def _of_whole_file(table: Table, number: int, staged: Staged) -> Counted:
    """What holds for all records of an export; what does not fit becomes a problem of it."""
    export, problems = staged.export, []  # type: tuple[Export, list[Problem]]
    steps = outside_steps(export.groups, table, export.file, problems)
    codes: dict[str, str] = {}
    period: Period | None = None
    try:
        codes = Joiner(table, Labels()).codes(steps)
        fragment = outside_fragment(table, export.groups)
        period = fragment.period() if fragment != type(fragment)() else None
    except ValueError as error:
        problems.append(Problem(export.file, "period", str(error), next_step="See `files:` in the contract"))
    staged.problems += problems
    return Counted(number, str(staged.parquet), period, codes)
