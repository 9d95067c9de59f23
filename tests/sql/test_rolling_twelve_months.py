"""Twelve months up to each month: where all of them are there, and of the same thing."""

from __future__ import annotations

from tests.sql.given import LATER, built, correction, figure, others, series_break


def rolled(figures, columns="value", **said):
    """Rows by their last month."""
    connection = built(figures, made=["rolling_twelve_months"], **said)
    query = f"select strftime(period_end, '%Y-%m'), {columns} from rolling_twelve_months order by all"
    rows = connection.sql(query).fetchall()
    assert len({end for end, *_ in rows}) == len(rows)
    return {end: rest[0] if len(rest) == 1 else tuple(rest) for end, *rest in rows}


def months(values, first=(2023, 1), **given):
    """Figures of months in a row; those that are None are left out."""
    year, month = first
    return [
        figure(value, period=_month(12 * year + month - 1 + number), **given)
        for number, value in enumerate(values)
        if value is not None
    ]


def _month(number):
    return f"{number // 12}-{number % 12 + 1:02}"


def test_each_month_after_eleven_others_has_a_sum_of_twelve():
    assert rolled(months(range(1, 15))) == {"2023-12": 78, "2024-01": 90, "2024-02": 102}


def test_fewer_than_twelve_months_have_no_sum():
    assert rolled(months([1] * 11)) == {}


def test_a_month_that_is_not_there_leaves_no_sum_until_it_is_a_year_ago():
    assert rolled(months([1] * 12 + [None] + [1] * 13)) == {"2023-12": 12, "2025-01": 12, "2025-02": 12}


def test_a_month_that_is_no_number_leaves_no_sum_until_it_is_a_year_ago():
    figures = [
        *months([1] * 12),
        figure(None, period="2024-01", value_status="suppressed"),
        *months([1] * 12, (2024, 2)),
    ]

    assert rolled(figures) == {"2023-12": 12, "2025-01": 12}


def test_the_first_and_last_day_of_the_twelve_months_are_given():
    columns = "period_start::varchar, period_end::varchar"

    assert rolled(months([1] * 13, (2023, 2)), columns) == {
        "2024-01": ("2023-02-01", "2024-01-31"),
        "2024-02": ("2023-03-01", "2024-02-29"),
    }


def test_the_change_is_on_the_twelve_months_before():
    found = rolled(months([10] * 12 + [11] * 12), "value, previous_value, change, change_pct")

    assert found["2024-12"] == (132, 120, 12, 10.0)
    assert found["2024-11"] == (131, None, None, None)


def test_no_change_has_a_reason():
    found = rolled(months([10] * 12 + [11] * 12, crime_type="deepfake"), "change, no_change_reason")

    assert found["2023-12"] == (None, "not all of the twelve months before have a number")
    assert found["2024-12"] == (12, None)


def test_a_change_on_zero_is_no_percentage():
    found = rolled(months([0] * 12 + [1] * 12), "change, change_pct")

    assert found["2024-12"] == (12, None)


def test_years_and_quarters_are_no_months():
    quarters = [figure(1, period=f"2023-{month:02}/2023-{month + 2:02}") for month in (1, 4, 7, 10)]

    assert rolled([*quarters, figure(100, year=2023)]) == {}


def test_the_months_of_cumulative_figures_are_rolled():
    figures = [
        figure(10 * month, period=f"{year}-01/{year}-{month:02}")
        for year in (2023, 2024)
        for month in range(1, 13)
    ]
    found = rolled(figures, exports={"first": {"is_cumulative": True}})

    assert found["2023-12"] == 120
    assert len(found) == 13


def test_months_of_several_releases_are_rolled():
    figures = [*months([1] * 6), *months([1] * 6, (2023, 7), **LATER)]

    assert rolled(figures, "value, released_on::varchar") == {"2023-12": (12, "2026-01-31")}


def test_months_of_different_parts_are_not_rolled_together():
    figures = [
        *(*months([1] * 24, crime_type="deepfake"), *months([1] * 24, crime_type="recording")),
        *months([1] * 6, (2024, 7), crime_type="theft"),
    ]
    connection = built(figures, totals="none", made=["rolling_twelve_months"])
    query = """
        select strftime(period_end, '%Y-%m'), value
        from rolling_twelve_months
        where crime_type = 'total'
        order by all
    """

    assert connection.sql(query).fetchall() == [
        ("2023-12", 24),
        *((f"2024-{month:02}", 24) for month in range(1, 7)),
    ]


def test_printed_months_are_not_rolled_together_with_sums_of_parts():
    figures = [*months([2] * 6, export_id="totals"), *months([1] * 6, (2023, 7), crime_type="deepfake")]
    connection = built(
        figures,
        totals={"first": "none"},
        exports={"totals": {"table_name": "totals"}},
        made=["rolling_twelve_months"],
    )

    assert connection.sql("select value from rolling_twelve_months").fetchall() == []


def test_twelve_months_of_other_parts_do_not_compare():
    figures = [
        *(*months([1] * 24, crime_type="deepfake"), *months([1] * 24, crime_type="recording")),
        *months([1] * 12, (2024, 1), crime_type="theft"),
    ]
    connection = built(figures, totals="none", made=["rolling_twelve_months"])
    query = """
        select value, change, no_change_reason
        from rolling_twelve_months
        where crime_type = 'total' and period_end = '2024-12-31'
    """

    assert connection.sql(query).fetchall() == [
        (36, None, "the twelve months before are not of the same parts")
    ]


def test_twelve_months_do_not_compare_across_a_break_of_the_series():
    figures = months([10] * 12 + [11] * 12, crime_type="deepfake")
    breaks = [series_break("deepfake", "2024-01-01")]

    assert rolled(figures, "change, no_change_reason", series_breaks=breaks)["2024-12"] == (
        None,
        "the series breaks: 2024-01-01 new definition",
    )


def test_twelve_months_of_which_one_was_not_over_do_not_compare():
    figures = [*months([10] * 23), figure(3, period="2024-12", released_on="2024-12-10")]

    assert rolled(figures, "change, is_unfinished, no_change_reason")["2024-12"] == (
        None,
        True,
        "a month was not over when its figure was released",
    )


def test_each_type_region_and_measure_has_its_own_months():
    figures = [
        *months([1] * 12, crime_type="deepfake"),
        *months([2] * 12, region="seoul"),
        *months([3] * 12, measure="suspects"),
    ]
    connection = built(figures, made=["rolling_twelve_months"])
    query = "select crime_type, region, measure, value from rolling_twelve_months order by value"

    assert connection.sql(query).fetchall() == [
        ("deepfake", "total", "cases", 12),
        ("total", "seoul", "cases", 24),
        ("total", "total", "suspects", 36),
    ]


def test_ages_sexes_and_further_dimensions_are_no_rows():
    figures = [
        *months([1] * 12, age_band="10-19"),
        *months([1] * 12, sex="female"),
        *months([1] * 12, **others(place="home")),
    ]

    assert rolled(figures) == {}


def test_provisional_and_corrected_months_make_a_provisional_and_corrected_sum():
    figures = [*months([1] * 12), figure(1, period="2024-01", is_provisional=True)]
    entries = [correction(1, 5, period="2023-01")]

    assert rolled(figures, "value, is_provisional, is_corrected", correction_entries=entries) == {
        "2023-12": (16, False, True),
        "2024-01": (12, True, False),
    }
