"""Bad exports, end to end: each is named with an address, kept out, and harms nobody else.

One folder holds an export for each kind of defect, most of them of one source that has a file for each
region. A first run publishes them all; then every export is replaced by a bad one, and a second run must
leave each last good figure in place. Another export goes the other way: it is bad at first, and mended.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from pipelines.contracts.contract import load
from pipelines.contracts.documents import ContractError
from tests.command import caseload, snapshot, sql

pytestmark = pytest.mark.whole

CONTRACT = """\
title: Cases by type
publisher: A police force
licence: none
files: '(?P<region>[a-z_]+)_(?P<released_on>\\d{8}).csv'
period: 2024
totals: printed
columns:
  type: {dimension: crime_type, codes: {all types: total}}
  cases: {value: count, measure: cases}
  share: {share_of: cases, along: crime_type, optional: true}
codes: {region: as_printed}
missingValues: ['']
code_lists:
  crime_type:
    deepfake: {label: 딥페이크}
"""
POLICE = "police"
GOOD = "type,cases,share\n딥페이크,15,50\nillegal_recording,15,50\nall types,30,\n"


WITH_A_TITLE = """\
title: Cases by type, under a title
publisher: A police force
licence: none
files: '*.csv'
released_on: 2025-01-31
skip_rows: 1
cells:
  - {at: A1, pattern: 'Cases of (?P<year>\\d{4})'}
columns:
  type: {dimension: crime_type, codes: as_printed}
  cases: {value: count, measure: cases}
"""
FLAT = """\
title: Cases by type and region
publisher: A police force
licence: none
files: '*.csv'
released_on: 2025-01-31
columns:
  year: {period: year}
  '*': {dimension: region, value: count, measure: cases, codes: as_printed}
totals: none
"""
GOOD_FLAT = "year,North,East,West\n2022,40123,5123,7321\n2023,41234,5021,7123\n2024,42345,5219,7219\n"
WITH_KEYS = """\
title: Cases by key, with the name beside it
publisher: A police force
licence: none
files: '*.csv'
released_on: 2025-01-31
columns:
  year: {period: year}
  key: {dimension: crime_type, codes: as_printed}
  name: {label_of: crime_type}
  cases: {value: count, measure: cases}
"""
GOOD_KEYS = (
    "year,key,name,cases\n2023,1001,Theft,12\n2023,1002,Fraud,13\n2024,1001,Theft,14\n2024,1002,Fraud,15\n"
)


@dataclass(frozen=True)
class Defect:
    """What is done to the good export, and what must be said of it."""

    name: str
    spoil: Callable[[Path], object]
    said: str
    row: int | None = None
    column: str | None = None
    contract: str = CONTRACT
    good: str = GOOD

    @property
    def source(self) -> str:
        return POLICE if self.contract == CONTRACT else self.name

    @property
    def file(self) -> str:
        return f"{self.source}/{self.name}_20250131.csv"


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
    Defect("duplicated_row", text(GOOD + "illegal_recording,15,50\n"), "is the same as row 3", 5),
    Defect("contradicting_row", text(GOOD + "illegal_recording,16,50\n"), "stands in more than one row", 3, "cases"),
    Defect("wrong_total", edited("all types,30", "all types,31"),
           "the printed total 31 is not the sum of its parts by crime type, 30", 4, "cases"),
    Defect("share_above_a_hundred", edited("recording,15,50", "recording,15,500"), "not between 0 and 100", 3, "share"),
    Defect("cut_in_a_line", lambda path: path.write_bytes(GOOD.encode()[:45]), "the file may be cut", 3),
    Defect("cut_between_lines", text("type,cases,share\n딥페이크,15,50\n"), "a total by crime type is printed, and none is"),
    Defect("empty", text(""), "the file is empty"),
    Defect("header_only", text("type,cases,share\n"), "has a header and no rows"),
    Defect("unclosed_quote", text('type,cases,share\n"딥페이크,15,50\n'), "a quoted cell is not closed", 2),
    Defect("workbook_named_csv", workbook, "this is an XLSX or ZIP file"),
    Defect("link_out_of_raw", link_out, "a symbolic link that leads out of the raw folder"),
    Defect("other_title", text("Arrests of 2024\ntype,cases\na,1\n"),
           "cell A1 says 'Arrests of 2024', which does not match", contract=WITH_A_TITLE,
           good="Cases of 2024\ntype,cases\na,1\n"),
    Defect("inserted_subtotal",
           text("year,North,Province,East,West\n2022,40123,12444,5123,7321\n2023,41234,12144,5021,7123\n"
                "2024,42345,12438,5219,7219\n"),
           "region 'Province' is in every row the sum of 'East' to 'West'", contract=FLAT, good=GOOD_FLAT),
    Defect("number_became_blank", text(GOOD_KEYS.replace("Fraud,15", "Fraud,")), "is empty", 5, "cases",
           contract=WITH_KEYS, good=GOOD_KEYS),
    Defect("damaged_key", text(GOOD_KEYS.replace("2024,1002", "2024,1003")), "'Fraud'", 5, "name",
           contract=WITH_KEYS, good=GOOD_KEYS),
]  # fmt: skip


@dataclass(frozen=True)
class Runs:
    folder: Path
    first: CompletedProcess[str]
    before: Path
    """The warehouse of the first run."""
    second: CompletedProcess[str]


HOSTILE = "o'brien \"; drop table observation; -- [red]{x}_20250131.csv"
HOSTILE_LABELS = ("a'); drop table codes; --", '"quoted"', "{braces} [red]%s\\x")
HOSTILE_CONTRACT = """\
title: Labels that would like to be SQL
publisher: A police force
licence: none
files: '*_(?P<released_on>\\d{8}).csv'
period: 2024
columns:
  type: {dimension: crime_type, codes: as_printed}
  "cases'; drop table exports; --": {value: count, measure: cases}
