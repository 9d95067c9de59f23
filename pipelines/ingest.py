"""One export → one reading: read, tidy, validate, then accept or quarantine it. Loses no row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

import pandas as pd

from pipelines import grids, observation, tables, validation
from pipelines.codes import MEASURE, code_list_path
from pipelines.contract import Source
from pipelines.expectations import Result, Validator
from pipelines.exports import Export
from pipelines.headings import Groups
from pipelines.hierarchies import ADDING_UP, Code, along, dimensions_of, export_codes
from pipelines.layouts import Table, outside_names
from pipelines.periods import PERIOD_PARTS
from pipelines.problems import CELL_LIMIT, Problem, UnreadableExport
from pipelines.store import ACCEPTED, QUARANTINED, REJECTED_ROWS, Receipt, Store

VERSION = "3"
"""Raised when the same export would be read differently, so that it is read again."""


@dataclass(frozen=True)
class Reading:
    """What one export says, before it is kept."""

    receipt: Receipt
    observations: pd.DataFrame
    rejected: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Findings:
    """What comparing an export with others of its source found, after it was read: what speaks
    against it, and what is only to be told.
    """

    objections: tuple[Problem, ...] = ()
    notes: tuple[Result, ...] = ()

    @property
    def digest(self) -> list[str]:
        told = [f"{note.rule.name} {note.verdict} {note.explanation}" for note in self.notes]
        return [*map(str, self.objections), *told]


NOTHING = Findings()


def reading_name(source: Source, export: Export, findings: Findings = NOTHING) -> str:
    """The content-addressed name of an export read under a contract, by this version."""
    refusals = [str(export.problem)] if export.problem else []
    accepted = source.acceptances.of(export.file, export.sha256)
    parts = (
        VERSION, export.file, export.sha256, source.sha256, _code_lists_digest(), *refusals,
        *map(str, accepted), *findings.digest,
    )  # fmt: skip
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def ingest(
    source: Source, export: Export, store: Store, validator: Validator, findings: Findings = NOTHING
) -> Receipt:
    """The receipt of an export; it is read only if this content was not read before."""
    name = reading_name(source, export, findings)
    if store.has(name):
        return store.receipt(name)
    plain = reading_name(source, export)
    if not findings.objections and store.has(plain):  # only told: the figures are those that were read
        receipt = store.receipt(plain)
        notes = [note.to_dict() for note in findings.notes]
        return store.again(replace(receipt, reading=name, checks=[*receipt.checks, *notes]), plain)
    reading = read(source, export, validator, findings)
    store.write(reading.receipt, reading.observations, reading.rejected)
    return reading.receipt


def read(source: Source, export: Export, validator: Validator, findings: Findings = NOTHING) -> Reading:
    """Read and validate one export, keeping nothing. Raises ContractError for an unusable `expect`."""
    if export.problem:
        return _unreadable(source, export, [export.problem])
    assert export.table
    table = source.tables[export.table]
    try:
        grid = grids.read(export.path, export.file, table.layout, export.sheet)
        if hashlib.sha256(export.path.read_bytes()).hexdigest() != export.sha256:
            changed = Problem(export.file, "io", "changed while it was read", next_step="Run again")
            return _unreadable(source, export, [changed])
    except UnreadableExport as error:
        return _unreadable(source, export, list(error.problems))
    except OSError as error:
        step = "Check that it exists and may be read"
        return _unreadable(
            source, export, [Problem(export.file, "io", f"cannot be read: {error.strerror}", next_step=step)]
        )
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
    receipt = _receipt(
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
        breakdowns=list(_breakdowns(table, kept, is_complete=not bad_rows)),
        codes=[asdict(code) for code in codes],
        ratios=_ratios(table),
        scope=_scope(kept, table, export.groups),
        says_all=_says_all(table, kept),
        is_cumulative=table.layout.cumulative,
        is_dated_early=table.layout.dated_early,
    )  # fmt: skip
    return Reading(receipt, kept, _rejected(export, listed, tidy.raw_rows), problems)


def _unreadable(source: Source, export: Export, problems: list[Problem]) -> Reading:
    receipt = _receipt(source, export, QUARANTINED, problems)
    nothing = pd.DataFrame(columns=list(observation.COLUMNS), dtype=object)
    return Reading(receipt, nothing, _rejected(export, problems, {}), problems)


def _receipt(source: Source, export: Export, status: str, problems: list[Problem], **found: Any) -> Receipt:
    return Receipt(
        reading=reading_name(source, export),
        source=export.source,
        source_file=export.file,
        export_id=export.export_id,
        sha256=export.sha256,
        bytes=export.size,
        table_name=export.table,
        released_on=export.released_on.isoformat() if export.released_on else None,
        status=status,
        contract_sha256=source.sha256,
        problems=[str(problem) for problem in problems],
        **found,
    )


def _rejected(export: Export, problems: list[Problem], raw_rows: Mapping[int, str]) -> pd.DataFrame:
    rows = [
        (
            export.source, export.export_id, export.file, problem.row, problem.column,
            problem.value[:CELL_LIMIT] if problem.value else None, problem.rule, problem.reason,
            problem.next_step, raw_rows.get(problem.row or 0),
        )
        for problem in problems
    ]  # fmt: skip
    columns = [name for name in REJECTED_ROWS if name != "reading_id"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _breakdowns(table: Table, observations: pd.DataFrame, is_complete: bool) -> Iterable[dict]:
    """By which dimensions the export breaks its figures down, and what the contract says of each.

    Where rows were rejected, the parts that are left are not all there is.
    """
    for dimension in dimensions_of(observations):
        totals = table.totals_of(dimension)
        yield {
            "dimension": dimension,
            "totals": totals if is_complete or totals not in ADDING_UP else "partial",
            "has_published_shares": table.share_along == dimension,
        }


def _says_all(table: Table, observations: pd.DataFrame) -> bool:
    """Whether the contract says of every breakdown that all parts are there; a table that breaks
    nothing down says all, unless its contract calls it partial.
    """
    varying = [dimension for dimension in dimensions_of(observations) if dimension in table.varying]
    if not varying:
        return table.layout.totals != "partial"
    return all(table.totals_of(dimension) != "partial" for dimension in varying)


def _ratios(table: Table) -> list[dict]:
    """Measures that the table gives as percentages of others."""
    columns = table.layout.columns.values()
    pairs = {(column.measure, column.share_of) for column in columns if column.is_ratio}
    return [{"measure": measure, "of_measure": of} for measure, of in sorted(pairs)]


def _scope(observations: pd.DataFrame, table: Table, groups: Groups) -> str:
    """The codes, and the part of the period, that hold for the whole file, as JSON: files of the same
    table with others (a force or a year each, say) are beside one another and not releases of the same.
    """
    fixed = {name for name, _ in map(table.split, outside_names(table.layout))} | table.layout.set.keys()
    codes = {
        name: sorted(map(str, along(observations, name)["code"].unique()))
        for name in sorted((fixed - set(table.varying)) & table.code_lists.keys() - {MEASURE})
    }
    scope = {name: found[0] for name, found in codes.items() if len(found) == 1}
    scope |= {name: text for name, text in groups if name in PERIOD_PARTS}
    return json.dumps(scope, ensure_ascii=False, sort_keys=True)


@cache
def _code_lists_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(code_list_path("any").parent.glob("*.csv")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
