"""Generates what ``docs/`` says of the contract language: ``python -m pipelines.docs [--check]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from pipelines.corrections import Acceptance, Correction
from pipelines.limits import Limits
from pipelines.record_words import CountWords, RecordField, Rollup
from pipelines.words import (
    Agreement,
    Cell,
    CodeEntry,
    Column,
    Constraints,
    Contract,
    Expectation,
    IgnoredRows,
    Layout,
    Revisions,
)

DOCS = Path(__file__).resolve().parent.parent / "docs"
SCHEMA, REFERENCE = "contract.schema.json", "contract_reference.md"
_SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("The source", "At the top of `source.yaml`.", Contract),
    ("A table", "At the top too, or under `tables: <name>:`; words at the top hold for all tables.", Layout),
    ("A column", "Under `columns: <label>:`.", Column),
    ("A field of records", "Under `fields: <label>:`.", RecordField),
    ("A measure of records", "Under `measures: <code>:`, where `count …` does not say it.", CountWords),
    ("Rollup of records", "Under `rollup:`.", Rollup),
    ("Constraints", "Under `constraints:` of a column or a field.", Constraints),
    ("Expectations", "A list under `expect:`; further keys are the expectation's arguments.", Expectation),
    ("Ignored rows", "A list under `ignore_rows:`.", IgnoredRows),
    ("Cells outside the table", "A list under `cells:`.", Cell),
    ("Codes of one source", "Under `code_lists: <dimension>: <code>:`.", CodeEntry),
    ("Later releases", "Under `revisions:`.", Revisions),
    ("Limits", "Under `limits:`; see [safety.md](safety.md).", Limits),
    ("Agreements", "A list under `agrees_with:`.", Agreement),
    ("Corrections", "A list in `corrections.yaml` beside the contract.", Correction),
    ("Acceptances", "A list in `accepted.yaml`, written by `caseload accept`.", Acceptance),
)


def generated() -> dict[str, str]:
    """File name → content of everything that is generated."""
    schema = Contract.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        SCHEMA: json.dumps(schema, ensure_ascii=False, indent=2) + "\n",
        REFERENCE: _reference(),
    }


def _reference() -> str:
    parts = [
        "# The words of the contract language\n",
        "Generated from `pipelines/words.py` and `pipelines/corrections.py` by `make docs`; examples are in "
        "[contract.md](contract.md).\n",
    ]
    inherited = set(Layout.model_fields)
    for title, where, model in _SECTIONS:
        fields = [
            (name, field)
            for name, field in model.model_fields.items()
            if model is not Contract or name not in inherited
        ]
        parts.append(f"## {title}\n\n{where}\n\n| word | default | meaning |\n|---|---|---|")
        for name, field in fields:
            default = (
                "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
            )
            parts.append(
                f"| `{name}` | {default} | {(field.description or '').replace('|', chr(92) + '|')} |"
            )
        parts.append("")
    return "\n".join(parts)


def _default(value: object) -> str:
    if value is None or value in ([], {}) or isinstance(value, BaseModel):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def main() -> int:
    """Write the files, or with ``--check`` say which are out of date; the exit code."""
    stale = []
    for name, content in generated().items():
        path = DOCS / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(content, encoding="utf-8")
                print(f"wrote docs/{name}")
    if stale and "--check" in sys.argv:
        print(f"Out of date: {', '.join(stale)}. Run `make docs`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
