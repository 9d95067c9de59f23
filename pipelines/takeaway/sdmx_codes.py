"""How our codes, periods and states are called in SDMX.

Codes follow the cross-domain code lists of the SDMX Statistical Working Group where these have one: CL_FREQ,
CL_SEX, CL_AGE, CL_OBS_STATUS; `_T` is the total and `_U` unknown. Identifiers of SDMX consist of Latin
letters, digits, `_`, `-`, `@` and `$` only: other codes of ours get one, made of their Latin part and a
digest of the whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from functools import lru_cache

from pipelines.periods import Period, kind

TOTAL, UNKNOWN = "_T", "_U"
CODES = 10_000
"""So many spellings are remembered: a table has few codes and periods, and many rows of each."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_@$\-]*")
_OTHER = re.compile(r"[^A-Za-z0-9]+")
_BAND = re.compile(r"([0-9]+)-([0-9]+)")
_OPEN_BAND = re.compile(r"([0-9]+)\+")

FREQUENCIES = {
    "A": "Annual", "S": "Half-yearly", "Q": "Quarterly", "M": "Monthly", "_O": "Other: a window of days",
}  # fmt: skip
_FREQUENCY = {"year": "A", "half": "S", "quarter": "Q", "month": "M"}
SEXES = {"F": "Female", "M": "Male", TOTAL: "Total", UNKNOWN: "Not known"}
_SEX = {"female": "F", "male": "M"}

STATUSES = {
    "A": "Normal value",
    "P": "Provisional value",
    "Q": "Missing value; suppressed",
    "O": "Missing value",
    "M": "Missing value; data cannot exist",
}
_STATUS = {"observed": "A", "suppressed": "Q", "missing": "O", "not_applicable": "M"}


@lru_cache(CODES)
def identifier(code: str) -> str:
    """The identifier of a code; different codes have different ones."""
    if code == "total":
        return TOTAL
    if code == "unknown":
        return UNKNOWN
    if _IDENTIFIER.fullmatch(code) and not code.startswith("_"):
        return code
    latin = _OTHER.sub("_", code).strip("_")[:40]
    digest = hashlib.sha256(code.encode()).hexdigest()[:10]
    return f"{latin}_{digest}" if latin else f"C_{digest}"


@lru_cache(CODES)
def age(band: str) -> str:
    """A band of ages as CL_AGE writes it: Y10T19, Y_GE65, Y18."""
    if found := _BAND.fullmatch(band):
        low, high = int(found[1]), int(found[2])
        return f"Y{low}" if low == high else f"Y{low}T{high}"
    if found := _OPEN_BAND.fullmatch(band):
        return f"Y_GE{int(found[1])}"
    return identifier(band)


def sex(code: str) -> str:
    return _SEX.get(code, identifier(code))


def status(value_status: str | None, is_provisional: bool, has_number: bool) -> str:
    """The observation status of a figure; one that was computed has a number or has none."""
    found = _STATUS.get(value_status or "", "A" if has_number else "O")
    if found == "A" and not has_number:
        return "O"
    return "P" if found == "A" and is_provisional else found


@lru_cache(CODES)
def frequency(start: dt.date, end: dt.date) -> str:
    return _FREQUENCY.get(kind(Period(start, end)), "_O")


@lru_cache(CODES)
def time_period(start: dt.date, end: dt.date) -> str:
    """A period as SDMX writes it: 2020, 2020-S1, 2020-Q1, 2020-03, else first day and duration."""
    what = kind(Period(start, end))
    if what == "year":
        return f"{start:%Y}"
    if what == "half":
        return f"{start:%Y}-S{1 + (start.month > 6)}"
    if what == "quarter":
        return f"{start:%Y}-Q{(start.month + 2) // 3}"
    if what == "month":
        return f"{start:%Y-%m}"
    after = end + dt.timedelta(days=1)
    if start.day == after.day == 1:
        return f"{start.isoformat()}/P{12 * (after.year - start.year) + after.month - start.month}M"
    return f"{start.isoformat()}/P{(after - start).days}D"


def decimals(text: str) -> int:
    """How many decimals a number has as it is written."""
    return len(text.partition(".")[2])
