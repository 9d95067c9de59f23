"""Which published numbers a figure is made of; with their signs they add up to it."""

from __future__ import annotations

import pytest

from pipelines.warehouse.relations import relations
from tests.sql import given
from tests.sql.given import LATER, correction, figure, others

ASKED = """
    select sign, role, crime_type, region, value, source_row
    from trace_of('police', 'cases', $first, $last, of_crime_type := $crime_type)
"""


def warehouse(figures, **said):
    return given.with_macros(given.built(figures, made=relations(), **said))


def trace(connection, first="2024-01-01", last="2024-12-31", crime_type="total"):
    asked = {"first": first, "last": last, "crime_type": crime_type}
    return connection.execute(ASKED, asked).fetchall()


def test_a_printed_figure_is_itself_where_it_stands():
    built = warehouse([figure(200), figure(50, crime_type="deepfake", source_row=7)])

    assert trace(built, crime_type="deepfake") == [(1, "figure", "deepfake", "total", 50, 7)]


def test_a_total_that_is_not_printed_is_all_its_parts():
    figures = [figure(60, crime_type="deepfake"), figure(20, crime_type="illegal_recording")]

    assert trace(warehouse(figures, totals="none")) == [
        (1, "part of a sum", "deepfake", "total", 60, 2),
        (1, "part of a sum", "illegal_recording", "total", 20, 3),
    ]


def test_a_sum_along_two_dimensions_is_all_cells():
    figures = [
        figure(4, crime_type="deepfake", region="seoul"),
        figure(3, crime_type="deepfake", region="busan"),
        figure(2, crime_type="illegal_recording", region="seoul"),
        figure(1, crime_type="illegal_recording", region="busan"),
    ]
    built = warehouse(figures, totals="none")

    assert [value for *_, value, _ in trace(built)] == [4, 3, 2, 1]
    assert [value for *_, value, _ in trace(built, crime_type="deepfake")] == [4, 3]


def test_numbers_with_dimensions_of_one_source_only_are_parts_as_well():
    figures = [figure(5, **others(place="street")), figure(6, **others(place="home"))]

    assert sum(row[-2] for row in trace(warehouse(figures, totals="none"))) == 11


def test_the_latest_release_stands_and_the_earlier_one_is_no_part():
    figures = [figure(10, crime_type="deepfake"), figure(11, crime_type="deepfake", **LATER)]

    assert trace(warehouse(figures), crime_type="deepfake") == [(1, "figure", "deepfake", "total", 11, 3)]


def test_a_year_that_is_not_printed_is_its_months():
    figures = [figure(month, period=f"2024-{month:02}") for month in range(1, 13)]

    found = trace(warehouse(figures))

    assert [value for *_, value, _ in found] == list(range(1, 13))
    assert {role for _, role, *_ in found} == {"figure"}


def test_a_month_of_cumulative_figures_is_one_less_the_other():
    figures = [figure(10, period="2024-01"), figure(25, period="2024-01/2024-02")]
    built = warehouse(figures, exports={"first": {"is_cumulative": True}})

    found = trace(built, "2024-02-01", "2024-02-29")

    assert sorted((sign, value) for sign, *_, value, _ in found) == [(-1, 10), (1, 25)]


def test_a_year_of_months_whose_total_is_not_printed_is_all_cells_of_all_months():
    figures = [
        figure(month * 10 + at, period=f"2024-{month:02}", crime_type=crime_type)
        for month in range(1, 13)
        for at, crime_type in enumerate(("deepfake", "illegal_recording"))
    ]
    built = warehouse(figures, totals="none")
    [(value,)] = built.sql(
        "select value from arrest_trends where crime_type = 'total' and period_kind = 'year'"
    ).fetchall()

    found = trace(built)

    assert len(found) == 24
    assert sum(sign * value for sign, *_, value, _ in found) == value


def test_twelve_months_up_to_a_month_are_those_months():
    figures = [
        figure(month, period=f"{2023 + (month > 12)}-{(month - 1) % 12 + 1:02}") for month in range(1, 25)
    ]

    found = trace(warehouse(figures), "2023-07-01", "2024-06-30")

    assert sum(value for *_, value, _ in found) == sum(range(7, 19))


def test_a_corrected_figure_has_both_values():
    built = warehouse([figure(3804, source_row=4)], correction_entries=[correction(3804, 3408)])

    [(value, published, corrected)] = built.sql("""
        select value, published_value, is_corrected from trace_of('police', 'cases', '2024-01-01', '2024-12-31')
    """).fetchall()

    assert (value, published, corrected) == (3408, 3804, True)


@pytest.mark.parametrize("crime_type", ["phishing", "Deepfake"])
def test_what_nobody_published_has_no_numbers(crime_type):
    assert trace(warehouse([figure(50, crime_type="deepfake")]), crime_type=crime_type) == []
