"""``caseload describe``: the warehouse says what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import caseload, sql


def test_all_relations_and_macros_are_listed_with_their_grain(first_run: Path) -> None:
    done = caseload(first_run, "describe")
    assert done.returncode == 0
    for name, *_ in sql(first_run, "select table_name from duckdb_tables() where schema_name = 'main'"):
        assert name in done.stdout
    assert "trace_of(in_source, of_measure" in done.stdout
    assert "source, period, measure," in done.stdout


def test_a_relation_tells_columns_rows_and_a_first_query(first_run: Path) -> None:
    done = caseload(first_run, "describe", "crime_type_shares")
    assert done.returncode == 0
    assert "One row per source, period, measure, region and crime type; 3 rows." in done.stdout
    assert "100 * value / base_value, unrounded; empty where base_value is." in done.stdout
    assert "caseload query --example largest_crime_types" in done.stdout
    assert 'caseload query "select * from crime_type_shares limit 10"' in done.stdout


def test_a_column_tells_its_meaning_and_its_values_with_labels(first_run: Path) -> None:
    done = caseload(first_run, "describe", "arrest_trends.crime_type")
    assert done.returncode == 0
    assert "Type of crime; total means not broken down by type." in done.stdout
    assert "Deepfake sexual content" in done.stdout
    assert "Also in" in done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("staging.figure", "Every figure"),
        ("age_distributions_in", "regrouped into the bands"),
        ("data_dictionary.column_name", "The column; empty for the relation itself."),
        ("Staging.FIGURE", "Every figure"),
        ("Age_Distributions_In", "regrouped into the bands"),
        ("DATA_DICTIONARY.Column_Name", "data_dictionary.column_name (VARCHAR): The column"),
    ],
)
def test_steps_macros_and_views_are_described_too(first_run: Path, name: str, said: str) -> None:
    assert said in caseload(first_run, "describe", name).stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("crime_type_share", "closest: 'crime_type_shares'"),
        ("crime_type_shares.base_kin", "closest: 'base_kind'"),
        ("crime_type_share.value", "closest: 'crime_type_shares'"),
        ("CRIME_TYPE_SHARE", "closest: 'crime_type_shares'"),
        ("Crime_Type_Shares.Base_Kin", "closest: 'base_kind'"),
        ("trace_off", "closest: 'trace_of', a table macro"),
        ("share_pct", "it is a column, e.g. "),
        ("'; drop table codes; --", "There is no relation"),
    ],
)
def test_an_unknown_name_is_told_with_the_closest(first_run: Path, name: str, said: str) -> None:
    done = caseload(first_run, "describe", name)
    assert done.returncode == 2
    assert said in done.stderr


def test_without_a_publication_the_next_step_is_told(tmp_path: Path) -> None:
    done = caseload(tmp_path, "describe")
    assert done.returncode == 1
    assert "`caseload run` builds it" in done.stderr
