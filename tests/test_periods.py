"""Publishers write periods in many ways; each is read as one thing, or refused."""

from __future__ import annotations

import datetime as dt
from functools import reduce

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.periods import PERIOD_PARTS, Fragment, Period, kind, months, parse, parse_day

COMPLETE = [
    # years
    ("2024", "year", "2024-01-01/2024-12-31"),
    (" 2024 ", "year", "2024-01-01/2024-12-31"),
    ("2024년", "year", "2024-01-01/2024-12-31"),
    ("1994 년", "year", "1994-01-01/1994-12-31"),
    ("\u00a02024\u3000", "year", "2024-01-01/2024-12-31"),
    # halves
    ("2024H1", "half", "2024-01-01/2024-06-30"),
    ("2024-H2", "half", "2024-07-01/2024-12-31"),
    ("1H 2024", "half", "2024-01-01/2024-06-30"),
    ("2024 상반기", "half", "2024-01-01/2024-06-30"),
    ("2024년 하반기", "half", "2024-07-01/2024-12-31"),
    ("하반기 2024", "half", "2024-07-01/2024-12-31"),
    # quarters
    ("2024Q1", "quarter", "2024-01-01/2024-03-31"),
    ("2024-q4", "quarter", "2024-10-01/2024-12-31"),
    ("Q2 2024", "quarter", "2024-04-01/2024-06-30"),
    ("2024 3Q", "quarter", "2024-07-01/2024-09-30"),
    ("20241Q", "quarter", "2024-01-01/2024-03-31"),
    ("2024년 1/4분기", "quarter", "2024-01-01/2024-03-31"),
    ("2024. 4분기", "quarter", "2024-10-01/2024-12-31"),
    # months
    ("2024-11", "month", "2024-11-01/2024-11-30"),
    ("2024-2", "month", "2024-02-01/2024-02-29"),
    ("2023-02", "month", "2023-02-01/2023-02-28"),
    ("202411", "month", "2024-11-01/2024-11-30"),
    ("2024.01", "month", "2024-01-01/2024-01-31"),
    ("2024.1.", "month", "2024-01-01/2024-01-31"),
    ("2024/11", "month", "2024-11-01/2024-11-30"),
    ("2024년 1월", "month", "2024-01-01/2024-01-31"),
    ("2024년11월", "month", "2024-11-01/2024-11-30"),
    ("2024 1월", "month", "2024-01-01/2024-01-31"),
    ("May 2024", "month", "2024-05-01/2024-05-31"),
    ("may-2024", "month", "2024-05-01/2024-05-31"),
    ("Sept. 2024", "month", "2024-09-01/2024-09-30"),
    ("2024 December", "month", "2024-12-01/2024-12-31"),
    # days
    ("2024-11-01", "day", "2024-11-01/2024-11-01"),
    ("20241101", "day", "2024-11-01/2024-11-01"),
    ("2024.11.1.", "day", "2024-11-01/2024-11-01"),
    ("2024. 2. 9", "day", "2024-02-09/2024-02-09"),
    ("2024/11/01", "day", "2024-11-01/2024-11-01"),
    ("2024년 2월 29일", "day", "2024-02-29/2024-02-29"),
    # intervals
    ("2024-11-01/2025-10-31", "interval", "2024-11-01/2025-10-31"),
    ("2024-11-01~2025-10-31", "interval", "2024-11-01/2025-10-31"),
    ("2024. 11. 1. ~ 2025. 10. 31.", "interval", "2024-11-01/2025-10-31"),
    ("2024-11-01 - 2025-10-31", "interval", "2024-11-01/2025-10-31"),
    ("2024-11-01 to 2025-10-31", "interval", "2024-11-01/2025-10-31"),
    ("2024-11–2025-10", "interval", "2024-11-01/2025-10-31"),
    ("2024년 11월 ~ 2025년 2월", "interval", "2024-11-01/2025-02-28"),
    ("Oct 2024 to Sep 2025", "interval", "2024-10-01/2025-09-30"),
    ("2024/2025", "interval", "2024-01-01/2025-12-31"),
    ("2024Q4~2025Q1", "interval", "2024-10-01/2025-03-31"),
    ("2024", "interval", "2024-01-01/2024-12-31"),
    ("2024-11", "interval", "2024-11-01/2024-11-30"),
    ("2024-11-01", "interval", "2024-11-01/2024-11-01"),
    ("2024 상반기", "interval", "2024-01-01/2024-06-30"),
]


