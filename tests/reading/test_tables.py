"""Layouts as a table: what is printed, what the contract says, and the exact observations of both."""

from __future__ import annotations

import datetime as dt
import unicodedata
from textwrap import dedent

import pandas as pd
import pytest

from pipelines import observation
from pipelines.reading import tables
from tests import small_exports
from tests.small_exports import FILE, problems, said


@pytest.fixture
def tidy(source_of):
    """A function: what a contract says beyond `HEAD`, and the text of a file → `tables.Tidy`."""

    def tidy(words: str, content: str, groups: dict[str, str] | None = None) -> tables.Tidy:
        return small_exports.read(source_of(words), content, groups)

    return tidy


Y = "2024-01-01/2024-12-31"

LAYOUTS = [
    pytest.param(
        """
        columns:
          year: {period: year}
          type: {dimension: crime_type}
          cases: {value: count, measure: cases}
        """,
        "year,type,cases\n2024,deepfake,3\n2024,불법촬영물,0\n2023,deepfake,2\n",
        [
            f"{Y} cases crime_type=deepfake: 3 @2 cases",
            f"{Y} cases crime_type=illegal_recording: 0 @3 cases",
            "2023-01-01/2023-12-31 cases crime_type=deepfake: 2 @4 cases",
        ],
        id="long",
    ),
    pytest.param(
        """
        columns:
          연도: {period: year}
          구분: {dimension: measure, codes: {발생건수: cases, 검거건수: cases_cleared}}
          '*': {dimension: crime_type, value: count}
        """,
        "연도,구분,해킹(계정도용),해킹(단순침입)\n2024,발생건수,10,20\n2024,검거건수,5,0\n",
        [
            f"{Y} cases crime_type=hacking_account_theft: 10 @2 해킹(계정도용)",
            f"{Y} cases crime_type=hacking_intrusion: 20 @2 해킹(단순침입)",
            f"{Y} cases_cleared crime_type=hacking_account_theft: 5 @3 해킹(계정도용)",
            f"{Y} cases_cleared crime_type=hacking_intrusion: 0 @3 해킹(단순침입)",
        ],
        id="wide: every other column is a crime type",
    ),
    pytest.param(
        r"""
        columns:
          year: {period: year}
          불상: {value: count, measure: victims, set: {sex: unknown, age_band: unknown}}
          /(?P<sex>남자|여자)_(?P<age_band>.+)/: {value: count, measure: victims}
        codes:
          age_band: {6세이하: 0-6, 60세초과: 61+}
        """,
        "year,불상,남자_6세이하,여자_60세초과,여자_미상\n2024,9,1,2,3\n",
        [
            f"{Y} victims age_band=unknown sex=unknown: 9 @2 불상",
            f"{Y} victims age_band=0-6 sex=male: 1 @2 남자_6세이하",
            f"{Y} victims age_band=61+ sex=female: 2 @2 여자_60세초과",
            f"{Y} victims age_band=unknown sex=female: 3 @2 여자_미상",
        ],
        id="wide: two dimensions in one header",
    ),
    pytest.param(
        """
        columns:
          year: {period: year}
          kind: {dimension: measure}
          '*': {period: month, value: count}
        """,
        "year,kind,1월,2월,12월\n2024,cases,1,2,3\n2023,검거건수,4,5,6\n",
        [
            "2024-01-01/2024-01-31 cases: 1 @2 1월",
            "2024-02-01/2024-02-29 cases: 2 @2 2월",
            "2024-12-01/2024-12-31 cases: 3 @2 12월",
            "2023-01-01/2023-01-31 cases_cleared: 4 @3 1월",
            "2023-02-01/2023-02-28 cases_cleared: 5 @3 2월",
            "2023-12-01/2023-12-31 cases_cleared: 6 @3 12월",
        ],
        id="months across, the year in the rows",
    ),
    pytest.param(
        r"""
        columns:
          연도: {period: year}
          /(?P<crime_type>.+) (?P<measure>발생|검거)/: {value: count}
        codes:
          measure: {발생: cases, 검거: cases_cleared}
          crime_type: {카메라 등 이용촬영: illegal_recording}
        """,
        "연도,카메라 등 이용촬영 발생,카메라 등 이용촬영 검거\n2024,6623,6361\n",
        [
            f"{Y} cases crime_type=illegal_recording: 6623 @2 카메라 등 이용촬영 발생",
            f"{Y} cases_cleared crime_type=illegal_recording: 6361 @2 카메라 등 이용촬영 검거",
        ],
        id="the measure is a suffix of the header",
    ),
    pytest.param(
        r"""
        header: 2
        fill_right: true
        columns:
          age: {dimension: age_band}
          /(?P<year>\d{4}) \| (?P<measure>.+)/: {value: count}
        """,
        "age,2023,,2024,\n,cases,suspects,cases,suspects\n10s,1,2,3,4\n",
        [
            "2023-01-01/2023-12-31 cases age_band=10-19: 1 @3 2023 | cases",
            "2023-01-01/2023-12-31 suspects age_band=10-19: 2 @3 2023 | suspects",
            f"{Y} cases age_band=10-19: 3 @3 2024 | cases",
            f"{Y} suspects age_band=10-19: 4 @3 2024 | suspects",
        ],
        id="stacked headers",
    ),
    pytest.param(
        """
        period: 2024-11-01/2025-10-31
        groupChar: ','
        columns:
          type: {dimension: crime_type}
          cases: {value: count, measure: cases}
          share: {share_of: cases}
        """,
        'type,cases,share\ndeepfake,"1,553",35.2\nillegal_recording,857,19.0%\ntotal,"3,411",100\n',
        [
            "2024-11-01/2025-10-31 cases crime_type=deepfake: 1553 share 35.2 @2 cases",
            "2024-11-01/2025-10-31 cases crime_type=illegal_recording: 857 share 19.0 @3 cases",
            "2024-11-01/2025-10-31 cases: 3411 share 100 @4 cases",
        ],
        id="shares beside counts keep their digits",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          share: {share_of: suspects}
          age: {dimension: age_band}
        """,
        "age,share\n10s,47.6\n65+,4\n",
        [
            f"{Y} suspects age_band=10-19: missing share 47.6 @2 share",
            f"{Y} suspects age_band=65+: missing share 4 @3 share",
        ],
        id="shares without counts",
    ),
    pytest.param(
        """
        period: '2024'
        missingValues: ['']
        columns:
          kind: {dimension: measure}
          age: {dimension: age_band}
          n: {value: count}
          share: {share_of: each}
          change: {change_of: each}
        """,
        "kind,age,n,share,change\nsuspects,10s,5,50.0,-32.4\nvictims,10s,,40,+7\nvictims,20s,3,,\n",
        [
            f"{Y} suspects age_band=10-19: 5 share 50.0 change -32.4 @2 n",
            f"{Y} victims age_band=10-19: missing share 40 change 7 @3 n",
            f"{Y} victims age_band=20-29: 3 @4 n",
        ],
        id="shares and changes of what each row counts",
    ),
    pytest.param(
        """
        missingValues: {'': not_applicable}
        columns:
          kind: {dimension: measure}
          window: {period: interval}
          count: {value: count}
          change: {change_of: each}
        """,
        "kind,window,count,change\ncases,2024-11-01/2025-10-31,30,47.8\ncases,2023-11 ~ 2024-10,20,\n",
        [
            "2024-11-01/2025-10-31 cases: 30 change 47.8 @2 count",
            "2023-11-01/2024-10-31 cases: 20 @3 count",
        ],
        id="a period in each row, a change in some",
    ),
    pytest.param(
        """
        period: '2024'
        set: {crime_type: deepfake, region: seoul}
        columns:
          boys: {value: count, measure: suspects, set: {sex: male, age_band: 0-17}}
          in all: {value: count, measure: suspects}
        """,
        "boys,in all\n1,2\n",
        [
            f"{Y} suspects crime_type=deepfake age_band=0-17 sex=male region=seoul: 1 @2 boys",
            f"{Y} suspects crime_type=deepfake region=seoul: 2 @2 in all",
        ],
        id="what holds for the whole file and for a whole column",
    ),
    pytest.param(
        """
        period: '2024'
        other_dimensions: {place: Where it happened, weekday: Day of the week}
        codes: {weekday: {Mo: monday}}
        columns:
          where: {dimension: place}
          when: {dimension: weekday}
          n: {value: count, measure: cases}
        """,
        "where,when,n\nSubway  station,Mo,1\ntotal,Mo,2\ntotal,total,3\n",
        [
            f"{Y} cases place=Subway station weekday=monday: 1 @2 n",
            f"{Y} cases weekday=monday: 2 @3 n",
            f"{Y} cases: 3 @4 n",
        ],
        id="dimensions that only this source has",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          type: {dimension: crime_type, fill_down: true}
          sex: {dimension: sex}
          n: {value: count, measure: victims}
        """,
        "type,sex,n\ndeepfake,male,1\n,female,2\n\n,unknown,3\nillegal_recording,male,4\n,female,5\n",
        [
            f"{Y} victims crime_type=deepfake sex=male: 1 @2 n",
            f"{Y} victims crime_type=deepfake sex=female: 2 @3 n",
            f"{Y} victims crime_type=deepfake sex=unknown: 3 @5 n",
            f"{Y} victims crime_type=illegal_recording sex=male: 4 @6 n",
            f"{Y} victims crime_type=illegal_recording sex=female: 5 @7 n",
        ],
        id="merged cells are filled down",
    ),
    pytest.param(
        r"""
        period: '2024'
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
        ignore_rows:
          - {column: age, pattern: '\* .*', reason: a footnote}
          - {column: n, pattern: '-', reason: bands that nobody was in}
        """,
        "age,n\n10s,1\n20s,-\n* provisional,\n30s,3\n",
        [f"{Y} cases age_band=10-19: 1 @2 n", f"{Y} cases age_band=30-39: 3 @5 n"],
        id="rows that are no data",
    ),
    pytest.param(
        """
        period: '2024'
        missingValues: {'-': zero}
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
          share: {share_of: cases}
        """,
        "age,n,share\n10s,-,-\n20s,5,100\n",
        [
            f"{Y} cases age_band=10-19: 0 share 0 @2 n",
            f"{Y} cases age_band=20-29: 5 share 100 @3 n",
        ],
        id="a sign that means none",
    ),
    pytest.param(
        """
        period: '2024'
        missingValues: ['', '-', 0]
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
        """,
        "age,n\n10s,\n20s,-\n30s,0\n40s,00\n50s,5\n",
        [
            f"{Y} cases age_band=10-19: missing @2 n",
            f"{Y} cases age_band=20-29: missing @3 n",
            f"{Y} cases age_band=30-39: missing @4 n",
            f"{Y} cases age_band=40-49: 0 @5 n",
            f"{Y} cases age_band=50-59: 5 @6 n",
        ],
        id="missing values as a list",
    ),
    pytest.param(
        """
        period: '2024'
        missingValues: {'': missing, '<5': suppressed, n/a: not_applicable}
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
        """,
        "age,n\n10s,\n20s,<5\n30s,n/a\n40s,0\n",
        [
            f"{Y} cases age_band=10-19: missing @2 n",
            f"{Y} cases age_band=20-29: suppressed @3 n",
            f"{Y} cases age_band=30-39: not_applicable @4 n",
            f"{Y} cases age_band=40-49: 0 @5 n",
        ],
        id="missing values with what each means",
    ),
    pytest.param(
        """
        columns:
          연도: {period: year, aliases: [구분, Year]}
          '번호': {ignore: a row number, optional: true}
          n: {value: count, measure: cases}
          m: {value: count, measure: suspects, optional: true}
        """,
        "구분,n\n2024,1\n",
        [f"{Y} cases: 1 @2 n"],
        id="optional columns may be absent, a column may have had another name",
    ),
    pytest.param(
        """
        columns:
          연도: {period: year, aliases: [구분, Year]}
          '번호': {ignore: a row number, optional: true}
          n: {value: count, measure: cases}
          m: {value: count, measure: suspects, optional: true}
        """,
        "번호,연도,n,m\nx,2024,1,2\n",
        [f"{Y} cases: 1 @2 n", f"{Y} suspects: 2 @2 m"],
        id="optional columns may be there, an ignored one may hold anything",
    ),
    pytest.param(
        """
        period: '2024'
        codes: {region: as_printed}
        columns:
          area: {dimension: region}
          n: {value: count, measure: cases}
        """,
        "area,n\nCity of  London,1\nseoul,2\ntotal,3\n",
        [
            f"{Y} cases region=City of London: 1 @2 n",
            f"{Y} cases region=seoul: 2 @3 n",
            f"{Y} cases: 3 @4 n",
        ],
        id="labels as they are printed",
    ),
    pytest.param(
        """
        period: '2024'
        delimiter: ';'
        groupChar: '.'
        decimalChar: ','
        columns:
          Alter: {dimension: age_band}
          Fälle: {value: count, measure: cases}
          Anteil: {share_of: cases}
        """,
        "Alter;Fälle;Anteil\n10s;1.553;35,20\n20s;12;0,5 %\n30s;1.000;4\n",
        [
            f"{Y} cases age_band=10-19: 1553 share 35.20 @2 Fälle",
            f"{Y} cases age_band=20-29: 12 share 0.5 @3 Fälle",
            f"{Y} cases age_band=30-39: 1000 share 4 @4 Fälle",
        ],
        id="decimal commas",
    ),
    pytest.param(
        """
        columns:
          from: {period: start, format: '%d/%m/%Y'}
          to: {period: end, format: '%d/%m/%Y'}
          n: {value: count, measure: cases}
        """,
        "from,to,n\n03/04/2024,04/03/2025,1\n",
        ["2024-04-03/2025-03-04 cases: 1 @2 n"],
        id="a start and an end, in a format of their own",
    ),
    pytest.param(
        """
        columns:
          year: {period: year}
          quarter: {period: quarter, fill_down: true}
          n: {value: count, measure: cases}
        """,
        "year,quarter,n\n2024,1/4분기,1\n2023,,2\n",
        ["2024-01-01/2024-03-31 cases: 1 @2 n", "2023-01-01/2023-03-31 cases: 2 @3 n"],
        id="a year and a quarter in two columns",
    ),
    pytest.param(
        """
        cumulative: true
        columns:
          month: {period: month}
          n: {value: count, measure: cases}
        """,
        "month,n\n2024-01,3\n2024-02,5\n2024-12,40\n",
        [
            "2024-01-01/2024-01-31 cases: 3 @2 n",
            "2024-01-01/2024-02-29 cases: 5 @3 n",
            "2024-01-01/2024-12-31 cases: 40 @4 n",
        ],
        id="year to date, by month",
    ),
    pytest.param(
        """
        cumulative: true
        columns:
          year: {period: year}
          kind: {dimension: measure}
          '*': {period: quarter, value: count}
        """,
        "year,kind,1분기,3분기\n2024,cases,3,9\n",
        ["2024-01-01/2024-03-31 cases: 3 @2 1분기", "2024-01-01/2024-09-30 cases: 9 @2 3분기"],
        id="year to date, by quarter, across",
    ),
    pytest.param(
        """
        cumulative: true
        columns:
          half: {period: half}
          n: {value: count, measure: cases}
        """,
        "half,n\n2024 상반기,3\n2024 하반기,9\n",
        ["2024-01-01/2024-06-30 cases: 3 @2 n", "2024-01-01/2024-12-31 cases: 9 @3 n"],
        id="year to date, by half",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          type: {dimension: crime_type}
          cases: {value: count, measure: cases}
          cleared: {value: count, measure: cases_cleared}
          rate: {share_of: cases, measure: cases_cleared}
        """,
        "type,cases,cleared,rate\ndeepfake,200,150,75.0\nillegal_recording,10,9,90\n",
        [
            f"{Y} cases crime_type=deepfake: 200 @2 cases",
            f"{Y} cases_cleared crime_type=deepfake: 150 share 75.0 @2 cleared",
            f"{Y} cases crime_type=illegal_recording: 10 @3 cases",
            f"{Y} cases_cleared crime_type=illegal_recording: 9 share 90 @3 cleared",
        ],
        id="a percentage of another measure stands with the measure that it is about",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          type: {dimension: crime_type}
          cases: {value: count, measure: cases}
          share: {share_of: cases}
          rate: {share_of: cases, measure: cases_cleared}
        """,
        "type,cases,share,rate\ndeepfake,200,80.0,75.0\n",
        [
            f"{Y} cases crime_type=deepfake: 200 share 80.0 @2 cases",
            f"{Y} cases_cleared crime_type=deepfake: missing share 75.0 @2 rate",
        ],
        id="a share of the total beside a rate whose count is not printed",
    ),
    pytest.param(
        """
        period: '2024'
        match_labels: by_letters
        columns:
          crime_type: {dimension: crime_type}
          Cases (n): {value: count, measure: cases}
        """,
        "Crime Type,CASES n\n해킹_계정도용,1\n사이버사기 (기타),2\nDEEPFAKE-SEXUAL CONTENT,3\n",
        [
            f"{Y} cases crime_type=hacking_account_theft: 1 @2 CASES n",
            f"{Y} cases crime_type=online_fraud_other: 2 @3 CASES n",
            f"{Y} cases crime_type=deepfake: 3 @4 CASES n",
        ],
        id="labels and columns by their letters",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
        """,
        "age,n\n14세 미만,1\n14~18세,2\n19세 이상 30세 미만,3\n60 years and above,4\n70+,5\n80세초과,6\n",
        [
            f"{Y} cases age_band=0-13: 1 @2 n",
            f"{Y} cases age_band=14-18: 2 @3 n",
            f"{Y} cases age_band=19-29: 3 @4 n",
            f"{Y} cases age_band=60+: 4 @5 n",
            f"{Y} cases age_band=70+: 5 @6 n",
            f"{Y} cases age_band=81+: 6 @7 n",
        ],
        id="age bands that are spelled out",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          sex: {dimension: sex, codes: {'': total}}
          n: {value: count, measure: cases}
        """,
        "sex,n\n남,1\n,3\n \u3000,4\n",
        [f"{Y} cases sex=male: 1 @2 n", f"{Y} cases: 3 @3 n", f"{Y} cases: 4 @4 n"],
        id="a blank label that means all",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          deepfake: {dimension: crime_type, value: count, measure: cases}
          deepfake share: {share_of: cases, set: {crime_type: deepfake}, along: crime_type}
          불법촬영물: {dimension: crime_type, value: count, measure: cases}
        """,
        "deepfake,deepfake share,불법촬영물\n3,75.0,1\n",
        [
            f"{Y} cases crime_type=deepfake: 3 share 75.0 @2 deepfake",
            f"{Y} cases crime_type=illegal_recording: 1 @2 불법촬영물",
        ],
        id="a label that is a code, a share across from it",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
        """,
        "\ufeff age ,\u3000n\u00a0,\n\u00a010대\u3000,\u00a03 ,\n20s,\u202f4,\n",
        [f"{Y} cases age_band=10-19: 3 @2 n", f"{Y} cases age_band=20-29: 4 @3 n"],
        id="unusual blanks, a byte order mark, a column of nothing",
    ),
    pytest.param(
        """
        period: '2024'
        columns:
          age: {dimension: age_band}
          n: {value: count, measure: cases}
        """,
        "age,n\n10s,1.0\n20s,2.00\n",
        [f"{Y} cases age_band=10-19: 1 @2 n", f"{Y} cases age_band=20-29: 2 @3 n"],
        id="whole numbers with decimals of zero",
    ),
]


