"""What speaks against an export when it is compared with others of its source."""

from __future__ import annotations

from dataclasses import asdict
from itertools import permutations

import pytest

from pipelines.common.paths import Places
from pipelines.quality.expectations import Validator
from pipelines.reading.exports import discover
from pipelines.releases.candidates import Candidate
from pipelines.releases.ingest import read
from pipelines.releases.objections import preview
from pipelines.releases.store import Store
from tests.series import TYPES, Series, said
from tests.small_exports import workbook

pytestmark = pytest.mark.whole

A, B, C = "a_20240131", "b_20250131", "c_20260131"
FIRST, SECOND, THIRD = "2024-01-31", "2025-01-31", "2026-01-31"
PLAIN = {2021: {"x": 1000, "y": 200}, 2022: {"x": 1100, "y": 210}}
"""What the first release says; later ones repeat it, or do not."""


def with_year(of: int, **values: int | str) -> dict[int, dict[str, int | str]]:
    return PLAIN | {of: values}


def in_another_order(figures: dict[int, dict[str, int]]) -> dict[int, dict[str, int]]:
    return {year: dict(reversed(values.items())) for year, values in reversed(figures.items())}


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    return Validator(tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    return tmp_path_factory.mktemp("readings")


@pytest.fixture
def series(tmp_path, validator, readings):
    return Series(Places(tmp_path / "raw", tmp_path / "warehouse"), validator).says().share(readings)


# A release is compared with the one before it


def test_a_release_that_repeats_the_one_before_and_adds_to_it_is_accepted(series):
    series.put(**{A: PLAIN, B: with_year(2023, x=1200, y=220)}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": []}
    assert series.notes(f"{B}.csv") == []


@pytest.mark.parametrize(
    ("later", "rule"),
    [
        pytest.param(
            {2022: {"x": 1100, "y": 210}, 2023: {"x": 1, "y": 2}}, "left_out", id="a year is left out"
        ),
        pytest.param({2021: {"x": 1000}, 2022: {"x": 1100}}, "left_out", id="a type is left out"),
        pytest.param(
            {2021: {"x": 1000, "y": 200}, 2022: {"x": 1100, "z": 210}}, "left_out", id="a type is renamed"
        ),
        pytest.param({2021: {"x": 1000, "y": "-"}, 2022: PLAIN[2022]}, "emptied", id="a number is empty"),
        pytest.param(
            {2021: {"x": 200, "y": 1000}, 2022: PLAIN[2022]}, "restated", id="two rows changed places"
        ),
        pytest.param({2021: {"x": 1500, "y": 200}, 2022: PLAIN[2022]}, "restated", id="a year is restated"),
    ],
)
def test_a_release_that_looks_damaged_is_held_back_with_its_reason(series, later, rule):
    series.put(**{A: PLAIN, B: later}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": [rule]}
    assert series.standing() == {f"{A}.csv"}
    assert FIRST in series.latest(f"{B}.csv").problems[0]


def test_everything_that_speaks_against_a_release_is_said_at_once(series):
    series.put(**{A: PLAIN, B: {2021: {"x": 9000, "y": "-"}}}).ingest()
    assert series.refused()[f"{B}.csv"] == ["emptied", "left_out", "restated"]


def test_small_revisions_are_accepted_and_told(series):
    series.put(**{A: PLAIN, B: {2021: {"x": 1000, "y": 220}, 2022: PLAIN[2022]}}).ingest()
    assert series.refused()[f"{B}.csv"] == []
    assert said(series.notes(f"{B}.csv")) == [
        "expect_column_values_to_be_between: revises 1 figure by more than 5%: cases, y, 2021: 200 in "
        "the release of 2024-01-31, 220 now"
    ]


def test_the_contract_says_what_releases_may_do(series):
    words = "revisions: {tolerance_pct: 60, hold_pct: 60, may_leave_out: [periods, labels]}\n"
    series.says(TYPES + words).put(**{A: PLAIN, B: {2022: {"x": 1500, "z": 5}, 2023: {"x": 1}}}).ingest()
    assert series.refused()[f"{B}.csv"] == []
    assert series.notes(f"{B}.csv") == []


def test_a_table_whose_parts_may_not_be_all_may_leave_some_out(series):
    words = TYPES.replace("totals: none", "totals: partial")
    series.says(words).put(**{A: PLAIN, B: {2022: {"x": 1100}}}).ingest()
    assert series.refused()[f"{B}.csv"] == []
    series.put(**{B: {2022: {"x": 2200}}}).ingest()
    assert series.refused()[f"{B}.csv"] == ["restated"]


def test_a_release_of_other_years_alone_is_no_later_edition(series):
    series.put(**{A: PLAIN, B: {2023: {"z": 5}}}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": []}


def test_a_release_of_several_files_is_compared_as_a_whole(series):
    series.put(
        a1_20240131={2021: PLAIN[2021]}, a2_20240131={2022: PLAIN[2022]}, b1_20250131={2021: PLAIN[2021], 2022: {"x": 1100}},
        b2_20250131={2022: {"y": 210}},
    ).ingest()  # fmt: skip
    assert set(map(tuple, series.refused().values())) == {()}


FORCES = """
tables:
  types:
    files: '(?P<sex>M|F)_*(?P<released_on>\\d{8}).csv'
    columns:
      year: {period: year}
      type: {dimension: region, codes: as_printed}
      n: {value: count, measure: cases}
    totals: {region: none}
  years:
    files: 'years_(?P<released_on>\\d{8}).csv'
    columns: {year: {period: year}, n: {value: count, measure: cases}}
"""


def test_tables_and_forces_are_compared_each_with_its_own(series):
    tripled = {year: {name: 3 * value for name, value in of.items()} for year, of in PLAIN.items()}
    few = {2021: {"x": 7}, 2022: {"x": 8}}
    series.says(FORCES).put(
        M_20240131=PLAIN, F_20240131=few, years_20240131="year,n\n2021,5\n2022,6\n",
        M_20250131=tripled, F_20250131=few | {2023: {"x": 9}}, years_20250131="year,n\n2021,5\n2022,9\n",
    ).ingest()  # fmt: skip
    refused = {file: rules for file, rules in series.refused().items() if rules}
    assert refused == {"M_20250131.csv": ["restated"], "years_20250131.csv": ["restated"]}


def test_a_file_of_one_force_leaves_nothing_out_either(series):
    series.says(FORCES).put(M_20240131=PLAIN, M_20250131={2022: PLAIN[2022]}).ingest()
    assert series.refused()["M_20250131.csv"] == ["left_out"]


# What stands, and against what later releases are held


def test_a_release_that_is_held_back_is_no_yardstick_for_the_next(series):
    series.put(**{A: PLAIN, B: {2022: PLAIN[2022]}, C: with_year(2023, x=1, y=2)}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": ["left_out"], f"{C}.csv": []}


def test_a_release_that_drifts_from_one_that_is_held_back_is_measured_by_the_one_before(series):
    restated = {2021: {"x": 5000, "y": 200}, 2022: PLAIN[2022]}
    series.put(**{A: PLAIN, B: restated, C: restated | {2023: {"x": 1, "y": 2}}}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": ["restated"], f"{C}.csv": ["restated"]}
    assert all(FIRST in series.latest(f"{name}.csv").problems[0] for name in (B, C))


def test_a_release_that_cannot_be_read_is_no_yardstick_either(series):
    series.put(**{A: PLAIN, B: "year,type,n\n2021,x,many\n", C: PLAIN | {2023: {"x": 1, "y": 2}}}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": ["number"], f"{C}.csv": []}


def test_each_release_is_compared_with_the_last_one_that_stands(series):
    series.put(**{A: PLAIN, B: with_year(2023, x=1200, y=220), C: in_another_order(PLAIN)}).ingest()
    assert series.refused()[f"{C}.csv"] == ["left_out"]
    assert "leaves out 2023, which the release of 2025-01-31 gives" in series.latest(f"{C}.csv").problems[0]


@pytest.mark.parametrize("later", [{2022: PLAIN[2022]}, {2021: {"x": 9000, "y": 200}, 2022: PLAIN[2022]}])
def test_a_release_of_other_years_does_not_take_the_place_of_the_one_before(series, later):
    series.put(**{A: PLAIN, B: {2023: {"x": 5, "y": 6}}, C: later | {2023: {"x": 5, "y": 6}}}).ingest()
    assert series.refused()[f"{C}.csv"] != []


# The order of arrival


RELEASES = {
    A: PLAIN,
    B: {2022: PLAIN[2022], 2023: {"x": 1200, "y": 220}},  # leaves out 2021
    C: with_year(2023, x=1200, y=700),  # and says otherwise of 2023
}


@pytest.mark.parametrize("order", list(permutations([FIRST, SECOND, THIRD])))
def test_what_is_held_back_does_not_depend_on_the_order_of_arrival(series, order):
    series.put(**RELEASES).ingest()
    at_once = series.ledger()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": ["left_out"], f"{C}.csv": []}
    series.forget_what_stands()
    for edition in order:
        series.ingest(edition)
    assert series.ledger() == at_once


def test_what_is_read_does_not_depend_on_the_order_of_arrival_either(series, tmp_path, validator):
    series.put(**RELEASES)
    stores = []
    for name, order in (("forth", [FIRST, SECOND, THIRD]), ("back", [THIRD, SECOND, FIRST])):
        by_itself = Series(Places(series.places.raw, tmp_path / name), validator)
        for edition in order:
            by_itself.ingest(edition)
        stores.append(by_itself)
    one, other = stores
    assert one.ledger() == other.ledger()
    assert {name: asdict(one.latest(name)) for name in one.refused()} == {
        name: asdict(other.latest(name)) for name in other.refused()
    }
    assert one.published() == other.published() != set()


def test_a_release_that_was_published_is_taken_back_when_an_earlier_one_arrives_that_it_damages(series):
    series.put(**{B: RELEASES[B]}).ingest()
    assert series.standing() == {f"{B}.csv"}
    series.put(**{A: PLAIN}).ingest(FIRST)
    assert (series.refused()[f"{B}.csv"], series.standing()) == (["left_out"], {f"{A}.csv"})


def test_a_release_is_let_go_when_the_one_that_it_damages_is_taken_away(series):
    series.put(**RELEASES).ingest()
    series.put(**{A: None}).ingest()
    assert series.refused()[f"{B}.csv"] == []


def test_a_release_is_let_go_when_the_contract_ignores_what_it_leaves_out(series):
    series.put(**{A: PLAIN, B: {2021: {"x": 1000}, 2022: {"x": 1100}}}).ingest()
    assert series.refused()[f"{B}.csv"] == ["left_out"]
    series.says(TYPES + "ignore_rows: [{column: type, pattern: y, reason: not wanted}]\n").ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": []}


@pytest.mark.parametrize(
    "damaged", [{2022: PLAIN[2022]}, "year,type,n\n2022,x,many\n", ""], ids=["cut", "text", "empty"]
)
def test_later_releases_are_compared_with_the_last_good_one_of_a_damaged_file(series, damaged):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: damaged, B: RELEASES[B]}).ingest()
    assert series.standing() >= {f"{A}.csv"}
    assert series.refused()[f"{B}.csv"] == ["left_out"]


# The same file again


def test_a_file_that_lost_figures_in_place_is_held_back_and_the_last_good_one_stays(series):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: {2021: PLAIN[2021]}}).ingest()
    assert series.refused() == {f"{A}.csv": ["lost_figures"]}
    assert series.published() == {
        (f"{A}.csv", 2021, "x", 1000), (f"{A}.csv", 2021, "y", 200),
        (f"{A}.csv", 2022, "x", 1100), (f"{A}.csv", 2022, "y", 210),
    }  # fmt: skip
    series.ingest()
    assert series.refused() == {f"{A}.csv": ["lost_figures"]}, "nor does it wear off"


def test_a_file_that_gives_more_in_place_is_accepted(series):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: PLAIN | {2021: {"x": 1001, "y": 200}, 2023: {"x": 3}}}).ingest()
    assert series.refused() == {f"{A}.csv": []}
    assert (f"{A}.csv", 2021, "x", 1001) in series.published()


def test_a_file_that_is_replaced_by_one_with_quite_other_figures_is_held_back(series):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: PLAIN | {2021: {"x": 1, "y": 2}}}).ingest()
    assert series.refused() == {f"{A}.csv": ["restated"]}
    assert (f"{A}.csv", 2021, "x", 1000) in series.published()
    [reason] = series.latest(f"{A}.csv").problems
    assert "restates cases of 2021 by 100% against the file as it was before" in reason


