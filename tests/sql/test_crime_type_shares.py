"""The share of each crime type: computed where a base holds, empty where none does."""

from __future__ import annotations

import pytest

from tests.sql import given
from tests.sql.given import LATER, correction, figure, others

SHARES = """
    select crime_type, value, base_kind, base_value, share_pct, published_share_pct
    from crime_type_shares
    order by all
"""


def built(figures, **said):
    return given.built(figures, made=["crime_type_shares"], **said)


def shares(figures, **said):
    return built(figures, **said).sql(SHARES).fetchall()


def test_share_is_of_the_printed_total():
    figures = [figure(200), figure(50, crime_type="deepfake"), figure(25, crime_type="illegal_recording")]

    assert shares(figures) == [
        ("deepfake", 50, "published_total", 200, 25.0, None),
        ("illegal_recording", 25, "published_total", 200, 12.5, None),
    ]


@pytest.mark.parametrize(
    ("kind", "base_kind", "origin"),
    [("table", "published_total", "published"), ("records", "counted_total", "counted")],
)
def test_what_was_counted_here_is_not_called_published(kind, base_kind, origin):
    figures = [figure(200), figure(50, crime_type="deepfake")]
    warehouse = built(figures, sources=[{"source": "police", "kind": kind}])

    query = "select base_kind, base_value, share_pct, value_origin from crime_type_shares"
    assert warehouse.sql(query).fetchall() == [(base_kind, 200, 25.0, origin)]


def test_share_is_of_the_sum_where_the_parts_are_all_there_is():
    figures = [figure(60, crime_type="deepfake"), figure(20, crime_type="illegal_recording")]

    assert shares(figures, totals="none") == [
        ("deepfake", 60, "sum_of_parts", 80, 75.0, None),
        ("illegal_recording", 20, "sum_of_parts", 80, 25.0, None),
    ]


def test_share_is_empty_when_the_headline_contradicts_the_parts():
    # 1,553 of 3,411 would be 45.5%; the publisher says 35.2%.
    figures = [
        figure(3411, export_id="headline"),
        figure(1553, share="35.2", crime_type="deepfake"),
        figure(1513, share="34.3", crime_type="child_exploitation_material"),
        figure(857, share="19.4", crime_type="illegal_recording"),
    ]

    assert shares(figures, shares_along="crime_type") == [
        ("child_exploitation_material", 1513, "implied", None, None, 34.3),
        ("deepfake", 1553, "implied", None, None, 35.2),
        ("illegal_recording", 857, "implied", None, None, 19.4),
    ]


def test_share_is_computed_when_the_printed_shares_leave_one_base():
    figures = [figure(60, share="60.0", crime_type="deepfake")]

    assert shares(figures, shares_along="crime_type") == [("deepfake", 60, "implied", 100, 60.0, 60.0)]


def test_share_of_a_suppressed_count_is_empty():
    figures = [
        figure(200),
        figure(None, value_status="suppressed", share="25.0", crime_type="deepfake"),
        figure(20, share="10.0", crime_type="illegal_recording"),
    ]

    assert shares(figures, shares_along="crime_type") == [
        ("deepfake", None, "published_total", 200, None, 25.0),
        ("illegal_recording", 20, "published_total", 200, 10.0, 10.0),
    ]


def test_share_of_zero_is_zero():
    assert shares([figure(200), figure(0, crime_type="deepfake")]) == [
        ("deepfake", 0, "published_total", 200, 0.0, None)
    ]


def test_share_of_a_total_of_zero_is_empty():
    assert shares([figure(0), figure(0, crime_type="deepfake")]) == [
        ("deepfake", 0, "published_total", 0, None, None)
    ]


def test_the_implied_bases_stand_beside_the_share():
    connection = built([figure(895, share="61.8", crime_type="deepfake")], shares_along="crime_type")
    query = "select implied_base_low, implied_base_high from crime_type_shares"

    assert connection.sql(query).fetchall() == [(1448, 1449)]


