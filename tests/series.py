"""A source on disk that tests change and ingest, with a real store and real validation."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import duckdb

from pipelines.common.paths import Places
from pipelines.contracts import contract, corrections
from pipelines.contracts.corrections import Acceptance
from pipelines.quality.expectations import Result, Validator
from pipelines.releases.editions import forget_removed, ingest_editions, standing
from pipelines.releases.store import Entry, Receipt, Store

HEAD = """\
title: A table
publisher: A publisher
licence: none
files: '**/*_(?P<released_on>\\d{8}).*'
"""
TYPES = """
columns:
  year: {period: year}
  type: {dimension: region, codes: as_printed}
  n: {value: count, measure: cases}
totals: none
missingValues: {'-': missing}
"""
"""Cases by year and type; here each type is a region, since any label will do."""


def table(figures: dict[int, dict[str, int | str]]) -> str:
    """What such an export prints: year → type → figure."""
    rows = [f"{year},{name},{value}\n" for year, values in figures.items() for name, value in values.items()]
    return "year,type,n\n" + "".join(rows)


@dataclass
class Series:
    """The folder of one source, below ``places.raw``, and what is known of it."""

    places: Places
    validator: Validator
    name: str = "series"

    @property
    def folder(self) -> Path:
        return self.places.raw / self.name

    @property
    def store(self) -> Store:
        return Store(self.places.store)

    @property
    def source(self) -> contract.Source:
        return contract.load(self.folder)

    def says(self, words: str = TYPES) -> Series:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / contract.FILE_NAME).write_text(HEAD + dedent(words), encoding="utf-8")
        return self

    def put(self, **files: str | bytes | dict | None) -> Series:
        """Files by name without their suffix; figures of a `table`, a text, a workbook, or None to
        take them away.
        """
        for name, content in files.items():
            path = self.folder / f"{name}.{'xlsx' if isinstance(content, bytes) else 'csv'}"
            if content is None:
                path.unlink()
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(table(content) if isinstance(content, dict) else content, encoding="utf-8")
        return self

    def ingest(self, *editions: str, force: bool = False) -> list[Receipt]:
        """Receipts of these editions, of all if none is named; as the command does."""
        source, store = self.source, self.store
        named = editions or standing(source, store).editions
        receipts = ingest_editions(source, list(named), store, self.validator, force=force)
        forget_removed(contract.load_all(self.places.raw), store)
        return receipts

    def accept(self, file: str, *findings: str) -> None:
        """Accept findings of a file as it is now, without looking."""
        path = self.folder / file.partition("#")[0].partition("/")[2]
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        entry = Acceptance(
            file=file, sha256=sha256, findings=list(findings), reason="it is right", by="me", on="2025-06-01"
        )
        corrections.accept(self.folder, entry)

    # What is known afterwards

    def ledger(self) -> dict[str, Entry]:
        return self.store.ledger(self.name)

    def latest(self, file: str) -> Receipt:
        return self.store.receipt(self.ledger()[f"{self.name}/{file}"].latest)

    def refused(self) -> dict[str, list[str]]:
        """File → rules of what speaks against it; of files that are accepted, nothing."""
        found = {}
        for address, entry in self.ledger().items():
            receipt = self.store.receipt(entry.latest)
            rules = self._rules(entry.latest)
            assert bool(rules) is not receipt.is_accepted
            found[address.partition("/")[2]] = rules
        return found

    def _rules(self, reading: str) -> list[str]:
        with duckdb.connect() as connection:
            rejected = connection.read_parquet(str(self.store.rejected_rows(reading)))
            rows = rejected.filter("rule <> 'export_quarantined'").project("rule").distinct().fetchall()
        return sorted(rule for (rule,) in rows)

    def standing(self) -> set[str]:
        """Files of which a reading is published."""
        return {address.partition("/")[2] for address, entry in self.ledger().items() if entry.good}

    def published(self) -> set[tuple]:
        """File, year, type and value of every figure that is published."""
        good = [str(self.store.observations(entry.good)) for entry in self.ledger().values() if entry.good]
        if not good:
            return set()
        query = (
            "select split_part(source_file, '/', -1), year(period_start), region, value from read_parquet($1)"
        )
        with duckdb.connect() as connection:
            return set(connection.execute(query, [good]).fetchall())

    def notes(self, file: str) -> list[Result]:
        """Results about a file that did not simply pass."""
        checks = [Result.from_dict(check) for check in self.latest(file).checks]
        return [result for result in checks if result.verdict != "passed" or result.explanation]

    def share(self, readings: Path) -> Series:
        """Keep readings where other tests keep them: their names say all that they depend on, so what
        one test has read another need not read again.
        """
        self.places.store.mkdir(parents=True)
        (self.places.store / "readings").symlink_to(readings)
        return self

    def forget_what_stands(self) -> None:
        shutil.rmtree(self.places.store / "ledgers")


def said(results: Iterable[Result]) -> list[str]:
    return [f"{result.rule.type}: {result.explanation}" for result in results]
