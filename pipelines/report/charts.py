"""Charts of the report: Vega-Lite, whose templates stand in ``charts/``.

A template is a specification in which ``"$name"`` stands for what is filled in, and the height may be a step
for each label: Vega-Lite can do that itself, but warns where the width is that of the page. Colours are
variables of the page's style sheet, so that a chart is light or dark with the page.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Template = Literal["bars", "columns", "contributions", "groups", "line", "printed_bars", "stacks"]
Specification = dict[str, Any]
COMPUTED, AS_PUBLISHED = "var(--computed)", "var(--published)"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def chart(
    template: Template, rows: list[dict[str, Any]], title: str, label_title: str, described: str,
    colour: str = COMPUTED,
) -> Specification:  # fmt: skip
    """A chart of rows with ``label``, ``number`` and ``shown`` (the number as it is to be read), and as the
    template wants ``printed``, ``group``, ``place`` or ``broken`` (how a break of the series is marked,
    with ``segment`` numbering what lies between breaks); ``described`` for those who do not see it.
    """
    values = {"rows": rows, "title": title, "label_title": label_title, "colour": colour}
    filled = _filled(_template(template), values)
    if isinstance(filled["height"], dict):
        filled["height"] = filled["height"]["step"] * len({row["label"] for row in rows})
    return {"$schema": _SCHEMA, "description": described, "config": _template("config")} | filled


def _filled(part: Any, values: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if isinstance(part, str) and part.startswith("$"):
        return values[part[1:]]
    return part


@cache
def _template(name: str) -> Specification:
    path = Path(__file__).with_name("charts") / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))
