"""Takes marts, or the result of a query, away as files of one format, with what explains them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.common import databases
from pipelines.common.files import write_json
from pipelines.common.problems import printable
from pipelines.takeaway import data_package, notes, parquet_files, sdmx, selection, text_files, workbook
from pipelines.takeaway.notes import Notes
from pipelines.takeaway.places import PACKAGE, new_file, new_folder, possible
from pipelines.takeaway.refusals import Refused
from pipelines.takeaway.selection import Table

if TYPE_CHECKING:
    import duckdb

Format = Literal["parquet", "csv", "xlsx", "sdmx"]
WORKBOOK_SUFFIX = ".xlsx"


@dataclass(frozen=True)
class Wish:
    """What is to be taken away, as what, and where to."""

    format: Format
    relations: tuple[str, ...] = ()
    query: str | None = None
    out: Path | None = None
    may_replace: bool = False


@dataclass(frozen=True)
class Taken:
    """What was taken away."""

    path: Path
    rows: dict[str, int]
    """Rows of each table by its name."""
    notes: Notes
    see: str
    """Where the files say what contradicts what."""


Tell = Callable[[str, int, int], None]
"""Told what is being written, how many rows there are in all, and how many more are done."""


def export(database: Path, wish: Wish, tell: Tell = lambda *_: None) -> Taken:
    """Write what is wished for, whole or not at all.

    Raises Refused, duckdb.Error where the warehouse cannot be opened or the query is wrong, and OSError
    where writing fails midway.
    """
    if wish.query is not None and wish.relations:
        raise Refused("Name relations or give a --query, not both.")
    with databases.opened(database, read_only=True) as connection:
        said = notes.of(connection)
    target = _target(wish, said)
    if wish.format == "xlsx":
        with (
            new_file(target, wish.may_replace) as path,
            databases.opened(database, read_only=True) as connection,
        ):
            tables = _told(_tables(connection, wish), tell)
            said = said.about(selection.sources_of(tables))
            workbook.write(tables, said, path)
            rows = _counts(tables)
            return Taken(target, rows, said, notes.told_in((), rows))
    with new_folder(target, wish.may_replace) as folder, databases.opened(
        database, read_only=True, folders=[folder]
    ) as connection:  # fmt: skip
        tables = _told(_tables(connection, wish), tell)
        said = said.about(selection.sources_of(tables))
        more = _write_folder(connection, wish.format, tables, said, folder)
        rows = _counts(tables)
        return Taken(target, rows, said, notes.told_in(more, rows))


def _tables(connection: duckdb.DuckDBPyConnection, wish: Wish) -> list[Table]:
    if wish.query is not None:
        return [selection.query(connection, wish.query)]
    tables = selection.relations(connection, list(wish.relations))
    return sdmx.figures(tables) if wish.format == "sdmx" and not wish.relations else tables


def _told(tables: list[Table], tell: Tell) -> list[Table]:
    """The tables, which say how far their writing is."""
    in_all = sum(_counts(tables).values())
    return [replace(table, tell=partial(tell, table.name, in_all)) for table in tables]


def _write_folder(
    connection: duckdb.DuckDBPyConnection, format_: Format, tables: list[Table], said: Notes, folder: Path
) -> list[str]:
    """Write the files of some tables and the package that describes them; the names of files beside those."""
    defused: dict[str, int] = {}
    more: list[str] = []
    if format_ == "sdmx":
        files = sdmx.write(connection, tables, said, folder)
        more = [notes.STRUCTURE_FILE]
    elif format_ == "csv":
        files = {f"{table.name}.csv": table for table in tables}
        defused = {file: text_files.write(table, folder / file) for file, table in files.items()}
    else:
        files = {f"{table.name}.parquet": table for table in tables}
        for file, table in files.items():
            parquet_files.write(table, folder / file)
    described = data_package.package(said, files, folder, defused, more)
    write_json(folder / PACKAGE, described, indent=2)
    return more


def _target(wish: Wish, said: Notes) -> Path:
    """Where to: what is named, else a name of its own for every publication, right here."""
    name = f"caseload-{said.publication_id}"
    if wish.format != "xlsx":
        return (wish.out or Path(f"{name}-{wish.format}")).absolute()
    out = wish.out or Path()
    with possible(out.absolute()):
        is_folder, is_there = out.is_dir(), out.exists()
    if is_folder or not (out.suffix or is_there):
        return out.absolute() / f"{name}{WORKBOOK_SUFFIX}"
    if out.suffix.lower() == WORKBOOK_SUFFIX:
        return out.absolute()
    raise Refused(
        f"`{printable(str(out))}` is neither a folder nor a name that ends in {WORKBOOK_SUFFIX}. "
        f"Name the workbook, e.g. --out marts{WORKBOOK_SUFFIX}, or a folder for it."
    )


def _counts(tables: list[Table]) -> dict[str, int]:
    return {table.name: table.count() for table in tables}
