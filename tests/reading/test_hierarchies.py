"""What is a part of what in one export, what it adds up to, and subtotals that nobody spoke of."""

from __future__ import annotations

import datetime as dt
import random
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts.codes import CodeList, nearest_by_digits
from pipelines.reading.headings import Labels
from pipelines.reading.hierarchies import (
    Code,
    along,
    as_json,
    dimensions_of,
    export_codes,
    sums_of_parts,
)
from pipelines.reading.subtotals import hidden_subtotals
from tests import small_exports
from tests.small_exports import observations

COUNTS = "period: '2024'\ncolumns:\n  r: {dimension: region, codes: as_printed}\n  n: {value: count, measure: cases}\n"
BOTH = COUNTS.replace("  n:", "  s: {dimension: sex}\n  n:")
AGES = COUNTS.replace("{dimension: region, codes: as_printed}", "{dimension: age_band}")
OWN = """
period: '2024'
other_dimensions: {place: Where it happened, hour: When it happened}
columns: {place: {dimension: place}, hour: {dimension: hour}, n: {value: count, measure: cases}}
"""


@pytest.fixture
def table_of(source_of):
    """A function: what a contract says beyond `HEAD` → its only table."""

    def table(words: str):
        [table] = source_of(words).tables.values()
        return table

    return table


def regions(*codes: str, name: str = "region") -> pd.DataFrame:
    return observations(*[{name: code, "value": number} for number, code in enumerate(codes, start=1)])


def listed(found: list[Code], dimension: str = "region") -> dict[str, tuple[str | None, tuple[str, ...]]]:
    """Code → its whole and what it rolls up to."""
    return {code.code: (code.whole, code.rolls_up_to) for code in found if code.dimension == dimension}


def codes_of(table_of, words: str, figures: pd.DataFrame, *, is_complete: bool = True) -> list[Code]:
    return export_codes(figures, table_of(words), Labels(), is_complete)


# Dimensions of an export


def test_an_export_breaks_down_by_the_dimensions_that_vary_from_the_total():
    figures = observations({"sex": "male", "value": 1}, {"region": "seoul", "value": 2}, {"value": 3})
    assert dimensions_of(figures) == ["sex", "region"]
    assert dimensions_of(observations({"value": 1})) == []
    own = observations(
        {"value": 1, "other_dimensions": as_json({"place": "x", "hour": "1"})},
        {"value": 1, "other_dimensions": as_json({"device": "y"}), "crime_type": "deepfake"},
    )
    assert dimensions_of(own) == ["crime_type", "device", "hour", "place"]


def test_dimensions_of_one_source_are_one_text_whatever_their_order():
    assert as_json({"b": "x", "a": "역"}) == as_json({"a": "역", "b": "x"}) == '{"a":"역","b":"x"}'
    assert as_json({"a": "total", "b": "x"}) == '{"b":"x"}'
    assert as_json({"a": "total"}) is as_json({}) is None


def test_a_figure_is_seen_along_one_dimension_beside_the_others():
    figures = observations(
        {"value": 1, "other_dimensions": '{"hour":"1","place":"x"}'},
        {"value": 2, "other_dimensions": '{"place":"x"}', "sex": "male"},
        {"value": 3},
    )
    place = along(figures, "place")
    assert list(zip(place["code"], place["rest"], strict=True)) == [
        ("x", '{"hour":"1"}'),
        ("x", ""),
        ("total", ""),
    ]
    sex = along(figures, "sex")
    assert list(zip(sex["code"], sex["rest"], strict=True)) == [
        ("total", '{"hour":"1","place":"x"}'),
        ("male", '{"place":"x"}'),
        ("total", ""),
    ]


# What each code is a part of


@pytest.mark.parametrize(
    ("totals", "into"), [("none", ("total",)), ("printed", ()), ("partial", ()), ("overlapping", ())]
)
def test_parts_are_of_the_total_and_add_up_to_it_where_none_is_printed(table_of, totals, into):
    found = codes_of(table_of, COUNTS + f"totals: {totals}\n", regions("A", "B"))
    assert listed(found) == {"A": ("total", into), "B": ("total", into)}
    assert listed(found, "measure") == {"cases": (None, ())}


