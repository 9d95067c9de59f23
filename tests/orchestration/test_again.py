"""When a run that was asked for before is asked for again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.events import JobFailureData, RunFailureReason

from pipelines.orchestration.again import AT_ONCE, CAN_PASS, DAY_S, WAIT_S, is_under_way, run_key, tags


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def ran(instance: dg.DagsterInstance, status: str, reason: str = "", **more: str) -> float:
    """A run for ``it`` that ended just now, and when."""
    run = dg.DagsterRun(job_name="job", status=dg.DagsterRunStatus.STARTED, tags=tags("it") | more)
    instance.add_run(run)
    data = JobFailureData(None, RunFailureReason(reason)) if reason else None
    if status:
        event = dg.DagsterEvent(f"PIPELINE_{status}", "job", event_specific_data=data)
        instance.report_dagster_event(event, run.run_id)
    return time.time() + 1


def test_what_was_never_asked_for_is_asked_for_by_its_name(instance: dg.DagsterInstance) -> None:
    assert run_key(instance, "it", time.time()) == "it"
    ran(instance, "SUCCESS")
    assert run_key(instance, "something else", time.time()) == "something else"


def test_what_is_under_way_or_was_cancelled_is_not_asked_for(instance: dg.DagsterInstance) -> None:
    ran(instance, "")
    assert run_key(instance, "it", time.time() + DAY_S) is None
    ran(instance, "CANCELED")
    assert run_key(instance, "it", time.time() + DAY_S) is None


def test_what_is_under_way_is_so_though_another_run_for_it_came_and_went_since(
    instance: dg.DagsterInstance,
) -> None:
    assert not is_under_way(instance, "it")
    ran(instance, "")
    now = ran(instance, "SUCCESS")
    assert is_under_way(instance, "it")
    assert not is_under_way(instance, "something else")
    assert run_key(instance, "it", now) is None


def test_what_is_to_be_done_again_though_it_was_done_is_asked_for_at_once(
    instance: dg.DagsterInstance,
) -> None:
    """A file that was replaced comes back."""
    for number in range(2, AT_ONCE + 2):
        now = ran(instance, "SUCCESS")
        assert run_key(instance, "it", now) == f"it {number}"
    now = ran(instance, "SUCCESS")  # it does not seem to help
    assert run_key(instance, "it", now) is None
    assert run_key(instance, "it", now + WAIT_S) == f"it {AT_ONCE + 2}"


def test_bad_data_does_not_get_better_by_itself(instance: dg.DagsterInstance) -> None:
    now = ran(instance, "FAILURE", "STEP_FAILURE")
    assert run_key(instance, "it", now + 30 * DAY_S) is None


@pytest.mark.parametrize(
    ("reason", "more"),
    [("STEP_FAILURE", {CAN_PASS: "yes"}), ("UNKNOWN", {}), ("START_TIMEOUT", {}), ("", {})],
    ids=["disk_full", "process_died", "never_started", "nobody_knows"],
)
def test_what_can_pass_is_asked_for_again_later_and_ever_later(
    instance: dg.DagsterInstance, reason: str, more: dict[str, str]
) -> None:
    for number in range(1, 4):
        now = ran(instance, "FAILURE", reason, **more)
        wait = WAIT_S * 2 ** (number - 1)
        assert run_key(instance, "it", now + wait - 10) is None
        assert run_key(instance, "it", now + wait) == f"it {number + 1}"
    for _ in range(20):
        now = ran(instance, "FAILURE", reason, **more)
    assert run_key(instance, "it", now + DAY_S) == "it 24"


def test_what_ended_while_it_was_found_out_that_it_is_to_be_done_is_done(
    instance: dg.DagsterInstance,
) -> None:
    looked = time.time()
    ended = ran(instance, "SUCCESS")
    assert run_key(instance, "it", looked) is None
    assert run_key(instance, "it", ended) == "it 2"
