"""Blocks on ages: of all together, by sex where that is known, and by crime type."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.common.problems import printable
from pipelines.observation import TOTAL
from pipelines.report.blocks import Block, by_measure, contradicted, ends, labels, notes, origin
from pipelines.report.charts import AS_PUBLISHED, COMPUTED, Specification, chart
from pipelines.report.figures import Row
from pipelines.report.shares import as_plotted, plotted, printed_share, share
from pipelines.report.tables import Column, table
from pipelines.report.words import NOTHING, Words, period

SHORT = 4


def blocks(words: Words, rows: list[Row], contradictions: list[Row]) -> list[Block]:
    """A block a measure, and another where ages are known of more crime types than one."""
    found = []
    for of_measure in by_measure(rows):
        main = _told([row for row in of_measure if row["place"] == 1])
        found.append(_ages(words, main, contradictions))
        of_both = [row for row in of_measure if row["sex"] == TOTAL]
        if len({row["crime_type"] for row in of_both}) > 1:
            found.append(_by_type(words, of_both, contradictions))
    return found


def _told(rows: list[Row]) -> list[Row]:
    """The rows of the bands of which something is known."""
    known = {row["age_band"] for row in rows if row["value"] is not None or plotted(row) is not None}
    return [row for row in rows if row["age_band"] in known]


def _ages(words: Words, rows: list[Row], contradictions: list[Row]) -> Block:
    first = rows[0]
    of_both = [row for row in rows if row["sex"] == TOTAL] or rows
    sexes = list(dict.fromkeys(row["sex"] for row in rows if row["sex"] not in (TOTAL, "unknown")))
    measure = words.what(first, ("crime_type", "region"))
    key = "by sex" if len(sexes) > 1 else "by age"
    heading = words(key, measure=measure, period=period(first))
    columns = [
        Column(words("column: age"), lambda row: _band(words, row)),
        Column(measure, lambda row: words.number(row["value"]), "number"),
        Column(words("column: share"), lambda row: share(words, row), "number"),
        Column(words("column: published share"), printed_share, "number"),
        Column(words("column: cumulative"), lambda row: words.number(row["cumulative_pct"], 1), "number"),
        Column(words("column: share change"), lambda row: words.signed(row["share_change_pp"]), "number"),
    ]
    if len(sexes) > 1:
        columns += [Column(words.label("sex", sex), _value_of(words, rows, sex), "number") for sex in sexes]
    specification = (
        _of_each_sex(words, rows, sexes, heading) if len(sexes) > 1 else _of_all(words, of_both, heading)
    )
    base = words.base(of_both[0])
    is_published = of_both[0]["share_pct"] is None and any(row["printed_share_pct"] for row in of_both)
    said = words("only published" if is_published else "shares of", base=base)
    if all(plotted(row) is None for row in of_both):
        said = words("no shares", base=base)
    return Block(
        heading,
        table(heading, columns, of_both),
        specification,
        notes(words, rows, said, *contradicted(words, rows, "age_band", contradictions)),
        origin(words, rows),
        is_wide=len(sexes) > 1,
    )


def _band(words: Words, row: Row) -> str:
    """What a band is called, such as 10s; where that is longer, its years: 12세이하 may be 7 to 12."""
    label = words.label("age_band", row["age_band"])
    is_bounded = row["age_low"] is not None
    return printable(row["age_band"]) if is_bounded and len(label) > SHORT else label


def _value_of(words: Words, rows: list[Row], sex: str) -> Callable[[Row], str]:
    values = {row["age_band"]: row["value"] for row in rows if row["sex"] == sex}
    return lambda row: words.number(values.get(row["age_band"]))


def _of_all(words: Words, rows: list[Row], heading: str) -> Specification | None:
    names = labels(rows, lambda row: _band(words, row), "age_band")
    columns = [
        {
            "label": names[row["age_band"]], "number": plotted(row),
            "shown": as_plotted(words, row),
        }
        for row in rows if plotted(row) is not None
    ]  # fmt: skip
    title, colour = words("chart: ages"), COMPUTED
    if not columns:
        columns = [
            {"label": names[row["age_band"]], "number": row["value"], "shown": words.number(row["value"])}
            for row in rows if row["value"] is not None
        ]  # fmt: skip
        title = words.label("measure", rows[0]["measure"])
    elif all(row["share_pct"] is None for row in rows):
        title, colour = words("chart: published shares"), AS_PUBLISHED
    return chart("columns", columns, title, words("column: age"), heading, colour) if columns else None


def _of_each_sex(words: Words, rows: list[Row], sexes: list[str], heading: str) -> Specification:
    """Shares within a sex where they are known, else counts."""
    names = labels(rows, lambda row: _band(words, row), "age_band")
    shown = [row for sex in sexes for row in rows if row["sex"] == sex]
    has_shares = any(plotted(row) is not None for row in shown)
    columns = [
        {
            "label": names[row["age_band"]], "group": words.label("sex", row["sex"]), "number": number,
            "shown": words.number(number, 1 if has_shares else 0),
        }
        for row in shown if (number := plotted(row) if has_shares else row["value"]) is not None
    ]  # fmt: skip
    title = words("chart: ages of each sex") if has_shares else words.label("measure", rows[0]["measure"])
    return chart("groups", columns, title, words("column: age"), heading)


def _by_type(words: Words, rows: list[Row], contradictions: list[Row]) -> Block:
    measure = words.what(rows[0], ("region",))
    heading = words("by type and age", measure=measure, period=period(rows[0]))
    types = labels(rows, lambda row: words.label("crime_type", row["crime_type"]), "crime_type")
    bands = _bands(rows)
    names = labels(rows, lambda row: _band(words, row), "age_band")
    cells = {(row["crime_type"], row["age_band"]): row for row in rows}
    short = ends(types)
    segments = [
        {
            "label": short[row["crime_type"]], "group": names[row["age_band"]], "number": plotted(row),
            "place": bands.index(row["age_band"]),
            "shown": as_plotted(words, row),
        }
        for row in sorted(rows, key=lambda row: (row["place"], bands.index(row["age_band"])))
        if plotted(row) is not None
    ]  # fmt: skip
    columns = [Column(words("column: type"), lambda row: types[row["crime_type"]])]
    columns += [
        Column(names[band], _cell(words, cells, band), "number")
        for band in bands
        if any(row["value"] is not None for row in rows if row["age_band"] == band)
    ]
    inner = [row for row in rows if row["place"] > 1]  # those of the first are told above
    lines = list({row["crime_type"]: row for row in rows}.values())
    has_published = any(row["share_pct"] is None and row["printed_share_pct"] for row in rows)
    said = words("only published ages") if has_published else ""
    return Block(
        heading,
        table(heading, columns, lines),
        chart("stacks", segments, words("chart: ages"), words("column: type"), heading) if segments else None,
        notes(words, rows, said, *contradicted(words, inner, "age_band", contradictions)),
        origin(words, rows),
        is_wide=True,
    )


def _bands(rows: list[Row]) -> list[str]:
    """The age bands of all rows, the youngest first; those without years, such as minors and adults, as they
    are printed; unknown ages last.
    """
    firsts = {row["age_band"]: row for row in reversed(rows)}

    def place(band: str) -> tuple:
        low, high = firsts[band]["age_low"], firsts[band]["age_high"]
        printed = firsts[band]["source_row"] or 0
        return (low is None, low or 0, 999 if high is None else high, band == "unknown", printed, band)

    return sorted(firsts, key=place)


def _cell(words: Words, cells: dict[tuple[str, str], Row], band: str) -> Callable[[Row], str]:
    """A count, and its share in brackets."""

    def said(row: Row) -> str:
        cell = cells.get((row["crime_type"], band))
        if cell is None or cell["value"] is None:
            return NOTHING
        of_all = as_plotted(words, cell)
        count = words.number(cell["value"])
        return f"{count} ({of_all}%)" if of_all else count

    return said
