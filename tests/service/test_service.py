"""The service as it is deployed, on real Postgres: a file is dropped, and analysts see it.

These tests go through one after another on the same service; `make test-service` runs them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command import NOI, ROOT
from tests.service.conftest import Service, wait_for

pytestmark = [pytest.mark.service, pytest.mark.timeout(3600)]
PATIENCE_S = 600
"""A machine that does other work too is slow; one at rest takes a tenth of it."""


def publication(service: Service) -> tuple[str, int]:
    with duckdb.connect(str(service.published), read_only=True) as connection:
        [found] = connection.execute("select publication_id, exports_published from publication").fetchall()
        return found


def graphql(service: Service, query: str) -> Any:
    asked = urllib.request.Request(
        f"{service.address}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)["data"]


def runs(service: Service) -> list[tuple[str, str]]:
    """Job and status of every run, the first one first."""
    found = graphql(service, "{ runsOrError { ... on Runs { results { jobName status } } } }")
    return [(run["jobName"], run["status"]) for run in reversed(found["runsOrError"]["results"])]


def builds(service: Service) -> int:
    """How many runs have built, or are to build."""
    return [job for job, _ in runs(service)].count("__ASSET_JOB")


def is_under_way(service: Service) -> bool:
    """Whether the newest run has begun and not ended."""
    return runs(service)[-1][1] in ("STARTING", "STARTED")


def sensors(service: Service) -> list[dict[str, str]]:
    selector = '{repositoryLocationName: "caseload", repositoryName: "__repository__"}'
    asked = (
        f"{{ sensorsOrError(repositorySelector: {selector}) {{ ... on Sensors {{ results {{ name }} }} }} }}"
    )
    return graphql(service, asked)["sensorsOrError"]["results"]


def drop(service: Service, release: str, change: tuple[str, str] = ("", "")) -> None:
    for path in (ROOT / "raw" / NOI).glob("*.csv"):
        target = service.raw / path.name.replace("2025-11-16", release)
        target.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")


def rest(service: Service) -> list[tuple[str, str]]:
    """The runs, once none is under way and none has come for some time."""
    seen: list[list[tuple[str, str]]] = [[], [("", "")]]

    def quiet() -> bool:
        seen.append(runs(service))
        recent = seen[-12:]
        return (
            len(recent) == 12
            and all(r == seen[-1] for r in recent)
            and all(status in ("SUCCESS", "FAILURE", "CANCELED") for _, status in seen[-1])
        )

    wait_for(quiet, PATIENCE_S, "the service to rest")
    return seen[-1]


def test_exports_that_are_dropped_are_published_by_one_run_of_each_kind(service: Service) -> None:
    drop(service, "2025-11-16")
    wait_for(
        lambda: service.published.is_file() and publication(service)[1] == 6, PATIENCE_S, "a publication"
    )
    assert sorted(rest(service)) == [("__ASSET_JOB", "SUCCESS"), (f"ingest_{NOI}", "SUCCESS")]


def test_the_history_is_in_postgres(service: Service) -> None:
    import psycopg2

    with (
        psycopg2.connect(service.postgres.url.replace("+psycopg2", "")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select count(*) from runs")
        assert cursor.fetchone() == (2,)


def test_the_command_line_uses_the_same_history_and_finds_nothing_new(service: Service) -> None:
    done = subprocess.run(
        [ROOT / ".venv/bin/caseload", "run"],
        env=service.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing new" in done.stdout
    assert len(runs(service)) == 2


def test_dagsters_pages_show_the_assets(service: Service, chromium: str, tmp_path: Path) -> None:
    shot = os.environ.get("CASELOAD_SCREENSHOTS")
    for page, words in (
        ("assets", ["crime_type_shares", "age_distributions", "arrest_trends"]),
        ("automation", [f"arrivals_{NOI}", "publication", "beside_exports"]),
    ):
        switches = [
            "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--window-size=1400,2600",
            f"--user-data-dir={tmp_path / page}", *([f"--screenshot={shot}/{page}.png"] if shot else ["--dump-dom"]),
        ]  # fmt: skip
        seen = subprocess.run(
            [chromium, *switches, f"{service.address}/{page}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        if not shot:
            assert [word for word in words if word not in seen.stdout] == []


def test_a_bad_export_is_told_and_the_last_good_figures_stay(service: Service, alerts: list) -> None:
    before = publication(service)
    path = service.raw / "crime_types_2025-11-16.csv"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace('"1,553"', "-1"), encoding="utf-8")
    wait_for(lambda: [a for a in alerts if "Quarantined exports" in a["text"]], PATIENCE_S, "an alert")
    [alert] = [a for a in alerts if "Quarantined exports" in a["text"]]
    assert "a count cannot be negative" in alert["text"]
    wait_for(lambda: builds(service) == 2, PATIENCE_S, "the build that follows")
    rest(service)
    assert publication(service)[1] == before[1]
    path.write_text(good, encoding="utf-8")
    wait_for(lambda: builds(service) == 3, PATIENCE_S, "the build after it is good again")
    rest(service)


def test_a_daemon_that_is_killed_goes_on_where_it_was(service: Service) -> None:
    before = runs(service)
    service.kill("daemon")
    drop(service, "2025-12-16")
    service.start("daemon")
    wait_for(lambda: publication(service)[1] == 12, PATIENCE_S, "a publication")
    assert rest(service)[len(before) :] == [(f"ingest_{NOI}", "SUCCESS"), ("__ASSET_JOB", "SUCCESS")]


def test_a_code_server_that_is_killed_in_a_run_does_not_lose_it(service: Service) -> None:
    drop(service, "2026-01-16")

    wait_for(lambda: is_under_way(service), PATIENCE_S, "a run")
    service.kill("code")
    with duckdb.connect(str(service.published), read_only=True) as connection:
        assert connection.execute("select count(*) from exports").fetchall() == [(12,)]
    service.start("code")
    wait_for(lambda: publication(service)[1] == 18, 2 * PATIENCE_S, "a publication")


def test_a_database_that_is_killed_in_a_run_delays_it(service: Service) -> None:
    rest(service)
    before = publication(service)
    drop(service, "2026-03-16")

    wait_for(lambda: is_under_way(service), PATIENCE_S, "a run")
    service.postgres.kill()
    assert publication(service) == before
    service.postgres.start()
    wait_for(lambda: publication(service)[1] == before[1] + 6, 2 * PATIENCE_S, "a publication")


CONTRACT = """\
title: Thefts by year
publisher: A publisher
licence: none
files: 'thefts_(?P<released_on>\\d{8}).csv'
kind: table
set: {measure: cases, crime_type: deepfake}
columns:
  year: {period: year}
  count: {value: count}
