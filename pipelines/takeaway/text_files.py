"""Tables as CSV: UTF-8, one spelling a type, formulas made harmless; a table of any size fits in memory."""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.takeaway.cells import as_text, harmless
from pipelines.takeaway.selection import Table


def write(table: Table, path: Path) -> int:
    """Write a table; how many of its cells were made harmless."""
    changed = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([harmless(name) for name in table.names])
        for chunk in table.chunks():
            for row in chunk:
                texts = [as_text(value) for value in row]
                safe = [harmless(text) for text in texts]
                changed += sum(a != b for a, b in zip(texts, safe, strict=True))
                writer.writerow(safe)
    return changed
