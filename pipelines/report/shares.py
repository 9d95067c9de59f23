"""Blocks on crime types: the share of each, and what each adds to the change of the whole."""

from __future__ import annotations

from pipelines.report.blocks import Block, by_measure, contradicted, ends, labels, largest, notes, origin
from pipelines.report.charts import AS_PUBLISHED, COMPUTED, Specification, Template, chart
from pipelines.report.figures import Row
from pipelines.report.tables import Column, table
from pipelines.report.words import Words, period


def blocks(words: Words, rows: list[Row], contradictions: list[Row]) -> list[Block]:
    """A block a measure, and another where the types' contributions to its change are known."""
    found = []
    for of_measure in by_measure(rows):
        if len(of_measure) < 2:
            continue  # one type has no share of anything
        found.append(_shares(words, of_measure, contradictions))
        contributing = [row for row in of_measure if row["contribution_pp"] is not None]
        if len(contributing) > 1:
            found.append(_contributions(words, contributing))
    return found


def printed_share(row: Row) -> str:
    """The publisher's percentage with the digits that were printed."""
    if row["printed_share_pct"] is not None:
        return row["printed_share_pct"]
    return "" if row["published_share_pct"] is None else f"{row['published_share_pct']:g}"


def share(words: Words, row: Row) -> str:
    """The computed share to one place, or so far that it is seen not to be 0."""
    value = row["share_pct"]
    return f"{value:.1g}" if value is not None and 0 < value < 0.05 else words.number(value, 1)


def plotted(row: Row) -> float | None:
    """The share, else the one that the publisher prints."""
    return row["published_share_pct"] if row["share_pct"] is None else row["share_pct"]


def as_plotted(words: Words, row: Row) -> str:
    """The same as it is to be read."""
    return printed_share(row) if row["share_pct"] is None else share(words, row)


def _shares(words: Words, rows: list[Row], contradictions: list[Row]) -> Block:
    first = rows[0]
    measure = words.what(first, ("region",))
    heading = words("by type", measure=measure, period=period(first))
    names = labels(rows, lambda row: words.label("crime_type", row["crime_type"]), "crime_type")
    columns = [
        Column(words("column: type"), lambda row: names[row["crime_type"]]),
        Column(measure, lambda row: words.number(row["value"]), "number"),
        Column(words("column: share"), lambda row: share(words, row), "number"),
        Column(words("column: published share"), printed_share, "number"),
        Column(words("column: year earlier"), lambda row: words.number(row["previous_value"]), "number"),
        Column(words("column: change"), lambda row: words.signed(row["change_pct"]), "number"),
    ]
    specification, said = _chart(words, rows, ends(names), measure, heading)
    return Block(
        heading,
        table(heading, columns, rows),
        specification,
        notes(
            words, rows, said, *contradicted(words, rows, "crime_type", contradictions), largest(words, rows)
        ),
        origin(words, rows),
    )


def _chart(
    words: Words, rows: list[Row], names: dict[str, str], measure: str, heading: str
) -> tuple[Specification, str]:
    """Shares where their base is known, else those that the publisher prints, else the counts; and a note
    that says which.
    """
    base = words.base(rows[0])
    template: Template = "bars"
    has_printed = any(row["published_share_pct"] is not None for row in rows)
    if any(row["share_pct"] is not None for row in rows):
        bars = [
            {
                "label": names[row["crime_type"]], "number": row["share_pct"], "shown": share(words, row),
                "printed": row["published_share_pct"],
            }
            for row in rows if row["share_pct"] is not None
        ]  # fmt: skip
        said = words("shares of", base=base)
        if has_printed:
            said = " ".join((said, words("marks published")))
        title, colour = words("chart: shares"), COMPUTED
        template = "printed_bars" if has_printed else "bars"
    elif has_printed:
        bars = [
            {
                "label": names[row["crime_type"]], "number": row["published_share_pct"],
                "shown": printed_share(row),
            }
            for row in rows if row["published_share_pct"] is not None
        ]  # fmt: skip
        title, colour = words("chart: published shares"), AS_PUBLISHED
        said = words("only published", base=base)
    else:
        bars = [
            {"label": names[row["crime_type"]], "number": row["value"], "shown": words.number(row["value"])}
            for row in rows
        ]
        title, colour, said = words("chart: counts", measure=measure), COMPUTED, words("no shares", base=base)
    return chart(template, bars, title, words("column: type"), heading, colour), said


def _contributions(words: Words, rows: list[Row]) -> Block:
    measure = words.what(rows[0], ("region",))
    heading = words("contributions", measure=measure, period=period(rows[0]))
    names = labels(rows, lambda row: words.label("crime_type", row["crime_type"]), "crime_type")
    ordered = sorted(rows, key=lambda row: -row["contribution_pp"])
    columns = [
        Column(words("column: type"), lambda row: names[row["crime_type"]]),
        Column(words("column: year earlier"), lambda row: words.number(row["previous_value"]), "number"),
        Column(measure, lambda row: words.number(row["value"]), "number"),
        Column(words("column: contribution"), lambda row: words.signed(row["contribution_pp"]), "number"),
    ]
    short = ends(names)
    bars = [
        {
            "label": short[row["crime_type"]], "number": row["contribution_pp"],
            "shown": words.signed(row["contribution_pp"]),
        }
        for row in ordered
    ]  # fmt: skip
    return Block(
        heading,
        table(heading, columns, ordered),
        chart("contributions", bars, words("chart: contributions"), words("column: type"), heading),
        notes(words, ordered, largest(words, rows)),
        origin(words, rows),
    )
