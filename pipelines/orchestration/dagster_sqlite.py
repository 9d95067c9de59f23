"""Dagster's embedded history of runs, written faster.

Dagster's SQLite storage makes a new SQLAlchemy engine for each event that it stores, and with it opens the
file anew and compiles each statement anew: 13 ms an event. A run over ten years of monthly editions has
some five hundred events. Here the engines of an instance that is ours alone are kept until it is closed,
and its tables are looked for once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS

OURS = Path(__file__).with_name("dagster.yaml")
BEGUN = ".begun"
"""How the folder begins in which a history is made."""


def _write_normally(connection: Any, _: Any) -> None:
    connection.execute("pragma synchronous = normal")


def begin_history(home: Path) -> None:
    """Make the embedded history aside and put it in its place whole, where there is none yet: one whose
    making was cut short Dagster takes for that of an older version, and does not use.
    """
    own = (home / "dagster.yaml").read_text(encoding="utf-8") != OURS.read_text(encoding="utf-8")
    if own or (home / "history").exists():
        return
    for leftover in home.glob(f"{BEGUN}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=BEGUN, dir=home) as folder:
        aside = Path(folder)
        shutil.copy(home / "dagster.yaml", aside)
        with dg.DagsterInstance.from_config(folder) as instance:
            instance.get_dynamic_partitions("none")
        for name in ("schedules", "history"):  # the last one says that all is there
            shutil.rmtree(home / name, ignore_errors=True)
            (aside / name).rename(home / name)


@contextmanager
def kept_engines(instance: dg.DagsterInstance) -> Iterator[None]:
    """Store the events of an instance through one engine a file; other storages are left as they are."""
    storage: Any = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        yield
        return
    engines: dict[str, sqlalchemy.Engine] = {}

    @contextmanager
    def connect(shard: str) -> Iterator[sqlalchemy.Connection]:
        with storage._db_lock:
            if shard not in engines:
                engines[shard] = sqlalchemy.create_engine(
                    storage.conn_string_for_shard(shard),
                    connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
                )
                # With SQLite's write-ahead log a crash of the machine may cost the last events, no more.
                sqlalchemy.event.listen(engines[shard], "connect", _write_normally)
                if shard not in storage._initialized_dbs:
                    storage._initdb(engines[shard])
                    storage._initialized_dbs.add(shard)
            with engines[shard].connect() as connection, connection.begin():
                yield connection

    looked_up: dict[str, bool] = {}
    look_up = storage._has_asset_key_col_on_connection

    def has_column(connection: sqlalchemy.Connection, name: str) -> bool:
        if name not in looked_up:
            looked_up[name] = look_up(connection, name)
        return looked_up[name]

    kept = {
        "_connect": connect,
        "has_table": cache(storage.has_table),
        "_has_asset_key_col_on_connection": has_column,
    }
    vars(storage).update(kept)
    try:
        yield
    finally:
        for name in kept:
            delattr(storage, name)
        for engine in engines.values():
            engine.dispose()
