"""Rows that are most likely no data, though all their cells can be read."""

from __future__ import annotations

import pytest

from tests import small_exports
from tests.small_exports import FILE, problems

YEARS = """
columns:
  type: {dimension: crime_type, codes: as_printed}
  '/(?P<year>\\d{4})/': {value: count, measure: cases}
"""
STEP = (
    "Give each table a file of its own; if they are figures, list the label of the row in `codes:` or "
    "`code_lists:`"
)


def read(source_of, words: str, content: str) -> list[str]:
    return problems(small_exports.read(source_of(words), content))


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        ("type,2020,2019", "2020, 2019"),
        ("type,2021,2022", "2021, 2022"),
        ("place,2020,2019", "2020, 2019"),
        ("place,2021,2022", "2021, 2022"),
        (",2021,2022", "2021, 2022"),
    ],
)
def test_another_header_of_years_is_no_data(source_of, row, numbers):
    words = YEARS.replace("as_printed", "{'': total, '*': as_printed}")
    assert read(source_of, words, f"type,2019,2020\nTheft,100,110\n{row}\nArson,7,5\n") == [
        f"`{FILE}`: row 3 looks like the header of another table: its numbers, {numbers}, are labels of columns. "
        f"{STEP}"
    ]


@pytest.mark.parametrize(
    "row",
    [
        "Theft,1900,2010",  # figures that could be years
        "Theft,2020,1999",
        "Theft,2020,2020",
        "Theft,2021,",
        "Theft,3019,3020",
        "deepfake,2021,2022",  # a label that is known is no heading
    ],
)
def test_figures_that_look_like_years_are_figures(source_of, row):
    words = "missingValues: {'': missing}\n" + YEARS.replace("as_printed", "{'*': as_printed}")
    assert read(source_of, words, f"type,2019,2020\nArson,100,110\n{row}\n") == []


def test_a_figure_alone_is_none_but_beside_the_label_of_its_column(source_of):
    content = "type,2019\nTheft,2020\n"
    assert read(source_of, YEARS, content) == []
    assert len(read(source_of, YEARS, content + "type,2021\n")) == 1


def test_small_figures_are_not_the_small_numbers_above_them(source_of):
    words = """
period: '2024'
columns:
  type: {dimension: crime_type, codes: as_printed}
  '1': {value: count, measure: cases}
  '2': {value: count, measure: cases_cleared}
"""
    assert read(source_of, words, "type,1,2\nTheft,2,1\nArson,1,2\n") == []


def test_labels_that_the_contract_names_one_by_one_are_labels_too(source_of):
    words = """
columns:
  type: {dimension: crime_type, codes: as_printed}
  '2019': {value: count, measure: cases, period: year}
  '2020': {value: count, measure: cases, period: year}
"""
    [said] = read(source_of, words, "type,2019,2020\nTheft,5,6\nplace,2020,2019\nHome,1,2\n")
    assert "row 3 looks like the header of another table" in said


# Periods


def of_periods(part: str, *texts: str) -> tuple[str, str]:
    """A contract and a file with these texts as its periods."""
    words = f"columns:\n  when: {{period: {part}}}\n  cases: {{value: count, measure: cases}}\n"
    return words, "when,cases\n" + "".join(f"{text},{at}\n" for at, text in enumerate(texts))


@pytest.mark.parametrize("part", ["month", "interval"])
@pytest.mark.parametrize(
    "texts",
    [["2019.1"], ["2019.1", "2019.11", "2019.12"], ["2019.09", "2019.1"], ["2019.9", "2019.1", "2019.11"]],
)
def test_a_month_that_may_have_lost_its_zero_is_refused(source_of, part, texts):
    assert read(source_of, *of_periods(part, *texts)) == [
        f"`{FILE}`, column 'when': '2019.1' may be 2019.10, whose zero a spreadsheet took away with that of a "
        "number. Fetch the export again, or write the months as 2019-10 or `2019.10.`; in a workbook, give the "
        "cells the format 0.00 where they are numbers"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["2019.1", "2019.2", "2019.3"],
        ["2019.1", "2019.9", "2019.10", "2019.11"],
        ["2018.10", "2018.11", "2019.1"],
        ["2019.1.", "2019.11."],
        ["2019.01", "2019.11"],
        ["2019-1", "2019-11"],
    ],
)
def test_a_january_is_a_january(source_of, texts):
    assert read(source_of, *of_periods("month", *texts)) == []


def test_a_month_above_a_column_may_have_lost_its_zero_too(source_of):
    words = YEARS.replace("(?P<year>\\d{4})", "(?P<month>\\d{4}\\.\\d+)")
    [said] = read(source_of, words, "type,2019.1,2019.11\nTheft,5,6\n")
    assert said.startswith(f"`{FILE}`, column '2019.1': '2019.1' may be 2019.10")
    assert read(source_of, words, "type,2019.1,2019.2\nTheft,5,6\n") == []


@pytest.mark.parametrize(
    ("part", "texts"),
    [("interval", ["2009-10", "2010-11"]), ("interval", ["2010-11"]), ("month", ["2009-10", "2010-11"])],
)
def test_business_years_are_no_months(source_of, part, texts):
    more = "" if part == "month" else "; if it is a month, say `period: month`"
    assert read(source_of, *of_periods(part, *texts)) == [
        f"`{FILE}`, column 'when': '{texts[0]}' may be a business year, and not a month, as may all others in the "
        f"column. Write each with its days, such as 2010-04-01/2011-03-31{more}"
    ]


@pytest.mark.parametrize(
    ("part", "texts"),
    [("month", ["2010-11"]), ("interval", ["2010-10", "2010-11"]), ("interval", ["2010-11", "2011"])],
)
def test_months_are_no_business_years(source_of, part, texts):
    assert read(source_of, *of_periods(part, *texts)) == []


def test_a_date_without_separators_that_is_short_is_not_one_with_day_and_month_swapped(source_of):
    words, content = of_periods("day", "01112024", "1222024")
    words = words.replace("period: day", "period: day, format: '%m%d%Y'")
    assert read(source_of, words, content) == [
        f"`{FILE}`, row 3, column 'when': '1222024' has fewer digits than a date in the format %m%d%Y. "
        "See `period:` and `format:` in the contract"
    ]
