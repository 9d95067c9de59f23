"""Grids whose cells are published numbers → observations, by contract.

One pass: bind columns to the contract, read what the rows say (labels, periods), read the numbers,
put both together. Whatever is not understood becomes a `Problem` with an address, never a guess.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines import observation, periods
from pipelines.codes import MEASURE, normalised
from pipelines.grids import Grid, number_text
from pipelines.layouts import EVERY_OTHER, Match, Table, is_pattern
from pipelines.observation import DIMENSIONS, OBSERVED, TOTAL
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
    """What one export says. ``rows`` is the grid with labels and typed numbers, for constraints."""

    observations: pd.DataFrame
    rows: pd.DataFrame
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
    cells, ignored = _without_ignored_rows(grid, table)
    received = len(cells) + len(grid.ragged)
    raw_rows = _raw_rows(cells, grid)
    matches, problems = _bind(grid, cells, table, origin.file)
    if not received:
        problems.append(Problem(origin.file, "empty", "has a header and no rows",
                                next_step="The file may be cut; fetch it again"))  # fmt: skip
    if problems:  # the layout itself is not understood: no row can be
        nothing = _observations([], origin, table)
        return Tidy(nothing, cells, matches, problems, received, ignored, raw_rows)

    problems = list(grid.problems)
    cells = _filled_down(cells, matches)
    rows = _read_rows(cells, matches, table, origin, problems)
    common = _file_dimensions(table, origin, problems)
    typed = cells.copy()
    numbers = [
        _read_numbers(cells, typed, match, rows, common, table, origin, problems)
        for match in matches
        if match.column.has_numbers
    ]
    observations = _observations(_with_percentages(numbers), origin, table)
    return Tidy(observations, typed, matches, problems, received, ignored, raw_rows)


def _without_ignored_rows(grid: Grid, table: Table) -> tuple[pd.DataFrame, int]:
    cells, before = grid.cells, len(grid.cells)
    for rule in table.layout.ignore_rows:
        if (label := normalised(rule.column)) in grid.labels:
            position = grid.labels.index(label)
            matched = cells[position].map(lambda c, p=rule.pattern: bool(c and re.fullmatch(p, c)))
            cells = cells[~matched.astype(bool)]
    return cells, before - len(cells)


def _raw_rows(cells: pd.DataFrame, grid: Grid) -> dict[int, str]:
    listed = {int(row): list(values) for row, values in zip(cells.index, cells.to_numpy(), strict=True)}
    return {row: json.dumps(values, ensure_ascii=False) for row, values in {**listed, **grid.ragged}.items()}


def _bind(grid: Grid, cells: pd.DataFrame, table: Table, file: str) -> tuple[list[Match], list[Problem]]:
    """The meaning of every column; unknown, missing and doubled columns are problems."""
    matches: list[Match] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    used: set[str] = set()
    for position, label in enumerate(grid.labels):
        number = position + 1
        if not label:
            if position in cells and cells[position].notna().any():
                problems.append(Problem(file, "header", f"column {number} has cells but no label"))
            continue
        if label in seen:
            reason = f"columns {seen[label]} and {number} have the same label"
            problems.append(Problem(file, "header", reason, column=label))
            continue
        seen[label] = number
        found = table.match(position, label)
        if found is None:
            known = [key for key in table.exact if key not in seen]
            problems.append(
                Problem(
                    file, "unknown_column", column=label,
                    reason=f"column {number} is not in the contract{suggestion(label, known)}",
                    next_step=grid.hint or "Add it to `columns:` in `source.yaml`, or as "
                    "an alias of the column that it is",
                )
            )  # fmt: skip
            continue
        key, match = found
        if match.column.has_numbers:
            problems += _unknown_groups(match, table, file, grid.hint)
        if key in used and key != EVERY_OTHER and not is_pattern(key):
            problems.append(Problem(file, "header", f"is `{key}` a second time", column=label))
        used.add(key)
        matches.append(match)
    for key, column in table.layout.columns.items():
        if key not in used and not column.optional:
            what = "no column matches" if key == EVERY_OTHER or is_pattern(key) else "the column is missing"
            problems.append(
                Problem(
                    file, "missing_column", what, column=key,
                    next_step=grid.hint or "If the publisher renamed it, add the new label to its "
                    "`aliases:`; if it may be absent, say `optional: true`",
                )
            )  # fmt: skip
    return matches, problems


def _unknown_groups(match: Match, table: Table, file: str, hint: str | None) -> Iterable[Problem]:
    """Problems of a label whose parts are no known codes or periods."""
    number = match.position + 1
    for name, text in match.groups.items():
        if name in PERIOD_PARTS:
            try:
                periods.parse(text, name, match.column.format)
            except ValueError as error:
                yield Problem(file, "period", f"column {number}: {error}", column=match.label, value=text)
        elif table.code(name, text, match.column) is None:
            near = suggestion(text, table.known_labels(name, match.column))
            yield Problem(
                file, "unknown_label", f"column {number} '{text}' is not a known {_words(name)}{near}",
                column=match.label, value=text, next_step=hint or _add_code(name),
            )  # fmt: skip


def _add_code(name: str) -> str:
    return f"Add it as an alias in `sql/codes/{name}.csv` or to `codes:` in `source.yaml`"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _filled_down(cells: pd.DataFrame, matches: list[Match]) -> pd.DataFrame:
    filled = cells.copy()
    positions = [match.position for match in matches if match.column.fill_down]
    filled[positions] = filled[positions].ffill()
    return filled


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
    reason = f"'{text}' is not a known {_words(column.dimension)}{near}"
    return None, reason, _add_code(column.dimension)


def _file_dimensions(table: Table, origin: Origin, problems: list[Problem]) -> dict[str, str]:
    """Dimensions that hold for the whole file: from its name, then from the table's ``set``."""
    found = {}
    for name, text in origin.groups.items():
        if name in PERIOD_PARTS or name == "released_on":
            continue
        code = table.code(name, text)
        if code is None:
            near = suggestion(text, table.known_labels(name))
            reason = f"the file's name says {_words(name)} '{text}', which is not known{near}"
            problems.append(
                Problem(origin.file, "unknown_label", reason, value=text, next_step=_add_code(name))
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
    parsed = {text: _number(text, match, table) for text in [*texts.dropna().unique(), None]}
    typed[match.position] = [parsed[t if isinstance(t, str) else None][0] for t in texts]
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
            step = None if isinstance(text, str) else "Say what an empty cell means in `missingValues:`"
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


def _number(text: str | None, match: Match, table: Table) -> tuple[int | str | None, str | None, str | None]:
    """Number, status and reason of a cell; a share or change stays text, with its printed digits."""
    layout = table.layout
    if (text or "") in layout.statuses:
        return None, layout.statuses[text or ""], None
    if text is None:
        return None, None, "is empty, and the contract does not say what that means"
    plain = number_text(text, layout.groupChar, layout.decimalChar)
    if plain is None:
        hint = ""
        if "," in text and layout.groupChar is None and number_text(text, ",", "."):
            hint = "; if the comma groups digits, the contract needs `groupChar: ','`"
        return None, None, f"'{text}' is not a number{hint}"
    if match.column.value:
        whole, _, decimals = plain.partition(".")
        if decimals.strip("0"):
            return None, None, f"'{text}' is not a whole number, and counts are"
        if len(whole) > 18:
            return None, None, f"'{text}' has too many digits for a count"
        return int(whole), OBSERVED, None
    return plain, OBSERVED, None


_KEY = ["period_start", "period_end", MEASURE, *DIMENSIONS, "other_dimensions"]
_NUMBER_COLUMNS = [*_KEY, "number", "status", "source_row", "source_column", "position", "role"]


def _numbers_frame(records: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(records, columns=_NUMBER_COLUMNS, dtype=object)


def _with_percentages(numbers: list[pd.DataFrame]) -> list[dict]:
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
        key = tuple(entry[name] for name in _KEY)
        if key not in by_key:
            alone = entry | {"number": None, "status": "missing"}
            alone["published_share_pct"] = alone["published_change_pct"] = None
            records.append(alone)
            by_key[key] = [alone]
        # A row printed twice has its counts and percentages side by side, row by row.
        homes = [r for r in by_key[key] if r["source_row"] == entry["source_row"]] or by_key[key]
        homes[0][f"published_{entry['role']}_pct"] = entry["number"]
    return records


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
