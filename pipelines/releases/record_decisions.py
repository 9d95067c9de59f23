"""What becomes of a record-level export that was staged, counted and validated: which rows are rejected,
and whether the rest is accepted.
"""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass, replace

import duckdb
import pandas as pd

from pipelines import observation
from pipelines.common.paths import statement
from pipelines.common.problems import Problem, counted, printable, suggestion
from pipelines.contracts.contract import Source
from pipelines.contracts.layouts import Table
from pipelines.contracts.record_layouts import NO_RECORD, UNREADABLE
from pipelines.observation import DIMENSIONS, OBSERVED
from pipelines.periods import SWAPPED, SWAPPED_STEP, is_swapped
from pipelines.quality.expectations import Result
from pipelines.quality.record_rules import RecordRule
from pipelines.quality.record_validation import LISTED, Verdict
from pipelines.reading.exports import Export
from pipelines.reading.headings import Labels
from pipelines.reading.hierarchies import Code, counted_codes
from pipelines.records.record_fields import WHAT
from pipelines.records.record_files import texts_of
from pipelines.records.record_staging import Staged
from pipelines.records.rollups import Codes, Counted, Rollup, rolled_up
from pipelines.releases.readings import Reading, breakdowns, receipt_of, rejected_rows, says_all, scope
from pipelines.releases.store import ACCEPTED, QUARANTINED

NO_OBSERVATIONS = pd.DataFrame(columns=list(observation.COLUMNS), dtype=object)
LABEL_RULES = ("expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set")
SAID = 50
"""Problems that a receipt tells."""


@dataclass
class Settled:
    """An export with everything that was found out about it."""

    staged: Staged
    table: Table
    counted: Counted | None
    verdict: Verdict
    codes: Codes
    """What the labels of its batch stand for."""


def settled(
    source: Source, found: Settled, figures: pd.DataFrame | None, connection: duckdb.DuckDBPyConnection
) -> Reading:
    """The reading of an export whose records were counted to ``figures``: accepted without its bad rows,
    or quarantined whole.
    """
    staged, table, export = found.staged, found.table, found.staged.export
    received = staged.rows + len(staged.rejected)
    bad = len(staged.rejected) + found.verdict.broken_rows
    errored = [r for r in found.verdict.results if r.blocks and (r.verdict == "errored" or not r.unexpected)]
    is_refused = bad * 100 > table.layout.max_rejected_pct * received or bad == received or bool(errored)
    problems, raw = _bad_rows(found, connection, is_refused)
    of_file = [_errored(export.file, result) for result in errored]
    swapped = _swapped_date(found, problems)
    if swapped:
        of_file.append(swapped)
        is_refused = True
    elif is_refused:
        of_file.append(_refusal(export.file, bad, received, table))
    elif found.verdict.broken_rows and found.counted:
        _leave_out(found, connection)
        again = rolled_up(connection, table, [found.counted])
        figures = observed(again, table, {found.counted.number: export}).get(found.counted.number)
    kept = NO_OBSERVATIONS if is_refused or figures is None else figures
    told = [*of_file, *problems]
    receipt = receipt_of(
        source, export, QUARANTINED if is_refused else ACCEPTED, told[:SAID],
        encoding=staged.raw.encoding if staged.raw else None,
        rows_received=received,
        rows_accepted=0 if is_refused else received - bad,
        rows_rejected=received if is_refused else bad,
        rows_listed=len({problem.row for problem in problems}),
        rows_ignored=staged.ignored,
        observations=len(kept),
        period_start=str(kept["period_start"].min()) if len(kept) else None,
        period_end=str(kept["period_end"].max()) if len(kept) else None,
        checks=[_harmless(result, table).to_dict() for result in found.verdict.results],
        breakdowns=_breakdowns(table, kept),
        codes=[asdict(code) for code in _codes(found, kept)],
        measures=_measures(table),
        scope=scope(kept, table, export.groups),
        says_all=says_all(table, kept),
        is_dated_early=table.layout.dated_early,
        is_record_level=True,
    )  # fmt: skip
    records = None if is_refused else staged.parquet
    return Reading(receipt, kept, rejected_rows(export, told, raw), told, records)


