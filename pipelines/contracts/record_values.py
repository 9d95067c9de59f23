"""What a text in a contract of records stands for as a value of a field, as the cells of files are read."""

from __future__ import annotations

import datetime as dt
import math
import re

from pipelines.contracts.codes import normalised
from pipelines.contracts.record_words import RecordField

Value = str | int | float | bool | dt.date
EXAMPLES = {
    "string": "a text that is not empty", "integer": "a whole number", "number": "a number",
    "boolean": "`true`, `false` or one of its own words", "date": "a day such as 2024-01-31",
    "datetime": "a time such as 2024-01-31 23:59:00", "yearmonth": "a month such as 2024-01",
}  # fmt: skip
FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S", "yearmonth": "%Y-%m"}
"""How days and times are written, where a contract does not say."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def value_of(text: str, field: RecordField) -> Value | None:
    """The value, None where no cell of the field can have it."""
    text = normalised(text)
    try:
        match field.type:
            case "integer":
                return int(text) if _INTEGER.fullmatch(text) else None
            case "number":
                return float(text) if math.isfinite(float(text)) else None
            case "boolean":
                return _truth(text, field)
            case "date":
                return dt.date.fromisoformat(text) if len(text) == 10 else None
            case "datetime":
                return dt.datetime.strptime(text, FORMATS["datetime"])
            case "yearmonth":
                return dt.datetime.strptime(text, FORMATS["yearmonth"]).date()
    except ValueError:
        return None
    return text or None


def _truth(text: str, field: RecordField) -> bool | None:
    if text in field.trueValues:
        return True
    if text in field.falseValues:
        return False
    return {"true": True, "false": False}.get(text)