@pytest.mark.parametrize(("words", "content", "observations"), LAYOUTS)
def test_a_layout_gives_exactly_these_observations(tidy, words, content, observations):
    tidied = tidy(dedent(words), content)
    assert problems(tidied) == []
    assert said(tidied) == observations


@pytest.mark.parametrize(("words", "content", "observations"), LAYOUTS)
def test_a_layout_means_the_same_in_decomposed_hangul(tidy, words, content, observations):
    tidied = tidy(dedent(words), unicodedata.normalize("NFD", content))
    assert (problems(tidied), said(tidied)) == ([], observations)


def test_an_observation_carries_where_it_comes_from(tidy):
    tidied = tidy(
        "is_provisional: true\nperiod: '2024'\ncolumns: {n: {value: count, measure: cases}}\n", "n\n5\n"
    )
    assert list(tidied.observations.columns) == list(observation.COLUMNS)
    [entry] = tidied.observations.to_dict("records")
    assert {name: None if pd.isna(value) else value for name, value in entry.items()} == {
        "source": "series",
        "export_id": "abc",
        "released_on": dt.date(2025, 1, 31),
        "period_start": dt.date(2024, 1, 1),
        "period_end": dt.date(2024, 12, 31),
        "measure": "cases",
        "crime_type": "total",
        "age_band": "total",
        "sex": "total",
        "region": "total",
        "value": 5,
        "value_status": "observed",
        "published_share_pct": None,
        "published_change_pct": None,
        "is_provisional": True,
        "source_file": FILE,
        "source_row": 2,
        "source_column": "n",
        "other_dimensions": None,
    }


