"""The command is killed with SIGKILL: what is published is the old or the new one, and the next run ends as
an undisturbed one does.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.common.digests import Digest
from tests.faults import small
from tests.faults.conftest import Known

EVERY = 24
"""Of all the moments of a run, every so many are tried one by one."""
TIMES = 30
CHAINS, CHAIN = 6, 6
"""So many times the command is killed so often in a row, with nothing that mends in between."""


def killed(folder: Path, known: Known, *arguments: str, **how: Any) -> str:
    """What is published once a run was killed: ``old`` or ``new``; empty if the run ended before it."""
    after_s = how.pop("after_s", None)
    fault = {"kind": "kill", **how} if how else None
    before = small.bytes_of(small.published(folder))
    done = small.caseload(folder, *arguments or ("run",), fault=fault, kill_after_s=after_s)
    assert done.code in (0, -signal.SIGKILL), done.said
    path = small.published(folder)
    if small.bytes_of(path) == before:
        found = "old"
    else:
        assert small.content(path) == wanted(folder, known), "neither the old nor the new one"
        found = "new"
    return found if done.code else ""


def wanted(folder: Path, known: Known) -> dict[str, Digest]:
    """What an undisturbed run makes: that a file was another before is known where it was read."""
    return known.new_content if (folder / "raw" / small.EAST).exists() else known.old_content


def recovered(folder: Path, known: Known) -> None:
    """The next run ends well, with what an undisturbed one makes, and nothing is left behind."""
    done = small.caseload(folder, "run")
    assert done.code == 0, done.said
    assert "Traceback" not in done.said
    assert small.content(small.published(folder)) == wanted(folder, known)
    assert small.leftovers(folder) == []


def test_killed_while_it_publishes_it_leaves_the_old_or_the_new_one(folder: Path, known: Known) -> None:
    assert killed(folder, known, text="-> " + str(folder) + "/warehouse/.store/ledgers/cases.json") == "old"
    assert killed(folder, known, text=f"-> {small.published(folder)}", later=1) == "new"
    recovered(folder, known)


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("start", "part"), [*small.in_parts(2, "empty"), *small.in_parts(18, "old")])
def test_killed_at_any_moment(
    start: str, part: slice, tmp_path: Path, known: Known, say: Callable[[str], None],
    moments_of: Callable[[str], list[list[str]]],
) -> None:  # fmt: skip
    moments = moments_of(start)
    chosen = set(range(0, len(moments), EVERY if start == "old" else EVERY * 3))
    if start == "old":
        chosen |= set(near_publishing(moments))
    points = [(f"{at} {moments[at]}", {"at": at}) for at in sorted(chosen)[part]]
    tried(points, getattr(known, start), tmp_path, known, say)


def near_publishing(moments: list[list[str]]) -> list[int]:
    """Every moment from the end of the audit on that is not about pages."""
    last = max(at for at, (_, text) in enumerate(moments) if "/data_docs/" in text)
    return list(range(last, len(moments)))


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", small.in_parts(3))
def test_killed_at_any_time(
    part: slice, tmp_path: Path, known: Known, say: Callable[[str], None], dice: random.Random
) -> None:
    took = small.caseload(small.copied(known.old, tmp_path / "timed"), "run").seconds
    times = [round(took * (number + dice.random()) / TIMES, 3) for number in range(TIMES)]
    tried([(f"{at} s", {"after_s": at}) for at in times[part]], known.old, tmp_path, known, say)


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", range(CHAINS))
def test_killed_again_and_again(
    number: int, folder: Path, known: Known, say: Callable[[str], None], dice: random.Random
) -> None:
    moments = [dice.randrange(1000) for _ in range(CHAINS * CHAIN)][number * CHAIN :][:CHAIN]
    ends = [killed(folder, known, at=at) for at in moments]
    recovered(folder, known)
    say(str(ends))


def tried(
    points: list[tuple[str, dict[str, Any]]], base: Path, aside: Path, known: Known,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Kill one run at each of some points, and mend it; what went wrong is told together at the end."""
    failures, ends, begun = [], [], time.monotonic()
    for number, (moment, how) in enumerate(points, start=1):
        folder = small.copied(base, aside / str(number))
        try:
            ends.append(killed(folder, known, **how))
            recovered(folder, known)
            small.removed(folder)
        except AssertionError as error:
            failures.append(f"{moment}: {str(error)[-1500:]}")
            say(f"✗ {failures[-1]}")
    took = time.monotonic() - begun
    told = f"{ends.count('old')} left the old one, {ends.count('new')} the new one"
    say(f"{len(points)} kills in {took:.0f} s: {told}, {len(failures)} went wrong")
    assert failures == []
