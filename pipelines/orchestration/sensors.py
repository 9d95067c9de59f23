"""What makes Dagster run by itself: exports that arrive, and what a publication is made from beside them."""

# No `from __future__ import annotations` here: Dagster reads the annotation of `context` as a type.
import hashlib
import time
from collections.abc import Iterable

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorStatus, InstigatorType
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from pipelines.common.paths import Places
from pipelines.contracts.contract import Source, load
from pipelines.contracts.documents import ContractError
from pipelines.orchestration import again
from pipelines.orchestration.assets import AUTOMATED, observations_key, partitions
from pipelines.orchestration.context import Context
from pipelines.orchestration.jobs import BUILD_JOB, ingest_job_name, range_tags
from pipelines.releases.arrivals import Arrival, Look, arrivals, look
from pipelines.releases.editions import Standing, standing
from pipelines.releases.in_force import InForce, in_force
from pipelines.releases.store import Store
from pipelines.warehouse import publishing, rolled_back
from pipelines.warehouse.warehouse_inputs import inputs_sha256, kept_readings

PATIENCE_S = 30
"""How long, at the least, what is unpublished is left to the conditions of the assets."""
NOT_ASKED_FOR = "it failed or was cancelled, or nobody looks for it"


def status(is_on: bool) -> dg.DefaultSensorStatus:
    return dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED


def arrival_sensor(source: Source, work: Context) -> dg.SensorDefinition:
    """Requests one run for the editions of a source that are new or changed, once their files rest."""
    places, wanted = work.places, work.settings.arrivals

    @dg.sensor(
        name=_arrivals_name(source),
        job_name=ingest_job_name(source),
        minimum_interval_seconds=wanted.every_seconds,
        default_status=status(wanted.on),
        description=f"New and changed exports below raw/{source.name}/.",
    )
    def arrived(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        found = look(source.folder, Look.from_json(context.cursor))
        if not found.is_settled(wanted.settle_seconds):
            said = f"raw/{source.name}/ changed less than {wanted.settle_seconds} s ago."
            return dg.SensorResult(skip_reason=said, cursor=found.to_json())
        if _is_being_read(source, context.instance):
            # What is new since is another request than what is being read, and holds what is being read.
            said = f"A run reads raw/{source.name}/; what is new besides is asked for when it has ended."
            return dg.SensorResult(skip_reason=said, cursor=found.to_json())
        now = time.time()  # of what is finished while this looks, nothing is asked for again
        try:
            new, runs = _to_be_read(source, places, context.instance)
        except ContractError as error:
            return dg.SensorResult(skip_reason=_not_read(source, error), cursor=found.to_json())
        keys = {arrival: again.run_key(context.instance, arrival.key, now) for arrival in runs}
        wanted_now = [_request(arrival, key) for arrival, key in keys.items() if key]
        said = f"No export below raw/{source.name}/ is new or changed."
        if runs:
            said = f"Reading what is new below raw/{source.name}/ failed or was cancelled."
        return dg.SensorResult(
            run_requests=wanted_now,
            dynamic_partitions_requests=[partitions(source).build_add_request(new)] if new else [],
            skip_reason=None if wanted_now else said,
            cursor=found.to_json(),
        )

    return arrived


def poll_schedule(source: Source, work: Context) -> dg.ScheduleDefinition | None:
    """Looks for exports of a source at fixed times, if the settings say when."""
    poll, settle = work.settings.poll, work.settings.arrivals.settle_seconds
    if poll is None:
        return None

    @dg.schedule(
        name=f"poll_{source.name}",
        job_name=ingest_job_name(source),
        cron_schedule=poll.cron,
        execution_timezone=poll.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"New and changed exports below raw/{source.name}/, at fixed times.",
    )
    def polled(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        if _is_being_read(source, context.instance):
            return dg.SkipReason(f"A run reads raw/{source.name}/; it is looked at next time.")
        found, began = look(source.folder, None), time.monotonic()
        try:
            new, runs = _to_be_read(source, work.places, context.instance)
        except ContractError as error:
            return dg.SkipReason(_not_read(source, error))
        if new:
            context.instance.add_dynamic_partitions(str(partitions(source).name), new)
        if not runs:
            return dg.SkipReason("Nothing is new.")
        time.sleep(max(0.0, settle - (time.monotonic() - began)))
        if look(source.folder, found) is not found:
            return dg.SkipReason(f"raw/{source.name}/ is being changed; it is looked at next time.")
        # Without a key: what failed the last time, or was cancelled, is tried again.
        return [_request(arrival) for arrival in runs]

    return polled


def publication_sensor(work: Context) -> dg.SensorDefinition:
    """Requests a publication when files are gone, or contracts, corrections, acceptances or SQL changed:
    what changes what is published though nothing was read.
    """
    places = work.places

    @dg.sensor(
        name="beside_exports",
        job_name=BUILD_JOB,
        minimum_interval_seconds=work.settings.arrivals.every_seconds,
        default_status=status(work.settings.publish == "automatically"),
        description="Files that are gone, corrections, acceptances, contracts, SQL.",
    )
    def changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if context.instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES), limit=1):
            return dg.SensorResult(skip_reason="A run is under way.", cursor="")
        now = time.time()
        try:
            held, store = in_force(places), Store(places.store)
            found = [standing(source, store) for source in held.valid]
        except ContractError as error:
            return dg.SensorResult(skip_reason=f"What to publish cannot be told. {error}", cursor="")
        pending = {one.source.name: one for one in found if one.pending}
        if first := [name for name, one in pending.items() if _is_asked_for(one, store, work, context, now)]:
            said = f"What is new below {_folders(first)} is read first."
            return dg.SensorResult(skip_reason=said, cursor="")
        key = _unpublished(places, held, found, store)
        if key is None:
            said = "What is published is what there is."
            if pending:
                said = f"{said} What is new below {_folders(pending)} is not read: {NOT_ASKED_FOR}."
            return dg.SensorResult(skip_reason=said, cursor="")
        seen, since = _seen(context.cursor)
        if key != seen or since > now:
            return dg.SensorResult(skip_reason="Something changed; looking again.", cursor=f"{key} {now}")
        if now - since < max(3 * work.settings.arrivals.every_seconds, PATIENCE_S):
            # What has just been read is published by itself, if not at once.
            return dg.SensorResult(skip_reason="Something changed; looking again.", cursor=context.cursor)
        run_key = again.run_key(context.instance, key, now)
        if run_key is None:
            said = "What there is could not be published; it is asked for again later."
            return dg.SensorResult(skip_reason=said, cursor=context.cursor)
        request = dg.RunRequest(run_key=run_key, tags=again.tags(key))
        return dg.SensorResult(run_requests=[request], cursor=context.cursor)

    return changed


