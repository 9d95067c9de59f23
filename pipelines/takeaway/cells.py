"""Cells of files: what a spreadsheet would run is made harmless, what no reader shows is made visible, every
type has one spelling.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters other than tab and the two line breaks: many readers of CSV end a cell at NUL, XML can
hold few of the others, and a terminal obeys ESC."""


def visible(text: str) -> str:
    """Text whose control characters are written as Python writes them; tabs and line breaks stay."""
    return text if text.isprintable() else _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def harmless(value: Any) -> Any:
    """Text made visible, and behind an apostrophe where a spreadsheet would take it for a formula; else the
    value.

    A number that is kept as text, such as -4.1, is no formula.
    """
    if not isinstance(value, str):
        return value
    text = visible(value)
    if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_text(value: Any) -> Any:
    """A value as a cell of a CSV spells it: ISO dates, true and false, JSON for lists and structures."""
    if value is None or (isinstance(value, str | int | float | Decimal) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):  # and so of dt.datetime
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