def test_the_total_is_no_code_of_its_own(table_of):
    found = codes_of(table_of, COUNTS + "totals: printed\n", regions("total", "A"))
    assert listed(found) == {"A": ("total", ())}


PRINTED_PARENTS = ("A", "A > x", "A > y", "B", "B > x", "C")


@pytest.mark.parametrize(
    ("totals", "into_total"), [("none", ("total",)), ("printed", ()), ("partial", ()), ("overlapping", ())]
)
def test_parts_of_a_printed_parent_add_up_to_nothing_more(table_of, totals, into_total):
    found = codes_of(table_of, COUNTS + f"totals: {totals}\n", regions(*PRINTED_PARENTS))
    assert listed(found) == {
        "A": ("total", into_total),
        "A > x": ("A", ()),
        "A > y": ("A", ()),
        "B": ("total", into_total),
        "B > x": ("B", ()),
        "C": ("total", into_total),
    }


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (
            "none",
            {
                "A > x": ("A", ("A", "total")),
                "A > y": ("A", ("A", "total")),
                "A": ("total", ("total",)),
                "B": ("total", ("total",)),
            },
        ),
        (
            "printed",
            {"A > x": ("A", ("A",)), "A > y": ("A", ("A",)), "A": ("total", ()), "B": ("total", ())},
        ),
        ("partial", {"A > x": ("total", ()), "A > y": ("total", ()), "B": ("total", ())}),
        ("overlapping", {"A > x": ("total", ()), "A > y": ("total", ()), "B": ("total", ())}),
    ],
)
def test_parts_of_a_parent_that_is_not_printed_add_up_to_it(table_of, totals, expected):
    found = codes_of(table_of, COUNTS + f"totals: {totals}\n", regions("A > x", "A > y", "B"))
    assert listed(found) == expected


def test_an_unprinted_parent_may_lie_between_printed_ones(table_of):
    found = codes_of(table_of, COUNTS + "totals: none\n", regions("A", "A > x > 1", "A > x > 2", "A > y"))
    assert listed(found) == {
        "A": ("total", ("total",)),
        "A > x > 1": ("A > x", ("A > x",)),
        "A > x > 2": ("A > x", ("A > x",)),
        "A > x": ("A", ()),
        "A > y": ("A", ()),
    }


def test_two_unprinted_parents_are_both_summed(table_of):
    found = codes_of(table_of, COUNTS + "totals: none\n", regions("A > x > 1"))
    assert listed(found) == {
        "A > x > 1": ("A > x", ("A > x", "A", "total")),
        "A > x": ("A", ("A", "total")),
        "A": ("total", ("total",)),
    }


def test_parents_may_be_listed_instead_of_spelled_out(table_of):
    words = COUNTS.replace("as_printed", "{소계: total}").replace("region", "crime_type")
    words += (
        "totals: none\ncode_lists: {crime_type: {crime: all, theft: {label: T, parent: crime},"
        " burglary: {label: B, parent: theft}}}\n"
    )
    with_theft = codes_of(table_of, words, regions("theft", "burglary", name="crime_type"))
    assert listed(with_theft, "crime_type") == {
        "theft": ("crime", ("crime", "total")),
        "burglary": ("theft", ()),
        "crime": ("total", ("total",)),
    }
    without = codes_of(table_of, words, regions("burglary", name="crime_type"))
    assert listed(without, "crime_type") == {
        "burglary": ("theft", ("theft", "crime", "total")),
        "theft": ("crime", ("crime", "total")),
        "crime": ("total", ("total",)),
    }


def test_where_rows_were_rejected_nothing_adds_up(table_of):
    found = codes_of(table_of, COUNTS + "totals: none\n", regions("A", "A > x", "B > x"), is_complete=False)
    assert listed(found) == {"A": ("total", ()), "A > x": ("A", ()), "B > x": ("total", ())}


def test_each_dimension_has_its_own_word_on_totals(table_of):
    figures = observations({"region": "A", "sex": "male", "value": 1}, {"region": "A", "value": 1})
    found = codes_of(table_of, BOTH + "totals: {region: none, sex: printed}\n", figures)
    assert (listed(found), listed(found, "sex")) == ({"A": ("total", ("total",))}, {"male": ("total", ())})