def test_what_a_changed_contract_leaves_out_is_not_lost(series):
    series.put(**{A: PLAIN}).ingest()
    series.says(TYPES + "ignore_rows: [{column: type, pattern: y, reason: not wanted}]\n").ingest()
    assert series.refused() == {f"{A}.csv": []}
    assert {name for _, _, name, _ in series.published()} == {"x"}


# Acceptances


def test_a_release_that_is_accepted_is_published_and_it_is_told_who_accepted_it(series):
    series.put(**RELEASES).ingest()
    series.accept(f"series/{B}.csv", "left_out")
    series.ingest()
    assert series.refused()[f"{B}.csv"] == []
    assert said(series.notes(f"{B}.csv")) == [
        "left_out: leaves out 2021, which the release of 2024-01-31 gives; accepted by me on 2025-06-01: "
        "it is right"
    ]


def test_a_release_that_is_accepted_is_the_yardstick_of_the_next(series):
    series.put(**RELEASES).ingest()
    series.accept(f"series/{B}.csv", "left_out")
    series.ingest()
    assert series.refused()[f"{C}.csv"] == ["restated"]
    assert "against the release of 2025-01-31" in series.latest(f"{C}.csv").problems[0]


def test_only_the_findings_that_are_accepted_are(series):
    series.put(**{A: PLAIN, B: {2022: {"x": 11, "y": 210}}}).ingest()
    series.accept(f"series/{B}.csv", "left_out")
    series.ingest()
    assert series.refused()[f"{B}.csv"] == ["restated"]


