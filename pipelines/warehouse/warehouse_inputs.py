"""What ``sql/tables`` is filled with: the rows that come from the store, not from other relations."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import duckdb

import pipelines
from pipelines.ages import age_bounds
from pipelines.contracts.codes import MEASURE
from pipelines.contracts.contract import Source
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.quality.expectations import Result
from pipelines.releases.due import editions_due
from pipelines.releases.store import Entry, Receipt, Store
from pipelines.shares import implied_base
from pipelines.warehouse.contract_inputs import (
    acceptances,
    agreements,
    correction_entries,
    series_breaks,
    source_entries,
)
from pipelines.warehouse.labels import english, given_codes, labelled
from pipelines.warehouse.reconcile import reconcile
from pipelines.warehouse.relations import checks, digest

Rows = list[dict[str, Any]]
ID_TIME = "%Y%m%dT%H%M%SZ"
"""How a publication id begins."""


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
    """The rows of each relation of ``sql/tables``, made when it is their turn.

    ``later_than`` is the id of the last publication, if there was one.
    """

    def __init__(self, store: Store, sources: list[Source], later_than: str = "") -> None:
        self._store, self._sources, self._later_than = store, sources, later_than

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

    def make_sure_of_all(self) -> None:
        """Read everything that a build reads. Raises DamagedStore for what cannot be read."""
        self._store.make_sure_of(kept.name for kept in self.kept)

    def rows(self, relation: str, connection: duckdb.DuckDBPyConnection) -> Rows:
        """The rows of a relation; ``connection`` sees the relations that it needs."""
        make = {
            "breakdowns": self._breakdowns,
            "export_codes": self._export_codes,
            "ratios": lambda _: list(self._of_published("ratios")),
            "record_measures": lambda _: list(self._of_published("measures")),
            "sources": self._source_entries,
            "implied_bases": _implied_bases,
            "codes": self._codes,
            "series_breaks": lambda _: list(series_breaks(self._sources)),
            "agreements": lambda _: list(agreements(self._sources)),
            "correction_entries": lambda _: list(correction_entries(self._sources)),
            "acceptances": lambda _: list(acceptances(self._sources)),
            "exports": self._exports,
            "reconciliations": lambda seen: [asdict(found) for found in reconcile(seen)],
            "publication": self._publication,
        }[relation]
        return make(connection)

    def _of_published(self, field: str) -> Iterator[dict[str, Any]]:
        """The entries of a field of every published receipt, with the export that they are of."""
        for kept in self.kept:
            if kept.is_published:
                receipt = kept.receipt
                export = (receipt.source, receipt.source_file, receipt.export_id)
                for entry in getattr(receipt, field):
                    yield dict(zip(("source", "source_file", "export_id"), export, strict=True)) | entry

    def _source_entries(self, _: duckdb.DuckDBPyConnection) -> Rows:
        published = (kept.receipt for kept in self.kept if kept.is_published)
        return list(source_entries(self._sources, editions_due(self._sources, published)))

    def _breakdowns(self, _: duckdb.DuckDBPyConnection) -> Rows:
        return list(self._of_published("breakdowns"))

    def _export_codes(self, _: duckdb.DuckDBPyConnection) -> Rows:
        return [
            code | {"whole_code": code["whole"], "rolls_up_to": json.dumps(code["rolls_up_to"])}
            for code in self._of_published("codes")
        ]

    def _codes(self, connection: duckdb.DuckDBPyConnection) -> Rows:
        """Entries of the code lists, of the contracts, and of codes that only the data has."""
        entries = given_codes(self._sources)
        # The publisher's own name of a code, where it gives one beside it.
        names = {(c["dimension"], c["code"]): c["label"] for c in self._of_published("codes")}
        for dimension in (MEASURE, *DIMENSIONS):
            seen = connection.table("observation").select(dimension).distinct().fetchall()
            for (code,) in seen:
                if code != TOTAL:
                    entries.setdefault((dimension, code), {"printed": names.get((dimension, code))})
        for dimension, code in own_codes(connection):
            entries.setdefault((dimension, code), {})
        for (dimension, code), entry in entries.items():
            if dimension == "age_band" and (bounds := age_bounds(code)):
                # 15세이하 is printed for 13 to 15: the years are what tells bands apart.
                entry |= {"age_low": bounds[0], "age_high": bounds[1], "printed": None}
        return labelled(entries, english(self._sources))

    def _exports(self, _: duckdb.DuckDBPyConnection) -> Rows:
        return [
            vars(kept.receipt)
            | {"is_complete": kept.receipt.is_complete, "reading_id": kept.name}
            | {"is_published": kept.is_published, "reason": _reason(kept.receipt)}
            for kept in self.kept
        ]

    def _publication(self, connection: duckdb.DuckDBPyConnection) -> Rows:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
        inputs = inputs_sha256(self.kept, self._sources)
        contradictions = connection.table("reconciliations").filter("verdict = 'contradicts'")
        return [
            {
                "publication_id": f"{_after(self._later_than, now):{ID_TIME}}-{inputs[:8]}",
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


def _after(publication_id: str, now: dt.datetime) -> dt.datetime:
    """The time in the next publication's id: now, or a second after that of the last one.

    So ids stand in the order of the publications though a clock is put back, or two come in one second.
    """
    try:
        last = dt.datetime.strptime(publication_id.partition("-")[0], ID_TIME)
    except ValueError:
        return now
    return max(now, last + dt.timedelta(seconds=1))


def own_codes(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """The codes of dimensions that only one source has."""
    found = connection.table("observation").filter("other_dimensions is not null")
    texts = found.select("other_dimensions").distinct().fetchall()
    return {pair for (text,) in texts for pair in json.loads(text).items()}


def kept_readings(store: Store) -> Iterator[Kept]:
    """The latest and the last good reading of every file that a ledger knows."""
    for source in store.sources():
        for entry in store.ledger(source).values():
            for name in dict.fromkeys(filter(None, (entry.latest, entry.good))):
                yield Kept(entry, name, store.receipt(name))


def inputs_sha256(kept: Iterable[Kept], sources: Iterable[Source]) -> str:
    """SHA-256 over everything that decides what is published."""
    readings = sorted(f"{k.name} {k.is_published}" for k in kept)
    beside = [f"{s.name} {s.sha256} {s.corrections} {s.acceptances}" for s in sources]
    parts = (pipelines.__version__, digest(), *readings, *beside)
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
