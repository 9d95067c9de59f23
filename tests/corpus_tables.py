"""Good tables that the corpus pollutes, with invented figures, and the contracts that read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.command import ROOT
from tests.corpus import Clean

HEAD = """\
title: A table
publisher: A publisher
licence: none
released_on: 2025-01-31
files: '*'
max_rejected_pct: 100
"""

_OFFENCES = (
    "Men's clothing, stolen from a shop", "Robbery", 'Possession of a knife, blade of 5"', "Assault",
    "Theft, from vehicles", "Fraud, online", 'Damage to a screen of 48"', "Burglary: dwelling/garage",
)  # fmt: skip
_WHAT_HAPPENED = (
    "The caller reported it from a telephone at home and could not say who had done it; nobody was hurt.",
    "A bicycle, a helmet, two lights and a lock were taken, between ten and noon, and nothing was found since.",
    "Seen by the owner's neighbour, who wasn't sure: a tall man, or two, in dark clothes.",
    "A window of 8\\'9\" length was broken, the frame bent, and the alarm did not go off.",
    "One, two, three, four, five, six, seven, eight, nine cars were scratched",
    "Withdrawn: the 'thief' was 100% certain that it was hers, and it was",
)
_FIRST_DAY = dt.date(2018, 1, 28)


def _incident(number: int) -> tuple[str, ...]:
    day = _FIRST_DAY + dt.timedelta(days=2 * number)
    name = f"{'ABCDEHKZ'[number % 8]}{'CGNIY'[number % 5]}-{1000 + 97 * number % 9000}"
    return (
        f"{day:%d/%m/%Y}", f"{number // 4 % 24:02}:{number % 4 * 15:02}", str(number * number % 34), name,
        f"${number * 7919 % 9900 / 100:.{2 - (number % 9 == 4)}f}", _OFFENCES[number % 8],
        _WHAT_HAPPENED[number % 6], f"https://www.example.com/case/{name.replace('-', '_')}.html", "",
    )  # fmt: skip


INCIDENTS = Clean(
    ("DATE", "TIME", "Qty", "CASEID", "Loss", "Offence", "Description", "URL", "Comments"),
    tuple(map(_incident, range(83))),
    quoted=frozenset((6, 7)),
)
"""The shape of the benchmark's own table: 9 columns, 83 rows, some cells always quoted, the last column empty."""

_TYPES = (
    "해킹(계정도용)", "해킹(단순침입)", "해킹(자료유출)", "해킹(자료훼손)", "서비스거부공격", "악성프로그램(랜섬웨어)",
    "악성프로그램(기타)", "기타 정보통신망 침해형 범죄", "사이버사기(직거래)", "사이버사기(쇼핑몰)", "사이버사기(게임)",
    "사이버사기(이메일 무역사기)", "사이버사기(기타)", "사이버금융범죄(피싱)", "사이버금융범죄(파밍)",
    "사이버금융범죄(스미싱)", "사이버금융범죄(메모리해킹)", "사이버금융범죄(몸캠피싱)", "사이버금융범죄(메신저이용사기)",
    "사이버금융범죄(기타)", "개인위치정보 침해", "사이버저작권침해", "기타 정보통신망 이용형 범죄",
    "사이버 음란물(일반음란물)", "사이버 음란물(아동음란물)", "사이버 음란물(불법촬영물유포)", "사이버 도박(스포츠토토)",
    "사이버 도박(경마 경륜 경정)", "사이버 도박(카지노)", "사이버 도박(기타)", "사이버 명예훼손(모욕)", "사이버 스토킹",
    "기타 불법 컨텐츠",
)  # fmt: skip
YEARLY = Clean(
    ("연도", "구분", *_TYPES),
    tuple(
        (
            str(year), measure,
            *(str((year - 2010) * 13 * at**3 // (14 + 9 * (measure == "검거건수"))) for at in range(1, 34)),
        )
        for year in range(2020, 2013, -1)
        for measure in ("발생건수", "검거건수")
    ),
)  # fmt: skip
"""The shape of a published export: a row for each year and measure, a column for each of 33 crime types."""


@dataclass(frozen=True)
class Contract:
    """How one of the good tables is read."""

    name: str
    clean: Clean
    words: str
    is_records: bool = False


_ALL = """\
other_dimensions: {time: t, case_id: c, loss: l, story: s, link: u, remark: r}
columns:
  DATE: {period: day, format: '%d/%m/%Y'}
  TIME: {dimension: time, codes: as_printed}
  Qty: {value: count, measure: cases}
  CASEID: {dimension: case_id, codes: as_printed}
  Loss: {dimension: loss, codes: as_printed}
  Offence: {dimension: crime_type, codes: as_printed}
  Description: {dimension: story, codes: as_printed}
  URL: {dimension: link, codes: as_printed}
  Comments: {dimension: remark, codes: {'': none, '*': as_printed}}
"""
_SOME = """\
other_dimensions: {case_id: c, link: u}
columns:
  DATE: {period: day, format: '%d/%m/%Y'}
  Qty: {value: count, measure: cases}
  CASEID: {dimension: case_id, codes: as_printed}
  Offence: {dimension: crime_type, codes: as_printed}
  URL: {dimension: link, codes: as_printed}
  '*': {ignore: not needed}
totals: none
"""
_RECORDS = """\
kind: records
period: 2018
fields:
  DATE: {type: date, format: '%d/%m/%Y'}
  TIME: {}
  Qty: {type: integer, constraints: {required: true}}
  CASEID: {key: true, constraints: {required: true, pattern: '[A-Z]{2}-\\d+'}}
  Loss: {constraints: {pattern: '\\$[0-9.]+'}}
  Offence: {dimension: crime_type, codes: as_printed}
  Description: {}
  URL: {constraints: {pattern: 'https://.*'}}
  Comments: {}
measures: {cases: count}
rollup: {period: file, by: [[crime_type]]}
"""
_SOME_RECORDS = """\
kind: records
period: 2018
repeated_rows: reject
fields:
  DATE: {type: date, format: '%d/%m/%Y'}
  Qty: {type: integer, constraints: {required: true}}
  CASEID: {}
  Offence: {dimension: crime_type, codes: as_printed}
  URL: {}
  '*': {ignore: not needed}
measures: {cases: count}
rollup: {period: file, by: [[crime_type]]}
"""


def _published() -> str:
    """The shipped contract of the yearly table, without what names its files."""
    shipped = (ROOT / "raw/npa_cybercrime_yearly/source.yaml").read_text(encoding="utf-8")
    return shipped[shipped.index("encoding:") :].replace("dated_early: true\n", "")


CONTRACTS = (
    Contract("table", INCIDENTS, HEAD + _ALL),
    Contract("table, others ignored", INCIDENTS, HEAD + _SOME),
    Contract("records", INCIDENTS, HEAD + _RECORDS, is_records=True),
    Contract("records, others ignored", INCIDENTS, HEAD + _SOME_RECORDS, is_records=True),
    Contract("yearly table", YEARLY, HEAD + _published()),
)
