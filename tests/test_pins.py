"""What `constraints.txt` pins installs on the oldest Python that is named."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.command import ROOT

PINS = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M))


def test_every_pin_that_is_installed_takes_the_oldest_python_we_name() -> None:
    """Debian 12 has 3.11.2: a pin that asked for 3.11.5 could not be installed there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [oldest] = SpecifierSet(project["requires-python"])
    assert oldest.operator == ">="
    refuse, seen = [], 0
    for name, version in PINS.items():
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of an extra that is not installed here
            continue
        seen += 1
        assert Version(found.version) == Version(version), f"{name}: make the environment anew"
        wanted = SpecifierSet(found.metadata.get("Requires-Python") or "")
        if not wanted.contains(f"{oldest.version}.0"):
            refuse.append(f"{name} {version} wants Python {wanted}")
    assert refuse == []
    assert seen > 100