def test_a_dimension_that_the_whole_file_has_in_common_adds_up_to_nothing(table_of):
    found = codes_of(table_of, "set: {sex: male}\n" + COUNTS + "totals: none\n", observations(
        {"region": "A", "sex": "male", "value": 1}))  # fmt: skip
    assert listed(found, "sex") == {"male": ("total", ())}


# Age bands


def test_age_bands_are_parts_of_those_that_hold_them(table_of):
    bands = ("0-17", "0-13", "0-5", "6-13", "14-17", "18+", "65+", "unknown")
    found = codes_of(table_of, AGES + "totals: none\n", regions(*bands, name="age_band"))
    assert listed(found, "age_band") == {
        "0-17": ("total", ("total",)),
        "0-13": ("0-17", ()),
        "0-5": ("0-13", ()),
        "6-13": ("0-13", ()),
        "14-17": ("0-17", ()),
        "18+": ("total", ("total",)),
        "65+": ("18+", ()),
        "unknown": ("total", ("total",)),
    }


def test_age_bands_that_overlap_have_no_sum(table_of):
    found = codes_of(table_of, AGES + "totals: none\n", regions("10-19", "15-24", "25+", name="age_band"))
    assert {code: into for code, (_, into) in listed(found, "age_band").items()} == {
        "10-19": (),
        "15-24": (),
        "25+": (),
    }


# Dimensions that only one source has, together


def own(**codes: str) -> str:
    return as_json(codes) or ""


@pytest.mark.parametrize(
    ("totals", "into"),
    [
        ("none", (own(place="home"), own(hour="1"), "")),
        ("{place: none}", (own(hour="1"),)),
        ("{hour: none}", (own(place="home"),)),
        ("partial", ()),
        ("printed", ()),
    ],
)
def test_a_combination_of_own_dimensions_adds_up_to_those_with_fewer(table_of, totals, into):
    figures = observations({"value": 1, "other_dimensions": own(place="home", hour="1")})
    found = codes_of(table_of, OWN + f"totals: {totals}\n", figures)
    [(whole, sums)] = listed(found, "other_dimensions").values()
    assert (whole, sorted(sums)) == (None, sorted(into))


def test_a_combination_adds_up_to_parents_of_its_parts_too(table_of):
    figures = observations({"value": 1, "other_dimensions": own(place="road > highway", hour="1")})
    found = codes_of(table_of, OWN + "totals: none\n", figures)
    [(_, into)] = listed(found, "other_dimensions").values()
    assert sorted(into) == sorted(
        [own(place="road > highway"), own(place="road", hour="1"), own(place="road"), own(hour="1"), ""]
    )
    assert listed(found, "place") == {
        "road > highway": ("road", ("road", "total")),
        "road": ("total", ("total",)),
    }


def test_an_export_without_own_dimensions_has_no_combinations(table_of):
    assert listed(codes_of(table_of, COUNTS, regions("A")), "other_dimensions") == {}


# Wholes that only some breakdowns print


def way(found: list[Code], row: dict, dimension: str) -> Code:
    """What a figure's code is a part of: in its own measure and period, else in all."""
    codes = [entry for entry in found if (entry.dimension, entry.code) == (dimension, row[dimension])]
    own = [c for c in codes if (c.measure, c.period_start) == (row["measure"], row["period_start"])]
    [entry] = own or [c for c in codes if c.measure is None]
    return entry


def sums_to_total(figures: pd.DataFrame, found: list[Code], dimension: str) -> dict[tuple, int]:
    """By year, measure and sex, the sum of the figures that add up to the total along a dimension."""
    sums: dict[tuple, int] = {}
    for row in figures.to_dict("records"):
        if row[dimension] != "total" and "total" in way(found, row, dimension).rolls_up_to:
            key = row["period_start"].year, row["measure"], row["sex"]
            sums[key] = sums.get(key, 0) + row["value"]
    return sums


