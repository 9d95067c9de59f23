"""What is wrong with an export or a correction, in a sentence for whoever quotes the figures.

What the warehouse says of it has the address of every cell, for whoever must mend it.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from pipelines.common.problems import one_line, printable
from pipelines.periods import Period
from pipelines.report.figures import Row
from pipelines.report.words import Words, day

PAIR = "expect_column_pair_values_to_be_equal(total, sum_of_parts)"
KEY = "no_key_is_repeated("


def caution(words: Words, row: Row) -> str:
    """What to be careful about, without the name of its source."""
    said = one_line(row["said"] or "").replace("`", "")
    if row["kind"] == "quarantined":
        name = PurePosixPath(printable(row["source_file"])).name
        return words("kept out", file=name, said=_without_file(row, said))
    when = Period(row["period_start"], row["period_end"]).short if row["period_start"] else ""
    if row["kind"] != "unmet_expectation":
        return f"{when}: {said}" if when else said
    return words("of export", period=when, day=day(row["released_on"]), said=_unmet(words, row, said))


def _unmet(words: Words, row: Row, said: str) -> str:
    """What does not hold in an export, and how often."""
    counts = {"unexpected": words.number(row["unexpected"]), "evaluated": words.number(row["evaluated"])}
    if row["check_name"] == PAIR and (found := _first(row["examples"])):
        total, parts = (words.number(float(number)) for number in found)
        return words("totals differ", total=total, parts=parts, **counts)
    if row["check_name"].startswith(KEY):
        field = printable(row["check_name"].removeprefix(KEY).removesuffix(")"))
        return words("keys repeated", field=field, **counts)
    return _without_file(row, said)


def _without_file(row: Row, said: str) -> str:
    """What is said, without the path of the export before it."""
    file = printable(row["source_file"] or "")
    return said.removeprefix(f"{file}, ").removeprefix(f"{file}: ")


def _first(examples: str | None) -> list[str] | None:
    """The pair that differs most."""
    pairs = [
        pair for pair in json.loads(examples or "[]") if len(pair) == 2 and all(_is_number(n) for n in pair)
    ]
    return max(pairs, key=lambda pair: abs(float(pair[0]) - float(pair[1])), default=None)


def _is_number(text: str | None) -> bool:
    return text is not None and text.lstrip("-").replace(".", "", 1).isdigit()
