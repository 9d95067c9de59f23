"""How figures are distributed over ages: shares of the right base, cumulated where that makes sense."""

from __future__ import annotations

import pytest

from tests.sql.given import built, figure


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


def test_a_band_within_another_one_does_not_end_an_overlap():
    figures = [suspects(100), band("10-39", 50), band("20-24", 20), band("30-34", 10), band("40+", 5)]

    assert [cumulative for *_, cumulative in ages(figures)] == [50.0, None, None, None]


def test_nothing_comes_after_an_open_band():
    figures = [suspects(100), band("18+", 20), band("30-39", 10)]

    assert ages(figures) == [("18+", 20.0, 20.0), ("30-39", 10.0, None)]


@pytest.mark.parametrize("order", [("10-14", "10-19"), ("10-19", "10-14")])
def test_bands_that_begin_at_one_age_cumulate_in_the_same_way_whatever_comes_first(order):
    figures = [suspects(100), *(band(age_band, 20) for age_band in order), band("20+", 30)]

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


def test_each_sex_has_its_own_base_and_its_own_cumulation():
    figures = [
        band("10-19", 30, sex="female"),
        band("20+", 10, sex="female"),
        band("10-19", 20, sex="male"),
        band("20+", 80, sex="male"),
    ]
    columns = "sex, age_band, base_value, share_pct, cumulative_pct"

    assert ages(figures, columns, totals="none") == [
        ("female", "10-19", 40, 75.0, 75.0),
        ("female", "20+", 40, 25.0, 100.0),
        ("male", "10-19", 100, 20.0, 20.0),
        ("male", "20+", 100, 80.0, 100.0),
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

    assert ages(figures, "region, age_band, share_pct, cumulative_pct", totals="none") == [
        ("busan", "10-19", 75.0, 75.0),
        ("busan", "20+", 25.0, 100.0),
        ("seoul", "10-19", 20.0, 20.0),
        ("seoul", "20+", 80.0, 100.0),
    ]


def test_figures_with_a_further_dimension_are_no_rows():
    figures = [
        suspects(100),
        band("10-19", 50),
        band("10-19", 20, other_dimensions='{"place": "home"}'),
    ]

    assert ages(figures) == [("10-19", 50.0, 50.0)]


def test_figures_of_all_ages_are_no_rows():
    assert ages([suspects(100)]) == []
