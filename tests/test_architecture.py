"""Imports follow the arrows, modules stay short, starting the command stays fast, SQL stays in ``sql/``."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pipelines
from pipelines import freshness
from pipelines.paths import SQL, Places

PACKAGE = Path(pipelines.__file__).parent


def name_of(path: Path) -> str:
    """A module by its name below the package: files, takeaway.cells."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


PATHS = sorted(path for path in PACKAGE.rglob("*.py") if "static" not in path.parts)
MODULES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in PATHS}
DAGSTER_LAYER = {
    "again", "alert_sensors", "assets", "checks", "code_server", "dagster_alone", "dagster_sqlite", "metadata", "definitions", "jobs",
    "launcher",
    "runs", "dev", "sensors",
}  # fmt: skip
HEAVY = ("dagster", "duckdb", "great_expectations", "pandas", "sqlalchemy")


# Every module, in its layer; a module imports from its own layer and from those above it here.
LAYERS = {
    "helpers": {
        "__init__", "advice", "ages", "data_docs", "digests", "file_patterns", "files", "gx_duckdb", "gx_views", "imports",
        "lock", "observation", "paths", "periods", "problems", "record_sql", "shares",
    },
    "contracts": {
        "calendars", "codes", "contract", "contract_checks", "contract_conflicts", "corrections", "documents",
        "layouts", "limits", "record_contract", "record_layouts", "record_words", "settings", "word_types", "words",
    },
    "reading": {
        "binding", "coverage", "csv_rows", "data_rows", "doubts", "exports", "grids", "hashes", "header_hints", "headings",
        "hierarchies", "numerals",
        "outside", "printed_figures", "tables", "workbook_parts", "workbooks",
    },
    "records": {"databases", "record_fields", "record_files", "record_lines", "record_staging", "rollups"},
    "validation": {"expectations", "record_rules", "record_validation", "rules", "validation"},
    "releases": {
        "arrivals", "candidates", "comparisons", "due", "editions", "in_force", "ingest", "neighbours", "objections", "readings",
        "record_decisions", "records", "store",
    },
    "warehouse": {
        "as_of", "claims", "contract_inputs", "reconcile", "reconcile_breakdowns", "relations", "rollback",
        "rolled_back", "simulation", "warehouse", "warehouse_inputs",
    },
    "proof": {"verification"},
    "report": {
        "report", "report.ages", "report.blocks", "report.charts", "report.contradictions", "report.figures", "report.files",
        "report.head", "report.page", "report.shares", "report.tables", "report.trends", "report.words",
    },
    "takeaway": {
        "takeaway", "takeaway.cells", "takeaway.conditions", "takeaway.data_package", "takeaway.export", "takeaway.notes",
        "takeaway.parquet_files", "takeaway.places", "takeaway.printed", "takeaway.published", "takeaway.questions",
        "takeaway.refusals", "takeaway.sdmx", "takeaway.sdmx_codes", "takeaway.sdmx_structure", "takeaway.selection",
        "takeaway.text_files", "takeaway.tracing", "takeaway.workbook",
    },
    "alerts": {"alerts"},
    "dagster": {
        "again", "alert_sensors", "assets", "checks", "code_server", "context", "dagster_alone", "dagster_sqlite", "definitions", "jobs",
        "launcher", "metadata", "runs", "sensors",
    },
    "command": {
        "accept", "cli", "cli_analysts", "cli_options", "dev", "docs", "docs.__main__", "docs.command_line",
        "docs.contract_language", "docs.examples_page", "docs.expectations_page", "docs.markdown", "docs.pages",
        "docs.settings_page", "docs.warehouse_page", "freshness", "job", "show", "show_check", "show_describe",
        "show_export", "show_query", "show_rollback", "show_run", "show_simulate", "show_status", "show_trace",
        "show_verify",
    },
}  # fmt: skip
DOMAIN = set().union(*(modules for layer, modules in LAYERS.items() if layer not in ("dagster", "command")))