totals: none
"""


MENDED, OTHER = f"{POLICE}/mended_20250131.csv", f"{POLICE}/other_20250131.csv"
COPY, STRAY = f"{POLICE}/other_copy_20250131.csv", f"{POLICE}/what_is_this.csv"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("bad_input")
    raw = folder / "raw"
    contracts = {defect.source: defect.contract for defect in DEFECTS}
    for source, contract in {**contracts, "hostile": HOSTILE_CONTRACT}.items():
        (raw / source).mkdir(parents=True)
        (raw / source / "source.yaml").write_text(contract, encoding="utf-8")
    for number, defect in enumerate(DEFECTS):
        (raw / defect.file).write_text(distinct(defect.good, number), encoding="utf-8")
    (raw / MENDED).write_text(GOOD.replace("types,30", "types,31"), encoding="utf-8")
    first, before = caseload(folder, "run"), snapshot(folder)

    for defect in DEFECTS:
        defect.spoil(raw / defect.file)
    (raw / MENDED).write_text(distinct(GOOD, len(DEFECTS)), encoding="utf-8")
    (raw / OTHER).write_text(GOOD, encoding="utf-8")
    (raw / COPY).write_text(GOOD, encoding="utf-8")
    (raw / STRAY).write_text("a\n1\n", encoding="utf-8")
    with (raw / "hostile" / HOSTILE).open("w", encoding="utf-8", newline="") as export:
        table = csv.writer(export)
        table.writerow(["type", "cases'; drop table exports; --"])
        table.writerows((label, number) for number, label in enumerate(HOSTILE_LABELS, start=1))
    return Runs(folder, first, before, caseload(folder, "run"))


def distinct(table: str, number: int) -> str:
    """The same table in other bytes, with blanks at the end of its first line: equal files are copies."""
    first, line_break, rest = table.partition("\n")
    return first + " " * number + line_break + rest


def test_only_the_one_bad_export_of_the_first_run_is_quarantined(runs: Runs) -> None:
    assert runs.first.returncode == 1
    assert runs.first.stdout.count("✓") == len(DEFECTS)
    quarantined = sql(runs.before, "select source_file from exports where status = 'quarantined'")
    assert quarantined == [(MENDED,)]


def test_bad_exports_give_exit_code_1(runs: Runs) -> None:
    assert runs.second.returncode == 1
    assert runs.second.stderr == ""


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_bad_export_is_named_with_address_and_reason(runs: Runs, defect: Defect) -> None:
    found = sql(
        runs.folder,
        "select source_row, source_column, reason, next_step from rejected_rows"
        f" where source_file = '{defect.file}' and rule <> 'export_quarantined'",
    )
    assert (defect.row, defect.column) in [row[:2] for row in found]
    assert any(defect.said in row[2] or defect.said in (row[3] or "") for row in found)
    assert f"`{defect.file}`" in runs.second.stdout


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_last_good_figures_of_a_bad_export_stay(runs: Runs, defect: Defect) -> None:
    of_file = f"where source_file = '{defect.file}' order by all"
    good = sql(runs.before, f"select * from observation {of_file}")
    assert len(good) > 0
    assert sql(runs.folder, f"select * from observation {of_file}") == good
    assert sql(runs.folder, f"select is_published, status from exports {of_file}") == [
        (False, "quarantined"),
        (True, "accepted"),
    ]


def test_other_exports_are_published_all_the_same(runs: Runs) -> None:
    assert sql(runs.folder, "select sum(value) from crime_type_shares where region = 'other'") == [(30,)]


def test_the_same_content_under_two_names_is_read_once(runs: Runs) -> None:
    [(reason,)] = sql(runs.folder, f"select reason from exports where source_file = '{COPY}'")
    assert f"has the same content as `{OTHER}`" in reason


def test_a_file_that_no_table_reads_is_not_overlooked(runs: Runs) -> None:
    [(reason,)] = sql(runs.folder, f"select reason from exports where source_file = '{STRAY}'")
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
        "select raw_row from rejected_rows where source_file like '%/negative_count_%' and source_row = 3",
    ) == [('["illegal_recording", "-15", "50"]',)]


def test_a_third_run_has_nothing_new_and_still_says_what_is_wrong(runs: Runs) -> None:
    again = caseload(runs.folder, "run")
    assert again.returncode == 1
    assert again.stdout.startswith("Nothing new.")
    assert "a count cannot be negative" in again.stdout


def test_a_mended_export_is_published(runs: Runs) -> None:
    of_region = "where region = 'mended' order by all"
    assert sql(runs.before, f"select value from observation {of_region}") == []
    assert sql(runs.folder, f"select share_pct from crime_type_shares {of_region}") == [(50,), (50,)]
    assert sql(runs.folder, f"select status from exports where source_file = '{MENDED}'") == [("accepted",)]


def test_names_and_labels_that_look_like_sql_are_data(runs: Runs) -> None:
    hostile = "from observation where source = 'hostile' order by value"
    assert sql(runs.folder, f"select crime_type, source_file, source_column {hostile}") == [
        (label, f"hostile/{HOSTILE}", "cases'; drop table exports; --") for label in HOSTILE_LABELS
    ]
    of_total = "where source = 'hostile' and crime_type = 'total'"
    assert sql(runs.folder, f"select value from arrest_trends_as_of(date '2025-02-01') {of_total}") == [(6,)]


def test_an_invalid_contract_stops_before_anything_is_done(runs: Runs) -> None:
    before = sql(runs.folder, "select publication_id from publication")
    contract = runs.folder / "raw" / POLICE / "source.yaml"
    good = contract.read_text(encoding="utf-8")
    contract.write_text(good.replace("measure: cases", "measure: casess"), encoding="utf-8")
    done = caseload(runs.folder, "run")
    contract.write_text(good, encoding="utf-8")
    assert done.returncode == 2
    assert (
        "`police/source.yaml`, line 9, columns.cases.measure: 'casess' is not a code of measure"
        in done.stderr
    )
    assert sql(runs.folder, "select publication_id from publication") == before


CORRECTION = """\
- period: 2024
  measure: cases
  codes: {crime_type: illegal_recording}
  published: 15
  corrected: 14
  reason: one case was counted twice
  evidence: letter of 2025-02-01
  by: A. Analyst
  on: 2025-02-02
