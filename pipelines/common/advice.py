"""What to do about an error that is nobody's mistake in the program: a full disk, a damaged file."""

from __future__ import annotations

import re

_FULL = r"no space left|disk is full|disk quota exceeded|could not write all data|file too large"
_DISK = r"disk i/o error|input/output error"
"""The first is SQLite's word for a full disk, too."""

STEPS = (
    (_FULL, "Free some space and run again."),
    (_DISK, "The disk may be full, or damaged: free some space, and run again."),
    (
        r"read-only|readonly|permission denied|operation not permitted|unable to open database file",
        "Let this user write there, and run again.",
    ),
    (
        r"caseload\.duckdb",
        "If the published file is damaged, `caseload run` builds it anew, and `caseload rollback` returns to "
        "an earlier one.",
    ),
    (
        r"malformed|file is not a database|sqlite|dagster instance migrate",
        "Dagster's run history may be damaged: move the folder `.dagster` of the warehouse away, and run "
        "again.",
    ),
    (
        r"duckdb\.|\.parquet",
        "`caseload verify` says whether something that is kept is damaged.",
    ),
    (r"oserror|\[errno \d+\]", "Run again."),
)  # fmt: skip
_OUR_CLASS = re.compile(r"^pipelines(\.\w+)+: ")


def with_next_step(message: str) -> str:
    """An error's message, as Dagster or Python words it, with what to do about it where that is known."""
    message = _OUR_CLASS.sub("", message.strip())
    step = next_step(message)
    return f"{message.rstrip('.')}. {step}" if step else message


def next_step(message: str) -> str | None:
    if "is damaged:" in message:  # says it itself
        return None
    return next((step for pattern, step in STEPS if re.search(pattern, message, re.IGNORECASE)), None)


def is_of_the_disk(message: str) -> bool:
    """Whether an error is of a disk that is full, or that cannot be read or written: it may pass."""
    return bool(re.search(f"{_FULL}|{_DISK}", message, re.IGNORECASE))


def told(error: Exception) -> str | None:
    """The message of an error of the machine or of what is kept; None for what may be our own mistake."""
    modules = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    ours = type(error).__name__ == "DamagedStore"
    known = modules & {"duckdb", "_duckdb", "sqlite3", "sqlalchemy"} or "instance migrate" in str(error)
    if not (ours or known or isinstance(error, OSError)):
        return None
    if isinstance(error, OSError) and error.filename:
        said = f"`{error.filename}`: {error.strerror}"
    else:
        said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return with_next_step(said if ours else f"{type(error).__name__}: {said}")
