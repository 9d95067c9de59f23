"""What the shares of a breakdown are shares of, and when nothing can be divided by."""

from __future__ import annotations

import pytest

from tests.sql.given import LATER, built, correction, figure, others


def bases(figures, columns="base_kind, base_value", where="dimension = 'crime_type'", **given):
    query = f"select {columns} from staging.breakdown_base where {where} order by all"
    return built(figures, **given).sql(query).fetchall()


def deepfake(value, **given):
    return figure(value, crime_type="deepfake", **given)


def recording(value, **given):
    return figure(value, crime_type="illegal_recording", **given)


def child(value, **given):
    return figure(value, crime_type="child_exploitation_material", **given)


# A printed total


def test_a_printed_total_is_the_base():
    assert bases([figure(100), deepfake(60), recording(30)]) == [("published_total", 100)]


def test_a_total_that_the_parts_exceed_is_no_base():
    assert bases([figure(100), deepfake(60), recording(50)]) == [("none", None)]


def test_a_total_that_is_the_sum_of_its_parts_is_the_base():
    assert bases([figure(90), deepfake(60), recording(30)], totals="printed") == [("published_total", 90)]


@pytest.mark.parametrize("total", [89, 91])
def test_a_total_that_is_not_the_sum_of_all_there_is_is_no_base(total):
    assert bases([figure(total), deepfake(60), recording(30)], totals="printed") == [("none", None)]


def test_a_total_stands_when_a_suppressed_part_may_make_up_the_difference():
    figures = [figure(100), deepfake(60), recording(None, value_status="suppressed")]

    assert bases(figures, totals="printed") == [("published_total", 100)]


def test_a_total_of_zero_is_a_base():
    assert bases([figure(0), deepfake(0), recording(0)], totals="printed") == [("published_total", 0)]


def test_a_total_stands_when_every_part_is_suppressed():
    figures = [
        figure(100),
        deepfake(None, value_status="suppressed"),
        recording(None, value_status="suppressed"),
    ]

    assert bases(figures, "base_kind, base_value, is_total_contradicted") == [("published_total", 100, False)]


def test_a_total_that_the_printed_shares_fit_is_the_base():
    figures = [figure(90), deepfake(60, share="66.7"), recording(30, share="33.3")]

    assert bases(figures, shares_along="crime_type") == [("published_total", 90)]


@pytest.mark.parametrize("total", [4406, 4418])
def test_a_total_outside_of_what_the_printed_shares_allow_is_no_base(total):
    # The three parts allow 4,407 to 4,417.
    figures = [
        figure(total),
        deepfake(1553, share="35.2"),
        child(1513, share="34.3"),
        recording(857, share="19.4"),
    ]

    assert bases(figures, shares_along="crime_type") == [("implied", None)]


@pytest.mark.parametrize("total", [4407, 4417])
def test_a_total_at_the_edge_of_what_the_printed_shares_allow_is_the_base(total):
    figures = [
        figure(total),
        deepfake(1553, share="35.2"),
        child(1513, share="34.3"),
        recording(857, share="19.4"),
    ]

    assert bases(figures, shares_along="crime_type") == [("published_total", total)]


def test_a_total_is_no_base_when_a_single_part_would_exceed_it_at_its_printed_share():
    assert bases([figure(100), deepfake(50, share="25.0")], shares_along="crime_type") == [("implied", 200)]


@pytest.mark.parametrize(("totals", "base"), [("none", ("sum_of_parts", 90)), ("printed", ("none", None))])
def test_a_total_that_is_not_a_number_is_no_total(totals, base):
    # Where a total should be printed, the sum of the parts does not stand in for it.
    figures = [figure(None, value_status="suppressed"), deepfake(60), recording(30)]

    assert bases(figures, "published_total, base_kind, base_value", totals=totals) == [(None, *base)]


# The sum of the parts


