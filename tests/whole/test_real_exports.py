"""Exports that police forces really published, where the folder with them is there.

Every figure to check against that stands in its README.md is a test here. They are read by the contracts
that the project ships, in one run; a second folder has the same exports as people pass them on, cut,
with blanks for zeros, or with a subtotal put in.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import pytest
from pysdmx.io import read_sdmx
from pysdmx.model import Hierarchy

from pipelines.takeaway import export as takeaway
from pipelines.takeaway import questions
from tests.command import ROOT, caseload, sql

FOLDER = Path(os.environ.get("CASELOAD_REAL_EXPORTS", ROOT.parent / "shared" / "exports"))
YEARLY = "npa_cybercrime_yearly"
SOURCES = {
    YEARLY: "kr_npa_cyber_yearly/*.csv",
    "npa_cybercrime_monthly": "kr_npa_cyber_monthly/*.csv",
    "npa_sexcrime": "kr_npa_sexcrime/*.csv",
    "npa_sexcrime_victims": "kr_npa_sexcrime_victims/*.csv",
    "kosis_crime": "kr_kosis_crime/*.csv",
    "kosis_crime_monthly": "kr_kosis_monthly_xlsx/*.xlsx",
    "npa_crime_by_region": "kr_npa_region_2022/*통계_20221231.csv",
    "seoul_five_crimes": "kr_seoul_station_5crimes/*.csv",
    "ncrb_arrests_by_age": "in_ncrb_arrests_by_age/*.csv",
    "us_nypd_arrests": "us_nypd_arrests/*.csv",
    "uk_police_street": "uk_police_street/*/*.csv",
}
RELEASE_OF_2019, RELEASE_OF_2020 = dt.date(2019, 12, 31), dt.date(2020, 8, 31)
pytestmark = [
    pytest.mark.exports,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no real exports in {FOLDER}; set CASELOAD_REAL_EXPORTS to their folder"
    ),
]


def contract_of(source: str) -> Path:
    shipped = ROOT / "raw" / source
    return (shipped if shipped.is_dir() else ROOT / "docs/examples" / source) / "source.yaml"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run on all tables."""
    folder = tmp_path_factory.mktemp("real")
    for source, exports in SOURCES.items():
        raw = folder / "raw" / source
        raw.mkdir(parents=True)
        shutil.copy(contract_of(source), raw)
        for export in FOLDER.glob(exports):
            copy = raw / export.relative_to(FOLDER / exports.partition("/")[0])
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(export, copy)
    done = caseload(folder, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def rows(run: Path, relation: str, columns: str, where: str) -> list[tuple]:
    return sql(run, f"select {columns} from {relation} where {where} order by all")


def totals(run: Path, source: str, measure: str, relation: str = "arrest_trends") -> dict[int, int]:
    """Year → the total of a source's measure, as published or summed."""
    where = f"source = '{source}' and measure = '{measure}' and crime_type = 'total' and region = 'total'"
    return dict(rows(run, relation, "year(period_start), value", where + " and period_kind = 'year'"))


def test_every_contract_that_the_project_ships_as_an_example_is_tried(run: Path) -> None:
    examples = {path.parent.name for path in (ROOT / "docs/examples").glob("*/source.yaml")}
    assert examples | {YEARLY} == SOURCES.keys()
    assert rows(run, "exports", "count(*)", "is_published") == [(33,)]


def test_every_row_of_every_export_is_read(run: Path) -> None:
    read = "sum(rows_received) = sum(rows_accepted), sum(rows_rejected)"
    assert rows(run, "exports", read, "true") == [(True, 0)]


# Records


def test_every_arrest_in_queens_is_counted_once(run: Path) -> None:
    where = "source = 'us_nypd_arrests' and measure = 'arrests' and region = 'total' and crime_type = 'total'"
    ages = "age_band <> 'total' and sex = 'total' and other_dimensions is null group by 1"
    assert rows(run, "observation", "age_band, sum(value)", f"{where} and {ages}") == [
        ("0-17", 423), ("18-24", 2439), ("25-44", 7328), ("45-64", 2797), ("65+", 237),
    ]  # fmt: skip
    assert rows(run, "arrest_trends", "sum(value)", f"{where} and period_kind = 'month'") == [(13_224,)]


def test_every_crime_of_four_forces_is_counted_once(run: Path) -> None:
    received = "count(*), sum(rows_received), sum(rows_accepted), sum(observations)"
    [(files, lines, accepted, _)] = rows(run, "exports", received, "source = 'uk_police_street'")
    assert (files, lines, accepted) == (12, 39_211, 39_211)
    where = "source = 'uk_police_street' and crime_type = 'total'"
    assert rows(run, "observation", "sum(value), count(distinct region)", where) == [(39_211, 4)]


def test_a_force_and_a_month_are_those_of_the_path(run: Path) -> None:
    where = "source = 'uk_police_street' and crime_type = 'total' and region = 'btp'"
    assert rows(run, "observation", "period_start, value", where) == [
        (dt.date(2018, 10, 1), 5080), (dt.date(2018, 11, 1), 5074), (dt.date(2018, 12, 1), 5525),
    ]  # fmt: skip


def test_keys_that_are_repeated_are_told_and_empty_ones_are_not(run: Path) -> None:
    where = "check_name = 'no_key_is_repeated(Crime ID)' and verdict = 'failed'"
    assert rows(run, "check_results", "source_file, unexpected", where) == [
        ("uk_police_street/2018-10/2018-10-city-of-london-street.csv", 8),
        ("uk_police_street/2018-12/2018-12-city-of-london-street.csv", 26),
    ]


# Example queries


def answers(run: Path, name: str) -> list[dict]:
    with duckdb.connect(str(run / "warehouse/caseload.duckdb"), read_only=True) as connection:
        return connection.execute(questions.called(name).sql).df().to_dict("records")


@pytest.mark.parametrize("name", questions.questions())
def test_every_example_query_runs_on_all_sources(run: Path, name: str) -> None:
    assert answers(run, name) or name in {"kept_out", "where_it_comes_from"}  # of a source that is not here


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("ages", "age_distributions"),
        ("teens", "age_distributions"),
        ("largest_crime_types", "crime_type_shares"),
        ("as_it_was_known", "arrest_trends"),
        ("change_on_a_year_earlier", "arrest_trends"),
        ("last_twelve_months", "rolling_twelve_months"),
        ("sources", "sources"),
    ],
)
def test_an_example_query_about_each_source_leaves_none_out(run: Path, name: str, relation: str) -> None:
    there = {source for (source,) in rows(run, relation, "distinct source", "true")}
    assert {row["source"] for row in answers(run, name)} == there


