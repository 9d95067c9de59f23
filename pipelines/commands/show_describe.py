"""``caseload describe``: what the published warehouse says of itself, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import typer
from rich.text import Text

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.commands.show_query import opened
from pipelines.common.advice import with_next_step
from pipelines.common.problems import closest, counted, named, one_line, printable, suggestion
from pipelines.takeaway import published, questions, selection
from pipelines.takeaway.published import Column, Described
from pipelines.takeaway.refusals import Refused

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLES = 12


def describe(database: Path, name: str | None) -> int:
    """Print all relations, or one, or a column of one; the exit code."""
    try:
        connection = opened(database)
    except duckdb.Error as error:
        typer.echo(with_next_step(str(error)), err=True)
        return BAD
    out = show.console()
    with connection:
        try:
            if name is None:
                _all(connection, out)
            else:
                _one(connection, name, out)
        except Refused as error:
            typer.echo(str(error), err=True)
            return USAGE
    return GOOD


def _all(connection: duckdb.DuckDBPyConnection, out: Console) -> None:
    main = {name: each for name, each in published.relations(connection).items() if each.schema == "main"}
    first = [name for name in (*selection.DEFAULT, "observation", "data_dictionary") if name in main]
    for title, names in (("To start from", first), ("Behind them", [n for n in main if n not in first])):
        shown = show.table(title, "name", "rows>", "one row per", "what it answers")
        for name in names:
            rows, grain = _count(connection, main[name]), main[name].grain.removeprefix("one row per ")
            answers = Text(one_line(main[name].description))
            shown.add_row(show.plain(name), f"{rows:,}", Text(one_line(grain)), answers)
        shown.columns[0].no_wrap = True
        out.print(shown)
    macros = show.table("Table macros", "call", "what it answers")
    for call, said in published.macros(connection).items():
        macros.add_row(Text(call), Text(one_line(said)))
    out.print(macros)
    says = show.says(out)
    says("The steps in between are in the schema staging, e.g. caseload describe staging.figure")
    says("Next: caseload describe crime_type_shares, caseload query --examples")


def _one(connection: duckdb.DuckDBPyConnection, name: str, out: Console) -> None:
    known = published.relations(connection)
    calls = {call.partition("(")[0]: call for call in published.macros(connection)}
    before, _, column = name.rpartition(".")
    if relation := named(name, known):
        _relation(connection, known[relation], out)
    elif macro := named(name, calls):
        says = show.says(out)
        says(calls[macro])
        says(published.macros(connection)[calls[macro]])
    elif relation := named(before, known):
        _column(connection, known[relation], column, out)
    elif (near := closest(name, calls)) and not closest(name, known):
        raise Refused(f"There is no relation '{printable(name)}'; closest: '{near}', a table macro.")
    else:
        published.relation_named(connection, before or name)


def _relation(connection: duckdb.DuckDBPyConnection, relation: Described, out: Console) -> None:
    says = show.says(out)
    says(f"{relation.qualified_name}: {relation.description}")
    says(f"{relation.grain[:1].upper()}{relation.grain[1:]}; {counted(_count(connection, relation), 'row')}.")
    shown = show.table("", "column", "type", "meaning")
    shown.title = None
    key = published.key_of(relation.name)
    for column in published.columns(connection, relation):
        name = Text(column.name, "bold" if column.name in key else "")
        shown.add_row(name, show.plain(column.type), Text(one_line(column.description)))
    shown.columns[0].no_wrap = True
    out.print(shown)
    if key:
        says(f"Rows are told apart by {', '.join(key)}.")
    example = questions.about(relation.name)
    if example:
        says(example.question)
        says(f"  caseload query --example {example.name}")
    says(f'  caseload query "select * from {relation.qualified_name} limit 10"')


def _column(connection: duckdb.DuckDBPyConnection, relation: Described, name: str, out: Console) -> None:
    columns = {column.name: column for column in published.columns(connection, relation)}
    found = named(name, columns)
    if found is None:
        raise Refused(
            f"{relation.name} has no column '{printable(name)}'{suggestion(name, columns)}. "
            f"Columns: {', '.join(columns)}."
        )
    name = found
    says = show.says(out)
    says(f"{relation.qualified_name}.{name} ({columns[name].type}): {columns[name].description}")
    _values(connection, relation, columns[name], out)
    others = [
        each.qualified_name
        for each in published.relations(connection).values()
        if each.schema == "main" and each != relation
        and name in {column.name for column in published.columns(connection, each)}
    ]  # fmt: skip
    if others:
        says(f"Also in {', '.join(others)}.")


def _values(connection: duckdb.DuckDBPyConnection, relation: Described, column: Column, out: Console) -> None:
    """How many values a column has, and the most frequent of them, with what codes mean."""
    from duckdb import ColumnExpression, FunctionExpression

    rows = connection.table(relation.qualified_name)
    value, times = ColumnExpression(column.name), FunctionExpression("count_star").alias("times")
    counts = rows.aggregate([value, times])
    found = counts.sort(ColumnExpression("times").desc(), value).limit(EXAMPLES + 1).fetchall()
    [(distinct,)] = counts.count("*").fetchall()
    labels = {
        row["code"]: row["label"]
        for row in published.answers(connection, "labels")
        if row["dimension"] == column.name
    }
    has_labels = bool(labels)
    shown = show.table("", "value", *(["label"] if has_labels else []), "rows>")
    shown.title = None
    for text, number in found[:EXAMPLES]:
        said = show.plain(text) if text is not None else Text("(empty)", "dim")
        shown.add_row(said, *([show.plain(labels.get(text))] if has_labels else []), f"{number:,}")
    out.print(shown)
    if distinct > EXAMPLES:
        show.says(out)(f"… and {distinct - EXAMPLES:,} more values")


def _count(connection: duckdb.DuckDBPyConnection, relation: Described) -> int:
    [(rows,)] = connection.table(relation.qualified_name).count("*").fetchall()
    return int(rows)
