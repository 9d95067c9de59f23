"""Has the code server started anew when contracts or settings are others than those that it has loaded.

Dagster's definitions are made when a code server starts, and `dagster api grpc` cannot load them again. What
supervises it (systemd, compose, `dagster dev`) starts it again when it ends; asked to end, it first lets its
runs finish.
"""

# No `from __future__ import annotations` here: Dagster reads the annotation of `context` as a type.
import dagster as dg
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from pipelines.contracts.documents import ContractError
from pipelines.orchestration.context import Context
from pipelines.releases.in_force import in_force


def contracts_sensor(work: Context) -> dg.SensorDefinition:
    """Ends the code server when sources that came, changed or went, or settings, make other definitions."""
    loaded, settings = work.in_force.sha256, work.settings
    is_used = settings.arrivals.on or settings.poll or settings.publish == "automatically"

    @dg.sensor(
        name="contracts",
        minimum_interval_seconds=settings.arrivals.every_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING if is_used else dg.DefaultSensorStatus.STOPPED,
        description="Has the code server started anew for sources and settings that are new or changed.",
    )
    def changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        try:
            found = in_force(work.places).sha256
        except ContractError as error:
            return dg.SensorResult(skip_reason=str(error), cursor="")
        if found == loaded:
            return dg.SensorResult(
                skip_reason="Contracts and settings are those that were loaded.", cursor=""
            )
        if found != context.cursor:  # it may be that somebody is still writing
            return dg.SensorResult(
                skip_reason="Contracts or settings changed; looking once more.", cursor=found
            )
        if context.instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES), limit=1):
            said = "Contracts or settings changed; they are loaded when no run is under way."
            return dg.SensorResult(skip_reason=said, cursor=found)
        end(context)
        return dg.SensorResult(skip_reason="The code server ends, to start with what has changed.", cursor="")

    return changed


def end(context: dg.SensorEvaluationContext) -> None:
    """Ask the code server that evaluates a sensor to end once its runs are finished."""
    origin = context.code_location_origin
    if not isinstance(origin, GrpcServerCodeLocationOrigin):
        return  # a process of a daemon that loads the code itself, anew every minute
    from dagster._grpc.client import DagsterGrpcClient

    client = DagsterGrpcClient(
        host=origin.host, port=origin.port, socket=origin.socket, use_ssl=bool(origin.use_ssl)
    )
    client.shutdown_server()
