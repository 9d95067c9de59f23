"""The bar of a command that takes its time: what it does, how far it is, the time left."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


def progress(out: Console) -> Progress:
    """A bar that is gone when the work is done, and is not there where no terminal is. Its tasks have a field
    ``said``.
    """
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[said]}"), TimeElapsedColumn(), TimeRemainingColumn(),
        console=out, transient=True,
    )  # fmt: skip