def test_the_total_is_no_row():
    assert shares([figure(200)]) == []


def test_a_share_along_age_does_not_stand_beside_a_crime_type():
    figures = [
        figure(200),
        figure(50, share="30.0", crime_type="deepfake"),
        figure(10, share="20.0", crime_type="deepfake", age_band="10-19"),
    ]

    assert shares(figures, shares_along="age_band") == [("deepfake", 50, "published_total", 200, 25.0, None)]


def test_a_share_along_crime_type_survives_the_same_figure_in_a_file_of_ages():
    # The age table prints its own total for deepfakes, all of 100%; it comes first by name.
    figures = [
        figure(50, share="25.0", crime_type="deepfake", export_id="types"),
        figure(50, share="100.0", crime_type="deepfake", export_id="ages"),
        figure(30, share="60.0", crime_type="deepfake", age_band="10-19", export_id="ages"),
    ]

    assert shares(figures, shares_along={"types": "crime_type", "ages": "age_band"}) == [
        ("deepfake", 50, "implied", 200, 25.0, 25.0)
    ]


@pytest.mark.parametrize(
    "part",
    [{"age_band": "10-19"}, {"sex": "female"}, others(place="home")],
    ids=lambda part: next(iter(part)),
)
def test_figures_of_an_age_a_sex_or_a_further_dimension_are_no_rows(part):
    figures = [
        figure(200),
        figure(50, crime_type="deepfake"),
        figure(90, **part),
        figure(20, crime_type="deepfake", **part),
    ]

    assert shares(figures) == [("deepfake", 50, "published_total", 200, 25.0, None)]


def test_each_region_has_its_own_base():
    connection = built(
        [
            figure(100, region="seoul"),
            figure(25, region="seoul", crime_type="deepfake"),
            figure(10, region="busan"),
            figure(5, region="busan", crime_type="deepfake"),
            figure(110),
            figure(33, crime_type="deepfake"),
        ]
    )
    query = "select region, value, base_value, share_pct from crime_type_shares order by region"

    assert connection.sql(query).fetchall() == [
        ("busan", 5, 10, 50.0),
        ("seoul", 25, 100, 25.0),
        ("total", 33, 110, 30.0),
    ]


def test_each_period_measure_and_source_has_its_own_base():
    connection = built(
        [
            figure(60, crime_type="deepfake", year=2023),
            figure(60, crime_type="deepfake", year=2024),
            figure(40, crime_type="illegal_recording", year=2024),
            figure(15, crime_type="deepfake", year=2024, measure="suspects"),
            figure(30, crime_type="deepfake", year=2024, source="prosecutors"),
            figure(30, crime_type="illegal_recording", year=2024, source="prosecutors"),
        ],
        totals="none",
    )
    query = """
        select source, year(period_start), measure, share_pct
        from crime_type_shares
        where crime_type = 'deepfake'
        order by all
    """

    assert connection.sql(query).fetchall() == [
        ("police", 2023, "cases", 100.0),
        ("police", 2024, "cases", 60.0),
        ("police", 2024, "suspects", 100.0),
        ("prosecutors", 2024, "cases", 50.0),
    ]


def test_only_the_latest_release_is_in_the_mart():
    figures = [
        figure(200),
        figure(50, crime_type="deepfake"),
        figure(200, **LATER),
        figure(60, crime_type="deepfake", **LATER),
    ]

    assert shares(figures) == [("deepfake", 60, "published_total", 200, 30.0, None)]


def test_a_row_says_which_cell_it_came_from():
    connection = built([figure(50, crime_type="deepfake", source_row=7, source_column="cases")])
    query = "select export_id, source_file, source_row, source_column from crime_type_shares"

    assert connection.sql(query).fetchall() == [("first", "police/first.csv", 7, "cases")]


# Levels

