"""Tests published figures against one another: does what a publisher prints agree with itself, and
with what contracts say it should agree with?

Reads the staging relations of a build, computes exactly (see `pipelines.shares`), and says in a
sentence what it found. It never repairs a figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

import duckdb

from pipelines.observation import DIMENSIONS
from pipelines.periods import Period
from pipelines.shares import change_pct, implied_parts, rounds_to
from pipelines.warehouse import reconcile_breakdowns
from pipelines.warehouse.claims import (
    Labels,
    Reconciliation,
    Verdict,
    decimal,
    of_figure,
    rows,
    signed,
    spread,
    what,
)

_FIGURE = ("source", "measure", *DIMENSIONS, "other_dimensions")
_NAMES = {1: "months", 3: "quarters", 6: "halves"}


def reconcile(connection: duckdb.DuckDBPyConnection) -> list[Reconciliation]:
    """Every test that the published figures of a build allow, in no particular order."""
    codes = connection.table("codes").select("dimension", "code", "label_en").fetchall()
    labels = {(dimension, code): label or code for dimension, code, label in codes}
    return [
        *reconcile_breakdowns.reconcile(connection, labels),
        *_changes(connection, labels),
        *_ratios(connection, labels),
        *_sums_of_periods(connection, labels),
        *_cumulative(connection, labels),
        *_same_sums(connection, labels),
        *_agreements(connection, labels),
    ]


def _changes(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Does each printed change fit the two counts that it compares?"""
    found = list(rows(connection, "changes"))
    values = {(_key(row), row["period_start"], row["period_end"]): row["published_value"] for row in found}
    for row in found:
        printed, value = row["published_change_pct"], row["published_value"]
        if printed is None:
            continue
        before = Period(row["period_start"], row["period_end"]).a_year_earlier()
        previous = values.get((_key(row), before.start, before.end))
        claim = f"{_what(row, labels)} changed by {signed(printed)}% on the same period a year earlier."
        verdict: Verdict = "untestable"
        bound = None
        if value is None or previous is None:
            said = "One of the two counts is not printed."
        elif previous == 0:
            said = f"The count a year earlier is 0; {value:,} has no change on it in percent."
        else:
            exact = change_pct(value, previous)
            verdict = "agrees" if rounds_to(exact, printed) else "contradicts"
            bound = float(exact)
            said = (
                f"{value:,} after {previous:,} is {signed(decimal(exact))}%; printed is {signed(printed)}%."
            )
        yield of_figure(row, "change", claim, float(printed), (bound, bound), verdict, said)