def sums_where_a_whole_is_printed(table_of, apart, words, name, whole, parts, other) -> dict[tuple, int]:
    """What adds up to the total where a whole of some parts is printed in one place, and not beside it."""
    figures = observations(
        {name: whole, "value": 3} | apart,
        *[{name: part, "value": value} | apart for part, value in zip(parts, (1, 2), strict=True)],
        {name: other, "value": 10} | apart,
        *[{name: part, "value": value} for part, value in zip(parts, (4, 5), strict=True)],
        {name: other, "value": 20},
    )
    words = words.replace("  n:", "  s: {dimension: sex}\n  n:")
    found = codes_of(table_of, words + "totals: none\n", figures)
    return sums_to_total(figures, found, name)


LEVELS_AND_AGES = pytest.mark.parametrize(
    ("words", "name", "whole", "parts", "other"),
    [
        pytest.param(COUNTS, "region", "A", ("A > x", "A > y"), "B", id="levels"),
        pytest.param(AGES, "age_band", "0-17", ("0-13", "14-17"), "18+", id="ages"),
    ],
)


@LEVELS_AND_AGES
def test_where_a_whole_is_printed_for_one_sex_only_nothing_is_summed(
    table_of, words, name, whole, parts, other
):
    # What is a part of what is kept by measure and period: no sum of either sex is known to be whole.
    assert sums_where_a_whole_is_printed(table_of, {"sex": "male"}, words, name, whole, parts, other) == {}


@pytest.mark.parametrize(
    "apart",
    [
        {"period_start": dt.date(2023, 1, 1), "period_end": dt.date(2023, 12, 31)},
        {"measure": "suspects"},
    ],
    ids=lambda apart: next(iter(apart)),
)
@LEVELS_AND_AGES
def test_a_whole_that_is_printed_elsewhere_takes_no_part_out_of_a_sum(
    table_of, apart, words, name, whole, parts, other
):
    sums = sums_where_a_whole_is_printed(table_of, apart, words, name, whole, parts, other)
    # Either nothing is summed, or everything is: 20 alone is the sum of nothing.
    assert sums.get((2024, "cases", "total")) in (None, 29)
    [there] = [total for key, total in sums.items() if key != (2024, "cases", "total")]
    assert there == 13


def test_where_all_breakdowns_print_the_same_wholes_there_is_one_entry_a_code(table_of):
    figures = observations(
        *[
            {"region": name, "value": 1, "measure": measure, "period_start": dt.date(of, 1, 1)}
            for name in ("A", "A > x", "B")
            for measure in ("cases", "suspects")
            for of in (2020, 2021)
        ]
    )
    found = [c for c in codes_of(table_of, COUNTS + "totals: none\n", figures) if c.dimension == "region"]
    assert [(c.code, c.measure, c.period_start, c.period_end) for c in found] == [
        ("A", None, None, None),
        ("A > x", None, None, None),
        ("B", None, None, None),
    ]


def test_where_another_year_prints_other_wholes_there_is_one_entry_a_year(table_of):
    def year(of: int) -> dict:
        return {"period_start": dt.date(of, 1, 1), "period_end": dt.date(of, 12, 31)}

    figures = observations(
        {"region": "A", "value": 3} | year(2020),
        {"region": "A > x", "value": 3} | year(2020),
        {"region": "B", "value": 1} | year(2020),
        {"region": "A > x", "value": 4} | year(2021),
        {"region": "B", "value": 1} | year(2021),
    )
    found = [c for c in codes_of(table_of, COUNTS + "totals: none\n", figures) if c.dimension == "region"]
    assert {(c.code, c.period_start and c.period_start.year): (c.whole, c.rolls_up_to) for c in found} == {
        ("A", None): ("total", ("total",)),
        ("A > x", 2020): ("A", ()),
        ("A > x", 2021): ("A", ("A", "total")),
        ("B", None): ("total", ("total",)),
    }


# Sums of parts beside printed wholes


def tied(figures: pd.DataFrame, wholes: dict[str, str], dimension: str = "region") -> list[tuple]:
    """Code of the whole, its figure and the sum of its parts, in the order of the rows."""
    codes = [Code(dimension, code, "", whole, ()) for code, whole in wholes.items()]
    found = sums_of_parts(figures, dimension, codes).sort_values("source_row")
    return [tuple(row) for row in found[["code", "value", "sum_of_parts"]].to_numpy()]


