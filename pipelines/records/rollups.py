"""Staged records → observations: labels looked up, days put into periods, then counted by ``sql/rollups``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from pipelines import ages, periods
from pipelines.common import record_sql
from pipelines.common.paths import statement
from pipelines.common.record_sql import as_day, as_text, literal, quoted
from pipelines.contracts.layouts import Table
from pipelines.contracts.record_layouts import breakdowns, codes_named, dimensions_counted, subsets
from pipelines.contracts.record_values import value_of
from pipelines.contracts.record_words import RecordField
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import Period
from pipelines.reading.hierarchies import as_json
from pipelines.records.record_fields import SQL_TYPES

Codes = dict[tuple[str, str], str | None]
"""Dimension and label → code; None where the label is not known. The label of an empty cell is ``''``."""


@dataclass(frozen=True)
class Counted:
    """An export whose staged records are to be counted, and what holds for all of it."""

    number: int
    parquet: str
    period: Period | None
    codes: dict[str, str]
    """Dimension → code, from the file's name and ``set``."""


TOTAL_NUMBER = 0
"""Stands for `TOTAL` where codes are counted by their numbers."""


@dataclass
class Rollup:
    """What records were counted to. ``observations`` has the columns export_no, period_start,
    period_end, measure, crime_type, age_band, sex, region, others (JSON or None) and value.
    """

    observations: pd.DataFrame
    codes: Codes = field(default_factory=dict)


class TooManyLabels(Exception):
    """More labels of a dimension than records can have: its field is something else."""

    def __init__(self, dimension: str, field: str) -> None:
        super().__init__(dimension)
        self.dimension, self.field = dimension, field


def rolled_up(connection: duckdb.DuckDBPyConnection, table: Table, exports: list[Counted]) -> Rollup:
    """The records of some exports of one table, counted. ``connection`` is used for nothing else at the
    same time. Raises TooManyLabels where an export has more than it may.
    """
    work = _Work(connection, table, exports)
    frames = [work.with_zeros(names, counts) for names, counts in (*work.sums(), *work.distinct_counts())]
    return Rollup(work.named(pd.concat(frames, ignore_index=True)), work.codes)


