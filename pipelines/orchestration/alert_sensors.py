"""Dagster sensors that hear of failed runs, of failed checks and of late releases, and tell people."""

# No `from __future__ import annotations` here: Dagster reads the annotation of `context` as a type.
import datetime as dt
import json

import dagster as dg

from pipelines.contracts.documents import ContractError
from pipelines.contracts.settings import AlertKind
from pipelines.orchestration import checks
from pipelines.orchestration.alerts import Alert, send
from pipelines.orchestration.context import Context
from pipelines.orchestration.sensors import status
from pipelines.releases.due import editions_due
from pipelines.releases.in_force import SETTINGS, in_force
from pipelines.releases.store import Store
from pipelines.warehouse.warehouse_inputs import kept_readings

LATE_EVERY_S = 3600
NONE = ""
"""In place of a source: all of them."""


def alert_sensors(work: Context) -> list[dg.SensorDefinition]:
    settings = work.settings.alerts
    told = {
        "failed_run": failed_run_sensor,
        "quarantined_export": quarantine_sensor,
        "late_release": late_release_sensor,
        "invalid_contract": invalid_contract_sensor,
    }
    about = {"failed_check": "quarantined_export"} | {kind: kind for kind in told}
    wanted = {about[kind] for kind in settings.about} if settings.is_on else set()
    return [make(work, status(kind in wanted)) for kind, make in told.items()]


def failed_run_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="tell_of_failed_runs",
        default_status=default,
        description="Alerts on runs that failed, by the settings.",
    )
    def failed(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        blocking = [
            _said(evaluation)
            for evaluation in _evaluations(context.instance, run.run_id)
            if not evaluation.passed and evaluation.blocking
        ]
        kind: AlertKind = "failed_check" if blocking else "failed_run"
        title = f"The run {run.run_id[:8]} of {run.job_name} failed"
        if blocking:
            title = "Nothing was published: critical checks of the warehouse failed"
        reasons = blocking or [_cause(event) for event in context.get_step_failure_events()]
        send(Alert(kind, title, reasons or [context.failure_event.message or ""]), work.settings.alerts)

    return failed


def quarantine_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name="tell_of_quarantined_exports",
        run_status=dg.DagsterRunStatus.SUCCESS,
        default_status=default,
        description="Alerts on exports that a run quarantined, by the settings.",
    )
    def succeeded(context: dg.RunStatusSensorContext) -> None:
        for evaluation in _evaluations(context.instance, context.dagster_run.run_id):
            if evaluation.check_name == checks.ACCEPTED and not evaluation.passed:
                source = evaluation.asset_key.path[-1]
                title = f"Quarantined exports of {source}; the last good ones stay published"
                send(Alert("quarantined_export", title, checks.told(evaluation)), work.settings.alerts)

    return succeeded


def late_release_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="tell_of_late_releases",
        minimum_interval_seconds=LATE_EVERY_S,
        default_status=default,
        description="Alerts on editions that are late by the calendars of the contracts, by the settings.",
    )
    def late(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        told: dict[str, str] = json.loads(context.cursor or "{}")
        sources, store = in_force(work.places).sources, Store(work.places.store)
        published = (kept.receipt for kept in kept_readings(store) if kept.is_published)
        now = dt.datetime.now(dt.UTC).date()
        found = {
            name: due for name, due in editions_due(sources, published).items() if due.standing(now) == "late"
        }
        for name, due in found.items():
            if told.get(name) == str(due.period_end):
                continue
            said = f"It was due on {due.due_on}; {due.late_after} was the last day to wait for."
            title = f"The edition of {name} for the period until {due.period_end} is late"
            send(Alert("late_release", title, [said]), work.settings.alerts)
        cursor = json.dumps({name: str(due.period_end) for name, due in found.items()})
        return dg.SensorResult(skip_reason=f"{len(found)} late.", cursor=cursor)

    return late


def invalid_contract_sensor(work: Context, default: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    @dg.sensor(
        name="tell_of_invalid_contracts",
        minimum_interval_seconds=work.settings.arrivals.every_seconds,
        default_status=default,
        description="Alerts on contracts and settings that are invalid, by the settings.",
    )
    def invalid(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        told: dict[str, str] = json.loads(context.cursor or "{}")
        holds: set[str] = set()
        try:
            now = in_force(work.places)
            problems, holds = now.problems, {source.name for source in now.sources}
        except ContractError as error:
            problems = {NONE: error}
        found = {name: str(error) for name, error in problems.items()}
        for name in [name for name in found if found[name] != told.get(name)]:
            title = _said_of_invalid(name, name in holds)
            findings = [str(problem) for problem in problems[name].problems]
            send(Alert("invalid_contract", title, findings), work.settings.alerts)
        return dg.SensorResult(skip_reason=f"{len(found)} invalid.", cursor=json.dumps(found))

    return invalid


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
