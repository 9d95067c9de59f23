"""Tables as an Excel workbook: notes first, then a sheet a table, with real numbers and dates.

Text stays text, whatever it begins with. What a sheet cannot hold stops the export, with what to do instead.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.common.problems import printable
from pipelines.takeaway.cells import visible
from pipelines.takeaway.notes import READING, SIMULATED, Notes, told_in
from pipelines.takeaway.places import TITLE
from pipelines.takeaway.refusals import Refused
from pipelines.takeaway.selection import Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS, COLUMNS, CHARACTERS, NAME_CHARACTERS = 1_048_576, 16_384, 32_767, 31
"""What a sheet and a cell of Excel hold: https://support.microsoft.com, "Excel specifications and limits"."""
IN_MEMORY = 2_000_000
"""So many cells are kept in memory, each text once, which takes a fifth less time and makes files a fifth
smaller; more are written row by row."""
WIDEST, NARROWEST = 60, 8
_FIRST_DAY = dt.date(1900, 3, 1)
"""Excel's calendar is right from here on: it has a 29 February 1900."""
_DAY_ZERO = dt.date(1899, 12, 30)
"""From which Excel counts days, as far as its calendar is right."""
_DIGITS = 10**15
"""Excel keeps 15 digits of a number."""
_NOTES = "notes"
_NOTES_WIDTHS = (32, 44, 100)
_LINE_HEIGHT = 15
WIDEST_NOTE = 2_000
_RESERVED = (_NOTES, "history")
_CONTRADICTIONS = 200
"""Listed in the notes; all of them are in the sheet of reconciliations."""


def write(tables: list[Table], notes: Notes, path: Path) -> None:
    """Write a workbook. Raises Refused where it cannot hold the tables, OSError where writing fails."""
    import xlsxwriter
    import xlsxwriter.exceptions

    for table in tables:
        _make_sure_it_fits(table)
    cells = sum(table.count() * len(table.columns) for table in tables)
    options = {"constant_memory": cells > IN_MEMORY, "tmpdir": str(path.parent), "strings_to_formulas": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({
        "title": TITLE,
        "comments": f"Publication {notes.publication_id}",
        "created": notes.published_at,
    })  # fmt: skip
    try:
        _Notes(book, notes).write(tables)
        for table in tables:
            _Sheet(book, table).write()
    finally:
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) from error


def _make_sure_it_fits(table: Table) -> None:
    name = table.name
    if len(name) > NAME_CHARACTERS or name.lower() in _RESERVED:
        raise Refused(
            f"Excel has no sheet called '{name}': names have at most {NAME_CHARACTERS} characters, and "
            f"{' and '.join(_RESERVED)} are taken. Take it as --format csv or parquet."
        )
    if len(table.columns) > COLUMNS:
        raise Refused(
            f"{name} has {len(table.columns):,} columns, a sheet of Excel {COLUMNS:,}. "
            "Take it as --format csv or parquet."
        )
    if (rows := table.count()) >= ROWS:
        raise Refused(
            f"{name} has {rows:,} rows, a sheet of Excel holds {ROWS - 1:,} below its header. Take it as "
            "--format csv or parquet, or less of it: --query 'select … where …'."
        )


class _Sheet:
    """The sheet of one table."""

    def __init__(self, book: Workbook, table: Table) -> None:
        self.table = table
        self.sheet: Worksheet = book.add_worksheet(table.name)
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDEDED"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.numbers = [_number_format(book, column.name, column.type) for column in table.columns]
        self.widths = [_width(name) + 3 for name in table.names]  # the button of the filter
        self.least: list[Any] = [0] * len(table.columns)
        self.greatest: list[Any] = [0] * len(table.columns)

    def write(self) -> None:
        for column, described in enumerate(self.table.columns):
            _write(self.sheet, 0, column, visible(described.name), self.head)
            if described.description:
                self.sheet.write_comment(0, column, described.description, {"x_scale": 2})
        last = 0
        for chunk in self.table.chunks():
            for row in chunk:
                last += 1
                for column, value in enumerate(row):
                    if value is not None:
                        self._cell(last, column, value)
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST))
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(0)
        if self.table.columns:
            self.sheet.autofilter(0, 0, last, len(self.table.columns) - 1)

    def _cell(self, row: int, column: int, value: Any) -> None:
        """Write a cell. There are millions: text, the most frequent, comes first; of numbers only those are
        measured that may be wider than all before them in their column.
        """
        if isinstance(value, str):
            self._text(row, column, value)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float | Decimal) and _is_exact(value):
            self.sheet.write_number(row, column, value, self.numbers[column])
            if not self.least[column] <= value <= self.greatest[column]:
                self.least[column] = min(value, self.least[column])
                self.greatest[column] = max(value, self.greatest[column])
                self._widen(column, _digits(value))
        elif isinstance(value, dt.datetime) and value.tzinfo is None and value.date() >= _FIRST_DAY:
            self.sheet.write_datetime(row, column, value, self.moment)
            self._widen(column, 20)
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value >= _FIRST_DAY:
            self.sheet.write_number(row, column, (value - _DAY_ZERO).days, self.day)
            self._widen(column, 11)
        else:
            self._text(row, column, str(value))

    def _text(self, row: int, column: int, text: str) -> None:
        text = visible(text)
        if len(text) > CHARACTERS:
            where = f"{self.table.name}, row {row}, column '{printable(self.table.names[column])}'"
            raise Refused(
                f"{where}: {len(text):,} characters, a cell of Excel holds {CHARACTERS:,}. Take it as "
                "--format csv or parquet, or leave the column out: --query 'select …'."
            )
        _write(self.sheet, row, column, text)
        if self.widths[column] < WIDEST:
            self._widen(column, len(text) + 1 if text.isascii() else _width(text))

    def _widen(self, column: int, width: int) -> None:
        if width > self.widths[column]:
            self.widths[column] = width


