"""What later releases changed: figures revised, renamed, added and withdrawn, and nothing else."""

from __future__ import annotations

import pytest

from tests.sql.given import LAST, LATER, built, figure, others


def revisions(*figures, columns="crime_type, kind, old_value, new_value", totals="none", **said):
    connection = built(figures, totals=totals, made=["revisions"], **said)
    return connection.sql(f"select {columns} from revisions order by all").fetchall()


def deepfake(value, **given):
    return figure(value, crime_type="deepfake", **given)


def recording(value, **given):
    return figure(value, crime_type="recording", **given)


# Revised


def test_a_figure_with_another_value_is_revised():
    columns = "kind, old_value, new_value, difference, difference_pct"

    assert revisions(deepfake(80), deepfake(100, **LATER), columns=columns) == [
        ("revised", 80, 100, 20, 25.0)
    ]


def test_a_figure_with_the_same_value_is_not():
    assert revisions(deepfake(80), deepfake(80, **LATER)) == []


def test_a_revision_of_zero_has_no_percentage():
    columns = "difference, difference_pct"

    assert revisions(deepfake(0), deepfake(3, **LATER), columns=columns) == [(3, None)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"value": 80}, {"value": None, "value_status": "suppressed"}),
        ({"value": None, "value_status": "suppressed"}, {"value": 80}),
        ({"value": None, "value_status": "suppressed"}, {"value": None, "value_status": "not_applicable"}),
    ],
    ids=["to a blank", "from a blank", "from one blank to another"],
)
def test_a_number_that_becomes_a_blank_or_the_other_way_round_is_revised(old, new):
    columns = "kind, old_value, new_value, old_status, new_status, difference"
    statuses = (old.get("value_status", "observed"), new.get("value_status", "observed"))

    assert revisions(deepfake(**old), deepfake(**new, **LATER), columns=columns) == [
        ("revised", old["value"], new["value"], *statuses, None)
    ]


def test_each_pair_of_consecutive_releases_is_compared():
    found = revisions(
        *(deepfake(80), deepfake(90, **LATER), deepfake(95, **LAST)),
        columns="old_released_on::varchar, new_released_on::varchar, old_value, new_value",
    )

    assert found == [("2025-01-31", "2026-01-31", 80, 90), ("2026-01-31", "2027-01-31", 90, 95)]


def test_a_release_that_does_not_cover_the_period_is_passed_over():
    found = revisions(
        *(deepfake(80), deepfake(70, year=2025, **LATER), deepfake(95, **LAST)),
        columns="old_released_on::varchar, new_released_on::varchar, old_value, new_value",
    )

    assert found == [("2025-01-31", "2027-01-31", 80, 95)]


def test_a_revision_names_both_cells():
    found = revisions(
        deepfake(80, source_row=7, source_column="cases"),
        deepfake(100, source_row=9, source_column="count", **LATER),
        columns=(
            "old_export_id, old_source_file, old_source_row, old_source_column, "
            "new_export_id, new_source_file, new_source_row, new_source_column"
        ),
    )

    assert found == [
        ("first", "police/first.csv", 7, "cases", "later", "police/later.csv", 9, "count"),
    ]


def test_partial_tables_revise_too():
    assert revisions(deepfake(80), deepfake(100, **LATER), totals="partial") == [
        ("deepfake", "revised", 80, 100)
    ]


