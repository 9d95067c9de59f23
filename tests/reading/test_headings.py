"""Levels of rows and headers become codes; names beside codes are held against one another."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reading import tables
from pipelines.reading.headings import Labels, misnamed
from tests import small_exports
from tests.small_exports import FILE, figures, problems, said

Y = "2024-01-01/2024-12-31"


@pytest.fixture
def tidy(source_of):
    """A function: what a contract says beyond `HEAD`, and the text of a file → `tables.Tidy`."""

    def tidy(words: str, content: str, groups: dict[str, str] | None = None) -> tables.Tidy:
        return small_exports.read(source_of(dedent(words)), content, groups)

    return tidy


# Levels in the rows

TWO = """
period: '2024'
columns:
  group: {dimension: crime_type, level: 1}
  type: {dimension: crime_type, level: 2}
  n: {value: count, measure: cases}
codes:
  crime_type: {소계: total, '*': as_printed}
"""
THREE = """
period: '2024'
columns:
  group: {dimension: crime_type, level: 1, fill_down: true}
  type: {dimension: crime_type, level: 2, fill_down: true}
  detail: {dimension: crime_type, level: 3}
  n: {value: count, measure: cases}
codes:
  crime_type: {계: total, 소계: total, '*': as_printed}
"""


def test_two_levels_make_a_path_and_a_total_of_a_level_is_the_level_above(tidy):
    content = "group,type,n\n소계,소계,10\nviolent,소계,6\nviolent,rape,4\nviolent,other,2\nfraud,other,4\n"
    tidied = tidy(TWO, content)
    assert problems(tidied) == []
    assert said(tidied) == [
        f"{Y} cases: 10 @2 n",
        f"{Y} cases crime_type=violent: 6 @3 n",
        f"{Y} cases crime_type=violent > rape: 4 @4 n",
        f"{Y} cases crime_type=violent > other: 2 @5 n",
        f"{Y} cases crime_type=fraud > other: 4 @6 n",
    ]


def test_three_levels_with_a_subtotal_at_each_are_filled_down(tidy):
    content = (
        "group,type,detail,n\n계,소계,소계,10\nviolent,소계,소계,6\n,rape,소계,4\n,,alone,1\n,,in a group,3\n"
        ",robbery,소계,2\nfraud,소계,소계,4\n,online,소계,4\n,,auctions,4\n"
    )
    tidied = tidy(THREE, content)
    assert problems(tidied) == []
    assert figures(tidied, "crime_type") == {
        "total": 10,
        "violent": 6,
        "violent > rape": 4,
        "violent > rape > alone": 1,
        "violent > rape > in a group": 3,
        "violent > robbery": 2,
        "fraud": 4,
        "fraud > online": 4,
        "fraud > online > auctions": 4,
    }


def test_the_same_three_levels_with_blanks_for_totals(tidy):
    words = THREE.replace("{계: total, 소계: total, ", "{'': total, ")
    content = (
        "group,type,detail,n\n,,,10\nviolent,,,6\n,rape,,4\n,,alone,1\n,,in a group,3\n"
        ",robbery,,2\nfraud,,,4\n,online,,4\n,,auctions,4\n"
    )
    assert list(figures(tidy(words, content), "crime_type").items()) == [
        ("total", 10),
        ("violent", 6),
        ("violent > rape", 4),
        ("violent > rape > alone", 1),
        ("violent > rape > in a group", 3),
        ("violent > robbery", 2),
        ("fraud", 4),
        ("fraud > online", 4),
        ("fraud > online > auctions", 4),
    ]


def test_an_inner_label_is_not_filled_down_into_the_next_outer_one(tidy):
    # `fraud` has no label of level 2: nothing says that it is rape.
    tidied = tidy(THREE, "group,type,detail,n\nviolent,rape,alone,1\nfraud,,auctions,4\n")
    assert [(problem.rule, problem.row, problem.column) for problem in tidied.problems] == [
        ("empty_label", 3, "type")
    ]
    assert figures(tidied, "crime_type") == {"violent > rape > alone": 1}


def test_an_inner_label_is_filled_down_where_the_outer_one_is_printed_in_every_row(tidy):
    content = "group,type,detail,n\nviolent,rape,alone,1\nviolent,,other,3\nfraud,online,other,4\n"
    assert figures(tidy(THREE, content), "crime_type") == {
        "violent > rape > alone": 1,
        "violent > rape > other": 3,
        "fraud > online > other": 4,
    }


def test_the_order_of_the_columns_says_nothing_about_their_levels(tidy):
    content = "detail,type,n,group\nalone,rape,1,violent\nother,,3,\nother,online,4,fraud\n"
    assert figures(tidy(THREE, content), "crime_type") == {
        "violent > rape > alone": 1,
        "violent > rape > other": 3,
        "fraud > online > other": 4,
    }


def test_the_same_label_under_two_parents_is_two_codes(tidy):
    tidied = tidy(TWO, "group,type,n\nviolent,other,1\nfraud,other,2\n")
    assert figures(tidied, "crime_type") == {"violent > other": 1, "fraud > other": 2}
    assert tidied.labels.of("crime_type", "fraud > other") == "fraud > other"


def test_levels_may_be_left_out(tidy):
    words = TWO.replace("level: 2", "level: 4")
    assert figures(tidy(words, "group,type,n\nviolent,rape,1\n"), "crime_type") == {"violent > rape": 1}


def test_a_dimension_of_one_source_has_levels_too(tidy):
    words = TWO.replace("crime_type", "place") + "other_dimensions: {place: Where it happened}\n"
    tidied = tidy(words, "group,type,n\nroad,소계,3\nroad,highway,1\n소계,소계,5\n")
    assert said(tidied) == [
        f"{Y} cases place=road: 3 @2 n",
        f"{Y} cases place=road > highway: 1 @3 n",
        f"{Y} cases: 5 @4 n",
    ]


LISTED = """
code_lists:
  crime_type:
    violent: Violent crime
    fraud: Fraud
    rape: {label: Rape, parent: violent}
