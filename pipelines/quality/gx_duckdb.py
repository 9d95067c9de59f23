"""The SQLAlchemy dialect through which Great Expectations can read DuckDB.

With the plain dialect of duckdb-engine every expectation errors: Great Expectations fetches rows
after it has closed the connection, and a closed DuckDB connection has none. Here rows are fetched
at once. See docs/decisions/0003-great-expectations-on-duckdb.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy
from duckdb_engine import Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

_NAME = "duckdb.buffered"


class _Context(Dialect.execution_ctx_cls):
    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description:
            # Types as text: DuckDB's own type objects would outlive the interpreter in caches.
            description = [(name, str(kind), *rest) for name, kind, *rest in self.cursor.description]
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, alternate_description=description
            )


class BufferedDuckDB(Dialect):
    """duckdb-engine's dialect with rows fetched at once and columns read from the catalogue."""

    execution_ctx_cls = _Context
    supports_statement_cache = False

    @classmethod
    def get_pool_class(cls, url: Any) -> type[sqlalchemy.Pool]:
        """No pool: an idle connection would keep the file open while it is published."""
        return sqlalchemy.NullPool

    def get_columns(self, connection: Any, table_name: str, schema: Any = None, **_: Any) -> Any:
        query = sqlalchemy.text(
            "select column_name, is_nullable from duckdb_columns()"
            " where table_name = :name order by column_index"
        )
        return [
            {"name": name, "type": sqlalchemy.types.NullType(), "nullable": nullable, "default": None}
            for name, nullable in connection.execute(query, {"name": table_name})
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """None: the relations that are validated have no keys, and Postgres's catalogue is slow to ask."""
        return {"constrained_columns": [], "name": None}


registry.register(_NAME, __name__, BufferedDuckDB.__name__)


def url(database: Path) -> str:
    """The SQLAlchemy URL of a DuckDB file, opened by this dialect."""
    return sqlalchemy.URL.create("duckdb+buffered", database=str(database)).render_as_string()
