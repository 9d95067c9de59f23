"""What contracts and the files beside them say, as rows of ``sql/tables``."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.contracts import contract
from pipelines.contracts.words import CodeEntry
from pipelines.warehouse import contract_inputs
from pipelines.warehouse.contract_inputs import (
    acceptances,
    added_code,
    agreements,
    correction_entries,
    series_breaks,
)

COLUMNS = """\
period: 2024
columns:
  type: {dimension: crime_type}
  cases: {value: count, measure: cases}
"""


@pytest.fixture
def of(source_of):
    """A function: words of a contract and of the files beside it → the source."""

    def load(words="", **beside):
        source = source_of(words + COLUMNS)
        for name, text in beside.items():
            (source.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return contract.load(source.folder)

    return load


@pytest.fixture
def no_lists(monkeypatch):
    """Code lists without entries, but for those that a test gives."""
    given: dict[str, list[dict]] = {}
    monkeypatch.setattr(contract_inputs, "listed_codes", lambda dimension: given.get(dimension, []))
    return given


def breaks(*sources):
    return [
        (row["dimension"], row["code"], row["source"], str(row["break_on"]), row["note"])
        for row in series_breaks(sources)
    ]


# Codes that a contract adds


def test_a_code_may_be_added_by_its_label_alone():
    assert added_code("scooter_theft", "Theft of a scooter") == {
        "code": "scooter_theft",
        "label_en": "Theft of a scooter",
    }


def test_a_code_has_its_label_in_both_languages():
    added = added_code("scooter_theft", CodeEntry(label="Theft of a scooter", label_ko="킥보드 절도"))
    assert (added["label_en"], added["label_ko"]) == ("Theft of a scooter", "킥보드 절도")


def test_everything_that_is_said_of_a_code_is_kept():
    entry = CodeEntry(
        label="Theft of a scooter",
        label_ko="킥보드 절도",
        definition="Of an electric scooter",
        parent="theft",
        valid_from=dt.date(2019, 1, 1),
        valid_to=dt.date(2023, 12, 31),
        replaced_by=["e_scooter_theft", "moped_theft"],
    )

    assert added_code("scooter_theft", entry) == {
        "code": "scooter_theft",
        "label_en": "Theft of a scooter",
        "label_ko": "킥보드 절도",
        "definition": "Of an electric scooter",
        "parent": "theft",
        "valid_from": dt.date(2019, 1, 1),
        "valid_to": dt.date(2023, 12, 31),
        "replaced_by": "e_scooter_theft, moped_theft",
    }


# Series breaks, of code lists


def test_the_breaks_of_a_code_list_are_of_every_source(no_lists):
    no_lists["crime_type"] = [
        {"code": "rape", "breaks": "2013-06-19 also of men|2020-05-19 age of consent 16"}
    ]

    assert breaks() == [
        ("crime_type", "rape", None, "2013-06-19", "also of men"),
        ("crime_type", "rape", None, "2020-05-19", "age of consent 16"),
    ]


def test_the_first_and_the_last_day_of_a_code_are_breaks(no_lists):
    no_lists["measure"] = [{"code": "suspects", "valid_from": "2011-01-01"}]
    no_lists["region"] = [{"code": "yeongi", "valid_to": "2012-06-30", "replaced_by": "sejong"}]
    no_lists["sex"] = [{"code": "unknown", "valid_to": "2023-12-31"}]

    assert breaks() == [
        ("measure", "suspects", None, "2011-01-01", "counted since then"),
        ("sex", "unknown", None, "2024-01-01", "no longer counted"),
        ("region", "yeongi", None, "2012-07-01", "no longer counted; instead: sejong"),
    ]


def test_entries_without_breaks_have_none(no_lists):
    no_lists["crime_type"] = [
        {"code": "theft"},
        {"code": "arson", "breaks": None, "valid_from": None, "valid_to": None},
        {"code": "fraud", "breaks": " | "},
    ]

    assert [row for row in breaks() if row[1] != "fraud"] == []


def test_every_break_of_the_shipped_code_lists_has_a_day_and_a_note():
    for *_, day, note in breaks():
        assert dt.date.fromisoformat(day)
        assert note


# Series breaks, of contracts


def test_the_breaks_of_a_contract_are_of_its_source_only(of, no_lists):
    source = of("""\
