"""Where the header of a file may be that is not where the contract says: a next step for people, and never
the way in which the file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.contracts.codes import normalised

LOOKED_AT = 20
"""Rows below what was taken for the header."""
_DELIMITERS = {",": "','", ";": "';'", "|": "'|'", " ": "\"\\t\"` or `delimiter: ' '"}
"""A sign → how a contract says it. Of a tab labels keep a blank."""


def header_hint(
    labels: list[str], below: Iterable[tuple[int, list[str]]], is_header: Callable[[list[str]], bool],
    delimiter: str,
) -> str | None:  # fmt: skip
    """What to say in the contract, where the labels would be understood if they were split at another
    delimiter, or where one of the rows below would be. ``delimiter`` is that of the contract.
    """
    if is_header(labels):  # something else is wrong
        return None
    text = delimiter.join(labels)
    for other, written in _DELIMITERS.items():
        if other != delimiter and is_header([normalised(cell.strip('"')) for cell in text.split(other)]):
            return f"Its cells seem to be delimited otherwise: say `delimiter: {written}`"
    for row, cells in below:
        if is_header([normalised(cell) for cell in cells]):
            return f"Row {row} looks like the header: if all above it is a title, say `skip_rows: {row - 1}`"
    return None
