"""Imports follow the arrows, modules stay short, starting the command stays fast, SQL stays in ``sql/``."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

import pipelines
from pipelines.commands import freshness
from pipelines.common.paths import SQL, Places

PACKAGE = Path(pipelines.__file__).parent


def name_of(path: Path) -> str:
    """A module by its name below the package: files, takeaway.cells."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


PATHS = sorted(path for path in PACKAGE.rglob("*.py") if "static" not in path.parts)
MODULES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in PATHS}
HEAVY = ("dagster", "duckdb", "great_expectations", "pandas", "sqlalchemy")


FOUNDATIONS = {"ages", "observation", "periods", "shares"}
"""Pure: what the others speak of."""
ROOMS = [
    "common", "contracts", "reading", "records", "quality", "releases", "warehouse", "report", "takeaway",
    "orchestration", "commands", "docs",
]  # fmt: skip
"""The folders of the package; a module imports from its own and from those before it."""
DOORS = {"definitions": "orchestration", "cli": "commands"}
"""What Dagster loads and what the command is: of these rooms, and beside them to be found."""


def room_of(module: str) -> str:
    """The folder that a module stands in or belongs to; none of the foundations."""
    return DOORS.get(module) or ("" if module in FOUNDATIONS else module.split(".")[0])


def modules_of(*rooms: str) -> set[str]:
    """The modules of some rooms."""
    return {module for module in MODULES if room_of(module) in rooms}


WITHOUT_DAGSTER = {"orchestration.alerts", "orchestration.context"}
"""What is told and to whom, and what a step works with: also of the command."""
DAGSTER_ROOMS = ("orchestration", "commands", "docs")
BELOW_DAGSTER = MODULES.keys() - modules_of("orchestration") | WITHOUT_DAGSTER
DOMAIN = MODULES.keys() - modules_of(*DAGSTER_ROOMS) - {"__init__"}


@cache
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


@cache
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


def offenders(modules: Iterable[str], against: Callable[[str], set[str]]) -> dict[str, set[str]]:
    """Modules that break a rule, each with what of it does."""
    return {module: found for module in sorted(modules) if (found := against(module))}


# The arrows


def test_every_module_stands_in_a_room_that_is_known():
    assert {room_of(module) for module in MODULES if module != "__init__"} == {"", *ROOMS}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_itself_and_from_those_before_it(room):
    known = FOUNDATIONS | modules_of(*ROOMS[: ROOMS.index(room) + 1])

    assert offenders(modules_of(room), lambda module: ours(module) - known) == {}


def test_the_foundations_import_nothing_of_ours():
    assert offenders(FOUNDATIONS, ours) == {}


def test_what_every_room_uses_knows_nothing_of_police_statistics():
    assert offenders(modules_of("common"), lambda module: ours(module) - modules_of("common")) == {}


def test_the_foundations_are_pure():
    impure = {"os", "pathlib", "socket", "subprocess", "sys", "time"}

    assert offenders(FOUNDATIONS, lambda module: packages(module) - sys.stdlib_module_names) == {}
    assert offenders(FOUNDATIONS, lambda module: packages(module) & impure) == {}


def test_nothing_outside_orchestration_imports_dagster():
    assert offenders(BELOW_DAGSTER, lambda module: packages(module) & {"dagster"}) == {}


def test_nothing_outside_orchestration_needs_it_to_be_imported():
    needing = modules_of("orchestration") - WITHOUT_DAGSTER

    assert offenders(BELOW_DAGSTER, lambda module: reached(module) & needing) == {}


def test_no_module_imports_itself_in_a_circle():
    assert offenders(MODULES, lambda module: reached(module) & {module}) == {}


def test_nothing_below_the_waist_knows_how_exports_are_laid_out():
    above = modules_of("reading", "records") - {"reading.hierarchies"}
    above |= {"releases.ingest", "contracts.layouts", "contracts.file_patterns"}
    # verification goes from the marts back to the raw files: that is its job.
    below = modules_of("warehouse") - {"warehouse.verification"}

    assert offenders(below, lambda module: ours(module) & above) == {}


def test_nothing_above_the_waist_knows_the_warehouse_or_validates():
    packed = {"duckdb", "sqlglot", "great_expectations"}

    assert offenders(modules_of("contracts", "reading"), lambda module: packages(module) & packed) == {}


