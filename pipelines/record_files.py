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
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.codes import normalised
from pipelines.problems import CELL_LIMIT, Problem, UnreadableExport
from pipelines.words import Layout

CHUNK = 1 << 20
LINE_LIMIT = 1 << 20
"""Bytes of a line; a longer one is no row."""
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
    if start == PARQUET:
        return RawFile(path, True, False, None, [], 0, 0)
    is_gzip = start[:2] == GZIP
    encoding = _encoding(path, is_gzip, file, layout)
    try:
        with _bytes(path, is_gzip) as content:
            lines = [content.readline(LINE_LIMIT) for _ in range(layout.skip_rows + 1)]
    except (EOFError, gzip.BadGzipFile) as error:
        raise _unreadable(file, "format", f"is not a whole gzip file: {error}", "Fetch it again") from None
    labels = _labels(lines[-1], encoding, file, layout)
    return RawFile(path, False, is_gzip, encoding, labels, layout.skip_rows + 1, layout.skip_rows)


def is_utf8(encoding: str | None) -> bool:
    return encoding is None or encoding.lower() in UTF_8


def _encoding(path: Path, is_gzip: bool, file: str, layout: Layout) -> str:
    """The first of the contract's encodings that decodes the whole file; one alone is not tried here:
    lines that it does not decode are rejected one by one.
    """
    if len(layout.encodings) == 1:
        return layout.encodings[0]
    for encoding in layout.encodings:
        if _decodes(path, is_gzip, encoding):
            return encoding
    tried = ", ".join(layout.encodings)
    raise _unreadable(file, "encoding", f"is in none of {tried}", "Name its encoding in `encoding:`")


def _decodes(path: Path, is_gzip: bool, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _bytes(path, is_gzip) as content:
            while chunk := content.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _bytes(path: Path, is_gzip: bool) -> Iterator[BinaryIO]:
    with path.open("rb") as plain:
        if is_gzip:
            with gzip.GzipFile(fileobj=plain) as content:
                yield io.BufferedReader(content, CHUNK)
        else:
            yield plain


def _labels(line: bytes, encoding: str, file: str, layout: Layout) -> list[str]:
    try:
        text = line.decode(encoding).removeprefix("\ufeff").rstrip("\r\n")
        cells: list[str] = next(_parsed([text], layout), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(file, "header", f"its header cannot be read: {error}", "See `encoding:`") from None
    labels = [normalised(cell) for cell in cells]
    if not any(labels):
        raise _unreadable(file, "empty", "has no header", "The file may be cut; fetch it again")
    return labels


def clean_lines(raw: RawFile) -> int | None:
    """Lines of the file, its last one included if it has no line break; None where some of it is no text:
    DuckDB does not look at the bytes of columns that it does not need.
    """
    decoder = codecs.getincrementaldecoder("utf-8")() if is_utf8(raw.encoding) else None
    count, last, is_plain = 0, b"\n", True
    with _bytes(raw.path, raw.is_gzip) as content:
        while chunk := content.read(CHUNK):
            if b"\0" in chunk:
                return None
            if decoder and not (is_plain and chunk.isascii()):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    return None
                is_plain = decoder.getstate()[0] == b""
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n") if is_plain else None


def repaired(raw: RawFile, file: str, layout: Layout, copy: Path) -> Repaired:
    """A copy, in UTF-8, of the lines of an export that are rows with as many cells as the header.

    Raises UnreadableExport and OSError.
    """
    found = Repaired()
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
    with _bytes(raw.path, raw.is_gzip) as content:
        for number, line in enumerate(_lines(content), start=1):
            if number <= raw.header_row:
                continue
            if not line.strip(b"\r\n"):
                yield number, None, "", ""
                continue
            text, reason = _decoded(line.rstrip(b"\r\n"), raw.encoding or "utf-8")
            if reason:
                yield number, None, text, reason
                continue
            try:
                yield number, next(_parsed([text], layout)), text, ""
            except csv.Error as error:
                yield number, None, text, _said(error)


def _over_lines(raw: RawFile, layout: Layout) -> Iterator[_Row]:
    """Every row below the header, where quoted cells may go on over several lines."""
    with _bytes(raw.path, raw.is_gzip) as content:
        bad: dict[int, str] = {}
        texts: list[str] = []

        def lines() -> Iterator[str]:
            for number, line in enumerate(_lines(content), start=1):
                text, reason = _decoded(line, raw.encoding or "utf-8")
                if reason:
                    bad[number] = reason
                texts.append(text)
                yield text

        reader = _parsed(lines(), layout)
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
            yield number, None if reason or not cells else cells, text, reason


def _parsed(lines: Iterable[str], layout: Layout) -> Any:
    return csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quoteChar, strict=True)


def _said(error: csv.Error) -> str:
    text = str(error)
    return "a quotation mark is not closed" if "unexpected end" in text else f"is no row of a CSV: {text}"


def _lines(content: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends; of one that is too long only so much that it is known to be."""
    while line := content.readline(LINE_LIMIT + 1):
        if len(line) > LINE_LIMIT:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = content.readline(LINE_LIMIT)
        yield line


def _decoded(line: bytes, encoding: str) -> tuple[str, str]:
    """Text of a line, and what is wrong with it."""
    if len(line) > LINE_LIMIT:
        return line[:CELL_LIMIT].decode("utf-8", "replace"), f"is longer than {LINE_LIMIT:,} bytes"
    if b"\0" in line:
        return line.decode(encoding, "replace"), "has a NUL byte"
    try:
        return line.decode(encoding), ""
    except UnicodeDecodeError as error:
        reason = f"is not {encoding}: byte {error.object[error.start]:#04x} at {error.start + 1}"
        return line.decode(encoding, "backslashreplace"), reason


def transcoded(raw: RawFile, copy: Path) -> RawFile | None:
    """The export as UTF-8, or None where some of it is not in its encoding. Raises OSError."""
    decoder = codecs.getincrementaldecoder(raw.encoding or "utf-8")()
    try:
        with _bytes(raw.path, raw.is_gzip) as content, copy.open("wb") as target:
            while chunk := content.read(CHUNK):
                target.write(decoder.decode(chunk).encode("utf-8"))
            target.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeDecodeError:
        return None
    return RawFile(copy, False, False, raw.encoding, raw.labels, raw.header_row, raw.skip)


def texts_of(raw: RawFile, rows: Iterable[int]) -> dict[int, str]:
    """The text of some lines of an export."""
    wanted = set(rows)
    found: dict[int, str] = {}
    if not wanted or raw.is_parquet:
        return found
    last = max(wanted)
    with _bytes(raw.path, raw.is_gzip) as content:
        for number, line in enumerate(_lines(content), start=1):
            if number in wanted:
                found[number] = _decoded(line.rstrip(b"\r\n"), raw.encoding or "utf-8")[0]
            if number >= last:
                break
    return found


def _unreadable(file: str, rule: str, reason: str, next_step: str) -> UnreadableExport:
    return UnreadableExport([Problem(file, rule, reason, next_step=next_step)])
