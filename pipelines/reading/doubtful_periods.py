"""Periods that can be read, and that most likely mean others: 2019.1 that was 2019.10, dates whose day and
month changed places, business years such as 2010-11.

What tells is never a text alone, but the ones beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from pipelines import periods
from pipelines.common.problems import Problem, printable
from pipelines.contracts.layouts import Match

_DOTTED = re.compile(r"(?:1[89]|20|21)\d\d\.(\d{1,2})")
_YEARS = re.compile(r"((?:1[89]|20|21)\d\d)-(\d\d)")


def doubtful_periods(cells: pd.DataFrame, matches: list[Match], file: str) -> Iterator[Problem]:
    """The problems of the periods of an export, one a column at most, and one of what the labels of its
    columns of numbers say.
    """
    for match in matches:
        if (part := match.column.period) and not match.column.has_numbers:
            texts = list(cells[match.position].dropna().unique())
            yield from _swapped_dates(texts, match, file)
            yield from _of_months(texts, part, match.label, file)
    for of_labels in ("month", "interval"):
        labels = {match.groups[of_labels]: match for match in matches if of_labels in match.groups}
        if labels:
            yield from _of_months(labels, of_labels, next(iter(labels.values())).label, file)


def _swapped_dates(texts: Iterable[str], match: Match, file: str) -> Iterator[Problem]:
    """A date that is none as the contract has it, and one with the month first: of 03/04/2021 in the rows
    beside it nobody knows which day it is.
    """
    column = match.column
    if not column.period or not column.format:
        return
    for text in texts:
        if periods.is_one(text, column.period, column.format) or not periods.is_swapped(text, column.format):
            continue
        reason = f"'{printable(text)}' {periods.SWAPPED}"
        yield Problem(file, "period", reason, column=match.label, value=text, next_step=periods.SWAPPED_STEP)
        return


_LOST_STEP = (
    "Fetch the export again, or write the months as 2019-10 or `2019.10.`; in a workbook, give the cells the "
    "format 0.00 where they are numbers"
)
_YEARS_STEP = "Write each with its days, such as 2010-04-01/2011-03-31"


def _of_months(texts: Iterable[str], part: str, column: str, file: str) -> Iterator[Problem]:
    if part not in ("month", "interval"):
        return
    written = [text.strip() for text in texts]
    if january := lost_zero(written):
        reason = f"'{january}' may be {january}0, whose zero a spreadsheet took away with that of a number"
        yield Problem(file, "period", reason, column=column, value=january, next_step=_LOST_STEP)
    if year := business_years(written, least=2 if part == "month" else 1):
        reason = f"'{year}' may be a business year, and not a month, as may all others in the column"
        more = "" if part == "month" else "; if it is a month, say `period: month`"
        yield Problem(file, "period", reason, column=column, value=year, next_step=_YEARS_STEP + more)


def lost_zero(texts: list[str]) -> str | None:
    """A month such as 2019.1 that may be the tenth: where no other text says how months are written here."""
    months = {text: match[1] for text in texts if (match := _DOTTED.fullmatch(text))}
    found = set(months.values())
    first = next((text for text, month in months.items() if month == "1"), None)
    if first is None or "10" in found:
        return None
    is_without_zeros = any(len(month) == 1 and month != "1" for month in found)
    has_zeros = any(month.startswith("0") for month in found)
    return None if is_without_zeros and not has_zeros and not found & {"11", "12"} else first


def business_years(texts: list[str], least: int) -> str | None:
    """The first of at least so many texts, where all are a year and the last two digits of the next."""
    matches = [_YEARS.fullmatch(text) for text in texts]
    are_years = all(match and (int(match[1]) + 1) % 100 == int(match[2]) for match in matches)
    return texts[0] if are_years and len(set(texts)) >= least else None
