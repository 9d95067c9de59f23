"""Whether two relations have the same rows, told by their number and the sum of their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

Digest = tuple[int, int]


def digest(relation: duckdb.DuckDBPyRelation) -> Digest:
    """Count and digest of the rows of a relation, in whatever order; reads every value of it, and so
    finds what is damaged. Raises duckdb.Error.
    """
    if not relation.columns:
        return 0, 0
    found = relation.set_alias("read").aggregate("count(*), coalesce(sum(cast(hash(read) as hugeint)), 0)")
    [(rows, summed)] = found.fetchall()
    return rows, int(summed)
