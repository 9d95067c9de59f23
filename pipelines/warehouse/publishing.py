"""Build, audit, publish: the one door to the warehouse file.

A new file is built aside, audited, and takes the published one's place by a single rename: whoever
has the old one open keeps it, whoever opens next gets the new one, a crash leaves one or the other.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb
import pandas as pd

from pipelines.common import databases
from pipelines.common.advice import is_of_the_disk
from pipelines.common.files import identity, sync, write_json
from pipelines.common.paths import Places
from pipelines.common.record_sql import literal as _literal
from pipelines.contracts.contract import Source
from pipelines.quality.expectations import EXAMPLES, Result, Rule, Validator
from pipelines.releases.store import Store
from pipelines.warehouse import rolled_back
from pipelines.warehouse.as_of import as_of_macros
from pipelines.warehouse.relations import (
    STAGING_SCHEMA,
    Relation,
    check_description,
    checks,
    macros,
    relations,
)
from pipelines.warehouse.warehouse_inputs import (
    Inputs,
    export_check_rows,
    kept_readings,
    warehouse_check_rows,
)

STORAGE_VERSION = "v1.5.0"
"""The file format: analysts on DuckDB 1.5 can open it."""

KEPT_PUBLICATIONS = 3
CHECK_RESULTS = "check_results"
"""Filled after the audit, which looks at all others."""

Results = dict[str, list[Result]]


def build(places: Places, sources: list[Source], name: str) -> Path:
    """A new warehouse in the build folder, from the ledgers; complete but for its audit.

    Raises DamagedStore.
    """
    path = build_path(places, name)
    published = publication(places).get("publication_id")
    write_json(_note(path), {"replaces": published})
    inputs = Inputs(Store(places.store), sources, later_than=_newest(places, published))
    with _new_file(path, Store(places.store)) as connection:
        connection.execute(f"create schema {STAGING_SCHEMA}")
        for relation in relations().values():
            if relation.name == CHECK_RESULTS:
                continue
            if relation.layer != "tables":
                _create(connection, relation)
            elif files := inputs.files(relation.name):
                try:
                    _create(connection, relation, {"readings": files})
                except duckdb.Error:
                    inputs.make_sure_of_all()
                    raise
            else:
                _create_from_rows(connection, relation, inputs.rows(relation.name, connection))
        for macro in (*as_of_macros(), *macros()):
            parameters = ", ".join(macro.parameters)
            connection.execute(f"create macro {macro.name}({parameters}) as table {macro.query}")
            connection.execute(f"comment on macro table {macro.name} is {_literal(macro.description)}")
    return path


def _newest(places: Places, published: str | None) -> str:
    """The latest publication id that is known; empty if none is."""
    kept = [path.stem for path in places.previous.glob("*.duckdb")]
    known = [*kept, published, noted_publication(places).get("publication_id")]
    return max(filter(None, known), default="")


def build_path(places: Places, name: str) -> Path:
    return places.build / f"{name}.duckdb"


def audit(path: Path, places: Places, validator: Validator) -> Results:
    """Results of all expectations, by relation, and of all checks, by name; also written into the
    build, which is then ready to be published. Raises OSError.
    """
    suites = {
        relation.name: list(relation.rules)
        for relation in relations().values()
        if relation.rules and relation.layer != "staging" and relation.name != CHECK_RESULTS
    }
    results = validator.relations("warehouse", path, suites)
    with databases.opened(path) as connection:
        for name, query in checks().items():
            results[name] = [_checked(connection, name, query)]
        _raise_what_the_disk_did(results)
        kept = kept_readings(Store(places.store))
        rows = [*export_check_rows(kept), *warehouse_check_rows(results)]
        _create_from_rows(connection, relations()[CHECK_RESULTS], rows)
        connection.execute("checkpoint")
    return results


def _raise_what_the_disk_did(results: Results) -> None:
    """Raises OSError where a check was not evaluated for want of a disk: it says nothing of the build."""
    for found in results.values():
        for result in found:
            if result.verdict == "errored" and is_of_the_disk(result.explanation):
                raise OSError(result.explanation)


class AuditError(Exception):
    """A build that has not passed its audit: it must not be published."""


def publish(path: Path, places: Places) -> str:
    """Make the build what analysts open, keep the one it replaces, and return its publication id.

    Raises AuditError. Dagster's blocking checks stop a run before this; a step that is retried by
    hand after they failed is stopped here.
    """
    _make_sure_it_passed(path)
    new = identify(path)
    sync(path)
    replaced = keep(places)
    rolled_back.forget(places)
    replace(path, places, new)
    _forget_oldest(places, replaced)
    remove_leftovers(places)
    return new["publication_id"]


def superseded_by(path: Path, places: Places, force: bool = False) -> str | None:
    """The publication that stands in spite of a build: another run published it since the build was begun,
    or, unless it is to be published by ``force``, somebody went back to it and the build has nothing new.
    """
    published = publication(places).get("publication_id")
    if not path.exists():  # a publication removes what was begun before it
        return published
    if published and not force and rolled_back.holds(places, published, identify(path)["inputs_sha256"]):
        return published
    try:
        begun_after = json.loads(_note(path).read_text(encoding="utf-8"))["replaces"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return published if published != begun_after else None


def keep(places: Places) -> Path | None:
    """What is published, under its own name among those that are kept; None if there is nothing, or
    nothing that can be opened.
    """
    if not places.published.exists():
        return None
    name = publication(places).get("publication_id")
    if not name:
        try:
            identify(places.published)
        except duckdb.Error as error:
            if not _is_open_for_writing(error):
                return None
        written = dt.datetime.fromtimestamp(places.published.stat().st_mtime, dt.UTC)
        name = f"{written:%Y%m%dT%H%M%SZ}-unknown"
    kept = places.previous / f"{name}.duckdb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    os.link(places.published, kept)
    sync(kept.parent)
    return kept


def replace(path: Path, places: Places, new: dict[str, str]) -> None:
    """Put a file where analysts look, in one rename, and note which publication it is."""
    os.replace(path, places.published)
    sync(places.warehouse)
    write_json(places.publication, new | {"file": identity(places.published)})


def remove_leftovers(places: Places) -> None:
    """Remove builds that were begun before what is published."""
    for leftover in places.build.glob("*"):
        leftover.unlink(missing_ok=True)


def _forget_oldest(places: Places, replaced: Path | None) -> None:
    """Keep the last few publications, and among them the one that was just replaced, however old."""
    others = sorted(path for path in places.previous.glob("*.duckdb") if path != replaced)
    count = KEPT_PUBLICATIONS - (replaced is not None)
    for old in others[: max(len(others) - count, 0)]:
        old.unlink(missing_ok=True)


def _make_sure_it_passed(path: Path) -> None:
    broken = "subject = 'warehouse' and severity = 'critical' and verdict <> 'passed'"
    with databases.opened(path, read_only=True) as connection:
        try:
            found = connection.table(CHECK_RESULTS).filter(broken).select("check_name").fetchall()
        except duckdb.CatalogException:
            raise AuditError(f"{path.name} was not audited") from None
    if found:
        raise AuditError(f"{path.name} did not pass: {', '.join(name for (name,) in found)}")


def publication(places: Places) -> dict[str, str]:
    """``publication_id`` and ``inputs_sha256`` of what is published; empty if that is not known."""
    noted = noted_publication(places)
    try:
        if noted.get("file") == identity(places.published):
            return noted
        return identify(places.published)
    except OSError:
        return {}
    except duckdb.Error as error:
        return noted if _is_open_for_writing(error) else {}


def noted_publication(places: Places) -> dict[str, Any]:
    """What was noted of the last publication, be it what is published or not."""
    try:
        noted = json.loads(places.publication.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _is_open_for_writing(error: duckdb.Error) -> bool:
    """Whether a file could not be opened because an analyst has it open for writing."""
    return "Could not set lock" in str(error)


def identify(path: Path) -> dict[str, str]:
    """Which publication a file is. Raises duckdb.Error."""
    columns = ("publication_id", "inputs_sha256")
    with databases.opened(path, read_only=True) as connection:
        [values] = connection.table("publication").select(*columns).fetchall()
    return dict(zip(columns, values, strict=True))


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: Literal["again"]) -> None:
    """Open a second warehouse beside the one that is open, to be read."""
    target = str(path).replace("'", "''")
    connection.execute(f"attach '{target}' as {name} (read_only)")


def names(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Schema and name of every table of the warehouse that is open."""
    tables = connection.table_function("duckdb_tables")
    return tables.filter("database_name = current_database()").select("schema_name", "table_name").fetchall()


