"""What one run made, and its Dagster instance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration.runs import opened_instance
from tests.orchestration.looks import context_of


@pytest.fixture
def folder(tmp_path: Path, copied_run: Callable[[Path], Path]) -> Path:
    """What one run made of the shipped exports, to be changed freely."""
    return copied_run(tmp_path)


@pytest.fixture
def instance(folder: Path) -> Iterator[dg.DagsterInstance]:
    with opened_instance(context_of(folder)) as opened:
        yield opened
