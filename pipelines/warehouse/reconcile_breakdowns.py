"""Tests of breakdowns: printed shares against their base, parts against their printed totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import duckdb

from pipelines.ages import age_bounds, covers
from pipelines.common.problems import in_words
from pipelines.observation import DIMENSIONS, OBSERVED, TOTAL
from pipelines.periods import Period
from pipelines.reading.hierarchies import NOT_COUNTED
from pipelines.shares import common_base, half_unit
from pipelines.warehouse.claims import Labels, Reconciliation, Verdict, decimal, listed, rows, spread, what

_OF = (
    "dimension", "source", "period_start", "period_end", "root_measure", "root_region", "root_sex",
    "root_crime_type", "root_age_band", "root_others", "released_on", "complete_in",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One part of a breakdown; ``whole`` is the next code up, ``total`` for the outermost."""

    code: str
    whole: str
    value: int | None
    status: str
    printed: str | None
    export_id: str | None
    is_published: bool


@dataclass(frozen=True)
class Breakdown:
    """Parts along one dimension, and the total that is printed for them, if one is."""

    dimension: str
    source: str
    period: Period
    measure: str
    codes: dict[str, str]
    other_dimensions: str | None
    parts: tuple[Part, ...]
    total: int | None
    is_exhaustive: bool
    do_parts_overlap: bool

    @property
    def shared(self) -> list[tuple[int, str]]:
        """Count and printed percentage of the parts that have both."""
        return [(p.value, p.printed) for p in self.parts if p.value is not None and p.printed]

    @property
    def outermost(self) -> list[Part]:
        """The parts that are part of no other."""
        return [part for part in self.parts if part.whole == TOTAL]

    @property
    def along(self) -> str:
        return in_words(self.dimension)


@dataclass(frozen=True)
class Sum:
    """The parts of one whole, without those that there is none of."""

    code: str
    total: int
    parts: tuple[Part, ...]

    @property
    def value(self) -> int:
        return sum(part.value or 0 for part in self.parts)

    @property
    def is_known(self) -> bool:
        return all(part.status == OBSERVED for part in self.parts)

    @property
    def is_covered(self) -> bool:
        """Whether the parts can be all of it: bands within a band may leave years of age out."""
        return not age_bounds(self.code) or covers([part.code for part in self.parts], self.code)


def reconcile(connection: duckdb.DuckDBPyConnection, labels: Labels) -> Iterator[Reconciliation]:
    """Every test of every current breakdown of a build."""
    for breakdown in _breakdowns(connection):
        named = _named(breakdown, labels)
        yield from _share_base(breakdown, named)
        for summed in _sums(breakdown):
            yield _sum_of_parts(breakdown, summed, labels)
        yield from _largest_part(breakdown, named)
        yield from _sum_of_shares(breakdown, named)


def _breakdowns(connection: duckdb.DuckDBPyConnection) -> Iterator[Breakdown]:
    parts: dict[tuple, list[Part]] = defaultdict(list)
    for row in rows(connection, "parts"):
        parts[tuple(row[name] for name in _OF)].append(
            Part(
                row["part_code"], row["whole_code"], row["published_value"], row["value_status"],
                row["published_share_pct"], row["export_id"], row["value_origin"] == "published",
            )
        )  # fmt: skip
    for row in rows(connection, "wholes"):
        yield Breakdown(
            row["dimension"], row["source"], Period(row["period_start"], row["period_end"]),
            row["root_measure"], {name: row[f"root_{name}"] for name in DIMENSIONS},
            row["root_others"] or None, tuple(parts[tuple(row[name] for name in _OF)]),
            row["printed_total"], row["is_exhaustive"], row["do_parts_overlap"],
        )  # fmt: skip


def _sums(breakdown: Breakdown) -> Iterator[Sum]:
    """Every whole of a breakdown that is printed, with its parts."""
    if breakdown.do_parts_overlap:
        return
    of: dict[str, list[Part]] = defaultdict(list)
    for part in breakdown.parts:
        if part.status != NOT_COUNTED:
            of[part.whole].append(part)
    if breakdown.total is not None and any(part.value is not None for part in of[TOTAL]):
        yield Sum(TOTAL, breakdown.total, tuple(of[TOTAL]))
    for whole in breakdown.parts:
        parts = of.get(whole.code, ())
        if whole.is_published and whole.value is not None and any(p.value is not None for p in parts):
            yield Sum(whole.code, whole.value, tuple(parts))


def _share_base(breakdown: Breakdown, named: str) -> Iterator[Reconciliation]:
    """Do the printed shares fit one base, and is it the printed total?"""
    if not breakdown.shared:
        return
    base = common_base(breakdown.shared)
    parts = listed(f"{value:,} = {printed}%" for value, printed in breakdown.shared)
    total = breakdown.total
    fits = "fits" if len(breakdown.shared) == 1 else "fit together"
    verdict: Verdict
    if base.is_empty:
        verdict = "contradicts"
        said = f"no base fits all of {parts}: the printed figures contradict each other."
        said += _without_one(breakdown.shared)
    elif total is None:
        verdict = "agrees"
        said = f"{parts} {fits} on a base of {spread(base)}. No total is printed."
    elif total in base:
        verdict = "agrees"
        said = f"{parts} {fits} on a base of {spread(base)}, and so does the printed total {total:,}."
    else:
        verdict = "contradicts"
        said = (
            f"{parts} {fits} on a base of {spread(base)} only; the printed total is {total:,}, so "
            f"they are not shares of it."
        )
        alone = sum(part.value or 0 for part in breakdown.outermost)
        if not breakdown.do_parts_overlap and alone > total:
            said += f" The parts alone sum to {alone:,}."
    of = f"the printed total {total:,}" if total is not None else "one base"
    claim = f"The printed shares of {named} by {breakdown.along} are shares of {of}."
    yield _found(
        breakdown,
        "share_base",
        claim,
        total,
        base.low,
        base.high,
        verdict,
        f"{_subject(breakdown, named)}: {said}",
    )


