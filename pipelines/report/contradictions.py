"""A contradiction among published figures, in a sentence of the reader's language."""

from __future__ import annotations

from pipelines.common.problems import one_line, printable
from pipelines.observation import DIMENSIONS
from pipelines.report.figures import Row
from pipelines.report.words import Words


def contradiction(words: Words, row: Row) -> str:
    """A contradiction in a sentence."""
    low, high = row["recomputed_low"], row["recomputed_high"]
    bounds = [_plain(bound) for bound in dict.fromkeys((low, high)) if bound is not None]
    return words(
        f"claim: {row['kind']}",
        explanation=one_line(row["explanation"]),
        what=words.what(row),
        along=_along(words, row["dimension"]),
        published=_plain(row["published"]),
        range="–".join(bounds) or "?",
    )


def _along(words: Words, dimension: str | None) -> str:
    """By what figures are broken down; a dimension that only one source has goes by its own name."""
    if dimension is None:
        return ""
    return words(f"along: {dimension}") if dimension in DIMENSIONS else f" {printable(dimension)}"


def _plain(value: float | None) -> str:
    """A count or a percentage, with as many digits as it has, two at most."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}".rstrip("0")
