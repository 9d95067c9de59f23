"""One export → one reading: read, tidy, validate, then accept or quarantine it. Loses no row."""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipelines.common.problems import Problem, UnreadableExport, cannot_be_read, changed_meanwhile
from pipelines.contracts.contract import Source
from pipelines.contracts.layouts import Table
from pipelines.quality import validation
from pipelines.quality.expectations import Result, Validator
from pipelines.reading import grids, tables
from pipelines.reading.exports import Export
from pipelines.reading.hierarchies import Code, export_codes
from pipelines.releases import record_readings
from pipelines.releases.readings import (
    NOTHING,
    Findings,
    Reading,
    breakdowns,
    ratios,
    reading_name,
    receipt_of,
    rejected_rows,
    says_all,
    scope,
    unreadable,
)
from pipelines.releases.store import ACCEPTED, QUARANTINED, Receipt, Store


def ingest_all(
    source: Source, exports: list[Export], store: Store, validator: Validator,
    reader: record_readings.Reader | None = None, force: bool = False,
) -> Iterator[Receipt]:  # fmt: skip
    """The receipts of some exports of a source; those with records are read together, by a reader that
    was started before if there is one. With ``force`` also those are read that were.
    """
    bulk = to_be_read_together(source, exports, store, force)
    if bulk:
        with ThreadPoolExecutor(1) as pool:  # one reading is written while the next is put together
            writing: deque[Future[Receipt]] = deque()
            for reading in record_readings.read(source, bulk, store, validator, reader):
                if reading.records:  # before the next is asked for: then they are gone
                    store.move_records(reading.receipt, reading.records)
                writing.append(pool.submit(_kept, replace(reading, records=None), store))
                if len(writing) > 1:
                    yield writing.popleft().result()
            for written in writing:
                yield written.result()
    for export in exports:
        if export not in bulk:
            yield ingest(source, export, store, validator, force=force)


def to_be_read_together(
    source: Source, exports: list[Export], store: Store, force: bool = False
) -> list[Export]:
    """The record-level exports among some that have no reading yet."""
    return [
        e for e in exports if _has_records(source, e) and (force or not store.has(reading_name(source, e)))
    ]


def _has_records(source: Source, export: Export) -> bool:
    return not export.problem and bool(source.tables[str(export.table)].layout.fields)


def _kept(reading: Reading, store: Store) -> Receipt:
    store.write(reading.receipt, reading.observations, reading.rejected, reading.records)
    return reading.receipt


def ingest(
    source: Source, export: Export, store: Store, validator: Validator, findings: Findings = NOTHING,
    force: bool = False,
) -> Receipt:  # fmt: skip
    """The receipt of an export; it is read only if this content was not read before, or by ``force``."""
    name = reading_name(source, export, findings)
    if store.has(name) and not force:
        return store.receipt(name)
    plain = reading_name(source, export)
    is_only_told = not findings.objections  # the figures are those that were read
    if is_only_told and store.has(plain) and not force:
        return store.again(_told(store.receipt(plain), findings, reading=name), plain)
    if _has_records(source, export):
        if not store.has(plain):
            [receipt] = ingest_all(source, [export], store, validator)
            if receipt.can_pass:
                return receipt
        return store.hold(_held(store.receipt(plain), findings, name), plain)
    return _kept(read(source, export, validator, findings), store)


def _read_records(source: Source, export: Export, validator: Validator, findings: Findings) -> Reading:
    """The reading of one record-level export, of which the records themselves are not kept."""
    with tempfile.TemporaryDirectory() as scratch:
        [reading] = record_readings.read(source, [export], Store(Path(scratch)), validator)
    if reading.receipt.can_pass:
        return replace(reading, records=None)
    change = _held if findings.objections else _told
    receipt = change(reading.receipt, findings, reading=reading_name(source, export, findings))
    return replace(reading, receipt=receipt, records=None)


def _told(plain: Receipt, findings: Findings, **changes: Any) -> Receipt:
    """A receipt with what comparing its export with others found beside what it has, and some changes."""
    notes = [note.to_dict() for note in findings.notes]
    return replace(plain, checks=[*plain.checks, *notes], **changes)


