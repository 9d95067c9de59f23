"""Literal figures → the relations of a warehouse, made in memory by the product's own queries.

A test gives the few columns that it is about; everything else is that of a plain yearly count. What
the product notes of an export when it reads one (its breakdowns, its codes and what they add up to)
is noted here in the same way, from the figures and from what a test says of totals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from pipelines import periods
from pipelines.contracts.codes import MEASURE, Listed, code_list
from pipelines.contracts.layouts import Table
from pipelines.contracts.words import Layout
from pipelines.observation import COLUMNS, DIMENSIONS, TOTAL
from pipelines.reading.headings import Labels
from pipelines.reading.hierarchies import as_json, dimensions_of, export_codes
from pipelines.releases.store import REJECTED_ROWS, Store
from pipelines.warehouse.as_of import as_of_macros
from pipelines.warehouse.relations import STAGING_SCHEMA, Relation, macros, relations
from pipelines.warehouse.warehouse_inputs import Inputs

Row = dict[str, Any]
Said = str | Mapping[str, str]
"""The same for every export, or by export or dimension."""

LATER = {"export_id": "later", "released_on": "2026-01-31"}
"""Of a release a year after that of every other figure."""
LAST = {"export_id": "last", "released_on": "2027-01-31"}
"""Of a release another year after."""

_READ_FROM_PARQUET = {"observation": COLUMNS, "rejected_rows": REJECTED_ROWS}
_MADE_BY_THE_PRODUCT = ("codes", "implied_bases")


# What a test gives


def figure(
    value: int | None,
    *,
    year: int = 2024,
    period: str | None = None,
    share: str | None = None,
    change: str | None = None,
    **given: Any,
) -> Row:
    """One observation. ``period`` is written as in a contract, such as 2024-11 or
    2024-11-01/2025-10-31; ``share`` and ``change`` are as printed.
    """
    export_id = given.get("export_id", "first")
    return {
        "source": "police",
        "export_id": export_id,
        "released_on": "2025-01-31",
        **_days(period or str(year)),
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


def others(**codes: str) -> Row:
    """The codes of a source's own dimensions, as observation holds them."""
    return {"other_dimensions": as_json(codes)}


def correction(published: int, corrected: int, *, year: int = 2024, **given: Any) -> Row:
    """A correction of a figure, entered the day after the first release."""
    return {
        "source": "police",
        **_days(given.pop("period", str(year))),
        "measure": "cases",
        **dict.fromkeys(DIMENSIONS, TOTAL),
        "other_dimensions": None,
        "published_value": published,
        "corrected_value": corrected,
        "reason": "Two digits were swapped",
        "evidence": "Yearbook, page 7",
        "corrected_by": "Kim",
        "corrected_on": "2025-02-01",
        **given,
    }


def series_break(code: str, break_on: str, note: str = "new definition", **given: Any) -> Row:
    """A day from which a crime type counts something else, whatever the source."""
    return {
        "dimension": "crime_type",
        "source": None,
        "is_end": False,
        **given,
        "code": code,
        "break_on": break_on,
    } | {"note": note}


def ratio(measure: str, of_measure: str, export_id: str = "first") -> Row:
    """An export's percentages of one measure of another."""
    file = f"police/{export_id}.csv"
    return {
        "source": "police",
        "source_file": file,
        "export_id": export_id,
        "measure": measure,
        "of_measure": of_measure,
    }


def agreement(**given: Any) -> Row:
    """Cases of the police that should be those of the prosecutors."""
    return {
        "agreement": "police 1",
        "source": "police",
        "measure": "cases",
        **dict.fromkeys(DIMENSIONS, TOTAL),
        "their_source": "prosecutors",
        "their_measure": "cases",
        **{f"their_{name}": TOTAL for name in DIMENSIONS},
        "tolerance_pct": 0,
        "because": "every case is sent on",
        **given,
    }


def _days(period: str) -> Row:
    found = periods.parse(period, "interval").period()
    return {"period_start": found.start, "period_end": found.end}


# What is made of it


