"""Which codes are parts of which others in one export, and what follows: sums, subtotals, labels."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import pandas as pd

from pipelines import ages
from pipelines.contracts.codes import MEASURE, nearest_by_digits
from pipelines.contracts.layouts import Table
from pipelines.observation import DIMENSIONS, OBSERVED, TOTAL
from pipelines.reading.headings import Labels

NOT_COUNTED = "not_applicable"
"""The status of a part that there is none of: it leaves a sum complete."""

ADDING_UP = ("none", "printed")
"""What a contract says of totals where the parts are all there is, and disjoint."""

OTHER = "other_dimensions"
"""Stands for all dimensions together that only one source has, as observation holds them: as JSON."""


Place = tuple[str, dt.date, dt.date]
"""Measure and period."""
Way = tuple[str, tuple[str, ...]]
"""The next code up, and those to which a figure is added."""


@dataclass(frozen=True)
class Code:
    """A code in one export. ``whole`` is the nearest code of which it is a part that has a figure,
    printed or summed, else ``total``; ``rolls_up_to`` lists those, up to the first that is printed, to
    which its figure is added because none is printed for them and their parts are all there is.

    Where that differs within the export (other age bands in other years) there is one for each measure
    and period; else these are empty.
    """

    dimension: str
    code: str
    label: str
    whole: str | None
    rolls_up_to: tuple[str, ...]
    measure: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None


def dimensions_of(observations: pd.DataFrame) -> list[str]:
    """The dimensions by which an export breaks figures down, its own ones included."""
    own: set[str] = set()
    for text in observations[OTHER].dropna().unique():
        own |= json.loads(text).keys()
    return [name for name in DIMENSIONS if (observations[name] != TOTAL).any()] + sorted(own)


def export_codes(observations: pd.DataFrame, table: Table, labels: Labels, is_complete: bool) -> list[Code]:
    """Every code of an export, and those that its codes add up to; where rows were rejected, nothing
    adds up to what is not printed.
    """
    found = [
        Code(MEASURE, code, labels.of(MEASURE, code), None, ()) for code in observations[MEASURE].unique()
    ]
    own: dict[str, dict[str, tuple[str, ...]]] = {}
    for dimension in dimensions_of(observations):
        totals = table.totals_of(dimension) if is_complete else "partial"
        seen = along(observations, dimension)
        seen = seen[seen["code"] != TOTAL]
        order = {code: at for at, code in enumerate(seen["code"].unique())}
        places: dict[str, dict[Place, Way]] = defaultdict(dict)
        for printed, of in _printed_together(seen, dimension, order).items():
            ways_of = _structures(printed, dimension, table, totals)
            for code, way in ways_of.items():
                places[code] |= dict.fromkeys(of, way)
        own[dimension] = {}
        for code in sorted(places, key=lambda code: order.get(code, len(order))):
            label = labels.of(dimension, code) if code in order else ""
            ways = set(places[code].values())
            own[dimension][code] = max((rolls for _, rolls in ways), key=len)
            if len(ways) == 1:
                [(whole, rolls_up_to)] = ways
                found.append(Code(dimension, code, label, whole, rolls_up_to))
            else:
                found += [
                    Code(dimension, code, label, whole, rolls, measure, start, end)
                    for (measure, start, end), (whole, rolls) in places[code].items()
                ]
    return found + _together(observations, own)


def counted_codes(observations: pd.DataFrame, table: Table, labels: Labels) -> list[Code]:
    """Every code of an export whose records were counted: with the total of each breakdown, so that codes
    add up only to groups of the code lists that are not counted.
    """
    measures = observations[MEASURE].unique()
    found = [Code(MEASURE, code, labels.of(MEASURE, code), None, ()) for code in measures]
    own: dict[str, dict[str, tuple[str, ...]]] = {}
    for dimension in dimensions_of(observations):
        if dimension in DIMENSIONS:
            printed = set(observations[dimension].unique())
        else:
            printed = {_split(text, dimension)[0] for text in observations[OTHER].dropna().unique()}
        ways = _structure(sorted(printed - {TOTAL}), dimension, table, table.totals_of(dimension))
        own[dimension] = {code: rolls_up_to for code, (_, rolls_up_to) in ways.items()}
        found += [
            Code(dimension, code, labels.of(dimension, code), whole, rolls_up_to)
            for code, (whole, rolls_up_to) in ways.items()
        ]
    return found + _together(observations, own)


def _printed_together(
    seen: pd.DataFrame, dimension: str, order: dict[str, int]
) -> dict[tuple[tuple[str, ...], ...], list[Place]]:
    """The lists of codes of the breakdowns of a measure and period → where they are the same."""
    lists: dict[Place, set[frozenset[str]]] = defaultdict(set)
    for keys, group in seen.groupby(beside(dimension), sort=False, dropna=False):
        start, end, measure, *_ = keys
        lists[measure, start, end].add(frozenset(group["code"]))  # type: ignore[index]
    found: dict[tuple[tuple[str, ...], ...], list[Place]] = defaultdict(list)
    for place, sets in lists.items():
        listed = sorted(tuple(sorted(printed, key=order.__getitem__)) for printed in sets)
        found[tuple(listed)].append(place)
    return found


def _structures(
    printed: tuple[tuple[str, ...], ...], dimension: str, table: Table, totals: str
) -> dict[str, Way]:
    """What holds for all breakdowns of a measure and period. Where one breaks a code down further than
    another, no sum of theirs is known to be of the same.
    """
    merged: dict[str, Way] = {}
    for codes in printed:
        for code, way in _structure(list(codes), dimension, table, totals).items():
            if merged.setdefault(code, way) != way:
                every = list(dict.fromkeys(code for codes in printed for code in codes))
                return _structure(every, dimension, table, "partial")
    return merged


def _structure(printed: list[str], dimension: str, table: Table, totals: str) -> dict[str, Way]:
    """For each code that is printed together with others, and each group that is not: the next code up,
    and those to which its figure is added.
    """
    if dimension == "age_band" and ages.overlap(printed):
        totals = "overlapping"
    found: dict[str, Way] = {}
    known, nearest = frozenset(printed), _nearest(printed, dimension, table)
    for code in printed:
        whole, unprinted = _whole(code, dimension, known, nearest, table)
        steps = unprinted if totals in ADDING_UP else []
        wholes = [*steps, whole]
        rolls_up_to = [*steps, TOTAL] if (whole, totals) == (TOTAL, "none") else steps
        found[code] = wholes[0], tuple(rolls_up_to)
        for at, step in enumerate(steps):
            found.setdefault(step, (wholes[at + 1], tuple(rolls_up_to[at + 1 :])))
    return found


def _together(observations: pd.DataFrame, own: dict[str, dict[str, tuple[str, ...]]]) -> list[Code]:
    """To what each combination of a source's own dimensions adds up."""
    found = []
    for text in observations[OTHER].dropna().unique():
        codes = json.loads(text)
        ways = [[code, *own[name][code]] for name, code in codes.items()]
        into = [as_json(dict(zip(codes, way, strict=True))) or "" for way in product(*ways)]
        found.append(Code(OTHER, text, "", None, tuple(into[1:])))
    return found


