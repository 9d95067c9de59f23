"""A record-level export as it was received → something that DuckDB reads in one pass.

Most files are read as they are. What DuckDB cannot read (another encoding, lines that are no rows) is
copied line by line into one that it can, and every line that is left out is kept with its number and
the reason. Nothing here holds more than one line in memory.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO

from pipelines.common.problems import CELL_LIMIT, Problem, UnreadableExport, counted
from pipelines.contracts.codes import normalised
from pipelines.contracts.limits import BAD_LINE_CHARS, BAD_LINES, CSV_CELL, GZIP_AT_ONCE, Limits, raised
from pipelines.contracts.words import Layout
from pipelines.reading.csv_rows import STRAY_QUOTE, is_strict, parsed

CHUNK = 1 << 20
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
UTF_8 = ("utf-8", "utf8", "utf-8-sig", "utf_8", "utf_8_sig", "ascii")


@dataclass(frozen=True)
class RawFile:
    """What DuckDB is to read, and what is known of it. Rows are counted as lines of the export, from 1."""

    path: Path
    is_parquet: bool
    is_gzip: bool
    encoding: str | None
    labels: list[str]
    header_row: int
    skip: int
    """Lines above the header of ``path``."""
    file: str
    """The address of the export."""
    limits: Limits
    types: list[str] = field(default_factory=list)
    """Of the columns, in the words of DuckDB; none where all is text."""


@dataclass
class Repaired:
    """Which lines of an export are rows, and what became of the others."""

    rows: array = field(default_factory=lambda: array("Q"))
    """The line of each row, in order."""
    rejected: list[Problem] = field(default_factory=list)
    raw: dict[int, str] = field(default_factory=dict)
    """Line → its text, of those rejected."""
    blank: int = 0


def opened(path: Path, file: str, layout: Layout) -> RawFile:
    """The header and encoding of an export. Raises UnreadableExport and OSError."""
    with path.open("rb") as content:
        start = content.read(4)
    limits, above = layout.limits, layout.skip_rows
    if start == PARQUET:
        return RawFile(path, True, False, None, [], 0, 0, file, limits)
    raw = RawFile(path, False, start[:2] == GZIP, None, [], above + 1, above, file, limits)
    raw = replace(raw, encoding=_encoding(raw, layout))
    if not is_utf8(raw.encoding) and _is_utf8_beyond_ascii(raw):
        said = f"is valid UTF-8, which {raw.encoding} hardly ever is"
        raise _unreadable(file, "encoding", said, "Was it changed? Then put utf-8 first in `encoding:`")
    with bytes_of(raw) as content:
        lines = [content.readline(limits.line_bytes + 1) for _ in range(above + 1)]
    for number, line in enumerate(lines, start=1):
        if len(line) > limits.line_bytes:
            said = f"has a line of more than {limits.line_bytes:,} bytes above its rows"
            problem = Problem(file, "size", said, row=number, next_step=raised("line_bytes"))
            raise UnreadableExport([problem])
    return replace(raw, labels=_labels(lines[-1], raw, layout))


def is_utf8(encoding: str | None) -> bool:
    return encoding is None or encoding.lower() in UTF_8


def _encoding(raw: RawFile, layout: Layout) -> str:
    """The first of the contract's encodings that decodes the whole file; one alone is not tried here:
    lines that it does not decode are rejected one by one.
    """
    if len(layout.encodings) == 1:
        return layout.encodings[0]
    for encoding in layout.encodings:
        if _decodes(raw, encoding):
            return encoding
    tried = ", ".join(layout.encodings)
    raise _unreadable(raw.file, "encoding", f"is in none of {tried}", "Name its encoding in `encoding:`")


def _decodes(raw: RawFile, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with bytes_of(raw) as content:
            while chunk := content.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8_beyond_ascii(raw: RawFile) -> bool:
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    try:
        with bytes_of(raw) as content:
            while chunk := content.read(CHUNK):
                decoder.decode(chunk)
                is_ascii = is_ascii and chunk.isascii()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not is_ascii


@contextmanager
def bytes_of(raw: RawFile) -> Iterator[BinaryIO]:
    """The bytes of an export, unpacked. Raises UnreadableExport where they are cut or too many."""
    with raw.path.open("rb") as plain:
        if not raw.is_gzip:
            yield plain
            return
        try:
            with _Unpacked(raw, plain) as content:
                yield io.BufferedReader(content, CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            reason = f"is not a whole gzip file: {error}"
            raise _unreadable(raw.file, "format", reason, "Fetch it again") from None


class _Unpacked(gzip.GzipFile):
    """A gzip file that is not read beyond what a contract allows."""

    def __init__(self, raw: RawFile, plain: BinaryIO) -> None:
        super().__init__(fileobj=plain)
        self._raw_file, self._count = raw, 0
        self._ratio = max(GZIP_AT_ONCE, raw.limits.ratio * raw.path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self._count += len(found)
        file, limits = self._raw_file.file, self._raw_file.limits
        if self._count > limits.gzip_bytes:
            said = f"is more than {limits.gzip_bytes:,} bytes once unpacked"
            raise _unreadable(file, "size", said, raised("unpacked_bytes"))
        if self._count > self._ratio:
            said = f"is more than {limits.ratio:,} times as long once unpacked"
            raise _unreadable(file, "size", said, raised("ratio"))
        return found


def _labels(line: bytes, raw: RawFile, layout: Layout) -> list[str]:
    file = raw.file
    try:
        text = line.decode(raw.encoding or "utf-8").removeprefix("\ufeff").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise _unreadable(file, "header", f"its header cannot be read: {error}", "See `encoding:`") from None
    if "\0" in text:
        raise _unreadable(file, "format", "a NUL character: this is not text", "See `encoding:`")
    if "\r" in text:
        raise _unreadable(file, "header", "its lines end in CR alone", "Save it with LF or CR LF")
    try:
        cells: list[str] = next(parsed([text], layout), [])
        reason = "" if is_strict(text, layout) else STRAY_QUOTE
    except csv.Error as error:
        reason = str(error)
    if reason:
        raise _unreadable(file, "header", f"its header cannot be read: {reason}", "See `quoteChar:`")
    if len(cells) > layout.limits.columns:
        said = f"has {len(cells):,} columns, and {layout.limits.columns:,} are allowed"
        raise _unreadable(file, "size", said, raised("columns"))
    labels = [normalised(cell) for cell in cells]
    if not any(labels):
        raise _unreadable(file, "empty", "has no header", "The file may be cut; fetch it again")
    return labels


def repaired(raw: RawFile, file: str, layout: Layout, copy: Path) -> Repaired:
    """A copy, in UTF-8, of the lines of an export that are rows with as many cells as the header.

    Raises UnreadableExport and OSError.
    """
    found, kept = Repaired(), 0
    rows = _over_lines(raw, layout) if layout.line_breaks_in_cells else _each_line(raw, layout)
    with copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([f"c{position}" for position in range(len(raw.labels))])
        for number, cells, text, reason in rows:
            if cells is not None and len(cells) != len(raw.labels):
                reason = f"has {len(cells)} cells, and the header has {len(raw.labels)}"
            if reason:
                found.rejected.append(Problem(file, "row", reason, row=number, next_step=ROW_STEP))
                found.raw[number] = text
                kept += len(text)
                if len(found.rejected) > BAD_LINES or kept > BAD_LINE_CHARS:
                    first, lines = found.rejected[0], counted(len(found.rejected), "line")
                    said = f"{lines} and more are no rows; row {first.row} {first.reason}"
                    raise _unreadable(file, "format", said, ROW_STEP)
            elif cells is None:
                found.blank += 1
            else:
                writer.writerow(cells)
                found.rows.append(number)
    return found


ROW_STEP = "Compare it with the lines beside it; see `delimiter:`, `quoteChar:` and `encoding:`"
_Row = tuple[int, list[str] | None, str, str]
"""Line, cells (None where there are none), text, and what is wrong with it."""


def _each_line(raw: RawFile, layout: Layout) -> Iterator[_Row]:
    """Every line below the header, taken as one row."""
    with bytes_of(raw) as content:
        for number, line in _lines(content, raw):
            if number <= raw.header_row:
                continue
            if not line.strip(b"\r\n"):
                yield number, None, "", ""
                continue
            text, reason = _decoded(line, raw)
            text = text.rstrip("\r\n")
            if reason:
                yield number, None, text, reason
                continue
            if layout.quoteChar not in text and "\r" not in text and len(text) < CSV_CELL:
                yield number, text.split(layout.delimiter), text, ""  # what the parser gives, at once
                continue
            try:
                cells = next(parsed([text], layout))
            except csv.Error as error:
                yield number, None, text, _said(error)
                continue
            yield number, cells, text, "" if is_strict(text, layout) else STRAY_QUOTE


def _over_lines(raw: RawFile, layout: Layout) -> Iterator[_Row]:
    """Every row below the header, where quoted cells may go on over several lines."""
    with bytes_of(raw) as content:
        bad: dict[int, str] = {}
        texts: list[str] = []

        def lines() -> Iterator[str]:
            for number, line in _lines(content, raw):
                text, reason = _decoded(line, raw)
                if reason:
                    bad[number] = reason
                texts.append(text)
                yield text

        reader = parsed(lines(), layout)
        first = 0
        while True:
            texts.clear()
            try:
                cells: list[str] | None = next(reader)
                reason = ""
            except StopIteration:
                return
            except csv.Error as error:
                cells, reason = None, _said(error)
            number, first = first + 1, reader.line_num
            if number <= raw.header_row:
                continue
            reason = reason or next((bad[n] for n in range(number, first + 1) if n in bad), "")
            text = "".join(texts).rstrip("\r\n")
            if not reason and not is_strict(text, layout):
                reason = STRAY_QUOTE
            yield number, None if reason or not cells else cells, text, reason


def _said(error: csv.Error) -> str:
    text = str(error)
    return "a quotation mark is not closed" if "unexpected end" in text else f"is no row of a CSV: {text}"


def _lines(content: BinaryIO, raw: RawFile) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers and ends; of one that is too long only so much that it is known to be."""
    limit = raw.limits.line_bytes
    for number in count(1):
        line = content.readline(limit + 1)
        if not line:
            return
        if number > raw.limits.lines + raw.header_row:
            raise too_many_lines(raw)
        yield number, line
        if len(line) > limit:
            while line and not line.endswith(b"\n"):
                line = content.readline(limit)