@pytest.mark.parametrize(("text", "part", "period"), COMPLETE)
def test_a_text_that_says_a_whole_period_is_read_as_it(text, part, period):
    assert str(parse(text, part).period()) == period


@pytest.mark.parametrize(
    ("text", "part", "fragment"),
    [
        ("11", "month", Fragment(month=11)),
        ("01", "month", Fragment(month=1)),
        ("1월", "month", Fragment(month=1)),
        ("12 월", "month", Fragment(month=12)),
        ("June", "month", Fragment(month=6)),
        ("Sep.", "month", Fragment(month=9)),
        ("H2", "half", Fragment(half=2)),
        ("상반기", "half", Fragment(half=1)),
        ("Q3", "quarter", Fragment(quarter=3)),
        ("2/4분기", "quarter", Fragment(quarter=2)),
        ("2024-11-01", "start", Fragment(start=dt.date(2024, 11, 1))),
        ("2025.10.31.", "end", Fragment(end=dt.date(2025, 10, 31))),
    ],
)
def test_a_part_of_a_period_is_kept_as_a_fragment_and_is_no_period_alone(text, part, fragment):
    assert parse(text, part) == fragment
    with pytest.raises(ValueError, match=r"no year is given|needs both a start and an end"):
        fragment.period()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "year"),
        ("99", "year"),
        ("1799", "year"),
        ("2200", "year"),
        ("2024-1", "year"),
        ("2024.0", "year"),
        ("20245", "year"),
        ("FY2024", "year"),
        ("2024/25", "year"),
        ("2024*", "year"),
        ("-2024", "year"),
        ("2024 3H", "half"),
        ("중반기", "half"),
        ("Q5 2024", "quarter"),
        ("0/4분기", "quarter"),
        ("2024 1/4", "quarter"),
        ("0", "month"),
        ("13월", "month"),
        ("2024-00", "month"),
        ("2024-13", "month"),
        ("2024", "month"),
        ("20241", "month"),
        ("2024111", "month"),
        ("Nov-24", "month"),
        ("24-Nov", "month"),
        ("Mayo 2024", "month"),
        ("2024-11-01", "month"),
        ("03/04/2021", "day"),
        ("1/4/21", "day"),
        ("2024", "day"),
        ("2024111", "day"),
        ("2024-02-30", "day"),
        ("20230229", "day"),
        ("2024-13-01", "day"),
        ("2024-00-10", "day"),
        ("2024-11-01 00:00:00", "day"),
        ("2025/2024", "interval"),
        ("2025-10-31/2024-11-01", "interval"),
        ("2024-2025", "interval"),
        ("2024/11", "interval"),
        ("2024/11/01", "interval"),
        ("2024-11-01/", "interval"),
        ("2024~2025~2026", "interval"),
        ("2024.1.1.~12.31.", "interval"),
        ("11~12", "interval"),
        ("", "interval"),
        ("2024-11", "start"),
        ("2024", "end"),
    ],
)
def test_a_text_that_does_not_say_such_a_period_is_refused(text, part):
    with pytest.raises(ValueError, match=r"is not a|ends .* before it starts"):
        parse(text, part)


@pytest.mark.parametrize("part", PERIOD_PARTS)
@pytest.mark.parametrize(
    "text", ["", "-", "합계", "계", "total", "１２", "2024년 누계", "\u200b2024", "null"]
)
def test_what_stands_beside_periods_in_a_table_is_never_one(text, part):
    with pytest.raises(ValueError, match="is not a"):
        parse(text, part)


@pytest.mark.parametrize("separator", ["-", ".", "/", "", " ", "년 ", " - "])
@pytest.mark.parametrize("month", ["1", "01", "11", "12"])
@pytest.mark.parametrize("end", ["", ".", "월"])
def test_a_year_and_a_month_are_never_a_day(separator, month, end):
    with pytest.raises(ValueError, match="not a date that begins with a four-digit year"):
        parse_day(f"2024{separator}{month}{end}")


