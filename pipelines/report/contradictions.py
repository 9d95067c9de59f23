"""A contradiction among published figures, in a sentence of the reader's language."""

from __future__ import annotations

from pipelines.common.problems import one_line
from pipelines.observation import DIMENSIONS
from pipelines.report.figures import Row
from pipelines.report.words import Words


def contradiction(words: Words, row: Row) -> str:
    """A contradiction in a sentence."""
    low, high = row["recomputed_low"], row["recomputed_high"]
    bounds = [_plain(bound) for bound in dict.fromkeys((low, high)) if bound is not None]
    if row["kind"] == "agreement" and row["their_source"] and low == high is not None:
        return _disagreement(words, row)
    total = row["sum_of_parts"]
    return words(
        f"claim: {row['kind']}",
        explanation=one_line(row["explanation"]),
        parts="" if total is None else words("parts alone", sum=_plain(total)),
        what=words.what(row),
        along=_along(words, row["dimension"]),
        published=_plain(row["published"]),
        range="–".join(bounds) or "?",
    )


def _disagreement(words: Words, row: Row) -> str:
    """What two sources say of the same, and by how much they differ."""
    mine, theirs = row["published"], row["recomputed_low"]
    return words(
        "claim: agreement with" if mine > theirs else "claim: agreement with more",
        what=words.what(row),
        published=_plain(mine),
        other=words.title(row["their_source"]),
        theirs=_plain(theirs),
        difference=_plain(abs(mine - theirs)),
    )


def _along(words: Words, dimension: str | None) -> str:
    """By what figures are broken down; a dimension that only one source has goes by its own name."""
    if dimension is None:
        return ""
    if dimension in DIMENSIONS:
        return words(f"along: {dimension}")
    return words("along: other", dimension=words.label("dimension", dimension))


def _plain(value: float | None) -> str:
    """A count or a percentage, with as many digits as it has, two at most."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}".rstrip("0")
