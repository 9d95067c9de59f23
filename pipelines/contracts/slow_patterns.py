r"""Whether a regular expression can take for ever: whether a repetition of it reads one text in two ways.

Python tries all of them where the rest does not fit, twice as many for each character more. A repetition
such as ``(\w+\s?)+`` is told by walking through it twice at the same time: two ways that part, read the same
characters and meet again are enough (exponential ambiguity of the position automaton). What it cannot follow
to its end it calls slow.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from re import _parser as re_parser  # type: ignore[attr-defined]
from typing import Any

COPIES = 8
"""Repetitions that are written out; one of more characters than that is taken for one without end."""
POSITIONS = 400
"""Characters inside repetitions without end, which are looked at in pairs."""
WRITTEN_OUT, STEPS = 20_000, 400_000
_SAMPLES = "azAZ059_- \t\n,.:;/()가힣éßЖ٣。"
_GROUPS = {"SUBPATTERN": -1, "ATOMIC_GROUP": 0}
_BESIDE = {"ASSERT": 1, "ASSERT_NOT": 1}


class _TooLarge(Exception):
    """More positions, or ways, than are looked at."""


@dataclass
class _Part:
    """A part of a pattern: its first and last positions, with how many ways lead there, and how many ways it
    matches nothing.
    """

    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    empty: int = 1


def is_slow(pattern: str) -> bool:
    """Whether a text may exist on which a regular expression takes for ever. Raises what `re.compile` raises
    of one that cannot be read.
    """
    tree = re_parser.parse(pattern)
    try:
        walk = _Walk(tree, pattern)
        return walk.is_ambiguous()
    except (_TooLarge, RecursionError):
        return True


class _Walk:
    def __init__(self, tree: Any, pattern: str) -> None:
        self._samples = sorted({*_SAMPLES, *_literals(tree)})
        flags = tree.state.flags  # those of a group are taken for those of all: more texts are the same
        self._ignores_case = bool(flags & re.IGNORECASE or re.search(r"\(\?[a-z]*i", pattern))
        self._is_dot_all = bool(flags & re.DOTALL or re.search(r"\(\?[a-z]*s", pattern))
        self._looked_at = 0
        self._texts: list[frozenset[str]] = []
        """Position → the samples that it matches."""
        self._repeats: set[int] = set()
        """Positions inside repetitions without end."""
        self._next: dict[int, Counter[int]] = defaultdict(Counter)
        """Position → those that may follow, with how many ways lead there."""
        self._part(tree)

    def is_ambiguous(self) -> bool:
        """Whether two ways through a repetition read the same text."""
        if len(self._repeats) > POSITIONS:
            raise _TooLarge
        inside = self._inside()
        steps = {
            at: {to: n for to, n in self._next[at].items() if inside.get(to) == inside[at]} for at in inside
        }
        if any(count > 1 for ways in steps.values() for count in ways.values()):
            return True
        return any(self._parts_and_meets(at, steps) for at in inside)

    def _parts_and_meets(self, start: int, steps: dict[int, dict[int, int]]) -> bool:
        """Whether two ways that part after a position meet there again, having read the same."""
        seen = {(start, start)}
        ahead = [(start, start)]
        back: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        while ahead:
            one, other = pair = ahead.pop()
            for a in steps[one]:
                for b in steps[other]:
                    if not self._texts[a] & self._texts[b]:
                        continue
                    both = (a, b) if a < b else (b, a)
                    back[both].append(pair)
                    self._looked_at += 1
                    if self._looked_at > STEPS:
                        raise _TooLarge
                    if both not in seen:
                        seen.add(both)
                        ahead.append(both)
        reach, behind = {(start, start)}, [(start, start)]
        while behind:
            for pair in back[behind.pop()]:
                if pair not in reach:
                    reach.add(pair)
                    behind.append(pair)
        return any(one != other for one, other in reach)

    def _inside(self) -> dict[int, int]:
        """Position → the outermost repetition that it is in, of those that are in one."""
        reached = {at: self._reached(at) for at in self._repeats}
        return {
            at: min(other for other in ahead if at in reached.get(other, ()))
            for at, ahead in reached.items()
            if at in ahead
        }

    def _reached(self, start: int) -> set[int]:
        found: set[int] = set()
        ahead = [start]
        while ahead:
            new = self._repeats.intersection(self._next.get(ahead.pop(), ())) - found
            found |= new
            ahead += new
        return found

    def _position(self, kind: str, argument: Any) -> _Part:
        if len(self._texts) > WRITTEN_OUT:
            raise _TooLarge
        self._texts.append(frozenset(c for c in self._samples if self._matches(kind, argument, c)))
        at = len(self._texts) - 1
        return _Part(Counter([at]), Counter([at]), 0)

    def _matches(self, kind: str, argument: Any, char: str) -> bool:
        if kind == "ANY":
            return char != "\n" or self._is_dot_all
        forms = {char, char.lower(), char.upper()} if self._ignores_case else {char}
        return any(_is_one(kind, argument, form) for form in forms if len(form) == 1)

    def _part(self, tree: Any) -> _Part:
        whole = _Part()
        for kind, argument in tree:
            whole = self._then(whole, self._item(str(kind), argument))
        return whole

    def _item(self, kind: str, argument: Any) -> _Part:
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(*argument)
        if kind in _GROUPS:
            return self._part(argument[_GROUPS[kind]] if kind == "SUBPATTERN" else argument)
        if kind == "BRANCH":
            return _either(self._part(each) for each in argument[1])
        if kind == "GROUPREF_EXISTS":
            return _either(self._part(each or ()) for each in argument[1:])
        if kind == "AT":
            return _Part()
        if kind in _BESIDE:
            self._part(argument[1])  # looked at by itself
            return _Part()
        if kind == "GROUPREF":
            return self._endless("ANY", None)
        return self._position(kind, argument)

    def _repeated(self, least: int, most: int, tree: Any) -> _Part:
        before = len(self._repeats)
        whole = self._part(tree) if least else _Part()
        has_endless = len(self._repeats) > before
        for _ in range(min(least, COPIES) - 1):
            whole = self._then(whole, self._part(tree))
        if most == least and not (has_endless and most > 2):  # (.*a){12} is as good as without end
            return whole
        if most - least > COPIES or has_endless:
            return self._then(whole, self._endless("", tree))
        rest = _Part()
        for _ in range(most - least):  # (a(a)?)?
            more = self._then(self._part(tree), rest)
            rest = _Part(more.first, more.last, 1)
        return self._then(whole, rest)

    def _endless(self, kind: str, argument: Any) -> _Part:
        first = len(self._texts)
        part = self._position(kind, argument) if kind else self._part(argument)
        self._repeats.update(range(first, len(self._texts)))
        for at, ways in part.last.items():
            self._next[at].update({to: ways * count for to, count in part.first.items()})
        return _Part(part.first, part.last, 1)

    def _then(self, one: _Part, other: _Part) -> _Part:
        for at, ways in one.last.items():
            self._next[at].update({to: ways * count for to, count in other.first.items()})
        first = one.first + _times(other.first, one.empty)
        last = other.last + _times(one.last, other.empty)
        return _Part(first, last, min(one.empty * other.empty, 2))


def _either(parts: Iterable[_Part]) -> _Part:
    whole = _Part(empty=0)
    for part in parts:
        whole = _Part(whole.first + part.first, whole.last + part.last, min(whole.empty + part.empty, 2))
    return whole


def _times(ways: Counter[int], count: int) -> Counter[int]:
    return Counter({at: n * count for at, n in ways.items()}) if count else Counter()


def _literals(tree: Any) -> Iterable[str]:
    """The characters that a pattern names, and those beside them: of two sets that share one, they share one
    of these.
    """
    if isinstance(tree, re_parser.SubPattern | list):
        for item in tree:
            yield from _literals(item)
    elif isinstance(tree, tuple) and tree:
        kind = str(tree[0])
        codes = {"LITERAL": tree[1:], "NOT_LITERAL": tree[1:], "RANGE": tree[-1]}.get(kind)
        for code in codes or ():
            yield from _beside(code)
        for item in tree if codes is None else ():
            yield from _literals(item)


def _beside(code: int) -> Iterable[str]:
    for each in (code - 1, code, code + 1):
        if 0 <= each <= 0x10FFFF:
            char = chr(each)
            yield from (char, *(form for form in (char.lower(), char.upper()) if len(form) == 1))


def _is_one(kind: str, argument: Any, char: str) -> bool:
    match kind:
        case "LITERAL":
            return ord(char) == argument
        case "NOT_LITERAL":
            return ord(char) != argument
        case "RANGE":
            return argument[0] <= ord(char) <= argument[1]
        case "CATEGORY":
            return bool(_CATEGORIES[str(argument)](char))
        case "IN":
            items = [(str(each), value) for each, value in argument]
            is_negated = items[0][0] == "NEGATE"
            return any(_is_one(*item, char) for item in items[is_negated:]) != is_negated
    return True  # what is new in another Python


_CATEGORIES = {
    f"CATEGORY_{negation}{name}": re.compile(written).match
    for name, low in (("DIGIT", "d"), ("SPACE", "s"), ("WORD", "w"))
    for negation, written in (("", rf"\{low}"), ("NOT_", rf"\{low.upper()}"))
}
