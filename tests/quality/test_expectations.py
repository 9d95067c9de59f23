"""The door to Great Expectations: frames and DuckDB relations in, verdicts with addresses out."""

from __future__ import annotations

import json
import os
import sys

import duckdb
import pandas as pd
import pytest

from pipelines.quality.expectations import Result, Rule, UnusableExpectation, Validator

ROWS = pd.DataFrame(
    {
        "source_row": [2, 3, 4, 5],
        "source_column": ["cases", "cases", "suspects", "suspects"],
        "measure": ["cases", "cases", "suspects", "arrests"],
        "value": [10.0, -1.0, None, -3.0],
    }
)
POSITIVE = Rule("expect_column_values_to_be_between", {"column": "value", "min_value": 0})
NOT_NULL = Rule("expect_column_values_to_not_be_null", {"column": "measure"})
KNOWN = Rule(
    "expect_column_values_to_be_in_set",
    {"column": "measure", "value_set": ["cases", "suspects"]},
    severity="warning",
)
UNIQUE = Rule("expect_compound_columns_to_be_unique", {"column_list": ["measure", "source_column"]})
NO_SUCH_COLUMN = Rule("expect_column_values_to_be_between", {"column": "nothing", "min_value": 0})
FOUR_ROWS = Rule("expect_table_row_count_to_equal", {"value": 4}, severity="info")
FIVE_ROWS = Rule("expect_table_row_count_to_equal", {"value": 5}, severity="info")


@pytest.fixture(scope="module")
def connections():
    """Every attempt of this process to look a host up or to connect to one, from now on."""
    attempts = []

    def listen(event: str, arguments: tuple) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
            attempts.append((event, arguments))

    sys.addaudithook(listen)
    return attempts


@pytest.fixture(scope="module")
def validator(tmp_path_factory, connections):
    folder = tmp_path_factory.mktemp("validator")
    return Validator(folder / "store", folder / "site")


@pytest.fixture(scope="module")
def of_frame(validator):
    rules = [POSITIVE, NOT_NULL, KNOWN, UNIQUE, NO_SUCH_COLUMN, FOUR_ROWS, FIVE_ROWS]
    return validator.frame("police.observations", "observations of 1", ROWS, rules)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("database") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("rows", ROWS)
        connection.execute("create table observation as select * from rows")
        connection.execute("create view only_cases as select * from observation where measure = 'cases'")
        connection.execute("create table nothing as select * from observation limit 0")
    return path


@pytest.fixture(scope="module")
def of_relations(validator, database):
    rules = [POSITIVE, NOT_NULL, KNOWN, UNIQUE, NO_SUCH_COLUMN, FOUR_ROWS, FIVE_ROWS]
    suites = {"observation": rules, "only_cases": [KNOWN], "nothing": [POSITIVE, UNIQUE]}
    return validator.relations("warehouse", database, suites)


def of(results, rule) -> Result:
    [found] = [result for result in results if result.rule == rule]
    return found


# Frames


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (POSITIVE, "failed"),
        (NOT_NULL, "passed"),
        (KNOWN, "failed"),
        (UNIQUE, "failed"),
        (NO_SUCH_COLUMN, "errored"),
        (FOUR_ROWS, "passed"),
        (FIVE_ROWS, "failed"),
    ],
    ids=lambda rule: getattr(rule, "name", ""),
)
def test_a_rule_passes_fails_or_errors_on_a_frame(of_frame, rule, verdict):
    assert of(of_frame, rule).verdict == verdict


def test_a_failure_gives_the_address_and_value_of_every_broken_row(of_frame):
    assert of(of_frame, POSITIVE).addresses == [
        {"source_row": 3, "source_column": "cases", "value": -1.0},
        {"source_row": 5, "source_column": "suspects", "value": -3.0},
    ]


def test_a_failure_on_several_columns_gives_the_values_of_all(of_frame):
    assert of(of_frame, UNIQUE).addresses == [
        {"source_row": 2, "source_column": "cases", "measure": "cases"},
        {"source_row": 3, "source_column": "cases", "measure": "cases"},
    ]


def test_a_failure_counts_what_it_looked_at(of_frame):
    found = of(of_frame, POSITIVE)

    assert (found.evaluated, found.unexpected, found.examples) == (4, 2, [-1.0, -3.0])


def test_a_failure_of_the_whole_frame_says_what_was_observed(of_frame):
    found = of(of_frame, FIVE_ROWS)

    assert (found.explanation, found.addresses) == ("observed 4", [])


def test_an_expectation_that_errored_did_not_fail(of_frame):
    found = of(of_frame, NO_SUCH_COLUMN)

    assert found.verdict == "errored"
    assert found.explanation.startswith("could not be evaluated: ")
    assert '"nothing"' in found.explanation


@pytest.mark.parametrize(
    ("severity", "verdict", "blocks"),
    [
        ("critical", "passed", False),
        ("critical", "failed", True),
        ("critical", "errored", True),
        ("warning", "failed", False),
        ("warning", "errored", False),
        ("info", "failed", False),
    ],
)
def test_only_what_is_critical_blocks(severity, verdict, blocks):
    assert Result(Rule("expect_something", {}, severity), verdict).blocks is blocks


def test_severity_stays_with_the_result(of_frame):
    severities = {result.rule.severity for result in of_frame}

    assert severities == {"critical", "warning", "info"}


def test_every_rule_has_one_result(of_frame):
    assert len(of_frame) == 7


def test_no_rule_means_no_result(validator):
    assert validator.frame("police.observations", "observations of 2", ROWS, []) == []


