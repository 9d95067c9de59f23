"""Published figures tested against one another: verdicts, intervals and sentences."""

from __future__ import annotations

import pytest

from pipelines.warehouse.reconcile import reconcile
from tests.sql import given
from tests.sql.given import LATER, agreement, correction, figure, others, ratio

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
        "Cases by crime type: 1,553 = 35.2%, 1,513 = 34.3% and 857 = 19.4% fit together on a base of 4,407 to "
        "4,417 only; the printed total is 3,411, so they are not shares of it. The parts alone sum to 3,923.",
    ),
    "The printed shares of suspects by age band are shares of the printed total 3,557.": (
        "share_base", "contradicts", 3557, 3696, 3699,
        "Suspects by age band: 1,761 = 47.6%, 1,228 = 33.2%, 468 = 12.7% and 169 = 4.6% fit together on a base "
        "of 3,696 to 3,699 only; the printed total is 3,557, so they are not shares of it. The parts alone "
        "sum to 3,626.",
    ),
    "The printed shares of suspects (Deepfake sexual content) by age band are shares of one base.": (
        "share_base", "agrees", None, 1448, 1449,
        "Suspects (Deepfake sexual content) by age band: 895 = 61.8% and 438 = 30.2% fit together on a base of "
        "1,448 or 1,449. No total is printed.",
    ),
    "The parts of cases by crime type do not exceed the printed total 3,411.": (
        "sum_of_parts", "contradicts", 3411, 3923, None,
        "Cases by crime type: the 3 parts printed sum to 3,923, more than the printed total 3,411.",
    ),
    "The parts of suspects by age band do not exceed the printed total 3,557.": (
        "sum_of_parts", "contradicts", 3557, 3626, None,
        "Suspects by age band: the 4 parts printed sum to 3,626, more than the printed total 3,557.",
    ),
    "The parts of suspects (10s) by crime type do not exceed the printed total 1,761.": (
        "sum_of_parts", "agrees", 1761, 895, None,
        "Suspects (10s) by crime type: the one part printed is 895 of the printed total 1,761.",
    ),
    "The parts of suspects (20s) by crime type do not exceed the printed total 1,228.": (
        "sum_of_parts", "agrees", 1228, 438, None,
        "Suspects (20s) by crime type: the one part printed is 438 of the printed total 1,228.",
    ),
    "The printed shares of cases by crime type add up to no more than 100%.": (
        "sum_of_shares", "agrees", 100, 88.75, 89.05,
        "Cases by crime type: the shares add up to 88.9%, give or take 0.15 for rounding.",
    ),
    "The printed shares of suspects by age band add up to no more than 100%.": (
        "sum_of_shares", "agrees", 100, 97.9, 98.3,
        "Suspects by age band: the shares add up to 98.1%, give or take 0.2 for rounding.",
    ),
    "The printed shares of suspects (Deepfake sexual content) by age band add up to no more than 100%.": (
        "sum_of_shares", "agrees", 100, 91.9, 92.1,
        "Suspects (Deepfake sexual content) by age band: the shares add up to 92%, give or take 0.1 for rounding.",
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
            "Cases by crime type: no base fits all of 50 = 50.0% and 50 = 25.0%: the printed figures contradict each other.",
        )
    ]  # fmt: skip


def test_shares_that_fit_the_printed_total_agree_with_it():
    figures = [figure(90), deepfake(60, share="66.7"), recording(30, share="33.3")]

    assert findings(figures, "share_base", shares_along="crime_type") == [
        (
            "agrees", 90, 90,
            "Cases by crime type: 60 = 66.7% and 30 = 33.3% fit together on a base of 90, and so does the "
            "printed total 90.",
        )
    ]  # fmt: skip


def test_a_single_share_fits_alone():
    assert findings([deepfake(895, share="61.8")], "share_base", shares_along="crime_type") == [
        (
            "agrees",
            1448,
            1449,
            "Cases by crime type: 895 = 61.8% fits on a base of 1,448 or 1,449. No total is printed.",
        )
    ]


