"""Dagster assets: an asset for the observations of each source, one for each relation, and the
publication. Thin: what they do is in `editions` and `warehouse`.
"""

# No `from __future__ import annotations` here: Dagster reads the annotation of `context` as a type.
import datetime as dt
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb
from filelock import Timeout

from pipelines.common.advice import is_of_the_disk
from pipelines.contracts.calendars import Calendar
from pipelines.contracts.contract import Source
from pipelines.orchestration import checks
from pipelines.orchestration.again import CAN_PASS
from pipelines.orchestration.context import Context
from pipelines.orchestration.metadata import receipts_metadata, relation_metadata
from pipelines.releases import editions, in_force
from pipelines.report import files as report_files
from pipelines.warehouse import publishing
from pipelines.warehouse.relations import Relation, relations

# Single-run backfills are marked beta; the version is pinned.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

POOL = "warehouse"
"""Dagster runs one step of this pool at a time."""

GROUPS = {"tables": "observations", "staging": "staging", "marts": "marts"}
FROM_EXPORTS = (
    "observation",
    "breakdowns",
    "export_codes",
    "ratios",
    "record_measures",
    "exports",
    "rejected_rows",
)
"""Relations that are made from what the sources' assets keep."""

REPORT = "report"
PUBLICATION = "warehouse_file"
AUTOMATED = ("exports", REPORT, PUBLICATION)
"""The assets whose conditions say when to build and publish: all relations are built with `exports`."""

_FOLLOWS = (
    # A source whose edition failed must not keep the others from being published.
    dg.AutomationCondition.eager().without(~dg.AutomationCondition.any_deps_missing())
)

_CAN_PASS = (OSError, Timeout, sqlite3.OperationalError, duckdb.IOException)
"""Locks, and reading and writing of files: what may work the next time. Bad data does not get better."""

_LENGTHS = {"month": 31, "quarter": 92, "half": 184, "year": 366}


def raw_key(source: Source) -> dg.AssetKey:
    return dg.AssetKey(["raw", source.name])


def observations_key(source: Source) -> dg.AssetKey:
    return dg.AssetKey(["observations", source.name])


def partitions(source: Source) -> dg.DynamicPartitionsDefinition:
    """The editions (release dates) of a source."""
    return dg.DynamicPartitionsDefinition(name=f"{source.name}_editions")


def raw_asset(source: Source) -> dg.AssetSpec:
    """The files themselves: not made here, but the beginning of every lineage."""
    contract = source.contract
    return dg.AssetSpec(
        raw_key(source),
        group_name="raw",
        description=f"{contract.title}. {contract.publisher}.",
        kinds={"csv"},
        metadata={
            "publisher": contract.publisher,
            "licence": contract.licence,
            "contract": f"raw/{source.contract_file}",
        },
    )


