"""What a spreadsheet shows of a number: the digits, percent sign and words of its cell's format.

A format is understood whole, or it is said why not: half understood, it makes 47.8% of 0.478 or 48.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache


@dataclass(frozen=True)
class Shown:
    """A number as its cell shows it: as a label, with the words of the format, and as a number without
    them. Digits are not grouped.
    """

    label: str
    number: str
    doubt: str | None = None
    """Why that may not be what is meant."""


def shown(number: Decimal, number_format: str) -> Shown:
    """What a cell shows of ``number``; where that cannot be told, the number itself and a doubt."""
    try:
        return _shown(number, number_format)
    except _Doubt as doubt:
        plain = _plain(number)
        return Shown(plain, plain, f"holds {plain}, and its format `{number_format}` {doubt}")


class _Doubt(Exception):
    """What a format does that keeps its number from being read."""


NOT_UNDERSTOOD = "is not understood"
_DASHES = frozenset("-–—−‐")
_NEGATIVE = _DASHES | frozenset("(△▲▵▴")
_CONDITIONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip
_MULTIPLES = frozenset(
    ("십", "백", "천", "만", "십만", "백만", "천만", "억", "십억", "조", "百", "千", "万", "萬", "億", "k",
     "m", "b", "mm", "mn", "mln", "mio", "bn", "bln", "mrd", "tsd", "thsd", "hundred", "hundreds",
     "thousand", "thousands", "million", "millions", "billion", "billions", "lakh", "lakhs", "crore",
     "crores")
)  # fmt: skip
"""Words after a number that make it another one."""

_TOKEN = re.compile(
    r"""  "(?P<quoted>[^"]*)"
        | \\(?P<escaped>.)
        | _(?P<blank>.)
        | \*(?P<fill>.)
        | \[(?P<bracket>[^\]]*)\]
        | (?P<general>General)
        | (?P<digits>[0#?](?:[0#?,]|\\?[ \u00a0\u202f](?=[0#?]))*(?:\.[0#?]*,*)?|\.[0#?]+)
        | (?P<percent>%)
        | (?P<text>@)
        | (?P<sign>[-$+():!^&'~{}<>=\ ]|[^\x00-\x7f])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color\s*\d{1,2}", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$(?P<symbol>[^-\]]*)(?:-[0-9A-Fa-f]+)?")


@dataclass(frozen=True)
class _Section:
    """One part of a format, for numbers of one kind."""

    before: str = ""
    after: str = ""
    digits: str | None = None
    """The places of digits, or General; None where no digit is shown."""
    percents: int = 0
    condition: tuple[str, Decimal] | None = None
    is_red: bool = False
    is_text: bool = False

    @property
    def words(self) -> str:
        return f"{self.before} {self.after}"

    @property
    def shows_nothing_of_zero(self) -> bool:
        """Whether zero is blank or a dash here."""
        if self.digits is None:
            return not set("".join(self.words.split())) - _DASHES
        return not self.percents and "0" not in self.digits and self.digits.casefold() != "general"


def _shown(number: Decimal, number_format: str) -> Shown:
    sections = [section for section in _sections(number_format) if not section.is_text]
    if not sections:  # text only: shown as it is
        return Shown(_plain(number), _plain(number))
    section = _chosen(number, sections)
    if not number and sections[0].digits and section.shows_nothing_of_zero:
        return Shown("0", "0")  # a blank or a dash for zero, as accountants have it
    if section.digits is None:
        raise _Doubt("does not show it")
    _refuse_words(section)
    is_second = section is not sections[0] and section.condition is None and sections[0].condition is None
    _refuse_signs(number, section, may_lack_one=not is_second)
    before, after = section.before, section.after
    if number < 0:
        before = "".join(char for char in before if char not in _NEGATIVE)
        after = "".join(char for char in after if char not in _NEGATIVE | {")"})
    digits = _digits(number, section)
    sign = "-" if digits.startswith("-") else ""
    label = f"{sign}{before.lstrip()}{digits.removeprefix('-')}{'%' * section.percents}{after.rstrip()}"
    percent = "%" if section.percents or "%" in section.words else ""
    return Shown(" ".join(label.split()), digits + percent)


def _refuse_words(section: _Section) -> None:
    """Raises _Doubt where the words beside a number may change it."""
    if section.percents and "%" in section.words:
        raise _Doubt(NOT_UNDERSTOOD)
    if any(char.isdigit() for char in section.words):
        raise _Doubt("puts other digits beside it")
    multiples = (word for word in section.words.split() if word.strip(".()").casefold() in _MULTIPLES)
    if multiple := next(multiples, None):
        raise _Doubt(f"has the word '{multiple}' beside it, which may multiply it")


def _refuse_signs(number: Decimal, section: _Section, may_lack_one: bool) -> None:
    """Raises _Doubt where a number is shown as a negative one that it is not, or the other way round."""
    signs = set(section.words) & _NEGATIVE
    if number < 0 and not (may_lack_one or signs or section.is_red):
        raise _Doubt("shows it without a sign")
    if number >= 0 and signs - {"("}:
        raise _Doubt("shows it with a sign that it does not have")


@lru_cache(maxsize=1000)
def _sections(number_format: str) -> tuple[_Section, ...]:
    """The sections of a format. Raises _Doubt."""
    sections, start, at = [], 0, 0
    while at < len(number_format):
        if number_format[at] == ";":
            sections.append(_section(number_format[start:at]))
            start = at = at + 1
            continue
        token = _TOKEN.match(number_format, at)
        if not token and number_format[at] != "/":
            raise _Doubt(NOT_UNDERSTOOD)
        at = token.end() if token else at + 1
    sections.append(_section(number_format[start:]))
    if len(sections) > 4:
        raise _Doubt(NOT_UNDERSTOOD)
    return tuple(sections[:3]) + tuple(section for section in sections[3:] if section.is_text)


def _section(text: str) -> _Section:
    """One section of a format. Raises _Doubt."""
    section, at = _Section(), 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if not token:  # a fraction, say
            raise _Doubt(NOT_UNDERSTOOD)
        section = _with(section, token)
        at = token.end()
    if section.percents > 1 or (section.is_text and (section.digits or section.percents)):
        raise _Doubt(NOT_UNDERSTOOD)
    return section


def _with(section: _Section, token: re.Match[str]) -> _Section:
    """A section that goes on with a token. Raises _Doubt."""
    kind = token.lastgroup or ""
    if kind == "percent":
        return replace(section, percents=section.percents + 1)
    if kind == "text":
        return replace(section, is_text=True)
    if kind in ("digits", "general"):
        if section.digits is not None:  # on both sides of a word: a telephone number, say
            raise _Doubt(NOT_UNDERSTOOD)
        return replace(section, digits=token.group())
    if kind == "bracket":
        return _with_bracket(section, token["bracket"])
    return _with_words(section, " " if kind in ("blank", "fill") else token[kind])


def _with_bracket(section: _Section, inside: str) -> _Section:
    if tested := _CONDITION.fullmatch(inside):
        return replace(section, condition=(tested[1], Decimal(tested[2])))
    if currency := _CURRENCY.fullmatch(inside):
        return _with_words(section, currency["symbol"])
    if not _COLOUR.fullmatch(inside):
        raise _Doubt(NOT_UNDERSTOOD)
    return replace(section, is_red=section.is_red or inside.casefold() == "red")


def _with_words(section: _Section, words: str) -> _Section:
    if section.digits is None:
        return replace(section, before=section.before + words)
    return replace(section, after=section.after + words)


def _chosen(number: Decimal, sections: list[_Section]) -> _Section:
    """The section that a number is shown by. Raises _Doubt."""
    if any(section.condition for section in sections):
        return _conditional(number, sections)
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


def _conditional(number: Decimal, sections: list[_Section]) -> _Section:
    for section in sections:
        if section.condition and _CONDITIONS[section.condition[0]](number, section.condition[1]):
            return section
    # Programs differ in what they do with a third section beside one condition, and with no section left.
    others = [section for section in sections if not section.condition]
    if len(others) != 1 or sections[-1].condition:
        raise _Doubt("does not say how to show it")
    return others[0]


def _digits(number: Decimal, section: _Section) -> str:
    """A number with the digits of its section. Raises _Doubt."""
    places = section.digits or ""
    scaled = number * 100 if section.percents else number
    if places.casefold() == "general":
        return _plain(scaled)
    whole, _, decimals = re.sub("[\\\\ \u00a0\u202f]", "", places).partition(".")
    if whole.endswith(",") or decimals.endswith(","):
        raise _Doubt("shows it in thousands")
    if not decimals and not section.percents and number != number.to_integral_value():
        return _plain(number)  # a whole number in looks only: a count must not come from rounding
    rounded = scaled.quantize(Decimal(1).scaleb(-len(decimals)), rounding=ROUND_HALF_UP)
    text = format(rounded, "f")
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole_digits, point, shown_decimals = text.partition(".")
    fixed = decimals.rfind("0") + 1
    shown_decimals = shown_decimals[:fixed] + shown_decimals[fixed:].rstrip("0")
    whole_digits = whole_digits.rjust(whole.count("0"), "0")
    return f"{sign}{whole_digits}{point if shown_decimals else ''}{shown_decimals}"


def _plain(number: Decimal) -> str:
    whole = number.to_integral_value()
    return str(int(whole)) if number == whole else format(number, "f")