def test_a_share_of_0_bounds_its_base_from_below_only():
    assert findings([deepfake(1, share="0.0")], "share_base", shares_along="crime_type") == [
        (
            "agrees",
            2000,
            None,
            "Cases by crime type: 1 = 0.0% fits on a base of 2,000 or more. No total is printed.",
        )
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
        (
            "contradicts",
            109.9,
            110.1,
            "Cases by crime type: the shares add up to 110%, give or take 0.1 for rounding.",
        )
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
        (
            "contradicts",
            90,
            90,
            "Cases by crime type: the 2 parts printed sum to 90; the printed total is 100.",
        )
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
            "Cases by crime type: not every part is a number; those that are sum to 60, printed is 100.",
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


# Parts of parts, and parts that hold or share one another


def theft(value, **given):
    return figure(value, crime_type="theft", **given)


def online(value, **given):
    return figure(value, crime_type="online", **given)


ONLINE = {"deepfake": "online", "illegal_recording": "online"}


def of_levels(figures, totals="printed"):
    """Claim and verdict of every sum of parts, by the whole it is about."""
    found = reconcile(built(figures, totals=totals, parents=ONLINE))
    sums = [test for test in found if test.kind == "sum_of_parts"]
    assert len({test.crime_type for test in sums}) == len(sums)
    return {test.crime_type: (test.claim, test.verdict, test.explanation) for test in sums}


def test_each_printed_whole_is_tested_against_its_own_parts():
    figures = [figure(105), online(100), deepfake(60), recording(40), theft(5)]

    assert of_levels(figures) == {
        "total": (
            "The parts of cases by crime type add up to the printed total 105.",
            "agrees",
            "Cases by crime type: the 2 parts printed sum to 105; the printed total is 105.",
        ),
        "online": (
            "The parts of cases (online) by crime type add up to the printed total 100.",
            "agrees",
            "Cases (online) by crime type: the 2 parts printed sum to 100; the printed total is 100.",
        ),
    }


def test_a_group_whose_parts_do_not_add_up_contradicts_itself_and_not_the_total():
    figures = [figure(105), online(100), deepfake(60), recording(30), theft(5)]
    found = of_levels(figures)

    assert {whole: verdict for whole, (_, verdict, _) in found.items()} == {
        "total": "agrees",
        "online": "contradicts",
    }


def test_a_group_whose_parts_may_not_be_all_may_be_more_than_they_are():
    figures = [figure(105), online(100), deepfake(60), theft(5)]
    found = of_levels(figures, totals="partial")

    assert found["online"] == (
        "The parts of cases (online) by crime type do not exceed the printed total 100.",
        "agrees",
        "Cases (online) by crime type: the one part printed is 60 of the printed total 100.",
    )


def test_a_group_that_is_not_printed_is_no_claim():
    figures = [figure(105), deepfake(60), recording(40), theft(5)]

    assert list(of_levels(figures)) == ["total"]


def test_a_group_that_is_a_sum_counts_in_the_test_of_the_total():
    figures = [figure(104), deepfake(60), recording(40), theft(5)]
    [(_, verdict, said)] = of_levels(figures).values()

    assert (verdict, said) == (
        "contradicts",
        "Cases by crime type: the 2 parts printed sum to 105; the printed total is 104.",
    )


def by_age(*pairs, **given):
    return [figure(value, age_band=band, **given) for band, value in pairs]


def test_bands_within_a_band_are_tested_against_it():
    figures = [figure(12), *by_age(("0-13", 9), ("0-5", 4), ("6-13", 6), ("14+", 3))]
    found = reconcile(built(figures, totals="printed"))
    sums = {test.age_band: test.verdict for test in found if test.kind == "sum_of_parts"}

    assert sums == {"total": "agrees", "0-13": "contradicts"}


def test_a_band_that_is_printed_with_some_of_what_is_in_it_is_not_contradicted():
    figures = [figure(12), *by_age(("0-13", 9), ("0-5", 4), ("14+", 3))]

    assert "contradicts" not in verdicts(figures, "sum_of_parts", totals="printed")


SHARING = by_age(("10-17", 25), ("15-19", 30), ("20+", 70))


@pytest.mark.parametrize("totals", ["none", "printed", "partial"])
def test_age_bands_that_share_years_contradict_no_total(totals):
    # 15 to 17 are counted twice: 125 is no number of people.
    assert verdicts([figure(100), *SHARING], "sum_of_parts", totals=totals) == []


def test_of_parts_that_share_something_none_may_exceed_the_total():
    assert claims([figure(60), *SHARING], "largest_part") == [
        "No part of cases by age band exceeds the printed total 60."
    ]
    assert findings([figure(60), *SHARING], "largest_part") == [
        (
            "contradicts", 70, None,
            "Cases by age band: the largest part, 20+, is 70, more than the printed total 60.",
        )
    ]  # fmt: skip
    assert findings([figure(100), *SHARING], "largest_part") == [
        ("agrees", 70, None, "Cases by age band: the largest part, 20+, is 70, of the printed total 100.")
    ]


def test_parts_that_hold_others_by_contract_are_not_added_up():
    figures = [figure(100), deepfake(60), recording(50)]

    assert verdicts(figures, "sum_of_parts", totals="overlapping") == []
    assert verdicts(figures, "largest_part", totals="overlapping") == ["agrees"]


def test_parts_that_there_are_none_of_are_not_counted_among_the_parts():
    figures = [figure(90), deepfake(60), recording(30), theft(None, value_status="not_applicable")]

    assert findings(figures, "sum_of_parts", totals="printed") == [
        ("agrees", 90, 90, "Cases by crime type: the 2 parts printed sum to 90; the printed total is 90.")
    ]


def test_the_one_share_without_which_the_others_fit_is_named():
    figures = [deepfake(600, share="60.0"), recording(300, share="30.0"), theft(100, share="5.0")]
    [(verdict, *_, said)] = findings(figures, "share_base", shares_along="crime_type")

    assert verdict == "contradicts"
    assert said == (
        "Cases by crime type: no base fits all of 600 = 60.0%, 300 = 30.0% and 100 = 5.0%: the printed figures "
        "contradict each other. Without 100 = 5.0% the others fit on a base of 1,000."
    )


# Percentages of another measure

CLEARED = [ratio("cases_cleared", "cases")]


def cleared(value, **given):
    return figure(value, measure="cases_cleared", **given)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (
            [figure(1000), cleared(612, share="61.2")],
            ("agrees", 61.2, 61.2, "612 of 1,000 is 61.2%; printed is 61.2%."),
        ),
        (
            [figure(1000), cleared(612, share="62.1")],
            ("contradicts", 61.2, 61.2, "612 of 1,000 is 61.2%; printed is 62.1%."),
        ),
        (
            [figure(1000), cleared(1100, share="110.0")],
            ("agrees", 110.0, 110.0, "1,100 of 1,000 is 110%; printed is 110.0%."),
        ),
        ([cleared(612, share="61.2")], ("untestable", None, None, "Cases are not printed.")),
        (
            [figure(1000), cleared(None, share="61.2")],
            ("untestable", None, None, "61.2% of 1,000 is 612; no count is printed."),
        ),
        (
            [figure(1000), cleared(None, share="61")],
            ("untestable", None, None, "61% of 1,000 is 605 to 615; no count is printed."),
        ),
        (
            [figure(0), cleared(0, share="0.0")],
            ("untestable", None, None, "Cases are 0, of which there is no percentage."),
        ),
    ],
)
def test_a_percentage_of_another_measure_is_tested_against_both(figures, expected):
    assert findings(figures, "ratio", ratios=CLEARED) == [expected]