def test_importing_the_domain_imports_neither_dagster_nor_great_expectations():
    # gx_views is imported by Great Expectations itself, and so after it.
    modules = sorted(DOMAIN - {"quality.gx_views"})
    imports = ", ".join(f"pipelines.{module}" for module in modules)
    code = f"import sys, {imports}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(run.stdout.split())

    assert {f"pipelines.{module}" for module in modules} <= found
    assert found.isdisjoint({"dagster", "great_expectations"})


# One door each


def test_great_expectations_has_one_door():
    knowing = {module for module in MODULES if "great_expectations" in packages(module)}

    assert knowing <= {f"quality.{name}" for name in ("expectations", "gx_duckdb", "gx_views")}


def test_great_expectations_is_imported_only_when_something_is_validated():
    # gx_views is imported by Great Expectations itself, by its name in the configuration.
    ours_to_import = MODULES.keys() - {"quality.gx_views"}

    assert (
        offenders(ours_to_import, lambda name: packages(name, everywhere=False) & {"great_expectations"})
        == {}
    )


def test_nothing_of_ours_imports_the_views_of_great_expectations():
    assert [module for module in MODULES if "quality.gx_views" in ours(module)] == []


def test_the_dialect_is_imported_only_when_something_is_validated():
    assert [module for module in MODULES if "quality.gx_duckdb" in ours(module, everywhere=False)] == []


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


def test_no_module_is_longer_than_400_lines():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PATHS}

    assert {name: length for name, length in lengths.items() if length > 400} == {}


# Statements that are no queries of a relation, and so may stand in Python.
STATEMENTS_IN_PYTHON = {
    "warehouse.publishing": (
        "create schema",
        "create {",
        "create macro {",
        "comment on",
        "attach",
        "use build",
        "checkpoint",
    ),
    "quality.gx_duckdb": ("select column_name, is_nullable from duckdb_columns()",),  # of any DuckDB file
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


def test_sql_stands_in_sql():
    def elsewhere(module: str) -> set[str]:
        allowed = STATEMENTS_IN_PYTHON.get(module, ())
        return {text for text in statements(module) if not text.startswith(allowed)}

    assert offenders(MODULES, elsewhere) == {}


def test_the_statements_that_may_stand_in_python_are_seen():
    assert {module for module in MODULES if statements(module)} == set(STATEMENTS_IN_PYTHON)


def test_every_module_says_its_job():
    assert [module for module, tree in MODULES.items() if not ast.get_docstring(tree)] == []


# In the module that names the fields of contracts: what is put between quotation marks there; lists that
# other modules put together with the same functions; and names of our own.
RECORD_SQL = {
    "as_day(name)", "as_text(name)", "quoted(name)", "literal(limit)", "literal(parquet)", "literal(target)", "listed(parquet)",
    "' '.join(joins)", "', '.join(columns)", "columns", "given", "present", "query",
    "query.strip(' ;')", "source",
    "'temp' if is_temporary else ''", "listed(files)", "listed(folders)", "by", "different", "every", "export", "name", "number", "of", "relation",
    "row", "rule", "said", "same", "typed", "unnested",
}  # fmt: skip


# What is put into SQL as text, by module: names and queries from sql/, and constants. Values go in as
# parameters, and names from exports and contracts never do.
PUT_INTO_SQL = {
    "warehouse.as_of": {
        "name",  # a relation's, from sql/
        "', '.join(parts)",  # of names and queries from sql/
        "columns",  # of sql/tables/observation.yml
        "SUFFIX",  # a constant
    },
    # The one place where the fields of a contract get into SQL, between quotation marks, and our own names.
    "common.record_sql": RECORD_SQL,
    "warehouse.publishing": {
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


def test_no_identifier_from_data_is_put_into_sql():
    assert offenders(MODULES, lambda module: put_into_sql(module) - PUT_INTO_SQL.get(module, set())) == {}


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


def test_every_query_begins_with_what_it_answers():
    texts = {path: path.read_text(encoding="utf-8") for path in SQL.rglob("*.sql")}

    assert [path for path, text in texts.items() if not re.match(r"-- \w+ \w+", text)] == []


@pytest.mark.parametrize("layer", ["ingest", "reconcile", "show", "takeaway"])
def test_every_query_that_python_runs_is_run_by_somebody(layer):
    code = "".join(path.read_text(encoding="utf-8") for path in PATHS)

    assert [name for name in names_of(layer, ".sql") if f'"{name}' not in code] == []
