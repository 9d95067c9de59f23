"""A file becomes text cells with their addresses, whole and in one encoding, or is refused."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart

from pipelines.common.problems import UnreadableExport
from pipelines.contracts import limits
from pipelines.contracts.words import Layout
from pipelines.reading import grids, workbooks
from pipelines.reading.grids import Grid
from pipelines.reading.numerals import number_text

FILE = "npa/2024.csv"


@pytest.fixture
def read(tmp_path):
    """A function: the content of a file and the words of its layout → its grid."""

    def read(content: bytes | str, name: str = "2024.csv", **words: object) -> Grid:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return grids.read(path, f"npa/{name}", Layout(**words))

    return read


def rows(grid: Grid) -> dict[int, list[str | None]]:
    """The cells by physical row."""
    return {int(row): list(cells) for row, cells in zip(grid.cells.index, grid.cells.to_numpy(), strict=True)}


def refusal(read, content: bytes | str, name: str = "2024.csv", **words: object) -> str:
    with pytest.raises(UnreadableExport) as error:
        read(content, name, **words)
    return str(error.value)


# Encodings

KOREAN = "연도,발생건수\n2024,10\n"
COMPOSED = (["연도", "발생건수"], {2: ["2024", "10"]})


@pytest.mark.parametrize(
    ("content", "declared", "used"),
    [
        (KOREAN.encode(), "utf-8", "utf-8"),
        (b"\xef\xbb\xbf" + KOREAN.encode(), "utf-8", "utf-8"),
        (b"\xef\xbb\xbf" + KOREAN.encode(), "UTF8", "utf8"),
        (b"\xef\xbb\xbf" + KOREAN.encode(), "utf_8", "utf_8"),
        (b"\xef\xbb\xbf" + KOREAN.encode(), "utf-8-sig", "utf-8-sig"),
        (KOREAN.encode("cp949"), "cp949", "cp949"),
        (KOREAN.encode("euc-kr"), "EUC-KR", "euc-kr"),
        (KOREAN.encode("utf-16"), "utf-16", "utf-16"),
        (KOREAN.encode("utf-16-le"), "utf-16-le", "utf-16-le"),
        (KOREAN.encode(), ["utf-8", "cp949"], "utf-8"),
        (KOREAN.encode("cp949"), ["utf-8", "cp949"], "cp949"),
        (unicodedata.normalize("NFD", KOREAN).encode(), "utf-8", "utf-8"),
    ],
)
def test_a_file_is_read_in_the_first_declared_encoding_that_decodes_all_of_it(read, content, declared, used):
    grid = read(content, encoding=declared)
    assert (grid.labels, rows(grid)) == COMPOSED
    assert grid.encoding == used


def test_a_file_in_another_encoding_is_refused_with_its_line_and_what_it_seems_to_be(read):
    content = "year,type\n2024,abc\n2023,해킹\n".encode("cp949")
    said = "`npa/2024.csv`, row 3: is not utf-8: bytes c7 do not decode."
    assert refusal(read, content) == f"{said} It decodes as cp949: if that is right, add it to `encoding:`"


def test_every_declared_encoding_that_fails_is_named(read):
    content = b"a\n1\n\xff\xff\n"
    assert refusal(read, content, encoding=["utf-8", "cp949"]) == (
        "`npa/2024.csv`, row 3: is not utf-8: bytes ff do not decode. "
        "Fetch it again, or name its encoding in `encoding:`\n"
        "`npa/2024.csv`, row 3: is not cp949: bytes ff do not decode. "
        "Fetch it again, or name its encoding in `encoding:`"
    )


def test_a_file_that_is_cut_inside_a_character_is_refused(read):
    assert "row 2: is not utf-8" in refusal(read, "연도\n발생".encode()[:-1])
    assert "row 2: is not cp949" in refusal(read, "연도\n발생".encode("cp949")[:-1], encoding="cp949")


def test_a_file_that_is_utf8_too_carries_a_hint(read):
    mojibake = read(KOREAN, encoding=["latin-1", "utf-8"])
    assert mojibake.encoding == "latin-1"
    assert "valid UTF-8 too" in mojibake.hint
    assert read("year,cases\n2024,10\n", encoding="cp949").hint is None
    assert read(KOREAN, encoding="utf-8").hint is None


@pytest.mark.parametrize("name", ["utf8", "utf_8", "U8", "utf-8-sig"])
def test_utf8_under_another_name_carries_no_hint_to_use_utf8(read, name):
    assert read(KOREAN, encoding=name).hint is None


@pytest.mark.parametrize("name", ["U8", "utf", "cp65001"])
def test_a_byte_order_mark_is_no_part_of_a_label_under_any_name_of_utf8(read, name):
    assert read(b"\xef\xbb\xbf" + KOREAN.encode(), encoding=name).labels == ["연도", "발생건수"]


# CSV


@pytest.mark.parametrize(
    ("content", "words", "cells"),
    [
        pytest.param("a,b\n1,2\n3,4\n", {}, {2: ["1", "2"], 3: ["3", "4"]}, id="plain"),
        pytest.param("a,b\r\n1,2\r\n3,4\r\n", {}, {2: ["1", "2"], 3: ["3", "4"]}, id="CRLF"),
        pytest.param("a,b\r1,2\r3,4\r", {}, {2: ["1", "2"], 3: ["3", "4"]}, id="CR"),
        pytest.param("a,b\n1,2\n3,4", {}, {2: ["1", "2"], 3: ["3", "4"]}, id="no last line break"),
        pytest.param("a,b\n\n1,2\n,\n  , \n3,4\n\n", {}, {3: ["1", "2"], 6: ["3", "4"]}, id="blank rows"),
        pytest.param('a,b\n"1,553",2\n', {}, {2: ["1,553", "2"]}, id="quoted delimiter"),
        pytest.param('a,b\n"say ""1""",2\n', {}, {2: ['say "1"', "2"]}, id="doubled quotes"),
        pytest.param('a,b\n5" knife,2\n', {}, {2: ['5" knife', "2"]}, id="a quote inside a cell"),
        pytest.param("a;b\n1,5;2\n", {"delimiter": ";"}, {2: ["1,5", "2"]}, id="semicolon"),
        pytest.param("a\tb\n1\t2\n", {"delimiter": "\t"}, {2: ["1", "2"]}, id="tab"),
        pytest.param("a,b\n'1,5',2\n", {"quoteChar": "'"}, {2: ["1,5", "2"]}, id="other quote"),
        pytest.param("a,b\n 1 ,\u00a02\u3000\n", {}, {2: ["1", "2"]}, id="padded"),
        pytest.param("a,b\n1,\n,2\n", {}, {2: ["1", None], 3: [None, "2"]}, id="empty cells"),
        pytest.param('a,b\n1,""\n1,\u3000\n', {}, {2: ["1", None], 3: ["1", None]}, id="cells of blanks"),
        pytest.param("a,b\n-,0\n", {}, {2: ["-", "0"]}, id="a dash and a zero are texts"),
        pytest.param(
            "a,b\nNA,nan\nNone,null\n", {}, {2: ["NA", "nan"], 3: ["None", "null"]}, id="null words"
        ),
        pytest.param("x\ny,z,q\na,b\n1,2\n", {"skip_rows": 2}, {4: ["1", "2"]}, id="rows above the header"),
        pytest.param("\n\na,b\n1,2\n", {"skip_rows": 2}, {4: ["1", "2"]}, id="blank rows above the header"),
        pytest.param("a,b,,\n1,2,,\n", {}, {2: ["1", "2", None, None]}, id="columns of nothing"),
    ],
)
def test_cells_are_text_with_the_row_they_stand_in(read, content, words, cells):
    grid = read(content, **words)
    assert (grid.labels[:2], rows(grid), grid.problems) == (["a", "b"], cells, [])


