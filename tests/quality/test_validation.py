"""Whether an export may be used: what holds for it as a whole, and what failures are said to be."""

from __future__ import annotations

from textwrap import dedent

import pytest

from pipelines.contracts.contract import Source
from pipelines.quality import validation
from pipelines.quality.expectations import Result, Rule, Validator
from pipelines.reading import grids
from pipelines.reading.exports import discover
from pipelines.reading.hierarchies import export_codes
from pipelines.reading.tables import Tidy
from pipelines.releases.ingest import read as read_export
from pipelines.releases.readings import Reading
from tests import small_exports
from tests.small_exports import FILE

YEARS = """
columns:
  year: {period: year}
  r: {dimension: region, codes: as_printed}
  n: {value: count, measure: cases}
"""


@pytest.fixture
def of_file(source_of):
    """A function: contract and content → results for the export as a whole."""

    def of_file(words: str, content: str) -> dict[str, Result]:
        source = source_of(dedent(words))
        tidied, table = small_exports.read(source, content), source.tables["table"]
        grid = grids.read(source.folder.parent / "export.csv", FILE, table.layout)
        figures = tidied.printed_figures.observations
        codes = export_codes(figures, table, tidied.labels, is_complete=True)
        results = validation.whole_file(grid, tidied, table, codes, FILE)
        assert len({result.rule.type for result in results}) == len(results)
        return {result.rule.type: result for result in results}

    return of_file


def rows(*figures: tuple[int, str, int]) -> str:
    return "year,r,n\n" + "".join(f"{year},{name},{value}\n" for year, name, value in figures)


# The export as a whole

GAPS = "no_period_is_missing_between_others"
SUBTOTALS = "no_part_is_the_sum_of_others"
NAMES = "each_code_has_one_name"
LINE = "file_ends_with_line_break"
VALIDITY = "codes_are_counted_in_their_periods"


def test_an_export_of_which_nothing_is_odd_passes(of_file):
    found = of_file(YEARS + "totals: none\n", rows((2020, "A", 1), (2021, "A", 2)))
    assert {name: (result.verdict, result.explanation) for name, result in found.items()} == {
        LINE: ("passed", ""),
        GAPS: ("passed", ""),
        SUBTOTALS: ("passed", ""),
    }


@pytest.mark.parametrize(("end", "verdict"), [("\n", "passed"), ("\r\n", "passed"), ("", "failed")])
def test_a_file_that_ends_inside_a_line_is_told_and_harms_nobody(of_file, end, verdict):
    result = of_file(YEARS, rows((2020, "A", 1)).rstrip() + end)[LINE]
    assert (result.verdict, result.rule.severity, result.blocks) == (verdict, "info", False)
    assert ("if it was cut, its last value may be short" in result.explanation) is (verdict == "failed")


def test_a_year_that_is_missing_is_a_warning(of_file):
    result = of_file(YEARS, rows((2018, "A", 1), (2020, "A", 2), (2019, "B", 1)))[GAPS]
    assert (result.verdict, result.rule.severity, result.blocks) == ("failed", "warning", False)
    assert result.explanation == "2019 lacks cases, A, which earlier and later periods have"
    assert (result.unexpected, result.examples) == (1, [result.explanation])


def test_of_many_gaps_some_are_told(of_file):
    result = of_file(YEARS, rows(*[(1960 + 2 * n, "A", 1) for n in range(9)]))[GAPS]
    assert result.unexpected == len(result.examples) == 8
    assert result.explanation.count("there is no year between") == validation.GAPS_LISTED
    assert result.explanation.endswith("; and 3 more")


SUBTOTAL = rows(
    *[(2020, name, value) for name, value in [("a", 1234), ("b", 4321), ("city", 5555), ("d", 9)]],
    *[(2021, name, value) for name, value in [("a", 2345), ("b", 1111), ("city", 3456), ("d", 7)]],
)


@pytest.mark.parametrize("totals", ["none", "{region: none}"])
def test_a_hidden_subtotal_blocks_where_parts_are_added_up(of_file, totals):
    result = of_file(YEARS + f"totals: {totals}\n", SUBTOTAL)[SUBTOTALS]
    assert (result.verdict, result.blocks) == ("failed", True)
    assert result.explanation == (
        "region 'city' is in every row the sum of 'a' to 'b', which are printed beside it: as one more part it "
        "would be counted twice"
    )


def test_a_hidden_subtotal_is_a_warning_where_the_contract_takes_totals_so(of_file):
    result = of_file(YEARS + "totals: none\ntotals_severity: warning\n", SUBTOTAL)[SUBTOTALS]
    assert (result.verdict, result.rule.severity, result.blocks) == ("failed", "warning", False)