def _codes(found: Settled, kept: pd.DataFrame) -> list[Code]:
    """The codes that were counted by: every breakdown has its total, so that none is a sum of others."""
    labels = Labels()
    for (dimension, label), code in found.codes.items():
        if code:
            labels.printed[dimension, code].add(label)
    return counted_codes(kept, found.table, labels)


def _bad_rows(
    found: Settled, connection: duckdb.DuckDBPyConnection, is_refused: bool
) -> tuple[list[Problem], dict[int, str]]:
    """Every bad row, with what is wrong with it, and its text; of a refused export the first."""
    staged = found.staged
    raw = dict(staged.raw_lines)
    problems = staged.rejected[: LISTED if is_refused else None]
    broken = found.verdict.broken
    if not broken:
        return problems, raw
    lines = {one.row: staged.line(one.row) for one in broken}
    if staged.raw:
        raw |= _texts(found, lines, connection)
    places = _unreadable(staged, connection) if any(_is_type(one.rule) for one in broken) else {}
    for one in broken:
        line = lines[one.row]
        name, reason = one.rule.field, one.rule.rule.reason
        place = places.get(one.row)
        if place in NO_RECORD:
            if _is_type(one.rule):
                problems.append(_problem(found, one.rule, line, None, NO_RECORD[place], None))
            continue  # what its cells are does not matter
        is_unreadable = place is not None and staged.bound[place - 1].name == name
        if is_unreadable and one.rule.rule.type == "expect_column_values_to_not_be_null":
            continue  # it is empty since it could not be read, which is said
        if _is_type(one.rule):
            bound = staged.bound[places[one.row] - 1]
            name, reason = bound.name, f"is not {WHAT[bound.field.type]}"
        value = _cell(found, name, raw.get(line))
        problems.append(_problem(found, one.rule, line, name, reason, value))
    return problems, raw


def _swapped_date(found: Settled, problems: list[Problem]) -> Problem | None:
    """What is wrong with an export of which a date is one only with day and month swapped."""
    formats = {
        bound.name: bound.field.format
        for bound in found.staged.bound
        if bound.field.type in ("date", "datetime") and bound.field.format
    }
    for problem in problems:
        date_format = formats.get(problem.column or "")
        if date_format and problem.value and is_swapped(problem.value, date_format):
            reason = f"row {problem.row}: '{printable(problem.value)}' {SWAPPED}"
            return replace(problem, rule="format", reason=reason, row=None, next_step=SWAPPED_STEP)
    return None


def _is_type(rule: RecordRule) -> bool:
    return rule.rule.arguments.get("column") == UNREADABLE


def _problem(
    found: Settled, rule: RecordRule, line: int, name: str | None, reason: str, value: str | None,
) -> Problem:  # fmt: skip
    field = found.table.layout.fields.get(name or "")
    step = None
    if field and field.dimension and rule.rule.type in LABEL_RULES and value:
        near = suggestion(value, found.table.known_labels(field.dimension, field))
        reason, step = f"'{value}' {reason}{near}", "Say what it stands for in `codes:`"
    if not reason:
        reason = f"breaks {rule.rule.name}"
    return Problem(found.staged.export.file, rule.rule.type, reason, row=line, column=name, value=value,
                   next_step=step)  # fmt: skip


