"""All generated pages: written, or compared with what is there."""

from __future__ import annotations

from pathlib import Path

from pipelines.docs import (
    command_line,
    contract_language,
    examples_page,
    expectations_page,
    settings_page,
    warehouse_page,
)
from pipelines.docs.warehouse_page import Types

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def generated(types: Types) -> dict[str, str]:
    """Path below ``docs/`` → content. ``types`` are those of the warehouse's columns."""
    return {
        "contract.schema.json": contract_language.schema(),
        "reference/contract-language.md": contract_language.page(),
        "reference/command-line.md": command_line.page(),
        "reference/warehouse.md": warehouse_page.page(types),
        "reference/expectations.md": expectations_page.page(),
        "reference/settings.md": settings_page.page(),
        "reference/examples.md": examples_page.page(DOCS / "examples"),
    }


def main(only_check: bool) -> int:
    """Write the files, or only say which are out of date; the exit code."""
    stale = []
    for name, content in generated(warehouse_page.types_of_an_empty_one()).items():
        path = DOCS / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if not only_check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
                print(f"wrote docs/{name}")
    if stale and only_check:
        print(f"Out of date: {', '.join(stale)}. Run `make docs`.")
        return 1
    return 0
