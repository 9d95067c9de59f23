"""What follows from figures of other periods: months of cumulative figures, years of their months."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import periods
from tests.sql.given import LATER, built, correction, figure


def found(figures, origin=None, columns="value", **said):
    """The figures of an origin (all that are derived, without one), by their period in short."""
    connection = built(figures, made=["period_figure"], **said)
    where = f"value_origin = '{origin}'" if origin else "value_origin in ('difference', 'sum_of_periods')"
    query = f"""
        select period_start, period_end, {columns}
        from staging.period_figure
        where {where}
        order by all
    """
    rows = connection.sql(query).fetchall()
    by_period = {periods.Period(start, end).short: rest for start, end, *rest in rows}
    assert len(by_period) == len(rows)
    return {period: rest[0] if len(rest) == 1 else tuple(rest) for period, rest in by_period.items()}


def months(*values, year=2024, **given):
    return [
        figure(value, period=f"{year}-{month:02}", **given) for month, value in enumerate(values, start=1)
    ]


def quarters(*values, year=2024, **given):
    starts = [("01", "03"), ("04", "06"), ("07", "09"), ("10", "12")]
    return [
        figure(value, period=f"{year}-{first}/{year}-{last}", **given)
        for value, (first, last) in zip(values, starts, strict=False)
    ]


def halves(first, second, year=2024, **given):
    return [
        figure(first, period=f"{year}-01/{year}-06", **given),
        figure(second, period=f"{year}-07/{year}-12", **given),
    ]


def year_to_date(*values, year=2024, **given):
    return [
        figure(value, period=f"{year}-01/{year}-{month:02}", **given)
        for month, value in enumerate(values, start=1)
        if value != "nothing"
    ]


CUMULATIVE = {"exports": {"first": {"is_cumulative": True}, "later": {"is_cumulative": True}}}


# What kind of period


KINDS = {
    "2024-02": "month",
    "2023-02": "month",
    "2024-04/2024-06": "quarter",
    "2024-02/2024-04": "window",
    "2024-07/2024-12": "half",
    "2024-04/2024-09": "window",
    "2024": "year",
    "2023-07/2024-06": "window",
    "2024-02-01/2024-02-28": "window",
    "2024-02-29/2024-02-29": "window",
    "2023/2024": "window",
}


def test_a_period_is_a_month_a_quarter_a_half_a_year_or_a_window():
    days = {text: periods.parse(text, "interval").period() for text in KINDS}

    assert found([figure(1, period=text) for text in KINDS], "published", "period_kind") == {
        period.short: KINDS[text] for text, period in days.items()
    }
    assert {text: periods.kind(period) for text, period in days.items()} == KINDS


# The same period a year earlier

days = st.dates(dt.date(1999, 1, 1), dt.date(2030, 12, 31))
around_february = st.integers(2000, 2030).flatmap(
    lambda year: st.dates(dt.date(year, 2, 20), dt.date(year, 3, 10))
)
spans = st.one_of(
    st.tuples(days, st.integers(0, 800)).map(lambda drawn: (drawn[0], drawn[0] + dt.timedelta(drawn[1]))),
    st.tuples(around_february, st.integers(0, 20)).map(
        lambda drawn: (drawn[0], drawn[0] + dt.timedelta(drawn[1]))
    ),
    st.tuples(days, st.integers(1, 30)).map(lambda drawn: _months_from(*drawn)),
)


def _months_from(day, count):
    """The whole months from that of a day."""
    first = day.replace(day=1)
    number = 12 * first.year + first.month - 1 + count
    return first, dt.date(number // 12, number % 12 + 1, 1) - periods.ONE_DAY


@settings(max_examples=5, deadline=None)  # each is of up to sixty periods
@given(st.lists(spans, min_size=1, max_size=60, unique=True))
def test_the_period_a_year_earlier_is_that_of_pipelines_periods(drawn):
    figures = [figure(1, period=f"{start}/{end}") for start, end in drawn]
    connection = built(figures, made=["period_figure"])
    query = """
        select period_start, period_end, previous_period_start, previous_period_end
        from staging.period_figure
    """

    for start, end, before_start, before_end in connection.sql(query).fetchall():
        earlier = periods.Period(start, end).a_year_earlier()
        assert (before_start, before_end) == (earlier.start, earlier.end), f"{start}/{end}"


# Years


def test_a_year_is_the_sum_of_its_months():
    assert found(months(*range(1, 13)), "sum_of_periods") == {"2024": 78}


def test_a_year_is_the_sum_of_its_quarters():
    assert found(quarters(1, 2, 4, 8), "sum_of_periods") == {"2024": 15}


def test_a_year_is_the_sum_of_its_halves():
    assert found(halves(5, 6), "sum_of_periods") == {"2024": 11}


def test_the_finest_parts_of_a_year_that_are_all_known_are_its_sum():
    assert found([*halves(50, 60), *quarters(1, 2, 4, 8)], "sum_of_periods") == {"2024": 15}
    assert found([*quarters(1, 2, 4, 8), *months(*[1] * 12)], "sum_of_periods") == {"2024": 12}
    assert found([*quarters(1, 2, 4, 8), *months(*[1] * 11, None)], "sum_of_periods") == {"2024": 15}


def test_a_year_of_which_a_month_is_not_there_has_no_sum():
    assert found(months(*[1] * 11)) == {}


@pytest.mark.parametrize("status", ["suppressed", "missing", "not_applicable"])
def test_a_year_of_which_a_month_is_no_number_has_a_sum_without_a_value(status):
    figures = [*months(*[1] * 11), figure(None, period="2024-12", value_status=status)]

    assert found(figures, "sum_of_periods", "value, value_status") == {"2024": (None, "missing")}


def test_months_of_two_years_are_no_year():
    assert found([*months(*[1] * 6), *months(*[1] * 6, year=2025)]) == {}


def test_twelve_months_that_begin_in_another_one_are_no_year():
    figures = [*months(*[1] * 12)[3:], *months(*[1] * 3, year=2025)]

    assert found(figures) == {}


def test_quarters_that_begin_with_another_month_are_no_parts_of_a_year():
    odd = [figure(1, period=f"2024-{month:02}/2024-{month + 2:02}") for month in (2, 5, 8)]

    assert found([*odd, figure(1, period="2024-11/2025-01")]) == {}


@pytest.mark.parametrize("value", [80, 0, None])
def test_a_year_that_is_published_stands_before_its_sum(value):
    figures = [*months(*range(1, 13)), figure(value)]

    assert found(figures, "sum_of_periods") == {}
    assert found(figures, "published")["2024"] == value


@pytest.mark.parametrize(("last", "total"), [("recording", 24), ("theft", None)])
def test_months_that_are_sums_of_different_parts_are_no_year(last, total):
    types = [(month, "recording") for month in range(1, 12)] + [(12, last)]
    figures = [
        cell
        for month, code in types
        for cell in (
            figure(1, crime_type="deepfake", period=f"2024-{month:02}"),
            figure(1, crime_type=code, period=f"2024-{month:02}"),
        )
    ]
    connection = built(figures, totals="none", made=["period_figure"])
    query = """
        select value
        from staging.period_figure
        where value_origin = 'sum_of_periods' and crime_type = 'total'
    """

    assert connection.sql(query).fetchall() == [(total,)]


def test_months_of_two_tables_are_no_year():
    figures = [*months(*[1] * 12)[:6], *months(*[1] * 12, export_id="other")[6:]]

    assert found(figures, exports={"other": {"table_name": "other"}}) == {}


def test_months_of_several_exports_of_a_table_are_a_year_that_names_none():
    figures = [*months(*[1] * 12)[:6], *months(*[1] * 12, **LATER)[6:]]
    columns = "value, export_id, source_file, released_on::varchar"

    assert found(figures, "sum_of_periods", columns) == {"2024": (12, None, None, "2026-01-31")}


def test_a_year_of_provisional_or_corrected_months_is_so_itself():
    figures = [*months(*[1] * 11), figure(1, period="2024-12", is_provisional=True)]
    entries = [correction(1, 10, period="2024-02")]
    columns = "value, published_value, is_provisional, is_corrected"

    assert found(figures, "sum_of_periods", columns, correction_entries=entries) == {
        "2024": (21, 12, True, True)
    }


# Months of cumulative figures


def test_the_months_of_cumulative_figures_are_their_differences():
    figures = year_to_date(10, 30, 60)

    assert found(figures, "difference", **CUMULATIVE) == {"2024-02": 20, "2024-03": 30}
    assert found(figures, "published", **CUMULATIVE) == {
        "2024-01": 10,
        "2024-01–2024-02": 30,
        "2024-01–2024-03": 60,
    }


def test_figures_of_a_table_that_is_not_cumulative_have_no_differences():
    assert found(year_to_date(10, 30, 60)) == {}


def test_the_quarters_of_cumulative_figures_are_their_differences():
    figures = [
        figure(value, period=f"2024-01/2024-{month:02}")
        for value, month in [(10, 3), (30, 6), (60, 9), (100, 12)]
    ]

    assert found(figures, "difference", "value, period_kind", **CUMULATIVE) == {
        "2024-04–2024-06": (20, "quarter"),
        "2024-07–2024-09": (30, "quarter"),
        "2024-10–2024-12": (40, "quarter"),
    }


def test_a_month_that_is_left_out_makes_a_window_of_two():
    figures = year_to_date(10, "nothing", 60)

    assert found(figures, "difference", "value, period_kind", **CUMULATIVE) == {
        "2024-02–2024-03": (50, "window")
    }


def test_a_new_year_begins_anew():
    figures = [*year_to_date(*range(10, 130, 10), year=2023), *year_to_date(5, 9)]

    assert found(figures, "difference", **CUMULATIVE)["2024-02"] == 4
    assert "2024-01" not in found(figures, "difference", **CUMULATIVE)


def test_a_cumulative_figure_that_falls_has_a_difference_without_a_value():
    figures = year_to_date(10, 30, 25, 40)

    assert found(figures, "difference", "value, value_status", **CUMULATIVE) == {
        "2024-02": (20, "observed"),
        "2024-03": (None, "missing"),
        "2024-04": (15, "observed"),
    }


def test_a_cumulative_figure_that_stays_has_a_difference_of_zero():
    assert found(year_to_date(10, 10), "difference", **CUMULATIVE) == {"2024-02": 0}


def test_a_cumulative_figure_that_is_no_number_leaves_two_months_without_a_value():
    figures = year_to_date(10, None, 60, 100)

    assert found(figures, "difference", **CUMULATIVE) == {"2024-02": None, "2024-03": None, "2024-04": 40}


def test_a_month_that_is_published_stands_before_a_difference():
    figures = [*year_to_date(10, 30), figure(21, period="2024-02", export_id="monthly")]

    assert found(figures, "difference", **CUMULATIVE) == {}
    assert found(figures, "published", **CUMULATIVE)["2024-02"] == 21


def test_cumulative_figures_up_to_november_make_no_year():
    assert found(year_to_date(*range(10, 120, 10)), "sum_of_periods", **CUMULATIVE) == {}


def test_a_cumulative_december_is_the_year():
    figures = year_to_date(*range(10, 130, 10))

    assert found(figures, "sum_of_periods", **CUMULATIVE) == {}
    assert found(figures, "published", "value, period_kind", **CUMULATIVE)["2024"] == (120, "year")


def test_each_series_has_its_own_differences():
    figures = [
        *year_to_date(10, 30, crime_type="deepfake"),
        *year_to_date(5, 6, crime_type="recording"),
    ]
    connection = built(figures, made=["period_figure"], **CUMULATIVE)
    query = (
        "select crime_type, value from staging.period_figure where value_origin = 'difference' order by all"
    )

    assert connection.sql(query).fetchall() == [("deepfake", 20), ("recording", 1)]


def test_sums_of_cumulative_parts_have_differences_where_they_are_of_the_same_parts():
    def types(month, *codes, value):
        return [figure(value, crime_type=code, period=f"2024-01/2024-{month:02}") for code in codes]

    figures = [
        *types(1, "deepfake", "recording", value=10),
        *types(2, "deepfake", "recording", value=30),
        *types(3, "deepfake", "theft", value=50),
    ]
    connection = built(figures, totals="none", made=["period_figure"], **CUMULATIVE)
    query = """
        select month(period_start), value
        from staging.period_figure
        where value_origin = 'difference' and crime_type = 'total'
        order by all
    """

    assert connection.sql(query).fetchall() == [(2, 40), (3, None)]


def test_differences_are_between_the_figures_that_stand_today():
    figures = [*year_to_date(10, 30), *year_to_date(12, **LATER)]

    assert found(figures, "difference", **CUMULATIVE) == {"2024-02": 18}


def test_differences_of_corrected_figures_are_of_what_is_right():
    entries = [correction(300, 30, period="2024-01/2024-02")]

    assert found(year_to_date(10, 300, 60), "difference", correction_entries=entries, **CUMULATIVE) == {
        "2024-02": 20,
        "2024-03": 30,
    }


def test_the_published_value_of_a_difference_is_the_difference_of_what_is_published():
    found_values = found(year_to_date(10, 30, 60), "difference", "value, published_value", **CUMULATIVE)

    assert found_values == {"2024-02": (20, 20), "2024-03": (30, 30)}


@pytest.mark.parametrize(
    ("word", "special"),
    [
        ("is_unfinished", {"released_on": "2024-01-15"}),
        ("is_provisional", {"is_provisional": True}),
        ("is_corrected", {}),
    ],
)
def test_a_difference_on_an_unfinished_provisional_or_corrected_figure_is_so_itself(word, special):
    figures = [
        figure(10, period="2024-01/2024-01", **special),
        figure(30, period="2024-01/2024-02", **LATER),
    ]
    entries = [correction(10, 11, period="2024-01")] if word == "is_corrected" else []

    assert found(figures, "difference", word, correction_entries=entries, **CUMULATIVE) == {"2024-02": True}


# What stands


def test_every_standing_figure_is_there_once():
    figures = [figure(100), *months(*[1] * 12), figure(60, crime_type="deepfake"), figure(70, **LATER)]
    connection = built(figures, made=["period_figure"])
    query = "select value, value_origin from staging.period_figure where period_kind = 'year' order by all"

    assert connection.sql(query).fetchall() == [(60, "published"), (70, "published")]
