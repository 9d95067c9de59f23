r"""File patterns of contracts: globs in which named groups are regular expressions.

``*사이버*_(?P<released_on>\d{8}).csv`` matches as the shell would, and gives ``released_on``.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.common.problems import printable


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
        return regular_expression(regex)
    except ValueError as error:
        raise ValueError(f"'{printable(pattern)}' is not a file pattern: {error}") from None


def group_names(pattern: str | None) -> list[str]:
    """The names of a pattern's groups; none of one that cannot be read."""
    try:
        return list(compiled(pattern or "").groupindex)
    except ValueError:
        return []


SLOW = (
    "repeats what can read the same text in several ways, such as `(a+)+` or `(\\w+\\s?)+`, which takes for "
    "ever on some texts; write one repetition, or end each round with a sign that stands nowhere else in it"
)


def regular_expression(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled. Raises ValueError with the reason where it cannot be."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(str(error)) from None
    except OverflowError:
        raise ValueError("a number of repetitions is too large") from None
    except RecursionError:
        raise ValueError("its groups are nested too deeply") from None


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
