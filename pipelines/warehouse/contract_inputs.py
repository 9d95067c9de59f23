"""What contracts and the files beside them say, as rows of ``sql/tables``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines import periods
from pipelines.contracts.calendars import Due
from pipelines.contracts.codes import MEASURE, listed_codes
from pipelines.contracts.contract import Source
from pipelines.contracts.words import Agreement, CodeEntry
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.reading.hierarchies import as_json

Rows = Iterator[dict[str, Any]]


def added_code(code: str, added: str | CodeEntry) -> dict[str, Any]:
    """A code that a contract adds, or what it adds about a listed one, as a row of ``codes``."""
    if isinstance(added, str):
        return {"code": code, "label_en": added}
    return {
        "code": code,
        "label_en": added.label,
        "label_ko": added.label_ko,
        "definition": added.definition,
        "parent": added.parent,
        "valid_from": added.valid_from,
        "valid_to": added.valid_to,
        "replaced_by": ", ".join(added.replaced_by) or None,
    }


def series_breaks(sources: Iterable[Source]) -> Rows:
    """The breaks of code lists and contracts; the first and last day of a code are breaks too."""
    for dimension in (MEASURE, *DIMENSIONS):
        for entry in listed_codes(dimension):
            yield from _breaks(dimension, str(entry["code"]), None, entry)
    for source in sources:
        for dimension, codes in source.contract.code_lists.items():
            for code, added in codes.items():
                if isinstance(added, CodeEntry):
                    yield from _breaks(dimension, code, source.name, added_code(code, added))
                    for day, note in added.breaks.items():
                        yield _break(dimension, code, source.name, day, note)


def _breaks(dimension: str, code: str, source: str | None, entry: dict[str, Any]) -> Rows:
    """Of an entry's validity, and of the ``breaks`` of a code list: ``2013-01-01 note|…``."""
    if day := entry.get("valid_from"):
        yield _break(dimension, code, source, day, "counted since then")
    if day := entry.get("valid_to"):
        instead = f"; instead: {entry['replaced_by']}" if entry.get("replaced_by") else ""
        after = periods.parse_day(str(day)) + periods.ONE_DAY
        yield _break(dimension, code, source, after, f"no longer counted{instead}") | {"is_end": True}
    for text in filter(None, str(entry.get("breaks") or "").split("|")):
        day, _, note = text.strip().partition(" ")
        yield _break(dimension, code, source, day, note)


def _break(dimension: str, code: str, source: str | None, day: object, note: str) -> dict[str, Any]:
    return {
        "dimension": dimension, "code": code, "source": source, "break_on": day, "note": note,
        "is_end": False,
    }  # fmt: skip


def agreements(sources: Iterable[Source]) -> Rows:
    """What contracts say should agree, one row for each measure."""
    for source in sources:
        for number, agreement in enumerate(source.contract.agrees_with, start=1):
            for measure in agreement.measures:
                yield {
                    "agreement": f"{source.name} {number}",
                    "source": source.name,
                    "measure": measure,
                    **_codes(agreement.mine, ""),
                    "their_source": agreement.source or source.name,
                    "their_measure": agreement.their_measure or measure,
                    **_codes(_theirs(agreement), "their_"),
                    "tolerance_pct": agreement.tolerance_pct,
                    "because": agreement.because,
                }


def _theirs(agreement: Agreement) -> dict[str, str]:
    """Their codes: those of mine, the dimensions that only my source has aside, unless others are given."""
    shared = {name: code for name, code in agreement.mine.items() if name in DIMENSIONS}
    return shared | agreement.theirs


def _codes(given: dict[str, str], prefix: str) -> dict[str, Any]:
    codes = {f"{prefix}{name}": given.get(name, TOTAL) for name in DIMENSIONS}
    own = as_json({name: code for name, code in given.items() if name not in DIMENSIONS})
    return codes | {f"{prefix}other_dimensions": own}


def correction_entries(sources: Iterable[Source]) -> Rows:
    for source in sources:
        for entry in source.corrections:
            period = periods.parse(entry.period, "interval").period()
            yield {
                "source": source.name,
                "period_start": period.start,
                "period_end": period.end,
                "measure": entry.measure,
                **_codes(entry.codes, ""),
                "published_value": entry.published,
                "corrected_value": entry.corrected,
                "reason": entry.reason,
                "evidence": entry.evidence,
                "corrected_by": entry.by,
                "corrected_on": entry.on,
            }


def acceptances(sources: Iterable[Source]) -> Rows:
    for source in sources:
        for entry in source.acceptances.entries:
            for finding in entry.findings:
                yield {
                    "source": source.name,
                    "source_file": entry.file,
                    "export_id": entry.sha256[:16],
                    "finding": finding,
                    "reason": entry.reason,
                    "accepted_by": entry.by,
                    "accepted_on": entry.on,
                }


def source_entries(sources: Iterable[Source], due: Mapping[str, Due]) -> Iterator[dict[str, Any]]:
    """Rows of ``sources``: what the contracts say of themselves, and the next edition of each."""
    for source in sources:
        words = (
            "title",
            "title_ko",
            "publisher",
            "publisher_ko",
            "licence",
            "licence_ko",
            "homepage",
            "citation",
            "notes",
            "notes_ko",
            "kind",
            "is_simulated",
        )
        said = {word: getattr(source.contract, word) for word in words}
        coming = vars(due[source.name]) if source.name in due else {}
        yield {"source": source.name} | said | {f"next_{name}": day for name, day in coming.items()}
