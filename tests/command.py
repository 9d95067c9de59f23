"""How tests call the real command."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = Path(__file__).resolve().parent / "fixtures"
NOI = "noi_cybersex_crackdown"
CRIME_TYPES = f"{NOI}/crime_types_2025-11-16.csv"


def caseload(folder: Path, *arguments: str, timeout: int = 240) -> subprocess.CompletedProcess[str]:
    """The command, on ``raw`` and ``warehouse`` below a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    environment |= {
        "CASELOAD_RAW": str(folder / "raw"),
        "CASELOAD_WAREHOUSE": str(folder / "warehouse"),
        "COLUMNS": "1000",
    }
    return subprocess.run(
        [ROOT / ".venv/bin/caseload", *arguments],
        capture_output=True, text=True, env=environment, cwd=folder, timeout=timeout, check=False,
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