code_lists:
  crime_type:
    deepfake: {label: Deepfakes, breaks: {2020-06-25: 'a law of its own', 2024-10-16: 'possession too'}}
    scooter_theft: Theft of a scooter
""")

    assert breaks(source) == [
        ("crime_type", "deepfake", "series", "2020-06-25", "a law of its own"),
        ("crime_type", "deepfake", "series", "2024-10-16", "possession too"),
    ]


def test_the_validity_of_a_code_of_a_contract_breaks_its_series(of, no_lists):
    source = of("""\
code_lists:
  crime_type:
    scooter_theft: {valid_from: 2019-01-01, valid_to: 2023-12-31, replaced_by: [e_scooter, moped]}
    e_scooter: {}
    moped: {}
""")

    assert breaks(source) == [
        ("crime_type", "scooter_theft", "series", "2019-01-01", "counted since then"),
        (
            "crime_type",
            "scooter_theft",
            "series",
            "2024-01-01",
            "no longer counted; instead: e_scooter, moped",
        ),
    ]


def test_a_contract_without_code_lists_breaks_nothing(of, no_lists):
    assert breaks(of()) == []


def test_code_lists_and_contracts_break_side_by_side(of, no_lists):
    no_lists["crime_type"] = [{"code": "deepfake", "breaks": "2020-06-25 a law of its own"}]
    source = of("code_lists: {crime_type: {deepfake: {breaks: {2024-10-16: 'possession too'}}}}\n")

    assert [(source, day) for _, _, source, day, _ in breaks(source)] == [
        (None, "2020-06-25"),
        ("series", "2024-10-16"),
    ]


# Agreements


def test_an_agreement_has_a_row_for_each_measure(of):
    source = of("""\
agrees_with:
  - {source: prosecutors, measure: [cases, suspects], because: every case is sent on}
  - {source: courts, measure: cases, tolerance_pct: 1.5, because: some are dropped}
""")
    found = [
        (row["agreement"], row["source"], row["measure"], row["their_source"], row["their_measure"])
        for row in agreements([source])
    ]

    assert found == [
        ("series 1", "series", "cases", "prosecutors", "cases"),
        ("series 1", "series", "suspects", "prosecutors", "suspects"),
        ("series 2", "series", "cases", "courts", "cases"),
    ]
    assert [(row["tolerance_pct"], row["because"]) for row in agreements([source])] == [
        (0, "every case is sent on"),
        (0, "every case is sent on"),
        (1.5, "some are dropped"),
    ]


CODES = ("crime_type", "age_band", "sex", "region", "other_dimensions")


def codes(row, prefix=""):
    """The codes of one side that are no totals."""
    return {name: row[prefix + name] for name in CODES if row[prefix + name] not in ("total", None)}


def test_their_figure_has_my_codes_unless_others_are_given(of):
    source = of("""\
agrees_with:
  - {source: courts, measure: cases, because: the same}
  - {source: courts, measure: cases, mine: {crime_type: deepfake, region: seoul}, because: the same}
  - {source: courts, measure: cases, mine: {region: seoul}, theirs: {region: busan}, because: moved}
  - {source: courts, measure: cases, mine: {region: seoul}, theirs: {region: total}, because: only there}
  - {source: courts, measure: cases, theirs: {crime_type: deepfake}, because: it is all deepfakes}
""")
    found = [(codes(row), codes(row, "their_")) for row in agreements([source])]

    assert found == [
        ({}, {}),
        ({"crime_type": "deepfake", "region": "seoul"}, {"crime_type": "deepfake", "region": "seoul"}),
        ({"region": "seoul"}, {"region": "busan"}),
        ({"region": "seoul"}, {}),
        ({}, {"crime_type": "deepfake"}),
    ]


def test_a_dimension_that_only_my_source_has_is_not_expected_of_theirs(of):
    source = of("""\
