"""What several commands have in common: the folders that they work on, and how they end when they cannot."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from pipelines.commands.freshness import USAGE
from pipelines.common.paths import Places

Raw = Annotated[
    Path | None,
    typer.Option("--raw", envvar="CASELOAD_RAW", help="Folder of the exports.", show_default="raw"),
]
Warehouse = Annotated[
    Path | None,
    typer.Option(
        "--warehouse", envvar="CASELOAD_WAREHOUSE", help="Folder of the output.", show_default="warehouse"
    ),
]

_COMMENT = re.compile(r"--\s|--[\w-]*(?=[^\w=-]).*\n")


class SqlCommand(TyperCommand):
    """A command whose argument is SQL: it may begin with a comment, which is no option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        texts = [] if "--" in args else [word for word in args if _COMMENT.match(word)]
        if texts:
            args = [*(word for word in args if word not in texts), "--", *texts]
        return super().parse_args(ctx, args)


def places_of(raw: Path | None, warehouse: Path | None, needs_raw: bool = True) -> Places:
    """The folders of this call, also put where Dagster's processes find them."""
    if raw:
        os.environ["CASELOAD_RAW"] = str(raw.resolve())
    if warehouse:
        os.environ["CASELOAD_WAREHOUSE"] = str(warehouse.resolve())
    places = Places.from_environment()
    if needs_raw and not places.raw.is_dir():
        fail(f"There is no folder `{places.raw}`. Name the folder of your exports with --raw.")
    return places


def fail(message: str, code: int = USAGE) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
