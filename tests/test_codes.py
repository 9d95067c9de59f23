"""What a publisher's label means: matched exactly after normalisation, never by likeness."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.codes import MEASURE, CodeList, age_bounds, code_list, code_list_path, normalised
from pipelines.observation import DIMENSIONS

LISTS = sorted(path.stem for path in code_list_path("any").parent.glob("*.csv"))


def _rows(dimension: str) -> list[dict[str, str]]:
    with code_list_path(dimension).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("dimension", "label", "code"),
    [
        ("crime_type", "deepfake", "deepfake"),
        ("crime_type", "Deepfake sexual content", "deepfake"),
        ("crime_type", "허위영상물", "deepfake"),
        ("crime_type", "사이버사기(기타)", "online_fraud_other"),
        ("crime_type", "인터넷사기(기타)", "online_fraud_other"),  # the label until 2019
        ("crime_type", "사이버금융범죄(메모리)", "financial_memory_hacking"),
        ("crime_type", "사이버 도박(경마·경륜·경정)", "gambling_racing"),
        ("crime_type", "사이버 도박(경마 경륜 경정)", "gambling_racing"),
        ("crime_type", "  Illegal \t recording ", "illegal_recording"),
        ("crime_type", "기타\u00a0불법\u3000컨텐츠", "illegal_content_other"),
        ("crime_type", "기타 불법\n컨텐츠", "illegal_content_other"),
        ("crime_type", "total", "total"),
        ("crime_type", "Illegal recordings", None),
        ("crime_type", "deepfakes", None),
        ("crime_type", "Deepfake", None),
        ("crime_type", "해킹_계정도용", None),
        ("crime_type", "해킹", None),
        ("crime_type", "other", None),
        ("crime_type", "", None),
        ("crime_type", "18-24", None),
        ("age_band", "10대", "10-19"),
        ("age_band", "10s", "10-19"),
        ("age_band", "10-19", "10-19"),
        ("age_band", "10–19", "10-19"),
        ("age_band", "10세 미만", "0-9"),
        ("age_band", "18-24", "18-24"),
        ("age_band", "65+", "65+"),
        ("age_band", "0-100", "0-100"),
        ("age_band", "미상", "unknown"),
        ("age_band", "24-18", None),
        ("age_band", "18–24", None),
        ("age_band", "18 - 24", None),
        ("age_band", "<18", None),
        ("age_band", "65 +", None),
        ("age_band", "18", None),
        ("age_band", "1000-2000", None),
        ("age_band", "19-Oct", None),  # what Excel makes of 10-19
        ("sex", "남", "male"),
        ("sex", "여성", "female"),
        ("sex", "m", None),
        ("region", "서울", "seoul"),
        ("region", "North Jeolla", "north_jeolla"),
        ("region", "경기 고양", None),
        ("measure", "검거건수", "cases_cleared"),
        ("measure", "구속", "suspects_detained"),
        ("measure", "위장수사 구속", "undercover_detained"),
        ("no_such_list", "anything", None),
        ("no_such_list", "total", "total"),
    ],
)
def test_a_printed_label_stands_for_its_code_or_for_none(dimension, label, code):
    assert code_list(dimension).code(label) == code


@pytest.mark.parametrize(
    "label",
    [
        pytest.param("１０-１９", id="full-width digits"),
        pytest.param("010-019", id="leading zeros"),
        pytest.param("05-9", id="one leading zero"),
        pytest.param("065+", id="leading zero, open"),
        pytest.param("٦٥+", id="Arabic digits"),
    ],
)
def test_one_age_band_never_gets_two_codes(label):
    # 010-019 beside 10-19 would be two bands of one breakdown: either is refused or both are one.
    assert code_list("age_band").code(label) in (None, "10-19", "5-9", "65+")


@pytest.mark.parametrize(
    ("code", "bounds"),
    [
        ("0-9", (0, 9)),
        ("18-24", (18, 24)),
        ("7-7", (7, 7)),
        ("65+", (65, None)),
        ("24-18", None),
        ("unknown", None),
        ("total", None),
        ("18", None),
        ("+65", None),
        ("18-", None),
    ],
)
def test_an_age_band_describes_itself(code, bounds):
    assert age_bounds(code) == bounds


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("dimension", LISTS)
def test_every_label_and_alias_is_understood_composed_and_decomposed(dimension, form):
    known = code_list(dimension)
    for row in _rows(dimension):
        for label in (row["code"], row["label_en"], row["label_ko"], *row["aliases"].split("|")):
            if label:
                assert known.code(unicodedata.normalize(form, f" {label}\u00a0")) == row["code"], label


@pytest.mark.parametrize("dimension", LISTS)
def test_every_code_has_labels_and_a_definition(dimension):
    for row in _rows(dimension):
        assert all(row[column].strip() for column in ("code", "label_en", "label_ko", "definition")), row
        assert None not in row, f"{row['code']}: a comma too many"
        assert None not in row.values(), f"{row['code']}: a comma too few"


@pytest.mark.parametrize("dimension", LISTS)
def test_no_code_and_no_label_stands_twice(dimension):
    rows = _rows(dimension)
    assert not [code for code, times in Counter(row["code"] for row in rows).items() if times > 1]
    meanings: dict[str, set[str]] = {}
    for row in rows:
        for label in (row["code"], row["label_en"], row["label_ko"], *row["aliases"].split("|")):
            meanings.setdefault(normalised(label), set()).add(row["code"])
    assert not {label: codes for label, codes in meanings.items() if label and len(codes) > 1}


def test_there_is_a_list_for_the_measure_and_for_every_dimension():
    assert sorted({MEASURE, *DIMENSIONS}) == LISTS


def test_every_measure_has_a_unit():
    assert all(row["unit"].strip() for row in _rows("measure"))


def test_the_bounds_of_an_age_band_are_those_of_its_code():
    for row in _rows("age_band"):
        low, high = age_bounds(row["code"]) or ("", "")
        assert (row["age_low"], row["age_high"]) == (str(low), str(high)), row["code"]


def test_no_list_has_a_code_that_means_not_broken_down():
    assert not [dimension for dimension in LISTS if "total" in code_list(dimension).codes]


# Normalisation


@given(st.text())
def test_normalising_twice_changes_nothing(label):
    assert normalised(normalised(label)) == normalised(label)


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)))
def test_composed_and_decomposed_hangul_is_one_label(label):
    assert normalised(unicodedata.normalize("NFD", label)) == label


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("  a  b ", "a b"),
        ("a\u00a0b", "a b"),
        ("a\u3000\u2003b", "a b"),
        ("a\r\nb", "a b"),
        ("\t", ""),
        ("a\u200bb", "a\u200bb"),  # no white space, so the label is unknown rather than guessed
        ("Ａ", "Ａ"),  # nor is a full-width letter its likeness
    ],
)
def test_white_space_is_one_blank_and_nothing_else_is_touched(label, said):
    assert normalised(label) == said


# What a contract adds


def test_a_contract_adds_codes_and_labels_and_takes_none_away():
    known = CodeList("region", frozenset({"seoul"}), {"seoul": "seoul", "서울": "seoul"})
    more = known.extended({"gangnam": ["Gangnam  District", "강남"], "seoul": ["Seoul City"]})

    assert [more.code(label) for label in ("gangnam", "Gangnam District", "강남", "Seoul City", "서울")] == [
        "gangnam",
        "gangnam",
        "gangnam",
        "seoul",
        "seoul",
    ]
    assert more.codes == {"seoul", "gangnam"}
    assert known.code("gangnam") is None
    assert known.extended({}) == known
