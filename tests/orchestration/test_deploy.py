"""The files of `deploy/`, as far as they can be tested without starting them; tests/service starts them."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.command import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SANDBOX = 3.0
"""How exposed to the machine a unit may be, at most, from 0 to 10; without any sandbox it is 9.6."""


def test_the_services_settings_are_those_of_the_package() -> None:
    ours = yaml.safe_load((ROOT / "pipelines/orchestration/dagster.yaml").read_text())
    theirs = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert theirs.pop("storage") == {"postgres": {"postgres_url": {"env": "CASELOAD_POSTGRES_URL"}}}
    assert theirs == ours


def test_every_service_listens_on_this_machine_only() -> None:
    assert len(UNITS) == 3
    for unit in UNITS:
        assert "0.0.0.0" not in unit.read_text()
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:3000:3000"]


def test_the_image_has_everything_that_the_package_is_built_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *wheel["packages"], *wheel["force-include"]}
    copies = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    copied = {path for sources in copies for path in sources.split()}
    assert needed | {"constraints.txt"} <= copied
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == sent
    assert all((ROOT / path).exists() for path in copied)


@pytest.fixture
def systemd_analyze() -> str:
    found = shutil.which("systemd-analyze")
    if not found:
        pytest.skip("no systemd-analyze on this machine: apt-get install systemd")
    return found


def analyzed(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def test_systemd_takes_every_word_of_the_units(systemd_analyze: str, tmp_path: Path) -> None:
    """What it does not know it tells, and goes on without."""
    copies = [tmp_path / unit.name for unit in UNITS]
    for unit, copy in zip(UNITS, copies, strict=True):
        copy.write_text(unit.read_text().replace("/opt/caseload/", f"{ROOT}/"))
    said = analyzed(systemd_analyze, "verify", "--recursive-errors=no", *map(str, copies))
    assert [line for line in said.splitlines() if "caseload" in line] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_can_do_little_to_the_machine(systemd_analyze: str, unit: Path) -> None:
    analyzed(systemd_analyze, "security", "--offline=true", f"--threshold={SANDBOX * 10:g}", str(unit))
