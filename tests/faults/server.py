"""As `tests.warm`, with something that goes wrong in each child: it is killed, or a write fails.

A *moment* is just before something that can change the disk: a file opened for writing, a rename, a link, a
file or folder removed or made, a sync, a database opened, a statement of DuckDB. They are counted by an audit
hook of Python's and a few wrapped functions, so that the n-th of a run is the same in every run; the product
knows nothing of it. What happens inside DuckDB and SQLite is reached by killing after a time instead.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from errno import EROFS
from pathlib import Path
from typing import Any, NoReturn

from tests import warm

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.symlink", "os.truncate"}
NEEDS_SPACE = {"open", "os.link", "os.mkdir", "os.symlink"}
"""What fails on a disk that is full; files can be removed and renamed still."""


class Fault:
    """What goes wrong in this process: ``kind`` at the moment ``at``, counted from 0, or ``later`` moments
    after the first one that is about ``text``.

    ``none``: nothing, moments are noted in the file ``into``; ``kill``: the process ends as it is;
    ``error``: from then on everything that needs space fails with ``errno``, or all that changes the disk
    if it is read-only; ``remove`` and ``append``: a raw file is removed or written to.
    """

    def __init__(
        self, kind: str, below: str, at: int | None = None, text: str = "", later: int = 0,
        errno: int = 0, into: str = "", file: str = "",
    ) -> None:  # fmt: skip
        self.kind, self.at, self.errno, self.below = kind, at, errno, below
        self._text, self._later, self._file = text, later, file
        self._number = itertools.count()
        self._into = Path(into) if into else None

    def install(self) -> None:
        import duckdb

        sys.addaudithook(self._heard)
        self._wrap(os, "fsync", "fsync")
        self._wrap(duckdb, "connect", "duckdb.connect")
        self._wrap(duckdb.DuckDBPyConnection, "execute", "duckdb.execute")

    def _wrap(self, owner: Any, name: str, event: str) -> None:
        original: Callable = getattr(owner, name)

        @functools.wraps(original)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            text = str(arguments[-1]) if arguments else ""
            if not text.startswith("comment on"):
                self._moment(event, text)
            return original(*arguments, **named)

        setattr(owner, name, wrapped)

    def _heard(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if self._file and str(path).endswith(self._text):
                self._moment("read", str(path))
            elif isinstance(path, str | os.PathLike) and isinstance(flags, int) and flags & WRITING:
                self._changes(event, path)
        elif event == "os.rename":
            self._changes(event, arguments[0], f" -> {os.fsdecode(arguments[1])}")
        elif event in CHANGES or event == "sqlite3.connect":
            self._changes(event, arguments[0])

    def _changes(self, event: str, path: Any, to: str = "") -> None:
        # Relative ones are names in a folder that is being deleted.
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if text.startswith((self.below, "/proc")) or (text and not text.startswith("/")):
            self._moment(event, text + to)

    def _moment(self, event: str, text: str) -> None:
        number = next(self._number)
        if self._into:
            with self._into.open("a", encoding="utf-8") as noted:
                noted.write(json.dumps([event, text[:200]]) + "\n")
        if self.at is None and self._text and self._text in text:
            self.at = number + self._later
        if self.at is None:
            return
        if self.kind == "kill" and number == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._file and number == self.at:
            self._disturb(Path(self._file))
        fails = event in NEEDS_SPACE or (self.errno == EROFS and event in CHANGES)
        if self.kind == "error" and number >= self.at and fails:
            raise OSError(self.errno, os.strerror(self.errno), text)

    def _disturb(self, file: Path) -> None:
        if self.kind == "remove":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes() + b"\n")


def serve() -> None:
    """Calls are lines of JSON on standard input: what `tests.warm` takes, ``fault`` and ``kill_after_s``.
    The answer is a line with the exit code, negative for a signal, and the seconds that it took.
    """
    warm.import_all()
    for line in sys.stdin:
        call = json.loads(line)
        fault, kill_after_s = call.pop("fault"), call.pop("kill_after_s")
        begun = time.monotonic()
        child = os.fork()
        if not child:
            _child(call, fault)
        while kill_after_s is not None:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                break
            if time.monotonic() - begun >= kill_after_s:
                os.kill(child, signal.SIGKILL)
                kill_after_s = None
            time.sleep(0.0005)
        else:
            _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), time.monotonic() - begun, flush=True)


def _child(call: dict[str, Any], fault: dict[str, Any] | None) -> NoReturn:
    if fault:
        Fault(below=str(Path(call["environment"]["CASELOAD_WAREHOUSE"])), **fault).install()
    warm.called(**call)


if __name__ == "__main__":
    serve()
