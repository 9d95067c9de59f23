"""What speaks against an export when it is compared with others of its source: found after reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import pandas as pd

from pipelines.common.problems import Problem
from pipelines.contracts.contract import Source
from pipelines.contracts.words import Revisions
from pipelines.periods import Period
from pipelines.quality.expectations import Result, Rule, Validator
from pipelines.reading.exports import Export, workbook
from pipelines.releases import comparisons
from pipelines.releases.candidates import (
    Candidate,
    Ledger,
    Periods,
    Series,
    by_release,
    periods_given,
    side_by_side,
)
from pipelines.releases.neighbours import conflicts, gone_sheets, missing_between_files, repeats
from pipelines.releases.readings import Findings, reading_name
from pipelines.releases.store import Store

ITSELF = "the file as it was before"
IN_PLACE = "no_figure_changes_within_a_release"


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
        _add_in_place(source, candidate, before, store, found)
    known = [*candidates, *last_good.values()]
    periods = periods_given(known) if len(known) > 1 else {}
    _later_releases(source, known, periods, validator, found)
    standing = [c for c in candidates if not found[c.file].objections]
    for file, problems in conflicts(standing, before, store).items():
        found[file].objections += problems
    for file, note in repeats([c for c in standing if not found[c.file].objections]):
        found[file].notes.append(note)
    published = [c for c in known if not found[c.file].objections]
    for file, note in [*missing_between_files(source, published, periods), *gone_sheets(exports, last_good)]:
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


def _add_in_place(
    source: Source, candidate: Candidate, before: Ledger, store: Store, found: dict[str, _Found]
) -> None:
    problems, notes = _in_place(source, candidate, before, store)
    _add(source, candidate, problems, found)
    found[candidate.file].notes += notes


def _later_releases(
    source: Source, every: list[Candidate], periods: Periods, validator: Validator,
    found: dict[str, _Found],
) -> None:  # fmt: skip
    """Compare each release of a table with those before it that stand and give some of its periods."""
    series: dict[Series, list[Candidate]] = defaultdict(list)
    for candidate in every:
        series[candidate.series].append(candidate)
    for known in series.values():
        standing: list[Candidate] = []
        for _, group in groupby(sorted(known, key=by_release), key=lambda c: c.released_on):
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
        figures = side_by_side(earlier, release)
        yield earlier, figures[[period in own for period in comparisons.periods(figures)]]


def _named(release: list[Candidate]) -> str:
    return f"the release of {release[0].released_on}"


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
    series = sorted((c for c in known if c.series == candidate.series), key=by_release)
    standing = [c for c in series if c.released_on < candidate.released_on]
    release = [c for c in series if c.released_on == candidate.released_on]
    found: dict[str, _Found] = defaultdict(_Found)
    _add_in_place(source, candidate, ledger, store, found)
    for earlier, figures in _yardsticks(standing, release, periods_given([*standing, *release])):
        _add(source, candidate, _differences(source, figures, earlier, release, candidate), found)
    of_file = found[candidate.file]
    return Findings(tuple(of_file.objections), tuple(of_file.notes))


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