def imported(module: str, *, everywhere: bool = True) -> set[str]:
    """Full names that a module imports; without ``everywhere`` only those that its own import imports."""
    nodes = ast.walk(MODULES[module]) if everywhere else _at_import(MODULES[module])
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _at_import(node: ast.AST):
    """Nodes that run when a module is imported: none of functions, none for type checkers only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _at_import(child)


def ours(module: str, *, everywhere: bool = True) -> set[str]:
    """Modules of ours that a module imports."""
    found = set()
    for name in imported(module, everywhere=everywhere):
        if name.startswith("pipelines."):
            parts = name.split(".")[1:]
            names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
            found |= {next((name for name in names if name in MODULES), "__init__")}
    return found - {"__init__"}


def packages(module: str, *, everywhere: bool = True) -> set[str]:
    """Packages, of ours and of others, that a module imports."""
    return {name.split(".")[0] for name in imported(module, everywhere=everywhere)}


def reached(module: str) -> set[str]:
    """Modules of ours that are imported when a module is."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = ours(waiting.pop(), everywhere=False) - found
        found |= new
        waiting += new
    return found


# The arrows


def test_every_module_is_in_one_layer():
    assert sorted(module for modules in LAYERS.values() for module in modules) == sorted(MODULES)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_from_itself_and_from_those_below(layer):
    names = list(LAYERS)
    below = set().union(*(LAYERS[name] for name in names[: names.index(layer) + 1]))

    assert {module: ours(module) - below for module in LAYERS[layer] if ours(module) - below} == {}


@pytest.mark.parametrize("module", sorted(LAYERS["helpers"]))
def test_the_helpers_import_nothing_of_ours(module):
    assert ours(module) == set()


@pytest.mark.parametrize("module", ["ages", "observation", "periods", "shares"])
def test_the_foundations_are_pure(module):
    assert packages(module) <= sys.stdlib_module_names
    assert packages(module).isdisjoint({"os", "pathlib", "socket", "subprocess", "sys", "time"})


@pytest.mark.parametrize("module", sorted(MODULES.keys() - DAGSTER_LAYER))
def test_nothing_below_the_dagster_layer_imports_dagster(module):
    assert "dagster" not in packages(module)


@pytest.mark.parametrize("module", sorted(MODULES.keys() - DAGSTER_LAYER))
def test_nothing_below_the_dagster_layer_needs_it_to_be_imported(module):
    assert reached(module).isdisjoint(DAGSTER_LAYER)


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_itself_in_a_circle(module):
    assert module not in reached(module)


@pytest.mark.parametrize("module", sorted(LAYERS["warehouse"]))
def test_nothing_below_the_waist_knows_how_exports_are_laid_out(module):
    reading = LAYERS["reading"] - {"hierarchies"} | {"ingest", "layouts", "file_patterns"}

    assert ours(module).isdisjoint(reading)


@pytest.mark.parametrize("module", sorted(LAYERS["contracts"] | LAYERS["reading"]))
def test_nothing_above_the_waist_knows_the_warehouse_or_validates(module):
    assert packages(module).isdisjoint({"duckdb", "sqlglot", "great_expectations"})


def test_importing_the_domain_imports_neither_dagster_nor_great_expectations():
    # gx_views is imported by Great Expectations itself, and so after it.
    modules = sorted(DOMAIN - {"__init__", "gx_views"})
    imports = ", ".join(f"pipelines.{module}" for module in modules)
    code = f"import sys, {imports}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(run.stdout.split())

    assert {f"pipelines.{module}" for module in modules} <= found
    assert found.isdisjoint({"dagster", "great_expectations"})


# One door each


def test_great_expectations_has_one_door():
    knowing = {module for module in MODULES if "great_expectations" in packages(module)}

    assert knowing <= {"expectations", "gx_duckdb", "gx_views"}


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"gx_views"}))
def test_great_expectations_is_imported_only_when_something_is_validated(module):
    # gx_views is imported by Great Expectations itself, by its name in the configuration.
    assert "great_expectations" not in packages(module, everywhere=False)