def test_a_percentage_of_another_measure_is_of_the_same_codes():
    seoul = {"region": "seoul", "crime_type": "deepfake", **others(place="home")}
    figures = [figure(1000), figure(10, **seoul), cleared(5, share="50.0", **seoul)]

    assert claims(figures, "ratio", ratios=CLEARED) == [
        "Cases cleared (Deepfake sexual content, Seoul, place home) are 50.0% of cases."
    ]
    assert verdicts(figures, "ratio", ratios=CLEARED) == ["agrees"]


def test_a_percentage_of_another_measure_is_no_share():
    figures = [
        *(figure(1000), figure(600, crime_type="deepfake"), figure(400, crime_type="theft")),
        *(cleared(300, crime_type="deepfake", share="50.0"), cleared(300, crime_type="theft", share="75.0")),
    ]
    said = {"ratios": CLEARED, "shares_along": "crime_type"}

    assert verdicts(figures, "ratio", **said) == ["agrees", "agrees"]
    assert verdicts(figures, "share_base", **said) == []
    assert verdicts(figures, "sum_of_shares", **said) == []


# Months, quarters, halves and years


def months(*values, year=2024, **given):
    return [
        figure(value, period=f"{year}-{month:02}", **given) for month, value in enumerate(values, start=1)
    ]


