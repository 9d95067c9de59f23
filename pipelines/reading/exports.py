"""Finds exports below ``raw/``, fingerprints them, and says which table and edition each belongs to.

An export is opened only to hash it, and where its contract says that its sheets or cells tell what
it is. Nothing outside ``raw/`` is ever followed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines import periods
from pipelines.common.problems import Problem, UnreadableExport, cannot_be_read
from pipelines.contracts.contract import FILE_NAME, Source
from pipelines.contracts.layouts import RELEASED_ON, Table
from pipelines.contracts.limits import raised
from pipelines.reading.hashes import Hashes, stamp
from pipelines.reading.headings import Groups, outside_fragment
from pipelines.reading.outside import Reader, cell_groups, once, readers

UNDATED = "undated"
"""The edition of exports whose release date cannot be told; they are always quarantined."""

EXPORT_ID_LENGTH = 16
SIDECARS = ("corrections.yaml", "accepted.yaml", "simulation.json")
"""What stands beside the contract and is no export."""


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
    groups: Groups = ()
    problem: Problem | None = None
    sheet: str | None = None
    """The sheet of a workbook of which several are read; ``file`` then ends in ``#`` and its name."""
    stamp: tuple[int, ...] = ()
    """What told its content apart from others of the file when it was hashed; empty where it was not."""

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
    unread: list[OSError] = []
    paths = list(_files(source.folder, unread))
    hashes.read_ahead(paths, source.max_bytes)
    found = [
        export
        for path in paths
        for export in described(source, path, path.relative_to(source.folder).as_posix(), hashes)
    ]
    return _without_namesakes(_without_copies([*found, *(_unread(source, error) for error in unread)]))


def workbook(file: str) -> str:
    """The address of the file that an export, which may be a sheet of it, is in."""
    return file.partition("#")[0]


