"""Sensors and schedules, evaluated with a real instance: what they request, and that they do so once."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster._core.errors import DagsterLaunchFailedError, DagsterUserCodeUnreachableError
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.remote_origin import (
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    SensorInstigatorData,
)

from pipelines import definitions
from pipelines.common.paths import Places
from pipelines.orchestration import code_server, sensors
from pipelines.orchestration.assets import partitions
from pipelines.orchestration.context import Context
from pipelines.orchestration.jobs import BUILD_JOB, ingest_job_name
from pipelines.orchestration.launcher import PROCESS, RunLauncher, this_process
from pipelines.orchestration.runs import register_editions
from pipelines.releases import arrivals
from pipelines.releases.editions import standing
from tests.command import CRIME_TYPES, NOI, caseload, sql
from tests.orchestration.looks import HERE, context_of, looked_at

pytestmark = pytest.mark.whole

START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
ON = dg.DefaultSensorStatus.RUNNING


def asked(folder: Path, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    """What the sensor of arrivals says, made anew as after a restart."""
    context = context_of(folder)
    [source] = [source for source in context.sources if source.name == NOI]
    with dg.build_sensor_context(instance=instance, cursor=cursor) as tick:
        found = sensors.arrival_sensor(source, context)(tick)
    assert isinstance(found, dg.SensorResult)
    return found


def test_nothing_is_requested_while_nothing_is_new(folder: Path, instance: dg.DagsterInstance) -> None:
    found = asked(folder, instance)
    assert not found.run_requests
    assert "No export below raw/noi_cybersex_crackdown/ is new" in str(found.skip_reason)


def test_a_new_edition_is_one_run_and_is_made_known(folder: Path, instance: dg.DagsterInstance) -> None:
    for name in ("headline", "crime_types"):
        old = folder / "raw" / NOI / f"{name}_2025-11-16.csv"
        (old.with_name(f"{name}_2025-12-16.csv")).write_bytes(old.read_bytes())
    found = asked(folder, instance)
    [request] = found.run_requests or []
    assert (request.tags[START], request.tags[END]) == ("2025-12-16", "2025-12-16")
    [added] = found.dynamic_partitions_requests or []
    assert (added.partitions_def_name, list(added.partition_keys)) == (f"{NOI}_editions", ["2025-12-16"])
    again = asked(folder, instance, found.cursor)
    assert [r.run_key for r in again.run_requests or []] == [request.run_key]  # Dagster runs a key once


def test_changed_content_is_another_request_though_size_and_time_are_the_same(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    path = folder / "raw" / CRIME_TYPES
    keys = []
    for count in ('"1,554"', '"1,555"'):
        times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
        path.write_text(path.read_text().replace('"1,553"', count).replace('"1,554"', count))
        os.utime(path, ns=times)
        [request] = asked(folder, instance).run_requests or []
        keys.append(request.run_key)
    assert keys[0] != keys[1]


def test_a_file_is_read_when_it_has_stopped_growing(folder: Path, instance: dg.DagsterInstance) -> None:
    context = context_of(folder, arrivals={"settle_seconds": 5})
    [source] = [source for source in context.sources if source.name == NOI]
    sensor = sensors.arrival_sensor(source, context)
    path = folder / "raw" / NOI / "headline_2025-12-16.csv"
    path.write_text("indicator,window")
    with dg.build_sensor_context(instance=instance) as tick:
        growing = sensor(tick)
    assert not growing.run_requests
    assert "changed less than 5 s ago" in str(growing.skip_reason)
    seen = arrivals.Look.from_json(growing.cursor)
    assert seen
    rested = arrivals.Look(seen.held, seen.since - 5)
    with dg.build_sensor_context(instance=instance, cursor=rested.to_json()) as tick:
        assert len(sensor(tick).run_requests) == 1


def test_a_contract_that_changes_is_read_anew_and_a_wrong_one_is_told(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    contract = folder / "raw" / NOI / "source.yaml"
    context = context_of(folder)
    [source] = [source for source in context.sources if source.name == NOI]
    sensor = sensors.arrival_sensor(source, context)
    contract.write_text(contract.read_text().replace("title: Crackdown", "title: The crackdown"))
    with dg.build_sensor_context(instance=instance) as tick:
        assert len(sensor(tick).run_requests) == 1
    contract.write_text(contract.read_text().replace("kind: table", "kind: tabel"))
    with dg.build_sensor_context(instance=instance) as tick:
        found = sensor(tick)
    assert not found.run_requests
    assert re.search(r"not read while its contract is invalid.*line \d+, kind", str(found.skip_reason))


def test_a_file_that_comes_back_is_asked_for_again(folder: Path, instance: dg.DagsterInstance) -> None:
    path = folder / "raw" / CRIME_TYPES
    texts = [path.read_text().replace('"1,553"', count) for count in ('"1,554"', '"1,555"')]
    job = definitions.define(context_of(folder)).resolve_job_def(f"ingest_{NOI}")
    register_editions(
        instance, [standing(source, context_of(folder).store) for source in context_of(folder).sources]
    )
    keys = []
    for text in (*texts, texts[0]):
        path.write_text(text)
        [request] = asked(folder, instance).run_requests or []
        keys.append(request.run_key)
        assert job.execute_in_process(instance=instance, tags=request.tags).success
    assert len(set(keys)) == 3
    assert not asked(folder, instance).run_requests


@pytest.mark.parametrize("job_name", [f"ingest_{NOI}", "__ASSET_JOB"])
def test_what_arrives_while_a_run_reads_is_asked_for_when_it_has_ended(
    job_name: str, folder: Path, instance: dg.DagsterInstance
) -> None:
    """Else what is being read would be asked for again with it, under another key."""
    path = folder / "raw" / CRIME_TYPES
    path.write_text(path.read_text().replace('"1,553"', '"1,554"'))
    [first] = asked(folder, instance).run_requests or []
    reads = frozenset({dg.AssetKey(["observations", NOI])})
    run = dg.DagsterRun(job_name=job_name, status=dg.DagsterRunStatus.STARTING, asset_selection=reads)
    instance.add_run(run)
    old = path.with_name("headline_2025-11-16.csv")
    old.with_name("headline_2025-12-16.csv").write_bytes(old.read_bytes())
    waits = asked(folder, instance)
    assert not waits.run_requests
    assert f"A run reads raw/{NOI}/" in str(waits.skip_reason)
    instance.report_dagster_event(dg.DagsterEvent("PIPELINE_SUCCESS", job_name), run.run_id)
    job = definitions.define(context_of(folder)).resolve_job_def(f"ingest_{NOI}")
    assert job.execute_in_process(instance=instance, tags=first.tags).success
    [request] = asked(folder, instance).run_requests or []
    assert (request.tags[START], request.tags[END]) == ("2025-12-16", "2025-12-16")


def test_a_run_that_failed_on_a_full_disk_is_asked_for_again_later_and_one_on_bad_data_is_not(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(folder, retries={"attempts": 0})
    context.is_unattended = True
    path = folder / "raw" / CRIME_TYPES
    job = definitions.define(context).resolve_job_def(f"ingest_{NOI}")
    register_editions(instance, [standing(source, context.store) for source in context.sources])
    asked_again = []
    for number, error in enumerate((OSError("the disk is full"), ValueError("a bug"))):
        path.write_text(path.read_text().replace(f'"1,55{3 + number}"', f'"1,55{4 + number}"'))

        def fails(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("pipelines.releases.editions.ingest_editions", fails)
        [request] = asked(folder, instance).run_requests or []
        assert not job.execute_in_process(instance=instance, tags=request.tags, raise_on_error=False).success
        assert not asked(folder, instance).run_requests
        with monkeypatch.context() as later:
            later.setattr("pipelines.orchestration.again.WAIT_S", 0)
            asked_again.append(len(asked(folder, instance).run_requests or []))
    assert asked_again == [1, 0]


def test_a_run_that_a_sensor_requested_leaves_nothing_to_request(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    old = folder / "raw" / NOI / "headline_2025-11-16.csv"
    (old.with_name("headline_2025-12-16.csv")).write_bytes(old.read_bytes())
    found = asked(folder, instance)
    [request], [added] = found.run_requests or [], found.dynamic_partitions_requests or []
    instance.add_dynamic_partitions(added.partitions_def_name, list(added.partition_keys))
    job = definitions.define(context_of(folder)).resolve_job_def(f"ingest_{NOI}")
    assert job.execute_in_process(instance=instance, tags=request.tags).success
    assert not asked(folder, instance, found.cursor).run_requests


def test_what_stands_beside_exports_is_published_when_it_changes(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    def looked(cursor: str | None) -> dg.SensorResult:
        with dg.build_sensor_context(instance=instance, cursor=cursor) as tick:
            return sensors.publication_sensor(context_of(folder))(tick)

    assert "What is published is what there is" in str(looked(None).skip_reason)
    (folder / "raw" / NOI / "undercover_2025-11-16.csv").unlink()
    first = looked("")
    assert not first.run_requests
    assert "looking again" in str(first.skip_reason)
    key, since = str(first.cursor).split()
    soon = looked(first.cursor)
    assert not soon.run_requests  # it is left to the conditions of the assets first
    assert soon.cursor == first.cursor
    put_back = looked(f"{key} {float(since) + 9_999}")
    assert float(str(put_back.cursor).split()[1]) < float(since) + 9_999
    second = looked(f"{key} {float(since) - 999}")
    [request] = second.run_requests or []
    assert request.run_key == key
    job = definitions.define(context_of(folder)).resolve_job_def(BUILD_JOB)
    assert job.execute_in_process(instance=instance).success
    assert "What is published is what there is" in str(looked(second.cursor).skip_reason)


def test_what_is_not_going_to_be_read_keeps_nothing_else_from_being_published(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    def looked(cursor: str | None = None, **settings: object) -> Any:
        return looked_at(sensors.publication_sensor(context_of(folder, **settings)), instance, cursor)

    old = folder / "raw" / NOI / "headline_2025-11-16.csv"
    (old.with_name("headline_2025-12-16.csv")).write_bytes(old.read_bytes())
    other = folder / "raw/npa_cybercrime_yearly/source.yaml"
    other.write_text(other.read_text().replace("title: ", "title: The "))
    first = f"What is new below raw/{NOI}/ is read first."
    assert looked().skip_message == first
    not_looked_for = looked(arrivals={"on": False})
    assert "looking again" in not_looked_for.skip_message
    [request] = asked(folder, instance).run_requests or []
    run = dg.DagsterRun(job_name=f"ingest_{NOI}", status=dg.DagsterRunStatus.STARTED, tags=request.tags)
    instance.add_run(run)
    assert looked().skip_message == "A run is under way."
    instance.report_run_canceled(run)
    cancelled = looked()
    assert "looking again" in cancelled.skip_message
    key, since = str(cancelled.cursor).split()
    [asked_for] = looked(f"{key} {float(since) - 999}").run_requests
    job = definitions.define(context_of(folder)).resolve_job_def(BUILD_JOB)
    assert job.execute_in_process(instance=instance, tags=asked_for.tags).success
    assert looked().skip_message == (
        f"What is published is what there is. What is new below raw/{NOI}/ is not read: it failed or was "
        "cancelled, or nobody looks for it."
    )


@pytest.mark.parametrize(
    ("switched", "in_settings", "is_waited_for"),
    [(InstigatorStatus.STOPPED, True, False), (InstigatorStatus.RUNNING, False, True),
     (InstigatorStatus.DECLARED_IN_CODE, False, False)],
)  # fmt: skip
def test_a_sensor_is_on_as_it_is_switched_on_dagsters_page(
    folder: Path,
    instance: dg.DagsterInstance,
    switched: InstigatorStatus,
    in_settings: bool,
    is_waited_for: bool,
) -> None:
    old = folder / "raw" / NOI / "headline_2025-11-16.csv"
    (old.with_name("headline_2025-12-16.csv")).write_bytes(old.read_bytes())
    other = HERE._replace(location_name="another")
    for where, status in ((other, InstigatorStatus.RUNNING), (HERE, switched)):
        origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(where, "__repository__"), f"arrivals_{NOI}")
        instance.add_instigator_state(
            InstigatorState(origin, InstigatorType.SENSOR, status, SensorInstigatorData())
        )
    sensor = sensors.publication_sensor(context_of(folder, arrivals={"on": in_settings}))
    said = looked_at(sensor, instance, None).skip_message
    assert ("is read first" in said) == is_waited_for


def test_what_was_gone_back_to_stays(folder: Path, instance: dg.DagsterInstance) -> None:
    (folder / "raw" / NOI / "undercover_2025-11-16.csv").unlink()
    assert caseload(folder, "run").returncode == 0
    assert caseload(folder, "rollback").returncode == 0
    with dg.build_sensor_context(instance=instance) as tick:
        found = sensors.publication_sensor(context_of(folder))(tick)
    assert "What is published is what there is" in str(found.skip_reason)


def test_a_poll_looks_at_fixed_times_and_asks_again_for_what_failed(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    context = context_of(folder, poll={"cron": "0 6 * * *", "timezone": "Asia/Seoul"})
    [source] = [source for source in context.sources if source.name == NOI]
    schedule = sensors.poll_schedule(source, context)
    assert schedule
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "Asia/Seoul")
    tick = dg.build_schedule_context(instance=instance)
    assert isinstance(schedule(tick), dg.SkipReason)
    old = folder / "raw" / NOI / "headline_2025-11-16.csv"
    (old.with_name("headline_2025-12-16.csv")).write_bytes(old.read_bytes())
    [request] = schedule(tick)
    assert (request.run_key, request.tags[START]) == (None, "2025-12-16")
    assert "2025-12-16" in instance.get_dynamic_partitions(str(partitions(source).name))
    for status in (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED):
        run = dg.DagsterRun(job_name=ingest_job_name(source), status=status, tags=dict(request.tags))
        instance.add_run(run)
        assert f"A run reads raw/{NOI}/" in schedule(tick).skip_message
        instance.report_run_failed(run)
        [again] = schedule(tick)
        assert again.tags == request.tags
    assert sensors.poll_schedule(source, context_of(folder)) is None


def test_a_poll_waits_only_where_something_is_new(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("pipelines.orchestration.sensors.time.sleep", slept.append)
    context = context_of(folder, poll={"cron": "0 6 * * *"}, arrivals={"settle_seconds": 30})
    [source] = [source for source in context.sources if source.name == NOI]
    schedule = sensors.poll_schedule(source, context)
    assert schedule
    tick = dg.build_schedule_context(instance=instance)
    assert schedule(tick).skip_message == "Nothing is new."
    assert slept == []
    old = folder / "raw" / NOI / "headline_2025-11-16.csv"
    new = old.with_name("headline_2025-12-16.csv")
    new.write_bytes(old.read_bytes())
    assert len(schedule(tick)) == 1
    [seconds] = slept
    assert 0 < seconds < 30  # what it takes to read the files counts
    monkeypatch.setattr(
        "pipelines.orchestration.sensors.time.sleep", lambda _: new.write_bytes(old.read_bytes() + b"\n")
    )
    assert "is being changed" in schedule(tick).skip_message


@pytest.mark.parametrize(
    ("settings", "running"),
    [
        ({}, {f"arrivals_{NOI}", "arrivals_npa_cybercrime_yearly", "beside_exports", "publication"}),
        ({"arrivals": {"on": False}}, {"beside_exports", "publication"}),
        ({"publish": "by_hand"}, {f"arrivals_{NOI}", "arrivals_npa_cybercrime_yearly"}),
        (
            {"arrivals": {"on": False}, "publish": "by_hand", "alerts": {"webhook": {"env": "HOOK"}}},
            {"tell_of_failed_runs", "tell_of_quarantined_exports", "tell_of_late_releases", "tell_of_invalid_contracts"},
        ),
        (
            {"arrivals": {"on": False}, "publish": "by_hand",
             "alerts": {"webhook": {"env": "HOOK"}, "about": ["late_release"]}},
            {"tell_of_late_releases"},
        ),
        (
            {"arrivals": {"on": False}, "publish": "by_hand",
             "alerts": {"webhook": {"env": "HOOK"}, "about": ["failed_check"]}},
            {"tell_of_failed_runs"},
        ),
    ],
)  # fmt: skip
def test_settings_say_what_is_on(folder: Path, settings: dict, running: set[str]) -> None:
    found = definitions.define(context_of(folder, **settings)).sensors or []
    assert {sensor.name for sensor in found if sensor.default_status == ON} == running


# Declarative automation


def test_new_observations_are_followed_by_one_build_and_publication(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    defs = definitions.define(context_of(folder))
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    assert first.total_requested == 0
    job = defs.resolve_job_def(f"ingest_{NOI}")
    assert job.execute_in_process(instance=instance, partition_key="2025-11-16").success
    then = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor)
    requested = {r.key.to_user_string() for r in then.results if r.true_subset.size}
    assert {"exports", "warehouse_file"} <= requested
    after = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=then.cursor)
    assert after.total_requested == 0


# The code server


def test_the_code_server_is_ended_when_contracts_have_changed_and_no_run_is_under_way(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELOAD_SETTINGS", str(folder / "none"))
    ended: list[object] = []
    monkeypatch.setattr(code_server, "end", ended.append)
    context = Context(Places(folder / "raw", folder / "warehouse"), is_unattended=True)
    sensor = code_server.contracts_sensor(context)

    def looked(cursor: str | None) -> tuple[str, str | None]:
        with dg.build_sensor_context(instance=instance, cursor=cursor) as tick:
            found = sensor(tick)
        return str(found.skip_reason), found.cursor

    said, cursor = looked(None)
    assert "are those that were loaded" in said
    shutil.copytree(folder / "raw" / NOI, folder / "raw/copy")
    said, cursor = looked(cursor)
    assert "looking once more" in said
    run = dg.DagsterRun(job_name=BUILD_JOB, status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    said, cursor = looked(cursor)
    assert "when no run is under way" in said
    assert ended == []
    instance.report_run_canceled(run)
    said, cursor = looked(cursor)
    assert "The code server ends" in said
    assert len(ended) == 1


def test_a_code_server_that_is_about_to_end_is_as_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The queue tries a run again then; what else keeps one from starting is told as it is."""
    said = ""

    def refuses(*_: object) -> None:
        raise DagsterLaunchFailedError(said)

    monkeypatch.setattr(DefaultRunLauncher, "launch_run", refuses)
    for said, kind in (
        ("Tried to start a run on a server after telling it to shut down", DagsterUserCodeUnreachableError),
        ("no memory", DagsterLaunchFailedError),
    ):
        with pytest.raises(kind, match=said):
            RunLauncher().launch_run(None)  # type: ignore[arg-type]


