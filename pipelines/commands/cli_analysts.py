"""The commands for analysts, on the published warehouse, read-only; `cli` adds them to its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from pipelines.commands.cli_options import Raw, SqlCommand, Warehouse, fail, places_of
from pipelines.commands.freshness import BAD
from pipelines.common.paths import Places


class QueryFormat(StrEnum):
    """How results are printed."""

    table = "table"
    csv = "csv"
    json = "json"


class FileFormat(StrEnum):
    """What files to take away are."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"
    sdmx = "sdmx"


class TraceFormat(StrEnum):
    """How a trace is printed."""

    text = "text"
    json = "json"


def query(
    sql: Annotated[
        str | None, typer.Argument(help="The query; `-` reads it from standard input.", show_default=False)
    ] = None,
    example: Annotated[
        str | None, typer.Option("--example", "-x", help="Run the example query of this name.")
    ] = None,
    examples: Annotated[bool, typer.Option("--examples", help="List the example queries.")] = False,
    format_: Annotated[
        QueryFormat, typer.Option("--format", "-f", help="How to print the result.")
    ] = QueryFormat.table,
    warehouse: Warehouse = None,
) -> None:
    """Query the published warehouse, read-only.

    Start with `caseload describe`, or with `caseload query --examples`.
    """
    from pipelines.commands import show_query

    if examples:
        raise typer.Exit(show_query.examples())
    if (sql is None) == (example is None):
        fail("Say which query: as text, `-` for standard input, or --example NAME (--examples lists them).")
    places = _published(warehouse)
    if example is not None:
        raise typer.Exit(show_query.example(places.published, example, format_.value))
    text = sys.stdin.read() if sql == "-" else str(sql)
    raise typer.Exit(show_query.query(places.published, text, format_.value))


def describe(
    name: Annotated[
        str | None, typer.Argument(help="A relation, or RELATION.COLUMN.", show_default=False)
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """Say what the relations of the published warehouse are, and what their columns mean."""
    places = _published(warehouse)
    from pipelines.commands import show_describe

    raise typer.Exit(show_describe.describe(places.published, name))


def trace(
    relation: Annotated[str, typer.Argument(help="A mart, such as crime_type_shares.")],
    conditions: Annotated[
        list[str] | None,
        typer.Argument(help="Which row: column=value …; period=2020 is a whole period.", show_default=False),
    ] = None,
    format_: Annotated[
        TraceFormat, typer.Option("--format", "-f", help="How to print it.")
    ] = TraceFormat.text,
    raw: Raw = None,
    warehouse: Warehouse = None,
) -> None:
    """Follow a figure back to the cells that it comes from.

    `caseload trace crime_type_shares source=npa_cybercrime_yearly measure=cases period=2020
    crime_type=hacking` tells file, row and column, what is printed there, what was corrected, of which parts
    a sum is, and which base its share has and why.
    """
    places = _published(warehouse, raw)
    from pipelines.commands import show_trace

    raise typer.Exit(show_trace.trace(places, relation, conditions or [], format_.value))


def export(
    relations: Annotated[
        list[str] | None,
        typer.Argument(help="Relations; the marts and what explains them if not given.", show_default=False),
    ] = None,
    format_: Annotated[
        FileFormat, typer.Option("--format", "-f", help="What the files are.", show_default=False)
    ] = ...,  # type: ignore[assignment]
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            show_default="a name of its own",
            help="A new folder, made if need be; for xlsx a name that ends in .xlsx, or a folder.",
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", "-q", help="Take the result of this query instead.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
    warehouse: Warehouse = None,
) -> None:
    """Take figures away as Parquet, CSV, Excel or SDMX files, with what explains them.

    Parquet and CSV come with a Frictionless `datapackage.json`, Excel with a sheet of notes, SDMX-CSV with
    code lists and structure. Files are written whole or not at all.
    """
    places = _published(warehouse)
    from pipelines.commands import show_export

    raise typer.Exit(
        show_export.export(places.published, format_.value, relations or [], query, out, may_replace=force)
    )


COMMANDS: dict[Callable[..., None], type[TyperCommand]] = {
    query: SqlCommand, describe: TyperCommand, trace: TyperCommand, export: TyperCommand,
}  # fmt: skip


def _published(warehouse: Path | None, raw: Path | None = None) -> Places:
    places = places_of(raw, warehouse, needs_raw=False)
    if not places.published.is_file():
        fail(f"Nothing is published in `{places.warehouse}` yet. `caseload run` builds it.", BAD)
    return places