def as_json(codes: dict[str, str]) -> str | None:
    """Codes of a source's own dimensions as observation holds them; None where all are totals."""
    broken_down = {name: code for name, code in codes.items() if code != TOTAL}
    if not broken_down:
        return None
    return json.dumps(broken_down, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _nearest(printed: list[str], dimension: str, table: Table) -> dict[str, str] | None:
    """Each printed code with the nearest other that it is a part of, where codes say so by themselves."""
    if dimension == "age_band":
        return ages.nearest(printed)
    return nearest_by_digits(printed) if dimension in table.layout.parents else None


def _whole(
    code: str, dimension: str, printed: Collection[str], nearest: dict[str, str] | None, table: Table
) -> tuple[str, list[str]]:
    """The nearest printed code that a code is a part of, and those nearer that are not printed."""
    if nearest is not None:
        return nearest.get(code, TOTAL), []
    unprinted: list[str] = []
    for ancestor in table.code_lists[dimension].ancestors(code):
        if ancestor in printed:
            return ancestor, unprinted
        unprinted.append(ancestor)
    return TOTAL, unprinted


def along(observations: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """The observations with their ``code`` along a dimension, and ``rest``: the other dimensions that
    only this source has, as text.
    """
    others = observations[OTHER].fillna("")
    if dimension in DIMENSIONS:
        return observations.assign(code=observations[dimension], rest=others)
    pairs = [_split(text, dimension) for text in others]
    code, rest = zip(*pairs, strict=True) if pairs else ((), ())
    # Of no rows pandas would make numbers.
    return observations.assign(code=pd.array(code, dtype="str"), rest=pd.array(rest, dtype="str"))


@lru_cache(maxsize=100_000)
def _split(text: str, dimension: str) -> tuple[str, str]:
    codes = json.loads(text or "{}")
    code = codes.pop(dimension, TOTAL)
    return code, as_json(codes) or ""


def beside(dimension: str) -> list[str]:
    """The columns that say which breakdown a part along a dimension belongs to."""
    others = [name for name in DIMENSIONS if name != dimension]
    return ["period_start", "period_end", MEASURE, *others, "rest"]


def _wholes(seen: pd.DataFrame, codes: list[Code], dimension: str) -> pd.Series:
    """The next code up for each observation, whose code along the dimension is in ``seen``."""
    everywhere = {c.code: c.whole for c in codes if c.dimension == dimension and c.measure is None}
    here = {
        (c.code, c.measure, c.period_start, c.period_end): c.whole
        for c in codes
        if c.dimension == dimension and c.measure is not None
    }
    columns = (seen[name] for name in ("code", MEASURE, "period_start", "period_end"))
    printed = {*seen["code"].unique(), TOTAL}
    found = []
    for code, *place in zip(*columns, strict=True):
        whole = everywhere.get(code) or here.get((code, *place))
        while whole is not None and whole not in printed:  # a group for which nothing is printed
            whole = everywhere.get(whole) or here.get((whole, *place))
        found.append(whole)
    return pd.Series(found, index=seen.index, dtype=object)


def sums_of_parts(observations: pd.DataFrame, dimension: str, codes: list[Code]) -> pd.DataFrame:
    """One row per breakdown with a printed whole: the columns of the whole, ``value`` (its figure) and
    ``sum_of_parts``; left out where a part is not known, since then no sum can be told.
    """
    seen = along(observations, dimension)
    parts = seen.assign(whole=_wholes(seen, codes, dimension)).dropna(subset=["whole"])
    keys = [*beside(dimension), "whole"]
    counted = parts[parts["value_status"] != NOT_COUNTED]
    counted = counted.assign(is_known=counted["value_status"] == OBSERVED)
    sums = counted.groupby(keys, dropna=False).agg(
        sum_of_parts=("value", "sum"), is_known=("is_known", "all")
    )
    sums = sums[sums["is_known"].astype(bool)].reset_index()
    printed = seen[seen["value_status"] == OBSERVED].assign(whole=seen["code"])
    return printed.merge(sums.drop(columns="is_known"), on=keys)
