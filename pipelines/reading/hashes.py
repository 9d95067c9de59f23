"""SHA-256 of files, remembered by size and times so that an unchanged file is not read again."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines.common.files import write_json

AHEAD_BYTES = 32 << 20
"""From how many bytes on it pays to read several files at once."""
WORKERS = 2
SETTLED_NS = 100_000_000
"""A file that was changed less than this before it was read may change again within one tick of the
clock of its file system: it is not remembered."""


class Hashes:
    """Digests of files, kept in a file of its own if it is given one.

    The time of the last status change is part of what is compared: unlike the time of modification it
    cannot be set back by copying.
    """

    def __init__(self, kept: Path | None = None) -> None:
        self._kept = kept
        self._known: dict[str, list] = _read(kept)
        self._written = dict(self._known)

    def of(self, path: Path, status: os.stat_result) -> str:
        """The digest in hex. Raises OSError."""
        now = stamp(status)
        entry = self._known.get(str(path))
        if not entry or entry[:-1] != now:
            entry = [*now, _digest(path)]
            if time.time_ns() - status.st_ctime_ns > SETTLED_NS:
                self._known[str(path)] = entry
        return entry[-1]

    def read_ahead(self, paths: Iterable[Path], max_bytes: int) -> None:
        """Read those of some files that are not known, several at once where they are large; none that
        is larger than it may be.
        """
        new = []
        for path in paths:
            try:
                status = path.lstat()
            except OSError:
                continue  # told when it is its turn
            known = self._known.get(str(path), [])[:-1] == stamp(status)
            if stat.S_ISREG(status.st_mode) and not known and status.st_size <= max_bytes:
                new.append((path, status))
        if len(new) > 1 and sum(status.st_size for _, status in new) >= AHEAD_BYTES:
            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(lambda pair: self._quietly(*pair), new))

    def _quietly(self, path: Path, status: os.stat_result) -> None:
        try:
            self.of(path, status)
        except OSError:
            return  # told when it is its turn

    def keep(self) -> None:
        """Write what is known down, for the next process; files that are gone are forgotten."""
        present = {path: entry for path, entry in self._known.items() if Path(path).exists()}
        if self._kept and present != self._written:
            write_json(self._kept, present)
            self._written = present


def _read(kept: Path | None) -> dict[str, list]:
    try:
        known = json.loads(kept.read_text(encoding="utf-8")) if kept else {}
    except (OSError, ValueError):
        return {}
    return (
        {path: entry for path, entry in known.items() if isinstance(entry, list)}
        if isinstance(known, dict)
        else {}
    )


def stamp(status: os.stat_result) -> list[int]:
    """What differs between two looks at a file if its content may."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