def test_the_sum_of_all_there_is_is_the_base_where_no_total_is_printed():
    assert bases([deepfake(60), recording(30)], totals="none") == [("sum_of_parts", 90)]


def test_parts_that_may_not_be_all_are_never_summed():
    assert bases([deepfake(60), recording(30)], totals="partial") == [("none", None)]


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_the_sum_is_no_base_when_a_part_is_not_a_number(status):
    assert bases([deepfake(60), recording(None, value_status=status)], totals="none") == [("none", None)]


def test_zero_is_a_number():
    assert bases([deepfake(60), recording(0)], totals="none") == [("sum_of_parts", 60)]


def test_the_sum_is_the_base_when_the_printed_shares_fit_it():
    figures = [deepfake(60, share="66.7"), recording(30, share="33.3")]

    assert bases(figures, totals="none", shares_along="crime_type") == [("sum_of_parts", 90)]


def test_the_sum_is_no_base_when_the_printed_shares_do_not_fit_it():
    figures = [deepfake(60, share="60.0"), recording(30, share="30.0")]

    assert bases(figures, totals="none", shares_along="crime_type") == [("implied", 100)]


# The base that the printed shares imply


def test_printed_shares_imply_a_range():
    figures = [deepfake(1553, share="35.2"), child(1513, share="34.3"), recording(857, share="19.4")]
    columns = "base_kind, base_value, implied_base_low, implied_base_high"

    assert bases(figures, columns, shares_along="crime_type") == [("implied", None, 4407, 4417)]


def test_a_range_of_one_number_is_a_base():
    figures = [deepfake(60, share="60.0"), recording(30, share="30.0")]

    assert bases(figures, shares_along="crime_type") == [("implied", 100)]


def test_shares_that_contradict_each_other_imply_nothing():
    figures = [deepfake(50, share="50.0"), recording(50, share="25.0")]
    columns = "base_kind, base_value, implied_base_low, implied_base_high"

    assert bases(figures, columns, shares_along="crime_type") == [("none", None, 200, 100)]


def test_a_total_is_no_base_when_the_shares_contradict_each_other():
    figures = [figure(150), deepfake(50, share="50.0"), recording(50, share="25.0")]

    assert bases(figures, shares_along="crime_type") == [("none", None)]


def test_a_share_that_rounds_to_zero_implies_no_base():
    columns = "base_kind, base_value, implied_base_low, implied_base_high"

    assert bases([deepfake(1, share="0.0")], columns, shares_along="crime_type") == [
        ("none", None, 2000, None)
    ]


def test_a_share_that_rounds_to_zero_still_bounds_from_below():
    figures = [figure(1999), deepfake(1, share="0.0")]

    assert bases(figures, shares_along="crime_type") == [("none", None)]


def test_a_large_total_fits_a_share_that_rounds_to_zero():
    assert bases([figure(5000), deepfake(1, share="0.0")], shares_along="crime_type") == [
        ("published_total", 5000)
    ]


def test_the_other_shares_bound_from_above_beside_one_that_rounds_to_zero():
    figures = [deepfake(1, share="0.0"), recording(1000, share="50.0")]
    columns = "base_kind, base_value, implied_base_low, implied_base_high"

    assert bases(figures, columns, shares_along="crime_type") == [("implied", None, 2000, 2002)]


def test_a_count_with_a_share_but_of_none_contradicts_itself():
    assert bases([deepfake(0, share="5.0")], shares_along="crime_type") == [("none", None)]


def test_no_base_is_implied_that_the_parts_exceed():
    figures = [deepfake(60, share="60.0"), recording(70)]

    assert bases(figures, shares_along="crime_type") == [("none", None)]


def test_a_share_of_a_suppressed_count_implies_nothing():
    figures = [figure(100), deepfake(None, value_status="suppressed", share="60.0"), recording(30)]

    assert bases(figures, "share_count, base_kind, base_value", shares_along="crime_type") == [
        (0, "published_total", 100)
    ]


