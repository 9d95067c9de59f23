"""Files of the warehouse folder are damaged: the run mends it, or says which file it is and what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.faults import small
from tests.faults.conftest import Known


def store(folder: Path) -> Path:
    return folder / "warehouse" / ".store"


def reading(folder: Path, file: str = small.NORTH) -> Path:
    """The folder of what is kept of an export."""
    ledger = json.loads((store(folder) / "ledgers" / f"{file.partition('/')[0]}.json").read_text())
    return store(folder) / "readings" / ledger[file]["good"]


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-7])
    return path


def garbled(path: Path) -> Path:
    """The middle of a file overwritten, its ends left."""
    whole = path.read_bytes()
    path.write_bytes(whole[:8] + b"\xff" * (len(whole) - 16) + whole[-8:])
    return path


def figures(folder: Path) -> list[tuple]:
    shares = "select source, region, crime_type, period_start, value, share_pct from crime_type_shares order by all"
    with duckdb.connect(str(small.published(folder)), read_only=True) as connection:
        return connection.execute(shares).fetchall()


def mended(folder: Path, known: Known) -> None:
    """What was there before still is, and is proven."""
    done = small.caseload(folder, "run")
    assert done.code == 0, done.said
    assert "Traceback" not in done.said
    assert figures(folder) == figures(known.new)
    verified = small.caseload(folder, "verify")
    assert verified.code == 0, verified.said


def something_new(folder: Path) -> None:
    """An export that has changed, but for its figures: there is something to do."""
    path = folder / "raw" / small.EAST
    path.write_text(path.read_text().replace("\n", " \n", 1), encoding="utf-8")


def test_a_published_file_that_is_damaged_is_told_and_built_anew(new_folder: Path, known: Known) -> None:
    cut(small.published(new_folder)).write_bytes(b"no database" * 999)
    for command in (["status"], ["query", "select 1"], ["verify"]):
        done = small.caseload(new_folder, *command)
        assert done.code == 1, done.said
        assert "`caseload run` builds it anew" in done.stderr
        assert "Traceback" not in done.said
    mended(new_folder, known)
    kept = [path.stem for path in (new_folder / "warehouse" / ".previous").iterdir()]
    assert len(kept) == 1, "what was damaged is not kept"


MENDED_BY_ITSELF: dict[str, Callable[[Path], object]] = {
    "cut_observations": lambda folder: cut(reading(folder) / "observations.parquet"),
    "cut_rejected_rows": lambda folder: cut(reading(folder, small.FEBRUARY) / "rejected_rows.parquet"),
    "cut_receipt": lambda folder: cut(reading(folder) / "receipt.json"),
    "empty_parquet": lambda folder: (reading(folder) / "observations.parquet").write_bytes(b""),
    "no_reading": lambda folder: shutil.rmtree(reading(folder)),
    "hashes": lambda folder: (store(folder) / "hashes.json").write_text('["no", "hashes"]'),
    "last_run": lambda folder: cut(store(folder) / "last_run.json"),
    "publication": lambda folder: (store(folder) / "publication.json").write_text("[1]"),
    "expectations": lambda folder: [
        cut(path) for path in (store(folder) / "great_expectations").rglob("*.json")
    ],
    "pages": lambda folder: [cut(path) for path in (folder / "warehouse/data_docs").rglob("*.html")],
    "no_store": lambda folder: shutil.rmtree(store(folder)),
    "no_warehouse": lambda folder: shutil.rmtree(folder / "warehouse"),
}


@pytest.mark.faults
@pytest.mark.parametrize("damage", MENDED_BY_ITSELF)
def test_the_next_run_mends_it(new_folder: Path, known: Known, damage: str) -> None:
    MENDED_BY_ITSELF[damage](new_folder)
    something_new(new_folder)
    mended(new_folder, known)


TOLD: dict[str, tuple[Callable[[Path], Path], Callable[[Path], object]]] = {
    "garbled_observations": (
        lambda folder: garbled(reading(folder) / "observations.parquet"),
        lambda path: shutil.rmtree(path.parent),
    ),
    "garbled_receipt": (
        lambda folder: garbled(reading(folder) / "receipt.json"),
        lambda path: shutil.rmtree(path.parent),
    ),
    "ledger": (lambda folder: cut(store(folder) / "ledgers" / "cases.json"), Path.unlink),
    "history": (
        lambda folder: garbled(folder / "warehouse" / ".dagster" / "history" / "runs.db"),
        lambda path: shutil.rmtree(path.parent.parent),
    ),
}


@pytest.mark.faults
@pytest.mark.parametrize("damage", TOLD)
def test_what_is_damaged_is_named_and_once_it_is_gone_the_next_run_mends_it(
    new_folder: Path, known: Known, damage: str
) -> None:
    spoil, remove = TOLD[damage]
    path = spoil(new_folder)
    something_new(new_folder)
    before = small.bytes_of(small.published(new_folder))
    done = small.caseload(new_folder, "run")
    assert done.code == 1, done.said
    assert "Traceback" not in done.said, done.said
    assert str(path) in done.stderr or ".dagster" in done.stderr, done.said
    assert "elete" in done.stderr or "move" in done.stderr
    assert small.bytes_of(small.published(new_folder)) == before
    remove(path)
    mended(new_folder, known)
