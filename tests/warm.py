"""A process that has imported what the command imports, and forks a child for every call of it.

Dagster and Great Expectations take seconds to import; the tests call the command some hundred times. A child
is the command as a user has it, in a process, folder and environment of its own, but for the imports: that
those are lazy is for ``test_architecture`` and ``test_command`` to say, which start the real script.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import traceback
from typing import NoReturn

WANTED = (
    "great_expectations",
    "dagster._core.storage.base_storage",
    "pandas.io.formats.style",
    "upath.implementations.local",
    "pipelines.commands.job",
    "pipelines.commands.show_rollback",
    "pipelines.commands.show_verify",
    "pipelines.orchestration.runs",
    "pipelines.quality.gx_duckdb",
    "pipelines.quality.gx_views",
    "pipelines.report.page",
)
"""What a run imports in its course, and Dagster and Great Expectations by name."""


def serve() -> None:
    """Calls are lines of JSON on standard input; the answer to each is a line with its exit code."""
    import_all()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            called(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def import_all() -> None:
    """Import, and read what every run reads: the SQL that is shipped, and the graph that is made of it."""
    for name in WANTED:
        importlib.import_module(name)
    import pipelines.warehouse.relations
    from pipelines.common.paths import SQL, Places
    from pipelines.definitions import define
    from pipelines.orchestration.context import Context
    from pipelines.warehouse.as_of import as_of_macros

    define(Context(Places(SQL.parent / "raw", SQL.parent / "warehouse"))).resolve_all_job_defs()
    as_of_macros()
    pipelines.warehouse.relations.macros()
    pipelines.warehouse.relations.checks()


def called(
    arguments: list[str], environment: dict[str, str], cwd: str, stdout: str, stderr: str, timeout: int
) -> NoReturn:
    try:
        signal.alarm(timeout)
        for path, stream in ((os.devnull, 0), (stdout, 1), (stderr, 2)):
            os.dup2(os.open(path, os.O_RDWR), stream)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["caseload", *arguments]
        from pipelines.cli import main

        main()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(120)


if __name__ == "__main__":
    serve()