@pytest.mark.parametrize("totals", ["partial", "overlapping"])
def test_nobody_looks_for_subtotals_where_parts_are_not_added_up(of_file, totals):
    assert SUBTOTALS not in of_file(YEARS + f"totals: {totals}\n", SUBTOTAL)


def test_a_subtotal_that_the_contract_knows_hides_nothing(of_file):
    words = (
        YEARS
        + "totals: none\ncode_lists: {region: {city: City, a: {label: A, parent: city}, b: {parent: city}}}\n"
    )
    assert of_file(words, SUBTOTAL)[SUBTOTALS].verdict == "passed"


NAMED = YEARS.replace("  n:", "  name: {label_of: region, constraints: {severity: warning}}\n  n:")


def test_names_that_repeat_are_a_warning_where_the_contract_says_so(of_file):
    result = of_file(NAMED, "year,r,name,n\n2020,1,A,1\n2020,2,A,2\n2020,3,B,3\n")[NAMES]
    assert (result.verdict, result.rule.severity, result.unexpected) == ("failed", "warning", 2)
    assert "row 2, column 'name': 'A' is region '1' here and '2' elsewhere" in result.explanation
    assert of_file(NAMED, "year,r,name,n\n2020,1,A,1\n2020,2,B,2\n")[NAMES].verdict == "passed"


def test_names_that_repeat_are_a_problem_of_their_rows_elsewhere(of_file):
    found = of_file(
        NAMED.replace(", constraints: {severity: warning}", ""), "year,r,name,n\n2020,1,A,1\n2020,2,A,2\n"
    )
    assert set(found) == {LINE}