totals: none
"""


def sources(service: Service) -> set[str]:
    with duckdb.connect(str(service.published), read_only=True) as connection:
        return {name for (name,) in connection.execute("select distinct source from observation").fetchall()}


def new_source(service: Service, name: str, contract: str = CONTRACT) -> Path:
    folder = service.folder / "raw" / name
    folder.mkdir()
    (folder / "thefts_20260131.csv").write_text("year,count\n2024,10\n2025,12\n")
    (folder / "source.yaml").write_text(contract)
    return folder


def test_a_new_source_is_read_without_anybody(service: Service) -> None:
    drop(service, "2025-11-16")
    wait_for(lambda: NOI in sources(service), PATIENCE_S, "a publication")
    rest(service)
    before = service.starts["code"]
    new_source(service, "thefts")
    wait_for(lambda: "thefts" in sources(service), 2 * PATIENCE_S, "figures of the new source")
    assert service.starts["code"] == before + 1
    assert {NOI, "thefts"} == sources(service)


def test_an_invalid_contract_is_told_and_keeps_nothing_else_from_being_published(
    service: Service, alerts: list
) -> None:
    rest(service)
    thefts = service.folder / "raw/thefts/source.yaml"
    thefts.write_text(CONTRACT.replace("kind: table", "kind: tabel"))
    new_source(service, "robberies", CONTRACT.replace("crime_type: deepfake", "crime_type: deepfakes_of"))
    for said in (
        "The contract of thefts is invalid; its figures stay",
        "The contract of robberies is invalid; its exports",
    ):
        wait_for(lambda said=said: [a for a in alerts if said in a["text"]], PATIENCE_S, said)
    before = publication(service)
    drop(service, "2026-02-16")
    wait_for(lambda: publication(service)[1] == before[1] + 6, PATIENCE_S, "a publication")
    assert {NOI, "thefts"} == sources(service)
    rest(service)
    assert [
        len([a for a in alerts if f"contract of {name}" in a["text"]]) for name in ("thefts", "robberies")
    ] == [1, 1]


def test_what_is_mended_is_read_and_what_is_removed_is_gone(service: Service) -> None:
    (service.folder / "raw/thefts/source.yaml").write_text(CONTRACT)
    (service.folder / "raw/robberies/source.yaml").write_text(
        CONTRACT.replace("deepfake}", "illegal_recording}")
    )
    wait_for(lambda: "robberies" in sources(service), 2 * PATIENCE_S, "figures of the mended source")
    shutil.rmtree(service.folder / "raw/thefts")
    wait_for(lambda: "thefts" not in sources(service), 2 * PATIENCE_S, "a publication without the source")
    assert {NOI, "robberies"} == sources(service)

    def is_gone() -> bool:
        return "arrivals_thefts" not in [sensor["name"] for sensor in sensors(service)]

    wait_for(is_gone, PATIENCE_S, "Dagster to know no more of it")