def test_a_printed_whole_stands_beside_the_sum_of_its_parts():
    figures = regions("total", "A", "A > x", "A > y", "B")
    assert tied(figures, {"A": "total", "B": "total", "A > x": "A", "A > y": "A"}) == [
        ("total", 1, 2 + 5),
        ("A", 2, 3 + 4),
    ]


@pytest.mark.parametrize("status", ["missing", "suppressed"])
def test_no_sum_is_told_where_a_part_is_not_known(status):
    figures = observations(
        {"value": 9}, {"region": "A", "value": 3}, {"region": "B", "value": None, "value_status": status}
    )
    assert tied(figures, {"A": "total", "B": "total"}) == []


def test_a_part_that_there_is_none_of_leaves_the_sum_complete():
    figures = observations(
        {"value": 9},
        {"region": "A", "value": 3},
        {"region": "B", "value": None, "value_status": "not_applicable"},
    )
    assert tied(figures, {"A": "total", "B": "total"}) == [("total", 9, 3)]


def test_parts_none_of_which_there_is_have_no_sum():
    figures = observations({"value": 9}, {"region": "A", "value": None, "value_status": "not_applicable"})
    assert tied(figures, {"A": "total"}) == []


def test_a_whole_that_is_no_number_stands_beside_nothing():
    figures = observations({"value": None}, {"region": "A", "value": 3})
    assert tied(figures, {"A": "total"}) == []


def test_sums_are_of_the_same_period_measure_and_other_codes():
    apart = [
        {"period_start": dt.date(2023, 1, 1)},
        {"period_end": dt.date(2024, 6, 30)},
        {"measure": "suspects"},
        {"sex": "male"},
        {"age_band": "10-19"},
        {"crime_type": "deepfake"},
        {"other_dimensions": own(place="x")},
    ]
    figures = observations(
        *[entry for number, other in enumerate([{}, *apart], start=1)
          for entry in ({"value": 10 * number} | other, {"region": "A", "value": number} | other)]
    )  # fmt: skip
    assert tied(figures, {"A": "total"}) == [("total", 10 * n, n) for n in range(1, len(apart) + 2)]


def test_sums_along_a_dimension_of_one_source_keep_its_others_apart():
    figures = observations(
        {"value": 3, "other_dimensions": own(hour="1")},
        {"value": 1, "other_dimensions": own(hour="1", place="x")},
        {"value": 2, "other_dimensions": own(hour="1", place="y")},
        {"value": 50, "other_dimensions": own(place="x")},
    )
    assert tied(figures, {"x": "total", "y": "total"}, "place") == [("total", 3, 3)]
    assert tied(figures, {"1": "total"}, "hour") == [("total", 50, 1)]


# Hidden subtotals


def test_parts_that_are_each_in_a_breakdown_of_its_own_are_no_table_in_memory():
    count = 60_000  # all breakdowns with all parts: 27 GiB
    names = [f"r{at}" for at in range(count)]
    figures = observations({"value": 1}).loc[[0] * count].reset_index(drop=True)
    figures = figures.assign(region=names, crime_type=[f"t{at}" for at in range(count)])
    codes = [Code("region", name, "", "total", ("total",)) for name in names]

    assert list(hidden_subtotals(figures, codes, "region")) == []


def test_a_sum_in_very_many_breakdowns_must_hold_in_those_without_it(monkeypatch):
    monkeypatch.setattr("pipelines.reading.subtotals.SUBTOTAL_CELLS", 12)
    rows = [[7001 + at, 5000, 2001 + at] for at in range(5)]

    assert hidden([*rows, [0, 0, 0]]) == [("r0", "'r1' to 'r2'")]
    assert hidden([*rows, [8, 8, 1]]) == []


def grid(rows: np.ndarray, names: list[str] | None = None) -> tuple[pd.DataFrame, list[Code]]:
    """Figures by region: a row is a year, a column a region; and the regions as parts of the total."""
    names = names or [f"r{at}" for at in range(rows.shape[1])]
    figures = observations(
        *[
            {"region": name, "value": int(value), "period_start": dt.date(1990 + year, 1, 1)}
            for year, row in enumerate(rows)
            for name, value in zip(names, row, strict=True)
        ]
    )
    return figures, [Code("region", name, "", "total", ("total",)) for name in names]


