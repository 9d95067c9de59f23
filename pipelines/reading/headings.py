"""What rows, headers, sheets and file names say about the numbers: codes of dimensions, and periods.

One dimension may be spread over several columns or header rows, one for each level of its
hierarchy; the levels are put together into one code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines import periods
from pipelines.common.problems import Problem, in_words, suggestion
from pipelines.contracts.codes import PATH, normalised
from pipelines.contracts.layouts import RELEASED_ON, Match, Table
from pipelines.observation import TOTAL
from pipelines.periods import PERIOD_PARTS, Fragment
from pipelines.reading.binding import add_code

Groups = tuple[tuple[str, str], ...]
"""Name and text of every named group that a file's name, sheet or cells gave, in that order."""

Step = tuple[int, str, str]
"""One level of a place in a hierarchy: level, code, printed label."""
Steps = dict[str, tuple[Step, ...]]
"""By dimension."""


@dataclass
class Labels:
    """Under which labels each code was printed, and the names that the publisher gives it."""

    printed: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[tuple[str, str], dict[str, list[int]]] = field(default_factory=dict)
    """Dimension and code → name → the rows in which a `label_of` column gives it."""

    def of(self, dimension: str, code: str) -> str:
        """The publisher's name of a code, or else what was printed for it."""
        names = self.names.get((dimension, code))
        if names:
            return max(names, key=lambda name: len(names[name]))
        return " / ".join(sorted(self.printed[dimension, code]))


@dataclass
class Rows:
    """What the row headings say, by row."""

    steps: dict[int, Steps] = field(default_factory=lambda: defaultdict(dict))
    fragments: dict[int, Fragment] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)
    periods: dict[int, set[periods.Period]] = field(default_factory=lambda: defaultdict(set))
    """When a bad row counts, as far as it says so."""


class Joiner:
    """Puts the levels of each dimension together into codes, and remembers labels and results."""

    def __init__(self, table: Table, labels: Labels) -> None:
        self._table, self._labels = table, labels
        self._known: dict[tuple[str, tuple[Step, ...]], str | ValueError] = {}

    def codes(self, *given: Steps) -> dict[str, str]:
        """Dimension → code. Raises ValueError where a level is given twice, or its parent differs."""
        merged: Steps = {}
        for steps in given:
            for dimension, path in steps.items():
                merged[dimension] = merged.get(dimension, ()) + path
        return {dimension: self._joined(dimension, path) for dimension, path in merged.items()}

    def _joined(self, dimension: str, path: tuple[Step, ...]) -> str:
        key = dimension, path
        if key not in self._known:
            try:
                self._known[key] = self._code(dimension, sorted(set(path)))
            except ValueError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, ValueError):
            raise found
        return found

    def _code(self, dimension: str, path: list[Step]) -> str:
        codes = {level: code for level, code, _ in path}
        for level, code, label in path:
            if codes[level] != code:
                raise ValueError(f"two labels say which {in_words(dimension)}: '{label}' and another")
        code = self._table.code_lists[dimension].joined(codes[level] for level in sorted(codes))
        inner = [label for _, code, label in path if code != TOTAL] or [label for _, _, label in path[-1:]]
        self._labels.printed[dimension, code].add(PATH.join(inner))
        return code


def read_rows(
    cells: pd.DataFrame, matches: list[Match], table: Table, file: str, labels: Labels,
    problems: list[Problem],
) -> Rows:  # fmt: skip
    """Codes and period parts that the row headings give; each distinct text is looked up once."""
    rows = Rows()
    for match in matches:
        column = match.column
        if column.has_numbers or column.ignore or column.label_of:
            continue
        texts = cells[match.position]
        known = {text: _row_heading(text, match, table) for text in texts.dropna().unique()}
        known[None] = _empty(match, table)
        for row, text in zip(cells.index, texts, strict=True):
            text = text if isinstance(text, str) else None
            found, reason, next_step = known[text]
            if found is None:
                rows.bad.add(row)
                problems.append(
                    Problem(file, "unknown_label" if text else "empty_label", reason, row=int(row),
                            column=match.label, value=text, next_step=next_step)
                )  # fmt: skip
            elif isinstance(found, Fragment):
                try:
                    rows.fragments[row] = rows.fragments.get(row, Fragment()).merged(found)
                except ValueError as error:
                    rows.bad.add(row)
                    problems.append(Problem(file, "period", str(error), row=int(row), column=match.label))
            elif column.dimension:
                step = (column.level or 1, found, text or "")
                rows.steps[row][column.dimension] = (*rows.steps[row].get(column.dimension, ()), step)
    for match in matches:
        if match.column.label_of:
            _read_names(cells[match.position], match.column.label_of, rows, table, labels)
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
    return None, reason, add_code(table, column.dimension, text)


