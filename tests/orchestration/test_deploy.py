"""The files of `deploy/`, as far as they can be tested without starting them; tests/service starts them."""

from __future__ import annotations

import re
import tomllib

import yaml

from tests.command import ROOT

DEPLOY = ROOT / "deploy"


def test_the_services_settings_are_those_of_the_package() -> None:
    ours = yaml.safe_load((ROOT / "pipelines/orchestration/dagster.yaml").read_text())
    theirs = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert theirs.pop("storage") == {"postgres": {"postgres_url": {"env": "CASELOAD_POSTGRES_URL"}}}
    assert theirs == ours


def test_every_service_listens_on_this_machine_only() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
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