def test_trailing_zeros_of_a_printed_share_count():
    figures = [deepfake(60, share="60"), recording(30)]
    columns = "base_kind, implied_base_low, implied_base_high"

    assert bases(figures, columns, shares_along="crime_type") == [("implied", 100, 100)]
    assert bases([deepfake(6000, share="60.0")], columns, shares_along="crime_type") == [
        ("implied", 9992, 10008)
    ]
    assert bases([deepfake(6000, share="60")], columns, shares_along="crime_type") == [
        ("implied", 9918, 10084)
    ]


# What belongs together


def test_shares_along_age_say_nothing_of_a_breakdown_by_crime_type():
    figures = [
        figure(1000, age_band="10-19"),
        deepfake(895, age_band="10-19", share="61.8"),
        deepfake(438, age_band="20-29", share="30.2"),
    ]
    columns = "root.age_band, share_count, implied_base_low, base_kind"

    assert bases(figures, columns, shares_along="age_band") == [
        ("10-19", 0, None, "published_total"),
        ("20-29", 0, None, "none"),
    ]


def test_ages_of_a_crime_type_are_parts_of_that_crime_type():
    figures = [
        figure(200, crime_type="deepfake"),
        figure(900),
        deepfake(120, age_band="10-19"),
        deepfake(30, age_band="20-29"),
    ]
    columns = "root.crime_type, sum_of_parts, base_value"

    assert bases(figures, columns, "dimension = 'age_band'") == [("deepfake", 150, 200)]


@pytest.mark.parametrize(
    "other",
    [*({name: "another"} for name in ("source", "measure", "region", "sex")), others(place="home")],
    ids=lambda other: next(iter(other)),
)
def test_figures_of_another_population_are_no_part_of_a_breakdown(other):
    figures = [
        figure(100),
        deepfake(60),
        figure(500, **other),
        deepfake(400, **other),
    ]

    assert bases(figures, "sum_of_parts, base_value") == [(60, 100), (400, 500)]


def test_two_releases_are_not_added_up_to_all_there_is():
    # The later release revises deepfakes and does not say that this is all; of the earlier one, only
    # recordings still stand.
    figures = [deepfake(60), recording(30), deepfake(66, **LATER)]
    columns = "export_id, sum_of_parts, is_exhaustive, base_kind, base_value"

    assert bases(figures, columns, totals={"first": "none", "later": "partial"}) == [
        ("first", 30, False, "none", None),
        ("later", 66, False, "none", None),
    ]


def test_a_breakdown_of_a_superseded_release_is_no_breakdown():
    figures = [deepfake(60), recording(30), deepfake(66, **LATER)]

    assert bases(figures, "export_id, base_kind, base_value", totals="none") == [
        ("later", "sum_of_parts", 66)
    ]


def test_a_later_release_that_prints_all_parts_again_is_all_there_is():
    figures = [deepfake(60), recording(30), deepfake(66, **LATER), recording(33, **LATER)]

    assert bases(figures, totals="none") == [("sum_of_parts", 99)]


def test_revised_parts_are_not_divided_by_the_total_of_an_earlier_release():
    # The later release does not print its total; the earlier one's, 1,000, counts other cases.
    figures = [figure(1000), deepfake(300), deepfake(400, **LATER)]

    assert bases(figures) == [("none", None)]


def test_parts_are_not_divided_by_the_total_of_a_later_release():
    # The later release revised its headline, and says nothing of the parts.
    figures = [figure(100), deepfake(60), recording(40), figure(110, **LATER)]
    columns = "published_total, base_kind, base_value"

    assert bases(figures, columns) == [(None, "none", None)]
    assert bases(figures, columns, totals={"first": "none"}) == [(None, "sum_of_parts", 100)]