def test_forces_without_a_total_have_their_largest_types_each(run: Path) -> None:
    found = [row for row in answers(run, "largest_crime_types") if row["source"] == "uk_police_street"]
    regions = [row["region"] for row in found]
    assert {region: regions.count(region) for region in regions} == {
        "btp": 5, "city-of-london": 5, "cumbria": 5, "dyfed-powys": 5,
    }  # fmt: skip
    where = "source = 'npa_crime_by_region'"
    [(total,)] = rows(run, "crime_type_shares", "count(*)", f"{where} and region = 'total'")
    assert total
    by_region = [row for row in answers(run, "largest_crime_types") if row["source"] == "npa_crime_by_region"]
    assert {row["region"] for row in by_region} == {"total"}


def test_a_rate_is_computed_or_is_the_printed_one(run: Path) -> None:
    found = answers(run, "clearance_rates")
    kosis = {row["period_start"].year: row for row in found if row["source"] == "kosis_crime"}
    assert (kosis[2022]["published_cleared_pct"], len(kosis)) == (76.5, 12)
    blank = [
        row for row in found
        if math.isnan(row["cleared_pct"]) and math.isnan(row["published_cleared_pct"])
    ]  # fmt: skip
    assert {row["cases_received"] for row in blank} == {0}


# Files to take away


