"""Runs of the command line in Dagster's history: one at a time by the lock on the warehouse folder.

A pool would be a second lock. Its slot outlives a process that is killed, and the next run would wait for it
for ever; and a step of Dagster's that holds the slot while it waits for the lock, and a run that holds the
lock while it waits for the slot, would wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.instance.config import PoolConfig, PoolGranularity
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager


@contextmanager
def alone(instance: dg.DagsterInstance) -> Iterator[None]:
    """Execute steps without waiting for slots; whoever calls this holds the lock."""
    storage = instance.event_log_storage
    # Pools are for runs that are launched: those with this granularity are let through once they execute.
    through = PoolConfig(
        pool_granularity=PoolGranularity.RUN, default_pool_limit=None, op_granularity_run_buffer=None
    )
    vars(storage)["get_pool_config"] = lambda: through
    # To show what a step prints on its pages, Dagster starts four processes for each step; a command prints
    # to who called it.
    vars(instance)["_compute_log_manager"] = NoOpComputeLogManager()
    try:
        yield
    finally:
        del vars(storage)["get_pool_config"]