def test_the_name_of_a_file_gives_dimensions_and_the_period(source_of, tidy):
    words = (
        "tables:\n  one:\n"
        r"    files: '(?P<region>[^_]+)_(?P<year>\d{4})_(?P<place>.+)\.csv'" + "\n"
        "    columns: {month: {period: month}, n: {value: count, measure: cases}}\n"
        "other_dimensions: {place: Where it happened}\n"
    )
    tidied = tidy(words, "month,n\n11,5\n", {"region": "서울", "year": "2024", "place": "역"})
    assert said(tidied) == ["2024-11-01/2024-11-30 cases region=seoul place=역: 5 @2 n"]


def test_the_same_other_dimensions_are_the_same_text_in_any_order_of_columns(tidy):
    words = (
        "period: '2024'\nother_dimensions: {b: B, a: A}\n"
        "columns: {b: {dimension: b}, a: {dimension: a}, n: {value: count, measure: cases}}\n"
    )
    [one] = tidy(words, "a,b,n\nx,역,5\n").observations["other_dimensions"]
    [other] = tidy(words, "b,a,n\n역,x,5\n").observations["other_dimensions"]
    assert one == other == '{"a":"x","b":"역"}'


def test_a_row_printed_twice_is_kept_twice_with_its_own_share(tidy):
    # What doubles is for the rules to say; see test_rules.
    tidied = tidy(SHARES, "age,n,share\n10s,3,50.0\n10s,4,60.0\n")
    assert said(tidied) == [
        f"{Y} cases age_band=10-19: 3 share 50.0 @2 n",
        f"{Y} cases age_band=10-19: 4 share 60.0 @3 n",
    ]


