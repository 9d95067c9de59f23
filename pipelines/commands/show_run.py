"""How a run goes, on the terminal: a bar with files, rows, bytes and the time left, then what became of
each export.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from pipelines.commands import bars, show
from pipelines.common.problems import counted, one_line
from pipelines.contracts.contract import Source
from pipelines.orchestration.context import Reporter
from pipelines.releases.editions import Standing
from pipelines.releases.record_readings import Reader
from pipelines.releases.store import Receipt

LISTED = 30
"""Up to so many good exports of a source have a line each; more are counted together."""
PROBLEMS = 3
READING = 0.7
"""The part of the work on a record-level export that is done when it is read; the rest is checking it."""
TICK_S = 0.25


class ToldRun(Reporter):
    """Tells the terminal how a run goes."""

    def __init__(
        self, progress: Progress, standings: list[Standing], readers: list[Reader], force: bool
    ) -> None:
        self.force = force
        self._progress, self._readers = progress, readers
        self._sizes = {export.file: export.size for found in standings for export in found.pending}
        self._counts = {found.source.name: len(found.pending) for found in standings}
        self._in_background = {export.file for reader in readers for export in reader.exports}
        self._files = self._rows = 0
        self._bytes = 0.0
        self._task = progress.add_task("Starting", total=max(sum(self._sizes.values()), 1), said="")
        self._plain: dict[str, list[Receipt]] = {}

    def ingesting(self, source: Source, count: int) -> None:
        self._progress.update(self._task, description=f"Reading {source.name}")

    def read(self, receipt: Receipt) -> None:
        size = self._sizes.get(receipt.source_file, 0)
        if receipt.source_file in self._in_background:
            self._bytes += size * (1 - READING)
        else:
            self._bytes += size
            self._files += 1
            self._rows += receipt.rows_received
        self.tick()

    def tick(self) -> None:
        """Show how far the work is, in the background too."""
        done = [reader.done() for reader in self._readers]
        files = self._files + sum(one.files for one in done)
        rows = self._rows + sum(one.rows for one in done)
        read = sum(one.bytes for one in done)
        said = f"{files:,} of {len(self._sizes):,} files, {rows:,} rows, {(self._bytes + read) / 1e6:,.0f} MB"
        self._progress.update(self._task, completed=self._bytes + READING * read, said=said)

    def ingested(self, receipt: Receipt) -> None:
        is_plain = receipt.is_accepted and not receipt.problems
        is_plain = is_plain and not any(map(_is_warning, receipt.checks))
        if is_plain and self._counts.get(receipt.source, 0) > LISTED:
            self._plain.setdefault(receipt.source, []).append(receipt)
            return
        mark = "[green]✓[/]" if receipt.is_accepted else "[red]✗[/]"
        rows = f"{receipt.rows_accepted:,} of {receipt.rows_received:,} rows"
        said = f"{rows}, {receipt.observations:,} observations" if receipt.is_accepted else "quarantined"
        self._print(mark, show.plain(receipt.source_file), f"[dim]{said}[/]")
        colour = "yellow" if receipt.is_accepted else "red"
        for problem in receipt.problems[:PROBLEMS]:
            self._print(Text("    " + one_line(problem), colour), soft_wrap=True)
        if len(receipt.problems) > PROBLEMS:
            self._print(f"    … and {_more(receipt)} in rejected_rows")
        for check in filter(_is_warning, receipt.checks):
            said = check["explanation"] or check["rule"]["type"]
            self._print(Text("    warning: " + one_line(said), "yellow"), soft_wrap=True)

    def _print(self, *told: object, **how: bool) -> None:
        self._progress.console.print(*told, **how)  # type: ignore[arg-type]

    def building(self) -> None:
        for source, receipts in self._plain.items():
            rows = sum(receipt.rows_accepted for receipt in receipts)
            figures = sum(receipt.observations for receipt in receipts)
            said = f"{counted(len(receipts), 'export')}, all {rows:,} rows, {figures:,} observations"
            self._print("[green]✓[/]", show.plain(source), f"[dim]{said}[/]")
        self._plain = {}
        self._progress.update(self._task, description="Building the marts", total=None, said="")

    def auditing(self) -> None:
        self._progress.update(self._task, description="Auditing with Great Expectations")

    def published(self, publication_id: str) -> None:
        self._progress.update(self._task, description="Published")


def _is_warning(check: dict) -> bool:
    return check["verdict"] != "passed" and check["rule"]["severity"] == "warning"


def _more(receipt: Receipt) -> str:
    listed = receipt.rows_listed if receipt.rows_listed is not None else len(receipt.problems)
    return f"{max(listed, len(receipt.problems)) - PROBLEMS:,} more"


@contextmanager
def told_run(
    out: Console, standings: list[Standing], readers: list[Reader], force: bool
) -> Iterator[ToldRun]:
    """A reporter with a bar that moves while it is in use."""
    with bars.progress(out) as progress:
        told = ToldRun(progress, standings, readers, force)
        over = threading.Event()

        def move() -> None:
            while not over.wait(TICK_S):
                told.tick()

        mover = threading.Thread(target=move, daemon=True)
        if readers and out.is_terminal:
            mover.start()
        try:
            yield told
        finally:
            over.set()
            if mover.is_alive():
                mover.join()
