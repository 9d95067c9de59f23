"""Relations and their sidecars: documented to the last column, in a known order, with a known lineage."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipelines.common.paths import SQL, Places
from pipelines.warehouse import publishing
from pipelines.warehouse.as_of import as_of_macros
from pipelines.warehouse.relations import check_description, checks, macros, relations, tables_read
from tests.sql.given import built

MADE_BY_THE_AUDIT = "check_results"
MACROS = {macro.name: macro for macro in (*as_of_macros(), *macros())}
FOR_ANALYSTS = [name for name, relation in relations().items() if relation.layer != "staging"]
QUERIES = sorted(SQL.rglob("*.sql"))


@pytest.fixture(scope="module")
def columns():
    """Column names in order, by relation, of an empty warehouse."""
    rows = built([], made=relations()).sql(
        "select table_name, column_name from duckdb_columns() where not internal order by column_index"
    )
    found: dict[str, list[str]] = {}
    for relation, column in rows.fetchall():
        found.setdefault(relation, []).append(column)
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A connection to an empty warehouse as the product builds it, before its audit."""
    folder = tmp_path_factory.mktemp("empty")
    path = publishing.build(Places(folder / "raw", folder / "warehouse"), [], "empty")
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


# Sidecars


@pytest.mark.parametrize("name", relations())
def test_sidecar_documents_exactly_the_columns_in_their_order(name, columns):
    assert list(relations()[name].columns) == columns[name]


@pytest.mark.parametrize("name", relations())
def test_sidecar_says_what_the_relation_is_and_its_grain(name):
    relation = relations()[name]

    assert re.fullmatch(r"[A-Z].*[.?]", relation.description.strip(), re.DOTALL)
    assert relation.grain.startswith("one row")


@pytest.mark.parametrize("name", relations())
def test_every_column_has_a_text(name):
    texts = relations()[name].columns

    assert [column for column, text in texts.items() if not re.fullmatch(r"\S.*\.", text, re.DOTALL)] == []


@pytest.mark.parametrize("name", FOR_ANALYSTS)
def test_every_relation_for_analysts_has_expectations(name):
    assert relations()[name].rules


@pytest.mark.parametrize("name", relations())
def test_expectations_are_about_columns_that_exist(name):
    relation = relations()[name]
    named = [
        column
        for rule in relation.rules
        for key in ("column", "column_A", "column_B", "column_list")
        for column in [rule.arguments.get(key, [])]
    ]
    flat = [column for entry in named for column in ([entry] if isinstance(entry, str) else entry)]

    assert set(flat) <= set(relation.columns)


def test_every_query_has_a_sidecar_and_every_sidecar_a_query():
    layers = ("tables", "staging", "marts", "macros")
    of_relations = [path for layer in layers for path in (SQL / layer).iterdir()]
    queries = {path.with_suffix("") for path in of_relations if path.suffix == ".sql"}
    sidecars = {path.with_suffix("") for path in of_relations if path.suffix == ".yml"}

    assert queries == sidecars


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.relative_to(SQL).as_posix())
def test_every_query_begins_with_a_comment(path):
    assert re.match(r"-- \S.*", path.read_text(encoding="utf-8"))


def test_names_are_unique_across_layers():
    layers = ("tables", "staging", "marts", "macros")
    names = [path.stem for layer in layers for path in (SQL / layer).glob("*.sql")]

    assert sorted(names) == sorted(set(names))


# In the database


def test_the_build_has_every_relation_but_the_results_of_its_audit(empty):
    built_names = {
        name for (name,) in empty.sql("select distinct table_name from duckdb_columns()").fetchall()
    }

    assert relations().keys() - built_names == {MADE_BY_THE_AUDIT}


def test_every_relation_has_a_comment_with_its_grain(empty):
    found = empty.sql(
        """
        select table_name, comment from duckdb_tables()
        union all
        select view_name, comment from duckdb_views() where not internal
        """
    )
    comments = dict(found.fetchall())

    for name, relation in relations().items():
        if name != MADE_BY_THE_AUDIT:
            assert relation.description in comments[name], name
            assert f"Grain: {relation.grain}." in comments[name], name


def test_every_column_has_its_text_as_a_comment(empty):
    found = empty.sql("select table_name, column_name, comment from duckdb_columns() where not internal")

    for name, column, comment in found.fetchall():
        assert comment == relations()[name].columns[column], f"{name}.{column}"


def test_steps_in_between_are_kept_apart_from_what_analysts_read(empty):
    schemas = empty.sql("select distinct schema_name, table_name from duckdb_columns() where not internal")

    for schema, name in schemas.fetchall():
        assert schema == ("staging" if relations()[name].layer == "staging" else "main"), name


def test_the_public_relations_are_there():
    public = {
        "observation", "crime_type_shares", "age_distributions", "arrest_trends", "reconciliations",
        "revisions", "corrections", "rolling_twelve_months", "exports", "rejected_rows", "check_results",
        "publication", "data_dictionary",
    }  # fmt: skip

    assert public - relations().keys() == set()


