"""What an export says outside its table: in its name, the name of its sheet, and single cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.common.problems import Problem, UnreadableExport, printable, suggestion
from pipelines.contracts.layouts import RELEASED_ON, Table, is_pattern
from pipelines.contracts.limits import PATTERN_TEXT
from pipelines.contracts.words import Layout
from pipelines.periods import parse_day
from pipelines.reading import grids, workbooks
from pipelines.reading.headings import Groups


@dataclass(frozen=True)
class Reader:
    """A table that reads a file, and, where a workbook has several to be read, the sheet."""

    table: Table
    sheet: str | None
    groups: Groups
    """What the file's name and the sheet's say."""
    problem: str | None = None


def readers(tables: list[Table], path: Path, file: str, below: str) -> list[Reader]:
    """Every table that reads the file known in its source as ``below``, sheet by sheet; a table whose
    sheet the workbook does not have has a reader with a problem. Raises UnreadableExport when a
    workbook must be opened to tell, and cannot be.
    """
    fitting = [(table, match) for table in tables if (match := table.files.fullmatch(below))]
    named = [(table, _groups(match)) for table, match in fitting]
    by_sheet = len(named) > 1 or any(is_pattern(str(table.layout.sheet)) for table, _ in named)
    if not by_sheet or not workbooks.is_workbook(path):
        return [Reader(table, None, groups) for table, groups in named]
    limits = max((table.layout.limits for table, _ in named), key=lambda limits: limits.workbook_bytes)
    titles = workbooks.titles(path, file, limits)
    result: list[Reader] = []
    for table, groups in named:
        own = [
            Reader(table, title, (*groups, *found))
            for at, title in enumerate(titles, start=1)
            if (found := _sheet_groups(table.layout.sheet, title, at)) is not None
        ]
        result += own or [Reader(table, str(table.layout.sheet), groups, _no_sheet(table, titles))]
    return result


def _groups(match: re.Match[str]) -> Groups:
    return tuple((name, text) for name, text in match.groupdict().items() if text)


def _sheet_groups(wanted: str | int, title: str, at: int) -> Groups | None:
    """What the title of a sheet says, or None if it is not one that is wanted."""
    if isinstance(wanted, str) and is_pattern(wanted):
        match = re.fullmatch(wanted[1:-1], title.strip())
        return _groups(match) if match else None
    return () if wanted in (title, at) else None


def cell_groups(layout: Layout, path: Path, file: str, sheet: str | None) -> Groups:
    """What the cells that the contract names say. Raises UnreadableExport."""
    if not layout.cells:
        return ()
    found: Groups = ()
    for cell in layout.cells:
        text = grids.cell(path, file, layout, cell.at, cell.sheet or sheet)
        match = re.fullmatch(cell.pattern, text) if len(text) <= PATTERN_TEXT else None
        if not match:
            raise UnreadableExport([
                Problem(
                    file, "cells", f"cell {cell.at} says '{printable(text)}', which does not match "
                    f"`{cell.pattern}`", next_step="See `cells:` in the contract",
                )
            ])  # fmt: skip
        found += _groups(match)
    return found


def once(groups: Groups, name: str) -> str | None:
    """The text of a group that a name, a sheet and cells may all give. Raises ValueError if they
    give different ones.
    """
    texts = [text for found, text in groups if found == name]
    if name == RELEASED_ON and len({parse_day(text) for text in texts}) > 1:
        raise ValueError(f"{' and '.join(texts)} are both given")
    return texts[0] if texts else None


def _no_sheet(table: Table, titles: list[str]) -> str:
    near = suggestion(str(table.layout.sheet).strip("/"), titles)
    return f"has no sheet that fits `sheet: {table.layout.sheet}`{near}; its sheets: {', '.join(titles)}"