def _files(folder: Path, unread: list[OSError]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted([*names, *links]):
            if not name.startswith((".", "~$")) and not _is_note(name):
                yield Path(parent, name)


def _unread(source: Source, error: OSError) -> Export:
    """Stands for the exports in a folder that cannot be listed."""
    path = Path(error.filename or source.folder)
    file = f"{source.name}/{_shown(path.relative_to(source.folder).as_posix())}"
    problem = cannot_be_read(file, error)
    return Export(source.name, path, file, _name_digest(file), 0, None, None, problem=problem)


def _shown(below: str) -> str:
    """A path as messages give it: what is not UTF-8 with its bytes escaped, which no pattern matches."""
    return unicodedata.normalize("NFC", os.fsencode(below).decode("utf-8", "backslashreplace"))


def _is_note(name: str) -> bool:
    return name in (FILE_NAME, *SIDECARS) or name.lower().endswith(".md")


def described(
    source: Source, path: Path, below: str, hashes: Hashes, must_be_inside: bool = True
) -> list[Export]:
    """The export at ``path``, known in its source as ``below``: its table, edition and fingerprint;
    several where several sheets of a workbook are read.
    """
    below = _shown(below)
    file = f"{source.name}/{below}"

    def refused(problem: Problem, sha256: str = "", size: int = 0) -> list[Export]:
        digest = sha256 or _name_digest(file)
        return [Export(source.name, path, file, digest, size, None, None, problem=problem)]

    raw = source.folder.parent.resolve()
    try:
        if must_be_inside and not path.resolve().is_relative_to(raw):
            reason = "is a symbolic link that leads out of the raw folder; it was not opened"
            return refused(Problem(file, "link", reason, next_step="Copy the file itself here"))
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            step = "Put the export itself here"
            return refused(Problem(file, "format", "is not a regular file", next_step=step))
        if status.st_size > source.max_bytes:
            reason = f"{status.st_size:,} bytes are too many; {source.max_bytes:,} are allowed"
            return refused(Problem(file, "size", reason, next_step=raised("bytes")), size=status.st_size)
        sha256 = hashes.of(path, status)
        found = readers(list(source.tables.values()), path, file, below)
    except OSError as error:
        return refused(cannot_be_read(file, error))
    except RuntimeError:  # what Python 3.11 and 3.12 say of a link that leads to itself
        step = "Copy the file itself here"
        return refused(Problem(file, "link", "is a symbolic link that leads to itself", next_step=step))
    except UnreadableExport as error:
        return refused(error.problems[0], sha256, status.st_size)
    if problem := _unmatched(source, file, found):
        return refused(problem, sha256, status.st_size)
    return [_export(source, reader, path, file, sha256, status) for reader in found]


def _unmatched(source: Source, file: str, found: list[Reader]) -> Problem | None:
    """What is wrong with a file that no table reads, or one of whose sheets several read."""
    step = f"Compare its name with `files:` in `{source.contract_file}`"
    if not found:
        return Problem(file, "unmatched", "no table of the contract reads it", next_step=step)
    problems = [reader.problem for reader in found if reader.problem]
    if len(problems) == len(found):
        return Problem(file, "unmatched", problems[0], next_step=step)
    sheets = [reader.sheet for reader in found if not reader.problem]
    if twice := next((sheet for sheet in sheets if sheets.count(sheet) > 1), None) or (
        None in sheets and len(sheets) > 1
    ):
        names = ", ".join(reader.table.name for reader in found if reader.sheet in (twice, None))
        what = f"sheet '{twice}'" if isinstance(twice, str) else "it"
        return Problem(file, "unmatched", f"several tables read {what}: {names}", next_step=step)
    return None


def _export(
    source: Source, reader: Reader, path: Path, file: str, sha256: str, status: os.stat_result
) -> Export:
    """The export that one table reads from a file, with what the file says outside it."""
    address = file if reader.sheet is None else f"{file}#{reader.sheet}"
    export = Export(
        source.name, path, address, sha256, status.st_size, None, None,
        sheet=reader.sheet, stamp=tuple(stamp(status)),
    )  # fmt: skip
    if reader.problem:
        step = f"See `sheet:` in `{source.contract_file}`"
        return replace(export, problem=Problem(address, "sheet", reader.problem, next_step=step))
    try:
        cells = cell_groups(reader.table.layout, path, address, reader.sheet)
        groups = (*reader.groups, *cells)
        released_on = _released_on(reader.table, groups)
    except UnreadableExport as error:
        return replace(export, problem=error.problems[0])
    except ValueError as error:
        reason = f"the release date cannot be told: {error}"
        step = f"See `files:` and `released_on:` in `{source.contract_file}`"
        return replace(export, problem=Problem(address, "release", reason, next_step=step))
    return replace(export, table=reader.table.name, released_on=released_on, groups=groups)


def _released_on(table: Table, groups: Groups) -> dt.date:
    if text := once(groups, RELEASED_ON):
        return periods.parse_day(text)
    if isinstance(table.layout.released_on, dt.date):
        return table.layout.released_on
    return outside_fragment(table, groups).period().end


def _without_copies(exports: list[Export]) -> list[Export]:
    """The exports, where a copy of another under a second name is a problem."""
    first: dict[tuple[str, dt.date | None], Export] = {}
    result = []
    for export in exports:
        if export.problem is None:
            # A file that a later release repeats unchanged is a part of that release.
            original = first.setdefault((export.sha256, export.released_on), export)
            if original.path != export.path:
                problem = Problem(
                    export.file, "copy", f"has the same content as `{original.file}`",
                    next_step="Keep one of the two",
                )  # fmt: skip
                export = replace(export, problem=problem)
        result.append(export)
    return result


def _without_namesakes(exports: list[Export]) -> list[Export]:
    """The exports, where one whose address is that of another is a problem under an address of its own:
    names may differ only in how an accent is written, or be that of a sheet of a workbook.
    """
    seen: set[str] = set()
    result = []
    for export in exports:
        file, count = export.file, 1
        while file in seen:
            count += 1
            file = f"{export.file} ({count})"
        if count > 1:
            problem = Problem(
                file, "name", f"has the same address as another file, `{export.file}`",
                next_step="Give it another name",
            )  # fmt: skip
            export = replace(export, file=file, problem=problem)
        seen.add(file)
        result.append(export)
    return result


def _name_digest(file: str) -> str:
    """Stands for the content of a file that must not be opened."""
    return hashlib.sha256(f"unopened\0{file}".encode()).hexdigest()
