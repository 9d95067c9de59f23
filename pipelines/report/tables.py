"""Tables of the report, by pandas' Styler: cells are escaped, numbers stand to the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from markupsafe import Markup, escape

from pipelines.common.problems import printable
from pipelines.report.figures import Row
from pipelines.report.words import NOTHING


@dataclass(frozen=True)
class Column:
    """A heading, what stands below it, and how: numbers to the right, numbers and periods in one line."""

    heading: str
    cell: Callable[[Row], str]
    kind: Literal["text", "number", "period"] = "text"


def table(caption: str, columns: Sequence[Column], rows: Sequence[Row]) -> Markup:
    """One line per row. Columns in which no row has anything are left out."""
    cells = [[printable(column.cell(row)) for column in columns] for row in rows]
    used = [
        at for at in range(len(columns)) if at == 0 or any(line[at] not in ("", NOTHING) for line in cells)
    ]
    names = [str(escape(columns[at].heading)) for at in used]
    frame = pd.DataFrame([[line[at] for at in used] for line in cells], columns=range(len(used)), dtype="str")
    kinds = " ".join(f"{columns[at].kind}-{place}" for place, at in enumerate(used, 1))
    html = (
        frame.style.format(escape="html", na_rep=NOTHING)
        .format_index(_named(names), axis="columns")
        .hide(axis="index")
        .set_caption(str(escape(caption)))
        .to_html(exclude_styles=True)
    )
    html = html.replace("<th >", '<th scope="col">').replace("<td >", "<td>")
    return Markup(f'<div class="wide {kinds}">{html}</div>')  # noqa: S704


def _named(names: Sequence[str]) -> Callable[[Any], str]:
    return lambda at: names[at]
