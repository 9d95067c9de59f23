"""The report that is shown is that of the warehouse that is published, or there is none."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.common.paths import Places
from pipelines.report import files
from pipelines.warehouse import publishing
from tests.command import caseload

pytestmark = pytest.mark.whole


@pytest.fixture
def run(copied_run, tmp_path: Path) -> Path:
    return copied_run(tmp_path)


def places_of(run: Path) -> Places:
    return Places(run / "raw", run / "warehouse")


def shown(run: Path) -> str:
    """The publication that the page says it is of."""
    text = (run / "warehouse/report/index.html").read_text(encoding="utf-8")
    return text.partition('name="caseload-publication" content="')[2].partition('"')[0]


def published(run: Path) -> str:
    return publishing.publication(places_of(run))["publication_id"]


def test_a_run_publishes_the_report_with_the_warehouse(run):
    assert shown(run) == published(run)
    assert [path.name for path in (run / "warehouse/report").iterdir()] == ["index.html"]
    modes = [
        path.stat().st_mode
        for path in (run / "warehouse/caseload.duckdb", run / "warehouse/report/index.html")
    ]
    assert modes[0] == modes[1]


def test_a_run_with_nothing_new_makes_a_report_good_that_was_cut_short(run):
    page = run / "warehouse/report/index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(shown(run), "20000101T000000Z-00000000"), encoding="utf-8")
    (page.parent / ".old.html").write_text("prepared and never published", encoding="utf-8")
    (run / "warehouse/.store/last_run.json").unlink()

    assert caseload(run, "run").returncode == 0
    assert page.read_text(encoding="utf-8") == text
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]


def test_a_page_that_was_prepared_is_shown_once_its_build_is_published(run):
    places = places_of(run)
    os.replace(places.report, places.report.with_name(".build-1.html"))
    prepared = places.report.with_name(".build-1.html").read_bytes()

    assert files.follow(places, "build-1") == ""
    assert places.report.read_bytes() == prepared


def test_a_page_that_was_prepared_with_another_build_is_not_shown(run):
    places = places_of(run)
    other = places.report.with_name(".build-1.html")
    other.write_text('<meta name="caseload-publication" content="another">', encoding="utf-8")
    places.report.unlink()

    assert files.follow(places, "build-1") == ""
    assert shown(run) == published(run)
    assert not other.exists()


def test_after_a_rollback_the_report_is_the_earlier_one_and_says_so(run):
    first = published(run)
    contract = run / "raw/noi_cybersex_crackdown/source.yaml"
    contract.write_text(
        contract.read_text(encoding="utf-8").replace("title: Crackdown", "title: A crackdown"),
        encoding="utf-8",
    )
    assert caseload(run, "run").returncode == 0
    second = published(run)
    assert caseload(run, "rollback", "--reason", "a <b>test</b>").returncode == 0

    text = (run / "warehouse/report/index.html").read_text(encoding="utf-8")
    assert shown(run) == first != second
    assert f"An older publication is shown: instead of {second}" in text
    assert "a &lt;b&gt;test&lt;/b&gt;" in text


def test_a_publication_of_another_version_has_no_report_rather_than_a_false_one(run):
    places = places_of(run)
    with duckdb.connect(str(places.published)) as connection:
        connection.execute("alter table reconciliations drop column dimension")
        connection.execute("update publication set publication_id = 'of an older version'")
    places.publication.unlink()

    assert files.follow(places).startswith(
        "There is no report of of an older version: another version of Caseload"
    )
    assert not places.report.exists()
