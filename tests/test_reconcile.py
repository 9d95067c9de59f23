"""Published figures tested against one another: verdicts, intervals and sentences."""

from __future__ import annotations

import pytest

from pipelines.reconcile import reconcile
from tests.sql import given
from tests.sql.given import LATER, figure

WINDOW = "2024-11-01/2025-10-31"
YEAR_BEFORE = "2023-11-01/2024-10-31"


def noi(value, export_id, measure="cases", period=WINDOW, **given):
    return figure(
        value, source="noi", export_id=export_id, measure=measure, period=period, **given
    )  # fmt: skip


# As printed in the seed document; see raw/noi_cybersex_crackdown.
SEED = [
    noi(3411, "headline"),
    noi(3557, "headline", "suspects", change="47.8"),
    noi(2406, "headline", "suspects", period=YEAR_BEFORE),
    noi(221, "headline", "suspects_detained"),
    noi(1553, "types", crime_type="deepfake", share="35.2"),
    noi(1513, "types", crime_type="child_exploitation_material", share="34.3"),
    noi(857, "types", crime_type="illegal_recording", share="19.4"),
    noi(1761, "ages", "suspects", age_band="10-19", share="47.6"),
    noi(1228, "ages", "suspects", age_band="20-29", share="33.2"),
    noi(468, "ages", "suspects", age_band="30-39", share="12.7"),
    noi(169, "ages", "suspects", age_band="40-49", share="4.6"),
    noi(895, "deepfake ages", "suspects", crime_type="deepfake", age_band="10-19", share="61.8"),
    noi(438, "deepfake ages", "suspects", crime_type="deepfake", age_band="20-29", share="30.2"),
    noi(256, "undercover", "undercover_investigations", change="32"),
    noi(194, "undercover", "undercover_investigations", period=YEAR_BEFORE),
]
SEED_SHARES = {"types": "crime_type", "ages": "age_band", "deepfake ages": "age_band"}

# By claim: kind, verdict, published, recomputed_low, recomputed_high, explanation.
SEED_FINDINGS = {
    "The printed shares of cases by crime type are shares of the printed total 3,411.": (
        "share_base", "contradicts", 3411, 4407, 4417,
        "1,553 = 35.2%, 1,513 = 34.3% and 857 = 19.4% fit together on a base of 4,407 to 4,417 only; "
        "the printed total is 3,411, so they are not shares of it. The parts alone sum to 3,923.",
    ),
    "The printed shares of suspects by age band are shares of the printed total 3,557.": (
        "share_base", "contradicts", 3557, 3696, 3699,
        "1,761 = 47.6%, 1,228 = 33.2%, 468 = 12.7% and 169 = 4.6% fit together on a base of 3,696 to "
        "3,699 only; the printed total is 3,557, so they are not shares of it. The parts alone sum to "
        "3,626.",
    ),
    "The printed shares of suspects (Deepfake sexual content) by age band are shares of one base.": (
        "share_base", "agrees", None, 1448, 1449,
        "895 = 61.8% and 438 = 30.2% fit together on a base of 1,448 or 1,449. No total is printed.",
    ),
    "The parts of cases by crime type do not exceed the printed total 3,411.": (
        "sum_of_parts", "contradicts", 3411, 3923, None,
        "The 3 parts printed sum to 3,923, more than the printed total 3,411.",
    ),
    "The parts of suspects by age band do not exceed the printed total 3,557.": (
        "sum_of_parts", "contradicts", 3557, 3626, None,
        "The 4 parts printed sum to 3,626, more than the printed total 3,557.",
    ),
    "The parts of suspects (10s) by crime type do not exceed the printed total 1,761.": (
        "sum_of_parts", "agrees", 1761, 895, None,
        "The one part printed is 895 of the printed total 1,761.",
    ),
    "The parts of suspects (20s) by crime type do not exceed the printed total 1,228.": (
        "sum_of_parts", "agrees", 1228, 438, None,
        "The one part printed is 438 of the printed total 1,228.",
    ),
    "The printed shares of cases by crime type add up to no more than 100%.": (
        "sum_of_shares", "agrees", 100, 88.75, 89.05,
        "The shares add up to 88.9%, give or take 0.15 for rounding.",
    ),
    "The printed shares of suspects by age band add up to no more than 100%.": (
        "sum_of_shares", "agrees", 100, 97.9, 98.3,
        "The shares add up to 98.1%, give or take 0.2 for rounding.",
    ),
    "The printed shares of suspects (Deepfake sexual content) by age band add up to no more than 100%.": (
        "sum_of_shares", "agrees", 100, 91.9, 92.1,
        "The shares add up to 92%, give or take 0.1 for rounding.",
    ),
    "Suspects changed by +47.8% on the same period a year earlier.": (
        "change", "agrees", 47.8, 100 * 1151 / 2406, 100 * 1151 / 2406,
        "3,557 after 2,406 is +47.84%; printed is +47.8%.",
    ),
    "Undercover investigations changed by +32% on the same period a year earlier.": (
        "change", "agrees", 32, 100 * 62 / 194, 100 * 62 / 194,
        "256 after 194 is +31.96%; printed is +32%.",
    ),
}  # fmt: skip


