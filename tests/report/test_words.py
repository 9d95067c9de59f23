"""Every text of the report is there in both languages, is used, and every reason and kind has one."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from pipelines import report
from pipelines.common.paths import SQL
from pipelines.report.words import LANGUAGES, Words, catalogue
from pipelines.warehouse.relations import relations

FOLDER = Path(report.__file__).parent
FAMILIES = ("along: ", "base: ", "caution: ", "claim: ", "kind: ", "reason: ")
"""Keys that are put together from what the warehouse says."""


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("key", catalogue())
def test_a_text_is_there_in_every_language(key):
    texts = catalogue()[key]
    assert texts.keys() == set(LANGUAGES)
    if not key.startswith(("claim: ", "along: ")):  # English sentences are those of reconciliations
        assert all(texts.values())
        assert placeholders(texts["en"]) == placeholders(texts["ko"])


def test_every_text_is_used():
    code = "".join(path.read_text(encoding="utf-8") for path in (*FOLDER.glob("*.py"), FOLDER / "page.html"))
    fixed = {key for key in catalogue() if not key.startswith(FAMILIES)}
    assert {key for key in fixed if f'"{key}"' not in code} == set()


def test_every_text_that_is_asked_for_is_there():
    code = "".join(path.read_text(encoding="utf-8") for path in (*FOLDER.glob("*.py"), FOLDER / "page.html"))
    asked = set(re.findall(r'words\(\s*"([^"]+)"', code))
    assert len(asked) > 30
    assert asked - catalogue().keys() == set()


def test_every_reason_for_no_change_has_a_korean_text():
    files = ("staging/compared_figure.sql", "marts/arrest_trends.sql", "marts/rolling_twelve_months.sql")
    text = "".join((SQL / file).read_text(encoding="utf-8") for file in files)
    reasons = {found.rstrip(": ") for found in re.findall(r"then\s+'([a-z][^']* [^']*)'", text)}
    assert len(reasons) > 10
    assert {reason for reason in reasons if f"reason: {reason}" not in catalogue()} == set()


def test_every_kind_of_reconciliation_has_a_korean_sentence():
    kinds = re.findall(r"\b([a-z_]+) \(", relations()["reconciliations"].columns["kind"])
    assert {"share_base", "sum_of_parts", "agreement"} <= set(kinds)
    assert {kind for kind in kinds if f"claim: {kind}" not in catalogue()} == set()


def test_a_change_however_small_has_its_sign_and_none_is_no_fall():
    shown = [Words("en", {}).signed(value) for value in (-0.04, -0.0012, -0.06, 0.0, -0.0, 1234.56)]
    assert shown == ["-0.04", "-0.001", "-0.1", "+0.0", "+0.0", "+1,234.6"]


def test_what_was_counted_here_is_not_called_published():
    row = {"base_value": 9, "implied_base_low": None, "implied_base_high": None}
    assert Words("en", {}).base(row | {"base_kind": "published_total"}) == "the published total, 9"
    assert Words("en", {}).base(row | {"base_kind": "counted_total"}) == "all that were counted, 9"


def test_a_break_says_what_is_counted_instead():
    codes = {("crime_type", "rape_completed"): {"label_en": "Completed rape", "label_ko": "강간 기수"}}
    noted = "no longer counted; instead: rape_completed, rape_attempted"
    end = {"note": noted, "break_on": dt.date(2013, 1, 1)}
    said = "The series breaks on 2013-01-01: no longer counted; instead: Completed rape, rape_attempted."
    assert Words("en", codes).broken(end) == said
    assert "대신 강간 기수, rape_attempted" in Words("ko", codes).broken(end)
    reason = Words("ko", codes).reason(f"the series breaks: 2013-01-01 {noted}")
    assert reason == "계열 단절: 2013-01-01 더는 집계하지 않음, 대신 강간 기수, rape_attempted"
    gone = Words("ko", {}).broken(end | {"note": "no longer counted"})
    assert gone == "2013-01-01부터 계열이 끊깁니다: 더는 집계하지 않음."
    wider = end | {"note": "counts attempts too"}
    assert Words("en", codes).broken(wider) == "The series breaks on 2013-01-01: counts attempts too."
    begun = Words("ko", codes).broken(wider | {"note": "counted since then"})
    assert begun == "2013-01-01부터 계열이 끊깁니다: 이때부터 집계."


def test_what_follows_the_colon_of_a_reason_stays_as_it_is():
    words = Words("ko", {})
    assert words.reason("the series breaks: counted anew since 2021") == "계열 단절: counted anew since 2021"
    assert words.reason("something that nobody translated") == "something that nobody translated"
