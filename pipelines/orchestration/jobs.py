"""The jobs: one that reads editions of a source, one that builds, audits and publishes."""

from __future__ import annotations

from typing import Any

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

from pipelines.contracts.contract import Source
from pipelines.orchestration.assets import PUBLICATION, REPORT, observations_key, partitions
from pipelines.warehouse.relations import relations

BUILD_JOB = "build_and_publish"


def ingest_job_name(source: Source) -> str:
    return f"ingest_{source.name}"


def ingest_job(source: Source) -> Any:
    return dg.define_asset_job(
        ingest_job_name(source),
        selection=[observations_key(source)],
        partitions_def=partitions(source),
        description=f"Read, validate and keep editions of {source.contract.title}.",
    )


def build_job() -> Any:
    return dg.define_asset_job(
        BUILD_JOB,
        selection=[*(relation.name for relation in relations().values()), REPORT, PUBLICATION],
        description="Build the warehouse from all observations, audit it, publish it.",
    )


def range_tags(first: str, last: str) -> dict[str, str]:
    """Tags of one run over all editions between two, in the order in which Dagster knows them."""
    return {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