other_dimensions: {place: Where it happened, hour: When it happened}
agrees_with:
  - {source: courts, measure: cases, mine: {place: home, hour: night, region: seoul}, because: the same}
  - {source: courts, measure: cases, mine: {place: home}, theirs: {place: indoors}, because: they say so}
""")
    found = [(codes(row), codes(row, "their_")) for row in agreements([source])]

    assert found == [
        (
            {"region": "seoul", "other_dimensions": '{"hour":"night","place":"home"}'},
            {"region": "seoul"},
        ),
        ({"other_dimensions": '{"place":"home"}'}, {"other_dimensions": '{"place":"indoors"}'}),
    ]


def test_without_a_source_an_agreement_is_with_its_own(of):
    source = of("""\
agrees_with:
  - {measure: cases, mine: {region: seoul}, theirs: {region: total}, because: there is one region}
  - {measure: suspects_detained, their_measure: suspects, because: all are detained}
""")

    assert [(row["their_source"], row["their_measure"]) for row in agreements([source])] == [
        ("series", "cases"),
        ("series", "suspects"),
    ]


# Corrections

CORRECTIONS = """\
- period: 2016-11
  measure: cases
  codes: {crime_type: deepfake, region: seoul}
  published: 98
  corrected: 89
  reason: Two digits were swapped
  evidence: Yearbook 2017, page 7
  by: Kim
  on: 2025-02-01
"""


def test_a_correction_is_a_row_with_the_days_and_codes_of_its_figure(of):
    assert list(correction_entries([of(corrections=CORRECTIONS)])) == [
        {
            "source": "series",
            "period_start": dt.date(2016, 11, 1),
            "period_end": dt.date(2016, 11, 30),
            "measure": "cases",
            "crime_type": "deepfake",
            "age_band": "total",
            "sex": "total",
            "region": "seoul",
            "other_dimensions": None,
            "published_value": 98,
            "corrected_value": 89,
            "reason": "Two digits were swapped",
            "evidence": "Yearbook 2017, page 7",
            "corrected_by": "Kim",
            "corrected_on": dt.date(2025, 2, 1),
        }
    ]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2024-11-01/2025-10-31", "2024-11-01", "2025-10-31"),
        ("2016-01/2016-06", "2016-01-01", "2016-06-30"),
    ],
)
def test_the_period_of_a_correction_is_written_as_in_a_contract(of, period, start, end):
    [row] = correction_entries([of(corrections=CORRECTIONS.replace("2016-11", f"'{period}'"))])

    assert (str(row["period_start"]), str(row["period_end"])) == (start, end)


def test_the_codes_of_a_sources_own_dimensions_are_kept_as_observation_has_them(of):
    source = of(
        "other_dimensions: {place: Where it happened}\n",
        corrections=CORRECTIONS.replace("region: seoul", "place: home"),
    )
    [row] = correction_entries([source])

    assert (row["region"], row["other_dimensions"]) == ("total", '{"place":"home"}')


def test_a_source_without_corrections_has_no_rows(of):
    assert list(correction_entries([of()])) == []


def test_a_figure_that_is_corrected_twice_is_an_error(of):
    # Else it would stand twice in the warehouse.
    with pytest.raises(contract.ContractError, match=r"corrections\.yaml"):
        of(corrections=CORRECTIONS + CORRECTIONS.replace("corrected: 89", "corrected: 90"))


# Acceptances


def test_an_accepted_release_has_a_row_for_each_finding(of):
    source = of(
        accepted=f"""\
- file: series/counts.csv
  sha256: {"0123456789abcdef" * 4}
  findings: [left_out, restated]
  found: [3 figures are left out]
  reason: The publisher says so
  by: Kim
  on: 2025-02-01
"""
    )
    shared = {
        "source": "series",
        "source_file": "series/counts.csv",
        "export_id": "0123456789abcdef",
        "reason": "The publisher says so",
        "accepted_by": "Kim",
        "accepted_on": dt.date(2025, 2, 1),
    }

    assert list(acceptances([source])) == [shared | {"finding": "left_out"}, shared | {"finding": "restated"}]


def test_a_source_without_acceptances_has_no_rows(of):
    assert list(acceptances([of()])) == []
