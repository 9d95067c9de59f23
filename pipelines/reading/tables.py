"""Grids whose cells are published numbers → observations, by contract.

One pass: bind columns to the contract, read what the rows say (labels, periods), read the numbers,
put both together. Whatever is not understood becomes a `Problem` with an address, never a guess.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines import observation, periods
from pipelines.ages import says_only_under
from pipelines.common.problems import Problem, printable
from pipelines.contracts.codes import MEASURE
from pipelines.contracts.layouts import Match, Table
from pipelines.contracts.words import EACH
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import PERIOD_PARTS, Fragment, Period
from pipelines.reading.binding import bind
from pipelines.reading.data_rows import data_rows, raw_rows
from pipelines.reading.doubts import doubts
from pipelines.reading.grids import Grid
from pipelines.reading.headings import (
    Groups,
    Joiner,
    Labels,
    Rows,
    Steps,
    header_steps,
    misnamed,
    outside_fragment,
    outside_steps,
    read_rows,
)
from pipelines.reading.hierarchies import as_json
from pipelines.reading.numerals import read_number
from pipelines.reading.printed_figures import UNREADABLE, PrintedFigures, unplaced
from pipelines.reading.workbook_cells import label_doubts, settled


@dataclass(frozen=True)
class Origin:
    """What holds for every observation of one export."""

    source: str
    export_id: str
    file: str
    released_on: dt.date | None
    groups: Groups
    """What the file's name, sheet and cells say."""


@dataclass(frozen=True)
class Tidy:
    """What one export says. ``printed`` has the data rows as text, ``rows`` with numbers as numbers,
    both with a column per position; constraints and expectations look at them.
    """

    observations: pd.DataFrame
    printed_figures: PrintedFigures
    rows: pd.DataFrame
    printed: pd.DataFrame
    matches: list[Match]
    problems: list[Problem]
    rows_received: int
    rows_ignored: int
    raw_rows: Mapping[int, str]
    """Row number → its cells as JSON: what is kept of a rejected row."""
    labels: Labels


def tidy(grid: Grid, table: Table, origin: Origin) -> Tidy:
    """The observations of an export, and everything about it that could not be understood.

    ``observations`` has the columns of `pipelines.observation`; rows with a problem are left out.
    """
    matches, problems = bind(grid, table, origin.file)
    problems += label_doubts(grid, matches, origin.file)
    grid = settled(grid, matches, origin.file)
    cells, ragged = data_rows(grid, matches, table)
    ignored = len(grid.cells) + len(grid.ragged) - len(cells) - len(ragged)
    received = len(cells) + len(ragged)
    kept = raw_rows(cells, ragged)
    labels = Labels()
    if not received:
        problems.append(Problem(origin.file, "empty", "has a header and no rows",
                                next_step="The file may be cut; fetch it again"))  # fmt: skip
    if problems:  # the layout itself is not understood: no row can be
        nothing = _observations([], origin, table)
        return Tidy(
            nothing, PrintedFigures(nothing), cells, cells, matches, problems, received, ignored, kept, labels
        )

    problems = [problem for problem in grid.problems if problem.row in ragged]
    problems += doubts(cells, matches, table, grid, origin.file)
    cells = _without_repeats(cells, matches, origin.file, problems)
    rows = read_rows(cells, matches, table, origin.file, labels, problems)
    outside = outside_steps(origin.groups, table, origin.file, problems)
    joiner = Joiner(table, labels)
    typed = cells.copy()
    numbers = [
        _read_numbers(cells, typed, match, rows, outside, joiner, table, origin, grid, problems)
        for match in matches
        if match.column.has_numbers
    ]
    records = _with_percentages(numbers, origin.file, problems)
    problems += _doubtful_ages(labels, table, origin.file)
    problems += _wrong_names(labels, matches, origin.file)
    bad = {problem.row for problem in problems}
    every = _observations(records, origin, table)
    observations = every[~every["source_row"].isin(list(bad))].reset_index(drop=True)
    printed = cells.copy()
    for match in matches:
        if match.column.has_numbers:  # what stands for a missing number is no value
            printed[match.position] = printed[match.position].where(
                ~printed[match.position].isin(list(table.layout.statuses)), None
            )
    figures = PrintedFigures(every, unplaced(problems, every, rows.periods), _row_dimensions(matches))
    return Tidy(observations, figures, typed, printed, matches, problems, received, ignored, kept, labels)


def _without_repeats(
    cells: pd.DataFrame, matches: list[Match], file: str, problems: list[Problem]
) -> pd.DataFrame:
    """The rows, without those that say again what an earlier one says."""
    read = cells[[match.position for match in matches if not match.column.ignore]]
    is_repeated = read.duplicated(keep="first")
    if not is_repeated.any():
        return cells
    keys = read.apply(tuple, axis=1)
    first = {key: row for row, key in reversed([*keys.items()])}
    for row, key in keys[is_repeated].items():
        problems.append(
            Problem(
                file, "repeated_row", f"is the same as row {first[key]}, which is kept", row=int(str(row)),
                next_step="Delete it, or let bad rows be left out with `max_rejected_pct:`",
            )
        )  # fmt: skip
    return cells[~is_repeated]


