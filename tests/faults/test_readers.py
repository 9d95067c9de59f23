"""Analysts query without a pause while one publication after the other takes the place of the last."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.common.paths import Places
from pipelines.warehouse import publishing
from tests.faults import small
from tests.faults.conftest import Known

READER = """\
import json, sys, time, duckdb
path, stop = sys.argv[1:]
reads, failed, torn, seen = 0, [], [], set()
from pathlib import Path
while not Path(stop).exists():
    try:
        with duckdb.connect(path, read_only=True) as connection:
            connection.begin()
            ask = lambda query: connection.execute(query).fetchall()
            first = ask("select publication_id, observations from publication")
            values = ask("select count(*), count(distinct region), min(region), max(region) from observation")
            last = ask("select publication_id, observations from publication")
            connection.commit()
    except Exception as error:
        failed.append(f"{type(error).__name__}: {error}")
        continue
    [(name, rows)], [(count, regions, low, high)] = first, values
    if first != last or (count, regions, low, high) != (rows, 1, name, name):
        torn.append([first, values, last])
    reads += 1
    seen.add(name)
print(json.dumps([reads, failed[:3], torn[:3], sorted(seen)]))
"""


@pytest.mark.timeout(600)
def test_no_read_fails_and_each_sees_one_publication(
    tmp_path: Path, known: Known, is_full: bool, say: Callable[[str], None]
) -> None:
    places = Places(tmp_path / "raw", tmp_path / "warehouse")
    count, crowd = (100, 8) if is_full else (6, 3)
    publish(places, known, 0)
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, places.published, stop], stdout=subprocess.PIPE, text=True
        )
        for _ in range(crowd)
    ]
    names = [publish(places, known, number) for number in range(1, count + 1)]
    stop.touch()
    reads, failed, torn, seen = 0, [], [], set()
    for process in readers:
        told = json.loads(process.communicate()[0])
        reads += told[0]
        failed += told[1]
        torn += told[2]
        seen |= set(told[3])
    if is_full:
        say(f"{reads} reads of {len(seen)} publications while {count} were published")
    assert (failed, torn) == ([], [])
    assert reads > count
    assert names[-1] in seen or len(seen) > 1
    assert small.leftovers(tmp_path) == []


def publish(places: Places, known: Known, number: int) -> str:
    """A publication whose figures all say which one it is."""
    name = f"20250101T{number:06}Z-0123abcd"
    path = publishing.build_path(places, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(small.published(known.old), path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update publication set publication_id = ?", [name])
        connection.execute("update observation set region = ?", [name])
    return publishing.publish(path, places)