@pytest.mark.parametrize(
    ("text", "date_format", "day"),
    [
        ("03/04/2021", "%d/%m/%Y", "2021-04-03"),
        ("03/04/2021", "%m/%d/%Y", "2021-03-04"),
        ("3.4.2021", "%d.%m.%Y", "2021-04-03"),
        ("09/25/21", "%m/%d/%y", "2021-09-25"),
        ("25 Sep 2021", "%d %b %Y", "2021-09-25"),
    ],
)
def test_a_date_that_does_not_begin_with_the_year_needs_a_format(text, date_format, day):
    assert parse(text, "day", date_format).period() == Period(*[dt.date.fromisoformat(day)] * 2)
    with pytest.raises(ValueError, match="not a date that begins with a four-digit year"):
        parse(text, "day")


@pytest.mark.parametrize("text", ["1112020", "112020", "111120"])
def test_a_date_without_separators_has_all_its_zeros(text):
    date_format = "%m%d%Y" if text.endswith("2020") else "%d%m%Y"
    with pytest.raises(ValueError, match=r"has fewer digits than a date|does not match format"):
        parse_day(text, date_format)
    assert parse_day("01112020", "%m%d%Y") == dt.date(2020, 1, 11)
    assert parse_day("1/11/2020", "%m/%d/%Y") == dt.date(2020, 1, 11)


def test_with_a_format_nothing_else_is_read():
    with pytest.raises(ValueError, match="does not match format"):
        parse("2021-04-03", "day", "%d/%m/%Y")


FORMATS = {
    "ISO": lambda d: d.isoformat(),
    "compact": lambda d: f"{d:%Y%m%d}",
    "dotted": lambda d: f"{d.year}.{d.month}.{d.day}",
    "dotted with an end": lambda d: f"{d.year}. {d.month:02}. {d.day:02}.",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "Korean": lambda d: f"{d.year}년 {d.month}월 {d.day}일",
    "Korean, tight": lambda d: f"{d.year}년{d.month:02}월{d.day:02}일",
}
days = st.dates(dt.date(1800, 1, 1), dt.date(2199, 12, 31))
years = st.integers(1801, 2199)


@pytest.mark.parametrize("name", FORMATS)
@given(day=days)
def test_every_day_that_is_written_is_read_back(name, day):
    written = FORMATS[name](day)
    assert parse(written, "day") == Fragment(start=day, end=day)
    assert parse(f" {written}\u00a0", "start") == Fragment(start=day)


@given(day=days, date_format=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%b %d, %Y", "%d%m%Y"]))
def test_every_day_in_a_named_format_is_read_back(day, date_format):
    assert parse_day(day.strftime(date_format), date_format) == day


@given(first=days, last=days, separator=st.sampled_from(["/", "~", " ~ ", " - ", " to ", "–", "—"]))
def test_every_interval_is_read_back_or_refused_when_reversed(first, last, separator):
    written = f"{first}{separator}{last}"
    if first <= last:
        assert parse(written, "interval").period() == Period(first, last)
    else:
        with pytest.raises(ValueError, match="before it starts"):
            parse(written, "interval")


@given(year=years, month=st.integers(1, 12))
def test_every_month_is_the_same_month_however_it_is_written(year, month):
    ways = [
        f"{year}-{month:02}",
        f"{year}.{month}",
        f"{year}/{month}",
        f"{year}년 {month}월",
        f"{year} {month}",
    ]
    for written in ways:
        assert parse(written, "month") == Fragment(year=year, month=month)
        with pytest.raises(ValueError, match="not a date"):
            parse(written, "day")


# A period and the one a year earlier


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        ("2025-01-01/2025-12-31", "2024-01-01/2024-12-31"),
        ("2024-11-01/2025-10-31", "2023-11-01/2024-10-31"),
        ("2024-02-01/2024-02-29", "2023-02-01/2023-02-28"),
        ("2025-02-01/2025-02-28", "2024-02-01/2024-02-29"),
        ("2024-03-01/2025-02-28", "2023-03-01/2024-02-29"),
        ("2023-03-01/2024-02-29", "2022-03-01/2023-02-28"),
        ("2024-01-15/2024-02-14", "2023-01-15/2023-02-14"),
        ("2024-02-28/2024-02-28", "2023-02-28/2023-02-28"),
        ("2024-03-01/2024-03-01", "2023-03-01/2023-03-01"),
    ],
)
def test_a_year_earlier_is_the_same_place_in_the_year_before(period, earlier):
    assert str(parse(period, "interval").period().a_year_earlier()) == earlier


