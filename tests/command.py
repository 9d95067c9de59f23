"""How tests call the real command."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = Path(__file__).resolve().parent / "fixtures"
NOI = "noi_cybersex_crackdown"
SCRIPT = ROOT / ".venv/bin/caseload"
CRIME_TYPES = f"{NOI}/crime_types_2025-11-16.csv"


def caseload(folder: Path, *arguments: str, timeout: int = 240) -> subprocess.CompletedProcess[str]:
    """The command, on ``raw`` and ``warehouse`` below a folder, as a child of `warm`."""
    server = _server()
    assert server.stdin
    assert server.stdout
    with tempfile.NamedTemporaryFile("r") as stdout, tempfile.NamedTemporaryFile("r") as stderr:
        call = {
            "arguments": arguments, "environment": environment(folder), "cwd": str(folder),
            "stdout": stdout.name, "stderr": stderr.name, "timeout": timeout,
        }  # fmt: skip
        print(json.dumps(call), file=server.stdin, flush=True)
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(list(arguments), code, stdout.read(), stderr.read())


def started(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as `caseload`, but from its script and with nothing imported: for its own start."""
    return subprocess.run(
        [SCRIPT, *arguments],
        capture_output=True, text=True, env=environment(folder), cwd=folder, timeout=240, check=False,
    )  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    return environment | {
        "CASELOAD_RAW": str(folder / "raw"),
        "CASELOAD_WAREHOUSE": str(folder / "warehouse"),
        "COLUMNS": "1000",
    }


@functools.cache
def _server() -> subprocess.Popen[str]:
    """One for a test process; it ends with its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.warm"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def sql(folder: Path, query: str) -> list[tuple]:
    """The rows of a query on the published warehouse."""
    with duckdb.connect(str(folder / "warehouse/caseload.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def snapshot(folder: Path) -> Path:
    """A folder that keeps the warehouse as it is published now, for ``sql`` after later runs."""
    kept = folder / "snapshots"
    kept.mkdir(exist_ok=True)
    copy = kept / str(len(list(kept.iterdir())))
    (copy / "warehouse").mkdir(parents=True)
    shutil.copy(folder / "warehouse/caseload.duckdb", copy / "warehouse")
    return copy
