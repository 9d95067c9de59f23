r"""File patterns of contracts: globs in which named groups are regular expressions.

``*사이버*_(?P<released_on>\d{8}).csv`` matches as the shell would, and gives ``released_on``.
"""

from __future__ import annotations

import re
import unicodedata
from re import _parser as re_parser  # type: ignore[attr-defined]
from typing import Any


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression over a POSIX path relative to the source's folder.

    ``*`` and ``?`` stop at ``/``; ``**/`` spans folders. Raises ValueError when it cannot be read.
    """
    pattern = unicodedata.normalize("NFC", pattern)
    regex, at = "", 0
    while at < len(pattern):
        if pattern.startswith("(?P<", at):
            end = _group_end(pattern, at)
            regex, at = regex + pattern[at:end], end
        elif pattern.startswith("**/", at):
            regex, at = regex + r"(?:[^/]+/)*", at + 3
        else:
            char = pattern[at]
            regex += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
            at += 1
    try:
        return re.compile(regex)
    except re.error as error:
        raise ValueError(f"'{pattern}' is not a file pattern: {error}") from None


def group_names(pattern: str | None) -> list[str]:
    """The names of a pattern's groups; none of one that cannot be read."""
    try:
        return list(compiled(pattern or "").groupindex)
    except ValueError:
        return []


SLOW = (
    "repeats what is itself a repetition, such as `(a+)+`, which takes for ever on some texts; "
    "write one repetition"
)
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


def is_slow(pattern: str) -> bool:
    """Whether a regular expression repeats a group without end that is nothing
    but a repetition without end. Python tries all ways of dividing a text among the two.
    """
    try:
        tree = re_parser.parse(pattern)
    except re.error:
        return False  # said elsewhere
    return _repeats_a_repetition(tree)


def _repeats_a_repetition(tree: Any, is_repeated: bool = False) -> bool:
    items = list(tree)
    for kind, argument in items:
        name = str(kind)
        is_alone = is_repeated and len(items) == 1
        if name in _REPEATS:
            endless = argument[1] == re_parser.MAXREPEAT
            if (endless and is_alone) or _repeats_a_repetition(argument[2], endless or is_alone):
                return True
        elif name == "SUBPATTERN":
            if _repeats_a_repetition(argument[-1], is_alone):
                return True
        elif name == "BRANCH" and any(_repeats_a_repetition(each, is_alone) for each in argument[1]):
            return True
    return False


def _group_end(pattern: str, start: int) -> int:
    """Where the group that opens at ``start`` ends, minding escapes, sets and inner groups."""
    depth, in_set, at = 0, False, start
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_set:
            in_set = char != "]"
        elif char == "[":
            in_set = True
            # A bracket that closes right after the opening one is a member of the set.
            at += 2 if pattern.startswith("[^]", at) else 1 if pattern.startswith("[]", at) else 0
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    raise ValueError(f"'{pattern}' has a named group that is not closed")
