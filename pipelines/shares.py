"""Arithmetic of rounded percentages: which bases a printed share allows.

Pure and exact: integers and ``Decimal`` only, because a base that is off by one is a wrong base.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """The whole numbers from ``low`` to ``high``, both inclusive; ``high`` None is unbounded."""

    low: int
    high: int | None

    @property
    def is_empty(self) -> bool:
        return self.high is not None and self.high < self.low

    def __contains__(self, number: int) -> bool:
        return self.low <= number and (self.high is None or number <= self.high)

    def __and__(self, other: Interval) -> Interval:
        highs = [bound for bound in (self.high, other.high) if bound is not None]
        return Interval(max(self.low, other.low), min(highs) if highs else None)


ANY_BASE = Interval(0, None)


def half_unit(printed: str) -> Fraction:
    """Half a unit in the last printed place: ½·10⁻ᵈ for a number printed to d decimals."""
    exponent = Decimal(printed).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"not a finite number: {printed!r}")
    return Fraction(1, 2) * Fraction(10) ** min(exponent, 0)


def implied_base(count: int, printed_share_pct: str) -> Interval:
    """The bases N for which ``count`` is ``printed_share_pct`` percent, to the digits printed.

    With h = ½·10⁻ᵈ the share of N lies in [p−h, p+h], so 100n/(p+h) ≤ N ≤ 100n/(p−h), and
    unbounded above when p ≤ h. A base is never smaller than its part.
    Both ends of the rounding interval are allowed, since publishers round halves either way.

    Raises ValueError for a negative count or share.
    """
    share, half = Fraction(Decimal(printed_share_pct)), half_unit(printed_share_pct)
    if count < 0 or share < 0:
        raise ValueError("a count and its share cannot be negative")
    if count == 0:
        # 0 is 0% of anything, and of 0; a share above the rounding of 0 contradicts a count of 0.
        return Interval(0, None) if share <= half else Interval(1, 0)
    low = max(_ceil(100 * count / (share + half)), count)
    high = None if share <= half else int(100 * count / (share - half))
    return Interval(low, high)


def common_base(parts: Iterable[tuple[int, str]]) -> Interval:
    """The bases that all ``(count, printed share)`` of one breakdown allow together.

    An empty interval means that the printed figures contradict each other.
    """
    base = ANY_BASE
    for count, printed in parts:
        base &= implied_base(count, printed)
    return base


def change_pct(value: int, previous: int) -> Fraction:
    """The exact change on ``previous`` in percent. Raises ZeroDivisionError when it was 0."""
    return Fraction(100 * (value - previous), previous)


def rounds_to(exact: Fraction, printed: str) -> bool:
    """Whether ``exact`` can be printed as ``printed``: they differ by half a last place at most."""
    return abs(exact - Fraction(Decimal(printed))) <= half_unit(printed)


def _ceil(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)


def implied_parts(base: int, printed_share_pct: str) -> Interval:
    """The counts that are ``printed_share_pct`` percent of ``base``, to the digits printed."""
    share, half = Fraction(Decimal(printed_share_pct)), half_unit(printed_share_pct)
    low, high = (share - half) * base / 100, (share + half) * base / 100
    return Interval(max(_ceil(low), 0), int(high))
