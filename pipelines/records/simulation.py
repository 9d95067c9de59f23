"""Made-up record-level exports whose types and ages follow published distributions, for tests, benchmarks
and for trying things out. Everything about them says that they are simulated.

The same seed, distributions and versions give the same files, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
from ruamel.yaml import YAML

import pipelines
from pipelines.common import databases, record_sql
from pipelines.common.paths import statement
from pipelines.contracts.codes import listed_codes

SLOTS = 65_536
"""Shares are given in as many equal parts: none is off by more than 1 / SLOTS."""
OLDEST = 84
"""The last year of age that is drawn from a band without an end."""
MANIFEST = "simulation.json"
MAX_REJECTED_PCT = 10.0

Wrote = Callable[[str, int], None]
"""Told of each file and its rows."""


@dataclass(frozen=True)
class Distributions:
    """The published shares that records are drawn from."""

    source: str
    types: list[dict[str, Any]]
    """code, label_en, label_ko, value"""
    ages: list[dict[str, Any]]
    """code, age_low, age_high, value"""
    detained_per_million: int


class NothingToFollow(Exception):
    """No published source has both types of crime and ages."""


def distributions(published: Path, source: str | None) -> Distributions:
    """The latest shares by type and by age of a published source, or of the first that has both.

    Raises NothingToFollow.
    """
    with databases.opened(published, read_only=True) as connection:
        every = connection.execute(statement("simulation", "sources")).fetchall()
        names = [source] if source else [name for (name,) in every]
        for name in names:
            types = _rows(connection, statement("simulation", "types"), name)
            ages = _rows(connection, statement("simulation", "ages"), name)
            if types and ages:
                return Distributions(name, types, ages, _detained(connection, name))
    who = f"'{source}'" if source else "no published source"
    raise NothingToFollow(f"{who} has no published figures by crime type and by age")


def _rows(connection: duckdb.DuckDBPyConnection, query: str, source: str) -> list[dict[str, Any]]:
    found = connection.execute(query, {"source": source})
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _detained(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    """Suspects detained of a million, in the latest period that has both; one in ten where none has."""
    query = statement("simulation", "detained")
    found = connection.execute(query, {"source": source}).fetchone()
    return round(1_000_000 * found[0] / found[1]) if found else 100_000


@dataclass(frozen=True)
class Plan:
    """What is to be made."""

    rows: int
    months: int
    out: Path
    bad: float = 0.0
    encoding: str = "utf-8"
    seed: int = 1
    start: dt.date = dt.date(2015, 1, 1)


@dataclass
class Made:
    """What was made."""

    files: list[dict[str, Any]] = field(default_factory=list)
    defects: list[dict[str, Any]] = field(default_factory=list)


def simulate(plan: Plan, given: Distributions, wrote: Wrote = lambda file, rows: None) -> Made:
    """Write one CSV a month, a contract and a manifest into ``plan.out``, which must be empty.

    Raises FileExistsError and OSError.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    if any(plan.out.iterdir()):
        raise FileExistsError(f"`{plan.out}` is not empty")
    made = Made()
    with databases.opened(folders=[plan.out]) as connection:
        _write_slots(connection, given, is_korean=plan.encoding != "utf-8")
        months = list(_months(plan))
        with ThreadPoolExecutor(2) as pool:
            written = [pool.submit(_month, connection, plan, given, month, rows) for month, rows in months]
            for (month, rows), future in zip(months, written, strict=True):
                name = _name(month)
                made.defects += future.result()
                made.files.append({"file": name, "rows": rows})
                wrote(name, rows)
    _write_contract(plan, given)
    _write_manifest(plan, given, made)
    return made


def _months(plan: Plan) -> Iterator[tuple[str, int]]:
    """Each month with its number of rows; they add up to the rows of the plan."""
    each, more = divmod(plan.rows, plan.months)
    for at in range(plan.months):
        year, month = divmod(plan.start.month - 1 + at, 12)
        yield f"{plan.start.year + year}-{month + 1:02d}", each + (at < more)


def _name(month: str) -> str:
    return f"simulated_{month}.csv"


