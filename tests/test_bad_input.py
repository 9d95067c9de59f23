"""Bad exports, end to end: each is named with an address, kept out, and harms nobody else.

One folder holds a source for each kind of defect. A first run publishes them all; then every export
is replaced by a bad one, and a second run must leave each last good figure in place.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.command import caseload, sql

CONTRACT = """\
title: Cases by type
publisher: A police force
licence: none
files: '*_(?P<released_on>\\d{8}).csv'
period: 2024
totals: printed
columns:
  type: {dimension: crime_type, codes: {all types: total}}
  cases: {value: count, measure: cases}
  share: {share_of: cases, optional: true}
missingValues: ['']
"""
GOOD = "type,cases,share\n딥페이크,15,50\nillegal_recording,15,50\nall types,30,\n"
CODES = "code_lists:\n  crime_type:\n    deepfake: {label: 딥페이크}\n"


@dataclass(frozen=True)
class Defect:
    """What is done to the good export, and what must be said of it."""

    name: str
    spoil: Callable[[Path], object]
    said: str
    row: int | None = None
    column: str | None = None


def text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content, encoding="utf-8")


def edited(old: str, new: str) -> Callable[[Path], object]:
    return text(GOOD.replace(old, new))


def workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def link_out(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


DEFECTS = [
    Defect("unknown_column", text("type,cases,note\n딥페이크,15,x\n"), "column 3 is not in the contract", None, "note"),
    Defect("unknown_label", edited("illegal_recording", "ilegal_recording"),
           "'ilegal_recording' is not a known crime type; closest: 'illegal_recording'", 3, "type"),
    Defect("changed_encoding", lambda path: path.write_bytes(GOOD.encode("cp949")),
           "is not utf-8: bytes b5 do not decode", 2),
    Defect("missing_column", text("type\n딥페이크\n"), "the column is missing", None, "cases"),
    Defect("text_for_number", edited("recording,15", "recording,fifteen"), "'fifteen' is not a number", 3, "cases"),
    Defect("negative_count", edited("recording,15", "recording,-15"), "a count cannot be negative", 3, "cases"),
    Defect("duplicated_row", text(GOOD + "illegal_recording,15,50\n"), "stands in more than one row", 3, "cases"),
    Defect("wrong_total", edited("all types,30", "all types,31"),
           "the printed total 31 is not the sum of its parts by crime type, 30", 4, "cases"),
    Defect("share_above_100", edited("recording,15,50", "recording,15,500"), "not between 0 and 100", 3, "share"),
    Defect("cut_in_a_line", lambda path: path.write_bytes(GOOD.encode()[:45]), "the file may be cut", 3),
    Defect("cut_between_lines", text("type,cases,share\n딥페이크,15,50\n"), "a total by crime type is printed, and none is"),
    Defect("empty", text(""), "the file is empty"),
    Defect("header_only", text("type,cases,share\n"), "has a header and no rows"),
    Defect("unclosed_quote", text('type,cases,share\n"딥페이크,15,50\n'), "a quoted cell is not closed", 2),
    Defect("workbook_named_csv", workbook, "this is an XLSX or ZIP file"),
    Defect("link_out_of_raw", link_out, "a symbolic link that leads out of the raw folder"),
]  # fmt: skip


@dataclass(frozen=True)
class Runs:
    folder: Path
    first: CompletedProcess[str]
    second: CompletedProcess[str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("bad_input")
    for defect in DEFECTS:
        source = folder / "raw" / defect.name
        source.mkdir(parents=True)
        (source / "source.yaml").write_text(CONTRACT + CODES, encoding="utf-8")
        (source / "cases_20250131.csv").write_text(GOOD, encoding="utf-8")
    bystander = folder / "raw" / "bystander"
    bystander.mkdir()
    (bystander / "source.yaml").write_text(CONTRACT + CODES, encoding="utf-8")
    first = caseload(folder, "run")
    for defect in DEFECTS:
        defect.spoil(folder / "raw" / defect.name / "cases_20250131.csv")
    (bystander / "cases_20250131.csv").write_text(GOOD, encoding="utf-8")
    (bystander / "copy_20250228.csv").write_text(GOOD, encoding="utf-8")
    (bystander / "what_is_this.csv").write_text("a\n1\n", encoding="utf-8")
    return Runs(folder, first, caseload(folder, "run"))


def test_good_exports_are_published_with_exit_code_0(runs: Runs) -> None:
    assert runs.first.returncode == 0, runs.first.stdout + runs.first.stderr


def test_bad_exports_give_exit_code_1(runs: Runs) -> None:
    assert runs.second.returncode == 1
    assert runs.second.stderr == ""


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_bad_export_is_named_with_address_and_reason(runs: Runs, defect: Defect) -> None:
    file = f"{defect.name}/cases_20250131.csv"
    found = sql(
        runs.folder,
        f"select source_row, source_column, reason, next_step from rejected_rows where source_file = '{file}'"
        " and rule <> 'export_quarantined'",
    )
    assert (defect.row, defect.column) in [row[:2] for row in found]
    assert any(defect.said in row[2] or defect.said in (row[3] or "") for row in found)
    assert f"`{file}`" in runs.second.stdout


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_last_good_figures_of_a_bad_export_stay(runs: Runs, defect: Defect) -> None:
    assert sql(
        runs.folder,
        f"select crime_type, value from observation where source = '{defect.name}' order by value, crime_type",
    ) == [("deepfake", 15), ("illegal_recording", 15), ("total", 30)]
    assert sql(
        runs.folder,
        f"select status, is_published from exports where source = '{defect.name}' order by is_published",
    ) == [("quarantined", False), ("accepted", True)]


def test_other_sources_are_published_all_the_same(runs: Runs) -> None:
    assert sql(runs.folder, "select sum(value) from crime_type_shares where source = 'bystander'") == [(30,)]


def test_the_same_content_under_two_names_is_read_once(runs: Runs) -> None:
    [(reason,)] = sql(
        runs.folder, "select reason from exports where source_file = 'bystander/copy_20250228.csv'"
    )
    assert "has the same content as `bystander/cases_20250131.csv`" in reason


def test_a_file_that_no_table_reads_is_not_overlooked(runs: Runs) -> None:
    [(reason,)] = sql(
        runs.folder, "select reason from exports where source_file = 'bystander/what_is_this.csv'"
    )
    assert "no table of the contract reads it" in reason


def test_accepted_and_rejected_rows_are_those_received_and_all_are_kept(runs: Runs) -> None:
    rows = sql(
        runs.folder,
        "select rows_received, rows_accepted, rows_rejected from exports where rows_received > 0",
    )
    assert len(rows) >= len(DEFECTS)
    assert all(accepted + rejected == received for received, accepted, rejected in rows)
    assert sql(
        runs.folder,
        "select raw_row from rejected_rows where source = 'negative_count' and source_row = 3",
    ) == [('["illegal_recording", "-15", "50"]',)]


def test_a_third_run_has_nothing_new_and_still_says_what_is_wrong(runs: Runs) -> None:
    again = caseload(runs.folder, "run")
    assert again.returncode == 1
    assert again.stdout.startswith("Nothing new.")
    assert "a count cannot be negative" in again.stdout


def test_a_mended_export_is_published(runs: Runs) -> None:
    path = runs.folder / "raw" / "negative_count" / "cases_20250131.csv"
    path.write_text(
        GOOD.replace("recording,15", "recording,14").replace("types,30", "types,29"), encoding="utf-8"
    )
    done = caseload(runs.folder, "run", "--source", "negative_count")
    assert done.returncode == 1, "the others are still quarantined"
    assert (
        sql(
            runs.folder,
            "select value, share_pct from crime_type_shares where source = 'negative_count' order by value",
        )[0][0]
        == 14
    )


def test_an_invalid_contract_stops_before_anything_is_done(runs: Runs) -> None:
    before = sql(runs.folder, "select publication_id from publication")
    contract = runs.folder / "raw" / "empty" / "source.yaml"
    good = contract.read_text(encoding="utf-8")
    contract.write_text(good.replace("measure: cases", "measure: casess"), encoding="utf-8")
    done = caseload(runs.folder, "run")
    contract.write_text(good, encoding="utf-8")
    assert done.returncode == 2
    assert (
        "`empty/source.yaml`, line 9, columns.cases.measure: 'casess' is not a code of measure" in done.stderr
    )
    assert sql(runs.folder, "select publication_id from publication") == before
