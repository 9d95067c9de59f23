"""What stands among the data of a table and is most likely none: another table, a note, garbled text.

Each would be read without an objection, as rows of labels that are kept as printed, say.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from pipelines import periods
from pipelines.common.problems import Problem, printable
from pipelines.contracts.layouts import Match, Table
from pipelines.reading.doubtful_periods import doubtful_periods
from pipelines.reading.grids import Grid


def doubts(cells: pd.DataFrame, matches: list[Match], table: Table, grid: Grid, file: str) -> list[Problem]:
    """The problems of an export whose columns were understood."""
    numbers = [match for match in matches if match.column.has_numbers]
    problems = [
        *(_other_tables(cells, numbers, table, grid, file) or _headings(cells, matches, table, file)),
        *_notes(cells, matches, table, file),
        *doubtful_periods(cells, matches, file),
    ]
    if grid.hint:
        reason = f"was read as {grid.encoding}, and is valid UTF-8 too, which {grid.encoding} hardly ever is"
        problems.append(Problem(file, "encoding", reason, next_step=grid.hint))
    return problems


IGNORED = ", or leave the row out with `ignore_rows:`"
LISTED = "; if they are figures, list the label of the row in `codes:` or `code_lists:`"


def _other_tables(
    cells: pd.DataFrame, numbers: list[Match], table: Table, grid: Grid, file: str
) -> list[Problem]:
    """Rows with words where all numbers should be: rows below the header of another table do not belong
    to this one, whatever they look like.
    """
    if cells.empty:
        return []
    positions = [match.position for match in numbers]
    first = cells[positions[0]]
    for row in first.index[first.map(lambda text: _is_word(text, table))]:
        is_heading = len(positions) > 1 or int(row) in grid.after_blank
        if is_heading and all(_is_word(cells.at[row, position], table) for position in positions):
            said = f"'{printable(str(cells.at[row, positions[0]]))}' stands where a number should"
            return [_other_table(int(row), said, file)]
    return []


def _other_table(row: int, said: str, file: str, otherwise: str = IGNORED) -> Problem:
    reason = f"row {row} looks like the header of another table: {said}"
    return Problem(file, "other_table", reason, next_step=f"Give each table a file of its own{otherwise}")


ENOUGH_DIGITS = 8
"""In which a row of numbers agrees with a header, such as two years: by chance, hardly any does."""


def _headings(cells: pd.DataFrame, matches: list[Match], table: Table, file: str) -> list[Problem]:
    """The first row that is another header, though all its cells of numbers are numbers: years, say."""
    numbers = [match for match in matches if match.column.has_numbers]
    headings = [match for match in matches if not match.column.has_numbers and not match.column.ignore]
    if not numbers or not all(any(char.isdigit() for char in match.label) for match in numbers):
        return []
    names = {table.key(match.label) for match in headings}
    own = {match.label for match in numbers}
    for row, texts in zip(cells.index, cells[[m.position for m in numbers]].to_numpy(), strict=True):
        pairs = zip(texts, numbers, strict=True)
        if not all(
            isinstance(text, str) and (text in own or _is_label(text, of, table)) for text, of in pairs
        ):
            continue
        labels = [(of, text) for of in headings if isinstance(text := cells.at[row, of.position], str)]
        if any(table.key(text) in names for _, text in labels) or (
            _is_sequence(list(texts), numbers) and not any(_is_known(*label, table) for label in labels)
        ):
            said = f"its numbers, {printable(', '.join(texts[:3]))}, are labels of columns"
            return [_other_table(int(row), said, file, LISTED)]
    return []


def _is_label(text: str, match: Match, table: Table) -> bool:
    """Whether the text of a number may be the label of its column: it is a period, where that is one."""
    found = table.match(match.position, text)
    if found is None or found[1].column is not match.column:
        return False
    parts = {name: part for name, part in found[1].groups.items() if name in periods.PERIOD_PARTS}
    are_periods = (periods.is_one(part, name, match.column.format) for name, part in parts.items())
    return bool(parts) and all(are_periods)


def _is_sequence(texts: list[str], numbers: list[Match]) -> bool:
    """Whether numbers are the labels of a table in any order, or others as far apart as those."""
    labels = [match.label for match in numbers]
    if len(set(texts)) < len(texts) or len("".join(texts)) < ENOUGH_DIGITS or len(texts) < 2:
        return False
    if set(texts) == set(labels):
        return True
    if not all(text.isdecimal() for text in [*texts, *labels]):
        return False
    steps, own = ([b - a for a, b in pairwise(map(int, each))] for each in (texts, labels))
    return steps == own


def _is_known(match: Match, text: str, table: Table) -> bool:
    """Whether a label is one that the contract or a code list knows."""
    dimension = match.column.dimension
    if not dimension:
        return True  # a period of its own
    lists = table.code_lists.get(dimension)
    return table.maps(dimension, text) or bool(lists and lists.code(text))


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
        if _is_known(match, label, table):
            return
        yield Problem(
            file, "footnote", "has a label and nothing else: is it a note below the table?",
            row=int(str(row)), column=match.label, value=label,
            next_step="`ignore_rows:` leaves notes out; if it is data, list its label in `code_lists:`",
        )  # fmt: skip
