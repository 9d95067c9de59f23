"""DuckDB can touch nothing but what it was opened for, whatever a file or a contract makes it run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.common import databases
from pipelines.quality.expectations import Rule, Validator
from pipelines.reading.hashes import Hashes
from pipelines.releases.record_readings import Reader
from pipelines.releases.store import Store

pytestmark = pytest.mark.whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "secret.csv").write_text("secret\n1\n", encoding="utf-8")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    return inside


REACHING_OUT = [
    "from read_csv('{folder}/../secret.csv')",
    "from read_csv('{folder}/link.csv')",
    "from read_text('/etc/passwd')",
    "from read_blob('/proc/self/environ')",
    "from glob('/etc/*')",
    "from read_parquet('https://example.org/a.parquet')",
    "copy (select 1) to '{folder}/../out.csv'",
    "copy (select 1) to '/dev/stdout'",
    "attach '{folder}/../other.duckdb'",
    "export database '{folder}/../exported'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "reset enable_external_access",
    "set allowed_directories = ['/']",
    "set allowed_configs = ['memory_limit']",
    "set lock_configuration = false",
    "set memory_limit = '1TB'",
    "set temp_directory = '/tmp'",
    "create persistent secret s (type http)",
]


@pytest.mark.parametrize("statement", REACHING_OUT)
def test_a_confined_connection_cannot_reach_out(folder, statement):
    with databases.opened(folders=[folder], memory="100MB") as connection:
        assert connection.execute(f"from read_csv('{folder}/a.csv')").fetchall() == [(1,)]
        for each in (connection, connection.cursor()):
            with pytest.raises(duckdb.Error):
                each.execute(statement.format(folder=folder)).fetchall()


def test_a_connection_reads_only_the_files_that_it_is_given(folder):
    (folder / "b.csv").write_text("a\n2\n", encoding="utf-8")
    with databases.opened(files=[folder / "a.csv"]) as connection:
        assert connection.execute(f"from read_csv('{folder}/a.csv')").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"from read_csv('{folder}/b.csv')")


def test_a_file_or_folder_that_is_a_link_can_be_given(folder):
    (folder / "linked").symlink_to(folder)
    link = folder / "link.csv"
    with databases.opened(files=[link]) as connection:
        assert connection.execute(f"select count(*) from read_csv('{link}')").fetchall() == [(1,)]
    with databases.opened(folders=[folder / "linked"]) as connection:
        assert connection.execute(f"from read_csv('{folder}/linked/a.csv')").fetchall() == [(1,)]


def test_a_second_connection_to_a_file_is_confined_too(folder):
    with (
        databases.opened(folder / "x.duckdb") as first,
        databases.opened(folder / "x.duckdb", folders=["/"]) as second,
    ):
        first.execute("create table t as select 1")
        assert second.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException):
            second.execute("from read_text('/etc/passwd')")


@pytest.mark.parametrize("path", ["/etc/passwd", "{folder}/../secret.csv"])
def test_what_a_contract_expects_cannot_read_other_files(folder, tmp_path, path):
    database = folder / "x.duckdb"
    with databases.opened(database) as connection:
        connection.execute("create table records as select 1 as a")
    query = f"select * from read_text('{path.format(folder=folder)}')"
    arguments = {
        "base_query": "select a from records", "comparison_query": query,
        "comparison_data_source_name": "warehouse",
    }  # fmt: skip
    rules = [
        Rule("expect_query_results_to_match_comparison", arguments),
        Rule("unexpected_rows_expectation", {"unexpected_rows_query": f"{query} where '{{batch}}' <> ''"}),
    ]
    validator = Validator(tmp_path / "results", tmp_path / "site")
    found = validator.relations("test", database, {"records": rules})["records"]
    assert [result.verdict for result in found] == ["errored", "errored"]
    assert all("disabled" in result.explanation or "Permission" in result.explanation for result in found)
    assert "root:" not in str(found)


def test_the_reader_of_records_reads_its_exports_alone(source_of, tmp_path):
    from pipelines.reading import exports

    source = source_of(
        "kind: records\nperiod: 2024\nfields: {type: {dimension: crime_type, codes: as_printed}}\n"
        "measures: {cases: count}\nrollup: {period: file}\n"
    )
    (source.folder / "a.csv").write_text("type\na\n", encoding="utf-8")
    reader = Reader(source, exports.discover(source, Hashes()), Store(tmp_path / "store"))
    try:
        for path in ("/etc/passwd", source.folder / "source.yaml", tmp_path / "store" / "salt"):
            with pytest.raises(duckdb.PermissionException):
                reader.connection.execute(f"from read_text('{path}')")
    finally:
        reader.close()
