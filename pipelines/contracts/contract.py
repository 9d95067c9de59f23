"""``source.yaml`` → a validated source, or errors that name file, line and field.

`pipelines.contracts.words` says what may be written; this module says whether it makes sense: that codes
exist, that every number will have a measure and a period, that patterns can be compiled.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.contracts import documents, file_patterns
from pipelines.contracts.calendars import Calendar
from pipelines.contracts.codes import MEASURE, CodeList, Listed, code_list
from pipelines.contracts.contract_checks import doubtful, findings
from pipelines.contracts.corrections import Acceptances, Correction
from pipelines.contracts.corrections import load as load_beside
from pipelines.contracts.documents import ContractError, ContractProblem, at
from pipelines.contracts.layouts import Table
from pipelines.contracts.limits import Limits
from pipelines.contracts.record_words import RecordField, Rollup
from pipelines.contracts.word_types import Constraints
from pipelines.contracts.words import (
    Agreement,
    Cell,
    CodeEntry,
    Column,
    Contract,
    IgnoredRows,
    Layout,
    Revisions,
)

FILE_NAME = "source.yaml"
_WORDS = documents.words_of(
    Contract,
    Layout,
    Column,
    Constraints,
    Cell,
    Revisions,
    CodeEntry,
    Agreement,
    IgnoredRows,
    RecordField,
    Rollup,
    Calendar,
    Limits,
)


@dataclass(frozen=True)
class Source:
    """One series of exports: a folder, its contract, and the tables that the contract describes."""

    name: str
    folder: Path
    contract: Contract
    tables: dict[str, Table]
    sha256: str
    corrections: tuple[Correction, ...] = ()
    acceptances: Acceptances = field(default_factory=Acceptances)

    @property
    def contract_file(self) -> str:
        return f"{self.folder.name}/{FILE_NAME}"

    @property
    def max_bytes(self) -> int:
        """More than any of its tables takes of one file: what is larger is not opened."""
        return max(table.max_bytes for table in self.tables.values())

    def problem(self, loc: tuple[Any, ...], reason: str) -> ContractProblem:
        """A problem found later, at a place of this contract."""
        return documents.read(self.folder / FILE_NAME).problem(loc, reason)


def load(folder: Path) -> Source:
    """The source in ``folder``, checked. Raises ContractError with every problem found."""
    path = folder / FILE_NAME
    if not re.fullmatch("[A-Za-z0-9_]+", folder.name):
        reason = "the folder's name is the source's name: use letters, digits and _ only"
        raise ContractError([at(path, 1, "", reason)])
    document = documents.read(path)
    if not isinstance(document.content, dict):
        raise ContractError([at(path, 1, "", "a contract is a mapping that begins with `title:`")])
    contract = document.validated(Contract, _WORDS)

    tables, problems = {}, []
    for name, loc, layout in _layouts(contract):
        tables[name] = table = _table(contract, name, layout)
        problems += [
            document.problem((*loc, *place) if document.has((*loc, *place)) else place, reason)
            for place, reason in findings(contract, layout, table)
        ]
    corrections, beside, accepted = load_beside(folder)
    if beside:
        known = next(iter(tables.values()))
        problems += [beside.problem(place, reason) for place, reason in doubtful(corrections, known)]
    if problems:
        raise ContractError(list(dict.fromkeys(problems)))
    sha256 = hashlib.sha256(contract.model_dump_json(exclude_unset=True).encode()).hexdigest()
    return Source(folder.name, folder, contract, tables, sha256, tuple(corrections), accepted)


def load_all(raw: Path) -> list[Source]:
    """Every source below ``raw``, by name. Raises ContractError for all bad contracts together."""
    sources, problems = [], []
    for path in sorted(raw.glob(f"*/{FILE_NAME}")):
        try:
            sources.append(load(path.parent))
        except ContractError as error:
            problems += error.problems
    if problems:
        raise ContractError(problems)
    return sources


def _layouts(contract: Contract) -> list[tuple[str, tuple[str, ...], Layout]]:
    """Name, place in the document and merged layout of each table of the contract."""
    shared = {w: getattr(contract, w) for w in Layout.model_fields if w in contract.model_fields_set}
    if not contract.tables:
        return [("table", (), Layout.model_construct(**_of_records(_defaulted(shared))))]
    layouts: list[tuple[str, tuple[str, ...], Layout]] = []
    for name, own in contract.tables.items():
        given = {word: getattr(own, word) for word in own.model_fields_set}
        for word in ("set", "codes"):  # what holds for all tables holds beside what one adds
            if word in shared and word in given:
                given[word] = {**shared[word], **given[word]}
        merged = _of_records(_defaulted(shared | given))
        layouts.append((name, ("tables", name), Layout.model_construct(**merged)))
    return layouts


def _of_records(layout: dict[str, Any]) -> dict[str, Any]:
    """Records that no longer have a label count none of it: that leaves nothing out."""
    if layout["fields"] and "may_leave_out" not in layout["revisions"].model_fields_set:
        layout["revisions"] = layout["revisions"].model_copy(update={"may_leave_out": ["labels"]})
    return layout


def _defaulted(given: dict[str, Any]) -> dict[str, Any]:
    return {
        word: given.get(word, field.get_default(call_default_factory=True))
        for word, field in Layout.model_fields.items()
    }


def _table(contract: Contract, name: str, layout: Layout) -> Table:
    """The layout with its code lists; patterns that cannot be compiled are left to the checks."""
    dimensions = (MEASURE, *contract.dimensions)
    lists: dict[str, CodeList] = {}
    for dimension in dimensions:
        own = contract.code_lists.get(dimension, {})
        lists[dimension] = code_list(dimension).extended(
            {code: _listed(entry) for code, entry in own.items()}
        )
    try:
        files = file_patterns.compiled(layout.files or "")
    except ValueError:
        files = re.compile(r"(?!)")
    return Table(name, layout, files, lists)


def _listed(entry: str | CodeEntry) -> Listed:
    if isinstance(entry, str):
        return Listed((entry,))
    labels = filter(None, (entry.label, entry.label_ko))
    return Listed((*labels, *entry.aliases), entry.parent, (entry.valid_from, entry.valid_to))
