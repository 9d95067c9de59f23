"""The words of the contract language, as pydantic models: what may stand in a ``source.yaml``.

Field descriptions become the reference and the JSON Schema in ``docs/``. Words of the Frictionless
Table Schema keep their spelling (``missingValues``, ``groupChar``). What the words mean together,
such as codes that must exist, is checked in `pipelines.contract`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pipelines.observation import DIMENSIONS
from pipelines.periods import PeriodPart

Severity = Literal["critical", "warning", "info"]
Totals = Literal["none", "printed", "partial"]
Status = Literal["missing", "suppressed", "not_applicable", "zero"]
AS_PRINTED = "as_printed"
EACH = "each"
HEADER_SEPARATOR = " | "


def _text(value: Any) -> Any:
    """YAML reads 2019 as a number; as a label, a code or a character it is text.

    Other spellings (00, 1.10, 0x1F, true) would be changed on the way, so they need quotes.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        written = str(int(value))
        # ruamel.yaml keeps how an integer was written in the type and in these.
        is_plain = type(value).__name__ in ("int", "ScalarInt") and not getattr(value, "_underscore", None)
        if is_plain and getattr(value, "_width", None) in (None, len(written)):
            return written
    if isinstance(value, int | float):
        raise ValueError("YAML reads this as a number or a truth value; put it between quotes")
    return value


Text = Annotated[str, BeforeValidator(_text)]
Label = Text
Codes = dict[Label, Text] | Literal["as_printed"]
ANY_LABEL = "*"


