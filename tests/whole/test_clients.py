"""What is published opens in an analyst's older DuckDB too, macros included."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.warehouse import as_of, relations
from tests.command import sql
from tests.pages import blocks

pytestmark = pytest.mark.whole

COMMAND = shutil.which("duckdb", path=str(Path(sys.executable).parent))
OLDER = pytest.mark.skipif(COMMAND is None, reason="duckdb-cli is not installed: `make test` installs it")


def asked(folder: Path, query: str) -> list[list[str]]:
    """The rows of a query by DuckDB 1.5's own command."""
    done = subprocess.run(
        [COMMAND, "-readonly", "-csv", "-noheader", folder / "warehouse/caseload.duckdb", query],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, f"{query}: {done.stderr}"
    return list(csv.reader(io.StringIO(done.stdout)))


@OLDER
def test_the_older_command_is_of_1_5(first_run: Path) -> None:
    assert asked(first_run, "select version()")[0][0].startswith("v1.5")


@OLDER
def test_every_relation_and_macro_can_be_read_by_1_5(first_run: Path) -> None:
    calls = [relation.qualified_name for relation in relations.relations().values()]
    # Those of the schema staging are read by the others.
    public = [macro.name for macro in as_of.as_of_macros() if "." not in macro.name]
    calls += [f"{name}(date '2026-01-01')" for name in public]
    calls.append("age_distributions_in(['10-29', '30-49'])")
    queries = [f"select count(*) from {call}" for call in calls]
    assert len(public) >= 5
    assert asked(first_run, ";\n".join(queries)) == [[str(sql(first_run, query)[0][0])] for query in queries]


@OLDER
def test_every_query_of_the_documentation_gives_the_same_in_1_5(first_run: Path) -> None:
    queries = [block.text for block in blocks("sql", under="docs/how-to/ten-questions")]
    rows = [row for query in queries for row in sql(first_run, query)]
    assert len(asked(first_run, ";\n".join(queries))) == len(rows)


def test_the_python_of_the_documentation_runs(first_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(first_run)
    for block in blocks("python", under="docs/how-to/open-the-warehouse"):
        defined: dict = {}
        exec(block.text, defined)
        frames = {"frame", "known_then"} & defined.keys()
        assert frames
        assert all(len(defined[frame]) for frame in frames)
