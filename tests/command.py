"""How tests call the real command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
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