def test_nothing_of_ours_imports_the_views_of_great_expectations():
    assert [module for module in MODULES if "gx_views" in ours(module)] == []


def test_the_dialect_is_imported_only_when_something_is_validated():
    assert [module for module in MODULES if "gx_duckdb" in ours(module, everywhere=False)] == []


# Starting fast


def imported_by_command(*arguments: str) -> tuple[str, set[str]]:
    """What a command prints, and the heavy packages that a new Python has imported after it."""
    code = (
        "import contextlib, sys\n"
        "from pipelines.cli import app\n"
        "with contextlib.suppress(SystemExit):\n"
        "    app(sys.argv[1:])\n"
        f"print(*(set(sys.modules) & set({HEAVY!r})))\n"
    )
    command = [sys.executable, "-c", code, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    *printed, heavy = run.stdout.split("\n")[:-1]
    return "\n".join(printed), set(heavy.split())


def test_help_imports_nothing_heavy():
    printed, heavy = imported_by_command("--help")

    assert "Exit codes" in printed
    assert heavy == set()


def test_accepting_imports_neither_dagster_nor_great_expectations(tmp_path):
    contract = Path(pipelines.__file__).parent.parent / "raw" / "npa_cybercrime_yearly" / "source.yaml"
    (tmp_path / "raw" / "series").mkdir(parents=True)
    (tmp_path / "raw" / "series" / "source.yaml").write_bytes(contract.read_bytes())

    _, heavy = imported_by_command(
        "accept", "series/none.csv", "--reason", "it is right", "--raw", str(tmp_path / "raw")
    )

    assert heavy.isdisjoint({"dagster", "great_expectations"})


def test_a_run_with_nothing_new_imports_nothing_heavy(tmp_path):
    places = Places(tmp_path / "raw", tmp_path / "warehouse")
    places.raw.mkdir()
    places.warehouse.mkdir()
    places.published.touch()
    ended_well = freshness.Outcome(0, "20250101T000000Z-0123abcd", 1)
    freshness.record(places, ended_well, freshness.fingerprint(places))

    printed, heavy = imported_by_command(
        "run", "--raw", str(places.raw), "--warehouse", str(places.warehouse)
    )

    assert "Nothing new" in printed
    assert heavy == set()


# Size and language


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_no_module_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


# Statements that are no queries of a relation, and so may stand in Python.
STATEMENTS_IN_PYTHON = {
    "warehouse": (
        "create schema",
        "create {",
        "create macro {",
        "comment on",
        "attach",
        "use build",
        "checkpoint",
    ),
    "gx_duckdb": ("select column_name, is_nullable from duckdb_columns()",),  # of any DuckDB file
}
_STATEMENT = re.compile(
    r"(select|insert|update|delete|create|drop|alter|copy|attach|comment on|set|use|checkpoint|with)\b\s"
    r"|checkpoint\b",
)


def statements(module: str) -> list[str]:
    """Texts that are executed as SQL, by their first words."""
    found = []
    for node in ast.walk(MODULES[module]):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in ("execute", "sql", "query", "text", "executemany") and node.args:
            text = ast.unparse(node.args[0]).strip("f'\"")
            if _STATEMENT.match(text):
                found.append(text)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_sql_stands_in_sql(module):
    allowed = STATEMENTS_IN_PYTHON.get(module, ())

    assert [text for text in statements(module) if not text.startswith(allowed)] == []


def test_the_statements_that_may_stand_in_python_are_seen():
    assert {module for module in MODULES if statements(module)} == set(STATEMENTS_IN_PYTHON)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_its_job(module):
    if module != "__init__":
        assert ast.get_docstring(MODULES[module])


# In the module that names the fields of contracts: what is put between quotation marks there; lists that
# other modules put together with the same functions; and names of our own.
RECORD_SQL = {
    "as_day(name)", "as_text(name)", "quoted(name)", "literal(limit)", "literal(parquet)", "literal(target)", "listed(parquet)",
    "' '.join(joins)", "', '.join(columns)", "', '.join(same)", "columns", "given", "present", "query",
    "query.strip(' ;')", "source",
    "'temp' if is_temporary else ''", "listed(files)", "listed(folders)", "by", "different", "every", "export", "name", "number", "of", "relation",
    "row", "rule", "typed", "unnested",
}  # fmt: skip


# What is put into SQL as text, by module: names and queries from sql/, and constants. Values go in as
# parameters, and names from exports and contracts never do.
PUT_INTO_SQL = {
    "as_of": {
        "name",  # a relation's, from sql/
        "', '.join(parts)",  # of names and queries from sql/
        "columns",  # of sql/tables/observation.yml
        "SUFFIX",  # a constant
    },
    # The one place where the fields of a contract get into SQL, between quotation marks, and our own names.
    "record_sql": RECORD_SQL,
    "warehouse": {
        "STAGING_SCHEMA", "STORAGE_VERSION",  # constants
        "kind",  # table or view
        "relation.qualified_name", "relation.query", "column",  # from sql/
        "macro.name", "macro.query", "parameters",  # from sql/macros, and of as_of
        "_literal(said)", "_literal(text)", "_literal(macro.description)",  # quoted, from sql/
        "target",  # the path of a build, quoted
        "name",  # one that the type names
    },
}  # fmt: skip
_SQL_TEXT = re.compile(r"\W*" + _STATEMENT.pattern)


def put_into_sql(module: str) -> set[str]:
    """What f-strings that begin like SQL put in between; texts put together otherwise count as a whole."""
    found = set()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.JoinedStr) and _SQL_TEXT.match(ast.unparse(node).removeprefix("f")):
            found |= {ast.unparse(part.value) for part in node.values if isinstance(part, ast.FormattedValue)}
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            left = node.left
            if isinstance(left, ast.Constant) and _SQL_TEXT.match(str(left.value)):
                found.add(ast.unparse(node))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format"):
            text = ast.unparse(node.func)
            if _SQL_TEXT.match(text):
                found.add(text)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_no_identifier_from_data_is_put_into_sql(module):
    assert put_into_sql(module) <= PUT_INTO_SQL.get(module, set())


