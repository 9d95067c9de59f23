"""The words of the contract language, as pydantic models: what may stand in a ``source.yaml``.

Field descriptions become the reference and the JSON Schema in ``docs/``. Words of the Frictionless
Table Schema keep their spelling (``missingValues``, ``groupChar``). What the words mean together,
such as codes that must exist, is checked in `pipelines.contracts.contract`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from pipelines.contracts.calendars import Calendar
from pipelines.contracts.limits import Limits
from pipelines.contracts.record_words import Count, RecordField, Rollup
from pipelines.contracts.word_types import Codes, Constraints, Label, Severity, Text, Words
from pipelines.observation import DIMENSIONS
from pipelines.periods import PeriodPart

LeftOut = Literal["periods", "labels"]
Totals = Literal["none", "printed", "partial", "overlapping"]
Status = Literal["missing", "suppressed", "not_applicable", "zero"]
EACH = "each"
HEADER_SEPARATOR = " | "


class Column(Words):
    """What the cells, or the label, of a column mean. Exactly one role: ``period``, ``dimension``,
    ``label_of``, ``value``, ``share_of``, ``change_of`` or ``ignore``; beside a role with numbers,
    ``period`` and ``dimension`` say what the column's *label* means.
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
    level: int | None = Field(
        None, ge=1, le=9, description="Where several columns give one dimension, how deep this one "
        "is, from 1; a label coded `total` means all of the level above. In a header the group's "
        "name says it: `(?P<crime_type_2>…)`."
    )  # fmt: skip
    label_of: str | None = Field(
        None, description="The cells are the publisher's names for the codes of this dimension; they "
        "are kept, and a code with two names or a name with two codes is found."
    )  # fmt: skip
    value: Literal["count"] | None = Field(None, description="The cells are counts.")
    share_of: str | None = Field(
        None, description="The cells are published percentages: shares of this measure's total; "
        "`each` where the row or label says which measure. With `measure:`, that measure as a "
        "percentage of this one, such as cases cleared of cases."
    )  # fmt: skip
    along: str | None = Field(
        None, description="The dimension whose parts add up to 100%; needed when several vary."
    )
    change_of: str | None = Field(
        None, description="The cells are published changes of this measure (or of `each`) on the "
        "same period a year earlier, in percent."
    )  # fmt: skip
    ignore: str | None = Field(None, description="Not used; the reason why.")
    measure: str | None = Field(
        None, description="What the counts of this column count; with `share_of`, what is a share of it."
    )
    set: dict[str, Text] = Field({}, description="Dimensions that hold for the whole column.")
    codes: Codes | None = Field(
        None,
        description="Printed label → code, beyond the code lists; `''` is an empty cell; `'*': "
        "as_printed` keeps all other labels; `as_printed` alone keeps every label as it is.",
    )
    aliases: list[Label] = Field([], description="Other labels that this column had in other files.")
    optional: bool = Field(False, description="The column may be absent.")
    fill_down: bool = Field(False, description="An empty cell repeats the one above (merged cells).")
    constraints: Constraints = Field(Constraints(), description="What the cells must satisfy.")

    @model_validator(mode="after")
    def _one_role(self) -> Column:
        numbers = [w for w in ("value", "share_of", "change_of") if getattr(self, w) is not None]
        others = [w for w in ("period", "dimension", "label_of", "ignore") if getattr(self, w) is not None]
        alone = self.ignore or self.label_of
        if len(numbers) > 1 or (not numbers and len(others) != 1) or (numbers and alone):
            raise ValueError(
                "a column has one role: period, dimension, label_of, value, share_of, change_of or ignore"
                f" (here: {', '.join(numbers + others) or 'none'})"
            )
        if not numbers and (self.measure or self.set or self.along):
            raise ValueError("measure, set and along go with value, share_of or change_of")
        if self.measure and self.change_of:
            raise ValueError("measure goes with value or share_of; change_of names its own")
        if self.measure and self.share_of in (EACH, self.measure):
            raise ValueError("measure beside share_of is another one, of which this is a percentage")
        if self.along and (not self.share_of or self.measure):
            raise ValueError("along goes with share_of, and not with measure")
        if self.level and (numbers or not self.dimension):
            raise ValueError("level goes with dimension; in a header the group's name ends in it")
        if self.codes and not self.dimension:
            raise ValueError("codes on a column go with dimension; else put them under the table")
        if not numbers and (self.constraints.minimum, self.constraints.maximum) != (None, None):
            raise ValueError("minimum and maximum go with value, share_of or change_of")
        return self

    @property
    def has_numbers(self) -> bool:
        return bool(self.value or self.share_of or self.change_of)

    @property
    def is_ratio(self) -> bool:
        """Whether its percentages are of another measure, not of the same one's total."""
        return bool(self.share_of and self.measure)


