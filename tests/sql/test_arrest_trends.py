"""How figures changed on the same period a year earlier, and what each crime type contributed."""

from __future__ import annotations

import pytest

from tests.sql.given import LATER, built, figure

REASONS = {
    "no value": "no figure for this period",
    "no row": "no figure for the period a year earlier",
    "no previous value": "no number for the period a year earlier",
    "other parts": "the totals are not of the same crime types",
    "zero": "the figure a year earlier is 0",
}


def trends(figures, columns="crime_type, value, previous_value, change, change_pct", year=2024, **said):
    """Rows whose period ends in a year."""
    query = f"select {columns} from arrest_trends where year(period_end) = {year} order by all"
    return built(figures, made=["arrest_trends"], **said).sql(query).fetchall()


# The same period a year earlier


def test_change_is_on_the_same_period_a_year_earlier():
    assert trends([figure(80, year=2023), figure(100)]) == [("total", 100, 80, 20, 25.0)]


def test_a_fall_is_negative():
    assert trends([figure(80, year=2023), figure(60)]) == [("total", 60, 80, -20, -25.0)]


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        ("2024-11-01/2025-10-31", "2023-11-01/2024-10-31"),
        ("2024-03-01/2025-02-28", "2023-03-01/2024-02-29"),
        ("2023-03-01/2024-02-29", "2022-03-01/2023-02-28"),
        ("2024-02-01/2024-02-29", "2023-02-01/2023-02-28"),
        ("2025-02-01/2025-02-28", "2024-02-01/2024-02-29"),
        ("2024-01-01/2024-03-31", "2023-01-01/2023-03-31"),
        ("2024-12-01/2024-12-31", "2023-12-01/2023-12-31"),
        ("2024-06-30/2024-06-30", "2023-06-30/2023-06-30"),
        ("2024-02-22/2024-02-28", "2023-02-22/2023-02-28"),
        ("2024-02-28/2024-02-28", "2023-02-28/2023-02-28"),
        # As `periods.Period.a_year_earlier` has it, which the reconciliations go by.
        ("2024-02-29/2024-03-06", "2023-02-28/2023-03-06"),
    ],
)
def test_the_period_a_year_earlier_is_found(period, earlier):
    figures = [figure(100, period=period), figure(80, period=earlier)]
    query = "select previous_period_start::varchar, change from arrest_trends where value = 100"

    assert built(figures, made=["arrest_trends"]).sql(query).fetchall() == [(earlier.split("/")[0], 20)]


@pytest.mark.parametrize(
    "other",
    [
        "2022-01-01/2022-12-31",
        "2023-01-01/2023-06-30",
        "2023-07-01/2023-12-31",
        "2023-02-01/2024-01-31",
        "2023-01-01/2023-12-30",
    ],
)
def test_any_other_period_is_not_compared(other):
    figures = [figure(80, period=other), figure(100)]
    query = "select previous_value, change, no_change_reason from arrest_trends where value = 100"

    assert built(figures, made=["arrest_trends"]).sql(query).fetchall() == [(None, None, REASONS["no row"])]


# No change, and why


def test_change_is_empty_without_a_figure_a_year_earlier():
    assert trends([figure(100)], "change, change_pct, no_change_reason") == [(None, None, REASONS["no row"])]


def test_change_is_empty_when_the_figure_a_year_earlier_is_no_number():
    figures = [figure(None, year=2023, value_status="suppressed"), figure(100)]

    assert trends(figures, "change, change_pct, no_change_reason") == [
        (None, None, REASONS["no previous value"])
    ]


def test_change_is_empty_when_this_figure_is_no_number():
    figures = [figure(80, year=2023), figure(None, value_status="suppressed")]

    assert trends(figures, "change, change_pct, no_change_reason") == [(None, None, REASONS["no value"])]


def test_a_change_on_zero_is_no_percentage():
    figures = [figure(0, year=2023), figure(100)]

    assert trends(figures, "change, change_pct, no_change_reason") == [(100, None, REASONS["zero"])]


def test_a_change_to_zero_is_minus_100_percent():
    assert trends([figure(80, year=2023), figure(0)]) == [("total", 0, 80, -80, -100.0)]


def test_a_change_has_no_reason_to_be_empty():
    assert trends([figure(80, year=2023), figure(100)], "no_change_reason") == [(None,)]


# What the publisher prints


def test_the_published_change_stands_beside_the_computed_one():
    figures = [
        figure(2406, measure="suspects", period="2023-11-01/2024-10-31"),
        figure(3557, measure="suspects", period="2024-11-01/2025-10-31", change="47.8"),
    ]

    [(computed, published)] = trends(figures, "change_pct, published_change_pct", year=2025)
    assert (computed, published) == (pytest.approx(47.8387, abs=5e-5), 47.8)


