"""Record-level exports through the whole of ingest: real DuckDB, real Great Expectations, a real store."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.common import record_sql
from pipelines.contracts import contract
from pipelines.contracts.codes import normalised
from pipelines.quality.expectations import Validator
from pipelines.releases import editions, ingest
from pipelines.releases.editions import ingest_editions, standing
from pipelines.releases.store import Receipt, Store

HEAD = r"""
title: Arrests
publisher: A police force
licence: none
kind: records
files: '*(?P<month>\d{4}-\d{2}).*'
released_on: period_end
dated_by: Date
"""
CONTRACT = (
    HEAD
    + r"""
fields:
  Id: {key: true, constraints: {required: true}}
  Date: {type: date}
  Type: {dimension: crime_type, codes: {Theft: theft, Fraud: fraud}}
  Age: {type: integer, dimension: age_band, bands: [0-17, 18+], codes: {'': unknown}}
  Held: {type: boolean, trueValues: [Y], falseValues: [N]}
  Name: {personal: drop}
  '*': {ignore: not used}
measures:
  suspects: count
  suspects_detained: count where Held
rollup: {by: [[crime_type, age_band]]}
code_lists: {crime_type: {theft: Theft, fraud: Fraud}}
"""
)
HEADER = "Id,Date,Type,Age,Held,Name\n"
GOOD = [
    "a,2024-01-01,Theft,17,Y,Kim\n",
    "b,2024-01-15,Theft,18,N,Lee\n",
    "c,2024-01-31,Fraud,,N,Park\n",
]


class Records:
    """A source of records on disk, and what is known of it."""

    def __init__(self, folder: Path, validator: Validator) -> None:
        self.folder, self.validator = folder / "raw" / "arrests", validator
        self.store = Store(folder / "warehouse" / ".store")
        self.folder.mkdir(parents=True)

    def says(self, more: str = "", words: str = CONTRACT) -> Records:
        (self.folder / "source.yaml").write_text(words + dedent(more), encoding="utf-8")
        return self

    def put(self, content: str | bytes, name: str = "2024-01.csv") -> Records:
        data = content if isinstance(content, bytes) else content.encode()
        (self.folder / name).write_bytes(data)
        return self

    def ingest(self) -> dict[str, Receipt]:
        source = contract.load(self.folder)
        editions = standing(source, self.store).editions
        receipts = ingest_editions(source, editions, self.store, self.validator)
        for receipt in receipts:
            assert receipt.rows_accepted + receipt.rows_rejected == receipt.rows_received
        return {receipt.source_file.partition("/")[2]: receipt for receipt in receipts}

    def receipt(self) -> Receipt:
        [receipt] = self.ingest().values()
        return receipt

    def figures(self, columns: str = "measure, crime_type, age_band, value") -> list[tuple]:
        good = [e.good for e in self.store.ledger("arrests").values() if e.good]
        files = [str(self.store.observations(name)) for name in good]
        query = f"select {columns} from read_parquet($1) order by all"
        return duckdb.execute(query, [files]).fetchall()

    def rejected(self, columns: str = "source_row, source_column, reason") -> list[tuple]:
        latest = [e.latest for e in self.store.ledger("arrests").values()]
        files = [str(self.store.rejected_rows(name)) for name in latest]
        query = f"select {columns} from read_parquet($1) where source_row is not null order by all"
        return duckdb.execute(query, [files]).fetchall()

    def kept(self, columns: str = "*") -> list[tuple]:
        files = [str(path) for path in self.store.folder.glob("records/*/*/*.parquet")]
        return duckdb.execute(f"select {columns} from read_parquet($1) order by all", [files]).fetchall()


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Validator:
    folder = tmp_path_factory.mktemp("great_expectations")
    return Validator(folder / "store", folder / "site")


@pytest.fixture
def records(tmp_path: Path, validator: Validator) -> Records:
    return Records(tmp_path, validator).says()


UNTOLD = (
    HEAD
    + r"""
missingValues: ['-']
fields:
  Id: {}
  Date: {type: date}
  Type: {dimension: crime_type, codes: as_printed}
