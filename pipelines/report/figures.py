"""Reads what the report shows of a warehouse: rows of ``sql/report``, by source. No language, no markup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.common import databases
from pipelines.common.paths import statement

Row = dict[str, Any]

LIMITS: dict[str, dict[str, int]] = {
    "sources": {},
    "news": {},
    "cautions": {},
    "contradictions": {"rows": 12},
    "revisions": {"rows": 10},
    "types": {"rows": 15},
    "ages": {"types": 6},
    "trends": {"rows": 120},
    "rolling": {"rows": 120},
    "regions": {"rows": 15},
    "breaks": {},
}
"""The queries of ``sql/report``, each with how many rows it gives of a source, or of a measure of it."""


@dataclass(frozen=True)
class Figures:
    """What one publication holds."""

    publication: Row
    codes: dict[tuple[str, str], Row]
    """By dimension and code."""
    rows: dict[str, list[Row]]
    """By query, in its order."""
    known_before: frozenset[str] | None
    """The exports of the publication before it; None where there is none."""

    def of(self, query: str, source: str) -> list[Row]:
        """What a query says of one source."""
        return [row for row in self.rows[query] if row["source"] == source]


def read(warehouse: Path, before: Path | None = None) -> Figures:
    """What a warehouse holds, and which of its exports one before it, if it can be opened, had already.

    Raises duckdb.Error where the warehouse is of another version of Caseload, or damaged.
    """
    with databases.opened(warehouse, read_only=True) as connection:
        [publication] = _rows(connection.execute("from publication"))
        codes = _rows(connection.execute("from codes"))
        rows = {
            name: _rows(connection.execute(statement("report", name), limits))
            for name, limits in LIMITS.items()
        }
    return Figures(
        publication=publication,
        codes={(row["dimension"], row["code"]): row for row in codes},
        rows=rows,
        known_before=_exports(before) if before else None,
    )


def _rows(result: Any) -> list[Row]:
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _exports(warehouse: Path) -> frozenset[str] | None:
    import duckdb

    try:
        with databases.opened(warehouse, read_only=True) as connection:
            found = connection.table("exports").filter("is_published").select("export_id").fetchall()
    except duckdb.Error:
        return None
    return frozenset(name for (name,) in found)
