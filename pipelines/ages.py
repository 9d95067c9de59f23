"""Age bands: their codes, and the ways in which publishers write them that can mean only one band."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

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


def contains(outer: str, inner: str) -> bool:
    """Whether one band has all years of another and more."""
    a, b = age_bounds(outer), age_bounds(inner)
    if a is None or b is None or a == b:
        return False
    (low, high), (first, last) = a, b
    return low <= first and (high is None or (last is not None and last <= high))


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


def width(code: str) -> int:
    """Years of age in a band; open ones are the widest."""
    low, high = age_bounds(code) or (0, None)
    return 1000 - low if high is None else high - low


def oddities(codes: Iterable[str]) -> Iterator[str]:
    """What is odd about the bands of a distribution, in words: years of age in none, or in two."""
    bands = sorted({code for code in codes if age_bounds(code)}, key=_place)
    for one, other in _sharing(bands):
        yield f"ages {one} and {other} share years of age: the bands have no sum"
    reached = None
    for band in bands:
        low, high = age_bounds(band) or (0, None)
        if reached is not None and low > reached:
            yield f"no band gives age {_spelled(reached, low - 1)}"
        if high is None:
            return
        reached = max(reached or 0, high + 1)


def _place(code: str) -> tuple[int, int]:
    """Where a band stands: by its beginning, then by its end, open ones last."""
    low, high = age_bounds(code) or (0, None)
    return low, 1000 if high is None else high


def _spelled(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def overlap(codes: Iterable[str]) -> bool:
    """Whether some bands share years of age and neither contains the other: they have no sum."""
    return any(_sharing(codes))


def _sharing(codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for one, other in combinations(codes, 2):
        if _meet(one, other) and not contains(one, other) and not contains(other, one):
            yield one, other


def _meet(one: str, other: str) -> bool:
    a, b = age_bounds(one), age_bounds(other)
    if a is None or b is None:
        return False
    return (a[1] is None or b[0] <= a[1]) and (b[1] is None or a[0] <= b[1])
