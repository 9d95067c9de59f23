"""Sensors that tell people: of what, how often, and what they do when nobody can be reached."""

from __future__ import annotations

import json
import re
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from pipelines.common.paths import Places
from pipelines.orchestration.alert_sensors import (
    failed_run_sensor,
    invalid_contract_sensor,
    late_release_sensor,
    quarantine_sensor,
)
from pipelines.orchestration.alerts import NotSent
from pipelines.orchestration.jobs import BUILD_JOB
from pipelines.orchestration.launcher import this_process
from pipelines.orchestration.runs import run
from pipelines.releases.editions import standing
from pipelines.releases.in_force import keep
from tests.command import CRIME_TYPES, NOI
from tests.orchestration.looks import HERE, context_of, looked_at
from tests.receivers import free_port, webhook

pytestmark = pytest.mark.whole

ON = dg.DefaultSensorStatus.RUNNING
GONE = "its process is gone"


def failed_run(
    instance: dg.DagsterInstance,
    where: GrpcServerCodeLocationOrigin | None,
    said: str | None = GONE,
    **tags: str,
) -> str:
    """The short name of a run, of a code location or of none, that has failed."""
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(where, "__repository__"), BUILD_JOB) if where else None
    run = dg.DagsterRun(
        job_name=BUILD_JOB, status=dg.DagsterRunStatus.STARTED, tags=tags, remote_job_origin=origin
    )
    instance.add_run(run)
    instance.report_run_failed(run, said)
    return run.run_id[:8]


