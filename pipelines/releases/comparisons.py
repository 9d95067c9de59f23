"""What a version of a table does to the figures of the one before it: leaves out, empties, restates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from math import log10

import pandas as pd

from pipelines.common import databases
from pipelines.common.paths import statement
from pipelines.common.problems import Problem, counted, in_words
from pipelines.contracts.codes import MEASURE, CodeList
from pipelines.contracts.words import Revisions
from pipelines.observation import DIMENSIONS, OBSERVED, TOTAL
from pipelines.periods import Period
from pipelines.quality.expectations import Result, Rule, Validator
from pipelines.reading.coverage import named

LOST, LEFT_OUT, EMPTIED, RESTATED = "lost_figures", "left_out", "emptied", "restated"
HELD = (LOST, LEFT_OUT, EMPTIED, RESTATED)
"""Rules of findings that hold an export back until they are accepted."""

LISTED, PERIODS_LISTED = 6, 12
RENAMED_DIGITS = 4.0
"""Digits in which two series agree by themselves before one is taken for the other renamed."""

_BY = (MEASURE, *DIMENSIONS, "other_dimensions")
_KEYS = ["period_start", "period_end", *_BY]


def compared(before: list[str], after: list[str]) -> pd.DataFrame:
    """The figures of two sets of readings, given as Parquet files, side by side: the columns of the
    figure, ``old_value``, ``new_value``, ``old_status``, ``new_status`` and the new address.
    """
    query = statement("ingest", "compared")
    with databases.opened(files=[*before, *after]) as connection:
        return connection.execute(query, {"before": before, "after": after}).df()


def lost(figures: pd.DataFrame, file: str) -> Iterator[Problem]:
    """What a file no longer gives of what it gave before, in the same release."""
    gone = figures[_is_gone(figures)]
    if len(gone):
        yield Problem(
            file, LOST,
            f"no longer gives {counted(len(gone), 'figure')} that it gave before: {_listed(gone)}",
            next_step="If it was cut, fetch it again; if the publisher withdrew them, give the file a later "
            f"release date, or {_accept(file)}",
        )  # fmt: skip


def without_ended(
    figures: pd.DataFrame, code_lists: Mapping[str, CodeList], released_on: str
) -> pd.DataFrame:
    """The figures, without those of codes that are not counted any more when a release appears: what it
    leaves out of them is no loss.
    """
    day = dt.date.fromisoformat(released_on)
    kept = pd.Series(data=True, index=figures.index)
    for dimension in (MEASURE, *DIMENSIONS):
        for code, (_, last) in code_lists[dimension].validities.items():
            if last and last < day:
                kept &= ~((figures[dimension] == code) & (figures["period_end"] <= pd.Timestamp(last)))
    return figures[kept]


def left_out(
    figures: pd.DataFrame, file: str, earlier: str, allowed: Sequence[str], unread: int = 0
) -> Iterator[Problem]:
    """What a later release leaves out of what an earlier one gave, which ``earlier`` names as a sentence
    does; as many figures may be missing as its rejected rows may have (``unread``). If it repeats none of
    its periods it is a file of other periods, and leaves nothing out.
    """
    old, new = figures[figures["old_status"].notna()], figures[figures["new_status"].notna()]
    given, old_periods = set(periods(new)), set(periods(old))
    shared = old_periods & given
    if not shared or _is_gone(figures).sum() <= unread:
        return
    missing = sorted(old_periods - shared, key=lambda period: (period.start, period.end))
    if "periods" in allowed:  # a window that moves on leaves out what comes before it
        begins = min(period.start for period in given)
        missing = [period for period in missing if period.end >= begins]
    if missing:
        more = len(missing) - PERIODS_LISTED
        shown = ", ".join(period.short for period in missing[:PERIODS_LISTED])
        shown += f" and {counted(more, 'other period')}" if more > 0 else ""
        yield Problem(
            file, LEFT_OUT, f"leaves out {shown}, which {earlier} gives",
            next_step="If it was cut, fetch it again; if the window moves on, say `revisions: "
            f"{{may_leave_out: [periods]}}` in the contract, or {_accept(file)}",
        )  # fmt: skip
    is_shared = pd.Series([period in shared for period in periods(figures)], index=figures.index)
    figures = figures[is_shared.astype(bool)]
    gone = figures[_is_gone(figures)]
    if len(gone) and "labels" not in allowed:
        yield Problem(
            file, LEFT_OUT,
            f"leaves out {counted(len(gone), 'figure')} that {earlier} gives: "
            f"{_labels_of(gone, figures)}{'; some may be in the rows that were rejected' if unread else ''}",
            next_step="If a label was renamed, add it as an alias; if the file was cut, fetch it again; if "
            f"the publisher dropped it, {_accept(file)}",
        )  # fmt: skip


def emptied(figures: pd.DataFrame, file: str, earlier: str) -> Iterator[Problem]:
    """Figures that were numbers and are none any more."""
    is_empty = figures["new_status"].notna() & (figures["new_status"] != OBSERVED)
    empty = figures[(figures["old_status"] == OBSERVED) & is_empty]
    if len(empty):
        zeros = int((empty["old_value"] == 0).sum())
        what = f" ({zeros} of them were 0)" if zeros else ""
        yield Problem(
            file, EMPTIED,
            f"leaves empty {counted(len(empty), 'figure')}{what} that {earlier} gives as numbers: "
            f"{_listed(empty)}",
            next_step=f"If blanks stand for zeros, `missingValues: {{'': zero}}`; else {_accept(file)}",
        )  # fmt: skip


def restated(figures: pd.DataFrame, file: str, earlier: str, hold_pct: float) -> Iterator[Problem]:
    """Periods and measures whose figures, taken together, moved by more than ``hold_pct`` percent."""
    both = figures.dropna(subset=["old_value", "new_value"])
    moved = both.assign(moved=(both["new_value"] - both["old_value"]).abs()).sort_values(
        "moved", kind="stable"
    )
    for _, group in moved.groupby(["period_start", "period_end", MEASURE]):
        base, change = group["old_value"].sum(), group["moved"].sum()
        if change > hold_pct / 100 * base:
            largest = group.iloc[-1]
            period, measure = _period(largest).short, largest[MEASURE]
            size = f"by {100 * change / base:.0f}%" if base else "from 0"
            yield Problem(
                file, RESTATED,
                f"restates {measure} of {period} {size} against {earlier}, more than "
                f"{hold_pct:g}%: {_of(largest)} was {int(largest['old_value']):,} and is "
                f"{int(largest['new_value']):,}",
                next_step="Look whether columns or units changed; if the publisher restated them, "
                f"{_accept(file)}",
            )  # fmt: skip


def changed(figures: pd.DataFrame, earlier: str) -> str | None:
    """The figures that a file changed in its place, in a sentence; None if it changed none."""
    _, other = _revised(figures)
    if other.empty:
        return None
    more = f"; and {len(other) - LISTED} more" if len(other) > LISTED else ""
    return (
        f"changes {counted(len(other), 'figure')} against {earlier}, in the same release, so that "
        f"`revisions` cannot list them: {_moves(other)}{more}. If the publisher revised them, give the file "
        "a later release date"
    )


def within_tolerance(
    figures: pd.DataFrame, revisions: Revisions, suite: str, batch: str, validator: Validator, earlier: str
) -> list[Result]:
    """The expectation that no figure was revised by more than the tolerance of its source."""
    both, revised = _revised(figures)
    if both.empty:
        return []
    # A figure that was 0 has no change in percent: nulls are left out by the expectation.
    pct = (
        100
        * (revised["new_value"] - revised["old_value"])
        / revised["old_value"].where(revised["old_value"] > 0)
    )
    frame = revised.assign(revised_by_pct=pct.astype(float))
    limit = revisions.tolerance_pct
    rule = Rule(
        "expect_column_values_to_be_between",
        {"column": "revised_by_pct", "min_value": -limit, "max_value": limit}, "warning",
        reason=f"revised by more than {limit:g} percent",
    )  # fmt: skip
    if frame.empty:
        return [Result(rule, "passed", len(both), 0)]
    [result] = validator.frame(f"{suite}.revisions", f"revisions of {batch}", frame, [rule])
    beyond = frame[frame["revised_by_pct"].abs() > limit]
    if result.verdict != "failed" or beyond.empty:
        return [result]
    said = "; ".join(
        f"{_of(row)}, {_period(row).short}: {int(row['old_value']):,} in {earlier}, "
        f"{int(row['new_value']):,} now"
        for _, row in beyond.head(LISTED).iterrows()
    )
    more = f"; and {len(beyond) - LISTED} more" if len(beyond) > LISTED else ""
    explanation = f"revises {counted(len(beyond), 'figure')} by more than {limit:g}%: {said}{more}"
    return [Result(result.rule, "failed", len(both), len(beyond), explanation)]


def _is_gone(figures: pd.DataFrame) -> pd.Series:
    return figures["old_status"].notna() & figures["new_status"].isna()


def _revised(figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The figures that both versions give as numbers, and those of them that differ."""
    both = figures.dropna(subset=["old_value", "new_value"])
    return both, both[both["new_value"] != both["old_value"]]


