"""``caseload trace``: from a figure back to the cell that it stands in."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from pipelines.commands import show_trace
from pipelines.takeaway import conditions, published
from pipelines.takeaway.published import Described
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
    assert (
        "3 rows of crime_type_shares fit. Add what tells them apart:\n"
        "  crime_type=child_exploitation_material  crime_type=deepfake  crime_type=illegal_recording\n"
        "For example crime_type="
    ) in done.stderr


def test_what_no_condition_names_is_the_total_and_is_told(first_run: Path) -> None:
    done = caseload(first_run, "trace", "arrest_trends", "measure=cases", "period=2024-11/2025-10")
    assert done.returncode == 0
    assert done.stderr == "Taken as crime_type=total, which no condition names.\n"
    assert "printed  '3,411'" in done.stdout
    assert caseload(first_run, "trace", *DEEPFAKE).stderr == ""


FIGURES = """
    create table arrest_trends as
    select * from (values
        ('east', 'cases', date '2020-01-01', date '2020-12-31', 'theft', 'total', 30),
        ('east', 'cases', date '2020-01-01', date '2020-12-31', 'theft', 'north', 10),
        ('east', 'cases', date '2020-01-01', date '2020-12-31', 'theft', 'south', 20),
        ('west', 'cases', date '2020-01-01', date '2020-12-31', 'theft', 'coast', 5),
        ('west', 'cases', date '2020-01-01', date '2020-12-31', 'theft', 'hills', null),
        ('west', 'cases', date '2021-01-01', date '2021-12-31', 'theft', 'hills', 7)
    ) as t (source, measure, period_start, period_end, crime_type, region, value);
    create view data_dictionary as
    select 'main' as schema_name, table_name as relation_name, column_name, column_index as column_number,
        data_type, 'text' as description
    from duckdb_columns() where table_name = 'arrest_trends'
"""


def meant(*words: str, sql: str = FIGURES) -> conditions.Meant | conditions.Candidates:
    with duckdb.connect() as connection:
        connection.execute(sql)
        return conditions.rows_meant(connection, Described("arrest_trends", "main", "", ""), list(words))


def test_a_region_that_is_not_given_is_the_total_where_there_is_one() -> None:
    found = meant("source=east")
    assert (found.row["region"], found.row["value"], found.taken) == ("total", 30, ["region=total"])
    assert meant("source=east", "region=north").taken == []


def test_where_there_is_no_total_the_regions_are_listed_as_conditions_to_add() -> None:
    found = meant("source=west", "period=2020")
    assert found.taken == []
    assert found.choices == {"region": ["region=coast", "region=hills"]}


def test_periods_are_told_apart_as_one_and_the_latest_comes_first() -> None:
    found = meant("source=west")
    assert found.choices["period"] == ["period=2021", "period=2020"]
    assert [row["period"] for row in found.rows] == ["2020", "2020", "2021"]


@pytest.mark.parametrize(
    ("start", "end", "condition"),
    [
        ("2022-01-01", "2022-12-31", "period=2022"),
        ("2022-04-01", "2022-06-30", "period=2022-04–2022-06"),
        ("2022-02-01", "2022-02-28", "period=2022-02"),
        ("2022-02-03", "2022-12-31", "period=2022-02-03–2022-12-31"),
    ],
    ids=["year", "quarter", "month", "window"],
)
def test_a_period_that_is_offered_is_a_condition(start: str, end: str, condition: str) -> None:
    more = f"; insert into arrest_trends values ('west', 'cases', '{start}', '{end}', 'theft', 'hills', 8)"
    assert condition in meant("region=hills", sql=FIGURES + more).choices["period"]
    assert meant("region=hills", condition, sql=FIGURES + more).row["value"] == 8


@pytest.mark.parametrize("words", [["source=east", "region=south"], ["source=west", "period=2021"]])
def test_a_row_that_conditions_single_out_is_taken_as_it_is(words: list[str]) -> None:
    assert isinstance(meant(*words), conditions.Meant)


def test_no_more_columns_are_listed_than_tell_rows_apart_and_no_sentence() -> None:
    more = "; alter table arrest_trends add column explanation varchar; update arrest_trends set " \
        "explanation = 'A long sentence about ' || value; alter table arrest_trends add column kind varchar; " \
        "update arrest_trends set kind = region"  # fmt: skip
    assert meant("source=west", sql=FIGURES + more).columns == ["period", "region"]


@pytest.mark.parametrize("width", [80, 120])
def test_candidates_fit_on_a_terminal_or_are_only_counted(
    first_run: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    with duckdb.connect(str(first_run / "warehouse/caseload.duckdb"), read_only=True) as connection:
        relation = published.relation_named(connection, "reconciliations")
        found = conditions.rows_meant(connection, relation, [])
    console = Console(width=width, file=io.StringIO(), stderr=True)
    monkeypatch.setattr(show_trace.show, "console", lambda stderr: console)
    show_trace._candidates(found)
    assert all(len(line.rstrip()) <= width for line in console.file.getvalue().splitlines())
    assert "…" not in console.file.getvalue().partition("… and ")[0]
    assert "explanation" not in found.columns


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