VALID = """
columns:
  year: {period: year}
  r: {dimension: region}
  n: {value: count, measure: cases}
code_lists:
  region: {a: {label: A, valid_from: 2019-01-01, valid_to: 2020-12-31}, b: {label: B, valid_from: 2020-07-01}}
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (rows((2019, "a", 1), (2020, "a", 1), (2020, "b", 1), (2021, "b", 1)), None),
        (rows((2018, "a", 0), (2021, "a", 0)), None),  # none is none
        (
            rows((2018, "a", 3), (2021, "a", 4)),
            "region 'a' is counted from 2019-01-01 to 2020-12-31, and has 2 figures beyond",
        ),
        (rows((2019, "b", 3)), "region 'b' is counted from 2020-07-01, and has 1 figure beyond"),
    ],
)
def test_figures_of_a_code_outside_its_time_are_a_warning(of_file, content, said):
    result = of_file(VALID, content).get(VALIDITY)
    if said is None:
        assert result is None
    else:
        assert (result.verdict, result.rule.severity, result.explanation) == ("failed", "warning", said)


def test_of_an_export_that_is_not_understood_only_its_end_is_looked_at(of_file):
    assert set(of_file(YEARS + "totals: none\n", "year,r\n2020,A\n")) == {LINE}


def test_totals_that_should_be_printed_are_asked_for(source_of):
    source = source_of(YEARS + "totals: printed\n")
    tidied = small_exports.read(source, rows((2020, "A", 1)))
    [problem] = validation.no_totals(FILE, tidied, source.tables["table"])
    assert str(problem) == (
        f"`{FILE}`: the contract says that a total by region is printed, and none is. "
        "Map its label, `codes: {the label: total}`, or say `totals: {region: none}`"
    )


# What failures mean


@pytest.fixture
def tidied(source_of) -> Tidy:
    words = "period: '2024'\ngroupChar: ','\ncolumns:\n  r: {dimension: region, codes: as_printed}\n"
    words += "  n: {value: count, measure: cases}\n  s: {share_of: cases}\n"
    return small_exports.read(source_of(words), 'r,n,s\nA,"1,553",10.50\nB,-5,120\n')


def failed(rule: Rule, *addresses: dict, **said: object) -> Result:
    return Result(rule, "failed", addresses=list(addresses), **said)


BETWEEN = Rule("expect_column_values_to_be_between", {"column": "value"}, reason="a count cannot be negative")


@pytest.mark.parametrize("verdict", ["passed", "failed", "errored"])
def test_only_critical_results_are_problems(tidied, verdict):
    mild = Result(Rule("expect_x", {}, "warning"), verdict, explanation="it is odd")
    grave = Result(Rule("expect_x", {}), verdict, explanation="it is odd")
    assert validation.problems([mild], tidied, FILE) == []
    assert bool(validation.problems([grave], tidied, FILE)) is (verdict != "passed")


def test_every_broken_row_is_a_problem_with_its_cell_as_printed(tidied):
    result = failed(BETWEEN, {"source_row": 3, "source_column": "n", "value": -5.0})
    [problem] = validation.problems([result], tidied, FILE)
    assert str(problem) == f"`{FILE}`, row 3, column 'n', value '-5': a count cannot be negative"
    assert (problem.rule, problem.value) == (BETWEEN.type, "-5")


def test_a_published_share_is_blamed_on_its_own_column(tidied):
    rule = Rule(
        BETWEEN.type,
        {"column": "published_share_pct"},
        reason="its share of {published_share_pct} is too much",
    )
    [problem] = validation.problems(
        [failed(rule, {"source_row": 3, "source_column": "n", "published_share_pct": 120.0})], tidied, FILE
    )
    assert (problem.column, problem.value, problem.reason) == ("s", "120", "its share of 120 is too much")


def test_a_reason_has_the_figures_of_its_row(tidied):
    rule = Rule("expect_sum", {}, reason="{total} is not {sum_of_parts} by {dimension}")
    address = {
        "source_row": 2,
        "source_column": "n",
        "total": 1553.0,
        "sum_of_parts": 12345.5,
        "dimension": "region",
    }
    [problem] = validation.problems([failed(rule, address)], tidied, FILE)
    assert problem.reason == "1,553 is not 12345.5 by region"


@pytest.mark.parametrize("reason", ["does not match \\d{2}", "is not {nothing}", "{", "{0}"])
def test_braces_of_a_pattern_in_a_reason_are_left_alone(tidied, reason):
    rule = Rule("expect_x", {"column": "n"}, reason=reason)
    [problem] = validation.problems([failed(rule, {"source_row": 2})], tidied, FILE)
    assert problem.reason == reason


def test_an_expectation_without_a_reason_is_called_by_its_name(tidied):
    rule = Rule("expect_x", {"column": "r"})
    [problem] = validation.problems([failed(rule, {"source_row": 2})], tidied, FILE)
    assert (problem.reason, problem.column, problem.value) == ("breaks expect_x(r)", "r", "A")


@pytest.mark.parametrize(
    ("verdict", "said", "reason"),
    [
        ("failed", "observed 3", "expect_x(n) failed: observed 3"),
        ("failed", "", "expect_x(n) failed: is not met"),
        ("errored", "could not be evaluated: oh", "expect_x(n) errored: could not be evaluated: oh"),
    ],
)
def test_what_fails_as_a_whole_is_a_problem_of_the_file(tidied, verdict, said, reason):
    result = Result(Rule("expect_x", {"column": "n"}), verdict, explanation=said)
    [problem] = validation.problems([result], tidied, FILE)
    assert (problem.row, problem.reason) == (None, reason)
    assert problem.next_step == "See `expect:` and `constraints:` in `source.yaml`"


def test_each_hidden_subtotal_is_a_problem_of_the_file_with_a_way_out(tidied):
    result = failed(Rule(SUBTOTALS, {}), examples=["one", "two"], explanation="one; two")
    one, two = validation.problems([result], tidied, FILE)
    assert (one.reason, two.reason, one.row) == ("one", "two", None)
    assert one.next_step == two.next_step == validation.SUBTOTAL_STEP


def test_a_warning_is_explained_by_its_first_row(tidied):
    mild = Rule(BETWEEN.type, {"column": "value"}, "warning", "is odd")
    addresses = [{"source_row": row, "source_column": "n", "value": 1.0} for row in (3, 2, 3)]
    assert validation.explained(failed(mild, addresses[0]), tidied, FILE).explanation == (
        f"`{FILE}`, row 3, column 'n', value '-5': is odd"
    )
    assert validation.explained(failed(mild, *addresses), tidied, FILE).explanation == (
        f"`{FILE}`, row 3, column 'n', value '-5': is odd (and 2 more, in rows 2, 3)"
    )


def test_what_is_explained_or_passed_is_left_as_it_is(tidied):
    for result in (
        Result(BETWEEN, "passed"),
        failed(BETWEEN, {"source_row": 3}, explanation="said already"),
        failed(BETWEEN),
        Result(BETWEEN, "errored", explanation="could not be evaluated"),
    ):
        assert validation.explained(result, tidied, FILE) is result


# An export whole, through Great Expectations


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    return Validator(tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("site"))


@pytest.fixture
def read(source_of, validator):
    """A function: contract and content → the reading."""

    def read(words: str, content: str) -> Reading:
        source: Source = source_of(dedent(words))
        (source.folder / "export.csv").write_text(content, encoding="utf-8")
        [export] = discover(source)
        return read_export(source, export, validator)

    return read


def test_a_good_export_is_accepted_with_all_that_was_checked(read):
    found = read(YEARS + "totals: none\n", rows((2020, "A", 1), (2021, "A", 2)))
    assert found.receipt.is_accepted
    assert [check["verdict"] for check in found.receipt.checks] == ["passed"] * 7
    assert (found.receipt.rows_received, found.receipt.rows_accepted, found.receipt.observations) == (2, 2, 2)


def test_warnings_are_explained_and_keep_nothing_out(read):
    found = read(YEARS, rows((2024, "A", 1), (2026, "A", 2), (2027, "A", 2)))
    warnings = {c["rule"]["type"]: c["explanation"] for c in found.receipt.checks if c["verdict"] == "failed"}
    assert found.receipt.is_accepted
    assert warnings[GAPS] == "there is no year between 2024 and 2026"
    assert warnings["expect_column_pair_values_a_to_be_greater_than_b"].startswith(
        f"`{FILE}`, row 3, column 'n', value '2': its period ends after the release"
    )
    assert warnings["expect_column_pair_values_a_to_be_greater_than_b"].endswith("(and 1 more, in row 4)")


def test_a_date_that_is_known_to_be_early_is_no_warning(read):
    found = read(YEARS + "dated_early: true\n", rows((2026, "A", 1)))
    assert {check["verdict"] for check in found.receipt.checks} == {"passed"}
    assert found.receipt.is_dated_early


def test_a_hidden_subtotal_keeps_the_export_out_with_a_way_out(read):
    found = read(YEARS + "totals: none\n", SUBTOTAL)
    assert not found.receipt.is_accepted
    [said] = found.receipt.problems
    assert "region 'city' is in every row the sum of 'a' to 'b'" in said
    assert said.endswith(validation.SUBTOTAL_STEP)


NESTED = """
period: '2024'
columns:
  a: {dimension: region, level: 1, codes: {all: total, '*': as_printed}}
  b: {dimension: region, level: 2, codes: {all: total, '*': as_printed}}
  n: {value: count, measure: cases}
