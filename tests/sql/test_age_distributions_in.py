"""Age distributions regrouped into the bands that are asked for: exactly, or not at all and why."""

from __future__ import annotations

import pytest

from pipelines.warehouse.relations import macros, relations
from tests.sql.given import built, figure, with_macros


def suspects(value, **given):
    return figure(value, measure="suspects", **given)


def bands(*pairs, **given):
    return [suspects(value, age_band=band, **given) for band, value in pairs]


TENS = bands(("0-9", 1), ("10-19", 2), ("20-29", 4), ("30-39", 8), ("40+", 85))


def regrouped(asked, figures=TENS, columns="age_band, value, no_value_reason", totals="none", **said):
    connection = built(figures, totals=totals, made=["age_distributions"], **said)
    macro = _macro(connection)
    return macro.execute(f"select {columns} from age_distributions_in($bands)", {"bands": asked}).fetchall()


def _macro(connection):
    """The macro alone; the others need relations that these tests do not make."""
    [macro] = [macro for macro in macros() if macro.name == "age_distributions_in"]
    connection.execute(f"create macro {macro.name}({', '.join(macro.parameters)}) as table {macro.query}")
    return connection


def test_bands_that_add_up_to_those_asked_for_are_added_up():
    assert regrouped(["0-19", "20-39", "40+"]) == [
        ("0-19", 3, None),
        ("20-39", 12, None),
        ("40+", 85, None),
    ]


def test_the_shares_are_of_the_base_of_the_distribution():
    columns = "age_band, age_low, age_high, base_value, share_pct"

    assert regrouped(["0-19", "20+"], columns=columns) == [
        ("0-19", 0, 19, 100, 3.0),
        ("20+", 20, None, 100, 97.0),
    ]


def test_the_shares_are_of_the_printed_total_where_there_is_one():
    figures = [suspects(200), *TENS]

    assert regrouped(["20-39"], figures, "value, base_value, share_pct", totals="partial") == [(12, 200, 6.0)]


def test_there_is_no_share_without_a_base():
    assert regrouped(["20-39"], columns="value, base_value, share_pct", totals="partial") == [
        (12, None, None)
    ]


def test_an_open_band_is_made_of_bands_that_end_open():
    assert regrouped(["20+"]) == [("20+", 97, None)]


def test_an_open_band_is_not_made_of_bands_that_end():
    figures = bands(("0-9", 1), ("10-19", 2))

    assert regrouped(["0+"], figures) == [("0+", None, "the bands do not cover all of it")]


def test_a_band_that_ends_is_not_made_of_an_open_one():
    assert regrouped(["40-64"]) == [("40-64", None, "straddled by 40+")]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("0-17", "straddled by 10-19"),
        ("15-24", "straddled by 10-19, 20-29"),
        ("25+", "straddled by 20-29"),
        ("12-13", "straddled by 10-19"),
    ],
)
def test_a_band_that_one_of_its_own_straddles_has_no_value(asked, reason):
    assert regrouped([asked]) == [(asked, None, reason)]


def test_a_band_of_which_years_are_left_out_has_no_value():
    figures = bands(("10-19", 2), ("30-39", 8), ("40+", 85))
    reason = "the bands do not cover all of it"

    assert regrouped(["0-19", "10-39", "30+"], figures) == [
        ("0-19", None, reason),
        ("10-39", None, reason),
        ("30+", 93, None),
    ]


@pytest.mark.parametrize("status", ["suppressed", "not_applicable"])
def test_a_band_of_which_a_part_is_no_number_has_no_value(status):
    figures = [*bands(("0-9", 1), ("20+", 2)), suspects(None, age_band="10-19", value_status=status)]

    assert regrouped(["0-19", "20+"], figures) == [
        ("0-19", None, "not all of its bands are numbers"),
        ("20+", 2, None),
    ]


def test_a_band_of_its_own_is_itself():
    assert regrouped(["10-19"]) == [("10-19", 2, None)]


def test_unknown_ages_can_be_asked_for_and_are_in_no_other_band():
    figures = [*TENS, *bands(("unknown", 100))]

    assert regrouped(["0-19", "20+", "unknown"], figures, "age_band, value, share_pct") == [
        ("0-19", 3, 1.5),
        ("20+", 97, 48.5),
        ("unknown", 100, 50.0),
    ]


