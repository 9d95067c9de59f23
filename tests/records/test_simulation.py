"""Made-up records: reproducible, in proportion, marked, and rejected exactly where they are spoilt."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts import contract
from pipelines.records.simulation import (
    DEFECTS,
    MANIFEST,
    Distributions,
    NothingToFollow,
    Plan,
    distributions,
    simulate,
)
from tests.command import NOI, caseload, sql

pytestmark = pytest.mark.whole

GIVEN = Distributions(
    source="somewhere",
    types=[
        {"code": "deepfake", "label_en": "Deepfake", "label_ko": "허위영상물", "value": 600},
        {"code": "own", "label_en": "Something of our own", "label_ko": "기타", "value": 200},
    ],
    ages=[
        {"code": "10-19", "age_low": 10, "age_high": 19, "value": 300},
        {"code": "60+", "age_low": 60, "age_high": None, "value": 100},
        {"code": "unknown", "age_low": None, "age_high": None, "value": 100},
    ],
    detained_per_million=250_000,
)


def made(folder: Path, **plan: object) -> Path:
    simulate(Plan(**({"rows": 3000, "months": 3, "out": folder} | plan)), GIVEN)  # type: ignore[arg-type]
    return folder


def manifest(folder: Path) -> dict:
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def test_the_same_seed_makes_the_same_files_and_another_does_not(tmp_path: Path) -> None:
    one, two = made(tmp_path / "1", bad=0.01), made(tmp_path / "2", bad=0.01)
    other = made(tmp_path / "3", bad=0.01, seed=2)

    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in two.iterdir())
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    assert (one / names[0]).read_bytes() != (other / names[0]).read_bytes()


def test_every_row_is_made_in_a_file_for_each_month(tmp_path: Path) -> None:
    folder = made(tmp_path / "simulated", rows=1001, months=14)

    assert sum(file["rows"] for file in manifest(folder)["files"]) == 1001
    lines = [len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in folder.glob("*.csv")]
    assert sum(lines) == 1001
    assert {path.name for path in folder.glob("*.csv")} >= {"simulated_2015-01.csv", "simulated_2016-02.csv"}


def test_types_and_ages_are_in_proportion_and_independent_of_each_other(tmp_path: Path) -> None:
    folder = made(tmp_path / "simulated", rows=60_000, months=1)
    rows = duckdb.sql(f"select * from read_csv('{folder}/*.csv')")
    count = 60_000

    def share(where: str) -> float:
        return len(rows.filter(where)) / count

    # Three standard deviations of a share of 60,000 are at most 0.006.
    assert share("crime_type = 'Deepfake'") == pytest.approx(0.75, abs=0.006)
    assert share("age between 10 and 19") == pytest.approx(0.6, abs=0.006)
    assert share("age >= 60") == pytest.approx(0.2, abs=0.006)
    assert share("age is null") == pytest.approx(0.2, abs=0.006)
    assert share("detained") == pytest.approx(0.25, abs=0.006)
    assert share("sex = 'F'") == pytest.approx(0.5, abs=0.007)
    assert share("crime_type = 'Deepfake' and age >= 60 and sex = 'F'") == pytest.approx(0.075, abs=0.004)


def test_everything_says_that_it_is_simulated(tmp_path: Path) -> None:
    source = contract.load(made(tmp_path / "simulated"))

    assert source.contract.is_simulated
    assert "made up" in source.contract.publisher
    [first, *_] = sorted(source.folder.glob("*.csv"))
    assert all(line.startswith("SIM") for line in first.read_text(encoding="utf-8").splitlines()[1:])


def test_a_folder_that_has_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        made(tmp_path)


def test_every_kind_of_defect_is_listed_with_its_line(tmp_path: Path) -> None:
    folder = made(tmp_path / "simulated", rows=30_000, months=2, bad=0.02)
    defects = manifest(folder)["defects"]

    assert len(defects) == 600
    assert Counter(defect["defect"] for defect in defects).keys() == DEFECTS.keys()


@pytest.fixture(scope="module")
def run(first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulated records of both encodings beside each other, made and read by the command."""
    folder = tmp_path_factory.mktemp("simulated")
    (folder / "raw").mkdir()
    published = ("--warehouse", str(first_run / "warehouse"))
    for name, more in (("english", ()), ("korean", ("--encoding", "cp949", "--seed", "7"))):
        done = caseload(
            folder, "simulate", "--rows", "20_000", "--months", "2", "--bad", "0.01",
            "--out", str(folder / "raw" / name), *more, *published,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"follow the types and ages of {NOI}" in " ".join(done.stdout.split())
    done = caseload(folder, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("source", ["english", "korean"])
def test_exactly_the_spoilt_rows_are_rejected(run: Path, source: str) -> None:
    spoilt = {(d["file"], d["line"]): d for d in manifest(run / "raw" / source)["defects"]}
    query = "select split_part(source_file, '/', 2), source_row, source_column from rejected_rows"
    rejected = sql(run, f"{query} where source = '{source}' and source_row is not null")

    assert {(file, line) for file, line, _ in rejected} == spoilt.keys()
    assert len(spoilt) == 200
    assert {(file, line): column for file, line, column in rejected} == {
        place: defect["column"] for place, defect in spoilt.items()
    }


def test_every_mart_says_that_its_figures_are_simulated(run: Path) -> None:
    for mart in ("crime_type_shares", "age_distributions", "arrest_trends"):
        assert sql(run, f"select distinct is_simulated from {mart}") == [(True,)]
    assert sql(run, "select source, is_simulated, kind from sources") == [
        ("english", True, "records"),
        ("korean", True, "records"),
    ]


def test_the_marts_follow_the_figures_that_were_published(run: Path, first_run: Path) -> None:
    query = "select crime_type, share_pct from crime_type_shares where measure = 'suspects'"
    simulated = sql(
        run, f"{query} and source = 'english' and region = 'total' and period_start = '2015-01-01'"
    )
    parts = "source = $1 and measure = 'cases' and period_start = '2024-11-01'".replace("$1", f"'{NOI}'")
    published = sql(
        first_run,
        f"select crime_type, 100.0 * value / sum(value) over () from crime_type_shares where {parts}",
    )
    for (code, share), (other, expected) in zip(sorted(simulated), sorted(published), strict=True):
        assert (code, share) == (other, pytest.approx(expected, abs=1.5))


def test_figures_that_do_not_add_up_say_so_and_are_in_no_sum(run: Path) -> None:
    additive = "select distinct measure, is_additive from crime_type_shares order by measure"
    assert sql(run, additive) == [("cases", False), ("suspects", True), ("suspects_detained", True)]
    assert sql(run, "select distinct measure from rolling_twelve_months where measure = 'cases'") == []
    query = "select distinct value_origin from arrest_trends where measure = 'cases'"
    assert sql(run, query) == [("counted",)]


def test_no_person_is_in_the_published_warehouse(run: Path) -> None:
    [first, *_] = sorted((run / "raw/english").glob("*.csv"))
    good = first.read_text(encoding="utf-8", errors="replace").splitlines()[1].split(",")
    content = (run / "warehouse/caseload.duckdb").read_bytes()
    for cell in (good[0], good[1], good[-1]):
        assert cell.encode() not in content
    raw = "select distinct raw_row from rejected_rows where source_row is not null"
    assert sql(run, raw) == [("kept in the store; records are not published",)]


def test_there_must_be_figures_to_follow(tmp_path: Path, run: Path) -> None:
    with pytest.raises(NothingToFollow):
        distributions(run / "warehouse/caseload.duckdb", None)
    (tmp_path / "raw").mkdir()
    done = caseload(tmp_path, "simulate", "--rows", "1", "--months", "1", "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "`caseload run` first" in done.stderr
