"""What an export says outside its table: in its name, in the names of its sheets, in single cells."""

from __future__ import annotations

import datetime as dt
from textwrap import dedent

import pytest

from pipelines.common.problems import UnreadableExport
from pipelines.contracts import contract
from pipelines.reading import grids, tables
from pipelines.reading.exports import Export, discover
from pipelines.reading.outside import once
from tests.small_exports import problems, said, workbook

HEAD = "title: A table\npublisher: A publisher\nlicence: none\n"
DATED = "released_on: 2025-01-31\n"
COLUMNS = "columns:\n  type: {dimension: crime_type}\n  n: {value: count, measure: cases}\n"
BY_YEAR = {
    "2023": [["type", "n"], ["deepfake", 3]],
    "2024": [["type", "n"], ["deepfake", 4]],
    "About": [["Made on 2025-02-03"]],
}


@pytest.fixture
def found(tmp_path):
    """A function: a contract without its head and the files beside it → source and exports."""

    def found(words: str, files: dict[str, str | bytes]) -> tuple[contract.Source, list[Export]]:
        folder = tmp_path / "series"
        folder.mkdir(exist_ok=True)
        (folder / contract.FILE_NAME).write_text(HEAD + dedent(words), encoding="utf-8")
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        source = contract.load(folder)
        return source, discover(source)

    return found


@pytest.fixture
def read(found):
    """A function: the same → what is said by all exports, one list for each."""

    def read(words: str, files: dict[str, str | bytes]) -> dict[str, list[str]]:
        source, exports = found(words, files)
        return {export.file: _said(source, export) for export in exports}

    return read


def _said(source: contract.Source, export: Export) -> list[str]:
    if export.problem:
        return [str(export.problem)]
    table = source.tables[str(export.table)]
    origin = tables.Origin(source.name, export.export_id, export.file, export.released_on, export.groups)
    tidied = tables.tidy(grids.read(export.path, export.file, table.layout, export.sheet), table, origin)
    return [*problems(tidied), *said(tidied)]


def listed(exports: list[Export]) -> list[tuple]:
    return [(e.file, e.table, e.sheet, str(e.released_on), dict(e.groups)) for e in exports]


def problem(exports: list[Export]) -> str:
    [export] = exports
    assert (export.table, export.problem.file, export.problem.row) == (None, export.file, None)
    return export.problem.reason


# One sheet


@pytest.mark.parametrize("sheet", ["", "sheet: 1\n", "sheet: '2023'\n"])
def test_one_sheet_of_a_workbook_is_the_workbook(found, sheet):
    _, exports = found(
        DATED + "files: '*'\nperiod: '2024'\n" + sheet + COLUMNS, {"a.xlsx": workbook(BY_YEAR)}
    )
    assert listed(exports) == [("series/a.xlsx", "table", None, "2025-01-31", {})]


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("data", "has no sheet 'data'. Its sheets: 2023, 2024, About"),
        ("4", "has 3 sheets, and the contract wants sheet 4"),
    ],
)
def test_a_sheet_that_is_not_there_is_said_with_those_that_are(read, sheet, said):
    words = DATED + f"files: '*'\nperiod: '2024'\nsheet: {sheet}\n" + COLUMNS
    with pytest.raises(UnreadableExport) as error:
        read(words, {"a.xlsx": workbook(BY_YEAR)})
    assert str(error.value) == f"`series/a.xlsx`: {said}"


# Several sheets

SHEETS = DATED + "files: '*'\nsheet: '/(?P<year>\\d{4})년?/'\n" + COLUMNS


def test_every_sheet_that_a_pattern_fits_is_an_export_of_its_own(found):
    _, exports = found(SHEETS, {"a.xlsx": workbook(BY_YEAR)})
    assert listed(exports) == [
        ("series/a.xlsx#2023", "table", "2023", "2025-01-31", {"year": "2023"}),
        ("series/a.xlsx#2024", "table", "2024", "2025-01-31", {"year": "2024"}),
    ]
    assert len({export.export_id for export in exports}) == 1


