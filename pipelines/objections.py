"""What speaks against an export when it is compared with others of its source: found after reading."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import duckdb
import pandas as pd

from pipelines import comparisons
from pipelines.codes import MEASURE
from pipelines.contract import Source
from pipelines.coverage import missing_between
from pipelines.expectations import Result, Rule, Validator
from pipelines.exports import Export, workbook
from pipelines.ingest import Findings, reading_name
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.paths import statement
from pipelines.periods import PERIOD_PARTS, Period, kind
from pipelines.problems import Problem, counted
from pipelines.store import Entry, Receipt, Store
from pipelines.words import Revisions

Ledger = dict[str, Entry]
Series = tuple[str, str]
Periods = dict[tuple[str, str], set[Period]]
"""File and reading → the periods that it gives figures of."""

ITSELF = "the file as it was before"
IN_PLACE = "no_figure_changes_within_a_release"


@dataclass(frozen=True)
class Candidate:
    """A reading of an export that could be published, taken by itself."""

    receipt: Receipt
    observations: str
    """The Parquet file of its observations."""
    is_asked: bool = True
    """Whether it is the file as it is now; else the last good reading of one that is damaged."""

    @property
    def file(self) -> str:
        return self.receipt.source_file

    @property
    def series(self) -> Series:
        """What later releases repeat: a table, of the same force or region where the file has one."""
        return str(self.receipt.table_name), self.receipt.scope

    @property
    def beside(self) -> Series:
        """The same, of every period: a table has a file for each year, say."""
        codes = {
            name: code for name, code in json.loads(self.receipt.scope).items() if name not in PERIOD_PARTS
        }
        return str(self.receipt.table_name), json.dumps(codes, sort_keys=True)

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
    exports = list(exports)
    candidates = list(_candidates(source, exports, ledger, store))
    last_good = _last_good(source, exports, before, store)
    found: dict[str, _Found] = defaultdict(_Found)
    for candidate in candidates:
        problems, notes = _in_place(source, candidate, before, store)
        _add(source, candidate, problems, found)
        found[candidate.file].notes += notes
    _later_releases(source, candidates, last_good, validator, found)
    standing = [c for c in candidates if not found[c.file].objections]
    for file, problems in _conflicts(standing, before, store).items():
        found[file].objections += problems
    for file, note in _repeats([c for c in standing if not found[c.file].objections]):
        found[file].notes.append(note)
    published = [c for c in [*candidates, *last_good.values()] if not found[c.file].objections]
    for file, note in [*_between_files(source, published), *_gone_sheets(exports, last_good)]:
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


def _last_good(source: Source, exports: list[Export], before: Ledger, store: Store) -> dict[str, Candidate]:
    """By file, what stays published where the file as it is now is refused, or its sheet is gone."""
    now = {export.file: (export.sha256, source.sha256) for export in exports}
    workbooks = {workbook(export.file) for export in exports}
    found = {}
    for file, known in before.items():
        if known.good and store.has(known.good) and workbook(file) in workbooks:
            receipt = store.receipt(known.good)
            if (receipt.sha256, receipt.contract_sha256) != now.get(file):
                found[file] = Candidate(receipt, str(store.observations(known.good)), is_asked=False)
    return found


def _in_place(
    source: Source, candidate: Candidate, before: Ledger, store: Store
) -> tuple[list[Problem], list[Result]]:
    """What a file that was replaced within its release does to what it gave before: most likely it was
    cut where a line ends, or saved from a program that changed it, which nothing else shows.
    """
    known = before.get(candidate.file)
    if not known or not known.good or not store.has(known.good):
        return [], []
    old, new = store.receipt(known.good), candidate.receipt
    if old.sha256 == new.sha256:  # what was told of this content is told still
        return [], [Result.from_dict(check) for check in old.checks if check["rule"]["type"] == IN_PLACE]
    if old.released_on != new.released_on:
        return [], []
    figures = comparisons.compared([str(store.observations(known.good))], [candidate.observations])
    problems = [
        *comparisons.lost(figures, candidate.file),
        *comparisons.emptied(figures, candidate.file, ITSELF),
        *comparisons.restated(figures, candidate.file, ITSELF, _revisions(source, candidate).hold_pct),
    ]
    said = comparisons.changed(figures, ITSELF)
    rule = Rule(IN_PLACE, {}, "warning")
    return problems, [Result(rule, "failed", None, 1, said)] if said else []


def _later_releases(
    source: Source, candidates: list[Candidate], last_good: dict[str, Candidate], validator: Validator,
    found: dict[str, _Found],
) -> None:  # fmt: skip
    """Compare each release of a table with those before it that stand and give some of its periods."""
    series: dict[Series, list[Candidate]] = defaultdict(list)
    for candidate in [*candidates, *last_good.values()]:
        series[candidate.series].append(candidate)
    for known in series.values():
        periods = _periods(known) if len({c.released_on for c in known}) > 1 else {}
        standing: list[Candidate] = []
        for _, group in groupby(sorted(known, key=_by_release), key=lambda c: c.released_on):
            release = list(group)
            if standing:
                _compare(source, standing, _of_each_file(release, found), periods, validator, found)
            standing += _of_each_file(release, found)


def _of_each_file(release: list[Candidate], found: dict[str, _Found]) -> list[Candidate]:
    """The readings of a release that can be published: of each file as it is now, or the last good."""
    good = [c for c in release if c.is_asked and not found[c.file].objections]
    files = {c.file for c in good}
    return good + [c for c in release if not c.is_asked and c.file not in files]


def _compare(
    source: Source, standing: list[Candidate], release: list[Candidate], periods: Periods,
    validator: Validator, found: dict[str, _Found],
) -> None:  # fmt: skip
    asked = [c for c in release if c.is_asked]
    if not asked:
        return
    first, revisions = asked[0], _revisions(source, asked[0])
    suite = f"{source.name}.{first.receipt.table_name}"
    for earlier, figures in _yardsticks(standing, release, periods):
        for candidate in asked:
            _add(source, candidate, _differences(source, figures, earlier, release, candidate), found)
        found[first.file].notes += comparisons.within_tolerance(
            figures, revisions, suite, first.receipt.export_id, validator, _named(earlier)
        )


def _yardsticks(
    standing: list[Candidate], release: list[Candidate], periods: Periods
) -> Iterator[tuple[list[Candidate], pd.DataFrame]]:
    """The earlier releases to compare a release with, and the figures of both side by side: those that
    were the last to give some period of it, in the periods that they were the last to give.
    """
    of_release = set().union(*(periods[c.file, c.receipt.reading] for c in release))
    last: dict[Period, str] = {}
    for candidate in standing:  # in the order of their release
        last |= dict.fromkeys(periods[candidate.file, candidate.receipt.reading], candidate.released_on)
    for released_on in sorted({last[period] for period in of_release & last.keys()}):
        earlier = [c for c in standing if c.released_on == released_on]
        own = {period for period, by in last.items() if by == released_on}
        figures = _figures(earlier, release)
        yield earlier, figures[[period in own for period in comparisons.periods(figures)]]


def _periods(candidates: list[Candidate]) -> Periods:
    """The periods that each reading gives figures of."""
    found: Periods = {(c.file, c.receipt.reading): set() for c in candidates}
    of = {c.observations: (c.file, c.receipt.reading) for c in candidates}
    with duckdb.connect() as connection:
        rows = connection.execute(statement("ingest", "periods"), {"readings": list(of)}).fetchall()
    for reading, start, end in rows:
        found[of[reading]].add(Period(start, end))
    return found


def _named(release: list[Candidate]) -> str:
    return f"the release of {release[0].released_on}"


def _by_release(candidate: Candidate) -> tuple[str, str]:
    return candidate.released_on, candidate.file


def _figures(before: list[Candidate], after: list[Candidate]) -> pd.DataFrame:
    return comparisons.compared([c.observations for c in before], [c.observations for c in after])


def _revisions(source: Source, candidate: Candidate) -> Revisions:
    return source.tables[str(candidate.receipt.table_name)].layout.revisions


def _differences(
    source: Source, figures: pd.DataFrame, before: list[Candidate], after: list[Candidate],
    candidate: Candidate,
) -> list[Problem]:  # fmt: skip
    """What a release does to the one before it, said of one of its files."""
    revisions, earlier = _revisions(source, candidate), _named(before)
    says_all = all(c.receipt.says_all for c in (*before, *after))
    lists = source.tables[str(candidate.receipt.table_name)].code_lists
    left_out = comparisons.left_out(
        comparisons.without_ended(figures, lists, candidate.released_on),
        candidate.file, earlier, revisions.may_leave_out,
        unread=sum(c.receipt.figures_rejected for c in after),
    )  # fmt: skip
    return [
        *(left_out if says_all else ()),
        *comparisons.emptied(figures, candidate.file, earlier),
        *comparisons.restated(figures, candidate.file, earlier, revisions.hold_pct),
    ]


def preview(source: Source, candidate: Candidate, others: list[Candidate], store: Store) -> Findings:
    """What would speak against an export that was read and not ingested, beside ``others``: against what
    its file gave before, and against the releases before it.
    """
    ledger = store.ledger(source.name)
    good = [entry.good for entry in ledger.values() if entry.good]
    published = [Candidate(store.receipt(name), str(store.observations(name))) for name in good]
    new = [candidate, *others]
    known = [*new, *(c for c in published if c.file not in {n.file for n in new})]
    series = sorted((c for c in known if c.series == candidate.series), key=_by_release)
    standing = [c for c in series if c.released_on < candidate.released_on]
    release = [c for c in series if c.released_on == candidate.released_on]
    found: dict[str, _Found] = defaultdict(_Found)
    problems, notes = _in_place(source, candidate, ledger, store)
    _add(source, candidate, problems, found)
    found[candidate.file].notes += notes
    for earlier, figures in _yardsticks(standing, release, _periods([*standing, *release])):
        _add(source, candidate, _differences(source, figures, earlier, release, candidate), found)
    of_file = found[candidate.file]
    return Findings(tuple(of_file.objections), tuple(of_file.notes))


def _between_files(source: Source, published: list[Candidate]) -> Iterator[tuple[str, Result]]:
    """Periods that no file of a table gives, between one that one gives and one that another gives."""
    tables: dict[Series, list[Candidate]] = defaultdict(list)
    for candidate in published:
        layout = source.tables.get(str(candidate.receipt.table_name))
        if layout and not layout.layout.cumulative:
            tables[candidate.beside].append(candidate)
    for known in tables.values():
        if len(known) < 2:
            continue
        given = _periods(known)
        gaps: dict[str, list[str]] = defaultdict(list)
        for before, after in missing_between(set().union(*given.values())):
            if not any({before, after} <= periods for periods in given.values()):  # else its file says so
                first = min((c for c in known if after in given[c.file, c.receipt.reading]), key=_by_release)
                gaps[first.file].append(
                    f"there is no {kind(before)} between {before.short} and {after.short}"
                )
        rule = Rule("no_period_is_missing_between_files", {}, "warning")
        for file, found in gaps.items():
            said = "; ".join(found) + ", in no file of its table"
            yield file, Result(rule, "failed", None, len(found), said)


def _gone_sheets(exports: list[Export], last_good: dict[str, Candidate]) -> Iterator[tuple[str, Result]]:
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
