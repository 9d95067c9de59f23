"""The relations of the warehouse as ``sql/`` describes them: one SQL file and one YAML each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from pipelines.common.paths import SQL
from pipelines.quality.expectations import Rule

Layer = Literal["tables", "staging", "marts"]
STAGING_SCHEMA = "staging"


@dataclass(frozen=True)
class Relation:
    """One relation: its query, what it depends on, and its sidecar."""

    name: str
    layer: Layer
    query: str
    description: str
    grain: str
    is_view: bool
    columns: dict[str, str]
    rules: tuple[Rule, ...]
    dependencies: frozenset[str]
    """Names of other relations that it is made from: those that the query reads, found by parsing
    it, and those that the sidecar names where Python makes the rows."""
    own_names: frozenset[str] = frozenset()
    """Names of the query's own common table expressions."""

    @property
    def qualified_name(self) -> str:
        return f"{STAGING_SCHEMA}.{self.name}" if self.layer == "staging" else self.name


@cache
def relations() -> dict[str, Relation]:
    """All relations by name, each after those that it reads."""
    found = {
        path.stem: _relation(path, layer)
        for layer in ("tables", "staging", "marts")
        for path in sorted((SQL / layer).glob("*.sql"))
    }
    names = frozenset(found)
    known = {
        name: Relation(**{**relation.__dict__, "dependencies": relation.dependencies & names - {name}})
        for name, relation in found.items()
    }
    order = TopologicalSorter({name: relation.dependencies for name, relation in known.items()})
    return {name: known[name] for name in order.static_order()}


@dataclass(frozen=True)
class Macro:
    """A table macro: a query with parameters."""

    name: str
    parameters: tuple[str, ...]
    query: str
    description: str


@cache
def macros() -> tuple[Macro, ...]:
    """The queries of ``sql/macros``."""
    found = []
    for path in sorted((SQL / "macros").glob("*.sql")):
        sidecar = _yaml(path.with_suffix(".yml"))
        query = path.read_text(encoding="utf-8")
        found.append(Macro(path.stem, tuple(sidecar["parameters"]), query, sidecar["description"]))
    return tuple(found)


@cache
def checks() -> dict[str, str]:
    """The queries of ``sql/checks`` by name: each returns the rows that break a rule."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / "checks").glob("*.sql"))}


def check_description(query: str) -> str:
    """The comment that heads a check, as one line."""
    comment = [line[2:].strip() for line in query.splitlines() if line.startswith("--")]
    return " ".join(comment)


def digest() -> str:
    """SHA-256 over everything in ``sql/``: part of what a publication is built from."""
    digest = hashlib.sha256()
    for path in sorted(SQL.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv"):
            digest.update(path.relative_to(SQL).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _relation(path: Path, layer: Layer) -> Relation:
    query = path.read_text(encoding="utf-8")
    sidecar = _yaml(path.with_suffix(".yml"))
    read, own = _tables(query)
    shared = _yaml(SQL / "columns.yml")
    columns = {name: str(text or shared[name]) for name, text in sidecar["columns"].items()}
    return Relation(
        name=path.stem,
        layer=layer,
        query=query,
        description=sidecar["description"],
        grain=sidecar["grain"],
        is_view=sidecar.get("kind") == "view",
        columns=columns,
        rules=tuple(_rule(entry) for entry in sidecar.get("expectations", ())),
        dependencies=read | frozenset(sidecar.get("needs", ())),
        own_names=own,
    )


def _rule(entry: dict[str, Any]) -> Rule:
    arguments = {key: value for key, value in entry.items() if key not in ("type", "severity")}
    return Rule(entry["type"], arguments, entry.get("severity", "critical"))


def tables_read(query: str) -> frozenset[str]:
    """Names of the tables that a query reads, its own common table expressions aside."""
    return _tables(query)[0]


@cache
def _tables(query: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the tables that a query reads, and of its own common table expressions."""
    import sqlglot
    from sqlglot import exp

    parsed = sqlglot.parse_one(query, dialect="duckdb")
    own = frozenset(cte.alias for cte in parsed.find_all(exp.CTE))
    tables = parsed.find_all(exp.Table)
    return frozenset(table.name for table in tables if table.db or table.name not in own), own


@cache
def _yaml(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