def test_rows_are_kept_as_printed_for_those_that_will_be_rejected(tidy):
    tidied = tidy(COUNTS, "age,n\n10s,x\n\n20s,1,2,3\n30s,5\n")
    assert dict(tidied.raw_rows) == {
        2: '["10s", "x"]',
        4: '["20s", "1", "2", "3"]',
        5: '["30s", "5"]',
    }
    assert (tidied.rows_received, tidied.rows_ignored) == (3, 0)


def test_received_rows_are_those_that_are_not_ignored(tidy):
    words = COUNTS + "ignore_rows: [{column: age, pattern: 'note.*', reason: x}]\n"
    tidied = tidy(words, "age,n\n10s,1\nnote 1,\nnote 2,\n20s,2\n")
    assert (tidied.rows_received, tidied.rows_ignored, list(tidied.raw_rows)) == (2, 2, [2, 5])


# What is not understood

COUNTS = "period: '2024'\ncolumns:\n  age: {dimension: age_band}\n  n: {value: count, measure: cases}\n"
YEARS = "columns:\n  year: {period: year}\n"
SHARES = """
period: '2024'
columns:
  age: {dimension: age_band}
  n: {value: count, measure: cases}
  share: {share_of: cases}
"""
ADD_AGE = "Add it as an alias in `sql/codes/age_band.csv` or to `codes:` in `source.yaml`"
ADD_COLUMN = "Add it to `columns:` in `source.yaml`, or as an alias of the column that it is"
RENAMED = (
    "If the publisher renamed it, add the new label to its `aliases:`; "
    "if it may be absent, say `optional: true`"
)


