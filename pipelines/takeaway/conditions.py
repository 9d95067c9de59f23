"""Which row is meant by conditions such as ``measure=cases period=2020``; or why it is none, or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines import periods
from pipelines.common.problems import counted, printable, suggestion
from pipelines.takeaway import published
from pipelines.takeaway.published import Column, Described
from pipelines.takeaway.refusals import Refused

if TYPE_CHECKING:
    import duckdb

PERIOD = "period"
"""A condition on both ends of the period: 2020, 2020-03, 2020-Q1 or 2024-11/2025-10."""
LISTED = 20
CHOICES = 12
_VALUES = 400
_ENDS = ("period_start", "period_end")
_TOTAL = "total"
_DIMENSIONS = ("region", "sex", "crime_type", "age_band")
"""Where no condition names one of these, the figure that it does not break down is meant, if there is one."""
_FIRST = ("source", "measure", PERIOD, "crime_type", "region", "age_band", "sex")
"""What people tell figures apart by, before anything else."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Condition:
    """A column and the text of the value that it must have; an empty one asks for an empty cell."""

    column: str
    text: str
    said: str


@dataclass(frozen=True)
class Meant:
    """The one row that is meant; ``taken`` are the conditions that were added to those that were given."""

    row: Row
    taken: list[str]


@dataclass(frozen=True)
class Candidates:
    """Rows that all fit, by what tells them apart: columns, and the period as one."""

    rows: list[Row]
    columns: list[str]
    count: int
    taken: list[str]
    choices: dict[str, list[str]]
    """The conditions of each column, of which one is to be added."""


def rows_meant(
    connection: duckdb.DuckDBPyConnection, relation: Described, words: list[str]
) -> Meant | Candidates:
    """The one row that fits the conditions, else those that do. Raises Refused if there is none.

    Where several fit, a dimension that no condition names is taken to be total, if there is such a row.
    """
    columns = published.columns(connection, relation)
    conditions = [each for word in words for each in _conditions(word, columns, relation.name)]
    found = connection.table(relation.qualified_name)
    fitting = _filtered(found, conditions)
    names = [column.name for column in columns]
    if not fitting.limit(1).fetchall():
        raise Refused(_why_none(found, conditions, relation))
    taken: list[str] = []
    named = {condition.column for condition in conditions}
    for name in _DIMENSIONS:
        if name in names and name not in named:
            totals = _filtered(fitting, [Condition(name, _TOTAL, f"{name}={_TOTAL}")])
            if 0 < _count(totals) < _count(fitting):
                fitting = totals
                taken.append(f"{name}={_TOTAL}")
    rows = fitting.limit(2).fetchall()
    if len(rows) == 1:
        return Meant(dict(zip(names, rows[0], strict=True)), taken)
    return _candidates(fitting, relation, columns, taken)


def _conditions(word: str, columns: list[Column], relation: str) -> list[Condition]:
    name, sign, text = word.partition("=")
    names = [column.name for column in columns]
    if not sign:
        raise Refused(f"'{printable(word)}' is no condition: write column=value, e.g. measure=cases.")
    if name == PERIOD and "period_start" in names:
        try:
            period = periods.parse(text, "interval").period()
        except ValueError as error:
            raise Refused(f"{printable(word)}: {error}.") from None
        ends = (("period_start", period.start), ("period_end", period.end))
        return [Condition(column, day.isoformat(), word) for column, day in ends if column in names]
    if name not in names:
        near = suggestion(name, names)
        raise Refused(f"{relation} has no column '{printable(name)}'{near}. Columns: {', '.join(names)}.")
    return [Condition(name, text, word)]


def _filtered(rows: duckdb.DuckDBPyRelation, conditions: list[Condition]) -> duckdb.DuckDBPyRelation:
    from duckdb import ColumnExpression, ConstantExpression
    from duckdb.sqltypes import VARCHAR

    for condition in conditions:
        column = ColumnExpression(condition.column)
        if condition.text == "":
            rows = rows.filter(column.isnull())
        else:
            rows = rows.filter(column.cast(VARCHAR) == ConstantExpression(condition.text))
    return rows


def _why_none(rows: duckdb.DuckDBPyRelation, conditions: list[Condition], relation: Described) -> str:
    """Which condition excludes everything: one that no row fits, or one without which some would."""
    said = list(dict.fromkeys(condition.said for condition in conditions))
    parts = {word: [each for each in conditions if each.said == word] for word in said}
    nobody = [word for word in said if not _filtered(rows, parts[word]).limit(1).fetchall()]
    if nobody:
        # What else is asked for narrows what it may have been meant to be.
        fitting = _filtered(rows, [each for each in conditions if each.said not in nobody])
        among = fitting if fitting.limit(1).fetchall() else rows
        return " ".join(_no_row(among, parts[word], relation) for word in nobody)
    for word in reversed(said):
        others = [each for each in conditions if each.said != word]
        fitting = _filtered(rows, others)
        if fitting.limit(1).fetchall():
            known = ", ".join(_values(fitting, parts[word])[:10])
            without = " ".join(other for other in said if other != word)
            return (
                f"No row of {relation.name} fits all conditions. Without {printable(word)} there are some"
                f"{' (' + without + ')' if without else ''}: there {word.partition('=')[0]} is {known}."
            )
    if not said:
        return f"{relation.name} has no rows."
    return f"No row of {relation.name} fits: {printable(' '.join(said))}. Try fewer conditions."


