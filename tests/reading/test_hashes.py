"""Digests that are remembered, and not believed once a file may have changed."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from pipelines.reading import hashes
from pipelines.reading.hashes import Hashes


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text("one", encoding="utf-8")
    time.sleep(2 * hashes.SETTLED_NS / 1e9)
    return path


def of(known: Hashes, path: Path) -> str:
    return known.of(path, path.stat())


def test_a_digest_is_kept_for_the_next_process(tmp_path: Path, file: Path, monkeypatch) -> None:
    known = Hashes(tmp_path / "hashes.json")
    assert of(known, file) == digest("one")
    known.keep()
    monkeypatch.setattr(hashes, "_digest", None)

    assert of(Hashes(tmp_path / "hashes.json"), file) == digest("one")


def test_a_changed_file_is_read_again_though_its_times_were_set_back(tmp_path: Path, file: Path) -> None:
    known = Hashes(tmp_path / "hashes.json")
    before = file.stat()
    of(known, file)
    file.write_text("two", encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert of(known, file) == digest("two")


def test_a_file_that_was_just_written_is_not_remembered(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "new.csv"
    path.write_text("one", encoding="utf-8")
    known = Hashes()
    of(known, path)
    monkeypatch.setattr(hashes, "_digest", lambda path: "read again")

    assert of(known, path) == "read again"


def test_large_files_are_read_ahead_and_what_cannot_be_read_is_left_for_later(
    tmp_path: Path, file: Path, monkeypatch
) -> None:
    monkeypatch.setattr(hashes, "AHEAD_BYTES", 1)
    other = tmp_path / "other.csv"
    other.write_text("other", encoding="utf-8")
    time.sleep(2 * hashes.SETTLED_NS / 1e9)
    (tmp_path / "link").symlink_to(file)
    known = Hashes()
    known.read_ahead([file, other, tmp_path / "gone", tmp_path / "link", tmp_path], max_bytes=1 << 30)
    monkeypatch.setattr(hashes, "_digest", None)

    assert (of(known, file), of(known, other)) == (digest("one"), digest("other"))


def test_what_is_kept_can_be_damaged(tmp_path: Path, file: Path) -> None:
    (tmp_path / "hashes.json").write_text("[", encoding="utf-8")

    assert of(Hashes(tmp_path / "hashes.json"), file) == digest("one")
