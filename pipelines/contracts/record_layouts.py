"""What a record-level contract says about counting: by which dimensions, in which breakdowns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from pipelines.contracts.layouts import EVERY_OTHER, Table
from pipelines.contracts.record_words import CountWords, RecordField
from pipelines.contracts.word_types import ANY_LABEL, AS_PRINTED

RESERVED = "caseload_"
"""How the columns begin that we add to the records."""
UNREADABLE = "caseload_unreadable"
"""Column of the staged records: the place of the first cell that is not of its type, from 1; or why a
row is none."""
HEADER_AGAIN, ONE_CELL = -1, -2
NO_RECORD = {
    HEADER_AGAIN: "repeats the header: another table may begin here",
    ONE_CELL: "has one cell at most: is it a note, or a line of delimiters?",
}


def dimensions_counted(table: Table) -> dict[str, tuple[str, RecordField]]:
    """Dimension → the field, with its name, that gives it."""
    fields = table.layout.fields.items()
    return {f.dimension: (name, f) for name, f in fields if f.dimension and name != EVERY_OTHER}


def codes_named(table: Table, dimension: str) -> list[str] | None:
    """Every code that a field of a dimension can have, where the contract names them: in ``bands:``,
    ``enum:`` or ``codes:``. None where other labels may come.
    """
    _, field = dimensions_counted(table)[dimension]
    mapped = field.codes or table.layout.codes.get(dimension)
    if mapped == AS_PRINTED or (isinstance(mapped, dict) and ANY_LABEL in mapped):
        return None
    codes = list(mapped.values()) if isinstance(mapped, dict) else []
    if field.constraints.enum is not None:
        codes += [code for text in field.constraints.enum if (code := table.code(dimension, text, field))]
    elif not field.bands and not codes:
        return None
    return list(dict.fromkeys([*field.bands, *codes]))


def breakdowns(table: Table, count: CountWords) -> list[tuple[str, ...]]:
    """The breakdowns that a contract asks of a measure: each dimension alone where it does not say."""
    by = table.layout.rollup.by if count.by is None else count.by
    if by is None:
        return [(dimension,) for dimension in dimensions_counted(table)] or [()]
    return [tuple(dict.fromkeys(names)) for names in by] or [()]


def subsets(breakdown: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A breakdown and everything that it is broken down from, down to the total."""
    for size in range(len(breakdown), -1, -1):
        yield from combinations(breakdown, size)