def built(
    figures: Iterable[Row],
    *,
    totals: Said = "partial",
    shares_along: Said = "",
    parents: Mapping[str, str] | None = None,
    labels: Mapping[str, Mapping[str, str]] | None = None,
    exports: Mapping[str, Row] | list[Row] | None = None,
    made: Iterable[str] = ("breakdown_base",),
    **tables: list[Row],
) -> duckdb.DuckDBPyConnection:
    """A warehouse of these figures, in memory.

    ``totals`` is what the contract says of totals, by export or dimension if it is not the same for
    all; ``shares_along`` is the dimension of the printed shares. ``parents`` says of codes which code
    they are a part of, ``labels`` under which labels an export prints codes, and ``exports`` what is
    special about one: the table that reads it (else all are read by one), its scope and so on.

    ``made`` names the relations that a test asks; only they and those that they need are made.
    ``tables`` are rows of relations that are not made from figures, by name; those that are not given
    are empty.
    """
    rows = numbered(figures)
    noted = _noted(rows, totals, shares_along, parents or {}, labels or {}, exports or {})
    given: dict[str, list[Row]] = {"observation": rows, **noted, **tables}
    if isinstance(exports, list):
        given["exports"] = exports
    connection = duckdb.connect()
    connection.execute(f"create schema {STAGING_SCHEMA}")
    inputs = Inputs(Store(Path("no store")), [])
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


def with_macros(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same warehouse with the product's table macros; they need every relation."""
    for macro in (*as_of_macros(), *macros()):
        parameters = ", ".join(macro.parameters)
        connection.execute(f"create macro {macro.name}({parameters}) as table {macro.query}")
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


# What the product notes of each export


def _noted(
    rows: list[Row],
    totals: Said,
    shares_along: Said,
    parents: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]],
    special: Mapping[str, Row] | list[Row],
) -> dict[str, list[Row]]:
    """Rows of ``exports``, ``breakdowns`` and ``export_codes``."""
    noted: dict[str, list[Row]] = {"exports": [], "breakdowns": [], "export_codes": []}
    by_export: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        by_export.setdefault((row["source"], row["source_file"], row["export_id"]), []).append(row)
    for (source, file, export_id), own in by_export.items():
        named = {"source": source, "source_file": file, "export_id": export_id}
        frame = pd.DataFrame(own)
        said = {name: _of(totals, export_id, name) or "partial" for name in dimensions_of(frame)}
        along = _of(shares_along, export_id)
        noted["breakdowns"] += [
            named | {"dimension": name, "totals": total, "has_published_shares": name == along}
            for name, total in said.items()
        ]
        codes = export_codes(frame, _table(said, parents), _labels(labels.get(export_id, {})), True)
        noted["export_codes"] += [
            named | asdict(code) | {"whole_code": code.whole, "rolls_up_to": json.dumps(code.rolls_up_to)}
            for code in codes
        ]
        says_all = all(total != "partial" for total in said.values())
        export = {
            "table_name": "table",
            "scope": "{}",
            "released_on": own[0]["released_on"],
            "status": "accepted",
            "is_published": True,
            "is_complete": says_all if said else (_of(totals, export_id) or "partial") != "partial",
            "is_cumulative": False,
            "is_dated_early": False,
            "reading_id": " ".join(named.values()),
            "rows_received": len(own),
            "rows_accepted": len(own),
            "rows_rejected": 0,
            "observations": len(own),
        }
        known = special.get(export_id, {}) if isinstance(special, Mapping) else {}
        noted["exports"].append(named | export | known)
    return noted


def _of(said: Said, *names: str) -> str:
    if isinstance(said, str):
        return said
    return next((said[name] for name in names if name in said), "")


def _table(totals: Mapping[str, str], parents: Mapping[str, str]) -> Table:
    """A contract's table, as far as the codes of an export depend on it."""
    listed = {code: Listed((), parent) for code, parent in parents.items()}
    names = {MEASURE, *DIMENSIONS, *totals}
    lists = {name: code_list(name).extended(listed) for name in names}
    return Table("table", Layout.model_construct(totals=dict(totals)), re.compile(""), lists)


def _labels(said: Mapping[str, str]) -> Labels:
    labels = Labels()
    for code, label in said.items():
        for dimension in (MEASURE, *DIMENSIONS):
            labels.printed[dimension, code].add(label)
    return labels


def _fill(connection: duckdb.DuckDBPyConnection, relation: Relation, rows: list[Row]) -> None:
    """Create a relation of the ``tables`` layer from rows, through its own query."""
    names = dict.fromkeys([*relation.columns, *(name for row in rows[:1] for name in row)])
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
