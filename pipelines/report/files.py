"""Puts the report where people look: it is that of the warehouse that is published, or there is none.

A page is prepared beside the last one while a warehouse is built, and takes its place once that is
published. Whatever was cut short between the two is made good by the next who calls `follow`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from pipelines.common.files import replacing, sync
from pipelines.common.paths import Places
from pipelines.warehouse import publishing, rolled_back

_START = 4096
"""So many bytes at the start of a page say which publication it is of."""


def prepare(build: Path, places: Places) -> Path:
    """The page of a build that may be published next, beside the one that is shown. Raises duckdb.Error."""
    before = places.published if places.published.exists() else None
    page = _prepared(places, build.stem)
    _write(page, build, before)
    return page


def follow(places: Places, build_name: str = "") -> str:
    """Have the page of what is published shown: the one prepared with a build, if it is that, else one made
    now. Says what is wrong where the published file is of another version of Caseload and has none.
    """
    published = publishing.publication(places).get("publication_id")
    shown, prepared = places.report, _prepared(places, build_name)
    problem = ""
    if published and not _is_of(shown, published):
        if _is_of(prepared, published):
            os.replace(prepared, shown)
            sync(shown.parent)
        else:
            problem = _made_now(places, published)
    for leftover in shown.parent.glob(".*.html"):
        leftover.unlink(missing_ok=True)
    return problem


def _made_now(places: Places, published: str) -> str:
    note = rolled_back.note(places, published)
    earlier = (path for path in places.previous.glob("*.duckdb") if path.stem < published)
    try:
        _write(places.report, places.published, max(earlier, default=None), str(note) if note else "")
    except (duckdb.Error, KeyError) as error:
        places.report.unlink(missing_ok=True)
        reason = str(error).splitlines()[0]
        return f"There is no report of {published}: another version of Caseload built it ({reason})."
    return ""


def _write(page: Path, database: Path, before: Path | None, note: str = "") -> None:
    from pipelines.report.figures import read  # with pandas and Jinja: only where a page is made
    from pipelines.report.page import page as made

    text = made(read(database, before), note)
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
        shutil.copymode(database, temporary)  # whoever may read the one may read the other


def _is_of(page: Path, published: str) -> bool:
    try:
        with page.open("rb") as file:
            return f'name="caseload-publication" content="{published}"'.encode() in file.read(_START)
    except OSError:
        return False


def _prepared(places: Places, build_name: str) -> Path:
    return places.report.with_name(f".{build_name}.html")