def _row_dimensions(matches: list[Match]) -> frozenset[str]:
    named = (m.column.dimension for m in matches if not m.column.has_numbers)
    return frozenset(name for name in named if name)


def _doubtful_ages(labels: Labels, table: Table, file: str) -> list[Problem]:
    """Two bands of which only the ends are named: the second may go on where the first ends."""
    found = {
        label: code
        for (dimension, code), printed in labels.printed.items()
        if dimension == "age_band"
        for label in printed
        if says_only_under(label) and code.startswith("0-") and not table.maps(dimension, label)
    }
    if len(set(found.values())) < 2:
        return []
    listed = ", ".join(f"'{label}'" for label in found)
    reason = f"{listed}: does each age band begin at 0, or where the one before it ends?"
    step = "Say it in the contract, e.g. `codes: {age_band: {the label: 14-17}}`"
    return [Problem(file, "unknown_label", reason, next_step=step)]


def _wrong_names(labels: Labels, matches: list[Match], file: str) -> list[Problem]:
    return [
        problem
        for match in matches
        if match.column.label_of and match.column.constraints.severity == "critical"
        for problem in misnamed(labels, file, match.label, match.column.label_of)
    ]


def _read_numbers(
    cells: pd.DataFrame, typed: pd.DataFrame, match: Match, rows: Rows, outside: Steps, joiner: Joiner,
    table: Table, origin: Origin, grid: Grid, problems: list[Problem],
) -> pd.DataFrame:  # fmt: skip
    """One row per number of a column, with its full key; numbers also replace text in ``typed``."""
    column = match.column
    texts = cells[match.position]
    cells_with_numbers = grid.workbook.numbers if grid.workbook else {}
    printed = [
        (text if isinstance(text, str) else None, (int(row), match.position) in cells_with_numbers)
        for row, text in zip(cells.index, texts, strict=True)
    ]
    parsed = {each: read_number(*each, match, table.layout) for each in set(printed)}
    numbers = [parsed[each][0] for each in printed]
    typed[match.position] = [None if n is None else float(n) for n in numbers]
    header = header_steps(match, table)
    measure = column.measure or column.share_of or column.change_of
    if measure and measure != EACH:
        header[MEASURE] = ((1, measure, measure),)
    try:
        fragment = _header_fragment(match, table, origin)
    except ValueError as error:
        problems.append(Problem(origin.file, "period", str(error), column=match.label))
        return _numbers_frame([])
    found: dict[Fragment, Period | ValueError] = {}
    records = []
    for row, each in zip(cells.index, printed, strict=True):
        text = each[0]
        number, status, reason = parsed[each]
        if reason:
            problems.append(_no_number(origin.file, int(row), match, text, reason))
            number, status = None, UNREADABLE
        heading = rows.fragments.get(row, Fragment())
        if heading not in found:
            found[heading] = _period(fragment, heading, table.layout.cumulative)
        period = found[heading]
        if row in rows.bad:
            if isinstance(period, Period):
                rows.periods[row].add(period)
            continue
        if isinstance(period, ValueError):
            problems.append(Problem(origin.file, "period", str(period), row=int(row), column=match.label))
            continue
        try:
            key = joiner.codes(outside, header, rows.steps.get(row, {}))
        except ValueError as error:
            problems.append(Problem(origin.file, "label", str(error), row=int(row), column=match.label))
            continue
        own = {name: code for name, code in key.items() if name not in (MEASURE, *DIMENSIONS)}
        records.append((
            period.start, period.end, key.get(MEASURE), *(key.get(n, TOTAL) for n in DIMENSIONS),
            as_json(own),
            number, status, int(row), match.label, match.position,
            "share" if column.share_of else "change" if column.change_of else "count",
        ))  # fmt: skip
    return _numbers_frame(records)


def _header_fragment(match: Match, table: Table, origin: Origin) -> Fragment:
    """The part of the period that the file and the label of a column say. Raises ValueError."""
    fragment = outside_fragment(table, origin.groups)
    for name, text in match.groups.items():
        if name in PERIOD_PARTS:
            fragment = fragment.merged(periods.parse(text, name, match.column.format))
    return fragment


def _no_number(file: str, row: int, match: Match, text: str | None, reason: str) -> Problem:
    sign = printable(text) if text is not None else "an empty cell"
    is_sign = text is None or not any(char.isdigit() for char in sign)
    step = f"Say what {sign} means in `missingValues:`" if is_sign else None
    return Problem(file, "number", reason, row=row, column=match.label, value=text, next_step=step)


def _period(fragment: Fragment, heading: Fragment, is_cumulative: bool) -> Period | ValueError:
    try:
        period = fragment.merged(heading).period()
        return Period(period.end.replace(month=1, day=1), period.end) if is_cumulative else period
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
