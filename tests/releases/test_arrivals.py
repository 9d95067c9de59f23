"""Which editions have arrived, and whether their files rest."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipelines.common.files import listing
from pipelines.releases.arrivals import Look, arrivals, look
from pipelines.releases.editions import standing
from pipelines.releases.store import Store

CONTRACT = (
    "period: '2024'\ncolumns: {n: {value: count, measure: cases}}\n"
    "tables: {t: {files: 'n_(?P<released_on>\\d{4}-\\d\\d-\\d\\d).csv'}}\n"
)


def test_a_folder_that_cannot_be_listed_is_seen_as_such_and_the_others_are_looked_at(tmp_path, monkeypatch):
    for name in ("a", "private", "z"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text("x")
    real = os.scandir

    def scandir(path):
        if str(path).endswith("private"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path)

    before = list(listing(str(tmp_path)))
    monkeypatch.setattr(os, "scandir", scandir)
    assert [line.partition(" ")[0] for line in listing(str(tmp_path))] == [
        str(tmp_path / "a/x.csv"), str(tmp_path / "private"), str(tmp_path / "z/x.csv"),
    ]  # fmt: skip
    assert list(listing(str(tmp_path))) != before


def test_a_folder_rests_when_two_looks_so_far_apart_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    first = look(tmp_path, None, now=100)
    again = look(tmp_path, first, now=108)
    assert again == first
    assert not again.is_settled(10, now=109)
    assert again.is_settled(10, now=110)
    (tmp_path / "a.csv").write_text("12")
    changed = look(tmp_path, again, now=120)
    assert changed.since == 120
    assert not changed.is_settled(10, now=121)


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1")
    first = look(tmp_path, None, now=100)
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_text("2")
    os.utime(path, ns=times)
    assert look(tmp_path, first, now=120).since == 120


def test_a_clock_that_is_put_back_makes_nobody_wait_until_it_is_as_late_again(tmp_path: Path) -> None:
    first = look(tmp_path, None, now=10_000)
    again = look(tmp_path, first, now=6_400)
    assert again.since == 6_400
    assert look(tmp_path, again, now=6_410).is_settled(10, now=6_410)


def test_a_folder_that_is_gone_is_one_more_that_has_changed(tmp_path: Path) -> None:
    first = look(tmp_path / "gone", None, now=100)
    assert look(tmp_path / "gone", first, now=120) == first
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone/a.csv").write_text("1")
    assert look(tmp_path / "gone", first, now=120).since == 120


@pytest.mark.parametrize("text", [None, "", "2026", "[1]", '{"held": "x"}', "{"])
def test_a_cursor_that_is_none_of_ours_begins_anew(text: str | None) -> None:
    assert Look.from_json(text) is None


def test_a_look_outlives_a_restart() -> None:
    assert Look.from_json(Look("x", 3.5).to_json()) == Look("x", 3.5)


@pytest.mark.parametrize(
    ("known", "together"),
    [
        (["2024-01-01", "2024-02-01", "2024-03-01"], [("2024-01-01", "2024-02-01", "2024-03-01")]),
        (
            ["2024-01-01", "2023-12-01", "2024-02-01", "2024-03-01"],
            [("2024-01-01",), ("2024-02-01", "2024-03-01")],
        ),
        (["2024-03-01", "2024-01-01", "2024-02-01"], [("2024-03-01", "2024-01-01", "2024-02-01")]),
    ],
)
def test_neighbours_are_read_together_and_nothing_else_with_them(
    source_of, tmp_path: Path, known: list[str], together: list[tuple[str, ...]]
) -> None:
    source = source_of(CONTRACT)
    for edition in ("2024-01-01", "2024-02-01", "2024-03-01"):
        (source.folder / f"n_{edition}.csv").write_text("n\n1\n")
    store = Store(tmp_path / "store")
    found = arrivals(standing(source, store), known, store)
    assert [arrival.editions for arrival in found] == together
    assert len({arrival.key for arrival in found}) == len(found)


def test_the_same_exports_have_the_same_key_and_others_another(source_of, tmp_path: Path) -> None:
    source, store = source_of(CONTRACT), Store(tmp_path / "store")

    def key() -> str:
        [arrival] = arrivals(standing(source, Store(tmp_path / "store")), ["2024-01-01"], store)
        return arrival.key

    export = source.folder / "n_2024-01-01.csv"
    export.write_text("n\n1\n")
    first = key()
    assert key() == first
    export.write_text("n\n2\n")
    assert key() != first
    export.write_text("n\n1\n")
    assert key() == first
    (tmp_path / "store/salt").unlink()
    assert key() != first  # what was read is gone with the store: it is to be read again
