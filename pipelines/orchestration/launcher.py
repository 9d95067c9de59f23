"""Starts the processes of runs as Dagster does, and notices when one has died.

Dagster's own launcher does not say whether a run that it started is still alive: one whose code server was
killed stays "started" for ever, and keeps its place in the pool. The daemon asks this one.
"""

from __future__ import annotations

import os
import socket

import dagster as dg
from dagster._core.errors import DagsterLaunchFailedError, DagsterUserCodeUnreachableError
from dagster._core.launcher import DefaultRunLauncher, LaunchRunContext
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

from pipelines.common.lock import begun
from pipelines.common.paths import Places

PROCESS = "caseload/process"
"""The tag of a run in a process of the command line: host, number of the process, and when it began."""
WAREHOUSE = "caseload/warehouse"
"""The tag of such a run that says for which warehouse: others may be in the same history."""

_ENDING = "on a server after telling it to shut down"
"""What a code server answers that was asked to end; it has no other mark."""

ALIVE = CheckRunHealthResult(WorkerStatus.RUNNING)


def this_process(places: Places) -> dict[str, str]:
    """The tags of a run of the command line."""
    number = os.getpid()
    process = f"{socket.gethostname()} {number} {begun(number)}"
    return {PROCESS: process, WAREHOUSE: str(places.warehouse.resolve())}


def is_of_command(run: dg.DagsterRun, places: Places) -> bool:
    """Whether a run is one of the command line, for this warehouse."""
    return run.tags.get(WAREHOUSE) == str(places.warehouse.resolve())


def is_gone(run: dg.DagsterRun) -> bool:
    """Whether a run was of a process of the command line, on this machine, that is no longer there."""
    match run.tags.get(PROCESS, "").split(" "):
        case [host, number, since] if host == socket.gethostname() and number.isdecimal():
            return since != str(begun(int(number)))
    return False


class RunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, with a check whether a run is alive; a code server that is about to end is
    to it as one that is not there, so that the run goes back into the queue.
    """

    def launch_run(self, context: LaunchRunContext) -> None:
        try:
            super().launch_run(context)
        except DagsterLaunchFailedError as error:
            if _ENDING not in str(error):
                raise
            raise DagsterUserCodeUnreachableError(str(error)) from error

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        if is_gone(run):
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "its process is gone")
        client = self._get_grpc_client_for_termination(run.run_id)
        if client is None:
            return ALIVE
        try:
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id))
        except DagsterUserCodeUnreachableError:  # it tells when it is back
            return ALIVE
        if deserialize_value(answer, CanCancelExecutionResult).can_cancel:
            return ALIVE
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "the code server that started it knows it no more"
        )
