"""What Dagster's pages show of a materialisation: counts, a preview, findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.common import databases
from pipelines.releases.store import Receipt
from pipelines.warehouse.relations import relations

if TYPE_CHECKING:
    import duckdb

PREVIEW_ROWS = 10


def receipts_metadata(receipts: list[Receipt]) -> dict[str, Any]:
    """Counts over the exports of an edition, and a table of them."""
    records = [
        dg.TableRecord({
            "export": receipt.source_file, "status": receipt.status,
            "received": receipt.rows_received, "accepted": receipt.rows_accepted,
            "rejected": receipt.rows_rejected, "observations": receipt.observations,
            "problem": receipt.problems[0] if receipt.problems else "",
        })
        for receipt in receipts
    ]  # fmt: skip
    return {
        "dagster/row_count": sum(receipt.observations for receipt in receipts),
        "rows received": sum(receipt.rows_received for receipt in receipts),
        "rows rejected": sum(receipt.rows_rejected for receipt in receipts),
        "bytes": sum(receipt.bytes for receipt in receipts),
        "exports": dg.MetadataValue.table(records) if records else "none",
        "quarantined": sum(not receipt.is_accepted for receipt in receipts),
    }


def relation_metadata(path: Path) -> dict[str, dict[str, Any]]:
    """Row count, columns and preview of every relation of a build; findings for the reconciliations."""
    described: dict[str, dict[str, Any]] = {}
    with databases.opened(path, read_only=True) as connection:
        for relation in relations().values():
            table = connection.table(relation.qualified_name)
            [(rows,)] = table.aggregate("count(*)").fetchall()
            described[relation.name] = {
                "dagster/row_count": rows,
                "dagster/column_schema": _schema(table, relation.columns),
            }
            if rows:
                described[relation.name]["preview"] = _preview(table)
        contradictions = connection.table("reconciliations").filter("verdict = 'contradicts'")
        found = [text for (text,) in contradictions.select("explanation").fetchall()]
        described["reconciliations"]["contradictions"] = dg.MetadataValue.md(
            "\n".join(f"- {text}" for text in found) or "none"
        )
    return described


def _schema(table: duckdb.DuckDBPyRelation, columns: dict[str, str]) -> dg.TableSchema:
    return dg.TableSchema(
        [
            dg.TableColumn(name, type=str(type_), description=columns.get(name))
            for name, type_ in zip(table.columns, table.types, strict=True)
        ]
    )


def _preview(table: duckdb.DuckDBPyRelation) -> dg.TableMetadataValue:
    rows = table.limit(PREVIEW_ROWS).fetchall()
    records = [
        dg.TableRecord(
            {
                name: value if isinstance(value, int | float | bool) else str(value or "")
                for name, value in zip(table.columns, row, strict=True)
            }
        )
        for row in rows
    ]
    return dg.MetadataValue.table(records)
