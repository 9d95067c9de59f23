"""What labels say of themselves: that they are a total, or that they were damaged on the way."""

from __future__ import annotations

import pytest

from pipelines.contracts.layouts import is_damaged, is_total_word


@pytest.mark.parametrize(
    "label",
    [
        "Total", "TOTAL", "Grand Total", "Sub-total", "Total:", "* Total *", "Total (persons)", "Total [1]", "All",
        "계", "합 계", "합계*", "합계1)", "합계 1)", "합계¹", "합계※", "합(계)", "(합계)", "총합계", "총 계(건)",
        "소계<명>", "Summe", "合計",
    ],
)  # fmt: skip
def test_a_label_that_says_it_is_a_total_is_known(label):
    assert is_total_word(label)


@pytest.mark.parametrize(
    "label",
    [
        "Totals of cars",
        "Total 500",
        "All other theft",
        "Allee",
        "기계",
        "계양구",
        "합계동",
        "회계(합계)",
        "통계",
        "",
    ],
)
def test_other_labels_are_parts(label):
    assert not is_total_word(label)


@pytest.mark.parametrize(
    "label",
    [
        "절도\u3164",
        "\u3164",
        "\u2800",
        "절\u034f도",
        "The\u200bft",
        "Theft\ufe0f",
        "#REF!",
        "#N/A",
        "#value!",
        "\ufffd",
    ],
)
def test_a_label_that_nobody_would_print_is_damaged(label):
    assert is_damaged(label, '"')


@pytest.mark.parametrize("label", ["절도", "Théft", "# of persons", "N/A", "ᄀ", "강도·절도", "अपराध"])
def test_other_labels_are_not(label):
    assert not is_damaged(label, '"')
