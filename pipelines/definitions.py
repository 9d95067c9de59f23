"""What Dagster loads: every source below ``raw/``, every relation of ``sql/``, the publication."""

from __future__ import annotations

import dagster as dg

from pipelines.common.paths import Places
from pipelines.orchestration import alert_sensors, assets, code_server, jobs, sensors
from pipelines.orchestration.context import Context


def define(context: Context) -> dg.Definitions:
    """The graph over the sources of a context. Raises ContractError."""
    sources = context.sources
    polls = (sensors.poll_schedule(source, context) for source in sources)
    return dg.Definitions(
        executor=dg.in_process_executor,  # a process for each step would import everything anew
        assets=[
            *(assets.raw_asset(source) for source in sources),
            *(assets.observations_asset(source, context) for source in sources),
            assets.relation_assets(context),
            assets.report_asset(context),
            assets.publication_asset(context),
        ],
        jobs=[*(jobs.ingest_job(source) for source in sources), jobs.build_job()],
        schedules=[poll for poll in polls if poll],
        sensors=[
            *(sensors.arrival_sensor(source, context) for source in sources),
            sensors.publication_sensor(context),
            *([code_server.contracts_sensor(context)] if context.is_unattended else []),
            sensors.automation_sensor(context),
            *alert_sensors.alert_sensors(context),
        ],
    )


@dg.definitions
def defs() -> dg.Definitions:
    return define(Context(Places.from_environment(), is_unattended=True))