"""


def test_a_code_whose_parent_is_listed_needs_no_path(tidy):
    tidied = tidy(TWO + LISTED, "group,type,n\nViolent crime,소계,3\nViolent crime,Rape,1\nFraud,online,2\n")
    assert figures(tidied, "crime_type") == {"violent": 3, "rape": 1, "fraud > online": 2}


def test_a_code_under_another_parent_than_its_own_is_a_problem(tidy):
    tidied = tidy(TWO + LISTED, "group,type,n\nFraud,Rape,1\nViolent crime,Rape,2\n")
    assert problems(tidied) == [
        f"`{FILE}`, row 2, column 'n': 'rape' stands under 'fraud', and is a part of 'violent'"
    ]
    assert figures(tidied, "crime_type") == {"rape": 2}


def test_a_code_whose_parent_is_listed_may_stand_without_it(tidy):
    assert figures(tidy(TWO + LISTED, "group,type,n\n소계,Rape,1\n"), "crime_type") == {"rape": 1}


def test_a_label_of_any_level_that_nobody_knows_is_a_problem(tidy):
    words = TWO.replace(", '*': as_printed", "") + LISTED
    tidied = tidy(words, "group,type,n\nViolent crime,Rap,1\nViolent,Rape,2\nViolent crime,Rape,3\n")
    assert [(problem.row, problem.column, problem.value) for problem in tidied.problems] == [
        (3, "group", "Violent"),
        (2, "type", "Rap"),
    ]
    assert figures(tidied, "crime_type") == {"rape": 3}


def test_a_footnote_below_the_table_gives_no_level(tidy):
    words = THREE + "ignore_rows: [{column: group, pattern: '\\* .*', reason: a footnote}]\n"
    tidied = tidy(words, "group,type,detail,n\nviolent,rape,alone,1\n,,other,3\n* provisional,,,\n")
    assert figures(tidied, "crime_type") == {"violent > rape > alone": 1, "violent > rape > other": 3}


def test_a_footnote_between_rows_ends_no_label(tidy):
    words = THREE + "ignore_rows: [{column: group, pattern: '\\* .*', reason: a footnote}]\n"
    tidied = tidy(words, "group,type,detail,n\nviolent,rape,alone,1\n* of these,,,\n,,other,3\n")
    assert figures(tidied, "crime_type") == {"violent > rape > alone": 1, "violent > rape > other": 3}


def test_an_outer_label_on_an_ignored_row_holds_for_the_rows_below(tidy):
    words = THREE + "ignore_rows: [{column: detail, pattern: 소계, reason: a subtotal}]\n"
    content = "group,type,detail,n\nviolent,소계,소계,4\n,rape,소계,4\n,,alone,1\n,,other,3\n"
    assert figures(tidy(words, content), "crime_type") == {
        "violent > rape > alone": 1,
        "violent > rape > other": 3,
    }


# Levels in headers, file names and `set`

HEADERS = """
period: '2024'
columns:
  kind: {dimension: measure}
  /(?P<region_1>A|B) (?P<region_2>.+)/: {value: count}
  /(?P<region>C|D)/: {value: count}
