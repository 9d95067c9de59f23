"""What the words of the contract language are made of: texts, codes, constraints, and their base."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Severity = Literal["critical", "warning", "info"]
AS_PRINTED = "as_printed"


def _text(value: Any) -> Any:
    """YAML reads 2019 as a number and 2019-05-20 as a day; as a label, a code or a period they are text.

    Other spellings (00, 1.10, 0x1F, true) would be changed on the way, so they need quotes.
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
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
    pattern: str | None = Field(
        None,
        description="A regular expression that each text matches whole, but for labels that `codes:` names.",
    )
    minimum: Decimal | None = Field(None, description="The least number; for value columns.")
    maximum: Decimal | None = Field(None, description="The greatest number; for value columns.")
    severity: Severity = Field("critical", description="critical quarantines; warning and info do not.")
