"""``caseload status``: exports, releases, checks and freshness at a glance."""

from __future__ import annotations

import datetime as dt

import duckdb
from rich.text import Text

from pipelines.commands import show
from pipelines.common import databases
from pipelines.common.paths import Places
from pipelines.common.problems import counted
from pipelines.contracts.calendars import Due
from pipelines.contracts.contract import Source
from pipelines.releases.due import editions_due
from pipelines.releases.editions import Standing, standing
from pipelines.releases.store import Store
from pipelines.warehouse import rolled_back
from pipelines.warehouse.warehouse_inputs import kept_readings

ROWS = 60


def status(places: Places, sources: list[Source]) -> int:
    """Print how things stand and return the exit code: 1 while something is quarantined."""
    out = show.console()
    store = Store(places.store)
    standings = [standing(source, store) for source in sources]
    if not places.published.is_file():
        out.print("Nothing is published yet. `caseload run` builds the warehouse.")
        _waiting(standings, out)
        return 0
    kept = list(kept_readings(store))
    with databases.opened(places.published, read_only=True) as connection:
        _publication(connection, places, out)
        _waiting(standings, out)
        _releases(connection, out)
        published = (reading.receipt for reading in kept if reading.is_published)
        _due(editions_due(sources, published), dt.date.today(), out)
        _checks(connection, out)
    receipts = [reading.receipt for reading in kept]
    reasons = [receipt.problems[0] for receipt in receipts if not receipt.is_accepted and receipt.problems]
    show.quarantined(reasons, out)
    return 1 if reasons else 0


def _publication(connection: duckdb.DuckDBPyConnection, places: Places, out: show.Console) -> None:
    columns = ("publication_id", "published_at", "exports_published", "observations", "contradictions")
    [(name, at, exports, observations, contradictions)] = (
        connection.table("publication").select(*columns).fetchall()
    )
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    out.print(
        f"Published {name}, {_ago(now - at)} ago: {exports} exports, {observations:,} observations, "
        f"{counted(contradictions, 'contradiction')} among published figures."
    )
    out.print(show.plain(places.published))
    if note := rolled_back.note(places, name):
        out.print(Text(f"An older publication is published, {note}. {show.ANEW}", "yellow"), soft_wrap=True)


def _waiting(standings: list[Standing], out: show.Console) -> None:
    """What the next run would do."""
    waiting = [found for found in standings if not found.is_current]
    if not waiting:
        out.print("Up to date: no export is new, changed or gone.")
    for found in waiting:
        parts = [f"{len(found.pending)} to read"] if found.pending else []
        parts += [f"{len(found.removed)} gone"] if found.removed else []
        out.print(Text(f"Waiting for `caseload run`: {found.source.name}: {', '.join(parts)}", "yellow"))
        for export in found.pending[:5]:
            out.print(Text("  ").append_text(show.plain(export.file)))


def _releases(connection: duckdb.DuckDBPyConnection, out: show.Console) -> None:
    shown = show.table(
        "Releases", "source", "released on", "exports>", "quarantined>", "observations>", "covers"
    )
    for row in show.rows(connection, "releases", ROWS):
        covers = show.period(row) if row["period_start"] else ""
        shown.add_row(
            show.plain(row["source"]), str(row["released_on"] or "unknown"), str(row["exports_published"]),
            str(row["exports_quarantined"]), show.number(row["observations"]), covers,
        )  # fmt: skip
    out.print()
    out.print(shown)


def _due(due: dict[str, Due], today: dt.date, out: show.Console) -> None:
    """The next edition of every source that has a calendar."""
    if not due:
        return
    shown = show.table("Next editions", "source", "period until", "due on", "late after", "now")
    for source, edition in due.items():
        standing = edition.standing(today)
        shown.add_row(
            show.plain(source), str(edition.period_end), str(edition.due_on), str(edition.late_after),
            Text(standing, "bold red" if standing == "late" else ""),
        )  # fmt: skip
    out.print()
    out.print(shown)


def _checks(connection: duckdb.DuckDBPyConnection, out: show.Console) -> None:
    shown = show.table("Checks", "of", "severity", "passed>", "failed>", "errored>")
    for row in show.rows(connection, "checks", ROWS):
        shown.add_row(
            row["subject"], row["severity"], str(row["passed"]), str(row["failed"]), str(row["errored"])
        )
    out.print()
    out.print(shown)


def _ago(passed: dt.timedelta) -> str:
    seconds = max(int(passed.total_seconds()), 0)
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
