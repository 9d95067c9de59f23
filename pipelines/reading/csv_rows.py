"""Rows of a CSV, read as RFC 4180 says and hardly more leniently, each with the line on which it begins.

A reader that makes sense of a stray quotation mark moves cells into other columns; here the row that has
one is set aside.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipelines.common.problems import Problem, UnreadableExport
from pipelines.contracts.limits import raised
from pipelines.contracts.words import Layout

Row = tuple[int, list[str | None]]

STRAY_QUOTE = "has a quotation mark at one end of a cell only"
SWALLOWED = "has a cell that goes on over several lines and holds delimiters: a quotation mark may be missing"


@dataclass
class Rows:
    """The rows of a text, and what is wrong with some of them, by their number."""

    rows: list[Row] = field(default_factory=list)
    doubtful: dict[int, str] = field(default_factory=dict)


def rows_of(text: str, file: str, layout: Layout) -> Rows:
    """Every row of a text. Raises UnreadableExport where they cannot be told apart, or are too many."""
    found, limits = Rows(), layout.limits
    line, count = 1, 0
    raw: list[str] = []
    reader = parsed(_noted(_lines(text, file, layout), raw), layout)
    try:
        for cells in reader:
            count += max(len(cells), 1)
            if len(cells) > limits.columns:
                raise _too_large(file, f"has {len(cells):,} columns, and", "columns", limits.columns, line)
            if count > limits.cells:
                raise _too_large(file, "has more cells than a table:", "cells", limits.cells, line)
            if longest := next((cell for cell in cells if len(cell) > limits.cell_length), None):
                reason = f"has a cell of {len(longest):,} characters, and"
                raise _too_large(file, reason, "cell_length", limits.cell_length, line)
            if doubt := _doubt("".join(raw), cells, layout):
                found.doubtful[line] = doubt
            found.rows.append((line, [cell_text(cell) for cell in cells]))
            line = reader.line_num + 1
            raw.clear()
    except csv.Error as error:
        raise UnreadableExport([Problem(file, "format", said(error), row=line)]) from None
    return found


def parsed(lines: Iterable[str], layout: Layout) -> Any:
    """Python's strict reader of the lines of a CSV."""
    return csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quoteChar, strict=True)


def is_strict(text: str, layout: Layout) -> bool:
    """Whether the text of a row has quotation marks only around cells, doubled inside those, and amid the
    text of others (5" knife): one at the end of a cell that does not begin with it is a stray one.
    """
    return layout.quoteChar not in text or bool(_row(layout.delimiter, layout.quoteChar).fullmatch(text))


def cell_text(text: str) -> str | None:
    """The cell in NFC and without surrounding white space (publishers pad); None if nothing is left."""
    return unicodedata.normalize("NFC", text).strip() or None


def said(error: csv.Error) -> str:
    """What Python's reader says of a text that is no CSV, in words."""
    text = str(error)
    if "end of data" in text or "unexpected end" in text:
        return "is not valid CSV: a quoted cell is not closed before the file ends: the file may be cut"
    if "field limit" in text:
        text = "a cell is longer than any; a quoted cell may not be closed"
    return f"is not valid CSV: {text}"


def _doubt(raw: str, cells: list[str], layout: Layout) -> str | None:
    """What is wrong with a row that Python's reader takes."""
    if layout.quoteChar not in raw:
        return None
    if not is_strict(raw, layout):
        return STRAY_QUOTE
    if not layout.line_breaks_in_cells and any(
        layout.delimiter in cell and ("\n" in cell or "\r" in cell) for cell in cells
    ):
        return SWALLOWED
    return None


def _lines(text: str, file: str, layout: Layout) -> Iterator[str]:
    limit = layout.limits.line_bytes
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > limit:
            raise _too_large(
                file, f"has a line of {len(line):,} characters, and", "line_bytes", limit, number
            )
        yield line


def _noted(lines: Iterable[str], raw: list[str]) -> Iterator[str]:
    for line in lines:
        raw.append(line)
        yield line


@cache
def _row(delimiter: str, quote: str) -> re.Pattern[str]:
    between, around = re.escape(delimiter), re.escape(quote)
    quoted = rf"{around}(?:[^{around}]|{around}{around})*{around}"
    edge = rf"[^{around}{between}\s]"
    plain = (
        rf"[^{around}{between}\r\n]*|[^\S\r\n{between}]*{edge}(?:[^{between}\r\n]*{edge})?[^\S\r\n{between}]*"
    )
    cell = rf"(?:{quoted}|{plain})"
    return re.compile(rf"{cell}(?:{between}{cell})*[\r\n]*")


def _too_large(file: str, said: str, word: str, limit: int, row: int) -> UnreadableExport:
    reason = f"{said} {limit:,} are allowed"
    return UnreadableExport([Problem(file, "size", reason, row=row, next_step=raised(word))])