def test_the_published_change_stands_where_none_can_be_computed():
    assert trends([figure(100, change="25.0")], "change_pct, published_change_pct") == [(None, 25.0)]


def test_a_printed_total_is_published_even_where_its_parts_contradict_it():
    figures = [figure(100), figure(60, crime_type="deepfake"), figure(50, crime_type="illegal_recording")]

    assert trends(figures, "crime_type, value, value_origin") == [
        ("deepfake", 60, "published"),
        ("illegal_recording", 50, "published"),
        ("total", 100, "published"),
    ]


def test_changes_are_between_the_figures_that_stand_today():
    figures = [figure(50, year=2023), figure(80, year=2023, **LATER), figure(100)]

    assert trends(figures) == [("total", 100, 80, 20, 25.0)]


# Sums, where no total is printed


def by_type(year, deepfake, recording, **given):
    return [
        figure(deepfake, year=year, crime_type="deepfake", **given),
        figure(recording, year=year, crime_type="illegal_recording", **given),
    ]


def test_the_sum_of_all_parts_is_a_row_of_its_own():
    figures = [*by_type(2023, 30, 50), *by_type(2024, 60, 40)]
    columns = "crime_type, value, previous_value, change_pct, value_origin"

    assert trends(figures, columns, totals="none") == [
        ("deepfake", 60, 30, 100.0, "published"),
        ("illegal_recording", 40, 50, -20.0, "published"),
        ("total", 100, 80, 25.0, "sum_of_parts"),
    ]


def test_parts_that_may_not_be_all_have_no_sum():
    figures = [*by_type(2023, 30, 50), *by_type(2024, 60, 40)]

    assert trends(figures, "crime_type", totals="partial") == [("deepfake",), ("illegal_recording",)]


def test_parts_have_no_sum_when_one_is_not_a_number():
    assert trends(by_type(2024, 60, None), "crime_type", totals="none") == [
        ("deepfake",),
        ("illegal_recording",),
    ]


def test_there_is_no_sum_beside_a_printed_total():
    assert trends([figure(100), *by_type(2024, 60, 40)], "crime_type, value_origin", totals="printed") == [
        ("deepfake", "published"),
        ("illegal_recording", "published"),
        ("total", "published"),
    ]


@pytest.mark.parametrize(("totals", "total"), [("none", (100, 80)), ("printed", (None, None))])
def test_there_is_one_total_when_the_printed_one_is_not_a_number(totals, total):
    # Where a total should be printed, the sum of the parts does not stand in for it.
    suppressed = {"value_status": "suppressed"}
    figures = [
        *(figure(None, year=2023, **suppressed), *by_type(2023, 30, 50)),
        *(figure(None, year=2024, **suppressed), *by_type(2024, 60, 40)),
    ]
    found = trends(figures, "crime_type, value, previous_value", totals=totals)

    assert [row for row in found if row[0] == "total"] == [("total", *total)]


def test_there_is_one_total_when_a_later_release_prints_one():
    # The parts stand, of the earlier release; they are no parts of the later one's total.
    figures = [
        *(figure(90, year=2023, **LATER), *by_type(2023, 30, 50)),
        *(figure(120, year=2024, **LATER), *by_type(2024, 60, 40)),
    ]
    columns = "crime_type, value, previous_value, change, round(contribution_pp, 2)"

    assert trends(figures, columns, totals="none") == [
        ("deepfake", 60, 30, 30, None),
        ("illegal_recording", 40, 50, -10, None),
        ("total", 120, 90, 30, 33.33),
    ]


def test_sums_of_different_parts_are_not_compared():
    figures = [
        *by_type(2023, 30, 50),
        *by_type(2024, 60, 40),
        figure(10, year=2024, crime_type="child_exploitation_material"),
    ]
    columns = "crime_type, change, contribution_pp, no_change_reason"

    assert trends(figures, columns, totals="none") == [
        ("child_exploitation_material", None, None, REASONS["no row"]),
        ("deepfake", 30, None, None),
        ("illegal_recording", -10, None, None),
        ("total", None, None, REASONS["other parts"]),
    ]


def test_a_sum_is_not_compared_with_a_printed_total():
    figures = [
        figure(80, year=2023, export_id="with total"),
        *by_type(2023, 30, 50, export_id="with total"),
        *by_type(2024, 60, 40),
    ]
    found = trends(figures, "change, no_change_reason", totals={"with total": "printed", "first": "none"})

    assert (None, REASONS["other parts"]) in found


