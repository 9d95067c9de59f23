"""What has become of each correction of a published figure."""

from __future__ import annotations

import pytest

from tests.sql.given import LATER, built, correction, figure, others


def corrections(figures, *entries, columns="status, published_value, corrected_value, current_value", **said):
    connection = built(figures, correction_entries=list(entries), made=["corrections"], **said)
    return connection.sql(f"select {columns} from corrections order by all").fetchall()


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (None, "applies"),
        (10, "applies"),
        (100, "mended"),
        (90, "published anew"),
    ],
)
def test_a_correction_applies_until_the_publisher_prints_another_figure(later, status):
    figures = [figure(10), *([figure(later, **LATER)] if later else [])]

    assert corrections(figures, correction(10, 100)) == [(status, 10, 100, later or 10)]


def test_a_figure_that_is_now_a_blank_is_published_anew():
    figures = [figure(10), figure(None, value_status="suppressed", **LATER)]

    assert corrections(figures, correction(10, 100)) == [("published anew", 10, 100, None)]


def test_a_correction_of_what_nobody_published_says_so():
    assert corrections([figure(10, year=2023)], correction(10, 100)) == [("not published", 10, 100, None)]


def test_a_correction_of_a_withdrawn_figure_is_of_none_that_is_published():
    figures = [
        *(figure(10, crime_type="deepfake"), figure(20, crime_type="theft")),
        figure(20, crime_type="theft", **LATER),
    ]

    assert corrections(figures, correction(10, 100, crime_type="deepfake"), totals="none") == [
        ("not published", 10, 100, None)
    ]


def test_every_correction_has_a_row():
    figures = [figure(10), figure(20, crime_type="deepfake"), figure(30, **others(place="home"))]
    entries = [
        correction(10, 100),
        correction(20, 200, crime_type="deepfake"),
        correction(30, 300, **others(place="home")),
    ]
    columns = "crime_type, other_dimensions, status"

    assert corrections(figures, *entries, columns=columns) == [
        ("deepfake", None, "applies"),
        ("total", '{"place":"home"}', "applies"),
        ("total", None, "applies"),
    ]


def test_a_correction_says_who_corrected_it_when_and_why():
    columns = "reason, evidence, corrected_by, corrected_on::varchar, export_id, released_on::varchar"

    assert corrections([figure(10)], correction(10, 100), columns=columns) == [
        ("Two digits were swapped", "Yearbook, page 7", "Kim", "2025-02-01", "first", "2025-01-31")
    ]


def test_without_corrections_there_is_no_row():
    assert corrections([figure(10)]) == []