def built(figures, **said):
    return given.built(figures, made=["reconciliations"], **said)


@pytest.fixture(scope="module")
def seed():
    return {found.claim: found for found in reconcile(built(SEED, shares_along=SEED_SHARES))}


def test_the_seed_allows_these_tests_and_no_others(seed):
    assert sorted(seed) == sorted(SEED_FINDINGS)


@pytest.mark.parametrize("claim", SEED_FINDINGS)
def test_the_figures_of_the_seed_agree_or_contradict_each_other(seed, claim):
    found = seed[claim]

    assert (
        found.kind, found.verdict, found.published, found.recomputed_low, found.recomputed_high,
        found.explanation,
    ) == SEED_FINDINGS[claim]  # fmt: skip


def test_a_finding_says_which_figure_it_is_about(seed):
    found = seed["Suspects changed by +47.8% on the same period a year earlier."]

    assert (found.source, str(found.period_start), str(found.period_end)) == (
        "noi",
        "2024-11-01",
        "2025-10-31",
    )
    assert (found.measure, found.crime_type, found.age_band, found.sex, found.region, found.export_id) == (
        "suspects", "total", "total", "total", "total", "headline",
    )  # fmt: skip


def findings(figures, kind, **said):
    """Verdict, interval and sentence of the findings of a kind."""
    return [
        (found.verdict, found.recomputed_low, found.recomputed_high, found.explanation)
        for found in reconcile(built(figures, **said))
        if found.kind == kind
    ]


def claims(figures, kind, **said):
    return [found.claim for found in reconcile(built(figures, **said)) if found.kind == kind]


def verdicts(figures, kind, **said):
    return [verdict for verdict, *_ in findings(figures, kind, **said)]


def deepfake(value, **given):
    return figure(value, crime_type="deepfake", **given)


def recording(value, **given):
    return figure(value, crime_type="illegal_recording", **given)


# Changes


def test_a_change_that_the_counts_do_not_have_contradicts_them():
    figures = [figure(80, year=2023), figure(100, change="20.0")]

    assert findings(figures, "change") == [
        ("contradicts", 25.0, 25.0, "100 after 80 is +25%; printed is +20.0%.")
    ]


def test_a_fall_is_printed_with_its_sign():
    figures = [figure(80, year=2023), figure(60, change="-25.0")]

    assert findings(figures, "change") == [
        ("agrees", -25.0, -25.0, "60 after 80 is -25%; printed is -25.0%.")
    ]


def test_a_fall_that_is_printed_as_a_rise_contradicts_the_counts():
    assert verdicts([figure(80, year=2023), figure(60, change="25.0")], "change") == ["contradicts"]


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        ("12.5", "agrees"),
        ("12", "agrees"),
        ("13", "agrees"),
        ("12.50", "agrees"),
        ("12.4", "contradicts"),
        ("12.6", "contradicts"),
        ("14", "contradicts"),
    ],
)
def test_a_change_is_tested_to_the_digits_that_are_printed(printed, verdict):
    # 225 after 200 is +12.5% exactly; publishers round halves either way.
    assert verdicts([figure(200, year=2023), figure(225, change=printed)], "change") == [verdict]


def test_a_change_on_zero_cannot_be_tested():
    figures = [figure(0, year=2023), figure(1200, change="100")]

    assert findings(figures, "change") == [
        ("untestable", None, None, "The count a year earlier is 0; 1,200 has no change on it in percent.")
    ]


@pytest.mark.parametrize(
    "figures",
    [
        [figure(100, change="25.0")],
        [figure(None, year=2023, value_status="suppressed"), figure(100, change="25.0")],
        [figure(80, year=2023), figure(None, change="25.0")],
    ],
    ids=["no figure a year earlier", "no number a year earlier", "no number now"],
)
def test_a_change_of_a_count_that_is_not_printed_cannot_be_tested(figures):
    assert findings(figures, "change") == [
        ("untestable", None, None, "One of the two counts is not printed.")
    ]


