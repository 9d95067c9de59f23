"""The note that somebody went back to an earlier publication: until there is something new, it stands."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from pipelines.common.files import write_json
from pipelines.common.paths import Places


@dataclass(frozen=True)
class RolledBack:
    """Who went back from which publication, when and why; ``inputs_sha256`` is what that was made from."""

    instead_of: str
    inputs_sha256: str
    by: str
    on: str
    reason: str | None = None

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"instead of {self.instead_of}; rolled back by {self.by} on {self.on}{why}"


def note(places: Places, published: str | None) -> RolledBack | None:
    """The note, if it is about what is published now: of a later one it says nothing, as publishing
    removes it, and so it does when somebody went back and forth again.
    """
    try:
        found = RolledBack(**json.loads(places.rolled_back.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if published and found.instead_of != published else None


def holds(places: Places, published: str, inputs_sha256: str) -> bool:
    """Whether the publication that somebody went back to stands against one that would be made from these
    inputs: it does against what it was preferred to.
    """
    found = note(places, published)
    return found is not None and found.inputs_sha256 == inputs_sha256


def write(places: Places, new: RolledBack) -> None:
    write_json(places.rolled_back, asdict(new))


def forget(places: Places) -> None:
    places.rolled_back.unlink(missing_ok=True)
