"""Which expectations an export has to meet: those every export must, and those of its contract."""

from __future__ import annotations

import pandas as pd

from pipelines.common.problems import in_words
from pipelines.contracts.contract import Source
from pipelines.contracts.documents import ContractError
from pipelines.contracts.layouts import Match, Table
from pipelines.contracts.word_types import Constraints
from pipelines.observation import KEY, TOTAL
from pipelines.quality.expectations import COLUMN, DIMENSION, ROW, Rule, UnusableExpectation
from pipelines.reading.hierarchies import ADDING_UP, Code, along, dimensions_of, sums_of_parts
from pipelines.reading.printed_figures import PrintedFigures

ON_TEXT = ("expect_column_values_to_be_in_set", "expect_column_values_to_match_regex")
"""Expectations that constraints become which look at printed text, also of numbers."""


def observation_rules(table: Table) -> list[Rule]:
    """What holds for every observation, then the contract's ``expect`` on observations."""
    # More cases may be cleared than come in: a percentage of another measure has no upper bound.
    most = None if any(column.is_ratio for column in table.layout.columns.values()) else 100
    unfinished = Rule(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "released_on", "column_B": "period_end", "or_equal": True}, "warning",
        reason="its period ends after the release: the figure is not complete, or the date is wrong; if "
        "the content is newer than the date, the contract can say `dated_early: true`",
    )  # fmt: skip
    return [
        Rule("expect_column_values_to_be_between", {"column": "value", "min_value": 0},
             reason="a count cannot be negative"),
        Rule("expect_column_values_to_be_between",
             {"column": "published_share_pct", "min_value": 0, "max_value": most},
             reason="its published share of {published_share_pct} percent is not between 0 and 100"),
        Rule("expect_compound_columns_to_be_unique",
             {"column_list": list(KEY), "ignore_row_if": "never"},
             reason="the same figure stands in more than one row: {measure}, {crime_type}, {age_band}, "
             "{sex}, {region}, {period_start} to {period_end}"),
        *([] if table.layout.dated_early else [unfinished]),
        *_expected(table, "observations"),
    ]  # fmt: skip


def row_rules(matches: list[Match], table: Table) -> list[Rule]:
    """The columns' other constraints and the contract's ``expect`` on rows, numbers as numbers."""
    rules = [rule for match in matches for rule in _constraint_rules(match.label, match.column.constraints)]
    return [*(rule for rule in rules if rule.type not in ON_TEXT), *_expected(table, "rows")]


def text_rules(matches: list[Match]) -> list[Rule]:
    """The columns' constraints on what is printed, digits and signs included: enum and pattern."""
    rules = [rule for match in matches for rule in _constraint_rules(match.label, match.column.constraints)]
    return [rule for rule in rules if rule.type in ON_TEXT]


def total_rules(table: Table, totals: pd.DataFrame) -> list[Rule]:
    """That printed totals and subtotals are the sums of their parts, where the parts are all there is."""
    if totals.empty:
        return []
    return [
        Rule("expect_column_pair_values_to_be_equal",
             {"column_A": "total", "column_B": "sum_of_parts", "ignore_row_if": "neither"},
             severity=table.layout.totals_severity,
             reason="the printed total {total} is not the sum of its parts by {dimension}, {sum_of_parts}"),
    ]  # fmt: skip


_TOTALS = [ROW, COLUMN, DIMENSION, "total", "sum_of_parts"]


def missing_totals(observations: pd.DataFrame, table: Table) -> list[str]:
    """Dimensions along which the contract says that a total is printed, and none is."""
    return [
        dimension
        for dimension in dimensions_of(observations)
        if table.totals_of(dimension) == "printed"
        and not (along(observations, dimension)["code"] == TOTAL).any()
    ]


def totals_frame(figures: PrintedFigures, table: Table, codes: list[Code]) -> pd.DataFrame:
    """One row per printed total or subtotal: ``source_row, source_column, dimension, total,
    sum_of_parts``; left out where a part is not a number, since then no sum can be told.
    """
    frames = []
    for dimension in dimensions_of(figures.observations):
        if table.totals_of(dimension) not in ADDING_UP:
            continue
        tied = sums_of_parts(figures.along(dimension), dimension, codes)
        tied = tied.rename(columns={"value": "total"}).assign(dimension=in_words(dimension))
        frames.append(tied[_TOTALS])
    if not frames:
        return pd.DataFrame(columns=_TOTALS)
    numbers = {"total": "int64", "sum_of_parts": "int64"}
    return pd.concat(frames, ignore_index=True).astype(numbers)


def _expected(table: Table, on: str) -> list[Rule]:
    return [
        Rule(expectation.type, expectation.arguments, expectation.severity)
        for expectation in table.layout.expect
        if expectation.on == on
    ]


def _constraint_rules(label: str, constraints: Constraints) -> list[Rule]:
    """A column's constraints, each as the expectation that means the same."""
    rules = []

    def rule(type_: str, reason: str, **arguments: object) -> None:
        rules.append(Rule(type_, {"column": label, **arguments}, constraints.severity, reason))

    if constraints.required:
        rule("expect_column_values_to_not_be_null", "is empty, and the contract requires it")
    if constraints.unique:
        rule("expect_column_values_to_be_unique", "stands in more than one row, and must be unique")
    if constraints.enum is not None:
        listed = ", ".join(constraints.enum)
        rule("expect_column_values_to_be_in_set", f"is not one of {listed}", value_set=constraints.enum)
    if constraints.pattern is not None:
        regex = rf"^(?:{constraints.pattern})$"
        rule("expect_column_values_to_match_regex", f"does not match {constraints.pattern}", regex=regex)
    if constraints.minimum is not None or constraints.maximum is not None:
        low = None if constraints.minimum is None else float(constraints.minimum)
        high = None if constraints.maximum is None else float(constraints.maximum)
        if low is not None and high is not None:
            reason = f"is not between {constraints.minimum} and {constraints.maximum}"
        else:
            bound = constraints.minimum if high is None else constraints.maximum
            reason = f"is {'below' if high is None else 'above'} {bound}"
        rule("expect_column_values_to_be_between", reason, min_value=low, max_value=high)
    return rules


def unusable(source: Source, table: Table, error: UnusableExpectation) -> ContractError:
    """An expectation whose arguments do not fit its type, at its place in the contract."""
    types = [expectation.type for expectation in table.layout.expect]
    place = ("expect", types.index(error.rule.type)) if error.rule.type in types else ()
    return ContractError([source.problem(place, str(error))])
