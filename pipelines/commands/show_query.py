"""``caseload query``: one read-only query on the published warehouse, as table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.common import databases
from pipelines.common.advice import with_next_step
from pipelines.common.problems import one_line
from pipelines.takeaway import questions
from pipelines.takeaway.cells import harmless
from pipelines.takeaway.refusals import Refused

TABLE_ROWS = 200
READABLE = 14
"""So many characters of a cell, if it has them, a column needs to be readable; longer text is folded."""


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
        statements = len(duckdb.extract_statements(sql))
        if statements != 1:
            typer.echo(f"Give one statement, not {statements or 'none'}.", err=True)
            return USAGE
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
        return USAGE
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
        found = questions.called(name)
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
    """Print rows as a table, or, where that would be too wide to read, as blocks of one column a line."""
    out = show.console()
    if not rows:
        show.says(out)(f"No rows. Columns: {', '.join(names)}" if names else "Done.")
        return
    cells = [[_text(value) for value in row] for row in rows[:TABLE_ROWS]]
    columns = [
        [show.plain(name), *values] for name, values in zip(names, zip(*cells, strict=True), strict=False)
    ]
    needed = sum(min(max(text.cell_len for text in column), READABLE) + 2 for column in columns)
    if needed > out.width:
        _blocks(names, cells, out)
    else:
        out.print(_columns(names, rows, cells))
    if len(rows) > TABLE_ROWS:
        out.print(f"The first {TABLE_ROWS} rows; --format csv or json gives all.")


def _columns(names: list[str], rows: list[tuple], cells: list[list[Text]]) -> Table:
    shown = show.table("", *names)
    shown.title = None
    for line in cells:
        shown.add_row(*line)
    for column, values in zip(shown.columns, zip(*rows, strict=True), strict=False):
        column.overflow = "fold"
        if any(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            column.justify = "right"
    return shown


def _blocks(names: list[str], cells: list[list[Text]], out: Console) -> None:
    for number, line in enumerate(cells, 1):
        out.rule(f"row {number}", align="left", style="dim")
        block = Table.grid(padding=(0, 2))
        block.add_column(style="dim", no_wrap=True)
        block.add_column(overflow="fold")
        for name, text in zip(names, line, strict=True):
            block.add_row(show.plain(name), text)
        out.print(block)


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


def _text(value: Any) -> Text:
    """A cell, however long, without control characters."""
    if value is None:
        return Text("")
    return Text(one_line(f"{value:.10g}" if isinstance(value, float) else str(value)))
