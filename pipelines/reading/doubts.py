"""What stands among the data of a table and is most likely none: another table, a note, garbled text.

Each would be read without an objection, as rows of labels that are kept as printed, say.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipelines import periods
from pipelines.common.problems import Problem, printable
from pipelines.contracts.layouts import Match, Table
from pipelines.reading.grids import Grid


def doubts(cells: pd.DataFrame, matches: list[Match], table: Table, grid: Grid, file: str) -> list[Problem]:
    """The problems of an export whose columns were understood."""
    numbers = [match for match in matches if match.column.has_numbers]
    problems = [
        *_other_tables(cells, numbers, table, grid, file),
        *_notes(cells, matches, table, file),
        *_swapped_dates(cells, matches, file),
    ]
    if grid.hint:
        reason = f"was read as {grid.encoding}, and is valid UTF-8 too, which {grid.encoding} hardly ever is"
        problems.append(Problem(file, "encoding", reason, next_step=grid.hint))
    return problems


def _other_tables(
    cells: pd.DataFrame, numbers: list[Match], table: Table, grid: Grid, file: str
) -> Iterator[Problem]:
    """Rows with words where all numbers should be: rows below the header of another table do not belong
    to this one, whatever they look like.
    """
    if cells.empty:
        return
    positions = [match.position for match in numbers]
    first = cells[positions[0]]
    for row in first.index[first.map(lambda text: _is_word(text, table))]:
        is_heading = len(positions) > 1 or int(row) in grid.after_blank
        if is_heading and all(_is_word(cells.at[row, position], table) for position in positions):
            yield Problem(
                file, "other_table", f"row {row} looks like the header of another table: "
                f"'{printable(str(cells.at[row, positions[0]]))}' stands where a number should",
                next_step="Give each table a file of its own, or leave the row out with `ignore_rows:`",
            )  # fmt: skip
            return


def _is_word(text: object, table: Table) -> bool:
    is_text = isinstance(text, str) and text not in table.layout.statuses
    return is_text and not any(char.isdigit() for char in str(text))


def _notes(cells: pd.DataFrame, matches: list[Match], table: Table, file: str) -> Iterator[Problem]:
    """The last rows, where they have a label that no code list knows and nothing else."""
    labels = [match for match in matches if match.column.dimension and not match.column.has_numbers]
    if not labels or not any(match.column.has_numbers for match in matches):
        return
    for row in reversed(cells.index):
        filled = cells.loc[row].dropna()
        if len(filled) != 1 or filled.index[0] not in [match.position for match in labels]:
            return
        match = next(match for match in labels if match.position == filled.index[0])
        assert match.column.dimension
        label = str(filled.iloc[0])
        lists = table.code_lists.get(match.column.dimension)
        if table.maps(match.column.dimension, label) or (lists and lists.code(label)):
            return
        yield Problem(
            file, "footnote", "has a label and nothing else: is it a note below the table?",
            row=int(str(row)), column=match.label, value=label,
            next_step="`ignore_rows:` leaves notes out; if it is data, list its label in `code_lists:`",
        )  # fmt: skip


def _swapped_dates(cells: pd.DataFrame, matches: list[Match], file: str) -> Iterator[Problem]:
    """A date that is none as the contract has it, and one with the month first: of 03/04/2021 in the rows
    beside it nobody knows which day it is.
    """
    for match in matches:
        column = match.column
        if not column.period or not column.format:
            continue
        for text in cells[match.position].dropna().unique():
            try:
                periods.parse(text, column.period, column.format)
            except ValueError:
                if periods.is_swapped(text, column.format):
                    reason = f"'{printable(text)}' {periods.SWAPPED}"
                    yield Problem(
                        file, "period", reason, column=match.label, value=text, next_step=periods.SWAPPED_STEP
                    )
                    break