def _empty(match: Match, table: Table) -> tuple[str | Fragment | None, str, str | None]:
    """What an empty cell means: what the contract says of the label ``''``, or nothing."""
    column = match.column
    if column.dimension and (code := table.code(column.dimension, "", column)):
        return code, "", None
    step = "Every row needs it; if the cell is merged, say `fill_down: true`"
    if column.dimension:
        step += "; if it means all of them, `codes: {'': total}`"
    return None, "is empty", step


def _read_names(texts: pd.Series, dimension: str, rows: Rows, table: Table, labels: Labels) -> None:
    joiner = Joiner(table, Labels())
    for row, text in texts.items():
        steps = rows.steps.get(int(str(row)), {})
        if isinstance(text, str) and dimension in steps:
            try:
                code = joiner.codes({dimension: steps[dimension]})[dimension]
            except ValueError:  # reported where the number is read
                continue
            labels.names.setdefault((dimension, code), {}).setdefault(normalised(text), []).append(
                int(str(row))
            )


def outside_steps(groups: Groups, table: Table, file: str, problems: list[Problem]) -> Steps:
    """Dimensions that hold for the whole file: from its name, sheet and cells, and from ``set``."""
    found: Steps = {}
    for name, text in groups:
        if name in PERIOD_PARTS or name == RELEASED_ON:
            continue
        dimension, level = table.split(name)
        code = table.code(dimension, text)
        if code is None:
            near = suggestion(text, table.known_labels(dimension))
            says = f"the file's name, sheet or cells say {in_words(dimension)} '{text}'"
            step = add_code(table, dimension, text)
            reason = f"{says}, which is not known{near}"
            problems.append(Problem(file, "unknown_label", reason, value=text, next_step=step))
        else:
            found[dimension] = (*found.get(dimension, ()), (level, code, text))
    for dimension, code in table.layout.set.items():
        found[dimension] = (*found.get(dimension, ()), (1, code, code))
    return found


def header_steps(match: Match, table: Table) -> Steps:
    """Dimensions that the label of a column of numbers, or its ``set``, gives."""
    found: Steps = {name: ((1, code, code),) for name, code in match.column.set.items()}
    for name, text in match.groups.items():
        if name not in PERIOD_PARTS:
            dimension, level = table.split(name)
            code = table.code(dimension, text, match.column) or text
            found[dimension] = (*found.get(dimension, ()), (level, code, text))
    return found


def outside_fragment(table: Table, groups: Groups) -> Fragment:
    """The part of the period that holds for a whole file. Raises ValueError."""
    fragment = Fragment()
    if table.layout.period is not None:
        fragment = periods.parse(table.layout.period, "interval")
    for name, text in groups:
        if name in PERIOD_PARTS:
            fragment = fragment.merged(periods.parse(text, name))
    return fragment


def misnamed(labels: Labels, file: str, column: str, dimension: str) -> Iterable[Problem]:
    """Rows whose code has another name than elsewhere, or whose name has another code: of the two
    readings the one in fewer rows is blamed, both where they are as many.
    """
    by_name: dict[str, dict[str, list[int]]] = {}
    for (of, code), names in labels.names.items():
        if of != dimension:
            continue
        yield from _minority(names, file, column, f"{in_words(dimension)} '{code}' is called")
        for name, found in names.items():
            by_name.setdefault(name, {})[code] = found
    for name, codes in by_name.items():
        yield from _minority(codes, file, column, f"'{name}' is {in_words(dimension)}")


def _minority(readings: Mapping[str, list[int]], file: str, column: str, subject: str) -> Iterable[Problem]:
    if len(readings) < 2:
        return
    most = max(len(rows) for rows in readings.values())
    usual = [text for text, rows in readings.items() if len(rows) == most]
    for text, rows in readings.items():
        if len(usual) > 1 or text not in usual:
            others = ", ".join(f"'{other}'" for other in usual if other != text)
            for row in rows:
                yield Problem(
                    file, "label_of", f"{subject} '{text}' here and {others} elsewhere", row=row,
                    column=column, value=text,
                    next_step="One of the two cells is wrong: look at the publisher's list of codes",
                )  # fmt: skip
