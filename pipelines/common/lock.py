"""One writer at a time: a lock on the warehouse folder, and a note beside it of who holds it.

The lock is the file system's own (``flock``): it ends with the process that holds it, however that ends.
The note only tells who that is.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

Tell = Callable[[str], object]
AGAIN_S = 1.0
"""How often a run that waits looks whether it still waits for the same one."""


@contextmanager
def held(path: Path, tell: Tell) -> Iterator[None]:
    """The lock, re-entrant in a thread. ``tell`` hears whom it waits for, if it must. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True)
    _acquire(lock, path, tell)
    is_outermost = lock.lock_counter == 1
    try:
        if is_outermost:
            _write_note(path)
        yield
    finally:
        if is_outermost:
            _note(path).unlink(missing_ok=True)
        lock.release()


def holder(path: Path) -> str | None:
    """Who holds a lock, by its note: ``pid 123, `caseload run`, since 10:32:05``; None where there is no
    note, or where it is left over from a process that was killed.
    """
    try:
        note = json.loads(_note(path).read_text(encoding="utf-8"))
        if note["host"] == socket.gethostname() and note["begun"] != begun(note["pid"]):
            return None
        since = dt.datetime.fromisoformat(note["since"]).astimezone()
        shown = f"{since:%H:%M:%S}" if since.date() == dt.date.today() else f"{since:%Y-%m-%d %H:%M:%S}"
        where = "" if note["host"] == socket.gethostname() else f" on {note['host']}"
        return f"pid {note['pid']}{where}, `{note['command']}`, since {shown}"
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _acquire(lock: FileLock, path: Path, tell: Tell) -> None:
    told: str | None = None
    while True:
        try:
            lock.acquire(timeout=0 if told is None else AGAIN_S)
            return
        except Timeout:
            who = holder(path)
            said = (
                f"Another run{f' ({who})' if who else ''} is writing this warehouse; waiting for it to end."
            )
            if said != told and not (told and who is None):
                tell(said)
                told = said


def _write_note(path: Path) -> None:
    note = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": _command(),
        "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "begun": begun(os.getpid()),
    }
    with contextlib.suppress(OSError):  # it is the lock that counts
        _note(path).write_text(json.dumps(note), encoding="utf-8")


def _command() -> str:
    """What was called, without what may be long or private in its arguments."""
    script = Path(sys.argv[0])
    name = script.parent.name if script.stem == "__main__" else script.name
    return " ".join([name, *sys.argv[1:2]])


def begun(pid: int) -> str | None:
    """When a process began, in the words of the kernel: tells it from a later one with the same number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