def test_the_name_of_a_sheet_says_what_its_figures_are_about(read):
    assert read(SHEETS, {"a.xlsx": workbook(BY_YEAR)}) == {
        "series/a.xlsx#2023": ["2023-01-01/2023-12-31 cases crime_type=deepfake: 3 @2 n"],
        "series/a.xlsx#2024": ["2024-01-01/2024-12-31 cases crime_type=deepfake: 4 @2 n"],
    }


def test_the_name_of_a_sheet_may_be_padded(found):
    _, exports = found(SHEETS, {"a.xlsx": workbook({" 2023년 ": BY_YEAR["2023"]})})
    assert listed(exports) == [
        ("series/a.xlsx# 2023년 ", "table", " 2023년 ", "2025-01-31", {"year": "2023"})
    ]


def test_a_pattern_fits_the_whole_name_of_a_sheet(found):
    _, exports = found(SHEETS, {"a.xlsx": workbook({"2023 (old)": [["x"]], "2024": BY_YEAR["2024"]})})
    assert [export.sheet for export in exports] == ["2024"]


def test_a_pattern_without_groups_reads_all_sheets_that_it_fits(read):
    words = DATED + "files: '*'\nperiod: '2024'\nsheet: '/\\d+/'\n" + COLUMNS
    assert [len(lines) for lines in read(words, {"a.xlsx": workbook(BY_YEAR)}).values()] == [1, 1]


def test_a_workbook_without_a_sheet_that_fits_is_said_with_its_sheets(found):
    _, exports = found(SHEETS, {"a.xlsx": workbook({"Year 2023": [["x"]], "About": [["x"]]})})
    assert problem(exports) == (
        "has no sheet that fits `sheet: /(?P<year>\\d{4})년?/`; its sheets: Year 2023, About"
    )
    assert exports[0].problem.next_step == "Compare its name with `files:` in `series/source.yaml`"


def test_the_release_date_may_stand_in_the_names_of_sheets(found):
    words = "files: '*'\nperiod: '2024'\nsheet: '/as of (?P<released_on>.+)/'\n" + COLUMNS
    book = workbook(
        {"as of 2025-02-03": BY_YEAR["2024"], "as of 2025-05-03": BY_YEAR["2024"], "as of May": [[1]]}
    )
    _, exports = found(words, {"a.xlsx": book})
    assert [export.edition for export in exports] == ["2025-02-03", "2025-05-03", "undated"]
    assert "the release date cannot be told: 'May' is not a date" in exports[2].problem.reason
    assert exports[2].problem.file == "series/a.xlsx#as of May"


def test_a_dimension_in_the_name_of_a_sheet_is_looked_up(read):
    words = DATED + "files: '*'\nperiod: '2024'\nsheet: '/(?P<region>.+)/'\n" + COLUMNS
    rows = BY_YEAR["2024"]
    lines = read(words, {"a.xlsx": workbook({"서울": rows, "Soul": rows})})
    assert lines["series/a.xlsx#서울"] == [
        "2024-01-01/2024-12-31 cases crime_type=deepfake region=seoul: 4 @2 n"
    ]
    assert (
        "the file's name, sheet or cells say region 'Soul', which is not known; closest: 'Seoul'"
        in (lines["series/a.xlsx#Soul"][0])
    )


def test_a_csv_has_no_sheets_to_choose_from(found):
    words = SHEETS.replace("(?P<year>\\d{4})년?", "\\d{4}") + "period: '2024'\n"
    _, exports = found(words, {"a.csv": "type,n\ndeepfake,3\n"})
    assert listed(exports) == [("series/a.csv", "table", None, "2025-01-31", {})]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no more", b"type,n\n", b""])
def test_a_workbook_that_cannot_be_opened_is_one_export_with_a_problem(found, content):
    _, exports = found(SHEETS, {"a.xlsx": content})
    assert "the workbook cannot be read" in problem(exports)
    assert exports[0].file == "series/a.xlsx"


def test_a_copy_of_a_workbook_is_a_copy_sheet_by_sheet(found):
    _, exports = found(SHEETS, {"a.xlsx": (book := workbook(BY_YEAR)), "b.xlsx": book})
    assert [export.problem and export.problem.rule for export in exports] == [None, None, "copy", "copy"]
    assert [export.file for export in exports[2:]] == ["series/b.xlsx#2023", "series/b.xlsx#2024"]


# Several tables on one workbook