def test_rows_are_counted_in_physical_lines_below_cells_of_several_lines(read):
    grid = read('place,"cases\n(total)"\n"Seoul\r\nand around",1\n"Busan",2\n\n"Jeju",3\n')
    assert grid.labels == ["place", "cases (total)"]
    assert rows(grid) == {3: ["Seoul\r\nand around", "1"], 5: ["Busan", "2"], 7: ["Jeju", "3"]}


def test_rows_that_do_not_fit_the_header_are_set_aside_with_their_cells(read):
    grid = read("a,b\n1,2\n3\n4,1,553\n5,6\n7\n")
    assert rows(grid) == {2: ["1", "2"], 5: ["5", "6"]}
    assert grid.ragged == {3: ["3"], 4: ["4", "1", "553"], 6: ["7"]}
    assert [str(problem) for problem in grid.problems] == [
        "`npa/2024.csv`, row 3: 1 cells, the header has 2. "
        "Look for a delimiter inside a cell that is not quoted",
        "`npa/2024.csv`, row 4: 3 cells, the header has 2. "
        "Look for a delimiter inside a cell that is not quoted",
        "`npa/2024.csv`, row 6: 1 cells, the header has 2. "
        "The last row is short: the file may be cut; fetch it again",
    ]


def test_trailing_delimiters_on_every_row_do_no_harm(read):
    grid = read("age,cases\n10s,1,\n20s,2,\n")
    assert (rows(grid), grid.problems) == ({2: ["10s", "1"], 3: ["20s", "2"]}, [])


