"""Which figure stands today: of the latest release that gives it, corrected where a correction applies."""

from __future__ import annotations

import pytest

from tests.sql import given
from tests.sql.given import LAST, LATER, correction, figure, others


def built(figures, **said):
    return given.built(figures, made=["observation_current"], **said)


def current(*figures, **said):
    """Crime type, value, status and export of the figures that stand."""
    query = "select crime_type, value, value_status, export_id from staging.observation_current order by all"
    return built(figures, **said).sql(query).fetchall()


def test_the_figure_of_a_later_release_wins():
    assert current(figure(10, crime_type="deepfake"), figure(12, crime_type="deepfake", **LATER)) == [
        ("deepfake", 12, "observed", "later")
    ]


def test_the_order_in_which_releases_arrive_does_not_matter():
    assert current(figure(12, crime_type="deepfake", **LATER), figure(10, crime_type="deepfake")) == [
        ("deepfake", 12, "observed", "later")
    ]


def test_a_figure_that_a_later_release_does_not_print_stands():
    assert current(
        figure(10, crime_type="deepfake"), figure(12, crime_type="illegal_recording", **LATER)
    ) == [
        ("deepfake", 10, "observed", "first"),
        ("illegal_recording", 12, "observed", "later"),
    ]


@pytest.mark.parametrize("status", ["suppressed", "missing", "not_applicable"])
def test_a_later_release_may_withdraw_a_number(status):
    assert current(figure(10), figure(None, value_status=status, **LATER)) == [
        ("total", None, status, "later")
    ]


def test_a_later_release_may_correct_a_number_to_zero():
    assert current(figure(10), figure(0, **LATER)) == [("total", 0, "observed", "later")]


