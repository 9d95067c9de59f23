"""Code lists: what a publisher's label means, and which codes exist.

A list lives in ``sql/codes/<dimension>.csv``; a contract may add to it under ``code_lists``.
Labels are matched exactly after Unicode and white-space normalisation, never by likeness.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pipelines.observation import TOTAL
from pipelines.paths import SQL

MEASURE = "measure"
_AGE = "(?:0|[1-9][0-9]{0,2})"  # one spelling for each age: no leading zeros, no other digits
_AGE_BAND = re.compile(f"(?P<low>{_AGE})-(?P<high>{_AGE})|(?P<open>{_AGE})[+]")


def normalised(label: str) -> str:
    """``label`` in NFC with runs of white space as one blank: what two equal labels share."""
    return " ".join(unicodedata.normalize("NFC", label).split())


@dataclass(frozen=True)
class CodeList:
    """The codes of one dimension and the labels under which publishers print them."""

    dimension: str
    codes: frozenset[str]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Normalised label → code; holds every code as its own label."""

    def code(self, label: str) -> str | None:
        """The code of a printed label, or None when the list does not know it."""
        label = normalised(label)
        if label in self.labels:
            return self.labels[label]
        return label if self.has(label) else None

    def has(self, code: str) -> bool:
        """Whether the code exists; age bands such as 18-24 and 65+ describe themselves."""
        if code in self.codes or code == TOTAL:
            return True
        return self.dimension == "age_band" and age_bounds(code) is not None

    def extended(self, labels_by_code: Mapping[str, list[str]]) -> CodeList:
        """This list with the codes and labels that a contract adds."""
        labels = dict(self.labels)
        for code, printed in labels_by_code.items():
            for label in (code, *printed):
                labels[normalised(label)] = code
        return CodeList(self.dimension, self.codes | labels_by_code.keys(), labels)


def age_bounds(code: str) -> tuple[int, int | None] | None:
    """First and last year of age of a band such as ``18-24`` or ``65+``; None if it is neither."""
    match = _AGE_BAND.fullmatch(code)
    if not match:
        return None
    if match["open"]:
        return int(match["open"]), None
    low, high = int(match["low"]), int(match["high"])
    return (low, high) if low <= high else None


@cache
def code_list(dimension: str) -> CodeList:
    """The list of a dimension from ``sql/codes``; an empty one when there is no such file."""
    path = code_list_path(dimension)
    codes: set[str] = set()
    labels: dict[str, str] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines:
            for entry in csv.DictReader(lines):
                code = entry["code"]
                codes.add(code)
                printed = [entry["label_en"], entry["label_ko"], *entry["aliases"].split("|")]
                for label in (code, *filter(None, printed)):
                    known = labels.setdefault(normalised(label), code)
                    if known != code:
                        raise ValueError(f"{path.name}: '{label}' stands for {known} and {code}")
    return CodeList(dimension, frozenset(codes), labels)


def code_list_path(dimension: str) -> Path:
    return SQL / "codes" / f"{dimension}.csv"
