"""What the report opens with: what is new, and what to be careful about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from pipelines.common.problems import printable
from pipelines.report.cautions import caution
from pipelines.report.contradictions import contradiction
from pipelines.report.figures import Figures, Row
from pipelines.report.tables import Column, table
from pipelines.report.words import Words, day, period

FEW = 4
"""Contradictions of a source that the beginning names."""
CHANGES = ("revised", "added", "withdrawn", "renamed")
CAUTIONS = ("quarantined", "stale_correction", "unmet_expectation", "corrected")


@dataclass(frozen=True)
class Remark:
    """Something to be careful about: in which source, in words, and how much more there is of it there."""

    source: str
    title: str
    said: list[str]
    more: str = ""


@dataclass(frozen=True)
class Head:
    """The beginning of the report."""

    news: Markup
    is_anything_new: bool
    cautions: list[tuple[str, list[Remark]]] = field(default_factory=list)
    """Headings, each with its remarks."""
    revisions: Markup | None = None


def head(words: Words, figures: Figures) -> Head:
    """What is new since the publication before, or else the latest releases; and all cautions."""
    news = figures.rows["news"]
    known = figures.known_before
    new = [row for row in news if known is not None and not known.issuperset(row["export_ids"])]
    sources = {row["source"]: row for row in figures.rows["sources"]}
    return Head(
        news=_news(words, words("new since" if new else "latest releases"), new or news, sources),
        is_anything_new=bool(new) or known is None,
        cautions=[found for found in (
            (words("contradictions"), _contradictions(words, figures)),
            (words("late"), _late(words, figures)),
            *((words(f"caution: {kind}"), _cautions(words, figures, kind)) for kind in CAUTIONS),
        ) if found[1]],
        revisions=_revisions(words, figures.rows["revisions"]),
    )  # fmt: skip


def _news(words: Words, caption: str, rows: list[Row], sources: dict[str, Row]) -> Markup:
    columns = [
        Column(words("column: source"), lambda row: words.title(row["source"])),
        Column(words("column: released"), lambda row: day(row["released_on"]), "period"),
        Column(words("covers"), lambda row: period(row) if row["period_start"] else "", "period"),
        Column(words("column: changes"), lambda row: _changes(words, row, sources[row["source"]])),
    ]
    return table(caption, columns, rows)


def _changes(words: Words, row: Row, source: Row) -> str:
    said = [
        words("changes", count=f"{row[kind]:,}", kind=words(f"kind: {kind}")) for kind in CHANGES if row[kind]
    ]
    return ", ".join(said) or words("changes nothing" if source["releases"] > 1 else "first release")


def _contradictions(words: Words, figures: Figures) -> list[Remark]:
    found = []
    for source, rows in _by_source(figures.rows["contradictions"]):
        said = [f"{period(row)}: {contradiction(words, row)}" for row in rows[:FEW]]
        found.append(Remark(source, words.title(source), said, _more(words, rows)))
    return found


def _more(words: Words, rows: list[Row]) -> str:
    """How many more there are than are shown."""
    more = rows[0]["found"] - FEW
    return words("and more", count=f"{more:,}") if more > 0 else ""


def _late(words: Words, figures: Figures) -> list[Remark]:
    today: dt.date = figures.publication["published_at"].date()
    return [
        Remark(row["source"], words.title(row["source"]), [next_edition(words, row, today)])
        for row in figures.rows["sources"]
        if row["next_late_after"] and row["next_late_after"] < today
    ]


def next_edition(words: Words, source: Row, today: dt.date) -> str:
    """When the next edition is due, or since when it has been late; empty without a calendar."""
    if source["next_due_on"] is None:
        return ""
    end, due, late = (day(source[name]) for name in ("next_period_end", "next_due_on", "next_late_after"))
    if source["next_late_after"] < today:
        return words("is late", end=end, due=due, at=day(today))
    return words("is due", end=end, due=due, late=late)


def _cautions(words: Words, figures: Figures, kind: str) -> list[Remark]:
    rows = [row for row in figures.rows["cautions"] if row["kind"] == kind]
    return [
        Remark(source, words.title(source), [caution(words, row) for row in of_source])
        for source, of_source in _by_source(rows)
    ]


def _revisions(words: Words, rows: list[Row]) -> Markup | None:
    if not rows:
        return None
    columns = [
        Column(words("column: source"), lambda row: words.title(row["source"])),
        Column(words("column: what"), lambda row: words.what(row)),
        Column(words("column: period"), period, "period"),
        Column(words("column: old"), lambda row: words.number(row["old_value"]), "number"),
        Column(words("column: new"), lambda row: words.number(row["new_value"]), "number"),
        Column(words("column: difference"), lambda row: words.signed(row["difference_pct"]), "number"),
        Column(words("column: cell"), lambda row: _cell(words, row)),
    ]
    return table(words("revised figures"), columns, rows)


def _cell(words: Words, row: Row) -> str:
    return words(
        "cell",
        file=printable(row["source_file"]),
        row=row["source_row"],
        column=printable(row["source_column"] or ""),
    )


def _by_source(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    return [(source, list(group)) for source, group in groupby(rows, key=lambda row: row["source"])]
