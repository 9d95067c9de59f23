"""Cells that hold numbers: counts, and percentages with their printed digits."""

from __future__ import annotations

import re
from functools import cache

from pipelines.common.problems import printable
from pipelines.contracts.layouts import Match
from pipelines.contracts.words import Layout
from pipelines.observation import OBSERVED

MAX_DIGITS = 18
"""Of a count: what fits a BIGINT."""

Cell = tuple[int | str | None, str | None, str | None]
"""Number, value status, and the reason why it is neither."""


def read_number(text: str | None, is_typed: bool, match: Match, layout: Layout) -> Cell:
    """What a cell of numbers says; a share or change stays text, with its printed digits.

    A number that is ``is_typed``, in a workbook, has a decimal point and no groups, whatever the contract
    says of numbers that are text.
    """
    if (status := layout.statuses.get(text or "")) == "zero":
        return 0 if match.column.value else "0", OBSERVED, None
    if status:
        return None, status, None
    if text is None:
        return None, None, "is empty, and the contract does not say what that means"
    if is_typed:
        plain = number_text(text, None, ".")
    else:
        plain = number_text(text, layout.groupChar, layout.decimalChar, layout.grouping)
    if plain is None:
        hint = ""
        if number_text(text, layout.groupChar or ",", layout.decimalChar, "lakhs"):
            hint = "; if its digits are grouped in lakhs, say `grouping: lakhs`"
        if "," in text and layout.groupChar is None and number_text(text, ",", "."):
            hint = "; if the comma groups digits, the contract needs `groupChar: ','`"
        return None, None, f"'{text}' is not a number{hint}"
    if not match.column.value:
        return plain, OBSERVED, None
    return _count(text, plain, is_typed)


def _count(text: str, plain: str, is_typed: bool) -> Cell:
    whole, _, decimals = plain.partition(".")
    if text.endswith("%"):
        return None, None, f"'{text}' is a percentage, and a count is wanted"
    if decimals.strip("0"):
        return None, None, f"'{text}' is not a whole number, and counts are"
    if len(decimals) == 3 and not is_typed:
        return None, None, f"'{text}' may be {whole} or {whole}000: say what groups digits in `groupChar:`"
    if len(whole) > MAX_DIGITS:
        return None, None, f"'{printable(text)}' has too many digits for a count"
    return int(whole), OBSERVED, None


@cache
def _grouped(char: str, grouping: str) -> re.Pattern[str]:
    """Whole numbers in groups: 1,134,684 in thousands, 11,34,684 in lakhs."""
    group = re.escape(char)
    if grouping == "lakhs":
        return re.compile(rf"[1-9][0-9]?(?:{group}[0-9]{{2}})*{group}[0-9]{{3}}|[1-9][0-9]{{2}}")
    return re.compile(rf"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+")


def number_text(
    text: str, group_char: str | None, decimal_char: str, grouping: str = "thousands"
) -> str | None:
    """``text`` as a plain decimal number that keeps its printed digits, or None if it is none.

    ``1,553`` → ``1553`` with ``group_char`` ','; ``+47.8%`` → ``47.8``.
    """
    body = text.removesuffix("%").strip()
    sign = "-" if body[:1] in ("-", "−") else ""
    body = body.removeprefix("+") if not sign else body[1:]
    whole, point, decimals = body.partition(decimal_char)
    if group_char and group_char in whole:
        if not _grouped(group_char, grouping).fullmatch(whole):
            return None
        whole = whole.replace(group_char, "")
    if not re.fullmatch("[0-9]+", whole) or (point and not re.fullmatch("[0-9]+", decimals)):
        return None
    whole = whole.lstrip("0") or "0"
    return f"{sign}{whole}.{decimals}" if point else f"{sign}{whole}"
