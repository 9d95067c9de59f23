"""Literal figures → the relations of a warehouse, made in memory by the product's own queries.

A test gives the few columns that it is about; everything else is that of a plain yearly count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipelines.observation import COLUMNS, TOTAL
from pipelines.relations import STAGING_SCHEMA, Relation, relations
from pipelines.store import REJECTED_ROWS, Store
from pipelines.warehouse_inputs import Inputs

Row = dict[str, Any]

LATER = {"export_id": "later", "released_on": "2026-01-31"}
"""Of a release a year after that of every other figure."""

_READ_FROM_PARQUET = {"observation": COLUMNS, "rejected_rows": REJECTED_ROWS}
_MADE_BY_THE_PRODUCT = ("codes", "implied_bases", "comparable_periods")


def figure(
    value: int | None,
    *,
    year: int = 2024,
    period: str | None = None,
    share: str | None = None,
    change: str | None = None,
    **given: Any,
) -> Row:
    """One observation. ``period`` is ``first day/last day``; ``share`` and ``change`` are as printed."""
    start, end = (period or f"{year}-01-01/{year}-12-31").split("/")
    export_id = given.get("export_id", "first")
    return {
        "source": "police",
        "export_id": export_id,
        "released_on": "2025-01-31",
        "period_start": start,
        "period_end": end,
        "measure": "cases",
        "crime_type": TOTAL,
        "age_band": TOTAL,
        "sex": TOTAL,
        "region": TOTAL,
        "value": value,
        "value_status": "missing" if value is None else "observed",
        "published_share_pct": share,
        "published_change_pct": change,
        "is_provisional": False,
        "source_file": f"police/{export_id}.csv",
        "source_row": None,
        "source_column": "count",
        "other_dimensions": None,
        **given,
    }


def built(
    figures: Iterable[Row],
    *,
    totals: str | Mapping[str, str] = "partial",
    shares_along: str | Mapping[str, str] = "",
    made: Iterable[str] = ("breakdown_base",),
    **tables: list[Row],
) -> duckdb.DuckDBPyConnection:
    """A warehouse of these figures, in memory.

    ``totals`` is what the contract says of totals, and ``shares_along`` the dimension of the printed
    shares: of every export, or by export. ``made`` names the relations that a test asks; only they
    and those that they need are made. ``tables`` are rows of relations that are not made from figures,
    by name; those that are not given are empty.
    """
    rows = numbered(figures)
    connection = duckdb.connect()
    connection.execute(f"create schema {STAGING_SCHEMA}")
    inputs = Inputs(Store(Path("no store")), [])
    given = {"observation": rows, "breakdowns": _breakdowns(rows, totals, shares_along), **tables}
    needed = _needed(made)
    for relation in relations().values():
        if relation.name not in needed:
            continue
        if relation.layer != "tables":
            kind = "view" if relation.is_view else "table"
            connection.execute(f"create {kind} {relation.qualified_name} as {relation.query}")
        elif relation.name in _MADE_BY_THE_PRODUCT:
            _fill(connection, relation, inputs.rows(relation.name, connection))
        else:
            _fill(connection, relation, given.get(relation.name, []))
    return connection


def _needed(names: Iterable[str]) -> set[str]:
    """The relations and all that they are made from."""
    needed = set(names)
    for name in reversed(relations()):
        if name in needed:
            needed |= relations()[name].dependencies
    return needed


def numbered(figures: Iterable[Row]) -> list[Row]:
    """The figures with the rows of the export that they stand in, below a header."""
    numbers = count(2)
    return [row | {"source_row": row["source_row"] or next(numbers)} for row in figures]


def _breakdowns(
    rows: list[Row], totals: str | Mapping[str, str], shares_along: str | Mapping[str, str]
) -> list[Row]:
    """By what each export breaks its figures down, as the product notes it when it reads one."""
    found = {
        (row["source"], row["source_file"], row["export_id"], dimension)
        for row in rows
        for dimension in ("crime_type", "age_band", "sex", "region")
        if row[dimension] != TOTAL
    }
    return [
        {
            "source": source,
            "source_file": file,
            "export_id": export_id,
            "dimension": dimension,
            "totals": _of(export_id, totals) or "partial",
            "has_published_shares": _of(export_id, shares_along) == dimension,
        }
        for source, file, export_id, dimension in sorted(found)
    ]


def _of(export_id: str, said: str | Mapping[str, str]) -> str:
    return said if isinstance(said, str) else said.get(export_id, "")


def _fill(connection: duckdb.DuckDBPyConnection, relation: Relation, rows: list[Row]) -> None:
    """Create a relation of the ``tables`` layer from rows, through its own query."""
    names = [*relation.columns, *(name for row in rows[:1] for name in row)]
    types = _READ_FROM_PARQUET.get(relation.name) or dict.fromkeys(names, "VARCHAR")
    columns = ", ".join(f"{name} {type_}" for name, type_ in types.items())
    given = f"input_{relation.name}"
    connection.execute(f"create temp table {given} ({columns})")
    if rows:
        places = ", ".join([f"({', '.join('?' * len(types))})"] * len(rows))
        cells = [row.get(name) for row in rows for name in types]
        connection.execute(f"insert into {given} values {places}", cells)
    create = f"create table {relation.qualified_name} as {relation.query}"
    if relation.name not in _READ_FROM_PARQUET:
        connection.execute(create)
        return
    with TemporaryDirectory() as folder:
        file = f"{folder}/rows.parquet"
        connection.execute(f"copy {given} to '{file}'")
        connection.execute(create, {"readings": [file]})
