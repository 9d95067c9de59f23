"""Looks through a record-level export at the speed of the disk, for what DuckDB reads otherwise than it is
written: it joins cells around stray quotation marks, drops empty cells beyond the header, and takes a
lone CR for a line end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.contracts.words import Layout
from pipelines.records.record_files import CHUNK, RawFile, bytes_of, is_utf8, too_many_lines

LF = 10


def plain_lines(raw: RawFile, layout: Layout) -> int | None:
    """The lines below the header, where each is text with as many cells as the header and with quotation
    marks around cells only; else None. Raises UnreadableExport where they are too many, and OSError.
    """
    signs = layout.delimiter.encode(), layout.quoteChar.encode()
    if any(len(sign) > 1 for sign in signs):
        return None
    delimiter, quote = signs[0][0], signs[1][0]
    lines = delimiters = 0
    for block in _blocks(raw):
        if block is None or not _is_text(block, raw):
            return None
        cells = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(cells == LF)
        if np.diff(ends, prepend=-1, append=len(cells)).max() > raw.limits.line_bytes:
            return None
        lines += len(ends) + (not block.endswith(b"\n"))
        delimiters += int(np.count_nonzero(cells == delimiter))
        if signs[1] in block:
            quoted = _quoted(cells, delimiter, quote)
            if quoted is None:
                return None
            delimiters -= quoted
        if lines > raw.limits.lines:
            raise too_many_lines(raw)
    return lines if delimiters == lines * (len(raw.labels) - 1) else None


def _blocks(raw: RawFile) -> Iterator[bytes | None]:
    """The lines below the header, many at a time; None for one that is too long."""
    limit = raw.limits.line_bytes
    with bytes_of(raw) as content:
        for _ in range(raw.header_row):
            content.readline(limit + 1)
        rest = b""
        while chunk := content.read(CHUNK):
            whole = chunk.rfind(b"\n") + 1
            if len(rest) + (whole or len(chunk)) > limit + CHUNK:
                yield None
            if whole:
                yield rest + chunk[:whole]
                rest = chunk[whole:]
            else:
                rest += chunk
        if rest:
            yield rest


def _is_text(block: bytes, raw: RawFile) -> bool:
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return False
    if is_utf8(raw.encoding) and not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return True


def _quoted(cells: np.ndarray, delimiter: int, quote: int) -> int | None:
    """How many delimiters stand between quotation marks; None where a mark is not at the edge of a cell,
    nor doubled inside one, or where one is not closed in its line.
    """
    marks = np.flatnonzero(cells == quote)
    if len(marks) % 2:
        return None
    opened, closed = marks[::2], marks[1::2]
    edge = np.array([LF], dtype=np.uint8)
    padded = np.concatenate((edge, cells, edge))
    before, after = padded[opened], padded[closed + 2]
    edges = [delimiter, LF, quote]
    if not np.isin(before, edges).all() or not np.isin(after, [*edges, 13]).all():
        return None
    if _between(np.flatnonzero(cells == LF), opened, closed):
        return None
    return _between(np.flatnonzero(cells == delimiter), opened, closed)


def _between(places: np.ndarray, opened: np.ndarray, closed: np.ndarray) -> int:
    return int((np.searchsorted(places, closed) - np.searchsorted(places, opened)).sum())
