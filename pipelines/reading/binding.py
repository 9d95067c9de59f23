"""Binds the columns of a file to a contract; what cannot be bound is a problem, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from pipelines import periods
from pipelines.common.problems import Problem, in_words, suggestion
from pipelines.contracts.codes import letters
from pipelines.contracts.layouts import EVERY_OTHER, Match, Table, is_damaged, is_pattern, is_total_word
from pipelines.contracts.limits import TOLD_COLUMNS
from pipelines.periods import PERIOD_PARTS
from pipelines.reading.grids import Grid
from pipelines.reading.header_hints import LOOKED_AT, header_hint


def bind(grid: Grid, table: Table, file: str) -> tuple[list[Match], list[Problem]]:
    """The meaning of every column; unknown, missing and doubled columns are problems."""
    matches: list[Match] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    used: set[str] = set()
    for position, label in enumerate(grid.labels):
        number = position + 1
        if label and label in seen:
            reason = f"columns {seen[label]} and {number} have the same label"
            problems.append(Problem(file, "header", reason, column=label))
        elif label:
            seen[label] = number
            key, match, found = _bound(position, label, used, grid, table, file)
            problems += found
            if len(problems) > TOLD_COLUMNS:
                reason = f"and more: {len(grid.labels):,} columns, of which so many are not understood"
                return matches, [*problems, Problem(file, "header", reason)]
            if match:
                used.add(key)
                matches.append(match)
        elif position in grid.cells and grid.cells[position].notna().any():
            problems.append(Problem(file, "header", f"column {number} has cells but no label"))
    problems += _missing(used, grid, table, file)
    if problems and not grid.hint and table.layout.header == 1 and (hint := _hint(grid, table)):
        problems[0] = replace(problems[0], next_step=hint)
    return matches, problems


def _hint(grid: Grid, table: Table) -> str | None:
    """Where the header may be, known by every label that it must have."""
    columns = table.layout.columns.items()
    named = {key for key, of in columns if key != EVERY_OTHER and not is_pattern(key) and not of.optional}

    def is_header(labels: list[str]) -> bool:
        found = {table.exact[key][0] for label in labels if (key := table.key(label)) in table.exact}
        return len(labels) > 1 and bool(named) and named <= found

    first = grid.cells.head(LOOKED_AT)
    whole = {
        int(row): [cell or "" for cell in cells]
        for row, cells in zip(first.index, first.to_numpy(), strict=True)
    }
    broken = dict(islice(grid.ragged.items(), LOOKED_AT))
    return header_hint(grid.labels, sorted({**whole, **broken}.items()), is_header, table.layout.delimiter)


def _bound(
    position: int, label: str, used: set[str], grid: Grid, table: Table, file: str
) -> tuple[str, Match | None, list[Problem]]:
    """Key and meaning of one column, and what is wrong with it."""
    number = position + 1
    found = table.match(position, label)
    if found is None:
        near = suggestion(label, [key for key in table.known_columns() if key not in grid.labels])
        step = "Add it to `columns:` in `source.yaml`, or as an alias of the column that it is"
        reason = f"column {number} is not in the contract{near}"
        problem = Problem(file, "unknown_column", reason, column=label, next_step=grid.hint or step)
        return "", None, [problem]
    key, match = found
    problems = []
    if len(fitting := table.fitting_patterns(label)) > 1 and key in fitting:
        reason = f"column {number} fits more than one pattern: {', '.join(fitting)}"
        problems.append(Problem(file, "header", reason, column=label))
    if match.column.has_numbers:
        problems += _unknown_groups(match, table, file, grid.hint)
    if key in used and key != EVERY_OTHER and not is_pattern(key):
        problems.append(Problem(file, "header", f"is `{key}` a second time", column=label))
    return key, match, problems


def _missing(used: set[str], grid: Grid, table: Table, file: str) -> Iterator[Problem]:
    for key, column in table.layout.columns.items():
        if key not in used and not column.optional:
            many = key == EVERY_OTHER or is_pattern(key)
            yield Problem(
                file, "missing_column", "no column matches" if many else "the column is missing", column=key,
                next_step=grid.hint or "If the publisher renamed it, add the new label to its `aliases:`; "
                "if it may be absent, say `optional: true`",
            )  # fmt: skip


def _unknown_groups(match: Match, table: Table, file: str, hint: str | None) -> Iterator[Problem]:
    """Problems of a label whose parts are no known codes or periods."""
    number = match.position + 1
    for name, text in match.groups.items():
        if name in PERIOD_PARTS:
            try:
                periods.parse(text, name, match.column.format)
            except ValueError as error:
                yield Problem(file, "period", f"column {number}: {error}", column=match.label, value=text)
        elif table.code(dimension := table.split(name)[0], text, match.column) is None:
            near = suggestion(text, table.known_labels(dimension, match.column))
            yield Problem(
                file, "unknown_label", f"column {number} '{text}' is not a known {in_words(dimension)}{near}",
                column=match.label, value=text, next_step=hint or add_code(table, dimension, text),
            )  # fmt: skip


def add_code(table: Table, name: str, label: str) -> str:
    """The next step for a label that no code list knows."""
    if is_damaged(label, table.layout.quoteChar):
        return (
            "It seems to be read wrong, or to be damaged: see `quoteChar:` and `encoding:`; else map it in "
            "`codes:`"
        )
    if is_total_word(label):
        quoted = label if label.replace(" ", "").isalpha() else "'" + label.replace("'", "''") + "'"
        return f"If it is the total, say so: `codes: {{{quoted}: total, '*': as_printed}}`"
    if name == "age_band" and (age := label.removesuffix("세").strip()).isdigit():
        return f"If it is one year of age, say so: `codes: {{age_band: {{'{label}': {age}-{age}}}}}`"
    step = f"dd it as an alias in `sql/codes/{name}.csv` or to `codes:` in `source.yaml`"
    if code := table.by_letters[name].get(letters(label)):
        return f"It is '{code}' but for case and punctuation: say `match_labels: by_letters`, or a{step}"
    return f"A{step}"