measures: {suspects: count}
"""
)
"""Of records of which nothing is told by whom."""


# Counting


def test_records_are_counted_by_every_breakdown_down_to_the_total(records: Records) -> None:
    receipt = records.put(HEADER + "".join(GOOD)).receipt()

    assert (receipt.status, receipt.rows_received, receipt.rows_accepted) == ("accepted", 3, 3)
    # Where there are thefts and people of unknown age, no theft by one of them is none.
    counts = {
        "suspects": {"theft": (1, 1, 0, 2), "fraud": (0, 0, 1, 1), "total": (1, 1, 1, 3)},
        "suspects_detained": {"theft": (1, 0, 0, 1), "fraud": (0, 0, 0, 0), "total": (1, 0, 0, 1)},
    }
    assert set(records.figures()) == {
        (measure, crime_type, age, value)
        for measure, types in counts.items()
        for crime_type, values in types.items()
        for age, value in zip(("0-17", "18+", "unknown", "total"), values, strict=True)
    }


def test_what_no_record_of_an_export_has_is_not_zero_but_unknown(records: Records) -> None:
    words = CONTRACT.replace(r"(?P<month>\d{4}-\d{2}).*'", r"(?P<year>\d{4}).csv'")
    records.says(words=words)
    rows = ["a,2024-01-01,Theft,17,Y,x\n", "b,2024-02-01,Theft,17,Y,x\n", "c,2024-02-02,Fraud,17,Y,x\n"]
    records.put(HEADER + "".join(rows), "2024.csv").ingest()

    found = records.figures("month(period_start), crime_type, age_band, value, measure")
    suspects = {row[:4] for row in found if row[4] == "suspects"}
    # Fraud in January is none, since the export has fraud; of adults and unknown ages it says nothing.
    assert suspects == {
        (month, crime_type, age_band, value)
        for month, values in (
            (1, {"theft": 1, "fraud": 0, "total": 1}),
            (2, {"theft": 1, "fraud": 1, "total": 2}),
        )
        for crime_type, value in values.items()
        for age_band in ("0-17", "total")
    }


def test_a_figure_says_what_was_counted_in_which_file(records: Records) -> None:
    records.put(HEADER + "".join(GOOD)).ingest()
    columns = "distinct measure, source_file, source_column, period_start::varchar, period_end::varchar"

    assert records.figures(columns) == [
        ("suspects", "arrests/2024-01.csv", "count", "2024-01-01", "2024-01-31"),
        ("suspects_detained", "arrests/2024-01.csv", "count where Held", "2024-01-01", "2024-01-31"),
    ]


def test_different_values_are_counted_by_each_breakdown_by_itself(records: Records) -> None:
    words = CONTRACT.replace("suspects: count\n", "suspects: count\n  cases: count distinct Case\n")
    records.says(words=words.replace("  Name:", "  Case: {}\n  Name:"))
    rows = ["a,2024-01-01,Theft,17,Y,1,x\n", "b,2024-01-02,Theft,18,Y,1,x\n", "c,2024-01-03,Fraud,18,N,,x\n"]
    receipt = records.put("Id,Date,Type,Age,Held,Case,Name\n" + "".join(rows)).receipt()

    cases = {row[1:3]: row[3] for row in records.figures() if row[0] == "cases"}
    assert cases[("theft", "0-17")] == cases[("theft", "18+")] == cases[("theft", "total")] == 1
    assert cases[("fraud", "total")] == 0  # a record without a case is in no case
    additive = {found["measure"]: found["is_additive"] for found in receipt.measures}
    assert additive == {"suspects": True, "cases": False, "suspects_detained": True}
    totals = {(b["measure"], b["dimension"]): b["totals"] for b in receipt.breakdowns}
    assert totals["cases", "age_band"] == "overlapping"
    assert totals["suspects", "age_band"] == "printed"


def test_a_file_may_hold_several_months_where_its_name_gives_none(records: Records) -> None:
    records.says(words=CONTRACT.replace(r"'*(?P<month>\d{4}-\d{2}).*'\nreleased_on: period_end", ""))
    words = CONTRACT.replace(r"files: '*(?P<month>\d{4}-\d{2}).*'", "files: '*.csv'")
    records.says(words=words.replace("released_on: period_end", "released_on: 2024-12-31"))
    records.put(HEADER + GOOD[0] + "d,2024-03-01,Theft,20,N,x\n", "all.csv").ingest()

    totals = [
        row for row in records.figures("period_start::varchar, measure, crime_type, age_band, value")
        if row[1:4] == ("suspects", "total", "total")
    ]  # fmt: skip
    assert totals == [
        ("2024-01-01", "suspects", "total", "total", 1),
        ("2024-03-01", "suspects", "total", "total", 1),
    ]


def test_two_releases_may_have_a_file_of_the_same_content(records: Records) -> None:
    words = CONTRACT.replace(r"(?P<month>\d{4}-\d{2}).*'", r"(?P<released_on>\d{4}-\d{2}-\d{2}).csv'")
    records.says(words=words.replace("released_on: period_end\n", ""))
    content = HEADER + "".join(GOOD)
    receipts = records.put(content, "2024-02-01.csv").put(content, "2024-03-01.csv").ingest()

    assert {name: r.rows_accepted for name, r in receipts.items()} == {
        "2024-02-01.csv": 3,
        "2024-03-01.csv": 3,
    }


def test_dimensions_of_its_own_keep_their_codes_beside_codes_that_no_record_has(records: Records) -> None:
    words = CONTRACT.replace("  Held:", "  Place: {dimension: place}\n  Weapon: {dimension: weapon}\n  Held:")
    words = words.replace("{by: [[crime_type, age_band]]}", "{by: [[place, weapon], [crime_type, age_band]]}")
    records.says("other_dimensions: {place: Where, weapon: With what}\n", words)
    row = "a,2024-01-01,Theft,17,home,knife,Y,Kim\n"
    records.put("Id,Date,Type,Age,Place,Weapon,Held,Name\n" + row).ingest()

    found = {others for (others,) in records.figures("distinct other_dimensions")}
    assert found == {
        None, '{"place":"home"}', '{"weapon":"knife"}', '{"place":"home","weapon":"knife"}',
    }  # fmt: skip


# Bad rows


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("d,2024-02-01,Theft,20,N,x\n", "Date", "is outside the period of the file"),
        ("d,2024-13-01,Theft,20,N,x\n", "Date", "is not a date"),
        ("d,,Theft,20,N,x\n", "Date", "is empty"),
        ("d,2024-01-01,Arson,20,N,x\n", "Type", "'Arson' is not a known crime type"),
        ("d,2024-01-01,,20,N,x\n", "Type", "is empty"),
        ("d,2024-01-01,Theft,12.7,N,x\n", "Age", "is not a whole number"),
        ("d,2024-01-01,Theft,0x1F,N,x\n", "Age", "is not a whole number"),
        ("d,2024-01-01,Theft,1.000,N,x\n", "Age", "is not a whole number"),
        ("d,2024-01-01,Theft,-3,N,x\n", "Age", "'-3' is not a known age band"),
        ("d,2024-01-01,Theft,20,maybe,x\n", "Held", "is not a truth value"),
        (",2024-01-01,Theft,20,N,x\n", "Id", "is empty"),
        (GOOD[0], "Id", "is that of another row"),
        ("d,2024-01-01,Theft\n", None, "has 3 cells, and the header has 6"),
        ("d,2024-01-01,Theft,20,N,x,y\n", None, "has 7 cells, and the header has 6"),
        ('d,2024-01-01,"Theft,20,N,x\n', None, "a quotation mark is not closed"),
        ("d,2024-01-01,Theft,20,N,\x00\n", None, "has a NUL byte"),
    ],
)
def test_a_bad_row_is_rejected_at_its_line_and_the_others_are_counted(
    records: Records, row: str, column: str | None, reason: str
) -> None:
    records.says("max_rejected_pct: 50\n").put(HEADER + GOOD[0] + row + GOOD[1] + GOOD[2])
    receipt = records.receipt()

    assert (receipt.status, receipt.rows_received, receipt.rows_rejected) == ("accepted", 4, 1)
    assert records.rejected() == [(3, column, reason)]
    [(total,)] = [r[3:] for r in records.figures() if r[:3] == ("suspects", "total", "total")]
    assert total == 3
    assert len(records.kept()) == 3


def test_of_rows_that_have_one_key_and_differ_none_is_believed(records: Records) -> None:
    other = GOOD[0].replace("Theft", "Fraud")
    receipt = (
        records.says("max_rejected_pct: 50\n").put(HEADER + GOOD[0] + other + GOOD[1] + GOOD[2]).receipt()
    )

    assert (receipt.status, receipt.rows_accepted, receipt.rows_rejected) == ("accepted", 2, 2)
    assert records.rejected() == [(2, "Id", "is that of another row"), (3, "Id", "is that of another row")]


def test_of_dates_one_of_which_has_the_month_first_none_is_believed(records: Records) -> None:
    words = CONTRACT.replace("{type: date}", "{type: date, format: '%d/%m/%Y'}")
    rows = [GOOD[0].replace("2024-01-01", "03/01/2024"), GOOD[1].replace("2024-01-15", "01/15/2024")]
    receipt = records.says("max_rejected_pct: 50\n", words).put(HEADER + "".join(rows)).receipt()

    assert (receipt.status, receipt.observations) == ("quarantined", 0)
    assert "row 3: '01/15/2024' has its day and month in each other's place" in receipt.problems[0]


def test_a_header_that_is_further_below_is_told_and_not_taken(records: Records) -> None:
    receipt = records.says().put("Arrests,,,,,\n\n" + HEADER + "".join(GOOD)).receipt()

    assert receipt.status == "quarantined"
    assert (
        "Row 3 looks like the header: if all above it is a title, say `skip_rows: 2`" in receipt.problems[0]
    )


def test_records_in_utf_16_are_no_text(records: Records) -> None:
    receipt = records.says().put((HEADER + GOOD[0]).encode("utf-16-le")).receipt()

    assert "a NUL character: this is not text. See `encoding:`" in receipt.problems[0]


class SlowStore(Store):
    """On a disk that takes its time."""

    def write(self, *reading, **more) -> None:
        time.sleep(0.3)
        super().write(*reading, **more)


def test_records_are_kept_though_the_reading_before_them_is_still_written(records: Records) -> None:
    records.store = SlowStore(records.store.folder)
    records.says().put(HEADER + "".join(GOOD)).ingest()

    assert len(records.kept()) == 3


def test_the_text_of_a_rejected_row_is_kept(records: Records) -> None:
    records.says("max_rejected_pct: 50\n").put(HEADER + GOOD[0] + "d,x,Theft,20,N,Choi\n" + GOOD[1]).ingest()

    assert records.rejected("raw_row, value") == [("d,x,Theft,20,N,Choi", "x")]


def test_a_cell_that_tells_who_somebody_is_stands_in_no_message(records: Records) -> None:
    receipt = records.says("max_rejected_pct: 50\n").put(HEADER + GOOD[0] + GOOD[1] + GOOD[0]).receipt()

    assert records.rejected("source_column, value") == [("Id", None)]
    assert "'a'" not in str(receipt.problems) + str(receipt.checks)


def test_bytes_that_are_not_of_the_encoding_spoil_their_line_only(records: Records) -> None:
    bad = b"d,2024-01-01,Theft,20,N,\xff\n"
    records.says("max_rejected_pct: 50\n").put((HEADER + GOOD[0]).encode() + bad + GOOD[1].encode()).ingest()

    assert records.rejected() == [(3, None, "is not utf-8: byte 0xff at 25")]


def test_more_bad_rows_than_the_contract_allows_keep_the_whole_export_out(records: Records) -> None:
    receipt = records.put(HEADER + "".join(GOOD) + "d,x,Theft,20,N,x\n").receipt()

    assert (receipt.status, receipt.rows_rejected, receipt.rows_accepted) == ("quarantined", 4, 0)
    assert "1 row of 4 are rejected, and the contract allows 0%" in receipt.problems[0]
    assert receipt.rows_listed == len(records.rejected()) == 1
    assert not list(records.store.folder.glob("records/*/*/*"))


def test_a_file_of_nothing_but_bad_rows_is_quarantined_whatever_the_contract_allows(records: Records) -> None:
    receipt = records.says("max_rejected_pct: 100\n").put(HEADER + "nothing\n").receipt()

    assert (receipt.status, receipt.rows_received, receipt.rows_rejected) == ("quarantined", 1, 1)


def test_blank_lines_are_no_rows(records: Records) -> None:
    receipt = records.put(HEADER + GOOD[0] + "\n" + GOOD[1] + "\n").receipt()

    assert (receipt.status, receipt.rows_received, receipt.rows_ignored) == ("accepted", 2, 2)


@pytest.mark.whole
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_done_to_a_file_every_line_is_accounted_for(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, validator: Validator
) -> None:
    rows = [f"{n},2024-01-{n % 28 + 1:02d},Theft,{n % 90},N,x{n}\n" for n in range(40)]
    content = bytearray((HEADER + "".join(rows)).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(len(HEADER), len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from([b'"', b",", b"\n", b"\r", b"\xff", b"\x00", b"", b"9", b'""', b"\r\n", b"Theft"])
        )
    records = Records(tmp_path_factory.mktemp("corrupted"), validator).says("max_rejected_pct: 90\n")
    receipt = records.put(bytes(content)).receipt()

    lines = bytes(content).split(b"\n")[1:]
    assert receipt.rows_received + receipt.rows_ignored == len(lines) - (lines[-1] == b"")
    if receipt.is_accepted:
        assert len(records.kept()) == receipt.rows_accepted
        [total] = [r[3] for r in records.figures() if r[:3] == ("suspects", "total", "total")]
        assert total == receipt.rows_accepted


# Repeated rows


def without_key(words: str = CONTRACT) -> str:
    return words.replace("  Id: {key: true, constraints: {required: true}}\n", "  Id: {}\n")


def test_repeated_rows_are_counted_and_told(records: Records) -> None:
    records.says(words=without_key()).put(HEADER + GOOD[0] + GOOD[1] + GOOD[0] + GOOD[0])
    receipt = records.receipt()

    [told] = [c["explanation"] for c in receipt.checks if c["verdict"] == "failed"]
    assert told == "it is the same as a row before it in 2 rows"
    assert (receipt.rows_accepted, receipt.rows_rejected) == (4, 0)


def test_repeated_rows_are_rejected_where_the_contract_says_so(records: Records) -> None:
    records.says("repeated_rows: reject\nmax_rejected_pct: 50\n", without_key())
    receipt = records.put(HEADER + GOOD[0] + GOOD[1] + GOOD[0] + GOOD[0]).receipt()

    assert [row for row, _, _ in records.rejected()] == [4, 5]
    assert (receipt.rows_accepted, receipt.rows_rejected) == (2, 2)


def test_nobody_looks_for_repeated_rows_that_are_expected(records: Records) -> None:
    records.says("repeated_rows: expected\n", without_key()).put(HEADER + GOOD[0] + GOOD[0])

    assert not [c for c in records.receipt().checks if c["verdict"] == "failed"]


def test_empty_keys_are_not_repeated(records: Records) -> None:
    words = CONTRACT.replace("{key: true, constraints: {required: true}}", "{key: true}")
    records.says(words=words).put(HEADER + GOOD[0][1:] + GOOD[1][1:])

    assert not [c for c in records.receipt().checks if c["rule"]["called"] == "no_key_is_repeated(Id)"
                and c["verdict"] != "passed"]  # fmt: skip


# Formats


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig"])
def test_an_export_is_read_in_its_encoding(records: Records, encoding: str) -> None:
    words = CONTRACT.replace("Theft: theft, Fraud: fraud", "절도: theft, 사기: fraud")
    records.says(f"encoding: {encoding}\n", words)
    rows = HEADER + GOOD[0].replace("Theft", "절도") + GOOD[2].replace("Fraud", "사기")
    receipt = records.put(rows.encode(encoding)).receipt()

    assert (receipt.encoding, receipt.rows_accepted) == (encoding, 2)
    assert {row[1] for row in records.figures()} == {"theft", "fraud", "total"}


def test_the_first_encoding_that_fits_is_used_and_recorded(records: Records) -> None:
    records.says("encoding: [utf-8, cp949]\n").put((HEADER + GOOD[0].replace("Kim", "김")).encode("cp949"))

    assert records.receipt().encoding == "cp949"


def test_windows_line_ends_and_gzip_are_read(records: Records) -> None:
    text = (HEADER + "".join(GOOD)).replace("\n", "\r\n").encode()
    records.put(text).put(
        gzip.compress(text.replace(b"2024-01", b"2024-02").replace(b"31,", b"20,")), "2024-02.csv.gz"
    )
    receipts = records.ingest()

    assert {name: r.rows_accepted for name, r in receipts.items()} == {"2024-01.csv": 3, "2024-02.csv.gz": 3}


def test_a_cut_gzip_file_is_quarantined(records: Records) -> None:
    receipt = records.put(gzip.compress((HEADER + "".join(GOOD)).encode())[:-20], "2024-01.csv.gz").receipt()

    assert receipt.status == "quarantined"


def test_parquet_is_read_and_its_bad_rows_are_rejected(records: Records, tmp_path: Path) -> None:
    records.says("max_rejected_pct: 50\n")
    rows = "('a', date '2024-01-01', 'Theft', 17, true, 'Kim'), ('b', date '2024-01-02', 'Arson', 18, false, 'x')"
    path = records.folder / "2024-01.parquet"
    duckdb.sql(
        f'select * from (values {rows}) as t ("Id", "Date", "Type", "Age", "Held", "Name")'
    ).write_parquet(str(path))
    words = CONTRACT.replace(
        "trueValues: [Y], falseValues: [N]", "trueValues: ['true'], falseValues: ['false']"
    )
    receipt = records.says("max_rejected_pct: 50\n", words).receipt()

    assert (receipt.rows_accepted, receipt.rows_rejected) == (1, 1)
    [(row, column, raw)] = records.rejected("source_row, source_column, raw_row")
    assert (row, column) == (2, "Type")
    assert '"Type":"Arson"' in raw


def put_parquet(records: Records, rows: str, columns: str = '"Id", "Date", "Type"') -> Receipt:
    path = records.folder / "2024-01.parquet"
    duckdb.sql(f"select * from (values {rows}) as t ({columns})").write_parquet(str(path))
    return records.receipt()


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        ("varchar", ["24-01-04", "2024-01-04 (BC)", "epoch", "infinity", "2024-01-04 23:59:59+00", "04/01/2024"]),
        ("date", ["0024-01-04", "infinity", "2024-01-04 (BC)"]),
        ("timestamp", ["0024-01-04", "-infinity"]),
    ],
)  # fmt: skip
def test_a_day_in_parquet_is_read_as_strictly_as_in_a_csv(
    records: Records, kind: str, days: list[str]
) -> None:
    records.says("max_rejected_pct: 99\n", UNTOLD)
    rows = ", ".join(f"('a', '{day}'::{kind}, 'Theft')" for day in [*days, "2024-01-05"])
    receipt = put_parquet(records, rows)

    assert (receipt.rows_accepted, receipt.rows_rejected) == (1, len(days))
    assert records.rejected() == [(row, "Date", "is not a date") for row in range(1, len(days) + 1)]
    assert records.figures("crime_type, value") == [("Theft", 1), ("total", 1)]


def test_words_of_duckdb_are_no_days_in_a_csv(records: Records) -> None:
    rows = "a,epoch,Theft\nb,infinity,Theft\nc,24-01-04,Theft\n"
    records.says(words=UNTOLD).put("Id,Date,Type\n" + rows).receipt()

    assert records.rejected() == [(row, "Date", "is not a date") for row in (2, 3, 4)]


def test_a_text_in_parquet_is_a_day_in_the_format_of_the_contract(records: Records) -> None:
    records.says(words=UNTOLD.replace("{type: date}", "{type: date, format: '%d/%m/%Y'}"))
    receipt = put_parquet(records, "('a', ' 04/01/2024 ', 'Theft'), ('b', '31/01/2024', 'Theft')")

    assert receipt.rows_accepted == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("'a', timestamptz '2024-01-31 16:00:00+00', 'Theft'", "column 'Date': its times have a time zone"),
        ("'a', 20240131, 'Theft'", "column 'Date': its cells are of type INTEGER, and the field is a date"),
        ("'a', date '2024-01-31', ['Theft']", "column 'Type': its cells are of type VARCHAR[]"),
        ("'a', date '2024-01-31', 'Theft'::blob", "column 'Type': its cells are of type BLOB"),
        ("'a', date '2024-01-31', 11::double", "column 'Type': its cells are of type DOUBLE"),
    ],
)
def test_a_column_of_parquet_of_which_nobody_knows_what_it_means_is_refused(
    records: Records, row: str, said: str
) -> None:
    receipt = put_parquet(records.says(words=UNTOLD), f"({row})")

    assert (receipt.status, receipt.observations) == ("quarantined", 0)
    assert said in receipt.problems[0]


def test_numbers_of_parquet_are_labels_as_they_are_written(records: Records) -> None:
    rows = "('a', date '2024-01-31', 11::decimal(4, 0)), ('b', date '2024-01-31', 12::decimal(4, 0))"
    put_parquet(records.says(words=UNTOLD), rows)

    assert records.figures("crime_type, value") == [("11", 1), ("12", 1), ("total", 2)]


CELLS = ["", "  ", "-", "\u00a0\t", " - "]
"""Of nothing, where a contract says so of the last."""


@pytest.mark.parametrize("is_parquet", [True, False])
def test_blanks_and_missing_values_are_empty_cells(records: Records, is_parquet: bool) -> None:
    records.says(words=UNTOLD.replace("Id: {}", "Id: {constraints: {required: true}}"))
    if is_parquet:
        receipt = put_parquet(records, ", ".join(f"('{cell}', date '2024-01-03', 'A')" for cell in CELLS))
    else:
        receipt = records.put(
            "Id,Date,Type\n" + "".join(f"{cell},2024-01-03,A\n" for cell in CELLS)
        ).receipt()

    assert receipt.rows_accepted == 0
    assert [(column, reason) for _, column, reason in records.rejected()] == [("Id", "is empty")] * 5


@pytest.mark.parametrize(
    ("field", "cells", "where", "counted"),
    [
        ("{}", ["F ", " F", "f", "M"], "F", 2),
        ("{}", ["\u00c9", "E\u0301", "E"], "\u00c9", 2),
        ("{}", ["first  degree", "first\u00a0degree", "firstdegree"], " first degree", 2),
        ("{type: number}", ["101", "101.0", "1.01e2", "102"], "'101'", 3),
        ("{type: integer}", ["0101", "101", "102"], "'0101'", 2),
        ("{type: boolean, trueValues: [Y], falseValues: [N]}", ["Y", "Y ", "N"], "'true'", 2),
        ("{type: boolean, trueValues: [Y], falseValues: [N]}", ["Y", "N ", "N"], "'N'", 2),
        ("{type: date, format: '%d/%m/%Y'}", ["03/01/2024", "01/03/2024"], "'2024-01-03'", 1),
    ],
)
def test_what_counts_is_compared_as_the_cells_are_read(
    records: Records, field: str, cells: list[str], where: str, counted: int
) -> None:
    words = UNTOLD.replace("Id: {}", f"Id: {field}").replace(
        "{suspects: count}", f"{{suspects: count, suspects_detained: {{where: {{Id: [{where}]}}}}}}"
    )
    rows = "".join(f"{cell},2024-01-03,A\n" for cell in cells)
    receipt = records.says(words=words).put("Id,Date,Type\n" + rows).receipt()

    assert receipt.rows_accepted == len(cells)
    assert ("suspects_detained", "A", counted) in records.figures("measure, crime_type, value")


def test_different_values_differ_in_more_than_blanks_and_unicode_form(records: Records) -> None:
    words = UNTOLD.replace("{suspects: count}", "{cases: {distinct: Id}}")
    cells = ["C1", "C1 ", "\u00a0C1", "c1", "\uac00", "\u1100\u1161"]
    records.says(words=words).put("Id,Date,Type\n" + "".join(f"{c},2024-01-03,A\n" for c in cells)).receipt()

    assert records.figures("crime_type, value") == [("A", 3), ("total", 3)]


def test_a_label_with_the_sign_of_a_path_is_a_part_of_nothing(records: Records) -> None:
    rows = "a,2024-01-03,THEFT\nb,2024-01-03,THEFT > $500\n"
    receipt = records.says(words=UNTOLD).put("Id,Date,Type\n" + rows).receipt()

    assert records.figures("crime_type, value") == [("THEFT", 1), ("THEFT › $500", 1), ("total", 2)]
    [code] = [code for code in receipt.codes if code["code"] == "THEFT › $500"]
    assert (code["label"], code["whole"]) == ("THEFT > $500", "total")


def test_a_cell_is_tidied_in_sql_as_a_label_is() -> None:
    texts = [f"{sign}a{sign}{sign}b{sign}" for sign in map(chr, range(1, 0x3100)) if not sign.isalnum()]
    texts += ["", "a", "a b", "a  b", "\u00c9\u1100\u1161", "절도 사건", " 절도", "\uac00\u11a8", "E\u0301 E"]
    query = f"select t, {record_sql.normalised('t')} from (select unnest($1) as t)"

    for text, found in duckdb.execute(query, [texts]).fetchall():
        assert found == normalised(text), ascii(text)


def test_columns_may_stand_in_any_order_and_have_other_names(records: Records) -> None:
    words = CONTRACT.replace("Type: {dimension", "Type: {aliases: [Offence], dimension")
    records.says(words=words).put("More,Held,Name,Offence,Id,Age,Date\nx,Y,Kim,Theft,a,17,2024-01-01\n")

    assert records.receipt().rows_accepted == 1


def test_a_column_that_is_missing_stops_the_export(records: Records) -> None:
    receipt = records.put("Id,Date,Typ,Age,Held,Name\n" + GOOD[0]).receipt()

    assert receipt.status == "quarantined"
    assert "has no column 'Type'; it may be column 3" in receipt.problems[0]


def test_a_column_that_is_not_in_the_contract_stops_the_export(records: Records) -> None:
    records.says(words=CONTRACT.replace("  '*': {ignore: not used}\n", ""))
    receipt = records.put("Id,Date,Type,Age,Held,Name,Nmae\n" + GOOD[0][:-1] + ",x\n").receipt()

    assert "column 7 is not in the contract; closest: 'Name'" in receipt.problems[0]


def test_labels_that_are_not_known_are_told_where_no_field_tells_who_somebody_is(records: Records) -> None:
    words = UNTOLD.replace("Id: {}", "Place: {}")
    receipt = records.says(words=words).put("Plaza,Date,Type\n1,2024-01-01,Theft\n").receipt()

    assert "column 1 'Plaza' is not in the contract; closest: 'Place'" in receipt.problems[0]
    assert "has no column 'Place'; closest: 'Plaza'" in receipt.problems[1]


# Privacy


@pytest.mark.parametrize("above", ["", "skip_rows: 1\n"])
def test_of_a_file_without_its_header_no_cell_is_told(records: Records, above: str) -> None:
    row = "900101-1234567,2024-01-01,Theft,17,Y,Kim Chulsoo\n"
    receipt = records.says(above).put((HEADER if above else "") + row).receipt()

    [problem] = receipt.problems
    assert (
        "its header is missing: none of the 6 cells of the row in its place is the label of a field"
        in problem
    )
    assert "expected are 'Id', 'Date', 'Type', 'Age', 'Held', 'Name'" in problem
    assert ("`skip_rows: 1` leaves it out" in problem) == bool(above)
    assert not any(cell in problem for cell in row.strip().split(","))


def test_a_first_record_of_which_one_cell_is_a_label_is_not_told(records: Records) -> None:
    records.says(words=CONTRACT.replace("  '*': {ignore: not used}\n", ""))
    receipt = records.put("900101-1234567,2024-01-01,Type,17,Y,Kim Chulsoo\n" + GOOD[0]).receipt()

    assert "column 1 is not in the contract" in receipt.problems[0]
    assert not any(cell in str(receipt.problems) for cell in ("Kim", "900101"))


def test_what_is_personal_is_dropped_or_kept_as_a_keyed_hash(records: Records) -> None:
    words = CONTRACT.replace("Id: {key: true, constraints", "Id: {personal: hash, key: true, constraints")
    records.says(words=words).put(HEADER + "".join(GOOD)).ingest()
    [row, *_] = records.kept()

    assert "Kim" not in str(records.kept())
    assert len(row[0]) == 32
    import hashlib

    assert row[0] != hashlib.sha256(b"a").hexdigest()[:32]


# Replacing


def test_a_corrected_export_replaces_its_rows_and_only_its_own(records: Records) -> None:
    many = HEADER + "".join(f"{n},2024-01-09,Theft,30,N,x\n" for n in range(40))
    records.put(many).put(HEADER + GOOD[0].replace("2024-01", "2024-02"), "2024-02.csv").ingest()
    records.put(many + "d,2024-01-05,Theft,40,N,x\n").ingest()

    columns = "source_file, measure, crime_type, age_band, value"
    totals = {
        row[0]: row[4] for row in records.figures(columns) if row[1:4] == ("suspects", "total", "total")
    }
    assert totals == {"arrests/2024-01.csv": 41, "arrests/2024-02.csv": 1}
    assert len(records.kept()) == 40 + 41 + 1  # the old rows go when the next warehouse is published


def test_a_file_that_is_replaced_once_it_was_hashed_is_not_taken_for_what_it_was(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = HEADER + "".join(GOOD)

    def replaced_late(*arguments: object) -> object:
        records.put(HEADER + GOOD[0])
        return ingest.ingest_all(*arguments)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(editions, "ingest_all", replaced_late)
        receipt = records.put(whole).receipt()
    assert (receipt.status, receipt.rows_accepted) == ("quarantined", 0)
    assert receipt.problems == ["`arrests/2024-01.csv`: changed while it was read. Run again"]
    receipt = records.put(whole).receipt()
    assert (receipt.status, receipt.rows_accepted) == ("accepted", 3)


def test_nothing_is_read_again_that_was_read(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    records.put(HEADER + "".join(GOOD)).ingest()
    monkeypatch.setattr("pipelines.releases.record_readings.Reader", None)

    assert records.receipt().rows_accepted == 3


# The contract's own expectations


def test_an_expectation_on_rows_rejects_the_rows_that_break_it(records: Records) -> None:
    more = "max_rejected_pct: 50\nexpect:\n  - {type: expect_column_values_to_be_between, column: Age, max_value: 17, on: rows}\n"
    records.says(more).put(HEADER + "".join(GOOD)).ingest()

    assert [row for row, _, _ in records.rejected()] == [3]


@pytest.mark.parametrize(("most", "status"), [(3, "accepted"), (2, "quarantined")])
def test_an_expectation_on_the_whole_looks_at_each_export_by_itself(
    records: Records, most: int, status: str
) -> None:
    more = f"expect:\n  - {{type: expect_table_row_count_to_be_between, max_value: {most}, on: rows}}\n"
    records.says(more).put(HEADER + "".join(GOOD)).put(
        HEADER + GOOD[0].replace("2024-01", "2024-02"), "2024-02.csv"
    )
    receipts = records.ingest()

    assert {name: r.status for name, r in receipts.items()} == {
        "2024-01.csv": status,
        "2024-02.csv": "accepted",
    }


def test_an_expectation_on_observations_looks_at_what_was_counted(records: Records) -> None:
    more = "expect:\n  - {type: expect_column_max_to_be_between, column: value, max_value: 2}\n"
    receipt = records.says(more).put(HEADER + "".join(GOOD)).receipt()

    assert receipt.status == "quarantined"