@pytest.mark.parametrize(
    ("words", "content", "expected"),
    [
        # the header
        pytest.param(
            COUNTS,
            "age,n,m\n10s,1,2\n",
            [f"`{FILE}`, column 'm': column 3 is not in the contract. {ADD_COLUMN}"],
            id="an unknown column",
        ),
        pytest.param(
            COUNTS,
            "ages,n\n10s,1\n",
            [
                f"`{FILE}`, column 'ages': column 1 is not in the contract; closest: 'age'. {ADD_COLUMN}",
                f"`{FILE}`, column 'age': the column is missing. {RENAMED}",
            ],
            id="a renamed column",
        ),
        pytest.param(
            COUNTS,
            "age\n10s\n",
            [f"`{FILE}`, column 'n': the column is missing. {RENAMED}"],
            id="a missing column",
        ),
        pytest.param(
            COUNTS.replace("  n: {", "  '*': {dimension: sex, "),
            "age\n10s\n",
            [f"`{FILE}`, column '*': no column matches. {RENAMED}"],
            id="no other column at all",
        ),
        pytest.param(
            COUNTS,
            "age,n, n\n10s,1,2\n",
            [f"`{FILE}`, column 'n': columns 2 and 3 have the same label"],
            id="a label twice",
        ),
        pytest.param(
            COUNTS.replace("cases}", "cases, aliases: [m]}"),
            "age,n,m\n10s,1,2\n",
            [f"`{FILE}`, column 'm': is `n` a second time"],
            id="a column and its alias",
        ),
        pytest.param(
            COUNTS,
            "age,n,\n10s,1,2\n",
            [f"`{FILE}`: column 3 has cells but no label"],
            id="a column without a label",
        ),
        pytest.param(
            COUNTS,
            "age,n\n",
            [f"`{FILE}`: has a header and no rows. The file may be cut; fetch it again"],
            id="no rows",
        ),
        pytest.param(
            YEARS + "  '*': {dimension: crime_type, value: count, measure: cases}\n",
            "year,해킹_계정도용,deepfake\n2024,1,2\n",
            [
                f"`{FILE}`, column '해킹_계정도용': column 2 '해킹_계정도용' is not a known crime type; "
                "closest: '해킹(계정도용)'. It is 'hacking_account_theft' but for case and punctuation: say "
                "`match_labels: by_letters`, or add it as an alias in `sql/codes/crime_type.csv` or to "
                "`codes:` in `source.yaml`"
            ],
            id="a header that is a known crime type but for its punctuation",
        ),
        pytest.param(
            YEARS + "  '*': {dimension: crime_type, value: count, measure: cases}\n",
            "year,해킹(계정도움),deepfake\n2024,1,2\n",
            [
                f"`{FILE}`, column '해킹(계정도움)': column 2 '해킹(계정도움)' is not a known crime type; "
                "closest: '해킹(계정도용)'. "
                "Add it as an alias in `sql/codes/crime_type.csv` or to `codes:` in `source.yaml`"
            ],
            id="a header that is no known crime type",
        ),
        pytest.param(
            YEARS + "  '*': {period: month, value: count, measure: cases}\n",
            "year,1월,13월\n2024,1,2\n",
            [f"`{FILE}`, column '13월': column 3: '13월' is not a month"],
            id="a header that is no month",
        ),
        pytest.param(
            COUNTS,
            "age,age,x\n10s,10s,1\n",
            [
                f"`{FILE}`, column 'age': columns 1 and 2 have the same label",
                f"`{FILE}`, column 'x': column 3 is not in the contract. {ADD_COLUMN}",
                f"`{FILE}`, column 'n': the column is missing. {RENAMED}",
            ],
            id="everything about a header at once",
        ),
        # the rows
        pytest.param(
            COUNTS,
            "age,n\n10s,1\nUnder 10s,2\n",
            [
                f"`{FILE}`, row 3, column 'age': 'Under 10s' is not a known age band; "
                f"closest: 'Under 10'. {ADD_AGE}"
            ],
            id="an unknown label",
        ),
        pytest.param(
            COUNTS,
            "age,n\n,1\n",
            [
                f"`{FILE}`, row 2, column 'age': is empty. "
                "Every row needs it; if the cell is merged, say `fill_down: true`; "
                "if it means all of them, `codes: {'': total}`"
            ],
            id="an empty label",
        ),
        pytest.param(
            YEARS + "  n: {value: count, measure: cases}\n",
            "year,n\n2024,1\n합계,2\n",
            [
                f"`{FILE}`, row 3, column 'year': '합계' is not a year. "
                "See `period:` and `format:` in the contract"
            ],
            id="an unknown period",
        ),
        pytest.param(
            YEARS + "  month: {period: month}\n  n: {value: count, measure: cases}\n",
            "year,month,n\n2024,2023-01,1\n",
            [f"`{FILE}`, row 2, column 'month': the year is given twice, as 2024 and as 2023"],
            id="two periods in one row",
        ),
        pytest.param(
            YEARS + "  '*': {period: month, value: count, measure: cases}\n",
            "year,2024-01\n2023,1\n",
            [f"`{FILE}`, row 2, column '2024-01': the year is given twice, as 2024 and as 2023"],
            id="the header and the row say different years",
        ),
        # the numbers
        pytest.param(
            COUNTS,
            "age,n\n10s,\n",
            [
                f"`{FILE}`, row 2, column 'n': is empty, and the contract does not say what that means. "
                "Say what an empty cell means in `missingValues:`"
            ],
            id="a blank",
        ),
        pytest.param(
            COUNTS,
            "age,n\n10s,-\n20s,x\n30s,５\n",
            [
                f"`{FILE}`, row 2, column 'n': '-' is not a number. Say what - means in `missingValues:`",
                f"`{FILE}`, row 3, column 'n': 'x' is not a number. Say what x means in `missingValues:`",
                f"`{FILE}`, row 4, column 'n': '５' is not a number",
            ],
            id="no numbers",
        ),
        pytest.param(
            COUNTS,
            'age,n\n10s,"1,553"\n20s,1.5\n30s,1234567890123456789\n',
            [
                f"`{FILE}`, row 2, column 'n': '1,553' is not a number; "
                "if the comma groups digits, the contract needs `groupChar: ','`",
                f"`{FILE}`, row 3, column 'n': '1.5' is not a whole number, and counts are",
                f"`{FILE}`, row 4, column 'n': '1234567890123456789' has too many digits for a count",
            ],
            id="no counts",
        ),
        pytest.param(
            SHARES,
            "age,n,share\n10s,1,half\n",
            [
                f"`{FILE}`, row 2, column 'share': 'half' is not a number. Say what half means in `missingValues:`"
            ],
            id="no share",
        ),
        pytest.param(
            COUNTS,
            "age,n\nUnder 10s,x\n",
            [
                f"`{FILE}`, row 2, column 'age': 'Under 10s' is not a known age band; "
                f"closest: 'Under 10'. {ADD_AGE}",
                f"`{FILE}`, row 2, column 'n': 'x' is not a number. Say what x means in `missingValues:`",
            ],
            id="everything about a row at once",
        ),
    ],
)
def test_what_is_not_understood_is_said_with_its_address(tidy, words, content, expected):
    assert problems(tidy(words, content)) == expected


