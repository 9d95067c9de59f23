"""What an export prints, for the tests of its sums: also figures in rows that cannot be kept.

A sum is tested where all its parts are known. A row that is rejected leaves some sums unknown and no others:
those of its own figures, and, where it is not understood what it counts, those of its periods.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from pipelines.common.problems import Problem
from pipelines.periods import Period
from pipelines.reading.coverage import periods_of

UNREADABLE = "unreadable"
"""The status of a printed figure that is not kept, since its row is rejected."""


@dataclass(frozen=True)
class PrintedFigures:
    """Every figure whose place is understood, also those of rows that cannot be used: what sums are
    tested on. A figure that is no number, or not to be relied on, is `UNREADABLE`.
    """

    observations: pd.DataFrame
    unplaced: frozenset[Period | None] = frozenset()
    """Periods in which a row stands of which is not known what it counts; None if not even when."""
    row_dimensions: frozenset[str] = frozenset()
    """Dimensions along which such a row may be a part of anything."""

    def along(self, dimension: str) -> pd.DataFrame:
        """The figures whose parts along a dimension are all known, by the place of each."""
        if not self.unplaced or dimension not in self.row_dimensions:
            return self.observations
        if None in self.unplaced:
            return self.observations.iloc[:0]
        spans = zip(self.observations["period_start"], self.observations["period_end"], strict=True)
        is_known = [Period(*span) not in self.unplaced for span in spans]
        return self.observations[is_known]

    def without(self, rows: Collection[int], are_misplaced: bool) -> PrintedFigures:
        """The same, with the figures of some rows not to be relied on, or not even their places."""
        of = self.observations["source_row"].isin(list(rows))
        status = self.observations["value_status"].where(~of, UNREADABLE)
        unplaced = self.unplaced | set(periods_of(self.observations[of])) if are_misplaced else self.unplaced
        return replace(self, observations=self.observations.assign(value_status=status), unplaced=unplaced)


def unplaced(
    problems: list[Problem], figures: pd.DataFrame, periods: Mapping[int, set[Period]]
) -> frozenset[Period | None]:
    """When the rows count of which it is not understood what they count; ``periods`` says it of those
    without figures.
    """
    misplaced = {problem.row for problem in problems if problem.row and problem.rule != "number"}
    known = {row: periods[row] for row in misplaced & periods.keys()}
    found: set[Period | None] = set().union(*known.values())
    placed = figures[figures["source_row"].isin(list(misplaced))]
    found |= set(periods_of(placed))
    if misplaced - known.keys() - set(placed["source_row"]):
        found.add(None)
    return frozenset(found)
