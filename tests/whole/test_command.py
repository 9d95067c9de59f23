"""The real command, end to end: what a user does, prints and gets."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import pytest

from tests.command import CRIME_TYPES, FIXTURES, NOI, ROOT, SCRIPT, caseload, environment, sql, started

pytestmark = pytest.mark.whole

YEARLY = "npa_cybercrime_yearly"
HEADLINE, UNDERCOVER = f"{NOI}/headline_2025-11-16.csv", f"{NOI}/undercover_2025-11-16.csv"


@pytest.fixture(scope="module")
def published(first_run: Path) -> Path:
    """The folder of one undisturbed run on the first input; not to be written to."""
    return first_run


@dataclass(frozen=True)
class Changed:
    """A second run on changed files, with ``--force``, and what was said after it."""

    folder: Path
    run: CompletedProcess[str]
    status: CompletedProcess[str]
    accepted: CompletedProcess[str]
    waiting: CompletedProcess[str]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, copied_run: Callable[[Path], Path]) -> Changed:
    """An export is cut between lines, one has a blank for a number, one is gone, two are new."""
    folder = copied_run(tmp_path_factory.mktemp("changed"))
    cut, emptied = folder / "raw" / CRIME_TYPES, folder / "raw" / HEADLINE
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[:2]))
    emptied.write_text(emptied.read_text().replace(",221,", ",,"))
    (folder / "raw" / UNDERCOVER).unlink()
    for release in (FIXTURES / YEARLY).glob("*.csv"):
        shutil.copy(release, folder / "raw" / YEARLY)
    run = caseload(folder, "run", "--force")
    status = caseload(folder, "status")
    accepted = caseload(folder, "accept", str(cut), "--reason", "withdrawn by the publisher", "--by", "me")
    return Changed(folder, run, status, accepted, caseload(folder, "status"))


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
    begun = time.monotonic()
    again = started(published, "run")
    took = time.monotonic() - begun
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing new.")
    assert (published / "warehouse/caseload.duckdb").stat().st_mtime_ns == before.st_mtime_ns
    begun = time.monotonic()
    subprocess.run([ROOT / ".venv/bin/dagster", "--version"], check=True, capture_output=True)
    assert took <= (time.monotonic() - begun) * 1.5, "no longer than starting Dagster"


def test_touched_but_equal_files_are_nothing_new(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    (folder / "raw" / CRIME_TYPES).touch()
    assert caseload(folder, "run").stdout.startswith("Nothing new.")


def test_force_reads_every_export_again(changed: Changed) -> None:
    assert changed.run.stdout.startswith("7 exports in 2 sources: 7 to read, 1 gone.")


def test_a_removed_export_leaves_the_next_publication(changed: Changed) -> None:
    undercover = "select count(*) from arrest_trends where measure = 'undercover_investigations'"
    assert sql(changed.folder, undercover) == [(0,)]
    assert sql(changed.folder, "select count(*) from age_distributions") == [(6,)]


def test_a_file_that_was_cut_between_lines_is_told_by_the_figures_it_lost(changed: Changed) -> None:
    assert changed.run.returncode == 1
    said = "no longer gives 2 figures that it gave before: cases, child_exploitation_material"
    assert said in changed.run.stdout
    noi = f"select count(*) from crime_type_shares where source = '{NOI}'"
    assert sql(changed.folder, noi) == [(3,)]


def test_a_file_that_has_a_blank_for_a_number_it_gave_before_is_held_back(changed: Changed) -> None:
    detained = "select value from arrest_trends where measure = 'suspects_detained'"
    assert sql(changed.folder, detained) == [(221,)]


def test_two_releases_of_one_table_are_read_by_contract_alone(changed: Changed) -> None:
    """Our own fixture in the shape of the yearly tables: UTF-8 and CP949, renamed headers."""
    totals = sql(
        changed.folder,
        "select year(period_start), value, previous_value, value_origin from arrest_trends"
        f" where source = '{YEARLY}' and measure = 'cases' and crime_type = 'total' order by 1",
    )
    assert totals == [
        (2018, 60, None, "sum_of_parts"),
        (2019, 66, 60, "sum_of_parts"),
        (2020, 90, 66, "sum_of_parts"),
    ]
    assert sql(
        changed.folder, f"select encoding from exports where source = '{YEARLY}' order by released_on"
    ) == [("utf-8",), ("cp949",)]
    assert sql(
        changed.folder,
        f"select sum(share_pct) from crime_type_shares where source = '{YEARLY}' and measure = 'cases'"
        " and period_start = '2020-01-01'",
    ) == [(pytest.approx(100),)]


def test_status_lists_what_is_held_back_with_the_command_that_accepts_it(changed: Changed) -> None:
    assert changed.status.returncode == 1
    assert "Up to date" in changed.status.stdout
    assert f"`{CRIME_TYPES}`: no longer gives 2 figures that it gave before" in changed.status.stdout
    assert f"`caseload accept '{CRIME_TYPES}' --reason …`" in changed.status.stdout


def test_accept_records_who_lets_an_export_in_and_why(changed: Changed) -> None:
    assert changed.accepted.returncode == 0
    assert f"Accepted by me for `{CRIME_TYPES}`" in changed.accepted.stdout
    assert "no longer gives 2 figures that it gave before" in changed.accepted.stdout
    record = changed.folder / "raw" / NOI / "accepted.yaml"
    assert str(record) in changed.accepted.stdout
    assert "reason: withdrawn by the publisher" in record.read_text(encoding="utf-8")


def test_what_was_accepted_waits_for_the_next_run(changed: Changed) -> None:
    assert f"Waiting for `caseload run`: {NOI}: 1 to read\n  {CRIME_TYPES}\n" in changed.waiting.stdout


def test_status_tells_what_is_published_and_what_waits(tmp_path: Path, copied_run) -> None:
    folder = copied_run(tmp_path)
    assert "Up to date" in caseload(folder, "status").stdout
    path = folder / "raw" / CRIME_TYPES
    path.write_text(path.read_text().replace("857", "858"))
    waiting = caseload(folder, "status")
    assert waiting.returncode == 0
    assert f"{NOI}: 1 to read" in waiting.stdout


def test_check_validates_without_ingesting(tmp_path: Path, published: Path) -> None:
    outside = tmp_path / "crime_types_2025-12-16.csv"
    outside.write_text("crime_type,cases,share_pct\ndeepfake,many,35.2\n")
    inside = published / "raw" / CRIME_TYPES
    done = caseload(published, "check", "--source", NOI, str(outside), str(inside))
    assert done.returncode == 1
    assert "row 2, column 'cases': 'many' is not a number" in done.stdout
    assert f"{CRIME_TYPES}: would be accepted" in done.stdout
    assert caseload(published, "status").stdout.count("Up to date") == 1


def test_query_prints_tables_csv_and_json(published: Path) -> None:
    query = "select crime_type, value from crime_type_shares order by value desc limit 2"
    expected = [("deepfake", 1553), ("child_exploitation_material", 1513)]
    as_json = json.loads(caseload(published, "query", query, "--format", "json").stdout)
    assert as_json == [{"crime_type": name, "value": value} for name, value in expected]
    as_csv = list(csv.DictReader(io.StringIO(caseload(published, "query", query, "-f", "csv").stdout)))
    assert [(row["crime_type"], int(row["value"])) for row in as_csv] == expected
    assert "1553" in caseload(published, "query", query).stdout


@pytest.mark.parametrize("comment", ["-- A question?\n", "--a question, more = less\n", "-- one\n-- two\n"])
def test_a_query_may_begin_with_a_comment(published: Path, comment: str) -> None:
    for separator in ([], ["--"]):
        done = caseload(published, "query", "--format", "csv", *separator, f"{comment}select 7 as n")
        assert (done.returncode, done.stdout) == (0, "n\n7\n"), done.stderr
    done = caseload(published, "query", f"{comment}select 7 as n", "--format", "json")
    assert json.loads(done.stdout) == [{"n": 7}]


def test_an_option_that_there_is_not_is_still_told(published: Path) -> None:
    done = caseload(published, "query", "--fromat", "csv", "select 1")
    assert done.returncode == 2
    assert "No such option: --fromat" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "select * from range(200000)", "--format", "csv"],
        ["query", "select * from range(200000)", "--format", "json"],
        ["query", "select 1"],
        ["query", "--examples"],
        ["describe"],
    ],
)
def test_output_that_nobody_reads_ends_the_command_quietly(published: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [SCRIPT, *arguments], stdout=writing, stderr=subprocess.PIPE, env=environment(published),
        cwd=published, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_query_prints_what_is_too_wide_for_a_table_a_column_a_line(published: Path) -> None:
    done = caseload(published, "query", "from crime_type_shares where crime_type = 'deepfake'")
    assert done.stdout.startswith("row 1 ─")
    assert "\nvalue                1553" in done.stdout
    assert "\nsource_file          noi_cybersex_crackdown/crime_types_2025-11-16.csv" in done.stdout
    for several in ("", "select 1; select 2"):
        refused = caseload(published, "query", several)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "Give one statement, not " in refused.stderr
    empty = caseload(published, "query", "select source, value from crime_type_shares where false")
    assert empty.stdout == "No rows. Columns: source, value\n"


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
        (["query"], "Say which query"),
        (["accept", "--reason", "it is right"], "Missing argument"),
        (["accept", CRIME_TYPES], "Missing option '--reason'"),
        (["accept", CRIME_TYPES, "--reason", " "], "Say why"),
        (["accept", CRIME_TYPES, "--reason", "it is right"], "Nothing holds"),
        (["accept", f"{NOI}/crime_type.csv", "--reason", "it is right"], f"closest: '{CRIME_TYPES}'"),
        (["accept", "no_such_file.csv", "--reason", "it is right"], "is in no source's folder"),
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
    done = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True)
    for command in ("run", "status", "check", "accept", "rollback", "verify", "query", "dev"):
        assert command in done.stdout


def test_a_command_prints_nothing_that_it_did_not_mean_to(published: Path) -> None:
    """No warnings of libraries, no progress bars in files, no reports of leaks at exit."""
    for arguments in (["run"], ["status"], ["query", "select 1"]):
        assert started(published, *arguments).stderr == ""


def test_status_says_when_the_next_edition_is_due(published: Path) -> None:
    said = caseload(published, "status").stdout
    [line] = [line for line in said.splitlines() if "2026-10-31" in line and NOI in line]
    assert "2026-11-16" in line
    assert "2026-11-30" in line
    found = sql(
        published, "select next_period_end, next_due_on, next_late_after from sources order by source"
    )
    assert found == [
        (dt.date(2026, 10, 31), dt.date(2026, 11, 16), dt.date(2026, 11, 30)),
        (None, None, None),
    ]


def test_a_source_says_how_to_cite_it_and_what_it_covers(published: Path) -> None:
    query = (
        f"select citation, releases, exports, observations, covers_from from sources where source = '{NOI}'"
    )
    [(citation, *figures, covers_from)] = sql(published, query)
    assert citation.startswith("National Office of Investigation, Korean National Police Agency: Crackdown")
    assert citation.endswith("Release of 2025-11-16.")
    assert figures == [1, 6, 19]
    assert str(covers_from) == "2023-11-01"