def test_a_change_compares_a_figure_with_the_same_figure():
    figures = [
        figure(80, year=2023),
        figure(40, year=2023, region="seoul", crime_type="deepfake", sex="female", age_band="10-19"),
        figure(
            60, region="seoul", crime_type="deepfake", sex="female", age_band="10-19", change="50.0"
        ),
    ]  # fmt: skip

    assert verdicts(figures, "change") == ["agrees"]
    assert claims(figures, "change") == [
        "Cases (Deepfake sexual content, 10s, Female, Seoul) changed by +50.0% on the same period a year "
        "earlier."
    ]


def test_a_single_29_february_is_compared_with_the_28th():
    figures = [
        figure(80, period="2023-02-28/2023-02-28"),
        figure(100, period="2024-02-29/2024-02-29", change="25.0"),
    ]

    assert verdicts(figures, "change") == ["agrees"]


def test_a_figure_without_a_printed_change_is_not_tested():
    assert findings([figure(80, year=2023), figure(100)], "change") == []


# Shares and their base


def test_shares_that_fit_no_base_contradict_each_other():
    figures = [deepfake(50, share="50.0"), recording(50, share="25.0")]

    assert findings(figures, "share_base", shares_along="crime_type") == [
        (
            "contradicts", 200, 100,
            "No base fits all of 50 = 50.0% and 50 = 25.0%: the printed figures contradict each other.",
        )
    ]  # fmt: skip


def test_shares_that_fit_the_printed_total_agree_with_it():
    figures = [figure(90), deepfake(60, share="66.7"), recording(30, share="33.3")]

    assert findings(figures, "share_base", shares_along="crime_type") == [
        (
            "agrees", 90, 90,
            "60 = 66.7% and 30 = 33.3% fit together on a base of 90, and so does the printed total 90.",
        )
    ]  # fmt: skip


def test_a_single_share_fits_alone():
    assert findings([deepfake(895, share="61.8")], "share_base", shares_along="crime_type") == [
        ("agrees", 1448, 1449, "895 = 61.8% fits on a base of 1,448 or 1,449. No total is printed.")
    ]


def test_a_share_of_0_bounds_its_base_from_below_only():
    assert findings([deepfake(1, share="0.0")], "share_base", shares_along="crime_type") == [
        ("agrees", 2000, None, "1 = 0.0% fits on a base of 2,000 or more. No total is printed.")
    ]


def test_a_share_of_0_contradicts_a_small_total():
    figures = [figure(1999), deepfake(1, share="0.0")]

    assert verdicts(figures, "share_base", shares_along="crime_type") == ["contradicts"]


def test_0_percent_of_a_total_of_0_contradicts_nothing():
    # Tables of small stations are full of it: 0 cases, 0.0% of 0.
    figures = [figure(0), deepfake(0, share="0.0"), recording(0, share="0.0")]

    assert "contradicts" not in verdicts(figures, "share_base", shares_along="crime_type", totals="printed")


def test_a_count_of_0_with_a_share_contradicts_itself():
    assert verdicts([deepfake(0, share="5.0")], "share_base", shares_along="crime_type") == ["contradicts"]


def test_a_share_above_100_contradicts_itself():
    assert verdicts([deepfake(120, share="120.0")], "share_base", shares_along="crime_type") == [
        "contradicts"
    ]


def test_shares_along_another_dimension_are_not_tested():
    figures = [deepfake(60, age_band="10-19", share="60.0"), recording(60, age_band="10-19", share="10.0")]
    found = reconcile(built(figures, shares_along="age_band"))

    # Along crime type, 10 to 19 year olds have no shares that could contradict each other.
    assert sorted((test.kind, test.crime_type, test.verdict) for test in found) == [
        ("share_base", "deepfake", "agrees"),
        ("share_base", "illegal_recording", "agrees"),
    ]


# The sum of the shares


def test_shares_that_add_up_to_more_than_100_contradict_each_other():
    figures = [deepfake(60, share="60.0"), recording(50, share="50.0")]

    assert findings(figures, "sum_of_shares", shares_along="crime_type") == [
        ("contradicts", 109.9, 110.1, "The shares add up to 110%, give or take 0.1 for rounding.")
    ]


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        (("66.7", "33.4"), "agrees"),  # 100.1, give or take 0.1
        (("66.7", "33.3"), "agrees"),
        (("66.6", "33.3"), "agrees"),  # 99.9
        (("66.6", "33.2"), "contradicts"),  # 99.8
        (("66.8", "33.4"), "contradicts"),  # 100.2
    ],
)
def test_shares_of_all_there_is_add_up_to_100_but_for_rounding(shares, verdict):
    figures = [deepfake(60, share=shares[0]), recording(30, share=shares[1])]

    assert verdicts(figures, "sum_of_shares", shares_along="crime_type", totals="none") == [verdict]