def test_another_content_is_not_accepted_with_it(series):
    series.put(**{A: PLAIN, B: RELEASES[B]}).ingest()
    series.accept(f"series/{B}.csv", "left_out")
    series.put(**{B: {2022: PLAIN[2022], 2023: {"x": 1200, "y": 221}}}).ingest()
    assert series.refused()[f"{B}.csv"] == ["left_out"]


def test_a_lost_figure_is_accepted_too(series):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: {2021: PLAIN[2021]}}).ingest()
    series.accept(f"series/{A}.csv", "lost_figures")
    series.ingest()
    assert (series.refused(), len(series.published())) == ({f"{A}.csv": []}, 2)


def test_accepting_changes_nothing_about_files_that_cannot_be_read(series):
    series.put(**{A: PLAIN, B: "year,type,n\n2022,x,many\n"}).ingest()
    series.accept(f"series/{B}.csv", "left_out")
    series.ingest()
    assert series.refused()[f"{B}.csv"] == ["number"]


def test_one_sheet_is_not_accepted_with_another(series):
    words = """
    sheet: '/(?P<sex>M|F)/'
    columns: {year: {period: year}, n: {value: count, measure: cases}}
    """
    before = {sex: [["year", "n"], [2021, 100]] for sex in "MF"}
    after = {sex: [["year", "n"], [2021, 900]] for sex in "MF"}
    series.says(words).put(**{A: workbook(before), B: workbook(after)}).ingest()
    assert series.refused()[f"{B}.xlsx#F"] == series.refused()[f"{B}.xlsx#M"] == ["restated"]
    series.accept(f"series/{B}.xlsx#F", "restated")
    series.ingest()
    assert (series.refused()[f"{B}.xlsx#F"], series.refused()[f"{B}.xlsx#M"]) == ([], ["restated"])


