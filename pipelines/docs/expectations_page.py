"""What is checked of exports and of relations, from the rules, the sidecars and the queries that check it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pipelines
from pipelines.contracts.layouts import Match, Table
from pipelines.contracts.word_types import Constraints
from pipelines.contracts.words import Column, Layout
from pipelines.docs import markdown
from pipelines.quality import rules
from pipelines.quality.expectations import Rule
from pipelines.releases.comparisons import EMPTIED, LEFT_OUT, LOST, RESTATED
from pipelines.releases.objections import IN_PLACE
from pipelines.warehouse.relations import check_description, checks, relations

SEVERITIES = (
    ("critical", "The row is kept out and listed in `rejected_rows`; the export too, if they are more than "
     "`max_rejected_pct` percent of its rows (0 if nothing is said). The last good one stays.",
     "The build is not published; what was published stays."),
    ("warning", "Told by the run and `caseload status`, and in `check_results`. Nothing is kept out.",
     "The same."),
    ("info", "In `check_results` only.", "The same."),
)  # fmt: skip
NAMED = {
    "age_bands_follow_each_other": "Where the bands should be all there is, they neither share nor leave "
    "out years "
    "of age.",
    "codes_are_counted_in_their_periods": "No code has figures before its `valid_from` or after its "
    "`valid_to`.",
    "each_code_has_one_name": "A key with a name beside it (`label_of`) has one name, and the name one key.",
    "file_ends_with_line_break": "A CSV ends where a line ends; if not, it may have been cut.",
    "no_file_repeats_another": "No two files of a source have the same content.",
    "no_part_is_the_sum_of_others": "Where the contract says that all parts add up, no part is in every "
    "row the sum "
    "of parts beside it.",
    "no_period_is_missing_between_files": "Between the first and the last period of a table's files there "
    "are all "
    "others.",
    "no_period_is_missing_between_others": "Between the first and the last period of a file there are all "
    "others.",
    "no_row_or_column_is_hidden": "A workbook hides no row or column in which something is written. They are "
    "read like others.",
    "no_sheet_is_gone": "A workbook has the sheets that it had before.",
    IN_PLACE: "A file that is replaced within its release changes no figure; which ones it changes is "
    "told as long "
    "as it stands.",
}
"""What the rules mean that are no expectation of Great Expectations: every one that the code has."""
RECORDS = {
    "cells_are_of_their_type": "Every cell of a field is of its `type` and `format`.",
    "is_in_the_period_of_its_file": "Each record is dated in the period that the file's name says.",
    "matches_its_pattern": "Every cell matches the `pattern` of its field.",
    "no_key_is_repeated": "No key stands in two rows of an export.",
    "no_row_is_repeated": "No row is the same as one before it, in every cell that is kept.",
}
RELEASES = {
    LOST: "Within its release, a file that is replaced gives all the figures that it gave before.",
    LEFT_OUT: "A later release gives all periods and labels of the one before (where `totals:` says that "
    "it gives "
    "all), unless `revisions: {may_leave_out: …}` says otherwise.",
    EMPTIED: "No figure is empty that was a number before.",
    RESTATED: "No period and measure moves by more than `revisions: hold_pct:` percent in all.",
    "conflict": "Files of one release give one value for a figure.",
}


def page() -> str:
    """Everything that is checked, where, how severely, and what a failure means."""
    table = Table("table", Layout.model_validate({"files": "*"}), re.compile(""), {})
    return "\n".join([
        "# What is checked\n",
        "Generated from `pipelines/`, `sql/*/*.yml` and `sql/checks/` by `make docs`. What came of each "
        "check is in "
        "`check_results`; Great Expectations' own pages are in `warehouse/data_docs/index.html`.\n",
        "## What a failure means\n",
        "An expectation that could not be evaluated has *errored*: it counts like one that failed, since "
        "nothing "
        "was shown.\n",
        markdown.table(("severity", "of an export", "of the built warehouse"), SEVERITIES),
        "## Of every table that is exported\n",
        "Without a word in the contract.\n",
        _rules(rules.observation_rules(table)),
        markdown.table(("check", "severity", "what must hold"), [
            (f"`{name}`", severity, NAMED[name]) for name, severity in named_rules().items()
        ]),
        "Where `totals:` says that parts add up: `expect_column_pair_values_to_be_equal` of each printed "
        "total and "
        "the sum of its parts, with the severity `totals_severity`.\n",
        "## Of every export of records\n",
        "Inside DuckDB; rows that break a critical one are rejected, each with its line.\n",
        markdown.table(("check", "what must hold"), [(f"`{name}`", said) for name, said in RECORDS.items()]),
        "## Of an export beside others\n",
        "These hold an export back; the last good one stays. `caseload accept` lets it in, but for a "
        "`conflict`.\n",
        markdown.table(("finding", "what must hold"), [
            (f"`{name}`", said) for name, said in RELEASES.items()
        ]),
        "## Of what a contract asks\n",
        "Constraints of a column become expectations, with the constraint's `severity`; `expect:` takes any "
        "other "
        "one, on `rows` or on `observations`.\n",
        _constraints(table),
        "## Of each relation of the warehouse\n",
        "Before a build is published.\n",
        *_relations(),
        "## Across relations\n",
        "Each is a query of `sql/checks` that returns the rows which break it; all are critical.\n",
        markdown.table(("check", "what must hold"), [
            (f"`{name}`", check_description(query)) for name, query in checks().items()
        ]),
    ])  # fmt: skip


def named_rules() -> dict[str, str]:
    """Name → severity of each rule in the code that has a name of its own, sorted."""
    found = {}
    for path in sorted(Path(pipelines.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rule" and node.args:
                name = _literal(node.args[0])
                if name and not name.startswith("expect_"):
                    found[name] = _severity(node)
    return dict(sorted(found.items()))


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return IN_PLACE if ast.unparse(node) == "IN_PLACE" else None


def _severity(call: ast.Call) -> str:
    severity = call.args[2]
    if isinstance(severity, ast.Constant):
        return str(severity.value)
    return f"`{ast.unparse(severity).rpartition('layout.')[2].rpartition('column.')[2]}`"


def _rules(found: Iterable[Rule]) -> str:
    return markdown.table(("expectation", "severity", "of a row that breaks it"), [
        (f"`{rule.name}`{_arguments(rule.arguments)}", rule.severity, rule.reason) for rule in found
    ])  # fmt: skip


def _constraints(table: Table) -> str:
    """Each constraint by itself, and the expectation that it becomes."""
    tried: dict[str, Any] = {
        "required": True, "unique": True, "enum": ["a", "b"], "pattern": "[ab]", "minimum": Decimal(1),
        "maximum": Decimal(9),
    }  # fmt: skip
    rows = []
    for word, value in tried.items():
        column = Column.model_construct(constraints=Constraints.model_validate({word: value}))
        match = [Match(0, "column", column, {})]
        [rule] = [*rules.row_rules(match, table), *rules.text_rules(match)]
        shown = json.dumps(value, default=int)
        rows.append((f"`{word}: {shown}`", f"`{rule.type}`{_arguments(rule.arguments)}", rule.reason))
    return markdown.table(("constraint", "expectation", "of a row that breaks it"), rows)


def _relations() -> Iterable[str]:
    for relation in sorted(relations().values(), key=lambda relation: relation.name):
        if relation.rules:
            yield f"### {relation.name}\n"
            yield markdown.table(("expectation", "severity"), [
                (f"`{rule.name}`{_arguments(rule.arguments)}", rule.severity) for rule in relation.rules
            ])  # fmt: skip


def _arguments(arguments: dict[str, Any]) -> str:
    """What an expectation asks of the columns that its name says."""
    named = ("column", "column_list", "column_A", "column_B")
    more = {key: value for key, value in arguments.items() if key not in named and value is not None}
    return "".join(f", `{key}: {json.dumps(value, ensure_ascii=False)}`" for key, value in more.items())
