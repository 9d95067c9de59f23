"""What speaks against an export when it is compared with others of its source: found after reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from pipelines import comparisons
from pipelines.codes import MEASURE
from pipelines.contract import Source
from pipelines.expectations import Result, Rule, Validator
from pipelines.exports import Export
from pipelines.ingest import Findings, reading_name
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.paths import statement
from pipelines.problems import Problem
from pipelines.store import Entry, Receipt, Store
from pipelines.words import Revisions

Ledger = dict[str, Entry]


@dataclass(frozen=True)
class Candidate:
    """A reading of an export that could be published, taken by itself."""

    receipt: Receipt
    observations: str
    """The Parquet file of its observations."""

    @property
    def file(self) -> str:
        return self.receipt.source_file

    @property
    def series(self) -> tuple[str, str]:
        """What later releases repeat: a table, of the same force or region where the file has one."""
        return str(self.receipt.table_name), self.receipt.scope

    @property
    def released_on(self) -> str:
        return str(self.receipt.released_on)


@dataclass
class _Found:
    objections: list[Problem] = field(default_factory=list)
    notes: list[Result] = field(default_factory=list)


def findings(
    source: Source, exports: Iterable[Export], ledger: Ledger, before: Ledger, store: Store,
    validator: Validator,
) -> dict[str, Findings]:  # fmt: skip
    """By file, what comparing all exports of a source with one another finds. It does not depend on
    the order in which they were ingested, except that of two files of one release which contradict
    each other the one that was published ``before`` stays.
    """
    candidates = list(_candidates(source, exports, ledger, store))
    found: dict[str, _Found] = defaultdict(_Found)
    for candidate in candidates:
        _add(source, candidate, _losses(candidate, before, store), found)
    _later_releases(source, candidates, validator, found)
    standing = [c for c in candidates if not found[c.file].objections]
    for file, problems in _conflicts(standing, before, store).items():
        found[file].objections += problems
    for file, note in _repeats([c for c in standing if not found[c.file].objections]):
        found[file].notes.append(note)
    return {file: Findings(tuple(f.objections), tuple(f.notes)) for file, f in found.items()}


def _candidates(
    source: Source, exports: Iterable[Export], ledger: Ledger, store: Store
) -> Iterable[Candidate]:
    for export in exports:
        name = reading_name(source, export)
        if export.file in ledger and ledger[export.file].asked == name and store.has(name):
            receipt = store.receipt(name)
            if receipt.is_accepted:
                yield Candidate(receipt, str(store.observations(name)))


def _losses(candidate: Candidate, before: Ledger, store: Store) -> list[Problem]:
    """Figures that a file gave before and, with other content, gives no longer in the same release:
    most likely it was cut where a line ends, which nothing else shows.
    """
    known = before.get(candidate.file)
    if not known or not known.good or not store.has(known.good):
        return []
    old, new = store.receipt(known.good), candidate.receipt
    if old.export_id == new.export_id or old.released_on != new.released_on:
        return []
    figures = comparisons.compared([str(store.observations(known.good))], [candidate.observations])
    return list(comparisons.lost(figures, candidate.file))


def _later_releases(
    source: Source, candidates: list[Candidate], validator: Validator, found: dict[str, _Found]
) -> None:
    """Compare each release of a table with the one before it that stands."""
    series: dict[tuple[str, str], dict[str, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for candidate in candidates:
        if not found[candidate.file].objections:
            series[candidate.series][candidate.released_on].append(candidate)
    for releases in series.values():
        earlier: str | None = None
        for released_on in sorted(releases):
            group = releases[released_on]
            if earlier is not None:
                _compare(source, releases[earlier], group, validator, found)
            if not any(found[candidate.file].objections for candidate in group):
                earlier = released_on


def _compare(
    source: Source, before: list[Candidate], after: list[Candidate], validator: Validator,
    found: dict[str, _Found],
) -> None:  # fmt: skip
    figures = _figures(before, after)
    for candidate in after:
        _add(source, candidate, _differences(source, figures, before, after, candidate), found)
    first, revisions = after[0], _revisions(source, after[0])
    suite = f"{source.name}.{first.receipt.table_name}"
    found[first.file].notes += comparisons.within_tolerance(
        figures, revisions, suite, first.receipt.export_id, validator, before[0].released_on
    )


def _figures(before: list[Candidate], after: list[Candidate]) -> pd.DataFrame:
    return comparisons.compared([c.observations for c in before], [c.observations for c in after])


def _revisions(source: Source, candidate: Candidate) -> Revisions:
    return source.tables[str(candidate.receipt.table_name)].layout.revisions


def _differences(
    source: Source, figures: pd.DataFrame, before: list[Candidate], after: list[Candidate],
    candidate: Candidate,
) -> list[Problem]:  # fmt: skip
    """What a release does to the one before it, said of one of its files."""
    revisions, earlier = _revisions(source, candidate), before[0].released_on
    is_complete = all(c.receipt.is_complete for c in (*before, *after))
    allowed = revisions.may_leave_out
    return [
        *(comparisons.left_out(figures, candidate.file, earlier, allowed) if is_complete else ()),
        *comparisons.emptied(figures, candidate.file, earlier),
        *comparisons.restated(figures, candidate.file, earlier, revisions.hold_pct),
    ]


def preview(source: Source, candidate: Candidate, others: list[Candidate], store: Store) -> list[Problem]:
    """What would hold an export back that was read and not ingested, beside ``others``: against the
    release before it.
    """
    good = [entry.good for entry in store.ledger(source.name).values() if entry.good]
    published = [Candidate(store.receipt(name), str(store.observations(name))) for name in good]
    new = [candidate, *others]
    known = [*new, *(c for c in published if c.file not in {n.file for n in new})]
    series = [c for c in known if c.series == candidate.series]
    last = max((c.released_on for c in series if c.released_on < candidate.released_on), default=None)
    before = [c for c in series if c.released_on == last]
    if not before:
        return []
    after = [c for c in series if c.released_on == candidate.released_on]
    found: dict[str, _Found] = defaultdict(_Found)
    figures = _figures(before, after)
    _add(source, candidate, _differences(source, figures, before, after, candidate), found)
    return found[candidate.file].objections


def _add(source: Source, candidate: Candidate, problems: list[Problem], found: dict[str, _Found]) -> None:
    """Take note of problems; those that were accepted do not speak against the export."""
    accepted = source.acceptances.by_finding(candidate.file, candidate.receipt.sha256)
    for problem in problems:
        if entry := accepted.get(problem.rule):
            said = f"{problem.reason}; accepted by {entry.by} on {entry.on}: {entry.reason}"
            found[candidate.file].notes.append(
                Result(Rule(problem.rule, {}, "info"), "passed", explanation=said)
            )
        else:
            found[candidate.file].objections.append(problem)


def _conflicts(standing: list[Candidate], before: Ledger, store: Store) -> dict[str, list[Problem]]:
    """Exports that give other values than an export of the same release that stands before them: one
    that was published already, or else by path. Each with the rows that do.
    """
    rows: dict[str, list[dict]] = defaultdict(list)
    query = statement("ingest", "conflicts")
    with duckdb.connect() as connection:
        readings = [str(store.observations(store.nothing())), *(c.observations for c in standing)]
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


def _repeats(standing: list[Candidate]) -> Iterable[tuple[str, Result]]:
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
                figures = _figures([other], [one])
                if len(figures) and figures["new_status"].notna().all():
                    new = int(figures["old_status"].isna().sum())
                    if new == 0 and one.file < other.file:
                        continue  # of two that say the same the one with the later name is told
                    said = f"gives all {len(figures) - new} figures of `{other.file}`, of the same release"
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
