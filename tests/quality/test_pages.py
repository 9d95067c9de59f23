"""Pages of the documentation: links lead somewhere, commands exist, SQL runs and gives what is said."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.docs import command_line
from pipelines.warehouse import as_of, relations
from tests import pages
from tests.command import ROOT, caseload
from tests.pages import PAGES, Block

SQL = pages.blocks("sql")
SHELL = pages.blocks("sh", "console")
COMMANDS = command_line.commands()


@pytest.mark.parametrize("page", PAGES, ids=pages.name)
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for target in pages.links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in pages.anchors(file), target


def test_files_that_messages_and_comments_name_are_there() -> None:
    files = [
        *(ROOT / "pipelines").rglob("*.py"),
        *(ROOT / "bench").glob("*.py"),
        *(ROOT / "deploy").rglob("*.*"),
    ]
    for file in [*files, ROOT / "Makefile", ROOT / "CHANGELOG.md"]:
        said = file.read_text(encoding="utf-8")
        for path in re.findall(r"(?:See|see|says|writes?) `{0,2}(docs/[\w/.-]+\.\w+)", said):
            assert (ROOT / path).exists(), f"{file}: {path}"


# Commands


def commands_of(text: str) -> Iterator[list[str]]:
    """Arguments of each call of `caseload` in a text of a shell."""
    quoted = re.sub(r'"[^"]*"', lambda found: found[0].replace("\n", " "), text)
    for line in quoted.replace("\\\n", " ").splitlines():
        part = re.search(r"(?:^|[;&|] *|/bin/|caseload/caseload\.env; )caseload +(\S.*)", line.strip())
        if part:
            words = shlex.split(part[1].partition(" > ")[0].partition(" | ")[0], comments=True)
            if words and words != ["…"]:
                yield [word.rstrip("'") for word in words]


def calls() -> list[tuple[str, list[str]]]:
    """Page and arguments of every call, in blocks and amid the text."""
    found = [(block.page, words) for block in SHELL for words in commands_of(block.text)]
    for page in PAGES:
        for amid in re.findall(r"`(caseload [^`]+)`", pages.prose(page)):
            found += [(pages.name(page), words) for words in commands_of(amid)]
    return found


@pytest.mark.parametrize(
    ("page", "words"), calls(), ids=lambda part: " ".join(part) if isinstance(part, list) else part
)
def test_every_command_in_the_documentation_exists_with_its_options(page: str, words: list[str]) -> None:
    name, *arguments = words
    if name == "COMMAND" or name.startswith("--"):
        assert name in ("COMMAND", "--help", "--version")
        return
    assert name in COMMANDS, f"{page}: caseload {name}"
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts} | {"--help", "-h"}
    given = {word.partition("=")[0].strip("[]") for word in arguments if re.match(r"\[?--?[a-z]", word)}
    assert given <= options, f"{page}: caseload {name} {given - options}"


def test_calls_are_found_in_blocks_and_amid_text() -> None:
    found = {" ".join(words) for _, words in calls()}
    assert {"run", "rollback --list", "status", "accept FILE --reason TEXT"} <= found
    assert len(found) > 30


# SQL


def run(folder: Path, query: str) -> tuple[list[str], list[tuple]]:
    with duckdb.connect(str(folder / "warehouse/caseload.duckdb"), read_only=True) as connection:
        result = connection.execute(query)
        return [column[0] for column in result.description], result.fetchall()


@pytest.mark.whole
@pytest.mark.parametrize("block", SQL, ids=str)
def test_every_query_runs_and_gives_what_is_said(first_run: Path, block: Block) -> None:
    for statement in block.text.strip().split(";\n"):
        names, _ = run(first_run, statement)
        assert names
    if block.answer:
        printed = caseload(first_run, "query", "--format", "csv", block.text.strip())
        assert printed.stdout == block.answer


def test_ten_questions_are_ten_and_each_has_its_answer() -> None:
    asked = [block for block in SQL if block.page == "docs/how-to/ten-questions.md"]
    assert len(asked) == 10
    assert all(block.answer for block in asked)
    [page] = [page for page in PAGES if page.name == "ten-questions.md"]
    heads = re.findall(r"^## (\d+)\. ", pages.text(page), re.M)
    assert [int(number) for number in heads] == list(range(1, 11))


@pytest.mark.whole
def test_queries_amid_the_text_run(first_run: Path) -> None:
    found = [
        query
        for page in PAGES
        for query in re.findall(r"(?<!`)`(select [^`…]+)`", pages.prose(page))
        if pages.name(page) != "CHANGELOG.md"
    ]
    assert len(found) >= 3
    for query in found:
        run(first_run, query)


def test_relations_that_explanations_name_are_there() -> None:
    """In the pages for analysts, a name such as `some_thing` is one that the code knows."""
    known = set(relations.relations()) | {
        macro.name for macro in (*as_of.as_of_macros(), *relations.macros())
    }
    for relation in relations.relations().values():
        known |= relation.columns.keys()
    said = pages.text(ROOT / "docs/reference/contract-language.md")
    known |= set(re.findall(r"`(\w+)`", said))
    values = {
        "published_total", "counted_total", "sum_of_parts", "not_applicable", "breakdown_base", "noi_cybersex_crackdown", "may_i_quote_it",
        "access_mode",
    }  # fmt: skip
    for folder in ("tutorial", "explanation"):
        for page in (ROOT / "docs" / folder).glob("*.md"):
            if page.name != "safety.md":
                named = set(re.findall(r"(?<!`)`([a-z]+_[a-z_]+)`", pages.prose(page)))
                assert named - known - values == set(), page


# The tutorial


def shown(line: str) -> str:
    return " ".join(line.split())


def tutorial() -> list[Block]:
    return [block for block in SHELL if block.page == "docs/tutorial/first-chart.md"]


@pytest.mark.whole
def test_the_tutorial_can_be_followed_to_the_letter(copied_run, tmp_path: Path) -> None:
    """Every block of it runs in one folder, in order, and prints the lines that the page shows. What sets up
    a clone is what CI does in one, and the notebook has its own tests.
    """
    folder = copied_run(tmp_path)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    clone, *rest = tutorial()
    assert clone.text.splitlines() == ["git clone ADDRESS caseload", "cd caseload", "make run"]
    printed = (folder / "run.txt").read_text(encoding="utf-8")
    assert_printed(clone.answer, printed)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_")}
    for block in rest:
        if made := re.fullmatch(r"make (notebook|charts)\n", block.text):
            assert f"\n{made[1]}: " in (ROOT / "Makefile").read_text()
            continue
        done = subprocess.run(
            ["/bin/sh", "-c", block.text],
            cwd=folder, env=environment | {"COLUMNS": "200"}, capture_output=True, text=True, check=False, timeout=280,
        )  # fmt: skip
        assert done.returncode == (1 if "caseload check" in block.text else 0), done.stderr
        assert_printed(block.answer, done.stdout)
    assert not list(folder.glob("*.csv"))


def assert_printed(answer: str | None, printed: str) -> None:
    """Every line that a page shows is there, in this order; blanks aside."""
    at = 0
    everything = shown(printed)
    for line in filter(None, map(shown, (answer or "").splitlines())):
        if line != "…":
            place = everything.find(line, at)
            assert place >= 0, line
            at = place + len(line)
