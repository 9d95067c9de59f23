"""YAML files that people write → validated models, or errors that name file, line and field."""

from __future__ import annotations

import datetime as dt
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from pipelines.common.problems import closest, printable
from pipelines.contracts.limits import CONTRACT_BYTES, CONTRACT_NODES

# How pydantic names the branches of a union in the place of an error.
_BRANCH = re.compile(r"(?:list|dict|literal|function-before|constrained-str|str|int|CodeEntry)\b")


@dataclass(frozen=True, slots=True)
class ContractProblem:
    """One thing that is wrong with a contract or a file beside it; ``line`` counts from 1."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        field = f", {printable(self.field)}" if self.field else ""
        return f"`{self.file}`, line {self.line}{field}: {self.reason}"


class ContractError(Exception):
    """A contract, or a file beside it, that cannot be used."""

    def __init__(self, problems: list[ContractProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Document:
    """A YAML file as it was read, to say where in it something stands."""

    path: Path
    content: Any

    def problem(self, loc: tuple[Any, ...], reason: str) -> ContractProblem:
        """The problem at the line where the longest known part of ``loc`` stands."""
        line, node, field = 1, self.content, []
        for step in loc:
            key = _key(node, step)
            if key is None:
                if node is self.content or str(step).isidentifier():
                    field.append(str(step))
                continue  # pydantic names the branch of a union too
            line = (node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key))[0] + 1
            field.append(str(key))
            node = node[key]
        return at(self.path, line, ".".join(field), reason)

    def has(self, loc: tuple[Any, ...]) -> bool:
        """Whether there is something at a place."""
        node = self.content
        for step in loc:
            key = _key(node, step)
            if key is None:
                return False
            node = node[key]
        return True

    def validated(self, model: Any, words: Iterable[str]) -> Any:
        """The content as ``model``, a pydantic model or type. Raises ContractError with every problem;
        ``words`` are suggested for unknown ones.
        """
        try:
            return TypeAdapter(model).validate_python(self.content)
        except ValidationError as error:
            known = list(words)
            found = [self.problem(e["loc"], _said(e, known)) for e in _deepest(error.errors())]
            raise ContractError(list(dict.fromkeys(found))) from None


def read(path: Path) -> Document:
    """The document in a YAML file. Raises ContractError when it cannot be read as one."""
    try:
        content = _bytes(path)
        document = Document(path, YAML().load(content.decode("utf-8")))
        if _length(document.content) > CONTRACT_NODES:
            said = f"has more than {CONTRACT_NODES:,} values once its aliases are written out"
            raise ContractError([at(path, 1, "", said)])
        return document
    except RecursionError:
        raise ContractError([at(path, 1, "", "is nested too deeply")]) from None
    except AttributeError:  # what ruamel.yaml says of it
        said = "merges a mapping (`<<`) into itself, or what is no mapping"
        raise ContractError([at(path, _line_with(b"<<", content), "", said)]) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContractError([at(path, line, "", "is not UTF-8; save it as UTF-8")]) from None
    except (YAMLError, ValueError) as error:
        reason = (getattr(error, "problem", None) or str(error)).strip().splitlines()[0]
        line = _line_of(error, content)
        raise ContractError([at(path, line, "", f"this is not valid YAML: {reason}")]) from None
    except OSError as error:
        raise ContractError([at(path, 1, "", f"cannot be read: {error.strerror}")]) from None


def _bytes(path: Path) -> bytes:
    """Raises OSError and ContractError."""
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
        raise ContractError([at(path, 1, "", "is not a regular file")])
    with path.open("rb") as opened:
        content = opened.read(CONTRACT_BYTES + 1)
    if len(content) > CONTRACT_BYTES:
        raise ContractError([at(path, 1, "", f"is longer than {CONTRACT_BYTES:,} bytes")])
    return content


def _length(node: Any, known: dict[int, int] | None = None) -> int:
    """How many values a document has where each alias is what it stands for, told without writing it
    out. Raises RecursionError of one that holds itself.
    """
    known = {} if known is None else known
    if id(node) not in known:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        known[id(node)] = 1 + sum(_length(each, known) for each in inner)
    return known[id(node)]


def words_of(*models: type[BaseModel]) -> list[str]:
    """The names of all fields of some models."""
    return [name for model in models for name in model.model_fields]


def at(path: Path, line: int, field: str, reason: str) -> ContractProblem:
    """A problem at a line of a file."""
    return ContractProblem(f"{path.parent.name}/{path.name}", line, field, reason)


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


def _said(error: Any, words: list[str]) -> str:
    """A pydantic error in the words of the file's author."""
    last = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        if last in words:
            return "is a word that does not stand here; see docs/reference/contract-language.md"
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


def _line_with(sign: bytes, content: bytes) -> int:
    """The first line in which something stands."""
    return content[: max(content.find(sign), 0)].count(b"\n") + 1


def _is_no_date(line: str) -> bool:
    found = re.search(r":\s*(\d{4}-\d{1,2}-\d{1,2})\s*$", line)
    if not found:
        return False
    try:
        dt.date(*(int(part) for part in found[1].split("-")))
    except ValueError:
        return True
    return False


def _key(node: Any, step: Any) -> Any:
    if isinstance(node, dict):
        return next((key for key in node if str(step) in (str(key), repr(key))), None)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return step
    return None
