"""A header that is elsewhere, or delimited otherwise, is told as a next step; the file stays refused."""

from __future__ import annotations

import pytest

from pipelines.reading.header_hints import header_hint
from tests import small_exports

TABLE = "columns:\n  year: {period: year}\n  n: {value: count, measure: cases}\n  '*': {ignore: not used}\n"


def is_header(labels: list[str]) -> bool:
    return {"year", "n"} <= set(labels)


@pytest.mark.parametrize(
    ("labels", "below", "hint"),
    [
        (["year;n;x"], [], "Its cells seem to be delimited otherwise: say `delimiter: ';'`"),
        (['"year";"n"'], [], "Its cells seem to be delimited otherwise: say `delimiter: ';'`"),
        (["year n"], [], 'Its cells seem to be delimited otherwise: say `delimiter: "\\t"` or `delimiter: \' \'`'),
        (
            ["Cases", "", ""], [(2, ["", "", ""]), (3, [" n", "year", "x"])],
            "Row 3 looks like the header: if all above it is a title, say `skip_rows: 2`",
        ),
        (["years", "n"], [(2, ["2024", "7"])], None),
        (["year", "n", "n"], [(9, ["year", "n", "n"])], None),
    ],
)  # fmt: skip
def test_the_place_of_a_header_is_told_where_all_its_labels_are_found(labels, below, hint):
    assert header_hint(labels, below, is_header, ",") == hint


@pytest.mark.parametrize(
    ("content", "step"),
    [
        ("Cases,,\n\nyear,n,x\n2024,7,1\n", "say `skip_rows: 2`"),
        ("sep=,\nyear,n\n2024,7\n", "say `skip_rows: 1`"),
        ("year;n\n2024;7\n", "say `delimiter: ';'`"),
        ("years,n\n2024,7\n", "If the publisher renamed it, add the new label to its `aliases:`"),
    ],
)
def test_a_table_whose_header_is_not_understood_is_refused_with_where_it_may_be(source_of, content, step):
    tidied = small_exports.read(source_of(TABLE), content)
    assert tidied.observations.empty
    assert step in str(tidied.problems[0])


def test_following_the_hint_reads_the_table(source_of):
    content = "Cases,,\n\nyear,n,x\n2024,7,1\n"
    tidied = small_exports.read(source_of(TABLE + "skip_rows: 2\n"), content)
    assert tidied.problems == []
    assert small_exports.said(tidied) == ["2024-01-01/2024-12-31 cases: 7 @4 n"]
