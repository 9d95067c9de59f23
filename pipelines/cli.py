"""The ``caseload`` command. Imports little: each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import __version__
from pipelines.commands import cli_analysts
from pipelines.commands.cli_options import Raw, Warehouse, fail, places_of
from pipelines.commands.freshness import BAD, CLOSED_PIPE, GOOD
from pipelines.common.paths import Places

if TYPE_CHECKING:
    from pipelines.contracts.contract import Source

app = typer.Typer(
    name="caseload",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Period exports of police statistics into a DuckDB warehouse that people can trust.\n\n"
        "Put exports under `raw/<source>/`, beside the `source.yaml` that says how to read them, "
        "and say `caseload run`. Analysts query `warehouse/caseload.duckdb`.\n\n"
        "**Exit codes:** 0 all is well; 1 something was quarantined or failed (what was good is "
        "published); 2 wrong usage or an invalid contract."
    ),
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"caseload {__version__}")
        raise typer.Exit(GOOD)


@app.command()
def run(
    source: Annotated[
        str | None, typer.Option("--source", "-s", help="Look at this source only; the others stay.")
    ] = None,
    edition: Annotated[
        list[str] | None,
        typer.Option("--edition", "-e", help="Look at this edition of the source only, by its release date."),
    ] = None,
    raw: Raw = None,
    warehouse: Warehouse = None,
    force: Annotated[
        bool, typer.Option("--force", help="Read every export that is looked at again, changed or not.")
    ] = False,
) -> None:
    """Read what is new, validate it, build the marts, audit and publish them.

    A bad export is quarantined with the reason and the next step; the last good one stays. With
    nothing new it does nothing and says so.
    """
    places = places_of(raw, warehouse)
    from pipelines.commands import freshness, show

    if not force and source is None and (outcome := freshness.recorded(places)):
        show.nothing_new(outcome, places)
        raise typer.Exit(outcome.exit_code)
    from pipelines.commands.job import run_job

    if edition and source is None:
        fail(
            "--edition goes with --source: editions of different sources have nothing to do with each other."
        )
    raise typer.Exit(
        run_job(places, _chosen(places, source), force=force, is_partial=source is not None, editions=edition)
    )


@app.command()
def status(raw: Raw = None, warehouse: Warehouse = None) -> None:
    """Show exports, releases, checks and freshness at a glance. Changes nothing."""
    places = places_of(raw, warehouse)
    sources = _chosen(places, None)
    from pipelines.commands import show_status

    raise typer.Exit(show_status.status(places, sources))


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Exports to look at.", metavar="FILE…")],
    source: Annotated[
        str | None,
        typer.Option("--source", "-s", help="The source they belong to, if they are not in its folder."),
    ] = None,
    raw: Raw = None,
    warehouse: Warehouse = None,
) -> None:
    """Validate exports against their contract, and against the release before, without ingesting them.

    Try it on a new export before it goes into `raw/`, or while writing a contract:
    `caseload check --source npa_cybercrime_yearly ~/Downloads/export.csv`
    """
    places = places_of(raw, warehouse)
    sources = _chosen(places, source or _folder_of(files, places), only=True)
    from pipelines.commands import show_check
    from pipelines.common.problems import printable

    for file in files:
        if not file.is_file():
            fail(f"`{printable(str(file))}` is not a file.")
    raise typer.Exit(show_check.check(files, sources, places))


@app.command()
def accept(
    file: Annotated[str, typer.Argument(help="The export, by path or as messages name it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why its figures are right.")],
    by: Annotated[
        str | None, typer.Option("--by", help="Who accepts it; your user name if not given.")
    ] = None,
    raw: Raw = None,
    warehouse: Warehouse = None,
) -> None:
    """Let an export in that is held back because it leaves out, empties or restates figures.

    Who, when and why are recorded in `accepted.yaml` beside its contract and in the warehouse.
    """
    places = places_of(raw, warehouse)
    if not reason.strip():
        fail("Say why: --reason TEXT")
    sources = _chosen(places, None)
    from pipelines.commands.accept import accept as accept_export

    raise typer.Exit(accept_export(places, sources, file, reason.strip(), by))


@app.command()
def rollback(
    publication_id: Annotated[
        str | None, typer.Argument(help="The publication to return to; the one before if not given.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", "-l", help="List the publications that are kept.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; `caseload status` tells it.")] = None,
    warehouse: Warehouse = None,
) -> None:
    """Return to an earlier publication, at once and for all who open the warehouse from then on.

    It stays until an export or a contract is new or changed, or `caseload run --force`. What it replaces
    is kept, so that it can be undone.
    """
    places = places_of(None, warehouse, needs_raw=False)
    from pipelines.commands import show_rollback

    if list_:
        raise typer.Exit(show_rollback.listed(places))
    raise typer.Exit(show_rollback.rollback(places, publication_id, reason))


@app.command()
def verify(
    deep: Annotated[bool, typer.Option("--deep", help="Read the exports again, too.")] = False,
    raw: Raw = None,
    warehouse: Warehouse = None,
) -> None:
    """Prove the published warehouse against the raw files. Changes nothing.

    Compares hashes of raw files, reads all that is kept of them, builds the warehouse again in a temporary
    folder, and compares every relation of the two row by row.
    """
    places = places_of(raw, warehouse)
    sources = _chosen(places, None)
    from pipelines.commands import show_verify

    raise typer.Exit(show_verify.verify(places, sources, deep))


for _command, _class in cli_analysts.COMMANDS.items():
    app.command(cls=_class)(_command)


@app.command()
def simulate(
    rows: Annotated[int, typer.Option("--rows", min=1, help="Records in all.")],
    months: Annotated[int, typer.Option("--months", min=1, help="Months, one file each.")],
    out: Annotated[Path, typer.Option("--out", help="An empty folder, such as raw/simulated.")],
    bad: Annotated[
        float, typer.Option("--bad", min=0, max=0.5, help="The share of rows to spoil, such as 0.001.")
    ] = 0.0,
    encoding: Annotated[
        str, typer.Option("--encoding", help="utf-8, or one with Korean labels: cp949.")
    ] = "utf-8",
    seed: Annotated[int, typer.Option("--seed", help="Another seed makes other records.")] = 1,
    start: Annotated[str, typer.Option("--start", help="The first month.")] = "2015-01",
    like: Annotated[
        str | None, typer.Option("--like", help="The published source whose types and ages they follow.")
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """Make up record-level exports that follow published distributions, to try things out.

    They are marked as simulated in their contract and in every mart. Spoilt rows are listed in
    `simulation.json` beside them.
    """
    places = places_of(None, warehouse, needs_raw=False)
    from pipelines.commands.show_simulate import simulated

    raise typer.Exit(
        simulated(places.published, like, out, start, {
            "rows": rows, "months": months, "bad": bad, "encoding": encoding, "seed": seed,
        })
    )  # fmt: skip


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port on the loopback interface.")] = 3000,
    raw: Raw = None,
    warehouse: Warehouse = None,
) -> None:
    """Open Dagster's UI on this machine, with the same graph and run history as `caseload run`."""
    places = places_of(raw, warehouse)
    sources = _chosen(places, None)
    from pipelines.commands.dev import exec_dagster_dev

    exec_dagster_dev(places, sources, port)


