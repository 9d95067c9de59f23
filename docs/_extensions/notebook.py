"""The directive ``{notebook} path``: a marimo notebook, run on a published warehouse, as part of a page.

Code, tables and charts become static HTML: no script, and nothing from a network. The warehouse is that of
CASELOAD_WAREHOUSE; `make docs` publishes one from the shipped exports.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import textwrap
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

TEXT = "currentColor"
CONFIG = {
    "background": None,
    "padding": {"left": 40, "top": 8, "right": 40, "bottom": 8},
    "font": "sans-serif",
    "view": {"stroke": None},
    "title": {"color": TEXT, "anchor": "start"},
    "axis": {
        "labelColor": TEXT,
        "titleColor": TEXT,
        "tickColor": TEXT,
        "domainColor": TEXT,
        "gridOpacity": 0.25,
    },
    "legend": {"labelColor": TEXT, "titleColor": TEXT},
    "mark": {"color": "#4c78a8"},
    "text": {"color": TEXT},
}
"""Charts have the colours of the page's text, light or dark, and room for fonts that are wider than those
they were measured with.
"""


NOTEBOOK = re.compile(r"^```\{notebook\} (\S+)\n```$", re.M)


def expand(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put each notebook's cells, with what they give, in the place of its directive."""

    def expanded(match: re.Match[str]) -> str:
        path = (Path(app.env.doc2path(docname)).parent / match[1]).resolve()
        app.env.note_reread()  # what it gives depends on the warehouse, which Sphinx knows nothing of
        return page(path)

    source[0] = NOTEBOOK.sub(expanded, source[0])


def page(path: Path) -> str:
    """A notebook as Markdown; its title is left to the page that it is on."""
    outputs, _ = _app(path).run()
    parts = []
    for code, output in zip(cells(path), outputs, strict=True):
        if hasattr(output, "_repr_markdown_"):
            parts.append(re.sub(r"\A# .*\n", "", output._repr_markdown_()))
            continue
        parts.append(f"````python\n{code}\n````")
        if output is not None:
            shown = f'<div class="notebook-output" tabindex="0">{html(output)}</div>'
            parts.append(f"````{{raw}} html\n{shown}\n````")
    return "\n\n".join(parts)


def _app(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


def cells(path: Path) -> list[str]:
    """The code of each cell, in order, without the frame that a marimo file puts around it."""
    text = path.read_text(encoding="utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    lines = text.splitlines()
    return [
        textwrap.dedent("\n".join(lines[node.body[0].lineno - 1 : node.body[-1].lineno - 1])).rstrip()
        for node in functions
    ]


def html(output: Any) -> str:
    """A chart as SVG, a frame as a table."""
    if hasattr(output, "to_dict") and hasattr(output, "configure_mark"):
        return chart(output.to_dict())
    if hasattr(output, "itertuples"):
        return table(output)
    raise TypeError(f"a cell gives {type(output).__name__}, which the page cannot show")


def chart(spec: dict[str, Any]) -> str:
    """The SVG of a Vega-Lite chart, with its description for those who cannot see it."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(spec | {"config": CONFIG})
    label = escape(str(spec.get("description", "")), quote=True)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def table(frame: Any) -> str:
    heads = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    lines = ["".join(_cell(value) for value in row) for row in frame.itertuples(index=False)]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return "<td></td>"
    if isinstance(value, float):
        return (
            f'<td class="number">{value:,.10g}</td>'
            if value % 1 == 0
            else f'<td class="number">{value:,.1f}</td>'
        )
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", expand)
    return {"parallel_read_safe": True}
