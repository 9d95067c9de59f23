"""How figures are distributed over ages: shares of the right base, cumulated where that makes sense."""

from __future__ import annotations

import pytest

from tests.sql.given import LATER, built, correction, figure, others, series_break


def ages(figures, columns="age_band, share_pct, cumulative_pct", **said):
    """Rows of the mart in its own order, youngest first."""
    connection = built(figures, made=["age_distributions"], **said)
    return connection.sql(f"select {columns} from age_distributions").fetchall()


def band(age_band, value, **given):
    return figure(value, age_band=age_band, measure="suspects", **given)


def suspects(value, **given):
    return figure(value, measure="suspects", **given)


def test_shares_are_cumulated_from_the_youngest():
    figures = [suspects(100), band("20-29", 25), band("10-19", 50), band("30-39", 12)]

    assert ages(figures) == [
        ("10-19", 50.0, 50.0),
        ("20-29", 25.0, 75.0),
        ("30-39", 12.0, 87.0),
    ]


def test_ages_without_years_stand_as_they_are_printed_and_unknown_ones_last():
    figures = [band("unknown", 1), band("minor", 10), band("adult", 20), band("0-9", 3)]

    assert ages(figures, "age_band") == [("0-9",), ("minor",), ("adult",), ("unknown",)]


def test_shares_of_all_bands_cumulate_to_100():
    figures = [band("0-9", 10), band("10-19", 70), band("20+", 20)]

    assert ages(figures, totals="none") == [
        ("0-9", 10.0, 10.0),
        ("10-19", 70.0, 80.0),
        ("20+", 20.0, 100.0),
    ]


def test_bands_say_their_own_bounds():
    figures = [band("18-24", 10), band("65+", 10), band("unknown", 10)]

    assert ages(figures, "age_band, age_low, age_high") == [
        ("18-24", 18, 24),
        ("65+", 65, None),
        ("unknown", None, None),
    ]


def test_unknown_ages_have_a_share_and_no_place_in_the_cumulation():
    figures = [band("unknown", 20), band("10-19", 50), band("20+", 30)]

    assert ages(figures, totals="none") == [
        ("10-19", 50.0, 50.0),
        ("20+", 30.0, 80.0),
        ("unknown", 20.0, None),
    ]


def test_cumulative_is_empty_from_a_suppressed_band_on():
    figures = [
        suspects(100),
        band("10-19", 50),
        band("20-29", None, value_status="suppressed"),
        band("30-39", 10),
    ]

    assert ages(figures) == [
        ("10-19", 50.0, 50.0),
        ("20-29", None, None),
        ("30-39", 10.0, None),
    ]


def test_cumulative_is_empty_from_an_overlapping_band_on():
    figures = [suspects(100), band("10-19", 20), band("15-24", 20), band("25-34", 10)]

    assert ages(figures) == [
        ("10-19", 20.0, 20.0),
        ("15-24", 20.0, None),
        ("25-34", 10.0, None),
    ]


def test_bands_within_another_are_shares_of_the_same_base_and_no_steps_of_the_cumulation():
    figures = [suspects(100), band("10-39", 50), band("20-24", 20), band("30-34", 10), band("40+", 5)]

    assert ages(figures, "age_band, part_of, share_pct, cumulative_pct") == [
        ("10-39", None, 50.0, 50.0),
        ("20-24", "10-39", 20.0, None),
        ("30-34", "10-39", 10.0, None),
        ("40+", None, 5.0, 55.0),
    ]


def test_bands_within_bands_within_bands_are_parts_of_the_nearest():
    figures = [suspects(100), *(band(code, 10) for code in ("0-17", "10-17", "14-17", "18+"))]

    assert ages(figures, "age_band, part_of") == [
        ("0-17", None),
        ("10-17", "0-17"),
        ("14-17", "10-17"),
        ("18+", None),
    ]


def test_a_band_that_overlaps_the_one_before_and_holds_another_does_not_end_the_overlap():
    figures = [suspects(100), band("10-24", 20), band("20-39", 20), band("30-34", 5), band("40+", 10)]

    assert [cumulative for *_, cumulative in ages(figures)] == [20.0, None, None, None]


def test_nothing_comes_after_an_open_band():
    figures = [suspects(100), band("18+", 20), band("30-39", 10)]

    assert ages(figures) == [("18+", 20.0, 20.0), ("30-39", 10.0, None)]


