"""What a test of published figures says: the claim, the verdict, and a sentence."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import duckdb

from pipelines.common.paths import statement
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.shares import Interval

Verdict = Literal["agrees", "contradicts", "untestable"]
Labels = dict[tuple[str, str], str]
"""Dimension and code → label."""


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
    dimension: str | None = None
    their_source: str | None = None


def rows(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a query of ``sql/reconcile``, by column name."""
    found = connection.execute(statement("reconcile", name))
    names = [column[0] for column in found.description or ()]
    for row in found.fetchall():
        yield dict(zip(names, row, strict=True))


def of_figure(
    row: dict[str, Any], kind: str, claim: str, published: float | None, bounds: Sequence[float | None],
    verdict: Verdict, explanation: str, their_source: str | None = None,
) -> Reconciliation:  # fmt: skip
    """A reconciliation of the figure that a row is about."""
    low, high = bounds
    return Reconciliation(
        row["source"], row["period_start"], row["period_end"], kind, claim, published, low, high, verdict,
        explanation, row["measure"], row["crime_type"], row["age_band"], row["sex"], row["region"],
        row["export_id"], their_source=their_source,
    )  # fmt: skip


def label(labels: Labels, dimension: str, code: str) -> str:
    return labels.get((dimension, code), code)


def what(labels: Labels, measure: str, codes: dict[str, str], other_dimensions: str | None) -> str:
    """The measure and what is held fixed, e.g. ``Suspects (Deepfake sexual content)``."""
    fixed = [label(labels, name, codes[name]) for name in DIMENSIONS if codes.get(name, TOTAL) != TOTAL]
    own = json.loads(other_dimensions or "{}")
    fixed += [f"{name} {label(labels, name, code)}" for name, code in own.items()]
    named = label(labels, "measure", measure)
    return f"{named} ({', '.join(fixed)})" if fixed else named


def spread(base: Interval) -> str:
    """An interval in words."""
    if base.high is None:
        return f"{base.low:,} or more"
    if base.high == base.low:
        return f"{base.low:,}"
    joint = "or" if base.high == base.low + 1 else "to"
    return f"{base.low:,} {joint} {base.high:,}"


def listed(texts: Iterable[str]) -> str:
    """``a, b and c``."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def decimal(number: Fraction) -> str:
    """A number to two places, without zeros at the end."""
    shown = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def signed(printed: str) -> str:
    return printed if printed.startswith("-") else f"+{printed}"