class Cell(Words):
    """A cell outside the table that says something about all of it."""

    at: str = Field(pattern="^[A-Z]{1,3}[1-9][0-9]*$", description="Its address, such as B5.")
    sheet: str | None = Field(None, description="The sheet of an XLSX that it is in, if another.")
    pattern: str = Field(
        description="A regular expression that its whole text matches; named groups as in `files`."
    )


class Revisions(Words):
    """What later releases of this table may do to figures of earlier ones."""

    tolerance_pct: float = Field(
        5, ge=0, description="A figure that is revised by more percent than this is a warning."
    )
    hold_pct: float = Field(
        20, ge=0, description="A release that restates the figures of a period and measure by more "
        "percent than this, taken together, is held back until `caseload accept`."
    )  # fmt: skip
    may_leave_out: list[LeftOut] = Field(
        [], description="What a later release of the same table may leave out without being held "
        "back: `periods` (a window that moves on), `labels`."
    )  # fmt: skip


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
    sheet: str | int = Field(
        1, description="The sheet of an XLSX, by name or by number from 1; `/regex/` reads every sheet "
        "whose name it matches, with named groups as in `files`."
    )  # fmt: skip
    cells: list[Cell] = Field(
        [], description="Cells outside the table that give the release date, the period or a dimension."
    )
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
    grouping: Literal["thousands", "lakhs"] = Field(
        "thousands", description="Where groupChar stands: 1,134,684, or 11,34,684 as in India."
    )
    decimalChar: str = Field(".", min_length=1, max_length=1, description="Before decimals.")
    period: Text | None = Field(None, description="The period of the whole file, e.g. 2024 or a/b.")
    cumulative: bool = Field(
        False, description="A month, quarter or half stands for the year up to its end; the months "
        "themselves are the differences, and the cumulative figures are kept."
    )  # fmt: skip
    dated_early: bool = Field(
        False, description="The release date is older than the content, such as that of the first edition "
        "under the same name: periods that end after it are complete all the same."
    )  # fmt: skip
    match_labels: Literal["exactly", "by_letters"] = Field(
        "exactly", description="`by_letters` compares labels by their letters and digits, and by signs "
        "that mean something (%, <, >, 1/2), for publishers who vary brackets, dots, blanks and underscores."
    )  # fmt: skip
    is_provisional: bool = Field(False, description="The publisher calls the figures provisional.")
    set: dict[str, Text] = Field({}, description="Dimensions that hold for the whole file.")
    codes: dict[str, Codes] = Field(
        {}, description="By dimension: printed label → code, beyond the code lists, as on a column."
    )
    fields: dict[Label, RecordField] = Field(
        {}, description="Of records: what each cell of a row is, by label; `*` for all others. A file must "
        "have these columns, in any order."
    )  # fmt: skip
    dated_by: Label | None = Field(
        None, description="Of records: the field that says when; without it the file's name must."
    )
    measures: dict[Text, Count] = Field(
        {}, description="Of records: what is counted. `count` counts rows, `count where detained` those of "
        "which a boolean field is true, `count distinct Case ID` cases that may have several rows; as a "
        "mapping with `distinct`, `where` and `by`."
    )  # fmt: skip
    rollup: Rollup = Field(
        Rollup(), description="Of records: by which periods and dimensions they are counted."
    )
    repeated_rows: Literal["keep", "reject", "expected"] = Field(
        "keep", description="Of records: what becomes of a row that is the same as one before it in every "
        "cell. `keep` counts it and warns; `reject` rejects it; `expected` counts it, since two records may "
        "well look the same."
    )  # fmt: skip
    line_breaks_in_cells: bool = Field(
        False, description="A quoted cell may go on over several lines. Without it every line of records is "
        "a row, so that a stray quotation mark spoils one line only, and a cell of a table that holds line "
        "breaks and delimiters is taken for the work of one."
    )  # fmt: skip
    columns: dict[Label, Column] = Field(
        {}, description="By label; `/regex/` for many at once, whose named groups are dimensions "
        "or period parts; `*` for all others."
    )  # fmt: skip
    parents: dict[str, Literal["by_digits"]] = Field(
        {}, description="By dimension: how keys say what they are a part of. `by_digits`: of the longest "
        "printed key that they begin with, zeros at the end aside (111000 of 110000, that of 100000)."
    )  # fmt: skip
    totals: Totals | dict[str, Totals] | None = Field(
        None, description="Of each breakdown, or by dimension. none: no total is printed, the "
        "parts are all there is and their sum is the base. printed: a total is printed in the same "
        "file and its parts add up to it. partial: the parts may not be all (if nothing is "
        "said). overlapping: some parts "
        "hold others (keys of groups and of what is in them), so that nothing adds up."
    )  # fmt: skip
    totals_severity: Severity = Field(
        "critical", description="When a printed total is not the sum of its parts, or a part turns "
        "out to be the sum of others."
    )  # fmt: skip
    revisions: Revisions = Field(Revisions(), description="What later releases may change.")
    ignore_rows: list[IgnoredRows] = Field([], description="Rows that are no data.")
    max_rejected_pct: float = Field(
        0, ge=0, le=100, description="Up to this percentage of bad rows, the rest is accepted."
    )
    limits: Limits = Field(Limits(), description="How large an export may be.")
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
        return self.totals or "partial"