# Files of one release


def test_two_files_of_a_release_that_contradict_each_other_are_not_both_published(series):
    series.put(a_20240131=PLAIN, b_20240131={2021: {"x": 999}}).ingest()
    assert series.refused() == {"a_20240131.csv": [], "b_20240131.csv": ["conflict"]}
    [said] = [line for line in series.latest("b_20240131.csv").problems if "row 2" in line]
    assert (
        "gives 999 for cases, x, where `series/a_20240131.csv`, row 2, of the same release gives 1,000"
        in said
    )


def test_of_two_files_that_contradict_each_other_the_one_that_was_published_stays(series):
    series.put(b_20240131={2021: {"x": 999}}).ingest()
    series.put(a_20240131=PLAIN).ingest()
    assert series.refused() == {"a_20240131.csv": ["conflict"], "b_20240131.csv": []}


def test_files_of_a_release_that_is_held_back_contradict_nobody(series):
    wrong = PLAIN | {2021: {"x": 5000, "y": 200}}
    series.put(a_20240131=PLAIN, b_20250131=wrong, c_20250131={2021: {"x": 999, "y": 200}}).ingest()
    assert series.refused() == {
        "a_20240131.csv": [], "b_20250131.csv": ["restated"], "c_20250131.csv": ["restated"]
    }  # fmt: skip


