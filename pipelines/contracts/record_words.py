"""The words of record-level contracts: fields, what is counted, and by what."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipelines.contracts.word_types import Codes, Constraints, Label, Text, Words

FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime", "yearmonth"]
Breakdown = Annotated[list[str], Field(min_length=1)]


class RecordField(Words):
    """What the cells of a field of a record are (Frictionless types and constraints)."""

    type: FieldType = Field(
        "string", description="What every cell must be; `yearmonth` is a month such as 2018-10."
    )
    format: str | None = Field(
        None, description="strptime format of a date, datetime or yearmonth, such as `%m/%d/%Y`; ISO 8601 "
        "without it."
    )  # fmt: skip
    trueValues: list[Text] = Field(["true", "1"], description="What stands for true in a boolean.")
    falseValues: list[Text] = Field(["false", "0"], description="What stands for false in a boolean.")
    dimension: str | None = Field(None, description="The cells are labels of this dimension.")
    bands: list[Text] = Field(
        [], description="For years of age as integers: the age bands that they are counted in."
    )
    codes: Codes | None = Field(
        None, description="Printed label → code, as on a column of a table; `''` is an empty cell."
    )
    key: bool = Field(
        False, description="It identifies the record: where two rows of an export have the same, the later "
        "one breaks the rule. Empty cells do not."
    )  # fmt: skip
    personal: Literal["drop", "hash"] | None = Field(
        None, description="`drop` never leaves the export; `hash` is kept as a keyed hash, of which only "
        "equality can be told."
    )  # fmt: skip
    ignore: str | None = Field(None, description="Not kept; the reason why.")
    aliases: list[Label] = Field([], description="Other labels that this field had in other files.")
    optional: bool = Field(False, description="The column may be absent; its cells are then empty.")
    constraints: Constraints = Field(Constraints(), description="What the cells must satisfy.")

    @property
    def is_kept(self) -> bool:
        """Whether its cells are kept beside the record, as they are or hashed."""
        return self.personal != "drop" and self.ignore is None

    @property
    def tells_who(self) -> bool:
        """Whether a cell may tell who somebody is: then it stands in no message."""
        return self.key or self.personal is not None

    @model_validator(mode="after")
    def _words_fit_type(self) -> RecordField:
        given = self.model_fields_set
        if self.ignore is not None and given - {"ignore", "aliases", "optional"}:
            raise ValueError("ignore stands alone, beside aliases and optional")
        if self.format and self.type not in ("date", "datetime", "yearmonth"):
            raise ValueError("format goes with type date, datetime or yearmonth")
        if re.search("%[zZ]", (self.format or "").replace("%%", "")):
            raise ValueError(
                "a format with a time zone is not read: on which day a record is would depend on the "
                "machine; have the times exported in the publisher's own time"
            )
        if given & {"trueValues", "falseValues"} and self.type != "boolean":
            raise ValueError("trueValues and falseValues go with type boolean")
        if set(self.trueValues) & set(self.falseValues):
            raise ValueError("a text cannot stand for both true and false")
        bounds = (self.constraints.minimum, self.constraints.maximum)
        if bounds != (None, None) and self.type not in ("integer", "number"):
            raise ValueError("minimum and maximum go with type integer or number")
        return self

    @model_validator(mode="after")
    def _words_fit_role(self) -> RecordField:
        if self.bands and (self.dimension != "age_band" or self.type != "integer"):
            raise ValueError("bands go with dimension age_band and type integer: years of age")
        if self.dimension == "age_band" and self.type == "integer" and not self.bands:
            raise ValueError("years of age are counted in age bands: give `bands:`, e.g. [0-17, 18-64, 65+]")
        if self.dimension and self.type not in ("string", "integer", "boolean"):
            raise ValueError("a dimension has type string, integer or boolean")
        if self.codes and not self.dimension:
            raise ValueError("codes go with dimension")
        if self.personal and self.dimension:
            raise ValueError("what is counted by is published: a dimension cannot be personal")
        if self.constraints.unique and self.key:
            raise ValueError("key already says that it is unique")
        return self


_COUNT = re.compile(r"count(?: distinct (?P<distinct>.+?))?(?: where (?P<where>.+))?")


def _spelled_out(value: Any) -> Any:
    """``count distinct Case ID where detained`` as the mapping that it stands for."""
    if not isinstance(value, str):
        return value
    match = _COUNT.fullmatch(value.strip())
    if not match:
        raise ValueError("write `count`, `count where FIELD`, `count distinct FIELD`, or a mapping")
    found: dict[str, Any] = {}
    if match["distinct"]:
        found["distinct"] = match["distinct"]
    if match["where"]:
        found["where"] = {match["where"]: ["true"]}
    return found


class CountWords(Words):
    """A measure of records: how many rows, or how many different values of a field."""

    distinct: Label | None = Field(
        None, description="Count the different values of this field and not the rows. Such figures never "
        "add up: a case with two suspects of different ages is in both age bands."
    )  # fmt: skip
    where: dict[Label, list[Text]] = Field(
        {}, description="Field → the values of it that count; of a boolean `true` or `false`."
    )
    by: list[Breakdown] | None = Field(
        None, description="The dimensions it is broken down by, where not those of `rollup:`; `[]` for none."
    )

    @property
    def is_additive(self) -> bool:
        return self.distinct is None

    @property
    def definition(self) -> str:
        """The measure in words, as the address of its figures."""
        text = f"count distinct {self.distinct}" if self.distinct else "count"
        told = [
            field if values == ["true"] else f"{field} = {' or '.join(values)}"
            for field, values in self.where.items()
        ]
        return text + (f" where {' and '.join(told)}" if told else "")


Count = Annotated[CountWords, BeforeValidator(_spelled_out)]


class Rollup(Words):
    """By which periods and dimensions records are counted."""

    period: Literal["day", "month", "quarter", "half", "year", "file"] = Field(
        "month", description="The length of the periods; `file` is the period that the file's name says."
    )
    by: list[Breakdown] | None = Field(
        None, description="Breakdowns, each a list of dimensions: `[[crime_type, age_band], [sex]]` counts "
        "by type and age together, by each alone, and by sex; the total is always counted. Without it by "
        "each dimension alone."
    )  # fmt: skip
