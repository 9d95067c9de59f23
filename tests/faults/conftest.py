"""A small warehouse that was published once, and what comes next: old and new, to be compared with."""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.common.digests import Digest
from tests.faults import small
from tests.together import made_once


@dataclass(frozen=True)
class Known:
    """Folders that nobody disturbs."""

    empty: Path
    """The first exports, and no warehouse."""
    old: Path
    """They are published, and the exports have changed since."""
    new: Path
    """What one undisturbed run makes of that."""
    old_bytes: str
    old_content: dict[str, Digest]
    new_content: dict[str, Digest]


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:

    def make(folder: Path) -> None:
        small.received(folder / "empty")
        published = small.copied(folder / "empty", folder / "published")
        done = small.caseload(published, "run")
        assert done.code == 0, done.said
        small.changed(small.copied(published, folder / "old"))
        made = small.copied(folder / "old", folder / "new")
        done = small.caseload(made, "run")
        assert done.code == 0, done.said
        assert small.leftovers(made) == []

    folder = made_once(tmp_path_factory, "small", make)
    empty, old, new = (folder / name for name in ("empty", "old", "new"))
    digest = small.bytes_of(small.published(old))
    assert digest
    contents = (small.content(small.published(path)) for path in (old, new))
    return Known(empty, old, new, digest, *contents)


@pytest.fixture(scope="session")
def moments_of(known: Known, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[list[str]]]:
    """A function: ``empty`` or ``old`` → what a run on it does to the disk, in order, by event and path or
    statement.
    """

    def counted(start: str) -> list[list[str]]:

        def make(folder: Path) -> None:
            found = small.moments(small.copied(getattr(known, start), folder / "counted"), "run")
            small.removed(folder / "counted")
            (folder / "moments.json").write_text(json.dumps(found), encoding="utf-8")

        folder = made_once(tmp_path_factory, f"moments_{start}", make)
        return json.loads((folder / "moments.json").read_text(encoding="utf-8"))

    return counted


@pytest.fixture
def folder(tmp_path: Path, known: Known) -> Iterator[Path]:
    """A copy of the one with the old publication and the new exports, to be disturbed."""
    yield small.copied(known.old, tmp_path / "disturbed")
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def new_folder(tmp_path: Path, known: Known) -> Path:
    """A copy of the one that is up to date."""
    return small.copied(known.new, tmp_path / "new")


@pytest.fixture
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether every case is to be tried, rather than a sample."""
    return bool(request.config.getoption("--all-faults"))


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints how a long test goes, at once."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def told(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"{request.node.name}: {text}", file=sys.stderr, flush=True)

    return told


@pytest.fixture
def dice() -> random.Random:
    """The same in every run."""
    return random.Random(20261122)
