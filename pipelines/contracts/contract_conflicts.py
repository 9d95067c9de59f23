"""What a contract says twice, or in vain: either way one of the two would be dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipelines.contracts.codes import MEASURE, PATH, CodeList, code_list, letters, normalised
from pipelines.contracts.layouts import EVERY_OTHER, Table, header_names, is_pattern, outside_names
from pipelines.contracts.word_types import ANY_LABEL
from pipelines.contracts.words import CodeEntry, Contract, Layout
from pipelines.observation import TOTAL
from pipelines.periods import PERIOD_PARTS

Finding = tuple[tuple[Any, ...], str]


def contradictions(contract: Contract, layout: Layout, table: Table) -> Iterator[Finding]:
    """Place and reason of everything that is said twice or has no effect."""
    yield from _characters(layout)
    yield from _labels(layout, table)
    yield from _dimensions(layout, table)
    yield from _periods(layout)
    yield from _unused_words(layout)
    yield from _codes(layout, table)
    yield from _code_lists(contract)
    yield from _relatives(contract, table)
    if layout.match_labels == "by_letters":
        yield from _same_letters(contract, layout, table)
    for name in contract.other_dimensions:
        if name in (*PERIOD_PARTS, "released_on", MEASURE):
            yield ("other_dimensions", name), f"'{name}' already has a meaning; call it something else"


def _characters(layout: Layout) -> Iterator[Finding]:
    if layout.groupChar == layout.decimalChar:
        yield ("groupChar",), "is the same as decimalChar; one number would have two readings"
    if layout.delimiter == layout.quoteChar:
        yield ("delimiter",), "is the same as quoteChar"


def _labels(layout: Layout, table: Table) -> Iterator[Finding]:
    """One label of two columns; rows to be ignored by a column that is not there."""
    owner: dict[str, str] = {}
    for key, column in layout.columns.items():
        if key == EVERY_OTHER or is_pattern(key):
            continue
        for label in (key, *column.aliases):
            first = owner.setdefault(table.key(label), key)
            if first != key:
                yield ("columns", key), f"the label '{label}' is that of `{first}` too"
    has_others = any(key == EVERY_OTHER or is_pattern(key) for key in layout.columns)
    for at, rule in enumerate(layout.ignore_rows):
        if table.key(rule.column) not in owner and not has_others:
            yield ("ignore_rows", at, "column"), f"there is no column '{rule.column}' in `columns:`"


def _dimensions(layout: Layout, table: Table) -> Iterator[Finding]:
    """A dimension that more than one of rows, header, column, table and file name gives."""
    outside = {table.split(name): "the file's name, sheet or cells" for name in outside_names(layout)}
    fixed = outside | {(name, 1): "`set:`" for name in layout.set}
    for name in layout.set:
        if (name, 1) in outside:
            yield ("set", name), f"{name} is given by the file's name too"
    rows: set[tuple[str, int]] = set()
    for key, column in layout.columns.items():
        if column.dimension and not column.has_numbers:
            place = column.dimension, column.level or 1
            if place in fixed:
                yield ("columns", key), f"{column.dimension} is given by a column and by {fixed[place]}"
            if place in rows:
                reason = f"{column.dimension} is given by more than one column"
                yield ("columns", key), f"{reason}; if they are its levels, say `level:`"
            rows.add(place)
    yield from _in_numbers(layout, table, rows)


def _in_numbers(layout: Layout, table: Table, rows: set[tuple[str, int]]) -> Iterator[Finding]:
    """A dimension that the header of a column of numbers gives, and that it is given elsewhere too."""
    for key, column in layout.columns.items():
        if not column.has_numbers:
            continue
        given = [table.split(name) for name in header_names(key, column)]
        given += [(name, 1) for name in (*column.set, *([MEASURE] if column.measure else []))]
        for name, level in given:
            if level == 1 and name in layout.set and name not in PERIOD_PARTS:
                yield ("columns", key), f"{name} is given by this column and by `set:` of the table"
        for (name, level), count in Counter(given).items():
            if name not in PERIOD_PARTS and (count > 1 or (name, level) in rows):
                yield ("columns", key), f"{name} is given twice for these numbers"


def _periods(layout: Layout) -> Iterator[Finding]:
    parts = [
        name
        for key, column in layout.columns.items()
        for name in ([column.period] if not column.has_numbers else header_names(key, column))
        if name in PERIOD_PARTS
    ] + [name for name in outside_names(layout) if name in PERIOD_PARTS]
    if layout.period is not None and parts:
        yield ("period",), f"the period is given by `{parts[0]}` in columns or the file's name too"
    of_file = layout.period is not None or set(outside_names(layout)) & set(PERIOD_PARTS)
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


def _codes(layout: Layout, table: Table) -> Iterator[Finding]:
    mappings: list[tuple[tuple[Any, ...], object]] = [(("codes", n), c) for n, c in layout.codes.items()]
    mappings += [(("columns", key, "codes"), column.codes) for key, column in layout.columns.items()]
    for at, codes in mappings:
        if isinstance(codes, dict):
            labels = Counter(table.key(label) for label in codes if label not in ("", ANY_LABEL))
            for label in codes:
                if labels[table.key(label)] > 1:
                    yield (*at, label), f"the label '{label}' is given twice"


def _same_letters(contract: Contract, layout: Layout, table: Table) -> Iterator[Finding]:
    """Labels of different codes that differ in punctuation only: by letters they are the same."""
    used = {name for name in (*table.row_dimensions, *table.varying) if name in table.code_lists}
    for dimension in sorted(used):
        owner: dict[str, tuple[str, str]] = {}
        for label, code in table.code_lists[dimension].labels.items():
            known, other = owner.setdefault(letters(label), (code, label))
            if known != code:
                yield ("match_labels",), f"'{label}' and '{other}' of {dimension} have the same letters"


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


def _relatives(contract: Contract, table: Table) -> Iterator[Finding]:
    """Codes that code lists point at and that do not exist, or that are parts of themselves."""
    for dimension, entries in contract.code_lists.items():
        known = table.code_lists.get(dimension)
        if known is None:  # reported by the checks of names
            continue
        for code, entry in entries.items():
            if isinstance(entry, str):
                continue
            at = ("code_lists", dimension, code)
            if entry.parent and not _is_known(entry.parent, known):
                yield (*at, "parent"), f"'{entry.parent}' is not a code of {dimension}"
            if _is_circle(code, known):
                yield (*at, "parent"), f"'{code}' is a part of itself"
            for other in entry.replaced_by:
                if not _is_known(other, known):
                    yield (*at, "replaced_by"), f"'{other}' is not a code of {dimension}"
                if other == code:
                    yield (*at, "replaced_by"), f"'{code}' is replaced by itself"


def _is_known(code: str, known: CodeList) -> bool:
    """Whether a code is listed; one that carries its path comes from the data."""
    return known.has(code) or PATH in code


def _is_circle(code: str, known: CodeList) -> bool:
    seen = [code]
    while (parent := known.parents.get(seen[-1])) is not None:
        if parent in seen:
            return True
        seen.append(parent)
    return False


def _printed(entry: str | CodeEntry) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [label for label in (entry.label, entry.label_ko, *entry.aliases) if label]