@pytest.mark.parametrize(
    ("name", "leading"),
    [
        (
            "observation",
            "source, export_id, released_on, period_start, period_end, measure, crime_type, age_band, sex, "
            "region, value, value_status, published_share_pct, published_change_pct, is_provisional, "
            "source_file, source_row, source_column",
        ),
        (
            "crime_type_shares",
            "source, period_start, period_end, measure, region, crime_type, value, base_value, base_kind, "
            "share_pct, published_share_pct, implied_base_low, implied_base_high, export_id",
        ),
        (
            "age_distributions",
            "source, period_start, period_end, measure, region, crime_type, age_band, age_low, age_high, "
            "sex, value, base_value, base_kind, share_pct, published_share_pct, implied_base_low, "
            "implied_base_high, export_id, cumulative_pct",
        ),
        (
            "arrest_trends",
            "source, period_start, period_end, measure, crime_type, region, value, previous_period_start, "
            "previous_value, change, change_pct, published_change_pct, contribution_pp, export_id",
        ),
        (
            "reconciliations",
            "source, period_start, period_end, kind, claim, published, recomputed_low, recomputed_high, "
            "verdict, explanation",
        ),
    ],
)
def test_the_public_columns_lead(name, leading, columns):
    expected = leading.split(", ")

    assert columns[name][: len(expected)] == expected


# Macros


ARGUMENTS = {
    "age_distributions_in": "['0-17', '18+']",
    "trace_of": "'police', 'cases', current_date, current_date",
}
"""Of macros that take something else than a day."""


def parameters_of(macro):
    """Names alone, without what a parameter is if it is not given."""
    return tuple(parameter.partition(" := ")[0] for parameter in macro.parameters)


@pytest.mark.parametrize("name", MACROS)
def test_every_macro_says_what_it_is(name):
    assert re.match(r"[A-Z].*[.?)]$", MACROS[name].description.strip(), re.DOTALL)
    assert MACROS[name].parameters


def test_the_build_has_every_macro_with_its_description_and_parameters(empty):
    found = empty.sql(
        """
        select
            if(schema_name = 'main', '', schema_name || '.') || function_name as name,
            comment,
            parameters,
        from duckdb_functions()
        where function_type = 'table_macro' and not internal
        """
    ).fetchall()

    assert {name: (said, tuple(parameters)) for name, said, parameters in found} == {
        name: (macro.description, parameters_of(macro)) for name, macro in MACROS.items()
    }


@pytest.mark.parametrize("name", MACROS)
def test_every_macro_can_be_asked_of_an_empty_warehouse(name, empty):
    arguments = ARGUMENTS.get(name, "current_date")

    assert empty.execute(f"from {name}({arguments})").fetchall() == []


def test_the_macros_for_analysts_are_in_the_data_dictionary(empty):
    query = "select relation_name, description from data_dictionary where data_type = 'table macro'"
    expected = {
        f"{name}({', '.join(parameters_of(macro))})": macro.description
        for name, macro in MACROS.items()
        if not name.startswith("staging.")
    }

    assert dict(empty.sql(query).fetchall()) == expected


# Lineage


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("observation", set()),
        (
            "observation_ranked",
            {
                "observation",
                "exports",
                "breakdowns",
                "correction_entries",
                "record_measures",
                "series_breaks",
            },
        ),
        ("observation_current", {"observation_ranked"}),
        ("part_sum", {"observation_ranked", "export_codes"}),
        ("figure", {"observation_ranked", "part_sum"}),
        ("period_figure", {"figure"}),
        ("crime_type_shares", {"breakdown_part", "breakdown_base", "sources"}),
        ("revisions", {"observation", "exports", "export_codes", "series_breaks"}),
        ("corrections", {"correction_entries", "observation_current"}),
        (
            "reconciliations",
            {
                *("breakdown_part", "breakdown_base", "observation_current", "part_sum", "period_figure"),
                *("ratios", "agreements", "codes", "sources"),
            },
        ),
    ],
)
def test_lineage_is_read_from_the_query_and_the_sidecar(name, needed):
    assert relations()[name].dependencies == needed


def test_every_relation_comes_after_those_that_it_needs():
    before: set[str] = set()
    for name, relation in relations().items():
        assert relation.dependencies <= before, name
        before.add(name)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("select 1 as one", set()),
        ("select * from observation", {"observation"}),
        ("select * from staging.observation_current", {"observation_current"}),
        ("with part as (select * from codes) select * from part", {"codes"}),
        ("with codes as (select * from staging.codes) select * from codes", {"codes"}),
        ("select * from exports left join codes on true", {"exports", "codes"}),
        ("select (select max(value) from observation) as value from codes", {"observation", "codes"}),
        ("select * from codes cross join unnest([1, 2]) as listed (code)", {"codes"}),
        ("select * from codes where exists (select 1 from exports)", {"codes", "exports"}),
    ],
)
def test_a_query_reads_tables_and_not_its_own_steps(query, read):
    assert tables_read(query) == read


def test_checks_read_relations_that_exist():
    for name, query in checks().items():
        assert tables_read(query), name
        assert tables_read(query) <= relations().keys(), name


def test_the_description_of_a_check_is_its_comment_as_one_line():
    query = "-- Figures of a year\n-- add up.\nselect 1 as one -- here\n"

    assert check_description(query) == "Figures of a year add up."