def test_a_file_that_repeats_another_of_its_release_is_told(series):
    series.put(a_20240131=PLAIN, b_20240131=with_year(2020, y=1), c_20240131={2020: {"x": 1}}).ingest()
    assert set(map(tuple, series.refused().values())) == {()}
    assert said(series.notes("b_20240131.csv")) == [
        "no_file_repeats_another: gives all 4 figures of `series/a_20240131.csv`, of the same release, and 1 more"
    ]
    assert series.notes("a_20240131.csv") == series.notes("c_20240131.csv") == []


def test_of_two_files_that_say_the_same_the_later_by_name_is_told(series):
    same = in_another_order(PLAIN)
    series.put(a_20240131=PLAIN, b_20240131=same).ingest()
    assert series.notes("a_20240131.csv") == []
    assert said(series.notes("b_20240131.csv")) == [
        "no_file_repeats_another: gives all 4 figures of `series/a_20240131.csv`, of the same release"
    ]


def test_files_of_different_releases_repeat_each_other_as_they_should(series):
    series.put(**{A: PLAIN, B: with_year(2023, x=1)}).ingest()
    assert series.notes(f"{B}.csv") == []


# Looking before it is ingested


@pytest.fixture
def looked_at(series, tmp_path):
    """A function: a file that is not ingested, and others with it → what would hold it back, by rule."""

    def looked_at(name: str, *beside: str) -> list[str]:
        scratch = Store(tmp_path / "scratch")
        candidates = {}
        for export in discover(series.source):
            reading = read(series.source, export, series.validator)
            scratch.write(reading.receipt, reading.observations, reading.rejected)
            kept = str(scratch.observations(reading.receipt.reading))
            candidates[export.file] = Candidate(reading.receipt, kept)
        others = [candidates[f"series/{other}.csv"] for other in beside]
        found = preview(series.source, candidates[f"series/{name}.csv"], others, series.store)
        return [problem.rule for problem in found.objections]

    return looked_at


@pytest.mark.parametrize(
    ("later", "rules"),
    [
        (RELEASES[B], ["left_out"]),
        (with_year(2023, x=1, y=2), []),
        ({2021: {"x": 9000, "y": "-"}, 2022: PLAIN[2022]}, ["emptied", "restated"]),
    ],
)
def test_what_would_hold_an_export_back_is_known_before_it_is_ingested(series, looked_at, later, rules):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{B: later})
    assert looked_at(B) == rules
    assert series.ledger().keys() == {f"series/{A}.csv"}


def test_what_would_hold_an_export_back_is_known_of_files_that_come_together(series, looked_at):
    series.put(**{A: PLAIN, B: {2021: PLAIN[2021], 2022: {"x": 1100}}, "b2_20250131": {2022: {"y": 210}}})
    assert looked_at(B, A) == ["left_out"]
    assert looked_at(B, A, "b2_20250131") == []


def test_nothing_holds_the_first_export_back(series, looked_at):
    series.put(**{A: PLAIN})
    assert looked_at(A) == []


# Between files