def observations_asset(source: Source, work: Context) -> dg.AssetsDefinition:
    """Exports of one source, read by contract, validated, and kept or quarantined."""

    @dg.asset(
        key=observations_key(source),
        deps=[raw_key(source)],
        partitions_def=partitions(source),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name="observations",
        kinds={"python", "pandas", "great_expectations"},
        pool=POOL,
        freshness_policy=freshness(source.contract.calendar),
        description=f"Observations of {source.contract.title}, by edition. {source.contract.notes or ''}",
        check_specs=checks.source_specs(observations_key(source)),
    )
    def observations(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        keys = context.partition_keys
        with _tried_again(context, work), work.locked(context.log.info):
            work.reporter.ingesting(source, len(keys))
            receipts = editions.ingest_editions(
                source, keys, work.store, work.validator,
                read=work.reporter.read, told=work.reporter.ingested, force=work.reporter.force,
                reader=work.readers.pop(source.name, None),
            )  # fmt: skip
            in_force.keep_of(work.places, source)
        for edition in keys:
            of_edition = [receipt for receipt in receipts if receipt.edition == edition]
            context.add_asset_metadata(receipts_metadata(of_edition), partition_key=edition)
        return dg.MaterializeResult(check_results=checks.source_results(receipts))

    return observations


def relation_assets(work: Context) -> dg.AssetsDefinition:
    """All relations of the warehouse, built in one step into one new file, and audited there."""
    specs = [_relation_spec(relation, work) for relation in relations().values()]

    @dg.multi_asset(
        name="warehouse",
        specs=specs,
        check_specs=checks.relation_specs(),
        pool=POOL,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with _tried_again(context, work), work.locked(context.log.info):
            work.reporter.building()
            editions.forget_removed(work.sources, work.store)
            path = publishing.build(work.places, work.sources, _build_name(context))
            work.reporter.auditing()
            results = publishing.audit(path, work.places, work.validator)
            work.validator.build_docs()
            described = relation_metadata(path)
        for relation in relations().values():
            yield dg.MaterializeResult(
                asset_key=relation.name,
                metadata=described[relation.name],
                check_results=checks.relation_results(relation.name, results),
            )

    return build


def report_asset(work: Context) -> dg.AssetsDefinition:
    """The page for readers, made of a build that has passed its audit, and published with it."""

    @dg.asset(
        key=REPORT,
        automation_condition=_FOLLOWS,
        deps=list(relations()),
        group_name="publication",
        kinds={"html"},
        pool=POOL,
        description="warehouse/report/index.html: what is new, what to be careful about, charts and tables.",
    )
    def report(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with _tried_again(context, work), work.locked(context.log.info):
            build = publishing.build_path(work.places, _build_name(context))
            if publishing.superseded_by(build, work.places, work.reporter.force):
                context.log.info("Another run has published since this one began: its report stands.")
                return dg.MaterializeResult()
            page = report_files.prepare(build, work.places)
            return dg.MaterializeResult(metadata={"bytes": page.stat().st_size})

    return report


def publication_asset(work: Context) -> dg.AssetsDefinition:
    """The file that analysts open, replaced by the build that has passed its audit."""

    @dg.asset(
        key=PUBLICATION,
        automation_condition=_FOLLOWS,
        deps=[*relations(), REPORT],
        group_name="publication",
        kinds={"duckdb"},
        pool=POOL,
        description="warehouse/caseload.duckdb: replaced in one rename, once the audit has passed.",
    )
    def warehouse_file(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with _tried_again(context, work), work.locked(context.log.info):
            name = _build_name(context)
            path = publishing.build_path(work.places, name)
            stands = publishing.superseded_by(path, work.places, work.reporter.force)
            publication_id = stands or publishing.publish(path, work.places)
            problem = report_files.follow(work.places, name)
            in_force.keep(work.places, work.sources)
            work.store.remove_unused()
            work.validator.finish_docs()
        work.reporter.published(publication_id)
        if stands:
            context.log.info(f"{stands} stands: it was published, or gone back to, since this run began.")
        if problem:
            context.log.warning(problem)
        return dg.MaterializeResult(metadata={"publication_id": publication_id})

    return warehouse_file


def _relation_spec(relation: Relation, work: Context) -> dg.AssetSpec:
    deps: list[dg.AssetKey] = [dg.AssetKey(name) for name in sorted(relation.dependencies)]
    if relation.name in FROM_EXPORTS:
        deps += [observations_key(source) for source in work.sources]
    return dg.AssetSpec(
        relation.name,
        deps=deps,
        group_name=GROUPS[relation.layer],
        kinds={"duckdb", "sql", "view" if relation.is_view else "table"},
        automation_condition=_FOLLOWS if relation.name in AUTOMATED else None,
        description=f"{relation.description}\n\nGrain: {relation.grain}.",
        metadata={"sql": dg.MetadataValue.md(f"```sql\n{relation.query}\n```")},
    )


def _build_name(context: dg.AssetExecutionContext) -> str:
    """One build per run; a run that retries a failed one publishes what that one built."""
    return context.run.root_run_id or context.run_id


@contextmanager
def _tried_again(context: dg.AssetExecutionContext, work: Context) -> Iterator[None]:
    """Have Dagster try a step again, after a while, that failed on what can pass."""
    try:
        yield
    except Exception as error:
        if not (isinstance(error, _CAN_PASS) or is_of_the_disk(str(error))):
            raise
        retries = work.settings.retries
        if not work.is_unattended or context.retry_number >= retries.attempts:
            context.instance.add_run_tags(context.run_id, {CAN_PASS: "yes"})
            raise
        wait = retries.wait_seconds * 2**context.retry_number
        context.log.warning(f"{error}: tried again in {wait} s")
        raise dg.RetryRequested(max_retries=retries.attempts, seconds_to_wait=wait) from error


def freshness(calendar: Calendar | None) -> dg.FreshnessPolicy | None:
    """A calendar as Dagster can hold it: it looks at when editions were read, not at which they were."""
    if calendar is None:
        return None
    if calendar.every:
        length = dt.timedelta(days=_LENGTHS[calendar.every])
        return dg.FreshnessPolicy.time_window(fail_window=length + calendar.wait)
    coming = [end for end in sorted(calendar.period_ends) if end + calendar.wait >= dt.date.today()]
    end = coming[0] if coming else max(calendar.period_ends)
    late = end + calendar.wait + dt.timedelta(days=1)
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"0 0 {late.day} {late.month} *",
        # A deadline is one of each year: what lies further back is of the one before.
        lower_bound_delta=min(late - end, dt.timedelta(days=365)),
    )