@pytest.mark.parametrize("order", [("10-14", "10-19"), ("10-19", "10-14")])
def test_bands_that_begin_at_one_age_cumulate_in_the_same_way_whatever_comes_first(order):
    figures = [suspects(100), *(band(age_band, 20) for age_band in order), band("20+", 30)]

    assert ages(figures) == [("10-14", 20.0, None), ("10-19", 20.0, 20.0), ("20+", 30.0, 50.0)]


def test_bands_of_two_files_of_a_release_overlap_where_one_holds_the_other():
    # Neither file says that it has all bands; in its own file 10-14 is no part of 10-19.
    figures = [
        *(suspects(100), band("10-19", 20), band("20+", 30)),
        band("10-14", 20, export_id="youths"),
    ]

    assert ages(figures) == [("10-14", 20.0, 20.0), ("10-19", 20.0, None), ("20+", 30.0, None)]


def test_cumulative_is_empty_beside_a_band_whose_bounds_nobody_gives():
    # A contract may add a code such as `juvenile`: it may well be younger than 18.
    figures = [suspects(100), band("juvenile", 30), band("18-29", 70)]

    assert sorted(ages(figures)) == [("18-29", 70.0, None), ("juvenile", 30.0, None)]


def test_cumulative_is_empty_after_a_gap_where_the_bands_may_not_be_all():
    # Nobody says how many are in their twenties.
    figures = [suspects(100), band("10-19", 40), band("30-39", 20)]

    assert ages(figures, totals="partial") == [("10-19", 40.0, 40.0), ("30-39", 20.0, None)]


def test_a_gap_is_empty_of_people_where_the_bands_are_all_there_is():
    figures = [band("10-19", 40), band("30-39", 60)]

    assert ages(figures, totals="none") == [("10-19", 40.0, 40.0), ("30-39", 60.0, 100.0)]


def test_share_is_empty_and_the_published_one_stands_when_the_headline_contradicts_the_parts():
    figures = [
        suspects(3557, export_id="headline"),
        band("10-19", 1761, share="47.6"),
        band("20-29", 1228, share="33.2"),
        band("30-39", 468, share="12.7"),
        band("40-49", 169, share="4.6"),
    ]
    columns = "age_band, base_kind, base_value, share_pct, published_share_pct, cumulative_pct"

    assert ages(figures, columns, shares_along="age_band") == [
        ("10-19", "implied", None, None, 47.6, None),
        ("20-29", "implied", None, None, 33.2, None),
        ("30-39", "implied", None, None, 12.7, None),
        ("40-49", "implied", None, None, 4.6, None),
    ]


def test_the_implied_bases_stand_beside_the_share():
    figures = [
        band("10-19", 895, share="61.8", crime_type="deepfake"),
        band("20-29", 438, share="30.2", crime_type="deepfake"),
    ]
    columns = "crime_type, age_band, implied_base_low, implied_base_high"

    assert ages(figures, columns, shares_along="age_band") == [
        ("deepfake", "10-19", 1448, 1449),
        ("deepfake", "20-29", 1448, 1449),
    ]


def test_shares_of_one_implied_base_cumulate():
    figures = [band("10-19", 60, share="60.0"), band("20-29", 30, share="30.0")]

    assert ages(figures, shares_along="age_band") == [("10-19", 60.0, 60.0), ("20-29", 30.0, 90.0)]


def test_a_share_along_crime_type_does_not_stand_beside_an_age():
    figures = [suspects(100), band("10-19", 25, share="60.0", crime_type="deepfake")]

    assert ages(figures, "published_share_pct, implied_base_low", shares_along="crime_type") == [(None, None)]


@pytest.mark.parametrize("totals", [{"age_band": "none"}, {"age_band": "none", "sex": "none"}])
def test_each_sex_has_its_own_base_and_its_own_cumulation(totals):
    figures = [
        band("10-19", 30, sex="female"),
        band("20+", 10, sex="female"),
        band("10-19", 20, sex="male"),
        band("20+", 80, sex="male"),
    ]
    columns = "sex, age_band, base_value, share_pct, cumulative_pct"

    assert ages(figures, columns, totals=totals) == [
        ("female", "10-19", 40, 75.0, 75.0),
        ("female", "20+", 40, 25.0, 100.0),
        ("male", "10-19", 100, 20.0, 20.0),
        ("male", "20+", 100, 80.0, 100.0),
        # Both together are a distribution too, if there are no other sexes.
        *(
            [("total", "10-19", 140, pytest.approx(250 / 7), pytest.approx(250 / 7))]
            if "sex" in totals
            else []
        ),
        *([("total", "20+", 140, pytest.approx(450 / 7), pytest.approx(100))] if "sex" in totals else []),
    ]


