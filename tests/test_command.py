"""The real command, end to end: what a user does, prints and gets."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from tests.command import CRIME_TYPES, NOI, ROOT, caseload, sql

YEARLY = "npa_cybercrime_yearly"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, first_run: Path) -> Path:
    """The folder of one undisturbed run on the first input; not to be written to."""
    return first_run


def test_the_figures_of_the_first_input_are_in_the_marts(published: Path) -> None:
    assert sql(
        published, "select crime_type, value, published_share_pct from crime_type_shares order by value desc"
    ) == [
        ("deepfake", 1553, 35.2),
        ("child_exploitation_material", 1513, 34.3),
        ("illegal_recording", 857, 19.4),
    ]
    assert sql(
        published,
        "select crime_type, age_band, value, published_share_pct from age_distributions order by 1 desc, 2",
    ) == [
        ("total", "10-19", 1761, 47.6),
        ("total", "20-29", 1228, 33.2),
        ("total", "30-39", 468, 12.7),
        ("total", "40-49", 169, 4.6),
        ("deepfake", "10-19", 895, 61.8),
        ("deepfake", "20-29", 438, 30.2),
    ]
    assert sql(
        published,
        "select measure, value, previous_value, published_change_pct from arrest_trends"
        " where crime_type = 'total' and period_start = '2024-11-01' and period_end = '2025-10-31' order by 1",
    ) == [
        ("cases", 3411, None, None),
        ("suspects", 3557, 2406, 47.8),
        ("suspects_detained", 221, None, None),
        ("takedown_requests", 36135, None, None),
        ("undercover_detained", 36, None, None),
        ("undercover_investigations", 256, 194, 32.0),
        ("undercover_suspects", 913, None, None),
        ("victim_support_referrals", 28356, None, None),
    ]


def test_the_contradictions_of_the_first_input_are_found(published: Path) -> None:
    found = sql(
        published,
        "select kind, verdict, published, recomputed_low, recomputed_high from reconciliations"
        " where kind in ('share_base', 'change') and (age_band = 'total') order by 1, 2, 3",
    )
    assert found == [
        ("change", "agrees", 32.0, pytest.approx(31.9587, abs=1e-4), pytest.approx(31.9587, abs=1e-4)),
        ("change", "agrees", 47.8, pytest.approx(47.8387, abs=1e-4), pytest.approx(47.8387, abs=1e-4)),
        ("share_base", "agrees", None, 1448, 1449),
        ("share_base", "contradicts", 3411, 4407, 4417),
        ("share_base", "contradicts", 3557, 3696, 3699),
    ]


def test_no_share_is_computed_on_a_contradicted_base(published: Path) -> None:
    assert sql(published, "select count(*) from crime_type_shares where share_pct is not null") == [(0,)]
    assert sql(published, "select distinct base_kind from crime_type_shares") == [("implied",)]


def test_a_second_run_with_nothing_new_does_nothing_and_says_so(published: Path) -> None:
    before = (published / "warehouse/caseload.duckdb").stat()
    started = time.monotonic()
    again = caseload(published, "run")
    took = time.monotonic() - started
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing new.")
    assert (published / "warehouse/caseload.duckdb").stat().st_mtime_ns == before.st_mtime_ns
    started = time.monotonic()
    subprocess.run([ROOT / ".venv/bin/dagster", "--version"], check=True, capture_output=True)
    assert took <= (time.monotonic() - started) * 1.5, "no longer than starting Dagster"


def test_touched_but_equal_files_are_nothing_new(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    (folder / "raw" / CRIME_TYPES).touch()
    assert caseload(folder, "run").stdout.startswith("Nothing new.")


def test_force_reads_every_export_again(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    forced = caseload(folder, "run", "--force")
    assert forced.returncode == 0
    assert "6 to read" in forced.stdout


def test_a_removed_export_leaves_the_next_publication(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    (folder / "raw" / CRIME_TYPES).unlink()
    assert caseload(folder, "run").returncode == 0
    assert sql(folder, "select count(*) from crime_type_shares") == [(0,)]
    assert sql(folder, "select count(*) from age_distributions") == [(6,)]


def test_a_file_that_was_cut_between_lines_is_told_by_the_figures_it_lost(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    path = folder / "raw" / CRIME_TYPES
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
    done = caseload(folder, "run")
    assert done.returncode == 1
    assert "2 figures that this file gave before are gone: cases, child_exploitation_material" in done.stdout
    assert sql(folder, "select count(*) from crime_type_shares") == [(3,)]


def test_two_releases_of_one_table_are_read_by_contract_alone(tmp_path: Path, copied_run) -> None:
    """Our own fixture in the shape of the yearly tables: UTF-8 and CP949, renamed headers."""
    folder = copied_run(tmp_path)
    fixtures = Path(__file__).parent / "fixtures" / YEARLY
    for name in ("연도별 사이버범죄_20191231.csv", "연도별 사이버 범죄_20200831.csv"):
        (folder / "raw" / YEARLY / name).write_bytes((fixtures / name).read_bytes())
    done = caseload(folder, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    totals = sql(
        folder,
        "select year(period_start), value, previous_value, value_origin from arrest_trends"
        f" where source = '{YEARLY}' and measure = 'cases' and crime_type = 'total' order by 1",
    )
    assert totals == [
        (2018, 60, None, "sum_of_parts"),
        (2019, 66, 60, "sum_of_parts"),
        (2020, 90, 66, "sum_of_parts"),
    ]
    assert sql(folder, f"select encoding from exports where source = '{YEARLY}' order by released_on") == [
        ("utf-8",),
        ("cp949",),
    ]
    assert sql(
        folder,
        f"select sum(share_pct) from crime_type_shares where source = '{YEARLY}' and measure = 'cases'"
        " and period_start = '2020-01-01'",
    ) == [(pytest.approx(100),)]


def test_status_tells_what_is_published_and_what_waits(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    assert "Up to date" in caseload(folder, "status").stdout
    path = folder / "raw" / CRIME_TYPES
    path.write_text(path.read_text().replace("857", "858"))
    waiting = caseload(folder, "status")
    assert waiting.returncode == 0
    assert f"{NOI}: 1 to read" in waiting.stdout


def test_check_validates_without_ingesting(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    outside = tmp_path / "crime_types_2025-12-16.csv"
    outside.write_text("crime_type,cases,share_pct\ndeepfake,many,35.2\n")
    done = caseload(folder, "check", "--source", NOI, str(outside))
    assert done.returncode == 1
    assert "row 2, column 'cases': 'many' is not a number" in done.stdout
    good = caseload(folder, "check", str(folder / "raw" / CRIME_TYPES))
    assert (good.returncode, "would be accepted" in good.stdout) == (0, True)
    assert caseload(folder, "status").stdout.count("Up to date") == 1


def test_query_prints_tables_csv_and_json(published: Path) -> None:
    query = "select crime_type, value from crime_type_shares order by value desc limit 2"
    expected = [("deepfake", 1553), ("child_exploitation_material", 1513)]
    as_json = json.loads(caseload(published, "query", query, "--format", "json").stdout)
    assert as_json == [{"crime_type": name, "value": value} for name, value in expected]
    as_csv = list(csv.DictReader(io.StringIO(caseload(published, "query", query, "-f", "csv").stdout)))
    assert [(row["crime_type"], int(row["value"])) for row in as_csv] == expected
    assert "1553" in caseload(published, "query", query).stdout


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "create table mine as select 1",
        "copy publication to 'stolen.csv'",
        "set enable_external_access = true",
        "attach 'other.duckdb'",
        "select no_such_column from publication",
    ],
)
def test_query_reads_the_warehouse_and_nothing_else(published: Path, statement: str) -> None:
    done = caseload(published, "query", statement)
    assert done.returncode == 2
    assert done.stderr


def test_csv_output_is_harmless_in_a_spreadsheet(published: Path) -> None:
    done = caseload(published, "query", "select '=cmd()' as a, -5 as b", "--format", "csv")
    assert done.stdout.splitlines() == ["a,b", "'=cmd(),-5"]


def test_the_published_file_is_of_a_version_that_duckdb_1_5_opens(published: Path) -> None:
    with duckdb.connect(str(published / "warehouse/caseload.duckdb"), read_only=True) as connection:
        [(tags,)] = connection.execute(
            "select tags from duckdb_databases() where database_name = current_database()"
        ).fetchall()
    assert "v1.5" in str(tags)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--source", "noi_cybersex_crackdwn"], "closest: 'noi_cybersex_crackdown'"),
        (["run", "--raw", "no/such/folder"], "There is no folder"),
        (["check", "no_such_file.csv"], "is not a file"),
        (["query"], "Missing argument"),
        (["fly"], "No such command"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(
    published: Path, arguments: list[str], said: str
) -> None:
    done = caseload(published, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_names_every_command() -> None:
    done = subprocess.run([ROOT / ".venv/bin/caseload", "--help"], capture_output=True, text=True, check=True)
    for command in ("run", "status", "check", "query", "dev"):
        assert command in done.stdout


def test_a_command_prints_nothing_that_it_did_not_mean_to(published: Path) -> None:
    """No warnings of libraries, no progress bars in files, no reports of leaks at exit."""
    for arguments in (["run"], ["status"], ["query", "select 1"]):
        assert caseload(published, *arguments).stderr == ""
