"""DuckDB connections that can touch nothing but what they are opened for.

What a hostile file or contract makes DuckDB do is bounded by its connection: it reads and writes in the
folders it was given, loads no extension, and cannot be told otherwise.
`pipelines.quality.expectations` confines those of Great Expectations in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.common import record_sql

if TYPE_CHECKING:
    import duckdb

_CONFIG = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
}


def opened(
    database: Path | None = None, *, folders: Iterable[Path] = (), files: Iterable[str | Path] = (),
    read_only: bool = False, memory: str | None = None, spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:  # fmt: skip
    """A connection to a database, else to one in memory, that reads and writes below some folders and
    reads some files. ``memory`` is what it may use, such as 1GB; beyond it, it spills into a folder.
    """
    import duckdb

    config: dict[str, Any] = dict(_CONFIG)
    if memory:
        config["memory_limit"] = memory
    if spill:
        config["temp_directory"] = str(spill)
    connection = duckdb.connect(str(database or ":memory:"), read_only=read_only, config=config)
    [(is_locked,)] = connection.execute(record_sql.IS_LOCKED).fetchall()
    if not is_locked:  # a second connection to a file that this process has open is confined already
        for statement in record_sql.confined(_resolved(folders), _resolved(files)):
            connection.execute(statement)
    return connection


def failure(query: str, given: dict[str, Any]) -> str | None:
    """Why a query without tables fails, in DuckDB's words; None where it does not."""
    import duckdb

    with opened() as connection:
        try:
            connection.execute(query, given).fetchall()
        except duckdb.Error as error:
            return str(error).splitlines()[0]
    return None


def _resolved(paths: Iterable[str | Path]) -> list[str]:
    """The paths as they are given and as DuckDB resolves them: a part may be a link to another disk."""
    given = list(paths)
    return list(dict.fromkeys([*map(str, given), *(str(Path(path).resolve()) for path in given)]))