def two_tables(first: str, second: str) -> str:
    tables = f"tables:\n  first: {{sheet: {first}}}\n  second: {{sheet: {second}}}\n"
    return f"{DATED}files: '*'\nperiod: '2024'\n{COLUMNS}{tables}"


@pytest.mark.parametrize(
    ("first", "second"),
    [("'2023'", "'2024'"), ("1", "2"), ("1", "'2024'"), ("'/.*3/'", "'2024'"), ("'/.*3/'", "'/.*4/'")],
)
def test_two_tables_read_a_sheet_each(found, first, second):
    _, exports = found(two_tables(first, second), {"a.xlsx": workbook(BY_YEAR)})
    assert [(export.file, export.table) for export in exports] == [
        ("series/a.xlsx#2023", "first"),
        ("series/a.xlsx#2024", "second"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("'2023'", "'2023'", "several tables read sheet '2023': first, second"),
        ("1", "'2023'", "several tables read sheet '2023': first, second"),
        ("'/2.*/'", "'2024'", "several tables read sheet '2024': first, second"),
        ("'/2.*/'", "'/.*4/'", "several tables read sheet '2024': first, second"),
    ],
)
def test_a_sheet_that_two_tables_read_is_ambiguous(found, first, second, said):
    _, exports = found(two_tables(first, second), {"a.xlsx": workbook(BY_YEAR)})
    assert problem(exports) == said


def test_a_csv_that_two_tables_read_is_ambiguous(found):
    _, exports = found(two_tables("1", "2"), {"a.csv": "type,n\ndeepfake,3\n"})
    assert problem(exports) == "several tables read it: first, second"


def test_two_tables_that_read_differently_named_workbooks_read_the_sheet_that_each_wants(found):
    words = two_tables("2, files: 'a*'", "1, files: 'b*'")
    _, exports = found(words, {"a.xlsx": workbook(BY_YEAR), "b.xlsx": workbook(BY_YEAR | {"new": [["x"]]})})
    assert listed(exports) == [
        ("series/a.xlsx", "first", None, "2025-01-31", {}),
        ("series/b.xlsx", "second", None, "2025-01-31", {}),
    ]


def test_a_workbook_that_no_table_has_a_sheet_of_is_a_problem(found):
    _, exports = found(two_tables("'2021'", "'2022'"), {"a.xlsx": workbook(BY_YEAR)})
    assert problem(exports).startswith(
        "has no sheet that fits `sheet: 2021`; closest: '2023'; its sheets: 2023,"
    )


@pytest.mark.parametrize(("first", "second"), [("'2023'", "'2025'"), ("1", "4"), ("'/.*3/'", "'/.*5/'")])
def test_a_sheet_that_one_of_two_tables_misses_is_a_problem(found, first, second):
    _, exports = found(two_tables(first, second), {"a.xlsx": workbook(BY_YEAR)})
    assert [export for export in exports if export.problem]


# Cells

CELLS = (
    "files: '*'\nperiod: '2024'\nskip_rows: 2\ncells:\n  - {at: B1, pattern: 'as of (?P<released_on>.+)'}\n"
    + COLUMNS
)
TABLE = "type,n\ndeepfake,3\n"


def test_a_cell_of_a_csv_gives_the_release_date(found):
    _, exports = found(
        CELLS, {"a.csv": f"Cases,as of 2025-02-03\n\n{TABLE}", "b.csv": f'"",  as of 2024.5.1. \n,\n{TABLE}'}
    )
    assert [(export.file, str(export.released_on)) for export in exports] == [
        ("series/a.csv", "2025-02-03"),
        ("series/b.csv", "2024-05-01"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"Cases\n\n{TABLE}", "cell B1 says '', which does not match `as of (?P<released_on>.+)`"),
        (f"Cases,in 2025\n\n{TABLE}", "cell B1 says 'in 2025', which does not match"),
        (
            f"Cases,as of 2025-02-03 (provisional)\n\n{TABLE}",
            "the release date cannot be told: '2025-02-03 (prov",
        ),
        (f"Cases,as of soon\n\n{TABLE}", "the release date cannot be told: 'soon' is not a date"),
        (f"Cases,as of 2025-02-30\n\n{TABLE}", "the release date cannot be told: '2025-02-30' is not a day"),
        ("", "the file is empty"),
        ('Cases,"as of 2025\n', "is not valid CSV: a quoted cell is not closed"),
    ],
)
def test_a_cell_that_does_not_say_it_is_a_problem(found, content, said):
    _, exports = found(CELLS, {"a.csv": content})
    [export] = exports
    assert export.released_on is None
    assert said in export.problem.reason


