"""Imports that wait until they are needed, though a library asks for them at once.

Great Expectations imports SciPy and Altair for one expectation and its pictures: half of the time of its
import. A stand-in takes their place and becomes the module when something of it is used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


def put_off(*names: str) -> None:
    """Let modules that are not imported yet be imported when they are first used."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _StandIn(name)


class _StandIn(ModuleType):
    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):  # what the import system asks of every module
            raise AttributeError(attribute)
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)
