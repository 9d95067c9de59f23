"""What a later version of a table does to the figures of the one before it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from pipelines.contracts.words import Revisions
from pipelines.quality.expectations import Validator
from pipelines.releases import comparisons
from tests.small_exports import observations, parquet

FILE = "series/b.csv"
ACCEPT = f"accept it: `caseload accept '{FILE}' --reason …`"


@pytest.fixture
def compared(tmp_path):
    """A function: the figures of an earlier and of a later version → both side by side."""

    def compared(before: list[dict], after: list[dict]) -> pd.DataFrame:
        sides = [
            [parquet(observations(*figures), tmp_path / name)]
            for name, figures in (("before.parquet", before), ("after.parquet", after))
        ]
        return comparisons.compared(*sides)

    return compared


def year(of: int) -> dict:
    return {"period_start": dt.date(of, 1, 1), "period_end": dt.date(of, 12, 31)}


def types(of: int, **values: int | None) -> list[dict]:
    """Cases of a year by crime type."""
    return [{"crime_type": name, "value": value} | year(of) for name, value in values.items()]


def reasons(problems) -> list[str]:
    found = list(problems)
    assert {problem.row for problem in found} <= {None}
    assert {problem.file for problem in found} <= {FILE}
    return [problem.reason for problem in found]


# Side by side


def test_figures_stand_side_by_side_by_all_that_they_are_of(compared):
    apart = [
        {"measure": "suspects"},
        {"crime_type": "a"},
        {"age_band": "0-17"},
        {"sex": "male"},
        {"region": "seoul"},
        {"other_dimensions": '{"place":"x"}'},
        year(2020),
    ]
    before = [{"value": number} | codes for number, codes in enumerate([{}, *apart])]
    after = [{"value": 100 + number} | codes for number, codes in enumerate([{}, *apart])]
    figures = compared(before, after[::-1])
    assert len(figures) == len(before)
    assert set(figures["new_value"] - figures["old_value"]) == {100}


def test_what_only_one_version_gives_has_an_empty_side(compared):
    figures = compared(types(2020, a=1), types(2020, b=2))
    assert list(figures["crime_type"]) == ["a", "b"]
    assert list(figures["old_status"].notna()) == [True, False]
    assert list(figures["new_status"].notna()) == [False, True]


def test_a_version_of_several_files_is_compared_as_one(tmp_path, compared):
    halves = [parquet(observations(*types(2020, **{name: 1})), tmp_path / f"{name}.parquet") for name in "ab"]
    whole = parquet(observations(*types(2020, a=1, b=1)), tmp_path / "whole.parquet")
    figures = comparisons.compared(halves, [whole])
    assert figures["old_status"].notna().all()
    assert figures["new_status"].notna().all()


def test_no_rows_compare_with_any(compared):
    assert list(compared([], types(2020, a=1))["new_value"]) == [1]
    assert len(compared([], [])) == 0


# Lost: the same file of the same release


def test_figures_that_a_file_no_longer_gives_are_lost(compared):
    figures = compared([*types(2020, a=1, b=2), *types(2021, a=3)], types(2020, a=1))
    [problem] = comparisons.lost(figures, FILE)
    assert problem.rule == comparisons.LOST
    assert problem.reason == "no longer gives 2 figures that it gave before: cases, b, 2020; cases, a, 2021"
    assert problem.next_step.endswith(ACCEPT)


def test_a_file_that_gives_all_and_more_has_lost_nothing(compared):
    assert reasons(comparisons.lost(compared(types(2020, a=1), types(2020, a=5, b=2)), FILE)) == []


def test_a_figure_that_is_empty_now_is_not_lost(compared):
    assert reasons(comparisons.lost(compared(types(2020, a=1), types(2020, a=None)), FILE)) == []


def test_many_lost_figures_are_not_all_listed(compared):
    [reason] = reasons(
        comparisons.lost(compared(types(2020, **dict.fromkeys("abcdefgh", 1)), types(2020, a=1)), FILE)
    )
    assert reason.startswith("no longer gives 7 figures")
    assert reason.endswith("cases, g, 2020; …")
    assert reason.count(";") == comparisons.LISTED


# Left out: a later release of a complete table


def left_out(figures: pd.DataFrame, *allowed: str) -> list[str]:
    return reasons(comparisons.left_out(figures, FILE, "the release of 2024-01-31", allowed))


TWO_YEARS = [*types(2020, a=11111, b=2), *types(2021, a=3, b=4)]


def test_a_release_that_repeats_all_leaves_nothing_out(compared):
    after = [*types(2020, a=1, b=2, c=9), *types(2021, a=3, b=4), *types(2022, a=5)]
    assert left_out(compared(TWO_YEARS, after)) == []


def test_a_release_without_a_period_of_the_one_before_leaves_it_out(compared):
    figures = compared(TWO_YEARS, [*types(2021, a=3, b=4), *types(2022, a=5, b=6)])
    assert left_out(figures) == ["leaves out 2020, which the release of 2024-01-31 gives"]
    [problem] = comparisons.left_out(figures, FILE, "the release of 2024-01-31", [])
    assert problem.rule == comparisons.LEFT_OUT
    assert "if the window moves on, say `revisions: {may_leave_out: [periods]}`" in problem.next_step
    assert problem.next_step.endswith(ACCEPT)


def test_a_window_may_move_on_where_the_contract_says_so(compared):
    figures = compared(TWO_YEARS, [*types(2021, a=3, b=4), *types(2022, a=5, b=6)])
    assert left_out(figures, "periods") == []
    assert left_out(figures, "labels") == ["leaves out 2020, which the release of 2024-01-31 gives"]


def test_a_release_of_other_periods_alone_leaves_nothing_out(compared):
    assert left_out(compared(TWO_YEARS, types(2022, a=1))) == []


def test_periods_that_are_left_out_are_named_in_order_and_not_all(compared):
    before = [figure for of in range(2000, 2020) for figure in types(of, a=1)]
    [reason] = left_out(compared(before, types(2019, a=1)))
    assert "2009, 2010, 2011 and 7 other periods, which" in reason


def test_a_release_without_a_label_of_the_one_before_leaves_it_out(compared):
    figures = compared(TWO_YEARS, [*types(2020, a=11111), *types(2021, a=3)])
    assert left_out(figures) == ["leaves out 2 figures that the release of 2024-01-31 gives: crime type 'b'"]
    assert left_out(figures, "labels") == []
    assert len(left_out(figures, "periods")) == 1


def test_a_label_that_is_left_out_in_one_period_is_named_with_it(compared):
    figures = compared(TWO_YEARS, [*types(2020, a=11111, b=2), *types(2021, a=3)])
    assert left_out(figures) == ["leaves out 1 figure that the release of 2024-01-31 gives: cases, b, 2021"]


def test_periods_and_labels_are_both_told(compared):
    figures = compared(TWO_YEARS, types(2021, a=3))
    assert [reason.split(" gives")[0] for reason in left_out(figures)] == [
        "leaves out 2020, which the release of 2024-01-31",
        "leaves out 1 figure that the release of 2024-01-31",
    ]


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ({"measure": "suspects"}, {}, "measure 'suspects'"),
        ({"age_band": "0-17"}, {}, "age band '0-17'"),
        ({"sex": "male"}, {"sex": "female"}, "sex 'male'"),
        ({"other_dimensions": '{"place":"x"}'}, {}, 'other dimensions \'{"place":"x"}\''),
    ],
)
def test_whatever_is_left_out_is_called_by_its_dimension(compared, before, after, label):
    figures = compared(
        [{"value": 1}, {"value": 2} | before], [{"value": 1}, {"value": 7, "region": "x"} | after]
    )
    assert left_out(figures) == [f"leaves out 1 figure that the release of 2024-01-31 gives: {label}"]


def test_a_label_with_the_very_figures_of_another_may_be_it_renamed(compared):
    after = [*types(2020, c=11111, b=2), *types(2021, c=3, b=4)]
    assert left_out(compared(TWO_YEARS, after)) == [
        "leaves out 2 figures that the release of 2024-01-31 gives: crime type 'a' "
        "(new with the same figures is 'c': renamed?)"
    ]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({2020: {"c": 11112, "b": 2}, 2021: {"c": 3, "b": 4}}, id="another figure"),
        pytest.param({2020: {"c": 11111, "b": 2}, 2021: {"b": 4}}, id="not in every period"),
        pytest.param({2020: {"b": 2}, 2021: {"b": 4, "c": 3}}, id="one small figure"),
    ],
)
def test_a_label_with_other_figures_is_no_new_name(compared, after):
    [reason] = left_out(compared(TWO_YEARS, [f for of, values in after.items() for f in types(of, **values)]))
    assert "crime type 'a'" in reason
    assert "renamed" not in reason


def test_small_figures_that_agree_are_no_new_name(compared):
    before, after = [*types(2020, a=1, b=9)], [*types(2020, c=1, b=9)]
    assert left_out(compared(before, after)) == [
        "leaves out 1 figure that the release of 2024-01-31 gives: crime type 'a'"
    ]


def test_a_label_that_was_there_before_is_no_new_name(compared):
    before = types(2020, a=12345, b=12345)
    assert "renamed" not in left_out(compared(before, types(2020, b=12345)))[0]


# Emptied


def emptied(figures: pd.DataFrame) -> list[str]:
    return reasons(comparisons.emptied(figures, FILE, "the release of 2024-01-31"))


def test_numbers_that_are_none_any_more_are_emptied(compared):
    before = types(2020, a=0, b=2, c=3, d=0)
    after = types(2020, a=None, b=None, c=3, d=None)
    after[1]["value_status"] = "suppressed"
    assert emptied(compared(before, after)) == [
        "leaves empty 3 figures (2 of them were 0) that the release of 2024-01-31 gives as numbers: "
        "cases, a, 2020; cases, b, 2020; cases, d, 2020"
    ]
    [problem] = comparisons.emptied(compared(before, after), FILE, "the release of 2024-01-31")
    assert problem.rule == comparisons.EMPTIED
    assert problem.next_step == f"If blanks stand for zeros, `missingValues: {{'': zero}}`; else {ACCEPT}"


def test_zeros_that_there_were_none_of_are_not_counted(compared):
    assert emptied(compared(types(2020, a=5), types(2020, a=None)))[0].startswith(
        "leaves empty 1 figure that the release"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (types(2020, a=None), types(2020, a=None)),
        (types(2020, a=None), types(2020, a=1)),
        (types(2020, a=1), types(2020, b=None)),  # left out, which is another finding
        (types(2020, a=1), types(2020, a=0)),
        (types(2020, a=0), types(2020, a=0)),
    ],
)
def test_what_was_no_number_or_still_is_one_is_not_emptied(compared, before, after):
    assert emptied(compared(before, after)) == []


# Restated


def restated(figures: pd.DataFrame, hold_pct: float = 20) -> list[str]:
    return reasons(comparisons.restated(figures, FILE, "the release of 2024-01-31", hold_pct))


def test_a_period_whose_figures_moved_by_more_than_the_limit_together_is_restated(compared):
    figures = compared(types(2020, a=100, b=100), types(2020, a=110, b=69))
    assert restated(figures) == [
        "restates cases of 2020 by 20% against the release of 2024-01-31, more than 20%: "
        "cases, b was 100 and is 69"
    ]
    [problem] = comparisons.restated(figures, FILE, "the release of 2024-01-31", 20)
    assert problem.rule == comparisons.RESTATED
    assert problem.next_step.endswith(ACCEPT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(types(2020, a=100, b=100), types(2020, a=120, b=80), id="just as much as the limit"),
        pytest.param(
            types(2020, a=1, b=1000), types(2020, a=9, b=1000), id="one small figure among large ones"
        ),
        pytest.param(types(2020, a=100), types(2020, b=500), id="other figures"),
        pytest.param(types(2020, a=100), types(2020, a=None), id="a figure that is empty"),
        pytest.param(types(2020, a=None), types(2020, a=100), id="a figure that was empty"),
        pytest.param(types(2020, a=0), types(2020, a=0), id="nothing and nothing"),
    ],
)
def test_a_period_whose_figures_moved_little_is_not(compared, before, after):
    assert restated(compared(before, after)) == []


def test_columns_that_changed_places_are_restated_though_their_sum_is_the_same(compared):
    [reason] = restated(compared(types(2020, a=1000, b=10), types(2020, a=10, b=1000)))
    assert reason.startswith("restates cases of 2020 by 196% against")


def test_each_period_and_measure_is_restated_by_itself(compared):
    before = [*types(2020, a=100), *types(2021, a=100), {"value": 100, "measure": "suspects"} | year(2021)]
    after = [*types(2020, a=100), *types(2021, a=200), {"value": 100_000, "measure": "suspects"} | year(2021)]
    assert [reason.split(" against")[0] for reason in restated(compared(before, after))] == [
        "restates cases of 2021 by 100%",
        "restates suspects of 2021 by 99900%",
    ]


def test_nothing_that_became_something_is_restated(compared):
    assert restated(compared(types(2020, a=0), types(2020, a=1)))[0].startswith(
        "restates cases of 2020 from 0 "
    )


@pytest.mark.parametrize(("hold_pct", "held"), [(0, True), (0.5, True), (1, False), (100, False)])
def test_the_contract_says_how_much_is_too_much(compared, hold_pct, held):
    assert bool(restated(compared(types(2020, a=100), types(2020, a=101)), hold_pct)) is held


def test_the_largest_change_is_quoted_with_thousands(compared):
    figures = compared(types(2020, a=12345, b=1), types(2020, a=1234567, b=9))
    assert restated(figures)[0].endswith("cases, a was 12,345 and is 1,234,567")


# Revised beyond the tolerance: a warning, through Great Expectations


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    return Validator(tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize(
    ("after", "verdict", "said"),
    [
        (types(2020, a=100, b=200, c=0), "passed", ""),
        (types(2020, a=105, b=190, c=7), "passed", ""),  # of a figure that was 0 there is no percentage
        (
            types(2020, a=106, b=100, c=0),
            "failed",
            "revises 2 figures by more than 5%: cases, a, 2020: 100 in the release of 2024-01-31, 106 now; "
            "cases, b, 2020: 200 in the release of 2024-01-31, 100 now",
        ),
        (types(2020, b=250), "failed", "revises 1 figure by more than 5%: cases, b, 2020"),
        (types(2020, a=0, b=200, c=0), "failed", "cases, a, 2020: 100 in the release of 2024-01-31, 0 now"),
    ],
)
def test_figures_that_are_revised_by_more_than_the_tolerance_are_told(
    compared, validator, after, verdict, said
):
    figures = compared(types(2020, a=100, b=200, c=0), after)
    [result] = comparisons.within_tolerance(
        figures, Revisions(), "series.t", "abc", validator, "the release of 2024-01-31"
    )
    assert (result.verdict, result.rule.severity, result.blocks) == (verdict, "warning", False)
    assert said in result.explanation
    assert bool(said) is bool(result.explanation)


def test_the_contract_says_what_is_tolerated(compared, validator):
    figures = compared(types(2020, a=100), types(2020, a=101))
    verdicts = [
        comparisons.within_tolerance(
            figures, Revisions(tolerance_pct=limit), "series.t", f"at {limit}", validator, "2024-01-31"
        )[0].verdict
        for limit in (0, 0.5, 1)
    ]
    assert verdicts == ["failed", "failed", "passed"]


def test_releases_without_a_figure_in_common_are_not_compared(compared, validator):
    figures = compared(types(2020, a=100), types(2021, a=101))
    assert comparisons.within_tolerance(figures, Revisions(), "series.t", "abc", validator, "x") == []