# Failure


def test_what_can_pass_is_tried_again_and_what_cannot_is_not(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(folder, retries={"attempts": 2, "wait_seconds": 0})
    context.is_unattended = True
    tried: list[Exception] = []
    errors: list[Exception] = []

    def fails(*_: object) -> None:
        tried.append(errors[0])
        raise errors[0]

    monkeypatch.setattr("pipelines.warehouse.publishing.build", fails)
    job = definitions.define(context).resolve_job_def(BUILD_JOB)
    full = duckdb.TransactionException("Failed to commit: Could not write file: No space left on device")
    for error, times in ((OSError("broken pipe"), 3), (full, 3), (ValueError("bad data"), 1)):
        tried.clear()
        errors[:] = [error]
        ran = job.execute_in_process(instance=instance, raise_on_error=False)
        assert not ran.success
        assert len(tried) == times, error


# Backfills


def observations(folder: Path) -> dict[str, bytes]:
    """What is kept of every reading, by its name."""
    files = (folder / "warehouse/.store/readings").glob("*/observations.parquet")
    return {path.parent.name: path.read_bytes() for path in files}


def test_an_edition_that_is_read_again_is_the_same_byte_for_byte_from_anywhere(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    first = observations(folder)
    again = caseload(folder, "run", "--source", NOI, "--edition", "2025-11-16", "--force")
    assert again.returncode == 0, again.stdout + again.stderr
    assert observations(folder) == first
    shutil.rmtree(folder / "warehouse/.store/readings")
    job = definitions.define(context_of(folder)).resolve_job_def(f"ingest_{NOI}")
    assert job.execute_in_process(instance=instance, partition_key="2025-11-16").success
    assert observations(folder) == first


def test_the_command_reads_the_editions_that_are_named_and_no_other(folder: Path) -> None:
    for release in ("2025-12-16", "2026-01-16", "2026-02-16"):
        old = folder / "raw" / NOI / "headline_2025-11-16.csv"
        (old.with_name(f"headline_{release}.csv")).write_bytes(old.read_bytes())
    ran = caseload(folder, "run", "-s", NOI, "-e", "2025-12-16", "-e", "2026-02-16")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    read = sql(folder, "select released_on from exports where source_file like '%headline%' order by all")
    assert [str(day) for (day,) in read] == ["2025-11-16", "2025-12-16", "2026-02-16"]
    ran = caseload(folder, "run", "-s", NOI, "-e", "2026-03-16")
    assert ran.returncode == 2
    assert "There is no edition 2026-03-16. Editions: 2025-11-16, 2025-12-16," in ran.stderr
    ran = caseload(folder, "run", "-e", "2026-02-16")
    assert ran.returncode == 2
    assert "--edition goes with --source" in ran.stderr


def test_a_backfill_of_many_editions_is_one_run(folder: Path, instance: dg.DagsterInstance) -> None:
    context = context_of(folder)
    [source] = [source for source in context.sources if source.name == NOI]
    for release in ("2025-12-16", "2026-01-16"):
        old = folder / "raw" / NOI / "headline_2025-11-16.csv"
        (old.with_name(f"headline_{release}.csv")).write_bytes(old.read_bytes())
    register_editions(instance, [standing(source, context.store)])
    job = definitions.define(context).resolve_job_def(f"ingest_{NOI}")
    ran = job.execute_in_process(instance=instance, tags={START: "2025-11-16", END: "2026-01-16"})
    made = sorted(
        ran.asset_materializations_for_node(f"observations__{NOI}"), key=lambda one: str(one.partition)
    )
    assert [m.partition for m in made] == ["2025-11-16", "2025-12-16", "2026-01-16"]
    assert [m.metadata["rows received"].value for m in made[1:]] == [4, 4]


# What died


def test_the_daemon_notices_a_run_of_a_command_that_was_killed(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    launcher = RunLauncher()
    launcher.register_instance(instance)
    healths = []
    this = this_process(context_of(folder).places)[PROCESS]
    for process in (
        f"{socket.gethostname()} {gone.pid} 123",
        this.rpartition(" ")[0] + " 123",  # another process has its number since
        this,
        "elsewhere 1 123",
    ):
        run = dg.DagsterRun(job_name=BUILD_JOB, status=dg.DagsterRunStatus.STARTED, tags={PROCESS: process})
        instance.add_run(run)
        healths.append(launcher.check_run_worker_health(run).status.value)
    assert healths == ["NOT_FOUND", "NOT_FOUND", "RUNNING", "RUNNING"]
