"""One export → one reading: read, tidy, validate, then accept or quarantine it. Loses no row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pandas as pd

from pipelines import grids, observation, tables
from pipelines.codes import code_list_path
from pipelines.contract import ContractError, Source
from pipelines.expectations import Result, Rule, UnusableExpectation, Validator
from pipelines.exports import Export
from pipelines.layouts import Table
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.problems import CELL_LIMIT, Problem, UnreadableExport
from pipelines.rules import (
    missing_totals,
    observation_rules,
    row_rules,
    text_rules,
    total_rules,
    totals_frame,
)
from pipelines.store import ACCEPTED, QUARANTINED, REJECTED_ROWS, Receipt, Store

VERSION = "2"
"""Raised when the same export would be read differently, so that it is read again."""


@dataclass(frozen=True)
class Reading:
    """What one export says, before it is kept."""

    receipt: Receipt
    observations: pd.DataFrame
    rejected: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)


Objections = tuple[Problem, ...]
"""What speaks against an export when it is compared with others; found after it was read."""


def reading_name(source: Source, export: Export, objections: Objections = ()) -> str:
    """The content-addressed name of an export read under a contract, by this version."""
    refusals = [str(problem) for problem in (export.problem, *objections) if problem]
    parts = (VERSION, export.file, export.sha256, source.sha256, _code_lists_digest(), *refusals)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def ingest(
    source: Source, export: Export, store: Store, validator: Validator, objections: Objections = ()
) -> Receipt:
    """The receipt of an export; it is read only if this content was not read before."""
    name = reading_name(source, export, objections)
    if store.has(name):
        return store.receipt(name)
    reading = read(source, export, validator, objections)
    store.write(reading.receipt, reading.observations, reading.rejected)
    return reading.receipt


def read(source: Source, export: Export, validator: Validator, objections: Objections = ()) -> Reading:
    """Read and validate one export, keeping nothing. Raises ContractError for an unusable `expect`."""
    if export.problem:
        return _unreadable(source, export, [export.problem])
    assert export.table
    table = source.tables[export.table]
    try:
        grid = grids.read(export.path, export.file, table.layout)
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
    results = [_line_break(grid)] if grid.encoding else []
    problems = [*tidy.problems, *objections]
    if not tidy.problems:
        problems += [_no_total(export.file, name) for name in missing_totals(tidy.observations, table)]
    if not any(problem.row is None for problem in problems):
        validated = _validate(source, table, tidy, export.export_id, validator)
        results += validated
        problems += _problems(validated, tidy, export.file)
    reading = _decided(source, export, table, tidy, grid, problems, results)
    name = reading_name(source, export, objections)
    return replace(reading, receipt=replace(reading.receipt, reading=name))


def _no_total(file: str, dimension: str) -> Problem:
    name = dimension.replace("_", " ")
    return Problem(
        file, "missing_total", f"the contract says that a total by {name} is printed, and none is",
        next_step=f"Map its label, `codes: {{the label: total}}`, or say `totals: {{{dimension}: none}}`",
    )  # fmt: skip


def _decided(
    source: Source, export: Export, table: Table, tidy: tables.Tidy, grid: grids.Grid,
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


def _validate(
    source: Source, table: Table, tidy: tables.Tidy, export_id: str, validator: Validator
) -> list[Result]:
    """Results of all expectations: on the rows as printed, the observations, and the totals."""
    name = f"{source.name}.{table.name}"
    # Exactness needs no care here: counts below 2^53 are exact as floats.
    checked = tidy.observations.assign(
        value=tidy.observations["value"].astype("Float64").astype(float),
        published_share_pct=pd.to_numeric(tidy.observations["published_share_pct"]),
        published_change_pct=pd.to_numeric(tidy.observations["published_change_pct"]),
        other_dimensions=tidy.observations["other_dimensions"].fillna(""),
    )
    labels = {match.position: match.label for match in tidy.matches}
    rows = tidy.rows[list(labels)].rename(columns=labels).assign(source_row=tidy.rows.index)
    printed = tidy.printed[list(labels)].rename(columns=labels).assign(source_row=tidy.printed.index)
    totals = totals_frame(tidy.observations, table)
    try:
        results = [
            *validator.frame(f"{name}.rows", f"rows of {export_id}", rows, row_rules(tidy.matches, table)),
            *validator.frame(f"{name}.text", f"text of {export_id}", printed, text_rules(tidy.matches)),
            *validator.frame(
                f"{name}.observations", f"observations of {export_id}", checked, observation_rules(table)
            ),
        ]
        # A total is not to be tested against parts of which some could not be read.
        if not tidy.problems and not any(result.addresses for result in results):
            rules = total_rules(table, totals)
            results += validator.frame(f"{name}.totals", f"totals of {export_id}", totals, rules)
        return results
    except UnusableExpectation as error:
        types = [expectation.type for expectation in table.layout.expect]
        place = ("expect", types.index(error.rule.type)) if error.rule.type in types else ()
        raise ContractError([source.problem(place, str(error))]) from None


def _problems(results: Iterable[Result], tidy: tables.Tidy, file: str) -> list[Problem]:
    """What critical results mean for the export: an address for every broken row."""
    problems = []
    for result in results:
        if not result.blocks:
            continue
        rule = result.rule
        if result.verdict == "errored" or not result.addresses:
            reason = result.explanation or "is not met"
            verb = "errored" if result.verdict == "errored" else "failed"
            step = "See `expect:` and `constraints:` in `source.yaml`"
            problems.append(Problem(file, rule.type, f"{rule.name} {verb}: {reason}", next_step=step))
        problems += [_addressed(rule, address, tidy, file) for address in result.addresses]
    return problems


def _addressed(rule: Rule, address: dict, tidy: tables.Tidy, file: str) -> Problem:
    """One broken row, with the cell as it is printed."""
    row = int(address["source_row"])
    column = _label(rule, address, tidy)
    return Problem(
        file, rule.type, _reason(rule, address, tidy), row=row, column=column,
        value=_printed(tidy, row, column),
    )  # fmt: skip


def _label(rule: Rule, address: dict, tidy: tables.Tidy) -> str | None:
    """The label of the column to blame; for a published percentage that of its own column."""
    about = rule.arguments.get("column")
    word = {"published_share_pct": "share_of", "published_change_pct": "change_of"}.get(str(about))
    if word:
        labels = [match.label for match in tidy.matches if getattr(match.column, word)]
        if len(labels) == 1:
            return labels[0]
    return address.get("source_column") or about


def _reason(rule: Rule, address: dict, tidy: tables.Tidy) -> str:
    """The rule's reason with the row's figures in it, where it names any."""
    figures = {name: _plain(value) for name, value in address.items()}
    if column := rule.arguments.get("column"):
        figures.setdefault(column, _plain(_printed(tidy, int(address["source_row"]), column)))
    if not rule.reason:
        return f"breaks {rule.name}"
    try:
        return rule.reason.format(**figures)
    except (KeyError, IndexError, ValueError):  # braces of a pattern that the contract gives
        return rule.reason


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    return str(value)


def _printed(tidy: tables.Tidy, row: int, column: object) -> str | None:
    position = next((m.position for m in tidy.matches if m.label == column), None)
    if position is None or row not in tidy.printed.index:
        return None
    value = tidy.printed.at[row, position]
    return value if isinstance(value, str) else None


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
    for dimension in DIMENSIONS:
        if (observations[dimension] != TOTAL).any():
            yield {
                "dimension": dimension,
                "totals": table.totals_of(dimension) if is_complete else "partial",
                "has_published_shares": table.share_along == dimension,
            }


def _line_break(grid: grids.Grid) -> Result:
    rule = Rule("file_ends_with_line_break", {}, "info")
    if grid.ends_cleanly:
        return Result(rule, "passed", 1, 0)
    return Result(
        rule,
        "failed",
        1,
        1,
        "the file ends in the middle of a line: if it was cut, its last value may be short",
    )


@cache
def _code_lists_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(code_list_path("any").parent.glob("*.csv")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