def test_the_total_of_both_sexes_is_no_base_for_one():
    figures = [suspects(100), band("10-19", 30, sex="female")]

    assert ages(figures, "base_kind, share_pct") == [("none", None)]


def test_the_ages_of_a_crime_type_are_shares_of_that_crime_type():
    figures = [
        suspects(1000),
        band("10-19", 500),
        suspects(200, crime_type="deepfake"),
        band("10-19", 150, crime_type="deepfake"),
    ]
    columns = "crime_type, age_band, base_value, share_pct"

    assert ages(figures, columns) == [
        ("deepfake", "10-19", 200, 75.0),
        ("total", "10-19", 1000, 50.0),
    ]


def test_each_region_has_its_own_distribution():
    figures = [
        band("10-19", 30, region="busan"),
        band("20+", 10, region="busan"),
        band("10-19", 20, region="seoul"),
        band("20+", 80, region="seoul"),
    ]

    columns = "region, age_band, share_pct, cumulative_pct"

    assert ages(figures, columns, totals={"age_band": "none"}) == [
        ("busan", "10-19", 75.0, 75.0),
        ("busan", "20+", 25.0, 100.0),
        ("seoul", "10-19", 20.0, 20.0),
        ("seoul", "20+", 80.0, 100.0),
    ]


def test_figures_with_a_further_dimension_are_no_rows():
    figures = [
        suspects(100),
        band("10-19", 50),
        band("10-19", 20, **others(place="home")),
    ]

    assert ages(figures) == [("10-19", 50.0, 50.0)]


def test_figures_of_all_ages_are_no_rows():
    assert ages([suspects(100)]) == []


def test_cells_of_a_further_dimension_add_up_to_rows():
    figures = [
        *(band("10-19", 1, **others(place="home")), band("10-19", 2, **others(place="street"))),
        *(band("20+", 4, **others(place="home")), band("20+", 5, **others(place="street"))),
    ]
    columns = "age_band, value, value_origin, base_kind, base_value, share_pct"

    assert ages(figures, columns, totals="none") == [
        ("10-19", 3, "sum_of_parts", "sum_of_parts", 12, 25.0),
        ("20+", 9, "sum_of_parts", "sum_of_parts", 12, 75.0),
    ]


def test_a_corrected_band_has_the_share_of_what_is_right():
    figures = [suspects(100), band("10-19", 52), band("20+", 75)]
    entries = [correction(52, 25, measure="suspects", age_band="10-19")]
    columns = "age_band, value, published_value, is_corrected, share_pct"

    assert ages(figures, columns, totals="printed", correction_entries=entries) == [
        ("10-19", 25, 52, True, 25.0),
        ("20+", 75, 75, False, 75.0),
    ]


# The scheme of bands


def test_a_distribution_says_of_which_bands_it_is_youngest_first():
    figures = [band(code, 10) for code in ("100+", "unknown", "20-99", "5-9", "10-19")]

    assert {scheme for (scheme,) in ages(figures, "age_scheme")} == {"5-9 10-19 20-99 100+ unknown"}


def test_bands_within_others_are_not_in_the_scheme():
    figures = [band(code, 10) for code in ("0-13", "0-5", "6-13", "14+")]

    assert {scheme for (scheme,) in ages(figures, "age_scheme")} == {"0-13 14+"}


# Compared with a year earlier


def year(number, *values, bands=("10-19", "20+"), **given):
    return [band(code, value, year=number, **given) for code, value in zip(bands, values, strict=True)]


CHANGE = "age_band, previous_value, previous_share_pct, share_change_pp, no_change_reason"


def changes(figures, totals="none", columns=CHANGE, **said):
    """The rows of 2024."""
    connection = built(figures, made=["age_distributions"], totals=totals, **said)
    query = f"select {columns} from age_distributions where year(period_start) = 2024"
    return connection.sql(query).fetchall()


def test_the_change_of_a_share_is_in_percentage_points():
    figures = [*year(2023, 25, 75), *year(2024, 80, 120)]

    assert changes(figures) == [("10-19", 25, 25.0, 15.0, None), ("20+", 75, 75.0, -15.0, None)]


def test_shares_do_not_compare_across_schemes_of_bands():
    before = year(2023, 10, 15, 75, bands=("10-14", "15-19", "20+"), export_id="before")
    figures = [*before, *year(2024, 80, 120)]
    reason = "other age bands a year earlier: 10-14 15-19 20+"

    assert changes(figures) == [("10-19", None, None, None, reason), ("20+", None, None, None, reason)]


