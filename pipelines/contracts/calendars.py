"""Release calendars: when the next edition of a source is due, and from when it is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from pipelines.contracts.word_types import Words
from pipelines.periods import months

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}

Standing = Literal["not yet due", "due", "late"]


class Calendar(Words):
    """When editions come. One of ``every`` and ``period_ends``."""

    every: Literal["month", "quarter", "half", "year"] | None = Field(
        None, description="An edition comes for every such period."
    )
    period_ends: list[dt.date] = Field(
        [], description="Last days of the periods that editions are announced for, such as crackdown windows."
    )
    due_after_days: int = Field(
        0, ge=0, le=3660, description="An edition is due so many days after the last day of its period."
    )
    late_after_days: int = Field(
        7, ge=0, le=3660, description="It is late when so many more days have passed without it."
    )

    @model_validator(mode="after")
    def _one_rhythm(self) -> Calendar:
        if bool(self.every) == bool(self.period_ends):
            raise ValueError("a calendar has one of every and period_ends")
        return self

    @property
    def wait(self) -> dt.timedelta:
        """From the end of a period until an edition of it that has not come is late."""
        return dt.timedelta(days=self.due_after_days + self.late_after_days)


@dataclass(frozen=True)
class Due:
    """The next edition that a calendar calls for: the last day of its period, the day on which it is due,
    and the last day on which it is not late yet.
    """

    period_end: dt.date
    due_on: dt.date
    late_after: dt.date

    def standing(self, today: dt.date) -> Standing:
        if today > self.late_after:
            return "late"
        return "due" if today >= self.due_on else "not yet due"


def next_due(calendar: Calendar, covered_until: dt.date | None) -> Due | None:
    """The next edition after what is covered; None where the calendar does not say of any."""
    end = _next_end(calendar, covered_until)
    if end is None:
        return None
    return Due(end, end + dt.timedelta(days=calendar.due_after_days), end + calendar.wait)


def _next_end(calendar: Calendar, covered_until: dt.date | None) -> dt.date | None:
    if calendar.every is None:
        ends = (end for end in sorted(calendar.period_ends) if covered_until is None or end > covered_until)
        return next(ends, None)
    if covered_until is None:  # nobody knows with which period the series begins
        return None
    day, length = covered_until + dt.timedelta(days=1), _MONTHS[calendar.every]
    return months(day.year, (day.month - 1) // length * length + 1, length).end
