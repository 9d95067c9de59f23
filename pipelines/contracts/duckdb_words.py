"""What DuckDB does not take of a contract of records: it matches their patterns (RE2, to which a lookahead is
no syntax) and reads their days. Asked only where a contract has some, since DuckDB takes a moment to load.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pipelines.common import databases
from pipelines.common.paths import statement


@cache
def refusal(what: Literal["pattern", "format"], said: str) -> str | None:
    """Why DuckDB does not take a text, in its words; None where it does."""
    if what == "pattern" and re.search(r"\{[0-9]{5}", said):
        return "a number of repetitions is too large"  # RE2 takes it for text
    failure = databases.failure(statement("records", f"takes_{what}"), {"said": said})
    return failure.removeprefix("Invalid Input Error: ") if failure else None