def quarters(*values, year=2024):
    return [
        figure(value, period=f"{year}-{first:02}/{year}-{first + 2:02}")
        for value, first in zip(values, (1, 4, 7, 10), strict=True)
    ]


def test_a_year_that_is_the_sum_of_its_months_agrees():
    figures = [*months(*range(1, 13)), figure(78)]

    assert claims(figures, "sum_of_periods") == ["The months of 2024 add up to Cases of all of it, 78."]
    assert findings(figures, "sum_of_periods") == [
        ("agrees", 78, 78, "The 12 months sum to 78; printed for 2024 is 78.")
    ]


def test_a_year_that_is_not_the_sum_of_its_months_contradicts_them():
    assert findings([*months(*range(1, 13)), figure(80)], "sum_of_periods") == [
        ("contradicts", 78, 78, "The 12 months sum to 78; printed for 2024 is 80.")
    ]


@pytest.mark.parametrize(("total", "verdict"), [(100, "untestable"), (50, "contradicts")])
def test_a_year_of_which_a_month_is_no_number_is_tested_from_below_only(total, verdict):
    figures = [*months(*range(1, 12)), figure(None, period="2024-12"), figure(total)]

    assert findings(figures, "sum_of_periods") == [
        (
            verdict, 66, None,
            f"1 of the 12 months are no numbers; the others sum to 66, printed is {total}.",
        )
    ]  # fmt: skip


def test_a_year_of_which_a_month_is_not_there_is_not_tested():
    assert findings([*months(*range(1, 12)), figure(78)], "sum_of_periods") == []


def test_every_level_of_periods_is_tested():
    figures = [*months(*[1] * 12), *quarters(3, 3, 3, 4), figure(13)]
    found = {
        (test.explanation, test.verdict)
        for test in reconcile(built(figures))
        if test.kind == "sum_of_periods"
    }

    assert found == {
        ("The 12 months sum to 12; printed for 2024 is 13.", "contradicts"),
        ("The 4 quarters sum to 13; printed for 2024 is 13.", "agrees"),
        ("The 3 months sum to 3; printed for 2024-01–2024-03 is 3.", "agrees"),
        ("The 3 months sum to 3; printed for 2024-04–2024-06 is 3.", "agrees"),
        ("The 3 months sum to 3; printed for 2024-07–2024-09 is 3.", "agrees"),
        ("The 3 months sum to 3; printed for 2024-10–2024-12 is 4.", "contradicts"),
    }


def test_the_halves_of_a_year_are_tested():
    figures = [figure(5, period="2024-01/2024-06"), figure(6, period="2024-07/2024-12"), figure(11)]

    assert findings(figures, "sum_of_periods") == [
        ("agrees", 11, 11, "The 2 halves sum to 11; printed for 2024 is 11.")
    ]


def test_the_months_of_another_series_are_not_those_of_the_year():
    for other in ({"crime_type": "deepfake"}, {"measure": "suspects"}, others(place="home")):
        assert findings([*months(*range(1, 13), **other), figure(78)], "sum_of_periods") == []