def _texts(found: Settled, lines: dict[int, int], connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """Line → its text as it was received; of a Parquet export its row as JSON."""
    raw = found.staged.raw
    assert raw
    if not raw.is_parquet:
        return texts_of(raw, lines.values())
    given = {"parquet": str(raw.path), "rows": list(lines)}
    rows = connection.execute(statement("records", "rows_as_json"), given).fetchall()
    return {lines[row]: text for row, text in rows}


def _unreadable(staged: Staged, connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Row → place of the field that is not of its type."""
    given = {"parquet": str(staged.parquet)}
    return dict(connection.execute(statement("records", "unreadable"), given).fetchall())


def _cell(found: Settled, name: str | None, text: str | None) -> str | None:
    """The cell of a field in the text of a row; not of one that tells who somebody is."""
    bound = next((b for b in found.staged.bound if b.name == name), None)
    if bound is None or bound.position is None or text is None or bound.field.tells_who:
        return None
    if found.staged.raw and found.staged.raw.is_parquet:
        label = found.staged.raw.labels[bound.position]
        value = json.loads(text).get(label)
        return None if value is None else str(value)
    layout = found.table.layout
    try:
        cells = next(csv.reader([text], delimiter=layout.delimiter, quotechar=layout.quoteChar))
    except (csv.Error, StopIteration):
        return None
    return cells[bound.position] if bound.position < len(cells) else None


def _harmless(result: Result, table: Table) -> Result:
    """The result without examples of fields that tell who somebody is."""
    field = table.layout.fields.get(str(result.rule.arguments.get("column")))
    if field is None or field.tells_who:
        return replace(result, examples=[])
    return result


def _refusal(file: str, bad: int, received: int, table: Table) -> Problem:
    allowed = table.layout.max_rejected_pct
    reason = f"{counted(bad, 'row')} of {received:,} are rejected, and the contract allows {allowed:g}%"
    step = "See the rows below; `max_rejected_pct:` lets the rest of an export in"
    return Problem(file, "export_quarantined", f"the whole export is quarantined: {reason}", next_step=step)


def _errored(file: str, result: Result) -> Problem:
    step = "See `expect:` and `constraints:` in `source.yaml`"
    reason = f"{result.rule.name} {result.verdict}: {result.explanation or 'is not met'}"
    return Problem(file, result.rule.type, reason, next_step=step)


def _leave_out(found: Settled, connection: duckdb.DuckDBPyConnection) -> None:
    """Write the Parquet file of an export anew, without the rows that break a rule."""
    staged = found.staged
    assert staged.parquet
    rows = sorted({one.row for one in found.verdict.broken})
    clean = staged.parquet.with_suffix(".clean.parquet")
    given = {"parquet": str(staged.parquet), "rows": rows}
    kept = connection.sql(statement("records", "without_rows"), params=given)
    kept.write_parquet(str(clean), compression="zstd")
    clean.replace(staged.parquet)


def observed(rollup: Rollup, table: Table, exports: dict[int, Export]) -> dict[int, pd.DataFrame]:
    """What was counted in some exports, as observations, by the number of the export. The address of a
    figure is its file and what was counted.
    """
    counts = rollup.observations
    if counts.empty:
        return {}
    layout = table.layout
    definitions = {measure: count.definition for measure, count in layout.measures.items()}
    number = counts["export_no"]

    def of_export(name: str) -> pd.Series:
        return number.map({at: getattr(export, name) for at, export in exports.items()})

    figures = counts.assign(
        source=of_export("source"),
        export_id=of_export("export_id"),
        released_on=of_export("released_on"),
        value_status=OBSERVED,
        published_share_pct=None,
        published_change_pct=None,
        is_provisional=layout.is_provisional,
        source_file=of_export("file"),
        source_row=None,
        source_column=counts["measure"].map(definitions),
        other_dimensions=counts["others"],
    ).sort_values(["export_no", "period_start", "measure", *DIMENSIONS, "others"])
    columns = list(observation.COLUMNS)
    return {int(str(at)): own[columns].reset_index(drop=True) for at, own in figures.groupby("export_no")}


def _breakdowns(table: Table, kept: pd.DataFrame) -> list[dict]:
    """By which dimensions each measure is broken down: parts of counts of rows add up, those of counts of
    different values do not.
    """
    found = list(breakdowns(table, kept, is_complete=True))
    counts = table.layout.measures
    if all(count.is_additive for count in counts.values()):
        return found
    return [
        {**entry, "measure": measure, "totals": entry["totals"] if count.is_additive else "overlapping"}
        for entry in found
        for measure, count in counts.items()
    ]


def _measures(table: Table) -> list[dict]:
    """What each measure counts, and whether its figures may be added up."""
    return [
        {"measure": measure, "definition": count.definition, "is_additive": count.is_additive}
        for measure, count in table.layout.measures.items()
    ]