def test_the_cell_that_is_not_understood_is_kept(tidy):
    [label, number] = tidy(COUNTS, "age,n\nUnder 10s,1\n10s,\u00a0x \n").problems
    assert (label.rule, label.row, label.column, label.value) == ("unknown_label", 2, "age", "Under 10s")
    assert (number.rule, number.row, number.column, number.value) == ("number", 3, "n", "x")


def test_a_header_that_is_not_understood_gives_no_observations(tidy):
    tidied = tidy(COUNTS, "age,n,m\n10s,1,2\n20s,3,4\n")
    assert said(tidied) == []
    assert tidied.rows_received == 2


def test_good_rows_are_read_beside_bad_ones(tidy):
    tidied = tidy(COUNTS, "age,n\n10s,1\nUnder 10s,2\n20s,x\n30s,4\n")
    assert said(tidied) == [f"{Y} cases age_band=10-19: 1 @2 n", f"{Y} cases age_band=30-39: 4 @5 n"]


def test_a_row_with_one_bad_number_gives_no_observation_at_all(tidy):
    # `tidy` promises that rows with a problem are left out.
    words = COUNTS + "  m: {value: count, measure: suspects}\n"
    assert said(tidy(words, "age,n,m\n10s,1,2\n20s,3,x\n30s,x,4\n")) == [
        f"{Y} cases age_band=10-19: 1 @2 n",
        f"{Y} suspects age_band=10-19: 2 @2 m",
    ]


def test_a_name_of_a_file_that_is_not_understood_is_a_problem_of_the_whole_file(tidy):
    words = (
        "tables:\n  one:\n    files: '(?P<region>.+).csv'\n    period: '2024'\n"
        "    columns: {n: {value: count, measure: cases}}\n"
    )
    [problem] = tidy(words, "n\n5\n", {"region": "Soul"}).problems
    assert problem.row is None
    assert (
        "the file's name, sheet or cells say region 'Soul', which is not known; closest: 'Seoul'"
        in problem.reason
    )


def test_a_blank_is_an_error_unless_the_contract_says_what_it_means(tidy):
    content = "age,n\n10s,\n"
    assert len(tidy(COUNTS, content).problems) == 1
    assert said(tidy(COUNTS + "missingValues: ['']\n", content)) == [
        f"{Y} cases age_band=10-19: missing @2 n"
    ]


def test_every_cell_that_must_not_be_guessed_is_a_problem(tidy):
    cells = [
        "△5",
        "(5)",
        "5-",
        "–5",
        "１",
        "5*",
        "5 명",
        "1e3",
        "1_000",
        "#N/A",
        "NaN",
        "None",
        "TRUE",
        "\u200b5",
    ]
    content = "age,n\n" + "".join(f"{age}-{age},{cell}\n" for age, cell in enumerate(cells))
    tidied = tidy(COUNTS, content)
    assert [problem.value for problem in tidied.problems] == cells
    assert said(tidied) == []


