"""Whether anything changed since the last run, told without reading or importing much.

Only names, sizes and times are compared; when any differs, the run looks at contents.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pipelines
from pipelines.common.files import identity, listing, write_json
from pipelines.common.paths import SQL, Places

GOOD, BAD, USAGE = 0, 1, 2
"""Exit codes: all is well; something was quarantined or failed; wrong usage or an invalid contract."""
CLOSED_PIPE = 141
"""The exit code of a command whose output nobody reads to its end, as in ``caseload query … | head``: 128 and
the number of SIGPIPE, as shells count it.
"""


@dataclass(frozen=True)
class Outcome:
    """How a run ended. Where it is final, the same inputs would end in the same way."""

    exit_code: int
    publication_id: str | None
    exports_published: int
    quarantined: list[str] = field(default_factory=list)
    is_final: bool = True


def recorded(places: Places) -> Outcome | None:
    """The outcome of the last run, if nothing it depends on has changed since, nor what it published."""
    try:
        record = json.loads(_record(places).read_text(encoding="utf-8"))
        is_same = record["fingerprint"] == fingerprint(places)
        if is_same and record["published"] == identity(places.published):
            return Outcome(**record["outcome"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def record(places: Places, outcome: Outcome, before: str) -> None:
    """Note the outcome of a run that began when the fingerprint was ``before``, if it is final."""
    if not outcome.is_final:
        return
    published = identity(places.published)
    write_json(_record(places), {"fingerprint": before, "published": published, "outcome": asdict(outcome)})


def forget(places: Places) -> None:
    _record(places).unlink(missing_ok=True)


def fingerprint(places: Places) -> str:
    """A digest of names, sizes and times of all raw files and of ``sql/``, and of our version."""
    digest = hashlib.sha256(pipelines.__version__.encode())
    for folder in (places.raw, SQL):
        for line in listing(str(folder)):
            digest.update(line.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()


def _record(places: Places) -> Path:
    return places.store / "last_run.json"
