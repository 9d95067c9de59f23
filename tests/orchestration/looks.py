"""Looks of sensors, as a daemon has the code server of the location `caseload` take them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin

from pipelines.common.paths import Places
from pipelines.contracts.settings import Settings
from pipelines.orchestration.context import Context

HERE = GrpcServerCodeLocationOrigin(host="127.0.0.1", port=4266, location_name="caseload")


def context_of(folder: Path, **settings: object) -> Context:
    context = Context(Places(folder / "raw", folder / "warehouse"))
    given = {"arrivals": {"settle_seconds": 0}} | settings
    context.settings = Settings.model_validate(given)
    return context


def looked_at(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, cursor: str | None) -> Any:
    """What the code server of the location `caseload` answers to a daemon that has a sensor look."""
    with dg.SensorEvaluationContext(
        instance_ref=None, instance=instance, cursor=cursor, sensor_name=sensor.name, last_tick_completion_time=None,
        last_run_key=None, repository_name="__repository__", code_location_origin=HERE,
    ) as tick:  # fmt: skip
        return sensor.evaluate_tick(tick)
