"""Corrections and acceptances are data beside the contract, checked like it."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.contracts import contract, corrections
from pipelines.contracts.corrections import Acceptance, Acceptances, Correction
from pipelines.contracts.documents import ContractError

COUNTS = "period: '2024'\nother_dimensions: {place: Where}\ncolumns:\n  n: {value: count, measure: cases}\n"
CORRECTION = {
    "period": "2016",
    "measure": "cases",
    "codes": "{crime_type: deepfake}",
    "published": "3804",
    "corrected": "3408",
    "reason": "two digits are swapped",
    "evidence": "monthly table",
    "by": "A. Analyst",
    "on": "2026-11-22",
}
SHA = "0123456789abcdef" * 4
ACCEPTANCE = {
    "file": "series/a.csv",
    "sha256": SHA,
    "findings": "[left_out]",
    "reason": "types were merged",
    "by": "A. Analyst",
    "on": "2026-11-22",
}


def entry(words: dict[str, str], **changed: str | None) -> str:
    """One entry, a word a line, from line 1: those that are changed to None are left out."""
    said = [f"{word}: {text}" for word, text in (words | changed).items() if text is not None]
    return "- " + "\n  ".join(said) + "\n"


@pytest.fixture
def load(source_of, tmp_path):
    """A function: what stands in the files beside the contract → the source."""

    def load(corrected: str | None = None, accepted: str | None = None) -> contract.Source:
        source_of(COUNTS)
        folder = tmp_path / "series"
        for name, content in (("corrections.yaml", corrected), ("accepted.yaml", accepted)):
            if content is not None:
                (folder / name).write_text(content, encoding="utf-8")
        return contract.load(folder)

    return load


def problems(load, *content: str | None) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ContractError) as error:
        load(*content)
    return [(p.file, p.line, p.field, p.reason) for p in error.value.problems]


# Corrections


def test_a_source_has_none_unless_it_has_a_file_of_them(load):
    source = load()
    assert (source.corrections, source.acceptances) == ((), Acceptances())


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "[]\n"])
def test_a_file_of_nothing_is_no_error(load, content):
    source = load(content, content)
    assert (source.corrections, source.acceptances) == ((), Acceptances())


def test_a_correction_is_read_whole(load):
    [correction] = load(entry(CORRECTION)).corrections
    assert correction == Correction(
        period="2016",
        measure="cases",
        codes={"crime_type": "deepfake"},
        published=3804,
        corrected=3408,
        reason="two digits are swapped",
        evidence="monthly table",
        by="A. Analyst",
        on=dt.date(2026, 11, 22),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"period": "2016-11"},
        {"period": "2024-11-01/2025-10-31"},
        {"period": "Nov 2024 - Oct 2025"},
        {"period": "'2016-11-05'"},
        {"codes": None},
        {"codes": "{place: x, sex: male}"},
        {"published": "0"},
        {"corrected": "0"},
        {"measure": "cases_cleared"},
    ],
)
def test_these_are_corrections(load, changed):
    assert len(load(entry(CORRECTION, **changed)).corrections) == 1


@pytest.mark.parametrize(
    ("changed", "line", "field", "reason"),
    [
        (
            {"period": "someday"},
            1,
            "0.period",
            "'someday' is not a day, a month, a quarter, a half or a year",
        ),
        ({"period": "2025-10-31/2024-11-01"}, 1, "0.period", "the period ends (2024-11-01) before it starts"),
        ({"measure": "casess"}, 2, "0.measure", "'casess' is not a code of measure"),
        (
            {"codes": "{crime_tpye: deepfake}"},
            3,
            "0.codes.crime_tpye",
            "'crime_tpye' is not a dimension; closest: 'crime_type'",
        ),
        ({"codes": "{measure: cases}"}, 3, "0.codes.measure", "'measure' is not a dimension"),
        ({"codes": "[deepfake]"}, 3, "0.codes", "input should be a valid dictionary"),
        ({"published": "many"}, 4, "0.published", "input should be a valid integer"),
        ({"published": "-1"}, 4, "0.published", "greater than or equal to 0"),
        ({"published": "3.5"}, 4, "0.published", "valid integer"),
        ({"corrected": "-1"}, 5, "0.corrected", "greater than or equal to 0"),
        ({"corrected": "3804"}, 5, "0.corrected", "is what is published"),
        ({"reason": "''"}, 6, "0.reason", "at least 1 character"),
        ({"evidence": "''"}, 7, "0.evidence", "at least 1 character"),
        ({"evidence": None}, 1, "0.evidence", "is required"),
        ({"by": None}, 1, "0.by", "is required"),
        ({"on": "soon"}, 9, "0.on", "valid date"),
        ({"note": "x"}, 10, "0.note", "is not a word of the contract language"),
        ({"publshed": "3"}, 10, "0.publshed", "is not a word of the contract language; closest: `published`"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_line(load, changed, line, field, reason):
    found = problems(load, entry(CORRECTION, **changed))
    matching = [place for *place, said in found if reason in said]
    assert matching == [["series/corrections.yaml", line, field]], found


def test_the_second_correction_is_addressed_as_such(load):
    found = problems(load, entry(CORRECTION) + entry(CORRECTION, measure="casess"))
    assert [place for *place, _ in found] == [["series/corrections.yaml", 11, "1.measure"]]


def test_what_is_wrong_with_the_contract_and_beside_it_is_said_at_once(source_of, load, tmp_path):
    load(entry(CORRECTION))
    with pytest.raises(ContractError) as error:
        source_of(COUNTS.replace("measure: cases", "measure: casess"))
    assert [problem.file for problem in error.value.problems] == ["series/source.yaml"]
    path = tmp_path / "series" / "corrections.yaml"
    path.write_text(entry(CORRECTION, measure="casess"), encoding="utf-8")
    with pytest.raises(ContractError) as error:
        source_of(COUNTS.replace("measure: cases", "measure: casess"))
    assert [problem.file for problem in error.value.problems] == [
        "series/source.yaml",
        "series/corrections.yaml",
    ]


@pytest.mark.parametrize("content", ["period: 2016\n", "just text\n", "- 5\n"])
def test_corrections_are_a_list_of_entries(load, content):
    assert {(file, line) for file, line, _, _ in problems(load, content)} == {("series/corrections.yaml", 1)}


def test_a_file_of_corrections_that_is_no_yaml_is_refused(load):
    [(file, line, _, reason)] = problems(load, "- period: [2016\n")
    assert (file, line) == ("series/corrections.yaml", 2)
    assert reason.startswith("this is not valid YAML")


def test_a_figure_is_corrected_once(load):
    found = problems(load, entry(CORRECTION) + entry(CORRECTION, corrected="3480"))
    assert {line for _, line, _, _ in found} & set(range(10, 19))


def test_the_period_of_a_correction_may_be_a_day(load):
    assert load(entry(CORRECTION, period="2016-11-05")).corrections


def test_corrections_do_not_change_what_the_contract_is(load):
    assert load(entry(CORRECTION)).sha256 == load().sha256


# Acceptances


def test_an_acceptance_is_read_whole(load):
    [accepted] = load(accepted=entry(ACCEPTANCE, found="[it leaves out 2016]")).acceptances.entries
    assert accepted == Acceptance(
        file="series/a.csv",
        sha256=SHA,
        findings=["left_out"],
        found=["it leaves out 2016"],
        reason="types were merged",
        by="A. Analyst",
        on=dt.date(2026, 11, 22),
    )


def test_an_acceptance_is_of_one_content(load):
    other = SHA.replace("0", "1")
    accepted = load(accepted=entry(ACCEPTANCE) + entry(ACCEPTANCE, sha256=other)).acceptances
    file = accepted.entries[0].file
    assert [a.sha256 for a in accepted.of(file, SHA)] == [SHA]
    assert accepted.of(file, "f" * 64) == []
    assert accepted.of("series/another.csv", SHA) == []


@pytest.mark.parametrize(
    ("changed", "line", "field", "reason"),
    [
        ({"sha256": "abc"}, 2, "0.sha256", "match pattern"),
        ({"sha256": SHA.upper()}, 2, "0.sha256", "match pattern"),
        ({"sha256": "1" * 64}, 2, "0.sha256", "valid string"),  # which YAML reads as a number
        ({"findings": "[]"}, 3, "0.findings", "at least 1 item"),
        ({"findings": "left_out"}, 3, "0.findings", "valid list"),
        ({"findings": None}, 1, "0.findings", "is required"),
        ({"reason": "''"}, 4, "0.reason", "at least 1 character"),
        ({"on": "2026-11"}, 6, "0.on", "valid date"),
        ({"why": "x"}, 7, "0.why", "is not a word of the contract language"),
    ],
)
def test_a_wrong_acceptance_is_refused_at_its_line(load, changed, line, field, reason):
    found = problems(load, None, entry(ACCEPTANCE, **changed))
    matching = [place for *place, said in found if reason in said]
    assert matching == [["series/accepted.yaml", line, field]], found


def test_only_what_can_hold_a_release_back_can_be_accepted(load):
    assert problems(load, None, entry(ACCEPTANCE, findings="[left_uot]"))


def test_accepting_adds_an_entry_and_keeps_what_is_there(tmp_path):
    first = Acceptance.model_validate(
        {
            "file": "series/a.csv",
            "sha256": SHA,
            "findings": ["left_out"],
            "reason": "r",
            "by": "b",
            "on": "2026-11-22",
        }
    )
    second = first.model_copy(update={"file": "series/사이버.csv", "found": ["x: 'y' was 3, and is # 4"]})
    path = corrections.accept(tmp_path, first)
    written = path.read_text(encoding="utf-8")
    assert (path.name, written.splitlines()[0][:2]) == ("accepted.yaml", "# ")
    path.write_text(written + "# looked at by two\n", encoding="utf-8")

    corrections.accept(tmp_path, second)
    assert corrections.load(tmp_path)[2].entries == (first, second)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(written.rstrip("\n"))
    assert "# looked at by two" in text
    assert [left.name for left in tmp_path.iterdir()] == ["accepted.yaml"]


def test_accepting_into_a_file_of_nothing_works(tmp_path):
    (tmp_path / "accepted.yaml").write_text("# nothing yet\n", encoding="utf-8")
    acceptance = Acceptance(
        file="series/a.csv", sha256=SHA, findings=["restated"], reason="r", by="b", on=dt.date(2026, 11, 22)
    )
    corrections.accept(tmp_path, acceptance)
    assert corrections.load(tmp_path)[2].entries == (acceptance,)