codes: {region: {all: total, '*': as_printed}}
"""


def test_levels_of_a_header_make_a_path(tidy):
    tidied = tidy(HEADERS, "kind,A all,A x,B x,C\ncases,3,1,2,4\n")
    assert problems(tidied) == []
    assert said(tidied) == [
        f"{Y} cases region=A: 3 @2 A all",
        f"{Y} cases region=A > x: 1 @2 A x",
        f"{Y} cases region=B > x: 2 @2 B x",
        f"{Y} cases region=C: 4 @2 C",
    ]


def test_a_level_that_a_header_need_not_have_is_left_out(tidy):
    words = """
    period: '2024'
    columns:
      '/(?P<region_1>A|B)(?: (?P<region_2>.+))?/': {value: count, measure: cases}
    codes: {region: as_printed}
    """
    assert figures(tidy(words, "A,A x,B\n3,1,4\n"), "region") == {"A": 3, "A > x": 1, "B": 4}


def test_one_level_in_the_rows_and_one_in_the_header(tidy):
    words = """
    period: '2024'
    columns:
      group: {dimension: region}
      /(?P<region_2>x|y|all)/: {value: count, measure: cases}
    codes: {region: {all: total, '*': as_printed}}
    """
    tidied = tidy(words, "group,x,y,all\nA,1,2,3\nB,4,5,9\nall,5,7,12\n")
    assert figures(tidied, "region") | {"x": None, "y": None} == {
        "A > x": 1,
        "A > y": 2,
        "A": 3,
        "B > x": 4,
        "B > y": 5,
        "B": 9,
        "total": 12,
        "x": None,  # in all groups together
        "y": None,
    }


def test_the_name_of_a_file_gives_the_outer_level(tidy):
    words = """
    period: '2024'
    tables:
      one:
        files: '(?P<region_1>.+)_cases.csv'
        columns: {station: {dimension: region, level: 2}, n: {value: count, measure: cases}}
    codes: {region: {all: total, '*': as_printed}}
    """
    tidied = tidy(words, "station,n\nx,1\nall,3\n", {"region_1": "A"})
    assert figures(tidied, "region") == {"A > x": 1, "A": 3}


def test_the_outer_level_may_hold_for_the_whole_file(tidy):
    words = """
    period: '2024'
    set: {region: seoul}
    columns: {district: {dimension: region, level: 2}, n: {value: count, measure: cases}}
    codes: {region: {all: total, '*': as_printed}}
    """
    assert figures(tidy(words, "district,n\n강남구,1\nall,3\n"), "region") == {
        "seoul > 강남구": 1,
        "seoul": 3,
    }


def test_a_header_that_is_no_known_label_is_named_with_its_dimension_and_no_level(tidy):
    words = HEADERS.replace("{all: total, '*': as_printed}", "{A: seoul, B: busan}")
    [problem] = tidy(
        words.replace("  /(?P<region>C|D)/: {value: count}\n", ""), "kind,A Busan,B x\ncases,1,2\n"
    ).problems
    assert problem.reason.startswith("column 3 'x' is not a known region")


@pytest.mark.parametrize(
    ("region", "found"),
    [
        ("서울", ["seoul"]),
        ("Seoul", ["seoul"]),
        ("Busan", []),
    ],
)
def test_the_name_of_a_file_and_a_header_must_agree(tidy, region, found):
    words = """
    period: '2024'
    tables:
      one:
        files: '(?P<region>.+).csv'
        columns: {'/(?P<region>.+) cases/': {value: count, measure: cases}}
    """
    tidied = tidy(words, "Seoul cases\n1\n", {"region": region})
    assert list(tidied.observations["region"]) == found
    assert bool(tidied.problems) is not bool(found)


# Properties of levels

LABELS = ["a", "b", "c"]
PLACES = st.lists(
    st.tuples(*[st.sampled_from(LABELS)] * 3), min_size=1, max_size=8, unique=True
)  # fmt: skip
DEEP = """
period: '2024'
columns:
  one: {dimension: region, level: 1FILL}
  two: {dimension: region, level: 2FILL}
  three: {dimension: region, level: 3}
  n: {value: count, measure: cases}
