"""Back to an earlier publication, in one rename; the one that it replaces is kept: it can be undone."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.common import databases
from pipelines.common.digests import digest
from pipelines.common.files import sync
from pipelines.common.paths import Places
from pipelines.warehouse import publishing, rolled_back
from pipelines.warehouse.rolled_back import RolledBack


@dataclass(frozen=True)
class Publication:
    """One that is published or kept."""

    path: Path
    publication_id: str
    published_at: dt.datetime | None = None
    exports: int | None = None
    observations: int | None = None
    problem: str = ""
    """Why it cannot be opened, if it cannot."""


class NotPossible(Exception):
    """There is no such publication to go back to, or it is damaged."""


def published(places: Places) -> Publication | None:
    return _described(places.published) if places.published.exists() else None


def kept(places: Places) -> list[Publication]:
    """Earlier publications that can be gone back to, newest first."""
    found = [_described(path) for path in places.previous.glob("*.duckdb")]
    now = publishing.publication(places).get("publication_id")
    others = [one for one in found if one.publication_id != now]
    return sorted(others, key=lambda one: one.publication_id, reverse=True)


def choose(places: Places, publication_id: str | None) -> Publication:
    """The kept publication of an id, or the one before what is published. Raises NotPossible."""
    now = publishing.publication(places).get("publication_id")
    others = kept(places)
    if publication_id is None:
        good = (one for one in others if not one.problem and (now is None or one.publication_id < now))
        if before := next(good, None):
            return before
        raise NotPossible("There is no earlier publication to go back to.")
    if publication_id == now:
        raise NotPossible(f"{now} is what is published.")
    for one in others:
        if one.publication_id == publication_id:
            return one
    known = ", ".join(one.publication_id for one in others) or "none"
    raise NotPossible(f"There is no publication '{publication_id}'. Kept: {known}.")


def roll_back(places: Places, to: Publication, by: str, reason: str | None) -> None:
    """Publish a copy of a kept publication. Raises NotPossible where it is damaged, and OSError."""
    path = publishing.build_path(places, to.publication_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(to.path, path)
        new = _read_whole(path)
        sync(path)
        publishing.keep(places)
        if note := _note(places, by, reason):
            rolled_back.write(places, note)
        publishing.replace(path, places, new)
    finally:
        path.unlink(missing_ok=True)


def _note(places: Places, by: str, reason: str | None) -> RolledBack | None:
    """The note to be left: it goes on to name the newest publication, however often one goes back."""
    old = publishing.publication(places) or publishing.noted_publication(places)
    if not old:
        return None
    before = rolled_back.note(places, old["publication_id"])
    newest = before.instead_of if before else old["publication_id"]
    inputs = before.inputs_sha256 if before else old["inputs_sha256"]
    return RolledBack(newest, inputs, by, f"{dt.datetime.now():%Y-%m-%d %H:%M}", reason)


def _read_whole(path: Path) -> dict[str, str]:
    """Which publication a file is, once every value of it has been read. Raises NotPossible."""
    try:
        with databases.opened(path, read_only=True) as connection:
            for schema, name in publishing.names(connection):
                digest(connection.table(f"{schema}.{name}"))
        return publishing.identify(path)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise NotPossible(f"`{path.stem}` is damaged: {reason}. Nothing was changed.") from None


def _described(path: Path) -> Publication:
    columns = ("publication_id", "published_at", "exports_published", "observations")
    try:
        with databases.opened(path, read_only=True) as connection:
            [values] = connection.table("publication").select(*columns).fetchall()
    except duckdb.Error as error:
        return Publication(path, path.stem, problem=str(error).splitlines()[0])
    return Publication(path, *values)
