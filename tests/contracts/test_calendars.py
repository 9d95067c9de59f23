"""When the next edition is due, and from when it is late."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.calendars import Calendar, Due, next_due
from pipelines.releases.due import editions_due
from pipelines.releases.store import Receipt

day = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("every", "covered_until", "period_end"),
    [
        ("month", "2026-09-30", "2026-10-31"),
        ("month", "2026-10-15", "2026-10-31"),
        ("month", "2026-10-31", "2026-11-30"),
        ("month", "2023-12-31", "2024-01-31"),
        ("month", "2024-01-31", "2024-02-29"),
        ("quarter", "2026-03-31", "2026-06-30"),
        ("quarter", "2026-04-30", "2026-06-30"),
        ("half", "2025-12-31", "2026-06-30"),
        ("year", "2024-12-31", "2025-12-31"),
        ("year", "2024-06-30", "2024-12-31"),
    ],
)
def test_an_edition_a_period_follows_what_is_covered(every: str, covered_until: str, period_end: str) -> None:
    due = next_due(Calendar(every=every, due_after_days=10, late_after_days=5), day(covered_until))
    assert due
    assert str(due.period_end) == period_end
    assert (due.due_on - due.period_end, due.late_after - due.due_on) == (dt.timedelta(10), dt.timedelta(5))


def test_nobody_knows_with_which_period_a_series_begins() -> None:
    assert next_due(Calendar(every="month"), None) is None


@pytest.mark.parametrize(
    ("covered_until", "period_end"),
    [
        (None, "2025-10-31"),
        ("2025-10-30", "2025-10-31"),
        ("2025-10-31", "2026-10-31"),
        ("2026-10-31", None),
    ],
)
def test_announced_windows_come_one_after_another(covered_until: str | None, period_end: str | None) -> None:
    calendar = Calendar(period_ends=[day("2026-10-31"), day("2025-10-31")])
    due = next_due(calendar, day(covered_until) if covered_until else None)
    assert (str(due.period_end) if due else None) == period_end


@pytest.mark.parametrize(
    ("today", "standing"),
    [
        ("2026-11-15", "not yet due"),
        ("2026-11-16", "due"),
        ("2026-11-30", "due"),
        ("2026-12-01", "late"),
    ],
)
def test_an_edition_is_late_on_the_day_after_the_last_one_to_wait_for(today: str, standing: str) -> None:
    due = Due(day("2026-10-31"), day("2026-11-16"), day("2026-11-30"))
    assert due.standing(day(today)) == standing


@given(
    st.sampled_from(["month", "quarter", "half", "year"]), st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))
)
def test_the_next_period_ends_after_what_is_covered_and_within_its_length(
    every: str, covered: dt.date
) -> None:
    due = next_due(Calendar(every=every), covered)
    assert due
    days = {"month": 31, "quarter": 92, "half": 184, "year": 366}[every]
    assert covered < due.period_end <= covered + dt.timedelta(days)
    assert (due.period_end + dt.timedelta(1)).day == 1


def test_what_was_published_last_decides(source_of) -> None:
    source = source_of(
        "period: '2024'\ncolumns: {n: {value: count, measure: cases}}\n"
        "calendar: {every: month, due_after_days: 3, late_after_days: 2}\n"
    )
    published = [
        receipt("2026-08-31"),
        receipt("2026-09-30"),
        receipt(None),
        receipt("2026-12-31", "another"),
    ]
    assert editions_due([source], published) == {
        "series": Due(day("2026-10-31"), day("2026-11-03"), day("2026-11-05"))
    }


def receipt(period_end: str | None, source: str = "series") -> Receipt:
    return Receipt(
        reading="r", source=source, source_file="f", export_id="e", sha256="s", bytes=1, table_name=None,
        released_on=None, status="accepted", contract_sha256="c", period_end=period_end,
    )  # fmt: skip


@pytest.mark.parametrize("calendar", ["{due_after_days: 3}", "{every: month, period_ends: [2026-10-31]}"])
def test_a_calendar_has_one_rhythm(source_of, calendar: str) -> None:
    with pytest.raises(Exception, match="line 7, calendar: a calendar has one of every and period_ends"):
        source_of(f"period: '2024'\ncalendar: {calendar}\ncolumns: {{n: {{value: count, measure: cases}}}}\n")