class Words(BaseModel):
    """Base of all models: an unknown word is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Constraints(Words):
    """What the cells of a column must satisfy (Frictionless constraints, plus a severity)."""

    required: bool = Field(False, description="No cell may be empty.")
    unique: bool = Field(False, description="No two cells may be equal.")
    enum: list[Text] | None = Field(None, description="The only texts that may be printed.")
    pattern: str | None = Field(None, description="A regular expression that each text matches whole.")
    minimum: Decimal | None = Field(None, description="The least number; for value columns.")
    maximum: Decimal | None = Field(None, description="The greatest number; for value columns.")
    severity: Severity = Field("critical", description="critical quarantines; warning and info do not.")


class Column(Words):
    """What the cells, or the label, of a column mean. Exactly one role: ``period``, ``dimension``,
    ``value``, ``share_of``, ``change_of`` or ``ignore``; beside a role with numbers, ``period`` and
    ``dimension`` say what the column's *label* means.
    """

    period: PeriodPart | None = Field(
        None, description="The cells give a period, or this part of one; parts from the row, the "
        "header and the file name are put together."
    )  # fmt: skip
    format: str | None = Field(
        None, description="strptime format of a day, start or end that does not begin with the year."
    )
    dimension: str | None = Field(
        None, description="The cells are labels of this dimension; `measure` counts as one."
    )
    value: Literal["count"] | None = Field(None, description="The cells are counts.")
    share_of: str | None = Field(
        None, description="The cells are published percentages: shares of this measure's total; "
        "`each` where the row or label says which measure."
    )  # fmt: skip
    along: str | None = Field(
        None, description="The dimension whose parts add up to 100%; needed when several vary."
    )
    change_of: str | None = Field(
        None, description="The cells are published changes of this measure (or of `each`) on the "
        "same period a year earlier, in percent."
    )  # fmt: skip
    ignore: str | None = Field(None, description="Not used; the reason why.")
    measure: str | None = Field(None, description="What the counts of this column count.")
    set: dict[str, Text] = Field({}, description="Dimensions that hold for the whole column.")
    codes: Codes | None = Field(
        None,
        description="Printed label → code, beyond the code lists; `'*': as_printed` keeps all "
        "other labels; `as_printed` alone keeps every label as it is.",
    )
    aliases: list[Label] = Field([], description="Other labels that this column had in other files.")
    optional: bool = Field(False, description="The column may be absent.")
    fill_down: bool = Field(False, description="An empty cell repeats the one above (merged cells).")
    constraints: Constraints = Field(Constraints(), description="What the cells must satisfy.")

    @model_validator(mode="after")
    def _one_role(self) -> Column:
        numbers = [w for w in ("value", "share_of", "change_of") if getattr(self, w) is not None]
        others = [w for w in ("period", "dimension", "ignore") if getattr(self, w) is not None]
        if len(numbers) > 1 or (not numbers and len(others) != 1) or (numbers and self.ignore):
            raise ValueError(
                "a column has one role: period, dimension, value, share_of, change_of or ignore"
                f" (here: {', '.join(numbers + others) or 'none'})"
            )
        if not numbers and (self.measure or self.set or self.along):
            raise ValueError("measure, set and along go with value, share_of or change_of")
        if self.measure and not self.value:
            raise ValueError("measure goes with value; share_of and change_of name theirs themselves")
        if self.along and not self.share_of:
            raise ValueError("along goes with share_of")
        if self.codes and not self.dimension:
            raise ValueError("codes on a column go with dimension; else put them under the table")
        if not numbers and (self.constraints.minimum, self.constraints.maximum) != (None, None):
            raise ValueError("minimum and maximum go with value, share_of or change_of")
        return self

    @property
    def has_numbers(self) -> bool:
        return bool(self.value or self.share_of or self.change_of)


class IgnoredRows(Words):
    """Rows that are no data, such as footnotes: those whose cell matches the pattern."""

    column: Label = Field(description="The label of the column to look at.")
    pattern: str = Field(description="A regular expression that the whole cell matches.")
    reason: str = Field(description="Why these rows are no data.")


class Expectation(Words):
    """One Great Expectations expectation: its type in snake case and its arguments beside it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = Field(pattern="^expect_[a-z0-9_]+$", description="e.g. expect_column_max_to_be_between")
    on: Literal["observations", "rows"] = Field(
        "observations", description="Check the observations, or the rows as printed."
    )
    severity: Severity = Field("critical", description="critical quarantines; warning and info do not.")

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Layout(Words):
    """How one kind of file is laid out, and what its cells mean."""

    files: str | None = Field(
        None, description="A glob below the source's folder in which named groups are regular "
        r"expressions: `*_(?P<released_on>\d{8}).csv`. A group gives released_on, a period part or "
        "a dimension."
    )  # fmt: skip
    released_on: dt.date | Literal["period_end"] | None = Field(
        None, description="The release date, where the file's name does not give it."
    )
    encoding: str | Annotated[list[str], Field(min_length=1)] = Field(
        "utf-8", description="Tried strictly, in order; the first that decodes the whole file is used."
    )
    delimiter: str = Field(",", min_length=1, max_length=1, description="Between the cells of a CSV.")
    quoteChar: str = Field('"', min_length=1, max_length=1, description="Around cells of a CSV.")
    sheet: str | int = Field(1, description="The sheet of an XLSX, by name or by number from 1.")
    skip_rows: int = Field(0, ge=0, description="Rows above the header.")
    header: int = Field(
        1, ge=1, description="Header rows; the labels of several are joined with ' | ', top first."
    )
    fill_right: bool = Field(
        False, description="An empty header cell repeats the one to its left, except in the last "
        "header row (stacked headers in a CSV; merged cells of an XLSX need no such word)."
    )  # fmt: skip
    missingValues: list[Text] | dict[Text, Status] = Field(
        [], description="What stands where there is no number, and which status it has: `missing`, "
        "`suppressed`, `not_applicable`, or `zero` for a sign that means none; a list means `missing`. "
        "An empty cell that is not listed is an error."
    )  # fmt: skip
    groupChar: str | None = Field(
        None, min_length=1, max_length=1, description="Between groups of three digits."
    )
    decimalChar: str = Field(".", min_length=1, max_length=1, description="Before decimals.")
    period: Text | None = Field(None, description="The period of the whole file, e.g. 2024 or a/b.")
    is_provisional: bool = Field(False, description="The publisher calls the figures provisional.")
    set: dict[str, Text] = Field({}, description="Dimensions that hold for the whole file.")
    codes: dict[str, Codes] = Field(
        {}, description="By dimension: printed label → code, beyond the code lists, as on a column."
    )
    columns: dict[Label, Column] = Field(
        {}, description="By label; `/regex/` for many at once, whose named groups are dimensions "
        "or period parts; `*` for all others."
    )  # fmt: skip
    totals: Totals | dict[str, Totals] = Field(
        "partial", description="Of each breakdown, or by dimension. none: no total is printed, the "
        "parts are all there is and their sum is the base. printed: a total is printed in the same "
        "file and its parts add up to it. partial: the parts may not be all."
    )  # fmt: skip
    totals_severity: Severity = Field(
        "critical", description="When a printed total is not the sum of its parts."
    )
    ignore_rows: list[IgnoredRows] = Field([], description="Rows that are no data.")
    max_rejected_pct: float = Field(
        0, ge=0, le=100, description="Up to this percentage of bad rows, the rest is accepted."
    )
    expect: list[Expectation] = Field([], description="Great Expectations expectations.")

    @property
    def encodings(self) -> list[str]:
        return [self.encoding] if isinstance(self.encoding, str) else self.encoding

    @property
    def statuses(self) -> dict[str, str]:
        """Printed text → value status."""
        if isinstance(self.missingValues, dict):
            return dict(self.missingValues)
        return dict.fromkeys(self.missingValues, "missing")

    def totals_of(self, dimension: str) -> Totals:
        if isinstance(self.totals, dict):
            return self.totals.get(dimension, "partial")
        return self.totals


class CodeEntry(Words):
    """A code that only this source needs."""

    label: str = Field(description="Its label.")
    aliases: list[Label] = Field([], description="Other printed labels.")
    definition: str | None = Field(None, description="What it means.")


class Contract(Layout):
    """A source: who publishes it, and how its exports are to be read."""

    title: str = Field(description="What the series is called.")
    publisher: str = Field(description="Who publishes it.")
    licence: str = Field(description="Under which terms.")
    homepage: str | None = Field(None, description="Where it is published.")
    notes: str | None = Field(None, description="What a reader must know: inferences, caveats.")
    kind: Literal["table"] = Field("table", description="table: the cells are published numbers.")
    other_dimensions: dict[str, str] = Field(
        {}, description=f"Dimensions besides {', '.join(DIMENSIONS)}: name and what it means."
    )
    code_lists: dict[str, dict[str, Label | CodeEntry]] = Field(
        {}, description="By dimension: codes that only this source needs, with label and aliases."
    )
    tables: dict[Annotated[str, Field(pattern="^[A-Za-z0-9_]+$")], Layout] = Field(
        {}, description="One layout each, where a source has several; words above hold for all."
    )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that this source may use, the measure aside."""
        return (*DIMENSIONS, *self.other_dimensions)
