"""Dagster, really used: the graph loads, shows its lineage, and runs with a real instance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.common.paths import Places
from pipelines.contracts.calendars import Calendar
from pipelines.contracts.contract import Source
from pipelines.definitions import define
from pipelines.orchestration.assets import freshness, report_asset
from pipelines.orchestration.context import Context, prepare_dagster_home
from pipelines.orchestration.jobs import BUILD_JOB, ingest_job_name
from pipelines.orchestration.runs import opened_instance, register_editions, run
from pipelines.releases import editions
from pipelines.releases.editions import standing
from pipelines.releases.store import Receipt
from pipelines.warehouse.relations import relations
from tests.command import CRIME_TYPES, NOI, ROOT, sql

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return define(Context(Places(ROOT / "raw", ROOT / "warehouse")))


def test_every_source_and_relation_is_an_asset_with_the_lineage_of_its_sql(
    definitions: dg.Definitions,
) -> None:
    lineage = parents(definitions)
    assert lineage["crime_type_shares"] == {"breakdown_part", "breakdown_base", "sources"}
    assert lineage["revisions"] == {"observation", "exports", "export_codes", "series_breaks"}
    assert lineage["corrections"] == {"observation_current", "correction_entries"}
    assert {"observation_ranked", "part_sum"} == lineage["figure"]
    assert f"observations/{NOI}" in lineage["observation"]
    assert lineage[f"observations/{NOI}"] == {f"raw/{NOI}"}
    assert lineage["report"] == relations().keys()
    assert lineage["warehouse_file"] == relations().keys() | {"report"}


MADE_FROM_EXPORTS = ["breakdowns", "export_codes", "exports", "observation", "ratios", "rejected_rows"]


@pytest.mark.parametrize("relation", MADE_FROM_EXPORTS)
def test_a_relation_that_is_made_from_readings_comes_from_every_source(
    definitions: dg.Definitions, relation: str
) -> None:
    sources = {name for name in parents(definitions) if name.startswith("observations/")}
    assert len(sources) == 2
    assert parents(definitions)[relation] == sources


def parents(definitions: dg.Definitions) -> dict[str, set[str]]:
    graph = definitions.resolve_asset_graph()
    return {
        key.to_user_string(): {p.to_user_string() for p in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    }


def test_every_asset_has_a_group_a_description_and_kinds(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name != "default", key
        assert node.description, key
        assert node.kinds, key


def test_critical_expectations_are_blocking_checks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    names = {key.name: graph.get(key).blocking for key in graph.asset_check_keys}
    assert names["accepted_plus_rejected_is_received"] is True
    assert names["every_export_is_accepted"] is False
    assert any(
        name.startswith("expect_compound_columns_to_be_unique") and blocking
        for name, blocking in names.items()
    )


def test_a_correction_that_no_longer_applies_blocks_nothing(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    of_corrections = [key for key in graph.asset_check_keys if key.asset_key == dg.AssetKey("corrections")]
    assert [graph.get(key).blocking for key in of_corrections] == [False]


def test_a_run_from_dagster_publishes_and_shows_counts_previews_and_findings(
    tmp_path: Path, copied_run
) -> None:
    folder = copied_run(tmp_path)
    path, cut = folder / "raw" / CRIME_TYPES, folder / "raw" / NOI / "victim_protection_2025-11-16.csv"
    path.write_text(path.read_text().replace('"1,553"', "-1"))
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[:2]))
    context = Context(Places(folder / "raw", folder / "warehouse"))
    defs = define(context)
    [source] = [source for source in context.sources if source.name == NOI]
    with opened_instance(context) as instance:
        register_editions(instance, [standing(source, context.store)])
        ingested = defs.resolve_job_def(ingest_job_name(source)).execute_in_process(
            instance=instance, partition_key="2025-11-16"
        )
        built = defs.resolve_job_def(BUILD_JOB).execute_in_process(instance=instance)
        assert instance.telemetry_enabled is False
    assert ingested.success
    assert built.success
    [accepted] = [
        c for c in ingested.get_asset_check_evaluations() if c.check_name == "every_export_is_accepted"
    ]
    assert (accepted.passed, accepted.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "a count cannot be negative" in str(accepted.metadata["problems"].value)
    assert "no longer gives 1 figure that it gave before" in str(accepted.metadata["problems"].value)
    shown = {
        m.asset_key.to_user_string(): m.metadata for m in built.asset_materializations_for_node("warehouse")
    }
    assert shown["age_distributions"]["dagster/row_count"].value == 6
    assert shown["revisions"]["dagster/row_count"].value == 0
    assert "4,407 to 4,417" in str(shown["reconciliations"]["contradictions"].value)
    assert shown["age_distributions"]["preview"].value.records
    assert sql(folder, "select value from crime_type_shares where crime_type = 'deepfake'") == [(1553,)]


def test_telemetry_is_off_in_our_configuration() -> None:
    text = (ROOT / "dagster.yaml").read_text()
    assert "telemetry:\n  enabled: false" in text


CONTRACT = """\
title: A table
publisher: A publisher
licence: none
released_on: 2025-01-31
files: '*.csv'
columns:
  year: {period: year}
  '*': {dimension: region, value: count, measure: cases, codes: as_printed}
