"""Tests published figures against one another: does what a publisher prints agree with itself?

Reads the staging relations of a build, computes exactly (see `pipelines.shares`), and says in a
sentence what it found. It never repairs a figure.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import duckdb

from pipelines.observation import TOTAL
from pipelines.paths import SQL
from pipelines.periods import Period
from pipelines.shares import Interval, change_pct, common_base, half_unit, rounds_to

Verdict = Literal["agrees", "contradicts", "untestable"]


@dataclass(frozen=True)
class Reconciliation:
    """One tested claim; fields as in ``reconciliations``."""

    source: str
    period_start: dt.date
    period_end: dt.date
    kind: str
    claim: str
    published: float | None
    recomputed_low: float | None
    recomputed_high: float | None
    verdict: Verdict
    explanation: str
    measure: str
    crime_type: str
    age_band: str
    sex: str
    region: str
    export_id: str | None


@dataclass(frozen=True)
class Part:
    """One part of a breakdown."""

    code: str
    value: int | None
    printed: str | None
    export_id: str


@dataclass(frozen=True)
class Breakdown:
    """Parts along one dimension, and the total that is printed for them, if one is."""

    dimension: str
    source: str
    period: Period
    measure: str
    region: str
    sex: str
    crime_type: str
    age_band: str
    other_dimensions: str | None
    parts: tuple[Part, ...]
    total: int | None
    is_exhaustive: bool
    sum_of_parts: int | None
    """None where no part is a number, or the parts overlap."""

    @property
    def shared(self) -> list[tuple[int, str]]:
        """Count and printed percentage of the parts that have both."""
        return [(p.value, p.printed) for p in self.parts if p.value is not None and p.printed]

    @property
    def all_observed(self) -> bool:
        return all(part.value is not None for part in self.parts)

    @property
    def along(self) -> str:
        return self.dimension.replace("_", " ")


def query(name: str) -> str:
    """A query of ``sql/reconcile``."""
    return (SQL / "reconcile" / f"{name}.sql").read_text(encoding="utf-8")


def reconcile(connection: duckdb.DuckDBPyConnection) -> list[Reconciliation]:
    """Every test that the published figures of a build allow, in no particular order."""
    labels = _labels(connection)
    found: list[Reconciliation] = []
    for breakdown in _breakdowns(connection):
        found += _share_base(breakdown, labels)
        found += _sum_of_parts(breakdown, labels)
        found += _sum_of_shares(breakdown, labels)
    found += _changes(connection, labels)
    return found


Labels = dict[tuple[str, str], str]


def _share_base(breakdown: Breakdown, labels: Labels) -> Iterator[Reconciliation]:
    """Do the printed shares fit one base, and is it the printed total?"""
    if not breakdown.shared:
        return
    base = common_base(breakdown.shared)
    parts = _listed(f"{value:,} = {printed}%" for value, printed in breakdown.shared)
    what = f"{_what(breakdown, labels)} by {breakdown.along}"
    total = breakdown.total
    fits = "fits" if len(breakdown.shared) == 1 else "fit together"
    verdict: Verdict
    if base.is_empty:
        verdict = "contradicts"
        said = f"No base fits all of {parts}: the printed figures contradict each other."
    elif total is None:
        verdict = "agrees"
        said = f"{parts} {fits} on a base of {_range(base)}. No total is printed."
    elif total in base:
        verdict = "agrees"
        said = f"{parts} {fits} on a base of {_range(base)}, and so does the printed total {total:,}."
    else:
        verdict = "contradicts"
        said = (
            f"{parts} {fits} on a base of {_range(base)} only; the printed total is {total:,}, so "
            f"they are not shares of it."
        )
        if breakdown.sum_of_parts is not None and breakdown.sum_of_parts > total:
            said += f" The parts alone sum to {breakdown.sum_of_parts:,}."
    of = f"the printed total {total:,}" if total is not None else "one base"
    yield _of_breakdown(
        breakdown, "share_base", f"The printed shares of {what} are shares of {of}.",
        total, base.low, base.high, verdict, said,
    )  # fmt: skip


def _sum_of_parts(breakdown: Breakdown, labels: Labels) -> Iterator[Reconciliation]:
    """Do the parts fit the printed total: equal where they are all there is, else not above it?"""
    total, parts = breakdown.total, breakdown.sum_of_parts
    if total is None or parts is None:
        return
    what = f"{_what(breakdown, labels)} by {breakdown.along}"
    many = len(breakdown.parts) > 1
    counted = f"The {len(breakdown.parts)} parts printed sum to" if many else "The one part printed is"
    verdict: Verdict
    if not breakdown.is_exhaustive:
        claim = f"The parts of {what} do not exceed the printed total {total:,}."
        high = None
        verdict = "contradicts" if parts > total else "agrees"
        said = f"{counted} {parts:,}"
        said += (
            f", more than the printed total {total:,}."
            if parts > total
            else f" of the printed total {total:,}."
        )
    elif not breakdown.all_observed:
        claim = f"The parts of {what} add up to the printed total {total:,}."
        high = None
        verdict = "contradicts" if parts > total else "untestable"
        said = f"Not every part is a number; those that are sum to {parts:,}, the printed total is {total:,}."
    else:
        claim = f"The parts of {what} add up to the printed total {total:,}."
        high = parts
        verdict = "agrees" if parts == total else "contradicts"
        said = f"{counted} {parts:,}; the printed total is {total:,}."
    yield _of_breakdown(breakdown, "sum_of_parts", claim, total, parts, high, verdict, said)


def _sum_of_shares(breakdown: Breakdown, labels: Labels) -> Iterator[Reconciliation]:
    """Do the printed shares add up to 100, or to no more where other parts may exist?"""
    printed = [part.printed for part in breakdown.parts if part.printed]
    if len(printed) < 2:
        return
    shares = sum((Fraction(Decimal(text)) for text in printed), Fraction())
    slack = sum((half_unit(text) for text in printed), Fraction())
    complete = breakdown.is_exhaustive and len(printed) == len(breakdown.parts)
    low, high = shares - slack, shares + slack
    agrees = low <= 100 <= high if complete else low <= 100
    what = f"{_what(breakdown, labels)} by {breakdown.along}"
    claim = f"The printed shares of {what} add up to {'' if complete else 'no more than '}100%."
    said = f"The shares add up to {_decimal(shares)}%, give or take {_decimal(slack)} for rounding."
    yield _of_breakdown(
        breakdown, "sum_of_shares", claim, 100.0, float(low), float(high),
        "agrees" if agrees else "contradicts", said,
    )  # fmt: skip


def _changes(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Does each printed change fit the two counts that it compares?"""
    rows = connection.execute(query("changes")).fetchall()
    values = {row[:9]: row[9] for row in rows}
    for row in rows:
        source, start, end, measure, crime_type, age_band, sex, region, other, value, printed, export = row
        if printed is None:
            continue
        before = Period(start, end).a_year_earlier()
        previous = values.get((source, before.start, before.end, *row[3:9]))
        fixed = [_label(labels, n, c) for n, c in zip(_BY, row[4:8], strict=True) if c != TOTAL]
        of = ", ".join([*fixed, *_others(other)])
        what = f"{_label(labels, 'measure', measure)}{f' ({of})' if of else ''}"
        claim = f"{what} changed by {_signed(printed)}% on the same period a year earlier."
        verdict: Verdict = "untestable"
        low = high = None
        if value is None or previous is None:
            said = "One of the two counts is not printed."
        elif previous == 0:
            said = f"The count a year earlier is 0; {value:,} has no change on it in percent."
        else:
            exact = change_pct(value, previous)
            verdict = "agrees" if rounds_to(exact, printed) else "contradicts"
            low = high = float(exact)
            said = f"{value:,} after {previous:,} is {_signed(_decimal(exact))}%"
            said += f"; printed is {_signed(printed)}%."
        yield Reconciliation(
            source, start, end, "change", claim, float(printed), low, high, verdict, said,
            measure, crime_type, age_band, sex, region, export,
        )  # fmt: skip