class _Work:
    """The temporary relations of one rollup. Codes are counted by number: hashing numbers is cheaper than
    hashing names.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table, exports: list[Counted]) -> None:
        self._connection, self._table, self._exports = connection, table, exports
        self._fields = dimensions_counted(table)
        self._numbers: dict[tuple[str, str], int] = {}
        self._periods: dict[Period, int] = {}
        self._write_exports()
        self.codes = self._looked_up()
        self._write_labels()
        self._size = len(self._numbers) + 1
        """Greater than every number that stands in the records; codes that none has are numbered later."""
        self._has_calendar = bool(table.layout.dated_by) and table.layout.rollup.period != "file"
        if self._has_calendar:
            self._write_calendar()

    def _table_of(self, name: str, columns: dict[str, str], rows: list[tuple]) -> None:
        """A temporary table with some rows."""
        record_sql.fill(self._connection, name, columns, rows)

    def _write_exports(self) -> None:
        """``export``: one row an export, with what holds for all of it; ``staged``: its records."""
        rows = [
            (
                export.parquet, export.number, self._period(export.period),
                *(self._number(name, export.codes.get(name, TOTAL)) for name in DIMENSIONS),
            )
            for export in self._exports
        ]  # fmt: skip
        own = ("export", "period", *DIMENSIONS)  # a field of the contract may have such a name too
        columns = {"parquet": "varchar"} | {f"caseload_{name}": "integer" for name in own}
        self._table_of("export", columns, rows)
        self._connection.execute(record_sql.staged_view(export.parquet for export in self._exports))

    def _period(self, period: Period | None) -> int | None:
        return None if period is None else self._periods.setdefault(period, len(self._periods) + 1)

    def _number(self, dimension: str, code: str) -> int:
        if code == TOTAL:
            return TOTAL_NUMBER
        return self._numbers.setdefault((dimension, code), len(self._numbers) + 1)

    def _looked_up(self) -> Codes:
        """Every label in the records, with its code."""
        codes: Codes = {}
        most = self._table.layout.limits.labels * len(self._exports)
        for dimension, (name, found) in self._fields.items():
            labels = self._connection.execute(record_sql.labels(name)).fetchmany(most + 1)
            if len(labels) > most:
                raise TooManyLabels(dimension, name)
            for (label,) in labels:
                codes[dimension, label or ""] = _code(self._table, dimension, label or "", found)
        return codes

    def _write_labels(self) -> None:
        """``label``: the number of the code that each label stands for."""
        columns = {"dimension": "varchar", "label": "varchar", "code": "integer"}
        rows = [
            (dimension, label, self._number(dimension, code))
            for (dimension, label), code in self.codes.items()
            if code
        ]
        self._table_of("label", columns, rows)

    def _write_calendar(self) -> None:
        """``calendar``: every day on which a record is dated, with the period that it is counted in."""
        query = record_sql.days(str(self._table.layout.dated_by))
        length = self._table.layout.rollup.period
        days = [found for (found,) in self._connection.execute(query).fetchall()]
        rows = [(found, self._period(_period_of(found, length))) for found in days]
        self._table_of("calendar", {"day": "date", "period": "integer"}, rows)

    def _write_record(self, kept: tuple[str, ...], conditions: list[str], counted: str | None) -> None:
        """``record``: the staged records with the columns that ``sql/rollups`` counts by, which are the
        same for every contract. Dimensions that are not kept are what holds for the whole file, or total;
        ``others`` has those that only this source has, as one number.
        """
        fixed = self._fixed()
        code = {name: f"s.caseload_{name}" if name in fixed else "0" for name in DIMENSIONS}
        joins, others = [], []
        for at, dimension in enumerate(kept):
            name = self._fields[dimension][0]
            joins.append(
                f"inner join label as l{at} on l{at}.dimension = {literal(dimension)} "
                f"and coalesce({as_text(name, 's.')}, '') = l{at}.label"
            )
            if dimension in DIMENSIONS:
                code[dimension] = f"l{at}.code"
            else:
                others.append(f"cast(l{at}.code as bigint) * {self._place(dimension)}")
        period = "s.caseload_period"
        if self._has_calendar:
            day = as_day(str(self._table.layout.dated_by), "s.")
            joins.append(f"inner join calendar as c on c.day = {day}")
            period = "c.period"
        selection = " + ".join(
            f"case when {test} then {1 << at} else 0 end" for at, test in enumerate(conditions)
        )
        columns = {
            "export_no": "s.caseload_export", "period": period, **code,
            "others": " + ".join(others) or "0",
            "selection": f"cast({selection or '0'} as integer)",
            "counted": counted or "null",
        }  # fmt: skip
        self._connection.execute(record_sql.record_view(columns, joins))

    def _fixed(self) -> set[str]:
        """Dimensions that hold for whole files."""
        return {name for export in self._exports for name, code in export.codes.items() if code != TOTAL}

    def _own(self) -> list[str]:
        """The dimensions that only this source has, of those that the records are counted by."""
        return sorted(name for name in self._fields if name not in DIMENSIONS)

    def _place(self, dimension: str) -> int:
        """What the number of a code is multiplied by where several stand in one number."""
        return self._size ** self._own().index(dimension)

    def _split(self, others: int) -> dict[str, int]:
        """The numbers that stand in one number, by dimension."""
        return {name: others // self._place(name) % self._size for name in self._own()}

    def _conditions(self, measures: Iterable[str]) -> tuple[list[str], dict[str, int]]:
        """The tests of the contract's ``where:``, and which of them each measure asks for, as bits."""
        tests: list[str] = []
        bits: dict[str, int] = {}
        for measure in measures:
            bits[measure] = 0
            for name, values in self._table.layout.measures[measure].where.items():
                field = self._table.layout.fields[name]
                wanted = [value_of(text, field) for text in values]
                test = record_sql.one_of(name, wanted, SQL_TYPES[field.type], "s.")
                if test not in tests:
                    tests.append(test)
                bits[measure] |= 1 << tests.index(test)
        return tests, bits

    def _write_selected(self, bits: dict[str, int], count: int) -> None:
        """``selected``: for each measure and selection whether it counts."""
        rows = [
            (measure, selection, int(selection & wanted == wanted))
            for measure, wanted in bits.items()
            for selection in range(1 << count)
        ]
        columns = {"measure": "varchar", "selection": "integer", "is_counted": "integer"}
        self._table_of("selected", columns, rows)

    def with_zeros(self, breakdowns: list[tuple[str, ...]], counts: pd.DataFrame) -> pd.DataFrame:
        """The counts, and a zero for each code that the contract names where an export has records of it in
        other periods or groups only. Of a code that no record of it has, an extract may hold nothing because
        it does not cover it: arrests in Queens say nothing of the Bronx.
        """
        places = counts[["export_no", "period", "measure"]].drop_duplicates()
        frames = [counts]
        for names in breakdowns:
            named = {name: codes_named(self._table, name) for name in names}
            if not names or any(codes is None or name not in DIMENSIONS for name, codes in named.items()):
                continue
            grid = places
            for name in DIMENSIONS:
                if name in names:
                    numbers = [self._number(name, code) for code in named[name] or []]
                    found = counts.loc[counts[name].isin(numbers), ["export_no", name]].drop_duplicates()
                    grid = grid.merge(found, on="export_no")
                else:
                    of_file = {e.number: self._number(name, e.codes.get(name, TOTAL)) for e in self._exports}
                    grid = grid.assign(**{name: grid["export_no"].map(of_file)})
            frames.append(grid.assign(others=0, value=0))
        keys = [column for column in counts.columns if column != "value"]
        return pd.concat(frames, ignore_index=True).drop_duplicates(keys)

    def sums(self) -> Iterator[tuple[list[tuple[str, ...]], pd.DataFrame]]:
        """What counts of rows come to, by every breakdown that is asked for."""
        layout = self._table.layout
        groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
        for measure, count in layout.measures.items():
            if count.is_additive:
                groups.setdefault(tuple(breakdowns(self._table, count)), []).append(measure)
        for wanted, measures in groups.items():
            tests, bits = self._conditions(measures)
            self._write_selected(bits, len(tests))
            done: set[frozenset[str]] = set()
            for breakdown in wanted:
                new = [names for names in subsets(breakdown) if frozenset(names) not in done]
                done |= {frozenset(names) for names in new}
                if new:
                    self._write_record(breakdown, tests, None)
                    counts = statement("rollups", "counts")
                    self._connection.execute(record_sql.counted(counts))
                    self._write_kept(new)
                    yield new, self._connection.execute(statement("rollups", "sums")).df()

    def _write_kept(self, wanted: list[tuple[str, ...]]) -> None:
        """``kept``: for each breakdown, which dimensions it keeps, and what it makes of a source's own
        ones. What holds for a whole file is kept always.
        """
        fixed = self._fixed()
        seen = self._connection.execute(statement("records", "own_codes")).fetchall()
        rows = []
        for names in wanted:
            flags = [int(name in names or name in fixed) for name in DIMENSIONS]
            for (others,) in seen:
                left = [n * self._place(name) for name, n in self._split(others).items() if name in names]
                rows.append((*flags, others, sum(left)))
        columns = dict.fromkeys(DIMENSIONS, "integer") | {"others": "bigint", "others_kept": "bigint"}
        self._table_of("kept", columns, rows)

    def distinct_counts(self) -> Iterator[tuple[list[tuple[str, ...]], pd.DataFrame]]:
        """How many different values there are, counted by each breakdown by itself."""
        layout = self._table.layout
        for measure, count in layout.measures.items():
            if count.is_additive:
                continue
            tests, bits = self._conditions([measure])
            self._write_selected(bits, len(tests))
            by = breakdowns(self._table, count)
            for names in {frozenset(names): names for b in by for names in subsets(b)}.values():
                self._write_record(names, tests, f"s.{quoted(str(count.distinct))}")
                yield [names], self._connection.execute(statement("rollups", "distinct_counts")).df()

    def named(self, counts: pd.DataFrame) -> pd.DataFrame:
        """The counts with codes in place of their numbers; ``others`` becomes JSON."""
        names = {number: code for (_, code), number in self._numbers.items()} | {TOTAL_NUMBER: TOTAL}
        of_file = {
            export.number: {name: code for name, code in export.codes.items() if name not in DIMENSIONS}
            for export in self._exports
        }
        keys = list(zip(counts["export_no"], counts["others"], strict=True))
        others = {
            (export, packed): as_json(
                of_file[export] | {name: names[number] for name, number in self._split(packed).items()}
            )
            for export, packed in set(keys)
        }
        period = {number: period for period, number in self._periods.items()}
        return counts.assign(
            period_start=counts["period"].map({number: p.start for number, p in period.items()}),
            period_end=counts["period"].map({number: p.end for number, p in period.items()}),
            others=pd.Series([others[key] for key in keys], index=counts.index, dtype=object),
            **{name: counts[name].map(names) for name in DIMENSIONS},
        )


def _code(table: Table, dimension: str, label: str, found: RecordField) -> str | None:
    if found.bands and label and not table.maps(dimension, label):
        return _band(int(label), found.bands)
    code = table.code(dimension, label, found)
    return None if code == TOTAL else code


def _band(age: int, bands: Iterable[str]) -> str | None:
    for band in bands:
        low, high = ages.age_bounds(band) or (0, -1)
        if age >= low and (high is None or age <= high):
            return band
    return None


def _period_of(day: dt.date, length: str) -> Period:
    count = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(length)
    if count is None:
        return Period(day, day)
    return periods.months(day.year, (day.month - 1) // count * count + 1, count)
