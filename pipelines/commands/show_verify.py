"""``caseload verify``: what was proven of the published warehouse, as a table, and what is wrong with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import typer
from rich.text import Text

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD
from pipelines.common import databases, lock
from pipelines.common.advice import with_next_step
from pipelines.common.paths import Places
from pipelines.common.problems import one_line
from pipelines.contracts.contract import Source
from pipelines.warehouse import publishing, rolled_back
from pipelines.warehouse.verification import Proof, Subject, proofs

LISTED = 20
"""Problems of one kind that are listed one by one."""


def verify(places: Places, sources: list[Source], is_deep: bool) -> int:
    """Print what was proven and return the exit code: 1 when something is not as it should be."""
    out = show.console()
    if not places.published.is_file():
        typer.echo("Nothing is published yet. `caseload run` builds the warehouse.", err=True)
        return BAD
    if who := lock.holder(places.lock):
        show.says(out)(f"A run is under way ({who}): the warehouse is proven as it is published now.")
    try:
        with tempfile.TemporaryDirectory() as made:
            scratch = Path(made).resolve()
            folders = [places.store, scratch]
            with databases.opened(places.published, read_only=True, folders=folders) as connection:
                which = publishing.identify(places.published)
                subject = Subject(
                    places, sources, connection, which["publication_id"], which["inputs_sha256"], scratch
                )
                found = _told(subject, is_deep, out)
    except duckdb.Error as error:
        typer.echo(with_next_step(str(error).splitlines()[0]), err=True)
        return BAD
    return _ended(places, subject, found, out)


def _told(subject: Subject, is_deep: bool, out: show.Console) -> list[Proof]:
    """The proofs; a table of them is printed."""
    shown = show.table("Verified", "what", "checked>", "")
    found = []
    for proof in proofs(subject, is_deep):
        found.append(proof)
        result = Text(f"✗ {len(proof.problems)}", "red") if proof.problems else Text("✓", "green")
        if proof.left_out:
            result = Text(f"not proven: {proof.left_out}", "yellow")
        shown.add_row(show.plain(proof.what), "·" if proof.left_out else f"{proof.checked:,}", result)
    out.print(shown)
    return found


def _ended(places: Places, subject: Subject, found: list[Proof], out: show.Console) -> int:
    for proof in found:
        if proof.problems:
            out.print(Text(f"\n{proof.what}: {len(proof.problems)} not as it should be", "bold red"))
        for said in proof.problems[:LISTED]:
            out.print(Text("  ✗ ").append_text(Text(one_line(said))), soft_wrap=True)
        if len(proof.problems) > LISTED:
            out.print(f"  … and {len(proof.problems) - LISTED} more")
        for said in proof.notes[:LISTED]:
            out.print(Text("  · ").append_text(Text(one_line(said))), soft_wrap=True)
    says = show.says(out)
    note = rolled_back.note(places, subject.publication_id)
    if note:
        says(f"{subject.publication_id} is published {note}. {show.ANEW}")
    if any(proof.problems for proof in found) or any(proof.left_out and not note for proof in found):
        now = publishing.publication(places).get("publication_id")
        if now != subject.publication_id:
            says(f"Meanwhile {now} was published: verify again.")
        says(f"{subject.publication_id} is not proven.")
        return BAD
    left_out = " as far as it can be" if any(proof.left_out for proof in found) else ""
    says(f"{subject.publication_id} is proven{left_out}.")
    return GOOD
