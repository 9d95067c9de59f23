"""`caseload verify` finds what is not as it should be, changes nothing, and does not cry wolf."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import duckdb
import pytest

from tests.faults import small
from tests.faults.test_damage import reading


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def verified(folder: Path, *arguments: str) -> small.Done:
    return small.caseload(folder, "verify", *arguments)


def test_a_warehouse_is_proven_and_nothing_changed(new_folder: Path) -> None:
    before = everything(new_folder)
    done = verified(new_folder, "--deep")
    assert done.code == 0, done.said
    assert "is proven." in done.stdout
    assert "Exports, read again from raw/, give the same" in done.stdout
    assert everything(new_folder) == before


def test_what_somebody_changed_is_found(new_folder: Path) -> None:
    with duckdb.connect(str(small.published(new_folder))) as connection:
        connection.execute("update observation set value = 32 where value = 31")
        connection.execute("delete from crime_type_shares where crime_type = 'deepfake' and region = 'east'")
        connection.execute("create table mine as select 1")
        connection.execute("alter table arrest_trends drop column change")
        connection.execute("comment on table exports is 'nothing'")
    raw = new_folder / "raw"
    (raw / small.NORTH).write_text(small.table(1, 2), encoding="utf-8")
    (raw / small.EAST).unlink()
    (raw / small.SOUTH).write_text(small.table(3, 4), encoding="utf-8")
    done = verified(new_folder)
    assert done.code == 1
    for said in (
        f"  ✗ `{small.NORTH}`: changed since it was read",
        f"  ✗ `{small.EAST}`: missing",
        f"  · `{small.SOUTH}`: new, not read yet",
        "`observation` is what was read, row for row: 1 not as it should be\n  ✗ 1 row that should not be there and "
        "1 row missing; for example source cases",
        "value 32, built again 31",
        "`crime_type_shares`, built again: 1 not as it should be\n  ✗ 1 row missing; for example source cases",
        "`mine` is no relation of ours",
        "`arrest_trends`, built again: 1 not as it should be",
        "`data_dictionary`, built again: 1 not as it should be",
        "is not proven.",
    ):
        assert said in done.stdout, (said, done.stdout)


@pytest.mark.faults
def test_what_is_kept_is_read_and_counted(new_folder: Path) -> None:
    observations = reading(new_folder) / "observations.parquet"
    duckdb.execute(
        f"copy (from read_parquet('{observations}') limit 2) to '{observations}.x' (format parquet)"
    )
    os.replace(f"{observations}.x", observations)
    done = verified(new_folder)
    assert done.code == 1
    assert f"`{small.NORTH}`: 2 observations kept, 3 in its receipt" in done.stdout
    assert "1 row that should not be there" in done.stdout


@pytest.mark.faults
def test_a_reading_that_is_not_what_the_file_says_is_found_by_reading_it_again(new_folder: Path) -> None:
    observations = reading(new_folder) / "observations.parquet"
    query = f"select * replace (if(value = 31, 13, value) as value) from read_parquet('{observations}')"
    duckdb.execute(f"copy ({query}) to '{observations}.x' (format parquet)")
    os.replace(f"{observations}.x", observations)
    done = verified(new_folder, "--deep")
    assert done.code == 1
    assert f"✗ `{small.NORTH}`: 1 row that should not be there and 1 row missing" in done.stdout


def test_nothing_published_is_nothing_proven(tmp_path: Path) -> None:
    small.received(tmp_path)
    done = verified(tmp_path)
    assert (done.code, "Nothing is published yet" in done.stderr) == (1, True)