def test_a_batch_can_be_validated_again(validator):
    # As when an export is found to contradict another: it is read a second time.
    again = [validator.frame("police.again", "observations of 3", ROWS, [NOT_NULL]) for _ in range(2)]

    assert [[result.verdict for result in results] for results in again] == [["passed"], ["passed"]]


def test_a_frame_of_another_batch_is_not_mixed_up(validator):
    good = ROWS.assign(value=1.0)
    [before] = validator.frame("police.mixed", "observations of 4", ROWS, [POSITIVE])
    [after] = validator.frame("police.mixed", "observations of 5", good, [POSITIVE])

    assert (before.verdict, after.verdict) == ("failed", "passed")


def test_a_frame_without_rows_passes(validator):
    results = validator.frame(
        "police.empty", "observations of 6", ROWS.iloc[:0], [POSITIVE, NOT_NULL, UNIQUE]
    )

    assert [result.verdict for result in results] == ["passed", "passed", "passed"]


def test_a_result_survives_being_kept_as_json(of_frame):
    for result in of_frame:
        back = Result.from_dict(json.loads(json.dumps(result.to_dict(), default=str)))

        assert back.rule == result.rule
        assert (back.verdict, back.explanation) == (result.verdict, result.explanation)


# Relations of a DuckDB file


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (POSITIVE, "failed"),
        (NOT_NULL, "passed"),
        (KNOWN, "failed"),
        (UNIQUE, "failed"),
        (NO_SUCH_COLUMN, "errored"),
        (FOUR_ROWS, "passed"),
        (FIVE_ROWS, "failed"),
    ],
    ids=lambda rule: getattr(rule, "name", ""),
)
def test_a_rule_passes_fails_or_errors_on_a_relation(of_relations, rule, verdict):
    assert of(of_relations["observation"], rule).verdict == verdict


def test_a_failure_of_a_relation_counts_and_gives_examples(of_relations):
    found = of(of_relations["observation"], POSITIVE)

    assert (found.evaluated, found.unexpected, sorted(found.examples)) == (4, 2, [-3.0, -1.0])


def test_a_view_is_a_relation(of_relations):
    assert of(of_relations["only_cases"], KNOWN).verdict == "passed"


def test_an_empty_relation_passes(of_relations):
    assert [result.verdict for result in of_relations["nothing"]] == ["passed", "passed"]


def test_every_relation_has_its_own_results(of_relations):
    assert {name: len(results) for name, results in of_relations.items()} == {
        "observation": 7,
        "only_cases": 1,
        "nothing": 2,
    }


def test_a_relation_that_is_not_there_is_no_relation_that_passed(validator, database):
    try:
        results = validator.relations("warehouse", database, {"no_such_relation": [FOUR_ROWS]})
    except Exception:
        return
    assert [result.verdict for result in results["no_such_relation"]] == ["errored"]


def test_a_file_is_let_go_once_it_is_validated(validator, database):
    validator.relations("warehouse", database, {"observation": [NOT_NULL]})

    with duckdb.connect(str(database)) as connection:  # for writing, which allows no other
        assert connection.sql("select count(*) from observation").fetchall() == [(4,)]


def test_the_same_relations_can_be_validated_again(validator, database):
    for _ in range(2):
        results = validator.relations("warehouse", database, {"observation": [FOUR_ROWS]})
        assert [result.verdict for result in results["observation"]] == ["passed"]


# Arguments that do not fit


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule("expect_column_values_to_be_between", {"column": "value", "minimum": 0}), "minimum"),
        (Rule("expect_column_values_to_be_between", {"min_value": 0}), "column"),
        (Rule("expect_column_values_to_be_between", {"column": "value"}), "min_value and max_value"),
        (Rule("expect_column_values_to_be_between", {"column": "value", "min_value": "few"}), "min_value"),
        (Rule("expect_column_values_to_be_in_set", {"column": "value"}), "value_set"),
        (Rule("expect_miracles", {}), "expect_miracles"),
    ],
    ids=["unknown", "missing", "pointless", "not a number", "missing set", "no such expectation"],
)
def test_unusable_arguments_are_said_to_be_unusable(validator, rule, said):
    with pytest.raises(UnusableExpectation, match=said) as raised:
        validator.frame("police.unusable", f"observations with {said}", ROWS, [rule])

    assert raised.value.rule is rule
    assert str(raised.value).startswith(rule.type)


def test_an_unknown_severity_is_unusable(validator):
    rule = Rule(POSITIVE.type, POSITIVE.arguments, severity="fatal")

    with pytest.raises(UnusableExpectation, match="fatal"):
        validator.frame("police.severity", "observations of 7", ROWS, [rule])


def test_a_pattern_that_cannot_be_compiled_errors(validator):
    rule = Rule("expect_column_values_to_match_regex", {"column": "measure", "regex": "("})
    [result] = validator.frame("police.pattern", "observations of 8", ROWS, [rule])

    assert result.verdict == "errored"


# Names


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (POSITIVE, "expect_column_values_to_be_between(value)"),
        (UNIQUE, "expect_compound_columns_to_be_unique(measure, source_column)"),
        (FOUR_ROWS, "expect_table_row_count_to_equal"),
        (
            Rule("expect_column_pair_values_to_be_equal", {"column_A": "total", "column_B": "sum"}),
            "expect_column_pair_values_to_be_equal(total, sum)",
        ),
    ],
)
def test_a_rule_is_named_after_what_it_looks_at(rule, name):
    assert rule.name == name


# Calling nobody


def test_validating_asks_for_no_connection(connections, of_frame, of_relations):
    assert connections == []


def test_great_expectations_is_told_not_to_report(validator, of_frame):
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert validator._started().variables.analytics_enabled is False
