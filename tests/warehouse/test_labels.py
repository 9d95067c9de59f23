"""What codes are called in each language."""

from __future__ import annotations

import pytest

from pipelines.contracts.documents import ContractError
from pipelines.warehouse.labels import english, labelled

COLUMNS = """\
period: 2024
columns:
  type: {dimension: crime_type, codes: as_printed}
  cases: {value: count, measure: cases}
"""
CALLED = {
    ("crime_type", "절도범"): "Theft",
    ("crime_type", "특수절도"): "Aggravated theft",
    ("region", "고양"): "Goyang",
    ("region", "btp"): "British Transport Police",
}
LISTED = {("region", "gyeonggi"): {"label_en": "Gyeonggi", "label_ko": "경기"}}


def called(entries):
    return {row["code"]: (row["label_en"], row["label_ko"]) for row in labelled(entries, CALLED)}


@pytest.mark.parametrize(
    ("dimension", "code", "labels"),
    [
        ("crime_type", "절도범", ("Theft", "절도범")),
        ("crime_type", "절도범 > 특수절도", ("Theft > Aggravated theft", "절도범 > 특수절도")),
        ("crime_type", "절도범 > 기타", ("Theft > 기타", "절도범 > 기타")),
        ("crime_type", "기타", ("기타", None)),
        ("region", "gyeonggi > 고양", ("Gyeonggi > Goyang", "경기 > 고양")),
        ("region", "btp", ("British Transport Police", None)),
        ("region", "gyeonggi > gyeonggi", ("Gyeonggi > Gyeonggi", "경기 > 경기")),
    ],
)
def test_a_code_is_called_what_the_levels_of_its_path_are_called(dimension, code, labels):
    assert called(LISTED | {(dimension, code): {}})[code] == labels


def test_a_label_of_its_own_is_kept():
    entries = {("crime_type", "절도범"): {"label_en": "Larceny", "definition": "Taking what is another's"}}
    [row] = labelled(entries, CALLED)
    assert (row["label_en"], row["label_ko"]) == ("Larceny", None)
    assert row["definition"] == "Taking what is another's"


@pytest.mark.parametrize(("printed", "label"), [("Diebstahl", "Diebstahl"), (None, "435000")])
def test_a_code_that_nobody_names_is_what_is_printed_for_it_or_itself(printed, label):
    assert called({("crime_type", "435000"): {"printed": printed}}) == {"435000": (label, None)}


def test_a_contract_says_what_printed_labels_are_called(source_of):
    source = source_of("labels: {crime_type: {절도: Theft}}\n" + COLUMNS)
    assert english([source]) == {("crime_type", "절도"): "Theft"}


def test_labels_of_something_that_is_no_dimension_are_refused(source_of):
    with pytest.raises(ContractError, match="'crime_typ' is not a dimension"):
        source_of("labels: {crime_typ: {절도: Theft}}\n" + COLUMNS)
