"""Whether an export may be used: every expectation on its rows, observations and totals, and what
the failures mean for it, each with an address.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from pipelines import ages
from pipelines.common.problems import Problem, counted, in_words
from pipelines.contracts.codes import MEASURE
from pipelines.contracts.contract import Source
from pipelines.contracts.layouts import Table
from pipelines.observation import DIMENSIONS
from pipelines.quality.expectations import Result, Rule, UnusableExpectation, Validator
from pipelines.quality.rules import (
    missing_totals,
    observation_rules,
    row_rules,
    text_rules,
    total_rules,
    totals_frame,
    unusable,
)
from pipelines.reading.coverage import gaps
from pipelines.reading.grids import Grid
from pipelines.reading.headings import misnamed
from pipelines.reading.hierarchies import ADDING_UP, Code, dimensions_of
from pipelines.reading.printed_figures import PrintedFigures
from pipelines.reading.subtotals import hidden_subtotals
from pipelines.reading.tables import Tidy

GAPS_LISTED, ROWS_LISTED = 5, 20


def validate(
    source: Source, table: Table, tidy: Tidy, codes: list[Code], export_id: str, validator: Validator,
    sums: bool = True,
) -> list[Result]:  # fmt: skip
    """Results of all expectations on the rows as printed, the observations, and, with ``sums``, the
    totals.

    Raises ContractError for an `expect` that cannot be used.
    """
    name = f"{source.name}.{table.name}"
    # Exactness needs no care here: counts below 2^53 are exact as floats.
    checked = tidy.observations.assign(
        value=tidy.observations["value"].astype("Float64").astype(float),
        published_share_pct=pd.to_numeric(tidy.observations["published_share_pct"]),
        published_change_pct=pd.to_numeric(tidy.observations["published_change_pct"]),
        other_dimensions=tidy.observations["other_dimensions"].fillna(""),
    )
    labels = {match.position: match.label for match in tidy.matches}
    rows = tidy.rows[list(labels)].rename(columns=labels).assign(source_row=tidy.rows.index)
    printed = _not_mapped(tidy, table)[list(labels)].rename(columns=labels)
    printed = printed.assign(source_row=tidy.printed.index)
    try:
        results = [
            *validator.frame(f"{name}.rows", f"rows of {export_id}", rows, row_rules(tidy.matches, table)),
            *validator.frame(f"{name}.text", f"text of {export_id}", printed, text_rules(tidy.matches)),
            *validator.frame(
                f"{name}.observations", f"observations of {export_id}", checked, observation_rules(table)
            ),
        ]
        if not sums:
            return results
        totals = totals_frame(_reliable(tidy, results), table, codes)
        rules = total_rules(table, totals)
        return results + validator.frame(f"{name}.totals", f"totals of {export_id}", totals, rules)
    except UnusableExpectation as error:
        raise unusable(source, table, error) from None


def _not_mapped(tidy: Tidy, table: Table) -> pd.DataFrame:
    """What is printed, but for labels of which the contract itself says what they stand for."""
    printed = tidy.printed.copy()
    for match in tidy.matches:
        if dimension := match.column.dimension:
            texts = printed[match.position]
            mapped = [text for text in texts.dropna().unique() if table.maps(dimension, text)]
            printed[match.position] = texts.where(~texts.isin(mapped), None)
    return printed


def _reliable(tidy: Tidy, results: list[Result]) -> PrintedFigures:
    """The printed figures, without those of rows that break a rule: of a broken heading not even the
    place is known.
    """
    headings = {match.label for match in tidy.matches if not match.column.has_numbers}
    figures = tidy.printed_figures
    for result in results:
        if result.blocks and result.addresses:
            rows = [int(address["source_row"]) for address in result.addresses]
            figures = figures.without(rows, result.rule.arguments.get("column") in headings)
    return figures


def whole_file(grid: Grid, tidy: Tidy, table: Table, codes: list[Code], file: str) -> list[Result]:
    """Results of what holds for an export as a whole, beyond single rows."""
    results = [_line_break(grid)] if grid.encoding else []
    if grid.workbook:
        results.append(_hidden(grid.workbook.hidden))
    if tidy.observations.empty:
        return results
    return [
        *results,
        _gaps(tidy, table),
        *_subtotals(tidy, table, codes),
        *_bands(tidy, table),
        *_names(tidy, file),
        *_validity(tidy, table),
    ]


def _line_break(grid: Grid) -> Result:
    rule = Rule("file_ends_with_line_break", {}, "info")
    if grid.ends_cleanly:
        return Result(rule, "passed", 1, 0)
    said = "the file ends in the middle of a line: if it was cut, its last value may be short"
    return Result(rule, "failed", 1, 1, said)


def _hidden(hidden: str | None) -> Result:
    """Rows and columns that are read though the workbook does not show them."""
    said = [f"hidden in the workbook, and read like others: {hidden}"] if hidden else []
    return _found(Rule("no_row_or_column_is_hidden", {}, "warning"), said)


def _gaps(tidy: Tidy, table: Table) -> Result:
    rule = Rule("no_period_is_missing_between_others", {}, "warning")
    found = list(gaps(tidy.printed_figures.observations, table.layout.cumulative))
    more = [f"and {len(found) - GAPS_LISTED} more"] if len(found) > GAPS_LISTED else []
    return _found(rule, found, [*found[:GAPS_LISTED], *more])


def _found(rule: Rule, found: list[str], shown: list[str] | None = None) -> Result:
    """The result of a rule that finds sentences: it passes when it finds none."""
    explanation = "; ".join(found if shown is None else shown)
    return Result(rule, "failed" if found else "passed", None, len(found), explanation, found)


def _subtotals(tidy: Tidy, table: Table, codes: list[Code]) -> list[Result]:
    """Parts that are the sum of others, where the contract says that all parts add up."""
    rule = Rule("no_part_is_the_sum_of_others", {}, table.layout.totals_severity)
    figures = tidy.printed_figures
    dimensions = [d for d in dimensions_of(figures.observations) if table.totals_of(d) in ADDING_UP]
    found = [
        f"{in_words(dimension)} '{code}' is in every row the sum of {parts}, which are printed "
        "beside it: as one more part it would be counted twice"
        for dimension in dimensions
        for code, parts in hidden_subtotals(figures.along(dimension), codes, dimension)
    ]
    return [_found(rule, found)] if dimensions else []


def _bands(tidy: Tidy, table: Table) -> list[Result]:
    """Age bands that leave years of age out or share some, where they should be all there is."""
    figures = tidy.printed_figures.observations
    if table.totals_of("age_band") not in ADDING_UP or "age_band" not in dimensions_of(figures):
        return []
    together = figures.groupby(["period_start", "period_end"])["age_band"].unique()
    found = dict.fromkeys(said for codes in together for said in ages.oddities(codes))
    return [_found(Rule("age_bands_follow_each_other", {}, "warning"), list(found))]


SUBTOTAL_STEP = (
    "Say what it is the whole of, with `level:` (in a header, groups such as `region_1`, `region_2`) or "
    "`parent:` in `code_lists:`, or ignore it; if it is a part after all, `totals_severity: warning` "
    "lets it in"
)


STEPS = {
    "expect_column_pair_values_to_be_equal": "One of these cells is wrong: compare them with the publisher's "
    "own page; `totals_severity: warning` lets them in",
    "expect_compound_columns_to_be_unique": "Delete the row that is wrong, or name the column in which they "
    "differ",
    "expect_column_values_to_match_regex": "Say what the label stands for in `codes:`, or correct `pattern:`",
    "expect_column_values_to_be_in_set": "Say what the label stands for in `codes:`, or add it to `enum:`",
}
"""What to do about a row that breaks a rule of this type."""


def _validity(tidy: Tidy, table: Table) -> list[Result]:
    """Figures of codes in periods in which they are not counted, by the code lists."""
    rule = Rule("codes_are_counted_in_their_periods", {}, "warning")
    seen = tidy.observations[tidy.observations["value"].fillna(0) > 0]
    found = []
    for dimension in (MEASURE, *DIMENSIONS):
        for code, (first, last) in table.code_lists[dimension].validities.items():
            rows = seen[seen[dimension] == code]
            early = rows[rows["period_end"] < first] if first else rows.iloc[:0]
            late = rows[rows["period_start"] > last] if last else rows.iloc[:0]
            if len(early) + len(late):
                days = " ".join(text for text in (first and f"from {first}", last and f"to {last}") if text)
                found.append(
                    f"{in_words(dimension)} '{code}' is counted {days}, and has "
                    f"{counted(len(early) + len(late), 'figure')} beyond"
                )
    return [_found(rule, found)] if found else []


def _names(tidy: Tidy, file: str) -> list[Result]:
    """Codes with two names, or names with two codes, where the contract does not take it as critical."""
    results = []
    for match in tidy.matches:
        column = match.column
        if not column.label_of or column.constraints.severity == "critical":
            continue
        rule = Rule("each_code_has_one_name", {"column": match.label}, column.constraints.severity)
        found = [str(problem) for problem in misnamed(tidy.labels, file, match.label, column.label_of)]
        results.append(_found(rule, found, found[:1]))
    return results


def no_totals(file: str, tidy: Tidy, table: Table) -> list[Problem]:
    """Totals that the contract says are printed, and that are not."""
    return [
        Problem(
            file, "missing_total",
            f"the contract says that a total by {in_words(dimension)} is printed, and none is",
            next_step=f"Map its label, `codes: {{the label: total}}`, or say `totals: {{{dimension}: none}}`",
        )
        for dimension in missing_totals(tidy.observations, table)
    ]  # fmt: skip


def problems(results: Iterable[Result], tidy: Tidy, file: str) -> list[Problem]:
    """What critical results mean for the export: an address for every broken row."""
    found = []
    for result in results:
        if not result.blocks:
            continue
        rule = result.rule
        if rule.type == "no_part_is_the_sum_of_others":
            found += [Problem(file, rule.type, said, next_step=SUBTOTAL_STEP) for said in result.examples]
        elif result.verdict == "errored" or not result.addresses:
            reason = result.explanation or "is not met"
            verb = "errored" if result.verdict == "errored" else "failed"
            step = "See `expect:` and `constraints:` in `source.yaml`"
            found.append(Problem(file, rule.type, f"{rule.name} {verb}: {reason}", next_step=step))
        found += _each_row([_addressed(rule, address, tidy, file) for address in result.addresses])
    return found


def _each_row(found: list[Problem]) -> list[Problem]:
    """Of the problems that one rule has with a row the first: figures of a row that is printed twice."""
    if found and found[0].rule == "expect_compound_columns_to_be_unique":
        return list({problem.row: problem for problem in reversed(found)}.values())[::-1]
    return found


def explained(result: Result, tidy: Tidy, file: str) -> Result:
    """A failed result that does not block, with its first broken row as its explanation."""
    if result.verdict != "failed" or result.explanation or not result.addresses:
        return result
    first, *rest = result.addresses
    said = str(_addressed(result.rule, first, tidy, file))
    if rest:
        rows = list(dict.fromkeys(int(address["source_row"]) for address in rest))
        listed = ", ".join(map(str, rows[:ROWS_LISTED])) + (", …" if len(rows) > ROWS_LISTED else "")
        said += f" (and {len(rest)} more, in {'row' if len(rows) == 1 else 'rows'} {listed})"
    return replace(result, explanation=said)


def _addressed(rule: Rule, address: dict, tidy: Tidy, file: str) -> Problem:
    """One broken row, with the cell as it is printed."""
    row = int(address["source_row"])
    column = _label(rule, address, tidy)
    return Problem(
        file, rule.type, _reason(rule, address, tidy), row=row, column=column,
        value=_printed(tidy, row, column),
        next_step=STEPS.get(rule.type) if rule.severity == "critical" else None,
    )  # fmt: skip


def _label(rule: Rule, address: dict, tidy: Tidy) -> str | None:
    """The label of the column to blame; for a published percentage that of its own column."""
    about = rule.arguments.get("column")
    word = {"published_share_pct": "share_of", "published_change_pct": "change_of"}.get(str(about))
    if word:
        labels = [match.label for match in tidy.matches if getattr(match.column, word)]
        if len(labels) == 1:
            return labels[0]
    return address.get("source_column") or about


def _reason(rule: Rule, address: dict, tidy: Tidy) -> str:
    """The rule's reason with the row's figures in it, where it names any."""
    figures = {name: _plain(value) for name, value in address.items()}
    if column := rule.arguments.get("column"):
        figures.setdefault(column, _plain(_printed(tidy, int(address["source_row"]), column)))
    if not rule.reason:
        return f"breaks {rule.name}"
    try:
        return rule.reason.format(**figures)
    except (KeyError, IndexError, ValueError):  # braces of a pattern that the contract gives
        return rule.reason


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    return str(value)


def _printed(tidy: Tidy, row: int, column: object) -> str | None:
    position = next((m.position for m in tidy.matches if m.label == column), None)
    if position is None or row not in tidy.printed.index:
        return None
    value = tidy.printed.at[row, position]
    return value if isinstance(value, str) else None
