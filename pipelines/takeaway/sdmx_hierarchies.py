"""Which code is a part of which, as hierarchies of SDMX: one a source and dimension that has several levels.

A code list is flat, since sources differ: what is a part of robbery in one may stand by itself in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipelines.takeaway import sdmx_codes
from pipelines.takeaway.sdmx_structure import AGENCY, CODED, DIMENSIONS, VERSION, Entry, spelled

if TYPE_CHECKING:
    from pysdmx.model import HierarchicalCode, Hierarchy


def hierarchies(parts: Iterable[Mapping[str, Any]], lists: Mapping[str, list[Entry]]) -> list[Hierarchy]:
    """The hierarchies of some code lists; ``parts`` are rows of source, dimension, code and whole_code."""
    from pysdmx.model import Hierarchy

    titles = {entry.id: entry.name for entry in lists["SOURCE"]}
    found = []
    for (source, dimension), rows in groupby(parts, key=lambda row: (row["source"], row["dimension"])):
        name, list_name = sdmx_codes.identifier(source), CODED[dimension]
        below = _below([(row["code"], row["whole_code"]) for row in rows], dimension)
        if name not in titles:
            continue
        known = {entry.id for entry in lists[list_name]}
        codes = _nested(sdmx_codes.TOTAL, below, list_name, known, ())
        if not any(code.codes for top in codes for code in top.codes):
            continue
        found.append(
            Hierarchy(
                id=f"H_{list_name}_{name}", agency=AGENCY, version=VERSION, codes=codes,
                name=f"{DIMENSIONS[list_name]}: what is a part of what in {titles[name]}",
            )
        )  # fmt: skip
    return found


def _below(parts: list[tuple[str, str]], dimension: str) -> dict[str, list[str]]:
    """The parts of each code. One that is a part of several (of one measure of this, of another of that) is
    placed once, as a hierarchy wants it, and rather below another code than below the total.
    """
    above: dict[str, str] = {}
    for code, whole in sorted(parts):
        if above.get(code, "total") == "total":
            above[code] = whole
    below: dict[str, list[str]] = {}
    for code, whole in above.items():
        below.setdefault(spelled(dimension, whole), []).append(spelled(dimension, code))
    return below


def _nested(
    code: str, below: Mapping[str, list[str]], list_name: str, known: set[str], above: tuple[str, ...]
) -> list[HierarchicalCode]:
    """A code with all that are parts of it; of a code that the list does not have, the parts alone."""
    from pysdmx.model import HierarchicalCode

    parts = [
        part
        for each in below.get(code, []) if each not in (*above, code)
        for part in _nested(each, below, list_name, known, (*above, code))
    ]  # fmt: skip
    if code not in known:
        return parts
    urn = f"urn:sdmx:org.sdmx.infomodel.codelist.Code={AGENCY}:CL_{list_name}({VERSION}).{code}"
    return [HierarchicalCode(id=code, urn=urn, codes=parts)]
