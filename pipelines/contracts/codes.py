"""Code lists: what a publisher's label means, and which codes exist.

A list lives in ``sql/codes/<dimension>.csv``; a contract may add to it under ``code_lists``.
Labels are matched exactly after Unicode and white-space normalisation, never by likeness.
"""

from __future__ import annotations

import csv
import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pipelines.ages import age_bounds, age_code
from pipelines.common.paths import SQL
from pipelines.observation import TOTAL

MEASURE = "measure"
PATH = " > "
"""Between the levels of a code that is a part of another: ``theft > burglary``."""

NO_PATH = " › "
"""Stands for it in the code of a label that is printed with it: ``THEFT > $500`` is no part of THEFT."""


def of_one_level(label: str) -> str:
    """A printed label as the code of one level."""
    return label.replace(PATH, NO_PATH)


def normalised(label: str) -> str:
    """``label`` in NFC with runs of white space as one blank: what two equal labels share."""
    return " ".join(unicodedata.normalize("NFC", label).split())


_MIDDLE_DOTS = "\u318d\u119e"
"""Korean vowel signs (ㆍ) that publishers print as a middle dot; to Unicode they are letters."""


_MEANINGFUL = frozenset("%‰‱<>=≤≥≠≦≧≮≯≰≱+±")
"""Signs that are no punctuation: `> 500` is not `< 500`, and cases (%) are not cases."""
_DASHES = frozenset("-‐‑‒–—―−﹣－~〜～∼")


def letters(label: str) -> str:
    """The letters and digits of a label: what it shares with one that is only punctuated differently.

    Marks are parts of letters: vowel signs of Hindi and Thai, accents that stand alone. Signs that mean
    something stay, and so do those between two digits: 1/2 is not 12.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    kept = ""
    between = ""
    for char in folded:
        if unicodedata.category(char)[0] not in "LNM" or char in _MIDDLE_DOTS:
            if char in _MEANINGFUL:
                kept, between = kept + char, ""
            else:
                between += "-" if char in _DASHES else char
            continue
        if between and kept[-1:].isdecimal() and char.isdecimal():
            kept += "".join(between.split()) or " "
        kept, between = kept + char, ""
    return unicodedata.normalize("NFKC", kept)


def nearest_by_digits(keys: Iterable[str]) -> dict[str, str]:
    """Each key that begins with another, zeros at the end of both aside, with the longest of those: 111000
    is a part of 110000, as in the keys of the German police statistics. Keys of other lengths, and those of
    zeros only, have no parts.
    """
    keys = list(keys)
    whole_of = {(len(key), key.rstrip("0")): key for key in keys}
    found: dict[str, str] = {}
    for key in keys:
        short = key.rstrip("0")
        wholes = (whole_of.get((len(key), short[:length])) for length in range(len(short) - 1, 0, -1))
        if nearest := next(filter(None, wholes), None):
            found[key] = nearest
    return found


Validity = tuple[dt.date | None, dt.date | None]
"""The first and last day that a code is counted; None where it is not bounded."""


@dataclass(frozen=True)
class Listed:
    """An entry of a code list: its labels, the code it is a part of, and when it is counted."""

    labels: tuple[str, ...] = ()
    parent: str | None = None
    validity: Validity = (None, None)


@dataclass(frozen=True)
class CodeList:
    """The codes of one dimension and the labels under which publishers print them."""

    dimension: str
    codes: frozenset[str]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Normalised label → code; holds every code as its own label."""
    parents: Mapping[str, str] = field(default_factory=dict)
    """Code → the code that it is a part of."""
    validities: Mapping[str, Validity] = field(default_factory=dict)
    """Codes that are not always counted."""

    def code(self, label: str) -> str | None:
        """The code of a printed label, or None when the list does not know it."""
        label = normalised(label)
        if label in self.labels:
            return self.labels[label]
        if self.has(label):
            return label
        return age_code(label) if self.dimension == "age_band" else None

    def has(self, code: str) -> bool:
        """Whether the code exists; age bands such as 18-24 and 65+ describe themselves."""
        if code in self.codes or code == TOTAL:
            return True
        return self.dimension == "age_band" and age_bounds(code) is not None

    def extended(self, added: Mapping[str, Listed]) -> CodeList:
        """This list with the codes, labels and parents that a contract adds."""
        labels, parents = dict(self.labels), dict(self.parents)
        validities = dict(self.validities)
        for code, entry in added.items():
            for label in (code, *entry.labels):
                labels[normalised(label)] = code
            if entry.parent:
                parents[code] = entry.parent
            if any(entry.validity):
                validities[code] = entry.validity
        return CodeList(self.dimension, self.codes | added.keys(), labels, parents, validities)

    def ancestors(self, code: str) -> Iterator[str]:
        """The codes that a code is a part of, nearest first, the total aside."""
        seen = {code}
        while True:
            if code in self.parents:
                code = self.parents[code]
            elif PATH in code:
                code = code.rpartition(PATH)[0]
            else:
                return
            if code in seen:
                return
            seen.add(code)
            yield code

    def joined(self, path: Iterable[str]) -> str:
        """The code of a place in a hierarchy, given the codes of its levels, outermost first.

        A code whose parent the list knows stands for itself; others carry their path, since the
        same label may stand under several. Raises ValueError when the list knows another parent.
        """
        code = ""
        for step in path:
            if step == TOTAL:
                continue
            if not code:
                code = step
            elif step in self.parents:
                if code not in self.ancestors(step):
                    parent = self.parents[step]
                    raise ValueError(f"'{step}' stands under '{code}', and is a part of '{parent}'")
                code = step
            else:
                code = f"{code}{PATH}{step}"
        return code or TOTAL


@cache
def code_list(dimension: str) -> CodeList:
    """The list of a dimension from ``sql/codes``; an empty one when there is no such file."""
    codes: set[str] = set()
    labels: dict[str, str] = {}
    parents: dict[str, str] = {}
    validities: dict[str, Validity] = {}
    for entry in listed_codes(dimension):
        code = entry["code"]
        assert code
        codes.add(code)
        if parent := entry.get("parent"):
            parents[code] = parent
        days = (entry.get("valid_from"), entry.get("valid_to"))
        if any(days):
            first, last = (dt.date.fromisoformat(day) if day else None for day in days)
            validities[code] = (first, last)
        printed = [entry["label_en"], entry["label_ko"], *(entry["aliases"] or "").split("|")]
        for label in (code, *filter(None, printed)):
            known = labels.setdefault(normalised(label), code)
            if known != code:
                name = code_list_path(dimension).name
                raise ValueError(f"{name}: '{label}' stands for {known} and {code}")
    return CodeList(dimension, frozenset(codes), labels, parents, validities)


def listed_codes(dimension: str) -> list[dict[str, str | None]]:
    """The entries of ``sql/codes/<dimension>.csv``, by column; empty cells as None."""
    path = code_list_path(dimension)
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [{key: value or None for key, value in entry.items()} for entry in csv.DictReader(lines)]


def code_list_path(dimension: str) -> Path:
    return SQL / "codes" / f"{dimension}.csv"
