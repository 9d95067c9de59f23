"""Whether a record-level contract makes sense: what the schema of its words cannot say."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.common.problems import printable, suggestion
from pipelines.contracts.codes import MEASURE, normalised
from pipelines.contracts.duckdb_words import refusal
from pipelines.contracts.layouts import EVERY_OTHER, Table, outside_names
from pipelines.contracts.record_layouts import RESERVED, breakdowns, dimensions_counted
from pipelines.contracts.record_values import EXAMPLES, value_of
from pipelines.contracts.record_words import RecordField
from pipelines.contracts.words import Contract, Layout
from pipelines.observation import TOTAL
from pipelines.periods import PERIOD_PARTS

Finding = tuple[tuple[Any, ...], str]

RECORD_WORDS = ("fields", "dated_by", "measures", "rollup", "repeated_rows")
TABLE_WORDS = (
    "sheet", "cells", "header", "fill_right", "groupChar", "grouping", "decimalChar", "cumulative", "columns",
    "parents", "totals", "totals_severity", "ignore_rows",
)  # fmt: skip


def misplaced(contract: Contract, layout: Layout) -> Iterator[Finding]:
    """Words of tables in a contract of records, and the other way round: they would do nothing."""
    is_table = contract.kind == "table"
    other = "records" if is_table else "table"
    for word in RECORD_WORDS if is_table else TABLE_WORDS:
        if getattr(layout, word) != Layout.model_fields[word].get_default(call_default_factory=True):
            yield (word,), f"goes with `kind: {other}`"


def record_findings(layout: Layout, table: Table, known: tuple[str, ...]) -> Iterator[Finding]:
    """Place and reason of everything that is wrong with a layout of records."""
    if not layout.fields:
        yield ("fields",), "is required: say what each column is"
        return
    if not layout.measures:
        yield ("measures",), "is required: say what is counted, e.g. `suspects: count`"
    yield from _encodings(layout)
    yield from _labels(layout, table)
    yield from _fields(layout, table, known)
    yield from _period(layout)
    yield from _measures(layout, table)
    yield from _breakdowns(layout, table)


def _encodings(layout: Layout) -> Iterator[Finding]:
    for encoding in layout.encodings:
        try:
            line_end = "\n".encode(codecs.lookup(encoding).name)
        except (LookupError, UnicodeError):
            continue  # said elsewhere
        if not line_end.endswith(b"\n") or b"\0" in line_end:
            yield ("encoding",), f"{encoding} cannot be read line by line; save the export as UTF-8"


def _labels(layout: Layout, table: Table) -> Iterator[Finding]:
    """Fields that a file or DuckDB could not tell apart."""
    owner: dict[str, str] = {}
    for name, field in layout.fields.items():
        if name.casefold().startswith(RESERVED):
            yield ("fields", name), f"names that begin with {RESERVED} are our own"
        if name == EVERY_OTHER:
            if field.ignore is None:
                yield ("fields", name), "`*` is for columns that are not used: `{ignore: why}`"
            continue
        for label in (name, *field.aliases):
            first = owner.setdefault(table.key(label), name)
            if first != name:
                yield ("fields", name), f"the label '{label}' is that of `{first}` too"
    folded: dict[str, str] = {}
    for name in layout.fields:
        if folded.setdefault(name.casefold(), name) != name:
            reason = f"differs from `{folded[name.casefold()]}` only in upper and lower case"
            yield ("fields", name), reason


def _fields(layout: Layout, table: Table, known: tuple[str, ...]) -> Iterator[Finding]:
    given = {table.split(name)[0] for name in outside_names(layout)} | layout.set.keys()
    seen: dict[str, str] = {}
    for name, field in layout.fields.items():
        at = ("fields", name)
        yield from _taken(at, field)
        yield from _values((*at, "constraints", "enum"), field.constraints.enum or (), field, layout)
        if not field.dimension:
            continue
        if field.dimension not in known or field.dimension == MEASURE:
            near = suggestion(field.dimension, known)
            reason = f"'{field.dimension}' is not a dimension{near}; others go under `other_dimensions:`"
            yield (*at, "dimension"), reason
        elif field.dimension in given:
            yield (*at, "dimension"), f"the file's name or `set:` gives {field.dimension} already"
        elif seen.setdefault(field.dimension, name) != name:
            yield (*at, "dimension"), f"`{seen[field.dimension]}` gives {field.dimension} already"
        codes = field.codes if isinstance(field.codes, dict) else {}
        for label, code in codes.items():
            if code == TOTAL:
                yield (*at, "codes", label), "a record is never of the total"


def _taken(at: tuple[Any, ...], field: RecordField) -> Iterator[Finding]:
    """Patterns and formats that DuckDB does not take."""
    pattern = field.constraints.pattern
    if pattern is not None and (reason := refusal("pattern", pattern)):
        said = f"'{printable(pattern)}' is not a regular expression of RE2, which matches records"
        yield (*at, "constraints", "pattern"), f"{said}: {reason}"
    if field.format and (reason := refusal("format", field.format)):
        yield (*at, "format"), f"'{printable(field.format)}' is not a format that DuckDB reads: {reason}"


def _period(layout: Layout) -> Iterator[Finding]:
    parts = set(outside_names(layout)) & set(PERIOD_PARTS)
    has_file_period = layout.period is not None or bool(parts)
    if layout.dated_by is None:
        if not has_file_period:
            yield (
                ("fields",),
                "no period: say `dated_by:` a field, or name a group such as `(?P<month>…)` in `files:`",
            )
        elif layout.rollup.period not in ("file", "month"):
            yield ("rollup", "period"), "the file's name is all that says when: use `file`"
        return
    field = layout.fields.get(layout.dated_by)
    if field is None:
        yield ("dated_by",), f"'{layout.dated_by}' is not a field{suggestion(layout.dated_by, layout.fields)}"
    elif field.type not in ("date", "datetime", "yearmonth") or not field.is_kept or field.personal:
        yield ("dated_by",), f"'{layout.dated_by}' must be a date, datetime or yearmonth that is kept"
    elif field.type == "yearmonth" and layout.rollup.period == "day":
        yield ("rollup", "period"), f"'{layout.dated_by}' is a month: its days are not known"
    if layout.rollup.period == "file" and not has_file_period:
        yield ("rollup", "period"), "the file's name does not say its period"


def _measures(layout: Layout, table: Table) -> Iterator[Finding]:
    for measure, count in layout.measures.items():
        at = ("measures", measure)
        if not table.code_lists[MEASURE].has(measure):
            near = suggestion(measure, table.code_lists[MEASURE].codes)
            reason = f"'{measure}' is not a code of measure{near}; add it to `code_lists: measure:`"
            yield at, reason
        for name in (*([count.distinct] if count.distinct else []), *count.where):
            field = layout.fields.get(name)
            if field is None or not field.is_kept:
                yield at, f"'{name}' is not a field that is kept{suggestion(name, layout.fields)}"
            elif name in count.where and count.where[name] == ["true"] and field.type != "boolean":
                yield at, f"'{name}' is no boolean: say which values count, `where: {{{name}: […]}}`"
            elif name in count.where and field.personal:
                yield at, f"'{name}' is kept as a hash: no value of it can be asked for"
        for name, texts in count.where.items():
            field = layout.fields.get(name)
            if field and field.is_kept and not field.personal:
                yield from _values((*at, "where", name), texts, field, layout)


def _values(
    at: tuple[Any, ...], texts: Iterable[str], field: RecordField, layout: Layout
) -> Iterator[Finding]:  # fmt: skip
    """Values that no cell of a field can have: of them nothing would ever be counted."""
    missing = {normalised(text) for text in layout.statuses}
    for text in texts:
        if value_of(text, field) is None:
            yield at, f"'{text}' is not {EXAMPLES[field.type]}, which is what `type: {field.type}` has"
        elif normalised(text) in missing:
            yield at, f"'{text}' stands for a missing value"


def _breakdowns(layout: Layout, table: Table) -> Iterator[Finding]:
    counted = dimensions_counted(table)
    asked = [(("rollup", "by"), layout.rollup.by)]
    asked += [(("measures", measure), count.by) for measure, count in layout.measures.items()]
    for at, by in asked:
        for name in {name for breakdown in by or [] for name in breakdown}:
            if name not in counted:
                yield at, f"no field has `dimension: {name}`{suggestion(name, counted)}"
    used = {
        name
        for count in layout.measures.values()
        for breakdown in breakdowns(table, count)
        for name in breakdown
    }
    for dimension, (name, _) in counted.items():
        if dimension not in used:
            reason = f"nothing is counted by {dimension}: name it in `rollup: by:`, or leave `dimension:` out"
            yield ("fields", name), reason
