"""A wrong contract is refused with file, line, field and reason; a right one means what it says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.contracts import contract
from pipelines.contracts.contract import ContractError, load, load_all
from pipelines.observation import DIMENSIONS
from tests.command import ROOT

RAW = ROOT / "raw"

FILE = "series/source.yaml"
"""What `source_of` writes. Its first five lines are title, publisher, licence, released_on and files:
the first line of every contract below is line 6.
"""

COUNTS = "period: '2024'\ncolumns:\n  n: {value: count, measure: cases}\n"
"""The least that can be said: lines 6 to 8."""

SEX = "  s: {dimension: sex}\n"
REGION_A = COUNTS + "code_lists:\n  region:\n    a: {label: A, "
"""The last line, 11, is not finished."""


def problems_of(source_of, words: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ContractError) as error:
        source_of(words)
    assert {problem.file for problem in error.value.problems} == {FILE}
    return [(problem.line, problem.field, problem.reason) for problem in error.value.problems]


def test_the_least_contract_is_accepted(source_of):
    source = source_of(COUNTS)
    assert (source.name, source.contract_file, list(source.tables)) == ("series", FILE, ["table"])
    assert source.contract.released_on == dt.date(2025, 1, 31)
    assert source.contract.dimensions == DIMENSIONS


@pytest.mark.parametrize(
    ("words", "line", "field", "reason"),
    [
        # words that nobody knows, and values that a word cannot have
        (
            COUNTS + "encodng: cp949",
            9,
            "encodng",
            "is not a word of the contract language; closest: `encoding`",
        ),
        (COUNTS + "qqqqqq: 1", 9, "qqqqqq", "is not a word of the contract language"),
        (
            "period: '2024'\ncolumns:\n  n:\n    value: count\n    mesure: cases",
            10,
            "columns.n.mesure",
            "closest: `measure`",
        ),
        (
            "period: '2024'\ncolumns:\n  n:\n    value: count\n    constraints: {minimun: 1}",
            10,
            "columns.n.constraints.minimun",
            "closest: `minimum`",
        ),
        (COUNTS + "header: 0", 9, "header", "greater than or equal to 1"),
        (COUNTS + "header: two", 9, "header", "valid integer"),
        (COUNTS + "skip_rows: -1", 9, "skip_rows", "greater than or equal to 0"),
        (COUNTS + "max_rejected_pct: 101", 9, "max_rejected_pct", "less than or equal to 100"),
        (COUNTS + "delimiter: ';;'", 9, "delimiter", "at most 1 character"),
        (COUNTS + "quoteChar: ''", 9, "quoteChar", "at least 1 character"),
        (COUNTS + "kind: rows", 9, "kind", "'table' or 'records'"),
        (COUNTS + "totals_severity: fatal", 9, "totals_severity", "'critical', 'warning' or 'info'"),
        (
            COUNTS + "missingValues: {x: gone}",
            9,
            "missingValues.x",
            "'missing', 'suppressed', 'not_applicable' or 'zero'",
        ),
        (COUNTS + "missingValues: [null]", 9, "missingValues.0", "valid string"),
        (COUNTS + "is_provisional: perhaps", 9, "is_provisional", "valid boolean"),
        (COUNTS + "totals: some", 9, "totals", "'none', 'printed', 'partial' or 'overlapping'"),
        (COUNTS + "expect: [{type: no_nulls}]", 9, "expect.0.type", "match pattern"),
        (COUNTS + "expect:\n  - {column: n}", 10, "expect.0.type", "is required"),
        (COUNTS + "columns: {}", 9, "", "duplicate key"),
        ("period: '2024'\ncolumns:\n  n: count", 8, "columns.n", "valid dictionary"),
        ("period: '2024'\ncolumns:\n  n:", 8, "columns.n", "valid dictionary"),
        ("columns:\n  n: {period: decade}", 7, "columns.n.period", "'year', 'half', 'quarter', 'month'"),
        # one role a column
        ("period: '2024'\ncolumns:\n  n: {}", 8, "columns.n", "a column has one role: period, dimension"),
        ("period: '2024'\ncolumns:\n  n: {measure: cases}", 8, "columns.n", "(here: none)"),
        (
            "period: '2024'\ncolumns:\n  n: {value: count, share_of: cases}",
            8,
            "columns.n",
            "(here: value, share_of)",
        ),
        ("columns:\n  n: {period: year, dimension: sex}", 7, "columns.n", "(here: period, dimension)"),
        ("columns:\n  n: {value: count, ignore: note}", 7, "columns.n", "(here: value, ignore)"),
        (
            "columns:\n  n: {dimension: sex, measure: cases}",
            7,
            "columns.n",
            "measure, set and along go with value",
        ),
        ("columns:\n  n: {period: year, set: {sex: male}}", 7, "columns.n", "measure, set and along go with"),
        (
            "columns:\n  n: {share_of: cases, measure: cases}",
            7,
            "columns.n",
            "measure beside share_of is another one, of which this is a percentage",
        ),
        (
            "columns:\n  n: {share_of: each, measure: cases}",
            7,
            "columns.n",
            "measure beside share_of is another",
        ),
        ("columns:\n  n: {change_of: cases, measure: suspects}", 7, "columns.n", "change_of names its own"),
        (
            "columns:\n  n: {share_of: cases, measure: cases_cleared, along: sex}",
            7,
            "columns.n",
            "along goes with share_of, and not with measure",
        ),
        ("columns:\n  n: {value: count, label_of: sex}", 7, "columns.n", "(here: value, label_of)"),
        ("columns:\n  n: {dimension: sex, label_of: sex}", 7, "columns.n", "(here: dimension, label_of)"),
        (
            "columns:\n  n: {label_of: sex, codes: {M: male}}",
            7,
            "columns.n",
            "codes on a column go with dimension",
        ),
        ("columns:\n  n: {level: 1}", 7, "columns.n", "(here: none)"),
        (
            "columns:\n  n: {period: year, level: 1}",
            7,
            "columns.n",
            "level goes with dimension; in a header the group's name ends in it",
        ),
        ("columns:\n  n: {value: count, level: 1}", 7, "columns.n", "level goes with dimension"),
        (
            "columns:\n  n: {dimension: sex, value: count, measure: cases, level: 2}",
            7,
            "columns.n",
            "level goes with dimension",
        ),
        ("columns:\n  n: {dimension: sex, level: 0}", 7, "columns.n.level", "greater than or equal to 1"),
        ("columns:\n  n: {dimension: sex, level: 10}", 7, "columns.n.level", "less than or equal to 9"),
        ("columns:\n  n: {dimension: sex, level: one}", 7, "columns.n.level", "valid integer"),
        ("columns:\n  n: {value: count, along: sex}", 7, "columns.n", "along goes with share_of"),
        (
            "columns:\n  n: {value: count, codes: {a: b}}",
            7,
            "columns.n",
            "codes on a column go with dimension",
        ),
        (
            "columns:\n  n: {dimension: sex, constraints: {minimum: 1}}",
            7,
            "columns.n",
            "minimum and maximum go with value",
        ),
        # files
        (
            COUNTS + "tables:\n  a:\n    files: '(?P<year>2024'",
            11,
            "tables.a.files",
            "group that is not closed",
        ),
        (
            COUNTS + "tables:\n  a:\n    files: '(?P<yaer>2024)'",
            11,
            "tables.a.files",
            "the group 'yaer' is neither released_on, a period part nor a dimension; closest: 'year'",
        ),
        # encodings and patterns
        (COUNTS + "encoding: cp94", 9, "encoding", "'cp94' is not an encoding that Python knows"),
        (COUNTS + "encoding: [utf-8, korean-1]", 9, "encoding", "'korean-1' is not an encoding"),
        (
            COUNTS + "ignore_rows:\n  - {column: n, pattern: '*', reason: note}",
            10,
            "ignore_rows.0.pattern",
            "'*' is not a regular expression: nothing to repeat",
        ),
        (
            "period: '2024'\ncolumns:\n  /(n/: {value: count, measure: cases}",
            8,
            "columns./(n/",
            "'(n' is not a regular expression: missing )",
        ),
        (
            "period: '2024'\ncolumns:\n  n: {value: count, measure: cases, constraints: {pattern: '['}}",
            8,
            "columns.n.constraints.pattern",
            "'[' is not a regular expression",
        ),
        (
            "period: '2024'\ncolumns:\n  '*': {value: count, measure: cases, optional: true}",
            8,
            "columns.*",
            "`*` is for columns without a name: no aliases, not optional",
        ),
        (
            "period: '2024'\ncolumns:\n  '*': {value: count, measure: cases, aliases: [m]}",
            8,
            "columns.*",
            "no aliases",
        ),
        # dimensions
        (
            COUNTS + "set: {crime_tpye: deepfake}",
            9,
            "set.crime_tpye",
            "is not a dimension; closest: 'crime_type'",
        ),
        (COUNTS + "codes:\n  place: {a: b}", 10, "codes.place", "others go under `other_dimensions:`"),
        (COUNTS + "code_lists:\n  place: {a: A}", 10, "code_lists.place", "'place' is not a dimension"),
        (COUNTS + "totals:\n  place: none", 10, "totals.place", "'place' is not a dimension"),
        (
            "other_dimensions: {place: x}\nperiod: '2024'\n"
            "columns:\n  n: {value: count, measure: cases, set: {plaec: x}}",
            9,
            "columns.n.set.plaec",
            "'plaec' is not a dimension; closest: 'place'",
        ),
        (
            COUNTS + "  s: {dimension: gender}",
            9,
            "columns.s.dimension",
            "'gender' is not a dimension",
        ),
        (COUNTS + "  s: {share_of: cases, along: age}", 9, "columns.s.along", "'age' is not a dimension"),
        (
            "period: '2024'\ncolumns:\n  /(?P<gender>m|f)/: {value: count, measure: cases}",
            8,
            "columns./(?P<gender>m|f)/",
            "'gender' is not a dimension",
        ),
        (
            COUNTS + "  s: {dimension: sex}\n  t: {dimension: sex}",
            10,
            "columns.t",
            "sex is given by more than one column; if they are its levels, say `level:`",
        ),
        (
            COUNTS + "  s: {dimension: sex, level: 2}\n  t: {dimension: sex, level: 2}",
            10,
            "columns.t",
            "sex is given by more than one column",
        ),
        (
            COUNTS + "  s: {dimension: sex}\n  t: {dimension: sex, level: 1}",  # no level is level 1
            10,
            "columns.t",
            "sex is given by more than one column",
        ),
        (
            "period: '2024'\ncolumns:\n  /(?P<region_1>.) (?P<region>.)/: {value: count, measure: cases}",
            8,
            "columns./(?P<region_1>.) (?P<region>.)/",
            "region is given twice for these numbers",
        ),
        (
            "period: '2024'\ncolumns:\n  r: {dimension: region, level: 2}\n"
            "  /(?P<region_1>.) (?P<region_2>.)/: {value: count, measure: cases}",
            9,
            "columns./(?P<region_1>.) (?P<region_2>.)/",
            "region is given twice for these numbers",
        ),
        (
            "period: '2024'\ncolumns:\n  /(?P<gender_1>.) (?P<sex_2>.)/: {value: count, measure: cases}",
            8,
            "columns./(?P<gender_1>.) (?P<sex_2>.)/",
            "'gender_1' is not a dimension",
        ),
        (
            "columns:\n  /(?P<year_1>.)/: {value: count, measure: cases}",
            7,
            "columns./(?P<year_1>.)/",
            "'year_1' is not a dimension",
        ),
        (COUNTS + "  s: {label_of: gender}", 9, "columns.s.label_of", "'gender' is not a dimension"),
        (COUNTS + "  s: {label_of: sex}", 9, "columns.s.label_of", "no column gives sex in the rows"),
        (
            "period: '2024'\ncolumns:\n  /(?P<sex>M|F)/: {value: count, measure: cases}\n  s: {label_of: sex}",
            9,
            "columns.s.label_of",
            "no column gives sex in the rows",
        ),
        # sheets and cells
        (COUNTS + "sheet: '/(/'", 9, "sheet", "'(' is not a regular expression: missing )"),
        (
            COUNTS + "sheet: '/(?P<yaer>.+)/'",
            9,
            "sheet",
            "the group 'yaer' is neither released_on, a period part nor a dimension; closest: 'year'",
        ),
        (COUNTS + "sheet: '/(?P<year>.+)/'", 6, "period", "the period is given by `year`"),
        (
            COUNTS + "sheet: '/(?P<sex>.+)/'\nset: {sex: male}",
            10,
            "set.sex",
            "sex is given by the file's name too",
        ),
        (COUNTS + "cells:\n  - {at: B5}", 10, "cells.0.pattern", "is required"),
        (COUNTS + "cells:\n  - {pattern: '(?P<sex>.)'}", 10, "cells.0.at", "is required"),
        (COUNTS + "cells:\n  - {at: b5, pattern: '(?P<sex>.)'}", 10, "cells.0.at", "match pattern"),
        (COUNTS + "cells:\n  - {at: B0, pattern: '(?P<sex>.)'}", 10, "cells.0.at", "match pattern"),
        (COUNTS + "cells:\n  - {at: $B$5, pattern: '(?P<sex>.)'}", 10, "cells.0.at", "match pattern"),
        (
            COUNTS + "cells:\n  - {at: B5, pattern: 'as of .+'}",
            10,
            "cells.0.pattern",
            "says nothing: name a group, such as `(?P<released_on>…)`",
        ),
        (
            COUNTS + "cells:\n  - {at: B5, pattern: '('}",
            10,
            "cells.0.pattern",
            "'(' is not a regular expression",
        ),
        (
            COUNTS + "cells:\n  - {at: A1, pattern: '(?P<sex>.)'}\n  - {at: B1, pattern: '(?P<sexx>.)'}",
            11,
            "cells.1.pattern",
            "the group 'sexx' is neither released_on, a period part nor a dimension; closest: 'sex'",
        ),
        (
            COUNTS + "cells:\n  - {at: B5, pattern: '(?P<month>.+)'}",
            6,
            "period",
            "the period is given by `month`",
        ),
        (
            COUNTS + SEX + "cells:\n  - {at: B5, pattern: '(?P<sex>.+)'}",
            9,
            "columns.s",
            "sex is given by a column and by the file's name, sheet or cells",
        ),
        # codes
        (
            COUNTS + "set: {crime_type: deepfak}",
            9,
            "set.crime_type",
            "'deepfak' is not a code of crime_type; closest",
        ),
        (
            COUNTS + "codes:\n  sex:\n    남: man",
            11,
            "codes.sex.남",
            "'man' is not a code of sex",
        ),
        (
            "period: '2024'\ncolumns:\n  n:\n    value: count\n    measure: case",
            10,
            "columns.n.measure",
            "'case' is not a code of measure; closest: 'cases'",
        ),
        (
            COUNTS + "  s: {share_of: case, along: sex}",
            9,
            "columns.s.share_of",
            "'case' is not a code of measure",
        ),
        (
            COUNTS + "  s: {change_of: case}",
            9,
            "columns.s.change_of",
            "'case' is not a code of measure",
        ),
        (
            "period: '2024'\ncolumns:\n  n: {value: count, measure: cases, set: {sex: x}}",
            8,
            "columns.n.set.sex",
            "add it to `sql/codes/sex.csv` or to `code_lists: sex:` here",
        ),
        (
            COUNTS + "  s: {dimension: sex, codes: {M: man}}",
            9,
            "columns.s.codes.M",
            "'man' is not a code of sex",
        ),
        (
            "period: '2024'\ncolumns:\n  n: {value: count}\n  m: {dimension: measure, codes: as_printed}",
            9,
            "columns.m.codes",
            "it cannot be `as_printed`",
        ),
        (COUNTS + "codes: {measure: as_printed}", 9, "codes.measure", "it cannot be `as_printed`"),
        (
            COUNTS + "  s: {dimension: sex, codes: {'': totl}}",
            9,
            "columns.s.codes.",
            "'totl' is not a code of sex",
        ),
        (
            "period: '2024'\ncolumns:\n  n: {share_of: cases, measure: cases_cleered}",
            8,
            "columns.n.measure",
            "'cases_cleered' is not a code of measure; closest: 'cases_cleared'",
        ),
        # codes over time
        (
            REGION_A + "valid_from: 2013-01-01, valid_to: 2012-12-31}",
            11,
            "code_lists.region.a",
            "valid_to is before valid_from",
        ),
        (
            REGION_A + "replaced_by: [seoul]}",
            11,
            "code_lists.region.a",
            "replaced_by needs valid_to: the last day that the code itself is counted",
        ),
        (REGION_A + "valid_from: soon}", 11, "code_lists.region.a.valid_from", "valid date"),
        (REGION_A + "valid_to: 2012-13-01x}", 11, "code_lists.region.a.valid_to", "valid date"),
        (REGION_A + "breaks: {soon: wider}}", 11, "code_lists.region.a.breaks.soon", "valid date"),
        (REGION_A + "breaks: {2013-01-01: 5}}", 11, "code_lists.region.a.breaks.2013-01-01", "valid string"),
        (
            REGION_A + "parnet: seoul}",
            11,
            "code_lists.region.a.parnet",
            "is not a word of the contract language; closest: `parent`",
        ),
        # labels by letters
        (COUNTS + "match_labels: loosely", 9, "match_labels", "'exactly' or 'by_letters'"),
        (
            COUNTS + "  r: {dimension: region}\nmatch_labels: by_letters\n"
            "code_lists: {region: {a: X-Y, b: XY}}",
            10,
            "match_labels",
            "'XY' and 'X-Y' of region have the same letters",
        ),
        (
            COUNTS + "  r: {dimension: region}\nmatch_labels: by_letters\ncode_lists: {region: {a: 서 울}}",
            10,
            "match_labels",
            "'서 울' and '서울' of region have the same letters",
        ),
        (
            "period: '2024'\nmatch_labels: by_letters\ncolumns:\n"
            "  Cases (n): {value: count, measure: cases}\n  cases_n: {value: count, measure: suspects}",
            10,
            "columns.cases_n",
            "the label 'cases_n' is that of `Cases (n)` too",
        ),
        # releases
        (COUNTS + "cumulative: sometimes", 9, "cumulative", "valid boolean"),
        (COUNTS + "dated_early: sometimes", 9, "dated_early", "valid boolean"),
        (COUNTS + "revisions: {hold_pct: -1}", 9, "revisions.hold_pct", "greater than or equal to 0"),
        (COUNTS + "revisions: {tolerance_pct: few}", 9, "revisions.tolerance_pct", "valid number"),
        (COUNTS + "revisions: {tolerance: 5}", 9, "revisions.tolerance", "closest: `tolerance_pct`"),
        (
            COUNTS + "revisions:\n  may_leave_out: [periods, figures]",
            10,
            "revisions.may_leave_out.1",
            "'periods' or 'labels'",
        ),
        # agreements
        (COUNTS + "agrees_with:\n  - {measure: cases}", 10, "agrees_with.0.because", "is required"),
        (COUNTS + "agrees_with:\n  - {because: x}", 10, "agrees_with.0.measure", "is required"),
        (
            COUNTS + "agrees_with:\n  - {measure: cases, because: x, tolerance_pct: -1}",
            10,
            "agrees_with.0.tolerance_pct",
            "greater than or equal to 0",
        ),
        (
            COUNTS + "agrees_with:\n  - {measure: cases, because: x, mine: [total]}",
            10,
            "agrees_with.0.mine",
            "valid dictionary",
        ),
        (
            COUNTS + "agrees_with:\n  - {mesure: cases, because: x}",
            10,
            "agrees_with.0.mesure",
            "closest: `measure`",
        ),
        (COUNTS + "agrees_with: {measure: cases, because: x}", 9, "agrees_with", "valid list"),
        # every number has a measure and a period
        ("period: '2024'\ncolumns:\n  s: {dimension: sex}", 7, "columns", "no column has numbers"),
        ("period: '2024'", 1, "columns", "is required: say what each column means"),
        ("period: '2024'\ncolumns:\n  n: {value: count}", 8, "columns.n", "its numbers have no measure"),
        ("period: '2024'\ncolumns:\n  n: {change_of: each}", 8, "columns.n", "its numbers have no measure"),
        (
            "period: '2024'\ncolumns:\n  m: {dimension: measure}\n  n: {value: count, measure: cases}",
            9,
            "columns.n",
            "the rows say which measure: use `each` instead of 'cases'",
        ),
        (
            "columns:\n  n: {value: count, measure: cases}",
            6,
            "columns",
            "no period: give a column `period: year`",
        ),
        (
            "columns:\n  d: {period: start}\n  n: {value: count, measure: cases}",
            6,
            "columns",
            "no period",
        ),
        (
            "period: soon\ncolumns: {n: {value: count, measure: cases}}",
            6,
            "period",
            "'soon' is not a day, a month",
        ),
        # shares
        (COUNTS + "  s: {share_of: cases}", 9, "columns.s", "shares along which dimension?"),
        (
            "period: '2024'\ncolumns:\n"
            "  a: {dimension: sex}\n  b: {dimension: region}\n  s: {share_of: cases}",
            10,
            "columns.s",
            "Say `along:` (region, sex)",
        ),
        (
            "period: '2024'\ncolumns:\n  a: {dimension: sex}\n  b: {dimension: region}\n"
            "  s: {share_of: cases, along: sex}\n  t: {share_of: cases, along: region}",
            7,
            "columns",
            "shares along 2 dimensions in one table: make it two tables",
        ),
        # expectations
        (
            COUNTS + "expect:\n  - {type: expect_column_values_to_be_betwixt, column: value}",
            10,
            "expect.0.type",
            "is no expectation; closest: 'expect_column_values_to_be_between'",
        ),
    ],
)
def test_a_wrong_contract_is_refused_at_its_line(source_of, words, line, field, reason):
    found = problems_of(source_of, words)
    assert [(at, where) for at, where, said in found if reason in said] == [(line, field)], found


@pytest.mark.parametrize("word", ["title", "publisher", "licence"])
def test_a_contract_says_whose_figures_these_are(tmp_path, word):
    words = {"title": "t", "publisher": "p", "licence": "l", "files": "'*'", "released_on": "2025-01-31"}
    del words[word]
    _write(tmp_path, "".join(f"{key}: {value}\n" for key, value in words.items()) + COUNTS)
    with pytest.raises(ContractError, match=f"line 1, {word}: is required"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("words", "line", "field", "reason"),
    [
        ("released_on: 2025-01-31", 1, "files", "is required: say which files have this layout"),
        ("files: '*.csv'", 4, "files", "no release date: name a group"),
    ],
)
def test_a_contract_says_which_files_and_when_they_were_released(tmp_path, words, line, field, reason):
    _write(tmp_path, f"title: t\npublisher: p\nlicence: l\n{words}\n{COUNTS}")
    with pytest.raises(ContractError) as error:
        load(tmp_path)
    [problem] = error.value.problems
    assert (problem.line, problem.field) == (line, field)
    assert reason in problem.reason


def test_every_problem_is_reported_at_once(source_of):
    schema = "period: '2024'\nencodng: x\nheader: 0\ncolumns:\n  n: {}\n  m: {values: count}\n"
    assert [line for line, _, _ in problems_of(source_of, schema)] == [8, 10, 11, 7]

    sense = (
        "encoding: cp94\nset: {sex: man, place: x}\ncolumns:\n  n: {value: count}\n  /(/: {value: count}\n"
        "expect: [{type: expect_nothing_at_all_of_us}]"
    )
    found = problems_of(source_of, sense)
    assert sorted((line, field) for line, field, _ in found) == [
        (6, "encoding"),
        (7, "set.place"),
        (7, "set.sex"),
        (8, "columns"),
        (9, "columns.n"),
        (10, "columns./(/"),
        (10, "columns./(/"),
        (11, "expect.0.type"),
    ]


def test_a_problem_of_all_tables_is_reported_once(source_of):
    words = (
        "encoding: cp94\nperiod: '2024'\ncolumns: {n: {value: count, measure: cases}}\ntables: {a: {}, b: {}}"
    )
    assert problems_of(source_of, words) == [(6, "encoding", "'cp94' is not an encoding that Python knows")]


# YAML itself


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "a contract is a mapping that begins with `title:`"),
        (b"# nothing yet\n", 1, "a contract is a mapping"),
        (b"- title: t\n- publisher: p\n", 1, "a contract is a mapping"),
        (b"title\n", 1, "a contract is a mapping"),
        (b"title: t\npublisher: p\ntitle: u\n", 3, 'found duplicate key "title"'),
        (
            b"title: t\ncolumns:\n\tn: {value: count}\n",
            3,
            "found character '\\t' that cannot start any token",
        ),
        (b"title: t\n  publisher: p\n", 2, "this is not valid YAML"),
        (b"title: [t\npublisher: p\n", 2, "this is not valid YAML"),
        (b"title: *nowhere\n", 1, "undefined alias"),
        (b"title: t\n---\ntitle: u\n", 2, "found another document"),
        ("title: t\npublisher: 경찰청\n".encode("cp949"), 2, "is not UTF-8; save it as UTF-8"),
        ("title: t\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"title: t\npublisher: a\x07b\n", 2, "not valid YAML"),
        (b"title: t\npublisher: a\x00b\n", 2, "not valid YAML"),
        (b"title: t\nreleased_on: 2025-13-31\n", 2, ""),
        (b"title: t\nreleased_on: 2025-02-30\n", 2, ""),
    ],
)
def test_a_contract_that_is_not_yaml_is_refused_at_its_line(tmp_path, content, line, reason):
    (tmp_path / "source.yaml").write_bytes(content)
    with pytest.raises(ContractError) as error:
        load(tmp_path)
    assert line in [problem.line for problem in error.value.problems]
    assert reason in str(error.value)


def test_a_contract_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ContractError, match="cannot be read: No such file"):
        load(tmp_path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    words = f"\ufefftitle: t\npublisher: p\nlicence: l\nfiles: '*'\nreleased_on: 2025-01-31\n{COUNTS}"
    assert load(_write(tmp_path, words)).contract.title == "t"


def test_anchors_and_merge_keys_are_followed(source_of):
    words = (
        "period: '2024'\ncolumns:\n  n: &number {value: count, measure: cases, aliases: [m]}\n"
        "  o:\n    <<: *number\n    aliases: [p]\n"
    )
    columns = source_of(words).contract.columns
    assert (columns["o"].value, columns["o"].measure, columns["o"].aliases) == ("count", "cases", ["p"])


@pytest.mark.parametrize(
    ("written", "means"),
    [("2019", "2019"), ("'-'", "-"), ("-", "-"), ("0", "0"), ("'2019'", "2019"), ("-1", "-1"), ("X", "X")],
)
def test_numbers_are_text_where_text_is_meant(source_of, written, means):
    source = source_of(COUNTS + f"missingValues:\n  {written}: suppressed\n")
    assert source.contract.statuses == {means: "suppressed"}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("00", id="00 is not 0: zeros would be missing"),
        pytest.param("1.10", id="1.10 is not 1.1"),
        pytest.param("-1.5", id="-1.5"),
        pytest.param("0x1F", id="0x1F is not 31"),
        pytest.param("1_000", id="1_000 is not 1000"),
        pytest.param("1e3", id="1e3 is not 1000.0"),
        pytest.param("false", id="false is not False"),
        pytest.param("true", id="true"),
    ],
)
def test_a_number_that_yaml_would_rewrite_needs_quotes(source_of, written):
    reason = "YAML reads this as a number or a truth value; put it between quotes"
    assert problems_of(source_of, COUNTS + f"missingValues: [{written}]\n") == [
        (9, "missingValues.0", reason)
    ]
    quoted = source_of(COUNTS + f"missingValues: ['{written}']\n")
    assert quoted.contract.statuses == {written: "missing"}


# Contracts that can be read but whose numbers would be wrong, or that crash, without a word.
# Lines: any of those that contradict each other.

CASES_OR_N = "  cases: {value: count, measure: cases, optional: true, aliases: [n]}\n"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        pytest.param(COUNTS + "groupChar: '.'", {9}, id="1.000 would be 1: groupChar is decimalChar"),
        pytest.param(COUNTS + "decimalChar: ''", {9}, id="no decimal character crashes the reader"),
        pytest.param(COUNTS + "encoding: []", {9}, id="no encoding reads no file and says nothing"),
        pytest.param(COUNTS + "encoding: rot13", {9}, id="rot13 is a codec and no text encoding"),
        pytest.param(COUNTS + "delimiter: '\"'", {9}, id="the delimiter is the quote"),
        pytest.param(
            "period: '2024'\ncolumns:\n"
            + CASES_OR_N
            + "  m: {value: count, measure: suspects, aliases: [n]}",
            {8, 9},
            id="one alias of two columns: the last wins",
        ),
        pytest.param(
            "period: '2024'\ncolumns:\n" + CASES_OR_N + "  n: {value: count, measure: suspects}",
            {8, 9},
            id="an alias that is another column: the last wins",
        ),
        pytest.param(
            "period: '2024'\ncolumns:\n  /(?P<measure>cases|suspects)/: {value: count, measure: victims}",
            {8},
            id="the header says which measure and the column another",
        ),
        pytest.param(
            "period: '2024'\ncolumns:\n  n: {value: count, measure: cases, set: {measure: suspects}}",
            {8},
            id="the column says two measures",
        ),
        pytest.param(
            COUNTS + SEX + "set: {sex: male}",
            {9, 10},
            id="the table and its rows say the same dimension",
        ),
        pytest.param(
            "period: '2024'\ncolumns:\n" + SEX + "  /(?P<sex>M|F)/: {value: count, measure: cases}",
            {8, 9},
            id="the rows and the header say the same dimension",
        ),
        pytest.param(COUNTS + "  m: {period: month}", {6, 9}, id="months beside a period of the whole file"),
        pytest.param(
            "columns:\n  d: {period: day, format: '%d/%m'}\n  n: {value: count, measure: cases}",
            {7},
            id="a format without a year means 1900",
        ),
        pytest.param(
            "columns:\n  d: {period: month, format: '%b-%y'}\n  n: {value: count, measure: cases}",
            {7},
            id="a format that is not used",
        ),
        pytest.param(
            COUNTS.replace("measure: cases", "measure: cases, fill_down: true"),
            {8},
            id="numbers filled down are counted twice",
        ),
        pytest.param(
            COUNTS + "  s: {dimension: sex, codes: {'a  b': male, 'a b': female}}",
            {9},
            id="one label with two codes: the last wins",
        ),
        pytest.param(
            COUNTS + "code_lists:\n  region:\n    a: {label: Somewhere}\n    b: {label: Somewhere}",
            {11, 12},
            id="one label of two new codes: the last wins",
        ),
        pytest.param(
            COUNTS + "code_lists:\n  region:\n    a: {label: Seoul}",
            {11},
            id="a label that the common list has for another code",
        ),
        pytest.param(
            COUNTS + "code_lists:\n  region:\n    total: {label: Somewhere}",
            {11},
            id="a new code that means not broken down",
        ),
        pytest.param(
            COUNTS + "ignore_rows:\n  - {column: note, pattern: x, reason: y}",
            {10},
            id="rows to be ignored by a column that is not there",
        ),
        pytest.param(
            COUNTS + "other_dimensions: {year: of what?}",
            {9},
            id="a dimension named like a part of a period",
        ),
        pytest.param(
            "columns:\n  y: {period: year}\n  n: {value: count, measure: cases}\n"
            "tables:\n  a:\n    released_on: period_end",
            {11},
            id="released at the end of a period that only the rows give",
        ),
        pytest.param(
            COUNTS + "tables:\n  a/b: {files: '*.csv'}",
            {10},
            id="a table whose name cannot be that of a file stops every run",
        ),
    ],
)
def test_a_contract_that_would_give_wrong_numbers_is_refused(source_of, words, lines):
    assert lines & {line for line, _, _ in problems_of(source_of, words)}


# What a right contract means


def test_tables_inherit_and_override(source_of):
    source = source_of(
        "encoding: cp949\n"
        "missingValues: ['-']\n"
        "period: '2024'\n"
        "set: {crime_type: deepfake, sex: male}\n"
        "codes: {region: {Here: seoul}, sex: {M: male}}\n"
        "columns: {n: {value: count, measure: cases}}\n"
        "tables:\n"
        "  first: {files: 'first.csv'}\n"
        "  second:\n"
        "    files: 'second.csv'\n"
        "    encoding: utf-8\n"
        "    missingValues: {x: suppressed}\n"
        "    set: {sex: female}\n"
        "    codes: {region: {There: busan}}\n"
        "    columns: {s: {value: count, measure: suspects}}\n"
        "    header: 2\n"
    )
    first, second = (source.tables[name].layout for name in ("first", "second"))

    assert (first.encoding, first.statuses, first.header) == ("cp949", {"-": "missing"}, 1)
    assert (list(first.columns), first.set) == (["n"], {"crime_type": "deepfake", "sex": "male"})

    assert (second.encoding, second.statuses, second.header) == ("utf-8", {"x": "suppressed"}, 2)
    assert list(second.columns) == ["s"]
    assert second.set == {"crime_type": "deepfake", "sex": "female"}
    assert second.codes == {"region": {"There": "busan"}, "sex": {"M": "male"}}
    assert second.period == "2024"

    assert [name for name, table in source.tables.items() if table.files.fullmatch("second.csv")] == [
        "second"
    ]


def test_a_table_can_take_back_what_holds_for_all(source_of):
    source = source_of(
        "missingValues: ['-']\ngroupChar: ','\nperiod: '2024'\ncolumns: {n: {value: count, measure: cases}}\n"
        "tables:\n  a: {missingValues: [], groupChar: null}\n"
    )
    layout = source.tables["a"].layout
    assert (layout.statuses, layout.groupChar) == ({}, None)


def test_a_problem_of_one_table_is_addressed_there(source_of):
    words = (
        "period: '2024'\n"
        "tables:\n"
        "  a:\n"
        "    columns: {n: {value: count, measure: cases}}\n"
        "  b:\n"
        "    columns:\n"
        "      n: {value: count}\n"
    )
    assert [p[:2] for p in problems_of(source_of, words)] == [(12, "tables.b.columns.n")]


def test_own_codes_are_known_by_label_and_alias(source_of):
    source = source_of(
        "period: '2024'\n"
        "other_dimensions: {place: Where it happened}\n"
        "code_lists:\n"
        "  measure: {raids: Raids}\n"
        "  crime_type: {spam: {label: Spam, aliases: [스팸, 2019]}}\n"
        "  place: {home: At home}\n"
        "columns: {n: {value: count, measure: raids, set: {crime_type: spam, place: home}}}\n"
    )
    table = source.tables["table"]
    codes = [table.code("crime_type", label) for label in ("Spam", "스팸", "2019", "spam", "허위영상물")]
    assert codes == ["spam", "spam", "spam", "spam", "deepfake"]
    assert [table.code("place", label) for label in ("At home", "home", "elsewhere")] == [
        "home",
        "home",
        None,
    ]
    assert source.contract.dimensions == (*DIMENSIONS, "place")


def test_other_labels_can_be_kept_as_they_are_but_never_those_of_a_total(source_of):
    table = source_of(COUNTS + "codes: {region: {소계: total, '*': as_printed}}").tables["table"]
    labels = {"소계": "total", "Seoul": "seoul", "강남구": "강남구", "합계": None, "TOTAL": "total"}
    assert {label: table.code("region", label) for label in labels} == labels


def test_a_label_means_what_the_contract_says_whatever_else_it_may_mean(source_of):
    words = COUNTS + "codes: {measure: {total: cases, solved: cases_cleared}}"
    table = source_of(words).tables["table"]
    assert [table.code("measure", label) for label in ("total", "solved")] == ["cases", "cases_cleared"]
    assert source_of(COUNTS).tables["table"].code("measure", "total") is None


# New words, and what they mean


@pytest.mark.parametrize(
    "words",
    [
        COUNTS + "  r: {dimension: region, level: 1}\n  t: {dimension: region, level: 2}",
        COUNTS + "  r: {dimension: region}\n  t: {dimension: region, level: 2}",
        COUNTS + "  r: {dimension: region, level: 1}\n  t: {dimension: region, level: 3}",
        "period: '2024'\ncolumns:\n  /(?P<region_1>.) (?P<region_2>.)/: {value: count, measure: cases}",
        "period: '2024'\ncolumns:\n  r: {dimension: region, level: 1}\n"
        "  /(?P<region_2>.) (?P<region_3>.)/: {value: count, measure: cases}",
        COUNTS + "other_dimensions: {place: x}\nset: {place: y}",
        COUNTS + SEX + "  name: {label_of: sex}",
        COUNTS + SEX + "  name: {label_of: sex, aliases: [called], optional: true}",
        COUNTS
        + "  c: {value: count, measure: cases_cleared}\n  r: {share_of: cases, measure: cases_cleared}",
        COUNTS + SEX + "  r: {share_of: cases, measure: cases_cleared}\n  t: {share_of: cases, along: sex}",
        COUNTS + "cells: [{at: B5, pattern: '(?P<region>.+)'}, {at: AZ10, sheet: x, pattern: '(?P<sex>.)'}]",
        COUNTS + "sheet: '/(?P<sex>.).*/'",
        COUNTS + "sheet: '/.*/'",
        COUNTS + "sheet: data",
        COUNTS + "sheet: 3",
        COUNTS + SEX + "codes: {sex: {'': total}}",
        COUNTS + SEX.replace("sex}", "sex, codes: {'': total}}"),
        COUNTS + "cumulative: true\ndated_early: true\nmatch_labels: by_letters",
        COUNTS + "revisions: {tolerance_pct: 0, hold_pct: 0.5, may_leave_out: [labels, periods]}",
        COUNTS + "totals: {region: overlapping}",
        COUNTS + "agrees_with: [{measure: cases, because: x}]",
        COUNTS + "agrees_with:\n  - {measure: [cases, suspects], mine: {sex: male}, theirs: {sex: total}, "
        "source: other, because: x, tolerance_pct: 1.5}",
        COUNTS
        + "match_labels: by_letters\ncode_lists: {region: {a: X-Y, b: XY}}",  # of a region that is not read
        REGION_A + "parent: seoul, valid_from: 2012-01-01, valid_to: 2012-01-01, replaced_by: [busan]}",
        REGION_A + "breaks: {2012-01-01: wider, 2014-07-01: narrower}}",
        COUNTS + "code_lists: {region: {seoul: {valid_to: 2020-12-31, replaced_by: [busan, jeju]}}}",
    ],
)
def test_words_that_make_sense_are_accepted(source_of, words):
    assert source_of(words).tables


def test_words_that_are_not_said_have_these_meanings(source_of):
    layout = source_of(COUNTS).tables["table"].layout
    assert (layout.cumulative, layout.dated_early, layout.match_labels) == (False, False, "exactly")
    assert (layout.sheet, layout.cells, layout.totals_severity) == (1, [], "critical")
    assert layout.totals_of("region") == "partial"
    revisions = layout.revisions
    assert (revisions.tolerance_pct, revisions.hold_pct, revisions.may_leave_out) == (5, 20, [])


def test_a_table_has_its_own_word_on_revisions_or_that_of_all(source_of):
    tables = source_of(
        COUNTS + "revisions: {hold_pct: 1}\ntables: {a: {}, b: {revisions: {tolerance_pct: 9}}}"
    ).tables
    assert tables["a"].layout.revisions.hold_pct == 1
    assert (tables["b"].layout.revisions.hold_pct, tables["b"].layout.revisions.tolerance_pct) == (20, 9)


def test_what_a_contract_says_of_a_listed_code_takes_none_of_its_labels_away(source_of):
    table = source_of(COUNTS + "code_lists: {region: {seoul: {valid_to: 2020-12-31}}}").tables["table"]
    assert [table.code("region", label) for label in ("서울", "Seoul", "seoul")] == ["seoul"] * 3


def test_a_code_may_be_a_part_of_a_listed_one(source_of):
    codes = source_of(REGION_A + "parent: seoul}").tables["table"].code_lists["region"]
    assert list(codes.ancestors("a")) == ["seoul"]
    assert codes.joined(["seoul", "a"]) == "a"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("region", ("region", 1)),
        ("region_1", ("region", 1)),
        ("region_3", ("region", 3)),
        ("crime_type", ("crime_type", 1)),
        ("crime_type_2", ("crime_type", 2)),
        ("zone_2", ("zone_2", 1)),  # a dimension of that very name
        ("zone_2_2", ("zone_2", 2)),
        ("measure", ("measure", 1)),
        ("year", ("year", 1)),
        ("region_x", ("region_x", 1)),
    ],
)
def test_the_name_of_a_group_says_dimension_and_level(source_of, name, place):
    table = source_of(COUNTS + "other_dimensions: {zone: x, zone_2: y}").tables["table"]
    assert table.split(name) == place


def test_labels_are_the_same_by_their_letters_only_where_the_contract_says_so(source_of):
    labels = ["해킹_계정도용", "해킹 (계정도용)", "ＤＥＥＰＦＡＫＥ", "Deepfake: sexual content"]
    exactly, by_letters = (
        source_of(COUNTS + words).tables["table"] for words in ("", "match_labels: by_letters")
    )
    assert [exactly.code("crime_type", label) for label in labels] == [None] * 4
    assert [by_letters.code("crime_type", label) for label in labels] == [
        "hacking_account_theft",
        "hacking_account_theft",
        "deepfake",
        "deepfake",
    ]


def test_by_letters_the_labels_that_a_contract_gives_are_compared_so_too(source_of):
    words = "match_labels: by_letters\ncodes: {region: {소 계: total, (주) 강남: seoul, '*': as_printed}}"
    table = source_of(COUNTS + words).tables["table"]
    labels = {"소계": "total", "주강남": "seoul", "강-남": "강-남", "(서울)": "seoul"}
    assert {label: table.code("region", label) for label in labels} == labels


def test_the_label_of_an_empty_cell_is_looked_up_like_any_other(source_of):
    table = source_of(COUNTS + "codes: {region: {'': total}, sex: {'': unknown}}").tables["table"]
    assert [table.code(name, "") for name in ("region", "sex", "age_band")] == ["total", "unknown", None]


# What should be refused and is accepted


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("parent: nowhere}", id="a part of no code"),
        pytest.param("parent: a}", id="a part of itself"),
        pytest.param("parent: b}\n    b: {label: B, parent: a}", id="a part of its part"),
        pytest.param("valid_to: 2012-12-31, replaced_by: [nowhere]}", id="replaced by no code"),
        pytest.param("valid_to: 2012-12-31, replaced_by: [a]}", id="replaced by itself"),
    ],
)
def test_a_code_points_at_codes_that_exist(source_of, entry):
    assert 11 in {line for line, _, _ in problems_of(source_of, REGION_A + entry)}


@pytest.mark.parametrize(
    "words",
    [
        "measure: casess",
        "measure: [cases, casess]",
        "measure: cases, their_measure: casess",
        "measure: cases, mine: {plaec: x}",
        "measure: cases, mine: {crime_type: deepfak}",
        "measure: cases, mine: {measure: suspects}",
    ],
)
def test_an_agreement_is_about_figures_that_there_can_be(source_of, words):
    problems = problems_of(source_of, COUNTS + f"agrees_with:\n  - {{because: x, {words}}}")
    assert {line for line, _, _ in problems} == {10}


def test_an_agreement_may_be_with_a_source_that_is_not_there_yet(tmp_path):
    head = "title: t\npublisher: p\nlicence: l\nfiles: '*'\nreleased_on: 2025-01-31\n"
    agreement = "agrees_with: [{measure: cases, their_measure: victims, source: later, because: x}]\n"
    (tmp_path / "here").mkdir()
    _write(tmp_path / "here", head + COUNTS + agreement)
    assert [source.name for source in load_all(tmp_path)] == ["here"]


def test_a_measure_has_no_levels(source_of):
    words = "columns:\n  a: {dimension: measure, level: 1}\n  b: {dimension: measure, level: 2}\n"
    assert problems_of(source_of, f"period: '2024'\n{words}  n: {{value: count}}")


@pytest.mark.parametrize(
    "words",
    [
        "columns:\n  a: {dimension: age_band, level: 1}\n  b: {dimension: age_band, level: 2}\n"
        "  n: {value: count, measure: cases}",
        "columns:\n  /(?P<age_band_1>.) (?P<age_band_2>.)/: {value: count, measure: cases}",
    ],
)
def test_age_bands_have_no_levels_or_stay_age_bands(source_of, words):
    try:
        table = source_of("period: '2024'\n" + words).tables["table"]
    except ContractError:
        return
    assert table.code_lists["age_band"].joined(["10-19", "10-14"]) == "10-14"


@pytest.mark.parametrize(
    "codes", ["codes: {region: {a-b: seoul, ab: busan}}", "codes: {age_band: {18-: 0-17, (18): 18+}}"]
)
def test_labels_of_a_contract_with_the_same_letters_have_the_same_code(source_of, codes):
    words = COUNTS + "  r: {dimension: region}\n  a: {dimension: age_band}\nmatch_labels: by_letters\n"
    assert problems_of(source_of, words + codes)


@pytest.mark.parametrize(
    "columns",
    [
        "  n: {value: count, measure: cases, set: {sex: female}}",
        "  /(?P<sex>M|F)/: {value: count, measure: cases}",
    ],
)
def test_what_the_file_sets_no_column_sets_otherwise(source_of, columns):
    assert problems_of(source_of, f"period: '2024'\nset: {{sex: male}}\ncolumns:\n{columns}")


def test_a_word_in_the_wrong_place_is_not_said_to_be_unknown(source_of):
    [(_, field, said)] = problems_of(source_of, COUNTS + "tables: {a: {agrees_with: []}}")
    assert (field, "closest: `agrees_with`" in said) == ("tables.a.agrees_with", False)


def test_limits_are_exact_decimals(source_of):
    words = "period: '2024'\ncolumns: {n: {value: count, measure: cases, constraints: {maximum: 0.1}}}"
    assert source_of(words).contract.columns["n"].constraints.maximum == Decimal("0.1")


@pytest.mark.parametrize(
    "words",
    [
        "# the least that can be said\n" + COUNTS,
        COUNTS + "\n\n# the end\n",
        "columns:\n  n:   # numbers\n    measure: 'cases'\n    value: count\nperiod: \"2024\"\n",
    ],
)
def test_comments_and_form_do_not_change_what_a_contract_is(source_of, words):
    assert source_of(words).sha256 == source_of(COUNTS).sha256


@pytest.mark.parametrize(
    "words",
    [
        COUNTS + "groupChar: ','",
        COUNTS + "encoding: cp949",
        COUNTS + "encoding: [utf-8, cp949]",
        COUNTS + "encoding: [cp949, utf-8]",
        COUNTS + "missingValues: ['-']",
        COUNTS + "missingValues: {'-': suppressed}",
        COUNTS + "totals: none",
        COUNTS + "codes: {sex: {M: male}}",
        COUNTS + "code_lists: {region: {here: Here}}",
        COUNTS + "set: {sex: male}",
        COUNTS + "expect: [{type: expect_column_max_to_be_between, column: value, max_value: 5}]",
        COUNTS + "expect: [{type: expect_column_max_to_be_between, column: value, max_value: 6}]",
        COUNTS + "skip_rows: 1",
        COUNTS + "tables: {a: {}}",
        COUNTS + "tables: {b: {}}",
        COUNTS + "cumulative: true",
        COUNTS + "dated_early: true",
        COUNTS + "match_labels: by_letters",
        COUNTS + "sheet: '/.*/'",
        COUNTS + "cells: [{at: A1, pattern: '(?P<sex>.)'}]",
        COUNTS + "cells: [{at: A2, pattern: '(?P<sex>.)'}]",
        COUNTS + "revisions: {hold_pct: 10}",
        COUNTS + "revisions: {hold_pct: 30}",
        COUNTS + "totals: overlapping",
        COUNTS + "totals_severity: warning",
        COUNTS + "code_lists: {region: {here: {label: Here, parent: seoul}}}",
        COUNTS + "code_lists: {region: {here: {label: Here, parent: busan}}}",
        COUNTS + "agrees_with: [{measure: cases, because: x}]",
        COUNTS.replace("2024", "2023"),
        COUNTS.replace("measure: cases", "measure: suspects"),
        COUNTS.replace("measure: cases", "measure: cases, constraints: {minimum: 1}"),
        COUNTS.replace("measure: cases", "measure: cases, constraints: {minimum: 2}"),
        COUNTS.replace("  n:", "  m:"),
    ],
)
def test_every_change_of_meaning_changes_what_a_contract_is(source_of, words):
    assert source_of(words).sha256 != source_of(COUNTS).sha256


def test_a_problem_found_later_has_its_line_too(source_of):
    source = source_of(COUNTS + "expect:\n  - {type: expect_column_to_exist, column: n}\n")
    assert str(source.problem(("expect", 0), "is odd")) == "`series/source.yaml`, line 10, expect.0: is odd"


def test_bad_contracts_are_reported_together_and_by_name(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "source.yaml").write_text("- nothing\n", encoding="utf-8")
    (tmp_path / "no_contract").mkdir()
    with pytest.raises(ContractError) as error:
        load_all(tmp_path)
    assert [problem.file for problem in error.value.problems] == ["a/source.yaml", "b/source.yaml"]


def test_what_a_contract_says_cannot_write_to_the_terminal(source_of):
    [(_, field, _)] = problems_of(source_of, COUNTS + '"\\e[31mred": 1\n')
    assert field == "\x1b[31mred"
    with pytest.raises(ContractError) as error:
        source_of(COUNTS + '"\\e[31mred": 1\n')
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in RAW.glob(f"*/{contract.FILE_NAME}")))
def test_a_shipped_contract_is_right(name):
    source = load(RAW / name)
    assert source.name == name
    assert source.tables


def test_the_shipped_contracts_are_these():
    assert {source.name for source in load_all(RAW)} >= {"noi_cybersex_crackdown", "npa_cybercrime_yearly"}


def _write(folder: Path, words: str) -> Path:
    (folder / "source.yaml").write_text(words, encoding="utf-8")
    return folder
