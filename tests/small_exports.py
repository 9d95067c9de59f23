"""How tests read small tables, and say in one line each what was read."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import duckdb
import pandas as pd
from openpyxl import Workbook

from pipelines import observation
from pipelines.contracts.contract import Source
from pipelines.observation import DIMENSIONS, OBSERVED, TOTAL
from pipelines.reading import grids, tables

FILE = "series/export.csv"
RELEASED_ON = dt.date(2025, 1, 31)


def read(source: Source, content: str, groups: dict[str, str] | None = None, file: str = FILE) -> tables.Tidy:
    """A text read by the only table of a source; ``groups`` are those of the file's name."""
    [table] = source.tables.values()
    path = source.folder.parent / Path(file).name
    path.write_text(content, encoding="utf-8")
    named = tuple((groups or {}).items())
    origin = tables.Origin(source.name, "abc", file, RELEASED_ON, named)
    return tables.tidy(grids.read(path, file, table.layout), table, origin)


def said(tidied: tables.Tidy) -> list[str]:
    """One line an observation: period, measure, what it is broken down by: number @ row, column."""
    return [_said(entry) for entry in tidied.observations.to_dict("records")]


def figures(tidied: tables.Tidy, name: str) -> dict[str, int]:
    """Code along a dimension → value, where nothing else tells the figures apart."""
    entries = tidied.observations.to_dict("records")
    found = {entry[name]: entry["value"] for entry in entries}
    assert len(found) == len(entries)
    return found


def _said(entry: dict) -> str:
    by = [f"{name}={entry[name]}" for name in DIMENSIONS if entry[name] != TOTAL]
    by += [f"{name}={code}" for name, code in json.loads(_or(entry["other_dimensions"], "{}")).items()]
    number = [str(entry["value"]) if entry["value_status"] == OBSERVED else entry["value_status"]]
    number += [f"share {text}" for text in [_or(entry["published_share_pct"], None)] if text]
    number += [f"change {text}" for text in [_or(entry["published_change_pct"], None)] if text]
    assert pd.isna(entry["value"]) is (entry["value_status"] != OBSERVED)
    return (
        f"{entry['period_start']}/{entry['period_end']} {' '.join([entry['measure'], *by])}: "
        f"{' '.join(number)} @{entry['source_row']} {entry['source_column']}"
    )


def _or(value: object, otherwise: object) -> object:
    return otherwise if pd.isna(value) else value


def problems(tidied: tables.Tidy) -> list[str]:
    return [str(problem) for problem in tidied.problems]


def observations(*found: dict) -> pd.DataFrame:
    """Cases of 2024 in rows 2, 3, …, but for what is said; ``value`` None is missing."""
    always = {
        "source": "series",
        "released_on": RELEASED_ON,
        "period_start": dt.date(2024, 1, 1),
        "period_end": dt.date(2024, 12, 31),
        "measure": "cases",
        "crime_type": "total",
        "age_band": "total",
        "sex": "total",
        "region": "total",
        "value_status": OBSERVED,
        "source_file": FILE,
        "source_column": "n",
    }
    entries = [
        always
        | {"source_row": row, "value_status": OBSERVED if figure["value"] is not None else "missing"}
        | figure
        for row, figure in enumerate(found, start=2)
    ]
    frame = pd.DataFrame(entries, columns=list(observation.COLUMNS), dtype=object)
    return frame.assign(value=frame["value"].astype("Int64"))


def parquet(frame: pd.DataFrame, path: Path) -> str:
    """Observations as a reading keeps them."""
    listed = ", ".join(
        f'cast("{name}" as {type_}) as "{name}"' for name, type_ in observation.COLUMNS.items()
    )
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.sql(f"select {listed} from frame").write_parquet(str(path))
    return str(path)


def workbook(sheets: dict[str, list[list]]) -> bytes:
    """An XLSX with these sheets: title → rows."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