def test_shares_of_some_parts_need_not_add_up_to_100():
    figures = [deepfake(60, share="30.0"), recording(30, share="15.0")]

    assert verdicts(figures, "sum_of_shares", shares_along="crime_type", totals="partial") == ["agrees"]
    assert verdicts(figures, "sum_of_shares", shares_along="crime_type", totals="none") == ["contradicts"]


def test_shares_need_not_add_up_to_100_where_one_is_not_printed():
    figures = [deepfake(60, share="60.0"), recording(40)]

    assert verdicts([*figures, figure(100)], "sum_of_shares", shares_along="crime_type", totals="none") == []


# The sum of the parts


def test_all_parts_that_do_not_add_up_contradict_the_total():
    figures = [figure(100), deepfake(60), recording(30)]

    assert findings(figures, "sum_of_parts", totals="printed") == [
        ("contradicts", 90, 90, "The 2 parts printed sum to 90; the printed total is 100.")
    ]
    assert claims(figures, "sum_of_parts", totals="printed") == [
        "The parts of cases by crime type add up to the printed total 100."
    ]


def test_all_parts_that_add_up_agree_with_the_total():
    assert verdicts([figure(90), deepfake(60), recording(30)], "sum_of_parts", totals="printed") == ["agrees"]


def test_some_parts_may_be_less_than_the_total():
    assert verdicts([figure(100), deepfake(60), recording(30)], "sum_of_parts") == ["agrees"]


def test_all_parts_cannot_be_tested_when_one_is_not_a_number():
    figures = [figure(100), deepfake(60), recording(None, value_status="suppressed")]

    assert findings(figures, "sum_of_parts", totals="printed") == [
        (
            "untestable", 60, None,
            "Not every part is a number; those that are sum to 60, the printed total is 100.",
        )
    ]  # fmt: skip


def test_parts_contradict_a_total_that_they_exceed_even_when_one_is_not_a_number():
    figures = [figure(50), deepfake(60), recording(None, value_status="suppressed")]

    assert verdicts(figures, "sum_of_parts", totals="printed") == ["contradicts"]


def test_parts_of_which_none_is_a_number_do_not_sum_to_0():
    figures = [
        figure(100),
        deepfake(None, value_status="suppressed"),
        recording(None, value_status="suppressed"),
    ]

    assert findings(figures, "sum_of_parts") == [] or verdicts(figures, "sum_of_parts") == ["untestable"]


def test_parts_without_a_total_are_not_tested():
    assert findings([deepfake(60), recording(30)], "sum_of_parts", totals="none") == []


def test_overlapping_age_bands_contradict_no_total():
    # 10-17 are counted again among 10-19: 125 is no number of people.
    figures = [
        figure(100),
        figure(25, age_band="10-17"),
        figure(30, age_band="10-19"),
        figure(70, age_band="20+"),
    ]

    assert "contradicts" not in verdicts(figures, "sum_of_parts")


# What belongs together


def test_parts_of_one_release_do_not_contradict_the_total_of_another():
    # The later release revises the parts upwards and does not print the total again.
    figures = [
        figure(100),
        deepfake(60),
        recording(30),
        deepfake(75, **LATER),
        recording(35, **LATER),
    ]

    assert "contradicts" not in verdicts(figures, "sum_of_parts")


def test_a_claim_names_what_is_held_fixed():
    figures = [
        figure(100, region="seoul", sex="female"),
        deepfake(60, region="seoul", sex="female"),
    ]

    assert claims(figures, "sum_of_parts") == [
        "The parts of cases (Female, Seoul) by crime type do not exceed the printed total 100."
    ]


def test_a_claim_about_a_further_dimension_is_not_one_about_everything():
    home, street = {"other_dimensions": '{"place": "home"}'}, {"other_dimensions": '{"place": "street"}'}
    figures = [
        figure(80, year=2023, **home),
        figure(100, change="25.0", **home),
        figure(40, year=2023, **street),
        figure(50, change="25.0", **street),
    ]

    assert len(set(claims(figures, "change"))) == 2


def test_an_empty_warehouse_has_nothing_to_reconcile():
    assert reconcile(built([])) == []
