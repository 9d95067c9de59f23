"""Regular expressions that take for ever on some texts are told from those that only look as if."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from pipelines.contracts.slow_patterns import is_slow


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+", r"(\w+\s?)+", "([a-z]+-?)+", r"(Note:? ?|[A-Za-z]+[ ,]?)+\.", r"(?P<sex>(\w+\s?)+) suspects",
        "([A-Za-z]+ ?)+", "(a|aa)+c", "(a|ab|b)*", "(a*)*", "(x+x+)+y", r"(\d{1,3},?)+", "(a{1,50}){1,50}",
        "(.*a){12}d", "(?=(a+)+b)c", "(?i)(k[a-z]*|K)+x", "((a|b)+c?)+", "(?:(?:a+)+)?b", r"([^/]+\w)+/",
        "(" * 5 + "a+" + ")+" * 5,
    ],
)  # fmt: skip
def test_a_repetition_that_reads_one_text_in_several_ways_is_slow(pattern: str) -> None:
    assert is_slow(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        ".*", ".*total.*", r"(?:[^/]+/)*", r"(?:[^/]*/)*[^/]*\.csv", r"(,\s*\w+)*", r"(\w+\s+)+", r"\d{1,3}(,\d{3})*",
        "(a|b)+", "(foo|bar)*", r"(\w+, )*\w+", "(a?b)+", r"((\d+)\.)*\d+", r"(?:.*\n)*", r"(\d{20})+", r"([^,]*,){12}",
        r"(?P<low>\d+)\s*[-~]\s*(?P<high>\d+).*", '("[^"]*"|[^",]+)(,("[^"]*"|[^",]+))*', "(?:ab?c|a[d-z])+",
        "|".join(f"label {number}" for number in range(3000)),
    ],
)  # fmt: skip
def test_one_that_reads_every_text_in_one_way_is_not(pattern: str) -> None:
    assert not is_slow(pattern)


def test_python_takes_for_ever_on_what_is_called_slow() -> None:
    program = r"import re; re.fullmatch(r'(\w+\s?)+', 'a' * 60 + '!')"

    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", program], timeout=0.5, check=False)
    assert re.fullmatch(r"(\w+\s+)+", "a" * 5000 + "!") is None
