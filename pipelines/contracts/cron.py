"""Whether a cron expression names times that come: Dagster, which is not imported here, takes no others."""

from __future__ import annotations

import re

_FIELDS = {
    "minute": (0, 59, ""),
    "hour": (0, 23, ""),
    "day": (1, 31, ""),
    "month": (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    "day of the week": (0, 7, "sun mon tue wed thu fri sat"),
}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def checked(text: str) -> str:
    """A cron expression of five fields as it is given. Raises ValueError for a time that is none, or that
    never comes.
    """
    fields = text.split(" ")
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"'{text}' has {len(fields)} fields, and a cron expression has five: {', '.join(_FIELDS)}"
        )
    found = [_times(name, field) for name, field in zip(_FIELDS, fields, strict=True)]
    days, months = found[2], found[3]
    if min(days) > max(_DAYS[month - 1] for month in months):
        raise ValueError(f"'{text}' never comes: no such month has a day {min(days)}")
    return text


def _times(name: str, field: str) -> set[int]:
    """When a field of a cron expression is met."""
    low, high, names = _FIELDS[name]
    found: set[int] = set()
    for part in field.split(","):
        matched = re.fullmatch(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,4}))?", part, re.ASCII)
        if not matched:
            raise ValueError(f"'{part}' is no {name} of a cron expression")
        every, first, last, step = matched.groups()
        start = low if every else _number(name, first, names)
        # `3/10` is from 3 on, as `*/10` is from the lowest on.
        end = _number(name, last, names) if last else high if every or step else start
        if not (low <= start <= end <= high and int(step or 1)):
            raise ValueError(f"'{part}' is no {name} of a cron expression: it is from {low} to {high}")
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def _number(name: str, text: str, names: str) -> int:
    if text.isdigit():
        return int(text[:4])
    known = names.split()
    if text.lower() not in known:
        raise ValueError(f"'{text}' is no {name} of a cron expression")
    return known.index(text.lower()) + (name == "month")