@pytest.mark.parametrize(
    "others",
    [{"*": {"ignore": "not used"}}, {"/b|c/": {"ignore": "x"}}, {"b": {"optional": True, "ignore": "x"}}],
)
def test_cells_beyond_the_header_are_not_forgiven_where_a_label_may_be_missing_unnoticed(read, others):
    # The label b is gone, and c stands above its cells.
    columns = {"a": {"period": "year"}, "c": {"value": "count"}, **others}
    grid = read("a,c,d\n2024,1,7,\n2025,2,8,\n", columns=columns)
    assert rows(grid) == {}
    assert "beyond the header: a label may be missing" in str(grid.problems[0])


def test_the_next_step_for_an_encoding_follows_its_byte_order_mark(read):
    for encoding in ("utf-16", "utf-32"):
        assert f"It decodes as {encoding}" in refusal(read, KOREAN.encode(encoding))


def test_a_thousand_that_is_not_quoted_is_not_two_cells_because_the_last_cell_is_empty(read):
    # 1,061 suspects and no share; without the quotes it would read as 1 suspect and 61%.
    grid = read("age,suspects,share\n10s,895,61.8\n20s,1,061,\n")
    assert rows(grid) == {2: ["10s", "895", "61.8"]}
    assert list(grid.ragged) == [3]


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"", {}, "the file is empty. Fetch it again from the publisher"),
        (b"\xef\xbb\xbf", {}, "the file ends before its header does"),
        ("a,b\n", {"header": 2}, "the file ends before its header does"),
        ("a,b\n1,2\n", {"skip_rows": 2}, "the file ends before its header does"),
        ('a,b\n1,"2\n3,4\n', {}, "row 2: is not valid CSV: a quoted cell is not closed before the file ends"),
        ('a,b\n"1"x,2\n', {}, "row 2: is not valid CSV: ',' expected after '\"'"),
        ('a,b\n"1,2\n"3,4\n', {}, "row 2: is not valid CSV: ',' expected after '\"'"),
        ("a,b\n1,2\n3,\0\n", {}, "row 3: a NUL character: this is not text"),
        (KOREAN.encode("utf-16-le"), {"encoding": "latin-1"}, "a NUL character: this is not text"),
        (b"PK\x03\x04 and more", {}, "this is an XLSX or ZIP file, not the text that its name says"),
        (b"\xd0\xcf\x11\xe0 and more", {}, "this is an old Excel (XLS) file"),
        (b"\x1f\x8b and more", {}, "this is a gzip file"),
        (b"%PDF-1.7", {}, "this is a PDF"),
        (b"PAR1....", {}, "this is a Parquet file"),
        (b"<!DOCTYPE html>", {}, "this is a web page"),
        (b"<html>", {}, "this is a web page"),
    ],
)
def test_what_is_no_csv_is_refused_with_the_reason(read, content, words, said):
    assert f"`{FILE}`" in refusal(read, content, **words)
    assert said in refusal(read, content, **words)


