"""``source.yaml`` → a validated source, or errors that name file, line and field.

`pipelines.words` says what may be written; this module says whether it makes sense: that codes
exist, that every number will have a measure and a period, that patterns can be compiled.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from pipelines import file_patterns
from pipelines.codes import MEASURE, CodeList, code_list
from pipelines.contract_checks import findings
from pipelines.layouts import Table
from pipelines.problems import closest, printable
from pipelines.words import CodeEntry, Contract, Layout

FILE_NAME = "source.yaml"
# How pydantic names the branches of a union in the place of an error.
_BRANCH = re.compile(r"(?:list|dict|literal|function-before|constrained-str|str|int|CodeEntry)\b")


@dataclass(frozen=True, slots=True)
class ContractProblem:
    """One thing that is wrong with a contract; ``line`` counts from 1."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        field = f", {printable(self.field)}" if self.field else ""
        return f"`{self.file}`, line {self.line}{field}: {self.reason}"


class ContractError(Exception):
    """A contract that cannot be used."""

    def __init__(self, problems: list[ContractProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Source:
    """One series of exports: a folder, its contract, and the tables that the contract describes."""

    name: str
    folder: Path
    contract: Contract
    tables: dict[str, Table]
    sha256: str

    @property
    def contract_file(self) -> str:
        return f"{self.folder.name}/{FILE_NAME}"

    def problem(self, loc: tuple[Any, ...], reason: str) -> ContractProblem:
        """A problem found later, at a place of this contract."""
        return _problem(self.folder / FILE_NAME, self._document, loc, reason)

    @cached_property
    def _document(self) -> Any:
        return YAML().load((self.folder / FILE_NAME).read_text(encoding="utf-8"))


def load(folder: Path) -> Source:
    """The source in ``folder``, checked. Raises ContractError with every problem found."""
    path = folder / FILE_NAME
    if not re.fullmatch("[A-Za-z0-9_]+", folder.name):
        reason = "the folder's name is the source's name: use letters, digits and _ only"
        raise ContractError([_at(path, 1, "", reason)])
    try:
        content = path.read_bytes()
        document = YAML().load(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContractError([_at(path, line, "", "is not UTF-8; save it as UTF-8")]) from None
    except (YAMLError, ValueError) as error:
        reason = (getattr(error, "problem", None) or str(error)).strip().splitlines()[0]
        line = _line_of(error, content)
        raise ContractError([_at(path, line, "", f"this is not valid YAML: {reason}")]) from None
    except OSError as error:
        raise ContractError([_at(path, 1, "", f"cannot be read: {error.strerror}")]) from None
    if not isinstance(document, dict):
        raise ContractError([_at(path, 1, "", "a contract is a mapping that begins with `title:`")])

    try:
        contract = Contract.model_validate(document)
    except ValidationError as error:
        found = [_problem(path, document, e["loc"], _said(e)) for e in _deepest(error.errors())]
        raise ContractError(list(dict.fromkeys(found))) from None

    tables, problems = {}, []
    for name, loc, layout in _layouts(contract):
        tables[name] = table = _table(contract, name, layout)
        problems += [
            _problem(path, document, (*loc, *at) if _stands(document, (*loc, *at)) else at, reason)
            for at, reason in findings(contract, layout, table)
        ]
    if problems:
        raise ContractError(list(dict.fromkeys(problems)))
    sha256 = hashlib.sha256(contract.model_dump_json(exclude_unset=True).encode()).hexdigest()
    return Source(folder.name, folder, contract, tables, sha256)


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
        return [("table", (), Layout.model_construct(**_defaulted(shared)))]
    layouts: list[tuple[str, tuple[str, ...], Layout]] = []
    for name, own in contract.tables.items():
        given = {word: getattr(own, word) for word in own.model_fields_set}
        for word in ("set", "codes"):  # what holds for all tables holds beside what one adds
            if word in shared and word in given:
                given[word] = {**shared[word], **given[word]}
        merged = _defaulted(shared | given)
        layouts.append((name, ("tables", name), Layout.model_construct(**merged)))
    return layouts


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
            {code: _labels(entry) for code, entry in own.items()}
        )
    try:
        files = file_patterns.compiled(layout.files or "")
    except ValueError:
        files = re.compile(r"(?!)")
    return Table(name, layout, files, lists)


def _labels(entry: str | CodeEntry) -> list[str]:
    return [entry] if isinstance(entry, str) else [entry.label, *entry.aliases]


def _deepest(errors: list[Any]) -> list[Any]:
    """The errors without those of other branches of a union: "should be a mapping" beside what is
    wrong in the list that it is.
    """

    def place(error: Any) -> tuple[str, ...]:
        return tuple(str(step) for step in error["loc"] if not _BRANCH.match(str(step)))

    places = [place(error) for error in errors]
    return [
        error
        for error, mine in zip(errors, places, strict=True)
        if not (error["type"] in ("dict_type", "list_type", "literal_error", "string_type")
                and any(len(other) > len(mine) and other[: len(mine)] == mine for other in places))
    ]  # fmt: skip


def _said(error: Any) -> str:
    """A pydantic error in the words of a contract's author."""
    last = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        words = [*Contract.model_fields, *Layout.model_fields]
        if len(error["loc"]) > 1:
            from pipelines.words import Column, Constraints

            words += [*Column.model_fields, *Constraints.model_fields]
        near = closest(last, words)
        return "is not a word of the contract language" + (f"; closest: `{near}`" if near else "")
    if error["type"] == "missing":
        return "is required"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message[1:2].isupper() else message[:1].lower() + message[1:]


def _line_of(error: Exception, content: bytes) -> int:
    """The line of a YAML error: as the parser says, or that of a character or date it cannot take."""
    if mark := getattr(error, "problem_mark", None):
        return mark.line + 1
    lines = content.decode("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if re.search("[\x00-\x08\x0b-\x1f]", line) or _is_no_date(line):
            return number
    return 1


def _is_no_date(line: str) -> bool:
    found = re.search(r":\s*(\d{4}-\d{1,2}-\d{1,2})\s*$", line)
    if not found:
        return False
    try:
        dt.date(*(int(part) for part in found[1].split("-")))
    except ValueError:
        return True
    return False


def _problem(path: Path, document: Any, loc: tuple[Any, ...], reason: str) -> ContractProblem:
    """The problem at the line where the longest known part of ``loc`` stands."""
    line, node, field = 1, document, []
    for step in loc:
        key = _key(node, step)
        if key is None:
            if node is document or str(step).isidentifier():
                field.append(str(step))
            continue  # pydantic names the branch of a union too
        line = (node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key))[0] + 1
        field.append(str(step))
        node = node[key]
    return _at(path, line, ".".join(field), reason)


def _key(node: Any, step: Any) -> Any:
    if isinstance(node, dict):
        return next((key for key in node if str(key) == str(step)), None)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return step
    return None


def _stands(document: Any, loc: tuple[Any, ...]) -> bool:
    node = document
    for step in loc:
        key = _key(node, step)
        if key is None:
            return False
        node = node[key]
    return True


def _at(path: Path, line: int, field: str, reason: str) -> ContractProblem:
    return ContractProblem(f"{path.parent.name}/{path.name}", line, field, reason)