def _ratios(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Does a printed percentage of one measure of another fit both figures?"""
    for row in rows(connection, "ratios"):
        printed, part, whole = row["published_share_pct"], row["published_value"], row["whole_value"]
        of = labels.get(("measure", row["of_measure"]), row["of_measure"])
        claim = f"{_what(row, labels)} are {printed}% of {of.lower()}."
        verdict: Verdict = "untestable"
        bounds: tuple[float | None, float | None] = (None, None)
        if whole is None:
            said = f"{of} are not printed."
        elif part is None:
            said = f"{printed}% of {whole:,} is {spread(implied_parts(whole, printed))}; no count is printed."
        elif whole == 0:
            said = f"{of} are 0, of which there is no percentage."
        else:
            exact = change_pct(part, whole) + 100
            verdict = "agrees" if rounds_to(exact, printed) else "contradicts"
            bounds = (float(exact), float(exact))
            said = f"{part:,} of {whole:,} is {decimal(exact)}%; printed is {printed}%."
        yield of_figure(row, "ratio", claim, float(printed), bounds, verdict, said)


def _sums_of_periods(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Do the months of a year (the quarters, the halves) add up to it?"""
    for row in rows(connection, "periods"):
        total, parts, name = row["published_value"], row["sum_of_parts"], _NAMES[row["part_months"]]
        period = Period(row["period_start"], row["period_end"]).short
        claim = f"The {name} of {period} add up to {_what(row, labels)} of all of it, {total:,}."
        if row["known_count"] < row["part_count"]:
            verdict: Verdict = "contradicts" if parts and parts > total else "untestable"
            said = (
                f"{row['part_count'] - row['known_count']} of the {row['part_count']} {name} are no numbers"
            )
            said += f"; the others sum to {parts or 0:,}, printed is {total:,}."
            bounds: tuple[float | None, float | None] = (parts, None)
        else:
            verdict = "agrees" if parts == total else "contradicts"
            said = f"The {row['part_count']} {name} sum to {parts:,}; printed for {period} is {total:,}."
            bounds = (parts, parts)
        yield of_figure(row, "sum_of_periods", claim, total, bounds, verdict, said)


def _cumulative(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Do cumulative figures of a year never fall?"""

    def year(row: dict[str, Any]) -> tuple:
        return (*map(str, _key(row)), row["period_start"])

    for _, group in groupby(sorted(rows(connection, "cumulative"), key=year), key=year):
        figures = sorted(group, key=lambda row: row["period_end"])
        falls = [
            f for f in figures if f["before_value"] is not None and f["published_value"] < f["before_value"]
        ]
        last = falls[0] if falls else figures[-1]
        claim = f"{_what(last, labels)} since {last['period_start']} never fall from one release to the next."
        if len(figures) < 2:
            continue
        verdict: Verdict = "contradicts" if falls else "agrees"
        said = f"They rise to {last['published_value']:,} on {last['period_end']}."
        if falls:
            said = (
                f"Up to {last['before_end']} it is {last['before_value']:,}, up to {last['period_end']} only "
                f"{last['published_value']:,}; the period between has no figure."
            )
        yield of_figure(
            last, "cumulative", claim, last["published_value"], (last["before_value"], None), verdict, said
        )


def _same_sums(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Do two complete breakdowns of the same figure add up to the same?"""
    for row in rows(connection, "sums"):
        mine, theirs = row["published_value"], row["their_value"]
        claim = f"The parts of {_what(row, labels)} add up to the same in two breakdowns."
        said = (
            f"{_what(row, labels)}: by {row['along']} in `{row['source_file']}` it is {mine:,}, by "
            f"{row['their_along']} in `{row['their_file']}` {theirs:,}."
        )
        verdict: Verdict = "agrees" if mine == theirs else "contradicts"
        yield of_figure(row, "same_sum", claim, mine, (theirs, theirs), verdict, said)


_ORIGINS = {
    "published": "",
    "sum_of_parts": " (the sum of its parts)",
    "difference": " (the difference of cumulative figures)",
    "sum_of_periods": " (the sum of its months, quarters or halves)",
}


def _agreements(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Do figures agree with those of other sources and tables that contracts name?"""
    for row in rows(connection, "agreements"):
        mine, theirs = row["published_value"], row["their_value"]
        named = _what(row, labels)
        codes = {name: row[f"their_{name}"] for name in DIMENSIONS}
        other = what(labels, row["their_measure"], codes, None)
        claim = f"{named} of {row['source']} are {other} of {row['their_source']}: {row['because']}"
        bounds: tuple[float | None, float | None] = (None, None)
        verdict: Verdict = "untestable"
        if not row["is_paired"]:
            said = f"{named}: {row['their_source']} has no such figure for any period of these."
        elif mine is None or theirs is None:
            said = f"{named}: one of the two figures is not known."
        else:
            slack = Fraction(Decimal(str(row["tolerance_pct"]))) / 100 * theirs
            bounds = (float(theirs - slack), float(theirs + slack))
            verdict = "agrees" if abs(mine - theirs) <= slack else "contradicts"
            said = (
                f"{named}: {mine:,}{_ORIGINS[row['value_origin']]}; {row['their_source']} has {theirs:,}"
                f"{_ORIGINS[row['their_origin']]}{_difference(mine, theirs)}."
            )
        yield of_figure(row, "agreement", claim, mine, bounds, verdict, said, row["their_source"])


def _difference(mine: int, theirs: int) -> str:
    if mine == theirs:
        return ""
    return f", {abs(mine - theirs):,} {'less' if theirs < mine else 'more'}"


def _key(row: dict[str, Any]) -> tuple:
    return tuple(row[name] for name in _FIGURE)


def _what(row: dict[str, Any], labels: Labels) -> str:
    return what(labels, row["measure"], {name: row[name] for name in DIMENSIONS}, row["other_dimensions"])