def test_a_header_without_rows_is_a_grid_without_cells(read):
    grid = read("a,b\n")
    assert (grid.labels, rows(grid), list(grid.cells.columns)) == (["a", "b"], {}, [0, 1])


@pytest.mark.parametrize(("content", "ends"), [("a\n1\n", True), ("a\r\n1\r\n", True), ("a\n1", False)])
def test_a_file_that_stops_inside_a_line_is_known(read, content, ends):
    assert read(content).ends_cleanly is ends


def test_a_file_too_large_for_a_table_is_refused(tmp_path):
    path = tmp_path / "2024.csv"
    with path.open("wb") as file:
        file.truncate(limits.TABLE_BYTES + 1)
    with pytest.raises(UnreadableExport, match="67,108,865 bytes are too many for a table of figures"):
        grids.read(path, FILE, Layout())


# Single cells


@pytest.fixture
def cell(tmp_path):
    """A function: the content of a file, an address and the words of its layout → the text there."""

    def cell(content: bytes | str, at: str, name: str = "2024.csv", of: str | None = None, **words) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return grids.cell(path, f"npa/{name}", Layout(**words), at, of)

    return cell


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("A1", "Cases by type"),
        ("B1", "as of 2025"),
        ("C1", ""),
        ("A2", ""),
        ("A3", "two\nlines"),
        ("B3", "x"),
        ("A4", "last"),
        ("A5", ""),
        ("Z1", ""),
        ("AA1", ""),
        ("ZZZ9999999", ""),
    ],
)
def test_a_cell_is_found_by_its_address(cell, at, text):
    # Rows are those that a spreadsheet program shows, wherever the lines break.
    content = 'Cases by type,  as of 2025\u3000\n\n"two\nlines",x,\nlast\n'
    assert cell(content, at) == text


@pytest.mark.parametrize(
    ("at", "text"), [("A1", "1"), ("Z1", "26"), ("AA1", "27"), ("AZ1", "52"), ("BA1", "53")]
)
def test_columns_are_counted_as_spreadsheets_count_them(cell, at, text):
    assert cell(",".join(str(number) for number in range(1, 800)) + "\n", at) == text
    assert cell(workbook([list(range(1, 60))]), at, "2024.xlsx") == text


def test_the_columns_go_on_after_zz(cell):
    assert cell(",".join(str(number) for number in range(1, 800)) + "\n", "AAA1") == "703"


@pytest.mark.parametrize(("sheet", "text"), [(None, "first"), ("Sheet", "first"), ("Sheet1", "second")])
def test_a_cell_of_a_workbook_is_of_the_sheet_that_is_named_or_read(cell, sheet, text):
    assert cell(TWO_SHEETS, "A2", "2024.xlsx", sheet) == text
    assert cell(TWO_SHEETS, "A2", "2024.xlsx", sheet, sheet=2) == ("second" if sheet is None else text)


def test_a_cell_of_a_workbook_is_as_it_is_shown(cell):
    content = workbook([[dt.date(2025, 2, 3), 0.478, None, 2024]], formats={"B1": "0.0%"})
    assert [cell(content, at, "2024.xlsx") for at in ("A1", "B1", "C1", "D1")] == [
        "2025-02-03",
        "47.8%",
        "",
        "2024",
    ]


def test_a_cell_is_read_like_the_table_below_it(cell):
    assert cell("a;'b;c'\n".encode("utf-16"), "B1", encoding="utf-16", delimiter=";", quoteChar="'") == "b;c"
    with pytest.raises(UnreadableExport, match="is not utf-8"):
        cell("연도\n".encode("cp949"), "A1")
    with pytest.raises(UnreadableExport, match="the file is empty"):
        cell("", "A1")
    with pytest.raises(UnreadableExport, match="has no sheet 'About'"):
        cell(TWO_SHEETS, "A1", "2024.xlsx", "About")


# Headers


