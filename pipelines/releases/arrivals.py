"""Which editions have arrived and are to be read, and whether their files have stopped changing."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.common.files import listing
from pipelines.releases.editions import Standing
from pipelines.releases.readings import reading_name
from pipelines.releases.store import Store


@dataclass(frozen=True)
class Look:
    """What a folder held when it was looked at, as a digest, and since when it has held that (epoch, s).

    A sensor keeps it as its cursor, so that a restart does not begin to wait anew.
    """

    held: str
    since: float

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> Look | None:
        """None where there was no look yet, or the text is none of ours."""
        try:
            return cls(**json.loads(text)) if text else None
        except (ValueError, TypeError):
            return None

    def is_settled(self, seconds: float, now: float | None = None) -> bool:
        """Whether nothing has changed for so long. By our clock: that of a file server may be another."""
        return (time.time() if now is None else now) - self.since >= seconds


def look(folder: Path, before: Look | None, now: float | None = None) -> Look:
    """A look at names, sizes and times below a folder, after one before."""
    digest = hashlib.sha256()
    with suppress(FileNotFoundError):  # what goes meanwhile, or is gone, is seen at the next look
        for line in listing(str(folder)):
            digest.update(line.encode("utf-8", "surrogateescape") + b"\0")
    held = digest.hexdigest()
    now = time.time() if now is None else now
    # A look of later than now was before our clock was put back: it would be waited for ever so long.
    return before if before and before.held == held and before.since <= now else Look(held, now)


@dataclass(frozen=True)
class Arrival:
    """Editions to be read in one run: neighbours in the order in which Dagster knows them."""

    editions: tuple[str, ...]
    key: str
    """A digest of what is to be read: the same exports under the same contract have the same key."""

    @property
    def first(self) -> str:
        return self.editions[0]

    @property
    def last(self) -> str:
        return self.editions[-1]


def arrivals(found: Standing, known: Sequence[str], store: Store) -> list[Arrival]:
    """The editions of a source that are to be read, in as few runs as leave out all others.

    ``known`` are the editions that Dagster knows, in its order, with all that have arrived among them.
    """
    pending = set(found.pending_editions)
    stretches: list[list[str]] = [[]]
    for edition in known:
        if edition in pending:
            stretches[-1].append(edition)
        elif stretches[-1]:
            stretches.append([])
    return [Arrival(tuple(editions), _key(found, editions, store)) for editions in stretches if editions]


def _key(found: Standing, editions: Sequence[str], store: Store) -> str:
    names = sorted(
        f"{export.file} {reading_name(found.source, export)}"
        for export in found.pending
        if export.edition in editions
    )
    names.append(store.salt())  # a store that was deleted is filled again from the same exports
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogateescape")).hexdigest()[:16]
