"""What has to be said beside figures wherever they go: publication, sources, what contradicts what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipelines.takeaway.published import answers

if TYPE_CHECKING:
    import duckdb

READING = (
    ("value", "The count. An empty cell is no number, and is not zero; value_status says why."),
    ("published_share_pct", "The percentage that the publisher prints. It stands as printed."),
    (
        "share_pct",
        "100 × value ÷ base_value. It is computed only where the base is known and nothing that is "
        "published contradicts it; elsewhere it is empty, and base_kind says why.",
    ),
    (
        "base_kind: published_total",
        "The base is the total that is printed; all that is printed agrees with it.",
    ),
    ("base_kind: counted_total", "The base is the number of all records, counted here; nobody printed it."),
    ("base_kind: sum_of_parts", "No total is printed; the parts are all there is, and add up to the base."),
    (
        "base_kind: implied",
        "The printed shares fit on a base from implied_base_low to implied_base_high only. Where that is "
        "more than one number, none is chosen and share_pct is empty.",
    ),
    ("base_kind: none", "No base is known that the publisher's own figures do not contradict."),
    (
        "columns in _pct and _pp",
        "Numbers that are percent (35.2 is 35.2%) and percentage points already.",
    ),
)  # fmt: skip
"""Column, or value of one, and how to read it."""

STRUCTURE_FILE = "structure.xml"
"""The file of an SDMX export that describes it."""
RECONCILIATIONS = "reconciliations"

SIMULATED = "SIMULATED: the rows of this source were made up to try things out. They are no statistic."


@dataclass(frozen=True)
class Notes:
    """What is said of a publication."""

    publication_id: str
    published_at: dt.datetime
    version: str
    sources: list[dict[str, Any]]
    contradictions: list[dict[str, Any]]

    @property
    def simulated(self) -> list[str]:
        return [entry["source"] for entry in self.sources if entry["is_simulated"]]

    def about(self, sources: set[str] | None) -> Notes:
        """What is said of some sources only; of all where it is not known which, or one of them is not."""
        if sources is None or not sources <= {entry["source"] for entry in self.sources}:
            return self
        return replace(
            self,
            sources=[entry for entry in self.sources if entry["source"] in sources],
            contradictions=[entry for entry in self.contradictions if entry["source"] in sources],
        )


def told_in(files: Collection[str], tables: Collection[str]) -> str:
    """Where whoever has these files and tables of an export reads what contradicts what."""
    if STRUCTURE_FILE in files:
        return f"the annotations of CL_SOURCE in {STRUCTURE_FILE}"
    return RECONCILIATIONS if RECONCILIATIONS in tables else f"{RECONCILIATIONS} in the warehouse"


def of(connection: duckdb.DuckDBPyConnection) -> Notes:
    [publication] = answers(connection, "publication")
    return Notes(
        publication_id=publication["publication_id"],
        published_at=publication["published_at"],
        version=publication["caseload_version"],
        sources=answers(connection, "sources"),
        contradictions=answers(connection, "contradictions"),
    )
