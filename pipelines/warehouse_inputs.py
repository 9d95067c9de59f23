"""What ``sql/tables`` is filled with: the rows that come from the store, not from other relations."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import duckdb

import pipelines
from pipelines.codes import MEASURE, age_bounds, code_list_path
from pipelines.contract import Source
from pipelines.expectations import Result
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import Period
from pipelines.reconcile import reconcile
from pipelines.relations import checks, digest
from pipelines.shares import implied_base
from pipelines.store import Entry, Receipt, Store
from pipelines.words import CodeEntry

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Kept:
    """A reading that a ledger names."""

    entry: Entry
    name: str
    receipt: Receipt

    @property
    def is_published(self) -> bool:
        return self.name == self.entry.good


class Inputs:
    """The rows of each relation of ``sql/tables``, made when it is their turn."""

    def __init__(self, store: Store, sources: list[Source]) -> None:
        self._store, self._sources = store, sources

    @cached_property
    def kept(self) -> list[Kept]:
        return list(kept_readings(self._store))

    def files(self, relation: str) -> list[str] | None:
        """The Parquet files that a relation is read from, or None when it is made of rows."""
        nothing = self._store.nothing()
        if relation == "observation":
            used = [kept.name for kept in self.kept if kept.is_published]
            return [str(self._store.observations(name)) for name in [nothing, *used]]
        if relation == "rejected_rows":
            every = [kept.name for kept in self.kept]
            return [str(self._store.rejected_rows(name)) for name in [nothing, *every]]
        return None

    def rows(self, relation: str, connection: duckdb.DuckDBPyConnection) -> Rows:
        """The rows of a relation; ``connection`` sees the relations that it needs."""
        make = {
            "breakdowns": self._breakdowns,
            "implied_bases": _implied_bases,
            "comparable_periods": _comparable_periods,
            "codes": self._codes,
            "exports": self._exports,
            "reconciliations": lambda seen: [asdict(found) for found in reconcile(seen)],
            "publication": self._publication,
        }[relation]
        return make(connection)

    def _breakdowns(self, _: duckdb.DuckDBPyConnection) -> Rows:
        return [
            {
                "source": kept.receipt.source,
                "source_file": kept.receipt.source_file,
                "export_id": kept.receipt.export_id,
                **breakdown,
            }
            for kept in self.kept
            if kept.is_published
            for breakdown in kept.receipt.breakdowns
        ]

    def _codes(self, connection: duckdb.DuckDBPyConnection) -> Rows:
        """Entries of the code lists, of the contracts, and of codes that only the data has."""
        entries: dict[tuple[str, str], dict[str, Any]] = {}
        for dimension in (MEASURE, *DIMENSIONS):
            for entry in _listed_codes(dimension):
                entries[dimension, entry["code"]] = entry
            for source in self._sources:
                for code, added in source.contract.code_lists.get(dimension, {}).items():
                    entries.setdefault((dimension, code), _added_code(dimension, code, added))
            seen = connection.table("observation").select(dimension).distinct().fetchall()
            for (code,) in seen:
                if code != TOTAL:
                    entries.setdefault((dimension, code), {"code": code, "label_en": code})
        for (dimension, code), entry in entries.items():
            entry["dimension"] = dimension
            if dimension == "age_band":
                low, high = age_bounds(code) or (None, None)
                entry |= {"age_low": low, "age_high": high}
        return list(entries.values())

    def _exports(self, _: duckdb.DuckDBPyConnection) -> Rows:
        return [
            asdict(kept.receipt)
            | {"reading_id": kept.name, "is_published": kept.is_published, "reason": _reason(kept.receipt)}
            for kept in self.kept
        ]

    def _publication(self, connection: duckdb.DuckDBPyConnection) -> Rows:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
        inputs = inputs_sha256(self.kept)
        contradictions = connection.table("reconciliations").filter("verdict = 'contradicts'")
        return [
            {
                "publication_id": f"{now:%Y%m%dT%H%M%SZ}-{inputs[:8]}",
                "published_at": now,
                "inputs_sha256": inputs,
                "caseload_version": pipelines.__version__,
                "duckdb_version": duckdb.__version__,
                "exports_published": sum(kept.is_published for kept in self.kept),
                "exports_quarantined": sum(not kept.receipt.is_accepted for kept in self.kept),
                "observations": len(connection.table("observation")),
                "contradictions": len(contradictions),
            }
        ]


def kept_readings(store: Store) -> Iterator[Kept]:
    """The latest and the last good reading of every file that a ledger knows."""
    for source in store.sources():
        for entry in store.ledger(source).values():
            for name in dict.fromkeys(filter(None, (entry.latest, entry.good))):
                yield Kept(entry, name, store.receipt(name))


def inputs_sha256(kept: Iterable[Kept]) -> str:
    """SHA-256 over everything that decides what is published."""
    readings = sorted(f"{k.name} {k.is_published}" for k in kept)
    parts = (pipelines.__version__, digest(), *readings)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def export_check_rows(kept: Iterable[Kept]) -> Rows:
    """Rows of ``check_results`` about exports."""
    return [
        {
            "subject": "export",
            "source": reading.receipt.source,
            "source_file": reading.receipt.source_file,
            "export_id": reading.receipt.export_id,
            **_found(Result.from_dict(check)),
        }
        for reading in kept
        for check in reading.receipt.checks
    ]


def warehouse_check_rows(results: dict[str, list[Result]]) -> Rows:
    """Rows of ``check_results`` about the warehouse's relations and the checks across them."""
    return [
        {"subject": "warehouse", "relation": None if name in checks() else name, **_found(result)}
        for name, found in results.items()
        for result in found
    ]


def _found(result: Result) -> dict[str, Any]:
    examples = result.examples or None
    return {
        "check_name": result.rule.name,
        "severity": result.rule.severity,
        "verdict": result.verdict,
        "evaluated": result.evaluated,
        "unexpected": result.unexpected,
        "explanation": result.explanation or None,
        "examples": examples and json.dumps(examples, ensure_ascii=False, default=str),
    }


def _reason(receipt: Receipt) -> str | None:
    if receipt.is_accepted or not receipt.problems:
        return None
    more = len(receipt.problems) - 1
    return f"{receipt.problems[0]} (and {more} more)" if more else receipt.problems[0]


def _implied_bases(connection: duckdb.DuckDBPyConnection) -> Rows:
    printed = connection.table("observation").filter("value is not null and published_share_pct is not null")
    rows = []
    for value, share in printed.select("value", "published_share_pct").distinct().fetchall():
        base = implied_base(value, share)
        rows.append(
            {"value": value, "published_share_pct": share, "base_low": base.low, "base_high": base.high}
        )
    return rows


def _comparable_periods(connection: duckdb.DuckDBPyConnection) -> Rows:
    rows = []
    for start, end in (
        connection.table("observation").select("period_start", "period_end").distinct().fetchall()
    ):
        earlier = Period(start, end).a_year_earlier()
        rows.append(
            {
                "period_start": start,
                "period_end": end,
                "previous_period_start": earlier.start,
                "previous_period_end": earlier.end,
            }
        )
    return rows


def _listed_codes(dimension: str) -> Iterator[dict[str, Any]]:
    with code_list_path(dimension).open(encoding="utf-8", newline="") as lines:
        for entry in csv.DictReader(lines):
            yield {key: value or None for key, value in entry.items()}


def _added_code(dimension: str, code: str, added: str | CodeEntry) -> dict[str, Any]:
    label = added.label if isinstance(added, CodeEntry) else added
    definition = added.definition if isinstance(added, CodeEntry) else None
    return {"code": code, "label_en": label, "definition": definition}