def hidden(rows: list[list[int]], names: list[str] | None = None) -> list[tuple[str, str]]:
    return list(hidden_subtotals(*grid(np.array(rows, dtype=np.int64), names), "region"))


def test_a_subtotal_before_or_after_its_parts_is_found_with_its_parts():
    names = ["a", "b", "c", "sum", "d"]
    after = [[1234, 4321, 5555, 11110, 789], [2345, 1111, 222, 3678, 5]]
    assert hidden(after, names) == [("sum", "'a' to 'c'")]
    before = [[789, 11110, 1234, 4321, 5555], [5, 3678, 2345, 1111, 222]]
    assert hidden(before, ["d", "sum", "a", "b", "c"]) == [("sum", "'a' to 'c'")]


def test_a_subtotal_must_be_the_sum_in_every_row():
    rows = [[1234, 4321, 5555, 11110, 789], [2345, 1111, 222, 3679, 5]]
    assert hidden(rows) == []


def test_one_small_table_is_no_evidence():
    # 3 = 1 + 2 is an accident; so are four digits among many runs.
    assert hidden([[1, 2, 3, 7]]) == []
    assert hidden([[1234, 4321, 5555, 9]]) == []


def test_evidence_of_small_figures_adds_up_over_many_rows():
    rows = [[year + 1, 2 * year + 3, 3 * year + 4, 7] for year in range(12)]
    assert hidden(rows) == [("r2", "'r0' to 'r1'")]


def test_rows_in_which_one_part_alone_is_not_zero_are_no_evidence():
    # A type that took over from another equals it, and is not its sum.
    rows = [[90000 + 17 * year, 0, 90000 + 17 * year, 5] for year in range(20)]
    assert hidden(rows) == []


def test_a_part_that_is_not_applicable_counts_as_none():
    figures, codes = grid(np.array([[1234, 0, 4321, 5555], [2345, 1111, 222, 3678]]))
    figures.loc[1, ["value", "value_status"]] = [None, "not_applicable"]
    assert list(hidden_subtotals(figures, codes, "region")) == [("r3", "'r0' to 'r2'")]


def test_fewer_than_three_parts_hide_nothing():
    assert hidden([[123456, 123456], [234567, 234567]]) == []


def test_columns_of_zeros_hide_nothing():
    assert hidden([[0, 0, 0, 0], [0, 0, 0, 0]]) == []


def test_a_printed_parent_is_no_hidden_subtotal(table_of):
    figures, _ = grid(np.array([[5555, 1234, 4321, 99], [3456, 2345, 1111, 7]]), ["A", "A > x", "A > y", "B"])
    codes = export_codes(figures, table_of(COUNTS + "totals: none\n"), Labels(), is_complete=True)
    assert list(hidden_subtotals(figures, codes, "region")) == []


def test_a_subtotal_among_the_parts_of_a_parent_is_found(table_of):
    names = ["A > x", "A > y", "A > both", "A > z", "B"]
    figures, _ = grid(np.array([[1234, 4321, 5555, 99, 5], [2345, 1111, 3456, 7, 3]]), names)
    codes = export_codes(figures, table_of(COUNTS + "totals: none\n"), Labels(), is_complete=True)
    assert list(hidden_subtotals(figures, codes, "region")) == [("A > both", "'A > x' to 'A > y'")]


def test_a_subtotal_of_each_of_two_groups_is_found():
    rows = [[1111, 2222, 3333, 4444, 5555, 9999], [1234, 987, 2221, 51, 77777, 77828]]
    assert hidden(rows) == [("r2", "'r0' to 'r1'"), ("r5", "'r3' to 'r4'")]


def test_a_subtotal_in_one_breakdown_by_measure_is_a_subtotal_in_all():
    figures, codes = grid(np.array([[1234, 4321, 5555, 9], [2345, 1111, 3456, 7]]))
    others = figures.assign(measure="suspects", value=figures["value"] * 2)
    assert list(hidden_subtotals(pd.concat([figures, others], ignore_index=True), codes, "region")) == [
        ("r2", "'r0' to 'r1'")
    ]
    odd = others.assign(value=others["value"] + (others["region"] == "r2"))
    assert list(hidden_subtotals(pd.concat([figures, odd], ignore_index=True), codes, "region")) == []


