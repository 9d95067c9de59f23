"""What a record-level contract asks of its records, as Great Expectations rules: on every record, and on
each export as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.common.problems import in_words
from pipelines.contracts.layouts import EVERY_OTHER, Table
from pipelines.contracts.record_layouts import UNREADABLE
from pipelines.contracts.record_values import value_of
from pipelines.contracts.record_words import RecordField
from pipelines.contracts.word_types import AS_PRINTED
from pipelines.quality.expectations import Rule
from pipelines.records.rollups import Codes

IN_PERIOD = "caseload_is_in_period"
"""Column of the checked records: whether one is dated in the period of its file."""


@dataclass(frozen=True)
class RecordRule:
    """A rule, and the field to blame when it is broken."""

    rule: Rule
    field: str | None = None
    counts: tuple[str, str] | None = None
    """Of a rule on an export as a whole: the counts that must be equal, all and different ones."""


def record_rules(table: Table, codes: Codes, has_period: bool) -> Iterator[RecordRule]:
    """What every record must satisfy. ``codes`` has the labels that stand in the records."""
    dated_by = table.layout.dated_by
    unreadable = {"column": UNREADABLE}
    yield RecordRule(
        Rule(
            "expect_column_values_to_be_null", unreadable, reason="has cells that are not of their type",
            called="cells_are_of_their_type",
        )
    )  # fmt: skip
    if dated_by:
        yield _required(dated_by, "critical")
        if has_period:
            reason = "is outside the period of the file"
            yield _is_true(
                IN_PERIOD, dated_by, "critical", reason, f"is_in_the_period_of_its_file({dated_by})"
            )
    for at, name, of in fields_kept(table):
        limits = of.constraints
        if limits.required and name != dated_by:
            yield _required(name, limits.severity)
        if limits.enum is not None:
            reason = f"is not one of {', '.join(limits.enum)}"
            yield _in_set(name, [_value(text, of) for text in limits.enum], limits.severity, reason)
        if limits.pattern is not None:
            reason = f"does not match `{limits.pattern}`"
            yield _is_true(matches(at), name, limits.severity, reason, f"matches_its_pattern({name})")
        if (limits.minimum, limits.maximum) != (None, None):
            low, high = (None if n is None else float(n) for n in (limits.minimum, limits.maximum))
            bounds = {"column": name, "min_value": low, "max_value": high}
            reason = f"is not {_between(limits.minimum, limits.maximum)}"
            rule = Rule("expect_column_values_to_be_between", bounds, limits.severity, reason)
            yield RecordRule(rule, name)
        if of.dimension:
            yield from _labels(table, name, of, codes)


def _labels(table: Table, name: str, of: RecordField, codes: Codes) -> Iterator[RecordRule]:
    """Labels that are known; an empty cell only where the contract says what it stands for."""
    assert of.dimension
    if AS_PRINTED in (of.codes, table.layout.codes.get(of.dimension)):
        none = sorted(label for (d, label), code in codes.items() if d == of.dimension and label and not code)
        if none:  # a total, or a label that was read wrong
            reason = f"is not the label of a {in_words(of.dimension)}"
            values = {"column": name, "value_set": [_value(label, of) for label in none]}
            yield RecordRule(Rule("expect_column_values_to_not_be_in_set", values, reason=reason), name)
    else:
        known = sorted(label for (d, label), code in codes.items() if d == of.dimension and code and label)
        reason = f"is not a known {in_words(of.dimension)}"
        yield _in_set(name, [_value(label, of) for label in known], "critical", reason)
    if (of.dimension, "") in codes and codes[of.dimension, ""] is None and not of.constraints.required:
        yield _required(name, "critical")


def summary_rules(table: Table) -> Iterator[RecordRule]:
    """What each export as a whole must satisfy: its keys are unique, its rows are different."""
    for at, name, of in keys(table):
        yield _equal(
            given(at), different(at), name, of.constraints.severity, "is that of another row",
            f"no_key_is_repeated({name})",
        )  # fmt: skip
    if not may_repeat(table):
        severity = "critical" if table.layout.repeated_rows == "reject" else "warning"
        yield _equal(
            "row_count", "different_rows", None, severity, "is the same as a row before it",
            "no_row_is_repeated",
        )  # fmt: skip


def fields_kept(table: Table) -> list[tuple[int, str, RecordField]]:
    """Place, name and words of each field that stands in the staged records."""
    fields = enumerate(table.layout.fields.items())
    return [(at, name, of) for at, (name, of) in fields if name != EVERY_OTHER and of.is_kept]


def keys(table: Table) -> list[tuple[int, str, RecordField]]:
    """The fields of which no two rows of an export may have the same."""
    return [(at, name, of) for at, name, of in fields_kept(table) if of.key or of.constraints.unique]


def may_repeat(table: Table) -> bool:
    """Whether nobody needs to look for repeated rows: they are expected, or would break the rule of a key
    already.
    """
    if table.layout.repeated_rows == "expected":
        return True
    found = [of.constraints for _, _, of in keys(table)]
    return any(limits.required and limits.severity == "critical" for limits in found)


def patterns(table: Table) -> list[tuple[str, str, str]]:
    """Column of the checked records, field and regular expression of each pattern."""
    return [
        (matches(at), name, of.constraints.pattern)
        for at, name, of in fields_kept(table)
        if of.constraints.pattern is not None
    ]


def matches(at: int) -> str:
    return f"caseload_matches_{at}"


def given(at: int) -> str:
    return f"given_{at}"


def different(at: int) -> str:
    return f"different_{at}"


def _required(name: str, severity: str) -> RecordRule:
    return RecordRule(
        Rule("expect_column_values_to_not_be_null", {"column": name}, severity, "is empty"), name
    )


def _in_set(name: str, values: list[object], severity: str, reason: str) -> RecordRule:
    arguments = {"column": name, "value_set": values}
    return RecordRule(Rule("expect_column_values_to_be_in_set", arguments, severity, reason), name)


def _is_true(column: str, name: str, severity: str, reason: str, called: str) -> RecordRule:
    arguments = {"column": column, "value_set": [True]}
    return RecordRule(Rule("expect_column_values_to_be_in_set", arguments, severity, reason, called), name)


def _equal(one: str, other: str, name: str | None, severity: str, reason: str, called: str) -> RecordRule:
    arguments = {"column_A": one, "column_B": other}
    rule = Rule("expect_column_pair_values_to_be_equal", arguments, severity, reason, called)
    return RecordRule(rule, name, (one, other))


def _value(text: str, of: RecordField) -> object:
    return text if of.type in ("date", "datetime", "yearmonth") else value_of(text, of)


def _between(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return f"at most {high}" if low is None else f"at least {low}"
    return f"between {low} and {high}"
