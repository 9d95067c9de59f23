"""Cells of a workbook whose meaning depends on their column: numbers without the words of their formats, and
rows set aside in which a cell that is read shows something else than it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace

import pandas as pd

from pipelines import periods
from pipelines.common.problems import Problem
from pipelines.contracts.layouts import Match
from pipelines.reading.grids import DOUBT_STEP, Grid, WorkbookCells

RULE = "cell"
COVERS = (
    "stands in a cell that is merged with others: it may be the number of one of them, of each, or their sum"
)
COVERS_STEP = "Split the cell and write a number in each, or fetch the export as CSV"


def label_doubts(grid: Grid, matches: list[Match], file: str) -> list[Problem]:
    """Columns that are read and whose label is not known."""
    if not grid.workbook:
        return []
    doubts = grid.workbook.header_doubts
    return [
        Problem(
            file, "header", f"its label {doubts[match.position]}", column=match.label, next_step=DOUBT_STEP
        )
        for match in matches
        if match.position in doubts and not match.column.ignore
    ]


def settled(grid: Grid, matches: list[Match], file: str) -> Grid:
    """The grid as its columns are read; of a CSV it is the same."""
    if not grid.workbook:
        return grid
    cells = grid.cells.copy()
    for match in matches:
        if match.column.has_numbers or match.column.period:
            addresses = ((row, match.position) for row in map(int, cells.index))
            texts = zip(addresses, cells[match.position], strict=True)
            cells[match.position] = [
                grid.workbook.numbers[at]
                if at in grid.workbook.numbers and not _is_period(text, match)
                else text
                for at, text in texts
            ]
    read = {match.position: match for match in matches if not match.column.ignore}
    problems = [
        *_doubtful(grid, grid.workbook, read, file),
        *_covering(grid, grid.workbook, read, file),
    ]
    aside = {problem.row for problem in problems if problem.row}
    ragged = {row: [_text(cells, row, at) or "" for at in range(len(grid.labels))] for row in aside}
    return replace(
        grid,
        cells=cells.drop(list(aside)),
        problems=[*grid.problems, *problems],
        ragged=dict(sorted({**grid.ragged, **ragged}.items())),
    )


def _is_period(text: str, match: Match) -> bool:
    """Whether a text with the words of its format, such as 1분기, is a period of its column."""
    part = match.column.period
    return part is not None and periods.is_one(text, part, match.column.format)


def _doubtful(grid: Grid, found: WorkbookCells, read: dict[int, Match], file: str) -> Iterator[Problem]:
    rows = _rows(grid)
    for (row, position), doubt in sorted(found.doubts.items()):
        if row in rows and position in read:
            text = _text(grid.cells, row, position)
            label = read[position].label
            yield Problem(file, RULE, doubt, row=row, column=label, value=text, next_step=DOUBT_STEP)


def _covering(grid: Grid, found: WorkbookCells, read: dict[int, Match], file: str) -> Iterator[Problem]:
    """Numbers that stand for several cells; the others are empty, and would be missing."""
    rows = _rows(grid)
    told: set[int] = set()
    for (row, position), (first, left) in sorted(found.merged.items()):
        is_read = row in rows and first in rows and position in read and left in read
        if not is_read or not read[left].column.has_numbers:
            continue
        for each in sorted({first, row} - told):
            told.add(each)
            yield Problem(
                file, RULE, COVERS, row=each, column=read[left].label, value=_text(grid.cells, first, left),
                next_step=COVERS_STEP,
            )  # fmt: skip


def _text(cells: pd.DataFrame, row: int, position: int) -> str | None:
    text = cells.at[row, position]
    return text if isinstance(text, str) else None


def _rows(grid: Grid) -> Set[int]:
    return {int(row) for row in grid.cells.index}
