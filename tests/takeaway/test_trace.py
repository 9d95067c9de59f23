"""``caseload trace``: from a figure back to the cell that it stands in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import CRIME_TYPES, NOI, caseload

DEEPFAKE = ("crime_type_shares", "crime_type=deepfake", "measure=cases")


def test_a_share_is_traced_to_its_cell_its_file_its_base_and_its_contradictions(first_run: Path) -> None:
    done = caseload(first_run, "trace", *DEEPFAKE)
    assert done.returncode == 0
    for said in (
        "Cases, Deepfake sexual content: 2024-11–2025-10",
        "National Office of Investigation, Korean National Police Agency",
        f"file     {CRIME_TYPES}",
        "row      2",
        "printed  '1,553'",
        "share    '35.2' percent, as printed",
        "release of 2025-11-16",
        "implied: The printed shares fit on a base",
        "4,407 to 4,417",
        "the printed total is 3,411, so they are not shares of it",
    ):
        assert said in done.stdout


def test_the_same_as_json_and_as_sql(first_run: Path) -> None:
    done = caseload(first_run, "trace", *DEEPFAKE, "--format", "json")
    [number] = json.loads(done.stdout)["numbers"]
    assert number["printed"]["text"] == "1,553"
    asked = "select source_file, source_row, sha256 from trace_of(" \
        f"'{NOI}', 'cases', '2024-11-01', '2025-10-31', of_crime_type := 'deepfake')"  # fmt: skip
    [row] = json.loads(caseload(first_run, "query", asked, "--format", "json").stdout)
    assert row == {name: number["row"][name] for name in ("source_file", "source_row", "sha256")}


@pytest.mark.parametrize("period", ["2024-11/2025-10", "2024-11–2025-10", "2024-11-01/2025-10-31"])
def test_a_period_is_written_as_everywhere(first_run: Path, period: str) -> None:
    done = caseload(first_run, "trace", "arrest_trends", "measure=suspects", f"period={period}")
    assert done.returncode == 0
    assert "printed  '3,557'" in done.stdout
    assert "3,557 after 2,406 is +47.84%; printed is +47.8%." in done.stdout


def test_several_rows_are_listed_with_what_tells_them_apart(first_run: Path) -> None:
    done = caseload(first_run, "trace", "crime_type_shares")
    assert done.returncode == 2
    assert "illegal_recording" in done.stderr
    assert "3 rows of crime_type_shares fit. Say more, e.g. crime_type=" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["measure=suspect"], "No row of arrest_trends has measure=suspect; closest: 'suspects'."),
        (["period=2020"], "period is one of: 2023-11–2024-10, 2024-11–2025-10."),
        (["measure=cases", "period=2023-11/2024-10"], "Without period=2023-11/2024-10 there are some"),
        # Of the measure that is asked for: of others there is an earlier period, too.
        (["measure=cases", "period=2020"], "period is one of: 2024-11–2025-10."),
        (["mesure=cases"], "closest: 'measure'"),
        (["measure"], "is no condition: write column=value"),
        (["period=yesterday"], "is not a day, a month"),
        (["value=1 or 1=1"], "No row of arrest_trends has value=1 or 1=1"),
    ],
)
def test_what_fits_nothing_says_which_condition_excludes_it(
    first_run: Path, words: list[str], said: str
) -> None:
    done = caseload(first_run, "trace", "arrest_trends", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_relation_without_figures_has_none_to_trace(first_run: Path) -> None:
    done = caseload(first_run, "trace", "sources", f"source={NOI}")
    assert done.returncode == 2
    assert "is about no single figure" in done.stderr


def test_a_file_that_changed_or_went_away_is_told(copied_run: Callable[[Path], Path], tmp_path: Path) -> None:
    run = copied_run(tmp_path)
    file = run / "raw" / CRIME_TYPES
    file.write_text(file.read_text(encoding="utf-8").replace("1,553", "9,553"), encoding="utf-8")
    assert "the file has other content by now" in caseload(run, "trace", *DEEPFAKE).stdout
    file.unlink()
    assert "the file is not below" in caseload(run, "trace", *DEEPFAKE).stdout
    shutil.rmtree(run / "raw")
    gone = caseload(run, "trace", *DEEPFAKE)
    assert gone.returncode == 0
    assert "--raw names another folder" in gone.stdout
    assert "SHA-256" in gone.stdout
