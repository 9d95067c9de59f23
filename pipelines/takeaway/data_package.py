"""The Frictionless data package beside tables: what each column is, where figures come from, and terms.

https://specs.frictionlessdata.io/data-package/ and /table-schema/.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.common.problems import counted
from pipelines.reading.hashes import Hashes
from pipelines.takeaway.notes import SIMULATED, Notes, told_in
from pipelines.takeaway.places import MADE_BY, TITLE
from pipelines.takeaway.published import Column
from pipelines.takeaway.selection import Table

DEFUSED = (
    "Text that begins with = + - @ or a tab has an apostrophe before it, so that no spreadsheet takes it for "
    "a formula; take the apostrophe away to have the text as it was. Control characters other than tabs and "
    "line breaks are written as \\x00 (here NUL)."
)

_TYPES = {
    "BOOLEAN": "boolean", "DATE": "date", "TIME": "time", "VARCHAR": "string", "UUID": "string",
    "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "HUGEINT": "integer",
    "UTINYINT": "integer", "USMALLINT": "integer", "UINTEGER": "integer", "UBIGINT": "integer",
    "UHUGEINT": "integer", "FLOAT": "number", "DOUBLE": "number",
}  # fmt: skip
_LICENCE_NAME = re.compile(r"[-a-zA-Z0-9._]+")
_NO_NAME = "notspecified"
"""What the standard calls a licence that has no name of its own; its title says what is known."""


def package(
    notes: Notes, tables: Mapping[str, Table], folder: Path, defused: Mapping[str, int], more: list[str]
) -> dict[str, Any]:
    """The descriptor of a folder: ``tables`` by file name, how many cells of each were changed, others."""
    described = {
        "name": "caseload-warehouse",
        "id": notes.publication_id,
        "title": TITLE,
        "description": _description(notes, told_in(more, [table.name for table in tables.values()])),
        "created": f"{notes.published_at:%Y-%m-%dT%H:%M:%SZ}",
        "sources": [_source(entry) for entry in notes.sources],
        "resources": [
            _resource(file, table, folder / file, defused.get(file)) for file, table in tables.items()
        ],
        MADE_BY: {
            "publication_id": notes.publication_id,
            "version": notes.version,
            "simulated_sources": notes.simulated,
            "contradictions": len(notes.contradictions),
            "files": [*tables, *more],
        },
    }
    licences = _licences(notes)
    return described | ({"licenses": licences} if licences else {})


def _description(notes: Notes, see: str) -> str:
    said = [
        f"Publication {notes.publication_id} of {notes.published_at:%Y-%m-%d %H:%M} UTC. Percentages (_pct) "
        "are numbers in percent. An empty cell is no number, and is not zero."
    ]
    if notes.contradictions:
        said.append(
            f"{counted(len(notes.contradictions), 'contradiction')} among published figures: see {see}."
        )
    if notes.simulated:
        said.append(f"{SIMULATED} Sources: {', '.join(notes.simulated)}.")
    return " ".join(said)


def _source(entry: dict[str, Any]) -> dict[str, Any]:
    title = f"{entry['title']}, {entry['publisher']} ({entry['source']})"
    described = {
        "title": f"{SIMULATED} {title}" if entry["is_simulated"] else title,
        "caseload:licence": entry["licence"],
        "caseload:period": [_day(entry["period_start"]), _day(entry["period_end"])],
        "caseload:released_on": _day(entry["released_on"]),
        "caseload:notes": entry["notes"],
    }
    if entry["homepage"]:
        described["path"] = entry["homepage"]
    return described


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _licences(notes: Notes) -> list[dict[str, str]]:
    """Each licence once; what is no name of one stands as its title."""
    texts: dict[str, list[str]] = {}
    for entry in notes.sources:
        texts.setdefault(entry["licence"], []).append(entry["source"])
    return [
        {
            "name": text if _LICENCE_NAME.fullmatch(text) else _NO_NAME,
            "title": f"{text} ({', '.join(sources)})",
        }
        for text, sources in texts.items()
        if text
    ]


def _resource(file: str, table: Table, path: Path, defused: int | None) -> dict[str, Any]:
    is_csv = path.suffix == ".csv"
    described: dict[str, Any] = {
        "name": Path(file).stem,
        "path": file,
        "title": table.name.replace("_", " "),
        "description": f"{table.description} Grain: {table.grain}." if table.grain else table.description,
        "format": path.suffix.removeprefix("."),
        "mediatype": "text/csv" if is_csv else "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{Hashes().of(path, path.stat())}",
        "schema": schema(table),
    }
    if is_csv:
        described |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
            "caseload:defused": DEFUSED,
            "caseload:defused_cells": defused or 0,
        }
    return described


def schema(table: Table) -> dict[str, Any]:
    """The Table Schema of a table."""
    described: dict[str, Any] = {
        "fields": [_field(column, column.name in table.key) for column in table.columns],
        "missingValues": [""],
    }
    return described | ({"primaryKey": list(table.key)} if table.key else {})


def _field(column: Column, is_key: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": _type(column.type)}
    if column.description:
        described["description"] = column.description
    if is_key:
        described["constraints"] = {"required": True}
    if described["type"] == "boolean":
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    return described


def _type(duckdb_type: str) -> str:
    """The type of Table Schema that a DuckDB type is."""
    if duckdb_type.endswith("[]"):
        return "array"
    if duckdb_type.startswith(("STRUCT", "MAP", "JSON")):
        return "object" if not duckdb_type.startswith("JSON") else "any"
    if duckdb_type.startswith("DECIMAL"):
        return "number"
    if duckdb_type.startswith("TIMESTAMP"):
        return "datetime"
    return _TYPES.get(duckdb_type, "string" if "ENUM" in duckdb_type else "any")
