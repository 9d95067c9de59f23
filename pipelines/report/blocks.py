"""A block of the report: a chart with its table, its caveats, and the exports that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePosixPath

from markupsafe import Markup

from pipelines.common.problems import printable
from pipelines.contracts.codes import PATH
from pipelines.observation import TOTAL
from pipelines.report.charts import Specification
from pipelines.report.contradictions import contradiction
from pipelines.report.figures import Row
from pipelines.report.words import Words, day

FILES = 3
"""How many exports a block names."""


@dataclass(frozen=True)
class Block:
    """What is shown of some figures."""

    heading: str
    table: Markup
    chart: Specification | None = None
    notes: list[str] = field(default_factory=list)
    origin: str = ""
    is_wide: bool = False
    """Whether the table stands below the chart, as it is too wide for a place beside it."""


def notes(words: Words, rows: Sequence[Row], *more: str) -> list[str]:
    """Caveats that hold of some rows, after those that the caller knows of."""
    found = [note for note in more if note]
    regions = {row.get("region", TOTAL) for row in rows}
    if len(regions) == 1 and TOTAL not in regions:
        found.append(words("one region", region=words.label("region", regions.pop())))
    if any(row.get("is_provisional") for row in rows):
        found.append(words("provisional"))
    if any(row.get("is_corrected") for row in rows):
        found.append(words("corrected"))
    if not all(row.get("is_additive", True) for row in rows):
        found.append(words("not additive"))
    return found


def contradicted(
    words: Words, rows: Sequence[Row], dimension: str, contradictions: Sequence[Row]
) -> list[str]:
    """Contradictions among the figures that some rows are, along one dimension. That of the shares names the
    sum of the parts, so that the one of that sum need not be told as well.
    """
    measure, when = rows[0]["measure"], (rows[0]["period_start"], rows[0]["period_end"])
    types = {row["crime_type"] for row in rows} if dimension == "age_band" else {TOTAL}
    found = [
        row
        for row in contradictions
        if (row["measure"], row["dimension"]) == (measure, dimension)
        and (row["period_start"], row["period_end"]) == when
        and row["crime_type"] in types
    ]
    of_shares = {row["crime_type"] for row in found if row["kind"] == "share_base"}
    return [
        contradiction(words, row)
        for row in found
        if row["kind"] != "sum_of_parts" or row["crime_type"] not in of_shares
    ]


def largest(words: Words, rows: Sequence[Row]) -> str:
    """That not all is shown, where it is not."""
    found = rows[0]["found"]
    return words("largest of", shown=len(rows), found=found) if found > len(rows) else ""


def origin(words: Words, rows: Iterable[Row]) -> str:
    """The exports that some figures come from, the newest first."""
    files = {(row["source_file"], row["released_on"]) for row in rows if row.get("source_file")}
    if not files:
        return ""
    newest = sorted(files, key=lambda file: (file[1], file[0]), reverse=True)
    named = [
        words("origin file", file=printable(PurePosixPath(file).name), day=day(released))
        for file, released in newest[:FILES]
    ]
    if len(newest) > FILES:
        named.append(words("origin more", count=len(newest) - FILES))
    return words("origin", files=", ".join(named))


def by_measure(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each measure, in their order."""
    return [list(group) for _, group in groupby(rows, key=lambda row: row["measure"])]


def labels(rows: Iterable[Row], name: Callable[[Row], str], code: str) -> dict[str, str]:
    """By code a label that no other code has: charts tell bars apart by their labels."""
    named = {row[code]: name(row) for row in rows}
    taken = list(named.values())
    return {key: label if taken.count(label) == 1 else f"{label} ({key})" for key, label in named.items()}


def ends(names: dict[str, str]) -> dict[str, str]:
    """The same labels for charts, where room is scarce: of a path its last level, where no other has it."""
    last = {key: label.rpartition(PATH)[2] for key, label in names.items()}
    taken = list(last.values())
    return {key: last[key] if taken.count(last[key]) == 1 else names[key] for key in names}
