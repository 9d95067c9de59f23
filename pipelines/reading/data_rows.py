"""Which rows of a grid are data: footnotes left out, merged cells filled down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pandas as pd

from pipelines.contracts.layouts import Match, Table
from pipelines.contracts.limits import PATTERN_TEXT
from pipelines.reading.grids import Grid


def data_rows(grid: Grid, matches: list[Match], table: Table) -> tuple[pd.DataFrame, dict[int, list[str]]]:
    """The data rows with merged cells filled down, and the ragged ones, without those that are no data.

    An ignored row still gives its label to the rows below (a subtotal above its parts), unless it
    is ignored for what stands in that very column (a footnote).
    """
    cells, ragged = grid.cells.copy(), dict(grid.ragged)
    ignored: set[int] = set()
    footnotes: dict[int, set[int]] = {}
    for rule in table.layout.ignore_rows:
        for match in matches:
            if table.is_called(match, rule.column):
                position, pattern = match.position, re.compile(rule.pattern)
                hits = {int(str(row)) for row, text in cells[position].items() if _fits(pattern, text)}
                hits |= {
                    row
                    for row, texts in ragged.items()
                    if position < len(texts) and _fits(pattern, texts[position])
                }
                footnotes[position] = footnotes.get(position, set()) | hits
                ignored |= hits
    ragged = {row: texts for row, texts in ragged.items() if row not in ignored}
    # Outer levels first: a new label there ends what is filled down further in.
    starts: dict[str, list[tuple[int, set[int]]]] = {}
    for match in sorted(matches, key=lambda match: match.column.level or 1):
        column, texts = match.column, cells[match.position]
        if column.dimension and column.level:
            level, dimension = column.level, column.dimension
            before = {row for outer, rows in starts.get(dimension, []) if outer < level for row in rows}
        else:
            level, dimension, before = 1, "", set()
        if column.fill_down:
            notes = footnotes.get(match.position, set())
            texts = pd.Series(_filled_down(texts, notes, ragged, before), index=texts.index, dtype=object)
            cells[match.position] = texts
        if dimension:
            footnotes_here = footnotes.get(match.position, set()) & set(texts.index)
            starts.setdefault(dimension, []).append((level, _changes(texts.drop(list(footnotes_here)))))
    return cells[~cells.index.isin(ignored)], ragged


def _fits(pattern: re.Pattern[str], text: str | None) -> bool:
    return bool(text) and len(str(text)) <= PATTERN_TEXT and bool(pattern.fullmatch(str(text)))


def raw_rows(cells: pd.DataFrame, ragged: Mapping[int, list[str]]) -> dict[int, str]:
    """Row number → its cells as JSON: what is kept of a rejected row."""
    listed = {int(row): list(values) for row, values in zip(cells.index, cells.to_numpy(), strict=True)}
    return {row: json.dumps(values, ensure_ascii=False) for row, values in {**listed, **ragged}.items()}


def _changes(texts: pd.Series) -> set[int]:
    """The rows in which a column says something else than in the row above."""
    return {int(str(row)) for row in texts.index[texts.fillna("") != texts.fillna("").shift()]}


def _filled_down(
    texts: pd.Series, footnotes: set[int], ragged: Mapping[int, list[str]], starts: set[int]
) -> list[str | None]:
    """The labels of a column, each repeated until the next; not past a row that could not be read,
    which may hold the next, nor into a row where an outer level starts anew.
    """
    filled: list[str | None] = []
    label, since = None, 0
    for row, text in texts.items():
        row = int(str(row))
        if row in starts:
            label = None
        if isinstance(text, str) and row not in footnotes:
            label, since = text, row
        elif any(since < broken < row for broken in ragged):
            label = None
        filled.append(text if row in footnotes else label)
    return filled