def test_a_band_without_bounds_can_be_asked_for_by_its_code():
    figures = bands(("juvenile", 3), ("18+", 97))

    assert regrouped(["juvenile", "adult"], figures) == [
        ("adult", None, "no such band"),
        ("juvenile", 3, None),
    ]


def test_every_distribution_has_every_band_that_is_asked_for():
    figures = [
        *bands(("0-17", 1), ("18+", 9), region="busan", export_id="busan"),
        *bands(("0-19", 2), ("20+", 8), region="seoul", export_id="seoul"),
    ]
    columns = "region, age_band, value, age_scheme"

    assert regrouped(["0-17", "18+"], figures, columns, totals={"age_band": "none"}) == [
        ("busan", "0-17", 1, "0-17 18+"),
        ("busan", "18+", 9, "0-17 18+"),
        ("seoul", "0-17", None, "0-19 20+"),
        ("seoul", "18+", None, "0-19 20+"),
    ]


def test_each_sex_crime_type_and_period_is_regrouped_by_itself():
    figures = [
        *bands(("0-9", 1), ("10-19", 2), sex="female"),
        *bands(("0-9", 4), ("10-19", 8), crime_type="deepfake"),
        *bands(("0-9", 16), ("10-19", 32), year=2023),
    ]
    columns = "crime_type, sex, year(period_start), value"

    assert regrouped(["0-19"], figures, columns, totals={"age_band": "none"}) == [
        ("total", "total", 2023, 48),
        ("deepfake", "total", 2024, 12),
        ("total", "female", 2024, 3),
    ]


def test_bands_within_others_are_not_counted_once_more():
    figures = bands(("0-13", 9), ("0-5", 4), ("6-13", 5), ("14-17", 3), ("18+", 1))

    assert regrouped(["0-17"], figures) == [("0-17", 12, None)]


def test_nothing_is_asked_for_nothing_is_given():
    assert regrouped([]) == []


def test_it_reads_the_published_macro_like_any_table():
    connection = with_macros(built(TENS, totals="none", made=relations()))
    query = "select value from age_distributions_in(['0-19']) where measure = 'suspects'"

    assert connection.sql(query).fetchall() == [(3,)]


def band_value(asked, figures, **said):
    [(value, reason)] = regrouped([asked], figures, "value, no_value_reason", **said)
    return value, reason


@pytest.mark.parametrize(("asked", "value"), [("0-5", 4), ("6-13", 5), ("6-17", 8)])
def test_a_band_that_is_printed_within_another_can_be_asked_for(asked, value):
    figures = bands(("0-13", 9), ("0-5", 4), ("6-13", 5), ("14-17", 3), ("18+", 1))

    assert band_value(asked, figures) == (value, None)


def test_a_distribution_that_two_files_give_by_different_bands_is_not_counted_twice():
    # The same 150 suspects by two sets of bands, each in a file that has them all.
    figures = [
        *bands(("10-19", 100), ("20-29", 50), export_id="wide"),
        *bands(("10-14", 40), ("15-19", 60), ("20-24", 50), export_id="narrow"),
    ]
    exports = {"narrow": {"table_name": "narrow"}}
    found = regrouped(["10-19"], figures, "value", exports=exports)

    assert set(found) <= {(100,), (None,)}


def test_bands_that_overlap_and_leave_a_gap_do_not_cover_everything():
    # 10-14 is counted again among 10-19, and nobody says how many are 20 to 24.
    figures = [*bands(("10-19", 100)), *bands(("10-14", 40), export_id="youths")]

    assert {value for (value,) in regrouped(["10-24"], figures, "value", totals="partial")} == {None}


def test_bands_that_overlap_cover_no_years_twice():
    # 12 to 17 are counted twice and 20 to 25 are left out: as many years as 10 to 25.
    assert band_value("10-25", bands(("10-17", 5), ("12-19", 5))) == (
        None,
        "the bands do not cover all of it",
    )


@pytest.mark.parametrize("asked", ["10–19", "20", "20 to 29", "20대"])
def test_a_band_that_cannot_be_read_is_no_band(asked):
    assert band_value(asked, TENS) == (None, "no such band")