@pytest.mark.parametrize(
    ("content", "words", "labels"),
    [
        pytest.param(" a ,\u00a0b\u3000c\n1,2\n", {}, ["a", "b c"], id="white space"),
        pytest.param('"a\nb",c\n1,2\n', {}, ["a b", "c"], id="line breaks"),
        pytest.param(
            ",2023,,2024,\nage,cases,suspects,cases,suspects\n10s,1,2,3,4\n",
            {"header": 2, "fill_right": True},
            ["age", "2023 | cases", "2023 | suspects", "2024 | cases", "2024 | suspects"],
            id="stacked, filled to the right",
        ),
        pytest.param(
            ",2023,,2024,\nage,cases,suspects,cases,suspects\n10s,1,2,3,4\n",
            {"header": 2},
            ["age", "2023 | cases", "suspects", "2024 | cases", "suspects"],
            id="stacked, as printed",
        ),
        pytest.param(
            "age,2023,,2024\n,cases,,\n10s,1,2,3\n",
            {"header": 2, "fill_right": True},
            ["age", "2023 | cases", "2023", "2024"],
            id="the last header row is not filled",
        ),
        pytest.param(
            "age,total,total\nage,total,male\n10s,1,2\n",
            {"header": 2},
            ["age", "total", "total | male"],
            id="a repeated cell is said once",
        ),
        pytest.param(
            "a\n,b,c\n1,2,3\n", {"header": 2}, ["a", "b", "c"], id="header rows of different length"
        ),
        pytest.param(
            "year,2024,,\n,male,,female\n,cases,suspects,cases\n10s,1,2,3\n",
            {"header": 3, "fill_right": True},
            ["year", "2024 | male | cases", "2024 | male | suspects", "2024 | female | cases"],
            id="three rows",
        ),
    ],
)
def test_header_cells_make_labels(read, content, words, labels):
    assert read(content, **words).labels == labels


def test_a_header_is_not_filled_across_the_boundary_above_it(read):
    # `male` belongs to 2023; nothing says that it holds for 2024.
    grid = read(
        ",2023,,2024,\nage,male,,,\n,cases,suspects,cases,suspects\n10s,1,2,3,4\n", header=3, fill_right=True
    )
    assert grid.labels[1:] == [
        "2023 | male | cases",
        "2023 | male | suspects",
        "2024 | cases",
        "2024 | suspects",
    ]


# Workbooks


def workbook(*sheets: list[list], merged: str = "", formats: dict[str, str] | None = None) -> bytes:
    """An XLSX with one sheet for each list of rows, named after the first: Sheet, Sheet1, …"""
    book = Workbook()
    for rows in sheets:
        sheet = book.active if rows is sheets[0] else book.create_sheet()
        for row in rows:
            sheet.append(row)
    for cells in merged.split():
        book.active.merge_cells(cells)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_cells_of_a_workbook_are_read_as_text(read):
    content = workbook(
        [
            ["label", "value"],
            ["a whole number", 1553],
            ["a whole float", 1553.0],
            ["a float", 35.2],
            ["a small float", 0.1],
            ["text", "1,553"],
            ["padded text", "  x\u00a0"],
            ["a date", dt.date(2024, 11, 1)],
            ["a time", dt.datetime(2024, 11, 1, 12, 30)],
            ["negative", -3],
            ["zero", 0],
            ["empty", None],
            ["blank", " "],
        ]
    )
    grid = read(content, "2024.xlsx")
    assert grid.labels == ["label", "value"]
    assert dict(rows(grid).values()) == {
        "a whole number": "1553",
        "a whole float": "1553",
        "a float": "35.2",
        "a small float": "0.1",
        "text": "1,553",
        "padded text": "x",
        "a date": "2024-11-01",
        "a time": "2024-11-01 12:30:00",
        "negative": "-3",
        "zero": "0",
        "empty": None,
        "blank": None,
    }
    assert (grid.encoding, grid.ends_cleanly, grid.hint) == (None, True, None)


def test_rows_of_a_workbook_are_counted_as_the_sheet_counts_them(read):
    grid = read(workbook([["note"], [], ["a", "b"], ["1", "2"], [], ["3", "4"]]), "2024.xlsx", skip_rows=2)
    assert grid.labels == ["a", "b"]
    assert rows(grid) == {4: ["1", "2"], 6: ["3", "4"]}