def test_a_cell_is_read_in_the_encoding_of_its_file(read):
    words = CELLS.replace("as of (?P<released_on>.+)", "(?P<released_on>.+) 현재") + "encoding: cp949\n"
    [lines] = read(words, {"a.csv": f"통계,2025-02-03 현재\n\n{TABLE}".encode("cp949")}).values()
    assert lines == ["2024-01-01/2024-12-31 cases crime_type=deepfake: 3 @4 n"]


def test_a_cell_of_a_csv_is_counted_by_rows_as_a_spreadsheet_shows_them(found):
    words = CELLS.replace("B1", "A3").replace("skip_rows: 2", "skip_rows: 3")
    _, exports = found(words, {"a.csv": f'"Cases\nby type",x\n\nas of 2025-02-03\n{TABLE}'})
    assert [str(export.released_on) for export in exports] == ["2025-02-03"]


def test_cells_give_dimensions_and_the_period(read):
    words = DATED + (
        "files: '*'\nskip_rows: 2\ncells:\n"
        "  - {at: A1, pattern: '(?P<region>.+) Police'}\n"
        "  - {at: A2, pattern: '(?P<year>\\d{4})년 (?P<month>\\d+월).*'}\n"
    ) + COLUMNS  # fmt: skip
    [lines] = read(words, {"a.csv": f"Seoul Police\n2024년 5월 잠정\n{TABLE}"}).values()
    assert lines == ["2024-05-01/2024-05-31 cases crime_type=deepfake region=seoul: 3 @4 n"]


def test_a_cell_of_another_sheet_is_read_for_every_sheet(found):
    words = "files: '*'\nsheet: '/(?P<year>\\d{4})/'\ncells: [{sheet: About, at: A1, pattern: 'Made on (?P<released_on>.+)'}]\n"
    _, exports = found(words + COLUMNS, {"a.xlsx": workbook(BY_YEAR)})
    assert [(e.sheet, e.edition) for e in exports] == [("2023", "2025-02-03"), ("2024", "2025-02-03")]


def test_a_cell_without_a_sheet_is_that_of_each_sheet(found):
    words = "files: '*'\nsheet: '/(?P<year>\\d{4})/'\nskip_rows: 1\ncells: [{at: C1, pattern: '(?P<released_on>.+)'}]\n"
    dates = {"2023": "2024-01-31", "2024": "2025-01-31"}
    book = workbook({year: [["x", None, date], *BY_YEAR[year]] for year, date in dates.items()})
    _, exports = found(words + COLUMNS, {"a.xlsx": book})
    assert {export.sheet: export.edition for export in exports} == dates


def test_a_date_in_a_cell_of_a_workbook_is_a_date(found):
    words = (
        "files: '*'\nperiod: '2024'\nskip_rows: 1\ncells: [{at: A1, pattern: '(?P<released_on>.+)'}]\n"
        + COLUMNS
    )
    _, exports = found(words, {"a.xlsx": workbook({"x": [[dt.date(2025, 2, 3)], *BY_YEAR["2024"]]})})
    assert [export.edition for export in exports] == ["2025-02-03"]


def test_a_sheet_of_cells_that_is_not_there_is_a_problem_of_every_sheet(found):
    words = SHEETS + "cells: [{sheet: Meta, at: A1, pattern: '(?P<region>.+)'}]\n"
    _, exports = found(words, {"a.xlsx": workbook(BY_YEAR)})
    assert [export.problem.reason for export in exports] == ["has no sheet 'Meta'"] * 2
    assert [export.file for export in exports] == ["series/a.xlsx#2023", "series/a.xlsx#2024"]


# What several places say


