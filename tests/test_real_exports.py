"""Exports that police forces really published, where the folder with them is there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.command import ROOT, caseload, sql

FOLDER = Path(os.environ.get("CASELOAD_REAL_EXPORTS", ROOT.parent / "shared" / "exports"))
YEARLY = "npa_cybercrime_yearly"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no real exports in {FOLDER}; set CASELOAD_REAL_EXPORTS to their folder"
)


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on both releases of the yearly cybercrime table."""
    folder = tmp_path_factory.mktemp("real")
    source = folder / "raw" / YEARLY
    source.mkdir(parents=True)
    shutil.copy(ROOT / "raw" / YEARLY / "source.yaml", source)
    for export in (FOLDER / "kr_npa_cyber_yearly").glob("*.csv"):
        shutil.copy(export, source)
    done = caseload(folder, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_both_releases_give_the_totals_that_are_known(yearly: Path) -> None:
    totals = dict(
        sql(
            yearly,
            "select year(period_start), (sum(value) filter (where measure = 'cases'),"
            " sum(value) filter (where measure = 'cases_cleared')) from crime_type_shares group by 1",
        )
    )
    assert totals[2019][0] == 180_499
    assert totals[2020] == (234_095, 157_909)
    assert totals[2014] == (109_979, 71_881)


def test_the_figure_of_2019_is_the_same_in_both_releases(yearly: Path) -> None:
    assert sql(
        yearly,
        "select released_on::varchar, sum(value) from observation"
        " where measure = 'cases' and period_start = '2019-01-01' group by 1 order by 1",
    ) == [("2019-12-31", 180_499), ("2020-08-31", 180_499)]


def test_sextortion_keeps_its_code(yearly: Path) -> None:
    assert sql(
        yearly,
        "select measure, value from crime_type_shares where crime_type = 'financial_sextortion'"
        " and period_start = '2020-01-01' order by 1",
    ) == [("cases", 2583), ("cases_cleared", 519)]


def test_totals_are_sums_of_parts_and_their_change_is_shared_out_exactly(yearly: Path) -> None:
    [(value, origin, change_pct, contribution)] = sql(
        yearly,
        "select value, value_origin, change_pct, contribution_pp from arrest_trends"
        " where crime_type = 'total' and measure = 'cases' and period_start = '2020-01-01'",
    )
    assert (value, origin) == (234_095, "sum_of_parts")
    assert change_pct == pytest.approx(100 * (234_095 - 180_499) / 180_499)
    [(parts,)] = sql(
        yearly,
        "select sum(contribution_pp) from arrest_trends where crime_type <> 'total'"
        " and measure = 'cases' and period_start = '2020-01-01'",
    )
    assert parts == pytest.approx(contribution)


def test_blanks_where_zeros_were_keep_the_export_out(yearly: Path, tmp_path: Path) -> None:
    variant = tmp_path / "사이버_20200901.csv"
    shutil.copy(FOLDER / "kr_npa_cyber_yearly/variants/blanks_for_zero_08_31_2020.csv", variant)
    done = caseload(yearly, "check", "--source", YEARLY, str(variant))
    assert done.returncode == 1
    assert "row 6, column '사이버금융범죄(메신저이용사기)': is empty" in done.stdout
