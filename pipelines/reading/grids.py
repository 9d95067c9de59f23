"""Turns one export file into text cells with their addresses. Meaning is given in `tables`.

Decoding is strict: a file is read whole in one declared encoding, or refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from pathlib import Path

import pandas as pd

from pipelines.common.problems import Problem, UnreadableExport
from pipelines.contracts.codes import normalised
from pipelines.contracts.limits import raised
from pipelines.contracts.words import HEADER_SEPARATOR, Layout
from pipelines.reading.csv_rows import Row, Rows, cell_text, rows_of
from pipelines.reading.workbooks import At, Sheet, is_workbook, read_sheet

# What files begin with that are not the text that their name promises.
_MAGIC = {
    b"PK\x03\x04": "an XLSX or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel (XLS) file",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"<!DO": "a web page",
    b"<htm": "a web page",
}
_LIKELY_ENCODINGS = ("utf-8", "cp949")
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """The cells of one export: ``cells`` has a row per data row, indexed by its physical row from 1,
    and a column per position; text, with None for an empty cell.
    """

    labels: list[str]
    cells: pd.DataFrame
    encoding: str | None
    problems: list[Problem]
    """Rows that do not fit the header; they are not in ``cells``."""
    ragged: dict[int, list[str]]
    ends_cleanly: bool = True
    hint: str | None = None
    """A next step for labels that nobody knows, when the encoding looks wrong."""
    after_blank: frozenset[int] = frozenset()
    """Rows below an empty one, where another table may begin."""
    workbook: WorkbookCells | None = None


@dataclass(frozen=True)
class WorkbookCells:
    """What a workbook says of its cells beyond their text, by row from 1 and position from 0."""

    numbers: Mapping[At, str]
    """Numbers without the words of their formats, where they are not just the text of the cell."""
    doubts: Mapping[At, str]
    """Why what a cell shows is not known."""
    header_doubts: Mapping[int, str]
    """The same of the cells that make up the label of a column."""
    merged: Mapping[At, At]
    """For each cell below the header that another one covers that one, if it holds something."""
    hidden: str | None
    """The rows and columns with text that are hidden, in words."""


def read(path: Path, file: str, layout: Layout, sheet: str | None = None) -> Grid:
    """The grid of an export, of one sheet if it is named, else of the one that the layout names.

    Raises UnreadableExport when it cannot be read as rows at all.
    """
    content = _content(path, file, layout)
    if is_workbook(path):
        return _workbook_grid(content, file, layout, sheet)
    text, encoding = _text(content, file, layout)
    found = rows_of(text, file, layout)
    labels = _labels(found.rows, file, layout, {})
    for number, _ in found.rows[layout.skip_rows : _first_data_row(layout)]:
        if number in found.doubtful:
            raise _unreadable(file, "header", found.doubtful[number], QUOTE_STEP, row=number)
    grid = _grid(found, labels, file, layout, encoding)
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    also_utf8 = not is_utf8 and not content.isascii() and _decodes(content, "utf-8")
    return Grid(
        **{
            **grid.__dict__,
            "ends_cleanly": text.endswith(("\n", "\r")),
            "hint": "The file is valid UTF-8 too: was its encoding changed? Then add utf-8 to "
            "`encoding:`" if also_utf8 else None,
        }
    )  # fmt: skip


_ADDRESS = re.compile("([A-Z]+)([0-9]+)")


def cell(path: Path, file: str, layout: Layout, at: str, sheet: str | None) -> str:
    """The text of the cell at an address such as B5; empty if there is none. Raises UnreadableExport."""
    content = _content(path, file, layout)
    found: Sheet | None = None
    if is_workbook(path):
        found = read_sheet(content, file, sheet or layout.sheet, layout.limits)
        rows = found.cells
    else:
        text, _ = _text(content, file, layout)
        rows = [[each or "" for each in cells] for _, cells in rows_of(text, file, layout).rows]
    row, column = _place(at)
    if found and (doubt := found.doubts.get((row, column))):
        raise _unreadable(file, "cells", f"cell {at} {doubt}", DOUBT_STEP)
    return (cell_text(rows[row][column]) or "") if row < len(rows) and column < len(rows[row]) else ""


def _place(at: str) -> At:
    """Row and column, from 0, of an address such as B5."""
    address = _ADDRESS.fullmatch(at)
    assert address
    column = reduce(lambda number, letter: 26 * number + ord(letter) - ord("A") + 1, address[1], 0)
    return int(address[2]) - 1, column - 1


def _content(path: Path, file: str, layout: Layout) -> bytes:
    """The bytes of a file, of which no more are read than a table may have: it may still be growing."""
    limit = layout.limits.table_bytes
    with path.open("rb") as opened:
        content = opened.read(limit + 1)
    if not content:
        raise _unreadable(file, "empty", "the file is empty", "Fetch it again from the publisher")
    if len(content) > limit:
        size = max(path.stat().st_size, len(content))
        said = f"{size:,} bytes are too many for a table of figures; {limit:,} are allowed"
        raise _unreadable(file, "size", said, raised("bytes"))
    return content


def _text(content: bytes, file: str, layout: Layout) -> tuple[str, str]:
    """The text of a CSV and its encoding."""
    for magic, what in _MAGIC.items():
        if content.startswith(magic):
            raise _unreadable(
                file, "format", f"this is {what}, not the text that its name says",
                "Save it as CSV, or give it its true name and a `files:` pattern for it",
            )  # fmt: skip
    return _decoded(content, file, layout)


def _decoded(content: bytes, file: str, layout: Layout) -> tuple[str, str]:
    """The text and the first declared encoding that decodes all of it."""
    failures = []
    for encoding in layout.encodings:
        try:
            known = codecs.lookup(encoding).name
            text = content.decode("utf-8-sig" if known == "utf-8" else known)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            bad = content[error.start : error.end].hex(" ")
            failures.append((encoding, line, bad))
            continue
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise _unreadable(file, "format", "a NUL character: this is not text", row=line)
        return text, encoding.lower()
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    fitting = [name for name in ([marked] if marked else _LIKELY_ENCODINGS) if _decodes(content, name)]
    step = f"It decodes as {fitting[0]}: if that is right, add it to `encoding:`" if fitting else None
    raise UnreadableExport(
        Problem(file, "encoding", f"is not {encoding}: bytes {bad} do not decode", row=line,
                next_step=step or "Fetch it again, or name its encoding in `encoding:`")
        for encoding, line, bad in failures
    )  # fmt: skip


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _workbook_grid(content: bytes, file: str, layout: Layout, sheet: str | None) -> Grid:
    found = read_sheet(content, file, sheet or layout.sheet, layout.limits)
    rows = [(number, [cell_text(text) for text in row]) for number, row in enumerate(found.cells, start=1)]
    begins = _first_data_row(layout)
    for (row, position), number in found.numbers.items():
        if row < begins:  # 2024 above a column is that year, with or without a word in its format
            rows[row][1][position] = number
    labels = _labels(rows, file, layout, found.merged)
    heads = [(row, position) for row in range(layout.skip_rows, begins) for position in range(len(labels))]
    header_doubts = {at[1]: doubt for at in heads if (doubt := found.doubts.get(found.merged.get(at, at)))}
    held = {at: held for at, held in found.merged.items() if at[0] >= begins and at != held}
    cells = WorkbookCells(
        numbers=_from_row_1(found.numbers),
        doubts=_from_row_1(found.doubts),
        header_doubts=header_doubts,
        merged={
            (row + 1, position): (above + 1, left)
            for (row, position), (above, left) in held.items()
            if found.cells[above][left].strip()
        },
        hidden=found.hidden,
    )
    return replace(_grid(Rows(rows), labels, file, layout, encoding=None), workbook=cells)


def _from_row_1(found: dict[At, str]) -> dict[At, str]:
    return {(row + 1, position): text for (row, position), text in found.items()}


def _first_data_row(layout: Layout) -> int:
    return layout.skip_rows + layout.header


def _labels(
    rows: list[Row], file: str, layout: Layout, merged: dict[tuple[int, int], tuple[int, int]]
) -> list[str]:
    """One label a column: its header cells, top first, without blanks and repeats."""
    head = rows[layout.skip_rows : _first_data_row(layout)]
    if len(head) < layout.header:
        raise _unreadable(file, "empty", "the file ends before its header does", "Fetch it again")
    width = max(len(cells) for _, cells in head)
    stack: list[list[str]] = [[] for _ in range(width)]
    starts: set[int] = set()
    for depth, (number, _) in enumerate(head):
        left, above, starts = "", starts, set()
        for position in range(width):
            row, column = merged.get((number - 1, position), (number - 1, position))
            cell = rows[row][1][column] if column < len(rows[row][1]) else None
            label = normalised(cell or "")
            if label:
                starts.add(position)
            elif layout.fill_right and depth < layout.header - 1 and position not in above:
                label = left
            left = label
            if label and stack[position][-1:] != [label]:
                stack[position].append(label)
    return [HEADER_SEPARATOR.join(labels) for labels in stack]


def _grid(found: Rows, labels: list[str], file: str, layout: Layout, encoding: str | None) -> Grid:
    """The data rows as a frame; rows that do not fit the header become problems."""
    fitting: dict[int, list[str | None]] = {}
    ragged: dict[int, list[str]] = {}
    problems = []
    after_blank: set[int] = set()
    begins = _first_data_row(layout)
    rows = found.rows[begins:]
    heads = {_filled(cells) for _, cells in found.rows[layout.skip_rows : begins]}
    width = len(labels)
    is_ended = _is_padded([cells for _, cells in rows if any(cells)], width)
    is_padded = is_ended and _names_every_column(layout)
    is_blank = False
    for number, cells in rows:
        if not any(cells):
            is_blank = True
            continue
        if is_blank:
            after_blank.add(number)
        is_blank = False
        reason = step = None
        if number in found.doubtful:
            reason, step = found.doubtful[number], QUOTE_STEP
        elif len(cells) < width or (len(cells) > width and not is_padded):
            is_last = number == rows[-1][0] and len(cells) < width
            reason = f"{len(cells)} cells, the header has {width}"
            step = CUT_STEP if is_last else LABEL_STEP if is_ended else CELL_STEP
        elif (texts := _filled(cells)) and texts in heads:
            reason = "repeats the header: another table may begin here"
            step = "Give each table a file of its own, or leave the row out with `ignore_rows:`"
        if reason:
            ragged[number] = [cell or "" for cell in cells]
            problems.append(Problem(file, "ragged_row", reason, row=number, next_step=step))
        else:
            fitting[number] = cells[:width]
    cells_frame = pd.DataFrame.from_dict(fitting, orient="index", columns=range(width), dtype=object)
    return Grid(labels, cells_frame, encoding, problems, ragged, after_blank=frozenset(after_blank))


QUOTE_STEP = (
    "See `quoteChar:`; where cells really go on over several lines, say `line_breaks_in_cells: true`, and "
    "where nothing is quoted, name a `quoteChar:` that the file does not have"
)
CELL_STEP = "Look for a delimiter inside a cell that is not quoted"
LABEL_STEP = (
    "Each row ends in empty cells beyond the header: a label may be missing. If none is, take them away, "
    "or name every column in the contract"
)
DOUBT_STEP = (
    "Open the workbook in a spreadsheet program, give the cell the format General (a formula its value), and "
    "save it; or fetch the export as CSV"
)
CUT_STEP = "The last row is short: the file may be cut; fetch it again"


def _filled(cells: list[str | None]) -> tuple[str, ...]:
    """The cells of a row that has several, but for empty ones at its end; what headers are known by."""
    texts = [normalised(cell or "") for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts) if sum(map(bool, texts)) > 1 else ()


_THREE_DIGITS = re.compile("[0-9]{3}")
_FIRST_DIGITS = re.compile("[1-9][0-9]{0,2}")


def _names_every_column(layout: Layout) -> bool:
    """Whether a header that lacks a label is found out, whichever it is. Else rows that go on beyond the
    header may well have lost one above their cells, and all that follows would move.
    """
    columns = layout.columns.items()
    return all(key != "*" and not key.startswith("/") and not column.optional for key, column in columns)


def _is_padded(rows: list[list[str | None]], width: int) -> bool:
    """Whether rows that are longer than the header only end in empty cells, all in as many. Where a
    delimiter inside each row may have moved its cells, they are not: where a column is empty in all
    rows, or two may be the halves of thousands.
    """
    lengths = {len(cells) for cells in rows}
    if len(lengths) != 1 or lengths == {width} or any(any(cells[width:]) for cells in rows):
        return False
    columns = list(zip(*(cells[:width] for cells in rows), strict=True))
    if not all(any(column) for column in columns):
        return False
    return not any(
        all(_FIRST_DIGITS.fullmatch(text or "") for text in first)
        and all(_THREE_DIGITS.fullmatch(text or "") for text in second)
        for first, second in pairwise(columns)
    )


def _unreadable(
    file: str, rule: str, reason: str, next_step: str | None = None, row: int | None = None
) -> UnreadableExport:
    return UnreadableExport([Problem(file, rule, reason, row=row, next_step=next_step)])
