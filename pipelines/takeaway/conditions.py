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
_VALUES = 400

Row = dict[str, Any]


@dataclass(frozen=True)
class Condition:
    """A column and the text of the value that it must have; an empty one asks for an empty cell."""

    column: str
    text: str
    said: str


@dataclass(frozen=True)
class Candidates:
    """Rows that all fit, and the columns in which they differ."""

    rows: list[Row]
    columns: list[str]
    count: int


def rows_meant(
    connection: duckdb.DuckDBPyConnection, relation: Described, words: list[str]
) -> Row | Candidates:
    """The one row that fits the conditions, else those that do. Raises Refused if there is none."""
    columns = published.columns(connection, relation)
    conditions = [each for word in words for each in _conditions(word, columns, relation.name)]
    found = connection.table(relation.qualified_name)
    fitting = _filtered(found, conditions)
    rows = fitting.limit(LISTED + 1).fetchall()
    names = [column.name for column in columns]
    if not rows:
        raise Refused(_why_none(found, conditions, relation))
    if len(rows) == 1:
        return dict(zip(names, rows[0], strict=True))
    [(count,)] = fitting.count("*").fetchall()
    return Candidates(
        [dict(zip(names, row, strict=True)) for row in rows[:LISTED]],
        _telling_apart(fitting, relation, names),
        count,
    )


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


def _telling_apart(rows: duckdb.DuckDBPyRelation, relation: Described, names: list[str]) -> list[str]:
    """The columns of the key in which rows differ, else all in which they do."""
    from duckdb import ColumnExpression

    key = [name for name in published.key_of(relation.name) if name in names]
    differing = [
        name
        for name in key or names
        if len(rows.select(ColumnExpression(name)).distinct().limit(2).fetchall()) > 1
    ]
    return differing or names


def said(candidates: Candidates, relation: Described) -> str:
    """What to do where several rows fit."""
    example = candidates.rows[0]
    ends = {"period_start", "period_end"} & set(candidates.columns)
    more = [f"{name}={example[name]}" for name in candidates.columns if name not in ends]
    if ends:
        more.append(f"{PERIOD}={example['period_start']}/{example['period_end']}")
    return f"{counted(candidates.count, 'row')} of {relation.name} fit. Say more, e.g. " + " ".join(
        _quoted(word) for word in more
    )


def _quoted(word: str) -> str:
    """A word as a shell takes it."""
    import shlex

    return shlex.quote(printable(word))
