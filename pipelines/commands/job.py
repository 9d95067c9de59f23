"""``caseload run``: finds what is new, has it done, and says what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.console import Console

from pipelines.commands import freshness, show
from pipelines.commands.freshness import BAD, GOOD, USAGE, Outcome
from pipelines.commands.show_run import told_run
from pipelines.common.paths import Places
from pipelines.contracts.contract import Source
from pipelines.orchestration.context import Context
from pipelines.releases.editions import Standing, standing
from pipelines.releases.ingest import to_be_read_together
from pipelines.releases.record_readings import Reader
from pipelines.warehouse import rolled_back

if TYPE_CHECKING:
    from pipelines.orchestration.runs import Failures


def run_job(
    places: Places, sources: list[Source], force: bool, is_partial: bool, editions: list[str] | None = None
) -> int:
    """Do what there is to do for some sources, or for some editions of them, print it, and return the exit
    code.
    """
    context = Context(places)
    out = show.console()
    with context.locked(show.says(out)):
        return _locked(context, sources, force, is_partial, out, editions)


def _locked(
    context: Context, sources: list[Source], force: bool, is_partial: bool, out: Console,
    editions: list[str] | None,
) -> int:  # fmt: skip
    places = context.places
    before = freshness.fingerprint(places)
    standings = [standing(source, context.store, force) for source in sources]
    if editions:
        known = {edition for found in standings for edition in found.editions}
        if unknown := [edition for edition in editions if edition not in known]:
            there = ", ".join(sorted(known)) or "none"
            typer.echo(f"There is no edition {', '.join(unknown)}. Editions: {there}.", err=True)
            return USAGE
        standings = [found.of(editions) for found in standings]
    if all(found.is_current for found in standings) and _is_published(context):
        _tidy_up(context)
        outcome = _outcome(context)
        if not is_partial:
            freshness.record(places, outcome, before)
        show.nothing_new(outcome, places)
        return outcome.exit_code

    freshness.forget(places)
    out.print(_found(standings))
    for found in standings:  # before the seconds of imports
        if bulk := to_be_read_together(found.source, found.pending, context.store, force):
            context.readers[found.source.name] = Reader(found.source, bulk, context.store)
    try:
        return _run(context, sources, standings, before, force, is_partial, out)
    finally:
        for reader in context.readers.values():
            reader.close()


def _run(
    context: Context, sources: list[Source], standings: list[Standing], before: str, force: bool,
    is_partial: bool, out: Console,
) -> int:  # fmt: skip
    from pipelines.orchestration.runs import run

    with told_run(out, standings, list(context.readers.values()), force) as context.reporter:
        failures = run(context, standings)
    return _ended(context, sources, failures, before, is_partial, out)


def _ended(
    context: Context, sources: list[Source], failures: Failures, before: str, is_partial: bool, out: Console
) -> int:
    """Print how a run ended, note it unless it is to be tried again, and return the exit code."""
    places = context.places
    for message in failures.messages:
        typer.echo(f"✗ {message}", err=True)
    if failures.messages:
        if failures.is_published:
            outcome = _outcome(context)
            typer.echo(
                f"Published {outcome.publication_id} with what was read; of what failed the last good "
                "exports stay, and the next run tries it again. Dagster's log of the run: caseload dev",
                err=True,
            )  # fmt: skip
            return BAD
        stands = "The warehouse that was published before still is." if places.published.exists() else ""
        typer.echo(f"Nothing was published. {stands} Dagster's log of the run: caseload dev", err=True)
        return USAGE if failures.is_contract else BAD
    outcome = _outcome(context)
    if not is_partial:
        freshness.record(places, outcome, before)
    show.marts(places, [source.name for source in sources])
    show.quarantined(outcome.quarantined, out)
    out.print("\nPublished ", outcome.publication_id, ": ", show.plain(places.published), sep="")
    out.print("Report: ", show.plain(places.report), sep="")
    out.print('Next: caseload status, caseload query "select * from data_dictionary", caseload dev')
    return outcome.exit_code


def _is_published(context: Context) -> bool:
    """Whether the published warehouse is what the ledgers call for, or was preferred to that."""
    from pipelines.warehouse.publishing import publication
    from pipelines.warehouse.warehouse_inputs import inputs_sha256, kept_readings

    if not context.places.published.is_file():
        return False
    wanted = inputs_sha256(kept_readings(context.store), context.sources)
    published = publication(context.places)
    if published.get("inputs_sha256") == wanted:
        return True
    return bool(published) and rolled_back.holds(context.places, published["publication_id"], wanted)


def _tidy_up(context: Context) -> None:
    """Remove what a run that was killed after it had published has left."""
    from pipelines.report.files import follow
    from pipelines.warehouse.publishing import remove_leftovers

    remove_leftovers(context.places)
    follow(context.places)
    context.store.remove_unused()


def _outcome(context: Context) -> Outcome:
    from pipelines.warehouse.publishing import publication
    from pipelines.warehouse.warehouse_inputs import kept_readings

    kept = list(kept_readings(context.store))
    reasons = [problem for k in kept if not k.receipt.is_accepted for problem in k.receipt.problems[:1]]
    return Outcome(
        exit_code=BAD if reasons else GOOD,
        publication_id=publication(context.places).get("publication_id"),
        exports_published=sum(k.is_published for k in kept),
        quarantined=reasons,
        is_final=not any(k.receipt.can_pass for k in kept),
    )


def _found(standings: list[Standing]) -> str:
    exports = sum(len(found.exports) for found in standings)
    pending = sum(len(found.pending) for found in standings)
    removed = sum(len(found.removed) for found in standings)
    gone = f", {removed} gone" if removed else ""
    return f"{exports} exports in {len(standings)} sources: {pending} to read{gone}."
