"""What Dagster loads: every source below ``raw/``, every relation of ``sql/``, the publication."""

from __future__ import annotations

import dagster as dg

from pipelines import assets
from pipelines.context import Context
from pipelines.contract import Source
from pipelines.paths import Places
from pipelines.relations import relations

BUILD_JOB = "build_and_publish"


def ingest_job_name(source: Source) -> str:
    return f"ingest_{source.name}"


def define(context: Context) -> dg.Definitions:
    """The graph over the sources of a context. Raises ContractError."""
    sources = context.sources
    built = [relation.name for relation in relations().values()]
    return dg.Definitions(
        assets=[
            *(assets.raw_asset(source) for source in sources),
            *(assets.observations_asset(source, context) for source in sources),
            assets.relation_assets(context),
            assets.publication_asset(context),
        ],
        jobs=[
            *(
                dg.define_asset_job(
                    ingest_job_name(source),
                    selection=[assets.observations_key(source)],
                    partitions_def=assets.partitions(source),
                    description=f"Read, validate and keep editions of {source.contract.title}.",
                )
                for source in sources
            ),
            dg.define_asset_job(
                BUILD_JOB,
                selection=[*built, "warehouse_file"],
                description="Build the warehouse from all observations, audit it, publish it.",
            ),
        ],
    )


@dg.definitions
def defs() -> dg.Definitions:
    return define(Context(Places.from_environment()))
