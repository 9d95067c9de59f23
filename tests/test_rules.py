"""Which expectations an export has to meet, and that they break where the contract is broken."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from pipelines import grids, observation, tables
from pipelines.expectations import Validator
from pipelines.rules import (
    missing_totals,
    observation_rules,
    row_rules,
    text_rules,
    total_rules,
    totals_frame,
)

COUNTS = "period: '2024'\ncolumns:\n  age: {dimension: age_band}\n  n: {value: count, measure: cases}\n"


@pytest.fixture
def table_of(source_of):
    """A function: what a contract says beyond `HEAD` → its only table."""

    def table(words: str):
        [table] = source_of(words).tables.values()
        return table

    return table


def observations(*figures: dict) -> pd.DataFrame:
    """Cases of 2024 in rows 2, 3, …, but for what is said; ``value`` None is missing."""
    always = {
        "source": "series",
        "released_on": dt.date(2025, 1, 31),
        "period_start": dt.date(2024, 1, 1),
        "period_end": dt.date(2024, 12, 31),
        "measure": "cases",
        "crime_type": "total",
        "age_band": "total",
        "sex": "total",
        "region": "total",
        "value_status": "observed",
        "source_column": "n",
    }
    entries = [
        always
        | {"source_row": row, "value_status": "observed" if figure["value"] is not None else "missing"}
        | figure
        for row, figure in enumerate(figures, start=2)
    ]
    frame = pd.DataFrame(entries, columns=list(observation.COLUMNS), dtype=object)
    return frame.assign(value=frame["value"].astype("Int64"))


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
    frame = totals_frame(figures, table_of(COUNTS + "totals: printed\n"))
    assert frame.to_dict("records") == [
        {"source_row": 5, "source_column": "n", "dimension": "age band", "total": 4, "sum_of_parts": 4}
    ]


@pytest.mark.parametrize("totals_are", ["none", "partial", "{sex: printed}", "{age_band: partial}"])
def test_nothing_is_summed_where_the_contract_does_not_say_that_totals_are_printed(table_of, totals_are):
    figures = observations({"age_band": "10-19", "value": 3}, {"value": 4})
    table = table_of(COUNTS + f"totals: {totals_are}\n")
    frame = totals_frame(figures, table)
    assert frame.empty
    assert total_rules(table, frame) == []
    assert missing_totals(figures[:1], table) == []


@pytest.mark.parametrize("status", ["missing", "suppressed", "not_applicable"])
def test_no_sum_is_told_where_a_part_is_no_number(table_of, status):
    figures = observations(
        {"age_band": "10-19", "value": 3},
        {"age_band": "20-29", "value": None, "value_status": status},
        {"value": 9},
    )
    assert totals(totals_frame(figures, table_of(COUNTS + "totals: printed\n"))) == []


def test_a_total_that_is_no_number_is_not_compared(table_of):
    figures = observations({"age_band": "10-19", "value": 3}, {"value": None})
    assert totals(totals_frame(figures, table_of(COUNTS + "totals: printed\n"))) == []


def test_a_total_without_parts_and_parts_without_a_total_are_not_compared(table_of):
    table = table_of(COUNTS + "totals: printed\n")
    assert totals(totals_frame(observations({"value": 3}), table)) == []
    assert totals(totals_frame(observations({"age_band": "10-19", "value": 3}), table)) == []
    assert totals(totals_frame(observations(), table)) == []


def test_parts_of_a_share_without_counts_leave_the_total_alone(table_of):
    figures = observations(
        {"age_band": "10-19", "value": None, "published_share_pct": "60"}, {"value": 9}, {"value": 9}
    )
    assert totals(totals_frame(figures, table_of(COUNTS + "totals: printed\n"))) == []


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
    table = table_of(COUNTS + "totals: {age_band: printed}\n")
    assert totals(totals_frame(figures, table)) == [(4, 3, 3), (5, 100, 100)]


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
    assert totals(totals_frame(figures, table_of(BY_BOTH + "totals: printed\n"))) == [
        (6, 3, 3),
        (7, 8, 7),
        (8, 4, 4),
        (9, 6, 6),
        (10, 10, 10),
        (10, 10, 11),
    ]
    assert totals(totals_frame(figures, table_of(BY_BOTH + "totals: {sex: printed}\n"))) == [
        (6, 3, 3),
        (7, 8, 7),
        (10, 10, 10),
    ]


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
    assert totals(totals_frame(figures, table_of(words + "printed\n"))) == [(3, 3, 3)]
    assert totals(totals_frame(figures, table_of(words + "{crime_type: printed}\n"))) == [(4, 9, 3)]


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
    assert totals(totals_frame(figures, table_of(COUNTS + "totals: printed\n"))) == [
        (4, 2**53 + 1, 2**53 + 1)
    ]


@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_the_contract_says_how_bad_a_wrong_total_is(table_of, severity):
    table = table_of(COUNTS + f"totals: printed\ntotals_severity: {severity}\n")
    frame = totals_frame(observations({"age_band": "10-19", "value": 3}, {"value": 4}), table)
    [rule] = total_rules(table, frame)
    assert (rule.type, rule.severity) == ("expect_column_pair_values_to_be_equal", severity)


# Rules of observations and of rows


def test_the_expectations_of_a_contract_are_checked_on_what_it_says(table_of):
    table = table_of(
        COUNTS + "expect:\n"
        "  - {type: expect_column_max_to_be_between, column: value, max_value: 9, severity: warning}\n"
        "  - {type: expect_table_row_count_to_equal, value: 2, on: rows}\n"
    )
    [on_observations] = observation_rules(table)[3:]
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
def test_rows_that_break_a_constraint_are_found(table_of, validator, tmp_path, column, constraints, broken):
    table = table_of(CONSTRAINED.format(**{"age": "", "n": "", "share": "", column: constraints}))
    path = tmp_path / "export.csv"
    path.write_text(PRINTED.lstrip(), encoding="utf-8")
    origin = tables.Origin("series", "abc", "series/export.csv", dt.date(2025, 1, 31), {})
    tidied = tables.tidy(grids.read(path, origin.file, table.layout), table, origin)
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
def test_observations_that_cannot_be_are_found(table_of, validator, tmp_path, words, content, broken):
    table = table_of(COUNTS + words + "missingValues: ['-']\n")
    path = tmp_path / "export.csv"
    path.write_text(content, encoding="utf-8")
    origin = tables.Origin("series", "abc", "series/export.csv", dt.date(2025, 1, 31), {})
    found = tables.tidy(grids.read(path, origin.file, table.layout), table, origin).observations
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
    frame = totals_frame(observations({"age_band": "10-19", "value": 3}, {"value": total}), table)
    [result] = validator.frame("series.totals", f"totals of {total}", frame, total_rules(table, frame))
    assert [int(address["source_row"]) for address in result.addresses] == broken
