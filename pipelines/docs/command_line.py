"""Every command with its arguments, options and exit codes, from the command itself."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any

import typer

from pipelines.cli import app
from pipelines.commands.freshness import BAD, CLOSED_PIPE, GOOD, USAGE
from pipelines.docs import markdown

INTERRUPTED = 130
EXIT_CODES = {
    GOOD: "All is well.",
    BAD: "Something was quarantined or failed. What was good is published, the rest is named.",
    USAGE: "Wrong usage, or an invalid contract. Nothing was done.",
    INTERRUPTED: "Interrupted (Ctrl+C). What was published before still is.",
    CLOSED_PIPE: "Nobody read the output to its end, as in `caseload query … | head`.",
}
ENDS_WITH = {
    "run": {BAD: "an export is quarantined (also in a run with nothing new, as long as it is), a check of "
    "the "
            "built warehouse failed, or a file cannot be read or written"},
    "status": {BAD: "an export is quarantined, or something critical failed"},
    "check": {BAD: "a file would be quarantined", USAGE: "a file belongs to no source, or is none"},
    "accept": {USAGE: "there is no such export, nothing holds it back, or it has problems that cannot be "
    "accepted"},
    "rollback": {BAD: "there is no such publication, or it cannot be opened"},
    "verify": {BAD: "something is not as it should be, or could not be proven"},
    "query": {BAD: "nothing is published yet, or it cannot be opened",
              USAGE: "the SQL is wrong, or there is no such example"},
    "describe": {BAD: "nothing is published yet, or it cannot be opened",
                 USAGE: "there is no such relation or column"},
    "trace": {BAD: "nothing is published yet, or it cannot be opened",
              USAGE: "no figure is meant, or more than one"},
    "export": {BAD: "nothing is published yet, or files cannot be written",
               USAGE: "there is no such relation, the query is wrong, or the folder is not empty"},
    "simulate": {BAD: "nothing is published, or the folder cannot be written",
                 USAGE: "no published figures can be followed, or the folder is not empty"},
}  # fmt: skip
"""What the exit codes mean of a command in particular."""


def commands() -> dict[str, Any]:
    """The commands by name, as typer makes them."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def page() -> str:
    """Every command with its arguments, options and exit codes."""
    parts = [
        "# The command line\n",
        "Generated from `pipelines/cli.py` by `make docs`. After `make run` or `make test` the command is "
        "`.venv/bin/caseload`; `caseload COMMAND --help` says the same.\n",
        "## Exit codes\n",
        markdown.table(("code", "means"), [(str(code), said) for code, said in EXIT_CODES.items()]),
        "## Everywhere\n",
        markdown.table(("option", "default", "meaning"), [
            *(_option(found) for found in typer.main.get_command(app).params if found.name == "version"),
            ("`-h`, `--help`", "", "Show the help of the command and exit."),
        ]),
    ]  # fmt: skip
    for name, command in commands().items():
        parts += _command(name, command)
    return "\n".join(parts)


def _command(name: str, command: Any) -> list[str]:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    usage = " ".join(["caseload", name, *map(_usage, arguments), *(["[OPTIONS]"] if options else [])])
    rows = [(f"`{_usage(a)}`", "required" if a.required else "", a.help or "") for a in arguments]
    parts = [f"## caseload {name}\n", f"```text\n{usage}\n```\n", inspect.cleandoc(command.help) + "\n"]
    if rows:
        parts.append(markdown.table(("argument", "default", "meaning"), rows))
    if options:
        parts.append(markdown.table(("option", "default", "meaning"), map(_option, options)))
    if own := ENDS_WITH.get(name):
        said = "; ".join(f"{code} when {when}" for code, when in own.items())
        parts.append(f"Exit code {said}.\n")
    return parts


def _usage(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    return shown if argument.required else f"[{shown}]"


def _option(option: Any) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if kind := _kind(option):
        names += f" {kind}"
    more = ["May be repeated."] if option.multiple else []
    if option.envvar:
        more.append(f"Environment: `{option.envvar}`.")
    if option.min is not None or option.max is not None:
        more.append(_bounds(option.min, option.max))
    return names, _default(option), " ".join([option.help or "", *more])


def _kind(option: Any) -> str:
    if option.is_flag:
        return ""
    annotation = option.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " or ".join(f"`{entry.value}`" for entry in annotation)
    return option.metavar or {int: "NUMBER", float: "NUMBER"}.get(annotation, "TEXT")


def _bounds(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"At most {high}." if low is None else f"At least {low}."
    return f"From {low} to {high}."


def _default(option: Any) -> str:
    if option.required:
        return "required"
    if isinstance(option.show_default, str):
        return f"`{option.show_default}`"
    if option.is_flag or option.default is None:
        return ""
    return f"`{option.default.value if isinstance(option.default, Enum) else option.default}`"