def test_a_quarantined_export_is_told_with_its_reason(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "raw" / CRIME_TYPES
    context = context_of(folder, alerts={"webhook": {"env": "HOOK"}})
    [source] = [source for source in context.sources if source.name == NOI]
    sensor = quarantine_sensor(context, ON)
    first = looked_at(sensor, instance, None)
    path.write_text(path.read_text().replace('"1,553"', "-1"))
    assert run(context, [standing(source, context.store)]).is_published
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        then = looked_at(sensor, instance, first.cursor)
        looked_at(sensor, instance, then.cursor)
    [message] = got
    first_line, second = message["text"].splitlines()
    assert first_line == f"*Quarantined exports of {NOI}; the last good ones stay published*"
    assert CRIME_TYPES in second
    assert "a count cannot be negative" in second


def test_a_failed_run_of_the_command_line_is_told_with_its_cause_once(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(folder, alerts={"webhook": {"env": "HOOK"}})
    (folder / "warehouse/.build").rmdir()
    (folder / "warehouse/.build").write_text("a file where a folder should be")
    sensor = failed_run_sensor(context, ON)
    of_before = '{"__class__": "RunStatusSensorCursor", "record_id": 1, "update_timestamp": null}'
    first = looked_at(sensor, instance, of_before)
    assert run(context, []).messages
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        then = looked_at(sensor, instance, first.cursor)
        looked_at(sensor, instance, then.cursor)
    [message] = got
    [ran] = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    assert message["text"].startswith(f"*The run {ran.run_id[:8]} of {BUILD_JOB} failed*\n• warehouse: ")
    assert ".build" in message["text"]


def test_runs_of_other_code_locations_and_of_other_warehouses_are_not_told(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(folder, alerts={"webhook": {"env": "HOOK"}})
    sensor = failed_run_sensor(context, ON)
    first = looked_at(sensor, instance, None)
    elsewhere = this_process(Places(folder / "raw", folder / "trial"))
    for where, tags in ((None, {}), (None, elsewhere), (HERE._replace(location_name="another"), {})):
        failed_run(instance, where, **tags)
    ours = failed_run(instance, HERE)
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        looked_at(sensor, instance, first.cursor)
    [message] = got
    assert message["text"] == f"*The run {ours} of {BUILD_JOB} failed*\n• its process is gone"


def test_of_a_run_whose_process_died_is_told_what_that_means(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = failed_run_sensor(context_of(folder, alerts={"webhook": {"env": "HOOK"}}), ON)
    first = looked_at(sensor, instance, None)
    ours = failed_run(instance, HERE, None)  # as a code server reports it
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        looked_at(sensor, instance, first.cursor)
    [message] = got
    told, why = message["text"].splitlines()
    assert told == f"*The run {ours} of {BUILD_JOB} failed*"
    assert why.startswith("• Its process ended without a word: it was killed, or memory ran out")


def test_runs_are_told_until_one_reaches_nobody_and_from_that_one_on_at_the_next_look(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = failed_run_sensor(context_of(folder, alerts={"webhook": {"env": "HOOK"}}), ON)
    cursor = looked_at(sensor, instance, None).cursor
    names = [failed_run(instance, HERE) for _ in range(3)]
    with webhook(200, 404, 404) as (address, got):
        monkeypatch.setenv("HOOK", address)
        then = looked_at(sensor, instance, cursor)
        assert re.search(rf"'The run {names[1]} .* was not sent: webhook: .* 404", then.skip_message)
        with pytest.raises(NotSent):  # what is first, and reaches nobody, fails the look
            looked_at(sensor, instance, then.cursor)
        with monkeypatch.context() as short:
            short.setattr("pipelines.orchestration.alert_sensors.LOOK_S", -1)
            late = looked_at(sensor, instance, then.cursor)
        assert (late.cursor, late.skip_message) == (then.cursor, "What is left is told at the next look.")
        after = looked_at(sensor, instance, late.cursor)
        looked_at(sensor, instance, after.cursor)
    sent = [re.findall(r"The run (\w+)", message["text"])[0] for message in got]
    assert sent == [names[0], names[1], names[1], names[1], names[2]]


def test_what_is_too_old_is_not_told(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = failed_run_sensor(context_of(folder, alerts={"webhook": {"env": "HOOK"}}), ON)
    first = looked_at(sensor, instance, None)
    name = failed_run(instance, HERE)
    monkeypatch.setattr("pipelines.orchestration.alert_sensors.GIVEN_UP_S", -1)
    then = looked_at(sensor, instance, first.cursor)
    assert f"'The run {name} of {BUILD_JOB} failed' is too old to be told." in then.skip_message
    assert then.cursor != first.cursor


def test_where_one_way_is_down_the_other_is_not_flooded(
    folder: Path,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    contract = folder / "raw" / NOI / "source.yaml"
    contract.write_text(contract.read_text().replace("kind: table", "kind: tabel"))
    nobody = {"host": "localhost", "port": free_port(), "sender": "a", "to": ["b"], "security": "none"}
    alerts = {"webhook": {"env": "HOOK"}, "email": nobody}
    sensor = invalid_contract_sensor(context_of(folder, alerts=alerts), ON)
    cursor, said = None, []
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        for _ in range(3):
            found = looked_at(sensor, instance, cursor)
            cursor = found.cursor
            said.append(found.skip_message)
    assert len(got) == 1
    problem = r"'The contract of .* was sent by webhook only: e-mail: .*Connection refused"
    assert re.search(problem, said[0])
    assert re.search(problem, capsys.readouterr().err)
    assert said[1:] == ["1 invalid."] * 2


def test_an_invalid_contract_is_told_once(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = folder / "raw" / NOI / "source.yaml"
    good = contract.read_text()
    keep(Places(folder / "raw", folder / "warehouse"), context_of(folder).sources)
    (folder / "raw/new_one").mkdir()
    (folder / "raw/new_one/source.yaml").write_text("title: New\n")
    contract.write_text(good.replace("kind: table", "kind: tabel"))
    sensor = invalid_contract_sensor(context_of(folder, alerts={"webhook": {"env": "HOOK"}}), ON)
    cursor = None
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        for text in (None, None, good, None):
            if text:
                contract.write_text(text)
            with dg.build_sensor_context(instance=instance, cursor=cursor) as tick:
                cursor = sensor(tick).cursor
        (folder / "raw").rename(folder / "elsewhere")
        with dg.build_sensor_context(instance=instance, cursor=cursor) as tick:
            sensor(tick)
    new, old, gone = [message["text"] for message in got]
    assert new.startswith("*The contract of new_one is invalid; its exports are not read*")
    assert old.startswith(f"*The contract of {NOI} is invalid; its figures stay as they are published")
    assert re.search(r"• `noi_cybersex_crackdown/source.yaml`, line \d+, .*kind", old)
    assert gone.startswith("*Nothing is read or published: contracts are gone")


def test_a_late_release_is_told_once(
    folder: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = folder / "raw" / NOI / "source.yaml"
    [line] = [line for line in contract.read_text().splitlines() if line.startswith("calendar:")]
    contract.write_text(contract.read_text().replace(line, "calendar: {period_ends: [2025-12-31]}"))
    sensor = late_release_sensor(context_of(folder, alerts={"webhook": {"env": "HOOK"}}), ON)
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        with dg.build_sensor_context(instance=instance) as tick:
            first = sensor(tick)
        with dg.build_sensor_context(instance=instance, cursor=first.cursor) as tick:
            sensor(tick)
    assert json.loads(first.cursor) == {NOI: "2025-12-31"}
    [message] = got
    assert "for the period until 2025-12-31 is late" in message["text"]
    assert "It was due on 2025-12-31; 2026-01-07 was the last day to wait for." in message["text"]