def test_merged_header_cells_hold_for_all_the_cells_they_span(read):
    content = workbook(
        [
            ["crime type", None, 2023, None, "note"],
            [None, None, "January", "February", None],
            ["theft", "pickpocketing", 1, 2, None],
        ],
        merged="A1:B2 C1:D1 E1:E2",
    )
    grid = read(content, "2024.xlsx", header=2)
    assert grid.labels == ["crime type", "crime type", "2023 | January", "2023 | February", "note"]
    assert rows(grid) == {3: ["theft", "pickpocketing", "1", "2", None]}


def test_merged_cells_below_the_header_are_left_to_the_contract(read):
    content = workbook([["a", "b"], ["theft", 1], [None, 2]], merged="A2:A3")
    assert rows(read(content, "2024.xlsx")) == {2: ["theft", "1"], 3: [None, "2"]}


TWO_SHEETS = workbook([["a"], ["first"]], [["a"], ["second"]])


@pytest.mark.parametrize(
    ("sheet", "cell"), [(1, "first"), (2, "second"), ("Sheet", "first"), ("Sheet1", "second")]
)
def test_a_sheet_is_chosen_by_number_or_name(read, sheet, cell):
    assert rows(read(TWO_SHEETS, "2024.xlsx", sheet=sheet)) == {2: [cell]}


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("Data", "has no sheet 'Data'. Its sheets: Sheet, Sheet1"),
        (3, "has 2 sheets, and the contract wants sheet 3"),
        (0, "has 2 sheets, and the contract wants sheet 0"),
        (-1, "has 2 sheets, and the contract wants sheet -1"),
    ],
)
def test_a_sheet_that_is_not_there_is_refused(read, sheet, said):
    assert refusal(read, TWO_SHEETS, "2024.xlsx", sheet=sheet) == f"`npa/2024.xlsx`: {said}"


@pytest.mark.parametrize(("sheet", "read_sheet"), [("Sheet1", "second"), ("Sheet", "first")])
def test_the_sheet_of_an_export_goes_before_that_of_its_table(tmp_path, sheet, read_sheet):
    path = tmp_path / "2024.xlsx"
    path.write_bytes(TWO_SHEETS)
    for words in ({}, {"sheet": 2}, {"sheet": "/.*/"}):
        assert rows(grids.read(path, FILE, Layout(**words), sheet)) == {2: [read_sheet]}


def test_the_titles_of_a_workbook_are_known_without_reading_it(tmp_path):
    path = tmp_path / "2024.xlsx"
    path.write_bytes(TWO_SHEETS)
    assert workbooks.titles(path, FILE) == ["Sheet", "Sheet1"]
    path.write_bytes(TWO_SHEETS[:500])
    with pytest.raises(UnreadableExport, match="the workbook cannot be read"):
        workbooks.titles(path, FILE)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.xlsx", True),
        ("a.XLSX", True),
        ("a.xlsm", True),
        ("a.csv", False),
        ("a.xls", False),
        ("xlsx", False),
    ],
)
def test_a_workbook_is_told_by_its_name(tmp_path, name, is_one):
    assert workbooks.is_workbook(tmp_path / name) is is_one


def test_a_workbook_named_csv_and_a_csv_named_xlsx_are_refused(read):
    assert "this is an XLSX or ZIP file, not the text that its name says" in refusal(read, TWO_SHEETS)
    assert "this is not the XLSX workbook that its name says" in refusal(read, "a,b\n1,2\n", "2024.xlsx")


def test_a_damaged_workbook_is_refused(read):
    assert "the workbook cannot be read" in refusal(read, TWO_SHEETS[:500], "2024.xlsx")
    assert "the workbook cannot be read" in refusal(read, b"PK\x03\x04 no more", "2024.XLSX")


def test_a_workbook_without_rows_is_refused(read):
    assert "the file ends before its header does" in refusal(read, workbook([]), "2024.xlsx")


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        (0.478, "0.0%", "47.8%"),
        (0.5, "0%", "50%"),
        (0.35, "0.0%", "35.0%"),
        (0.125, "0%;[Red]-0%", "13%"),
        (35.25, "0.0", "35.3"),
        (35, "0.0", "35.0"),
        (1553, "#,##0", "1553"),
        (2024, '0"년"', "2024년"),
    ],
)
def test_a_number_of_a_workbook_has_the_digits_that_its_format_shows(read, number, number_format, shown):
    content = workbook([["age", "share"], ["10s", number]], formats={"B2": number_format})
    assert rows(read(content, "2024.xlsx")) == {2: ["10s", shown]}