def _no_row(rows: duckdb.DuckDBPyRelation, conditions: list[Condition], relation: Described) -> str:
    column, word = conditions[0].column, conditions[0].said
    values = _values(rows, conditions)
    near = suggestion(conditions[0].text, values) if len(conditions) == 1 else ""
    if len(conditions) > 1:
        column = PERIOD
    shown = ", ".join(values[:10]) + (", …" if len(values) > 10 else "")
    return f"No row of {relation.name} has {printable(word)}{near}. {column} is one of: {shown}."


def _values(rows: duckdb.DuckDBPyRelation, conditions: list[Condition]) -> list[str]:
    """What stands in the columns of conditions, the two ends of a period as one."""
    from duckdb import ColumnExpression

    columns = [ColumnExpression(condition.column) for condition in conditions]
    distinct = rows.select(*columns).distinct().limit(_VALUES).fetchall()
    known = (values for values in distinct if None not in values)
    return sorted(
        periods.Period(*values).short if len(values) == 2 else printable(str(values[0])) for values in known
    )


def _candidates(
    rows: duckdb.DuckDBPyRelation, relation: Described, columns: list[Column], taken: list[str]
) -> Candidates:
    names = [column.name for column in columns]
    apart = _telling_apart(rows, relation, columns)
    listed = rows.limit(LISTED).fetchall()
    shown = [*apart, *(["value"] if "value" in names and "value" not in apart else [])]
    by_name = [dict(zip(names, row, strict=True)) for row in listed]
    return Candidates(
        [{name: _period_of(row) if name == PERIOD else row[name] for name in shown} for row in by_name],
        apart,
        _count(rows),
        taken,
        {name: _choices(rows, name) for name in apart},
    )


def _telling_apart(rows: duckdb.DuckDBPyRelation, relation: Described, columns: list[Column]) -> list[str]:
    """As few columns as tell the rows apart, the period as one: those of the key, where the relation has one;
    of the others those that people know a figure by, then short texts, and numbers last.
    """
    from duckdb import ColumnExpression

    key = published.key_of(relation.name)
    names = [column.name for column in columns]
    if set(_ENDS) <= set(names):
        names = [PERIOD, *(name for name in names if name not in _ENDS)]
    lengths = _lengths(rows, columns) | {PERIOD: 0}
    is_number = {column.name: column.type not in ("VARCHAR", "DATE", "BOOLEAN") for column in columns}
    rest = sorted(
        (name for name in names if name not in _FIRST),
        key=lambda name: (name not in key, is_number[name], lengths[name]),
    )
    chosen: list[str] = []
    parts = 1
    for name in [*(name for name in _FIRST if name in names), *rest]:
        wanted = [each for one in (*chosen, name) for each in _columns_of(one)]
        found = _count(rows.select(*map(ColumnExpression, wanted)).distinct())
        if found > parts:
            chosen.append(name)
            parts = found
    return chosen


def _count(rows: duckdb.DuckDBPyRelation) -> int:
    [(count,)] = rows.count("*").fetchall()
    return int(count)


def _columns_of(name: str) -> tuple[str, ...]:
    return _ENDS if name == PERIOD else (name,)


def _lengths(rows: duckdb.DuckDBPyRelation, columns: list[Column]) -> dict[str, int]:
    """How long the texts of each column are, at most."""
    from duckdb import ColumnExpression, FunctionExpression
    from duckdb.sqltypes import VARCHAR

    longest = [
        FunctionExpression("max", FunctionExpression("length", ColumnExpression(column.name).cast(VARCHAR)))
        for column in columns
    ]
    [found] = rows.aggregate(longest).fetchall()
    return {column.name: length or 0 for column, length in zip(columns, found, strict=True)}


def _choices(rows: duckdb.DuckDBPyRelation, name: str) -> list[str]:
    """The conditions that there are on a column, the latest period first."""
    from duckdb import ColumnExpression

    wanted = [ColumnExpression(column) for column in _columns_of(name)]
    found = sorted(
        rows.select(*wanted).distinct().fetchall(), key=lambda values: [str(one) for one in values]
    )
    if name == PERIOD:
        return [
            f"{name}={_period_of(dict(zip(_ENDS, values, strict=True)))}"
            for values in reversed(found)
            if None not in values
        ]
    return [f"{name}={'' if value is None else value}" for (value,) in found]


def _period_of(row: Row) -> str:
    return periods.Period(row[_ENDS[0]], row[_ENDS[1]]).short if None not in map(row.get, _ENDS) else ""


def said(candidates: Candidates, relation: Described) -> str:
    """What to do where several rows fit: the conditions of which some are to be added."""
    lines = [f"{counted(candidates.count, 'row')} of {relation.name} fit. Add what tells them apart:"]
    for choices in candidates.choices.values():
        more = [f"… ({len(choices) - CHOICES:,} more)"] if len(choices) > CHOICES else []
        lines.append("  " + "  ".join([*map(_quoted, choices[:CHOICES]), *more]))
    first = candidates.rows[0]
    example = (f"{name}={'' if first[name] is None else first[name]}" for name in candidates.columns)
    return "\n".join([*lines, f"For example {' '.join(map(_quoted, example))}"])


def note(taken: list[str]) -> str:
    """That conditions were added."""
    return f"Taken as {' '.join(taken)}, which no condition names."


def _quoted(word: str) -> str:
    """A word as a shell takes it."""
    import shlex

    return shlex.quote(printable(word))
