"""`caseload accept`: on record, of what was read, and of nothing that is broken."""

from __future__ import annotations

import datetime as dt
import getpass

import pytest

from pipelines.commands import accept as command
from pipelines.commands.freshness import GOOD, USAGE
from pipelines.common.paths import Places
from pipelines.contracts import corrections
from pipelines.quality.expectations import Validator
from tests.series import Series

A, B = "a_20240131", "b_20250131"
PLAIN = {2021: {"x": 1000, "y": 200}, 2022: {"x": 1100, "y": 210}}
CUT = {2022: {"x": 9000, "y": 210}, 2023: {"x": 1, "y": 2}}
"""Leaves 2021 out and restates 2022."""


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    return Validator(tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    return tmp_path_factory.mktemp("readings")


@pytest.fixture
def series(tmp_path, validator, readings):
    series = Series(Places(tmp_path / "raw", tmp_path / "warehouse"), validator).says().share(readings)
    series.put(**{A: PLAIN, B: CUT}).ingest()
    return series


@pytest.fixture
def accept(series, capsys):
    """A function: a file and by whom → the exit code, and what was printed."""

    def accept(file: str = f"series/{B}.csv", by: str | None = "A. Analyst") -> tuple[int, str]:
        code = command.accept(series.places, [series.source], file, "see the press release", by)
        printed = capsys.readouterr()
        assert bool(printed.err) is (code != GOOD)
        return code, printed.out + printed.err

    return accept


def recorded(series: Series) -> list[corrections.Acceptance]:
    return list(series.source.acceptances.entries)


def test_what_holds_a_release_back_is_accepted_on_record(series, accept):
    code, printed = accept()
    assert code == GOOD
    [entry] = recorded(series)
    assert (entry.file, entry.findings) == (f"series/{B}.csv", ["left_out", "restated"])
    assert (entry.reason, entry.by, entry.on) == ("see the press release", "A. Analyst", dt.date.today())
    assert [said.split(" against")[0].split(",")[0] for said in entry.found] == [
        "leaves out 2021",
        "restates cases of 2022 by 603%",
    ]
    assert all(said in printed for said in entry.found)
    assert f"Accepted by A. Analyst for `series/{B}.csv`" in printed
    assert "Next: caseload run" in printed


def test_what_was_accepted_is_published_by_the_next_run(series, accept):
    accept()
    assert series.refused()[f"{B}.csv"] == ["left_out", "restated"]
    series.ingest()
    assert series.refused()[f"{B}.csv"] == []
    assert (f"{B}.csv", 2022, "x", 9000) in series.published()


@pytest.mark.parametrize(
    "named",
    [
        "{folder}/{file}",
        "{file}",
        "./{file}",
        "series/{file}",
    ],
)
def test_a_file_is_named_by_its_address_or_by_its_path(series, accept, monkeypatch, named):
    monkeypatch.chdir(series.folder)
    assert accept(named.format(folder=series.folder, file=f"{B}.csv"))[0] == GOOD
    assert [entry.file for entry in recorded(series)] == [f"series/{B}.csv"]


def test_whoever_is_at_work_accepts_if_nobody_is_named(series, accept):
    accept(by=None)
    assert recorded(series)[0].by == getpass.getuser()


def test_what_was_accepted_and_published_needs_no_more(series, accept):
    accept()
    series.ingest()
    assert accept() == (USAGE, f"Nothing holds `series/{B}.csv` back.\n")


def test_another_content_needs_another_look(series, accept):
    accept()
    series.put(**{B: CUT | {2024: {"x": 1}}})
    code, printed = accept()
    assert (code, printed) == (USAGE, f"`series/{B}.csv` was not read as it is now: `caseload run` first.\n")
    series.ingest()
    assert "left_out" in series.refused()[f"{B}.csv"]
    assert accept()[0] == GOOD
    assert len({entry.sha256 for entry in recorded(series)}) == 2


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (f"series/{A}.csv", f"Nothing holds `series/{A}.csv` back."),
        ("series/b_20250132.csv", f"There is no export `series/b_20250132.csv`; closest: 'series/{B}.csv'."),
        ("nobody/a.csv", "`nobody/a.csv` is in no source's folder below"),
        ("", "`` is in no source's folder below"),
        ("series", "There is no export `series`"),
    ],
)
def test_what_cannot_be_accepted_is_said_and_nothing_is_recorded(series, accept, file, said):
    code, printed = accept(file)
    assert code == USAGE
    assert said in printed
    assert not (series.folder / "accepted.yaml").exists()


def test_an_export_that_was_never_read_cannot_be_accepted(series, accept):
    series.put(c_20260131=PLAIN | {2023: {"x": 1}})
    assert accept("series/c_20260131.csv") == (
        USAGE,
        "`series/c_20260131.csv` was not read as it is now: `caseload run` first.\n",
    )


def test_an_export_that_is_broken_cannot_be_accepted(series, accept):
    series.put(**{B: "year,type,n\n2021,x,many\n"}).ingest()
    code, printed = accept()
    assert code == USAGE
    assert f"`series/{B}.csv` has other problems (number), which cannot be accepted" in printed


def test_what_two_files_contradict_each_other_about_cannot_be_accepted(series, accept):
    series.put(a2_20240131={2021: {"x": 5}}).ingest()
    code, printed = accept(f"series/{A}.csv")
    other = accept("series/a2_20240131.csv")
    assert USAGE in (code, other[0])
    assert "has other problems (conflict), which cannot be accepted" in printed + other[1]


def test_what_is_accepted_is_a_rule_whatever_more_it_finds(series, accept):
    accept()
    series.put(**{A: PLAIN | {2023: {"x": 1, "y": 3000, "z": 7}}}).ingest()
    assert series.refused()[f"{B}.csv"] == []


def test_what_another_rule_finds_later_is_not_accepted_with_it(series, accept):
    series.put(**{B: {2022: PLAIN[2022], 2023: {"x": 1, "y": "-"}}}).ingest()
    assert accept()[0] == GOOD
    series.put(**{A: PLAIN | {2023: {"x": 1, "y": 3000}}}).ingest()
    assert series.refused()[f"{B}.csv"] == ["emptied"]
    assert accept()[0] == GOOD
    assert [entry.findings for entry in recorded(series)] == [["left_out"], ["emptied"]]


def test_accepting_twice_is_accepting_once(series, accept):
    accept()
    assert accept() == (USAGE, f"`series/{B}.csv` is accepted already: `caseload run` takes it in.\n")
    assert len(recorded(series)) == 1
    series.ingest()
    assert series.refused()[f"{B}.csv"] == []
