"""A small warehouse to be disturbed: tables and records, published once, then changed in every way."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.common.digests import Digest, digest
from pipelines.warehouse.relations import relations
from pipelines.warehouse.verification import NOT_COMPARED
from tests.command import ROOT, environment

TABLE = """\
title: Cases by type
publisher: A police force
licence: none
files: 'cases_(?P<region>[a-z]+)_(?P<released_on>\\d{8}).csv'
period: 2024
totals: printed
columns:
  type: {dimension: crime_type, codes: {all types: total}}
  cases: {value: count, measure: cases}
  share: {share_of: cases, along: crime_type}
codes: {region: as_printed}
missingValues: {'': not_applicable}
"""
RECORDS = """\
title: Arrests
publisher: A police force
licence: none
kind: records
files: 'arrests_(?P<month>\\d{4}-\\d{2}).csv'
released_on: period_end
dated_by: Date
fields:
  Id: {key: true, constraints: {required: true}}
  Date: {type: date}
  Type: {dimension: crime_type, codes: {Theft: theft, Fraud: fraud}}
  Name: {personal: drop}
measures: {suspects: count}
rollup: {by: [[crime_type]]}
code_lists: {crime_type: {theft: Theft, fraud: Fraud}}
"""
NORTH, SOUTH, EAST = (f"cases/cases_{region}_20250131.csv" for region in ("north", "south", "east"))
JANUARY, FEBRUARY = (f"arrests/arrests_2024-0{month}.csv" for month in (1, 2))


def table(deepfakes: int, recordings: int) -> str:
    every = deepfakes + recordings
    return (
        f"type,cases,share\ndeepfake,{deepfakes},{100 * deepfakes / every:.1f}\n"
        f"illegal_recording,{recordings},{100 * recordings / every:.1f}\nall types,{every},\n"
    )


def records(month: int) -> str:
    rows = [f"{month}-{n},2024-0{month}-{n + 1:02},{'Theft' if n % 3 else 'Fraud'},Kim" for n in range(20)]
    return "\n".join(["Id,Date,Type,Name", *rows, ""])


@dataclass(frozen=True)
class Done:
    """How one call of the command ended."""

    code: int
    """Negative: the signal that ended it."""
    seconds: float
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        return self.stdout + self.stderr


def write(folder: Path, **exports: str) -> None:
    for file, text in exports.items():
        (folder / "raw" / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / "raw" / file).write_text(text, encoding="utf-8")


def received(folder: Path) -> None:
    """The first exports."""
    write(folder, **{
        "cases/source.yaml": TABLE, "arrests/source.yaml": RECORDS,
        NORTH: table(30, 50), SOUTH: table(10, 20), JANUARY: records(1),
    })  # fmt: skip


def changed(folder: Path) -> Path:
    """What comes later: a file that is corrected, one that is gone, two that are new."""
    write(folder, **{NORTH: table(31, 50), EAST: table(5, 6), FEBRUARY: records(2)})
    (folder / "raw" / SOUTH).unlink(missing_ok=True)
    return folder


def published(folder: Path) -> Path:
    return folder / "warehouse" / "caseload.duckdb"


def bytes_of(path: Path) -> str | None:
    """The SHA-256 of a file; None if it is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def content(path: Path) -> dict[str, Digest]:
    """What a warehouse says, by relation, but for when and by what it was built."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            name: digest(connection.table(relation.qualified_name).select(*_columns(name)))
            for name, relation in relations().items()
        }


def _columns(name: str) -> list[str]:
    return [column for column in relations()[name].columns if column not in NOT_COMPARED.get(name, ())]


def leftovers(folder: Path) -> list[str]:
    """What a run that ended well must not leave below the warehouse folder."""
    store = folder / "warehouse" / ".store"
    found: Iterator[Path] = (
        path
        for pattern in (".build/*", ".store/.*", ".store/readings/.*", ".store/ledgers/.*")
        for path in (folder / "warehouse").glob(pattern)
    )
    named = {
        reading
        for ledger in (store / "ledgers").glob("*.json")
        for entry in json.loads(ledger.read_text()).values()
        for reading in entry.values()
    }
    unnamed = [path for path in (store / "readings").glob("*") if path.name not in named | {"nothing"}]
    return [str(path.relative_to(folder)) for path in [*found, *unnamed]]


def copied(base: Path, folder: Path) -> Path:
    """A copy of a folder with its warehouse, to be disturbed."""
    return Path(shutil.copytree(base, folder, symlinks=True))


def in_parts(count: int, *of: Any) -> list[Any]:
    """Cases of a test that takes hours, so that processes can share it: each takes every ``count``-th point."""
    return [pytest.param(*of, slice(at, None, count), id="-".join([*of, str(at + 1)])) for at in range(count)]


def removed(folder: Path) -> None:
    """Delete a folder in which a process of a killed run may still write its pages."""
    shutil.rmtree(folder, ignore_errors=True)


def moments(folder: Path, *arguments: str) -> list[list[str]]:
    """What a call does to the disk, in order, by event and path or statement."""
    with tempfile.NamedTemporaryFile("r") as noted:
        done = caseload(folder, *arguments, fault={"kind": "none", "into": noted.name})
        assert done.code in (0, 1), done.said
        return [json.loads(line) for line in noted]


def caseload(
    folder: Path, *arguments: str, fault: dict[str, Any] | None = None, kill_after_s: float | None = None,
) -> Done:  # fmt: skip
    """The command, on ``raw`` and ``warehouse`` below a folder, disturbed."""
    server = _server()
    assert server.stdin
    assert server.stdout
    with tempfile.NamedTemporaryFile("r") as stdout, tempfile.NamedTemporaryFile("r") as stderr:
        call = {
            "arguments": arguments, "environment": environment(folder), "cwd": str(folder),
            "stdout": stdout.name, "stderr": stderr.name, "timeout": 240,
            "fault": fault, "kill_after_s": kill_after_s,
        }  # fmt: skip
        print(json.dumps(call), file=server.stdin, flush=True)
        code, seconds = server.stdout.readline().split()
        return Done(int(code), float(seconds), stdout.read(), stderr.read())


@functools.cache
def _server() -> subprocess.Popen[str]:
    """One for a test process; it ends with its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
