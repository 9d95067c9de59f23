"""Which periods the figures of an export cover, and where one is missing between others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pandas as pd

from pipelines.contracts.codes import MEASURE
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import ONE_DAY, Period, kind

LISTED = 5
_SERIES = [MEASURE, *DIMENSIONS, "other_dimensions"]


def gaps(observations: pd.DataFrame, is_cumulative: bool = False) -> Iterator[str]:
    """What is missing, in words: periods between others of their kind, unless they are cumulative, and
    periods that some series lack between their first and their last.
    """
    periods = periods_of(observations)
    if not is_cumulative:
        for before, after in missing_between(periods):
            yield gap(before, after)
    for alike in _by_kind(periods).values():
        yield from _lacking(observations, alike)


def periods_of(observations: pd.DataFrame) -> list[Period]:
    """The periods of some figures, each once."""
    given = observations[["period_start", "period_end"]].drop_duplicates()
    return [Period(start, end) for start, end in given.itertuples(index=False)]


def gap(before: Period, after: Period) -> str:
    """That a period is missing between two others, in words."""
    return f"there is no {kind(before)} between {before.short} and {after.short}"


def missing_between(periods: Iterable[Period]) -> Iterator[tuple[Period, Period]]:
    """The neighbours, of months, quarters, halves and years, between which another is missing."""
    for name, alike in _by_kind(periods).items():
        if name != "window":
            for before, after in pairwise(alike):
                if after.start > before.end + ONE_DAY:
                    yield before, after


def _by_kind(periods: Iterable[Period]) -> dict[str, list[Period]]:
    """Months, quarters, … each in their order."""
    found: dict[str, list[Period]] = defaultdict(list)
    for period in sorted(periods, key=lambda period: period.start):
        found[kind(period)].append(period)
    return found


def _lacking(observations: pd.DataFrame, periods: list[Period]) -> Iterator[str]:
    """Series with a figure before and after a period and none for it."""
    place = {(period.start, period.end): at for at, period in enumerate(periods)}
    pairs = zip(observations["period_start"], observations["period_end"], strict=True)
    places = pd.Series([place.get(pair, -1) for pair in pairs], index=observations.index)
    seen = observations[_SERIES].fillna("").assign(at=places)
    seen = seen[seen["at"] >= 0]
    spans = seen.groupby(_SERIES, sort=False)["at"].agg(["min", "max", "nunique", "unique"])
    broken = spans[spans["nunique"] <= spans["max"] - spans["min"]]
    lacking: dict[int, list[str]] = defaultdict(list)
    for series, span in broken.iterrows():
        for at in sorted(set(range(span["min"], span["max"])) - set(span["unique"])):
            lacking[at].append(named(series))  # type: ignore[arg-type]
    for at in sorted(lacking):
        yield f"{periods[at].short} lacks {_listed(lacking[at])}, which earlier and later periods have"


def named(series: Iterable[str]) -> str:
    """What figures count, by their codes."""
    return ", ".join(code for code in series if code and code != TOTAL)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return "; ".join(names[:LISTED]) + more