ONLINE = {"deepfake": "online", "illegal_recording": "online"}
LEVELS = """
    select crime_type, part_of, value, value_origin, base_kind, base_value, share_pct
    from crime_type_shares
    order by all
"""


@pytest.mark.parametrize(("printed", "origin"), [(True, "published"), (False, "sum_of_parts")])
def test_each_level_is_a_share_of_the_total(printed, origin):
    figures = [
        figure(60, crime_type="deepfake"),
        figure(40, crime_type="illegal_recording"),
        figure(25, crime_type="theft"),
        *([figure(100, crime_type="online")] if printed else []),
    ]
    connection = built(figures, totals="none", parents=ONLINE)

    assert connection.sql(LEVELS).fetchall() == [
        ("deepfake", "online", 60, "published", "sum_of_parts", 125, 48.0),
        ("illegal_recording", "online", 40, "published", "sum_of_parts", 125, 32.0),
        ("online", None, 100, origin, "sum_of_parts", 125, 80.0),
        ("theft", None, 25, "published", "sum_of_parts", 125, 20.0),
    ]


def test_no_share_is_computed_on_a_sum_that_a_part_of_a_part_exceeds():
    # The publisher contradicts itself: 40 deepfakes of 5 online crimes.
    figures = [
        figure(5, crime_type="online"),
        figure(40, crime_type="deepfake"),
        figure(5, crime_type="theft"),
    ]

    assert [row[-2] for row in shares(figures, totals="none", parents=ONLINE)] == [None, None, None]


# Sums, blanks and corrections


def test_sums_over_regions_have_shares():
    figures = [
        *(figure(1, crime_type="deepfake", region="seoul"), figure(2, crime_type="deepfake", region="busan")),
        *(figure(4, crime_type="theft", region="seoul"), figure(5, crime_type="theft", region="busan")),
    ]
    connection = built(figures, totals="none")
    query = """
        select crime_type, value, value_origin, source_row, share_pct
        from crime_type_shares
        where region = 'total'
        order by all
    """

    assert connection.sql(query).fetchall() == [
        ("deepfake", 3, "sum_of_parts", None, 25.0),
        ("theft", 9, "sum_of_parts", None, 75.0),
    ]


def test_a_published_figure_stands_before_the_sum_of_its_regions():
    figures = [
        *(figure(30, crime_type="deepfake"), figure(70, crime_type="theft")),
        figure(20, crime_type="deepfake", region="seoul", export_id="regions"),
        figure(11, crime_type="deepfake", region="busan", export_id="regions"),
    ]
    exports = {"regions": {"table_name": "regions"}}
    connection = built(figures, totals="none", exports=exports)
    query = "select crime_type, value, share_pct from crime_type_shares where region = 'total' order by all"

    assert connection.sql(query).fetchall() == [("deepfake", 30, 30.0), ("theft", 70, 70.0)]


def test_a_type_that_there_is_none_of_has_a_row_and_no_share():
    figures = [
        figure(60, crime_type="deepfake"),
        figure(40, crime_type="theft"),
        figure(None, crime_type="piracy", value_status="not_applicable"),
    ]

    assert shares(figures, totals="none") == [
        ("deepfake", 60, "sum_of_parts", 100, 60.0, None),
        ("piracy", None, "sum_of_parts", 100, None, None),
        ("theft", 40, "sum_of_parts", 100, 40.0, None),
    ]


def test_a_corrected_figure_has_the_share_of_what_is_right_beside_the_one_that_was_printed():
    figures = [
        figure(100),
        figure(52, crime_type="deepfake", share="52.0"),
        figure(75, crime_type="theft", share="75.0"),
    ]
    entries = [correction(52, 25, crime_type="deepfake")]
    connection = built(figures, correction_entries=entries)
    query = """
        select value, published_value, is_corrected, share_pct
        from crime_type_shares
        where crime_type = 'deepfake'
    """

    assert connection.sql(query).fetchall() == [(25, 52, True, 25.0)]