def _write_slots(connection: duckdb.DuckDBPyConnection, given: Distributions, is_korean: bool) -> None:
    """The tables that draws are looked up in: equal slots, as many for each value as its share."""
    label = "label_ko" if is_korean else "label_en"
    types = _filled([(entry[label], entry["value"]) for entry in given.types])
    ages = _filled([pair for entry in given.ages for pair in _years(entry)])
    regions = [entry[label] for entry in listed_codes("region")]
    for name, columns, rows in (
        ("type_slots", {"slot": "integer", "label": "varchar"}, list(enumerate(types))),
        ("age_slots", {"slot": "integer", "age": "integer"}, list(enumerate(ages))),
        ("regions", {"slot": "integer", "label": "varchar"}, list(enumerate(regions))),
    ):
        record_sql.fill(connection, name, columns, rows, is_temporary=False)


def _years(entry: dict[str, Any]) -> list[tuple[int | None, float]]:
    """The years of age of a band, each with an even part of its figure; unknown ages are empty."""
    low, high = entry["age_low"], entry["age_high"]
    if low is None:
        return [(None, float(entry["value"]))]
    years = range(low, (OLDEST if high is None else high) + 1)
    return [(year, entry["value"] / len(years)) for year in years]


def _filled(weights: list[tuple[Any, float]]) -> list[Any]:
    """Slots that hold each value in proportion to its weight."""
    total, reached = sum(weight for _, weight in weights), 0.0
    slots: list[Any] = []
    for value, weight in weights:
        reached += weight
        slots += [value] * (round(SLOTS * reached / total) - len(slots))
    return slots


def _month(
    connection: duckdb.DuckDBPyConnection, plan: Plan, given: Distributions, month: str, rows: int
) -> list[dict[str, Any]]:
    """Write the records of a month, and say which of them were spoilt."""
    path = plan.out / _name(month)
    with connection.cursor() as cursor:
        made = cursor.sql(
            statement("simulation", "records"),
            params={
                "seed": plan.seed, "month": month, "rows": rows, "detained": given.detained_per_million,
                "regions": len(listed_codes("region")),
            },
        )  # fmt: skip
        made.write_csv(str(path), header=True)
    if plan.encoding != "utf-8":
        _transcode(path, plan.encoding)
    return list(_spoilt(path, plan, month, rows)) if plan.bad else []


def _transcode(path: Path, encoding: str) -> None:
    copy = path.with_suffix(".part")
    with (
        path.open(encoding="utf-8", newline="") as text,
        copy.open("w", encoding=encoding, newline="") as new,
    ):
        while chunk := text.read(1 << 20):
            new.write(chunk)
    copy.replace(path)


def _spoil_label(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:3], b"No such type", *cells[4:]])


def _spoil_date(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:2], b"2019-13-45", *cells[3:]])


def _spoil_period(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:2], b"1999-12-31", *cells[3:]])


def _spoil_age(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:4], b"212", *cells[5:]])


def _spoil_number(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:4], b"abc", *cells[5:]])


def _spoil_key(cells: list[bytes]) -> bytes:
    return b",".join([b"", *cells[1:]])


def _cut(cells: list[bytes]) -> bytes:
    return b",".join(cells[:4])


def _lengthen(cells: list[bytes]) -> bytes:
    return b",".join([*cells, b"one more"])


def _open_quote(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:6], b'"' + cells[6], *cells[7:]])


def _break_bytes(cells: list[bytes]) -> bytes:
    return b",".join([*cells[:8], b"\xff\xff"])


DEFECTS: dict[str, tuple[str | None, Callable[[list[bytes]], bytes]]] = {
    "unknown_label": ("crime_type", _spoil_label),
    "no_date": ("date", _spoil_date),
    "outside_period": ("date", _spoil_period),
    "age_out_of_range": ("age", _spoil_age),
    "no_number": ("age", _spoil_number),
    "empty_key": ("record", _spoil_key),
    "repeated_key": ("record", lambda cells: b",".join(cells)),
    "too_few_cells": (None, _cut),
    "too_many_cells": (None, _lengthen),
    "open_quotation_mark": (None, _open_quote),
    "not_decodable": (None, _break_bytes),
}
"""Kind of defect → the column that it is in, and what it does to the cells of a row."""


