"""Turns a sheet of an XLSX workbook into the text that a reader of the sheet sees."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.common.problems import Problem, UnreadableExport, printable
from pipelines.contracts.limits import DEFAULTS, Limits, raised
from pipelines.reading import workbook_parts
from pipelines.reading.number_formats import shown

At = tuple[int, int]
"""Row and column, from 0."""

ZIP = b"PK\x03\x04"
HIDDEN_LISTED = 10


@dataclass(frozen=True)
class Sheet:
    """A sheet as its reader sees it, and what it hides."""

    cells: list[list[str]]
    merged: dict[At, At]
    """For each merged cell the one that holds its value."""
    numbers: dict[At, str] = field(default_factory=dict)
    """Cells that hold a number, without the words of its format and with a decimal point, where the
    text of the cell is not just that or has such a point.
    """
    doubts: dict[At, str] = field(default_factory=dict)
    """Why what a cell shows is not known."""
    hidden: str | None = None
    """The rows and columns with text that are hidden, in words."""


def is_workbook(path: Path) -> bool:
    """Whether a file's name says that it is a workbook."""
    return path.suffix.lower() in (".xlsx", ".xlsm")


def titles(path: Path, file: str, limits: Limits = DEFAULTS) -> list[str]:
    """The names of a workbook's sheets that are not hidden, without reading them. Raises
    UnreadableExport.
    """
    import openpyxl

    workbook_parts.check(path, file, limits)
    try:
        workbook = openpyxl.load_workbook(path, read_only=True)
    except Exception as error:  # as in _loaded
        raise _damaged(file, error) from None
    try:
        return _visible(workbook)
    finally:
        workbook.close()


def read_sheet(content: bytes, file: str, sheet: str | int, limits: Limits) -> Sheet:
    """The cells of a sheet as text. Raises UnreadableExport."""
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
    computed = _sheet(content, file, sheet, has_values=True)
    cells = [[""] * width for _ in range(height)]
    numbers, doubts = {}, {}
    for (row, column), written in held.items():
        at = (row - 1, column - 1)
        text, number, doubt = _text(computed.cell(row, column), written)
        if len(text) > limits.cell_length:
            said = f"has a cell of {len(text):,} characters, and {limits.cell_length:,} are allowed"
            raise _unreadable(file, "size", said, raised("cell_length"), row)
        cells[at[0]][at[1]] = text
        if number is not None and (number != text or "." in number):
            numbers[at] = number
        if doubt:
            doubts[at] = doubt
    merged = {
        (row - 1, column - 1): (area.min_row - 1, area.min_col - 1)
        for area in computed.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, height) + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    return Sheet(cells, merged, numbers, doubts, _hidden(computed, held))


def _written(content: bytes, file: str, sheet: str | int) -> dict[tuple[int, int], Any]:
    """What is written in the cells that hold something, formulas as such: a format alone may reach down
    to the last possible row.
    """
    cells = _sheet(content, file, sheet, has_values=False)._cells
    return {at: cell.value for at, cell in cells.items() if cell.value is not None}


def _hidden(sheet: Any, held: dict[At, Any]) -> str | None:
    """The hidden rows and columns in which something is written."""
    rows = {number for number, found in sheet.row_dimensions.items() if found.hidden}
    width = max((column for _, column in held), default=0)
    spans = [found for found in sheet.column_dimensions.values() if found.hidden]
    columns = {at for found in spans for at in range(found.min or 0, min(found.max or 0, width) + 1)}
    said = [
        *_listed("row", [str(row) for row in sorted(rows & {row for row, _ in held})]),
        *_listed("column", [_letter(at) for at in sorted(columns & {column for _, column in held})]),
    ]
    return " and ".join(said) or None


def _listed(what: str, hidden: list[str]) -> list[str]:
    if not hidden:
        return []
    more = f" and {len(hidden) - HIDDEN_LISTED} more" if len(hidden) > HIDDEN_LISTED else ""
    return [f"{what}{'s' if len(hidden) > 1 else ''} {', '.join(hidden[:HIDDEN_LISTED])}{more}"]


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def _sheet(content: bytes, file: str, sheet: str | int, has_values: bool) -> Any:
    workbook = _loaded(content, file, has_values)
    title = _title(workbook, file, sheet)
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


def _visible(workbook: Any) -> list[str]:
    return [title for title in workbook.sheetnames if workbook[title].sheet_state == "visible"]


def _title(workbook: Any, file: str, sheet: str | int) -> str:
    """The title of the sheet that is wanted: of those that are not hidden, unless it is named."""
    if isinstance(sheet, str):
        if sheet in workbook.sheetnames:
            return sheet
        listed = ", ".join(printable(title) for title in workbook.sheetnames)
        raise _unreadable(file, "sheet", f"has no sheet '{sheet}'", f"Its sheets: {listed}")
    titles = _visible(workbook)
    if not 1 <= sheet <= len(titles):
        are = "sheets" if len(titles) == len(workbook.sheetnames) else "sheets that are not hidden"
        raise _unreadable(file, "sheet", f"has {len(titles)} {are}, and the contract wants sheet {sheet}")
    return titles[sheet - 1]


_NOT_COMPUTED = "is a formula whose value the workbook does not have"


def _text(cell: Any, written: Any) -> tuple[str, str | None, str | None]:
    """What is shown, the number that is, and why that is not known: the digits of a percentage or of two
    decimals are in the cell's format.
    """
    value = cell.value
    if value is None:  # a formula that no program has computed yet is not an empty cell
        formula = written if isinstance(written, str) else getattr(written, "text", None)
        return str(formula or "="), None, _NOT_COMPUTED
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat(), None, None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value), None, None
    # Spreadsheets show 15 digits; what is beyond is the noise of binary fractions.
    try:
        found = shown(Decimal(format(value, ".15g")), cell.number_format or "General")
    except ArithmeticError:  # infinite, or with more digits than any count: never a number of a table
        return str(value), None, None
    return found.label, found.number, found.doubt


def _unreadable(
    file: str, rule: str, reason: str, next_step: str | None = None, row: int | None = None
) -> UnreadableExport:
    return UnreadableExport([Problem(file, rule, reason, row=row, next_step=next_step)])