def test_what_may_be_put_into_sql_is_put_there():
    assert {module: put_into_sql(module) for module in PUT_INTO_SQL} == PUT_INTO_SQL


# The folder of SQL

WITH_SIDECARS = {"tables", "staging", "marts", "macros"}
"""Layers of which each file is in the warehouse, and so says there what it means."""
WITHOUT_SIDECARS = {
    "checks", "ingest", "reconcile", "records", "report", "rollups", "show", "simulation", "takeaway",
}  # fmt: skip
"""Layers of queries; those of checks are described by the comment that heads them."""


def names_of(layer: str, suffix: str) -> set[str]:
    return {path.stem for path in (SQL / layer).glob(f"*{suffix}")}


def test_every_folder_of_sql_is_a_known_layer():
    assert {path.name for path in SQL.iterdir() if path.is_dir()} == WITH_SIDECARS | WITHOUT_SIDECARS | {
        "codes"
    }


@pytest.mark.parametrize("layer", sorted(WITH_SIDECARS))
def test_every_relation_and_macro_has_a_sidecar_and_every_sidecar_its_query(layer):
    assert names_of(layer, ".sql")
    assert names_of(layer, ".sql") == names_of(layer, ".yml")


@pytest.mark.parametrize("layer", sorted(WITHOUT_SIDECARS))
def test_other_queries_have_none(layer):
    assert names_of(layer, ".sql")
    assert not names_of(layer, ".yml")


@pytest.mark.parametrize(
    "path", sorted(SQL.rglob("*.sql")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_query_begins_with_what_it_answers(path):
    assert re.match(r"-- \w+ \w+", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("layer", ["ingest", "reconcile", "show", "takeaway"])
def test_every_query_that_python_runs_is_run_by_somebody(layer):
    code = "".join(path.read_text(encoding="utf-8") for path in PATHS)

    assert [name for name in names_of(layer, ".sql") if f'"{name}' not in code] == []
