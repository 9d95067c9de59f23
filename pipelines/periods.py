"""Periods: closed intervals of days, and the many ways in which publishers write them.

A file often spreads one period over several places (the year in a row, the month in a header), so
text is parsed into a `Fragment`, fragments are merged, and the finest part given decides.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, fields
from typing import Literal, get_args

PeriodPart = Literal["year", "half", "quarter", "month", "day", "interval", "start", "end"]
PERIOD_PARTS: tuple[str, ...] = get_args(PeriodPart)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both inclusive. Raises ValueError when reversed."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the period ends ({self.end}) before it starts ({self.start})")

    def __str__(self) -> str:
        return f"{self.start}/{self.end}"

    @property
    def short(self) -> str:
        """Whole years as 2019 or 1994–2010, months as 2024-11–2025-10, anything else by its days."""
        if self.start.day == 1 and (self.end + ONE_DAY).day == 1:
            if (self.start.month, self.end.month) == (1, 12):
                first, last = str(self.start.year), str(self.end.year)
                return first if first == last else f"{first}–{last}"
            first, last = f"{self.start:%Y-%m}", f"{self.end:%Y-%m}"
            return first if first == last else f"{first}–{last}"
        return f"{self.start}–{self.end}"

    def a_year_earlier(self) -> Period:
        """The same place in the year before: what a year-on-year change compares with.

        A period that begins with a month is shifted by the day after its end, so that a February
        keeps its last day; else 29 February becomes the 28th.
        """
        start = _a_year_earlier(self.start)
        after = self.end + ONE_DAY
        if self.start.day == 1 and (after.month, after.day) != (2, 29):
            return Period(start, _a_year_earlier(after) - ONE_DAY)
        return Period(start, _a_year_earlier(self.end))


@dataclass(frozen=True, slots=True)
class Fragment:
    """Part of a period as one cell, header or file name gives it."""

    year: int | None = None
    half: int | None = None
    quarter: int | None = None
    month: int | None = None
    start: dt.date | None = None
    end: dt.date | None = None

    def merged(self, other: Fragment) -> Fragment:
        """Both together. Raises ValueError where they say different things."""
        values = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if mine is not None and theirs is not None and mine != theirs:
                raise ValueError(f"the {field.name} is given twice, as {mine} and as {theirs}")
            values[field.name] = theirs if mine is None else mine
        return Fragment(**values)

    def period(self) -> Period:
        """The period that the parts describe. Raises ValueError when a part is lacking."""
        if self.start is not None or self.end is not None:
            if self.start is None or self.end is None:
                raise ValueError("a period needs both a start and an end")
            if any(part is not None for part in (self.half, self.quarter, self.month)):
                raise ValueError("both days and a half, quarter or month are given")
            if self.year is not None and not self.start.year <= self.year <= self.end.year:
                raise ValueError(f"the year {self.year} and the days {self.start} to {self.end} differ")
            return Period(self.start, self.end)
        if self.year is None:
            raise ValueError("no year is given")
        finer = [part for part in (self.half, self.quarter, self.month) if part is not None]
        if len(finer) > 1:
            raise ValueError("more than one of half, quarter and month is given")
        if self.half is not None:
            return months(self.year, 6 * self.half - 5, 6)
        if self.quarter is not None:
            return months(self.year, 3 * self.quarter - 2, 3)
        if self.month is not None:
            return months(self.year, self.month, 1)
        return months(self.year, 1, 12)


_KINDS = {1: "month", 3: "quarter", 6: "half", 12: "year"}


def kind(period: Period) -> str:
    """What a period is: a month, quarter, half or year of the calendar, or a window of other days."""
    after = period.end + ONE_DAY
    length = 12 * (after.year - period.start.year) + after.month - period.start.month
    if (period.start.day, after.day) != (1, 1) or length not in _KINDS:
        return "window"
    return _KINDS[length] if (period.start.month - 1) % length == 0 else "window"


def months(year: int, first: int, count: int) -> Period:
    """The period of ``count`` whole months of ``year`` from month ``first``."""
    last = first + count - 1
    end_day = calendar.monthrange(year, last)[1]
    return Period(dt.date(year, first, 1), dt.date(year, last, end_day))


_YEAR = r"(?P<year>(?:1[89]|20|21)\d\d)\s*년?"
_SEPARATOR = r"\s*[-./년 ]\s*"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])\s*월?"
_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
_QUARTER = r"(?:Q\s*(?P<quarter>[1-4])|(?P<quarter_ko>[1-4])\s*(?:/\s*4\s*)?분기|(?P<quarter_en>[1-4])Q)"
_HALF = r"(?:H\s*(?P<half>[12])|(?P<half_ko>상|하)반기|(?P<half_en>[12])H)"

_PATTERNS: dict[str, tuple[str, ...]] = {
    "year": (_YEAR,),
    "half": (rf"{_YEAR}[-./ ]*{_HALF}", _HALF, rf"{_HALF}[-./ ]+{_YEAR}"),
    "quarter": (rf"{_YEAR}[-./ ]*{_QUARTER}", _QUARTER, rf"{_QUARTER}[-./ ]+{_YEAR}"),
    "month": (
        rf"{_YEAR}{_SEPARATOR}{_MONTH}\.?",
        r"(?P<year>(?:19|20|21)\d\d)(?P<month>0[1-9]|1[0-2])",
        _MONTH,
        rf"{_NAME}[-./, ]+{_YEAR}",
        rf"{_YEAR}[-./, ]+{_NAME}",
        _NAME,
    ),
}
_COMPILED = {
    part: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    for part, patterns in _PATTERNS.items()
}
_DAYS = (
    re.compile(r"(?P<year>(?:1[89]|20|21)\d\d)(?P<month>\d\d)(?P<day>\d\d)"),
    # The separators are required: without them 2024-11 would read as 2024-1-1.
    re.compile(
        r"(?P<year>(?:1[89]|20|21)\d\d)\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*[.일]?"
    ),
)
_INTERVAL = re.compile(r"\s*(?:/|~|～|–|—|〜|∼|\bto\b|\s-\s)\s*")
_MONTH_NAMES = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if number
} | {"sept": 9}


def parse(text: str, part: str, date_format: str | None = None) -> Fragment:
    """The fragment that ``text`` gives when it is read as ``part`` (one of `PERIOD_PARTS`).

    ``date_format`` is a strptime format for day, start and end; without it only dates that begin
    with a four-digit year are read, since 03/04/2021 means two different days.

    Raises ValueError when the text does not say such a thing.
    """
    text = text.strip()
    if part == "interval":
        return _parse_interval(text)
    if part in ("day", "start", "end"):
        day = parse_day(text, date_format)
        if part == "day":
            return Fragment(start=day, end=day)
        return Fragment(start=day) if part == "start" else Fragment(end=day)
    for pattern in _COMPILED[part]:
        match = pattern.fullmatch(text)
        fragment = _from_match(match.groupdict()) if match else None
        if fragment:
            return fragment
    raise ValueError(f"'{text}' is not a {part}")


def is_one(text: str, part: str, date_format: str | None = None) -> bool:
    """Whether a text is what `parse` reads."""
    try:
        parse(text, part, date_format)
    except ValueError:
        return False
    return True


_RUN_TOGETHER = re.compile("%[dmyYj]%[dmyYj]")
"""Two numbers of a date with nothing between them: without its zeros 1112020 is two days."""


def parse_day(text: str, date_format: str | None = None) -> dt.date:
    """A date such as 2024-11-01, 20241101, 2024.11.1. or 2024년 11월 1일; else by ``date_format``.

    Raises ValueError when the text is not a date.
    """
    if date_format:
        return _by_format(text, date_format)
    match = next(filter(None, (pattern.fullmatch(text.strip()) for pattern in _DAYS)), None)
    if not match:
        raise ValueError(f"'{text}' is not a date that begins with a four-digit year")
    try:
        return dt.date(*(int(match[group]) for group in ("year", "month", "day")))
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar") from None


def _by_format(text: str, date_format: str) -> dt.date:
    day = dt.datetime.strptime(text, date_format).date()
    if _RUN_TOGETHER.search(date_format) and len(day.strftime(date_format)) != len(text):
        raise ValueError(f"'{text}' has fewer digits than a date in the format {date_format}")
    return day


def is_swapped(text: str, date_format: str) -> bool:
    """Whether a text that is no date of a format is one with day and month in each other's place: then other
    texts beside it may be, and be dates of the format too.
    """
    swapped = re.sub("%[dm]", lambda found: "%m" if found[0] == "%d" else "%d", date_format)
    try:
        _by_format(text.strip(), swapped)
    except ValueError:
        return False
    return swapped != date_format and "%d" in date_format and "%m" in date_format


SWAPPED = "has its day and month in each other's place: so may others that are read without an objection"
SWAPPED_STEP = "Saved again with the settings of another country? Fetch it again, or see `format:`"


def _parse_interval(text: str) -> Fragment:
    """``A/B``, ``A ~ B``, ``A to B`` of days, months or years; one of them alone is itself."""
    ends = _INTERVAL.split(text)
    if len(ends) == 1:
        period = _day_month_or_year(ends[0])
        return Fragment(start=period.start, end=period.end)
    if len(ends) != 2:
        raise ValueError(f"'{text}' is not a period: write it as 2024-11-01/2025-10-31")
    first, last = (_day_month_or_year(end) for end in ends)
    period = Period(first.start, last.end)
    return Fragment(start=period.start, end=period.end)


def _day_month_or_year(text: str) -> Period:
    for part in ("day", "quarter", "half", "month", "year"):
        try:
            return parse(text, part).period()
        except ValueError:
            continue
    raise ValueError(f"'{text}' is not a day, a month, a quarter, a half or a year")


def _from_match(groups: dict[str, str | None]) -> Fragment | None:
    year = groups.get("year")
    quarter = groups.get("quarter") or groups.get("quarter_ko") or groups.get("quarter_en")
    half = groups.get("half") or groups.get("half_en")
    if groups.get("half_ko"):
        half = "1" if groups["half_ko"] == "상" else "2"
    month = int(groups["month"] or 0) if groups.get("month") else None
    if name := groups.get("name"):
        month = _MONTH_NAMES.get(name.lower())
        if month is None:
            return None
    return Fragment(
        year=int(year) if year else None,
        half=int(half) if half else None,
        quarter=int(quarter) if quarter else None,
        month=month,
    )


def _a_year_earlier(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return dt.date(day.year - 1, 2, 28)