def too_many_lines(raw: RawFile) -> UnreadableExport:
    said = f"has more than {counted(raw.limits.lines, 'line')}"
    return _unreadable(raw.file, "size", said, raised("lines"))


def _decoded(line: bytes, raw: RawFile) -> tuple[str, str]:
    """Text of a line, and what is wrong with it."""
    encoding, limit = raw.encoding or "utf-8", raw.limits.line_bytes
    if len(line) > limit:
        return line[:CELL_LIMIT].decode("utf-8", "replace"), f"is longer than {limit:,} bytes"
    if b"\0" in line:
        return line.decode(encoding, "replace"), "has a NUL byte"
    try:
        return line.decode(encoding), ""
    except UnicodeDecodeError as error:
        reason = f"is not {encoding}: byte {error.object[error.start]:#04x} at {error.start + 1}"
        return line.decode(encoding, "backslashreplace"), reason


def first_rows(raw: RawFile, layout: Layout, count: int) -> list[tuple[int, list[str]]]:
    """The first rows below the header, each with its line; those that cannot be read left out."""
    rows = (row for row in _each_line(raw, layout) if row[1] is not None)
    return [(number, cells) for number, cells, _, _ in islice(rows, count) if cells]


def transcoded(raw: RawFile, copy: Path) -> RawFile | None:
    """The export as UTF-8, or None where some of it is not in its encoding. Raises UnreadableExport and
    OSError.
    """
    decoder = codecs.getincrementaldecoder(raw.encoding or "utf-8")()
    try:
        with bytes_of(raw) as content, copy.open("wb") as target:
            while chunk := content.read(CHUNK):
                target.write(decoder.decode(chunk).encode("utf-8"))
            target.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeDecodeError:
        return None
    return replace(raw, path=copy, is_gzip=False, encoding="utf-8")


def texts_of(raw: RawFile, rows: Iterable[int]) -> dict[int, str]:
    """The text of some lines of an export."""
    wanted = set(rows)
    found: dict[int, str] = {}
    if not wanted or raw.is_parquet:
        return found
    last = max(wanted)
    with bytes_of(raw) as content:
        for number, line in _lines(content, raw):
            if number in wanted:
                found[number] = _decoded(line, raw)[0].rstrip("\r\n")
            if number >= last:
                break
    return found


def _unreadable(file: str, rule: str, reason: str, next_step: str) -> UnreadableExport:
    return UnreadableExport([Problem(file, rule, reason, next_step=next_step)])
