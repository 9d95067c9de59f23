"""``caseload export``: writes files to take away and says what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import duckdb
import typer

from pipelines.commands import bars, show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.commands.show_query import opened
from pipelines.common.advice import next_step, with_next_step
from pipelines.common.problems import counted
from pipelines.takeaway.export import Format, Tell, Wish
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
    wish = Wish(cast("Format", format_), tuple(relations), query, out, may_replace=may_replace)
    try:
        with _bar() as tell:
            taken = written(database, wish, tell)
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
        careful = counted(len(found), "contradiction")
        says(f"Be careful: {careful} among published figures, see {taken.see}")
    says(f"Written from publication {taken.notes.publication_id}: {taken.path}")
    return GOOD


@contextmanager
def _bar() -> Iterator[Tell]:
    """What shows how far the writing is, on a terminal only."""
    out = show.console(stderr=True)
    if not out.is_terminal:
        yield lambda *_: None
        return
    with bars.progress(out) as progress:
        task = progress.add_task("Looking up what there is", total=None, said="")

        def tell(name: str, in_all: int, rows: int) -> None:
            progress.update(task, total=in_all, advance=rows)
            done = int(progress.tasks[task].completed)
            said = f"{done:,} of {in_all:,} rows"
            if done < in_all:
                progress.update(task, description=f"Writing {name}", said=said)
            else:  # a workbook is packed, files are described: nobody can say how far that is
                progress.update(task, visible=False)
                progress.add_task("Finishing", total=None, said=said)

        yield tell
