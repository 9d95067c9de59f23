"""Tables as Parquet, written by DuckDB itself, row group by row group."""

from __future__ import annotations

from pathlib import Path

from pipelines.takeaway.selection import Table

_WIDE = {"HUGEINT", "UHUGEINT"}
_EXACT = "DECIMAL(38,0)"
"""Parquet has no whole numbers of 128 bits, and DuckDB would write floating-point ones; a sum in a query
is one."""


def write(table: Table, path: Path) -> None:
    from duckdb import ColumnExpression
    from duckdb.sqltypes import DuckDBPyType

    rows = table.rows
    if any(column.type in _WIDE for column in table.columns):
        exact = DuckDBPyType(_EXACT)
        rows = rows.select(
            *(
                ColumnExpression(column.name).cast(exact).alias(column.name)
                if column.type in _WIDE
                else ColumnExpression(column.name)
                for column in table.columns
            )
        )
    rows.to_parquet(str(path), compression="zstd")
    table.tell(table.count())
