"""``caseload export``: writes files to take away and says what they hold."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import duckdb
import typer

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.commands.show_query import opened
from pipelines.common.advice import next_step, with_next_step
from pipelines.common.problems import counted
from pipelines.takeaway.export import Format, Wish
from pipelines.takeaway.export import export as written
from pipelines.takeaway.notes import SIMULATED
from pipelines.takeaway.refusals import Refused


def export(
    database: Path,
    format_: str,
    relations: list[str],
    query: str | None,
    out: Path | None,
    *,
    may_replace: bool,
) -> int:
    """Write what is wished for and return the exit code: 0; 1 where the warehouse cannot be opened or the
    writing fails; 2 for a wish that cannot be met.
    """
    try:
        opened(database).close()
    except duckdb.Error as error:
        typer.echo(with_next_step(str(error)), err=True)
        return BAD
    try:
        taken = written(
            database, Wish(cast("Format", format_), tuple(relations), query, out, may_replace=may_replace)
        )
    except (OSError, duckdb.IOException) as error:
        said = (isinstance(error, OSError) and error.strerror) or str(error)
        step = next_step(said) or "Run again."
        typer.echo(f"The export failed, and nothing of it is left: {said.rstrip('.')}. {step}", err=True)
        return BAD
    except (Refused, duckdb.Error) as error:
        typer.echo(str(error), err=True)
        return USAGE
    says = show.says(show.console())
    for name, rows in taken.rows.items():
        says(f"  {name}: {counted(rows, 'row')}")
    if taken.notes.simulated:
        says(f"Be careful. {SIMULATED} {', '.join(taken.notes.simulated)}")
    if found := taken.notes.contradictions:
        says(
            f"Be careful: {counted(len(found), 'contradiction')} among published figures, see reconciliations"
        )
    says(f"Written from publication {taken.notes.publication_id}: {taken.path}")
    return GOOD
