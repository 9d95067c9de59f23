"""What is wrong with an export, in sentences for whoever quotes the figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pipelines.report.cautions import caution
from pipelines.report.contradictions import contradiction
from pipelines.report.words import Words

SOURCES = {"yearly": {"title": "Cybercrime by year", "title_ko": "연도별 사이버범죄"}}
CODES = {("dimension", "place"): {"label_en": "Place", "label_ko": "장소"}}
ENGLISH, KOREAN = Words("en", CODES, SOURCES), Words("ko", CODES, SOURCES)


def unmet(check_name: str, said: str, **other: Any) -> dict[str, Any]:
    return {
        "kind": "unmet_expectation", "source_file": "s/before.csv", "said": said, "check_name": check_name,
        "released_on": dt.date(2011, 12, 31), "period_start": dt.date(1994, 1, 1),
        "period_end": dt.date(2010, 12, 31), "evaluated": 123, "unexpected": 22, "examples": None,
    } | other  # fmt: skip


def test_totals_that_differ_say_how_many_and_by_how_much_and_no_file():
    row = unmet(
        "expect_column_pair_values_to_be_equal(total, sum_of_parts)",
        "`s/before.csv`, row 19, column '1994': the printed total 193047 is not the sum of its parts",
        examples='[["1556", "1555"], ["193047", "29343"]]',
    )
    assert caution(ENGLISH, row) == (
        "1994–2010, release of 2011-12-31: 22 of 123 printed totals are not the sum of the figures printed "
        "below them; the largest difference among those looked at: 193,047 printed, 29,343 summed."
    )
    assert "123개 중 22개가 아래 항목의 합과 다릅니다" in caution(KOREAN, row)


def test_repeated_keys_say_what_that_means_for_the_counts():
    said = caution(
        ENGLISH, unmet("no_key_is_repeated(Crime ID)", "column 'Crime ID' is that of …", unexpected=4)
    )
    assert said.endswith("4 of 123 rows have the Crime ID of another row; they are counted all the same.")


def test_another_rule_is_told_without_the_path_of_the_file():
    said = caution(ENGLISH, unmet("a_rule", "`s/before.csv`, row 3: 7 is more than 5"))
    assert said == "1994–2010, release of 2011-12-31: row 3: 7 is more than 5"


def test_what_is_kept_out_is_named_by_its_file():
    row = unmet("", "`s/before.csv`, row 3: x") | {"kind": "quarantined"}
    assert caution(ENGLISH, row) == "before.csv: row 3: x"


def contradicted(kind: str, **other: Any) -> dict[str, Any]:
    return {
        "kind": kind, "measure": "cases", "crime_type": "total", "age_band": "total", "sex": "total",
        "region": "total", "dimension": None, "published": 100.0, "recomputed_low": 90.0,
        "recomputed_high": 90.0, "explanation": "yearly has 90", "sum_of_parts": None, "their_source": None,
    } | other  # fmt: skip


@pytest.mark.parametrize(
    ("published", "english", "korean"),
    [
        (
            100.0,
            "100 here, 90 in “Cybercrime by year”, 10 fewer.",
            "‘연도별 사이버범죄’에는 90입니다(차이 10).",
        ),
        (
            70.0,
            "70 here, 90 in “Cybercrime by year”, 20 more.",
            "‘연도별 사이버범죄’에는 90입니다(차이 20).",
        ),
    ],
)
def test_two_sources_that_disagree_go_by_their_titles(published, english, korean):
    row = contradicted("agreement", their_source="yearly", published=published)
    assert contradiction(ENGLISH, row).endswith(english)
    assert contradiction(KOREAN, row).endswith(korean)


def test_a_share_that_is_of_something_else_names_the_sum_of_the_parts_in_korean_too():
    row = contradicted("share_base", dimension="crime_type", recomputed_high=95.0, sum_of_parts=93.0)
    assert contradiction(KOREAN, row).endswith("공표 합계는 100입니다. 공표된 항목만 더해도 93입니다.")


def test_a_dimension_of_one_source_goes_by_its_label():
    row = contradicted("sum_of_parts", dimension="place")
    assert " 장소별: " in contradiction(KOREAN, row)
