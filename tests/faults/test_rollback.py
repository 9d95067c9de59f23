"""`caseload rollback`: back to an earlier publication, and it stays until there is something new."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.faults import small
from tests.faults.conftest import Known


def which(folder: Path) -> str:
    with duckdb.connect(str(small.published(folder)), read_only=True) as connection:
        [(name,)] = connection.table("publication").select("publication_id").fetchall()
    return name


def kept(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "warehouse" / ".previous").glob("*"))


@pytest.fixture
def rolled_back(new_folder: Path, known: Known) -> tuple[Path, str, str]:
    """A folder, the publication before and the one after a rollback."""
    before = which(new_folder)
    done = small.caseload(new_folder, "rollback", "--reason", "the new one was wrong")
    assert done.code == 0, done.said
    assert small.bytes_of(small.published(new_folder)) == known.old_bytes
    assert f"To undo it: caseload rollback {before}" in done.stdout
    return new_folder, before, which(new_folder)


def test_a_rollback_stays_and_is_told(rolled_back: tuple[Path, str, str], known: Known) -> None:
    folder, newest, older = rolled_back
    why = f"instead of {newest}; rolled back by"
    for _ in range(2):  # the second time from what was noted of the first
        done = small.caseload(folder, "run")
        assert done.code == 0
        assert done.stdout.startswith(f"Nothing new. Published: {older}, {why}")
        assert "the new one was wrong" in done.stdout
    assert why in small.caseload(folder, "status").stdout
    assert which(folder) == older

    verified = small.caseload(folder, "verify")
    assert verified.code == 0, verified.said
    assert f"{older} is published {why}" in verified.stdout
    assert "is proven as far as it can be" in verified.stdout


@pytest.mark.faults
def test_what_is_new_is_published_after_a_rollback(rolled_back: tuple[Path, str, str]) -> None:
    folder, _, older = rolled_back
    small.write(folder, **{small.NORTH: small.table(32, 50)})
    done = small.caseload(folder, "run")
    assert done.code == 0, done.said
    assert which(folder) > older
    assert small.caseload(folder, "run").stdout.startswith(f"Nothing new. Published: {which(folder)}, from")
    assert "rolled back" not in small.caseload(folder, "status").stdout


@pytest.mark.faults
def test_force_publishes_anew_after_a_rollback(rolled_back: tuple[Path, str, str], known: Known) -> None:
    folder, newest, _ = rolled_back
    assert small.caseload(folder, "run", "--force").code == 0
    assert which(folder) > newest
    assert small.caseload(folder, "verify").code == 0


def test_a_rollback_can_be_undone(rolled_back: tuple[Path, str, str], known: Known) -> None:
    folder, newest, older = rolled_back
    listed = small.caseload(folder, "rollback", "--list").stdout
    assert [newest in listed, older in listed] == [True, True]
    assert small.caseload(folder, "rollback", newest).code == 0
    assert small.content(small.published(folder)) == known.new_content
    assert small.caseload(folder, "run").stdout.startswith(f"Nothing new. Published: {newest}, from")
    assert "rolled back" not in small.caseload(folder, "status").stdout
    assert kept(folder) == [older, newest]
    assert small.leftovers(folder) == []


def test_what_cannot_be_returned_to_is_told(new_folder: Path, tmp_path: Path) -> None:
    now, [older] = which(new_folder), kept(new_folder)
    before = small.bytes_of(small.published(new_folder))
    unknown = small.caseload(new_folder, "rollback", "20200101T000000Z-00000000")
    assert unknown.code == 1
    assert f"There is no publication '20200101T000000Z-00000000'. Kept: {older}." in unknown.stderr
    assert f"{now} is what is published." in small.caseload(new_folder, "rollback", now).stderr

    path = new_folder / "warehouse" / ".previous" / f"{older}.duckdb"
    whole = path.read_bytes()
    path.write_bytes(whole[:20000] + b"\xff" * (len(whole) - 20000))
    damaged = small.caseload(new_folder, "rollback", older)
    assert damaged.code == 1
    assert f"`{older}` is damaged: " in damaged.stderr
    assert "Nothing was changed." in damaged.stderr
    path.unlink()
    assert "no earlier publication" in small.caseload(new_folder, "rollback").stderr
    assert small.bytes_of(small.published(new_folder)) == before
    assert "Nothing is published yet" in small.caseload(tmp_path, "rollback", "--list").stdout


@pytest.mark.faults
@pytest.mark.timeout(1200)
def test_a_rollback_that_is_killed_leaves_one_or_the_other(
    tmp_path: Path, known: Known, new_folder: Path
) -> None:
    new = small.bytes_of(small.published(new_folder))
    moments = small.moments(small.copied(known.new, tmp_path / "counted"), "rollback")
    for at in range(len(moments)):
        folder = small.copied(known.new, tmp_path / f"killed_{at}")
        small.caseload(folder, "rollback", fault={"kind": "kill", "at": at})
        assert small.bytes_of(small.published(folder)) in (known.old_bytes, new), moments[at]
        is_old = small.bytes_of(small.published(folder)) == known.old_bytes
        assert small.caseload(folder, "run").stdout.startswith("Nothing new."), moments[at]
        assert (small.bytes_of(small.published(folder)) == known.old_bytes) == is_old, moments[at]
        assert small.leftovers(folder) == [], moments[at]
        small.removed(folder)