def between(series) -> dict[str, list[str]]:
    """File → periods that are said to be missing before it."""
    found = {}
    for file in series.ledger():
        name = file.partition("/")[2]
        notes = [
            note for note in series.notes(name) if note.rule.type == "no_period_is_missing_between_files"
        ]
        found[name] = [note.explanation for note in notes]
    return found


def test_a_year_that_no_file_gives_is_missing_between_two_that_do(series):
    series.put(**{A: {2020: PLAIN[2021]}, B: {2022: PLAIN[2022]}, C: {2023: PLAIN[2022]}}).ingest()
    assert between(series) == {
        f"{A}.csv": [],
        f"{B}.csv": ["there is no year between 2020 and 2022, in no file of its table"],
        f"{C}.csv": [],
    }


def test_a_year_that_another_file_gives_is_not_missing(series):
    series.put(**{A: {2020: PLAIN[2021]}, C: {2022: PLAIN[2022]}}).ingest()
    series.put(**{A: {2020: PLAIN[2021]}, B: {2021: PLAIN[2021]}, C: {2022: PLAIN[2022]}}).ingest()
    assert set(map(tuple, between(series).values())) == {()}


def test_a_gap_within_one_file_is_its_own(series):
    series.put(**{A: {2019: PLAIN[2021]}, B: {2020: PLAIN[2021], 2022: PLAIN[2022]}}).ingest()
    assert set(map(tuple, between(series).values())) == {()}


# Rejected rows


def test_a_release_with_a_rejected_row_may_lack_its_figures_and_no_more(series):
    series.says(TYPES + "max_rejected_pct: 40\n").put(**{A: PLAIN}).ingest()
    one_bad = "year,type,n\n2021,x,1000\n2021,y,many\n2022,x,1100\n2022,y,210\n"
    series.put(**{A: PLAIN, B: one_bad}).ingest()
    assert series.latest(f"{B}.csv").rows_rejected == 1
    assert series.standing() == {f"{A}.csv", f"{B}.csv"}


def test_a_release_with_a_rejected_row_that_was_cut_is_held_back(series):
    series.says(TYPES + "max_rejected_pct: 60\n").put(**{A: PLAIN}).ingest()
    series.put(**{A: PLAIN, B: "year,type,n\n2022,x,1100\n2022,y,many\n"}).ingest()
    assert "left_out" in series.refused()[f"{B}.csv"]
    assert series.standing() == {f"{A}.csv"}
    said = " ".join(series.latest(f"{B}.csv").problems)
    assert "leaves out 1 figure" in said
    assert "some may be in the rows that were rejected" in said


# Types that end


def test_a_type_that_is_not_counted_any_more_may_be_left_out(series):
    ended = TYPES + "code_lists: {region: {y: {label: Y, valid_to: 2022-12-31}}}\n"
    without = {2021: {"x": 1000}, 2022: {"x": 1100}}
    series.says(ended).put(**{A: PLAIN, B: without}).ingest()
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": []}


def test_a_type_that_was_still_counted_at_the_release_may_not_be_left_out(series):
    ended = TYPES + "code_lists: {region: {y: {label: Y, valid_to: 2030-12-31}}}\n"
    series.says(ended).put(**{A: PLAIN, B: {2021: {"x": 1000}, 2022: {"x": 1100}}}).ingest()
    assert series.refused()[f"{B}.csv"] == ["left_out"]


# Changed in place


def test_a_figure_that_changes_within_its_release_is_told_as_long_as_it_stands(series):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: PLAIN | {2021: {"x": 1010, "y": 200}}})
    for _ in range(3):
        series.ingest()
        [note] = [n for n in series.notes(f"{A}.csv") if n.rule.type == "no_figure_changes_within_a_release"]
        assert note.explanation.startswith(
            "changes 1 figure against the file as it was before, in the same release, so that `revisions` cannot "
            "list them: cases, x, 2021, was 1,000 and is 1,010"
        )
    assert series.standing() == {f"{A}.csv"}


def test_a_file_with_other_bytes_and_the_same_figures_changes_nothing(series):
    series.put(**{A: PLAIN}).ingest()
    series.put(**{A: PLAIN | {2023: {"x": 1}}}).ingest()
    assert series.notes(f"{A}.csv") == []
