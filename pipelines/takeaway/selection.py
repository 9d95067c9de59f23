"""What is to be taken away: relations of the published warehouse, or the result of one query, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipelines.common.problems import one_line, printable
from pipelines.takeaway import published
from pipelines.takeaway.published import Column
from pipelines.takeaway.refusals import Refused

if TYPE_CHECKING:
    import duckdb

DEFAULT = (
    "crime_type_shares", "age_distributions", "arrest_trends", "rolling_twelve_months",
    "reconciliations", "revisions", "corrections", "sources", "exports", "record_measures", "codes",
    "publication",
)  # fmt: skip
"""The marts, and what explains them: what contradicts what, where figures come from, what codes mean."""

SOURCE = "source"
"""The column that says which series of exports a row is of."""

QUERY = "query"
"""The name of the table that a query makes."""

CHUNK = 5_000
"""Rows that are in memory at once."""


@dataclass(frozen=True)
class Table:
    """Rows that go into one file or sheet, with what is known of them."""

    name: str
    columns: tuple[Column, ...]
    rows: duckdb.DuckDBPyRelation = field(repr=False)
    description: str = ""
    grain: str = ""
    key: tuple[str, ...] = ()
    """Columns whose values tell the rows apart, and are never empty."""
    is_query: bool = False
    tell: Callable[[int], None] = field(default=lambda _: None, repr=False)
    """Told of rows that have been written."""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def count(self) -> int:
        [(rows,)] = self.rows.count("*").fetchall()
        return int(rows)

    def chunks(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows in their order, some thousand at a time."""
        rows = self.rows.iter_rows(CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            yield chunk
            self.tell(len(chunk))


def relations(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[Table]:
    """The relations of those names, else the marts and what explains them. Raises Refused."""
    known = published.relations(connection)
    wanted = names or [name for name in DEFAULT if name in known]
    return [_relation(connection, name) for name in dict.fromkeys(wanted)]


def query(connection: duckdb.DuckDBPyConnection, sql: str) -> Table:
    """The result of one query. Raises Refused, or duckdb.Error where it is wrong."""
    import duckdb

    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        found = f"{len(statements)} statements" if len(statements) != 1 else "a statement that selects none"
        raise Refused(f"--query takes one query that selects rows, not {found}.")
    rows = connection.sql(sql)
    twice = {name for name in rows.columns if rows.columns.count(name) > 1}
    if twice:
        named = ", ".join(f"'{printable(name)}'" for name in sorted(twice))
        raise Refused(f"Two columns of the query are called {named}: give each a name, with `as`.")
    meanings = _meanings(connection, sql)
    columns = tuple(
        Column(name, str(type_), meanings.get((name, str(type_)), ""))
        for name, type_ in zip(rows.columns, rows.types, strict=True)
    )
    return Table(QUERY, columns, rows, description=one_line(sql.strip()), is_query=True)


def _meanings(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[tuple[str, str], str]:
    """What columns of the relations that a query reads mean, by name and type, if it is the same in all of
    them. One that the query makes of others under their name has most often another type: a sum, a mean.
    """
    from sqlglot.errors import SqlglotError

    from pipelines.warehouse.relations import tables_read

    try:
        read = {name.lower() for name in tables_read(sql)}
    except SqlglotError:  # DuckDB knows more than it does
        return {}
    found: dict[tuple[str, str], set[str]] = {}
    for relation in published.relations(connection).values():
        if relation.name in read:
            for column in published.columns(connection, relation):
                found.setdefault((column.name, column.type), set()).add(column.description)
    return {column: said.pop() for column, said in found.items() if len(said) == 1}


def sources_of(tables: list[Table]) -> set[str] | None:
    """The sources that the rows of some tables are of, where the tables say it; else None."""
    from duckdb import ColumnExpression

    tables = [table for table in tables if SOURCE in table.names]
    found = {
        source for table in tables for (source,) in
        table.rows.select(ColumnExpression(SOURCE)).distinct().fetchall()
    }  # fmt: skip
    return None if None in found or not tables else {str(source) for source in found}


def _relation(connection: duckdb.DuckDBPyConnection, name: str) -> Table:
    relation = published.relation_named(connection, name)
    rows = connection.table(relation.qualified_name)
    columns = published.columns(connection, relation)
    key = published.key_of(relation.name)
    is_told_apart = set(key) <= {column.name for column in columns} and not _has_empty(rows, key)
    return Table(
        relation.name, tuple(columns), rows, relation.description, relation.grain,
        key if is_told_apart else (),
    )  # fmt: skip


def _has_empty(rows: duckdb.DuckDBPyRelation, key: tuple[str, ...]) -> bool:
    """Whether a column of a key is empty somewhere: then the standards do not call it a primary key."""
    from duckdb import ColumnExpression

    return any(rows.filter(ColumnExpression(name).isnull()).limit(1).fetchall() for name in key)