def test_the_structure_of_sdmx_has_the_levels_of_every_source(run: Path, tmp_path: Path) -> None:
    wish = takeaway.Wish("sdmx", ("crime_type_shares", "rolling_twelve_months"), out=tmp_path / "sdmx")
    folder = takeaway.export(run / "warehouse/caseload.duckdb", wish).path
    structures = read_sdmx(folder / "structure.xml", validate=True).structures
    found = {each.id: each for each in structures if isinstance(each, Hierarchy)}
    assert found.keys() == {
        "H_CRIME_TYPE_kosis_crime", "H_CRIME_TYPE_kosis_crime_monthly", "H_CRIME_TYPE_npa_crime_by_region",
        "H_CRIME_TYPE_npa_sexcrime", "H_REF_AREA_npa_crime_by_region",
    }  # fmt: skip
    [total] = found["H_CRIME_TYPE_npa_sexcrime"].codes
    [sex_crime] = total.codes
    assert (total.id, sex_crime.id, len(sex_crime.codes)) == ("_T", "sex_crime", 4)
    [monthly] = found["H_CRIME_TYPE_kosis_crime_monthly"].codes
    assert max(len(code.codes) for code in monthly.codes) > 100


# Cybercrime by year, two releases


def test_the_yearly_totals_are_those_that_are_known(run: Path) -> None:
    cases, cleared = totals(run, YEARLY, "cases"), totals(run, YEARLY, "cases_cleared")
    assert (cases[2014], cases[2019], cases[2020]) == (109_979, 180_499, 234_095)
    assert (cleared[2014], cleared[2020]) == (71_881, 157_909)


def test_the_cases_of_2019_are_the_same_in_both_releases(run: Path) -> None:
    where = f"source = '{YEARLY}' and measure = 'cases' and period_start = '2019-01-01' group by released_on"
    assert rows(run, "observation", "released_on, sum(value)", where) == [
        (RELEASE_OF_2019, 180_499),
        (RELEASE_OF_2020, 180_499),
    ]


def test_sextortion_keeps_its_code(run: Path) -> None:
    where = "crime_type = 'financial_sextortion' and period_start = '2020-01-01'"
    assert rows(run, "crime_type_shares", "measure, value", where) == [
        ("cases", 2583),
        ("cases_cleared", 519),
    ]


def test_totals_are_sums_of_parts_and_their_change_is_shared_out_exactly(run: Path) -> None:
    of_2020 = f"source = '{YEARLY}' and measure = 'cases' and period_start = '2020-01-01'"
    columns = "value, value_origin, change_pct, contribution_pp"
    [(value, origin, change_pct, contribution)] = rows(
        run, "arrest_trends", columns, of_2020 + " and crime_type = 'total'"
    )
    assert (value, origin) == (234_095, "sum_of_parts")
    assert change_pct == pytest.approx(100 * (234_095 - 180_499) / 180_499)
    [(parts,)] = rows(run, "arrest_trends", "sum(contribution_pp)", of_2020 + " and crime_type <> 'total'")
    assert parts == pytest.approx(contribution)


def test_ten_labels_were_renamed_between_the_releases_and_no_figure_was_revised(run: Path) -> None:
    columns = (
        "kind, count(*), count(distinct crime_type), count(distinct old_label), count(distinct new_label)"
    )
    years, measures = 6, 2
    assert rows(run, "revisions", columns, "true group by kind") == [
        ("renamed", 10 * years * measures, 10, 10, 10)
    ]


def test_a_renamed_label_is_shown_as_it_was_and_as_it_is(run: Path) -> None:
    where = "crime_type = 'financial_memory_hacking'"
    assert rows(run, "revisions", "distinct source, old_label, new_label", where) == [
        (YEARLY, "사이버금융범죄(메모리)", "사이버금융범죄(메모리해킹)")
    ]


def test_before_the_second_release_nobody_knew_of_2020(run: Path) -> None:
    known = "arrest_trends_as_of(date '2020-08-30')"
    assert list(totals(run, YEARLY, "cases", known)) == [2014, 2015, 2016, 2017, 2018, 2019]
    where = f"source = '{YEARLY}'"
    assert rows(run, known, "distinct released_on", where) == [(RELEASE_OF_2019,)]
    assert rows(run, "observation_as_of(date '2020-08-31')", "max(year(period_start))", where) == [(2020,)]