def _spoilt(path: Path, plan: Plan, month: str, rows: int) -> Iterator[dict[str, Any]]:
    """Spoil some rows of a file, and say which: its lines, counted from 1, and what was done."""
    draw = random.Random(f"{plan.seed} {month}")  # noqa: S311 - reproducible, no secret
    # Every second row at most, so that the row before, whose key is repeated, is a good one.
    odd = range(1, rows, 2)
    chosen = sorted(draw.sample(odd, min(round(rows * plan.bad), len(odd))))
    kinds = {row: draw.choice(list(DEFECTS)) for row in chosen}
    copy, before = path.with_suffix(".part"), b""
    with path.open("rb") as lines, copy.open("wb") as target:
        target.write(next(lines))
        for row, line in enumerate(lines):
            if kind := kinds.get(row):
                column, spoil = DEFECTS[kind]
                cells = (before if kind == "repeated_key" else line).rstrip(b"\n").split(b",")
                line = spoil(cells) + b"\n"
                yield {"file": path.name, "line": row + 2, "defect": kind, "column": column}
            target.write(line)
            before = line
    copy.replace(path)


def _write_contract(plan: Plan, given: Distributions) -> None:
    label = "label_en" if plan.encoding == "utf-8" else "label_ko"
    listed = {entry["code"] for entry in listed_codes("crime_type")}
    bands = [entry["code"] for entry in given.ages if entry["age_low"] is not None]
    types = {entry[label]: entry["code"] for entry in given.types}
    contract: dict[str, Any] = {
        "title": f"Simulated suspects (seed {plan.seed})",
        "publisher": "Nobody: made up by caseload simulate",
        "licence": "None needed",
        "notes": f"Not a statistic. Types and ages are drawn from the published figures of {given.source}.",
        "is_simulated": True,
        "kind": "records",
        "files": r"simulated_(?P<month>\d{4}-\d{2}).csv",
        "released_on": "period_end",
        "encoding": plan.encoding,
        "dated_by": "date",
        "fields": {
            "record": {"key": True, "constraints": {"required": True}},
            "case_id": {"constraints": {"required": True}},
            "date": {"type": "date"},
            "crime_type": {"dimension": "crime_type", "codes": types, "constraints": {"required": True}},
            "age": {
                "type": "integer", "dimension": "age_band", "bands": bands, "codes": {"": "unknown"},
                "constraints": {"minimum": 0, "maximum": 120},
            },
            "sex": {"dimension": "sex"},
            "region": {"dimension": "region"},
            "detained": {"type": "boolean", "trueValues": ["Y"], "falseValues": ["N"],
                         "constraints": {"required": True}},
            "name": {"personal": "drop"},
        },
        "measures": {
            "suspects": "count",
            "suspects_detained": "count where detained",
            "cases": {"distinct": "case_id", "by": [["crime_type"]]},
        },
        "rollup": {"by": [["crime_type", "age_band"], ["crime_type", "region"], ["sex"]]},
        "max_rejected_pct": MAX_REJECTED_PCT,
    }  # fmt: skip
    if own := {entry["code"]: entry["label_en"] for entry in given.types if entry["code"] not in listed}:
        contract["code_lists"] = {"crime_type": own}
    text = StringIO()
    YAML().dump(contract, text)
    (plan.out / "source.yaml").write_text(text.getvalue(), encoding="utf-8")


def _write_manifest(plan: Plan, given: Distributions, made: Made) -> None:
    manifest = {
        "is_simulated": True,
        "rows": plan.rows,
        "months": plan.months,
        "start": plan.start.isoformat(),
        "seed": plan.seed,
        "bad": plan.bad,
        "encoding": plan.encoding,
        "follows": given.source,
        "types": {entry["code"]: entry["value"] for entry in given.types},
        "ages": {entry["code"]: entry["value"] for entry in given.ages},
        "caseload_version": pipelines.__version__,
        "duckdb_version": duckdb.__version__,
        "files": made.files,
        "defects": made.defects,
    }
    with (plan.out / MANIFEST).open("w", encoding="utf-8") as target:
        json.dump(manifest, target, ensure_ascii=False, indent=1)
