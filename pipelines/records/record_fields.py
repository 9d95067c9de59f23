"""The fields of a record-level export, found in its columns, and how DuckDB is to read each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.common.problems import Problem, suggestion
from pipelines.common.record_sql import listed as literals
from pipelines.common.record_sql import literal, quoted
from pipelines.contracts.layouts import EVERY_OTHER, Table
from pipelines.contracts.limits import TOLD_COLUMNS
from pipelines.contracts.record_layouts import HEADER_AGAIN, ONE_CELL, UNREADABLE
from pipelines.contracts.record_words import RecordField

SQL_TYPES = {
    "string": "varchar", "integer": "bigint", "number": "double", "boolean": "boolean", "date": "date",
    "datetime": "timestamp", "yearmonth": "date",
}  # fmt: skip
WHAT = {
    "integer": "a whole number", "number": "a number", "boolean": "a truth value", "date": "a date",
    "datetime": "a date and time", "yearmonth": "a month",
}  # fmt: skip
FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S", "yearmonth": "%Y-%m"}
_INTEGER = r"\s*[+-]?[0-9]+(\.(0{0,2}|0{4,}))?\s*"
"""Of 1.000 nobody knows whether it is one or a thousand."""
_NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"


@dataclass(frozen=True)
class Bound:
    """A field of the contract at its place in a file; ``position`` is None where the file has none."""

    name: str
    field: RecordField
    position: int | None


def bind(table: Table, labels: list[str], file: str) -> tuple[list[Bound], list[Problem]]:
    """Every field of the contract with its place among the labels of a file, and what does not fit."""
    fields = table.layout.fields
    wanted = {
        table.key(label): name
        for name, field in fields.items()
        if name != EVERY_OTHER
        for label in (name, *field.aliases)
    }
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for position, label in enumerate(labels):
        if len(problems) > TOLD_COLUMNS:
            reason = f"and more: {len(labels):,} columns, of which so many are not understood"
            return [], [*problems, Problem(file, "header", reason)]
        name = wanted.get(table.key(label))
        if name is None and EVERY_OTHER not in fields:
            near = suggestion(label, wanted.values())
            problems.append(
                Problem(
                    file, "unknown_column", f"column {position + 1} '{label}' is not in the contract{near}",
                    column=label, next_step="Add it to `fields:`, with `ignore:` if it is not used",
                )
            )  # fmt: skip
        elif name in found:
            reason = f"columns {found[name] + 1} and {position + 1} are both '{name}'"
            problems.append(Problem(file, "repeated_column", reason, column=label,
                                    next_step="See `aliases:` in the contract"))  # fmt: skip
        elif name is not None:
            found[name] = position
    for name, field in fields.items():
        if name != EVERY_OTHER and name not in found and not field.optional:
            near = suggestion(name, [label for label in labels if table.key(label) not in wanted])
            reason = f"has no column '{name}'{near}"
            step = "Add its new label to `aliases:`, or say `optional: true`"
            problems.append(Problem(file, "missing_column", reason, next_step=step))
    bound = [Bound(name, f, found.get(name)) for name, f in fields.items() if name != EVERY_OTHER]
    return bound, problems


def selected(bound: Sequence[Bound], salt: str, is_typed: bool, labels: Sequence[str] = ()) -> str:
    """The select list that turns the columns ``c0``, ``c1``, … of a file into typed fields, in the order
    of the contract; ``is_typed`` where the file has types of its own. ``labels`` are those of its header.
    """
    kept = [b for b in bound if b.field.is_kept]
    listed = [f"{_typed(b, salt, is_typed)} as {quoted(b.name)}" for b in kept]
    faults = [
        f"when {_cell(b, is_typed)} is not null and {_read(b, is_typed)} is null then {at}"
        for at, b in enumerate(bound, start=1)
        if b.position is not None and b.field.ignore is None and b.field.type != "string"
    ]
    faults = [*(() if is_typed else _no_records(kept, labels)), *faults]
    fault = f"case {' '.join(faults)} end" if faults else "null"
    return ", ".join([*listed, f"cast({fault} as smallint) as {UNREADABLE}"])


def _no_records(kept: Sequence[Bound], labels: Sequence[str]) -> Iterator[str]:
    """Rows that are none though each of their cells may be: the header once more, and those of which at
    most one cell is filled, such as notes and rows of delimiters alone.
    """
    cells = [(f"c{b.position}", labels[b.position]) for b in kept if b.position is not None]
    cells.sort(key=lambda cell: int(cell[0][1:]))
    if len(cells) < 3:
        return
    same = " and ".join(f"trim({cell}) = {literal(label)}" for cell, label in cells if label)
    yield f"when {same} then {HEADER_AGAIN}"
    filled = " + ".join(f"cast({cell} is not null as tinyint)" for cell, _ in cells)
    first, second = cells[0][0], cells[1][0]  # of most rows no more is asked
    yield f"when ({first} is null or {second} is null) and {filled} < 2 then {ONE_CELL}"


def _typed(bound: Bound, salt: str, is_typed: bool) -> str:
    if bound.position is None:
        return f"cast(null as {SQL_TYPES[bound.field.type]})"
    if bound.field.personal == "hash":
        # The first half of SHA-256 over a secret and the text: equal texts stay equal, and without the
        # secret nobody can try out names.
        return f"substr(sha256({literal(salt)} || {_cell(bound, is_typed)}), 1, 32)"
    return _read(bound, is_typed)


def _cell(bound: Bound, is_typed: bool) -> str:
    cell = f"c{bound.position}"
    return f"cast({cell} as varchar)" if is_typed and bound.field.type == "string" else cell


def _read(bound: Bound, is_typed: bool) -> str:
    """The value of a cell, null where it is not of its type. Nothing is read leniently: DuckDB's own casts
    round 12.7 to 13 and take 0x1F and nan for numbers.
    """
    field, cell = bound.field, _cell(bound, is_typed)
    sql_type = SQL_TYPES[field.type]
    if field.type == "string":
        return cell
    if field.type == "boolean":
        true, false = literals(field.trueValues), literals(field.falseValues)
        text = f"cast({cell} as varchar)" if is_typed else f"trim({cell})"
        return f"case when {text} in ({true}) then true when {text} in ({false}) then false end"
    if field.type in FORMATS:
        if is_typed:
            return f"try_cast({cell} as {sql_type})"
        form = literal(field.format or FORMATS[field.type])
        moment = f"try_strptime(trim({cell}), {form})"
        # DuckDB takes 204-01-04 for a day of the year 204.
        return f"cast(case when {moment} >= timestamp '1000-01-01' then {moment} end as {sql_type})"
    pattern = literal(_INTEGER if field.type == "integer" else _NUMBER)
    return (
        f"case when regexp_full_match(cast({cell} as varchar), {pattern}) then "
        f"try_cast({cell} as {sql_type}) end"
    )