@pytest.mark.parametrize("day", ["2024-02-29", "2025-02-28", "2021-02-28", "2024-02-28", "2024-12-31"])
def test_a_day_is_compared_with_one_day(day):
    earlier = parse(day, "day").period().a_year_earlier()
    assert earlier.start == earlier.end


@given(year=years, first=st.integers(1, 12), count=st.integers(1, 12))
@example(year=2024, first=2, count=1)
@example(year=2025, first=2, count=1)
def test_whole_months_stay_the_same_whole_months(year, first, count):
    count = min(count, 13 - first)
    assert months(year, first, count).a_year_earlier() == months(year - 1, first, count)


@given(year=years, first=st.integers(2, 12))
def test_a_window_of_twelve_months_ends_the_day_before_the_next_one_starts(year, first):
    window = Period(dt.date(year - 1, first, 1), months(year, first - 1, 1).end)
    earlier = window.a_year_earlier()
    assert earlier.end + dt.timedelta(days=1) == window.start
    assert earlier.a_year_earlier().end + dt.timedelta(days=1) == earlier.start


@given(start=st.dates(dt.date(1801, 1, 1), dt.date(2199, 1, 1)), length=st.integers(1, 800))
def test_a_year_earlier_is_as_long_but_for_a_leap_day(start, length):
    period = Period(start, start + dt.timedelta(days=length))
    earlier = period.a_year_earlier()
    assert abs((period.end - period.start) - (earlier.end - earlier.start)) <= dt.timedelta(days=1)
    assert dt.timedelta(days=365) <= period.start - earlier.start <= dt.timedelta(days=366)
    assert dt.timedelta(days=365) <= period.end - earlier.end <= dt.timedelta(days=366)


def test_a_period_may_not_end_before_it_starts():
    with pytest.raises(ValueError, match=r"ends \(2024-01-01\) before it starts \(2024-01-02\)"):
        Period(dt.date(2024, 1, 2), dt.date(2024, 1, 1))


# Fragments

fragments = st.builds(
    Fragment,
    year=st.none() | st.integers(2020, 2022),
    half=st.none() | st.integers(1, 2),
    quarter=st.none() | st.integers(1, 4),
    month=st.none() | st.integers(1, 12),
    start=st.none() | st.sampled_from([dt.date(2021, 1, 1), dt.date(2021, 5, 1)]),
    end=st.none() | st.sampled_from([dt.date(2021, 1, 31), dt.date(2021, 6, 30)]),
)


def _merged(one: Fragment, other: Fragment) -> Fragment | None:
    try:
        return one.merged(other)
    except ValueError:
        return None


@given(fragments, fragments)
def test_fragments_say_the_same_in_either_order(one, other):
    assert _merged(one, other) == _merged(other, one)


@given(fragments, fragments, fragments)
def test_fragments_say_the_same_however_they_are_grouped(one, two, three):
    left, right = _merged(one, two), _merged(two, three)
    assert (left and _merged(left, three)) == (right and _merged(one, right))


@given(fragments)
def test_nothing_and_itself_add_nothing_to_a_fragment(fragment):
    assert fragment.merged(Fragment()) == fragment.merged(fragment) == fragment


