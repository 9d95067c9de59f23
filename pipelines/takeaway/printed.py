"""What is printed in one cell of an export, read by the code that reads exports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.common.problems import UnreadableExport
from pipelines.contracts.contract import FILE_NAME, load
from pipelines.contracts.documents import ContractError
from pipelines.reading import exports, grids
from pipelines.reading.hashes import Hashes

CELLS = 6
"""Cells of a row that are shown."""


@dataclass(frozen=True)
class Printed:
    """The text of a cell, and of its row; or why it cannot be told."""

    text: str | None = None
    row: tuple[str, ...] = ()
    problem: str | None = None


class Reader:
    """Reads cells of exports below a raw folder; each file once."""

    def __init__(self, raw: Path) -> None:
        self._raw = raw
        self._grids: dict[tuple[str, str], grids.Grid | str] = {}

    def cell(self, source_file: str, export_id: str, row: int, column: str) -> Printed:
        """What stands in a row and column of the export that has this content."""
        key = (source_file, export_id)
        if key not in self._grids:
            self._grids[key] = self._grid(source_file, export_id)
        grid = self._grids[key]
        if isinstance(grid, str):
            return Printed(problem=grid)
        if column not in grid.labels or row not in grid.cells.index:
            return Printed(problem="the contract reads the file otherwise by now; run again")
        cells = ["" if text is None else str(text) for text in grid.cells.loc[row]]
        return Printed(cells[grid.labels.index(column)], tuple(cells[:CELLS]))

    def _grid(self, source_file: str, export_id: str) -> grids.Grid | str:
        """The cells of an export, or why they cannot be read."""
        name, _, below = source_file.partition("/")
        folder = self._raw / name
        path = folder / exports.workbook(below)
        if not (folder / FILE_NAME).is_file() or not path.is_file():
            return f"the file is not below `{self._raw}`; --raw names another folder"
        try:
            source = load(folder)
            found = exports.described(source, path, exports.workbook(below), Hashes())
            export = next((each for each in found if each.file == source_file), None)
            if export is None or export.table is None:
                return "the contract does not read the file any more"
            if export.export_id != export_id:
                return f"the file has other content by now ({export.export_id})"
            return grids.read(export.path, export.file, source.tables[export.table].layout, export.sheet)
        except (ContractError, UnreadableExport, OSError) as error:
            return f"it cannot be read: {error}"