_BY = ("crime_type", "age_band", "sex", "region")


def _breakdowns(connection: duckdb.DuckDBPyConnection) -> Iterator[Breakdown]:
    parts: dict[tuple, list[Part]] = defaultdict(list)
    for *of, code, value, printed, export in connection.execute(query("parts")).fetchall():
        parts[tuple(of)].append(Part(code, value, printed, export))
    for *of, total, is_exhaustive, sum_of_parts in connection.execute(query("wholes")).fetchall():
        dimension, source, start, end, measure, region, sex, other, crime_type, age_band, *_ = of
        yield Breakdown(
            dimension, source, Period(start, end), measure, region, sex, crime_type, age_band, other,
            tuple(parts[tuple(of)]), total, is_exhaustive, sum_of_parts,
        )  # fmt: skip


def _labels(connection: duckdb.DuckDBPyConnection) -> Labels:
    rows = connection.table("codes").select("dimension", "code", "label_en").fetchall()
    return {(dimension, code): label or code for dimension, code, label in rows}


def _label(labels: Labels, dimension: str, code: str) -> str:
    return labels.get((dimension, code), code)


def _what(breakdown: Breakdown, labels: Labels) -> str:
    """The measure and what is held fixed, e.g. ``suspects (Deepfake sexual content)``."""
    fixed = [
        _label(labels, name, code)
        for name in _BY
        if name != breakdown.dimension and (code := getattr(breakdown, name)) != TOTAL
    ]
    fixed += _others(breakdown.other_dimensions)
    measure = _label(labels, "measure", breakdown.measure).lower()
    return f"{measure} ({', '.join(fixed)})" if fixed else measure


def _of_breakdown(
    breakdown: Breakdown, kind: str, claim: str, published: float | None, low: float | None,
    high: float | None, verdict: Verdict, explanation: str,
) -> Reconciliation:  # fmt: skip
    exports = {part.export_id for part in breakdown.parts}
    return Reconciliation(
        breakdown.source, breakdown.period.start, breakdown.period.end, kind, claim, published, low,
        high, verdict, explanation, breakdown.measure, breakdown.crime_type, breakdown.age_band,
        breakdown.sex, breakdown.region, exports.pop() if len(exports) == 1 else None,
    )  # fmt: skip


def _others(other_dimensions: str | None) -> list[str]:
    return [f"{name} {code}" for name, code in json.loads(other_dimensions or "{}").items()]


def _range(base: Interval) -> str:
    if base.high is None:
        return f"{base.low:,} or more"
    if base.high == base.low:
        return f"{base.low:,}"
    joint = "or" if base.high == base.low + 1 else "to"
    return f"{base.low:,} {joint} {base.high:,}"


def _listed(texts: Iterable[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def _decimal(number: Fraction) -> str:
    shown = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _signed(printed: str) -> str:
    return printed if printed.startswith("-") else f"+{printed}"
