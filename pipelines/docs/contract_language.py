"""The words of contracts, from the models that read them."""

from __future__ import annotations

import json

from pydantic import BaseModel

from pipelines.contracts.calendars import Calendar
from pipelines.contracts.corrections import Acceptance, Correction
from pipelines.contracts.limits import Limits
from pipelines.contracts.record_words import CountWords, RecordField, Rollup
from pipelines.contracts.words import (
    Agreement,
    Cell,
    CodeEntry,
    Column,
    Constraints,
    Contract,
    Expectation,
    IgnoredRows,
    Layout,
    OwnDimension,
    Revisions,
)
from pipelines.docs import markdown

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
    (
        "A dimension of one source",
        "Under `other_dimensions: <name>:`, where more than its meaning is said.",
        OwnDimension,
    ),
    ("Later releases", "Under `revisions:`.", Revisions),
    ("Editions", "Under `calendar:`.", Calendar),
    (
        "Limits",
        "Under `limits:`; see [Files that nobody has looked at yet](../explanation/safety.md).",
        Limits,
    ),
    ("Agreements", "A list under `agrees_with:`.", Agreement),
    ("Corrections", "A list in `corrections.yaml` beside the contract.", Correction),
    ("Acceptances", "A list in `accepted.yaml`, written by `caseload accept`.", Acceptance),
)


def page() -> str:
    """Every word with its default and meaning."""
    parts = [
        "# The words of the contract language\n",
        "Generated from `pipelines/contracts/words.py` and its neighbours by `make docs`; examples are in "
        "[How to write a contract](../how-to/write-a-contract.md). Editors complete these words by "
        "[contract.schema.json](../contract.schema.json).\n",
    ]
    for title, where, model in _SECTIONS:
        leave_out = Layout.model_fields if model is Contract else ()
        parts += [f"## {title}\n", f"{where}\n", markdown.fields(model, leave_out)]
    return "\n".join(parts)


def schema() -> str:
    """The JSON Schema of a contract."""
    found = Contract.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
