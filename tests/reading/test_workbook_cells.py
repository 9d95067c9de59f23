"""Cells of a workbook that show something else than they hold, as its columns are read."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from pipelines.common.problems import UnreadableExport
from pipelines.contracts.words import Layout
from pipelines.quality import validation
from pipelines.reading import grids, tables
from tests.small_exports import FILE, RELEASED_ON, problems, said

YEAR = "2024-01-01/2024-12-31"
CASES = """
period: '2024'
columns:
  type: {dimension: crime_type, codes: as_printed}
  cases: {value: count, measure: cases}
"""
SHARES = """
period: '2024'
columns:
  type: {dimension: crime_type, codes: as_printed}
  share: {share_of: cases, along: crime_type}
"""
BY_SEX = """
period: '2024'
missingValues: {'': missing}
columns:
  type: {dimension: crime_type, codes: as_printed}
  '/(?P<sex>male|female)/': {value: count, measure: suspects}
"""


@pytest.fixture
def tidy(source_of, tmp_path) -> Callable[..., tables.Tidy]:
    """A function: a contract beyond `HEAD`, the rows of a workbook, formats of cells, merged ones → what is read."""

    def tidy(
        words: str, rows: list[list], formats: dict[str, str] | None = None, merged: str = ""
    ) -> tables.Tidy:
        [table] = source_of(words).tables.values()
        path = tmp_path / "export.xlsx"
        path.write_bytes(workbook(rows, formats, merged))
        origin = tables.Origin("series", "abc", FILE, RELEASED_ON, ())
        return tables.tidy(grids.read(path, FILE, table.layout), table, origin)

    return tidy


def workbook(rows: list[list], formats: dict[str, str] | None = None, merged: str = "") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for at, number_format in (formats or {}).items():
        book.active[at].number_format = number_format
    for cells in merged.split():
        book.active.merge_cells(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


# Formats


def test_a_percentage_has_the_digits_of_its_cell(tidy):
    read = tidy(SHARES, [["type", "share"], ["a", 0.4782], ["b", 0.35]], {"B2": "#.00%", "B3": "0.0_%"})
    assert [line.partition("share ")[2] for line in said(read)] == ["47.82 @2 share", "0.4 @3 share"]


def test_a_number_that_its_cell_does_not_show_is_refused_with_its_address(tidy):
    read = tidy(CASES, [["type", "cases"], ["a", 12345], ["b", 7]], {"B2": "#,##0,"})
    assert problems(read) == [
        f"`{FILE}`, row 2, column 'cases': holds 12345, and its format `#,##0,` shows it in thousands. "
        f"{grids.DOUBT_STEP}"
    ]
    assert said(read) == [f"{YEAR} cases crime_type=b: 7 @3 cases"]
    assert (read.rows_received, read.raw_rows[2]) == (2, '["a", "12345"]')


def test_a_cell_that_is_doubtful_in_a_column_that_is_not_read_does_not_matter(tidy):
    words = CASES + "  other: {ignore: not needed}\n"
    rows = [["type", "cases", "other"], ["a", 3, 12345], ["b", 4, "=A1"]]
    assert problems(tidy(words, rows, {"C2": "#,##0,"})) == []


def test_nor_does_one_in_a_row_that_is_left_out(tidy):
    words = CASES + "ignore_rows:\n  - {column: type, pattern: 'Note.*', reason: a note}\n"
    read = tidy(words, [["type", "cases"], ["a", 3], ["Note 1", 0.5]], {"B3": "# ?/?"})
    assert (problems(read), read.rows_ignored) == ([], 1)


def test_a_key_keeps_the_zeros_that_its_cell_shows(tidy):
    read = tidy(CASES, [["type", "cases"], [10000, 5], [110000, 3]], {"A2": "000000", "A3": "000000"})
    assert said(read) == [
        f"{YEAR} cases crime_type=010000: 5 @2 cases",
        f"{YEAR} cases crime_type=110000: 3 @3 cases",
    ]


def test_a_label_that_is_a_number_has_the_words_that_its_cell_shows_and_a_count_has_none(tidy):
    read = tidy(CASES, [["type", "cases"], [1, 5]], {"A2": '"Class "0', "B2": '#,##0"건"'})
    assert said(read) == [f"{YEAR} cases crime_type=Class 1: 5 @2 cases"]


@pytest.mark.parametrize(
    ("part", "number", "number_format", "first_day"),
    [
        ("year", 2024, '0"년도"', "2024-01-01"),
        ("year", 2024, '0"년"', "2024-01-01"),
        ("month", 2024.10, "0.00", "2024-10-01"),
    ],
)
def test_a_period_is_read_with_or_without_the_words_of_its_format(
    tidy, part, number, number_format, first_day
):
    words = f"columns:\n  when: {{period: {part}}}\n  cases: {{value: count, measure: cases}}\n"
    read = tidy(words, [["when", "cases"], [number, 5]], {"A2": number_format})
    assert (problems(read), str(read.observations["period_start"][0])) == ([], first_day)


def test_a_year_above_a_column_is_that_year_whatever_word_its_format_has(tidy):
    words = CASES.replace("period: '2024'\n", "").replace("  cases:", "  '/(?P<year>\\d{4})/':")
    read = tidy(words, [["type", 2024], ["a", 5]], {"B1": '0"년"'})
    assert said(read) == [f"{YEAR} cases crime_type=a: 5 @2 2024"]


def test_a_label_above_a_column_that_is_not_known_is_refused(tidy):
    words = CASES.replace("  cases:", "  '/.*/':")
    assert problems(tidy(words, [["type", "=B9"], ["a", 5]])) == [
        f"`{FILE}`, column '=B9': its label is a formula whose value the workbook does not have. "
        f"{grids.DOUBT_STEP}"
    ]


# Numbers and the characters of the contract


def test_a_number_of_a_workbook_has_a_point_whatever_the_contract_says_of_text(tidy):
    words = (
        "groupChar: '.'\ndecimalChar: ','\n"
        + CASES
        + "  cleared: {share_of: cases, measure: cases_cleared}\n"
    )
    rows = [["type", "cases", "cleared"], ["a", 1553, 61.234], ["b", "1.553", "61,234"], ["c", 12.345, 1]]
    read = tidy(words, rows)
    assert [line.partition("crime_type=")[2] for line in said(read)] == [
        "a: 1553 @2 cases",
        "b: 1553 @3 cases",
        "a: missing share 61.234 @2 cleared",
        "b: missing share 61.234 @3 cleared",
    ]
    assert problems(read) == [
        f"`{FILE}`, row 4, column 'cases': '12.345' is not a whole number, and counts are"
    ]


def test_a_whole_number_of_a_workbook_with_three_decimals_is_no_thousands(tidy):
    read = tidy(CASES, [["type", "cases"], ["a", 1553]], {"B2": "0.000"})
    assert said(read) == [f"{YEAR} cases crime_type=a: 1553 @2 cases"]


# Merged cells


def test_a_number_that_stands_in_merged_cells_is_refused(tidy):
    rows = [["type", "male", "female"], ["a", 30, None], ["b", 12, 4], ["c", None, 5], ["d", 6, 7]]
    read = tidy(BY_SEX, rows, merged="B2:C2 B3:B4")
    assert [(problem.row, problem.column, problem.value) for problem in read.problems] == [
        (2, "male", "30"),
        (3, "male", "12"),
        (4, "male", "12"),
    ]
    assert {str(problem).partition(": ")[2] for problem in read.problems} == {
        "stands in a cell that is merged with others: it may be the number of one of them, of each, or their "
        "sum. Split the cell and write a number in each, or fetch the export as CSV"
    }
    assert [line.partition("crime_type=")[2] for line in said(read)] == [
        "d sex=male: 6 @5 male",
        "d sex=female: 7 @5 female",
    ]


def test_merged_cells_of_labels_of_blanks_and_of_rows_without_anything_else_are_read(tidy):
    words = BY_SEX.replace("codes: as_printed", "codes: as_printed, fill_down: true")
    rows = [["type", "male", "female"], ["a", 1, 2], [None, None, None], ["b", None, None], ["c", 3, 4]]
    read = tidy(words, rows, merged="A2:A3 B2:B3 C2:C3 B4:C4")
    assert problems(read) == []
    assert [line.rpartition(": ")[2] for line in said(read)] == [
        "1 @2 male", "2 @2 female", "missing @4 male", "missing @4 female", "3 @5 male", "4 @5 female",
    ]  # fmt: skip


# Formulas


@pytest.mark.parametrize("formula", ["=Z1", ArrayFormula("A2:A2", "=Z1")])
@pytest.mark.parametrize("at", ["A2", "B2"])
def test_a_formula_without_a_value_is_refused(tidy, at, formula):
    words = CASES.replace("codes: as_printed", "codes: {'': total, '*': as_printed}")
    row = [formula, 5] if at == "A2" else ["a", formula]
    column = "type" if at == "A2" else "cases"
    assert problems(tidy("missingValues: ['']\n" + words, [["type", "cases"], row, ["b", 1]])) == [
        f"`{FILE}`, row 2, column '{column}', value '=Z1': is a formula whose value the workbook does not have. "
        f"{grids.DOUBT_STEP}"
    ]


def test_a_cell_outside_the_table_that_is_not_known_is_refused(tmp_path):
    path = tmp_path / "export.xlsx"
    path.write_bytes(workbook([["=B1"], ["type", "cases"]]))
    with pytest.raises(UnreadableExport, match="cell A1 is a formula whose value the workbook does not have"):
        grids.cell(path, FILE, Layout(columns={"a": {"ignore": "x"}}, files="*"), "A1", None)


# What is hidden


def test_sheets_that_are_hidden_are_not_counted_and_can_be_named(tmp_path):
    book = Workbook()
    book.active.append(["a", "b"])
    book.active.append(["old", "1"])
    book.active.sheet_state = "veryHidden"
    book.create_sheet("2024").append(["a", "b"])
    book["2024"].append(["new", "2"])
    path = tmp_path / "export.xlsx"
    path.write_bytes(saved(book))

    def first(**words) -> str:
        layout = Layout(columns={"a": {"ignore": "x"}}, files="*", **words)
        return str(grids.read(path, FILE, layout).cells.iloc[0, 0])

    assert (first(), first(sheet=1), first(sheet="Sheet")) == ("new", "new", "old")
    with pytest.raises(
        UnreadableExport, match="has 1 sheets that are not hidden, and the contract wants sheet 2"
    ):
        first(sheet=2)


@pytest.mark.parametrize(
    ("rows", "columns", "told"),
    [
        ([], [], ("passed", "")),
        ([9], ["H"], ("passed", "")),
        ([3], [], ("failed", "hidden in the workbook, and read like others: row 3")),
        ([2, 3], ["C"], ("failed", "hidden in the workbook, and read like others: rows 2, 3 and column C")),
    ],
)
def test_rows_and_columns_that_are_hidden_are_told(source_of, tmp_path, rows, columns, told):
    book = Workbook()
    for row in [["type", "cases", "note"], ["a", 1, "x"], ["b", 3, "y"]]:
        book.active.append(row)
    for row in rows:
        book.active.row_dimensions[row].hidden = True
    for column in columns:
        book.active.column_dimensions[column].hidden = True
    path = tmp_path / "export.xlsx"
    path.write_bytes(saved(book))
    [table] = source_of(CASES + "  note: {ignore: a note}\n").tables.values()
    grid = grids.read(path, FILE, table.layout)
    read = tables.tidy(grid, table, tables.Origin("series", "abc", FILE, RELEASED_ON, ()))
    first, *_ = validation.whole_file(grid, read, table, [], FILE)
    assert (first.rule.name, first.verdict, first.explanation) == ("no_row_or_column_is_hidden", *told)
