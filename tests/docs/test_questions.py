"""Example queries of ``docs/queries``: each says its question, runs, and can be asked by its name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipelines.common.paths import QUERIES
from pipelines.takeaway import questions
from tests.command import ROOT, caseload, sql

pytestmark = pytest.mark.whole

NAMES = sorted(path.stem for path in QUERIES.glob("*.sql"))
WITH_ROWS = {
    "ages", "as_it_was_known", "change_on_a_year_earlier", "contradictions", "largest_crime_types", "sources",
    "teens", "where_it_comes_from",
}  # fmt: skip
"""Those that have an answer in the sources that are shipped with their exports."""


@pytest.mark.parametrize("name", NAMES)
def test_every_example_runs_and_is_sorted(first_run: Path, name: str) -> None:
    query = questions.called(name).sql
    rows = sql(first_run, query)
    assert bool(rows) == (name in WITH_ROWS)
    assert "order by" in query or name == "where_it_comes_from"


def test_there_are_about_ten() -> None:
    assert len(NAMES) >= 10
    assert list(questions.questions()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_example_begins_with_its_question(name: str) -> None:
    assert re.match(r"[A-Z].+\?", questions.called(name).question)


def test_examples_are_listed_and_run_by_name(first_run: Path) -> None:
    listed = caseload(first_run, "query", "--examples")
    assert all(name in listed.stdout for name in NAMES)
    done = caseload(first_run, "query", "--example", "contradictions", "--format", "json")
    assert done.returncode == 0
    assert all("explanation" in row for row in json.loads(done.stdout))
    shown = caseload(first_run, "query", "--example", "sources")
    assert "Which sources are here" in shown.stdout
    assert "select" in shown.stdout
    assert "noi_cyber" in shown.stdout


@pytest.mark.parametrize("name", ["contradiction", "Contradictoins"])
def test_an_unknown_example_is_told_with_the_closest(first_run: Path, name: str) -> None:
    done = caseload(first_run, "query", "--example", name)
    assert done.returncode == 2
    assert "closest: 'contradictions'" in done.stderr


@pytest.mark.parametrize("name", ["Sources", "sources.sql"])
def test_an_example_is_known_in_capitals_and_by_its_file(name: str) -> None:
    assert questions.called(name).name == "sources"


@pytest.mark.parametrize("arguments", [["query"], ["query", "select 1", "--example", "ages"]])
def test_one_query_at_a_time(first_run: Path, arguments: list[str]) -> None:
    done = caseload(first_run, *arguments)
    assert done.returncode == 2
    assert "--examples lists them" in done.stderr


def test_the_question_about_a_relation_is_one_that_reads_little_else() -> None:
    assert questions.about("reconciliations").name == "contradictions"
    assert questions.about("series_breaks") is None


def test_a_wheel_carries_the_examples() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"docs/queries" = "pipelines/queries"' in project
