"""Readings that could be published, each taken by itself: what comparing them needs."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from pipelines.common import databases
from pipelines.common.paths import statement
from pipelines.periods import PERIOD_PARTS, Period
from pipelines.releases import comparisons
from pipelines.releases.store import Entry, Receipt

Ledger = dict[str, Entry]
Series = tuple[str, str]
Periods = dict[tuple[str, str], set[Period]]
"""File and reading → the periods that it gives figures of."""


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


def periods_given(candidates: list[Candidate]) -> Periods:
    """The periods that each reading gives figures of."""
    found: Periods = {(c.file, c.receipt.reading): set() for c in candidates}
    of = {c.observations: (c.file, c.receipt.reading) for c in candidates}
    with databases.opened(files=list(of)) as connection:
        rows = connection.execute(statement("ingest", "periods"), {"readings": list(of)}).fetchall()
    for reading, start, end in rows:
        found[of[reading]].add(Period(start, end))
    return found


def by_release(candidate: Candidate) -> tuple[str, str]:
    return candidate.released_on, candidate.file


def side_by_side(before: list[Candidate], after: list[Candidate]) -> pd.DataFrame:
    return comparisons.compared([c.observations for c in before], [c.observations for c in after])
