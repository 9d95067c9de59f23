"""A process that has imported what the command imports, and forks a child for every call of it.

Dagster and Great Expectations take seconds to import; the tests call the command some hundred times. A child
is the command as a user has it, in a process, folder and environment of its own, but for the imports: that
those are lazy is for ``test_architecture`` and ``test_command`` to say, which start the real script.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import NoReturn


def serve() -> None:
    """Calls are lines of JSON on standard input; the answer to each is a line with its exit code."""
    import great_expectations  # noqa: F401

    import pipelines.job
    import pipelines.runs  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if not child:
            _called(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _called(
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