class CodeEntry(Words):
    """A code that only this source needs, or what this source must add about a listed one."""

    label: str | None = Field(None, description="Its label; the code itself where none is given.")
    label_ko: str | None = Field(None, description="Its label in Korean; printed, it is understood too.")
    aliases: list[Label] = Field([], description="Other printed labels.")
    definition: str | None = Field(None, description="What it means.")
    parent: Text | None = Field(None, description="The code that it is a part of.")
    valid_from: dt.date | None = Field(None, description="The first day that it is counted.")
    valid_to: dt.date | None = Field(None, description="The last day that it is counted.")
    replaced_by: list[Text] = Field([], description="The codes that count it after valid_to.")
    breaks: dict[dt.date, str] = Field(
        {}, description="Days from which it counts something else than before, each with what changed; "
        "no change is given across them."
    )  # fmt: skip

    @model_validator(mode="after")
    def _in_order(self) -> CodeEntry:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        if self.replaced_by and not self.valid_to:
            raise ValueError("replaced_by needs valid_to: the last day that the code itself is counted")
        return self


class OwnDimension(Words):
    """A dimension that only this source has."""

    definition: str = Field(description="What it means.")
    label: str | None = Field(None, description="What it is called; its name where none is given.")
    label_ko: str | None = Field(None, description="What it is called in Korean.")


class Agreement(Words):
    """Figures of this source that should be those of another, or of another table."""

    source: str | None = Field(None, description="The other source; this one if not given.")
    measure: Text | list[Text] = Field(description="The measure, or several; the same on both sides.")
    mine: dict[str, Text] = Field({}, description="Codes of my figures by dimension; others are `total`.")
    theirs: dict[str, Text] = Field({}, description="Codes of theirs, where they are others.")
    their_measure: Text | None = Field(None, description="Their measure, where it is another.")
    tolerance_pct: float = Field(0, ge=0, description="By how much they may differ.")
    because: str = Field(description="Why they should agree.")

    @property
    def measures(self) -> list[str]:
        return [self.measure] if isinstance(self.measure, str) else self.measure


class Contract(Layout):
    """A source: who publishes it, and how its exports are to be read."""

    title: str = Field(description="What the series is called.")
    title_ko: str | None = Field(None, description="What it is called in Korean, for the report.")
    publisher: str = Field(description="Who publishes it.")
    publisher_ko: str | None = Field(None, description="Who publishes it, in Korean.")
    licence: str = Field(description="Under which terms.")
    licence_ko: str | None = Field(None, description="Under which terms, in Korean.")
    homepage: str | None = Field(None, description="Where it is published.")
    citation: str | None = Field(
        None, description="How to cite it; made of publisher, title and latest release if not given."
    )
    notes: str | None = Field(None, description="What a reader must know: inferences, caveats.")
    notes_ko: str | None = Field(None, description="What a reader must know, in Korean.")
    kind: Literal["table", "records"] = Field(
        "table", description="table: the cells are published numbers. records: each row is a crime, an "
        "arrest or a person, and is counted."
    )  # fmt: skip
    is_simulated: bool = Field(
        False, description="The rows were made up (`caseload simulate`); every figure says so."
    )
    calendar: Calendar | None = Field(
        None, description="When the next edition is due, and from when it is late."
    )
    other_dimensions: dict[str, str | OwnDimension] = Field(
        {},
        description=f"Dimensions besides {', '.join(DIMENSIONS)}: name and what it means, or its labels too.",
    )
    code_lists: dict[str, dict[str, Label | CodeEntry]] = Field(
        {}, description="By dimension: codes that only this source needs, with label and aliases."
    )
    labels: dict[str, dict[Label, Text]] = Field(
        {}, description="By dimension: what codes that are kept as they are printed are called in English, "
        "for whoever reads the figures. Of a code with a path each level by itself."
    )  # fmt: skip
    agrees_with: list[Agreement] = Field(
        [], description="Figures that should be those of another source or table; tested in "
        "`reconciliations`, by period."
    )  # fmt: skip
    tables: dict[Annotated[str, Field(pattern="^[A-Za-z0-9_]+$")], Layout] = Field(
        {}, description="One layout each, where a source has several; words above hold for all."
    )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that this source may use, the measure aside."""
        return (*DIMENSIONS, *self.other_dimensions)
