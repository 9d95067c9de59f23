"""The words of the report, by language: ``words.yml``, labels of codes, periods and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from pipelines.common.problems import printable
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import Period
from pipelines.report.figures import Row

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
NOTHING = "·"
BREAKS, BEGINS, ENDS = "the series breaks", "counted since then", "no longer counted"
"""What the warehouse says of a break, and notes of the first day of a code and of the one after its last."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every text of the report by key and language."""
    return YAML(typ="safe").load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Words:
    """Says things in one language. What exports say comes back without control characters, else as it is."""

    language: Language
    codes: dict[tuple[str, str], Row]
    sources: Mapping[str, Row] = field(default_factory=dict)

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, with its values filled in. Raises KeyError for an unknown key."""
        return catalogue()[key][self.language].format(**values)

    def label(self, dimension: str, code: str) -> str:
        """What a code is called; the code itself where nobody gave it a name."""
        if code == TOTAL:
            return self("all")
        row = self.codes.get((dimension, code), {})
        return printable(row.get(f"label_{self.language}") or row.get("label_en") or code)

    def title(self, source: str) -> str:
        """What a source is called."""
        return printable(self.of(self.sources.get(source, {}), "title") or source)

    def of(self, source: Row, word: str) -> str | None:
        """What a contract says of its source, in this language where it says it in both."""
        return source.get(f"{word}_{self.language}") or source.get(word)

    def definition(self, dimension: str, code: str) -> str:
        return printable(self.codes.get((dimension, code), {}).get("definition") or "")

    def what(self, row: Row, dimensions: Sequence[str] = DIMENSIONS) -> str:
        """What a figure is about, e.g. ``Suspects (Deepfake sexual content, 10s)``."""
        fixed = [
            self.label(dimension, row[dimension])
            for dimension in dimensions
            if row.get(dimension, TOTAL) != TOTAL
        ]
        measure = self.label("measure", row["measure"])
        return f"{measure} ({', '.join(fixed)})" if fixed else measure

    def reason(self, english: str | None) -> str:
        """Why there is no change, as the marts say it, in this language; what follows a colon stays, but for
        what the warehouse itself notes of a break.
        """
        if not english:
            return ""
        fixed, colon, rest = english.partition(": ")
        known = catalogue().get(f"reason: {fixed}")
        if fixed == BREAKS:
            since, blank, note = rest.partition(" ")
            rest = f"{since}{blank}{self._note(note)}"
        return printable(f"{known[self.language] if known else fixed}{colon}{rest}")

    def broken(self, found: Row) -> str:
        """From when a series counts something else, and what."""
        return self("break", day=day(found["break_on"]), note=self._note(found["note"]))

    def _note(self, note: str) -> str:
        """What changed; where a code begins or ends, in this language, with what is counted instead."""
        if note == BEGINS:
            return self("break: begins")
        ended, instead, codes = note.partition("; instead: ")
        if ended != ENDS:
            return printable(note)
        if not instead:
            return self("break: ends")
        return self("break: replaced", instead=", ".join(self._named(code) for code in codes.split(", ")))

    def _named(self, code: str) -> str:
        """What a code is called, whatever its dimension."""
        of = next((name for name in ("crime_type", "region") if (name, code) in self.codes), "measure")
        return self.label(of, code)

    def number(self, value: float | None, digits: int = 0) -> str:
        return NOTHING if value is None else f"{value:,.{digits}f}"

    def signed(self, value: float | None) -> str:
        """A change or a contribution, to one place, or so far that it is seen to be one."""
        if value is None:
            return NOTHING
        return f"{value:+.1g}" if 0 < abs(value) < 0.05 else f"{value + 0.0:+,.1f}"  # no -0.0

    def base(self, row: Row) -> str:
        """What a share is a share of."""
        kind, low, high = row["base_kind"], row["implied_base_low"], row["implied_base_high"]
        if row["base_value"] is not None:
            return self(f"base: {kind}", value=self.number(row["base_value"]))
        if kind != "implied":
            return self("base: none")
        if high is None:
            return self("base: implied from", low=self.number(low))
        return self("base: implied between", low=self.number(low), high=self.number(high))


def period(row: Row) -> str:
    return Period(row["period_start"], row["period_end"]).short


def day(value: dt.date | None) -> str:
    return NOTHING if value is None else value.isoformat()
