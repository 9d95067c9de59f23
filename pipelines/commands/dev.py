"""Starts Dagster's own UI over the same graph, on the loopback interface."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from pipelines.common.paths import Places
from pipelines.contracts.contract import Source
from pipelines.orchestration.context import Context, prepare_dagster_home
from pipelines.releases.editions import standing

LOOK_TIMEOUTS = "DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS", "DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS"
LOOK_S = 600
"""How long Dagster waits for a sensor or schedule: one that sees many gigabytes first reads them all."""


def exec_dagster_dev(places: Places, sources: list[Source], port: int) -> NoReturn:
    """Replace this process by ``dagster dev``; editions that are there become partitions first."""
    from pipelines.orchestration.runs import opened_instance, register_editions

    context = Context(places)
    with opened_instance(context) as instance:
        register_editions(instance, [standing(s, context.store) for s in sources])
    dagster = Path(sys.executable).with_name("dagster")
    if not dagster.exists() or not Path(sys.executable).with_name("dagster-webserver").exists():
        sys.exit("Dagster's UI is not installed here: pip install 'caseload[ui]'")
    # Else Dagster would look for the instance of the folder that it is started in.
    os.chdir(prepare_dagster_home(places))
    environment = {
        **{name: str(LOOK_S) for name in LOOK_TIMEOUTS},
        **os.environ,
        "DAGSTER_HOME": str(prepare_dagster_home(places)),
        "CASELOAD_RAW": str(places.raw),
        "CASELOAD_WAREHOUSE": str(places.warehouse),
    }
    arguments = ["dev", "--module-name", "pipelines.definitions", "--host", "127.0.0.1", "--port", str(port)]
    os.execve(dagster, [str(dagster), *arguments], environment)  # noqa: S606 our own venv's dagster
