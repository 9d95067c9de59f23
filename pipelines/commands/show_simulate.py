"""``caseload simulate``: what is made, as it is made."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipelines import periods
from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.common.problems import counted
from pipelines.records.simulation import MANIFEST, NothingToFollow, Plan, distributions, simulate


def simulated(published: Path, like: str | None, out: Path, start: str, asked: dict[str, Any]) -> int:
    """Make the files, show progress, and return the exit code."""
    console = show.console()
    try:
        first = periods.parse(start, "month").period().start
        "가".encode(codecs.lookup(asked["encoding"]).name)
    except (ValueError, LookupError) as error:
        typer.echo(f"--start is a month such as 2015-01, --encoding one that has Korean: {error}", err=True)
        return USAGE
    if not published.is_file():
        typer.echo(
            f"There are no published figures to follow: no `{published}`. `caseload run` first.", err=True
        )
        return BAD
    plan = Plan(out=out, start=first, **asked)
    try:
        given = distributions(published, like)
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} rows"),
            TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True,
        ) as progress:  # fmt: skip
            task = progress.add_task("Making", total=plan.rows)
            made = simulate(plan, given, lambda file, rows: progress.advance(task, rows))
    except (NothingToFollow, FileExistsError) as error:
        typer.echo(f"{error}.", err=True)
        return USAGE
    except OSError as error:
        typer.echo(f"`{out}` cannot be written: {error.strerror}", err=True)
        return BAD
    console.print(
        f"Made {counted(plan.rows, 'simulated record')} in {counted(len(made.files), 'file')}, which follow "
        f"the types and ages of {given.source}: ", show.plain(out), sep="",
    )  # fmt: skip
    if made.defects:
        console.print(f"{counted(len(made.defects), 'row')} spoilt, listed in {MANIFEST} there.")
    return GOOD
