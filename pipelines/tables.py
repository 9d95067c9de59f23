"""Grids whose cells are published numbers → observations, by contract.

One pass: bind columns to the contract, read what the rows say (labels, periods), read the numbers,
put both together. Whatever is not understood becomes a `Problem` with an address, never a guess.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines import observation, periods
from pipelines.binding import add_code, bind, in_words
from pipelines.codes import MEASURE
from pipelines.data_rows import data_rows, raw_rows
from pipelines.grids import Grid
from pipelines.layouts import Match, Table
from pipelines.numerals import read_number
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import PERIOD_PARTS, Fragment, Period
from pipelines.problems import Problem, suggestion
from pipelines.words import EACH


@dataclass(frozen=True)
class Origin:
    """What holds for every observation of one export."""

    source: str
    export_id: str
    file: str
    released_on: dt.date | None
    groups: Mapping[str, str]
    """What the file's name says: dimension or period part → text."""


@dataclass(frozen=True)
class Tidy:
    """What one export says. ``printed`` has the data rows as text, ``rows`` with numbers as numbers,
    both with a column per position; constraints and expectations look at them.
    """

    observations: pd.DataFrame
    rows: pd.DataFrame
    printed: pd.DataFrame
    matches: list[Match]
    problems: list[Problem]
    rows_received: int
    rows_ignored: int
    raw_rows: Mapping[int, str]
    """Row number → its cells as JSON: what is kept of a rejected row."""


@dataclass
class _Rows:
    """What the row headings say, by row."""

    dimensions: dict[str, dict[int, str]] = field(default_factory=dict)
    fragments: dict[int, Fragment] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)


def tidy(grid: Grid, table: Table, origin: Origin) -> Tidy:
    """The observations of an export, and everything about it that could not be understood.

    ``observations`` has the columns of `pipelines.observation`; rows with a problem are left out.
    """
    matches, problems = bind(grid, table, origin.file)
    cells, ragged = data_rows(grid, matches, table)
    ignored = len(grid.cells) + len(grid.ragged) - len(cells) - len(ragged)
    received = len(cells) + len(ragged)
    kept = raw_rows(cells, ragged)
    if not received:
        problems.append(Problem(origin.file, "empty", "has a header and no rows",
                                next_step="The file may be cut; fetch it again"))  # fmt: skip
    if problems:  # the layout itself is not understood: no row can be
        nothing = _observations([], origin, table)
        return Tidy(nothing, cells, cells, matches, problems, received, ignored, kept)

    problems = [problem for problem in grid.problems if problem.row in ragged]
    rows = _read_rows(cells, matches, table, origin, problems)
    common = _file_dimensions(table, origin, problems)
    typed = cells.copy()
    numbers = [
        _read_numbers(cells, typed, match, rows, common, table, origin, problems)
        for match in matches
        if match.column.has_numbers
    ]
    records = _with_percentages(numbers, origin.file, problems)
    bad = {problem.row for problem in problems}
    observations = _observations([r for r in records if r["source_row"] not in bad], origin, table)
    printed = cells.copy()
    for match in matches:
        if match.column.has_numbers:  # what stands for a missing number is no value
            printed[match.position] = printed[match.position].where(
                ~printed[match.position].isin(list(table.layout.statuses)), None
            )
    return Tidy(observations, typed, printed, matches, problems, received, ignored, kept)


