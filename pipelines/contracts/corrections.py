"""What people know beyond the exports, as data beside the contract: corrections of published figures
(``corrections.yaml``) and releases that were accepted although they lose or restate figures
(``accepted.yaml``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator
from ruamel.yaml import YAML

from pipelines import periods
from pipelines.common.files import replacing
from pipelines.contracts import documents
from pipelines.contracts.documents import Document
from pipelines.contracts.word_types import Text, Words

CORRECTIONS, ACCEPTED = "corrections.yaml", "accepted.yaml"


class Correction(Words):
    """A published figure that is wrong, with the right one. Both stay visible in the warehouse."""

    period: Text = Field(description="The period of the figure, e.g. 2016, 2016-11 or 2024-11-01/2025-10-31.")
    measure: Text = Field(description="What it counts.")
    codes: dict[str, Text] = Field({}, description="Its codes by dimension; others are `total`.")
    published: int = Field(ge=0, description="What the publisher prints.")
    corrected: int = Field(ge=0, description="What is right.")
    reason: str = Field(min_length=1, description="Why the published figure is wrong.")
    evidence: str = Field(min_length=1, description="Where it can be checked.")
    by: str = Field(min_length=1, description="Who corrects it.")
    on: dt.date = Field(description="When.")

    @field_validator("period")
    @classmethod
    def _is_a_period(cls, text: str) -> str:
        periods.parse(text, "interval")
        return text


class Acceptance(Words):
    """An export that may be published although it loses or restates figures of an earlier release."""

    file: str = Field(description="Its path below raw/.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Its content; another is not accepted with it.")
    findings: list[Literal["lost_figures", "left_out", "emptied", "restated"]] = Field(
        min_length=1, description="What is accepted, by rule: left_out, restated, …"
    )
    found: list[str] = Field([], description="What these said.")
    reason: str = Field(min_length=1, description="Why it is right.")
    by: str = Field(min_length=1, description="Who accepts it.")
    on: dt.date = Field(description="When.")


@dataclass(frozen=True)
class Acceptances:
    """All acceptances of a source."""

    entries: tuple[Acceptance, ...] = ()

    def of(self, file: str, sha256: str) -> list[Acceptance]:
        """Those of an export, by its address below raw/ and its content."""
        return [entry for entry in self.entries if (entry.file, entry.sha256) == (file, sha256)]

    def by_finding(self, file: str, sha256: str) -> dict[str, Acceptance]:
        """What is accepted of an export, by rule."""
        return {rule: entry for entry in self.of(file, sha256) for rule in entry.findings}


def load(folder: Path) -> tuple[list[Correction], Document | None, Acceptances]:
    """Corrections, the document that they stand in, and acceptances of a source, where it has any.

    Raises ContractError.
    """
    corrections, document = _entries(folder / CORRECTIONS, Correction)
    accepted, _ = _entries(folder / ACCEPTED, Acceptance)
    return corrections, document, Acceptances(tuple(accepted))


def _entries(path: Path, model: type[Words]) -> tuple[list[Any], Document | None]:
    if not path.is_file():
        return [], None
    document = documents.read(path)
    if document.content is None:
        return [], None
    return document.validated(list[model], documents.words_of(model)), document  # type: ignore[valid-type]


def accept(folder: Path, acceptance: Acceptance) -> Path:
    """Add an acceptance to those of a source, keeping what stands in the file."""
    path = folder / ACCEPTED
    yaml = YAML()
    yaml.width = 110
    entries = (yaml.load(path.read_text(encoding="utf-8")) if path.is_file() else None) or []
    entries.append(acceptance.model_dump(exclude_defaults=True))
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as written:
        if not path.is_file():
            written.write("# Written by `caseload accept`: releases that were looked at and found right.\n")
        yaml.dump(entries, written)
    return path
