"""What one export says, before it is kept: its name in the store, its receipt, its rejected rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines import observation
from pipelines.common.problems import CELL_LIMIT, Problem, one_line
from pipelines.contracts.codes import MEASURE, code_list_path
from pipelines.contracts.contract import Source
from pipelines.contracts.layouts import Table, outside_names
from pipelines.periods import PERIOD_PARTS
from pipelines.quality.expectations import Result
from pipelines.reading.exports import Export
from pipelines.reading.headings import Groups
from pipelines.reading.hierarchies import ADDING_UP, along, dimensions_of
from pipelines.releases.store import QUARANTINED, REJECTED_ROWS, Receipt

VERSION = "8"
"""Raised when the same export would be read differently, so that it is read again."""


@dataclass(frozen=True)
class Reading:
    """What one export says, before it is kept."""

    receipt: Receipt
    observations: pd.DataFrame
    rejected: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    records: Path | None = None
    """Of a record-level export: the Parquet file of its accepted rows, to be kept with it."""


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
    return _named(*_parts(source, export), *findings.digest)


def _parts(source: Source, export: Export) -> Iterable[str]:
    refusals = [str(export.problem)] if export.problem else []
    accepted = source.acceptances.of(export.file, export.sha256)
    return (
        VERSION, export.file, export.sha256, source.sha256, _code_lists_digest(), *refusals,
        *map(str, accepted),
    )  # fmt: skip


def _named(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def unreadable(source: Source, export: Export, problems: list[Problem]) -> Reading:
    """The reading of an export of which no row could be read.

    Where that can pass, its name is not that of the content, which so stays unread.
    """
    can_pass = any(problem.can_pass for problem in problems)
    receipt = receipt_of(source, export, QUARANTINED, problems, can_pass=can_pass)
    if can_pass and not export.problem:
        receipt = replace(receipt, reading=_named(*_parts(source, export), *map(str, problems)))
    nothing = pd.DataFrame(columns=list(observation.COLUMNS), dtype=object)
    return Reading(receipt, nothing, rejected_rows(export, problems, {}), problems)


def receipt_of(source: Source, export: Export, status: str, problems: list[Problem], **found: Any) -> Receipt:
    """The receipt of an export; ``found`` are its fields beyond what is known of every export."""
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


def rejected_rows(export: Export, problems: list[Problem], raw_rows: Mapping[int, str]) -> pd.DataFrame:
    """One row per problem, with the columns of `REJECTED_ROWS`, and the row as it was printed."""
    rows = [
        (
            export.source, export.export_id, export.file, problem.row, problem.column,
            problem.value[:CELL_LIMIT] if problem.value else None, problem.rule, one_line(problem.reason),
            problem.next_step, raw_rows.get(problem.row or 0),
        )
        for problem in problems
    ]  # fmt: skip
    columns = [name for name in REJECTED_ROWS if name not in ("is_record_level", "reading_id")]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def breakdowns(table: Table, observations: pd.DataFrame, is_complete: bool) -> Iterable[dict]:
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


def says_all(table: Table, observations: pd.DataFrame) -> bool:
    """Whether the contract says of every breakdown that all parts are there; a table that breaks
    nothing down says all, unless its contract calls it partial.
    """
    varying = [dimension for dimension in dimensions_of(observations) if dimension in table.varying]
    if not varying:
        return table.layout.totals != "partial"
    return all(table.totals_of(dimension) != "partial" for dimension in varying)


def ratios(table: Table) -> list[dict]:
    """Measures that the table gives as percentages of others."""
    columns = table.layout.columns.values()
    pairs = {(column.measure, column.share_of) for column in columns if column.is_ratio}
    return [{"measure": measure, "of_measure": of} for measure, of in sorted(pairs)]


def scope(observations: pd.DataFrame, table: Table, groups: Groups) -> str:
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
