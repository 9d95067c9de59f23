"""A source is brought up to date with its folder, release by release; what was good stays."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil

import pytest

from pipelines.common.paths import Places
from pipelines.contracts.documents import ContractError
from pipelines.quality.expectations import Validator
from pipelines.releases.editions import forget_removed, ingest_editions, standing
from tests.series import TYPES, Series
from tests.small_exports import workbook

pytestmark = pytest.mark.whole

A, B = "a_20240131", "b_20250131"
FIRST, SECOND = "2024-01-31", "2025-01-31"
PLAIN = {2021: {"x": 1000, "y": 200}, 2022: {"x": 1100, "y": 210}}
MORE = PLAIN | {2023: {"x": 1200, "y": 220}}
CUT = {2022: PLAIN[2022]}


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    return Validator(tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    return tmp_path_factory.mktemp("readings")


@pytest.fixture
def series(tmp_path, validator, readings):
    return Series(Places(tmp_path / "raw", tmp_path / "warehouse"), validator).says().share(readings)


def stands(series: Series, *, force: bool = False) -> tuple[list[str], list[str]]:
    """Files that are pending, and editions that are."""
    found = standing(series.source, series.store, force)
    assert found.is_current is not bool(found.pending or found.removed)
    return [export.file.partition("/")[2] for export in found.pending], found.pending_editions


# What is to be done


def test_everything_is_pending_at_first_and_nothing_once_it_was_ingested(series):
    series.put(**{A: PLAIN, B: MORE})
    assert stands(series) == ([f"{A}.csv", f"{B}.csv"], [FIRST, SECOND])
    series.ingest()
    assert stands(series) == ([], [])
    assert stands(series, force=True) == ([f"{A}.csv", f"{B}.csv"], [FIRST, SECOND])


@pytest.mark.parametrize(
    ("change", "pending"),
    [
        pytest.param(
            lambda series: series.put(**{B: MORE | {2020: {"x": 1}}}), [B], id="a file has other content"
        ),
        pytest.param(
            lambda series: series.put(c_20250131=PLAIN | {2020: {"x": 2}}), ["c_20250131"], id="a file is new"
        ),
        pytest.param(
            lambda series: series.says(TYPES + "dated_early: true\n"), [A, B], id="the contract says more"
        ),
        pytest.param(lambda series: series.says(TYPES + "# a comment\n"), [], id="the contract is commented"),
        pytest.param(
            lambda series: series.accept(f"series/{B}.csv", "left_out"), [B], id="a file is accepted"
        ),
        pytest.param(lambda series: (series.folder / "NOTES.md").write_text("x"), [], id="a note is written"),
        pytest.param(
            lambda series: (series.folder / "corrections.yaml").write_text("[]"),
            [],
            id="corrections are begun",
        ),
    ],
)
def test_what_has_changed_is_pending(series, change, pending):
    series.put(**{A: PLAIN, B: MORE}).ingest()
    change(series)
    assert stands(series)[0] == [f"{name}.csv" for name in pending]


@pytest.mark.parametrize("content", [PLAIN, MORE], ids=["as it was", "another"])
def test_a_file_that_cannot_be_read_for_now_keeps_its_figures_and_is_read_by_the_next_run(
    series, monkeypatch, content
):
    series.put(**{A: PLAIN}).ingest()
    [before] = series.ledger().values()
    series.put(**{A: content})

    def broken(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("pipelines.reading.grids.read", broken)
        [receipt] = series.ingest(force=True)
    assert receipt.problems == [
        f"`series/{A}.csv`: cannot be read: Input/output error. Check that it exists and may be read, and run again"
    ]
    [after] = series.ledger().values()
    assert after.good == before.good
    assert stands(series) == ([f"{A}.csv"], [FIRST])
    [receipt] = series.ingest()
    assert (receipt.status, receipt.rows_accepted) == ("accepted", len(content) * 2)
    assert stands(series) == ([], [])


def test_a_reading_that_is_gone_is_pending(series, tmp_path):
    by_itself = Series(Places(series.places.raw, tmp_path / "by itself"), series.validator).put(**{A: PLAIN})
    by_itself.ingest()
    shutil.rmtree(by_itself.store.reading(by_itself.ledger()[f"series/{A}.csv"].latest))
    assert stands(by_itself) == ([f"{A}.csv"], [FIRST])


def test_a_file_that_is_held_back_is_not_pending_for_ever(series):
    series.put(**{A: PLAIN, B: CUT}).ingest()
    assert series.refused()[f"{B}.csv"] == ["left_out"]
    assert stands(series) == ([], [])


def test_a_file_that_was_held_back_is_pending_when_another_is_taken_away(series):
    series.put(**{A: PLAIN, B: CUT}).ingest()
    series.put(**{A: None})
    found = standing(series.source, series.store)
    assert (found.removed, [e.file for e in found.pending]) == ([f"series/{A}.csv"], [f"series/{B}.csv"])


def test_files_without_a_release_date_are_an_edition_of_their_own(series):
    series.put(**{A: PLAIN, "b_20251399": MORE, "notes": "x\n"})
    assert stands(series)[1] == [FIRST, "undated"]


# What is done


def test_each_export_is_told_once_when_it_is_read_and_once_when_it_is_compared(series):
    series.put(**{A: PLAIN, B: CUT})
    read, told = [], []
    receipts = ingest_editions(
        series.source, [FIRST, SECOND], series.store, series.validator,
        read=lambda receipt: read.append((receipt.source_file, receipt.status)),
        told=lambda receipt: told.append((receipt.source_file, receipt.status)),
    )  # fmt: skip
    first, second = f"series/{A}.csv", f"series/{B}.csv"
    assert read == [(first, "accepted"), (second, "accepted")]
    assert told == [(first, "accepted"), (second, "quarantined")]
    assert [(receipt.source_file, receipt.status) for receipt in receipts] == told


def test_only_the_editions_that_are_named_are_ingested_and_those_that_they_change(series):
    series.put(**{B: CUT}).ingest()
    series.put(**{A: PLAIN, "c_20260131": MORE})
    receipts = series.ingest(FIRST)
    assert {receipt.source_file.partition("/")[2] for receipt in receipts} == {f"{A}.csv", f"{B}.csv"}
    assert series.refused() == {f"{A}.csv": [], f"{B}.csv": ["left_out"]}
    assert stands(series)[1] == ["2026-01-31"]


def test_ingesting_again_changes_nothing(series):
    series.put(**{A: PLAIN, B: CUT}).ingest()
    before = series.ledger()
    series.ingest()
    assert series.ledger() == before


def test_ingesting_by_force_reads_again_and_changes_nothing(series, tmp_path):
    by_itself = Series(Places(series.places.raw, tmp_path / "by itself"), series.validator).put(**{A: PLAIN})
    by_itself.ingest()
    before, reading = (
        by_itself.ledger(),
        by_itself.store.reading(by_itself.ledger()[f"series/{A}.csv"].latest),
    )
    (reading / "observations.parquet").write_bytes(b"damaged")
    by_itself.ingest(force=True)
    assert by_itself.ledger() == before
    assert len(by_itself.published()) == 4


# What was good stays


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ("year,type,n\n2021,x,many\n", "number"),
        ("", "empty"),
        ("a,b\n1,2\n", "missing_column"),
        (CUT, "lost_figures"),
    ],
)
def test_the_last_good_figures_of_a_file_stay_until_it_is_good_again(series, bad, rule):
    series.put(**{A: PLAIN}).ingest()
    good = series.published()
    series.put(**{A: bad}).ingest()
    assert rule in series.refused()[f"{A}.csv"]
    assert series.published() == good
    series.put(**{A: PLAIN | {2023: {"x": 5}}}).ingest()
    assert series.published() == good | {(f"{A}.csv", 2023, "x", 5)}


def test_a_file_that_a_changed_contract_refuses_keeps_its_last_good_figures(series):
    series.put(**{A: PLAIN}).ingest()
    good = series.published()
    series.says(TYPES.replace("measure: cases}", "measure: cases, constraints: {maximum: 500}}")).ingest()
    assert series.refused()[f"{A}.csv"] == ["expect_column_values_to_be_between"]
    assert series.published() == good


def test_a_file_that_was_never_good_has_no_figures(series):
    series.put(**{A: "year,type,n\n2021,x,many\n"}).ingest()
    assert (series.standing(), series.published()) == (set(), set())


def test_what_turns_out_to_be_wrong_as_it_is_was_not_good_before(series):
    # The same content under the same contract: only another export shows that it leaves a year out.
    series.put(**{B: CUT}).ingest()
    series.put(**{A: PLAIN}).ingest()
    assert series.standing() == {f"{A}.csv"}


def test_files_that_are_gone_are_forgotten(series):
    series.put(**{A: PLAIN, B: MORE}).ingest()
    series.put(**{B: None})
    forget_removed([series.source], series.store)
    assert series.standing() == {f"{A}.csv"}


def test_sources_that_are_gone_are_forgotten(series):
    series.put(**{A: PLAIN}).ingest()
    shutil.rmtree(series.folder)
    forget_removed([], series.store)
    assert series.store.sources() == []


def test_two_sources_know_nothing_of_each_other(series, tmp_path):
    other = dataclasses.replace(series, name="other").says()
    series.put(**{A: PLAIN}).ingest()
    other.put(**{B: CUT}).ingest()
    assert (series.refused(), other.refused()) == ({f"{A}.csv": []}, {f"{B}.csv": []})


def test_an_expectation_that_cannot_be_used_is_a_fault_of_the_contract(series):
    words = "expect:\n  - {type: expect_column_max_to_be_between, column: value, minimum: 0}\n"
    with pytest.raises(ContractError, match=r"`series/source.yaml`, line 13, expect.0: .*minimum"):
        series.says(TYPES + words).put(**{A: PLAIN}).ingest()


# Sheets

SHEETS = """
sheet: '/(?P<year>\\d{4})/'
columns: {type: {dimension: region, codes: as_printed}, n: {value: count, measure: cases}}
totals: none
"""
BOOK = {"2021": [["type", "n"], ["x", 1000]], "2022": [["type", "n"], ["x", 1100]]}


def test_each_sheet_of_a_workbook_stands_by_itself(series):
    bad = BOOK | {"2022": [["type", "n"], ["x", "many"]]}
    series.says(SHEETS).put(**{A: workbook(bad)}).ingest()
    assert series.refused() == {f"{A}.xlsx#2021": [], f"{A}.xlsx#2022": ["number"]}
    assert series.published() == {(f"{A}.xlsx#2021", 2021, "x", 1000)}


def test_a_sheet_that_is_added_is_read_with_the_others(series):
    series.says(SHEETS).put(**{A: workbook(BOOK)}).ingest()
    series.put(**{A: workbook(BOOK | {"2023": BOOK["2022"]})})
    assert stands(series)[0] == [f"{A}.xlsx#2021", f"{A}.xlsx#2022", f"{A}.xlsx#2023"]
    series.ingest()
    assert len(series.published()) == 3


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(
            workbook({"Year 2021": BOOK["2021"], "Year 2022": BOOK["2022"]}), id="sheets are renamed"
        ),
        pytest.param(b"PK\x03\x04 no more", id="the workbook is damaged"),
        pytest.param(b"<html>not found</html>", id="it is no workbook"),
    ],
)
def test_the_last_good_figures_of_sheets_stay_too(series, bad):
    series.says(SHEETS).put(**{A: workbook(BOOK)}).ingest()
    good = series.published()
    series.put(**{A: bad}).ingest()
    assert any(series.refused().values())
    assert series.published() == good


def test_a_sheet_that_is_gone_keeps_its_figures_and_is_told(series):
    series.says(SHEETS).put(**{A: workbook(BOOK)}).ingest()
    good = series.published()
    [receipt] = series.put(**{A: workbook({"2021": BOOK["2021"]})}).ingest()
    [said] = [c["explanation"] for c in receipt.checks if c["rule"]["type"] == "no_sheet_is_gone"]
    assert f"{A}.xlsx#2022`, a sheet that was read before, is gone" in said
    assert series.published() == good
    assert series.ingest() == [receipt]


def test_the_last_good_figures_of_a_sheet_that_is_bad_stay(series):
    series.says(SHEETS).put(**{A: workbook(BOOK)}).ingest()
    good = series.published()
    series.put(**{A: workbook(BOOK | {"2022": [["type", "n"], ["x", "many"]]})}).ingest()
    assert series.refused() == {f"{A}.xlsx#2021": [], f"{A}.xlsx#2022": ["number"]}
    assert series.published() == good