def test_the_name_and_a_cell_must_agree_on_the_release_date(found):
    words = CELLS.replace("'*'", "'*_(?P<released_on>\\d{8}).csv'")
    rows = f"Cases,as of 2025-02-03\n\n{TABLE}"
    _, exports = found(words, {"a_20250203.csv": rows, "b_20250204.csv": rows + "\n"})
    assert [export.edition for export in exports] == ["2025-02-03", "undated"]
    assert exports[1].problem.reason == (
        "the release date cannot be told: 20250204 and 2025-02-03 are both given"
    )


REGION_TWICE = (
    DATED
    + "period: '2024'\nfiles: '(?P<region>.+).csv'\nskip_rows: 1\n"
    + "cells: [{at: A1, pattern: '(?P<region>.+)'}]\n"
    + COLUMNS
)


def test_the_name_and_a_cell_must_agree_on_a_dimension(read):
    lines = read(REGION_TWICE, {"Seoul.csv": f"Seoul\n{TABLE}", "Busan.csv": f"Seoul\n{TABLE}\n"})
    assert lines["series/Seoul.csv"] == [
        "2024-01-01/2024-12-31 cases crime_type=deepfake region=seoul: 3 @3 n"
    ]
    assert "two labels say which region: " in lines["series/Busan.csv"][0]


def test_the_name_and_a_cell_agree_in_two_spellings(read):
    [lines] = read(REGION_TWICE, {"Seoul.csv": f"서울\n{TABLE}"}).values()
    assert lines == ["2024-01-01/2024-12-31 cases crime_type=deepfake region=seoul: 3 @3 n"]


def test_the_name_of_a_file_and_a_cell_must_agree_on_the_year(read):
    words = DATED + "files: '(?P<year>\\d{4}).csv'\nskip_rows: 1\n"
    words += "cells: [{at: A1, pattern: '(?P<year>\\d{4})'}]\n" + COLUMNS
    lines = read(words, {"2023.csv": f"2024\n{TABLE}", "2024.csv": f"2024\n{TABLE}\n"})
    assert "the year is given twice, as 2023 and as 2024" in lines["series/2023.csv"][0]
    assert lines["series/2024.csv"] == ["2024-01-01/2024-12-31 cases crime_type=deepfake: 3 @3 n"]


def test_years_that_disagree_leave_an_export_released_at_its_end_undated(found):
    words = "released_on: period_end\nfiles: '(?P<year>\\d{4}).csv'\nskip_rows: 1\ncells: [{at: A1, pattern: '(?P<year>\\d{4})'}]\n"
    _, exports = found(words + COLUMNS, {"2023.csv": f"2023\n{TABLE}", "2024.csv": f"2023\n\n{TABLE}"})
    assert [export.edition for export in exports] == ["2023-12-31", "undated"]
    assert "the year is given twice" in exports[1].problem.reason


@pytest.mark.parametrize(
    ("groups", "name", "text"),
    [
        ((), "year", None),
        ((("year", "2024"),), "year", "2024"),
        ((("year", "2024"), ("year", "2023")), "year", "2024"),  # where the period is put together they clash
        ((("released_on", "2025-01-31"),), "year", None),
        ((("released_on", "2025-01-31"), ("released_on", "20250131")), "released_on", "2025-01-31"),
    ],
)
def test_a_group_that_is_given_more_than_once_is_one(groups, name, text):
    assert once(groups, name) == text


def test_two_release_dates_are_none():
    with pytest.raises(ValueError, match="2025-01-31 and 20250201 are both given"):
        once((("released_on", "2025-01-31"), ("released_on", "20250201")), "released_on")


# Files that are no exports


def test_what_stands_beside_the_contract_is_no_export(found):
    files = {
        "a.csv": TABLE,
        "corrections.yaml": "[]\n",
        "accepted.yaml": "[]\n",
        "NOTES.md": "read me\n",
        ".hidden": "x",
        "~$a.xlsx": "a lock of a spreadsheet program",
        ".git/x.csv": "x",
    }
    _, exports = found(DATED + "files: '**/*'\nperiod: '2024'\n" + COLUMNS, files)
    assert [export.file for export in exports] == ["series/a.csv"]


def test_other_yaml_files_are_not_overlooked(found):
    _, exports = found(DATED + "files: '*.csv'\nperiod: '2024'\n" + COLUMNS, {"acepted.yaml": "[]\n"})
    assert problem(exports) == "no table of the contract reads it"
