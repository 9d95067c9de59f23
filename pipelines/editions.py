"""Brings what is known of a source up to date with its folder: ingest, compare, note in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

import duckdb

from pipelines.contract import Source
from pipelines.expectations import Validator
from pipelines.exports import Export, Hashes, discover
from pipelines.ingest import ingest, reading_name
from pipelines.paths import SQL
from pipelines.problems import Problem
from pipelines.store import Entry, Receipt, Store

Progress = Callable[[Receipt], None]


@dataclass(frozen=True)
class Standing:
    """What a source's folder holds, against what is known of it."""

    source: Source
    exports: list[Export]
    pending: list[Export]
    """Exports that are new, changed, or to be read under a changed contract."""
    removed: list[str]
    """Files that are gone from the folder."""

    @property
    def is_current(self) -> bool:
        return not self.pending and not self.removed

    @property
    def editions(self) -> list[str]:
        return sorted({export.edition for export in self.exports})

    @property
    def pending_editions(self) -> list[str]:
        return sorted({export.edition for export in self.pending})


def standing(source: Source, store: Store, hashes: Hashes, force: bool = False) -> Standing:
    """How a source's folder compares with its ledger; with ``force`` everything is pending."""
    exports = discover(source, hashes)
    ledger = store.ledger(source.name)
    pending = [
        export
        for export in exports
        if force
        or (entry := ledger.get(export.file)) is None
        or entry.asked != reading_name(source, export)
        or not store.has(entry.latest)
    ]
    removed = sorted(ledger.keys() - {export.file for export in exports})
    return Standing(source, exports, pending, removed)


def ingest_editions(
    source: Source, editions: Collection[str], store: Store, validator: Validator,
    progress: Progress = lambda receipt: None, force: bool = False,
) -> list[Receipt]:  # fmt: skip
    """Receipts of all exports of some editions of a source; its ledger then says what is published.

    A bad export leaves the last good reading of its file in place. Raises ContractError.
    """
    exports = [export for export in discover(source) if export.edition in editions]
    before = store.ledger(source.name)
    ledger = dict(before)
    receipts = {}
    for export in exports:
        if force:
            store.drop(reading_name(source, export))
        receipt = receipts[export.file] = ingest(source, export, store, validator)
        ledger[export.file] = _entry(source, export, receipt, ledger.get(export.file))
        progress(receipt)
    for export, conflicts in _conflicts(exports, ledger, before, store):
        receipt = receipts[export.file] = ingest(source, export, store, validator, conflicts)
        ledger[export.file] = _entry(source, export, receipt, before.get(export.file))
        progress(receipt)
    store.write_ledger(source.name, ledger)
    return list(receipts.values())


def forget_removed(sources: list[Source], store: Store) -> list[str]:
    """Take files that are gone from ``raw/`` out of the ledgers, and return them."""
    gone = []
    by_name = {source.name: source for source in sources}
    for name in store.sources():
        ledger = store.ledger(name)
        found = {export.file for export in discover(by_name[name])} if name in by_name else set()
        gone += sorted(ledger.keys() - found)
        if name not in by_name:
            store.forget(name)
        elif ledger.keys() - found:
            store.write_ledger(name, {file: e for file, e in ledger.items() if file in found})
    return gone


def _entry(source: Source, export: Export, receipt: Receipt, known: Entry | None) -> Entry:
    last_good = known.good if known else None
    good = receipt.reading if receipt.is_accepted else last_good
    return Entry(reading_name(source, export), receipt.reading, good)


def _conflicts(
    exports: list[Export], ledger: dict[str, Entry], before: dict[str, Entry], store: Store
) -> list[tuple[Export, tuple[Problem, ...]]]:
    """Exports that give other values than an export of the same release that was there before them,
    in the ledger or by path: each with the rows that do.
    """
    published = [str(store.observations(entry.good)) for entry in ledger.values() if entry.good]
    query = (SQL / "ingest" / "conflicts.sql").read_text(encoding="utf-8")
    found: dict[str, list[dict]] = defaultdict(list)
    with duckdb.connect() as connection:
        files = [str(store.observations(store.nothing())), *published]
        for row in connection.execute(query, {"readings": files}).df().to_dict("records"):
            found[row["file"]].append(row)
    result, refused = [], set()
    new = {export.file: export for export in exports}
    for file in sorted(found, key=lambda file: (_is_new(file, ledger, before), file), reverse=True):
        rows = [row for row in found[file] if row["other_file"] not in refused]
        if rows and file in new:
            refused.add(file)
            result.append((new[file], tuple(dict.fromkeys(_conflict(row) for row in rows))))
    return result


def _is_new(file: str, ledger: dict[str, Entry], before: dict[str, Entry]) -> bool:
    return file not in before or before[file].good != ledger[file].good


def _conflict(row: dict) -> Problem:
    what = ", ".join(str(row[name]) for name in ("measure", "crime_type", "age_band", "sex", "region"))
    return Problem(
        row["file"], "conflict",
        f"gives {int(row['value']):,} for {what}, where `{row['other_file']}`, row {int(row['other_row'])}, "
        f"of the same release gives {int(row['other_value']):,}",
        row=int(row["source_row"]), column=row["source_column"], value=str(int(row["value"])),
        next_step="If it is a correction, give it a later release date; if it counts something else, "
        "its contract must say so",
    )  # fmt: skip