def test_parts_of_an_export_that_may_not_have_all_are_not_added_to_those_of_one_that_has():
    figures = [deepfake(60, export_id="a"), recording(30, export_id="b")]
    columns = "complete_in, sum_of_parts, base_kind, base_value"

    assert bases(figures, columns, totals={"a": "none", "b": "partial"}) == [
        ("police/a.csv", 60, "sum_of_parts", 60),
        (None, 30, "none", None),
    ]


def test_two_complete_breakdowns_of_one_release_are_not_added_up():
    # The same 150 suspects by two sets of age bands, each in a file that says that it has them all.
    figures = [
        figure(100, age_band="10-19", export_id="wide"),
        figure(50, age_band="20-29", export_id="wide"),
        figure(40, age_band="10-14", export_id="narrow"),
        figure(60, age_band="15-19", export_id="narrow"),
        figure(50, age_band="20-24", export_id="narrow"),
    ]
    columns = "complete_in, part_codes, base_kind, base_value"

    assert bases(figures, columns, "dimension = 'age_band'", totals="none") == [
        ("police/narrow.csv", ["10-14", "15-19", "20-24"], "sum_of_parts", 150),
        ("police/wide.csv", ["10-19", "20-29"], "sum_of_parts", 150),
    ]


def test_two_complete_breakdowns_of_one_release_do_not_contradict_their_total():
    figures = [
        figure(150, export_id="total"),
        figure(100, age_band="10-19", export_id="wide"),
        figure(50, age_band="20-29", export_id="wide"),
        figure(40, age_band="10-14", export_id="narrow"),
        figure(60, age_band="15-19", export_id="narrow"),
        figure(50, age_band="20-24", export_id="narrow"),
    ]
    columns = "is_total_contradicted, base_kind, base_value"

    assert bases(figures, columns, "dimension = 'age_band'", totals="printed") == [
        (False, "published_total", 150),
        (False, "published_total", 150),
    ]


# Parts that hold or share one another


def ages(*bands, **given):
    return [figure(value, age_band=age_band, **given) for age_band, value in bands]


SHARING = ages(("10-17", 25), ("15-19", 30), ("20+", 70))


@pytest.mark.parametrize("totals", ["none", "printed", "partial"])
def test_age_bands_that_share_years_do_not_contradict_their_total(totals):
    # 15 to 17 are counted twice: 125 is no number of people.
    columns = "is_total_contradicted, is_exhaustive, base_kind, base_value"
    found = bases([figure(100), *SHARING], columns, "dimension = 'age_band'", totals=totals)

    assert found == [(False, False, "published_total", 100)]


def test_age_bands_that_share_years_have_no_sum():
    columns = "sum_of_parts, base_kind, base_value"

    assert bases(SHARING, columns, "dimension = 'age_band'", totals="none") == [(None, "none", None)]


def test_a_total_that_one_of_overlapping_parts_exceeds_is_no_base():
    figures = [figure(60), *SHARING]

    assert bases(figures, where="dimension = 'age_band'") == [("none", None)]


def test_parts_of_which_some_hold_others_have_no_sum_where_the_contract_says_so():
    figures = [figure(100), deepfake(60), recording(50)]
    columns = "sum_of_parts, is_exhaustive, base_kind, base_value"

    assert bases(figures, columns, totals="overlapping") == [(None, False, "published_total", 100)]


@pytest.mark.parametrize("totals", ["none", "printed", "partial"])
def test_an_age_band_within_another_is_no_part_of_the_sum(totals):
    bands = ages(("0-13", 9), ("0-5", 4), ("6-13", 5), ("14+", 3))
    figures = [figure(12), *bands] if totals == "printed" else bands
    columns = "part_codes, sum_of_parts"

    assert bases(figures, columns, "dimension = 'age_band'", totals=totals) == [(["0-13", "14+"], 12)]


def test_bands_are_parts_of_those_that_are_printed_for_the_same_period():
    figures = [
        *ages(("10-14", 10), ("15-19", 15), ("20+", 75), year=2023),
        *ages(("10-19", 80), ("20+", 120), year=2024),
    ]
    columns = "year(period_start), base_kind, base_value"

    assert bases(figures, columns, "dimension = 'age_band'", totals="none") == [
        (2023, "sum_of_parts", 100),
        (2024, "sum_of_parts", 200),
    ]


