"""What an analyst would have seen on a day: table macros made from the SQL of the relations themselves.

``arrest_trends_as_of(date)`` is the query of ``arrest_trends`` in which ``observation`` holds what was
released by that day, and every relation in between is made from that. Each of these is a common table
expression of the macro: DuckDB then plans it once, however many others read it.
"""

from __future__ import annotations

from collections.abc import Set
from functools import cache

from sqlglot import tokenize
from sqlglot.tokens import Token, TokenType

from pipelines.warehouse.relations import Macro, Relation, relations

KNOWN_SINCE = {"observation": "released_on", "correction_entries": "corrected_on"}
"""Relations whose rows come to be known on a day, and the column that says on which."""

NOT_AS_OF = ("revisions", "corrections", "observation")
"""What is about releases itself, and stays as it is."""

SUFFIX = "_as_of"
PARAMETER = "as_of"
STANDING = "observation_current"
"""Which published figure stands."""


@cache
def as_of_macros() -> tuple[Macro, ...]:
    """A macro for every mart that depends on what is known, and for the published figures."""
    dependent = depend_on_what_is_known()
    found = []
    for relation in dependent.values():
        if relation.layer == "marts":
            said = f"{relation.description} As it was known on a day, from what had been released by then."
            query = _query(relation.name, "*", dependent)
            found.append(Macro(f"{relation.name}{SUFFIX}", (PARAMETER,), query, said))
    said = "Which published figure stood on a day, from what had been released by then."
    query = _query(STANDING, ", ".join(relations()["observation"].columns), dependent)
    return (*found, Macro(f"observation{SUFFIX}", (PARAMETER,), query, said))


def depend_on_what_is_known() -> dict[str, Relation]:
    """The relations that are others on an earlier day, by name, each after those that it reads."""
    found: dict[str, Relation] = {}
    for relation in relations().values():
        if relation.layer == "tables" or relation.name in NOT_AS_OF:
            continue
        if relation.dependencies & (found.keys() | KNOWN_SINCE.keys()):
            found[relation.name] = relation
    return found


def _query(name: str, columns: str, dependent: dict[str, Relation]) -> str:
    """A query of a relation, made from all that it is made from as known on a day."""
    needed = _needed(name)
    parts = [
        f"{table}{SUFFIX} as (select * from {table} where {day} <= {PARAMETER})"
        for table, day in KNOWN_SINCE.items()
        if table in needed
    ]
    known = KNOWN_SINCE.keys() | dependent.keys()
    parts += [
        f"{part}{SUFFIX} as (\n{_as_of(relation, known)}\n)"
        for part, relation in dependent.items()
        if part in needed
    ]
    return f"with {', '.join(parts)} select {columns} from {name}{SUFFIX}"


def _needed(name: str) -> set[str]:
    """A relation and all that it is made from."""
    needed = {name}
    for other in reversed(relations()):
        if other in needed:
            needed |= relations()[other].dependencies
    return needed


def _as_of(relation: Relation, known: Set[str]) -> str:
    """The query of a relation, reading what was known on a day."""
    text, done, query = relation.query, 0, ""
    tokens = tokenize(text, dialect="duckdb")
    for at, token in enumerate(tokens):
        if at and tokens[at - 1].token_type in (TokenType.FROM, TokenType.JOIN):
            end, name = _name(tokens, at)
            is_own = end == at and name in relation.own_names
            if not is_own and name in known:
                query += f"{text[done : token.start]}{name}{SUFFIX}"
                alias = tokens[end + 1] if end + 1 < len(tokens) else None
                query += "" if alias and alias.token_type == TokenType.ALIAS else f" as {name}"
                done = tokens[end].end + 1
    return query + text[done:]


def _name(tokens: list[Token], at: int) -> tuple[int, str]:
    """Where the name of a table ends, and its last part."""
    if at + 2 < len(tokens) and tokens[at + 1].token_type == TokenType.DOT:
        return at + 2, tokens[at + 2].text
    return at, tokens[at].text