totals: printed
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,n\nall,all,10\nA,all,6\nA,x,4\nA,y,2\nB,all,4\nB,x,4\n", []),
        (
            "a,b,n\nall,all,10\nA,all,6\nA,x,4\nA,y,1\nB,all,4\nB,x,4\n",
            ["row 3, column 'n': the printed total 6 is not the sum of its parts by region, 5"],
        ),
        (
            "a,b,n\nall,all,11\nA,all,6\nA,x,4\nA,y,2\nB,all,4\nB,x,4\n",
            ["row 2, column 'n': the printed total 11 is not the sum of its parts by region, 10"],
        ),
    ],
)
def test_a_subtotal_that_is_not_the_sum_of_its_parts_keeps_the_export_out(read, content, said):
    found = read(NESTED, content)
    step = f". {validation.STEPS['expect_column_pair_values_to_be_equal']}"
    assert [line.partition(", ")[2].removesuffix(step) for line in found.receipt.problems] == said
    assert found.receipt.is_accepted is not bool(said)


def test_levels_of_an_export_are_kept_with_its_receipt(read):
    found = read(NESTED, "a,b,n\nall,all,10\nA,all,6\nA,x,4\nA,y,2\nB,x,4\n".replace("B,x", "B,all"))
    codes = {
        c["code"]: (c["whole"], list(c["rolls_up_to"]))
        for c in found.receipt.codes
        if c["dimension"] == "region"
    }
    assert codes == {"A": ("total", []), "A > x": ("A", []), "A > y": ("A", []), "B": ("total", [])}


RATES = """
period: '2024'
columns:
  r: {dimension: region, codes: as_printed}
  n: {value: count, measure: cases}
  cleared: {value: count, measure: cases_cleared}
  rate: {share_of: cases, measure: cases_cleared}
"""


def test_a_rate_of_one_measure_by_another_is_kept_with_the_receipt(read):
    found = read(RATES, "r,n,cleared,rate\nA,200,150,75.0\n")
    assert found.receipt.is_accepted
    assert found.receipt.ratios == [{"measure": "cases_cleared", "of_measure": "cases"}]
    assert not [b for b in found.receipt.breakdowns if b["has_published_shares"]]


def test_a_rate_may_be_more_than_100_percent(read):
    assert read(RATES, "r,n,cleared,rate\nA,200,206,103.0\n").receipt.problems == []


