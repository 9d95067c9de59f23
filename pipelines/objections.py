"""What speaks against an export when it is compared with others of its source: found after reading."""

from __future__ import annotations

from collections import defaultdict

import duckdb

from pipelines.codes import MEASURE
from pipelines.exports import Export
from pipelines.ingest import Objections
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.paths import SQL
from pipelines.problems import Problem
from pipelines.store import Entry, Store

LISTED_LOSSES = 10

Found = list[tuple[Export, Objections]]
Ledger = dict[str, Entry]


def losses(exports: list[Export], ledger: Ledger, before: Ledger, store: Store) -> Found:
    """Exports whose new content lacks figures that the file gave before, in the same release: most
    likely it was cut where a line ends, which nothing else shows.
    """
    query = _query("lost_figures")
    result: Found = []
    for export in exports:
        known, now = before.get(export.file), ledger[export.file]
        if not known or not known.good or not now.good or known.good == now.good:
            continue
        old, new = store.receipt(known.good), store.receipt(now.good)
        if old.export_id == new.export_id or old.released_on != new.released_on:
            continue
        files = {"before": str(store.observations(known.good)), "after": str(store.observations(now.good))}
        with duckdb.connect() as connection:
            lost = connection.execute(query, files).df().to_dict("records")
        if lost:
            result.append((export, (_loss(export, lost),)))
    return result


def _loss(export: Export, lost: list[dict]) -> Problem:
    shown = [
        f"{_figure(row)}, {row['period_start']:%Y-%m-%d} to {row['period_end']:%Y-%m-%d}" for row in lost
    ]
    listed = "; ".join(shown[:LISTED_LOSSES]) + ("; …" if len(lost) > LISTED_LOSSES else "")
    return Problem(
        export.file, "lost_figures",
        f"{len(lost)} figures that this file gave before are gone: {listed}",
        next_step="If it was cut, fetch it again; if the publisher withdrew them, give the file a later "
        "release date",
    )  # fmt: skip


def conflicts(exports: list[Export], ledger: Ledger, before: Ledger, store: Store) -> Found:
    """Exports that give other values than an export of the same release that was there before them,
    in the ledger or by path: each with the rows that do.
    """
    published = [str(store.observations(entry.good)) for entry in ledger.values() if entry.good]
    query = _query("conflicts")
    found: dict[str, list[dict]] = defaultdict(list)
    with duckdb.connect() as connection:
        files = [str(store.observations(store.nothing())), *published]
        for row in connection.execute(query, {"readings": files}).df().to_dict("records"):
            found[row["file"]].append(row)
    result: Found = []
    refused = set()
    new = {export.file: export for export in exports}
    for file in sorted(found, key=lambda file: (_is_new(file, ledger, before), file), reverse=True):
        rows = [row for row in found[file] if row["other_file"] not in refused]
        if rows and file in new:
            refused.add(file)
            result.append((new[file], tuple(dict.fromkeys(_conflict(row) for row in rows))))
    return result


def _is_new(file: str, ledger: Ledger, before: Ledger) -> bool:
    return file not in before or before[file].good != ledger[file].good


def _conflict(row: dict) -> Problem:
    return Problem(
        row["file"], "conflict",
        f"gives {int(row['value']):,} for {_figure(row)}, where `{row['other_file']}`, row "
        f"{int(row['other_row'])}, of the same release gives {int(row['other_value']):,}",
        row=int(row["source_row"]), column=row["source_column"], value=str(int(row["value"])),
        next_step="If it is a correction, give it a later release date; if it counts something else, "
        "its contract must say so",
    )  # fmt: skip


def _figure(row: dict) -> str:
    """What a figure counts, by its codes."""
    codes = [row[name] for name in (MEASURE, *DIMENSIONS) if row[name] != TOTAL]
    return ", ".join(codes)


def _query(name: str) -> str:
    return (SQL / "ingest" / f"{name}.sql").read_text(encoding="utf-8")
