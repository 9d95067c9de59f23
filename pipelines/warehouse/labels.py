"""What codes are called in each language: by code lists and contracts, or level by level of their path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.contracts.codes import MEASURE, PATH, listed_codes
from pipelines.contracts.contract import Source
from pipelines.contracts.words import OwnDimension
from pipelines.observation import DIMENSIONS
from pipelines.warehouse.contract_inputs import added_code

DIMENSION = "dimension"
"""Where ``codes`` has the names of dimensions that only one source has."""

_HANGUL = re.compile("[가-힣]")

English = dict[tuple[str, str], str]
Entries = Mapping[tuple[str, str], Mapping[str, Any]]


def given_codes(sources: Iterable[Source]) -> dict[tuple[str, str], dict[str, Any]]:
    """By dimension and code the entries of the code lists, with what contracts add to them."""
    contracts = [source.contract for source in sources]
    own = dict.fromkeys(name for contract in contracts for name in contract.other_dimensions)
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for dimension in (MEASURE, *DIMENSIONS, *own):
        for listed in listed_codes(dimension):
            entries[dimension, str(listed["code"])] = dict(listed)
        for contract in contracts:
            for code, added in contract.code_lists.get(dimension, {}).items():
                row = added_code(code, added)
                known = entries.setdefault((dimension, code), row)
                known.update({key: value for key, value in row.items() if known.get(key) is None})
    for contract in contracts:
        for name, meaning in contract.other_dimensions.items():
            entries.setdefault((DIMENSION, name), _dimension(meaning))
    return entries


def _dimension(meaning: str | OwnDimension) -> dict[str, Any]:
    if isinstance(meaning, str):
        return {"definition": meaning}
    return {"label_en": meaning.label, "label_ko": meaning.label_ko, "definition": meaning.definition}


def english(sources: Iterable[Source]) -> English:
    """What the contracts call, by dimension, a printed label in English; the first one has its way."""
    found: English = {}
    for source in sources:
        for dimension, labels in source.contract.labels.items():
            for printed, label in labels.items():
                found.setdefault((dimension, printed), label)
    return found


def labelled(entries: Entries, called: English) -> list[dict[str, Any]]:
    """Rows of ``codes``, each with a label: its own, else those of the levels of its path, else what is
    ``printed`` for it, else the code. Where levels have an English label, what is printed in Korean is the
    Korean one.
    """
    return [
        {"dimension": dimension, "code": code, **entry} | _labels(entries, called, dimension, code)
        for (dimension, code), entry in entries.items()
    ]


def _labels(entries: Entries, called: English, dimension: str, code: str) -> dict[str, str | None]:
    entry = entries[dimension, code]
    if label := entry.get("label_en"):
        return {"label_en": label, "label_ko": entry.get("label_ko")}
    steps = [(dimension, step) for step in code.split(PATH)]
    labels = [called.get(step) or entries.get(step, {}).get("label_en") for step in steps]
    if not any(labels):
        return {"label_en": entry.get("printed") or code, "label_ko": entry.get("label_ko")}
    korean = PATH.join(entries.get(step, {}).get("label_ko") or step[1] for step in steps)
    return {
        "label_en": PATH.join(label or step for label, (_, step) in zip(labels, steps, strict=True)),
        "label_ko": entry.get("label_ko") or (korean if _HANGUL.search(korean) else None),
    }
