"""Age bands: their codes, and the ways in which publishers write them that can mean only one band."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

_AGE = "(?:0|[1-9][0-9]{0,2})"  # one spelling for each age: no leading zeros, no other digits
_CODE = re.compile(f"(?P<low>{_AGE})-(?P<high>{_AGE})|(?P<open>{_AGE})[+]")

_LOW, _HIGH = rf"(?P<low>{_AGE})\s*", rf"\s*(?P<high>{_AGE})\s*"
_YEARS = r"(?:세|years?|yrs?|Jahren?)?\s*"
_OPEN = r"(?:\+|이상|and over|and above|or over|or older|and older|und älter|u\.\s?älter)"
_BELOW = r"(?:미만|and below|and under|but under|bis unter)"
_BETWEEN = r"(?:-|–|~|～|to|bis)"
_PAIR = r"(?:and|or|und|oder|&)"
_SPELLED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LOW}{_YEARS}{_BETWEEN}{_HIGH}{_YEARS}",  # 18–24, 18~24세, 18 to 24 years
        rf"(?P<first>{_AGE})\s*{_YEARS}{_PAIR}\s*(?P<second>{_AGE})\s*{_YEARS}",  # 14 and 15
        rf"{_LOW}{_YEARS}{_OPEN}{_YEARS}",  # 65+, 65세 이상, 60 years and above
        rf"(?P<over>{_AGE})\s*{_YEARS}초과",  # 60세초과: from 61
        # From one age to below another: 18세 이상 30세 미만, 18 and above and below 30 years, 18 bis unter 21
        rf"{_LOW}{_YEARS}(?:이상|~|and above|and over|)[\s,]*{_BELOW}\s*(?P<below>{_AGE})\s*{_YEARS}",
        rf"{_LOW}{_YEARS}(?:이상|~)[\s,~]*(?P<below>{_AGE})\s*{_YEARS}미만",
    )
)
_UNDER = re.compile(
    rf"(?:<|under|below|unter)\s*(?P<first>{_AGE})\s*{_YEARS}|(?P<second>{_AGE})\s*{_YEARS}미만",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def age_bounds(code: str) -> tuple[int, int | None] | None:
    """First and last year of age of a band such as ``18-24`` or ``65+``; None if it is neither."""
    match = _CODE.fullmatch(code)
    if not match:
        return None
    if match["open"]:
        return int(match["open"]), None
    low, high = int(match["low"]), int(match["high"])
    return (low, high) if low <= high else None


def age_code(label: str) -> str | None:
    """The code of a band that is spelled out, with both its ends or open above; else None.

    ``18~24세`` → ``18-24``; ``60 years and above`` → ``60+``; ``14세 미만`` → ``0-13``. A label such as
    ``30세 이하`` says only where a band ends: that may be 0-30 or the years after the band before it,
    so a contract must say which.
    """
    if under := _UNDER.fullmatch(label.strip()):
        return _band(0, int(under["first"] or under["second"]) - 1)
    for pattern in _SPELLED:
        if match := pattern.fullmatch(label.strip()):
            found = match.groupdict()
            if found.get("first"):
                first, second = int(found["first"]), int(found["second"])
                return _band(first, second) if second == first + 1 else None
            if found.get("over"):
                return f"{int(found['over']) + 1}+"
            if found.get("below"):
                return _band(int(found["low"]), int(found["below"]) - 1)
            if found.get("high"):
                return _band(int(found["low"]), int(found["high"]))
            return f"{int(found['low'])}+"
    return None


def says_only_under(label: str) -> bool:
    """Whether a label names the end of a band and not its beginning: two of them in one export may
    follow each other, and then do not both begin at 0.
    """
    return bool(_UNDER.fullmatch(label.strip()))


def _band(low: int, high: int) -> str | None:
    return f"{low}-{high}" if low <= high else None


def covers(codes: Iterable[str], whole: str) -> bool:
    """Whether bands give every year of age of another; of one without an end, whether one has none."""
    bounds = age_bounds(whole)
    assert bounds
    reached, end = bounds
    for low, high in sorted(filter(None, map(age_bounds, codes)), key=lambda band: band[0]):
        if low > reached:
            return False
        if high is None:
            return True
        reached = max(reached, high + 1)
    return end is not None and reached > end


TOLD = 50
"""Pairs of bands that are told one by one."""


def oddities(codes: Iterable[str]) -> Iterator[str]:
    """What is odd about the bands of a distribution, in words: years of age in none, or in two."""
    bands = sorted({code for code in codes if age_bounds(code)}, key=_ends)
    shared = list(islice(_sharing(bands), TOLD + 1))
    for one, other in shared[:TOLD]:
        yield f"ages {one} and {other} share years of age: the bands have no sum"
    if len(shared) > TOLD:
        yield "and more ages share years of age"
    reached = None
    for band in bands:
        low, high = age_bounds(band) or (0, None)
        if reached is not None and low > reached:
            yield f"no band gives age {_spelled(reached, low - 1)}"
        if high is None:
            return
        reached = max(reached or 0, high + 1)


def _spelled(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def overlap(codes: Iterable[str]) -> bool:
    """Whether some bands share years of age and neither contains the other: they have no sum."""
    within: list[int] = []
    """The last years of the bands around one, the outermost first."""
    for low, high in sorted(map(_ends, _bands(codes)), key=lambda ends: (ends[0], -ends[1])):
        while within and within[-1] < low:
            within.pop()
        if within and within[-1] < high:
            return True
        within.append(high)
    return False


def nearest(codes: Iterable[str]) -> dict[str, str]:
    """Each band that others contain, with the narrowest of them; of several the first."""
    bands = _bands(codes)
    highs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for at, code in enumerate(bands):
        low, high = _ends(code)
        highs[low].append((high, at))
    lows = sorted(highs)
    for found in highs.values():
        found.sort()
    whole_of: dict[str, str] = {}
    for code in bands:
        first, last = _ends(code)
        best: tuple[int, int] | None = None
        for low in reversed(lows[: bisect_right(lows, first)]):
            if best and last - low > best[0]:
                break  # those that begin earlier are wider
            wider = highs[low]
            place = bisect_left(wider, (last + (low == first), -1))  # a band does not contain itself
            if place < len(wider):
                high, at = wider[place]
                best = min(best or (high - low, at), (high - low, at))
        if best:
            whole_of[code] = bands[best[1]]
    return whole_of


OPEN = 1000
"""Stands for the last year of a band without one: ages have three digits."""


def _bands(codes: Iterable[str]) -> list[str]:
    return [code for code in dict.fromkeys(codes) if age_bounds(code)]


def _ends(code: str) -> tuple[int, int]:
    low, high = age_bounds(code) or (0, None)
    return low, OPEN if high is None else high


def _sharing(bands: list[str]) -> Iterator[tuple[str, str]]:
    """The pairs of bands, in their order, of which each has years that the other has not, and both some."""
    if not overlap(bands):
        return
    ends = [_ends(code) for code in bands]
    for at, (low, high) in enumerate(ends):
        for other in range(at + 1, len(bands)):
            first, last = ends[other]
            if first > high:
                break
            if first > low and last > high:
                yield bands[at], bands[other]
