"""A table of a contract made ready for reading: patterns compiled, labels looked up in code lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipelines.contracts.codes import MEASURE, CodeList, letters, normalised, of_one_level
from pipelines.contracts.file_patterns import group_names, regular_expression
from pipelines.contracts.limits import PATTERN_TEXT
from pipelines.contracts.record_words import RecordField
from pipelines.contracts.word_types import ANY_LABEL, AS_PRINTED, Codes
from pipelines.contracts.words import Column, Layout, Totals
from pipelines.observation import DIMENSIONS, TOTAL
from pipelines.periods import PERIOD_PARTS

EVERY_OTHER = "*"
RELEASED_ON = "released_on"
AGES = "age_band"
"""Never compared by letters: `18-` and `(18)` have the same."""


_TOTAL_WORDS = frozenset(
    ("total", "totals", "grandtotal", "grandtotals", "subtotal", "subtotals", "all", "sum", "overall",
     "insgesamt", "gesamt", "summe", "gesamtsumme", "zwischensumme", "gesamtergebnis",
     "계", "합계", "소계", "총계", "총합계", "총합", "전체", "전체합계", "누계",
     "計", "合計", "小計", "総計", "總計")
)  # fmt: skip
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\}")
_FOOTNOTE = re.compile(r"(?<=\S)\d{1,2}\)?$|\s\d{1,2}\)$")


def is_total_word(label: str) -> bool:
    """Whether a label says that it is a total: it must be mapped, never kept as one more part. What stands
    in brackets (a unit), punctuation and the mark of a footnote do not count.
    """
    plain = unicodedata.normalize("NFKC", label).casefold().strip()
    without = _BRACKETS.sub("", plain)
    texts = (plain, _FOOTNOTE.sub("", plain), without, _FOOTNOTE.sub("", without.strip()))
    return any(_letters_only(text) in _TOTAL_WORDS for text in texts)


def _letters_only(text: str) -> str:
    """A text without blanks and punctuation; with its digits, which make it another one."""
    return "".join(char for char in text if char.isalnum())


def is_pattern(key: str) -> bool:
    """Whether the key of a column is ``/regex/``."""
    return len(key) > 2 and key.startswith("/") and key.endswith("/")


@dataclass(frozen=True)
class Match:
    """A column of a file and what the contract says about it."""

    position: int
    label: str
    column: Column
    groups: Mapping[str, str]
    """What the label itself gives: dimension or period part → text."""


@dataclass(frozen=True)
class Table:
    """One layout with the code lists that its labels are looked up in."""

    name: str
    layout: Layout
    files: re.Pattern[str]
    code_lists: Mapping[str, CodeList]

    @property
    def max_bytes(self) -> int:
        limits = self.layout.limits
        return limits.records_bytes if self.layout.fields else limits.table_bytes

    def key(self, label: str) -> str:
        """What two labels share that this table takes for the same; signs alone have no letters."""
        if self.layout.match_labels == "exactly":
            return normalised(label)
        return letters(label) or normalised(label)

    @cached_property
    def exact(self) -> dict[str, tuple[str, Column]]:
        """Label or alias, as they are compared → key and column."""
        return {
            self.key(label): (key, column)
            for key, column in self.layout.columns.items()
            if key != EVERY_OTHER and not is_pattern(key)
            for label in (key, *column.aliases)
        }

    def known_columns(self) -> list[str]:
        """The labels of columns that have one, with their aliases."""
        columns = self.layout.columns.items()
        named = [(key, c) for key, c in columns if key != EVERY_OTHER and not is_pattern(key)]
        return [normalised(label) for key, column in named for label in (key, *column.aliases)]

    @cached_property
    def patterns(self) -> list[tuple[str, re.Pattern[str], Column]]:
        return [
            (key, re.compile(key[1:-1]), column)
            for key, column in self.layout.columns.items()
            if is_pattern(key)
        ]

    def match(self, position: int, label: str) -> tuple[str, Match] | None:
        """The key and meaning of a column of a file: exact label first, then patterns, then ``*``."""
        if found := self.exact.get(self.key(label)):
            return found[0], Match(position, label, found[1], _own_label(label, found[1]))
        for key, pattern, column in self.patterns:
            if len(label) <= PATTERN_TEXT and (matched := pattern.fullmatch(label)):
                groups = {name: text for name, text in matched.groupdict().items() if text}
                return key, Match(position, label, column, groups or _own_label(label, column))
        if other := self.layout.columns.get(EVERY_OTHER):
            return EVERY_OTHER, Match(position, label, other, _own_label(label, other))
        return None

    def fitting_patterns(self, label: str) -> list[str]:
        """The ``/regex/`` keys that fit a label; more than one is a contradiction."""
        if len(label) > PATTERN_TEXT:
            return []
        return [key for key, pattern, _ in self.patterns if pattern.fullmatch(label)]

    def is_called(self, match: Match, label: str) -> bool:
        """Whether a column of a file is the one that a contract calls ``label`` (its label or alias)."""
        key = self.key(label)
        return self.key(match.label) == key or (key in self.exact and self.exact[key][1] is match.column)

    def code(self, dimension: str, label: str, column: Column | RecordField | None = None) -> str | None:
        """The code that a printed label stands for here, or None when it is unknown.

        Looked up in the column's ``codes``, the table's, then the code list. ``''`` is the label of
        an empty cell.
        """
        label = normalised(label)
        for codes in (column.codes if column else None, self.layout.codes.get(dimension)):
            if codes == AS_PRINTED:
                return _as_printed(label, self.layout.quoteChar)
            if isinstance(codes, dict) and (code := self._mapped(dimension, label, codes)):
                return code
            if isinstance(codes, dict) and codes.get(ANY_LABEL) == AS_PRINTED:
                return self._listed(dimension, label) or _as_printed(label, self.layout.quoteChar)
        if label.casefold() == TOTAL:  # of a measure there is no total
            return None if dimension == MEASURE else TOTAL
        known = self.code_lists.get(dimension)
        if known is None or (not known.codes and dimension not in (MEASURE, *DIMENSIONS)):
            # A dimension of this source alone, without a code list.
            return of_one_level(label) if label and not is_damaged(label, self.layout.quoteChar) else None
        return self._listed(dimension, label)

    def _listed(self, dimension: str, label: str) -> str | None:
        """The code that the code list has for a label."""
        if not label:
            return None
        if code := self.code_lists[dimension].code(label):
            return code
        if self.layout.match_labels == "exactly" or dimension == AGES:
            return None
        return self.by_letters[dimension].get(self.key(label))

    @cached_property
    def by_letters(self) -> dict[str, dict[str, str]]:
        """Dimension → letters of each label of its code list → code."""
        return {
            dimension: {letters(label): code for label, code in known.labels.items()}
            for dimension, known in self.code_lists.items()
        }

    def _mapped(self, dimension: str, label: str, codes: Codes) -> str | None:
        """The code that a contract maps a label to: the very label first, then one of its letters."""
        assert isinstance(codes, dict)
        mapped = {text: code for text, code in codes.items() if (text, code) != (ANY_LABEL, AS_PRINTED)}
        exact = {normalised(text): code for text, code in mapped.items()}
        if label in exact or dimension == AGES:
            return exact.get(label)
        return {self.key(text): code for text, code in mapped.items()}.get(self.key(label))

    def maps(self, dimension: str, label: str) -> bool:
        """Whether the contract itself says what a label stands for."""
        given = [self.layout.codes.get(dimension)]
        given += [column.codes for column in self.layout.columns.values() if column.codes]
        given += [field.codes for field in self.layout.fields.values() if field.codes]
        label = normalised(label)
        return any(isinstance(codes, dict) and self._mapped(dimension, label, codes) for codes in given)

    def split(self, name: str) -> tuple[str, int]:
        """Dimension and level that the name of a group says; ``crime_type_2`` is level 2."""
        if name in self.code_lists:
            return name, 1
        base, _, level = name.rpartition("_")
        if base in self.code_lists and level.isdigit():
            return base, int(level)
        return name, 1

    def known_labels(self, dimension: str, column: Column | RecordField | None = None) -> list[str]:
        """Every label that would be understood, for suggestions."""
        labels: list[str] = list(self.code_lists[dimension].labels)
        for codes in (column.codes if column else None, self.layout.codes.get(dimension)):
            if isinstance(codes, dict):
                labels += codes
        return labels

    @cached_property
    def row_dimensions(self) -> list[str]:
        """Dimensions whose labels stand in the rows."""
        columns = self.layout.columns.values()
        found = [c.dimension for c in columns if c.dimension and not c.has_numbers]
        return found + [f.dimension for f in self.layout.fields.values() if f.dimension]

    @cached_property
    def varying(self) -> list[str]:
        """Dimensions (not the measure) that rows or headers break this table down by."""
        names = set(self.row_dimensions)
        numbers = [(key, column) for key, column in self.layout.columns.items() if column.has_numbers]
        for key, column in numbers:
            names |= {self.split(name)[0] for name in header_names(key, column)} - set(PERIOD_PARTS)
        # A dimension that columns set varies if they set it differently.
        for name in {name for _, column in numbers for name in column.set}:
            if len({column.set.get(name) for _, column in numbers if column.value}) > 1:
                names.add(name)
        return sorted(names - {MEASURE})

    def totals_of(self, dimension: str) -> Totals:
        """How the parts along a dimension relate to their total; a dimension that is fixed for the
        whole file has only one part here, which is not all there is.
        """
        if self.layout.fields:  # every breakdown of records is counted with its total
            return "printed" if dimension in self.varying else "partial"
        if isinstance(self.layout.totals, dict) or dimension in self.varying:
            return self.layout.totals_of(dimension)
        return "partial"

    def along(self, column: Column) -> str | None:
        """The dimension whose parts a share column's percentages are shares along."""
        if column.along:
            return column.along
        return self.varying[0] if len(self.varying) == 1 else None

    @property
    def share_along(self) -> str | None:
        """The dimension along which this table publishes shares, if it does."""
        columns = self.layout.columns.values()
        shares = [column for column in columns if column.share_of and not column.is_ratio]
        return self.along(shares[0]) if shares else None


