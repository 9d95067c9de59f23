"""How figures changed on the same period a year earlier, and what each crime type contributed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.given import LAST, LATER, built, correction, figure, others, series_break

REASONS = {
    "no value": "no figure for this period",
    "no row": "no figure for the period a year earlier",
    "no previous value": "no number for the period a year earlier",
    "no sum": "not all parts of this sum are known",
    "ended": "no longer published, as it was a year earlier",
    "sum and published": "a sum of parts does not compare with a published figure",
    "unfinished": "the figure was released before its period ended",
    "unfinished before": "the figure of a year earlier was released before its period ended",
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
    figures = [figure(100, period=period, **LATER), figure(80, period=earlier, **LATER)]
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
        figure(2406, measure="suspects", period="2023-11-01/2024-10-31", **LATER),
        figure(3557, measure="suspects", period="2024-11-01/2025-10-31", change="47.8", **LATER),
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


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_a_sum_has_no_value_when_a_part_is_not_a_number(status):
    figures = [
        *by_type(2023, 30, 50),
        *(figure(60, crime_type="deepfake"), figure(None, crime_type="theft", value_status=status)),
    ]
    columns = "value, previous_value, change, no_change_reason"

    assert (None, 80, None, REASONS["no sum"]) in trends(figures, columns, totals="none")


def test_there_is_no_sum_beside_a_printed_total():
    assert trends([figure(100), *by_type(2024, 60, 40)], "crime_type, value_origin", totals="printed") == [
        ("deepfake", "published"),
        ("illegal_recording", "published"),
        ("total", "published"),
    ]


@pytest.mark.parametrize("totals", ["none", "printed"])
def test_a_printed_total_that_is_no_number_is_the_total_of_its_file(totals):
    # Where a total is printed, the sum of the parts beside it does not stand in for it.
    suppressed = {"value_status": "suppressed"}
    figures = [
        *(figure(None, year=2023, **suppressed), *by_type(2023, 30, 50)),
        *(figure(None, year=2024, **suppressed), *by_type(2024, 60, 40)),
    ]
    found = trends(figures, "crime_type, value, previous_value, no_change_reason", totals=totals)

    assert [row for row in found if row[0] == "total"] == [("total", None, None, REASONS["no value"])]


def test_there_is_one_total_when_a_later_release_prints_one():
    # The parts stand, of the earlier release; they are no parts of the later one's total.
    figures = [
        *(figure(90, year=2023, **LATER), *by_type(2023, 30, 50)),
        *(figure(120, year=2024, **LATER), *by_type(2024, 60, 40)),
    ]
    columns = "crime_type, value, previous_value, change, round(contribution_pp, 2)"

    assert trends(figures, columns, totals={"first": "none"}) == [
        ("deepfake", 60, 30, 30, None),
        ("illegal_recording", 40, 50, -10, None),
        ("total", 120, 90, 30, 33.33),
    ]


def test_sums_of_different_parts_are_not_compared():
    figures = [
        *by_type(2023, 30, 50),
        *by_type(2024, 60, 40),
        figure(10, year=2024, crime_type="theft"),
    ]
    columns = "crime_type, change, contribution_pp, no_change_reason"

    assert trends(figures, columns, totals="none") == [
        ("deepfake", 30, None, None),
        ("illegal_recording", -10, None, None),
        ("theft", None, None, REASONS["no row"]),
        ("total", None, None, "the totals are not of the same parts: new crime_type theft"),
    ]


def test_the_reason_names_the_parts_that_came_and_those_that_went():
    came, went = ("a", "b", "c", "d"), ("w", "x")
    figures = [
        *by_type(2023, 30, 50),
        *by_type(2024, 60, 40),
        *(figure(1, crime_type=code) for code in came),
        *(figure(1, year=2023, crime_type=code) for code in went),
    ]
    reason = (
        "the totals are not of the same parts: new crime_type a, crime_type b, crime_type c, … "
        "without crime_type w, crime_type x"
    )

    assert ("total", reason) in trends(figures, "crime_type, no_change_reason", totals="none")


def test_a_part_that_there_is_none_of_does_not_make_another_sum():
    figures = [
        *(*by_type(2023, 30, 50), figure(3, year=2023, crime_type="theft")),
        *(*by_type(2024, 60, 40), figure(None, crime_type="theft", value_status="not_applicable")),
    ]

    assert ("total", 100, 83, 17) in trends(
        figures, "crime_type, value, previous_value, change", totals="none"
    )


@pytest.mark.parametrize("year_with_total", [2023, 2024])
def test_a_sum_is_not_compared_with_a_printed_total(year_with_total):
    figures = [
        figure(80, year=year_with_total, export_id="with total"),
        *by_type(2023, 30, 50, export_id="with total" if year_with_total == 2023 else "first"),
        *by_type(2024, 60, 40, export_id="with total" if year_with_total == 2024 else "first"),
    ]
    totals = {"with total": "printed", "first": "none"}

    assert ("total", None, REASONS["sum and published"]) in trends(
        figures, "crime_type, change, no_change_reason", totals=totals
    )


def test_a_printed_total_of_all_regions_compares_only_with_one_of_the_same_regions():
    # The publisher's own total, of the regions of its table; one joined in 2024.
    figures = [
        *(
            figure(30, year=2023),
            figure(10, year=2023, region="busan"),
            figure(20, year=2023, region="seoul"),
        ),
        *(figure(66), figure(20, region="busan"), figure(30, region="seoul"), figure(16, region="ulsan")),
    ]
    found = trends(figures, "region, change, no_change_reason", totals="printed")

    assert found == [
        ("busan", 10, None),
        ("seoul", 10, None),
        ("total", None, "the totals are not of the same parts: new region ulsan"),
        ("ulsan", None, REASONS["no row"]),
    ]


# Breaks in a series


def broken(figures, *breaks, **said):
    """Change and reason of every row of 2024."""
    return trends(figures, "change, no_change_reason", series_breaks=list(breaks), **said)


DEEPFAKES = [figure(80, year=2023, crime_type="deepfake"), figure(100, crime_type="deepfake")]


@pytest.mark.parametrize("day", ["2023-01-02", "2023-07-01", "2024-01-01", "2024-12-31"])
def test_there_is_no_change_across_a_break(day):
    reason = f"the series breaks: {day} new definition"

    assert broken(DEEPFAKES, series_break("deepfake", day)) == [(None, reason)]


@pytest.mark.parametrize("day", ["2022-07-01", "2023-01-01", "2025-01-01"])
def test_a_break_before_the_earlier_or_after_the_later_period_does_not_matter(day):
    # On the first day of the earlier period all of it counts the new thing.
    assert broken(DEEPFAKES, series_break("deepfake", day)) == [(20, None)]


def test_of_several_breaks_the_first_is_named():
    breaks = [
        series_break("deepfake", "2024-03-01", "later"),
        series_break("deepfake", "2023-03-01", "sooner"),
    ]

    assert broken(DEEPFAKES, *breaks) == [(None, "the series breaks: 2023-03-01 sooner")]


def test_a_break_is_of_its_own_code():
    assert broken(DEEPFAKES, series_break("illegal_recording", "2024-01-01")) == [(20, None)]


@pytest.mark.parametrize(("source", "breaks"), [(None, True), ("police", True), ("prosecutors", False)])
def test_a_break_is_of_all_sources_or_of_its_own(source, breaks):
    [(change, _)] = broken(DEEPFAKES, series_break("deepfake", "2024-01-01", source=source))

    assert (change is None) == breaks


@pytest.mark.parametrize("dimension", ["crime_type", "region", "measure"])
def test_types_regions_and_measures_may_break(dimension):
    codes = {"crime_type": "deepfake", "region": "seoul", "measure": "suspects"}
    figures = [figure(80, year=2023, **codes), figure(100, **codes)]

    [(change, reason)] = broken(
        figures, series_break(codes[dimension], "2024-01-01", "since then otherwise", dimension=dimension)
    )
    assert (change, reason) == (None, "the series breaks: 2024-01-01 since then otherwise")


def test_a_code_of_one_dimension_does_not_break_another():
    figures = [figure(80, year=2023, region="x"), figure(100, region="x")]

    assert broken(figures, series_break("x", "2024-01-01")) == [(20, None)]


def test_the_values_stand_on_both_sides_of_a_break():
    found = trends(DEEPFAKES, series_breaks=[series_break("deepfake", "2024-01-01")])

    assert found == [("deepfake", 100, 80, None, None)]


# Periods that were not over


def test_there_is_no_change_of_a_figure_that_was_released_before_its_period_ended():
    figures = [figure(80, year=2023), figure(50, released_on="2024-07-01")]

    assert trends(figures, "change, no_change_reason") == [(None, REASONS["unfinished"])]


def test_there_is_no_change_on_a_figure_that_was_released_before_its_period_ended():
    figures = [figure(40, year=2023, released_on="2023-07-01"), figure(100)]

    assert trends(figures, "change, no_change_reason") == [(None, REASONS["unfinished before"])]


def test_a_figure_of_an_unfinished_period_is_replaced_by_that_of_a_later_release():
    figures = [figure(80, year=2023), figure(50, released_on="2024-07-01"), figure(100, **LATER)]

    assert trends(figures, "change, no_change_reason") == [(20, None)]


# Types that end, and figures that are withdrawn


def test_a_type_that_is_no_longer_published_ends_and_does_not_fall_to_zero():
    figures = [*by_type(2023, 30, 50), figure(60, crime_type="deepfake")]
    columns = "crime_type, value, value_status, previous_value, change, no_change_reason"

    assert ("illegal_recording", None, "missing", 50, None, REASONS["ended"]) in trends(
        figures, columns, totals="none"
    )


def test_a_table_that_may_not_have_all_types_ends_none():
    figures = [*by_type(2023, 30, 50), figure(60, crime_type="deepfake")]

    assert trends(figures, "crime_type", totals="partial") == [("deepfake",)]


def test_a_type_does_not_end_with_the_last_year_of_its_table():
    assert trends(by_type(2023, 30, 50), "crime_type", totals="none") == []


def test_a_type_that_another_table_still_gives_has_not_ended():
    figures = [
        *(*by_type(2023, 30, 50), figure(60, crime_type="deepfake")),
        figure(40, crime_type="illegal_recording", export_id="another"),
    ]
    said = {"totals": "none", "exports": {"another": {"table_name": "another"}}}

    assert ("illegal_recording", 40, -10) in trends(figures, "crime_type, value, change", **said)


def test_a_type_that_was_no_number_a_year_earlier_does_not_end():
    figures = [*by_type(2023, 30, None), figure(60, crime_type="deepfake")]

    assert "illegal_recording" not in [code for (code,) in trends(figures, "crime_type", totals="none")]


def test_a_type_ends_in_every_region_that_had_it():
    figures = [
        *(*by_type(2023, 30, 50, region="busan"), *by_type(2023, 3, 5, region="seoul")),
        *(
            figure(60, crime_type="deepfake", region="busan"),
            figure(6, crime_type="deepfake", region="seoul"),
        ),
    ]
    found = trends(figures, "crime_type, region, previous_value, no_change_reason", totals="none")

    assert [row for row in found if row[0] == "illegal_recording"] == [
        ("illegal_recording", "busan", 50, REASONS["ended"]),
        ("illegal_recording", "seoul", 5, REASONS["ended"]),
        ("illegal_recording", "total", 55, REASONS["ended"]),
    ]


def test_a_region_whose_own_file_has_not_come_yet_has_not_ended():
    # One table, one file a year for each region.
    def of(region, year, released_on):
        given = {"region": region, "export_id": f"{region} {year}", "released_on": released_on}
        return by_type(year, 30, 50, **given)

    figures = [
        *of("busan", 2023, "2024-01-31"),
        *of("seoul", 2023, "2024-01-31"),
        *of("busan", 2024, "2025-01-31"),
    ]
    exports = {
        f"{region} {year}": {"scope": f'{{"region": "{region}"}}', "is_complete": True}
        for region in ("busan", "seoul")
        for year in (2023, 2024)
    }
    found = trends(figures, "distinct region", totals={"crime_type": "none"}, exports=exports)

    assert found == [("busan",)]


def test_a_figure_that_a_later_release_withdrew_has_a_row_without_a_value():
    figures = [*by_type(2024, 60, 40), figure(61, crime_type="deepfake", **LATER)]
    columns = "crime_type, value, value_status, no_change_reason"

    assert trends(figures, columns, totals="none") == [
        ("deepfake", 61, "observed", REASONS["no row"]),
        ("illegal_recording", None, "missing", "withdrawn by the release of 2026-01-31, was 40"),
        ("total", 61, "observed", REASONS["no row"]),
    ]


ENDED = {"is_end": True, "note": "no longer counted"}


def test_a_type_that_is_not_counted_any_more_keeps_its_figures_and_ends_in_a_break():
    figures = [
        *(*by_type(2023, 30, 50), *by_type(2024, 60, 40)),
        *(
            figure(31, crime_type="deepfake", period="2023", **LATER),
            figure(61, crime_type="deepfake", **LATER),
        ),
        figure(70, crime_type="deepfake", period="2025", **LATER),
    ]
    breaks = [series_break("illegal_recording", "2025-01-01", **ENDED)]
    said = {"totals": "none", "series_breaks": breaks}
    found = [trends(figures, "crime_type, value", year, **said) for year in (2023, 2024, 2025)]

    assert [dict(rows).get("illegal_recording", "no row") for rows in found] == [50, 40, None]
    assert [dict(rows)["total"] for rows in found] == [31, 61, 70], "of the types of the later release"
    reasons = dict(trends(figures, "crime_type, no_change_reason", 2025, **said))
    assert reasons["illegal_recording"] == "the series breaks: 2025-01-01 no longer counted"


def test_a_type_that_ended_after_the_later_release_is_withdrawn_by_it():
    figures = [*by_type(2024, 60, 40), figure(61, crime_type="deepfake", **LATER)]
    breaks = [series_break("illegal_recording", "2027-01-01", **ENDED)]

    assert ("illegal_recording", None) in trends(
        figures, "crime_type, value", totals="none", series_breaks=breaks
    )


def test_a_figure_that_was_given_twice_was_what_it_was_last():
    figures = [
        *by_type(2024, 60, 40),
        *by_type(2024, 60, 44, **LATER),
        figure(61, crime_type="deepfake", **LAST),
    ]
    found = trends(figures, "crime_type, no_change_reason", totals="none")

    assert ("illegal_recording", "withdrawn by the release of 2027-01-31, was 44") in found


def test_a_figure_that_two_tables_withdrew_has_one_row():
    figures = [
        cell
        for table in ("a", "b")
        for cell in (
            *by_type(2024, 60, 40, export_id=f"{table} first"),
            figure(61, crime_type="deepfake", **(LATER | {"export_id": f"{table} later"})),
        )
    ]
    exports = {
        f"{table} {release}": {"table_name": table} for table in "ab" for release in ("first", "later")
    }
    found = trends(figures, "crime_type, value", totals="none", exports=exports)

    assert [row for row in found if row[0] == "illegal_recording"] == [("illegal_recording", None)]


def test_a_withdrawn_figure_that_another_table_gives_is_not_withdrawn():
    figures = [
        *(*by_type(2024, 60, 40), figure(61, crime_type="deepfake", **LATER)),
        figure(40, crime_type="illegal_recording", export_id="another"),
    ]
    said = {"totals": "none", "exports": {"another": {"table_name": "another"}}}

    assert ("illegal_recording", 40) in trends(figures, "crime_type, value", **said)


def test_a_type_that_ended_by_being_withdrawn_has_one_row():
    # The first release had it for both years, the later one has it for 2023 only.
    figures = [
        *(*by_type(2023, 30, 50), *by_type(2024, 60, 40)),
        *(*by_type(2023, 30, 50, **LATER), figure(61, crime_type="deepfake", **LATER)),
    ]
    found = trends(figures, "crime_type, value", totals="none")

    assert [row for row in found if row[0] == "illegal_recording"] == [("illegal_recording", None)]


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


def by_region(year, busan, seoul, **given):
    return [
        figure(busan, year=year, region="busan", **given),
        figure(seoul, year=year, region="seoul", **given),
    ]


@pytest.mark.parametrize("totals", ["none", "printed"])
def test_regions_contribute_to_the_change_of_all_regions(totals):
    figures = [*by_region(2023, 30, 50), *by_region(2024, 60, 40)]
    if totals == "printed":
        figures += [figure(80, year=2023), figure(100)]

    assert trends(figures, "region, change, region_contribution_pp", totals=totals) == [
        ("busan", 30, 37.5),
        ("seoul", -10, -12.5),
        ("total", 20, 25.0),
    ]


def test_a_part_without_a_change_leaves_no_contributions():
    figures = [*by_type(2023, 30, 50), *by_type(2024, 60, 40)]
    breaks = [series_break("deepfake", "2024-01-01")]
    found = trends(figures, "crime_type, change, contribution_pp", totals="none", series_breaks=breaks)

    assert [row for row in found if row[0] != "total"] == [
        ("deepfake", None, None),
        ("illegal_recording", -10, None),
    ]


def test_a_type_that_ends_leaves_no_contributions():
    figures = [*by_type(2023, 30, 50), figure(80, year=2023), figure(60, crime_type="deepfake"), figure(60)]

    assert trends(figures, "crime_type, contribution_pp", totals="printed") == [
        ("deepfake", None),
        ("illegal_recording", None),
        ("total", -25.0),
    ]


def test_contributions_of_a_group_and_of_its_parts_are_to_the_same_whole():
    parents = {"deepfake": "online", "illegal_recording": "online"}
    figures = [
        *(*by_type(2023, 30, 50), figure(20, year=2023, crime_type="theft")),
        *(*by_type(2024, 60, 40), figure(10, year=2024, crime_type="theft")),
    ]

    assert trends(figures, "crime_type, contribution_pp", totals="none", parents=parents) == [
        ("deepfake", 30.0),
        ("illegal_recording", -10.0),
        ("online", 20.0),
        ("theft", -10.0),
        ("total", 10.0),
    ]


def test_contributions_do_not_depend_on_which_groups_another_export_prints():
    parents = {"deepfake": "online", "illegal_recording": "online"}
    figures = [
        *(*by_type(2023, 30, 50), figure(80, year=2023, crime_type="online")),
        *(*by_type(2024, 60, 40), figure(100, year=2024, crime_type="online")),
        figure(7, year=2022, crime_type="deepfake", measure="suspects", export_id="suspects"),
    ]
    found = trends(figures, "crime_type, contribution_pp", totals={"first": "none"}, parents=parents)

    assert ("deepfake", 37.5) in found


# What belongs together


def test_each_region_is_compared_with_itself():
    figures = [
        *by_type(2023, 30, 50, region="busan"),
        *by_type(2024, 60, 40, region="busan"),
        *by_type(2023, 10, 10, region="seoul"),
        *by_type(2024, 20, 10, region="seoul"),
    ]
    columns = "region, crime_type, value, previous_value, contribution_pp"

    assert trends(figures, columns, totals={"crime_type": "none"}) == [
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
    [{"age_band": "10-19"}, {"sex": "female"}, others(place="home")],
    ids=lambda part: next(iter(part)),
)
def test_figures_of_an_age_a_sex_or_a_further_dimension_are_no_rows(part):
    assert trends([figure(100), figure(40, **part)], "value") == [(100,)]


def test_parts_of_an_age_a_sex_or_a_further_dimension_that_may_not_be_all_are_not_summed():
    figures = [
        *by_type(2024, 60, 40, sex="female"),
        *by_type(2024, 6, 4, age_band="10-19"),
        *by_type(2024, 3, 2, **others(place="home")),
    ]

    assert trends(figures, "value", totals={"crime_type": "none"}) == []


@pytest.mark.parametrize(
    ("dimension", "one", "two"),
    [
        ("age_band", {"age_band": "0-19"}, {"age_band": "20+"}),
        ("sex", {"sex": "female"}, {"sex": "male"}),
        ("place", others(place="home"), others(place="street")),
    ],
)
def test_parts_of_ages_sexes_or_a_further_dimension_that_are_all_there_is_are_summed(dimension, one, two):
    figures = [*by_type(2024, 6, 4, **one), *by_type(2024, 60, 40, **two)]
    totals = {"crime_type": "none", dimension: "none"}

    assert trends(figures, "crime_type, value, value_origin", totals=totals) == [
        ("deepfake", 66, "sum_of_parts"),
        ("illegal_recording", 44, "sum_of_parts"),
        ("total", 110, "sum_of_parts"),
    ]


def test_a_row_says_which_cell_it_came_from():
    figures = [figure(100, source_row=7, source_column="cases")]
    columns = "export_id, source_file, source_row, source_column"

    assert trends(figures, columns) == [("first", "police/first.csv", 7, "cases")]


def test_a_sum_names_its_export_and_no_cell():
    columns = "crime_type, export_id, source_file, source_row"

    found = trends(by_type(2024, 60, 40), columns, totals="none")
    assert ("total", "first", "police/first.csv", None) in found


def test_a_corrected_figure_changes_as_corrected_and_keeps_what_is_published():
    figures = [figure(80, year=2023), figure(1000, change="25.0")]
    columns = "value, published_value, is_corrected, change_pct, published_change_pct"

    assert trends(figures, columns, correction_entries=[correction(1000, 100)]) == [
        (100, 1000, True, 25.0, 25.0)
    ]


# Months and years


def monthly(year, values, **given):
    return [
        figure(value, period=f"{year}-{month:02}", **given) for month, value in enumerate(values, start=1)
    ]


def test_years_that_are_sums_of_their_months_are_compared():
    figures = [*monthly(2023, [10] * 12), *monthly(2024, [11] * 12)]
    columns = "period_kind, value, previous_value, change_pct, value_origin"
    found = trends(figures, columns)

    assert ("year", 132, 120, 10.0, "sum_of_periods") in found
    assert found.count(("month", 11, 10, 10.0, "published")) == 12


def test_the_months_of_cumulative_figures_are_compared():
    figures = [
        figure(value, period=f"{year}-01/{year}-{month:02}")
        for year, values in ((2023, (10, 30)), (2024, (20, 50)))
        for month, value in enumerate(values, start=1)
    ]
    columns = "period_start::varchar, period_end::varchar, value, change, value_origin, is_cumulative"

    assert trends(figures, columns, exports={"first": {"is_cumulative": True}}) == [
        ("2024-01-01", "2024-01-31", 20, 10, "published", True),
        ("2024-01-01", "2024-02-29", 50, 20, "published", True),
        ("2024-02-01", "2024-02-29", 30, 10, "difference", False),
    ]


# Contributions of many types and regions

counts = st.integers(0, 10_000)
tables = st.integers(1, 4).flatmap(
    lambda types: st.integers(1, 3).flatmap(
        lambda regions: st.lists(
            st.lists(st.lists(counts, min_size=regions, max_size=regions), min_size=types, max_size=types),
            min_size=2,
            max_size=2,
        )
    )
)


@settings(max_examples=5, deadline=None)  # each is of up to twelve tables
@given(st.lists(tables, min_size=1, max_size=12), st.sampled_from(["none", "printed"]))
def test_contributions_add_up_to_the_change_of_the_whole(drawn, totals):
    """Each table is a source of its own: two years of types by regions, with or without totals."""
    figures = [
        cell
        for number, table in enumerate(drawn)
        for year, types in zip((2023, 2024), table, strict=True)
        for cell in _cells(year, types, with_totals=totals == "printed", source=f"source {number}")
    ]
    connection = built(figures, totals=totals, made=["arrest_trends"])

    def wrong(other, contribution, part):
        return connection.sql(
            f"""
            with part as (
                select source, {other}, sum({contribution}) as parts, bool_and({contribution} is null) as is_empty
                from arrest_trends
                where {part} <> 'total' and year(period_start) = 2024
                group by all
            )
            select whole.source, whole.{other}, whole.change_pct, part.parts
            from arrest_trends as whole
            left join part using (source, {other})
            where
                whole.{part} = 'total' and year(whole.period_start) = 2024
                and (
                    whole.change is null
                    or abs(coalesce(whole.change_pct, 0) - coalesce(part.parts, 0)) > 1e-6
                    or (whole.previous_value > 0) = part.is_empty
                )
            """
        ).fetchall()

    assert wrong("region", "contribution_pp", "crime_type") == []
    assert wrong("crime_type", "region_contribution_pp", "region") == []
    assert connection.sql(
        "select count(*) from arrest_trends where year(period_start) = 2024"
    ).fetchall() == [(sum((len(table[0]) + 1) * (len(table[0][0]) + 1) for table in drawn),)]


def _cells(year, types, with_totals, **given):
    """A table of types by regions, with the totals of its rows and columns if it prints any."""
    for number, values in enumerate(types):
        for place, value in enumerate(values):
            yield figure(value, year=year, crime_type=f"type {number}", region=f"region {place}", **given)
        if with_totals:
            yield figure(sum(values), year=year, crime_type=f"type {number}", **given)
    if with_totals:
        for place, values in enumerate(zip(*types, strict=True)):
            yield figure(sum(values), year=year, region=f"region {place}", **given)
        yield figure(sum(map(sum, types)), year=year, **given)
