"""Dagster sensors that hear of failed runs, of failed checks and of late releases, and tell people."""

# No `from __future__ import annotations` here: Dagster reads the annotation of `context` as a type.
import datetime as dt
import json
import time
from collections.abc import Callable

import dagster as dg

from pipelines.contracts.documents import ContractError
from pipelines.contracts.settings import AlertKind
from pipelines.orchestration import checks
from pipelines.orchestration.alerts import Alert, NotSent, send
from pipelines.orchestration.context import Context
from pipelines.orchestration.launcher import is_of_command
from pipelines.orchestration.sensors import status
from pipelines.releases.due import editions_due
from pipelines.releases.in_force import SETTINGS, in_force
from pipelines.releases.store import Store
from pipelines.warehouse.warehouse_inputs import kept_readings

LATE_EVERY_S = 3600
LOOK_S = 20
"""How long a look goes on telling; together with the last message it ends before Dagster gives it up."""
GIVEN_UP_S = 7 * 86_400
"""How old what a run did may be and still be told, if nobody could be reached, or no daemon ran, before."""
_FROM_OUTSIDE = "marked as failed from outside"
"""What Dagster says of a run whose process has died."""
_DIED = "Its process ended without a word: it was killed, or memory ran out. The run is tried again."
NONE = ""
"""In place of a source: all of them."""


def alert_sensors(work: Context) -> list[dg.SensorDefinition]:
    settings = work.settings.alerts
    told: dict[tuple[AlertKind, ...], Callable[[Context, dg.DefaultSensorStatus], dg.SensorDefinition]] = {
        ("failed_run", "failed_check"): failed_run_sensor,
        ("quarantined_export",): quarantine_sensor,
        ("late_release",): late_release_sensor,
        ("invalid_contract",): invalid_contract_sensor,
    }
    return [
        make(work, status(settings.is_on and not set(kinds).isdisjoint(settings.about)))
        for kinds, make in told.items()
    ]


def failed_run_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="tell_of_failed_runs",
        default_status=default,
        description="Alerts on runs that failed, by the settings.",
    )
    def failed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        return _told_of_runs(context, work, dg.DagsterEventType.RUN_FAILURE, _of_failed)

    return failed


