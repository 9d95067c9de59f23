"""The fields of a record-level export, found in its columns, and how DuckDB is to read each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.common import record_sql
from pipelines.common.problems import Problem, closest, counted, printable, suggestion
from pipelines.common.record_sql import listed as literals
from pipelines.common.record_sql import literal, quoted
from pipelines.contracts.codes import normalised
from pipelines.contracts.layouts import EVERY_OTHER, Table
from pipelines.contracts.limits import TOLD_COLUMNS
from pipelines.contracts.record_layouts import HEADER_AGAIN, ONE_CELL, UNREADABLE
from pipelines.contracts.record_values import FORMATS
from pipelines.contracts.record_words import RecordField

SQL_TYPES = {
    "string": "varchar", "integer": "bigint", "number": "double", "boolean": "boolean", "date": "date",
    "datetime": "timestamp", "yearmonth": "date",
}  # fmt: skip
WHAT = {
    "string": "a text", "integer": "a whole number", "number": "a number", "boolean": "a truth value",
    "date": "a date", "datetime": "a date and time", "yearmonth": "a month",
}  # fmt: skip
TEXT = "VARCHAR"
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_NUMBERS = (*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL")
_DAYS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
FITTING = {
    "string": (*_INTEGERS, "BOOLEAN", *_DAYS, "TIME", "UUID"), "integer": _NUMBERS, "number": _NUMBERS,
    "boolean": (*_INTEGERS, "BOOLEAN"), "date": _DAYS, "datetime": _DAYS, "yearmonth": _DAYS,
}  # fmt: skip
"""Type of a field → those of a column of Parquet, beside text, of which it is told what they mean. A code
among numbers with decimals may be 11 or 11.0.
"""
FIRST, LAST = "timestamp '1000-01-01'", "timestamp '9999-12-31 23:59:59.999999'"
"""DuckDB takes 204-01-04 for a day of the year 204, and knows days before Christ and none at all."""
_INTEGER = r"\s*[+-]?[0-9]+(\.(0{0,2}|0{4,}))?\s*"
"""Of 1.000 nobody knows whether it is one or a thousand."""
_NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"


@dataclass(frozen=True)
class Bound:
    """A field of the contract at its place in a file; ``position`` is None where the file has none."""

    name: str
    field: RecordField
    position: int | None
    column_type: str = TEXT
    """What the cells are in the file, in the words of DuckDB."""


def bind(table: Table, labels: list[str], file: str) -> tuple[list[Bound], list[Problem]]:
    """Every field of the contract with its place among the labels of a file, and what does not fit."""
    fields = table.layout.fields
    wanted = {
        table.key(label): name
        for name, field in fields.items()
        if name != EVERY_OTHER
        for label in (name, *field.aliases)
    }
    if not any(table.key(label) in wanted for label in labels):
        return [], [_no_header(table, labels, file)]
    # Without a header the first record stands in its place, and a message is published.
    is_withheld = any(field.tells_who for field in fields.values())
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for position, label in enumerate(labels):
        if len(problems) > TOLD_COLUMNS:
            reason = f"and more: {len(labels):,} columns, of which so many are not understood"
            return [], [*problems, Problem(file, "header", reason)]
        name = wanted.get(table.key(label))
        if name is None and EVERY_OTHER not in fields:
            problems.append(_unknown(file, position, label, wanted.values(), is_withheld))
        elif name in found:
            reason = f"columns {found[name] + 1} and {position + 1} are both '{name}'"
            problems.append(Problem(file, "repeated_column", reason, column=label,
                                    next_step="See `aliases:` in the contract"))  # fmt: skip
        elif name is not None:
            found[name] = position
    others = {label: at for at, label in enumerate(labels, start=1) if table.key(label) not in wanted}
    for name, field in fields.items():
        if name != EVERY_OTHER and name not in found and not field.optional:
            near = closest(name, others) if is_withheld else None
            told = f"; it may be column {others[near]}" if near else suggestion(name, others)
            reason = f"has no column '{name}'{'' if is_withheld and not near else told}"
            step = "Add its new label to `aliases:`, or say `optional: true`"
            problems.append(Problem(file, "missing_column", reason, next_step=step))
    bound = [Bound(name, f, found.get(name)) for name, f in fields.items() if name != EVERY_OTHER]
    return bound, problems


def _no_header(table: Table, labels: list[str], file: str) -> Problem:
    """What to say of a first row that has no label of the contract: it may be a record, so that none of its
    cells is told.
    """
    fields = [name for name in table.layout.fields if name != EVERY_OTHER]
    told = ", ".join(f"'{printable(name)}'" for name in fields[:TOLD_COLUMNS])
    more = f" and {len(fields) - TOLD_COLUMNS} more" if len(fields) > TOLD_COLUMNS else ""
    reason = (
        f"its header is missing: none of the {counted(len(labels), 'cell')} of the row in its place is the "
        f"label of a field; expected are {told}{more}"
    )
    skipped = f", or `skip_rows: {table.layout.skip_rows}` leaves it out" if table.layout.skip_rows else ""
    step = f"Fetch the file again with its header{skipped}; labels that are new go into `aliases:`"
    return Problem(file, "header", reason, next_step=step)


def _unknown(file: str, position: int, label: str, known: Iterable[str], is_withheld: bool) -> Problem:
    step = "Add it to `fields:`, with `ignore:` if it is not used"
    said = f"column {position + 1}"
    if is_withheld:
        reason = f"{said} is not in the contract{suggestion(label, known)}"
        step = f"{step}. Its label is not told here, since a record may stand in the place of the header"
        return Problem(file, "unknown_column", reason, next_step=step)
    reason = f"{said} '{label}' is not in the contract{suggestion(label, known)}"
    return Problem(file, "unknown_column", reason, column=label, next_step=step)


def selected(bound: Sequence[Bound], salt: str, is_typed: bool, labels: Sequence[str] = ()) -> str:
    """The select list that turns the columns ``c0``, ``c1``, … of a file, as `cleaned` gives them, into typed
    fields, in the order of the contract; ``is_typed`` where the file has types of its own. ``labels`` are
    those of its header.
    """
    kept = [b for b in bound if b.field.is_kept]
    listed = [f"{_typed(b, salt)} as {quoted(b.name)}" for b in kept]
    faults = [
        f"when c{b.position} is not null and {_read(b)} is null then {at}"
        for at, b in enumerate(bound, start=1)
        if b.position is not None and b.field.ignore is None and b.field.type != "string"
    ]
    faults = [*(() if is_typed else _no_records(kept, labels)), *faults]
    fault = f"case {' '.join(faults)} end" if faults else "null"
    return ", ".join([*listed, f"cast({fault} as smallint) as {UNREADABLE}"])


def cleaned(bound: Sequence[Bound], source: str, missing: Iterable[str]) -> str:
    """A scan whose cells are as labels are: in NFC, with one blank for white space and none around; what is
    blank or stands for a missing value is null. Numbers, days and truth values lose the blanks around them.
    """
    places = {b.position: b for b in bound if b.position is not None and b.field.ignore is None}
    texts = {at for at, b in places.items() if b.column_type == TEXT}
    nothing = literals(dict.fromkeys(["", *map(normalised, missing)]))
    tidy, told = [], []
    for at in sorted(places):
        cell = f"c{at}"
        is_label = places[at].field.type == "string"
        tidy.append(f"{record_sql.normalised(cell) if is_label else f'trim({cell})'} as {cell}"
                    if at in texts else cell)  # fmt: skip
        told.append(f"case when {cell} not in ({nothing}) then {cell} end as {cell}" if at in texts else cell)
    return record_sql.selection(told, record_sql.selection(tidy, source))


def unfit(bound: Sequence[Bound], labels: Sequence[str], file: str) -> Iterator[Problem]:
    """Columns of a file with types of its own that cannot be what their field is: of what DuckDB would make
    of a list, of bytes or of a time with a zone nobody knows what it means.
    """
    for b in bound:
        fitting = (TEXT, *FITTING[b.field.type])
        if b.position is None or b.field.ignore is not None:
            continue
        is_decimal = b.column_type.startswith("DECIMAL(")
        if b.column_type in fitting or (
            is_decimal and ("DECIMAL" in fitting or b.column_type.endswith(",0)"))
        ):
            continue
        reason = f"its cells are of type {printable(b.column_type)}, and the field is {WHAT[b.field.type]}"
        step = f"Save it as text, or as {', '.join(FITTING[b.field.type])}"
        if b.column_type == "TIMESTAMP WITH TIME ZONE":
            reason = "its times have a time zone: on which day one is depends on where it is read"
            step = "Save them in the publisher's own time, without a zone"
        yield Problem(file, "type", reason, column=labels[b.position], next_step=step)


def _no_records(kept: Sequence[Bound], labels: Sequence[str]) -> Iterator[str]:
    """Rows that are none though each of their cells may be: the header once more, and those of which at
    most one cell is filled, such as notes and rows of delimiters alone.
    """
    cells = [(f"c{b.position}", labels[b.position]) for b in kept if b.position is not None]
    cells.sort(key=lambda cell: int(cell[0][1:]))
    if len(cells) < 3:
        return
    same = " and ".join(f"{cell} = {literal(label)}" for cell, label in cells if label)
    yield f"when {same} then {HEADER_AGAIN}"
    filled = " + ".join(f"cast({cell} is not null as tinyint)" for cell, _ in cells)
    first, second = cells[0][0], cells[1][0]  # of most rows no more is asked
    yield f"when ({first} is null or {second} is null) and {filled} < 2 then {ONE_CELL}"


def _typed(bound: Bound, salt: str) -> str:
    if bound.position is None:
        return f"cast(null as {SQL_TYPES[bound.field.type]})"
    if bound.field.personal == "hash":
        # The first half of SHA-256 over a secret and the text: equal texts stay equal, and without the
        # secret nobody can try out names.
        return f"substr(sha256({literal(salt)} || cast(c{bound.position} as varchar)), 1, 32)"
    return _read(bound)


def _read(bound: Bound) -> str:
    """The value of a cell, null where it is not of its type. Nothing is read leniently: DuckDB's own casts
    round 12.7 to 13, take 0x1F and nan for numbers, and 24-01-04 and ``epoch`` for days.
    """
    field, cell = bound.field, f"c{bound.position}"
    text = cell if bound.column_type == TEXT else f"cast({cell} as varchar)"
    sql_type = SQL_TYPES[field.type]
    if field.type == "string":
        return text
    if field.type == "boolean":
        true, false = literals(field.trueValues), literals(field.falseValues)
        return f"case when {text} in ({true}) then true when {text} in ({false}) then false end"
    if field.type in FORMATS:
        form = literal(field.format or FORMATS[field.type])
        is_text = bound.column_type == TEXT
        moment = f"try_strptime({cell}, {form})" if is_text else f"try_cast({cell} as timestamp)"
        tests = [f"regexp_matches({cell}, '[0-9]')"] if is_text else []  # epoch is 1900 to DuckDB
        tests.append(f"{moment} between {FIRST} and {LAST}")
        return f"cast(case when {' and '.join(tests)} then {moment} end as {sql_type})"
    pattern = literal(_INTEGER if field.type == "integer" else _NUMBER)
    return f"case when regexp_full_match({text}, {pattern}) then try_cast({cell} as {sql_type}) end"
