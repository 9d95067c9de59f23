"""YAML that people write: validated, and what is wrong said with file, line and field."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from pipelines.contracts import documents
from pipelines.contracts.documents import ContractError, words_of


class Leaf(BaseModel):
    name: str
    size: int | None = None
    on: dt.date | None = None


class Tree(BaseModel):
    model_config = {"extra": "forbid"}

    title: str
    height: int = Field(1, ge=0)
    leaves: list[Leaf] = []
    by_name: dict[str, Leaf] = {}
    one_or_many: str | list[str] = []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "series"
    folder.mkdir()
    return folder / "notes.yaml"


def problems(path: Path, content: str | bytes, model: object = Tree) -> list[tuple[int, str, str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ContractError) as error:
        documents.read(path).validated(model, words_of(Tree, Leaf))
    assert {problem.file for problem in error.value.problems} == {"series/notes.yaml"}
    return [(problem.line, problem.field, problem.reason) for problem in error.value.problems]


def test_a_document_that_fits_is_given_as_its_model(path):
    path.write_text("title: t\nleaves:\n  - {name: a, on: 2025-01-31}\n", encoding="utf-8")
    tree = documents.read(path).validated(Tree, [])
    assert tree == Tree(title="t", leaves=[Leaf(name="a", on=dt.date(2025, 1, 31))])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("title: t\nheight: tall\n", (2, "height", "input should be a valid integer")),
        ("title: t\nheight: -1\n", (2, "height", "input should be greater than or equal to 0")),
        ("height: 1\n", (1, "title", "is required")),
        ("title: t\nhight: 1\n", (2, "hight", "is not a word of the contract language; closest: `height`")),
        ("title: t\nqqq: 1\n", (2, "qqq", "is not a word of the contract language")),
        ("title: t\nleaves:\n  - name: a\n  - size: 1\n", (4, "leaves.1.name", "is required")),
        ("title: t\nleaves:\n  - name: a\n    size: x\n", (4, "leaves.0.size", "input should be a valid integer")),
        ("title: t\nleaves:\n\n\n  - {name: a, size: x}\n", (5, "leaves.0.size", "input should be a valid integer")),
        ("title: t\nleaves: {name: a}\n", (2, "leaves", "input should be a valid list")),
        ("title: t\nby_name:\n  x:\n    size: 1\n", (3, "by_name.x.name", "is required")),
        ("title: t\none_or_many: [a, {}]\n", (2, "one_or_many.1", "input should be a valid string")),
        ("title: t\nleaves:\n  - {name: a, on: soon}\n", (3, "leaves.0.on", "input should be a valid date or datetime, input is too short")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_line(path, content, expected):
    line, field, reason = expected
    [said] = [said for *place, said in problems(path, content) if place == [line, field]]
    assert said.startswith(reason)


def test_everything_that_does_not_fit_is_said_at_once(path):
    content = "height: tall\nleaves:\n  - {size: x}\nmore: 1\n"
    assert sorted(line for line, _, _ in problems(path, content)) == [1, 1, 3, 3, 4]


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        ("- name: a\n- name: b\n  size: x\n", 3, "1.size"),
        ("- name: a\n- {}\n", 2, "1.name"),
        ("name: a\n", 1, ""),
    ],
)
def test_a_list_of_entries_is_addressed_by_their_numbers(path, content, line, field):
    assert [found[:2] for found in problems(path, content, list[Leaf])] == [(line, field)]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("title: t\ntitle: u\n", 2, "this is not valid YAML: found duplicate key"),
        ("title: [t\n", 2, "this is not valid YAML"),
        ("title: t\non: 2025-02-30\n", 2, "this is not valid YAML: day"),
        ("title: t\nx: &a {<<: *a}\n", 2, "merges a mapping (`<<`) into itself"),
        ("title: t\x07\n", 1, "this is not valid YAML"),
        ("title: t\nname: 경찰\n".encode("cp949"), 2, "is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_no_yaml_is_said_at_its_line(path, content, line, reason):
    [(found, field, said)] = problems(path, content)
    assert (found, field) == (line, "")
    assert said.startswith(reason)


def test_a_file_that_cannot_be_opened_says_why(path):
    with pytest.raises(ContractError, match=r"`series/notes.yaml`, line 1: cannot be read: No such file"):
        documents.read(path)


def test_a_place_that_is_not_there_is_said_where_it_would_stand(path):
    path.write_text("title: t\nleaves:\n  - name: a\n  - name: b\n", encoding="utf-8")
    document = documents.read(path)
    places = [
        (("title",), 1, "title"),
        (("leaves", 1), 4, "leaves.1"),
        (("leaves", 1, "name"), 4, "leaves.1.name"),
        (("leaves", 9), 2, "leaves"),
        (("height",), 1, "height"),
        ((), 1, ""),
    ]
    assert [(p.line, p.field) for p in (document.problem(place, "x") for place, _, _ in places)] == [
        (line, field) for _, line, field in places
    ]
    assert [document.has(place) for place, _, _ in places] == [True, True, True, False, False, True]


def test_keys_that_are_no_text_have_their_line(path):
    path.write_text("title: t\nby_name:\n  2019:\n    size: x\n", encoding="utf-8")
    document = documents.read(path)
    assert document.problem(("by_name", "2019", "size"), "x").line == 4
    assert document.problem(("by_name", 2019), "x").line == 3


def test_keys_that_are_days_have_their_line(path):
    content = "2025-01-30: a\n2025-01-31: []\n"
    assert [found[:2] for found in problems(path, content, dict[dt.date, str])] == [(2, "2025-01-31")]


def test_what_a_document_says_cannot_write_to_the_terminal(path):
    path.write_text('title: t\n"\\e[31mred": 1\n', encoding="utf-8")
    with pytest.raises(ContractError) as error:
        documents.read(path).validated(Tree, [])
    assert "\x1b" not in str(error.value)


def test_words_are_those_of_all_models():
    assert words_of(Leaf, Tree) == [
        "name",
        "size",
        "on",
        "title",
        "height",
        "leaves",
        "by_name",
        "one_or_many",
    ]