def test_a_share_of_more_than_100_percent_is_none(read):
    words = RATES.replace("rate: {share_of: cases, measure: cases_cleared}", "rate: {share_of: cases}")
    [said] = read(words, "r,n,cleared,rate\nA,200,206,103.0\n").receipt.problems
    assert (
        "row 2, column 'rate', value '103.0': its published share of 103 percent is not between 0 and 100"
        in said
    )


def test_rows_without_a_level_are_rejected_and_nothing_is_added_up_to_totals(read):
    words = YEARS + "totals: none\nmax_rejected_pct: 50\n"
    found = read(words, "year,r,n\n2020,A,1\n2020,,5\n2020,B,2\n")
    assert (found.receipt.is_accepted, found.receipt.rows_rejected) == (True, 1)
    assert [list(code["rolls_up_to"]) for code in found.receipt.codes] == [[], [], []]
    assert [breakdown["totals"] for breakdown in found.receipt.breakdowns] == ["partial"]
    assert not found.receipt.is_complete


@pytest.mark.parametrize(
    ("words", "is_complete"),
    [
        (YEARS + "totals: none\n", True),
        (YEARS + "totals: overlapping\n", True),
        (YEARS + "totals: partial\n", False),
        (YEARS, False),
    ],
)
def test_an_export_says_whether_it_gives_all_there_is(read, words, is_complete):
    assert read(words, rows((2020, "A", 1))).receipt.is_complete is is_complete


# A rejected row leaves the sums that it is no part of to be tested

WITH_TOTAL = YEARS.replace("codes: as_printed", "codes: {All: total, '*': as_printed}")
WITH_TOTAL += "totals: printed\nmax_rejected_pct: 20\n"
TWO_YEARS = [
    "2020,A,10", "2020,B,20", "2020,C,30", "2020,All,60",
    "2021,A,11", "2021,B,22", "2021,C,33", "2021,All,66",
]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("2020,B,n/a", "row 3, column 'n': 'n/a' is not a number"),
        ("2020,,20", "row 3, column 'r': is empty"),
        ("2020,B,-20", "row 3, column 'n', value '-20': a count cannot be negative"),
    ],
)
def test_a_wrong_total_is_found_beside_a_rejected_row(read, broken, said):
    rows = [broken if row == "2020,B,20" else row.replace("66", "69") for row in TWO_YEARS]
    first, second = read(WITH_TOTAL, "year,r,n\n" + "\n".join(rows) + "\n").receipt.problems
    assert said in first + second
    assert "the printed total 69 is not the sum of its parts by region, 66" in first + second


@pytest.mark.parametrize("broken", ["2020,B,n/a", "2020,,20", "2020,B,-20", "n/a,B,20"])
def test_a_sum_that_a_rejected_row_may_be_a_part_of_is_not_tested(read, broken):
    rows = [broken if row == "2020,B,20" else row for row in TWO_YEARS]
    found = read(WITH_TOTAL, "year,r,n\n" + "\n".join(rows) + "\n").receipt
    assert (found.is_accepted, found.rows_rejected, len(found.problems)) == (True, 1, 1)


def test_a_subtotal_is_found_beside_a_rejected_row(read):
    words = YEARS + "totals: none\nmax_rejected_pct: 20\n"
    figures = {"A": 1234, "B": 2345, "A and B": 3579, "C": 4567}
    rows = [
        f"{year},{name},{value + (year - 2020)}" for year in (2020, 2021) for name, value in figures.items()
    ]
    rows[6] = "2021,A and B,3581"
    content = "year,r,n\n" + "\n".join([*rows, "2022,C,many"]) + "\n"
    assert "region 'A and B' is in every row the sum of 'A' to 'B'" in str(read(words, content).problems)


def test_parts_in_columns_are_tested_in_every_row_that_is_understood(read):
    words = """
    columns:
      year: {period: year}
      r: {dimension: region, codes: as_printed}
      '/(?P<sex>Men|Women|Both)/': {value: count, measure: cases}
    codes: {sex: {Both: total, Men: male, Women: female}}
    totals: {sex: printed}
    max_rejected_pct: 50
    """
    content = "year,r,Men,Women,Both\n2020,,1,2,3\n2020,A,1,2,4\n2020,B,5,5,10\n2020,C,5,5,10\n2020,D,2,2,4\n"
    said = read(words, content).receipt.problems
    assert [
        "is empty" in said[0],
        "the printed total 4 is not the sum of its parts by sex, 3" in said[1],
    ] == [True, True]