codes: {region: {'': total, '*': as_printed}}
"""


@pytest.fixture(scope="module")
def deep(tmp_path_factory):
    """A function: whether labels are filled down, and rows → the figures by path."""
    from pipelines.contracts import contract
    from tests.conftest import HEAD

    sources = {}
    for name, fill in (("as_printed", ""), ("filled_down", ", fill_down: true")):
        folder = tmp_path_factory.mktemp("deep") / name
        folder.mkdir()
        (folder / contract.FILE_NAME).write_text(HEAD + DEEP.replace("FILL", fill), encoding="utf-8")
        sources[name] = contract.load(folder)

    def read(name: str, rows: list[tuple[str, ...]]) -> dict[str, int]:
        lines = [",".join((*row, str(number))) for number, row in enumerate(rows, start=1)]
        tidied = small_exports.read(sources[name], "one,two,three,n\n" + "\n".join(lines) + "\n")
        assert problems(tidied) == []
        return figures(tidied, "region")

    return read


@settings(deadline=None)
@given(places=PLACES)
def test_every_place_has_its_own_path(deep, places):
    paths = {" > ".join(place): number for number, place in enumerate(places, start=1)}
    assert deep("as_printed", places) == paths


@settings(deadline=None)
@given(places=PLACES)
def test_labels_that_merged_cells_leave_out_are_those_above(deep, places):
    places = sorted(places)
    before: tuple[str, ...] = ("", "", "")
    merged = []
    for place in places:
        same = 0 if place[0] != before[0] else 1 if place[1] != before[1] else 2
        merged.append(("",) * same + place[same:])
        before = place
    assert deep("filled_down", merged) == deep("as_printed", places)


@settings(deadline=None)
@given(places=PLACES, depth=st.integers(1, 3))
def test_a_place_of_fewer_levels_is_the_whole_of_those_below(deep, places, depth):
    whole = tuple(places[0][:depth]) + ("",) * (3 - depth)
    [path, *_] = deep("as_printed", [whole])
    assert path == " > ".join(places[0][:depth])


# Labels that are kept


def test_the_labels_of_a_code_are_all_that_were_printed_for_it(tidy):
    words = "period: '2024'\ncolumns: {t: {dimension: crime_type}, n: {value: count, measure: cases}}\n"
    labels = tidy(words, "t,n\n인터넷사기(기타),1\n사이버사기(기타),2\ndeepfake,3\n").labels
    assert labels.of("crime_type", "online_fraud_other") == "사이버사기(기타) / 인터넷사기(기타)"
    assert (labels.of("crime_type", "deepfake"), labels.of("measure", "cases")) == ("deepfake", "cases")
    assert labels.of("crime_type", "never printed") == ""


def test_the_name_that_a_publisher_gives_goes_before_the_key(tidy):
    content = "key,name,n\n110000,Murder,1\n110000,Murder,2\n110000,Morder,3\n222000,,4\n"
    labels = tidy(NAMES, content).labels
    assert (labels.of("crime_type", "110000"), labels.of("crime_type", "222000")) == ("Murder", "222000")


# Names of codes

NAMES = """
period: '2024'
columns:
  key: {dimension: crime_type, codes: as_printed}
  name: {label_of: crime_type}
  n: {value: count, measure: cases}