"""
AGAIN = CORRECTION.replace("14", "13")


def test_invalid_files_beside_contracts_stop_everything_and_are_told_together(runs: Runs) -> None:
    corrections = runs.folder / "raw" / POLICE / "corrections.yaml"
    accepted = runs.folder / "raw" / "hostile" / "accepted.yaml"
    corrections.write_text(CORRECTION + AGAIN.replace("crime_type:", "crime_typ:"), encoding="utf-8")
    accepted.write_text("- file: hostile/x.csv\n  sha256: abc\n", encoding="utf-8")
    done = caseload(runs.folder, "run")
    corrections.unlink()
    accepted.unlink()
    assert done.returncode == 2
    assert "`police/corrections.yaml`, line 12, 1.codes.crime_typ: 'crime_typ' is not a dim" in done.stderr
    assert "`hostile/accepted.yaml`, line 2, 0.sha256" in done.stderr
    assert "`hostile/accepted.yaml`, line 1, 0.reason: is required" in done.stderr


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(AGAIN, id="in_the_same_words"),
        pytest.param(
            AGAIN.replace("2024\n", "2024-01/2024-12\n", 1),
            id="in_other_words",
        ),
    ],
)
def test_a_second_correction_of_a_figure_is_an_error_of_the_file_it_stands_in(
    tmp_path: Path, again: str
) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "source.yaml").write_text(CONTRACT, encoding="utf-8")
    (folder / "corrections.yaml").write_text(CORRECTION + again, encoding="utf-8")
    with pytest.raises(ContractError, match=r"corrections\.yaml"):
        load(folder)
