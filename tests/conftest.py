"""Fixtures that several test files share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from pipelines.contracts import contract
from tests.together import made_once

HEAD = """\
title: A table
publisher: A publisher
licence: none
released_on: 2025-01-31
files: '*'
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-faults",
        action="store_true",
        help="Try every fault of tests/faults, not a sample: hours on two cores.",
    )


LONG = ("whole", "orchestration", "warehouse", "releases", "sql", "records", "report", "takeaway", "commands")
"""Rooms whose files take the longest, beginning with them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that take minutes run where they are asked for: `make faults`. Long files come first, so that no
    process is left with one at the end.
    """
    items.sort(
        key=lambda item: next((at for at, room in enumerate(LONG) if room in item.path.parts), len(LONG))
    )
    if not config.getoption("--all-faults"):
        long = [item for item in items if item.get_closest_marker("faults")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One for each core (`-n logical`), and one more where workers wait for the command a third of their time
    (`-n auto`).
    """
    return (os.cpu_count() or 1) + (config.option.numprocesses == "auto")


@pytest.fixture
def source_of(tmp_path: Path) -> Callable[[str], contract.Source]:
    """A function: the rest of a contract, below title, publisher, licence, release and files → its source."""

    def load(words: str) -> contract.Source:
        folder = tmp_path / "series"
        folder.mkdir(exist_ok=True)
        (folder / contract.FILE_NAME).write_text(HEAD + words, encoding="utf-8")
        return contract.load(folder)

    return load


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped sources in ``raw``, what one run of the command made of them, and in ``run.txt``
    what it printed.
    """
    from tests.command import NOI, ROOT, caseload

    def make(folder: Path) -> None:
        shutil.copytree(ROOT / "raw" / NOI, folder / "raw" / NOI)
        yearly = folder / "raw" / "npa_cybercrime_yearly"
        yearly.mkdir()
        shutil.copy(ROOT / "raw" / yearly.name / contract.FILE_NAME, yearly)
        done = caseload(folder, "run")
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / "run.txt").write_text(done.stdout, encoding="utf-8")

    return made_once(tmp_path_factory, "first_run", make)


@pytest.fixture(scope="session")
def copied_run(first_run: Path) -> Callable[[Path], Path]:
    """A function: a folder → a copy of the first run in it, to be changed freely."""

    def copy(folder: Path) -> Path:
        shutil.copytree(first_run, folder / "run", symlinks=True)
        return folder / "run"

    return copy


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator:
    """In CI a skipped test has failed: everything that tests need is installed there."""
    outcome = yield
    _fail_in_ci(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator:
    """So has a file of tests that is skipped as a whole."""
    outcome = yield
    _fail_in_ci(outcome.get_result())


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} is skipped, which CI must not: {report.longrepr}"
