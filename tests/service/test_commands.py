"""Dagster's own commands load what the service runs; each starts processes that import everything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipelines.common.paths import Places
from pipelines.orchestration.context import prepare_dagster_home
from tests.command import ROOT

pytestmark = pytest.mark.service


@pytest.mark.parametrize("command", [["dagster", "definitions", "validate"], ["dg", "check", "defs"]])
def test_the_definitions_are_valid_for_dagsters_own_commands(command: list[str], tmp_path: Path) -> None:
    home = prepare_dagster_home(Places(ROOT / "raw", tmp_path))
    environment = os.environ | {"DAGSTER_HOME": str(home), "CASELOAD_WAREHOUSE": str(tmp_path)}
    done = subprocess.run(
        [ROOT / ".venv/bin" / command[0], *command[1:]],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