def automation_sensor(work: Context) -> dg.AutomationConditionSensorDefinition:
    """Evaluates the conditions of `assets`: what is published follows the observations."""
    return dg.AutomationConditionSensorDefinition(
        "publication",
        target=dg.AssetSelection.assets(*AUTOMATED),
        default_status=status(work.settings.publish == "automatically"),
        minimum_interval_seconds=work.settings.arrivals.every_seconds,
        description="Builds, audits and publishes when observations have changed.",
    )


def _is_being_read(source: Source, instance: dg.DagsterInstance) -> bool:
    """Whether a run that reads exports of a source, whoever asked for it, waits or runs."""
    unfinished = instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES))
    job, key = ingest_job_name(source), observations_key(source)
    return any(run.job_name == job or key in (run.asset_selection or ()) for run in unfinished)


def _to_be_read(
    source: Source, places: Places, instance: dg.DagsterInstance
) -> tuple[list[str], list[Arrival]]:
    """Editions that Dagster does not know yet, and what is to be read. Raises ContractError."""
    fresh = load(source.folder)  # the contract may have changed since the code was loaded
    store = Store(places.store)
    found = standing(fresh, store)
    store.made()
    store.hashes.keep()  # of large files they take longer than Dagster waits for a sensor
    return _arrived(found, store, instance)


def _arrived(found: Standing, store: Store, instance: dg.DagsterInstance) -> tuple[list[str], list[Arrival]]:
    """The same, of what was found of a source."""
    known = instance.get_dynamic_partitions(str(partitions(found.source).name))
    new = [edition for edition in found.editions if edition not in set(known)]
    return new, arrivals(found, [*known, *new], store)


def _is_asked_for(
    found: Standing, store: Store, work: Context, context: dg.SensorEvaluationContext, now: float
) -> bool:
    """Whether the sensor of a source is going to ask for some of what is pending. No run is under way."""
    if not _is_running(_arrivals_name(found.source), work.settings.arrivals.on, context):
        return False
    _, runs = _arrived(found, store, context.instance)
    return any(again.run_key(context.instance, arrival.key, now) for arrival in runs)


def _is_running(name: str, by_default: bool, context: dg.SensorEvaluationContext) -> bool:
    """Whether a sensor of this code location runs: as on Dagster's page, else as the settings say."""
    here = context.code_location_origin
    for state in context.instance.all_instigator_state(instigator_type=InstigatorType.SENSOR):
        repository = state.repository_selector
        is_here = here and (repository.location_name, repository.repository_name) == (
            here.location_name, context.repository_name
        )  # fmt: skip
        if state.name == name and is_here and state.status != InstigatorStatus.DECLARED_IN_CODE:
            return state.status == InstigatorStatus.RUNNING
    return by_default


def _arrivals_name(source: Source) -> str:
    return f"arrivals_{source.name}"


def _folders(names: Iterable[str]) -> str:
    return ", ".join(f"raw/{name}/" for name in names)


def _seen(cursor: str | None) -> tuple[str, float]:
    """What was seen to be unpublished at the looks before, and since when."""
    key, _, since = (cursor or "").partition(" ")
    try:
        return key, float(since)
    except ValueError:
        return "", 0.0


def _request(arrival: Arrival, key: str | None = None) -> dg.RunRequest:
    return dg.RunRequest(run_key=key, tags=range_tags(arrival.first, arrival.last) | again.tags(arrival.key))


def _not_read(source: Source, error: ContractError) -> str:
    return f"Exports below raw/{source.name}/ are not read while its contract is invalid. {error}"


def _unpublished(places: Places, now: InForce, found: list[Standing], store: Store) -> str | None:
    """A digest of what would be published, if it is not what is published."""
    kept = list(kept_readings(store))
    if not kept and not places.published.is_file():
        return None  # there is nothing to publish yet
    wanted = inputs_sha256(kept, now.sources)
    gone = sorted(file for one in found for file in one.removed)
    published = publishing.publication(places)
    is_wanted = published.get("inputs_sha256") == wanted
    if not gone and (is_wanted or _was_gone_back_to(places, published, wanted)):
        return None
    return hashlib.sha256("\n".join([wanted, *gone]).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _was_gone_back_to(places: Places, published: dict[str, str], wanted: str) -> bool:
    """Whether somebody prefers what is published to what would be."""
    return bool(published) and rolled_back.holds(places, published["publication_id"], wanted)
