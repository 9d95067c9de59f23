"""What the published warehouse says of itself: its relations, their grain, their columns and their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.common.paths import statement
from pipelines.common.problems import named, printable, suggestion
from pipelines.takeaway.refusals import Refused

if TYPE_CHECKING:
    import duckdb

_GRAIN = " Grain: "
_MAIN = "main"


@dataclass(frozen=True)
class Column:
    """A column: its name, its DuckDB type, and what it means; nothing is known of columns of queries."""

    name: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class Described:
    """A relation as its comment describes it."""

    name: str
    schema: str
    description: str
    grain: str

    @property
    def qualified_name(self) -> str:
        return self.name if self.schema == _MAIN else f"{self.schema}.{self.name}"


def answers(
    connection: duckdb.DuckDBPyConnection, name: str, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a query of ``sql/takeaway`` by column name."""
    result = connection.execute(statement("takeaway", name), values or None)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def relations(connection: duckdb.DuckDBPyConnection) -> dict[str, Described]:
    """Every relation by the name that a query gives it, those for analysts first."""
    found = [
        Described(name, schema, *_split(comment or ""))
        for name, schema, comment in connection.execute(statement("takeaway", "relations")).fetchall()
    ]
    return {relation.qualified_name: relation for relation in found}


def macros(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What every table macro answers, by its name and parameters."""
    return dict(connection.execute(statement("takeaway", "macros")).fetchall())


def columns(connection: duckdb.DuckDBPyConnection, relation: Described) -> list[Column]:
    """The columns of a relation, in their order."""
    wanted = {"schema": relation.schema, "relation": relation.name}
    rows = connection.execute(statement("takeaway", "columns"), wanted).fetchall()
    return [Column(name, type_, description or "") for name, type_, description in rows]


def relation_named(connection: duckdb.DuckDBPyConnection, name: str) -> Described:
    """The relation of that name, in capitals or not. Raises Refused with the closest one."""
    known = relations(connection)
    found = named(name, known)
    if found is None:
        public = [each for each in known if known[each].schema == _MAIN]
        near = suggestion(name, known) or _as_column(connection, name)
        raise Refused(
            f"There is no relation '{printable(name)}'{near}. "
            f"There are: {', '.join(public)}; `caseload describe` says what each is."
        )
    return known[found]


def _as_column(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """``; it is a column of …`` or nothing, to be added to a reason."""
    for relation in relations(connection).values():
        if relation.schema == _MAIN and (
            column := named(name, [each.name for each in columns(connection, relation)])
        ):
            return f"; it is a column, e.g. {relation.name}.{column}"
    return ""


def key_of(name: str) -> tuple[str, ...]:
    """The columns that tell rows apart, where the relation's sidecar promises so (the audit has checked)."""
    from pipelines.warehouse.relations import relations as described

    if name not in described():
        return ()
    for rule in described()[name].rules:
        if rule.type == "expect_compound_columns_to_be_unique":
            return tuple(rule.arguments["column_list"])
        if rule.type == "expect_column_values_to_be_unique":
            return (rule.arguments["column"],)
    return ()


def _split(comment: str) -> tuple[str, str]:
    """Description and grain of a comment that `pipelines.warehouse.publishing` has made of the two."""
    description, _, grain = comment.partition(_GRAIN)
    return description, grain.removesuffix(".")