def quarantine_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="tell_of_quarantined_exports",
        default_status=default,
        description="Alerts on exports that a run quarantined, by the settings.",
    )
    def succeeded(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        return _told_of_runs(context, work, dg.DagsterEventType.RUN_SUCCESS, _of_quarantined)

    return succeeded


def late_release_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="tell_of_late_releases",
        minimum_interval_seconds=LATE_EVERY_S,
        default_status=default,
        description="Alerts on editions that are late by the calendars of the contracts, by the settings.",
    )
    def late(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        sources, store = in_force(work.places).sources, Store(work.places.store)
        published = (kept.receipt for kept in kept_readings(store) if kept.is_published)
        now = dt.datetime.now(dt.UTC).date()
        found = {
            name: due for name, due in editions_due(sources, published).items() if due.standing(now) == "late"
        }

        def alert(name: str) -> Alert:
            due = found[name]
            said = f"It was due on {due.due_on}; {due.late_after} was the last day to wait for."
            title = f"The edition of {name} for the period until {due.period_end} is late"
            return Alert("late_release", title, [said])

        known = {name: str(due.period_end) for name, due in found.items()}
        return _told_once(context, work, known, alert, f"{len(found)} late.")

    return late


def invalid_contract_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="tell_of_invalid_contracts",
        minimum_interval_seconds=work.settings.arrivals.every_seconds,
        default_status=default,
        description="Alerts on contracts and settings that are invalid, by the settings.",
    )
    def invalid(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        holds: set[str] = set()
        try:
            now = in_force(work.places)
            problems, holds = now.problems, {source.name for source in now.sources}
        except ContractError as error:
            problems = {NONE: error}

        def alert(name: str) -> Alert:
            findings = [str(problem) for problem in problems[name].problems]
            return Alert("invalid_contract", _said_of_invalid(name, name in holds), findings)

        found = {name: str(error) for name, error in problems.items()}
        return _told_once(context, work, found, alert, f"{len(found)} invalid.")

    return invalid


class _Look:
    """One look of a sensor: it sends one message after another, until its time is up or one reaches nobody.

    Whoever uses it notes what has been told in the cursor, so that the next look goes on from there: nothing
    is sent again because of what comes after it.
    """

    def __init__(self, context: dg.SensorEvaluationContext, work: Context) -> None:
        self._context, self._settings = context, work.settings.alerts
        self._until = time.monotonic() + LOOK_S
        self._sent = 0
        self._problems: list[str] = []

    def has_told(self, alert: Alert | None) -> bool:
        """Whether it is done with: it reached somebody, or nobody asks for it. Raises NotSent when the first
        to be sent reaches nobody, which fails the look, and Dagster shows it.
        """
        if time.monotonic() > self._until:
            return False
        if alert is None:
            return True
        try:
            sent = send(alert, self._settings)
        except NotSent as error:
            if not self._sent:
                raise
            self.note(str(error))
            return False
        self._sent += len(sent.ways) > 0
        if sent.failures:
            self.note(
                f"'{alert.title}' was sent by {' and '.join(sent.ways)} only: {'; '.join(sent.failures)}"
            )
        return True

    def note(self, problem: str) -> None:
        """Log what went wrong, for the page of the look and the log of the code server."""
        self._context.log.error(problem)
        self._problems.append(problem)

    def result(self, said: str, cursor: object) -> dg.SensorResult:
        told = " ".join([said, *self._problems])
        return dg.SensorResult(skip_reason=told, cursor=json.dumps(cursor))


def _told_once(
    context: dg.SensorEvaluationContext,
    work: Context,
    found: dict[str, str],
    alert: Callable[[str], Alert],
    said: str,
) -> dg.SensorResult:
    """Tells of what is found, by name, unless the look before found the same."""
    before: dict[str, str] = json.loads(context.cursor or "{}")
    told = {name: what for name, what in found.items() if before.get(name) == what}
    look = _Look(context, work)
    for name in [name for name in found if name not in told]:
        if not look.has_told(alert(name)):
            break
        told[name] = found[name]
    return look.result(said, told)


def _told_of_runs(
    context: dg.SensorEvaluationContext,
    work: Context,
    event_type: dg.DagsterEventType,
    alert: Callable[[dg.DagsterInstance, dg.DagsterRun, dg.DagsterEvent], Alert | None],
) -> dg.SensorResult:
    """Tells of runs that have ended since the look before, in their order; the first look begins with now.

    Dagster's own sensors of this kind see the runs of their code location or those of all, know none of the
    command line in the first case, and go on when an alert reached nobody.
    """
    instance, look = context.instance, _Look(context, work)
    # What sensors of this name kept before they were these has no such word, and begins anew.
    after: str | None = json.loads(context.cursor or "{}").get("after")
    if after is None:
        newest = instance.fetch_run_status_changes(event_type, limit=1)
        return look.result("Runs that end from now on are told.", {"after": newest.cursor})
    while True:
        found = instance.fetch_run_status_changes(event_type, limit=1, cursor=after, ascending=True)
        if not found.records:
            return look.result("No run that has ended is to be told.", {"after": after})
        [record] = found.records
        run, event = instance.get_run_by_id(record.run_id), record.event_log_entry.dagster_event
        message = alert(instance, run, event) if run and event and _is_ours(run, context, work) else None
        if message and record.timestamp < time.time() - GIVEN_UP_S:
            look.note(f"'{message.title}' is too old to be told.")
            message = None
        if not look.has_told(message):
            return look.result("What is left is told at the next look.", {"after": after})
        after = found.cursor


def _is_ours(run: dg.DagsterRun, context: dg.SensorEvaluationContext, work: Context) -> bool:
    """Whether a run is of this code location, or of the command line for this warehouse."""
    if run.remote_job_origin is None:
        return is_of_command(run, work.places)
    repository, here = run.remote_job_origin.repository_origin, context.code_location_origin
    return (
        here is not None
        and repository.code_location_origin.location_name == here.location_name
        and repository.repository_name == context.repository_name
    )


def _of_failed(instance: dg.DagsterInstance, run: dg.DagsterRun, event: dg.DagsterEvent) -> Alert:
    blocking = [
        _said(evaluation)
        for evaluation in _evaluations(instance, run.run_id)
        if not evaluation.passed and evaluation.blocking
    ]
    if blocking:
        title = "Nothing was published: critical checks of the warehouse failed"
        return Alert("failed_check", title, blocking)
    steps = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    causes = [_cause(step) for record in steps if (step := record.event_log_entry.dagster_event)]
    title = f"The run {run.run_id[:8]} of {run.job_name} failed"
    said = event.message or ""
    return Alert("failed_run", title, causes or [_DIED if _FROM_OUTSIDE in said else said])


def _of_quarantined(instance: dg.DagsterInstance, run: dg.DagsterRun, _: dg.DagsterEvent) -> Alert | None:
    refused = {
        evaluation.asset_key.path[-1]: checks.told(evaluation)
        for evaluation in _evaluations(instance, run.run_id)
        if evaluation.check_name == checks.ACCEPTED and not evaluation.passed
    }
    if not refused:
        return None
    title = f"Quarantined exports of {', '.join(sorted(refused))}; the last good ones stay published"
    return Alert("quarantined_export", title, [line for lines in refused.values() for line in lines])


def _said_of_invalid(name: str, holds: bool) -> str:
    if name == NONE:
        return "Nothing is read or published: contracts are gone or invalid, and no earlier ones are kept"
    if name == SETTINGS:
        return f"{SETTINGS} is invalid; the settings that were valid last hold"
    if holds:
        return (
            f"The contract of {name} is invalid; its figures stay as they are published, nothing new is read"
        )
    return f"The contract of {name} is invalid; its exports are not read"


def _evaluations(instance: dg.DagsterInstance, run_id: str) -> list[dg.AssetCheckEvaluation]:
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    return [
        event.event_specific_data
        for record in records
        if (event := record.event_log_entry.dagster_event)
        and isinstance(event.event_specific_data, dg.AssetCheckEvaluation)
    ]


def _said(evaluation: dg.AssetCheckEvaluation) -> str:
    said = evaluation.metadata.get("explanation") or evaluation.metadata.get("verdict")
    return f"{evaluation.asset_key.path[-1]}: {evaluation.check_name}: {said.value if said else 'failed'}"


def _cause(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error and error.cause:
        error = error.cause
    return f"{event.step_key}: {error.message.strip() if error else 'failed'}"
