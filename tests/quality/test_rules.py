"""Which expectations an export has to meet, and that they break where the contract is broken."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from pipelines.quality.expectations import Validator
from pipelines.quality.rules import (
    missing_totals,
    observation_rules,
    row_rules,
    text_rules,
    total_rules,
    totals_frame,
)
from pipelines.reading.headings import Labels
from pipelines.reading.hierarchies import export_codes
from pipelines.reading.printed_figures import PrintedFigures
from tests import small_exports
from tests.small_exports import observations

COUNTS = "period: '2024'\ncolumns:\n  age: {dimension: age_band}\n  n: {value: count, measure: cases}\n"


@pytest.fixture
def table_of(source_of):
    """A function: what a contract says beyond `HEAD` → its only table."""

    def table(words: str):
        [table] = source_of(words).tables.values()
        return table

    return table


def framed(figures: pd.DataFrame, table, *, is_complete: bool = True) -> pd.DataFrame:
    """The printed totals beside the sums of their parts, as an export with these figures has them."""
    return totals_frame(PrintedFigures(figures), table, export_codes(figures, table, Labels(), is_complete))


def totals(frame: pd.DataFrame) -> list[tuple[int, int, int]]:
    """Row, printed total and sum of parts, by row."""
    return sorted(frame[["source_row", "total", "sum_of_parts"]].itertuples(index=False, name=None))


# Printed totals


def test_a_printed_total_stands_beside_the_sum_of_its_parts(table_of):
    figures = observations(
        {"age_band": "10-19", "value": 3},
        {"age_band": "20-29", "value": 0},
        {"age_band": "unknown", "value": 1},
        {"value": 4},
    )
    frame = framed(figures, table_of(COUNTS + "totals: printed\n"))
    assert frame.to_dict("records") == [
        {"source_row": 5, "source_column": "n", "dimension": "age band", "total": 4, "sum_of_parts": 4}
    ]


@pytest.mark.parametrize("totals_are", ["partial", "overlapping", "{sex: printed}", "{age_band: partial}"])
def test_nothing_is_summed_where_the_contract_does_not_say_that_parts_add_up(table_of, totals_are):
    figures = observations({"age_band": "10-19", "value": 3}, {"value": 4})
    table = table_of(COUNTS + f"totals: {totals_are}\n")
    frame = framed(figures, table)
    assert frame.empty
    assert total_rules(table, frame) == []
    assert missing_totals(figures[:1], table) == []


def test_a_total_that_is_printed_all_the_same_is_compared_and_not_missed(table_of):
    table = table_of(COUNTS + "totals: none\n")
    figures = observations({"age_band": "10-19", "value": 3}, {"value": 4})
    assert totals(framed(figures, table)) == [(3, 4, 3)]
    assert missing_totals(figures[:1], table) == []


@pytest.mark.parametrize("status", ["missing", "suppressed"])
def test_no_sum_is_told_where_a_part_is_no_number(table_of, status):
    figures = observations(
        {"age_band": "10-19", "value": 3},
        {"age_band": "20-29", "value": None, "value_status": status},
        {"value": 9},
    )
    assert totals(framed(figures, table_of(COUNTS + "totals: printed\n"))) == []


def test_a_part_that_there_is_none_of_counts_as_none(table_of):
    figures = observations(
        {"age_band": "10-19", "value": 3},
        {"age_band": "20-29", "value": None, "value_status": "not_applicable"},
        {"value": 9},
    )
    assert totals(framed(figures, table_of(COUNTS + "totals: printed\n"))) == [(4, 9, 3)]


def test_a_total_that_is_no_number_is_not_compared(table_of):
    figures = observations({"age_band": "10-19", "value": 3}, {"value": None})
    assert totals(framed(figures, table_of(COUNTS + "totals: printed\n"))) == []


def test_a_total_without_parts_and_parts_without_a_total_are_not_compared(table_of):
    table = table_of(COUNTS + "totals: printed\n")
    assert totals(framed(observations({"value": 3}), table)) == []
    assert totals(framed(observations({"age_band": "10-19", "value": 3}), table)) == []
    assert totals(framed(observations(), table)) == []


def test_parts_of_a_share_without_counts_leave_the_total_alone(table_of):
    figures = observations(
        {"age_band": "10-19", "value": None, "published_share_pct": "60"}, {"value": 9}, {"value": 9}
    )
    assert totals(framed(figures, table_of(COUNTS + "totals: printed\n"))) == []


@pytest.mark.parametrize(
    "apart",
    [
        {"measure": "suspects"},
        {"period_end": dt.date(2024, 6, 30)},
        {"region": "seoul"},
        {"sex": "male"},
        {"crime_type": "deepfake"},
        {"other_dimensions": '{"place": "home"}'},
    ],
)
def test_only_parts_of_the_same_thing_are_summed(table_of, apart):
    figures = observations(
        {"age_band": "10-19", "value": 3},
        {"age_band": "10-19", "value": 100} | apart,
        {"value": 3},
        {"value": 100} | apart,
    )
    table = table_of("other_dimensions: {place: x}\n" + COUNTS + "totals: {age_band: printed}\n")
    assert totals(framed(figures, table)) == [(4, 3, 3), (5, 100, 100)]


BY_BOTH = COUNTS.replace("  n:", "  sex: {dimension: sex}\n  n:")


def test_a_table_by_two_dimensions_has_totals_along_both(table_of):
    by_both = [("10-19", "male", 1), ("10-19", "female", 2), ("20-29", "male", 3), ("20-29", "female", 4)]
    figures = observations(
        *[{"age_band": age, "sex": sex, "value": value} for age, sex, value in by_both],
        {"age_band": "10-19", "value": 3},  # row 6
        {"age_band": "20-29", "value": 8},  # row 7: 3 and 4
        {"sex": "male", "value": 4},  # row 8
        {"sex": "female", "value": 6},  # row 9
        {"value": 10},  # row 10: 4 and 6, or 3 and 8
    )
    assert totals(framed(figures, table_of(BY_BOTH + "totals: printed\n"))) == [
        (6, 3, 3),
        (7, 8, 7),
        (8, 4, 4),
        (9, 6, 6),
        (10, 10, 10),
        (10, 10, 11),
    ]
    assert totals(framed(figures, table_of(BY_BOTH + "totals: {sex: printed}\n"))) == [
        (6, 3, 3),
        (7, 8, 7),
        (10, 10, 10),
    ]


NESTED = [
    {"age_band": "0-17", "value": 5},  # row 2
    {"age_band": "0-13", "value": 2},
    {"age_band": "14-17", "value": 3},
    {"age_band": "18+", "value": 20},  # row 5
    {"age_band": "65+", "value": 4},
    {"age_band": "18-64", "value": 15},
    {"value": 25},  # row 8
]


def test_a_subtotal_is_compared_with_its_own_parts_and_is_a_part_of_the_total(table_of):
    table = table_of(COUNTS + "totals: printed\n")
    assert totals(framed(observations(*NESTED), table)) == [(2, 5, 5), (5, 20, 19), (8, 25, 25)]


def test_a_subtotal_is_compared_where_no_total_is_printed(table_of):
    table = table_of(COUNTS + "totals: none\n")
    assert totals(framed(observations(*NESTED[:-1]), table)) == [(2, 5, 5), (5, 20, 19)]


def test_levels_are_compared_one_by_one(table_of):
    table = table_of(COUNTS.replace("age_band}", "region, codes: as_printed}") + "totals: printed\n")
    figures = observations(
        {"value": 30},  # row 2
        {"region": "A", "value": 10},
        {"region": "A > x", "value": 7},
        {"region": "A > x > 1", "value": 3},
        {"region": "A > x > 2", "value": 5},
        {"region": "A > y", "value": 3},
        {"region": "B", "value": 20},
    )
    assert totals(framed(figures, table)) == [(2, 30, 30), (3, 10, 10), (4, 7, 8)]


def test_an_unprinted_subtotal_is_a_part_of_the_total(table_of):
    table = table_of(COUNTS.replace("age_band}", "region, codes: as_printed}") + "totals: printed\n")
    figures = observations({"value": 30}, {"region": "A", "value": 10}, {"region": "B > z", "value": 20})
    assert totals(framed(figures, table)) == [(2, 30, 30)]


def test_a_subtotal_by_two_dimensions_is_compared_along_each(table_of):
    table = table_of(BY_BOTH + "totals: printed\n")
    figures = observations(
        {"age_band": "0-17", "sex": "male", "value": 3},  # row 2
        {"age_band": "0-13", "sex": "male", "value": 1},
        {"age_band": "14-17", "sex": "male", "value": 1},
        {"age_band": "0-17", "value": 3},  # row 5, of 3 boys and of nobody else
    )
    assert totals(framed(figures, table)) == [(2, 3, 2), (5, 3, 3)]


def test_a_total_that_should_be_printed_and_is_not_is_missing(table_of):
    table = table_of(BY_BOTH + "totals: printed\n")
    parts = observations({"age_band": "10-19", "sex": "male", "value": 1})
    assert missing_totals(parts, table) == ["age_band", "sex"]
    with_total = observations(
        {"age_band": "10-19", "sex": "male", "value": 1}, {"age_band": "10-19", "value": None}
    )
    assert missing_totals(with_total, table) == ["age_band"]
    assert missing_totals(observations({"value": 1}), table) == []


def test_a_dimension_that_the_whole_file_has_in_common_has_no_totals_in_it(table_of):
    # Deepfakes by age, and all ages: one crime type is not all there is, unless the contract says so.
    figures = observations(
        {"crime_type": "deepfake", "age_band": "10-19", "value": 3},
        {"crime_type": "deepfake", "value": 3},
        {"value": 9},
    )
    words = "set: {crime_type: deepfake}\n" + COUNTS + "totals: "
    assert totals(framed(figures, table_of(words + "printed\n"))) == [(3, 3, 3)]
    assert totals(framed(figures, table_of(words + "{crime_type: printed}\n"))) == [(4, 9, 3)]


def test_a_dimension_that_differs_from_column_to_column_has_totals(table_of):
    # The same table as with `/(?P<sex>.+)/`, column by column.
    columns = "columns:\n" + "".join(
        f"  {label}: {{value: count, measure: cases, set: {{sex: {code}}}}}\n"
        for label, code in [("men", "male"), ("women", "female")]
    )
    table = table_of(f"period: '2024'\ntotals: none\n{columns}")
    assert {name: table.totals_of(name) for name in ("sex", "age_band")} == {
        "sex": "none",
        "age_band": "partial",
    }


def test_totals_larger_than_a_float_are_compared_to_the_unit(table_of):
    figures = observations(
        {"age_band": "10-19", "value": 2**53}, {"age_band": "20-29", "value": 1}, {"value": 2**53 + 1}
    )
    assert totals(framed(figures, table_of(COUNTS + "totals: printed\n"))) == [(4, 2**53 + 1, 2**53 + 1)]


@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_the_contract_says_how_bad_a_wrong_total_is(table_of, severity):
    table = table_of(COUNTS + f"totals: printed\ntotals_severity: {severity}\n")
    frame = framed(observations({"age_band": "10-19", "value": 3}, {"value": 4}), table)
    [rule] = total_rules(table, frame)
    assert (rule.type, rule.severity) == ("expect_column_pair_values_to_be_equal", severity)


# Rules of observations and of rows


def test_the_expectations_of_a_contract_are_checked_on_what_it_says(table_of):
    table = table_of(
        COUNTS + "expect:\n"
        "  - {type: expect_column_max_to_be_between, column: value, max_value: 9, severity: warning}\n"
        "  - {type: expect_table_row_count_to_equal, value: 2, on: rows}\n"
    )
    *_, on_observations = observation_rules(table)
    [on_rows] = row_rules([], table)
    assert (on_observations.arguments, on_observations.severity) == (
        {"column": "value", "max_value": 9},
        "warning",
    )
    assert (on_rows.arguments, on_rows.severity) == ({"value": 2}, "critical")


@pytest.mark.parametrize(
    ("constraints", "reason"),
    [
        ("required: true", "is empty, and the contract requires it"),
        ("unique: true", "stands in more than one row, and must be unique"),
        ("enum: [1, 2]", "is not one of 1, 2"),
        (r"pattern: '\d+'", r"does not match \d+"),
        ("minimum: 0", "is below 0"),
        ("maximum: 100", "is above 100"),
        ("minimum: 0, maximum: 0.5", "is not between 0 and 0.5"),
        ("maximum: 1234567", "is above 1234567"),
        ("minimum: -0.125", "is below -0.125"),
    ],
)
def test_a_constraint_says_what_is_wrong(table_of, constraints, reason):
    table = table_of(COUNTS.replace("cases}", f"cases, constraints: {{{constraints}, severity: info}}}}"))
    _, match = table.match(1, "n")
    [rule] = [*row_rules([match], table), *text_rules([match])]
    assert (rule.reason, rule.severity, rule.arguments["column"]) == (reason, "info", "n")


def test_every_observation_is_checked_for_the_same_things(table_of):
    rules = observation_rules(table_of(COUNTS))
    assert [(rule.name, rule.severity) for rule in rules] == [
        ("expect_column_values_to_be_between(value)", "critical"),
        ("expect_column_values_to_be_between(published_share_pct)", "critical"),
        (
            "expect_compound_columns_to_be_unique(source, released_on, period_start, period_end, measure, "
            "crime_type, age_band, sex, region, other_dimensions)",
            "critical",
        ),
        ("expect_column_pair_values_a_to_be_greater_than_b(released_on, period_end)", "warning"),
    ]


def test_a_period_may_end_after_a_release_whose_date_is_known_to_be_early(table_of):
    rules = observation_rules(table_of(COUNTS + "dated_early: true\n"))
    assert not [rule for rule in rules if "released_on" in rule.arguments.values()]


def test_a_column_without_constraints_has_no_rules(table_of):
    table = table_of(COUNTS)
    matches = [table.match(0, "age")[1], table.match(1, "n")[1]]
    assert [*row_rules(matches, table), *text_rules(matches)] == []


# The same through Great Expectations: rows that break a constraint, and no others


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    return Validator(tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("site"))


CONSTRAINED = """
period: '2024'
groupChar: ','
missingValues: {{'-': missing}}
columns:
  age: {{dimension: age_band, constraints: {{{age}}}}}
  n: {{value: count, measure: cases, constraints: {{{n}}}}}
  share: {{share_of: cases, constraints: {{{share}}}}}