def _read_rows(
    cells: pd.DataFrame, matches: list[Match], table: Table, origin: Origin, problems: list[Problem]
) -> _Rows:
    """Codes and period parts that the row headings give; each distinct text is looked up once."""
    rows = _Rows()
    for match in matches:
        column = match.column
        if column.has_numbers or column.ignore:
            continue
        texts = cells[match.position]
        known = {text: _row_heading(text, match, table) for text in texts.dropna().unique()}
        known[None] = (None, "is empty", "Every row needs it; if the cell is merged, say `fill_down: true`")
        for row, text in zip(cells.index, texts, strict=True):
            text = text if isinstance(text, str) else None
            found, reason, next_step = known[text]
            if found is None:
                rows.bad.add(row)
                problems.append(
                    Problem(origin.file, "unknown_label" if text else "empty_label", reason, row=int(row),
                            column=match.label, value=text, next_step=next_step)
                )  # fmt: skip
            elif isinstance(found, Fragment):
                try:
                    rows.fragments[row] = rows.fragments.get(row, Fragment()).merged(found)
                except ValueError as error:
                    rows.bad.add(row)
                    problems.append(
                        Problem(origin.file, "period", str(error), row=int(row), column=match.label)
                    )
            elif column.dimension:
                rows.dimensions.setdefault(column.dimension, {})[row] = found
    return rows


def _row_heading(text: str, match: Match, table: Table) -> tuple[str | Fragment | None, str, str | None]:
    """What a cell that is no number means: a code or a fragment; else the reason and next step."""
    column = match.column
    if column.period:
        try:
            return periods.parse(text, column.period, column.format), "", None
        except ValueError as error:
            return None, str(error), "See `period:` and `format:` in the contract"
    assert column.dimension
    code = table.code(column.dimension, text, column)
    if code is not None:
        return code, "", None
    near = suggestion(text, table.known_labels(column.dimension, column))
    reason = f"'{text}' is not a known {in_words(column.dimension)}{near}"
    return None, reason, add_code(column.dimension, text)


def _file_dimensions(table: Table, origin: Origin, problems: list[Problem]) -> dict[str, str]:
    """Dimensions that hold for the whole file: from its name, then from the table's ``set``."""
    found = {}
    for name, text in origin.groups.items():
        if name in PERIOD_PARTS or name == "released_on":
            continue
        code = table.code(name, text)
        if code is None:
            near = suggestion(text, table.known_labels(name))
            reason = f"the file's name says {in_words(name)} '{text}', which is not known{near}"
            problems.append(
                Problem(origin.file, "unknown_label", reason, value=text, next_step=add_code(name, text))
            )
        else:
            found[name] = code
    return found | table.layout.set


def file_fragment(table: Table, groups: Mapping[str, str]) -> Fragment:
    """The part of the period that holds for a whole file. Raises ValueError."""
    fragment = Fragment()
    if table.layout.period is not None:
        fragment = periods.parse(table.layout.period, "interval")
    for name in PERIOD_PARTS:
        if name in groups:
            fragment = fragment.merged(periods.parse(groups[name], name))
    return fragment


def _read_numbers(
    cells: pd.DataFrame, typed: pd.DataFrame, match: Match, rows: _Rows, common: Mapping[str, str],
    table: Table, origin: Origin, problems: list[Problem],
) -> pd.DataFrame:  # fmt: skip
    """One row per number of a column, with its full key; numbers also replace text in ``typed``."""
    column = match.column
    texts = cells[match.position]
    parsed = {text: read_number(text, match, table.layout) for text in [*texts.dropna().unique(), None]}
    numbers = [parsed[t if isinstance(t, str) else None][0] for t in texts]
    typed[match.position] = [None if n is None else float(n) for n in numbers]
    fixed = dict(common) | dict(column.set)
    fixed |= {n: table.code(n, t, column) or t for n, t in match.groups.items() if n not in PERIOD_PARTS}
    measure = column.measure or column.share_of or column.change_of
    if measure and measure != EACH:
        fixed[MEASURE] = measure
    try:
        fragment = file_fragment(table, origin.groups)
        for name, text in match.groups.items():
            if name in PERIOD_PARTS:
                fragment = fragment.merged(periods.parse(text, name, column.format))
    except ValueError as error:
        problems.append(Problem(origin.file, "period", str(error), column=match.label))
        return _numbers_frame([])
    found: dict[Fragment, Period | ValueError] = {}
    records = []
    for row, text in zip(cells.index, texts, strict=True):
        number, status, reason = parsed[text if isinstance(text, str) else None]
        if reason:
            sign = text if isinstance(text, str) else "an empty cell"
            is_sign = not any(char.isalnum() for char in sign) or sign == "an empty cell"
            step = f"Say what {sign} means in `missingValues:`" if is_sign else None
            problems.append(
                Problem(
                    origin.file,
                    "number",
                    reason,
                    row=int(row),
                    column=match.label,
                    value=text,
                    next_step=step,
                )
            )
            continue
        if row in rows.bad:
            continue
        heading = rows.fragments.get(row, Fragment())
        if heading not in found:
            found[heading] = _period(fragment, heading)
        period = found[heading]
        if isinstance(period, ValueError):
            problems.append(Problem(origin.file, "period", str(period), row=int(row), column=match.label))
            continue
        key = fixed | {name: codes[row] for name, codes in rows.dimensions.items() if row in codes}
        other = {n: v for n, v in key.items() if n not in (MEASURE, *DIMENSIONS) and v != TOTAL}
        records.append((
            period.start, period.end, key.get(MEASURE), *(key.get(n, TOTAL) for n in DIMENSIONS),
            json.dumps(other, ensure_ascii=False, sort_keys=True) if other else None,
            number, status, int(row), match.label, match.position,
            "share" if column.share_of else "change" if column.change_of else "count",
        ))  # fmt: skip
    return _numbers_frame(records)


