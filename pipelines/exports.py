"""Finds exports below ``raw/``, fingerprints them, and says which table and edition each belongs to.

Nothing here opens an export beyond hashing it, and nothing outside ``raw/`` is ever followed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import periods
from pipelines.contract import FILE_NAME, Source
from pipelines.problems import Problem
from pipelines.tables import file_fragment

UNDATED = "undated"
"""The edition of exports whose release date cannot be told; they are always quarantined."""

EXPORT_ID_LENGTH = 16


@dataclass(frozen=True)
class Export:
    """One file as received. ``file`` is its path below ``raw/``, the address that messages give."""

    source: str
    path: Path
    file: str
    sha256: str
    size: int
    table: str | None
    released_on: dt.date | None
    groups: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def export_id(self) -> str:
        return self.sha256[:EXPORT_ID_LENGTH]

    @property
    def edition(self) -> str:
        """The release that the export belongs to: the partition key in Dagster."""
        return self.released_on.isoformat() if self.released_on else UNDATED


def discover(source: Source, hashes: Hashes | None = None) -> list[Export]:
    """Every file below the source's folder but its contract and notes, by path.

    A file that no table reads, that two tables read, that leads out of ``raw/`` or that repeats
    another's content is an export with a problem: it is quarantined, not overlooked.
    """
    hashes = hashes or Hashes()
    found = [
        described(source, path, path.relative_to(source.folder).as_posix(), hashes)
        for path in _files(source.folder)
    ]
    return _without_copies(found)


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted([*names, *links]):
            if not name.startswith((".", "~$")) and not _is_note(name):
                yield Path(parent, name)


def _is_note(name: str) -> bool:
    return name == FILE_NAME or name.lower().endswith(".md")


def described(source: Source, path: Path, below: str, hashes: Hashes, must_be_inside: bool = True) -> Export:
    """The export at ``path``, known in its source as ``below``: its table, edition and fingerprint."""
    # A name that is not UTF-8 is shown with its bytes escaped: no pattern matches it, nothing breaks.
    below = unicodedata.normalize("NFC", os.fsencode(below).decode("utf-8", "backslashreplace"))
    file = f"{source.name}/{below}"

    def refused(rule: str, reason: str, next_step: str, sha256: str = "", size: int = 0) -> Export:
        problem = Problem(file, rule, reason, next_step=next_step)
        return Export(
            source.name, path, file, sha256 or _name_digest(file), size, None, None, problem=problem
        )

    raw = source.folder.parent.resolve()
    if must_be_inside and not path.resolve().is_relative_to(raw):
        return refused(
            "link", "is a symbolic link that leads out of the raw folder; it was not opened",
            "Copy the file itself here",
        )  # fmt: skip
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return refused("format", "is not a regular file", "Put the export itself here")
        sha256 = hashes.of(path, status)
    except OSError as error:
        return refused("io", f"cannot be read: {error.strerror}", "Check that it exists and may be read")

    matches = [(table, m) for table in source.tables.values() if (m := table.files.fullmatch(below))]
    if len(matches) != 1:
        names = ", ".join(table.name for table, _ in matches)
        reason = f"several tables read it: {names}" if matches else "no table of the contract reads it"
        return refused(
            "unmatched", reason, f"Compare its name with `files:` in `{source.contract_file}`",
            sha256, status.st_size,
        )  # fmt: skip
    table, match = matches[0]
    groups = {name: text for name, text in match.groupdict().items() if text}
    try:
        released_on = _released_on(source, table.name, groups)
    except ValueError as error:
        return refused(
            "release", f"the release date cannot be told: {error}",
            f"See `files:` and `released_on:` in `{source.contract_file}`", sha256, status.st_size,
        )  # fmt: skip
    return Export(source.name, path, file, sha256, status.st_size, table.name, released_on, groups)


def _released_on(source: Source, name: str, groups: dict[str, str]) -> dt.date:
    table = source.tables[name]
    if text := groups.get("released_on"):
        return periods.parse_day(text)
    if isinstance(table.layout.released_on, dt.date):
        return table.layout.released_on
    return file_fragment(table, groups).period().end


def _without_copies(exports: list[Export]) -> list[Export]:
    """The exports, where a copy of another under a second name is a problem."""
    first: dict[str, Export] = {}
    result = []
    for export in exports:
        if export.problem is None:
            original = first.setdefault(export.sha256, export)
            if original is not export:
                problem = Problem(
                    export.file, "copy", f"has the same content as `{original.file}`",
                    next_step="Keep one of the two",
                )  # fmt: skip
                export = Export(**{**export.__dict__, "problem": problem})
        result.append(export)
    return result


class Hashes:
    """SHA-256 of files, remembered by size and times so that an unchanged file is not read again.

    The time of the last status change is part of it: unlike the time of modification it cannot be
    set back by copying.
    """

    def __init__(self, known: dict[str, list] | None = None) -> None:
        self.known = known or {}
        self.seen: dict[str, list] = {}

    def of(self, path: Path, status: os.stat_result) -> str:
        """The digest in hex. Raises OSError."""
        stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        entry = self.known.get(str(path))
        if entry and entry[:-1] == stamp:
            digest = entry[-1]
        else:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        self.seen[str(path)] = [*stamp, digest]
        return digest


def _name_digest(file: str) -> str:
    """Stands for the content of a file that must not be opened."""
    return hashlib.sha256(f"unopened\0{file}".encode()).hexdigest()
