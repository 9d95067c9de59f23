"""Whether the files that an XLSX workbook is made of are harmless: looked at before any of them is parsed.

A workbook is a ZIP archive of XML. A few kilobytes of it can stand for gigabytes: as bytes, as entities,
as rows and cells without a content, or as ranges that a reader writes out cell by cell.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pipelines.common.problems import Problem, UnreadableExport, printable
from pipelines.contracts.limits import WORKBOOK_ENTRIES, WORKBOOK_PARTS, WORKBOOK_ROWS, Limits, raised

CHUNK = 1 << 20
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NAME = rb"<(?:[^\s<>/:!?]+:)?"
_ROW = re.compile(_NAME + rb"row[\s/>]")
_CELL = re.compile(_NAME + rb"c[\s/>]")
_CHEAP = re.compile(
    rb"</|<\?|" + _NAME + rb"(?:row|c|v|t|si|is|f|r|rPr|sz|color|rFont|family|charset|b|i|xf)[\s/>]"
)
_RANGE = re.compile(_NAME + rb"(?:mergeCell|hyperlink)\s(?:[^>]*?\s)?ref\s*=\s*[\"']([^\"'>]*)")
_CORNERS = re.compile(rb"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def check(content: bytes | Path, file: str, limits: Limits) -> None:
    """Raises UnreadableExport for a workbook that is larger than it may be, or no workbook."""
    try:
        with zipfile.ZipFile(BytesIO(content) if isinstance(content, bytes) else content) as archive:
            _check_sizes(archive, file, limits)
            counted = _Counted()
            for entry in archive.infolist():
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _look_through(archive, entry, counted, file, limits)
    # RuntimeError: encrypted, or packed in a way that is not known.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError) as error:
        step = "Open it in a spreadsheet program and save it anew, or fetch it again"
        raise _refused(file, "format", f"the workbook cannot be read: {error}", step) from None


class _Counted:
    """What the parts of a workbook hold, all together."""

    rows = cells = elements = covered = 0


def _check_sizes(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > WORKBOOK_ENTRIES:
        said = f"is an archive of {len(entries):,} files, more than the {WORKBOOK_ENTRIES:,} of any workbook"
        raise _refused(file, "size", said, "Save the table it holds as a workbook of its own")
    # What is read of an entry is never more than it declares here.
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.workbook_bytes:
        said = f"is {unpacked:,} bytes once unpacked, and {limits.workbook_bytes:,} are allowed"
        raise _refused(file, "size", said, raised("unpacked_bytes"))
    sheets = sum(bool(re.search(r"worksheets/[^/]+\.xml$", entry.filename)) for entry in entries)
    if sheets > limits.sheets:
        said = f"has {sheets:,} sheets, and {limits.sheets:,} are allowed"
        raise _refused(file, "size", said, raised("sheets"))


def _look_through(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, counted: _Counted, file: str, limits: Limits
) -> None:
    for chunk, is_first in _chunks(archive, entry):
        if is_first and chunk[:2] in _UTF_16:
            raise _refused(file, "format", f"has a part in UTF-16, `{entry.filename}`", SAVE_ANEW)
        if _DECLARATION.search(chunk):
            said = f"declares XML entities in `{entry.filename}`, which no workbook has"
            raise _refused(file, "format", said, "It was not opened: ask who sent it")
        counted.rows += len(_ROW.findall(chunk))
        counted.cells += len(_CELL.findall(chunk))
        counted.elements += chunk.count(b"<") - len(_CHEAP.findall(chunk))
        counted.covered += sum(_area(found, file) for found in _RANGE.findall(chunk))
        _check_counts(counted, file, limits)


def _check_counts(counted: _Counted, file: str, limits: Limits) -> None:
    # More than of the table that is read: other sheets, and cells that have a format only.
    for count, limit, what, word in (
        (counted.cells, 4 * limits.cells, "cells, empty ones included", "cells"),
        (counted.covered, 4 * limits.cells, "cells in merged and linked ranges", "cells"),
        (counted.rows, WORKBOOK_ROWS, "rows", ""),
        (counted.elements, WORKBOOK_PARTS, "formats, names, links and other parts", ""),
    ):
        if count > limit:
            said = f"has more than {limit:,} {what}, too many for a table"
            raise _refused(file, "size", said, raised(word) if word else SAVE_ANEW)


SAVE_ANEW = "Save the table it holds as a workbook of its own, or as CSV"


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[bytes, bool]]:
    """An entry piece by piece, each up to the end of a tag, and whether it is the first."""
    rest, is_first = b"", True
    with archive.open(entry) as opened:
        while chunk := opened.read(CHUNK):
            chunk = rest + chunk
            end = chunk.rfind(b">") + 1
            if not end and len(chunk) < 2 * CHUNK:  # one long text
                rest = chunk
                continue
            end = end or len(chunk)
            yield chunk[:end], is_first
            rest, is_first = chunk[end:], False
    if rest:
        yield rest, is_first


def _area(text: bytes, file: str) -> int:
    corners = _CORNERS.fullmatch(text)
    if not corners:
        said = f"has a merged or linked range that is none: {printable(text.decode('utf-8', 'replace'))}"
        raise _refused(file, "format", said, SAVE_ANEW)
    left, top, right, bottom = corners.groups()
    if right is None:
        return 1
    return (abs(_column(right) - _column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _refused(file: str, rule: str, reason: str, next_step: str) -> UnreadableExport:
    return UnreadableExport([Problem(file, rule, reason, next_step=next_step)])
