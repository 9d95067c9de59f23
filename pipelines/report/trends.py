"""Blocks on change: the latest figures, series over time, sums of twelve months, and regions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, groupby, pairwise
from typing import Any

from pipelines.report.blocks import Block, by_measure, ends, labels, largest, notes, origin
from pipelines.report.charts import Template, chart
from pipelines.report.figures import Row
from pipelines.report.tables import Column, table
from pipelines.report.words import Words, period

LISTED = 13
"""Periods that a table lists: a year of months, and the month a year earlier."""
FEW = 8
"""Up to so many periods are columns, more are a line."""


def blocks(
    words: Words, trends: list[Row], rolling: list[Row], regions: list[Row], breaks: list[Row]
) -> list[Block]:
    """The latest figure of every measure, then a block a measure with a history."""
    if not trends:
        return []
    series = [_longest(of_measure) for of_measure in by_measure(trends)]
    found = [_latest(words, [rows[-1] for rows in series])]
    sums = {rows[0]["measure"]: rows for rows in by_measure(rolling)}
    for rows in series:
        if len(rows) > 1:
            found.append(_over_time(words, rows, breaks))
        twelve_months = sums.get(rows[0]["measure"], [])
        if len(twelve_months) > 1:
            found.append(_twelve_months(words, twelve_months, breaks))
    return [*found, *(_regions(words, rows) for rows in by_measure(regions) if len(rows) > 1)]


def _longest(rows: list[Row]) -> list[Row]:
    """The periods of one kind that there are most of: months rather than the years that they add up to."""
    kinds = [list(group) for _, group in groupby(rows, key=lambda row: row["period_kind"])]
    return max(kinds, key=len)


def _compared(words: Words, earlier: str = "column: year earlier") -> list[Column]:
    return [
        Column(words("column: value"), lambda row: words.number(row["value"]), "number"),
        Column(words(earlier), lambda row: words.number(row["previous_value"]), "number"),
        Column(words("column: change"), lambda row: words.signed(row["change_pct"]), "number"),
        Column(
            words("column: published change"),
            lambda row: words.signed(row.get("published_change_pct")),
            "number",
        ),
        Column(words("column: why not"), lambda row: words.reason(row["no_change_reason"])),
    ]


def _without_one_reason(words: Words, columns: list[Column], rows: list[Row]) -> tuple[list[Column], str]:
    """Columns without the reasons where all rows have the same, and that reason as a note."""
    reasons = {words.reason(row["no_change_reason"]) for row in rows}
    if len(reasons) > 1 or "" in reasons:
        return columns, ""
    return columns[:-1], words("no comparison", reason=reasons.pop())


def _latest(words: Words, rows: list[Row]) -> Block:
    columns = [
        Column(words("column: measure"), lambda row: words.what(row)),
        Column(words("column: period"), period, "period"),
        *_compared(words),
    ]
    heading = words("latest figures")
    columns, said = _without_one_reason(words, columns, rows)
    return Block(heading, table(heading, columns, rows), None, notes(words, rows, said), origin(words, rows))


def _over_time(words: Words, rows: list[Row], breaks: list[Row]) -> Block:
    heading = words("over time", measure=words.what(rows[0]))
    label = Column(words("column: period"), period, "period")
    template: Template = "columns" if len(rows) <= FEW else "line"
    return _series(words, rows, breaks, heading, label, _compared(words), template, origin(words, rows))


def _series(
    words: Words, rows: list[Row], breaks: list[Row], heading: str, label: Column, compared: list[Column],
    template: Template, from_files: str = "",
) -> Block:  # fmt: skip
    """Figures one after the other as a chart, the latest of them as a table, and where the series breaks."""
    listed = rows[::-1][:LISTED]
    columns, reason = _without_one_reason(words, [label, *compared], listed)
    broken = _broken(rows, breaks)
    points = _points(words, rows, broken, label.cell)
    shown = chart(template, points, words.what(rows[0]), label.heading, heading)
    said = [reason, _latest_of(words, listed, rows), *(words.broken(found) for found in broken.values())]
    return Block(heading, table(heading, columns, listed), shown, notes(words, rows, *said), from_files)


def _broken(rows: list[Row], breaks: list[Row]) -> dict[int, Row]:
    """By place the first figures of a series that count something else than those before them."""
    codes = {(dimension, rows[0][dimension]) for dimension in ("measure", "crime_type", "region")}
    own = [found for found in breaks if (found["dimension"], found["code"]) in codes]
    return {
        place: found
        for place, (before, row) in enumerate(pairwise(rows), start=1)
        for found in own
        if before["period_end"] < found["break_on"] <= row["period_end"]
    }


def _latest_of(words: Words, listed: list[Row], rows: list[Row]) -> str:
    """That not all periods are in the table, where they are not."""
    return words("latest of", shown=len(listed), found=len(rows)) if len(listed) < len(rows) else ""


def _twelve_months(words: Words, rows: list[Row], breaks: list[Row]) -> Block:
    heading = words("twelve months", measure=words.what(rows[0]))
    label = Column(words("until"), _last_month, "period")
    compared = _compared(words, "column: twelve months earlier")
    return _series(words, rows, breaks, heading, label, compared, "line")


def _last_month(row: Row) -> str:
    return f"{row['period_end']:%Y-%m}"


def _points(
    words: Words, rows: list[Row], broken: dict[int, Row], label: Callable[[Row], str]
) -> list[dict[str, Any]]:
    """The figures of a series; where it breaks, a mark stands and no line leads across."""
    breaks = accumulate(int(place in broken) for place in range(len(rows)))
    return [
        _point(words, row, label(row))
        | ({"segment": segment, "broken": words("chart: break") if place in broken else ""} if broken else {})
        for place, (row, segment) in enumerate(zip(rows, breaks, strict=True))
    ]


def _point(words: Words, row: Row, label: str) -> Row:
    return {"label": label, "number": row["value"], "shown": words.number(row["value"])}


def _regions(words: Words, rows: list[Row]) -> Block:
    measure = words.what(rows[0], ("crime_type",))
    heading = words("region contributions", measure=measure, period=period(rows[0]))
    names = labels(rows, lambda row: words.label("region", row["region"]), "region")
    columns = [
        Column(words("column: region"), lambda row: names[row["region"]]),
        Column(measure, lambda row: words.number(row["value"]), "number"),
        Column(words("column: year earlier"), lambda row: words.number(row["previous_value"]), "number"),
        Column(words("column: change"), lambda row: words.signed(row["change_pct"]), "number"),
        Column(
            words("column: contribution"),
            lambda row: words.signed(row["region_contribution_pp"]),
            "number",
        ),
    ]
    short = ends(names)
    bars = [_point(words, row, short[row["region"]]) for row in rows]
    return Block(
        heading,
        table(heading, columns, rows),
        chart("bars", bars, measure, words("column: region"), heading),
        notes(words, rows, largest(words, rows)),
        origin(words, rows),
    )
