"""Which bases a printed percentage allows: exact, to the unit."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipelines.shares import (
    ANY_BASE,
    Interval,
    change_pct,
    common_base,
    half_unit,
    implied_base,
    implied_parts,
    rounds_to,
)

# The breakdowns of DESIGN.md, "Published percentages, and why they need a room of their own".
CASES_BY_TYPE = [(1553, "35.2"), (1513, "34.3"), (857, "19.4")]
SUSPECTS_BY_AGE = [(1761, "47.6"), (1228, "33.2"), (468, "12.7"), (169, "4.6")]
DEEPFAKE_SUSPECTS_BY_AGE = [(895, "61.8"), (438, "30.2")]


@pytest.mark.parametrize(
    ("parts", "base", "headline"),
    [
        (CASES_BY_TYPE, Interval(4407, 4417), 3411),
        (SUSPECTS_BY_AGE, Interval(3696, 3699), 3557),
        (DEEPFAKE_SUSPECTS_BY_AGE, Interval(1448, 1449), None),
    ],
)
def test_the_printed_shares_of_the_seed_imply_these_bases(parts, base, headline):
    assert common_base(parts) == base
    assert common_base(reversed(parts)) == base
    assert headline is None or headline not in base


@pytest.mark.parametrize(
    ("value", "previous", "printed", "agrees"),
    [
        (3557, 2406, "47.8", True),
        (256, 194, "32", True),
        (256, 194, "32.0", True),
        (256, 194, "31.9", False),
        (256, 194, "33", False),
        (2406, 3557, "-32.4", True),
        (2406, 3557, "32.4", False),
        (5, 5, "0", True),
        (5, 5, "0.0", True),
        (5, 5, "0.1", False),
        (0, 5, "-100", True),
    ],
)
def test_a_printed_change_agrees_with_the_two_counts_or_not(value, previous, printed, agrees):
    assert rounds_to(change_pct(value, previous), printed) is agrees


def test_a_change_on_nothing_has_no_percentage():
    with pytest.raises(ZeroDivisionError):
        change_pct(5, 0)


@pytest.mark.parametrize(
    ("count", "printed", "base"),
    [
        (1, "50", Interval(2, 2)),
        (1, "50.0", Interval(2, 2)),
        (35, "35", Interval(99, 101)),  # 35 and 35.0 were rounded differently
        (35, "35.0", Interval(100, 100)),
        (350, "35.0", Interval(999, 1001)),
        (1, "33.3", Interval(3, 3)),
        (1, "33", Interval(3, 3)),
        (2, "33", Interval(6, 6)),
        (100, "100", Interval(100, 100)),
        (400, "100", Interval(400, 402)),  # 400 of 402 is 99.5025
        (400, "100.0", Interval(400, 400)),
        (1, "0.5", Interval(182, 222)),  # 100/0.55 to 100/0.45
        (1, "1", Interval(67, 200)),
        (1, "0", Interval(200, None)),  # 1 of 200 is 0.5, which may be printed as 0
        (1, "0.0", Interval(2000, None)),
        (7, "0.05", Interval(12728, 15555)),
        (0, "0", Interval(0, None)),  # of nothing, too
        (0, "0.00", Interval(0, None)),
    ],
)
def test_a_count_and_its_printed_share_allow_these_bases(count, printed, base):
    assert implied_base(count, printed) == base


@pytest.mark.parametrize(
    ("count", "printed"),
    [(0, "0.1"), (0, "35.2"), (0, "100"), (5, "101"), (5, "100.1"), (5, "150"), (1, "99"), (3, "80")],
)
def test_no_base_fits_a_share_that_the_count_cannot_have(count, printed):
    assert implied_base(count, printed).is_empty


@pytest.mark.parametrize(("count", "printed"), [(-1, "5"), (5, "-5"), (5, "-0.1"), (-1, "-5")])
def test_a_negative_count_or_share_has_no_base(count, printed):
    with pytest.raises(ValueError, match="cannot be negative"):
        implied_base(count, printed)


@pytest.mark.parametrize("printed", ["NaN", "nan"])
def test_what_is_not_a_number_has_no_rounding(printed):
    with pytest.raises(ValueError, match="not a finite number"):
        half_unit(printed)


@pytest.mark.parametrize(
    ("printed", "half"),
    [
        ("35", Fraction(1, 2)),
        ("35.0", Fraction(1, 20)),
        ("35.20", Fraction(1, 200)),
        ("0", Fraction(1, 2)),
        ("-4.6", Fraction(1, 20)),
        ("100", Fraction(1, 2)),
    ],
)
def test_half_a_unit_is_of_the_last_printed_place(printed, half):
    assert half_unit(printed) == half


@pytest.mark.parametrize(
    ("exact", "printed", "fits"),
    [
        (Fraction(1, 3), "0.3", True),
        (Fraction(1, 3), "0.33", True),
        (Fraction(1, 3), "0.34", False),
        (Fraction(5, 2), "2", True),  # halves are rounded either way
        (Fraction(5, 2), "3", True),
        (Fraction(-5, 2), "-2", True),
        (Fraction(-5, 2), "-3", True),
        (Fraction(50001, 20000), "2", False),
        (Fraction(49999, 20000), "3", False),
        (Fraction(351, 10), "35", True),
        (Fraction(351, 10), "35.0", False),
        (Fraction(199), "200", False),
    ],
)
def test_a_figure_fits_what_is_printed_when_half_a_last_place_separates_them(exact, printed, fits):
    assert rounds_to(exact, printed) is fits


@pytest.mark.parametrize(
    ("base", "printed", "parts"),
    [
        (200, "50", Interval(99, 101)),  # 49.5% to 50.5%
        (200, "50.0", Interval(100, 100)),
        (1000, "35.2", Interval(352, 352)),
        (3411, "45.5", Interval(1551, 1553)),
        (4, "75", Interval(3, 3)),
        (3, "33", Interval(1, 1)),
        (3, "50", Interval(2, 1)),  # no third is a half
        (10, "0", Interval(0, 0)),
        (1000, "0", Interval(0, 5)),  # 5 of 1,000 is 0.5, which may be printed as 0
        (0, "0", Interval(0, 0)),
        (0, "50", Interval(0, 0)),
        (100, "112", Interval(112, 112)),  # more than all: cases cleared of earlier years
        (1000, "-3.0", Interval(0, -29)),
    ],
)
def test_a_base_and_a_printed_share_allow_these_counts(base, printed, parts):
    found = implied_parts(base, printed)
    assert found == parts or (found.is_empty and parts.is_empty)


def test_a_published_rate_is_tested_by_the_counts_that_it_allows():
    # 157,909 of 234,095 cybercrimes of 2020 were cleared: 67.5%.
    assert 157_909 in implied_parts(234_095, "67.5")
    assert 157_909 not in implied_parts(234_095, "67.4")
    assert 157_909 in implied_parts(234_095, "67")


# Properties. `places` is d, the number of decimals printed.


def _printed(exact: Fraction, places: int, *, half_even: bool) -> str:
    scaled = exact * 10**places
    units = round(scaled) if half_even else floor(scaled + Fraction(1, 2))
    whole, decimals = divmod(units, 10**places)
    return f"{whole}.{decimals:0{places}}" if places else str(whole)


places = st.integers(0, 2)
counts = st.integers(0, 10**7)


@given(base=st.integers(1, 10**7), count=counts, places=places, half_even=st.booleans())
@example(base=200, count=1, places=0, half_even=False)  # exactly half a percent
@example(base=200, count=1, places=0, half_even=True)
@example(base=8, count=1, places=0, half_even=True)  # 12.5
@example(base=2000, count=1, places=1, half_even=True)
@example(base=1, count=1, places=2, half_even=False)
def test_the_true_base_is_never_ruled_out_by_rounding(base, count, places, half_even):
    count %= base + 1
    printed = _printed(Fraction(100 * count, base), places, half_even=half_even)
    assert base in implied_base(count, printed)
    assert rounds_to(Fraction(100 * count, base), printed)


@given(count=counts, units=st.integers(0, 10**4), places=places)
@example(count=0, units=0, places=1)
@example(count=1, units=1, places=0)
@example(count=400, units=100, places=0)
def test_the_ends_are_exact_one_base_further_would_print_another_share(count, units, places):
    share, half = Fraction(units, 10**places), Fraction(1, 2 * 10**places)
    printed = _printed(share, places, half_even=False)
    base = implied_base(count, printed)

    def fits(number: int) -> bool:
        exact = Fraction(100 * count, number) if number > 0 else Fraction()
        return number >= count and abs(exact - share) <= half

    if base.is_empty:
        # The share falls as the base grows, so the bases around the crossing tell for all.
        crossing = floor(100 * count / share) if share else count
        assert not any(fits(n) for n in range(max(1, crossing - 2), crossing + 3))
        assert not fits(count)
        return
    assert fits(base.low)
    assert not fits(base.low - 1)
    if base.high is None:
        assert share <= half
        assert fits(base.low + 10**12)
    else:
        assert fits(base.high)
        assert not fits(base.high + 1)


@given(base=st.integers(0, 10**7), count=counts, places=places, half_even=st.booleans())
@example(base=200, count=1, places=0, half_even=False)  # exactly half a percent
@example(base=200, count=1, places=0, half_even=True)
@example(base=8, count=1, places=0, half_even=True)  # 12.5
def test_the_true_count_is_never_ruled_out_by_rounding(base, count, places, half_even):
    assume(base > 0)
    printed = _printed(Fraction(100 * count, base), places, half_even=half_even)
    assert count in implied_parts(base, printed)


@given(base=st.integers(0, 10**7), units=st.integers(0, 10**4), places=places)
@example(base=1000, units=0, places=0)
def test_one_count_further_would_print_another_share(base, units, places):
    share, half = Fraction(units, 10**places), Fraction(1, 2 * 10**places)
    found = implied_parts(base, _printed(share, places, half_even=False))

    def fits(number: int) -> bool:
        return number >= 0 and abs(100 * number - share * base) <= half * base

    for number in {end + step for end in (found.low, found.high) for step in range(-2, 3)}:
        assert fits(number) is (number in found)


@given(base=st.integers(1, 10**6), count=counts, units=st.integers(0, 10**4), places=places)
def test_counts_of_a_base_and_bases_of_a_count_say_the_same(base, count, units, places):
    printed = _printed(Fraction(units, 10**places), places, half_even=False)
    assume(0 < count <= base)
    assert (count in implied_parts(base, printed)) is (base in implied_base(count, printed))


@given(count=st.integers(1, 10**6), units=st.integers(0, 1000), places=st.integers(0, 1))
def test_one_more_printed_digit_never_allows_more_bases(count, units, places):
    share = Fraction(units, 10**places)
    rough = implied_base(count, _printed(share, places, half_even=False))
    fine = implied_base(count, _printed(share, places + 1, half_even=False))
    assert rough & fine == fine or fine.is_empty


intervals = st.builds(Interval, st.integers(0, 50), st.none() | st.integers(0, 50))


@given(intervals, intervals, st.integers(-1, 60))
def test_the_intersection_holds_what_both_hold_in_either_order(one, other, number):
    assert one & other == other & one
    assert (number in one & other) is (number in one and number in other)
    assert one & one == one
    assert one & ANY_BASE == one


@given(intervals, intervals, intervals)
def test_the_intersection_does_not_depend_on_grouping(one, two, three):
    assert (one & two) & three == one & (two & three)


@given(intervals)
def test_an_interval_is_empty_when_no_number_is_in_it(interval):
    assert interval.is_empty is not any(number in interval for number in range(51))


@given(
    counts=st.lists(st.integers(0, 5000), min_size=1, max_size=6),
    rest=st.integers(0, 5000),
    places=places,
    half_even=st.booleans(),
)
def test_the_parts_of_one_breakdown_always_leave_its_true_base(counts, rest, places, half_even):
    base = sum(counts) + rest
    assume(base > 0)
    parts = [(n, _printed(Fraction(100 * n, base), places, half_even=half_even)) for n in counts]
    assert base in common_base(parts)


def test_without_parts_any_base_is_allowed():
    assert common_base([]) == ANY_BASE
