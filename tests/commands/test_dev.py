"""``caseload dev``: Dagster is started with what sensors that read large files need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.commands import dev
from pipelines.common.paths import Places


def test_sensors_and_schedules_have_ten_minutes_unless_something_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.chdir(tmp_path)  # and back
    monkeypatch.setattr(os, "execve", lambda _, __, environment: started.append(environment))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS", raising=False)
    monkeypatch.setenv("DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS", "900")
    dev.exec_dagster_dev(Places(tmp_path / "raw", tmp_path / "warehouse"), [], 3000)
    [environment] = started
    assert environment["DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS"] == "900"
    assert environment["DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS"] == "600"
