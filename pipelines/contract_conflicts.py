"""What a contract says twice, or in vain: either way one of the two would be dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipelines.codes import MEASURE, code_list, normalised
from pipelines.file_patterns import group_names
from pipelines.layouts import EVERY_OTHER, Table, header_names, is_pattern
from pipelines.observation import TOTAL
from pipelines.periods import PERIOD_PARTS
from pipelines.words import CodeEntry, Contract, Layout

Finding = tuple[tuple[Any, ...], str]


def contradictions(contract: Contract, layout: Layout, table: Table) -> Iterator[Finding]:
    """Place and reason of everything that is said twice or has no effect."""
    yield from _characters(layout)
    yield from _labels(layout)
    yield from _dimensions(layout, table)
    yield from _periods(layout)
    yield from _unused_words(layout)
    yield from _codes(layout)
    yield from _code_lists(contract)
    for name in contract.other_dimensions:
        if name in (*PERIOD_PARTS, "released_on", MEASURE):
            yield ("other_dimensions", name), f"'{name}' already has a meaning; call it something else"


def _characters(layout: Layout) -> Iterator[Finding]:
    if layout.groupChar == layout.decimalChar:
        yield ("groupChar",), "is the same as decimalChar; one number would have two readings"
    if layout.delimiter == layout.quoteChar:
        yield ("delimiter",), "is the same as quoteChar"


def _labels(layout: Layout) -> Iterator[Finding]:
    """One label of two columns; rows to be ignored by a column that is not there."""
    owner: dict[str, str] = {}
    for key, column in layout.columns.items():
        if key == EVERY_OTHER or is_pattern(key):
            continue
        for label in (key, *column.aliases):
            first = owner.setdefault(normalised(label), key)
            if first != key:
                yield ("columns", key), f"the label '{label}' is that of `{first}` too"
    has_others = any(key == EVERY_OTHER or is_pattern(key) for key in layout.columns)
    for at, rule in enumerate(layout.ignore_rows):
        if normalised(rule.column) not in owner and not has_others:
            yield ("ignore_rows", at, "column"), f"there is no column '{rule.column}' in `columns:`"


def _dimensions(layout: Layout, table: Table) -> Iterator[Finding]:
    """A dimension that more than one of rows, header, column, table and file name gives."""
    fixed = {
        **dict.fromkeys(group_names(layout.files), "the file's name"),
        **dict.fromkeys(layout.set, "`set:`"),
    }
    for name in set(layout.set) & set(group_names(layout.files)):
        yield ("set", name), f"{name} is given by the file's name too"
    for name in table.row_dimensions:
        if name in fixed:
            key = next(k for k, c in layout.columns.items() if c.dimension == name and not c.has_numbers)
            yield ("columns", key), f"{name} is given by a column and by {fixed[name]}"
    for key, column in layout.columns.items():
        if not column.has_numbers:
            continue
        given = [*header_names(key, column), *column.set, *([MEASURE] if column.measure else [])]
        for name, count in Counter(given).items():
            if name not in PERIOD_PARTS and (count > 1 or name in table.row_dimensions):
                yield ("columns", key), f"{name} is given twice for these numbers"


def _periods(layout: Layout) -> Iterator[Finding]:
    parts = [
        name
        for key, column in layout.columns.items()
        for name in ([column.period] if not column.has_numbers else header_names(key, column))
        if name in PERIOD_PARTS
    ] + [name for name in group_names(layout.files) if name in PERIOD_PARTS]
    if layout.period is not None and parts:
        yield ("period",), f"the period is given by `{parts[0]}` in columns or the file's name too"
    of_file = layout.period is not None or set(group_names(layout.files)) & set(PERIOD_PARTS)
    if layout.released_on == "period_end" and not of_file:
        yield ("released_on",), "`period_end` needs a period in the file's name or `period:`"


def _unused_words(layout: Layout) -> Iterator[Finding]:
    for key, column in layout.columns.items():
        if column.format and column.period not in ("day", "start", "end"):
            yield ("columns", key, "format"), "goes with `period: day`, `start` or `end`"
        if column.format and not any(sign in column.format for sign in ("%Y", "%y", "%G", "%c", "%x")):
            yield ("columns", key, "format"), "has no year, which would be read as 1900"
        if column.fill_down and column.has_numbers:
            yield ("columns", key, "fill_down"), "numbers that are filled down would be counted twice"


def _codes(layout: Layout) -> Iterator[Finding]:
    mappings: list[tuple[tuple[Any, ...], object]] = [(("codes", n), c) for n, c in layout.codes.items()]
    mappings += [(("columns", key, "codes"), column.codes) for key, column in layout.columns.items()]
    for at, codes in mappings:
        if isinstance(codes, dict):
            labels = Counter(normalised(label) for label in codes)
            for label in codes:
                if labels[normalised(label)] > 1:
                    yield (*at, label), f"the label '{label}' is given twice"


def _code_lists(contract: Contract) -> Iterator[Finding]:
    for dimension, entries in contract.code_lists.items():
        known = code_list(dimension).labels
        owner: dict[str, str] = {}
        for code, entry in entries.items():
            at = ("code_lists", dimension, code)
            if code == TOTAL:
                yield at, "`total` means not broken down; map a total's label to it under `codes:`"
            for label in _printed(entry):
                other = owner.setdefault(normalised(label), code)
                if other != code:
                    yield at, f"the label '{label}' is that of '{other}' too"
                if known.get(normalised(label), code) != code:
                    listed = known[normalised(label)]
                    yield at, f"'{label}' stands for '{listed}' in sql/codes/{dimension}.csv"


def _printed(entry: str | CodeEntry) -> list[str]:
    return [entry] if isinstance(entry, str) else [entry.label, *entry.aliases]