def test_bands_are_parts_of_those_that_are_printed_for_the_same_type():
    # Deepfakes by fine bands and recordings by wide ones, in one file.
    figures = [
        *ages(("10-14", 10), ("15-19", 15), ("20+", 75), crime_type="deepfake"),
        *ages(("10-19", 80), ("20+", 120), crime_type="illegal_recording"),
    ]
    columns = "root.crime_type, base_kind, base_value"

    assert bases(figures, columns, "dimension = 'age_band'", totals={"age_band": "none"}) == [
        ("deepfake", "sum_of_parts", 100),
        ("illegal_recording", "sum_of_parts", 200),
    ]


@pytest.mark.parametrize("with_shares", ["a", "b"])
def test_a_band_that_two_files_of_a_release_print_does_not_overlap_itself(with_shares):
    a = ages(("10-19", 30), ("30-39", 5), export_id="a", share="30.0" if with_shares == "a" else None)
    b = ages(("10-19", 30), ("20-29", 40), export_id="b", share="30.0" if with_shares == "b" else None)
    said = {"shares_along": {with_shares: "age_band"}}

    assert bases([*a, *b], "sum_of_parts", "dimension = 'age_band'", **said) == [(75,)]


# Levels

ONLINE = {"deepfake": "online", "illegal_recording": "online"}


def theft(value, **given):
    return figure(value, crime_type="theft", **given)


def online(value, **given):
    return figure(value, crime_type="online", **given)


@pytest.mark.parametrize(
    ("total", "totals", "kind"), [(105, "printed", "published_total"), (None, "none", "sum_of_parts")]
)
def test_parts_of_parts_are_not_in_the_sum(total, totals, kind):
    figures = [online(100), deepfake(60), recording(40), theft(5), *([figure(total)] if total else [])]
    columns = "part_codes, sum_of_parts, base_kind, base_value"

    assert bases(figures, columns, totals=totals, parents=ONLINE) == [(["online", "theft"], 105, kind, 105)]


def test_the_sum_of_a_group_that_is_not_printed_is_a_part():
    figures = [deepfake(60), recording(40), theft(5)]
    columns = "part_codes, sum_of_parts, base_kind, base_value"

    assert bases(figures, columns, totals="none", parents=ONLINE) == [
        (["online", "theft"], 105, "sum_of_parts", 105)
    ]


def test_a_group_of_which_a_part_is_no_number_leaves_no_sum():
    figures = [deepfake(60), recording(None, value_status="suppressed"), theft(5)]
    columns = "all_observed, base_kind, base_value"

    assert bases(figures, columns, totals="none", parents=ONLINE) == [(False, "none", None)]


def test_a_part_of_a_part_that_is_no_number_does_not_touch_the_sum():
    figures = [online(100), deepfake(60), recording(None, value_status="suppressed"), theft(5)]

    assert bases(figures, totals="none", parents=ONLINE) == [("sum_of_parts", 105)]


def test_each_part_knows_the_level_above_it():
    figures = [online(100), deepfake(60), recording(40), theft(5)]
    connection = built(figures, totals="none", parents=ONLINE, made=["breakdown_part"])
    query = "select part_code, whole_code from staging.breakdown_part order by all"

    assert connection.sql(query).fetchall() == [
        ("deepfake", "online"),
        ("illegal_recording", "online"),
        ("online", "total"),
        ("theft", "total"),
    ]


def test_the_shares_of_all_levels_are_of_one_base():
    figures = [online(100, share="95.2"), deepfake(60, share="57.1"), recording(40, share="38.1"), theft(5)]
    columns = "base_kind, base_value, implied_base_low, implied_base_high"

    assert bases(figures, columns, totals="none", parents=ONLINE, shares_along="crime_type") == [
        ("sum_of_parts", 105, 105, 105)
    ]


