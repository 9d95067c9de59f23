"""One record-level export → typed Parquet in the order of its lines, every line accounted for."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from pipelines.common import record_sql
from pipelines.common.paths import statement
from pipelines.common.problems import Problem, UnreadableExport, cannot_be_read, changed_meanwhile
from pipelines.common.record_sql import listed, literal
from pipelines.contracts.layouts import Table
from pipelines.contracts.limits import Limits, raised
from pipelines.reading.exports import Export
from pipelines.reading.hashes import stamp
from pipelines.reading.header_hints import LOOKED_AT, header_hint
from pipelines.records import record_files
from pipelines.records.record_fields import Bound, bind, cleaned, selected, unfit
from pipelines.records.record_files import RawFile
from pipelines.records.record_lines import plain_lines


@dataclass
class Staged:
    """What one scan of an export made: a Parquet file of its rows in their order, and the lines that are
    no rows. ``problems`` without a row say why there is nothing.
    """

    export: Export
    parquet: Path | None = None
    raw: RawFile | None = None
    bound: list[Bound] = field(default_factory=list)
    rows: int = 0
    """Rows in the Parquet file."""
    lines: array | None = None
    """The line of each, where they do not simply follow the header."""
    rejected: list[Problem] = field(default_factory=list)
    raw_lines: dict[int, str] = field(default_factory=dict)
    ignored: int = 0
    problems: list[Problem] = field(default_factory=list)

    def line(self, row: int) -> int:
        """The line in the export of a row of the Parquet file, counted from 0; for a Parquet export its
        row from 1.
        """
        if self.lines is not None:
            return self.lines[row]
        return row + 1 + (self.raw.header_row if self.raw else 0)


class Scans:
    """The scans that are running, of which progress can be asked from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, tuple[duckdb.DuckDBPyConnection, int]] = {}

    @contextmanager
    def watched(self, export: Export, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with self._lock:
            self._running[export.file] = (cursor, export.size)
        try:
            yield
        finally:
            with self._lock:  # from here on nobody asks the cursor, which may be closed
                del self._running[export.file]

    def bytes_read(self) -> float:
        """How much of the files that are being read has been, by DuckDB's own account."""
        with self._lock:
            running = self._running.values()
            return sum(size * max(cursor.query_progress(), 0) / 100 for cursor, size in running)


def stage(
    connection: duckdb.DuckDBPyConnection, export: Export, table: Table, target: Path, salt: str, scans: Scans
) -> Staged:
    """Read an export once, with explicit types, into the Parquet file ``target``.

    The whole file is read a second time, line by line, only where DuckDB and a count of its lines do not
    agree on how many rows it has.
    """
    try:
        before = export.path.stat()
        staged = _staged(
            _Scanner(connection, export, salt, scans, table.layout.statuses), export, table, target
        )
        after = export.path.stat()
    except UnreadableExport as error:
        return Staged(export, problems=list(error.problems))
    except OSError as error:
        return Staged(export, problems=[cannot_be_read(export.file, error)])
    hashed = list(export.stamp) or stamp(before)
    if not hashed == stamp(before) == stamp(after):
        return Staged(export, problems=[changed_meanwhile(export.file)])
    return staged


@dataclass(frozen=True)
class _Scanner:
    """What reads one export."""

    connection: duckdb.DuckDBPyConnection
    export: Export
    salt: str
    scans: Scans
    missing: Iterable[str]
    """What stands for a missing value."""

    def copy(self, source: str, staged: Staged, is_typed: bool = False) -> bool:
        """Write the Parquet file, count its rows, and say whether a line was no row."""
        with self.connection.cursor() as cursor:  # the table of rejects is its own
            cursor.execute(record_sql.WATCHED)
            labels = staged.raw.labels if staged.raw else []
            columns = selected(staged.bound, self.salt, is_typed, labels)
            cells = cleaned(staged.bound, source, self.missing)
            query = record_sql.copied(columns, cells, str(staged.parquet))
            with self.scans.watched(self.export, cursor):
                [(staged.rows,)] = cursor.execute(query).fetchall()
            if is_typed:
                return False
            [(rejects,)] = cursor.execute(statement("records", "lines_that_are_no_rows")).fetchall()
            return bool(rejects)

    def parquet_columns(self, limits: Limits) -> tuple[list[str], list[str]]:
        """The names and types of the columns. Raises UnreadableExport."""
        file, parquet = self.export.file, str(self.export.path)
        try:
            with self.connection.cursor() as cursor:
                [(rows,)] = cursor.execute(
                    statement("records", "parquet_rows"), {"parquet": parquet}
                ).fetchall()
                relation = cursor.read_parquet(parquet)
                columns, types = relation.columns, [str(kind) for kind in relation.types]
        except duckdb.Error as error:
            reason = f"is not a whole Parquet file: {_without_values(error)}"
            raise UnreadableExport([Problem(file, "format", reason, next_step="Fetch it again")]) from None
        for count, limit, what in ((rows, limits.lines, "lines"), (len(columns), limits.columns, "columns")):
            if count > limit:
                reason = f"has {count:,} {what}, and {limit:,} are allowed"
                raise UnreadableExport([Problem(file, "size", reason, next_step=raised(what))])
        return columns, types


def _staged(scanner: _Scanner, export: Export, table: Table, target: Path) -> Staged:
    layout = table.layout
    raw = record_files.opened(export.path, export.file, layout)
    if raw.is_parquet:
        labels, types = scanner.parquet_columns(layout.limits)
        raw = replace(raw, labels=labels, types=types)
    bound, problems = bind(table, raw.labels, export.file)
    if raw.types:
        bound = [b if b.position is None else replace(b, column_type=raw.types[b.position]) for b in bound]
        problems = problems or list(unfit(bound, raw.labels, export.file))
    if problems:
        if not raw.is_parquet and (hint := _hint(raw, table)):
            problems[0] = replace(problems[0], next_step=hint)
        return Staged(export, raw=raw, problems=problems)
    staged = Staged(export, target, raw, bound)
    copy = target.with_suffix(".csv")
    try:
        if not _is_read_at_once(scanner, raw, table, staged, copy):
            _read_line_by_line(scanner, raw, table, staged, copy)
    finally:
        copy.unlink(missing_ok=True)
    if not staged.rows and not staged.rejected:
        step = "The file may be cut; fetch it again"
        staged.problems = [Problem(export.file, "empty", "has a header and no rows", next_step=step)]
    return staged


def _hint(raw: RawFile, table: Table) -> str | None:
    """Where the header may be, known by every label that it must have and one at least."""

    def is_header(labels: list[str]) -> bool:
        return len(labels) > 1 and not any(
            p.rule in ("missing_column", "header") for p in bind(table, labels, raw.file)[1]
        )

    below = record_files.first_rows(raw, table.layout, LOOKED_AT)
    return header_hint(raw.labels, below, is_header, table.layout.delimiter)


def _is_read_at_once(scanner: _Scanner, raw: RawFile, table: Table, staged: Staged, copy: Path) -> bool:
    """Stage a file in one scan, and say whether all of its lines are rows."""
    if raw.is_parquet:
        try:
            scanner.copy(_parquet_source(raw), staged, is_typed=True)
        except duckdb.Error as error:
            reason = f"is not a whole Parquet file: {_without_values(error)}"
            problem = Problem(raw.file, "format", reason, next_step="Fetch it again")
            raise UnreadableExport([problem]) from None
        return True
    read: RawFile | None = raw
    if not record_files.is_utf8(raw.encoding):
        read = record_files.transcoded(raw, copy)
    lines = plain_lines(read, table.layout) if read else None
    if read is None or lines is None:
        return False
    try:
        rejects = scanner.copy(_csv_source(read, table), staged)
    except duckdb.Error:  # a line that is beyond its parser; which one it cannot say
        return False
    return not rejects and staged.rows == lines


def _without_values(error: duckdb.Error) -> str:
    """What DuckDB says of a file, without the cells that it quotes: they may be of a person."""
    return str(error).splitlines()[0].partition(' value "')[0]


def _read_line_by_line(scanner: _Scanner, raw: RawFile, table: Table, staged: Staged, copy: Path) -> None:
    found = record_files.repaired(raw, staged.export.file, table.layout, copy)
    plain = replace(raw, path=copy, is_gzip=False, encoding="utf-8", header_row=1, skip=0)
    as_written = {"delimiter": ",", "quoteChar": '"'}
    layout = type(table.layout).model_construct(**{**table.layout.__dict__, **as_written})
    rejects = scanner.copy(_csv_source(plain, replace(table, layout=layout)), staged)
    if rejects or staged.rows != len(found.rows):
        reason = f"DuckDB reads {staged.rows:,} of its {len(found.rows):,} rows"
        step = "Its lines cannot be told apart; see `quoteChar:` and `delimiter:`"
        raise UnreadableExport([Problem(staged.export.file, "format", reason, next_step=step)])
    staged.lines, staged.rejected, staged.raw_lines = found.rows, found.rejected, found.raw
    staged.ignored = found.blank


def _csv_source(raw: RawFile, table: Table) -> str:
    """The scan of a CSV whose columns are ``c0``, ``c1``, …: nothing is guessed, nothing is dropped."""
    columns = ", ".join(f"'c{position}': 'varchar'" for position in range(len(raw.labels)))
    layout = table.layout
    empty = listed(dict.fromkeys(["", *layout.statuses]))
    compression = "gzip" if raw.is_gzip else "none"
    return (
        f"read_csv({literal(str(raw.path))}, auto_detect = false, columns = {{{columns}}}, header = true, "
        f"skip = {raw.skip}, delim = {literal(layout.delimiter)}, quote = {literal(layout.quoteChar)}, "
        f"escape = {literal(layout.quoteChar)}, nullstr = [{empty}], compression = '{compression}', "
        "store_rejects = true, rejects_limit = 1)"
    )


def _parquet_source(raw: RawFile) -> str:
    names = ", ".join(f"c{position}" for position in range(len(raw.labels)))
    return f"read_parquet({literal(str(raw.path))}) as export ({names})"
