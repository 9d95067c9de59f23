"""Imports that are put off until something of a module is used."""

from __future__ import annotations

import subprocess
import sys


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_module_that_is_put_off_is_imported_when_it_is_used() -> None:
    code = """
import sys
from pipelines.common.imports import put_off
put_off("fractions")
import fractions
before = "from_float" in vars(fractions)
print(before, fractions.Fraction(1, 2), sys.modules["fractions"].__file__ is not None)
"""
    assert said(code) == "False 1/2 True"


def test_a_module_that_is_there_stays() -> None:
    assert (
        said(
            "import json, sys\nfrom pipelines.common.imports import put_off\nput_off('json')\nprint(sys.modules['json'] is json)"
        )
        == "True"
    )


def test_great_expectations_needs_neither_scipy_nor_altair_to_be_imported() -> None:
    code = """
import sys, tempfile
from pathlib import Path
from pipelines.quality.expectations import Validator
with tempfile.TemporaryDirectory() as folder:
    Validator(Path(folder, "store"), Path(folder, "site")).start()
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"scipy", "altair", "great_expectations"}))
print("scipy.optimize" in sys.modules, "altair.vegalite" in sys.modules)
"""
    assert said(code).splitlines()[1] == "False False"
