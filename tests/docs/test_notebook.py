"""The notebook of the documentation, run on a published warehouse."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import ROOT, environment

pytest.importorskip("marimo", reason="marimo is not installed: `make docs` installs it")

pytestmark = pytest.mark.whole

NOTEBOOK = ROOT / "docs/notebooks/may_i_quote_it.py"


@pytest.fixture(scope="module")
def notebook(first_run: Path) -> tuple[tuple, Any]:
    """What its cells give, and what they define."""
    before = os.environ.get("CASELOAD_WAREHOUSE")
    os.environ["CASELOAD_WAREHOUSE"] = str(first_run / "warehouse")
    try:
        spec = importlib.util.spec_from_file_location(NOTEBOOK.stem, NOTEBOOK)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.app.run()
    finally:
        if before is None:
            del os.environ["CASELOAD_WAREHOUSE"]
        else:
            os.environ["CASELOAD_WAREHOUSE"] = before


def test_it_answers_with_the_published_share_and_its_implied_base(notebook) -> None:
    _, defined = notebook
    assert defined["answer"] == (
        "As the publisher's own, with its base: 1,761 suspects are aged 10-19, 47.6% by the publisher, of a base of 3,696 "
        "to 3,699 that the publication does not name. Not as a share of the printed total."
    )
    assert set(defined["verdicts"]["verdict"]) == {"contradicts"}


def test_its_charts_show_what_its_tables_say(notebook) -> None:
    _, defined = notebook
    bars, _ = defined["age_chart"].data, defined["age_chart"].to_dict()
    assert list(bars["age_band"]) == ["10-19", "20-29", "30-39", "40-49"]
    assert list(bars["share"]) == [47.6, 33.2, 12.7, 4.6]
    assert set(bars["said_by"]) == {"the publisher, base not printed"}
    changes = defined["change_chart"].data
    assert list(changes["what"]) == ["Suspects", "Undercover investigations"]
    assert [round(value, 1) for value in changes["change_pct"]] == [47.8, 32.0]


def test_every_figure_has_its_cell(notebook) -> None:
    _, defined = notebook
    first = defined["origins"].iloc[0]
    assert (first["value"], first["source_row"]) == (1761, 2)
    assert first["source_file"] == "noi_cybersex_crackdown/suspects_by_age_2025-11-16.csv"


def test_as_a_script_it_writes_its_charts_where_no_browser_is(first_run: Path, tmp_path: Path) -> None:
    [command] = [
        line for line in (ROOT / "Makefile").read_text().splitlines() if "may_i_quote_it.py --" in line
    ]
    arguments = command.partition("python ")[2].split()
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment(first_run), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["charts/ages.svg", "charts/changes.svg"]
    ages = (tmp_path / "charts/ages.svg").read_text(encoding="utf-8")
    assert all(f">{text}</text>" in ages for text in ("Suspects by age, share in percent", "10-19", "47.6"))
    assert ">+47.8</text>" in (tmp_path / "charts/changes.svg").read_text(encoding="utf-8")


def test_opening_it_asks_for_no_newer_version() -> None:
    makefile = (ROOT / "Makefile").read_text()
    [command] = [line for line in makefile.splitlines() if "marimo edit" in line]
    assert "--skip-update-check" in command
    assert "--no-sandbox" in command
