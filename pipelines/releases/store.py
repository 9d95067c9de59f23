"""What has been read from each export, kept between runs under content-addressed names.

A *reading* is one export read under one contract: its receipt, observations and rejected rows,
written once. The *ledger* of a source says which reading of each file is the latest and which is
the last good one. All of it can be deleted: the next run reads ``raw/`` again.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any

import duckdb

from pipelines import observation
from pipelines.common import databases, record_sql
from pipelines.common.digests import digest
from pipelines.common.files import leftovers, replacing, write_json
from pipelines.reading.exports import UNDATED
from pipelines.reading.hashes import Hashes

ACCEPTED, QUARANTINED = "accepted", "quarantined"
NOTHING = "nothing"
SALT = "salt"
STAGING = ".staging"
"""How the folders begin in which record-level exports are staged while a run reads them."""
_ENDS = {"receipt.json": b"}", "observations.parquet": b"PAR1", "rejected_rows.parquet": b"PAR1"}
"""The files of a reading, and how each ends."""

REJECTED_ROWS: dict[str, str] = {
    "source": "VARCHAR",
    "export_id": "VARCHAR",
    "source_file": "VARCHAR",
    "source_row": "INTEGER",
    "source_column": "VARCHAR",
    "value": "VARCHAR",
    "rule": "VARCHAR",
    "reason": "VARCHAR",
    "next_step": "VARCHAR",
    "raw_row": "VARCHAR",
    "is_record_level": "BOOLEAN",
    "reading_id": "VARCHAR",
}


@dataclass(frozen=True)
class Receipt:
    """What became of one export: ``rows_accepted + rows_rejected == rows_received``, always."""

    reading: str
    source: str
    source_file: str
    export_id: str
    sha256: str
    bytes: int
    table_name: str | None
    released_on: str | None
    status: str
    contract_sha256: str
    encoding: str | None = None
    rows_received: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_ignored: int = 0
    rows_listed: int | None = None
    """How many of the rejected rows are kept one by one, where that is not all of them."""
    observations: int = 0
    period_start: str | None = None
    period_end: str | None = None
    problems: list[str] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    breakdowns: list[dict[str, Any]] = field(default_factory=list)
    codes: list[dict[str, Any]] = field(default_factory=list)
    ratios: list[dict[str, Any]] = field(default_factory=list)
    scope: str = "{}"
    says_all: bool = False
    """Whether its contract says that it gives all there is of its periods."""
    is_cumulative: bool = False
    is_dated_early: bool = False
    is_record_level: bool = False
    """Whether its rows are crimes, arrests or people, which are never published."""
    measures: list[dict[str, Any]] = field(default_factory=list)
    """Of record-level exports: what each measure counts."""
    can_pass: bool = False
    """Whether its file could not be read for now: it is looked at again by the next run."""

    @property
    def edition(self) -> str:
        """The release that the export belongs to: the partition key in Dagster."""
        return self.released_on or UNDATED

    @property
    def is_complete(self) -> bool:
        """Whether it says all that its release has to say about its periods."""
        return self.says_all and not self.rows_rejected

    @property
    def figures_rejected(self) -> int:
        """How many figures the rejected rows may have."""
        return ceil(self.observations / max(self.rows_accepted, 1)) * self.rows_rejected

    @property
    def is_accepted(self) -> bool:
        return self.status == ACCEPTED


@dataclass(frozen=True)
class Entry:
    """One file of a source: the reading that its content and contract call for, the one that came
    of it (another, if it contradicts a file of the same release), and the last good one, which is
    what is published.
    """

    asked: str
    latest: str
    good: str | None


class DamagedStore(Exception):
    """A file of the store that cannot be used: which one, why, and what to do."""

    def __init__(self, path: Path, reason: object, next_step: str) -> None:
        self.path = path
        super().__init__(f"`{path}` is damaged: {reason}. {next_step}")


class Store:
    """The readings and ledgers below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._has_nothing = False
        self._no_rejects: bytes | None = None
        self._receipts: dict[str, Receipt] = {}
        """Those that were read: a reading does not change."""

    def made(self) -> Path:
        """The folder, made if it is not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder

    def salt(self) -> str:
        """The secret of this warehouse that personal fields are hashed with; it never leaves the store."""
        path = self.made() / SALT
        if not path.is_file():
            with replacing(path, over=False) as temporary:
                temporary.write_text(secrets.token_hex(32), encoding="ascii")
                temporary.chmod(0o600)
        return path.read_text(encoding="ascii")

    def aside(self, folder: Path) -> Store:
        """An empty store in another folder, in which personal fields are hashed as they are in this one."""
        other = Store(folder)
        if (self.folder / SALT).is_file():
            shutil.copy(self.folder / SALT, other.made())
        return other

    @cached_property
    def hashes(self) -> Hashes:
        """The digests of raw files, remembered between runs."""
        return Hashes(self.folder / "hashes.json")

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        self.made()
        return databases.opened(folders=self.folders)

    @property
    def folders(self) -> list[Path]:
        """Where it keeps what: a part of it may be a link to another disk."""
        return [self.folder, self.folder / "readings", self.folder / "records"]

    # Readings

    def reading(self, name: str) -> Path:
        return self.folder / "readings" / name

    def observations(self, name: str) -> Path:
        return self.reading(name) / "observations.parquet"

    def rejected_rows(self, name: str) -> Path:
        return self.reading(name) / "rejected_rows.parquet"

    def records(self, receipt: Receipt) -> Path:
        """The accepted rows of a record-level export: one folder per source and period."""
        span = f"{receipt.period_start}_{receipt.period_end}"
        return self.folder / "records" / receipt.source / span / f"{receipt.reading}.parquet"

    def nothing(self) -> str:
        """The name of a reading without rows: a scan over many readings always has a file."""
        if not self._has_nothing:
            for path, columns in (
                (self.observations(NOTHING), observation.COLUMNS),
                (self.rejected_rows(NOTHING), REJECTED_ROWS),
            ):
                with replacing(path) as temporary:
                    self._write_parquet(_empty(columns), columns, temporary)
            self._has_nothing = True
        return NOTHING

    def has(self, name: str) -> bool:
        """Whether a reading is there and whole, as far as the ends of its files tell; one that is not is
        read again.
        """
        folder = self.reading(name)
        return all(_ends_with(folder / file, end) for file, end in _ENDS.items())

    def receipt(self, name: str) -> Receipt:
        """Raises DamagedStore."""
        if name not in self._receipts:
            path = self.reading(name) / "receipt.json"
            try:
                self._receipts[name] = Receipt(**json.loads(path.read_text(encoding="utf-8")))
            except FileNotFoundError as error:
                step = "Delete the ledgers beside it: the next run makes them anew from raw/"
                raise DamagedStore(self.reading(name), f"{error.strerror}: a ledger names it", step) from None
            except (ValueError, TypeError) as error:
                raise self._damaged(name, path, error) from None
        return self._receipts[name]

    def make_sure_of(self, names: Iterable[str]) -> None:
        """Read the figures and rejected rows of some readings. Raises DamagedStore for the first that cannot
        be read.
        """
        for name in names:
            for path in (self.observations(name), self.rejected_rows(name)):
                try:
                    digest(self._connection.read_parquet(str(path)))
                except duckdb.Error as error:
                    raise self._damaged(name, path, str(error).splitlines()[0]) from None

    def _damaged(self, name: str, path: Path, reason: object) -> DamagedStore:
        step = f"Delete the folder `{self.reading(name)}`: the next run reads its export again"
        return DamagedStore(path, reason, step)

    def write(self, receipt: Receipt, observations: Any, rejected: Any, records: Path | None = None) -> None:
        """Keep a reading, given its frames and, of a record-level export, the Parquet file of its accepted
        rows; complete or not at all.
        """
        if records:
            self.move_records(receipt, records)
        self._receipts.pop(receipt.reading, None)
        with self._building(self.reading(receipt.reading)) as building:
            self._write_parquet(observations, observation.COLUMNS, building / "observations.parquet")
            self._write_rejected(rejected, receipt, building)
            write_json(building / "receipt.json", vars(receipt))

    def move_records(self, receipt: Receipt, records: Path) -> None:
        """Keep the accepted rows of a record-level export; without a reading nobody looks at them."""
        kept = self.records(receipt)
        kept.parent.mkdir(parents=True, exist_ok=True)
        records.replace(kept)

    @contextmanager
    def _building(self, final: Path) -> Iterator[Path]:
        """A folder that becomes ``final`` when all went well."""
        final.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".", dir=final.parent))
        try:
            yield building
            if final.exists():  # left over without a receipt, or being rewritten
                shutil.rmtree(final)
            building.rename(final)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def again(self, receipt: Receipt, name: str) -> Receipt:
        """Keep the figures of a reading once more, under another receipt; complete or not at all."""
        return self._copied(receipt, self.observations(name), self.rejected_rows(name))

    def _copied(self, receipt: Receipt, observations: Path, rejected: Path) -> Receipt:
        with self._building(self.reading(receipt.reading)) as building:
            shutil.copyfile(observations, building / "observations.parquet")
            self._write_rejected(self._connection.read_parquet(str(rejected)).df(), receipt, building)
            write_json(building / "receipt.json", vars(receipt))
        return receipt

    def _write_rejected(self, rejected: Any, receipt: Receipt, building: Path) -> None:
        target = building / "rejected_rows.parquet"
        if rejected.empty and self._no_rejects:
            target.write_bytes(self._no_rejects)
            return
        own = {"reading_id": receipt.reading, "is_record_level": receipt.is_record_level}
        self._write_parquet(rejected.assign(**own), REJECTED_ROWS, target)
        if rejected.empty:  # most often: the same file every time
            self._no_rejects = target.read_bytes()

    def hold(self, receipt: Receipt, name: str) -> Receipt:
        """Keep a reading once more as one that was refused: without its figures, with the same rejects."""
        return self._copied(receipt, self.observations(self.nothing()), self.rejected_rows(name))

    def _write_parquet(self, frame: Any, columns: dict[str, str], path: Path) -> None:
        """The frame's columns, cast to their types, as zstd Parquet."""
        listed = ", ".join(f'cast("{name}" as {type_}) as "{name}"' for name, type_ in columns.items())
        self._connection.register("frame", frame)
        self._connection.execute(record_sql.copied(listed, "frame", str(path)))
        self._connection.unregister("frame")

    # Ledgers

    def ledger(self, source: str) -> dict[str, Entry]:
        """What is known of each file of a source. Raises DamagedStore."""
        path = self._ledger_path(source)
        if not path.is_file():
            return {}
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
            return {file: Entry(**entry) for file, entry in entries.items()}
        except (ValueError, TypeError, AttributeError) as error:
            step = (
                "Delete it: the next run makes it anew from raw/, but for the last good figures of exports "
                "that are quarantined now"
            )
            raise DamagedStore(path, error, step) from None

    def write_ledger(self, source: str, entries: dict[str, Entry]) -> None:
        write_json(self._ledger_path(source), {file: asdict(entries[file]) for file in sorted(entries)})

    def sources(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "ledgers").glob("*.json"))

    def forget(self, source: str) -> None:
        self._ledger_path(source).unlink(missing_ok=True)

    def remove_unused(self) -> None:
        """Delete readings that no ledger names, and what processes that were killed have left behind."""
        named = {NOTHING} | {
            reading
            for source in self.sources()
            for entry in self.ledger(source).values()
            for reading in (entry.asked, entry.latest, entry.good)
        }
        for folder in (self.folder / "readings").glob("*"):
            if folder.name not in named:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in self.folder.glob(f"{STAGING}*"):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self.folder, self.folder / "ledgers", self.reading(NOTHING)):
            for leftover in leftovers(folder):
                leftover.unlink(missing_ok=True)
        for records in (self.folder / "records").glob("*/*/*.parquet"):
            if records.stem not in named:
                records.unlink(missing_ok=True)

    def _ledger_path(self, source: str) -> Path:
        return self.folder / "ledgers" / f"{source}.json"


def _ends_with(path: Path, end: bytes) -> bool:
    try:
        with path.open("rb") as content:
            content.seek(-len(end), os.SEEK_END)
            return content.read() == end
    except OSError:  # not there, or shorter than that
        return False


def _empty(columns: dict[str, str]) -> Any:
    import pandas as pd

    return pd.DataFrame(columns=list(columns), dtype=object)