def outside_names(layout: Layout) -> list[str]:
    """Names of the groups that file names, names of sheets and cells give; of patterns that can be read."""
    patterns = [str(layout.sheet)[1:-1]] if is_pattern(str(layout.sheet)) else []
    patterns += [cell.pattern for cell in layout.cells]
    names = group_names(layout.files)
    for pattern in patterns:
        names += names_in(pattern)
    return list(dict.fromkeys(names))


def header_names(key: str, column: Column) -> list[str]:
    """Dimensions and period parts that the label of a column of numbers gives."""
    names = [name for name in (column.dimension, column.period) if name]
    return [*names, *names_in(key[1:-1])] if is_pattern(key) else names


def names_in(pattern: str) -> list[str]:
    """The named groups of a regular expression; none of one that the contract's checks refuse."""
    try:
        return list(regular_expression(pattern).groupindex)
    except ValueError:
        return []


def is_damaged(label: str, quote: str) -> bool:
    """Whether a label was most likely read wrong: it stands between quotation marks that are not those
    of the contract, has characters that nobody prints or sees, or is what a spreadsheet shows for an error.
    """
    is_quoted = len(label) > 1 and label[0] != quote and (label[0], label[-1]) in _QUOTES
    is_unseen = not label.isprintable() or any(char in _UNSEEN for char in label)
    return is_quoted or "\ufffd" in label or is_unseen or label.upper() in _ERRORS


_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10)))
)
"""Fillers, joiners and selectors that are letters or marks to Unicode, and nothing to the eye."""
_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA",
     "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!")
)  # fmt: skip


_QUOTES = frozenset(
    (("'", "'"), ('"', '"'), ("`", "`"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("«", "»"))
)


def _as_printed(label: str, quote: str) -> str | None:
    """The label as its own code; our own word for a total is one, other words for it are not."""
    if label.casefold() == TOTAL:
        return TOTAL
    return (
        of_one_level(label) if label and not is_total_word(label) and not is_damaged(label, quote) else None
    )


def _own_label(label: str, column: Column) -> dict[str, str]:
    if not column.has_numbers:
        return {}
    return {name: label for name in (column.dimension, column.period) if name}