def test_the_encoding_of_each_release_is_recorded(run: Path) -> None:
    assert rows(run, "exports", "released_on, encoding", f"source = '{YEARLY}'") == [
        (RELEASE_OF_2019, "utf-8"),
        (RELEASE_OF_2020, "cp949"),
    ]


# Cybercrime by month


def test_months_of_a_file_that_is_dated_early_add_up_to_years(run: Path) -> None:
    by_month = totals(run, "npa_cybercrime_monthly", "cases")
    assert (by_month[2016], by_month[2019]) == (153_075, 180_499)
    where = "source = 'npa_cybercrime_monthly'"
    assert rows(run, "exports", "released_on, period_end", where) == [
        (dt.date(2019, 5, 20), dt.date(2019, 12, 31))
    ]


def test_cybercrime_by_month_contradicts_cybercrime_by_year_from_2014_to_2016(run: Path) -> None:
    columns = "year(period_start), published, recomputed_low, verdict"
    where = "kind = 'agreement' and source = 'npa_cybercrime_monthly' and measure = 'cases'"
    assert rows(run, "reconciliations", columns, where) == [
        (2014, 110_109, 109_979, "contradicts"),
        (2015, 144_679, 144_513, "contradicts"),
        (2016, 153_075, 152_938, "contradicts"),
        (2017, 131_734, 131_734, "agrees"),
        (2018, 149_604, 149_604, "agrees"),
        (2019, 180_499, 180_499, "agrees"),
    ]


def test_a_contradiction_names_both_sources_and_the_difference(run: Path) -> None:
    where = "kind = 'agreement' and measure = 'cases' and published = 153075"
    [(said,)] = rows(run, "reconciliations", "explanation", where)
    assert "153,075" in said
    assert f"{YEARLY} has 152,938" in said
    assert "137 less" in said


# Sex crime


def test_detained_and_not_detained_suspects_are_those_that_are_known(run: Path) -> None:
    columns = "year(period_start), min(value) filter (where measure = 'suspects_detained'), sum(value)"
    where = (
        "source = 'npa_sexcrime' and measure in ('suspects_detained', 'suspects_not_detained')"
        " and year(period_start) in (2014, 2021) group by 1"
    )
    assert rows(run, "observation", columns, where) == [(2014, 2292, 25_301), (2021, 1453, 32_143)]


def test_all_types_of_2018_and_2019_sum_to_the_same_by_coincidence(run: Path) -> None:
    by_year = totals(run, "npa_sexcrime", "cases")
    assert (by_year[2018], by_year[2019]) == (31_396, 31_396)


def test_illegal_filming_by_place_contradicts_illegal_filming_by_type(run: Path) -> None:
    where = "source = 'npa_sexcrime' and verdict = 'contradicts'"
    columns = "year(period_start), kind, crime_type, published, recomputed_high"
    assert rows(run, "reconciliations", columns, where) == [
        (2021, "sum_of_parts", "illegal_filming", 6212, 5513)
    ]


def test_places_of_illegal_filming_are_kept_and_in_no_mart(run: Path) -> None:
    of_2021 = "source = 'npa_sexcrime' and year(period_start) = 2021 and measure = 'cases'"
    where = of_2021 + " and other_dimensions is not null"
    assert rows(run, "observation", "count(*), sum(value)", where) == [(7, 5513)]
    where = of_2021 + " and crime_type = 'illegal_filming'"
    assert rows(run, "crime_type_shares", "value", where) == [(6212,)]


def test_victims_of_2021_are_the_cases_of_2021(run: Path) -> None:
    columns = "published, recomputed_low, verdict"
    where = "kind = 'agreement' and source = 'npa_sexcrime' and year(period_start) = 2021"
    assert rows(run, "reconciliations", columns, where) == [(32_080, 32_080, "agrees")]


def test_victims_by_sex_and_age_in_one_header_have_the_same_sum(run: Path) -> None:
    where = "source = 'npa_sexcrime_victims' and year(period_start) = 2021"
    assert rows(run, "observation", "sum(value)", where) == [(32_080,)]
    bands = "list(distinct age_band order by age_band)"
    assert rows(run, "observation", bands, "source = 'npa_sexcrime_victims'") == [
        (["0-6", "13-15", "16-20", "21-30", "31-40", "41-50", "51-60", "61+", "7-12", "unknown"],)
    ]