# Numbers that would be wrong without a word


@pytest.mark.parametrize("cell", ["47%", "5 %", "100%"])
def test_a_percentage_is_no_count(tidy, cell):
    tidied = tidy(COUNTS, f"age,n\n10s,{cell}\n")
    assert (said(tidied), [problem.value for problem in tidied.problems]) == ([], [cell])


def test_a_thousand_with_a_point_is_not_one(tidy):
    # 1.234 is refused as no whole number; 1.000 in the same column must not pass as 1.
    tidied = tidy(COUNTS, "age,n\n10s,1.000\n")
    assert (said(tidied), [problem.value for problem in tidied.problems]) == ([], ["1.000"])


def test_a_label_on_an_ignored_row_still_holds_for_the_merged_cells_below(tidy):
    # KOSIS prints a subtotal in the first row of each group, and the group's name only there.
    words = """
    period: '2024'
    columns:
      type: {dimension: crime_type, fill_down: true}
      sex: {dimension: sex}
      n: {value: count, measure: victims}
    ignore_rows: [{column: sex, pattern: 소계, reason: a subtotal}]
    """
    content = "type,sex,n\ndeepfake,male,1\n,female,2\nillegal_recording,소계,7\n,male,3\n,female,4\n"
    assert said(tidy(dedent(words), content)) == [
        f"{Y} victims crime_type=deepfake sex=male: 1 @2 n",
        f"{Y} victims crime_type=deepfake sex=female: 2 @3 n",
        f"{Y} victims crime_type=illegal_recording sex=male: 3 @5 n",
        f"{Y} victims crime_type=illegal_recording sex=female: 4 @6 n",
    ]


def test_a_label_on_a_ragged_row_is_not_replaced_by_the_one_above(tidy):
    # Row 4 is rejected; row 5 belongs to it, so it may be rejected too but is no deepfake.
    words = """
    period: '2024'
    max_rejected_pct: 50
    columns:
      type: {dimension: crime_type, fill_down: true}
      sex: {dimension: sex}
      n: {value: count, measure: victims}
    """
    tidied = tidy(
        dedent(words), "type,sex,n\ndeepfake,male,1\n,female,2\nillegal_recording,male,1,553\n,female,4\n"
    )
    assert not [line for line in said(tidied) if "deepfake sex=female: 4" in line]


def test_a_share_printed_twice_is_not_silently_the_last_one(tidy):
    words = "period: '2024'\ncolumns:\n  age: {dimension: age_band}\n  share: {share_of: cases}\n"
    tidied = tidy(words, "age,share\n10s,10\n10s,12\n")
    assert len(said(tidied)) == 2 or tidied.problems


def test_two_shares_of_one_figure_are_not_silently_the_last_one(tidy):
    words = SHARES + "  share of all: {share_of: cases}\n"
    tidied = tidy(words, "age,n,share,share of all\n10s,3,50.0,10.0\n")
    assert tidied.problems


def test_a_label_that_two_patterns_match_is_a_problem(tidy):
    words = r"""
    period: '2024'
    columns:
      /(?P<measure>cases|suspects) (?P<age_band>.+)/: {value: count}
      /(?P<measure>cases) (?P<age_band>.+) \(provisional\)/: {value: count, set: {sex: male}}
      /(?P<measure>cases) .+/: {value: count, set: {sex: female}}
    """
    tidied = tidy(dedent(words), "suspects 10s,cases 20s\n1,2\n")
    assert [problem.column for problem in tidied.problems if problem.rule != "missing_column"] == [
        "cases 20s"
    ]


def test_a_footnote_of_one_cell_can_be_ignored(tidy):
    words = COUNTS + "ignore_rows: [{column: age, pattern: '주.*', reason: a footnote}]\n"
    tidied = tidy(words, "age,n\n10s,1\n주: 잠정치\n")
    assert (problems(tidied), tidied.rows_received, tidied.rows_ignored) == ([], 1, 1)


def test_rows_are_ignored_under_any_name_of_the_column(tidy):
    words = """
    period: '2024'
    codes: {region: as_printed}
    columns:
      area: {dimension: region, aliases: [district]}
      n: {value: count, measure: cases}
    ignore_rows: [{column: area, pattern: 소계, reason: a subtotal}]
    """
    for label in ("area", "district"):
        assert said(tidy(dedent(words), f"{label},n\nA,3\n소계,3\n")) == [f"{Y} cases region=A: 3 @2 n"]


