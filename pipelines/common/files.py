"""Writes files whole or not at all, and lists what a folder holds."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}")
"""How ``mkstemp`` ends names."""


@contextmanager
def replacing(path: Path, over: bool = True) -> Iterator[Path]:
    """A temporary file beside ``path`` that takes its place, whole and on disk, when all went well; with
    ``over`` false not that of a file that another process has put there meanwhile.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        if over:
            temporary.replace(path)
        else:
            with suppress(FileExistsError):
                os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def leftovers(folder: Path) -> Iterator[Path]:
    """Temporary files of `replacing` in a folder that a process which was killed has left behind."""
    return (path for path in folder.glob(".*") if _TEMPORARY.fullmatch(path.name) and path.is_file())


def identity(path: Path) -> list[int]:
    """What differs between two looks at a file if another has taken its place, or it was written to."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, content: Any, indent: int | None = None) -> None:
    with replacing(path) as temporary:
        text = json.dumps(content, ensure_ascii=False, default=str, indent=indent)
        temporary.write_text(text, encoding="utf-8")


def listing(folder: str) -> Iterator[str]:
    """A line for every file below a folder: its path, size, times and number, in a fixed order; and one for
    every folder that cannot be listed. Raises FileNotFoundError.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        raise
    except OSError as error:
        yield f"{folder} {error.strerror}"
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from listing(entry.path)
        else:
            # The time of the last status change cannot be set back, as copying tools do with
            # the time of modification. A link is followed: its target may change.
            try:
                status = entry.stat()
            except OSError:
                status = entry.stat(follow_symlinks=False)
            times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
            yield f"{entry.path} {status.st_size} {times} {status.st_ino}"