def test_a_cumulative_figure_is_tested_against_months_that_are_published_too():
    figures = [
        *months(10, 20, 30),
        *(
            figure(value, period=f"2024-01/2024-{month:02}", export_id="ytd")
            for value, month in ((30, 2), (61, 3))
        ),
    ]
    found = findings(figures, "sum_of_periods", exports={"ytd": {"is_cumulative": True, "table_name": "ytd"}})

    assert sorted(found) == [
        ("agrees", 30, 30, "The 2 months sum to 30; printed for 2024-01–2024-02 is 30."),
        ("contradicts", 60, 60, "The 3 months sum to 60; printed for 2024-01–2024-03 is 61."),
    ]


# Cumulative figures

CUMULATIVE = {"exports": {"first": {"is_cumulative": True}}}


def year_to_date(*values, **given):
    return [
        figure(value, period=f"2024-01/2024-{month:02}", **given)
        for month, value in enumerate(values, start=1)
    ]


def test_cumulative_figures_that_rise_agree():
    figures = year_to_date(10, 30, 30, 60)

    assert claims(figures, "cumulative", **CUMULATIVE) == [
        "Cases since 2024-01-01 never fall from one release to the next."
    ]
    assert findings(figures, "cumulative", **CUMULATIVE) == [
        ("agrees", 30, None, "They rise to 60 on 2024-04-30.")
    ]


def test_cumulative_figures_that_fall_contradict_each_other():
    assert findings(year_to_date(10, 30, 25, 60), "cumulative", **CUMULATIVE) == [
        (
            "contradicts", 30, None,
            "Up to 2024-02-29 it is 30, up to 2024-03-31 only 25; the period between has no figure.",
        )
    ]  # fmt: skip


def test_a_cumulative_figure_that_is_no_number_is_passed_over():
    assert verdicts(year_to_date(10, None, 25), "cumulative", **CUMULATIVE) == ["agrees"]
    assert verdicts(year_to_date(30, None, 25), "cumulative", **CUMULATIVE) == ["contradicts"]


def test_a_single_cumulative_figure_is_not_tested():
    assert findings(year_to_date(10), "cumulative", **CUMULATIVE) == []


def test_each_series_rises_by_itself():
    figures = [*year_to_date(10, 30, crime_type="deepfake"), *year_to_date(5, 4, crime_type="theft")]

    assert sorted(verdicts(figures, "cumulative", **CUMULATIVE)) == ["agrees", "contradicts"]


def test_figures_of_tables_that_are_not_cumulative_may_fall():
    assert findings(year_to_date(10, 5), "cumulative") == []


# Two complete breakdowns of the same figure


def two_breakdowns(busan, seoul):
    figures = [
        *(deepfake(60), recording(40)),
        figure(busan, region="busan", export_id="regions"),
        figure(seoul, region="seoul", export_id="regions"),
    ]
    return figures, {"totals": "none", "exports": {"regions": {"table_name": "regions"}}}


def test_two_complete_breakdowns_that_add_up_to_the_same_agree():
    figures, said = two_breakdowns(30, 70)

    assert claims(figures, "same_sum", **said) == ["The parts of Cases add up to the same in two breakdowns."]
    assert findings(figures, "same_sum", **said) == [
        (
            "agrees", 100, 100,
            "Cases: by region in `police/regions.csv` it is 100, by crime type in `police/first.csv` 100.",
        )
    ]  # fmt: skip


def test_two_complete_breakdowns_that_do_not_contradict_each_other():
    figures, said = two_breakdowns(30, 75)

    assert findings(figures, "same_sum", **said) == [
        (
            "contradicts", 100, 100,
            "Cases: by region in `police/regions.csv` it is 105, by crime type in `police/first.csv` 100.",
        )
    ]  # fmt: skip


