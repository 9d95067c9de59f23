"""Several runs at once: one writes, the others wait and say for whom, and all end well."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.common import lock
from pipelines.common.paths import Places
from pipelines.orchestration.context import prepare_dagster_home
from tests.command import ROOT, SCRIPT, environment
from tests.faults import small
from tests.faults.conftest import Known


def places_of(folder: Path) -> Places:
    return Places(folder / "raw", folder / "warehouse")


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["rollback"], ["accept", small.NORTH, "--reason", "it is right"]],
    ids=lambda a: a[0],
)
def test_whoever_writes_waits_and_says_for_whom(new_folder: Path, arguments: list[str]) -> None:
    (new_folder / "warehouse/.store/last_run.json").unlink()
    with lock.held(new_folder / "warehouse" / ".lock", print):
        waiting = subprocess.Popen(
            [SCRIPT, *arguments], cwd=new_folder, env=environment(new_folder) | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        who = lock.holder(new_folder / "warehouse" / ".lock")
        assert who
        assert who.startswith(f"pid {os.getpid()}, `")
        assert waiting.stdout
        told = waiting.stdout.readline()
        assert told == f"Another run ({who}) is writing this warehouse; waiting for it to end.\n"
        assert waiting.poll() is None, "it did not wait"
    waiting.communicate()


@pytest.mark.faults
def test_a_status_and_a_verification_do_not_wait(new_folder: Path) -> None:
    with lock.held(new_folder / "warehouse" / ".lock", print):
        assert small.caseload(new_folder, "status").code == 0
        verified = small.caseload(new_folder, "verify")
        assert verified.code == 0, verified.said
        assert f"A run is under way (pid {os.getpid()}, " in verified.stdout


def test_the_note_of_a_killed_run_misleads_nobody(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    killed = subprocess.Popen(["sleep", "0"])
    killed.wait()
    with lock.held(path, print):
        note = json.loads((tmp_path / ".lock.json").read_text())
        assert lock.holder(path)
    assert lock.holder(path) is None
    for changed in ({"pid": killed.pid}, {"begun": "12"}):  # gone; another process with the same number
        (tmp_path / ".lock.json").write_text(json.dumps(note | changed))
        assert lock.holder(path) is None
    (tmp_path / ".lock.json").write_text('{"pid"')
    assert lock.holder(path) is None
    (tmp_path / ".lock.json").write_text(json.dumps(note | {"host": "elsewhere"}))
    assert " on elsewhere, " in str(lock.holder(path))


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_three_runs_of_the_command_and_one_of_dagster_at_once(folder: Path, known: Known) -> None:
    home = prepare_dagster_home(places_of(folder))
    calls = [[SCRIPT, "run"]] * 3 + [
        [
            ROOT / ".venv/bin/dagster",
            "job",
            "execute",
            "-m",
            "pipelines.definitions",
            "-j",
            "build_and_publish",
        ]
    ]
    running = [
        subprocess.Popen(
            call, cwd=folder, env=environment(folder) | {"DAGSTER_HOME": str(home)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for call in calls
    ]  # fmt: skip
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], "\n----\n".join(said)
    assert any("Another run (pid " in text for text in said)
    assert small.content(small.published(folder)) == known.new_content
    assert small.caseload(folder, "run").stdout.startswith("Nothing new.")
    assert small.leftovers(folder) == []


@pytest.mark.faults
def test_a_run_does_not_wait_for_the_slot_of_a_run_that_was_killed(folder: Path, known: Known) -> None:
    killed = small.caseload(folder, "run", fault={"kind": "kill", "text": "ledgers"})
    assert killed.code < 0
    begun = time.monotonic()
    assert small.caseload(folder, "run").code == 0
    assert time.monotonic() - begun < 40
