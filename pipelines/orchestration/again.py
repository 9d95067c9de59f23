"""Whether a run that was asked for before is to be asked for again.

Dagster asks once for a key. A key here is a digest of what is to be read or published, and the same may have
to be done again: a file comes back that was replaced meanwhile, a run failed because the disk was full.
"""

from __future__ import annotations

import dagster as dg
from dagster._core.events import RunFailureReason
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.storage.tags import RUN_FAILURE_REASON_TAG

ASKED = "caseload/asked"
"""The tag of a run that says what it was asked for."""
CAN_PASS = "caseload/can_pass"  # noqa: S105 no password
"""The tag of a run that failed on what can pass, after all its retries."""

DAY_S = 86_400
WAIT_S = 600
"""How long to wait before what failed is asked for again; twice as long each further time, a day at most."""
AT_ONCE = 3
"""How often in a day what was done, and is to be done again, is asked for without waiting."""


def run_key(instance: dg.DagsterInstance, asked: str, now: float) -> str | None:
    """The key to ask for something with that had to be done at the time ``now``; None while it is not to
    be asked for: a run for it is under way, ended since, was cancelled, or failed on what does not get better
    by itself, or not long ago.
    """
    if is_under_way(instance, asked):
        return None
    records = instance.get_run_records(dg.RunsFilter(tags={ASKED: asked}))
    if not records:
        return asked
    last = records[0]
    run, ended = last.dagster_run, last.end_time or last.create_timestamp.timestamp()
    if run.status == dg.DagsterRunStatus.SUCCESS:
        again = [record for record in records if record.create_timestamp.timestamp() > now - DAY_S]
        wait = _wait(len(again) - AT_ONCE)
    elif run.status == dg.DagsterRunStatus.FAILURE and _can_pass(run):
        wait = _wait(len(records))
    else:
        return None
    return f"{asked} {len(records) + 1}" if ended + wait <= now else None


def is_under_way(instance: dg.DagsterInstance, asked: str) -> bool:
    """Whether a run for something waits or runs."""
    unfinished = dg.RunsFilter(tags=tags(asked), statuses=NOT_FINISHED_STATUSES)
    return bool(instance.get_runs(unfinished, limit=1))


def tags(asked: str) -> dict[str, str]:
    return {ASKED: asked}


def _wait(times: int) -> int:
    return min(WAIT_S * 2 ** min(times - 1, 20), DAY_S) if times > 0 else 0


def _can_pass(run: dg.DagsterRun) -> bool:
    """Whether it failed on locks or files, or because its process died: no step found anything wrong then."""
    return CAN_PASS in run.tags or run.tags.get(RUN_FAILURE_REASON_TAG) != RunFailureReason.STEP_FAILURE.value
