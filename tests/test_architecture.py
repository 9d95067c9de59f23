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
from pipelines.paths import Places

PACKAGE = Path(pipelines.__file__).parent
MODULES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.glob("*.py"))}
DAGSTER_LAYER = {"assets", "checks", "metadata", "definitions", "runs", "dev", "schedules", "sensors"}
HEAVY = ("dagster", "duckdb", "great_expectations", "pandas", "sqlalchemy")


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
    parts = [name.split(".") for name in imported(module, everywhere=everywhere)]
    return {name[1] for name in parts if name[0] == "pipelines" and len(name) > 1 and name[1] in MODULES}


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


@pytest.mark.parametrize("module", ["observation", "periods", "shares", "problems"])
def test_the_foundations_import_nothing_of_ours(module):
    assert ours(module) == set()


@pytest.mark.parametrize("module", ["observation", "periods", "shares"])
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


@pytest.mark.parametrize("module", ["contract", "tables", "exports", "expectations", "reconcile", "shares"])
@pytest.mark.parametrize("above", ["warehouse", "editions", "job", "cli", "show", "context"])
def test_domain_modules_do_not_know_what_uses_them(module, above):
    assert above not in reached(module) | ours(module)


@pytest.mark.parametrize("module", ["warehouse", "warehouse_inputs", "reconcile", "relations"])
def test_nothing_below_the_waist_knows_how_exports_are_laid_out(module):
    assert ours(module).isdisjoint({"tables", "grids", "layouts", "ingest", "file_patterns"})


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


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_no_module_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


# Statements that are no queries of a relation, and so may stand in Python.
STATEMENTS_IN_PYTHON = {
    "warehouse": ("create schema", "create {", "comment on", "attach", "use build", "checkpoint"),
    "store": ("select {listed} from frame",),  # the columns of the waist, cast to their types
    "gx_duckdb": ("select column_name, is_nullable from duckdb_columns()",),  # of any DuckDB file
    "show_query": ("set enable_external_access", "set lock_configuration"),
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