def _labels_of(gone: pd.DataFrame, figures: pd.DataFrame) -> str:
    """What is gone, by the codes that are gone altogether; else figure by figure."""
    new = figures[figures["new_status"].notna()]
    said, explained = [], pd.Series(data=False, index=gone.index)
    for dimension in _BY:
        for code in gone[dimension].unique():
            if code not in ("", TOTAL) and not (new[dimension] == code).any():
                rows = gone[dimension] == code
                said.append(f"{in_words(dimension)} '{code}'{_renamed(dimension, code, figures)}")
                explained |= rows
    rest = gone[~explained]
    return "; ".join(
        [*said[:LISTED], *(["…"] if said[LISTED:] else []), *([_listed(rest)] if len(rest) else [])]
    )


def _renamed(dimension: str, code: str, figures: pd.DataFrame) -> str:
    """A hint at the new code that has the very figures of one that is gone."""
    rest = [key for key in _KEYS if key != dimension]
    old = figures[(figures[dimension] == code) & figures["old_value"].notna()]
    before = dict(zip(map(tuple, old[rest].to_numpy()), old["old_value"], strict=True))
    if sum(log10(max(value, 1)) for value in before.values()) < RENAMED_DIGITS:
        return ""
    is_new = figures["old_status"].isna() & figures["new_value"].notna()
    for other, group in figures[is_new].groupby(dimension):
        now = dict(zip(map(tuple, group[rest].to_numpy()), group["new_value"], strict=True))
        if now == before:
            return f" (new with the same figures is '{other}': renamed?)"
    return ""


def periods(figures: pd.DataFrame) -> list[Period]:
    """The period of each figure of a comparison."""
    starts, ends = figures["period_start"], figures["period_end"]
    return [Period(start.date(), end.date()) for start, end in zip(starts, ends, strict=True)]


def _period(row: pd.Series) -> Period:
    return Period(row["period_start"].date(), row["period_end"].date())


def _of(row: pd.Series) -> str:
    return named(row[name] for name in _BY)


def _moves(figures: pd.DataFrame) -> str:
    moved = (figures["new_value"] - figures["old_value"]).abs().sort_values(ascending=False, kind="stable")
    return "; ".join(
        f"{_of(row)}, {_period(row).short}, was {int(row['old_value']):,} and is {int(row['new_value']):,}"
        for _, row in figures.loc[moved.index[:LISTED]].iterrows()
    )


def _listed(figures: pd.DataFrame) -> str:
    shown = [f"{_of(row)}, {_period(row).short}" for _, row in figures.head(LISTED).iterrows()]
    return "; ".join(shown) + ("; …" if len(figures) > LISTED else "")


def _accept(file: str) -> str:
    return f"accept it: `caseload accept '{file}' --reason …`"