"""


def test_a_source_that_fails_is_named_and_the_others_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    for name in ("good", "bad"):
        folder = tmp_path / "raw" / name
        folder.mkdir(parents=True)
        (folder / "source.yaml").write_text(CONTRACT, encoding="utf-8")
        (folder / f"{name}.csv").write_text(f"year,{name}\n2024,5\n", encoding="utf-8")
    places = Places(tmp_path / "raw", tmp_path / "warehouse")
    work = editions.ingest_editions

    def fail(source: Source, *rest: object, **more: object) -> list[Receipt]:
        if source.name == "bad":
            raise RuntimeError("the disk is on fire")
        return work(source, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(editions, "ingest_editions", fail)
    context = Context(places)
    failures = run(context, [standing(source, context.store) for source in context.sources])
    assert failures.is_published
    [said] = failures.messages
    assert said.startswith("bad: ")
    assert "the disk is on fire" in said
    with duckdb.connect(str(places.published), read_only=True) as connection:
        assert connection.sql("select distinct source from observation").fetchall() == [("good",)]


def test_a_calendar_is_a_freshness_policy() -> None:
    assert freshness(None) is None
    monthly = freshness(Calendar(every="month", due_after_days=10, late_after_days=5))
    assert monthly == dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(days=46))
    ends = [dt.date(2025, 10, 31), dt.date(2126, 10, 31)]
    announced = freshness(Calendar(period_ends=ends, due_after_days=16, late_after_days=14))
    assert announced == dg.FreshnessPolicy.cron("0 0 1 12 *", dt.timedelta(days=31))
    past = freshness(Calendar(period_ends=ends[:1], due_after_days=0, late_after_days=0))
    assert past == dg.FreshnessPolicy.cron("0 0 1 11 *", dt.timedelta(days=1))


@pytest.mark.parametrize(
    "when", [{"every": "year"}, {"period_ends": [dt.date(2126, 10, 31)]}], ids=lambda when: next(iter(when))
)
def test_every_calendar_that_a_contract_may_have_is_a_freshness_policy(when: dict) -> None:
    for days in (0, 340, 366, 3660):
        assert freshness(Calendar(**when, due_after_days=days, late_after_days=30))
    assert freshness(Calendar(**when, due_after_days=3660, late_after_days=3660))


def test_the_shipped_crackdown_has_one(definitions: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    assert specs[f"observations/{NOI}"].freshness_policy
    assert specs["observations/npa_cybercrime_yearly"].freshness_policy is None


def test_a_sensor_or_schedule_that_takes_long_keeps_no_other_waiting(tmp_path: Path) -> None:
    home = prepare_dagster_home(Places(tmp_path / "raw", tmp_path / "warehouse"))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for settings in (instance.get_sensor_settings(), instance.get_scheduler_settings()):
            assert (settings["use_threads"], settings["num_workers"]) == (True, 4)


def test_our_configuration_is_kept_current_and_another_one_is_left_alone(tmp_path: Path) -> None:
    places = Places(tmp_path / "raw", tmp_path / "warehouse")
    home = prepare_dagster_home(places)
    ours = (home / "dagster.yaml").read_text()
    (home / "dagster.yaml").write_text(ours.splitlines()[0] + "\ntelemetry: {enabled: false}\n")
    prepare_dagster_home(places)
    assert (home / "dagster.yaml").read_text() == ours
    for another in ("telemetry: {enabled: false}\n", (ROOT / "deploy/dagster.yaml").read_text()):
        (home / "dagster.yaml").write_text(another)
        prepare_dagster_home(places)
        assert (home / "dagster.yaml").read_text() == another


def test_a_report_of_a_build_that_another_run_has_overtaken_is_not_missed(
    copied_run: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = copied_run(tmp_path)
    work = Context(Places(folder / "raw", folder / "warehouse"))
    shown = work.places.report.read_bytes()

    assert not list(work.places.build.glob("*.duckdb"))
    assert dg.materialize([report_asset(work)]).success
    assert work.places.report.read_bytes() == shown