# All crime, subtotals nested three deep


def test_all_cases_of_2022_are_the_sum_of_the_15_outermost_types(run: Path) -> None:
    where = (
        "source = 'kosis_crime' and measure = 'cases' and year(period_start) = 2022"
        " and part_of is null and region = 'total'"
    )
    columns = "count(*), sum(value), sum(share_pct), any_value(base_value), any_value(base_kind)"
    assert rows(run, "crime_type_shares", columns, where) == [
        (15, 1_482_433, pytest.approx(100), 1_482_433, "published_total")
    ]
    assert totals(run, "kosis_crime", "cases")[2022] == 1_482_433


def test_the_parts_of_each_type_sum_to_it(run: Path) -> None:
    where = (
        "source = 'kosis_crime' and measure = 'cases' and kind = 'sum_of_parts' and year(period_start) > 2010"
    )
    assert rows(run, "reconciliations", "distinct verdict", where) == [("agrees",)]


def test_a_naive_sum_would_count_double_and_no_share_is_above_100(run: Path) -> None:
    where = "source = 'kosis_crime' and measure = 'cases' and year(period_start) = 2022"
    [(every_row, largest)] = rows(run, "crime_type_shares", "sum(value), max(share_pct)", where)
    assert every_row == 2 * 1_482_433
    assert largest < 100


def test_suspects_of_2022_are_minors_adults_and_unknown(run: Path) -> None:
    where = (
        "source = 'kosis_crime' and year(period_start) = 2022 and crime_type = 'total' and sex = 'total'"
        " and value is not null"
    )
    assert rows(run, "age_distributions", "age_band, value", where) == [
        ("adult", 1_187_696),
        ("minor", 60_691),
        ("unknown", 1943),
    ]


def test_the_clearance_rate_of_2022_is_kept_as_published(run: Path) -> None:
    where = "source = 'kosis_crime' and measure = 'cases_cleared' and year(period_start) = 2022"
    columns = "published_share_pct, value, value_status"
    assert rows(run, "observation", columns, where) == [("76.5", None, "missing")]


def test_the_clearance_rate_of_2022_is_reconciled_with_the_cases_it_is_of(run: Path) -> None:
    where = "kind = 'ratio' and year(period_start) = 2022"
    [(verdict, published, said)] = rows(run, "reconciliations", "verdict, published, explanation", where)
    assert (verdict, published) == ("untestable", 76.5)
    assert "76.5% of 1,482,433 is 1,133,321 to 1,134,802" in said


def test_rape_and_indecent_assault_ended_when_they_were_split_and_did_not_fall(run: Path) -> None:
    where = (
        "source = 'kosis_crime' and crime_type = '강력범죄 > 강간·강제추행' and measure = 'cases'"
        " and year(period_start) in (2012, 2013)"
    )
    before, after = rows(run, "arrest_trends", "value, change, change_pct, no_change_reason", where)
    assert before == (19_670, 172, pytest.approx(100 * 172 / 19_498), None)
    assert after[:3] == (None, None, None)
    assert after[3].startswith("the series breaks: 2013-01-01 no longer counted")
    assert "강력범죄 > 강제추행" in after[3], "what is counted instead"


def test_the_types_that_replaced_it_did_not_rise_from_nothing(run: Path) -> None:
    where = (
        "source = 'kosis_crime' and crime_type in ('강력범죄 > 강간', '강력범죄 > 강제추행') and measure = 'cases'"
        " and year(period_start) = 2013"
    )
    assert rows(run, "arrest_trends", "value, change", where) == [(5753, None), (14_778, None)]


# All crime by month, a workbook


def test_all_cases_of_the_workbook_are_those_that_are_known(run: Path) -> None:
    assert totals(run, "kosis_crime_monthly", "cases") == {2023: 1_613_754}