"""


def blamed(tidied: tables.Tidy) -> list[tuple[int | None, str | None]]:
    assert {problem.rule for problem in tidied.problems} <= {"label_of"}
    assert {problem.column for problem in tidied.problems} <= {"name"}
    return [(problem.row, problem.value) for problem in tidied.problems]


def names(*rows: str) -> str:
    return "key,name,n\n" + "".join(f"{row},{number}\n" for number, row in enumerate(rows, start=1))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(["1,A", "2,B", "3,C"], [], id="one name each"),
        pytest.param(["1,A", "1,A", "2,B"], [], id="a name again"),
        pytest.param(["1,A", "1,A", "1,B", "2,C"], [(4, "B")], id="a second name, in fewer rows"),
        pytest.param(["1,B", "1,A", "1,A"], [(2, "B")], id="the first row is not always right"),
        pytest.param(["1,A", "1,B"], [(2, "A"), (3, "B")], id="two names in as many rows: both"),
        pytest.param(["1,A", "1,A", "1,B", "1,C"], [(4, "B"), (5, "C")], id="two that are rarer"),
        pytest.param(["1,A", "1,A", "2,A"], [(4, "2")], id="one name of two keys, the rarer is blamed"),
        pytest.param(["1,A", "2,A"], [(2, "1"), (3, "2")], id="one name of two keys in as many rows"),
        pytest.param(["1,A", "1,", "2,"], [], id="a row without a name says nothing"),
    ],
)
def test_a_code_has_one_name_and_a_name_one_code(tidy, rows, expected):
    assert blamed(tidy(NAMES, names(*rows))) == expected


def test_the_name_in_a_row_without_a_key_is_blamed_on_nobody(tidy):
    assert [problem.rule for problem in tidy(NAMES, names("1,A", ",A")).problems] == ["empty_label"]


def test_a_wrong_name_is_said_with_what_stands_elsewhere(tidy):
    [wrong_name] = problems(tidy(NAMES, names("1,A", "1,A", "1,B")))
    assert wrong_name == (
        f"`{FILE}`, row 4, column 'name': crime type '1' is called 'B' here and 'A' elsewhere. "
        "One of the two cells is wrong: look at the publisher's list of codes"
    )
    [wrong_key] = problems(tidy(NAMES, names("1,A", "1,A", "2,A")))
    assert "'A' is crime type '2' here and '1' elsewhere" in wrong_key


def test_the_row_with_a_wrong_name_gives_no_figure(tidy):
    tidied = tidy(NAMES, names("1,A", "2,B", "3,A", "3,C", "3,C"))
    assert list(tidied.observations["source_row"]) == [3, 5, 6]


def test_a_name_is_of_the_whole_path(tidy):
    words = TWO.replace("  n:", "  name: {label_of: crime_type}\n  n:")
    content = "group,type,name,n\na,x,one,1\nb,x,two,2\na,x,one,3\n"
    assert problems(tidy(words, content)) == []
    assert tidy(words, content).labels.of("crime_type", "b > x") == "two"


def test_names_may_repeat_where_the_contract_takes_it_as_no_error(tidy):
    words = NAMES.replace(
        "{label_of: crime_type}", "{label_of: crime_type, constraints: {severity: warning}}"
    )
    tidied = tidy(words, names("1,A", "2,A", "1,B"))
    assert (problems(tidied), len(tidied.observations)) == ([], 3)
    assert [problem.row for problem in misnamed(tidied.labels, FILE, "name", "crime_type")] == [2, 4, 2, 3]


def test_names_of_another_dimension_are_left_alone():
    labels = Labels(names={("region", "1"): {"A": [2], "B": [3]}})
    assert list(misnamed(labels, FILE, "name", "crime_type")) == []
    assert [problem.row for problem in misnamed(labels, FILE, "name", "region")] == [2, 3]


def test_names_are_the_same_whatever_their_blanks(tidy):
    assert blamed(tidy(NAMES, names("1,A  town", "1,A town", "1,A\u00a0town"))) == []


@given(
    keys=st.lists(st.integers(0, 9), min_size=2, max_size=12),
    wrong=st.integers(0, 11),
)
def test_one_damaged_name_is_found_in_its_row(keys, wrong):
    wrong %= len(keys)
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    for row, key in enumerate(keys):
        name = "damaged" if row == wrong else f"name of {key}"
        found.setdefault(("region", str(key)), {}).setdefault(name, []).append(row)
    rows = {problem.row for problem in misnamed(Labels(names=found), FILE, "name", "region")}
    others = keys.count(keys[wrong]) - 1
    if others == 0:
        assert rows == set()  # a name that stands once is as good as any
    elif others == 1:
        assert rows == {row for row, key in enumerate(keys) if key == keys[wrong]}
    else:
        assert rows == {wrong}
