"""The SQL of the rollups is plain: SQLite runs it as DuckDB does, and Spark's dialect can parse it."""

from __future__ import annotations

import sqlite3

import duckdb
import pytest
import sqlglot

from pipelines.common.paths import SQL, statement

RECORD = "export_no, period, crime_type, age_band, sex, region, others, selection, counted"
RECORDS = [
    (1, 1, 1, 3, 0, 0, 0, 0, "case a"),
    (1, 1, 1, 4, 0, 0, 0, 1, "case a"),
    (1, 1, 2, 3, 0, 0, 0, 1, "case b"),
    (1, 2, 1, 3, 0, 0, 0, 0, None),
    (2, 1, 1, 3, 0, 0, 7, 0, "case a"),
]
KEPT = [(1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 7, 7), (1, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 7, 0)]
SELECTED = [("suspects", 0, 1), ("suspects", 1, 1), ("suspects_detained", 0, 0), ("suspects_detained", 1, 1)]
TABLES = {
    "record": (RECORD, RECORDS),
    "kept": ("crime_type, age_band, sex, region, others, others_kept", KEPT),
    "selected": ("measure, selection, is_counted", SELECTED),
}


def of_sqlite(query: str) -> set[tuple]:
    connection = sqlite3.connect(":memory:")
    for name, (columns, rows) in TABLES.items():
        connection.execute(f"create table {name} ({columns})")
        connection.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
    connection.execute(f"create table counted as {statement('rollups', 'counts')}")
    return set(connection.execute(query).fetchall())


def of_duckdb(query: str) -> set[tuple]:
    with duckdb.connect() as connection:
        for name, (columns, rows) in TABLES.items():
            texts = ("counted", "measure")
            typed = ", ".join(f"{c} {'varchar' if c in texts else 'integer'}" for c in columns.split(", "))
            connection.execute(f"create table {name} ({typed})")
            connection.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
        connection.execute(f"create table counted as {statement('rollups', 'counts')}")
        return set(connection.execute(query).fetchall())


@pytest.mark.parametrize("name", ["counts", "sums", "distinct_counts"])
def test_another_engine_counts_the_same(name: str) -> None:
    query = statement("rollups", name)
    found = of_duckdb(query)

    assert found == of_sqlite(query)
    assert found


def test_sums_are_those_of_the_records() -> None:
    assert of_duckdb(statement("rollups", "sums")) >= {
        # export, period, measure, crime type, age band, sex, region, others, value
        (1, 1, "suspects", 0, 0, 0, 0, 0, 3),
        (1, 1, "suspects", 1, 0, 0, 0, 0, 2),
        (1, 1, "suspects", 1, 3, 0, 0, 0, 1),
        (1, 1, "suspects_detained", 1, 3, 0, 0, 0, 0),
        (1, 1, "suspects_detained", 0, 0, 0, 0, 0, 2),
        (1, 2, "suspects_detained", 0, 0, 0, 0, 0, 0),
        (2, 1, "suspects", 0, 0, 0, 0, 0, 1),
        (2, 1, "suspects", 1, 3, 0, 0, 7, 1),
    }


@pytest.mark.parametrize("path", sorted((SQL / "rollups").glob("*.sql")), ids=lambda path: path.stem)
def test_spark_can_parse_it_as_it_stands(path) -> None:
    text = path.read_text(encoding="utf-8")

    assert sqlglot.parse_one(text, dialect="spark").sql("spark")
    assert not any(
        word in text for word in ("qualify", "struct", "list(", "[", "lambda", "::", "group by all")
    )