def test_the_months_of_every_row_of_the_workbook_sum_to_its_total(run: Path) -> None:
    where = "source = 'kosis_crime_monthly' and kind = 'sum_of_periods' group by verdict"
    assert rows(run, "reconciliations", "verdict, count(*)", where) == [("agrees", 175)]


def test_the_release_date_of_the_workbook_stands_in_its_sheet_of_metadata(run: Path) -> None:
    where = "source = 'kosis_crime_monthly'"
    assert rows(run, "exports", "released_on", where) == [(dt.date(2026, 1, 19),)]


# By region, by district, by city


def test_crime_by_region_sums_to_all_crime_and_agrees_with_it(run: Path) -> None:
    assert totals(run, "npa_crime_by_region", "cases") == {2022: 1_482_433}
    where = "kind = 'agreement' and source = 'npa_crime_by_region'"
    assert rows(run, "reconciliations", "published, recomputed_low, verdict", where) == [
        (1_482_433, 1_482_433, "agrees")
    ]


def test_the_five_crimes_of_seoul_are_those_that_are_known(run: Path) -> None:
    cases, cleared = (totals(run, "seoul_five_crimes", measure) for measure in ("cases", "cases_cleared"))
    assert (cases[2019], cleared[2019], cleared[2020]) == (103_668, 74_805, 66_548)


def test_persons_arrested_in_19_cities_of_india_are_those_that_are_known(run: Path) -> None:
    where = "source = 'ncrb_arrests_by_age' and region = 'total' and age_band = 'total' and sex = 'total'"
    assert rows(run, "observation", "value", where) == [(434_769,)]
    where = "source = 'ncrb_arrests_by_age' and region <> 'total'"
    assert rows(run, "observation", "count(distinct region)", where) == [(19,)]


def test_every_printed_sum_of_seoul_and_india_ties(run: Path) -> None:
    where = "source in ('ncrb_arrests_by_age', 'seoul_five_crimes') group by all"
    assert rows(run, "reconciliations", "source, kind, verdict, count(*) > 100", where) == [
        ("ncrb_arrests_by_age", "sum_of_parts", "agrees", True),
        ("seoul_five_crimes", "sum_of_parts", "agrees", True),
    ]


# As people pass them on


BLANK_IS_MISSING = "missingValues: {'': missing}\n"
FLAT_REGIONS = """\
title: Crime by type and region, laid out flat
publisher: Korean National Police Agency
licence: As stated where it was downloaded; not checked by us
encoding: cp949
files: '*범죄 발생 지역별 통계_(?P<released_on>\\d{4}1231)*.csv'
period: 2022
columns:
  범죄대분류: {dimension: crime_type, level: 1}
  범죄중분류: {dimension: crime_type, level: 2}
  '*': {dimension: region, value: count, measure: cases, codes: {'*': as_printed}}
codes: {crime_type: as_printed}
totals: none
"""
CUT = ("cut_cp949", "cut_utf8")
PASSED_ON = {
    "cut_cp949": "사이버_20200831.csv",
    "cut_utf8": "사이버_20200831.csv",
    "blanks_after_2019": "사이버_20200831.csv",
    "blanks_after_2020": "사이버_20200901.csv",
    "blanks_unexplained": "사이버_20200831.csv",
    "inserted_subtotal": "경찰청_범죄 발생 지역별 통계_20221231 - 복사본.csv",
    "inserted_subtotal_flat": "경찰청_범죄 발생 지역별 통계_20221231 - 복사본.csv",
}