def test_two_breakdowns_of_one_file_side_by_side_are_compared():
    figures = [
        *(figure(30, sex="female"), figure(70, sex="male")),
        *(figure(40, age_band="0-19"), figure(61, age_band="20+")),
    ]

    assert findings(figures, "same_sum", totals="none") == [
        (
            "contradicts", 100, 100,
            "Cases: by age band in `police/first.csv` it is 101, by sex in `police/first.csv` 100.",
        )
    ]  # fmt: skip


def test_a_breakdown_that_may_not_have_all_parts_is_not_compared():
    figures, said = two_breakdowns(30, 75)

    assert findings(figures, "same_sum", **(said | {"totals": {"first": "none"}})) == []


def test_a_breakdown_with_a_part_that_is_no_number_is_not_compared():
    figures, said = two_breakdowns(30, None)

    assert findings(figures, "same_sum", **said) == []


# Agreements with other sources


def prosecuted(value, **given):
    return figure(value, source="prosecutors", export_id="theirs", **given)


CLAIM = "Cases of police are Cases of prosecutors: every case is sent on"


@pytest.mark.parametrize(
    ("mine", "theirs", "tolerance", "verdict", "said"),
    [
        (100, 100, 0, "agrees", "Cases: 100; prosecutors has 100."),
        (100, 90, 0, "contradicts", "Cases: 100; prosecutors has 90, 10 less."),
        (90, 100, 0, "contradicts", "Cases: 90; prosecutors has 100, 10 more."),
        (1020, 1000, 2, "agrees", "Cases: 1,020; prosecutors has 1,000, 20 less."),
        (1021, 1000, 2, "contradicts", "Cases: 1,021; prosecutors has 1,000, 21 less."),
        (0, 0, 0, "agrees", "Cases: 0; prosecutors has 0."),
    ],
)
def test_figures_that_should_be_those_of_another_source_are_compared(mine, theirs, tolerance, verdict, said):
    figures, entries = [figure(mine), prosecuted(theirs)], [agreement(tolerance_pct=tolerance)]
    slack = tolerance / 100 * theirs

    assert claims(figures, "agreement", agreements=entries) == [CLAIM]
    assert findings(figures, "agreement", agreements=entries) == [
        (verdict, theirs - slack, theirs + slack, said)
    ]


def test_an_agreement_says_with_which_source_and_other_tests_with_none():
    connection = built([figure(90), prosecuted(100), deepfake(95)], agreements=[agreement()])

    assert {(found.kind, found.their_source) for found in reconcile(connection)} == {
        ("agreement", "prosecutors"),
        ("sum_of_parts", None),
    }


@pytest.mark.parametrize(("mine", "theirs"), [(None, 100), (100, None), (None, None)])
def test_an_agreement_with_a_figure_that_is_no_number_cannot_be_tested(mine, theirs):
    assert findings([figure(mine), prosecuted(theirs)], "agreement", agreements=[agreement()]) == [
        ("untestable", None, None, "Cases: one of the two figures is not known.")
    ]


def test_an_agreement_is_tested_for_every_period_that_both_have():
    figures = [
        figure(1, year=2022),
        figure(80, year=2023),
        figure(100),
        prosecuted(80, year=2023),
        prosecuted(99),
    ]

    assert sorted(verdicts(figures, "agreement", agreements=[agreement()])) == ["agrees", "contradicts"]


def test_an_agreement_that_has_no_period_in_common_is_told_once():
    figures = [figure(80, year=2023), figure(100), prosecuted(80, year=2019)]

    assert findings(figures, "agreement", agreements=[agreement()]) == [
        ("untestable", None, None, "Cases: prosecutors has no such figure for any period of these.")
    ]
    assert findings([figure(100)], "agreement", agreements=[agreement()]) != []


def test_an_agreement_about_a_figure_that_is_not_published_says_nothing():
    assert findings([prosecuted(100)], "agreement", agreements=[agreement()]) == []


