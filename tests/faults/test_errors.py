"""The disk is full or read-only, files go or change while they are read: a clear error, nothing lost, and the
next run mends it.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import small
from tests.faults.conftest import Known
from tests.faults.test_kills import recovered

EVERY = 40
FULL, READ_ONLY = os.strerror(errno.ENOSPC), os.strerror(errno.EROFS)


def refused(folder: Path, known: Known, done: small.Done, said: str) -> bool:
    """Whether a run that could not write ended with a message; what is published is the old or the new one."""
    assert "Traceback" not in done.said, done.said
    path = small.published(folder)
    is_old = small.bytes_of(path) == known.old_bytes
    assert is_old or small.content(path) == known.new_content
    if done.code == 0:
        assert not is_old, "it said that all was well, and nothing was published"
        return False
    assert done.code == 1, done.said
    assert said.lower() in done.stderr.lower(), done.stderr
    return True


def full_at(folder: Path, **where: object) -> small.Done:
    return small.caseload(folder, "run", fault={"kind": "error", "errno": errno.ENOSPC, **where})


def test_a_disk_that_is_full_is_told_and_what_is_published_stays(folder: Path, known: Known) -> None:
    done = full_at(folder, text="/.build/")
    assert refused(folder, known, done, FULL)
    assert "Free some space and run again." in done.stderr
    assert small.bytes_of(small.published(folder)) == known.old_bytes
    recovered(folder, known)


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", small.in_parts(3))
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=["full", "read_only"])
def test_every_write_may_fail(
    code: int, part: slice, tmp_path: Path, known: Known, say: Callable[[str], None],
    moments_of: Callable[[str], list[list[str]]],
) -> None:  # fmt: skip
    moments = moments_of("old")
    failures, told = [], 0
    points = range(3, len(moments), EVERY)[part]
    for number, at in enumerate(points, start=1):
        folder = small.copied(known.old, tmp_path / str(number))
        try:
            done = small.caseload(folder, "run", fault={"kind": "error", "errno": code, "at": at})
            told += refused(folder, known, done, os.strerror(code))
            recovered(folder, known)
            small.removed(folder)
        except AssertionError as error:
            failures.append(f"{at} {moments[at]}: {str(error)[-1500:]}")
            say(f"✗ {failures[-1]}")
    say(f"{told} of {len(points)} ended with a message, {len(failures)} went wrong")
    assert failures == []


# A real file system that is full or read-only


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A small file system in memory."""
    folder.mkdir()
    given = [word for option in options for word in ("-o", option)]
    done = subprocess.run(
        ["mount", "-t", "tmpfs", *given, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here, which takes root: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.faults
@pytest.mark.timeout(1200)
def test_on_a_real_disk_that_is_full(tmp_path: Path, known: Known, say: Callable[[str], None]) -> None:
    with mounted(tmp_path / "disk", "size=48m") as disk:
        for left in (0, 4, 16, 64, 256, 512, 1024, 1536, 2048, 3072):
            folder = small.copied(known.old, disk / f"left_{left}")
            filler = disk / "filler"
            with filler.open("wb") as content:
                content.truncate(0)
                while (free := shutil.disk_usage(disk).free - left * 1024) > 0:
                    content.write(b"\0" * min(free, 1 << 20))
                    content.flush()
            done = small.caseload(folder, "run")
            filler.unlink()
            is_told = refused(folder, known, done, "space") if done.code else False
            say(f"{left} kB left: {'told' if is_told else 'enough'} {done.stderr.strip()[:300]}")
            recovered(folder, known)
            small.removed(folder)


@pytest.mark.faults
def test_in_a_folder_that_is_read_only_all_can_be_read_and_nothing_written(
    tmp_path: Path, known: Known
) -> None:
    with mounted(tmp_path / "disk", "size=48m") as disk:
        folder = small.copied(known.old, disk / "folder")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        done = small.caseload(folder, "run")
        assert refused(folder, known, done, READ_ONLY)
        assert "Let this user write there" in done.stderr
        assert small.caseload(folder, "query", "select 1").code == 0
        assert "Waiting for `caseload run`" in small.caseload(folder, "status").stdout
        verified = small.caseload(folder, "verify")
        assert verified.code == 1
        assert "changed since it was read" in verified.stdout
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        recovered(folder, known)


# Raw files


@pytest.mark.faults
@pytest.mark.parametrize(
    ("file", "when"),
    [
        pytest.param(small.EAST, {"text": "cases_east_20250131.csv", "later": 0}, id="table_before_its_hash"),
        pytest.param(small.EAST, {"text": "cases_east_20250131.csv", "later": 2}, id="table_before_reading"),
        pytest.param(small.FEBRUARY, {"text": "arrests_2024-02.csv", "later": 2}, id="records"),
    ],
)
@pytest.mark.parametrize("kind", ["remove", "append"])
def test_a_raw_file_that_goes_or_changes_while_it_is_read(
    folder: Path, known: Known, file: str, when: dict, kind: str
) -> None:
    text = (folder / "raw" / file).read_text()
    done = small.caseload(folder, "run", fault={"kind": kind, "file": str(folder / "raw" / file), **when})
    assert "Traceback" not in done.said, done.said
    assert done.code in (0, 1)
    if done.code:
        assert f"`{file}`" in done.said
        assert "changed while it was read" in done.said or "cannot be read" in done.said, done.said
    (folder / "raw" / file).write_text(text)
    recovered(folder, known)