def _folder_of(files: list[Path], places: Places) -> str | None:
    """The source in whose folder all the files lie."""
    raw = places.raw.absolute()
    inside = [path for file in files if (path := file.absolute()).is_relative_to(raw)]
    names = {path.relative_to(raw).parts[0] for path in inside}
    return names.pop() if len(names) == 1 and len(inside) == len(files) else None


def _chosen(places: Places, name: str | None, only: bool = False) -> list[Source]:
    """All sources, or the one that is named; ends the command when a contract is invalid, of any
    source or, with ``only``, of the one that is named.
    """
    from pipelines.common.problems import suggestion
    from pipelines.contracts.contract import FILE_NAME, ContractError, load, load_all

    alone = places.raw / name if name and only else None
    try:
        if alone and (alone / FILE_NAME).is_file():
            return [load(alone)]
        sources = load_all(places.raw)
    except ContractError as error:
        typer.echo(error, err=True)
        fail(f"{len(error.problems)} problem(s) in contracts. Nothing was run.")
    if not sources:
        fail(f"No `{FILE_NAME}` in any folder below `{places.raw}`. See docs/how-to/write-a-contract.md.")
    if name is None:
        return sources
    names = [source.name for source in sources]
    if name not in names:
        fail(f"There is no source '{name}'{suggestion(name, names)}. Sources: {', '.join(names)}.")
    return [source for source in sources if source.name == name]


def main() -> None:
    """Run the command, then leave at once: at a slow exit DuckDB's binding reports objects that
    SQLAlchemy's caches still hold, which is no leak of ours.
    """
    code: int | str | None = 0
    try:
        app()
    except SystemExit as error:
        # Typer and rich end the command where nobody reads its output any more, but with 1.
        code = CLOSED_PIPE if isinstance(error.__context__, BrokenPipeError) else error.code
    except KeyboardInterrupt:
        typer.echo("Interrupted; what was published before still is.", err=True)
        code = 130
    except Exception as error:
        from pipelines.common.advice import told

        if not (said := told(error)):
            raise
        typer.echo(f"{said} What was published before still is.", err=True)
        code = BAD
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = CLOSED_PIPE
    os._exit(code if isinstance(code, int) else 1 if code else 0)