def test_rows_are_ignored_in_decomposed_hangul_too(tidy):
    words = COUNTS.replace("{dimension: age_band}", "{dimension: region, codes: as_printed}")
    words += "ignore_rows: [{column: age, pattern: 소계, reason: a subtotal}]\n"
    content = unicodedata.normalize("NFD", "age,n\nA,3\n소계,3\n")
    assert said(tidy(words, content)) == [f"{Y} cases region=A: 3 @2 n"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_missing_value_is_known_in_either_form(tidy, form):
    content = unicodedata.normalize(form, "age,n\n10s,비공개\n")
    tidied = tidy(COUNTS + "missingValues: {비공개: suppressed}\n", content)
    assert said(tidied) == [f"{Y} cases age_band=10-19: suppressed @2 n"]


# The rows, for constraints and expectations


def test_rows_have_numbers_as_numbers_and_beside_them_as_they_are_printed(tidy):
    words = SHARES + "groupChar: ','\nmissingValues: {'-': missing}\n"
    tidied = tidy(words, 'age,n,share\n10s,"1,553",50.0\n20s,-,9\n')
    assert tidied.rows.astype(object).where(tidied.rows.notna(), None).to_numpy().tolist() == [
        ["10s", 1553, 50],
        ["20s", None, 9],
    ]
    assert tidied.printed.to_numpy().tolist() == [["10s", "1,553", "50.0"], ["20s", None, "9"]]
    assert [list(frame.index) for frame in (tidied.rows, tidied.printed)] == [[2, 3], [2, 3]]


# What cannot be told


def test_two_age_bands_of_which_only_the_ends_are_named_are_not_guessed(tidy):
    [problem] = tidy(COUNTS, "age,n\n14세 미만,3\n20세 미만,4\n30세 이상,5\n").problems
    assert (problem.rule, problem.row) == ("unknown_label", None)
    assert (
        problem.reason
        == "'14세 미만', '20세 미만': does each age band begin at 0, or where the one before it ends?"
    )
    assert problem.next_step.startswith("Say it in the contract")


@pytest.mark.parametrize(
    "codes", ["{20세 미만: 14-19}", "{14세 미만: 0-13, 20세 미만: 14-19}"], ids=["of one", "of both"]
)
def test_two_age_bands_are_read_once_the_contract_says_where_the_second_begins(tidy, codes):
    tidied = tidy(COUNTS + f"codes: {{age_band: {codes}}}\n", "age,n\n14세 미만,3\n20세 미만,4\n")
    assert problems(tidied) == []
    assert small_exports.figures(tidied, "age_band") == {"0-13": 3, "14-19": 4}


def test_age_bands_that_the_contract_says_all_begin_at_0_are_read(tidy):
    codes = "codes: {age_band: {14세 미만: 0-13, 20세 미만: 0-19}}\n"
    assert problems(tidy(COUNTS + codes, "age,n\n14세 미만,3\n20세 미만,4\n")) == []


def test_one_age_band_of_which_only_the_end_is_named_begins_at_0(tidy):
    tidied = tidy(COUNTS, "age,n\nunder 18,3\n18+,4\n")
    assert (problems(tidied), small_exports.figures(tidied, "age_band")) == ([], {"0-17": 3, "18+": 4})


def test_one_age_band_in_two_spellings_is_one_band(tidy):
    assert problems(tidy(COUNTS, "age,n\nunder 18,3\n<18,4\n")) == []


def test_a_percentage_of_another_measure_may_not_stand_twice(tidy):
    words = COUNTS + "  rate: {share_of: cases, measure: cases_cleared}\n"
    words += "  again: {share_of: cases, measure: cases_cleared}\n"
    [problem] = tidy(words, "age,n,rate,again\n10s,4,50,51\n").problems
    assert "a second percentage for the same figure" in problem.reason


def test_a_window_of_days_in_a_cumulative_table_needs_no_year_to_begin_with(tidy):
    words = "cumulative: true\ncolumns:\n  to: {period: day}\n  n: {value: count, measure: cases}\n"
    assert said(tidy(words, "to,n\n2024-03-15,7\n")) == ["2024-01-01/2024-03-15 cases: 7 @2 n"]


def test_an_empty_cell_is_unknown_where_labels_are_kept_as_printed(tidy):
    words = COUNTS.replace("{dimension: age_band}", "{dimension: region, codes: as_printed}")
    [problem] = tidy(words, "age,n\n,1\n").problems
    assert (problem.rule, problem.row) == ("empty_label", 2)


# Labels that differ in more than punctuation

AGES_BY_LETTERS = COUNTS + "match_labels: by_letters\n"


@pytest.mark.parametrize(
    ("codes", "label", "code"),
    [
        ("{18+: 18+}", "<18", "0-17"),
        ("{'<18': 0-17}", "18+", "18+"),
        ("{10-19: 10-19}", "101-9", None),
    ],
)
def test_signs_of_age_bands_are_no_punctuation(tidy, codes, label, code):
    tidied = tidy(AGES_BY_LETTERS + f"codes: {{age_band: {codes}}}\n", f"age,n\n{label},1\n")
    assert list(tidied.observations["age_band"]) == ([code] if code else [])


@pytest.mark.parametrize("label", ["-", "*", "…"])
def test_a_label_without_letters_is_not_an_empty_one(tidy, label):
    words = AGES_BY_LETTERS + "codes: {age_band: {'': total}}\n"
    assert said(tidy(words, f"age,n\n{label},1\n")) == []


@pytest.mark.parametrize("label", ["해킹_계정도움", "해킹계정", "계정도용 해킹", "해킹 1 계정도용"])
def test_labels_with_other_letters_stay_unknown(tidy, label):
    words = AGES_BY_LETTERS.replace("age_band", "crime_type")
    [problem] = tidy(words, f"age,n\n{label},1\n").problems
    assert (problem.rule, problem.value) == ("unknown_label", label)


def test_of_days_one_of_which_has_the_month_first_none_is_believed(tidy):
    words = "columns:\n  day: {period: day, format: '%d/%m/%Y'}\n  n: {value: count, measure: cases}\n"
    tidied = tidy(words, "day,n\n03/01/2024,5\n01/15/2024,7\n")
    assert tidied.observations[tidied.observations["source_row"] == 3].empty
    [said] = [str(problem) for problem in tidied.problems if problem.row is None]
    assert "'01/15/2024' has its day and month in each other's place" in said
    assert [problem.row for problem in tidy(words, "day,n\n03/01/2024,5\n32/01/2024,7\n").problems] == [3]


@pytest.mark.parametrize("label", ["Grand Total", "합계*", "절도\u3164", "#REF!"])
@pytest.mark.parametrize("dimension", ["crime_type", "place"])
def test_a_label_that_is_a_total_or_damaged_is_never_kept_as_printed(tidy, dimension, label):
    words = f"""
other_dimensions: {{place: Where it happened}}
period: '2024'
columns:
  type: {{dimension: {dimension}, codes: as_printed}}
  cases: {{value: count, measure: cases}}
"""
    read = tidy(words, f"type,cases\nTheft,1\n{label},2\n")
    assert [(problem.rule, problem.row) for problem in read.problems] == [("unknown_label", 3)]
