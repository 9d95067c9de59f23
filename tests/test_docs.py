"""What the documentation says can be checked against the code is checked here."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipelines import contract, corrections, docs, relations
from pipelines.corrections import Acceptance, Correction
from pipelines.words import Agreement, Cell, CodeEntry, Column, Constraints, Contract, Layout, Revisions
from tests.command import ROOT

GUIDE = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.S)]
EXAMPLES = [block for block in BLOCKS if "columns:" in block]
WORDS_ALONE = [
    block for block in BLOCKS if "columns:" not in block and not block.startswith(("#", "- period:"))
]
HEAD = {
    "title": "A table",
    "publisher": "A police force",
    "licence": "none",
    "files": "*.csv",
    "released_on": "period_end",
}


def test_generated_pages_are_current() -> None:
    for name, content in docs.generated().items():
        assert (docs.DOCS / name).read_text(encoding="utf-8") == content, f"run `make docs`: {name}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_every_example_of_a_contract_is_a_valid_contract(example: str, tmp_path: Path) -> None:
    words = YAML(typ="safe").load(example)
    has_period = any(
        "period" in str(column) or "year" in key or "month" in key for key, column in words["columns"].items()
    )
    complete = HEAD | words
    if "released_on" not in example:
        complete |= {"released_on": "2025-01-31"}
    if not has_period and "(?P<year>" not in str(words.get("files")):
        complete |= {"period": "2024"}
    folder = tmp_path / "example"
    folder.mkdir()
    with (folder / contract.FILE_NAME).open("w", encoding="utf-8") as file:
        YAML().dump(complete, file)
    assert contract.load(folder).tables


@pytest.mark.parametrize("example", WORDS_ALONE, ids=lambda example: example.splitlines()[0])
def test_every_example_of_other_words_fits_a_contract(example: str, tmp_path: Path) -> None:
    words = YAML(typ="safe").load(example)
    columns = {"cases": {"value": "count", "measure": "cases"}, "City": {"ignore": "a name"}}
    complete = HEAD | {"period": "2024", "columns": columns} | (words if isinstance(words, dict) else {})
    assert isinstance(words, dict), example
    for name in words:
        if name == "sheet" and "?P<year>" in str(words):
            del complete["period"]
    folder = tmp_path / "example"
    folder.mkdir()
    with (folder / contract.FILE_NAME).open("w", encoding="utf-8") as file:
        YAML().dump(complete, file)
    assert contract.load(folder).tables


def test_the_example_of_a_correction_is_one(tmp_path: Path) -> None:
    [example] = [block for block in BLOCKS if block.startswith("- period:")]
    (tmp_path / "corrections.yaml").write_text(example, encoding="utf-8")
    [correction], _, _ = corrections.load(tmp_path)
    assert (correction.published, correction.corrected) == (3804, 3408)


def test_the_example_of_records_can_be_loaded(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/records.md").read_text(encoding="utf-8"), re.S)
    (tmp_path / "example").mkdir()
    (tmp_path / "example/source.yaml").write_text(example, encoding="utf-8")
    assert contract.load(tmp_path / "example").tables


def test_the_contracts_of_real_exports_can_be_loaded() -> None:
    sources = contract.load_all(ROOT / "docs/examples")
    assert len(sources) >= 8


def test_every_word_of_the_language_is_in_the_guide_or_plain_from_the_reference() -> None:
    reference = (ROOT / "docs" / docs.REFERENCE).read_text(encoding="utf-8")
    models = (Contract, Layout, Column, Constraints, Cell, CodeEntry, Revisions, Agreement)
    for model in (*models, Correction, Acceptance):
        for word, field in model.model_fields.items():
            assert f"`{word}`" in reference
            assert field.description, word


def test_the_readme_names_every_command_and_every_public_relation() -> None:
    shown = subprocess.run(
        [ROOT / ".venv/bin/caseload", "--help"], capture_output=True, text=True, check=True
    )
    commands = re.findall(r"^│ (\w+) ", shown.stdout.split("Commands")[1], re.M)
    assert len(commands) >= 5
    for command in commands:
        assert f"`caseload {command}" in README
    for name, relation in relations.relations().items():
        if relation.layer == "marts":
            assert f"`{name}`" in README


def test_files_that_the_readme_links_to_are_there() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "docs/contract.md", "docs/records.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def test_the_runbook_names_every_module() -> None:
    runbook = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for module in (ROOT / "pipelines").glob("*.py"):
        name = module.name
        is_shown = (
            f"{name}`" in runbook
            or f"/{name}" in runbook
            or (name.startswith("show") and "show*.py" in runbook)
        )
        assert is_shown or name in ("__init__.py", "paths.py", "docs.py"), name
