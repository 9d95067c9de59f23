"""Turns a sheet of an XLSX workbook into the text that a reader of the sheet sees."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from pipelines.common.problems import Problem, UnreadableExport, printable
from pipelines.contracts.limits import DEFAULTS, Limits, raised
from pipelines.reading import workbook_parts

Cells = list[list[str]]
Merged = dict[tuple[int, int], tuple[int, int]]

ZIP = b"PK\x03\x04"
_LITERAL = re.compile(r'"[^"]*"|\\.')  # text in a format: a percent sign there moves no point
_DECIMALS = re.compile(r"0\.(0+)")


def is_workbook(path: Path) -> bool:
    """Whether a file's name says that it is a workbook."""
    return path.suffix.lower() in (".xlsx", ".xlsm")


def titles(path: Path, file: str, limits: Limits = DEFAULTS) -> list[str]:
    """The names of a workbook's sheets, without reading them. Raises UnreadableExport."""
    import openpyxl

    workbook_parts.check(path, file, limits)
    try:
        workbook = openpyxl.load_workbook(path, read_only=True)
    except Exception as error:  # as in _loaded
        raise _damaged(file, error) from None
    try:
        return list(workbook.sheetnames)
    finally:
        workbook.close()


def read_sheet(content: bytes, file: str, sheet: str | int, limits: Limits) -> tuple[Cells, Merged]:
    """The cells of a sheet as text, and for each merged cell the one that holds its value (row and
    column from 0). Raises UnreadableExport.
    """
    if not content.startswith(ZIP):
        raise _unreadable(
            file, "format", "this is not the XLSX workbook that its name says",
            "Open it in a text editor: if it is CSV, name it .csv",
        )  # fmt: skip
    workbook_parts.check(content, file, limits)
    held = _written(content, file, sheet)
    height = max((row for row, _ in held), default=0)
    width = max((column for _, column in held), default=0)
    if height * width > limits.cells:
        said = f"{height:,} rows of {width:,} columns are too many for a table"
        raise _unreadable(file, "size", said, raised("cells"))
    shown = _sheet(content, file, sheet, has_values=True)
    cells = [[""] * width for _ in range(height)]
    for (row, column), written in held.items():
        text = _text(shown.cell(row, column), written)
        if len(text) > limits.cell_length:
            said = f"has a cell of {len(text):,} characters, and {limits.cell_length:,} are allowed"
            raise _unreadable(file, "size", said, raised("cell_length"), row)
        cells[row - 1][column - 1] = text
    merged = {
        (row - 1, column - 1): (area.min_row - 1, area.min_col - 1)
        for area in shown.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, height) + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    return cells, merged


def _written(content: bytes, file: str, sheet: str | int) -> dict[tuple[int, int], Any]:
    """What is written in the cells that hold something, formulas as such: a format alone may reach down
    to the last possible row.
    """
    cells = _sheet(content, file, sheet, has_values=False)._cells
    return {at: cell.value for at, cell in cells.items() if cell.value is not None}


def _sheet(content: bytes, file: str, sheet: str | int, has_values: bool) -> Any:
    workbook = _loaded(content, file, has_values)
    title = _title(workbook.sheetnames, file, sheet)
    found = workbook[title]
    if not hasattr(found, "iter_rows"):
        raise _unreadable(file, "sheet", f"the sheet '{title}' is a chart", "Name the sheet with the table")
    return found


def _loaded(content: bytes, file: str, has_values: bool) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that openpyxl leaves out
        try:
            return openpyxl.load_workbook(io.BytesIO(content), data_only=has_values, keep_links=False)
        except Exception as error:  # a damaged workbook fails in many ways, all of them final
            raise _damaged(file, error) from None


def _damaged(file: str, error: Exception) -> UnreadableExport:
    step = "Open it in a spreadsheet program and save it anew, or fetch it again"
    return _unreadable(file, "format", f"the workbook cannot be read: {error}", step)


def _title(titles: list[str], file: str, sheet: str | int) -> str:
    if isinstance(sheet, str):
        if sheet in titles:
            return sheet
        listed = ", ".join(printable(title) for title in titles)
        raise _unreadable(file, "sheet", f"has no sheet '{sheet}'", f"Its sheets: {listed}")
    if not 1 <= sheet <= len(titles):
        raise _unreadable(file, "sheet", f"has {len(titles)} sheets, and the contract wants sheet {sheet}")
    return titles[sheet - 1]


def _text(cell: Any, written: Any) -> str:
    """What is shown: the digits of a percentage or of two decimals are in the cell's format."""
    value = cell.value
    if value is None:
        # A formula that no program has computed yet has no value; it is not an empty cell.
        return written if isinstance(written, str) and written.startswith("=") else ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    # Spreadsheets show 15 digits; what is beyond is the noise of binary fractions.
    try:
        return _number_text(Decimal(format(value, ".15g")), cell.number_format or "General")
    except ArithmeticError:  # infinite, or with more digits than any count: never a number of a table
        return str(value)


def _number_text(number: Decimal, number_format: str) -> str:
    shown = _LITERAL.sub("", number_format.split(";")[0])
    decimals = _DECIMALS.search(shown)
    places = len(decimals[1]) if decimals else 0
    if "%" in shown:
        return f"{_rounded(number * 100, places)}%"
    if places:
        return str(_rounded(number, places))
    whole = number.to_integral_value()
    return str(int(whole)) if number == whole else format(number, "f")


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _unreadable(
    file: str, rule: str, reason: str, next_step: str | None = None, row: int | None = None
) -> UnreadableExport:
    return UnreadableExport([Problem(file, rule, reason, row=row, next_step=next_step)])
