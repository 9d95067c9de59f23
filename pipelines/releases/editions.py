"""Brings what is known of a source up to date with its folder: ingest, compare, note in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from pipelines.contracts.contract import Source
from pipelines.quality.expectations import Validator
from pipelines.reading.exports import Export, discover, workbook
from pipelines.releases.ingest import ingest, ingest_all
from pipelines.releases.objections import findings
from pipelines.releases.readings import NOTHING, reading_name
from pipelines.releases.record_readings import Reader
from pipelines.releases.store import Entry, Receipt, Store

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

    def of(self, editions: Collection[str]) -> Standing:
        """The same, with what is to be done for some editions only."""
        pending = [export for export in self.pending if export.edition in editions]
        return replace(self, pending=pending, removed=[])

    @property
    def pending_editions(self) -> list[str]:
        return sorted({export.edition for export in self.pending})


def standing(source: Source, store: Store, force: bool = False) -> Standing:
    """How a source's folder compares with its ledger; with ``force`` everything is pending."""
    exports = discover(source, store.hashes)
    ledger = store.ledger(source.name)
    pending = [
        export
        for export in exports
        if force
        or (entry := ledger.get(export.file)) is None
        or entry.asked != reading_name(source, export)
        or not store.has(entry.latest)
    ]
    removed = _gone(ledger, exports)
    if removed and not pending:  # what spoke against an export may be gone with them
        objected = {file for file, entry in ledger.items() if entry.latest != entry.asked}
        pending = [export for export in exports if export.file in objected]
    return Standing(source, exports, pending, removed)


def ingest_editions(
    source: Source, editions: Collection[str], store: Store, validator: Validator,
    read: Progress = lambda receipt: None, told: Progress = lambda receipt: None, force: bool = False,
    reader: Reader | None = None,
) -> list[Receipt]:  # fmt: skip
    """Receipts of all exports of some editions of a source, and of those of other editions whose
    standing they change; the source's ledger then says what is published.

    A bad export leaves the last good reading of its file in place. ``read`` hears of each export when
    it was read, ``told`` when it was compared with the others. Raises ContractError.
    """
    exports = discover(source, store.hashes)
    before = store.ledger(source.name)
    ledger = dict(before)
    receipts: dict[str, Receipt] = {}
    chosen = {export.file: export for export in exports if export.edition in editions}
    for receipt in ingest_all(source, list(chosen.values()), store, validator, reader, force):
        receipts[receipt.source_file] = receipt
        export = chosen[receipt.source_file]
        ledger[export.file] = _entry(source, export, receipt, before.get(export.file), store)
        read(receipt)
    found = findings(source, exports, ledger, before, store, validator)
    for export in exports:
        entry = ledger.get(export.file)
        if entry is None or entry.asked != reading_name(source, export):
            continue  # not of these editions, and to be read when it is their turn
        finding = found.get(export.file, NOTHING)
        if entry.latest != reading_name(source, export, finding):
            receipts[export.file] = receipt = ingest(source, export, store, validator, finding)
            ledger[export.file] = _entry(source, export, receipt, before.get(export.file), store)
    for receipt in receipts.values():
        told(receipt)
    store.write_ledger(source.name, ledger)
    store.hashes.keep()
    return list(receipts.values())


def forget_removed(sources: list[Source], store: Store) -> None:
    """Take files that are gone from ``raw/`` out of the ledgers."""
    by_name = {source.name: source for source in sources}
    for name in store.sources():
        ledger = store.ledger(name)
        if name not in by_name:
            store.forget(name)
        elif gone := _gone(ledger, discover(by_name[name], store.hashes)):
            store.write_ledger(name, {file: e for file, e in ledger.items() if file not in gone})


def _gone(ledger: dict[str, Entry], exports: list[Export]) -> list[str]:
    """Files that a ledger knows and that are no longer there. A sheet is gone with its workbook only: one
    that a damaged or changed workbook does not show keeps its last good figures.
    """
    found = {export.file for export in exports}
    workbooks = {workbook(file) for file in found}
    return sorted(file for file in ledger.keys() - found if workbook(file) not in workbooks)


def _entry(source: Source, export: Export, receipt: Receipt, known: Entry | None, store: Store) -> Entry:
    good = receipt.reading if receipt.is_accepted else None
    if good is None and known and known.good and store.has(known.good):
        last = store.receipt(known.good)
        # What is refused now as it is was not good before: only another content or contract was.
        is_other = (last.sha256, last.contract_sha256) != (export.sha256, source.sha256)
        if is_other or receipt.can_pass:
            good = known.good
    # What can pass leaves its content unread: it is asked for by the next run.
    asked = receipt.reading if receipt.can_pass else reading_name(source, export)
    return Entry(asked, receipt.reading, good)
