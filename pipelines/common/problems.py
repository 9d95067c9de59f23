"""What is wrong with an export, said with an address, a reason and a next step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CELL_LIMIT = 200
"""Characters of a cell that a message or a reject shows; hostile cells can be megabytes long."""
IO = "io"
"""The rule that a file breaks which cannot be read, or not for now."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect of an export.

    ``row`` counts physical lines (CSV) or sheet rows (XLSX) from 1; ``None`` means the whole file.
    """

    file: str
    rule: str
    reason: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    next_step: str | None = None

    @property
    def can_pass(self) -> bool:
        """Whether it may be over when the same file is looked at again."""
        return self.rule == IO

    def __str__(self) -> str:
        where = f"`{printable(self.file)}`"
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column '{printable(self.column)}'"
        if self.value is not None and printable(self.value.strip()) not in self.reason:
            where += f", value '{printable(self.value)}'"
        said = f"{where}: {self.reason}"
        return one_line(f"{said}. {self.next_step}" if self.next_step else said)


class UnreadableExport(Exception):
    """An export that cannot be read as rows at all; carries the problems that say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def cannot_be_read(file: str, error: OSError) -> Problem:
    """What the system says of a file that cannot be opened or read."""
    step = "Check that it exists and may be read, and run again"
    return Problem(file, IO, f"cannot be read: {error.strerror}", next_step=step)


def changed_meanwhile(file: str) -> Problem:
    """A file that was written to while it was read."""
    return Problem(file, IO, "changed while it was read", next_step="Run again")


def printable(text: str) -> str:
    """``text`` shortened to one line without control characters: for a cell, a label, a name."""
    return one_line(text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…")


def one_line(text: str) -> str:
    """``text`` with control characters escaped: safe for a terminal or a log."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, or ``None`` when nothing is near: for "did you mean". Capitals only
    decide between words that are equally near.
    """
    # Imported late: a clean export never needs it.
    from rapidfuzz import fuzz, process

    near = process.extract(word, list(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60)
    best = [each for each, score, _ in near if score == near[0][1]]
    return max(best, key=lambda each: fuzz.ratio(word, each), default=None)


def named(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` is, in capitals or not."""
    known = list(known)
    if word in known:
        return word
    return next((each for each in known if each.casefold() == word.casefold()), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; closest: '…'`` or nothing, to be added to a reason."""
    near = closest(word, known)
    return f"; closest: '{printable(near)}'" if near else ""


def counted(number: int, noun: str) -> str:
    """A number of things: ``1 figure``, ``1,204 figures``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_words(name: str) -> str:
    """A name such as ``crime_type`` as people write it."""
    return name.replace("_", " ")
