"""A period that is missing between others is told, with what lacks it; nothing else is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import periods
from pipelines.periods import Period, months
from pipelines.reading.coverage import LISTED, gaps
from tests import small_exports
from tests.small_exports import observations


def cases(*figures: tuple[str, dict]) -> list[str]:
    """The gaps of one case in each of these periods, with what else is said of it."""
    entries = []
    for text, codes in figures:
        period = periods.parse(text, "interval").period()
        entries.append({"value": 1, "period_start": period.start, "period_end": period.end} | codes)
    return list(gaps(observations(*entries)))


def of(*texts: str) -> list[str]:
    return cases(*[(text, {}) for text in texts])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["2019", "2020", "2021"], []),
        (["2021", "2019", "2020"], []),
        (["2020"], []),
        (["2019", "2021"], ["there is no year between 2019 and 2021"]),
        (["2015", "2019", "2020"], ["there is no year between 2015 and 2019"]),
        (["2024-01", "2024-02", "2024-04"], ["there is no month between 2024-02 and 2024-04"]),
        (["2023-12", "2024-01"], []),
        (["2024-01-01/2024-03-31", "2024-07-01/2024-09-30"], ["there is no quarter between 2024-01–2024-03 and 2024-07–2024-09"]),
        (["2023-01-01/2023-06-30", "2024-01-01/2024-06-30"], ["there is no half between 2023-01–2023-06 and 2024-01–2024-06"]),
        # kinds beside one another
        (["2019", "2020", "2021-01", "2021-02"], []),
        (["2019", "2020-01-01/2020-06-30", "2020"], []),
        (["2019", "2020-05", "2021"], ["there is no year between 2019 and 2021"]),
        # windows of other days may lie as they like
        (["2022-11-01/2023-10-31", "2024-11-01/2025-10-31"], []),
        (["2024-01-05", "2024-03-01"], []),
    ],
)  # fmt: skip
def test_a_period_that_is_missing_between_two_of_its_kind_is_told(given, said):
    assert of(*given) == said


def test_every_gap_is_told_once():
    assert of("2010", "2012", "2013", "2016") == [
        "there is no year between 2010 and 2012",
        "there is no year between 2013 and 2016",
    ]


DEEPFAKE, SEOUL = {"crime_type": "deepfake"}, {"region": "seoul"}


def test_a_series_that_lacks_a_period_which_others_have_is_told():
    assert cases(
        ("2019", {}), ("2020", {}), ("2021", {}), ("2019", DEEPFAKE), ("2021", DEEPFAKE)
    ) == ["2020 lacks cases, deepfake, which earlier and later periods have"]  # fmt: skip


def test_a_series_may_begin_later_and_end_earlier_than_others():
    years = [(year, {}) for year in ("2018", "2019", "2020", "2021")]
    assert cases(*years, ("2019", DEEPFAKE), ("2020", DEEPFAKE)) == []
    assert cases(*years, ("2018", DEEPFAKE)) == []


def test_series_that_lack_the_same_period_are_told_together_and_not_all_by_name():
    lacking = [{"region": f"r{number}"} for number in range(LISTED + 2)]
    years = [(year, {}) for year in ("2019", "2020", "2021")]
    [said] = cases(*years, *[(year, codes) for codes in lacking for year in ("2019", "2021")])
    named = "; ".join(f"cases, r{number}" for number in range(LISTED))
    assert said == f"2020 lacks {named} and 2 more, which earlier and later periods have"


def test_a_series_is_told_by_all_its_codes():
    codes = DEEPFAKE | SEOUL | {"measure": "suspects", "sex": "male", "other_dimensions": '{"place":"x"}'}
    [said] = cases(("2019", {}), ("2020", {}), ("2021", {}), ("2019", codes), ("2021", codes))
    assert said.startswith('2020 lacks suspects, deepfake, male, seoul, {"place":"x"}, which')


def test_a_month_that_a_series_lacks_is_no_gap_of_its_years():
    figures = [("2019", DEEPFAKE), ("2020", DEEPFAKE), ("2020-01", {}), ("2020-02", {}), ("2020-03", {})]
    assert cases(*figures, ("2020-01", DEEPFAKE), ("2020-03", DEEPFAKE)) == [
        "2020-02 lacks cases, deepfake, which earlier and later periods have"
    ]


def test_a_figure_that_is_no_number_covers_its_period():
    missing = {"value": None, "value_status": "missing"}
    assert cases(("2019", {}), ("2020", missing), ("2021", {})) == []


def test_an_export_without_figures_has_no_gaps():
    assert list(gaps(observations())) == []


@pytest.mark.parametrize("to", ["2", "3", "12"])
def test_years_to_date_follow_each_other(source_of, to):
    words = "cumulative: true\ncolumns:\n  m: {period: month}\n  n: {value: count, measure: cases}\n"
    rows = [f"{year}-{month:02},1\n" for year in (2023, 2024) for month in range(1, int(to) + 1)]
    tidied = small_exports.read(source_of(words), "m,n\n" + "".join(rows))
    assert tidied.problems == []
    assert list(gaps(tidied.observations, is_cumulative=True)) == []


@settings(deadline=None)
@given(
    first=st.tuples(st.integers(1950, 2050), st.integers(1, 12)),
    length=st.sampled_from([1, 3, 6, 12]),
    count=st.integers(2, 10),
    data=st.data(),
)
def test_one_period_taken_out_of_the_middle_is_found_and_no_other(first, length, count, data):
    year, month = first
    at = 12 * year + (month - 1) // length * length
    run = [months((at + n * length) // 12, (at + n * length) % 12 + 1, length) for n in range(count)]
    assert _gaps_of(run) == []
    out = data.draw(st.integers(0, count - 1))
    left = run[:out] + run[out + 1 :]
    found = _gaps_of(left)
    if out in (0, count - 1):
        assert found == []
    else:
        before, after = run[out - 1].short, run[out + 1].short
        assert found == [f"there is no {periods.kind(run[out])} between {before} and {after}"]


def _gaps_of(run: list[Period]) -> list[str]:
    return list(
        gaps(observations(*[{"value": 1, "period_start": p.start, "period_end": p.end} for p in run]))
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abc")), unique=True, min_size=1))
def test_what_a_series_lacks_is_between_what_it_has(figures):
    entries = [
        {
            "value": 1,
            "region": name,
            "period_start": dt.date(2000 + n, 1, 1),
            "period_end": dt.date(2000 + n, 12, 31),
        }
        for n, name in figures
    ]
    years = {year for year, _ in figures}
    expected = {
        (2000 + year, name)
        for name in "abc"
        for year in years
        if (year, name) not in figures
        and any(n == name and y < year for y, n in figures)
        and any(n == name and y > year for y, n in figures)
    }
    said = [line for line in gaps(observations(*entries)) if " lacks " in line]
    assert {(int(line[:4]), name) for line in said for name in "abc" if f"cases, {name}" in line} == expected
