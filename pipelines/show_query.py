"""``caseload query``: one read-only query on the published warehouse, as table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import typer
from rich.text import Text

from pipelines import databases, show
from pipelines.advice import with_next_step
from pipelines.freshness import BAD, GOOD, USAGE
from pipelines.takeaway import questions
from pipelines.takeaway.cells import harmless
from pipelines.takeaway.refusals import Refused

TABLE_ROWS = 200


def query(database: Path, sql: str, format_: str) -> int:
    """Print the result of a query and return the exit code: 0; 1 where the warehouse cannot be opened; 2 for
    SQL that is wrong.
    """
    try:
        opened(database).close()
    except duckdb.Error as error:
        typer.echo(f"{with_next_step(str(error))}", err=True)
        return BAD
    try:
        with opened(database) as connection:
            result = connection.execute(sql)
            names = [column[0] for column in result.description or ()]
            if format_ == "table":
                _table(names, result.fetchmany(TABLE_ROWS + 1))
            elif format_ == "csv":
                _csv(names, result)
            else:
                _json(names, result)
    except duckdb.Error as error:
        typer.echo(str(error), err=True)
        return 2
    return 0


def examples() -> int:
    """List the example queries; the exit code."""
    shown = show.table("Example queries", "name", "question")
    for each in questions.questions().values():
        shown.add_row(each.name, each.question)
    shown.columns[0].no_wrap = True
    out = show.console()
    out.print(shown)
    show.says(out)("Next: caseload query --example NAME")
    return GOOD


def example(database: Path, name: str, format_: str) -> int:
    """Run an example query; the exit code."""
    try:
        found = questions.named(name)
    except Refused as error:
        typer.echo(str(error), err=True)
        return USAGE
    if format_ == "table":
        out = show.console()
        out.print(Text(found.sql.strip()), style="dim")
    return query(database, found.sql, format_)


def opened(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can read the warehouse and nothing else: no other file, no setting."""
    return databases.opened(database, read_only=True)


def _table(names: list[str], rows: list[tuple]) -> None:
    shown = show.table("", *names)
    shown.title = None
    for row in rows[:TABLE_ROWS]:
        shown.add_row(*(show.plain(_written(value)) for value in row))
    for column, values in zip(shown.columns, zip(*rows, strict=True), strict=False):
        column.overflow = "fold"
        if any(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            column.justify = "right"
    out = show.console()
    out.print(shown)
    if len(rows) > TABLE_ROWS:
        out.print(f"The first {TABLE_ROWS} rows; --format csv or json gives all.")


def _csv(names: list[str], result: duckdb.DuckDBPyConnection) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([harmless(name) for name in names])
    while rows := result.fetchmany(10_000):
        writer.writerows([harmless(value) for value in row] for row in rows)


def _json(names: list[str], result: duckdb.DuckDBPyConnection) -> None:
    """A JSON array, written row by row so that any number of rows fits in memory."""
    before = "["
    while rows := result.fetchmany(10_000):
        for row in rows:
            entry = dict(zip(names, row, strict=True))
            sys.stdout.write(f"{before}\n {json.dumps(entry, ensure_ascii=False, default=str)}")
            before = ","
    sys.stdout.write("[]\n" if before == "[" else "\n]\n")


def _written(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.10g}"
    return value