@settings(deadline=None)
@given(
    rows=st.integers(2, 6),
    columns=st.integers(3, 12),
    data=st.data(),
    seed=st.integers(0, 2**32),
)
def test_an_inserted_sum_of_parts_beside_it_is_always_found(rows, columns, data, seed):
    values = np.random.default_rng(seed).integers(1_000, 1_000_000, size=(rows, columns))
    first = data.draw(st.integers(0, columns - 2))
    last = data.draw(st.integers(first + 2, columns))
    at = data.draw(st.sampled_from([first, last]))
    names = [f"r{number}" for number in range(columns)]
    with_sum = np.insert(values, at, values[:, first:last].sum(axis=1), axis=1)
    found = hidden(with_sum.tolist(), [*names[:at], "sum", *names[at:]])
    assert ("sum", f"'{names[first]}' to '{names[last - 1]}'") in found


@pytest.mark.parametrize("largest", [3, 20, 300, 1_000_000])
def test_tables_of_chance_almost_never_hide_a_subtotal(largest):
    chance = random.Random(largest)
    alarms = 0
    for _ in range(150):
        rows, columns = chance.randint(1, 8), chance.randint(3, 30)
        values = [[chance.randint(0, largest) for _ in range(columns)] for _ in range(rows)]
        alarms += bool(hidden(values))
    assert alarms == 0


# The figures of an export, read, rolled up and compared


def test_an_export_with_levels_is_read_and_its_wholes_are_known(source_of):
    words = """
period: '2024'
columns:
  group: {dimension: crime_type, level: 1}
  type: {dimension: crime_type, level: 2}
  n: {value: count, measure: cases}
codes: {crime_type: {소계: total, '*': as_printed}}
totals: printed
"""
    content = "group,type,n\n소계,소계,10\nviolent,소계,6\nviolent,rape,4\nviolent,other,2\nfraud,other,4\n"
    source = source_of(words)
    tidied = small_exports.read(source, content)
    found = export_codes(tidied.observations, source.tables["table"], tidied.labels, is_complete=True)
    assert listed(found, "crime_type") == {
        "violent": ("total", ()),
        "violent > rape": ("violent", ()),
        "violent > other": ("violent", ()),
        "fraud > other": ("fraud", ("fraud",)),
        "fraud": ("total", ()),
    }
    assert {code.code: code.label for code in found} == {
        "cases": "cases",
        "violent": "violent",
        "violent > rape": "violent > rape",
        "violent > other": "violent > other",
        "fraud > other": "fraud > other",
        "fraud": "",
    }


# Properties


@st.composite
def trees(draw) -> list[tuple[str, ...]]:
    """Leaves of a hierarchy of up to three levels."""
    labels = st.sampled_from("abc")
    return draw(
        st.lists(st.lists(labels, min_size=1, max_size=3).map(tuple), min_size=1, max_size=8, unique=True)
    )


@settings(deadline=None)
@given(leaves=trees(), data=st.data())
def test_every_figure_is_added_to_the_total_once(leaves, data):
    """Whatever is printed of a hierarchy: with the wholes that lack, the outermost parts are all there is."""
    known = CodeList("region", frozenset())
    # Leaves that are no part of one another, and some of their parents with the right figure.
    leaves = [
        leaf for leaf in leaves if not any(other != leaf and other[: len(leaf)] == leaf for other in leaves)
    ]
    values = {leaf: 2**at for at, leaf in enumerate(leaves)}
    parents = sorted({leaf[:depth] for leaf in leaves for depth in range(1, len(leaf))})
    printed = data.draw(st.lists(st.sampled_from(parents), unique=True)) if parents else []
    rows = values | {
        parent: sum(v for leaf, v in values.items() if leaf[: len(parent)] == parent) for parent in printed
    }
    figures = observations(
        *[{"region": known.joined(place), "value": value} for place, value in rows.items()]
    )

    found = {code.code: code for code in export_codes(figures, _none(known), Labels(), is_complete=True)}
    sums: dict[str, int] = {}
    for place, value in rows.items():
        for code in found[known.joined(place)].rolls_up_to:
            sums[code] = sums.get(code, 0) + value
    assert sums["total"] == sum(values.values())
    for parent in parents:
        if parent not in printed:
            expected = sum(value for leaf, value in values.items() if leaf[: len(parent)] == parent)
            assert sums[known.joined(parent)] == expected
    assert not {known.joined(parent) for parent in printed} & sums.keys()
    everything = {known.joined(place): value for place, value in rows.items()} | sums
    for code, entry in found.items():
        if entry.dimension == "region":
            siblings = [c for c, e in found.items() if e.dimension == "region" and e.whole == entry.whole]
            assert sum(everything[sibling] for sibling in siblings) == everything[str(entry.whole)], code