@pytest.mark.parametrize("number_format", ['0.0"%"', "0.0\\%"])
def test_a_percent_sign_that_is_text_in_a_format_moves_no_decimal_point(read, number_format):
    content = workbook([["age", "share"], ["10s", 35.2]], formats={"B2": number_format})
    [[_, text]] = rows(read(content, "2024.xlsx")).values()
    assert text in ("35.2%", "35.2")


@pytest.mark.parametrize(("stored", "shown"), [("28.000000000000004", "28"), ("1553.0000000000002", "1553")])
def test_a_number_of_a_workbook_has_no_more_digits_than_a_spreadsheet_shows(read, stored, shown):
    # A sheet that computes 7 / 25 * 100 stores the first: its seventeenth digit would rule out 25.
    with zipfile.ZipFile(io.BytesIO(workbook([["age", "share"], ["10s", 98765]]))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part.replace(b"<v>98765</v>", f"<v>{stored}</v>".encode()))
    assert rows(read(content.getvalue(), "2024.xlsx")) == {2: ["10s", shown]}


def test_a_sheet_that_is_a_chart_is_refused(read):
    book = Workbook()
    book.active.append(["age", "cases"])
    book.create_chartsheet("Chart", 0).add_chart(BarChart())
    content = io.BytesIO()
    book.save(content)
    for sheet in (1, "Chart"):
        assert refusal(read, content.getvalue(), "2024.xlsx", sheet=sheet).startswith("`npa/2024.xlsx`: ")


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!"])
def test_an_error_in_a_workbook_is_not_an_empty_cell(read, error):
    content = workbook([["age", "cases"], ["10s", error]])
    assert rows(read(content, "2024.xlsx"))[2][1] is not None


# Numbers


@pytest.mark.parametrize(
    ("text", "group", "decimal", "number"),
    [
        ("0", None, ".", "0"),
        ("1553", None, ".", "1553"),
        ("007", None, ".", "7"),
        ("35.2", None, ".", "35.2"),
        ("35.20", None, ".", "35.20"),
        ("35.0", None, ".", "35.0"),
        ("0.5", None, ".", "0.5"),
        ("+47.8", None, ".", "47.8"),
        ("-32.4", None, ".", "-32.4"),
        ("−32.4", None, ".", "-32.4"),
        ("-0.4", None, ".", "-0.4"),
        ("47.8%", None, ".", "47.8"),
        ("47.8 %", None, ".", "47.8"),
        ("5\n", None, ".", "5"),
        ("-47%", None, ".", "-47"),
        ("1,553", ",", ".", "1553"),
        ("1,553,000", ",", ".", "1553000"),
        ("1553", ",", ".", "1553"),
        ("1,553.25", ",", ".", "1553.25"),
        ("-1,553", ",", ".", "-1553"),
        ("1.553", ".", ",", "1553"),
        ("1.553,5", ".", ",", "1553.5"),
        ("35,2", None, ",", "35.2"),
        ("35,20", ".", ",", "35.20"),
        ("1 553", " ", ".", "1553"),
        ("1\u00a0553", "\u00a0", ".", "1553"),
        ("1'553", "'", ".", "1553"),
        ("1’553", "’", ".", "1553"),
        ("1_553", "_", ".", "1553"),
        # none of these is a number, or not without more being said
        ("", None, ".", None),
        ("-", None, ".", None),
        ("+", None, ".", None),
        ("%", None, ".", None),
        (".", None, ".", None),
        (".5", None, ".", None),
        ("5.", None, ".", None),
        ("--5", None, ".", None),
        ("+-5", None, ".", None),
        ("-+5", None, ".", None),
        ("- 5", None, ".", None),
        ("5-", None, ".", None),
        ("–5", None, ".", None),
        ("△5", None, ".", None),
        ("▲5", None, ".", None),
        ("(5)", None, ".", None),
        ("5%%", None, ".", None),
        ("%5", None, ".", None),
        ("5‰", None, ".", None),
        ("５", None, ".", None),
        ("１,５５３", ",", ".", None),
        ("٥", None, ".", None),
        ("²", None, ".", None),
        ("Ⅴ", None, ".", None),
        ("五", None, ".", None),
        ("1e5", None, ".", None),
        ("1E5", None, ".", None),
        ("0x1F", None, ".", None),
        ("1_553", None, ".", None),
        ("nan", None, ".", None),
        ("inf", None, ".", None),
        ("1,553", None, ".", None),
        ("1 553", None, ".", None),
        ("1\u00a0553", None, ".", None),
        ("1 553", ",", ".", None),
        ("15,53", ",", ".", None),
        ("1553,000", ",", ".", None),
        ("1,5530", ",", ".", None),
        ("1,,553", ",", ".", None),
        (",553", ",", ".", None),
        ("1,553,", ",", ".", None),
        ("1.234.567", None, ".", None),
        ("1.553,5", ",", ".", None),
        ("1,553.5", ".", ",", None),
        ("1,553,5", ".", ",", None),
        ("1.5,553", ",", ".", None),
        ("35.2.1", None, ".", None),
        ("35.-2", None, ".", None),
        ("35.2*", None, ".", None),
        ("1,553¹", ",", ".", None),
        ("1553명", None, ".", None),
        ("\u200b5", None, ".", None),
        ("5\n6", None, ".", None),
        ("35.2", None, ",", None),
    ],
)
def test_a_printed_number_keeps_its_digits_or_is_none(text, group, decimal, number):
    assert number_text(text, group, decimal) == number