class _Notes:
    """The first sheet: what a reader must know before using a figure."""

    def __init__(self, book: Workbook, notes: Notes) -> None:
        self.notes = notes
        self.sheet: Worksheet = book.add_worksheet(_NOTES)
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.warning = book.add_format(
            {"bold": True, "font_color": "#9C0006", "text_wrap": True, "valign": "top"}
        )
        self.row = 0

    def write(self, tables: list[Table]) -> None:
        notes = self.notes
        for column, width in enumerate(_NOTES_WIDTHS):
            self.sheet.set_column(column, column, width)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self._line(TITLE, style=self.title)
        self._line("Publication", notes.publication_id)
        self._line("Built", f"{notes.published_at:%Y-%m-%d %H:%M} UTC, by Caseload {notes.version}")
        for source in notes.simulated:
            self._line("Simulated", source, SIMULATED, style=self.warning)
        self._heading("Sheets", "One row per", "What it answers")
        for table in tables:
            self._line(table.name, table.grain.removeprefix("one row per "), table.description)
        self._heading("How to read them")
        for what, said in READING:
            self._line(what, "", said)
        self._heading("Sources", "Publisher and licence", "What it is")
        for entry in notes.sources:
            covers = "no export of it is published"
            if entry["period_start"]:
                covers = (
                    f"{entry['period_start']} to {entry['period_end']}, last release {entry['released_on']}"
                )
            said = " ".join(str(text) for text in (entry["title"], f"({covers}).", entry["notes"]) if text)
            self._line(
                entry["source"], f"{entry['publisher']}; {entry['licence'] or 'no licence is named'}", said
            )
        self._heading(f"Contradictions: {len(notes.contradictions):,}", "Period", "What was found")
        for found in notes.contradictions[:_CONTRADICTIONS]:
            period = f"{found['period_start']} to {found['period_end']}"
            self._line(found["source"], period, found["explanation"])
        if len(notes.contradictions) > _CONTRADICTIONS:
            see = told_in((), [table.name for table in tables])
            self._line("", "", f"… and more: see {see}, verdict contradicts")

    def _heading(self, *texts: str) -> None:
        self.row += 1
        self._line(*texts, style=self.head)

    def _line(self, *texts: str, style: Format | None = None) -> None:
        """A row, as high as its longest text needs: not every program finds that out by itself."""
        wraps = zip(texts, _NOTES_WIDTHS, strict=False)
        lines = max(-(-_width(text, WIDEST_NOTE) // width) for text, width in wraps)
        if lines > 1 and style is not self.title:
            self.sheet.set_row(self.row, _LINE_HEIGHT * lines)
        for column, text in enumerate(texts):
            if text:
                _write(self.sheet, self.row, column, visible(text)[:CHARACTERS], style or self.plain)
        self.row += 1


def _write(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Write text as it is. XlsxWriter takes what begins with <r> and ends with </r> for markup that is ready,
    and copies it; in pieces it does not.
    """
    if text.startswith("<r>") and text.endswith("</r>"):
        sheet.write_rich_string(row, column, text[0], text[1], text[2:], *([style] if style else []))
    else:
        sheet.write_string(row, column, text, style)


def _number_format(book: Workbook, name: str, type_: str) -> Format:
    """Counts with thousands; a computed percentage with one decimal, a published one as it is."""
    is_fraction = type_ in ("DOUBLE", "FLOAT") or type_.startswith("DECIMAL")
    if not is_fraction:
        return book.add_format({"num_format": "0" if name.endswith("_row") else "#,##0"})
    if name.startswith("published_"):
        return book.add_format({"num_format": "General"})
    return book.add_format({"num_format": "0.0" if name.endswith(("_pct", "_pp")) else "#,##0.0##"})


def _is_exact(value: float | Decimal) -> bool:
    """Whether Excel can keep a number as one: other ones go in as text, with all their digits."""
    return math.isfinite(value) and (not isinstance(value, int) or abs(value) < _DIGITS)


def _digits(value: float | Decimal) -> int:
    return len(f"{value:,}") + 1 if isinstance(value, int) else len(f"{value:,.1f}") + 1


def _width(text: str, most: int = WIDEST) -> int:
    """How many columns a text is wide; a Hangul syllable is two."""
    from rich.cells import cell_len

    return cell_len(text[:most]) + 1
