"""Figures as SDMX-CSV 2.0, a file a dataflow, with their structure as SDMX-ML 3.0; through pysdmx."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.common.paths import statement
from pipelines.common.problems import printable
from pipelines.periods import Period
from pipelines.takeaway import sdmx_codes, sdmx_hierarchies, sdmx_structure
from pipelines.takeaway.cells import harmless
from pipelines.takeaway.notes import STRUCTURE_FILE, Notes
from pipelines.takeaway.published import Column, answers
from pipelines.takeaway.refusals import Refused
from pipelines.takeaway.sdmx_structure import (
    AGENCY,
    ATTRIBUTES,
    CODED,
    DIMENSIONS,
    FIGURES,
    Entry,
    Structure,
    spelled,
)
from pipelines.takeaway.selection import Table

if TYPE_CHECKING:
    import duckdb

KEY = ("source", "period_start", "period_end", "measure", "crime_type", "age_band", "sex", "region")
_NEEDED = ("source", "period_start", "period_end", "measure", "value")
_LEADING = {
    "STRUCTURE": "What kind of structure the rows have",
    "STRUCTURE_ID": "The dataflow, which structure.xml describes",
    "ACTION": "I: information",
}
_ROWS = "rows_of_one_key"
_AS_THEY_ARE = [name for name in list(ATTRIBUTES) if name not in ("OBS_STATUS", "UNIT_MEASURE", "DECIMALS")]

Labels = dict[tuple[str, str], dict[str, Any]]
Printed = dict[tuple[Any, ...], tuple[str | None, str | None]]


def figures(tables: Iterable[Table]) -> list[Table]:
    """Those of some tables that hold figures, one row a key."""
    return [table for table in tables if set(_NEEDED) <= set(table.names) and "released_on" in table.names
            and "kind" not in table.names]  # fmt: skip


def make_sure_it_fits(table: Table) -> None:
    """Raises Refused where the rows of a table are no observations of SDMX."""
    wanted = KEY if table.is_query else _NEEDED
    missing = [name for name in (*wanted, "value") if name not in table.names]
    if missing:
        step = "Add to the query what it is about, e.g. `'total' as sex`" if table.is_query else \
            "Take it as --format csv or parquet"  # fmt: skip
        raise Refused(
            f"{table.name} is no table of figures that SDMX can hold: it has no column "
            f"{', '.join(missing)}. {step}."
        )
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    key = [ColumnExpression(name) for name in KEY if name in table.names]
    counted = table.rows.aggregate([*key, FunctionExpression("count_star").alias(_ROWS)])
    found = counted.filter(ColumnExpression(_ROWS) > ConstantExpression(1)).limit(1).fetchall()
    if found:
        said = ", ".join(str(value) for value in found[0][:-1])
        raise Refused(
            f"{table.name} has several rows of one figure ({printable(said)}), SDMX has one observation a "
            "key. Take one release of each figure, or --format csv or parquet."
        )


def write(
    connection: duckdb.DuckDBPyConnection, tables: list[Table], notes: Notes, folder: Path
) -> dict[str, Table]:
    """Write the structure and a file of observations a table; the tables by file name."""
    _make_sure_it_is_installed()
    for table in tables:
        make_sure_it_fits(table)
    labels = _labels(connection)
    flows = {_flow(table): (table.name.replace("_", " "), table.description) for table in tables}
    lists = _lists(tables, labels, notes)
    nested = sdmx_hierarchies.hierarchies(answers(connection, "parts"), lists)
    structure = sdmx_structure.made(lists, flows, nested)
    _write_structure(structure, notes, folder / STRUCTURE_FILE)
    printed = _printed(connection)
    for table in tables:
        _write_data(table, structure, labels, printed, folder / f"{table.name}.csv")
    return {f"{table.name}.csv": _as_written(table, structure) for table in tables}


def _as_written(table: Table, structure: Structure) -> Table:
    """The table with the columns that its file has."""
    names = {component.id: component.name or "" for component in structure.components}
    columns = [
        *(Column(name, "VARCHAR", said) for name, said in _LEADING.items()),
        *(Column(name, "DOUBLE" if name == "OBS_VALUE" else "VARCHAR", said) for name, said in names.items()),
    ]
    key = (*DIMENSIONS, "TIME_PERIOD")
    return replace(table, columns=tuple(columns), grain="one row per key, figure and period", key=key)


def _make_sure_it_is_installed() -> None:
    try:
        import pysdmx.io.pd
        import pysdmx.io.xml  # noqa: F401
    except ImportError as error:
        raise Refused(
            f"SDMX needs the library pysdmx: pip install 'caseload[sdmx]' ({error.name or error})."
        ) from None


def _flow(table: Table) -> str:
    return table.name.upper()


def _labels(connection: duckdb.DuckDBPyConnection) -> Labels:
    return {(row["dimension"], row["code"]): row for row in answers(connection, "labels")}


def _printed(connection: duckdb.DuckDBPyConnection) -> Printed:
    rows = connection.execute(statement("takeaway", "printed_percentages")).fetchall()
    return {row[:-2]: (row[-2], row[-1]) for row in rows}


def _lists(tables: list[Table], labels: Labels, notes: Notes) -> dict[str, list[Entry]]:
    """The codes that the tables have."""
    lists = {name: _codes(tables, column, labels, notes) for column, name in CODED.items()}
    units = {_unit(labels, "value", code) for code in _distinct(tables, "measure")}
    return lists | {
        "UNIT_MEASURE": [
            *(Entry(sdmx_codes.identifier(unit), unit) for unit in sorted(units)),
            Entry(sdmx_structure.PERCENT, "Percent"), Entry(sdmx_structure.POINTS, "Percentage points"),
        ]
    }  # fmt: skip


def _codes(tables: list[Table], column: str, labels: Labels, notes: Notes) -> list[Entry]:
    sources = {entry["source"]: entry for entry in notes.sources}
    entries = {}
    for code in sorted({*_distinct(tables, column), *([] if column in ("source", "measure") else ["total"])}):
        found = labels.get((column, code), {})
        name, said = found.get("label") or code, found.get("definition")
        if column == "source" and code in sources:
            about = sources[code]
            made_up = " SIMULATED: no statistic." if about["is_simulated"] else ""
            name = about["title"]
            said = f"{about['publisher']}. Licence: {about['licence']}.{made_up}"
        more = [said, f"Korean: {found['label_ko']}" if found.get("label_ko") else None,
                f"Part of {found['parent']}" if found.get("parent") else None,
                f"Code in the warehouse: {code}" if spelled(column, code) != code else None]  # fmt: skip
        title = "Total" if code == "total" else str(name)
        text = ". ".join(str(each).rstrip(".") for each in more if each)
        warnings = _contradictions(notes, code) if column == "source" else ()
        entries[spelled(column, code)] = Entry(spelled(column, code), title, text, warnings)
    return list(entries.values())


def _contradictions(notes: Notes, source: str) -> tuple[tuple[str, str], ...]:
    """Which published figures of a source contradict each other: the period, and the sentence."""
    return tuple(
        (Period(found["period_start"], found["period_end"]).short, str(found["explanation"]))
        for found in notes.contradictions
        if found["source"] == source
    )


def _distinct(tables: list[Table], column: str) -> list[str]:
    from duckdb import ColumnExpression

    found: set[str] = set()
    for table in tables:
        if column in table.names:
            rows = table.rows.select(ColumnExpression(column)).distinct().fetchall()
            found |= {code for (code,) in rows if code is not None}
    return sorted(found)


def _write_structure(structure: Structure, notes: Notes, path: Path) -> None:
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.model.__base import Organisation
    from pysdmx.model.message import Header

    prepared = notes.published_at.replace(tzinfo=dt.UTC)
    header = Header(id=f"ID{notes.publication_id}", prepared=prepared, sender=Organisation(AGENCY))
    write_sdmx(structure.artefacts, Format.STRUCTURE_SDMX_ML_3_0, str(path), header=header, prettyprint=True)


def _write_data(table: Table, structure: Structure, labels: Labels, printed: Printed, path: Path) -> None:
    """Write a dataflow, some thousand rows at a time, so that any number fits in memory."""
    import pandas as pd
    from pysdmx.io.csv.sdmx20.writer import write
    from pysdmx.io.pd import PandasDataset

    schema = structure.schema(_flow(table), table.name.replace("_", " "))
    columns = [component.id for component in structure.components]

    def written(observations: list[dict[str, Any]]) -> str:
        # As categories: the writer looks at each text once rather than at each cell.
        frame = pd.DataFrame(observations, columns=columns, dtype="category")
        return write([PandasDataset(structure=schema, data=frame)]) or ""

    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(written([]))
        for chunk in table.chunks():
            rows = (dict(zip(table.names, row, strict=True)) for row in chunk)
            found = [observation for row in rows for observation in _observations(row, labels, printed)]
            file.write(written(found).partition("\n")[2])


def _observations(row: dict[str, Any], labels: Labels, printed: Printed) -> Iterator[dict[str, Any]]:
    """The observations of a row: one for each figure that it has. A count that is missing is one, too."""
    start, end = row["period_start"], row["period_end"]
    key = tuple(
        row[name] if name in ("period_start", "period_end") else str(row.get(name) or "total") for name in KEY
    )
    shared = {
        "FREQ": sdmx_codes.frequency(start, end),
        **{name: spelled(column, key[KEY.index(column)]) for column, name in CODED.items()},
        "SEX": sdmx_codes.sex(key[KEY.index("sex")]),
        "TIME_PERIOD": sdmx_codes.time_period(start, end),
        **{name: _attribute(row.get(name.lower())) for name in _AS_THEY_ARE},
    }
    is_provisional = bool(row.get("is_provisional"))
    for column, (figure, _) in FIGURES.items():
        value = row.get(column)
        if value is None and column != "value":
            continue
        text, decimals = _number(value, column, printed.get(key))
        said = row.get("value_status") if column == "value" else None
        yield shared | {
            "FIGURE": figure,
            "OBS_VALUE": text,
            "OBS_STATUS": sdmx_codes.status(said, is_provisional, value is not None),
            "UNIT_MEASURE": sdmx_codes.identifier(_unit(labels, column, row["measure"])),
            "DECIMALS": decimals,
        }  # fmt: skip


def _number(
    value: Any, column: str, printed: tuple[str | None, str | None] | None
) -> tuple[str | None, str | None]:
    """A figure with the digits that are printed, where it is printed, and how many decimals they have.

    A computed percentage is not rounded, so that it has no number of decimals that would mean something.
    """
    if value is None:
        return None, None
    if isinstance(value, int):
        return str(value), "0"
    texts = dict(zip(("published_share_pct", "published_change_pct"), printed or (None, None), strict=True))
    text = texts.get(column)
    if text is not None and float(text) == float(value):
        return text, str(sdmx_codes.decimals(text))
    return str(value), None


def _unit(labels: Labels, column: str, measure: str) -> str:
    if column.endswith("_pct"):
        return sdmx_structure.PERCENT
    if column.endswith("_pp"):
        return sdmx_structure.POINTS
    return labels.get(("measure", measure), {}).get("unit") or "number"


def _attribute(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value.isoformat() if isinstance(value, dt.date) else str(value))