"""
PRINTED = """
age,n,share
10s,3,35.2
20s,"1,553",0
20대,-,-
30-39,3,104.00
"""


@pytest.mark.parametrize(
    ("column", "constraints", "broken"),
    [
        ("age", "required: true", []),
        ("age", "unique: true", []),
        ("age", "enum: [10s, 20s, 30s]", [4, 5]),
        ("age", "pattern: '[0-9]+s'", [4, 5]),
        ("age", "pattern: '10s|20'", [3, 4, 5]),
        ("n", "minimum: 4", [2, 5]),
        ("n", "maximum: 3", [3]),
        ("n", "minimum: 0, maximum: 2000", []),
        ("n", "unique: true", [2, 5]),
        ("n", "required: true", [4]),  # as in Frictionless, a missing value is no value
        ("share", "minimum: 0", []),
        ("share", "maximum: 100", [5]),
        ("share", "minimum: 35.2, maximum: 104", [3]),
        ("share", r"pattern: '\d+\.\d'", [3, 5]),
        # The texts of numbers are those that are printed.
        ("n", "enum: [3]", [3]),
        ("n", "pattern: '[0-9]'", [3]),
        ("n", "pattern: '[0-9,]+'", []),
        ("share", "enum: ['35.2', '0']", [5]),
    ],
)
def test_rows_that_break_a_constraint_are_found(source_of, validator, tmp_path, column, constraints, broken):
    words = CONSTRAINED.format(**{"age": "", "n": "", "share": "", column: constraints})
    table = source_of(words).tables["table"]
    tidied = small_exports.read(source_of(words), PRINTED.lstrip())
    assert tidied.problems == []

    labels = {match.position: match.label for match in tidied.matches}
    [result] = [
        result
        for name, frame, rules in [
            ("rows", tidied.rows, row_rules(tidied.matches, table)),
            ("text", tidied.printed, text_rules(tidied.matches)),
        ]
        for result in validator.frame(
            f"series.{name}",
            tmp_path.name,
            frame.rename(columns=labels).assign(source_row=frame.index),
            rules,
        )
    ]

    assert result.verdict == ("failed" if broken else "passed"), result.explanation
    assert [int(address["source_row"]) for address in result.addresses] == broken


@pytest.mark.parametrize(
    ("words", "content", "broken"),
    [
        pytest.param("", "age,n\n10s,-1\n20s,0\n", [(0, 2)], id="a negative count"),
        pytest.param("", "age,n\n10s,1\n10대,2\n", [(2, 2), (2, 3)], id="one figure twice, equal or not"),
        pytest.param("", "age,n\n10s,-\n10대,-\n", [(2, 2), (2, 3)], id="one figure missing twice"),
        pytest.param(
            "  share: {share_of: cases}\n", "age,n,share\n10s,1,100.1\n20s,2,100\n", [(1, 2)], id="above 100%"
        ),
        pytest.param("  share: {share_of: cases}\n", "age,n,share\n10s,1,-0.1\n", [(1, 2)], id="below 0%"),
    ],
)
def test_observations_that_cannot_be_are_found(source_of, validator, tmp_path, words, content, broken):
    source = source_of(COUNTS + words + "missingValues: ['-']\n")
    table = source.tables["table"]
    found = small_exports.read(source, content).observations
    checked = found.assign(
        value=found["value"].astype("Float64").astype(float),
        published_share_pct=pd.to_numeric(found["published_share_pct"]),
        other_dimensions=found["other_dimensions"].fillna(""),
    )
    results = validator.frame("series.observations", tmp_path.name, checked, observation_rules(table))
    assert [
        (at, int(address["source_row"])) for at, result in enumerate(results) for address in result.addresses
    ] == broken


@pytest.mark.parametrize(("total", "broken"), [(4, [3]), (3, [])])
def test_a_total_that_is_not_the_sum_of_its_parts_is_found(table_of, validator, total, broken):
    table = table_of(COUNTS + "totals: printed\n")
    frame = framed(observations({"age_band": "10-19", "value": 3}, {"value": total}), table)
    [result] = validator.frame("series.totals", f"totals of {total}", frame, total_rules(table, frame))
    assert [int(address["source_row"]) for address in result.addresses] == broken