def _none(known: CodeList):
    """A table of which the parts are all there is and no total is printed."""
    import re

    from pipelines.contracts.layouts import Table
    from pipelines.contracts.words import Column, Layout

    columns = {"r": Column(dimension="region"), "n": Column(value="count", measure="cases")}
    layout = Layout(columns=columns, totals="none")
    lists = {name: CodeList(name, frozenset()) for name in ("measure", "crime_type", "age_band", "sex")}
    return Table("table", layout, re.compile(".*"), lists | {"region": known})


@pytest.mark.parametrize(("one", "two"), list(product(["none", "partial"], repeat=2)))
def test_two_breakdowns_are_rolled_up_each_by_its_own_word(table_of, one, two):
    figures = observations({"region": "A", "sex": "male", "value": 1})
    found = codes_of(table_of, BOTH + f"totals: {{region: {one}, sex: {two}}}\n", figures)
    assert bool(listed(found)["A"][1]) is (one == "none")
    assert bool(listed(found, "sex")["male"][1]) is (two == "none")


# Keys whose digits say what they are a part of


@pytest.mark.parametrize(
    ("key", "other", "is_part"),
    [
        ("111000", "110000", True),
        ("111000", "100000", True),
        ("111010", "111000", True),
        ("110000", "111000", False),
        ("110000", "110000", False),
        ("210000", "110000", False),
        ("111000", "000000", False),
        ("11100", "110000", False),
        ("1110", "110000", False),
    ],
)
def test_a_key_is_a_part_of_one_that_it_begins_with(key, other, is_part):
    assert (nearest_by_digits([key, other]).get(key) == other) is is_part


def test_the_nearest_key_is_the_longest_that_one_begins_with():
    keys = ["100000", "110000", "111000", "111010", "200000"]

    assert nearest_by_digits(keys) == {"110000": "100000", "111000": "110000", "111010": "111000"}


DIGITS = """
period: '2024'
columns:
  r: {dimension: region, codes: {'000000': total, '*': as_printed}}
  n: {value: count, measure: cases}
parents: {region: by_digits}
totals: printed
"""


def test_a_key_is_a_part_of_the_longest_printed_one(source_of):
    source = source_of(DIGITS)
    tidied = small_exports.read(source, "r,n\n000000,9\n100000,5\n110000,3\n111000,3\n120000,2\n230000,4\n")
    figures = tidied.observations
    found = export_codes(figures, source.tables["table"], tidied.labels, is_complete=True)
    assert {c.code: c.whole for c in found if c.dimension == "region"} == {
        "100000": "total", "110000": "100000", "111000": "110000", "120000": "100000", "230000": "total",
    }  # fmt: skip
    sums = sums_of_parts(figures, "region", found)
    assert sorted(sums[["code", "value", "sum_of_parts"]].itertuples(index=False, name=None)) == [
        ("100000", 5, 5), ("110000", 3, 3), ("total", 9, 9),
    ]  # fmt: skip


def test_of_no_figures_there_are_no_sums_along_a_dimension_of_the_source_alone():
    # As where a row is bad of which not even the period is known.
    nothing = observations({"value": 1, "other_dimensions": '{"place":"park"}'}).iloc[:0]
    assert sums_of_parts(nothing, "place", [Code("place", "park", "park", "total", ("total",))]).empty
