"""The whole job in one process: the same graph that Dagster schedules, one run per source with
something new, then one that builds, audits and publishes.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from pipelines.common.advice import with_next_step
from pipelines.definitions import define
from pipelines.orchestration.assets import partitions
from pipelines.orchestration.context import Context, prepare_dagster_home
from pipelines.orchestration.dagster_alone import alone
from pipelines.orchestration.dagster_sqlite import begin_history, kept_engines
from pipelines.orchestration.jobs import BUILD_JOB, ingest_job_name, range_tags
from pipelines.orchestration.launcher import is_gone, this_process
from pipelines.releases.arrivals import arrivals
from pipelines.releases.editions import Standing
from pipelines.warehouse.publishing import publication

# Errors are told by the command line; Dagster's log of them is in its run history.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Failures:
    """What went wrong in Dagster runs, in words; ``is_contract`` when a contract is to blame."""

    messages: list[str] = field(default_factory=list)
    is_contract: bool = False
    is_published: bool = False
    """Whether a new warehouse was published all the same, without what failed."""


def run(context: Context, standings: list[Standing]) -> Failures:
    """Ingest what is pending of some sources, then build, audit and publish."""
    failures = Failures()
    before, ours = publication(context.places), this_process(context.places)
    with opened_instance(context) as instance, alone(instance):
        bury(instance)
        register_editions(instance, standings)
        definitions = define(context)
        for standing in standings:
            known = instance.get_dynamic_partitions(str(partitions(standing.source).name))
            for arrival in arrivals(standing, known, context.store):
                job = definitions.resolve_job_def(ingest_job_name(standing.source))
                tags = ours | range_tags(arrival.first, arrival.last)
                _execute(job, instance, failures, standing.source.name, tags)
        if not failures.is_contract:
            job = definitions.resolve_job_def(BUILD_JOB)
            _execute(job, instance, failures, "the warehouse", ours)
            # Tidying up after it may have failed all the same.
            failures.is_published = publication(context.places) != before
            try:
                context.validator.finish_docs()
            except (subprocess.CalledProcessError, OSError) as error:
                failures.messages.append(f"the pages in `{context.places.data_docs}`: {error}")
    return failures


@contextmanager
def opened_instance(context: Context) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance with its run history."""
    home = prepare_dagster_home(context.places)
    begin_history(home)
    instance = dg.DagsterInstance.from_config(str(home))
    try:
        with kept_engines(instance):
            yield instance
    finally:
        instance.dispose()


def bury(instance: dg.DagsterInstance) -> None:
    """End runs whose process was killed, which else would stay "started" for ever."""
    for run in instance.get_runs(dg.RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES)):
        if is_gone(run):
            instance.report_run_failed(run, "Its process is gone.")


def register_editions(instance: dg.DagsterInstance, standings: list[Standing]) -> None:
    """Make the editions that are there the partitions that Dagster knows."""
    for standing in standings:
        name = partitions(standing.source).name
        assert name
        known = set(instance.get_dynamic_partitions(name))
        if new := [edition for edition in standing.editions if edition not in known]:
            instance.add_dynamic_partitions(name, new)


def _execute(
    job: dg.JobDefinition, instance: dg.DagsterInstance, failures: Failures, what: str, tags: dict[str, str]
) -> bool:  # fmt: skip
    """Run a job in this process, note what failed, and say whether all went well."""
    result = job.execute_in_process(instance=instance, tags=tags, run_config=QUIET, raise_on_error=False)
    if result.success:
        return True
    messages = []
    for evaluation in result.get_asset_check_evaluations():
        if (
            not evaluation.passed
            and evaluation.severity == dg.AssetCheckSeverity.ERROR
            and evaluation.blocking
        ):
            said = evaluation.metadata.get("explanation") or evaluation.metadata.get("verdict")
            name = evaluation.asset_key.to_user_string()
            messages.append(f"{name}: {evaluation.check_name}: {said.value if said else 'failed'}")
    failures.messages += messages
    for event in result.all_events if not messages else ():
        if event.is_step_failure:
            error: Any = event.step_failure_data.error
            while error and error.cause:
                error = error.cause
            message = error.message.strip() if error else "failed"
            is_contract = bool(error) and error.cls_name == "ContractError"
            failures.is_contract |= is_contract
            plain = (
                message.partition("ContractError: ")[2]
                if is_contract
                else f"{what}: {with_next_step(message)}"
            )
            failures.messages.append(plain or message)
    if not failures.messages:  # it ended before or between its steps
        failures.messages.append(f"{what}: Dagster's run {result.run_id} failed")
    return False
