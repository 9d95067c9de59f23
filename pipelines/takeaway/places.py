"""Where files that are taken away go: a folder or a file that is written whole or not at all.

What is there already stays, unless it is to be replaced; and then only a folder in which nothing lies but an
earlier export. A place where nothing can be written is refused with its name and the reason.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipelines.common.files import replacing, sync
from pipelines.common.problems import printable
from pipelines.takeaway.refusals import Refused

PACKAGE = "datapackage.json"
TITLE = "Police statistics from a Caseload warehouse"
"""What data packages and workbooks are called, and workbooks known by."""
MADE_BY = "caseload"
"""The property of a data package that says that it is one of ours."""


@contextmanager
def new_folder(target: Path, may_replace: bool) -> Iterator[Path]:
    """A folder beside ``target`` that takes its place, whole and on disk, when all went well."""
    with possible(target):
        _make_sure_it_may_go(target, may_replace)
    with _folder_around(target):
        with possible(target):
            made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            yield made
            made.chmod(0o755)
            for path in made.iterdir():
                path.chmod(0o644)
                sync(path)
            sync(made)
            with possible(target):
                _put(made, target, may_replace)
        finally:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def new_file(target: Path, may_replace: bool) -> Iterator[Path]:
    """A file beside ``target`` that takes its place when all went well."""
    with possible(target):
        if target.exists() and not may_replace:
            raise Refused(f"`{_shown(target)}` is there already. --force replaces it, --out names another.")
        if target.exists() and not _is_our_workbook(target):
            said = "is no workbook that an export has written. Nothing was replaced; name another with --out."
            raise Refused(f"`{_shown(target)}` {said}")
    with _folder_around(target):
        with possible(target), tempfile.TemporaryFile(dir=target.parent):
            pass  # so that what fails below is the writing, not the place
        with replacing(target) as temporary:
            yield temporary
            temporary.chmod(0o644)


@contextmanager
def _folder_around(target: Path) -> Iterator[None]:
    """Makes the folders that are missing around ``target``, and takes them away again on failure."""
    with possible(target):
        missing = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for folder in missing:
            with suppress(OSError):  # somebody has put something there meanwhile
                folder.rmdir()
        raise


@contextmanager
def possible(target: Path) -> Iterator[None]:
    """Refuses a place where the system lets nothing be made, with its reason."""
    try:
        yield
    except OSError as error:
        there = next((path for path in target.parents if os.path.lexists(path)), target.parent)
        if not there.is_dir():
            why = f"`{_shown(there)}` is no folder"
        else:
            why = f"nothing can be made in `{_shown(there)}` ({error.strerror})"
        said = f"`{_shown(target)}` cannot be written: {why}. Name another place with --out."
        raise Refused(said) from error


def _put(made: Path, target: Path, may_replace: bool) -> None:
    """Rename a folder to where it is to be; an earlier export is put aside first, and back on failure."""
    _make_sure_it_may_go(target, may_replace)
    if not target.exists():
        made.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        target.rename(aside / target.name)
        try:
            made.rename(target)
        except OSError:
            (aside / target.name).rename(target)
            raise
    finally:
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
    sync(target.parent)


def _make_sure_it_may_go(target: Path, may_replace: bool) -> None:
    if not target.exists() and not target.is_symlink():
        return
    shown = _shown(target)
    if not target.is_dir() or target.is_symlink():
        said = "The data and what describes them are several files: name a folder with --out."
        raise Refused(f"`{shown}` is no folder. {said}")
    inside = {path.name for path in target.iterdir()}
    if inside and not may_replace:
        said = "--force replaces an earlier export in it, --out names another folder."
        raise Refused(f"`{shown}` is not empty. {said}")
    if others := sorted(inside - _of_an_export(target)):
        said = "Nothing was replaced; name another folder with --out."
        raise Refused(f"`{shown}` holds what no export has put there: {printable(others[0])}. {said}")


def _of_an_export(folder: Path) -> set[str]:
    """The names of the files that an earlier export has written; none if there was none."""
    package: Any = None
    with suppress(OSError, ValueError):
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    if not isinstance(package, dict) or not isinstance(package.get(MADE_BY), dict):
        return set()
    files = package[MADE_BY].get("files")
    return {PACKAGE, *(name for name in files if isinstance(name, str))} if isinstance(files, list) else set()


def _is_our_workbook(path: Path) -> bool:
    """Whether a workbook has the title that those of an export have."""
    try:
        with zipfile.ZipFile(path) as archive:
            properties = archive.read("docProps/core.xml").decode("utf-8")
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return False
    return f"<dc:title>{TITLE}</dc:title>" in properties


def _shown(path: Path) -> str:
    return printable(str(path))
