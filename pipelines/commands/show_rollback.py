"""``caseload rollback``: lists the publications that are kept, and returns to one of them."""

from __future__ import annotations

import getpass

import typer

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD
from pipelines.common import lock
from pipelines.common.paths import Places
from pipelines.report.files import follow
from pipelines.warehouse import rolled_back
from pipelines.warehouse.rollback import NotPossible, Publication, choose, kept, published, roll_back


def rollback(places: Places, publication_id: str | None, reason: str | None) -> int:
    """Go back to a publication, or to the one before, and return the exit code."""
    out = show.console()
    with lock.held(places.lock, show.says(out)):
        try:
            to = choose(places, publication_id)
            before = published(places)
            roll_back(places, to, getpass.getuser(), reason)
            problem = follow(places)
        except NotPossible as error:
            typer.echo(str(error), err=True)
            return BAD
    show.says(out)(f"Published: {_in_words(to)}, in {places.published}")
    if problem:
        show.says(out)(problem)
    if before:
        show.says(out)(f"To undo it: caseload rollback {before.publication_id}. {show.ANEW}")
    return GOOD


def listed(places: Places) -> int:
    """Print what is published and what is kept, and return the exit code."""
    out = show.console()
    now = published(places)
    if now is None:
        out.print("Nothing is published yet. `caseload run` builds the warehouse.")
    shown = show.table("Publications", "id", "built (UTC)", "exports>", "observations>", "")
    for one in sorted([*([now] if now else []), *kept(places)], key=lambda one: one.publication_id)[::-1]:
        told = f"cannot be opened: {one.problem}" if one.problem else "published" if one is now else ""
        shown.add_row(
            show.plain(one.publication_id), str(one.published_at or "·"), show.number(one.exports),
            show.number(one.observations), show.plain(told),
        )  # fmt: skip
    if shown.row_count:
        out.print(shown)
    if now and (note := rolled_back.note(places, now.publication_id)):
        show.says(out)(f"Published {note}. {show.ANEW}")
    return GOOD


def _in_words(one: Publication) -> str:
    counts = f"{show.number(one.exports)} exports, {show.number(one.observations)} observations"
    return f"{one.publication_id}, built {one.published_at} UTC, {counts}"