def _note(path: Path) -> Path:
    """Beside a build: which publication it is to replace."""
    return path.with_suffix(".json")


@contextmanager
def _new_file(path: Path, store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (path, path.with_name(f"{path.name}.wal")):
        leftover.unlink(missing_ok=True)
    with databases.opened(folders=[path.parent, *store.folders]) as connection:
        target = str(path).replace("'", "''")
        connection.execute(f"attach '{target}' as build (storage_version '{STORAGE_VERSION}')")
        connection.execute("use build")
        with _one_transaction(connection):
            yield connection
        connection.execute("checkpoint build")


@contextmanager
def _one_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Hundreds of statements, written once."""
    connection.begin()
    yield
    connection.commit()


def _create(
    connection: duckdb.DuckDBPyConnection, relation: Relation, parameters: dict[str, Any] | None = None
) -> None:
    """Create the relation from its query, with its comments. Its names come from ``sql/`` alone."""
    kind = "view" if relation.is_view else "table"
    connection.execute(f"create {kind} {relation.qualified_name} as {relation.query}", parameters or {})
    said = f"{relation.description} Grain: {relation.grain}."
    connection.execute(f"comment on {kind} {relation.qualified_name} is {_literal(said)}")
    for column, text in relation.columns.items():
        connection.execute(f"comment on column {relation.qualified_name}.{column} is {_literal(text)}")


def _create_from_rows(
    connection: duckdb.DuckDBPyConnection, relation: Relation, rows: list[dict[str, Any]]
) -> None:
    """Create a relation whose query reads ``input_<name>``: the rows, with the relation's columns."""
    view = f"input_{relation.name}"
    # All as text, which the query casts: DuckDB would guess types from a sample of the rows.
    names = list(relation.columns)
    frame = pd.DataFrame(
        [[_as_text(row.get(name)) for name in names] for row in rows], columns=names, dtype="str"
    )
    connection.register(view, frame)
    _create(connection, relation)
    connection.unregister(view)


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)


def _checked(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> Result:
    """The result of one check of ``sql/checks``: it passes when it returns no row."""
    rule = Rule(name, {}, reason=check_description(query))
    try:
        broken = connection.execute(query).df()
    except duckdb.Error as error:
        return Result(rule, "errored", explanation=f"could not be evaluated: {error}")
    if broken.empty:
        return Result(rule, "passed", unexpected=0)
    examples = broken.head(EXAMPLES).to_dict("records")
    return Result(rule, "failed", None, len(broken), check_description(query), examples)