def _period(fragment: Fragment, heading: Fragment) -> Period | ValueError:
    try:
        return fragment.merged(heading).period()
    except ValueError as error:
        return error


_ALONE = "percentage without a count"
_KEY = ["period_start", "period_end", MEASURE, *DIMENSIONS, "other_dimensions"]
_NUMBER_COLUMNS = [*_KEY, "number", "status", "source_row", "source_column", "position", "role"]


def _numbers_frame(records: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(records, columns=_NUMBER_COLUMNS, dtype=object)


def _with_percentages(numbers: list[pd.DataFrame], file: str, problems: list[Problem]) -> list[dict]:
    """Counts as records, each with the published share and change that have the same key.

    A percentage without a count stands on its own: an observation whose value is missing.
    """
    if not numbers:
        return []
    every = pd.concat(numbers, ignore_index=True).sort_values(["source_row", "position"], kind="stable")
    records: list[dict] = []
    by_key: dict[tuple, list[dict]] = {}
    for entry in every[every["role"] == "count"].to_dict("records"):
        entry["published_share_pct"] = entry["published_change_pct"] = None
        records.append(entry)
        by_key.setdefault(tuple(entry[name] for name in _KEY), []).append(entry)
    for entry in every[every["role"] != "count"].to_dict("records"):
        if entry["number"] is None:
            continue
        key, slot = tuple(entry[name] for name in _KEY), f"published_{entry['role']}_pct"
        # A row printed twice has its counts and percentages side by side, row by row.
        homes = by_key.get(key, [])
        home = next((home for home in homes if home["source_row"] == entry["source_row"]), None)
        home = home or next((home for home in homes if home["status"] != _ALONE), None)
        if home is None:
            home = entry | {"number": None, "status": _ALONE}
            home["published_share_pct"] = home["published_change_pct"] = None
            records.append(home)
            by_key.setdefault(key, []).append(home)
        if home[slot] is not None:
            problems.append(
                Problem(file, "number", "a second percentage for the same figure", row=entry["source_row"],
                        column=entry["source_column"], value=entry["number"])
            )  # fmt: skip
        home[slot] = entry["number"]
    return [record | {"status": "missing"} if record["status"] == _ALONE else record for record in records]


def _observations(records: list[dict], origin: Origin, table: Table) -> pd.DataFrame:
    frame = pd.DataFrame(records, columns=[*_NUMBER_COLUMNS, "published_share_pct", "published_change_pct"])
    frame = frame.rename(columns={"number": "value", "status": "value_status"}).assign(
        source=origin.source,
        export_id=origin.export_id,
        released_on=origin.released_on,
        is_provisional=table.layout.is_provisional,
        source_file=origin.file,
    )
    frame["value"] = frame["value"].astype("Int64")
    return frame[list(observation.COLUMNS)]