def _held(plain: Receipt, findings: Findings, reading: str) -> Receipt:
    """The receipt of a record-level export that was good by itself and that others speak against."""
    problems = [*map(str, findings.objections), *plain.problems]
    return _told(
        plain, findings, reading=reading, status=QUARANTINED, problems=problems,
        rows_accepted=0, rows_rejected=plain.rows_received, rows_listed=plain.rows_listed or 0,
        observations=0, breakdowns=[], codes=[], measures=[], period_start=None, period_end=None,
    )  # fmt: skip


def read(source: Source, export: Export, validator: Validator, findings: Findings = NOTHING) -> Reading:
    """Read and validate one export, keeping nothing. Raises ContractError for an unusable `expect`."""
    if export.problem:
        return unreadable(source, export, [export.problem])
    if _has_records(source, export):
        return _read_records(source, export, validator, findings)
    assert export.table
    table = source.tables[export.table]
    try:
        grid = grids.read(export.path, export.file, table.layout, export.sheet)
        if hashlib.sha256(export.path.read_bytes()).hexdigest() != export.sha256:
            return unreadable(source, export, [changed_meanwhile(export.file)])
    except UnreadableExport as error:
        return unreadable(source, export, list(error.problems))
    except OSError as error:
        return unreadable(source, export, [cannot_be_read(export.file, error)])
    origin = tables.Origin(export.source, export.export_id, export.file, export.released_on, export.groups)
    tidy = tables.tidy(grid, table, origin)
    codes = export_codes(tidy.printed_figures.observations, table, tidy.labels, is_complete=True)
    results = validation.whole_file(grid, tidy, table, codes, export.file)
    problems = [*tidy.problems, *findings.objections]
    if not tidy.problems:
        problems += validation.no_totals(export.file, tidy, table)
    if not any(problem.row is None for problem in problems):
        sums = not any(result.blocks for result in results)  # no sum is right beside a hidden subtotal
        results += validation.validate(source, table, tidy, codes, export.export_id, validator, sums)
        problems += validation.problems(results, tidy, export.file)
    results = [validation.explained(result, tidy, export.file) for result in results]
    reading = _decided(source, export, table, tidy, codes, grid, problems, [*results, *findings.notes])
    name = reading_name(source, export, findings)
    return replace(reading, receipt=replace(reading.receipt, reading=name))


def _decided(
    source: Source, export: Export, table: Table, tidy: tables.Tidy, codes: list[Code], grid: grids.Grid,
    problems: list[Problem], results: list[Result],
) -> Reading:  # fmt: skip
    """Accept the export without its bad rows, or quarantine it whole."""
    bad_rows = {problem.row for problem in problems if problem.row is not None}
    of_file = [problem for problem in problems if problem.row is None]
    too_many = len(bad_rows) * 100 > table.layout.max_rejected_pct * tidy.rows_received
    quarantined = bool(of_file) or (bool(bad_rows) and too_many) or len(bad_rows) == tidy.rows_received
    if quarantined:
        first = next(iter(problems))
        rest = [row for row in tidy.raw_rows if row not in bad_rows]
        listed = problems + [
            Problem(
                export.file, "export_quarantined", f"the whole export is quarantined: {first.reason}", row=row
            )
            for row in rest
        ]
        kept, rejected_count = tidy.observations.iloc[:0], tidy.rows_received
    else:
        listed = problems
        kept = tidy.observations[~tidy.observations["source_row"].isin(list(bad_rows))]
        rejected_count = len(bad_rows)
    if problems:  # fewer figures are kept than the codes were told from
        codes = export_codes(kept, table, tidy.labels, is_complete=not bad_rows)
    receipt = receipt_of(
        source, export, QUARANTINED if quarantined else ACCEPTED, problems,
        encoding=grid.encoding,
        rows_received=tidy.rows_received,
        rows_accepted=tidy.rows_received - rejected_count,
        rows_rejected=rejected_count,
        rows_ignored=tidy.rows_ignored,
        observations=len(kept),
        period_start=str(kept["period_start"].min()) if len(kept) else None,
        period_end=str(kept["period_end"].max()) if len(kept) else None,
        checks=[result.to_dict() for result in results],
        breakdowns=list(breakdowns(table, kept, is_complete=not bad_rows)),
        codes=[asdict(code) for code in codes],
        ratios=ratios(table),
        scope=scope(kept, table, export.groups),
        says_all=says_all(table, kept),
        is_cumulative=table.layout.cumulative,
        is_dated_early=table.layout.dated_early,
    )  # fmt: skip
    return Reading(receipt, kept, rejected_rows(export, listed, tidy.raw_rows), problems)