def test_an_agreement_names_the_codes_and_the_measure_of_each_side():
    figures = [
        figure(10, crime_type="deepfake", **others(place="home")),
        prosecuted(10, measure="suspects", crime_type="illegal_recording", region="seoul"),
    ]
    entry = agreement(
        crime_type="deepfake",
        **others(place="home"),
        their_measure="suspects",
        their_crime_type="illegal_recording",
        their_region="seoul",
        because="one suspect a case",
    )

    assert verdicts(figures, "agreement", agreements=[entry]) == ["agrees"]
    assert claims(figures, "agreement", agreements=[entry]) == [
        "Cases (Deepfake sexual content, place home) of police are Suspects (Illegal recording, Seoul) of "
        "prosecutors: one suspect a case"
    ]


def test_a_sum_of_parts_and_a_year_of_months_agree_as_well_as_published_figures():
    figures = [
        *(deepfake(60), recording(40)),
        *(
            prosecuted(value, period=f"2024-{month:02}")
            for month, value in enumerate([8] * 11 + [10], start=1)
        ),
    ]

    assert findings(figures, "agreement", totals="none", agreements=[agreement()]) == [
        (
            "contradicts", 98, 98,
            "Cases: 100 (the sum of its parts); prosecutors has 98 (the sum of its months, quarters or halves), 2 less.",
        )
    ]  # fmt: skip


def test_an_agreement_is_about_what_is_published():
    figures, entries = [figure(1000), prosecuted(100)], [correction(1000, 100)]

    assert verdicts(figures, "agreement", agreements=[agreement()], correction_entries=entries) == [
        "contradicts"
    ]


def test_a_month_of_cumulative_figures_is_compared_with_a_month():
    figures = [
        *year_to_date(10, 30),
        prosecuted(20, period="2024-02"),
    ]
    found = findings(figures, "agreement", agreements=[agreement()], **CUMULATIVE)

    assert found == [
        ("agrees", 20, 20, "Cases: 20 (the difference of cumulative figures); prosecutors has 20.")
    ]


def test_january_of_a_cumulative_table_is_compared_too():
    figures = [*year_to_date(10, 30), prosecuted(10, period="2024-01")]

    assert verdicts(figures, "agreement", agreements=[agreement()], **CUMULATIVE) == ["agrees"]


def test_a_figure_at_the_very_edge_of_the_tolerance_agrees():
    figures, entries = [figure(1007), prosecuted(1000)], [agreement(tolerance_pct=0.7)]

    assert verdicts(figures, "agreement", agreements=entries) == ["agrees"]


def test_the_figures_of_two_tables_of_one_source_may_have_to_agree():
    figures = [figure(100), figure(90, region="seoul", export_id="regions")]
    entry = agreement(their_source="police", their_region="seoul", because="there is one region")

    assert verdicts(figures, "agreement", agreements=[entry]) == ["contradicts"]


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
    home, street = others(place="home"), others(place="street")
    figures = [
        figure(80, year=2023, **home),
        figure(100, change="25.0", **home),
        figure(40, year=2023, **street),
        figure(50, change="25.0", **street),
    ]

    assert len(set(claims(figures, "change"))) == 2


def test_parts_along_a_sources_own_dimension_are_tested():
    figures = [figure(100), figure(60, **others(place="home")), figure(30, **others(place="street"))]

    assert findings(figures, "sum_of_parts", totals="printed") == [
        ("contradicts", 90, 90, "Cases by place: the 2 parts printed sum to 90; the printed total is 100.")
    ]


def test_parts_at_a_code_of_a_sources_own_dimension_are_tested():
    home = others(place="home")
    figures = [figure(100, **home), deepfake(60, **home), recording(30, **home)]

    assert claims(figures, "sum_of_parts", totals={"crime_type": "printed"}) == [
        "The parts of cases (place home) by crime type add up to the printed total 100."
    ]


def test_what_is_tested_is_what_is_published():
    figures = [figure(1000), deepfake(60), recording(40)]
    said = {"totals": "printed", "correction_entries": [correction(1000, 100)]}

    assert verdicts(figures, "sum_of_parts", **said) == ["contradicts"]


def test_an_empty_warehouse_has_nothing_to_reconcile():
    assert reconcile(built([])) == []
