"""Parts that are the sum of others printed next to them: subtotals that nobody calls by that name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import log10

import numpy as np
import pandas as pd

from pipelines.contracts.limits import SUBTOTAL_CELLS
from pipelines.reading.hierarchies import Code, along, beside
from pipelines.reading.printed_figures import UNREADABLE

EVIDENCE = 5.0
"""Digits that must agree by themselves, beyond those that a search of all runs of parts explains."""
CHUNK_CELLS = 1 << 20


@dataclass(frozen=True)
class _Figures:
    """The figures of some parts that are not zero, each with the place of its breakdown and of its part."""

    row: np.ndarray
    part: np.ndarray
    value: np.ndarray

    def chunks(self, rows: np.ndarray, width: int) -> Iterator[np.ndarray]:
        """Some breakdowns as tables with a column for each part, a few at a time."""
        size = max(1, CHUNK_CELLS // width)
        for start in range(0, len(rows), size):
            wanted = rows[start : start + size]
            place = np.searchsorted(wanted, self.row)
            inside = (place < len(wanted)) & (wanted[np.minimum(place, len(wanted) - 1)] == self.row)
            values = np.zeros((len(wanted), width), dtype=np.int64)
            values[place[inside], self.part[inside]] = self.value[inside]
            yield values

    def is_sum(self, part: int, first: int, last: int) -> bool:
        """Whether a part is the sum of a run of others in every breakdown."""
        of = self.part == part
        run = (self.part >= first) & (self.part < last)
        size = int(self.row.max()) + 1
        whole = np.bincount(self.row[of], self.value[of], size)
        return bool((whole == np.bincount(self.row[run], self.value[run], size)).all())


def hidden_subtotals(
    observations: pd.DataFrame, codes: list[Code], dimension: str
) -> Iterator[tuple[str, str]]:
    """Parts along a dimension that are the sum of others printed next to them in every breakdown of
    the export, each with the parts it is the sum of, in words.

    A sum of two or more parts that agrees in enough digits is no accident: each breakdown in which at
    least two of them are not zero adds the digits of its sum to the evidence.
    """
    siblings: dict[str | None, list[str]] = defaultdict(list)
    for code in codes:
        if code.dimension == dimension and code.measure is None:
            siblings[code.whole].append(code.code)
    groups = {whole: parts for whole, parts in siblings.items() if len(parts) >= 3}
    if not groups:
        return
    seen = along(observations, dimension)
    whole_of = {part: at for at, parts in enumerate(groups.values()) for part in parts}
    by_whole = dict(list(seen.groupby(seen["code"].map(whole_of))))
    for at, parts in enumerate(groups.values()):
        if at in by_whole:
            yield from _subtotals(by_whole[at], parts, dimension)


def _subtotals(seen: pd.DataFrame, parts: list[str], dimension: str) -> Iterator[tuple[str, str]]:
    figures = _figures(seen, parts, dimension)
    positive = np.bincount(figures.row)
    rows = np.flatnonzero(positive >= 3)  # a sum and two parts: no other breakdown is evidence
    if not len(rows) or (figures.value < 0).any():
        return
    # Where they are too many, those with most figures; a sum must hold in all others too.
    most = max(1, SUBTOTAL_CELLS // len(parts))
    rows = np.sort(rows[np.argsort(-positive[rows], kind="stable")][:most])
    runs = list(_runs(figures, rows, len(parts)))
    needed = EVIDENCE + 2 * log10(len(parts))
    evidence = _evidence(figures, rows, len(parts), runs)
    told: set[int] = set()
    for (part, first, last), digits in zip(runs, evidence, strict=True):
        if digits >= needed and part not in told and figures.is_sum(part, first, last):
            told.add(part)
            yield parts[part], f"'{parts[first]}' to '{parts[last - 1]}'"


def _figures(seen: pd.DataFrame, parts: list[str], dimension: str) -> _Figures:
    row = seen.groupby(beside(dimension), sort=False).ngroup()
    unknown = row[seen["value_status"] == UNREADABLE].unique()
    place = {part: at for at, part in enumerate(parts)}
    values = pd.DataFrame({"row": row, "part": seen["code"].map(place), "value": seen["value"]})
    values = values[~row.isin(unknown) & (row >= 0)].dropna()
    sums = values.groupby(["row", "part"])["value"].sum().astype("int64")
    filled = sums[sums != 0].reset_index()
    return _Figures(*(filled[name].to_numpy(dtype=np.int64) for name in ("row", "part", "value")))


def _runs(figures: _Figures, rows: np.ndarray, width: int) -> Iterator[tuple[int, int, int]]:
    """Each part that is not always zero, with the runs of two or more parts right after and before it that
    sum to it in every one of some breakdowns. Sums of counts only grow along a line, so that each breakdown
    leaves one stretch of ends, and all of them what their stretches share.
    """
    at = np.arange(width)
    after = [np.zeros(width, dtype=np.int64), np.full(width, width + 1)]
    before = [np.zeros(width, dtype=np.int64), np.full(width, width + 1)]
    largest = np.zeros(width, dtype=np.int64)
    for values in figures.chunks(rows, width):
        largest = np.maximum(largest, values.max(axis=0))
        for line in values:
            sums = np.concatenate([[0], line.cumsum()])
            for ends, wanted in ((after, sums[1:] + line), (before, sums[:-1] - line)):
                ends[0] = np.maximum(ends[0], np.searchsorted(sums, wanted, "left"))
                ends[1] = np.minimum(ends[1], np.searchsorted(sums, wanted, "right"))
    last = np.maximum(after[0], at + 3)
    first = before[0]
    is_after, is_before = last < after[1], first < np.minimum(before[1], at - 1)
    for part in np.flatnonzero((largest > 0) & (is_after | is_before)).tolist():
        if is_after[part]:
            yield part, part + 1, int(last[part])
        if is_before[part]:
            yield part, int(first[part]), part


def _evidence(
    figures: _Figures, rows: np.ndarray, width: int, runs: list[tuple[int, int, int]]
) -> list[float]:  # fmt: skip
    """The digits in which each run agrees with its part where two of its parts or more are not zero."""
    if not runs:
        return []
    part, first, last = (np.array(each) for each in zip(*runs, strict=True))
    digits = np.zeros(len(runs))
    for values in figures.chunks(rows, width):
        for line in values:
            filled = np.concatenate([[0], (line > 0).cumsum()])
            is_evidence = filled[last] - filled[first] >= 2
            digits += np.where(is_evidence, np.log10(np.maximum(line[part], 1)), 0)
    return digits.tolist()
