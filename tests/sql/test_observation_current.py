"""Which figure stands today: that of the latest release, for each key."""

from __future__ import annotations

import pytest

from tests.sql import given
from tests.sql.given import LATER, figure


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
        {"other_dimensions": '{"place": "home"}'},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_figures_that_differ_in_their_key_both_stand(difference):
    assert len(current(figure(10), figure(10, **difference, **LATER))) == 2


def test_figures_with_the_same_further_dimension_are_one_figure():
    home = {"other_dimensions": '{"place": "home"}'}

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