# Contributions


def test_contributions_add_up_to_the_change_of_a_sum():
    figures = [*by_type(2023, 30, 50), *by_type(2024, 60, 40)]

    assert trends(figures, "crime_type, change, contribution_pp", totals="none") == [
        ("deepfake", 30, 37.5),
        ("illegal_recording", -10, -12.5),
        ("total", 20, 25.0),
    ]


def test_contributions_add_up_to_the_change_of_a_printed_total():
    figures = [
        *(figure(80, year=2023), *by_type(2023, 30, 50)),
        *(figure(100, year=2024), *by_type(2024, 60, 40)),
    ]

    assert trends(figures, "crime_type, change, contribution_pp", totals="printed") == [
        ("deepfake", 30, 37.5),
        ("illegal_recording", -10, -12.5),
        ("total", 20, 25.0),
    ]


def test_contribution_is_empty_when_the_whole_was_zero():
    figures = [*by_type(2023, 0, 0), *by_type(2024, 60, 40)]

    assert trends(figures, "contribution_pp", totals="none") == [(None,), (None,), (None,)]


def test_contribution_is_empty_when_the_parts_contradict_the_total():
    figures = [
        *(figure(100, year=2023), *by_type(2023, 30, 50)),
        *(figure(100, year=2024), *by_type(2024, 70, 50)),
    ]

    assert trends(figures, "crime_type, contribution_pp") == [
        ("deepfake", None),
        ("illegal_recording", None),
        ("total", 0.0),
    ]


def test_contribution_is_empty_when_the_parts_contradicted_the_total_a_year_earlier():
    # A year earlier the parts sum to 120 of 100: they are not parts of it, nor are their changes.
    figures = [
        *(figure(100, year=2023), *by_type(2023, 70, 50)),
        *(figure(200, year=2024), *by_type(2024, 80, 60)),
    ]

    assert trends(figures, "crime_type, contribution_pp") == [
        ("deepfake", None),
        ("illegal_recording", None),
        ("total", 100.0),
    ]


# What belongs together


def test_each_region_is_compared_with_itself():
    figures = [
        *by_type(2023, 30, 50, region="busan"),
        *by_type(2024, 60, 40, region="busan"),
        *by_type(2023, 10, 10, region="seoul"),
        *by_type(2024, 20, 10, region="seoul"),
    ]
    columns = "region, crime_type, value, previous_value, contribution_pp"

    assert trends(figures, columns, totals="none") == [
        ("busan", "deepfake", 60, 30, 37.5),
        ("busan", "illegal_recording", 40, 50, -12.5),
        ("busan", "total", 100, 80, 25.0),
        ("seoul", "deepfake", 20, 10, 50.0),
        ("seoul", "illegal_recording", 10, 10, 0.0),
        ("seoul", "total", 30, 20, 50.0),
    ]


def test_each_measure_and_each_source_is_compared_with_itself():
    figures = [
        figure(80, year=2023),
        figure(100),
        figure(10, year=2023, measure="suspects"),
        figure(5, measure="suspects"),
        figure(1, year=2023, source="prosecutors"),
        figure(2, source="prosecutors"),
    ]

    assert trends(figures, "source, measure, value, previous_value") == [
        ("police", "cases", 100, 80),
        ("police", "suspects", 5, 10),
        ("prosecutors", "cases", 2, 1),
    ]


@pytest.mark.parametrize(
    "part",
    [{"age_band": "10-19"}, {"sex": "female"}, {"other_dimensions": '{"place": "home"}'}],
    ids=lambda part: next(iter(part)),
)
def test_figures_of_an_age_a_sex_or_a_further_dimension_are_no_rows(part):
    assert trends([figure(100), figure(40, **part)], "value") == [(100,)]


def test_parts_of_an_age_a_sex_or_a_further_dimension_are_not_summed():
    figures = [
        *by_type(2024, 60, 40, sex="female"),
        *by_type(2024, 6, 4, age_band="10-19"),
        *by_type(2024, 3, 2, other_dimensions='{"place": "home"}'),
    ]

    assert trends(figures, "value", totals="none") == []


def test_a_row_says_which_cell_it_came_from():
    figures = [figure(100, source_row=7, source_column="cases")]
    columns = "export_id, source_file, source_row, source_column"

    assert trends(figures, columns) == [("first", "police/first.csv", 7, "cases")]


def test_a_sum_names_its_export_and_no_cell():
    columns = "export_id, source_file, source_row"

    found = trends(by_type(2024, 60, 40), columns, totals="none")
    assert ("first", None, None) in found