def _without_one(shared: list[tuple[int, str]]) -> str:
    """The one figure without which the others fit a base, if there is just one."""
    fits = {}
    for at, (value, printed) in enumerate(shared):
        base = common_base(shared[:at] + shared[at + 1 :])
        if len(shared) > 2 and not base.is_empty:
            fits[f"{value:,} = {printed}%"] = base
    if len(fits) != 1:
        return ""
    [(odd, base)] = fits.items()
    return f" Without {odd} the others fit on a base of {spread(base)}."


def _sum_of_parts(breakdown: Breakdown, summed: Sum, labels: Labels) -> Reconciliation:
    """Do the parts fit the printed total: equal where they are all there is, else not above it?"""
    total, parts = summed.total, summed.value
    codes = breakdown.codes
    if summed.code != TOTAL:
        codes = codes | ({breakdown.dimension: summed.code} if breakdown.dimension in codes else {})
    named = _named(breakdown, labels, codes)
    many = len(summed.parts) > 1
    alone = f"the {len(summed.parts)} parts printed sum to" if many else "the one part printed is"
    subject = _subject(breakdown, named)
    high: int | None = None
    verdict: Verdict
    if not (breakdown.is_exhaustive and summed.is_covered):
        claim = f"The parts of {named} by {breakdown.along} do not exceed the printed total {total:,}."
        verdict = "contradicts" if parts > total else "agrees"
        more = ", more than" if parts > total else " of"
        said = f"{subject}: {alone} {parts:,}{more} the printed total {total:,}."
    else:
        claim = f"The parts of {named} by {breakdown.along} add up to the printed total {total:,}."
        if not summed.is_known:
            verdict = "contradicts" if parts > total else "untestable"
            said = f"{subject}: not every part is a number; those that are sum to {parts:,}"
            said += f", printed is {total:,}."
        else:
            high = parts
            verdict = "agrees" if parts == total else "contradicts"
            said = f"{subject}: {alone} {parts:,}; the printed total is {total:,}."
    return _found(breakdown, "sum_of_parts", claim, total, parts, high, verdict, said, codes)


def _largest_part(breakdown: Breakdown, named: str) -> Iterator[Reconciliation]:
    """Where parts hold one another: does at least none exceed the printed total?"""
    known = [part for part in breakdown.parts if part.value is not None]
    if not breakdown.do_parts_overlap or breakdown.total is None or not known:
        return
    largest = max(known, key=lambda part: part.value or 0)
    value, total = largest.value or 0, breakdown.total
    claim = f"No part of {named} by {breakdown.along} exceeds the printed total {total:,}."
    said = f"{_subject(breakdown, named)}: the largest part, {largest.code}, is {value:,}"
    said += f", {'more than' if value > total else 'of'} the printed total {total:,}."
    verdict: Verdict = "contradicts" if value > total else "agrees"
    yield _found(breakdown, "largest_part", claim, total, value, None, verdict, said)


def _sum_of_shares(breakdown: Breakdown, named: str) -> Iterator[Reconciliation]:
    """Do the printed shares add up to 100, or to no more where other parts may exist?"""
    printed = [part.printed for part in breakdown.outermost if part.printed]
    if len(printed) < 2:
        return
    shares = sum((Fraction(Decimal(text)) for text in printed), Fraction())
    slack = sum((half_unit(text) for text in printed), Fraction())
    complete = breakdown.is_exhaustive and len(printed) == len(breakdown.outermost)
    low, high = shares - slack, shares + slack
    agrees = low <= 100 <= high if complete else low <= 100
    most = "" if complete else "no more than "
    claim = f"The printed shares of {named} by {breakdown.along} add up to {most}100%."
    subject = _subject(breakdown, named)
    said = f"{subject}: the shares add up to {decimal(shares)}%, give or take {decimal(slack)} for rounding."
    verdict: Verdict = "agrees" if agrees else "contradicts"
    yield _found(breakdown, "sum_of_shares", claim, 100.0, float(low), float(high), verdict, said)


def _named(breakdown: Breakdown, labels: Labels, codes: dict[str, str] | None = None) -> str:
    named = what(labels, breakdown.measure, codes or breakdown.codes, breakdown.other_dimensions)
    return named[:1].lower() + named[1:]


def _subject(breakdown: Breakdown, named: str) -> str:
    return f"{named[:1].upper()}{named[1:]} by {breakdown.along}"


def _found(
    breakdown: Breakdown, kind: str, claim: str, published: float | None, low: float | None,
    high: float | None, verdict: Verdict, explanation: str, codes: dict[str, str] | None = None,
) -> Reconciliation:  # fmt: skip
    exports = {part.export_id for part in breakdown.parts}
    of = codes or breakdown.codes
    return Reconciliation(
        breakdown.source, breakdown.period.start, breakdown.period.end, kind, claim, published, low,
        high, verdict, explanation, breakdown.measure, of["crime_type"], of["age_band"], of["sex"],
        of["region"], exports.pop() if len(exports) == 1 else None, breakdown.dimension,
    )  # fmt: skip
