"""What the documentation says of contracts and of the code is what the code says; pages in general are
checked in `test_pages`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipelines.contracts import contract, corrections
from pipelines.contracts.corrections import Acceptance, Correction
from pipelines.contracts.settings import Settings
from pipelines.contracts.words import (
    Agreement,
    Cell,
    CodeEntry,
    Column,
    Constraints,
    Contract,
    Layout,
    Revisions,
)
from pipelines.docs import command_line, expectations_page, pages, settings_page, warehouse_page
from pipelines.warehouse import relations
from tests.command import ROOT

GUIDE = (ROOT / "docs/how-to/write-a-contract.md").read_text(encoding="utf-8")
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


def test_generated_pages_are_current(first_run: Path) -> None:
    # The types of a warehouse with figures are those of the empty one that `make docs` builds.
    types = warehouse_page.types_of(first_run / "warehouse/caseload.duckdb")
    for name, content in pages.generated(types).items():
        assert (pages.DOCS / name).read_text(encoding="utf-8") == content, f"run `make docs`: {name}"


@pytest.mark.whole
def test_stale_pages_are_told_and_then_written(
    first_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    types = warehouse_page.types_of(first_run / "warehouse/caseload.duckdb")
    monkeypatch.setattr(warehouse_page, "types_of_an_empty_one", lambda: types)  # which `make lint` builds
    shutil.copytree(pages.DOCS / "reference", tmp_path / "reference")
    shutil.copytree(pages.DOCS / "examples", tmp_path / "examples")
    shutil.copy(pages.DOCS / "contract.schema.json", tmp_path)
    monkeypatch.setattr(pages, "DOCS", tmp_path)
    assert pages.main(only_check=True) == 0
    (tmp_path / "reference/settings.md").write_text("old")
    assert pages.main(only_check=True) == 1
    assert capsys.readouterr().out == "Out of date: reference/settings.md. Run `make docs`.\n"
    assert pages.main(only_check=False) == 0
    assert pages.main(only_check=True) == 0


def test_the_reference_has_every_command_and_option() -> None:
    page = command_line.page()
    for name, command in command_line.commands().items():
        section = page.split(f"## caseload {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            is_option = parameter.param_type_name == "option"
            shown = parameter.opts[0] if is_option else parameter.metavar or parameter.name.upper()
            assert f"| `{shown}`" in section or f"| `[{shown}]`" in section, (name, shown)
    assert command_line.ENDS_WITH.keys() <= command_line.commands().keys()


def test_the_reference_has_every_rule_with_a_name() -> None:
    assert expectations_page.named_rules().keys() == expectations_page.NAMED.keys()
    code = (ROOT / "pipelines/quality/record_rules.py").read_text(encoding="utf-8")
    for name in expectations_page.RECORDS:
        assert f'"{name}' in code


def test_the_reference_has_every_setting() -> None:
    page = settings_page.page()
    for _, _, model in settings_page.SECTIONS:
        for word in model.model_fields:
            assert f"| `{word}` |" in page
    assert Settings in [model for _, _, model in settings_page.SECTIONS]


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
    [example] = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/how-to/count-records.md").read_text(encoding="utf-8"), re.S
    )
    (tmp_path / "example").mkdir()
    (tmp_path / "example/source.yaml").write_text(example, encoding="utf-8")
    assert contract.load(tmp_path / "example").tables


def test_the_contracts_of_real_exports_can_be_loaded() -> None:
    sources = contract.load_all(ROOT / "docs/examples")
    assert len(sources) >= 8


def test_every_word_of_the_language_is_in_the_guide_or_plain_from_the_reference() -> None:
    reference = (ROOT / "docs/reference/contract-language.md").read_text(encoding="utf-8")
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


def test_contributors_are_told_of_every_module() -> None:
    runbook = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for module in (ROOT / "pipelines").glob("*.py"):
        name = module.name
        is_shown = (
            f"{name}`" in runbook
            or f"/{name}" in runbook
            or (name.startswith("show") and "show*.py" in runbook)
        )
        assert is_shown or name in ("__init__.py", "paths.py"), name