def test_the_first_year_has_nothing_to_compare_with():
    reason = "no ages for the period a year earlier"

    assert changes(year(2024, 80, 120)) == [
        ("10-19", None, None, None, reason),
        ("20+", None, None, None, reason),
    ]


@pytest.mark.parametrize(
    ("before", "now", "totals", "reasons"),
    [
        ((25, 75), (None, 120), "partial", ["no figure for this period", "no base for a share"]),
        (
            (None, 75), (80, 120), "none",
            ["no figure for the period a year earlier", "no base for a share a year earlier"],
        ),
        ((25, 75), (80, 120), "partial", ["no base for a share", "no base for a share"]),
    ],
)  # fmt: skip
def test_no_change_of_a_share_has_a_reason(before, now, totals, reasons):
    found = changes([*year(2023, *before), *year(2024, *now)], totals=totals)

    assert [(change, reason) for *_, change, reason in found] == [(None, reason) for reason in reasons]


def test_each_sex_is_compared_with_itself():
    figures = [
        *(*year(2023, 25, 75, sex="female"), *year(2024, 80, 120, sex="female")),
        *(*year(2023, 50, 50, sex="male"), *year(2024, 60, 40, sex="male")),
    ]
    columns = "sex, age_band, share_change_pp"

    assert changes(figures, totals={"age_band": "none"}, columns=columns) == [
        ("female", "10-19", pytest.approx(15)),
        ("female", "20+", pytest.approx(-15)),
        ("male", "10-19", pytest.approx(10)),
        ("male", "20+", pytest.approx(-10)),
    ]


def test_a_distribution_of_a_month_is_compared_with_the_month_a_year_earlier():
    figures = [
        *(band("10-19", 25, period="2023-02"), band("20+", 75, period="2023-02")),
        *(band("10-19", 80, period="2024-02"), band("20+", 120, period="2024-02")),
    ]

    assert [change for *_, change, _ in changes(figures)] == [15.0, -15.0]


def test_a_band_within_another_is_compared_too():
    bands = ("0-13", "0-5", "14+")
    figures = [*year(2023, 20, 5, 80, bands=bands), *year(2024, 20, 10, 80, bands=bands)]

    assert [change for *_, change, _ in changes(figures)] == [0.0, 5.0, 0.0]


def test_each_of_two_schemes_side_by_side_is_compared_with_itself():
    fine = {"bands": ("10-14", "15-19", "20+"), "export_id": "fine"}
    exports = {"fine": {"table_name": "fine"}}
    figures = [
        *(*year(2023, 25, 75, bands=("10-19", "20-99")), *year(2024, 80, 120, bands=("10-19", "20-99"))),
        *(*year(2023, 10, 15, 75, **fine), *year(2024, 40, 40, 120, **fine)),
    ]

    assert {reason for *_, reason in changes(figures, exports=exports)} == {None}


def test_shares_do_not_compare_across_a_break_of_the_series():
    figures = [
        *year(2023, 25, 75, crime_type="deepfake"),
        *year(2024, 80, 120, crime_type="deepfake"),
    ]
    breaks = [series_break("deepfake", "2024-01-01")]
    found = changes(figures, totals={"age_band": "none"}, series_breaks=breaks)

    assert [tuple(row[-2:]) for row in found] == [(None, "the series breaks: 2024-01-01 new definition")] * 2


def test_a_later_release_with_other_bands_takes_the_place_of_the_whole_distribution():
    figures = [*year(2024, 80, 120), *year(2024, 50, 40, 120, bands=("10-14", "15-19", "20+"), **LATER)]

    assert [(code, value) for code, value, *_ in ages(figures, "age_band, value", totals="none")] == [
        ("10-14", 50),
        ("15-19", 40),
        ("20+", 120),
    ]


def test_a_band_that_two_files_share_is_a_step_of_both_cumulations():
    figures = [
        *year(2024, 10, 50, 40, bands=("0-9", "10-19", "20+"), export_id="wide"),
        *year(2024, 10, 20, 30, 40, bands=("0-9", "10-14", "15-19", "20+"), export_id="fine"),
    ]
    exports = {"fine": {"table_name": "fine"}}

    assert ages(figures, totals="none", exports=exports) == [
        ("0-9", 10.0, 10.0),
        ("10-14", 20.0, 30.0),
        ("10-19", 50.0, 60.0),
        ("15-19", 30.0, 60.0),
        ("20+", 40.0, 100.0),
    ]
