"""What is shown of figures: their table, their chart, their caveats."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from pipelines.report import ages, shares, trends
from pipelines.report.blocks import ends, labels, origin
from pipelines.report.charts import chart
from pipelines.report.tables import Column, table
from pipelines.report.words import Words

WORDS = Words("en", {("crime_type", "fraud"): {"label_en": "Fraud", "label_ko": "사기"}})
JULY = {"period_start": dt.date(2024, 7, 1), "period_end": dt.date(2024, 7, 31)}


def of_type(code: str, **other: Any) -> dict[str, Any]:
    """A row of sql/report/types.sql, with nothing but a count."""
    return {
        "source": "s", "measure": "cases", "region": "total", **JULY, "crime_type": code, "value": 10,
        "base_kind": "none", "base_value": None, "implied_base_low": None, "implied_base_high": None,
        "share_pct": None, "published_share_pct": None, "printed_share_pct": None, "previous_value": None,
        "change_pct": None, "contribution_pp": None, "no_change_reason": None, "found": 2,
        "source_file": "s/a.csv", "released_on": dt.date(2024, 8, 1),
    } | other  # fmt: skip


def bars(block: shares.Block) -> list[tuple[str, float]]:
    assert block.chart
    return [(row["label"], row["number"]) for row in block.chart["data"]["values"]]


def test_a_share_whose_base_is_known_is_shown_and_the_printed_one_marked():
    known = {"base_kind": "published_total", "base_value": 40, "share_pct": 25.0}
    rows = [
        of_type("fraud", **known, published_share_pct=25.0, printed_share_pct="25"),
        of_type("theft", **known),
    ]
    [block] = shares.blocks(WORDS, rows, [])

    assert bars(block) == [("Fraud", 25.0), ("theft", 25.0)]
    assert [row["printed"] for row in block.chart["data"]["values"]] == [25.0, None]
    assert "<td>25.0</td>" in block.table
    assert "<td>25</td>" in block.table  # with the digits that were printed
    assert block.notes[0].startswith("Shares of the published total, 40.")


def test_a_share_whose_base_is_not_known_is_that_of_the_publisher_and_said_to_be():
    implied = {"base_kind": "implied", "implied_base_low": 28, "implied_base_high": 29}
    rows = [
        of_type("fraud", **implied, published_share_pct=35.2, printed_share_pct="35.2"),
        of_type("theft", **implied, published_share_pct=30.0, printed_share_pct="30.0"),
    ]
    [block] = shares.blocks(WORDS, rows, [])

    assert bars(block) == [("Fraud", 35.2), ("theft", 30.0)]
    assert "the published percentages fit a total of 28–29" in block.notes[0]
    assert "that the publisher prints" in block.notes[0]


def test_without_any_share_counts_are_shown_and_the_reason_given():
    [block] = shares.blocks(WORDS, [of_type("fraud"), of_type("theft", value=4)], [])

    assert bars(block) == [("Fraud", 10), ("theft", 4)]
    assert block.notes == ["No shares are computed: no total fits everything that is published."]
    assert "Share %" not in block.table


def test_a_contradiction_stands_at_the_figures_that_it_is_about():
    said = {
        "measure": "cases", "dimension": "crime_type", **JULY, "crime_type": "total", "kind": "sum_of_parts",
        "region": "total", "sex": "total", "age_band": "total",
        "published": 12.0, "recomputed_low": 14.0, "recomputed_high": 14.0, "sum_of_parts": None,
        "their_source": None, "explanation": "14 is not 12.",
    }  # fmt: skip
    other = said | {"dimension": "age_band", "explanation": "of ages"}
    rows = [of_type("fraud"), of_type("theft")]
    [block] = shares.blocks(WORDS, rows, [said, other])
    [korean] = shares.blocks(Words("ko", {}), rows, [said, other])

    assert "14 is not 12." in block.notes
    assert "of ages" not in block.notes
    assert "cases 범죄유형별: 항목의 합은 14인데, 공표 합계는 12입니다." in korean.notes
    of_shares = said | {"kind": "share_base", "explanation": "Shares of 14, and the parts are 14."}
    [shorter] = shares.blocks(WORDS, rows, [of_shares, said])
    assert "Shares of 14, and the parts are 14." in shorter.notes
    assert "14 is not 12." not in shorter.notes, "the sentence before it says so"


def test_what_is_provisional_corrected_or_not_to_be_added_is_said():
    rows = [of_type("fraud", is_provisional=True), of_type("theft", is_corrected=True, is_additive=False)]
    [block] = shares.blocks(WORDS, rows, [])

    assert len(block.notes) == 4
    assert block.notes[1] == "The publisher calls these figures provisional."


def test_one_type_is_no_breakdown_and_of_one_region_it_is_said():
    assert shares.blocks(WORDS, [of_type("fraud")], []) == []
    [block] = shares.blocks(WORDS, [of_type("fraud", region="btp"), of_type("theft", region="btp")], [])
    assert "Of btp only: there is no figure of all regions together." in block.notes


def test_a_band_whose_label_does_not_say_its_years_goes_by_them():
    words = Words(
        "ko", {("age_band", "7-12"): {"label_ko": "12세이하"}, ("age_band", "10-19"): {"label_ko": "10대"}}
    )
    bounds = {"7-12": 7, "10-19": 10, "adult": None}
    shown = [ages._band(words, {"age_band": band, "age_low": low}) for band, low in bounds.items()]
    assert shown == ["7-12", "10대", "adult"]


def test_ages_without_years_stand_as_they_are_printed_and_unknown_ones_last():
    printed = {"minor": 2, "0-13": 3, "adult": 4, "unknown": 1}
    rows = [
        {"age_band": band, "age_low": 0 if band == "0-13" else None, "age_high": None, "source_row": row}
        for band, row in printed.items()
    ]
    assert ages._bands(rows) == ["0-13", "minor", "adult", "unknown"]


def test_that_not_all_types_are_shown_is_said():
    rows = [of_type("fraud", found=33), of_type("theft", found=33)]
    [block] = shares.blocks(WORDS, rows, [])
    assert "The 2 largest of 33." in block.notes


def test_months_are_shown_rather_than_the_years_that_they_add_up_to():
    def at(month: int | None) -> dict[str, Any]:
        start = dt.date(2024, month or 1, 1)
        end = dt.date(2024, month or 12, 28 if month else 31)
        return {
            "source": "s", "measure": "cases", "crime_type": "total", "region": "total", "period_start": start,
            "period_end": end, "period_kind": "month" if month else "year", "value": 5, "previous_value": None,
            "change_pct": None, "published_change_pct": None, "no_change_reason": None,
            "source_file": None, "released_on": None,
        }  # fmt: skip

    latest, series = trends.blocks(WORDS, [at(1), at(2), at(3), at(None)], [], [], [])
    assert latest.chart is None
    assert len(series.chart["data"]["values"]) == 3


def test_a_table_escapes_what_exports_say_and_leaves_out_what_no_row_has():
    columns = [
        Column("T<", lambda row: row["type"]),
        Column("n", lambda row: row["n"], "number"),
        Column("never", lambda row: ""),
    ]
    html = table(
        "A & B", columns, [{"type": "<script>x</script>\u0000", "n": "1"}, {"type": "<th >", "n": "·"}]
    )

    assert '<div class="wide text-1 number-2">' in html
    assert "<caption>A &amp; B</caption>" in html
    assert '<th scope="col">T&lt;</th>' in html
    assert "&lt;script&gt;x&lt;/script&gt;\\x00" in html
    assert "<td>&lt;th &gt;</td>" in html
    assert "never" not in html


def test_bars_of_two_codes_with_one_label_do_not_become_one():
    rows = [{"code": "a"}, {"code": "b"}, {"code": "c"}]
    named = labels(rows, lambda row: "Other" if row["code"] != "c" else "Fraud", "code")
    assert named == {"a": "Other (a)", "b": "Other (b)", "c": "Fraud"}


def test_a_chart_has_the_last_level_of_a_path_where_that_says_which():
    names = {"a": "Property > Theft", "b": "Property > Other", "c": "Violence > Other", "d": "Drugs"}
    assert ends(names) == {"a": "Theft", "b": "Property > Other", "c": "Violence > Other", "d": "Drugs"}


def test_a_share_however_small_is_not_shown_as_nothing():
    rows = [of_type(str(value), share_pct=value) for value in (0.0, 0.0123, 0.06, 41.49)]
    assert [shares.share(WORDS, row) for row in rows] == ["0.0", "0.01", "0.1", "41.5"]


def test_one_reason_for_no_change_stands_below_the_table_and_several_in_it():
    def at(month: int, reason: str) -> dict[str, Any]:
        return {
            "source": "s", "measure": "cases", "crime_type": "total", "region": "total", "period_kind": "month",
            "period_start": dt.date(2024, month, 1), "period_end": dt.date(2024, month, 28), "value": 5,
            "previous_value": None, "change_pct": None, "published_change_pct": None,
            "no_change_reason": reason, "source_file": None, "released_on": None,
        }  # fmt: skip

    first = "no figure for the period a year earlier"
    _, one = trends.blocks(WORDS, [at(1, first), at(2, first)], [], [], [])
    assert f"No change is given: {first}." in one.notes
    assert "Why no change" not in one.table
    _, several = trends.blocks(WORDS, [at(1, first), at(2, "the figure a year earlier is 0")], [], [], [])
    assert "Why no change" in several.table
    assert not [note for note in several.notes if "No change is given" in note]


def test_the_exports_that_figures_come_from_are_named_the_newest_first():
    rows = [{"source_file": f"s/{day}.csv", "released_on": dt.date(2024, 1, day)} for day in range(1, 6)]
    assert origin(WORDS, rows) == (
        "From 5.csv (released 2024-01-05), 4.csv (released 2024-01-04), 3.csv (released 2024-01-03), and 2 more."
    )


@pytest.mark.parametrize(
    "template", ["bars", "columns", "contributions", "groups", "line", "printed_bars", "stacks"]
)
def test_a_template_is_filled_in_whole(template):
    rows = [{"label": "$rows", "number": 1, "shown": "1", "group": "g", "place": 0}]
    made = chart(template, rows, "Cases", "Type", "Cases by type")

    assert made["data"]["values"] == rows  # what exports say is no placeholder
    filled = json.dumps({**made, "data": None})
    assert "$" not in filled.replace("$schema", "")
    assert "Cases" in filled