@pytest.mark.parametrize(
    ("parts", "period"),
    [
        ([("2024", "year"), ("11월", "month")], "2024-11-01/2024-11-30"),
        ([("2024", "year"), ("2024-11", "month")], "2024-11-01/2024-11-30"),
        ([("Q1", "quarter"), ("2024", "year")], "2024-01-01/2024-03-31"),
        ([("2024", "year"), ("하반기", "half")], "2024-07-01/2024-12-31"),
        ([("2024-11-01", "start"), ("2025-10-31", "end")], "2024-11-01/2025-10-31"),
        ([("2024", "year"), ("2024-11-05", "day")], "2024-11-05/2024-11-05"),
    ],
)
def test_parts_from_several_places_are_put_together(parts, period):
    assert str(_together(parts).period()) == period


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([("2024", "year"), ("2023-11", "month")], "the year is given twice, as 2024 and as 2023"),
        ([("1월", "month"), ("2월", "month")], "the month is given twice, as 1 and as 2"),
        ([("2024-01-02", "day"), ("2024-01-03", "end")], "the end is given twice"),
        ([("2024", "year"), ("H1", "half"), ("Q1", "quarter")], "more than one of half, quarter and month"),
        ([("2024-01-02", "start")], "needs both a start and an end"),
        ([("2024-01-02", "start"), ("2024-01-01", "end")], "before it starts"),
        ([], "no year is given"),
    ],
)
def test_parts_that_contradict_or_do_not_suffice_are_refused(parts, reason):
    with pytest.raises(ValueError, match=reason):
        _together(parts).period()


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        (("2024", "interval"), ("3월", "month")),
        (("2024", "interval"), ("Q1", "quarter")),
        (("2024-11-01/2025-10-31", "interval"), ("2024-12", "month")),
    ],
)
def test_the_month_of_a_row_is_never_swallowed_by_the_period_of_the_file(whole, part):
    # Twelve monthly rows must not become twelve figures of one year; either outcome is safe.
    together = parse(*whole).merged(parse(*part))
    assert _period_or_refusal(together) != parse(*whole).period()


def test_a_day_outside_the_year_that_is_given_is_refused():
    together = parse("2023", "year").merged(parse("2024-05-01", "day"))
    with pytest.raises(ValueError, match="2023"):
        together.period()


def _together(parts: list[tuple[str, str]]) -> Fragment:
    return reduce(Fragment.merged, (parse(text, part) for text, part in parts), Fragment())


def _period_or_refusal(fragment: Fragment) -> Period | str:
    try:
        return fragment.period()
    except ValueError as error:
        return str(error)


# How a period is called, and what kind it is


@pytest.mark.parametrize(
    ("period", "short", "of_kind"),
    [
        ("2019-01-01/2019-12-31", "2019", "year"),
        ("2024-02-01/2024-02-29", "2024-02", "month"),
        ("2024-10-01/2024-12-31", "2024-10–2024-12", "quarter"),
        ("2024-01-01/2024-06-30", "2024-01–2024-06", "half"),
        ("2024-07-01/2024-12-31", "2024-07–2024-12", "half"),
        ("2024-11-01/2025-10-31", "2024-11–2025-10", "window"),  # twelve months, and no year
        ("2024-02-01/2024-04-30", "2024-02–2024-04", "window"),  # three months, and no quarter
        ("2024-04-01/2024-09-30", "2024-04–2024-09", "window"),  # six months, and no half
        ("2024-01-01/2024-02-29", "2024-01–2024-02", "window"),
        ("2023-01-01/2024-12-31", "2023–2024", "window"),
        ("2024-02-01/2024-02-28", "2024-02-01–2024-02-28", "window"),
        ("2024-01-02/2024-12-31", "2024-01-02–2024-12-31", "window"),
        ("2024-11-05/2024-11-05", "2024-11-05–2024-11-05", "window"),
        ("2024-12-31/2025-12-30", "2024-12-31–2025-12-30", "window"),
    ],
)
def test_a_period_has_a_short_name_and_a_kind(period, short, of_kind):
    start, end = (dt.date.fromisoformat(day) for day in period.split("/"))
    assert (Period(start, end).short, kind(Period(start, end))) == (short, of_kind)


@pytest.mark.parametrize(("length", "of_kind"), [(1, "month"), (3, "quarter"), (6, "half"), (12, "year")])
@pytest.mark.parametrize("year", [1900, 1999, 2024, 2100])
def test_the_calendar_has_these_and_no_other_kinds(length, of_kind, year):
    for first in range(1, 14 - length):
        aligned = (first - 1) % length == 0
        assert kind(months(year, first, length)) == (of_kind if aligned else "window")


@given(
    start=st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    length=st.integers(0, 800),
)
def test_periods_with_one_short_name_are_one_period_and_it_is_read_back(start, length):
    period = Period(start, start + dt.timedelta(days=length))
    assert parse(period.short, "interval").period() == period
