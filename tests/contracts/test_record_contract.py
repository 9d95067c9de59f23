"""Contracts of records: what is wrong with one is said at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contracts import contract
from pipelines.contracts.documents import ContractError

HEAD = "title: x\npublisher: x\nlicence: x\nkind: records\nfiles: '*.csv'\nreleased_on: 2025-01-01\n"
GOOD = {
    "dated_by": "Day",
    "fields": "{Day: {type: date}, Type: {dimension: crime_type, codes: as_printed}, Case: {}, Held: {type: boolean}}",
    "measures": "{suspects: count}",
}


def problems(folder: Path, words: dict[str, str], head: str = HEAD) -> list[str]:
    source = folder / "series"
    source.mkdir()
    text = head + "".join(f"{word}: {value}\n" for word, value in words.items() if value)
    (source / "source.yaml").write_text(text, encoding="utf-8")
    try:
        contract.load(source)
    except ContractError as error:
        return [f"{problem.field}: {problem.reason}" for problem in error.problems]
    return []


def with_field(text: str) -> dict[str, str]:
    return {"fields": GOOD["fields"][:-1] + ", " + text + "}"}


def test_a_good_contract_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"fields": ""}, "fields: is required: say what each column is"),
        ({"measures": ""}, "measures: is required: say what is counted"),
        ({"dated_by": ""}, "fields: no period: say `dated_by:` a field"),
        ({"dated_by": "Dya"}, "dated_by: 'Dya' is not a field; closest: 'Day'"),
        ({"dated_by": "Type"}, "dated_by: 'Type' must be a date, datetime or yearmonth"),
        ({"header": "2"}, "header: goes with `kind: table`"),
        ({"totals": "none"}, "totals: goes with `kind: table`"),
        ({"encoding": "utf-16"}, "encoding: utf-16 cannot be read line by line"),
        ({"measures": "{suspect: count}"}, "measures.suspect: 'suspect' is not a code of measure; closest: 'suspects'"),
        ({"measures": "{suspects: sum}"}, "measures.suspects: write `count`, `count where FIELD`"),
        ({"measures": "{suspects: count where Cas}"}, "measures.suspects: 'Cas' is not a field that is kept; closest: 'Case'"),
        ({"measures": "{suspects: count where Case}"}, "measures.suspects: 'Case' is no boolean"),
        ({"rollup": "{by: [[sex]]}"}, "rollup.by: no field has `dimension: sex`"),
        ({"rollup": "{by: [[]]}"}, "rollup.by"),
        ({"rollup": "{period: file}"}, "rollup.period: the file's name does not say its period"),
        ({"rollup": "{period: week}"}, "rollup.period"),
        (with_field("Age: {type: integer, dimension: age_band}"), "years of age are counted in age bands"),
        (with_field("Age: {dimension: age_band, bands: [0-17]}"), "bands go with dimension age_band and type integer"),
        (with_field("Age: {type: integer, format: '%d'}"), "format goes with type date"),
        (with_field("Age: {type: number, dimension: race}"), "a dimension has type string, integer or boolean"),
        (with_field("Who: {personal: hash, dimension: region}"), "a dimension cannot be personal"),
        (with_field("Who: {ignore: x, type: integer}"), "ignore stands alone"),
        (with_field("Who: {key: true, constraints: {unique: true}}"), "key already says that it is unique"),
        (with_field("Who: {constraints: {minimum: 3}}"), "minimum and maximum go with type integer or number"),
        (with_field("Sort: {dimension: crime_type}"), "`Type` gives crime_type already"),
        (with_field("day: {}"), "differs from `Day` only in upper and lower case"),
        (with_field("Sort: {aliases: [Type]}"), "the label 'Type' is that of `Type` too"),
        (with_field("'*': {}"), "`*` is for columns that are not used"),
        (with_field("caseload_row: {}"), "names that begin with caseload_ are our own"),
        (with_field("Held2: {type: boolean, trueValues: [x], falseValues: [x]}"), "both true and false"),
        (
            with_field("Who: {constraints: {pattern: '(?!x)\\w+'}}"),
            "fields.Who.constraints.pattern: '(?!x)\\w+' is not a regular expression of RE2",
        ),
        (with_field("Who: {constraints: {pattern: 'a{99999999999}'}}"), "a number of repetitions is too large"),
        (with_field("At: {type: date, format: '%d/%Q'}"), "fields.At.format: '%d/%Q' is not a format that DuckDB reads"),
        (with_field("At: {type: datetime, format: '%d/%m/%Y %H:%M%z'}"), "a format with a time zone is not read"),
        (with_field("Age: {type: integer, constraints: {enum: ['12.7']}}"), "'12.7' is not a whole number"),
        ({"measures": "{suspects: {where: {Held: [Y]}}}"}, "measures.suspects.where.Held: 'Y' is not `true`, `false`"),
        ({"measures": "{suspects: {where: {Day: [3/1/2024]}}}"}, "'3/1/2024' is not a day such as 2024-01-31"),
        ({"measures": "{suspects: {where: {Case: ['  ']}}}"}, "is not a text that is not empty"),
        ({"measures": "{suspects: {where: {Case: [' -']}}}", "missingValues": "['-']"}, "' -' stands for a missing value"),
        (
            with_field("Who: {personal: hash}") | {"measures": "{suspects: {where: {Who: [Kim]}}}"},
            "'Who' is kept as a hash: no value of it can be asked for",
        ),
        ({"fields": GOOD["fields"].replace("as_printed", "{a: total, '*': as_printed}")}, "a record is never of the total"),
    ],
)  # fmt: skip
def test_a_wrong_contract_is_refused(tmp_path: Path, words: dict[str, str], said: str) -> None:
    found = problems(tmp_path, GOOD | words)

    assert any(said in problem for problem in found), found


def test_words_of_records_do_not_go_with_tables(tmp_path: Path) -> None:
    head = HEAD.replace("kind: records\n", "").replace("2025-01-01\n", "2025-01-01\nperiod: '2024'\n")
    words = {"columns": "{n: {value: count, measure: cases}}", "measures": "{cases: count}"}

    assert problems(tmp_path, words, head) == ["measures: goes with `kind: records`"]


def test_a_dimension_that_nothing_is_counted_by_is_told(tmp_path: Path) -> None:
    words = GOOD | with_field("Sex: {dimension: sex}") | {"rollup": "{by: [[crime_type]]}"}

    assert problems(tmp_path, words) == [
        "fields.Sex: nothing is counted by sex: name it in `rollup: by:`, or leave `dimension:` out"
    ]
