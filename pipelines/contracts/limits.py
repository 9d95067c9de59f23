"""How large an export may be before it is refused: bounds of memory and time for files that nobody has
looked at yet.

The defaults are far above what publishers send, and low enough that no file takes a machine down. A
contract raises one under ``limits:``; docs/explanation/safety.md has them in a table.
"""

from __future__ import annotations

from pydantic import Field

from pipelines.contracts.word_types import Words

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

TABLE_BYTES = 64 * MIB
RECORDS_BYTES = 8 * GIB

CSV_CELL = 128 * KIB
"""Characters of a cell that Python's CSV reader takes; a quotation mark that is never closed ends there."""
GZIP_AT_ONCE = 64 * MIB
"""Unpacked bytes up to which the ratio of a gzip file is not looked at: a small one does no harm."""
WORKBOOK_ENTRIES = 2_000
"""Files in the ZIP archive that a workbook is."""
WORKBOOK_ROWS = 1 << 20
"""Rows with a format of their own in all sheets together; a worksheet has no more."""
WORKBOOK_PARTS = 400_000
"""XML elements of a workbook besides its rows, cells and texts: each costs about a kilobyte."""
BAD_LINES = 100_000
"""Lines of a record-level export that are no rows, kept one by one with their text."""
BAD_LINE_CHARS = 32 * MIB
"""Of the text of those lines, all together."""
CONTRACT_BYTES = 256 * KIB
CONTRACT_NODES = 200_000
"""Values in a contract once its aliases are written out."""
TOLD_COLUMNS = 50
"""Columns of a file that are told one by one where the contract knows none of them."""
SUBTOTAL_CELLS = 4_000_000
"""Figures, zeros included, among which subtotals that nobody calls by that name are looked for."""
PATTERN_TEXT = 5_000
"""Characters of a cell on which the regular expressions of a contract are tried: none fits a longer one."""


class Limits(Words):
    """How large an export may be; a larger one is refused before it is read."""

    bytes: int | None = Field(
        None, ge=1, description="Of the file: 64 MiB for a table, 8 GiB for records if nothing is said."
    )
    unpacked_bytes: int | None = Field(
        None, ge=1, description="Of a workbook (128 MiB) or a gzip file (32 GiB) once it is unpacked."
    )
    ratio: int = Field(
        250, ge=1, description="How many times as long as itself a gzip file may be once it is unpacked."
    )
    lines: int = Field(30_000_000, ge=1, description="Lines of records, or rows of a Parquet file.")
    columns: int = Field(16_384, ge=1, description="Columns: what a worksheet can have.")
    cells: int = Field(250_000, ge=1, description="Cells of a table, empty ones included.")
    cell_length: int = Field(
        32_767, ge=1, le=CSV_CELL, description="Characters of a cell of a table: what a worksheet can have."
    )
    line_bytes: int = Field(1 * MIB, ge=1, le=64 * MIB, description="Bytes of a line.")
    labels: int = Field(100_000, ge=1, description="Different labels of a dimension in an export of records.")
    sheets: int = Field(256, ge=1, description="Sheets of a workbook.")

    @property
    def table_bytes(self) -> int:
        return self.bytes or TABLE_BYTES

    @property
    def records_bytes(self) -> int:
        return self.bytes or RECORDS_BYTES

    @property
    def workbook_bytes(self) -> int:
        return self.unpacked_bytes or 128 * MIB

    @property
    def gzip_bytes(self) -> int:
        return self.unpacked_bytes or 32 * GIB


DEFAULTS = Limits()


def raised(word: str) -> str:
    """The next step for a file that is beyond a limit."""
    return f"Look at it first; if it is right, raise `limits: {{{word}: …}}` in the contract"
