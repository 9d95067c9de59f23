"""The dictionary of the warehouse: what ``sql/`` says of its relations, and the types of a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.common import databases
from pipelines.common.paths import Places
from pipelines.docs import markdown
from pipelines.quality.expectations import Result, Rule, Validator
from pipelines.warehouse.as_of import as_of_macros
from pipelines.warehouse.relations import Layer, Relation, macros, relations

Types = dict[tuple[str, str], str]
"""Relation and column → type."""
_LAYERS: tuple[tuple[Layer, str, str], ...] = (
    ("marts", "Marts", "What analysts query first."),
    (
        "tables",
        "What they are made of",
        "Figures as published, and what is known of exports, checks and codes.",
    ),
    (
        "staging",
        "Staging",
        "Steps between the two, in the schema `staging`: to look things up, not to build on.",
    ),
)


def types_of(database: Path) -> Types:
    """The types of all columns, as a warehouse says them itself."""
    with databases.opened(database, read_only=True) as connection:
        dictionary = connection.table("data_dictionary").filter("column_name is not null")
        rows = dictionary.select("relation_name", "column_name", "data_type").fetchall()
    return {(relation, column): kind for relation, column, kind in rows}


def types_of_an_empty_one() -> Types:
    """The types of a warehouse that is built from nothing: they do not depend on what is in it."""
    from pipelines.warehouse import publishing

    with TemporaryDirectory() as folder:
        places = Places(Path(folder) / "raw", Path(folder) / "warehouse")
        built = publishing.build(places, [], "dictionary")
        publishing.audit(built, places, _Unvalidated(places.store, places.data_docs))
        return types_of(built)


class _Unvalidated(Validator):
    """Spares the import of Great Expectations where there is nothing to validate."""

    def relations(
        self, prefix: str, database: Path, suites: dict[str, list[Rule]]
    ) -> dict[str, list[Result]]:
        return {}


def page(types: Types) -> str:
    """Every relation with its grain and columns, then the table macros."""
    parts = [
        "# The warehouse\n",
        "Generated from `sql/` by `make docs`. The warehouse says the same of itself: "
        "`select * from data_dictionary`.\n",
    ]
    for layer, title, said in _LAYERS:
        found = [relation for relation in relations().values() if relation.layer == layer]
        parts += [f"## {title}\n", f"{said}\n"]
        for relation in sorted(found, key=lambda relation: relation.name):
            parts += _relation(relation, types)
    parts += ["## Macros\n", "Called like tables: `select * from observation_as_of(date '2026-01-01')`.\n"]
    rows = [
        (f"`{macro.name}({', '.join(macro.parameters)})`", macro.description)
        for macro in (*as_of_macros(), *macros())
    ]
    parts.append(markdown.table(("macro", "meaning"), rows))
    return "\n".join(parts)


def _relation(relation: Relation, types: Types) -> Iterator[str]:
    kind = "A view. " if relation.is_view else ""
    yield f"### {relation.name}\n"
    grain = relation.grain[0].upper() + relation.grain[1:]
    yield f"{' '.join(relation.description.split())} {kind}{grain}.\n"
    rows = [
        (f"`{column}`", types[relation.name, column].lower(), text)
        for column, text in relation.columns.items()
    ]
    yield markdown.table(("column", "type", "meaning"), rows)