# Along every dimension


def test_a_figure_is_a_part_along_each_of_its_dimensions():
    figures = [
        figure(
            1, crime_type="deepfake", age_band="10-19", sex="female", region="seoul", **others(place="home")
        )
    ]
    connection = built(figures, totals="partial", made=["breakdown_part"])
    query = "select dimension, part_code, root from staging.breakdown_part order by dimension"
    found = {dimension: (code, root) for dimension, code, root in connection.sql(query).fetchall()}

    assert {dimension: code for dimension, (code, _) in found.items()} == {
        "age_band": "10-19",
        "crime_type": "deepfake",
        "place": "home",
        "region": "seoul",
        "sex": "female",
    }
    assert found["sex"][1] == {
        "measure": "cases",
        "crime_type": "deepfake",
        "age_band": "10-19",
        "sex": "total",
        "region": "seoul",
        "others": '{"place":"home"}',
    }
    assert found["place"][1]["others"] == ""


def test_a_part_along_one_own_dimension_is_of_the_others_together():
    figures = [figure(1, **others(place="home", hour="day"))]
    connection = built(figures, made=["breakdown_part"])
    query = "select dimension, root.others from staging.breakdown_part order by all"

    assert connection.sql(query).fetchall() == [("hour", '{"place":"home"}'), ("place", '{"hour":"day"}')]


def test_parts_along_an_own_dimension_have_a_base():
    figures = [figure(100), figure(60, **others(place="home")), figure(30, **others(place="street"))]
    columns = "part_codes, sum_of_parts, base_kind, base_value"

    assert bases(figures, columns, "dimension = 'place'") == [
        (["home", "street"], 90, "published_total", 100)
    ]


def test_the_sum_along_one_dimension_is_a_part_along_another():
    # Types by region, no totals: the regions of each type add up to it, and the types to everything.
    figures = [
        *(deepfake(1, region="seoul"), deepfake(2, region="busan")),
        *(recording(4, region="seoul"), recording(8, region="busan")),
    ]
    columns = "root.region, part_codes, base_kind, base_value"
    types = ["deepfake", "illegal_recording"]

    assert bases(figures, columns, totals="none") == [
        ("busan", types, "sum_of_parts", 10),
        ("seoul", types, "sum_of_parts", 5),
        ("total", types, "sum_of_parts", 15),
    ]


# Parts that there are none of, and corrections


def test_a_part_that_there_is_none_of_leaves_the_sum_complete():
    figures = [deepfake(60), recording(30), child(None, value_status="not_applicable")]
    columns = "sum_of_parts, is_exhaustive, all_observed, base_kind"

    assert bases(figures, columns, totals="none") == [(90, True, True, "sum_of_parts")]


def test_a_corrected_part_is_in_the_sum_as_corrected():
    entries = [correction(60, 16, crime_type="deepfake")]

    assert bases([deepfake(60), recording(30)], totals="none", correction_entries=entries) == [
        ("sum_of_parts", 46)
    ]


def test_a_corrected_total_is_the_base_and_the_printed_one_stands_beside_it():
    figures = [figure(900), deepfake(60), recording(30)]
    columns = "base_kind, base_value, published_total, printed_total"

    assert bases(figures, columns, totals="printed", correction_entries=[correction(900, 90)]) == [
        ("published_total", 90, 90, 900)
    ]


def test_the_printed_share_of_a_corrected_count_says_what_the_printed_count_said():
    figures = [deepfake(600, share="66.7"), recording(30, share="33.3")]
    entries = [correction(600, 60, crime_type="deepfake")]
    columns = "implied_base_low, implied_base_high"

    # 600 = 66.7% allows 899 or 900, 30 = 33.3% allows 90: the printed ones contradict each other.
    [(low, high)] = bases(figures, columns, shares_along="crime_type", correction_entries=entries)
    assert low > high
