"""Polluted CSVs are read right or refused with a reason: none is read wrong in silence, none is lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pipelines.common.problems import UnreadableExport
from pipelines.contracts.codes import normalised
from pipelines.contracts.contract import Source, load
from pipelines.quality.expectations import Validator
from pipelines.reading import exports, grids, tables
from pipelines.releases import record_readings
from pipelines.releases.readings import Reading
from pipelines.releases.store import Store
from tests.polluted import GOOD, ROWS, Polluted, mutated, polluted

pytestmark = pytest.mark.whole

TABLE = """\
max_rejected_pct: 100
missingValues: ['']
columns:
  date: {period: day}
  offence: {dimension: crime_type, codes: as_printed}
  place: {dimension: region, codes: {'': unknown, '*': as_printed}}
  cases: {value: count, measure: cases}
"""
RECORDS = """\
kind: records
period: 2024
max_rejected_pct: 100
fields:
  date: {type: date}
  offence: {dimension: crime_type, codes: as_printed}
  place: {dimension: region, codes: {'': unknown, '*': as_printed}}
  cases: {type: integer}
measures: {cases: count}
rollup: {period: file, by: [[crime_type, region]]}
"""
FILES = list(polluted())
Found = Counter[tuple[str, ...]]


def stripped(rows: tuple[tuple[str, ...], ...]) -> Found:
    return Counter(tuple(cell.strip() for cell in row) for row in rows)


def table_of(source: Source, content: bytes) -> tuple[Found, int, list[str]]:
    """The rows of a table as they were understood, how many were not, and why."""
    [table] = source.tables.values()
    path = source.folder.parent / "export"
    path.write_bytes(content)
    try:
        grid = grids.read(path, "series/export", table.layout)
    except UnreadableExport as error:
        return Counter(), 0, [str(problem) for problem in error.problems]
    origin = tables.Origin("series", "abc", "series/export", dt.date(2025, 1, 31), ())
    tidy = tables.tidy(grid, table, origin)
    reasons = [str(problem) for problem in tidy.problems]
    if any(problem.row is None for problem in tidy.problems):
        return Counter(), tidy.rows_received, reasons
    rejected = {problem.row for problem in tidy.problems}
    found = [
        (str(one["period_start"]), one["crime_type"], one["region"].replace("unknown", ""), str(one["value"]))
        for one in tidy.observations.to_dict("records")
    ]
    assert len(found) + len(rejected) == tidy.rows_received
    return Counter(found), len(rejected), reasons


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_polluted_table_is_read_right_or_refused(source_of, file):
    found, rejected, reasons = table_of(source_of(TABLE), file.content)
    wanted = stripped(file.rows)
    of_total = Counter({("2024-01-06", "total", "", "1794"): 1})  # says itself that it is one
    assert found - wanted - of_total == Counter()
    assert found or reasons
    assert sum((wanted - found).values()) == 0 or reasons
    assert rejected == 0 or len(reasons) >= rejected or any("," in reason for reason in reasons)


@pytest.fixture(scope="module")
def all_records(tmp_path_factory) -> dict[bytes, tuple[Found, Reading]]:
    """Content → the rows that were accepted of it, and its reading; those that are read as records."""
    folder = tmp_path_factory.mktemp("polluted") / "series"
    folder.mkdir()
    head = "title: t\npublisher: p\nlicence: n\nreleased_on: 2025-01-31\nfiles: '*.csv'\n"
    (folder / "source.yaml").write_text(head + RECORDS, encoding="utf-8")
    contents = list(dict.fromkeys([*(file.content for file in FILES), *mutated(GOOD, seed=7, count=60)]))
    for number, content in enumerate(contents):
        (folder / f"{number}.csv").write_bytes(content)
    source, scratch = load(folder), folder.parent
    found = {}
    validator = Validator(scratch / "results", scratch / "site")
    readable = [export for export in exports.discover(source) if not export.problem]
    for reading in record_readings.read(source, readable, Store(scratch / "store"), validator):
        rows: Found = Counter()
        if reading.records:
            kept = duckdb.read_parquet(str(reading.records)).select("date, offence, place, cases").fetchall()
            rows = Counter(tuple("" if cell is None else str(cell).strip() for cell in row) for row in kept)
        number = int(Path(reading.receipt.source_file).stem)
        found[contents[number]] = rows, reading
    assert len(found) == len(contents)
    return found


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_polluted_records_are_read_right_or_refused(all_records, file: Polluted):
    found, reading = all_records[file.content]
    receipt, wanted = reading.receipt, stripped(file.rows)
    assert found - wanted == Counter()
    assert receipt.rows_accepted + receipt.rows_rejected == receipt.rows_received
    assert sum(found.values()) == receipt.rows_accepted
    assert wanted == found or receipt.problems
    if receipt.is_accepted and receipt.observations:  # every record is counted, none is left out in silence
        total = reading.observations.query("crime_type == 'total' and region == 'total'")
        assert list(total["value"]) == [receipt.rows_accepted]


def test_of_records_with_some_random_bytes_the_others_are_read_as_they_are(all_records):
    good = stripped(ROWS)
    for content, (found, reading) in all_records.items():
        receipt = reading.receipt
        lines = [line for line in content.split(b"\n")[1:] if line.strip(b"\r")]
        assert receipt.rows_accepted + receipt.rows_rejected == receipt.rows_received
        assert receipt.rows_received in (len(lines), 0)
        intact = Counter(row for row, line in zip(ROWS, GOOD.split(b"\n")[1:], strict=False) if line in lines)
        if receipt.is_accepted:
            assert sum((stripped(tuple(intact)) - found).values()) == 0
        assert receipt.problems or found == good or sum(found.values()) == len(lines)


@pytest.mark.parametrize("seed", range(3))
def test_a_table_with_some_random_bytes_is_read_as_it_is_or_refused(source_of, seed):
    source = source_of(TABLE)
    for content in mutated(GOOD, seed, count=60):
        found, rejected, reasons = table_of(source, content)
        said = Counter(
            (normalised(cells[1]).casefold(), normalised(cells[2]).casefold(), cells[3].strip().lstrip("+0"))
            for cells in csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
            if len(cells) == 4
        )
        read = Counter(
            (offence.casefold(), place.casefold(), value.lstrip("0").replace("None", ""))
            for _, offence, place, value in found.elements()
        )
        assert {row for row in read - said if (*row[:2], f"{row[2]}.") not in said} == set()
        assert reasons or not rejected
