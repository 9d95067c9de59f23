"""What an analyst would have seen on a day: table macros made from the SQL of the relations themselves.

``arrest_trends_as_of(date)`` is the query of ``arrest_trends`` in which ``observation`` holds what was
released by that day, and every relation in between is made from that.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import tokenize
from sqlglot.tokens import Token, TokenType

from pipelines.relations import Macro, Relation, relations

KNOWN_SINCE = {"observation": "released_on", "correction_entries": "corrected_on"}
"""Relations whose rows come to be known on a day, and the column that says on which."""

NOT_AS_OF = ("revisions", "corrections", "observation")
"""What is about releases itself, and stays as it is."""

SUFFIX = "_as_of"
PARAMETER = "as_of"


def as_of_macros() -> Iterator[Macro]:
    """A macro for every relation that depends on what is known, each after those that it reads."""
    known: set[str] = set()
    for relation in relations().values():
        if relation.layer == "tables" or relation.name in NOT_AS_OF:
            continue
        if relation.dependencies & (known | KNOWN_SINCE.keys()):
            known.add(relation.name)
            said = f"{relation.description} As it was known on a day, from what had been released by then."
            yield Macro(f"{relation.qualified_name}{SUFFIX}", (PARAMETER,), _query(relation, known), said)
    columns = ", ".join(relations()["observation"].columns)
    said = "Which published figure stood on a day, from what had been released by then."
    query = f"select {columns} from staging.observation_current{SUFFIX}({PARAMETER})"
    yield Macro(f"observation{SUFFIX}", (PARAMETER,), query, said)


def _query(relation: Relation, known: set[str]) -> str:
    """The query of a relation, reading what was known on a day."""
    text, done, query = relation.query, 0, ""
    tokens = tokenize(text, dialect="duckdb")
    for at, token in enumerate(tokens):
        if at and tokens[at - 1].token_type in (TokenType.FROM, TokenType.JOIN):
            end, name = _name(tokens, at)
            is_own = end == at and name in relation.own_names
            if not is_own and (name in KNOWN_SINCE or name in known):
                query += text[done : token.start] + _as_of(name, relations()[name].qualified_name)
                alias = tokens[end + 1] if end + 1 < len(tokens) else None
                query += "" if alias and alias.token_type == TokenType.ALIAS else f" as {name}"
                done = tokens[end].end + 1
    return query + text[done:]


def _name(tokens: list[Token], at: int) -> tuple[int, str]:
    """Where the name of a table ends, and its last part."""
    if at + 2 < len(tokens) and tokens[at + 1].token_type == TokenType.DOT:
        return at + 2, tokens[at + 2].text
    return at, tokens[at].text


def _as_of(name: str, qualified_name: str) -> str:
    if name in KNOWN_SINCE:
        return f"(select * from {name} where {KNOWN_SINCE[name]} <= {PARAMETER})"
    return f"{qualified_name}{SUFFIX}({PARAMETER})"
