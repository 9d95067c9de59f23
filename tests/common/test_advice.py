"""What to do about errors that are nobody's mistake in the program."""

from __future__ import annotations

import pytest

from pipelines.common.advice import is_of_the_disk, with_next_step
from pipelines.warehouse.publishing import AuditError


@pytest.mark.parametrize(
    ("said", "is_disk"),
    [
        ("[Errno 28] No space left on device: '/warehouse/.build/x.duckdb'", True),
        ('Failed to commit: Could not write file "x.duckdb": No space left on device', True),
        ("database or disk is full", True),
        ("[Errno 122] Disk quota exceeded", True),
        ("[Errno 5] Input/output error", True),
        ("disk I/O error", True),
        ("[Errno 13] Permission denied: 'x'", False),
        ("Conversion Error: Could not convert string 'diskette' to INT32", False),
    ],
)
def test_what_is_of_the_disk_may_pass(said, is_disk):
    assert is_of_the_disk(said) is is_disk


def test_the_class_of_an_error_of_ours_is_not_told():
    error = AuditError("2 critical checks failed")
    said = f"{type(error).__module__}.{type(error).__qualname__}: {error}"
    assert with_next_step(said) == "2 critical checks failed"