@pytest.fixture(scope="module")
def passed_on(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CompletedProcess[str]]:
    """A run on damaged copies, each in a source of its own, some beside a true release."""
    folder = tmp_path_factory.mktemp("passed_on")
    variants = FOLDER / "kr_npa_cyber_yearly/variants"
    blanks, [copy] = (
        variants / "blanks_for_zero_08_31_2020.csv",
        FOLDER.glob("kr_npa_region_2022/*복사본.csv"),
    )
    of_2019, of_2020 = (
        next(FOLDER.glob(f"kr_npa_cyber_yearly/*_{name}.csv")) for name in (20191231, 20200831)
    )

    def add(
        source: str, variant: Path, *, beside: Path | None = None, contract: str = "", more: str = ""
    ) -> None:
        raw = folder / "raw" / source
        raw.mkdir(parents=True)
        words = contract or contract_of(YEARLY).read_text(encoding="utf-8")
        (raw / "source.yaml").write_text(words + more, encoding="utf-8")
        shutil.copy(variant, raw / PASSED_ON[source])
        if beside:
            shutil.copy(beside, raw)

    add("cut_cp949", variants / "cut_cp949_20200831.csv", beside=of_2019)
    add("cut_utf8", variants / "cut_utf8_20200831.csv", beside=of_2019)
    add("blanks_after_2019", blanks, beside=of_2019, more=BLANK_IS_MISSING)
    add("blanks_after_2020", blanks, beside=of_2020, more=BLANK_IS_MISSING)
    add("blanks_unexplained", blanks)
    by_region = contract_of("npa_crime_by_region").read_text(encoding="utf-8")
    add("inserted_subtotal", copy, contract=by_region)
    add("inserted_subtotal_flat", copy, contract=FLAT_REGIONS)
    return folder, caseload(folder, "run")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("cut_cp949", "leaves out 2014, 2015, which the release of 2019-12-31 gives"),
        ("cut_utf8", "leaves out 2014, 2015, which the release of 2019-12-31 gives"),
        (
            "blanks_after_2019",
            "leaves empty 20 figures (20 of them were 0) that the release of 2019-12-31 gives as numbers",
        ),
        (
            "blanks_after_2020",
            "leaves empty 20 figures (20 of them were 0) that the release of 2020-08-31 gives as numbers",
        ),
        ("blanks_unexplained", "row 6, column '사이버금융범죄(메신저이용사기)': is empty"),
        ("inserted_subtotal", "column 'Gyeonggi': column 11 is not in the contract"),
        (
            "inserted_subtotal_flat",
            "region 'gyeonggi' is in every row the sum of '경기 고양' to '경기 화성', which are printed beside it",
        ),
    ],
)
def test_a_damaged_copy_is_kept_out_and_says_why(
    passed_on: tuple[Path, CompletedProcess[str]], source: str, said: str
) -> None:
    folder, run = passed_on
    assert run.returncode == 1
    file = f"{source}/{PASSED_ON[source]}"
    [(status, reason)] = rows(folder, "exports", "status, reason", f"source_file = '{file}'")
    assert status == "quarantined"
    assert f"`{file}`" in reason
    assert said in reason
    assert said in run.stdout


@pytest.mark.parametrize("source", CUT)
def test_the_figures_of_the_release_before_a_cut_one_stay(
    passed_on: tuple[Path, CompletedProcess[str]], source: str
) -> None:
    folder, _ = passed_on
    assert totals(folder, source, "cases").keys() == {2014, 2015, 2016, 2017, 2018, 2019}


@pytest.fixture(scope="module")
def accepted(passed_on: tuple[Path, CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder after both cut releases were accepted."""
    before, _ = passed_on
    folder = tmp_path_factory.mktemp("accepted") / "run"
    shutil.copytree(before, folder)
    for source in CUT:
        file = f"{source}/{PASSED_ON[source]}"
        done = caseload(folder, "accept", file, "--reason", "only the last five years are wanted")
        assert done.returncode == 0, done.stderr
    caseload(folder, "run")
    return folder


@pytest.mark.parametrize(("source", "encoding"), [("cut_cp949", "cp949"), ("cut_utf8", "utf-8")])
def test_accepting_a_cut_release_lets_it_in(accepted: Path, source: str, encoding: str) -> None:
    where = f"source_file = '{source}/{PASSED_ON[source]}'"
    assert rows(accepted, "exports", "is_published, encoding", where) == [(True, encoding)]
    assert totals(accepted, source, "cases")[2020] == 234_095


def test_years_that_an_accepted_release_leaves_out_are_those_of_the_release_before(accepted: Path) -> None:
    columns = "distinct year(period_start) < 2016, released_on"
    assert rows(accepted, "arrest_trends", columns, "source = 'cut_utf8'") == [
        (False, RELEASE_OF_2020),
        (True, RELEASE_OF_2019),
    ]