@pytest.mark.parametrize(
    "difference",
    [
        {"year": 2023},
        {"measure": "suspects"},
        {"source": "prosecutors"},
        {"crime_type": "recording"},
        {"age_band": "10-19"},
        {"sex": "female"},
        {"region": "seoul"},
        others(place="home"),
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_a_figure_is_a_revision_of_the_same_figure_only(difference):
    other = {"crime_type": "deepfake"} | difference
    found = revisions(deepfake(80), figure(100, **other, **LATER), totals="partial")

    assert found == []


@pytest.mark.parametrize(
    "special",
    [{"table_name": "another"}, {"scope": '{"region":"busan"}'}],
    ids=["another table", "another scope"],
)
def test_files_beside_one_another_are_no_releases_of_the_same(special):
    assert revisions(deepfake(80), deepfake(100, **LATER), exports={"later": special}) == []


def test_the_revisions_of_each_scope_are_its_own():
    busan, seoul = {"scope": '{"region":"busan"}'}, {"scope": '{"region":"seoul"}'}
    found = revisions(
        *(deepfake(80, region="busan", export_id="b1"), deepfake(30, region="seoul", export_id="s1")),
        deepfake(90, region="busan", export_id="b2", released_on="2026-01-31"),
        exports={"b1": busan, "b2": busan, "s1": seoul},
        columns="region, kind, old_value, new_value",
    )

    assert found == [("busan", "revised", 80, 90)]


def test_an_export_that_is_not_published_revises_nothing():
    assert revisions(deepfake(80), deepfake(100, **LATER), exports={"later": {"is_published": False}}) == []


# Added and withdrawn


def test_a_figure_that_a_complete_release_leaves_out_is_withdrawn():
    found = revisions(deepfake(80), recording(20), deepfake(80, **LATER))

    assert found == [("recording", "withdrawn", 20, None)]


def test_a_figure_that_a_complete_release_has_anew_is_added():
    found = revisions(deepfake(80), deepfake(80, **LATER), recording(20, **LATER))

    assert found == [("recording", "added", None, 20)]


def test_a_release_that_may_not_have_all_withdraws_nothing():
    found = revisions(
        *(deepfake(80), recording(20), deepfake(90, **LATER)), totals={"first": "none", "later": "partial"}
    )

    assert found == [("deepfake", "revised", 80, 90)]


def test_after_a_release_that_may_not_have_all_nothing_is_added():
    found = revisions(
        *(deepfake(80), deepfake(90, **LATER), recording(20, **LATER)),
        totals={"first": "partial", "later": "none"},
    )

    assert found == [("deepfake", "revised", 80, 90)]


def test_a_new_period_is_not_added_and_an_old_one_that_is_left_out_is_not_withdrawn():
    found = revisions(
        deepfake(80, year=2023), deepfake(90), deepfake(90, **LATER), deepfake(7, year=2025, **LATER)
    )

    assert found == []


def test_a_measure_that_is_left_out_is_not_withdrawn():
    assert revisions(deepfake(80), deepfake(5, measure="suspects"), deepfake(80, **LATER)) == []


def test_a_figure_that_comes_and_goes_is_added_and_withdrawn():
    found = revisions(
        *(deepfake(80), deepfake(80, **LATER), deepfake(80, **LAST), recording(20, **LATER)),
        columns="crime_type, kind, new_released_on::varchar",
    )

    assert found == [("recording", "added", "2026-01-31"), ("recording", "withdrawn", "2027-01-31")]


def test_a_withdrawal_is_told_even_after_a_release_that_may_not_have_all():
    found = revisions(
        *(deepfake(80), recording(20), deepfake(80, **LATER), deepfake(81, **LAST)),
        totals={"first": "none", "later": "none", "last": "partial"},
    )

    assert ("recording", "withdrawn", 20, None) in found


def test_a_complete_release_withdraws_what_a_partial_one_gave():
    found = revisions(
        *(deepfake(80), recording(20), deepfake(80, **LATER)), totals={"first": "partial", "later": "none"}
    )

    assert found == [("recording", "withdrawn", 20, None)]


# Renamed

NAMES = {"first": {"deepfake": "Deepfakes"}, "later": {"deepfake": "False images"}}


def test_the_same_figure_under_another_label_is_renamed():
    columns = "kind, old_label, new_label, difference"

    assert revisions(deepfake(80), deepfake(80, **LATER), labels=NAMES, columns=columns) == [
        ("renamed", "Deepfakes", "False images", 0)
    ]


def test_another_value_under_another_label_is_revised_and_says_both_labels():
    columns = "kind, old_label, new_label, difference"

    assert revisions(deepfake(80), deepfake(90, **LATER), labels=NAMES, columns=columns) == [
        ("revised", "Deepfakes", "False images", 10)
    ]


def test_a_figure_with_two_labels_that_changed_says_both():
    labels = {
        "first": {"deepfake": "Deepfakes", "seoul": "Seoul"},
        "later": {"deepfake": "False images", "seoul": "Seoul Metropolitan"},
    }
    found = revisions(
        *(deepfake(80, region="seoul"), deepfake(80, region="seoul", **LATER)),
        labels=labels,
        columns="old_label, new_label",
    )

    assert found == [("Deepfakes, Seoul", "False images, Seoul Metropolitan")]


def test_a_measure_may_be_renamed():
    labels = {"first": {"cases": "Cases"}, "later": {"cases": "Offences"}}

    assert revisions(figure(80), figure(80, **LATER), labels=labels, columns="kind, new_label") == [
        ("renamed", "Offences")
    ]


def test_a_label_that_stays_is_no_revision():
    labels = {"first": {"deepfake": "Deepfakes"}, "later": {"deepfake": "Deepfakes"}}

    assert revisions(deepfake(80), deepfake(80, **LATER), labels=labels) == []


# Several files


def test_the_files_of_one_release_are_compared_with_those_of_the_other_together():
    found = revisions(
        deepfake(80, source_file="police/a.csv"),
        recording(20, source_file="police/b.csv"),
        deepfake(90, **LATER),
        recording(20, **LATER),
    )

    assert found == [("deepfake", "revised", 80, 90)]


@pytest.mark.parametrize("released", [{}, LATER], ids=["the earlier", "the later"])
def test_a_figure_that_two_files_of_a_release_print_is_revised_once(released):
    again = {"export_id": "again"} | {key: value for key, value in released.items() if key != "export_id"}

    found = revisions(
        *(deepfake(80), deepfake(90, **LATER), deepfake(90 if released else 80, **again)), totals="partial"
    )
    assert found == [("deepfake", "revised", 80, 90)]
