"""``caseload trace``: the path from a figure back to the cells that it comes from, for people or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import duckdb
import typer
from rich.text import Text

from pipelines.commands import show
from pipelines.commands.freshness import BAD, GOOD, USAGE
from pipelines.commands.show_query import opened
from pipelines.common.advice import with_next_step
from pipelines.common.paths import Places
from pipelines.common.problems import counted, in_words, one_line, printable
from pipelines.periods import Period
from pipelines.takeaway import conditions, published, tracing
from pipelines.takeaway.conditions import Candidates, Row
from pipelines.takeaway.notes import READING, SIMULATED
from pipelines.takeaway.printed import CELLS
from pipelines.takeaway.refusals import Refused
from pipelines.takeaway.tracing import Number, Trace

if TYPE_CHECKING:
    from rich.console import Console

_NUMBERS = 30
_RELEASES = 10
_ORIGINS = {
    "published": "It is printed.",
    "sum_of_parts": "It is a sum: no total is printed, and the parts are all there is.",
    "difference": "It is a difference: cumulative figures are printed, this one less the one before.",
    "sum_of_periods": "It is a sum: no figure for the whole period is printed, and all its parts are.",
}
_COUNTED = "It is counted here: the file has one row a crime, an arrest or a person."
_ROLLING = "It is the sum of twelve months."


def trace(places: Places, name: str, words: list[str], format_: str) -> int:
    """Print where a figure comes from; the exit code: 2 where the conditions fit no row or several."""
    try:
        connection = opened(places.published)
    except duckdb.Error as error:
        typer.echo(with_next_step(str(error)), err=True)
        return BAD
    with connection:
        try:
            relation = published.relation_named(connection, name)
            found = conditions.rows_meant(connection, relation, words)
            if found.taken:
                typer.echo(conditions.note(found.taken), err=True)
            if isinstance(found, Candidates):
                _candidates(found)
                typer.echo(conditions.said(found, relation), err=True)
                return USAGE
            traced = tracing.trace(connection, relation, found.row, places.raw)
        except Refused as error:
            typer.echo(str(error), err=True)
            return USAGE
    if format_ == "json":
        typer.echo(
            json.dumps(asdict(traced) | {"sum": traced.sum}, ensure_ascii=False, default=str, indent=1)
        )
    else:
        _Told(traced, show.console()).all()
    return GOOD


def _candidates(found: Candidates) -> None:
    """List rows that fit, unless so much tells them apart that no line could be read."""
    names = list(found.rows[0])
    shown = show.table("", *(f"{name}>" if name == "value" else name for name in names))
    shown.title = None
    for row in found.rows:
        shown.add_row(
            *(show.number(row[name]) if name == "value" else show.plain(row[name]) for name in names)
        )
    out = show.console(stderr=True)
    if out.measure(shown).maximum > out.width:
        return
    out.print(shown)
    if found.count > len(found.rows):
        out.print(f"… and {found.count - len(found.rows):,} more")


class _Told:
    """A trace, told in the order in which a reader asks."""

    def __init__(self, trace: Trace, out: Console) -> None:
        self.trace = trace
        self.out = out
        self.says = show.says(out)

    def all(self) -> None:
        self._figure()
        self._numbers()
        self._corrections()
        self._base()
        self._tests()
        self._releases()

    def _heading(self, text: str) -> None:
        self.out.print(Text(f"\n{text}", "bold"))

    def _figure(self) -> None:
        key, source = self.trace.key, self.trace.source
        labels = {(row["dimension"], row["code"]): row["label"] for row in self.trace.labels}
        what = [str(labels.get(("measure", key["measure"]), key["measure"]))]
        broken_down = (name for name in ("crime_type", "region", "age_band", "sex") if key[name] != "total")
        what += [str(labels.get((name, key[name]), key[name])) for name in broken_down]
        if key["other_dimensions"]:
            what.append(key["other_dimensions"])
        period = Period(key["period_start"], key["period_end"]).short
        self.out.print(Text(one_line(f"{', '.join(what)}: {period}"), "bold"))
        self.says(f"  {source['title']}; {source['publisher']} ({key['source']})")
        if source["is_simulated"]:
            self.says(f"  {SIMULATED}")
        for name in (
            "value",
            "share_pct",
            "published_share_pct",
            "change_pct",
            "published_change_pct",
            "value_status",
        ):
            if self.trace.row.get(name) is not None:
                self.says(f"  {name}: {_written(self.trace.row[name])}")
        if reason := self.trace.row.get("no_change_reason"):
            self.says(f"  no change is given: {reason}")

    def _numbers(self) -> None:
        numbers = self.trace.numbers
        self._heading("Where it comes from")
        if not numbers:
            self.says("  No published number stands for it today.")
            return
        origin = _ORIGINS[self.trace.kind["value_origin"]] if self.trace.kind else _ROLLING
        is_count = origin == _ORIGINS["published"] and numbers[0].row["is_record_level"]
        self.says(f"  {_COUNTED if is_count else origin}")
        if len(numbers) == 1:
            self._alone(numbers[0])
            return
        self._table(numbers[:_NUMBERS])
        if len(numbers) > _NUMBERS:
            self.says(f"  … and {len(numbers) - _NUMBERS:,} more: --format json gives all")
        total = self.trace.sum
        self.says(f"  {counted(len(numbers), 'number')}, together {_written(total)}.")
        for problem in dict.fromkeys(number.printed.problem for number in numbers if number.printed.problem):
            self.says(f"  Not looked up in the file: {problem}.")
        for export in {number.row["export_id"]: number.row for number in numbers}.values():
            self._file(export)

    def _table(self, numbers: list[Number]) -> None:
        """Each number with what tells it from the others, and its place; the file where there are several."""
        has_signs = any(number.row["sign"] < 0 for number in self.trace.numbers)
        signs = ["sign"] if has_signs else []
        places = (
            ["source_file", "source_row", "source_column"]
            if len({number.row["source_file"] for number in self.trace.numbers}) > 1
            else ["source_row", "source_column"]
        )
        differing = self._differing()
        heads = [name.removeprefix("source_") for name in places]
        shown = show.table("", *signs, *differing, "value>", "printed", *heads)
        shown.title = None
        for number in numbers:
            row, text = number.row, number.printed.text
            sign = ["+" if row["sign"] > 0 else "−"] if has_signs else []
            shown.add_row(
                *sign, *(show.plain(row[name]) for name in differing), show.number(row["value"]),
                show.plain(f"'{text}'" if text is not None else ""),
                *(show.plain(row[name]) for name in places),
            )  # fmt: skip
        self.out.print(shown)

    def _alone(self, number: Number) -> None:
        row = number.row
        self.says(f"  file     {row['source_file']}")
        if counted := number.counted:
            self.says(f"  counts   {counted['definition']}")
            self.says(
                f"  among    {_written(counted['rows_accepted'])} rows of the file, which are not published"
            )
            self._file(row)
            return
        self.says(f"  row      {row['source_row']}")
        self.says(f"  column   {row['source_column']}")
        if number.printed.text is not None:
            self.says(f"  printed  '{printable(number.printed.text)}'")
            cells = " | ".join(printable(text) for text in number.printed.row)
            self.says(f"  the row  {cells}{' | …' if len(number.printed.row) == CELLS else ''}")
        else:
            self.says(f"  printed  not looked up: {number.printed.problem}")
        if row["published_share_pct"] is not None:
            self.says(f"  share    '{row['published_share_pct']}' percent, as printed")
        self._file(row)

    def _file(self, row: Row) -> None:
        encoding = f", {row['encoding']}" if row["encoding"] else ""
        sha256 = row["sha256"] or row["export_id"]
        self.says(f"  release of {row['released_on']}: {row['source_file']}, SHA-256 {sha256}{encoding}")

    def _corrections(self) -> None:
        if not self.trace.corrections:
            return
        self._heading("Corrections")
        for row in self.trace.corrections:
            self.says(
                f"  {_written(row['published_value'])} is corrected to {_written(row['corrected_value'])} "
                f"({row['status']}): {row['reason']} Evidence: {row['evidence']} {row['corrected_by']}, "
                f"{row['corrected_on']}"
            )

    def _base(self) -> None:
        row = self.trace.row
        kind = row.get("base_kind")
        if kind is None:
            return
        self._heading("What its share is a share of")
        said = dict(READING)[f"base_kind: {kind}"]
        self.says(f"  {kind}: {said}")
        if row["base_value"] is not None:
            self.says(f"  base {_written(row['base_value'])}")
        if row["implied_base_low"] is not None:
            high = row["implied_base_high"]
            self.says(
                f"  the printed shares fit on {_written(row['implied_base_low'])} "
                f"{'and more' if high is None else 'to ' + _written(high)}"
            )

    def _tests(self) -> None:
        if not self.trace.tests:
            return
        self._heading("Tested against the publisher's other figures")
        signs = {"contradicts": "!", "agrees": "✓"}
        for row in self.trace.tests:
            self.says(f"  {signs.get(row['verdict'], '·')} {in_words(row['kind'])}: {row['explanation']}")

    def _releases(self) -> None:
        releases = self.trace.releases
        if len(releases) < 2:
            return
        self._heading("What each release says")
        for row in releases[:_RELEASES]:
            what = (
                _written(row["published_value"])
                if row["published_value"] is not None
                else row["value_status"]
            )
            stands = "  ← stands" if row["is_current"] else ""
            place = f"{row['source_file']}, row {row['source_row']}, {row['source_column']}"
            self.says(f"  {row['released_on']}: {what} ({place}){stands}")
        if len(releases) > _RELEASES:
            self.says(f"  … and {len(releases) - _RELEASES:,} more")

    def _differing(self) -> list[str]:
        """What tells the numbers apart."""
        names = ("period_start", "period_end", "crime_type", "region", "age_band", "sex", "other_dimensions")
        return [name for name in names if len({str(number.row[name]) for number in self.trace.numbers}) > 1]


def _written(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.10g}"
    return f"{value:,}" if isinstance(value, int) else printable(str(value))
