"""Markdown that the generated pages share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from pydantic import BaseModel


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what stands in a cell is Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def fields(model: type[BaseModel], leave_out: Iterable[str] = ()) -> str:
    """The words of a model: name, default and meaning."""
    rows = []
    for name, field in model.model_fields.items():
        if name not in leave_out:
            value = None if field.is_required() else field.get_default(call_default_factory=True)
            default = "required" if field.is_required() else default_of(value)
            rows.append((f"`{name}`", default, field.description or ""))
    return table(("word", "default", "meaning"), rows)


def default_of(value: object) -> str:
    """A default as YAML may have it; nothing where there is none."""
    if value is None or value in ([], {}) or isinstance(value, BaseModel):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"
