"""Whether staged records may be used: their contract's rules, checked by Great Expectations inside
DuckDB, and the rows that break them.

No record passes through Python. A rule that all records of a batch keep costs its share of one scan;
of one that is broken, the query that Great Expectations gives for the broken rows is run once more to
number them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from pipelines.common import databases, record_sql
from pipelines.common.paths import statement
from pipelines.common.problems import counted
from pipelines.common.record_sql import as_day, as_text, literal, quoted
from pipelines.contracts.contract import Source
from pipelines.contracts.layouts import Table
from pipelines.contracts.record_layouts import UNREADABLE
from pipelines.quality.expectations import Result, Rule, UnusableExpectation, Validator
from pipelines.quality.record_rules import (
    IN_PERIOD,
    RecordRule,
    different,
    fields_kept,
    given,
    keys,
    may_repeat,
    patterns,
    record_rules,
    summary_rules,
)
from pipelines.quality.rules import unusable
from pipelines.records.rollups import Counted, Rollup

EXPORT, ROW = "caseload_export", "caseload_row"
RECORDS, SUMMARY = "records", "exports"
MEMORY = "1GB"
LISTED = 1_000
"""Broken rows that are listed one by one of an export that is refused for them."""


@dataclass(frozen=True)
class Broken:
    """A row of a staged export, counted from 0, that breaks a rule."""

    row: int
    rule: RecordRule


@dataclass
class Verdict:
    """What became of the rules in one export."""

    results: list[Result] = field(default_factory=list)
    broken_rows: int = 0
    """Rows that break a critical rule."""
    broken: list[Broken] = field(default_factory=list)
    """Them, each once for each rule; the first of them where there are more than the contract allows."""


@dataclass
class _Checked:
    """A rule with what came of it in all exports of a batch, and the query for the rows that break it."""

    rule: RecordRule
    result: Result
    query: str


def write_views(database: Path, table: Table, exports: list[Counted]) -> None:
    """``records``: the staged records with the number of their export and row, and what a contract asks
    that no expectation can say on DuckDB; ``exports``: one row an export, with counts.
    """
    database.unlink(missing_ok=True)
    with _opened(database) as connection:
        columns = {"number": "integer", "parquet": "varchar", "period_start": "date", "period_end": "date"}
        rows = [
            (e.number, e.parquet, e.period and e.period.start, e.period and e.period.end) for e in exports
        ]
        record_sql.fill(connection, "export", columns, rows, is_temporary=False)
        checked = _checked_columns(table)
        parquet = [export.parquet for export in exports]
        connection.execute(record_sql.checked_view(RECORDS, checked, parquet))
        connection.execute(record_sql.summary(SUMMARY, RECORDS, EXPORT, _counts(table)))


def _opened(database: Path) -> duckdb.DuckDBPyConnection:
    """The records that are staged beside it are all it can reach."""
    return databases.opened(database, folders=[database.parent], memory=MEMORY)


def _checked_columns(table: Table) -> list[str]:
    columns = [f"e.number as {EXPORT}", f"r.file_row_number as {ROW}", f"r.{UNREADABLE}"]
    columns += [f"r.{quoted(name)}" for _, name, _ in fields_kept(table)]
    columns += [
        f"regexp_full_match({as_text(name, 'r.')}, {literal(pattern)}) as {column}"
        for column, name, pattern in patterns(table)
    ]
    if dated_by := table.layout.dated_by:
        columns.append(f"{as_day(dated_by, 'r.')} between e.period_start and e.period_end as {IN_PERIOD}")
    return columns


def _counts(table: Table) -> list[str]:
    counts = ["count(*) as row_count"]
    for at, name, _ in keys(table):
        counts.append(f"count({quoted(name)}) as {given(at)}")
        counts.append(f"count(distinct {quoted(name)}) as {different(at)}")
    if not may_repeat(table):
        counts.append(f"count(distinct hash({', '.join(_whole_row(table))})) as different_rows")
    return counts


def _whole_row(table: Table) -> list[str]:
    return [quoted(name) for _, name, _ in fields_kept(table)]


def validated(
    source: Source, table: Table, exports: list[Counted], rows: dict[int, int], rollup: Rollup,
    database: Path, validator: Validator,
) -> dict[int, Verdict]:  # fmt: skip
    """What became of the rules in each export of a batch, by its number. ``rows`` says how many rows each
    has; `write_views` has written into ``database``. Raises ContractError for an `expect` that cannot be
    used.
    """
    on_all = list(record_rules(table, rollup.codes, has_period=any(e.period for e in exports)))
    on_each = list(summary_rules(table))
    try:
        by_itself = _expected(table, validator, on_all)
        alone = _alone(database, by_itself, exports, rollup)
        suites = {
            RECORDS: ([r.rule for r in on_all], [EXPORT, ROW]),
            SUMMARY: ([r.rule for r in on_each], [EXPORT]),
            **{relation: (rules, [ROW]) for relation, (_, rules) in alone.items()},
        }
        found = validator.pushed_down(f"{source.name}.{table.name}", database, suites, MEMORY)
    except UnusableExpectation as error:
        raise unusable(source, table, error) from None
    checked = [
        _Checked(rule, result, query)
        for relation, rules in ((RECORDS, on_all), (SUMMARY, on_each))
        for rule, (result, query) in zip(rules, found[relation], strict=True)
    ]
    verdicts = {export.number: Verdict() for export in exports}
    _judge(database, table, checked, rows, verdicts)
    for relation, (number, _) in alone.items():
        verdicts[number].results += [result for result, _ in found[relation]]
    return verdicts


def _expected(table: Table, validator: Validator, on_all: list[RecordRule]) -> dict[str, list[Rule]]:
    """Adds the contract's expectations on single rows to those on all records, and returns the others,
    which look at an export as a whole, by what they look at.
    """
    alone: dict[str, list[Rule]] = {"rows": [], "observations": []}
    for expectation in table.layout.expect:
        rule = Rule(expectation.type, expectation.arguments, expectation.severity)
        if expectation.on == "rows" and validator.is_row_wise(rule):
            on_all.append(RecordRule(rule, rule.arguments.get("column")))
        else:
            alone[expectation.on].append(rule)
    return alone


def _alone(
    database: Path, wanted: dict[str, list[Rule]], exports: list[Counted], rollup: Rollup
) -> dict[str, tuple[int, list[Rule]]]:
    """Relation → number and rules of each export that is to be looked at by itself."""
    found: dict[str, tuple[int, list[Rule]]] = {}
    if not any(wanted.values()):
        return found
    with _opened(database) as connection:
        for export in exports:
            if wanted["rows"]:
                relation = f"records_of_{export.number}"
                connection.execute(record_sql.one_export(relation, RECORDS, EXPORT, export.number))
                found[relation] = (export.number, wanted["rows"])
            if wanted["observations"]:
                relation = f"observations_of_{export.number}"
                figures = rollup.observations[rollup.observations["export_no"] == export.number]
                connection.from_df(figures).create(relation)
                found[relation] = (export.number, wanted["observations"])
    return found


def _judge(
    database: Path, table: Table, checked: list[_Checked], rows: dict[int, int], verdicts: dict[int, Verdict]
) -> None:
    """Fill the verdicts: number the rows that break a rule, and count them."""
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    critical = [at for at, one in enumerate(checked) if one.rule.rule.severity == "critical"]
    with _opened(database) as connection:
        if any(one.result.verdict == "failed" for one in checked):
            _number(connection, table, checked)
            query = statement("records", "broken_counts")
            for export, rule, count in connection.execute(query).fetchall():
                counts[export][rule] = count
        for number, verdict in verdicts.items():
            verdict.results = [
                _of_export(one, rows[number], counts[number][at]) for at, one in enumerate(checked)
            ]
            if any(counts[number][at] for at in critical):
                allowed = table.layout.max_rejected_pct * rows[number] / 100
                _list(connection, number, critical, allowed, checked, verdict)


def _number(connection: duckdb.DuckDBPyConnection, table: Table, checked: list[_Checked]) -> None:
    """Note which rows of which exports break which rule, in ``broken``."""
    columns = {"export": "integer", "record": "bigint", "rule": "integer"}
    record_sql.fill(connection, "broken", columns, [])
    for at, one in enumerate(checked):
        if one.result.verdict != "failed":
            continue
        query = one.query
        if one.rule.rule.type == "expect_column_pair_values_to_be_equal" and one.rule.counts:
            # A repeated key or row, in the exports that have some: every one but the first; of rows with one
            # key that say different things none is believed.
            counts = (SUMMARY, *one.rule.counts)
            query = record_sql.repeated(RECORDS, EXPORT, ROW, _whole_row(table), one.rule.field, counts)
        connection.execute(record_sql.broken(at, [EXPORT, ROW], query))


def _list(
    connection: duckdb.DuckDBPyConnection, export: int, critical: list[int], allowed: float,
    checked: list[_Checked], verdict: Verdict,
) -> None:  # fmt: skip
    """Count and list the rows of an export that break a critical rule."""
    asked: dict[str, Any] = {"export": export, "rules": critical}
    [(verdict.broken_rows,)] = connection.execute(statement("records", "broken_rows"), asked).fetchall()
    asked["listed"] = verdict.broken_rows if verdict.broken_rows <= allowed else LISTED
    found = connection.execute(statement("records", "broken_listed"), asked).fetchall()
    verdict.broken = [Broken(row, checked[at].rule) for row, at in found]


def _of_export(one: _Checked, rows: int, broken: int) -> Result:
    """What came of a rule in one export of the batch that it was checked in."""
    rule = one.rule.rule
    if one.result.verdict == "errored":
        return one.result
    if not broken:
        return Result(rule, "passed", rows, 0)
    where = f"column '{one.rule.field}' " if one.rule.field else "it "
    said = f"{where}{rule.reason or 'breaks ' + rule.name} in {counted(broken, 'row')}"
    return replace(one.result, verdict="failed", evaluated=rows, unexpected=broken, explanation=said)
