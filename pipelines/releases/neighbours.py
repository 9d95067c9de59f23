"""What files of a source say of one another: contradictions, copies, and what is missing between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipelines.common import databases
from pipelines.common.paths import statement
from pipelines.common.problems import Problem, counted
from pipelines.contracts.codes import MEASURE
from pipelines.contracts.contract import Source
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.quality.expectations import Result, Rule
from pipelines.reading.coverage import gap, missing_between
from pipelines.reading.exports import Export, workbook
from pipelines.releases.candidates import Candidate, Ledger, Periods, Series, by_release, side_by_side
from pipelines.releases.store import Receipt, Store


def missing_between_files(
    source: Source, published: list[Candidate], periods: Periods
) -> Iterator[tuple[str, Result]]:
    """Periods that no file of a table gives, between one that one gives and one that another gives."""
    tables: dict[Series, list[Candidate]] = defaultdict(list)
    for candidate in published:
        layout = source.tables.get(str(candidate.receipt.table_name))
        if layout and not layout.layout.cumulative:
            tables[candidate.beside].append(candidate)
    for known in tables.values():
        if len(known) < 2:
            continue
        given = {c.file: periods[c.file, c.receipt.reading] for c in known}
        gaps: dict[str, list[str]] = defaultdict(list)
        for before, after in missing_between(set().union(*given.values())):
            if not any({before, after} <= own for own in given.values()):  # else its file says so
                first = min((c for c in known if after in given[c.file]), key=by_release)
                gaps[first.file].append(gap(before, after))
        rule = Rule("no_period_is_missing_between_files", {}, "warning")
        for file, found in gaps.items():
            said = "; ".join(found) + ", in no file of its table"
            yield file, Result(rule, "failed", None, len(found), said)


def gone_sheets(exports: list[Export], last_good: dict[str, Candidate]) -> Iterator[tuple[str, Result]]:
    """Sheets that were read before and that their workbooks no longer have."""
    files = {export.file for export in exports}
    beside = {workbook(export.file): export.file for export in reversed(exports)}
    for file, candidate in last_good.items():
        if file not in files:
            figures = counted(candidate.receipt.observations, "figure")
            said = f"`{file}`, a sheet that was read before, is gone from its workbook; its last {figures} "
            said += "stay published. Put it back, or give the workbook without it another name"
            rule = Rule("no_sheet_is_gone", {}, "warning")
            yield beside[workbook(file)], Result(rule, "failed", None, 1, said)


def conflicts(standing: list[Candidate], before: Ledger, store: Store) -> dict[str, list[Problem]]:
    """Exports that give other values than an export of the same release that stands before them: one
    that was published already, or else by path. Each with the rows that do.
    """
    rows: dict[str, list[dict]] = defaultdict(list)
    query = statement("ingest", "conflicts")
    readings = [str(store.observations(store.nothing())), *(c.observations for c in standing)]
    with databases.opened(files=readings) as connection:
        for row in connection.execute(query, {"readings": readings}).df().to_dict("records"):
            rows[row["file"]].append(row)
    names = {candidate.file: candidate.receipt.reading for candidate in standing}

    def is_new(file: str) -> bool:
        return file not in before or before[file].good != names[file]

    refused: dict[str, list[Problem]] = {}
    for file in sorted(rows, key=lambda file: (is_new(file), file), reverse=True):
        against = [row for row in rows[file] if row["other_file"] not in refused]
        if against:
            refused[file] = list(dict.fromkeys(_conflict(row) for row in against))
    return refused


def repeats(standing: list[Candidate]) -> Iterable[tuple[str, Result]]:
    """Files that give all figures of another of the same release and table: most likely a copy of it
    that somebody worked on.
    """
    groups: dict[tuple, list[Candidate]] = defaultdict(list)
    for candidate in standing:
        groups[(*candidate.series, candidate.released_on)].append(candidate)
    for group in groups.values():
        for one in group:
            for other in group:
                if one is other or not _may_repeat(one.receipt, other.receipt):
                    continue
                figures = side_by_side([other], [one])
                if len(figures) and figures["new_status"].notna().all():
                    new = int(figures["old_status"].isna().sum())
                    if new == 0 and one.file < other.file:
                        continue  # of two that say the same the one with the later name is told
                    all_ = counted(len(figures) - new, "figure")
                    said = f"gives all {all_} of `{other.file}`, of the same release"
                    said += f", and {new} more" if new else ""
                    yield (
                        one.file,
                        Result(Rule("no_file_repeats_another", {}, "warning"), "failed", None, 1, said),
                    )


def _may_repeat(one: Receipt, other: Receipt) -> bool:
    """Whether one file gives as many figures as another, over all of its time: told without reading."""
    if not (one.period_start and one.period_end and other.period_start and other.period_end):
        return False
    spans = one.period_start <= other.period_start and other.period_end <= one.period_end
    return spans and other.observations <= one.observations


def _conflict(row: dict) -> Problem:
    codes = ", ".join(row[name] for name in (MEASURE, *DIMENSIONS) if row[name] != TOTAL)
    return Problem(
        row["file"], "conflict",
        f"gives {int(row['value']):,} for {codes}, where `{row['other_file']}`, row "
        f"{int(row['other_row'])}, of the same release gives {int(row['other_value']):,}",
        row=int(row["source_row"]), column=row["source_column"], value=str(int(row["value"])),
        next_step="If it is a correction, give it a later release date; if it counts something else, "
        "its contract must say so",
    )  # fmt: skip
