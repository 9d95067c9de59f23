"""What a publisher's label means: matched exactly after normalisation, never by likeness."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ages import age_bounds
from pipelines.contracts.codes import (
    MEASURE,
    PATH,
    CodeList,
    Listed,
    code_list,
    code_list_path,
    letters,
    listed_codes,
    normalised,
)
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
        ("age_band", "18–24", "18-24"),  # every spelling is in test_ages
        ("age_band", "18~24세", "18-24"),
        ("age_band", "<18", "0-17"),
        ("age_band", "65 +", "65+"),
        ("age_band", "18세 이하", None),
        ("age_band", "18", None),
        ("age_band", "1000-2000", None),
        ("age_band", "19-Oct", None),  # what Excel makes of 10-19
        ("sex", "남", "male"),
        ("sex", "여성", "female"),
        ("sex", "m", None),
        ("sex", "18~24세", None),  # spellings of ages are for ages
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
    more = known.extended(
        {"gangnam": Listed(("Gangnam  District", "강남"), "seoul"), "seoul": Listed(("Seoul City",))}
    )

    assert [more.code(label) for label in ("gangnam", "Gangnam District", "강남", "Seoul City", "서울")] == [
        "gangnam",
        "gangnam",
        "gangnam",
        "seoul",
        "seoul",
    ]
    assert more.codes == {"seoul", "gangnam"}
    assert (more.parents, known.parents) == ({"gangnam": "seoul"}, {})
    assert known.code("gangnam") is None
    assert known.extended({}) == known


def test_a_contract_may_say_of_a_listed_code_only_what_it_is_a_part_of():
    known = CodeList("crime_type", frozenset({"theft", "crime"}), {"절도": "theft", "theft": "theft"})
    more = known.extended({"theft": Listed(parent="crime")})
    assert (more.code("절도"), more.parents) == ("theft", {"theft": "crime"})


# Labels by their letters


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("해킹(계정도용)", "해킹계정도용"),
        ("해킹_계정도용", "해킹계정도용"),
        (" 해킹 - 계정·도용 ", "해킹계정도용"),
        ("경마ㆍ경륜·경정", "경마경륜경정"),
        ("Crime Type", "crimetype"),
        ("CRIME_TYPE", "crimetype"),
        ("Ｃａｓｅｓ １", "cases1"),
        ("Straße", "strasse"),
        ("①", "1"),
        ("발생건수(％)", "발생건수%"),
        ("Theft > 500", "theft>500"),
        ("18 +", "18+"),
        ("Class 1 / 2", "class1/2"),
        ("2019 – 2020", "2019-2020"),
        ("Class 1 2", "class1 2"),
        ("Class 1, b", "class1b"),
        ("-", ""),
        ("", ""),
    ],
)
def test_the_letters_of_a_label_are_what_is_left_without_punctuation(label, said):
    assert letters(label) == said


PUNCTUATION = st.text(" _-.,·()[]{}/&'\"\u00a0\u3000", max_size=3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("발생건수", "발생건수(%)"),
        ("Theft > 500", "Theft < 500"),
        ("under 5", "≤ 5"),
        ("Class 1/2", "Class 12"),
        ("1.5", "15"),
        ("18+", "18"),
    ],
)
def test_signs_that_mean_something_make_another_label(one, other):
    assert letters(one) != letters(other)


def _has_no_digit(text: str) -> bool:
    return not any(char.isdecimal() for char in unicodedata.normalize("NFKC", text))


@given(words=st.lists(st.text(min_size=1).filter(_has_no_digit), min_size=1), data=st.data())
def test_punctuation_between_words_never_changes_the_letters(words, data):
    marks = [data.draw(PUNCTUATION) for _ in words]
    punctuated = "".join(mark + word for mark, word in zip(marks, words, strict=True))
    assert letters(unicodedata.normalize("NFKC", punctuated)) == letters(punctuated)
    if all(unicodedata.is_normalized("NFKC", text) for text in ("".join(words), punctuated)):
        assert letters(punctuated) == letters("".join(words))


@given(st.text(), st.text())
def test_labels_are_the_same_by_letters_only_if_all_their_letters_are(one, other):
    # Seen from the other side: whoever has one more letter or digit is another.
    if letters(other):
        assert letters(one + other) != letters(one)


@given(st.text())
def test_taking_the_letters_twice_changes_nothing(label):
    assert letters(letters(label)) == letters(label)


@pytest.mark.parametrize(("one", "other"), [("की", "का"), ("मिल", "मेल"), ("กิน", "กัน")])
def test_vowel_signs_are_letters(one, other):
    assert letters(one) != letters(other)


def test_no_two_codes_of_a_list_have_the_same_letters():
    # Else no source could say `match_labels: by_letters`.
    for dimension in LISTS:
        owner: dict[str, str] = {}
        for label, code in code_list(dimension).labels.items():
            assert owner.setdefault(letters(label), code) == code, (dimension, label)


# Codes that are parts of others

CRIMES = CodeList(
    "crime_type",
    frozenset({"crime", "theft", "burglary", "at_night", "fraud"}),
    {},
    {"theft": "crime", "burglary": "theft", "at_night": "burglary"},
)


@pytest.mark.parametrize(
    ("code", "ancestors"),
    [
        ("crime", []),
        ("theft", ["crime"]),
        ("at_night", ["burglary", "theft", "crime"]),
        ("fraud", []),
        ("fraud > online", ["fraud"]),
        ("fraud > online > auctions", ["fraud > online", "fraud"]),
        ("theft > of cars", ["theft", "crime"]),
        ("unheard of", []),
        ("total", []),
    ],
)
def test_the_codes_that_a_code_is_a_part_of_are_its_ancestors_nearest_first(code, ancestors):
    assert list(CRIMES.ancestors(code)) == ancestors


@pytest.mark.parametrize("parents", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "b"}])
def test_parents_in_a_circle_do_not_hang_the_run(parents):
    assert len(list(CodeList("x", frozenset(), {}, parents).ancestors("a"))) < 3


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ([], "total"),
        (["total"], "total"),
        (["total", "total"], "total"),
        (["theft"], "theft"),
        (["theft", "total"], "theft"),
        (["total", "theft"], "theft"),
        (["theft", "burglary"], "burglary"),  # its parent is known
        (["theft", "burglary", "at_night"], "at_night"),
        (["theft", "of cars"], "theft > of cars"),  # its parent is not
        (["fraud", "online", "total"], "fraud > online"),
        (["fraud", "online", "auctions"], "fraud > online > auctions"),
        (["fraud", "fraud"], "fraud > fraud"),
    ],
)
def test_the_levels_of_a_place_make_one_code(path, code):
    assert CRIMES.joined(path) == code


@pytest.mark.parametrize(
    "path", [["fraud", "burglary"], ["burglary", "theft"], ["fraud", "online", "burglary"]]
)
def test_a_code_under_a_parent_that_is_not_its_own_is_refused(path):
    with pytest.raises(ValueError, match=f"'{path[-1]}' stands under .*, and is a part of"):
        CRIMES.joined(path)


@pytest.mark.parametrize("path", [["crime", "burglary"], ["crime", "at_night"], ["theft", "at_night"]])
def test_a_table_may_leave_out_a_level_of_the_code_list(path):
    assert CRIMES.joined(path) == path[-1]


names = st.text("abc가", min_size=1, max_size=3)


@given(st.lists(names, min_size=1, max_size=5))
def test_the_ancestors_of_a_path_are_the_paths_above_it(path):
    known = CodeList("x", frozenset())
    above = [known.joined(path[:depth]) for depth in range(len(path) - 1, 0, -1)]
    assert list(known.ancestors(known.joined(path))) == above


@given(st.lists(names, min_size=1, max_size=4), st.lists(names, min_size=1, max_size=4))
def test_two_places_have_one_code_only_if_they_are_one(one, other):
    known = CodeList("x", frozenset())
    assert (known.joined(one) == known.joined(other)) is (one == other)


@given(path=st.lists(names, min_size=1, max_size=4), data=st.data())
def test_a_level_that_is_all_of_the_one_above_changes_nothing(path, data):
    known = CodeList("x", frozenset())
    at = data.draw(st.integers(0, len(path)))
    assert known.joined([*path[:at], "total", *path[at:]]) == known.joined(path)


@pytest.mark.parametrize("dimension", LISTS)
def test_what_a_list_points_at_is_in_it(dimension):
    known = code_list(dimension)
    for entry in listed_codes(dimension):
        pointed = [entry.get("parent"), *(entry.get("replaced_by") or "").split()]
        assert all(known.has(code) for code in filter(None, pointed)), entry
        assert PATH not in str(entry["code"]), entry
        assert entry["code"] not in list(known.ancestors(str(entry["code"]))), entry


def test_a_dimension_without_a_list_has_no_codes():
    assert listed_codes("no_such_list") == []
    assert code_list("no_such_list").codes == frozenset()