@pytest.mark.parametrize(
    ("text", "group", "decimal"),
    [
        pytest.param("0,123", ",", ".", id="no thousands begin with 0: this is a decimal comma"),
        pytest.param("0.123", ".", ",", id="no thousands begin with 0: this is a decimal point"),
        pytest.param("000,123", ",", ".", id="nor with 000"),
    ],
)
def test_a_group_of_thousands_never_begins_with_zero(text, group, decimal):
    assert number_text(text, group, decimal) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11,34,684", "1134684"),
        ("1,13,684", "113684"),
        ("13,684", "13684"),
        ("684", "684"),
        ("2,01,00,000.5", "20100000.5"),
        ("1,134,684", None),
        ("113,684", None),
        ("1,13,68", None),
        ("0,13,684", None),
    ],
)
def test_digits_may_be_grouped_in_lakhs(text, number):
    assert number_text(text, ",", ".", "lakhs") == number


def test_a_cell_of_very_many_digits_is_no_number_that_stops_the_run():
    assert number_text("1" * 5000, None, ".") in (None, "1" * 5000)


@given(number=st.integers(-(10**15), 10**15), group=st.sampled_from([",", ".", " ", "'", "\u00a0", "\u202f"]))
def test_a_whole_number_with_groups_is_read_back(number, group):
    written = f"{number:,}".replace(",", group)
    decimal = "," if group == "." else "."
    assert number_text(written, group, decimal) == str(number)
    assert number_text(str(number), group, decimal) == str(number)


@given(
    number=st.decimals(-(10**9), 10**9, places=2),
    marks=st.sampled_from([(",", "."), (".", ","), (None, "."), (" ", ",")]),
    sign=st.sampled_from(["", "%", " %"]),
)
def test_a_decimal_number_is_read_back_with_all_its_digits(number, marks, sign):
    group, decimal = marks
    assume(number.is_finite())
    plain = f"{number:.2f}"
    written = f"{number:,.2f}".translate({ord(","): group, ord("."): decimal})
    assert number_text(written + sign, group, decimal) == plain


@given(st.text(alphabet="0123456789.,- +%'\u00a0\u3000０１", max_size=8))
def test_whatever_is_read_as_a_number_is_one(text):
    read = number_text(text, ",", ".")
    if read is not None:
        assert float(read) == float(text.replace(",", "").replace("%", "").replace("−", "-"))
