"""What the commands print: findings and marts at the end of a run. Text from exports stays text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.commands.freshness import Outcome
from pipelines.common.paths import Places, statement
from pipelines.common.problems import counted, one_line, printable
from pipelines.periods import Period
from pipelines.warehouse import rolled_back

if TYPE_CHECKING:
    import duckdb

ROWS = 24
CONTRADICTIONS = 6
WIDE = 118
QUARANTINED_LISTED = 20
ANEW = "What is new is published by the next `caseload run`, the rest by `caseload run --force`."
"""After a rollback."""


def console(stderr: bool = False) -> Console:
    """A console that is wide enough for tables when its output goes into a file."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else WIDE, highlight=False)


def plain(text: Any) -> Text:
    """Text that is printed as it is: no markup, no control characters."""
    return Text(printable(str(text)) if text is not None else "")


def says(out: Console) -> Callable[[str], None]:
    """What prints lines of plain text."""
    return lambda text: out.print(Text(one_line(text)), soft_wrap=True)


def nothing_new(outcome: Outcome, places: Places) -> None:
    """Say that a run had nothing to do, and what still stands from the last one."""
    out = console()
    if note := rolled_back.note(places, outcome.publication_id):
        says(out)(f"Nothing new. Published: {outcome.publication_id}, {note}. {ANEW}")
        quarantined(outcome.quarantined, out)
        return
    what = f"{outcome.exports_published} export{'s' * (outcome.exports_published != 1)}"
    out.print(f"Nothing new. Published: {outcome.publication_id}, from {what}, in ", end="")
    out.print(plain(places.published))
    quarantined(outcome.quarantined, out)


def quarantined(reasons: list[str], out: Console) -> None:
    """List what is kept out of the warehouse and why."""
    if not reasons:
        return
    out.print(f"\n[bold red]Quarantined[/] ({len(reasons)}): kept out of the marts, see rejected_rows")
    for reason in reasons[:QUARANTINED_LISTED]:
        out.print(Text("  ✗ ").append_text(Text(one_line(reason))), soft_wrap=True)
    if len(reasons) > QUARANTINED_LISTED:
        out.print(f"  … and {len(reasons) - QUARANTINED_LISTED} more: caseload status")


def marts(places: Places, sources: list[str]) -> None:
    """Print what an analyst wants to see first of some sources: contradictions, then the latest of each
    mart.
    """
    from pipelines.common import databases

    out = console()
    with databases.opened(places.published, read_only=True) as connection:
        _contradictions(connection, sources, out)
        _revisions(connection, sources, out)
        _shares(connection, sources, out)
        _ages(connection, sources, out)
        _trends(connection, sources, out)


def table(title: str, *columns: str) -> Table:
    """A table; a column whose name ends in ``>`` is aligned to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column.removesuffix(">"), justify="right" if column.endswith(">") else "left")
    return made


def _contradictions(connection: duckdb.DuckDBPyConnection, sources: list[str], out: Console) -> None:
    found = rows(connection, "contradictions", CONTRADICTIONS, sources=sources)
    if not found:
        out.print("\nNo published figure contradicts another.")
        return
    count = found[0]["found"]
    out.print(
        f"\n[bold yellow]Be careful[/]: {counted(count, 'contradiction')} among published "
        "figures (reconciliations)"
    )
    for row in found:
        out.print(
            Text("  ! ")
            .append(f"{row['source']}, {period(row)}: ", "dim")
            .append(one_line(str(row["explanation"]))),
            soft_wrap=True,
        )
    if count > len(found):
        out.print(f"  … and {count - len(found):,} more")


def _revisions(connection: duckdb.DuckDBPyConnection, sources: list[str], out: Console) -> None:
    for row in rows(connection, "revisions", ROWS, sources=sources):
        counts = ", ".join(
            f"{row[kind]:,} {kind}" for kind in ("revised", "added", "withdrawn", "renamed") if row[kind]
        )
        out.print(
            Text(
                f"\nThe release of {row['new_released_on']} of {printable(row['source'])} against that of "
            ).append(f"{row['old_released_on']}: {counts} (revisions)")
        )


def _shares(connection: duckdb.DuckDBPyConnection, sources: list[str], out: Console) -> None:
    for title, group in _by_source(
        "Crime-type shares", rows(connection, "crime_type_shares", 5, sources=sources)
    ):
        shown = table(title, "measure", "crime type", "value>", "share %>", "published %>", "base")
        for row in group:
            shown.add_row(
                plain(row["measure"]), plain(row["crime_type"]), number(row["value"]),
                _share(row["share_pct"]), _share(row["published_share_pct"]), _base(row),
            )  # fmt: skip
        _print(shown, out)


def _ages(connection: duckdb.DuckDBPyConnection, sources: list[str], out: Console) -> None:
    for title, group in _by_source(
        "Age distributions", rows(connection, "age_distributions", ROWS, sources=sources)
    ):
        shown = table(title, "measure", "crime type", "age", "value>", "share %>", "published %>", "base")
        for row in group:
            shown.add_row(
                plain(row["measure"]), plain(row["crime_type"]), plain(row["age_band"]), number(row["value"]),
                _share(row["share_pct"]), _share(row["published_share_pct"]), _base(row),
            )  # fmt: skip
        _print(shown, out)


def _trends(connection: duckdb.DuckDBPyConnection, sources: list[str], out: Console) -> None:
    for title, group in _by_source("Arrest trends", rows(connection, "arrest_trends", ROWS, sources=sources)):
        shown = table(title, "measure", "value>", "a year earlier>", "change %>", "published %>")
        for row in group:
            shown.add_row(
                plain(row["measure"]), number(row["value"]), number(row["previous_value"]),
                _change(row["change_pct"]), _change(row["published_change_pct"]),
            )  # fmt: skip
        _print(shown, out)


def _by_source(what: str, found: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows of each source and period, under a title."""
    for (source, when), group in groupby(found, key=lambda row: (row["source"], period(row))):
        yield f"{what}: {printable(source)}, {when}", list(group)


def _print(shown: Table, out: Console) -> None:
    if shown.row_count:
        out.print()
        out.print(shown)


def rows(
    connection: duckdb.DuckDBPyConnection, name: str, limit: int, **parameters: Any
) -> list[dict[str, Any]]:
    """The rows of a query of ``sql/show``, by column name."""
    found = connection.execute(statement("show", name), {"rows": limit} | parameters)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def period(row: dict[str, Any]) -> str:
    """A row's period, as short as it can be said."""
    return Period(row["period_start"], row["period_end"]).short


def _base(row: dict[str, Any]) -> str:
    if row["base_kind"] == "implied" and row["base_value"] is None:
        return f"implied {row['implied_base_low']:,}–{row['implied_base_high']:,}"
    if row["base_value"] is None:
        return "none"
    return f"{row['base_kind'].replace('_', ' ')} {row['base_value']:,}"


def number(value: int | None) -> str:
    return "·" if value is None else f"{value:,}"


def _share(value: float | None) -> str:
    return "·" if value is None else f"{value:.1f}"


def _change(value: float | None) -> str:
    return "·" if value is None else f"{value:+.1f}"
