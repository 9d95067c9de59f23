"""The path back from a figure: how it was come by, from which cells, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.takeaway.conditions import Row
from pipelines.takeaway.printed import Printed, Reader
from pipelines.takeaway.published import Described, answers
from pipelines.takeaway.refusals import Refused

if TYPE_CHECKING:
    import duckdb

_KEY = ("source", "measure", "period_start", "period_end")
_DIMENSIONS = ("crime_type", "region", "age_band", "sex")
_TOTAL = "total"
READ = 50
"""Cells that are read from their files, of figures that are made of many."""


@dataclass(frozen=True)
class Number:
    """One published (or counted) number, where it stands, and what is printed there."""

    row: Row
    printed: Printed = field(default_factory=Printed)
    counted: Row | None = None
    """Of a count of records: what is counted, and in how many rows."""


@dataclass(frozen=True)
class Trace:
    """All that leads to a figure. ``row`` is the row of the relation that was asked about."""

    relation: str
    row: Row
    key: Row
    kind: Row | None
    """How the figure was come by; empty for one that is put together by its relation alone."""
    numbers: list[Number]
    releases: list[Row]
    corrections: list[Row]
    tests: list[Row]
    labels: list[Row]
    source: Row

    @property
    def sum(self) -> int | None:
        """What the numbers add up to, if all of them are numbers."""
        values = [number.row["value"] for number in self.numbers]
        if not values or all(value is None for value in values):
            return None
        return sum(number.row["sign"] * (number.row["value"] or 0) for number in self.numbers)


def trace(connection: duckdb.DuckDBPyConnection, relation: Described, row: Row, raw: Path) -> Trace:
    """Where the figure of a row comes from. Raises Refused where the row is about no figure."""
    missing = [name for name in _KEY if row.get(name) is None]
    if missing:
        raise Refused(
            f"This row of {relation.name} is about no single figure: it has no {', '.join(missing)}."
        )
    key = {name: row[name] for name in _KEY} | {name: row.get(name) or _TOTAL for name in _DIMENSIONS}
    others = {"other_dimensions": row.get("other_dimensions")}
    kinds = answers(connection, "figure_kind", key)
    releases = answers(connection, "releases_of_figure", key | others)
    if others["other_dimensions"]:
        numbers = [_alone(release, key) for release in releases if release["is_current"]]
    else:
        numbers = answers(connection, "numbers_of_figure", key)
    reader = Reader(raw)
    return Trace(
        relation=relation.name,
        row=row,
        key=key | others,
        kind=kinds[0] if kinds else None,
        numbers=[
            _counted(connection, number, key)
            if number["is_record_level"]
            else _read(number, reader)
            if at < READ
            else Number(number)
            for at, number in enumerate(numbers)
        ],
        releases=releases,
        corrections=answers(connection, "corrections_of_figure", key),
        tests=answers(connection, "tests_of_figure", key),
        labels=_labels(connection, key),
        source=next(each for each in answers(connection, "sources") if each["source"] == key["source"]),
    )


def _counted(connection: duckdb.DuckDBPyConnection, number: Row, key: Row) -> Number:
    """A count of records: it is printed nowhere."""
    asked = {name: number[name] for name in ("source_file", "export_id")}
    asked |= {name: key[name] for name in ("source", "measure")}
    found = answers(connection, "counted_records", asked)
    return Number(number, counted=found[0] if found else None)


def _read(number: Row, reader: Reader) -> Number:
    place = (number["source_file"], number["export_id"], number["source_row"], number["source_column"])
    return Number(number, reader.cell(*place))


def _alone(release: Row, key: Row) -> Row:
    """A number that stands by itself: nothing is added up across dimensions that one source has."""
    nothing = {"sign": 1, "role": "figure", "sha256": None, "encoding": None, "is_record_level": False}
    return key | nothing | release


def _labels(connection: duckdb.DuckDBPyConnection, key: Row) -> list[Row]:
    wanted = {("measure", key["measure"])} | {
        (name, key[name]) for name in _DIMENSIONS if key[name] != _TOTAL
    }
    return [row for row in answers(connection, "labels") if (row["dimension"], row["code"]) in wanted]