@pytest.mark.parametrize(
    "difference",
    [
        {"source": "prosecutors"},
        {"period": "2024-01-01/2024-06-30"},
        {"period": "2024-07-01/2024-12-31"},
        {"measure": "suspects"},
        {"crime_type": "deepfake"},
        {"age_band": "10-19"},
        {"sex": "female"},
        {"region": "seoul"},
        others(place="home"),
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_figures_that_differ_in_their_key_both_stand(difference):
    assert len(current(figure(10), figure(10, **difference, **LATER))) == 2


def test_figures_with_the_same_further_dimension_are_one_figure():
    home = others(place="home")

    assert current(figure(10, **home), figure(12, **home, **LATER)) == [("total", 12, "observed", "later")]


def test_a_figure_that_two_files_of_one_release_print_stands_once():
    assert current(figure(10, export_id="ages"), figure(10, export_id="types")) == [
        ("total", 10, "observed", "ages")
    ]


@pytest.mark.parametrize(("count", "percentage"), [("a", "b"), ("b", "a")])
def test_a_percentage_alone_does_not_hide_the_count_in_another_file_of_the_release(count, percentage):
    # A percentage without a count is an observation whose value is missing, see `tables`.
    found = current(figure(10, export_id=count), figure(None, change="25.0", export_id=percentage))

    assert [value for _, value, *_ in found] == [10]


@pytest.mark.parametrize(("alone", "with_percentages"), [("a", "b"), ("b", "a")])
def test_a_count_alone_does_not_hide_its_percentages_in_another_file_of_the_release(alone, with_percentages):
    connection = built(
        [
            figure(10, crime_type="deepfake", export_id=alone),
            figure(10, crime_type="deepfake", share="12.5", change="25.0", export_id=with_percentages),
        ]
    )
    query = "select value, published_share_pct, published_change_pct from staging.observation_current"

    assert connection.sql(query).fetchall() == [(10, "12.5", "25.0")]


@pytest.mark.parametrize(("change", "share"), [("a", "b"), ("b", "a")])
def test_a_share_stands_before_a_change(change, share):
    found = current(
        figure(10, crime_type="deepfake", change="25.0", export_id=change),
        figure(10, crime_type="deepfake", share="12.5", export_id=share),
        shares_along={share: "crime_type"},
    )

    assert found == [("deepfake", 10, "observed", share)]


@pytest.mark.parametrize(("change", "own"), [("a", "b"), ("b", "a")])
def test_the_100_percent_of_a_tables_own_total_is_no_share(change, own):
    # A table of ages prints 100% beside all ages of deepfakes, which is no share of all crime.
    found = current(
        figure(10, crime_type="deepfake", change="25.0", export_id=change),
        figure(10, crime_type="deepfake", share="100.0", export_id=own),
        figure(6, crime_type="deepfake", age_band="10-19", share="60.0", export_id=own),
        shares_along={own: "age_band"},
    )

    assert ("deepfake", 10, "observed", change) in found


@pytest.mark.parametrize(("change", "share"), [("a", "b"), ("b", "a")])
def test_a_share_along_an_own_dimension_stands_before_a_change_too(change, share):
    connection = built(
        [
            figure(10, **others(place="home"), change="25.0", export_id=change),
            figure(10, **others(place="home"), share="12.5", export_id=share),
        ],
        shares_along={share: "place"},
    )
    query = "select published_share_pct from staging.observation_current"

    assert connection.sql(query).fetchall() == [("12.5",)]


# What a later release leaves out


def deepfake(value, **given):
    return figure(value, crime_type="deepfake", **given)


def recording(value, **given):
    return figure(value, crime_type="illegal_recording", **given)


BOTH = [deepfake(10), recording(20)]


def test_a_later_complete_release_supersedes_what_it_no_longer_gives():
    assert current(*BOTH, deepfake(12, **LATER), totals="none") == [("deepfake", 12, "observed", "later")]


def test_a_partial_release_supersedes_the_figures_that_it_gives_and_no_others():
    assert current(*BOTH, deepfake(12, **LATER), totals="partial") == [
        ("deepfake", 12, "observed", "later"),
        ("illegal_recording", 20, "observed", "first"),
    ]


def test_a_complete_release_supersedes_a_partial_one_of_the_same_table():
    assert current(*BOTH, deepfake(12, **LATER), totals={"first": "partial", "later": "none"}) == [
        ("deepfake", 12, "observed", "later")
    ]


def test_a_complete_release_supersedes_nothing_that_came_after_it():
    # The last one revises only deepfakes; recordings stand as of the one that had everything.
    figures = [*BOTH, deepfake(12, **LATER), recording(22, **LATER), deepfake(14, **LAST)]

    assert current(*figures, totals={"first": "none", "later": "none", "last": "partial"}) == [
        ("deepfake", 14, "observed", "last"),
        ("illegal_recording", 22, "observed", "later"),
    ]


def test_what_a_release_left_out_comes_back_with_the_next():
    figures = [*BOTH, deepfake(12, **LATER), recording(25, **LAST)]

    assert current(*figures, totals="none") == [("illegal_recording", 25, "observed", "last")]


@pytest.mark.parametrize(
    "difference",
    [{"year": 2023}, {"measure": "suspects"}, {"source": "prosecutors"}],
    ids=lambda difference: next(iter(difference)),
)
def test_a_complete_release_says_nothing_of_other_periods_measures_or_sources(difference):
    found = current(*BOTH, deepfake(12, **difference, **LATER), totals="none")

    assert found == [
        ("deepfake", 10, "observed", "first"),
        ("deepfake", 12, "observed", "later"),
        ("illegal_recording", 20, "observed", "first"),
    ]


@pytest.mark.parametrize(
    "special",
    [{"table_name": "another"}, {"scope": '{"region": "busan"}'}],
    ids=["another table", "another scope"],
)
def test_a_complete_release_says_nothing_of_other_tables_and_scopes(special):
    found = current(*BOTH, figure(12, region="busan", **LATER), totals="none", exports={"later": special})

    assert [(crime_type, value) for crime_type, value, *_ in found] == [
        ("deepfake", 10),
        ("illegal_recording", 20),
        ("total", 12),
    ]


def test_a_figure_that_one_table_leaves_out_still_stands_in_another():
    figures = [*BOTH, recording(20, export_id="headline"), deepfake(12, **LATER)]
    found = current(*figures, totals="none", exports={"headline": {"table_name": "headline"}})

    assert found == [
        ("deepfake", 12, "observed", "later"),
        ("illegal_recording", 20, "observed", "headline"),
    ]


def test_a_release_may_be_spread_over_several_files():
    # Each file is complete in what it says; the later release is both of them.
    figures = [
        *BOTH,
        deepfake(12, **LATER, source_file="police/deepfakes.csv"),
        recording(22, **LATER, source_file="police/recordings.csv"),
    ]

    assert [value for _, value, *_ in current(*figures, totals="none")] == [12, 22]


def test_an_export_that_is_not_published_counts_for_nothing():
    figures = [*BOTH, deepfake(12, **LATER)]

    assert current(*figures, totals="none", exports={"later": {"is_published": False}}) == [
        ("deepfake", 10, "observed", "first"),
        ("illegal_recording", 20, "observed", "first"),
    ]


# Periods that were not over


@pytest.mark.parametrize(
    ("released_on", "is_unfinished"), [("2024-12-30", True), ("2024-12-31", False), ("2025-01-31", False)]
)
def test_a_figure_is_unfinished_if_its_period_ends_after_its_release(released_on, is_unfinished):
    connection = built([figure(10, released_on=released_on)])

    query = "select is_unfinished from staging.observation_current"
    assert connection.sql(query).fetchall() == [(is_unfinished,)]


def test_a_table_that_is_dated_early_is_finished_all_the_same():
    connection = built([figure(10, released_on="2024-06-30")], exports={"first": {"is_dated_early": True}})

    query = "select is_unfinished from staging.observation_current"
    assert connection.sql(query).fetchall() == [(False,)]


# Corrections


def corrected(figures, entries, **said):
    """Value, published value and whether a correction applies, of the figures that stand."""
    query = """
        select value, published_value, is_corrected
        from staging.observation_current
        order by crime_type, year(period_start)
    """
    return built(figures, correction_entries=entries, **said).sql(query).fetchall()


def test_a_correction_stands_in_for_the_published_figure_and_both_stay_visible():
    assert corrected([figure(10)], [correction(10, 100)]) == [(100, 10, True)]


def test_a_correction_no_longer_applies_once_the_publisher_prints_another_figure():
    assert corrected([figure(10), figure(11, **LATER)], [correction(10, 100)]) == [(11, 11, False)]


def test_a_correction_no_longer_applies_once_the_publisher_prints_the_corrected_figure():
    assert corrected([figure(10), figure(100, **LATER)], [correction(10, 100)]) == [(100, 100, False)]


def test_a_correction_applies_as_long_as_the_publisher_repeats_the_error():
    assert corrected([figure(10), figure(10, **LATER)], [correction(10, 100)]) == [(100, 10, True)]


def test_a_correction_to_zero_is_one():
    assert corrected([figure(10)], [correction(10, 0)]) == [(0, 10, True)]


def test_a_correction_is_of_its_own_figure_only():
    figures = [figure(10), figure(10, year=2023), figure(10, crime_type="deepfake")]

    assert corrected(figures, [correction(10, 100, crime_type="deepfake")]) == [
        (100, 10, True),
        (10, 10, False),
        (10, 10, False),
    ]


def test_a_correction_reaches_figures_of_a_further_dimension():
    home, street = others(place="home"), others(place="street")
    entries = [correction(10, 100, **home)]

    assert sorted(corrected([figure(10, **home), figure(10, **street)], entries)) == [
        (10, 10, False),
        (100, 10, True),
    ]


def test_a_blank_has_no_correction():
    assert corrected([figure(None, value_status="suppressed")], [correction(10, 100)]) == [
        (None, None, False)
    ]


def test_of_two_corrections_of_one_figure_the_later_one_applies():
    entries = [
        correction(10, 100, corrected_on="2025-02-01"),
        correction(10, 110, corrected_on="2025-03-01"),
    ]

    assert corrected([figure(10)], entries) == [(110, 10, True)]
    assert corrected([figure(10)], entries[::-1]) == [(110, 10, True)]
