"""Three releases of invented tables, end to end: what later releases change, lose, restate and mend.

The figures are in ``tests/fixtures/releases``. A harbour publishes each January, in a table with every year
since 2019. In 2022 smuggling has another label, boat theft of 2020 is revised by 2% and trespass of 2020 by
12%; in 2023 boat theft of 2019, which an analyst had corrected, is mended. Others publish the same table, and
their second release comes in other states and orders.

The command runs three times, once for each January; the warehouse of each is kept.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from ruamel.yaml import YAML

from pipelines.contracts.contract import load
from pipelines.reading.exports import discover
from tests.command import FIXTURES, caseload, snapshot, sql

pytestmark = pytest.mark.whole

RELEASES = FIXTURES / "releases"
FIRST, SECOND, THIRD = "2021-01-31.csv", "2022-01-31.csv", "2023-01-31.csv"
BEFORE_SECOND, BEFORE_THIRD = "date '2022-01-30'", "date '2023-01-30'"
JANUARY_2021, JANUARY_2022, JANUARY_2023 = dt.date(2021, 1, 31), dt.date(2022, 1, 31), dt.date(2023, 1, 31)


@dataclass(frozen=True)
class Held:
    """A port whose second release is held back: how that is made from a good one, and what is said of it."""

    port: str
    spoil: Callable[[str], str]
    rule: str
    said: str

    @property
    def file(self) -> str:
        return f"ports/{self.port}_{SECOND}"

    @property
    def figures(self) -> str:
        """Which rows of a mart are of the port."""
        return f"source = 'ports' and region = '{self.port}'"


def without_2019(table: str) -> str:
    return "".join(line for line in table.splitlines(keepends=True) if not line.startswith("2019,"))


def without_trespass_and_smuggling_renamed(table: str) -> str:
    rows = [line.rpartition(",")[0] for line in table.splitlines()]
    return "\n".join(rows).replace("밀수입", "밀수품") + "\n"


def doubled_in_2020(table: str) -> str:
    return table.replace("100,204,56", "200,408,112")


DROPS_A_YEAR = Held(
    "drops_a_year", without_2019, "left_out", "leaves out 2019, which the release of 2021-01-31 gives"
)
DROPS_TYPES = Held(
    "drops_types",
    without_trespass_and_smuggling_renamed,
    "left_out",
    "leaves out 8 figures that the release of 2021-01-31 gives: "
    "crime type 'smuggling' (new with the same figures is '밀수품': renamed?); crime type 'trespass'",
)
EMPTIES = Held(
    "empties",
    lambda table: table.replace("100,204,56", "100,204,"),
    "emptied",
    "that the release of 2021-01-31 gives as numbers: cases, trespass, empties, 2020",
)
RESTATES, BACKWARDS = (
    Held(
        port,
        doubled_in_2020,
        "restated",
        "restates cases of 2020 by 106% against the release of 2021-01-31, more than 20%: "
        f"cases, boat_theft, {port} was 200 and is 408",
    )
    for port in ("restates", "backwards")
)
HELD = [DROPS_A_YEAR, DROPS_TYPES, EMPTIES, RESTATES, BACKWARDS]


@dataclass(frozen=True)
class Story:
    """What was printed and published in three Januaries, and what was done between them."""

    raw: Path
    runs: tuple[CompletedProcess[str], ...]
    first: Path
    second: Path
    third: Path
    checked: CompletedProcess[str]
    """Releases that were looked at before they were put into ``raw``: a good one in two files, and one
    that restates figures."""
    status: CompletedProcess[str]
    accepted: CompletedProcess[str]
    accepted_again: CompletedProcess[str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("releases")
    raw = folder / "raw"
    shutil.copytree(
        RELEASES, raw, ignore=shutil.ignore_patterns("README.md", "*_202?-01-31.csv", "corrections*")
    )
    good = {
        released: decoded(RELEASES / "harbour" / f"cases_{released}") for released in (FIRST, SECOND, THIRD)
    }

    # January 2021. Of one port the second release arrives first.
    add(raw, "harbour/cases_" + FIRST, "ages/ages_to_2019_" + FIRST, "ages/ages_since_2020_" + FIRST)
    for held in HELD:
        if held is not BACKWARDS:
            publish(raw, held, FIRST, good[FIRST])
    publish(raw, BACKWARDS, SECOND, doubled_in_2020(good[SECOND]))
    runs = [caseload(folder, "run")]
    first = snapshot(folder)

    # January 2022: a look at two releases beforehand, and a correction.
    in_two_files = ["ages/ages_to_2019_" + SECOND, "ages/ages_since_2020_" + SECOND]
    restated = folder / "ages_restated_2022-06-30.csv"
    restated.write_text("연령,2020\n10-17,20\n18-29,4\n30+,400\n", encoding="utf-8")
    looked_at = [*(RELEASES / file for file in in_two_files), restated]
    checked = caseload(folder, "check", "--source", "ages", *map(str, looked_at))
    add(raw, *in_two_files, "harbour/cases_" + SECOND, "harbour/corrections.yaml")
    for held in HELD:
        publish(raw, held, SECOND, held.spoil(good[SECOND]))
    publish(raw, BACKWARDS, FIRST, good[FIRST])
    runs.append(caseload(folder, "run"))
    second = snapshot(folder)
    status = caseload(folder, "status")

    # January 2023: some of what was held back is accepted.
    why = ("--reason", "counted by another rule", "--by", "A. Analyst")
    accepted = caseload(folder, "accept", f"raw/{RESTATES.file}", *why)
    accepted_again = caseload(folder, "accept", f"raw/{RESTATES.file}", *why)
    caseload(folder, "accept", BACKWARDS.file, *why)
    caseload(folder, "accept", DROPS_TYPES.file, "--reason", "trespass is no offence any more")
    add(raw, "harbour/cases_" + THIRD)
    publish(raw, DROPS_A_YEAR, THIRD, good[THIRD])
    runs.append(caseload(folder, "run"))
    return Story(raw, tuple(runs), first, second, snapshot(folder), checked, status, accepted, accepted_again)


def decoded(path: Path) -> str:
    content = path.read_bytes()
    return content.decode("cp949" if SECOND in path.name else "utf-8").replace("\r\n", "\n")


def add(raw: Path, *files: str) -> None:
    for file in files:
        shutil.copy(RELEASES / file, raw / file)


def publish(raw: Path, held: Held, released: str, table: str) -> None:
    """A release of a port. Each has clearances of its own in 2019: a file equal to another is its copy."""
    own = f"2019,검거건수,50,80,{10 + HELD.index(held)}"
    path = raw / "ports" / f"{held.port}_{released}"
    path.write_text(table.replace("2019,검거건수,50,80,30", own), encoding="utf-8")


def figures(folder: Path, relation: str, where: str, columns: str = "year(period_start), value") -> list:
    return sql(folder, f"select {columns} from {relation} where {where} order by all")


def cases(crime_type: str, of: str = "source = 'harbour'") -> str:
    """Which rows are of the cases of a type."""
    return f"{of} and measure = 'cases' and crime_type = '{crime_type}'"


# A release that may come in


def test_figures_of_the_latest_release_stand(story: Story) -> None:
    boat_theft = cases("boat_theft")
    assert figures(story.first, "arrest_trends", boat_theft) == [(2019, 180), (2020, 200)]
    assert figures(story.third, "arrest_trends", boat_theft) == [
        (2019, 160),
        (2020, 204),
        (2021, 210),
        (2022, 205),
    ]


def test_every_release_is_kept_in_observation(story: Story) -> None:
    of_2020 = cases("boat_theft") + " and period_start = '2020-01-01'"
    assert figures(story.third, "observation", of_2020, "released_on, value") == [
        (JANUARY_2021, 200),
        (JANUARY_2022, 204),
        (JANUARY_2023, 204),
    ]


def test_a_revision_has_both_values_and_both_releases(story: Story) -> None:
    columns = "year(period_start), crime_type, old_value, new_value, difference_pct, old_released_on, new_released_on"
    revised = "source = 'harbour' and kind = 'revised'"
    assert figures(story.third, "revisions", revised, columns) == [
        (2019, "boat_theft", 180, 160, pytest.approx(-11.1, abs=0.1), JANUARY_2022, JANUARY_2023),
        (2020, "boat_theft", 200, 204, 2.0, JANUARY_2021, JANUARY_2022),
        (2020, "trespass", 50, 56, 12.0, JANUARY_2021, JANUARY_2022),
    ]


def test_a_label_that_the_contract_knows_as_an_alias_is_renamed_and_keeps_its_code(story: Story) -> None:
    columns = "year(period_start), measure, crime_type, old_label, new_label, old_value = new_value"
    renamed = "source = 'harbour' and kind = 'renamed'"
    assert figures(story.third, "revisions", renamed, columns) == [
        (year, measure, "smuggling", "밀수", "밀수입", True)
        for year in (2019, 2020)
        for measure in ("cases", "cases_cleared")
    ]


def test_only_a_revision_beyond_the_tolerance_is_a_warning(story: Story) -> None:
    revised = f"source_file = 'harbour/cases_{SECOND}' and check_name like '%(revised_by_pct)'"
    columns = "severity, verdict, unexpected, explanation"
    [(severity, verdict, unexpected, said)] = figures(story.second, "check_results", revised, columns)
    assert (severity, verdict, unexpected) == ("warning", "failed", 1)
    assert "cases, trespass, 2020: 50 in the release of 2021-01-31, 56 now" in said
    assert "boat_theft" not in said
    assert f"warning: {said}" in story.runs[1].stdout


def test_the_encoding_of_each_release_is_recorded(story: Story) -> None:
    assert figures(story.third, "exports", "source = 'harbour'", "released_on, encoding") == [
        (JANUARY_2021, "utf-8"),
        (JANUARY_2022, "cp949"),
        (JANUARY_2023, "utf-8"),
    ]


# A release that is held back


def test_what_is_held_back_gives_exit_code_1(story: Story) -> None:
    assert [run.returncode for run in story.runs] == [0, 1, 1]
    assert [run.stderr for run in story.runs] == ["", "", ""]


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.port)
def test_a_release_that_loses_or_restates_figures_is_held_back_and_says_so(story: Story, held: Held) -> None:
    [(status, is_published, reason)] = figures(
        story.second, "exports", f"source_file = '{held.file}'", "status, is_published, reason"
    )
    assert (status, is_published) == ("quarantined", False)
    assert held.said in reason
    assert held.said in story.runs[1].stdout


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.port)
def test_a_release_that_is_held_back_can_be_looked_up_by_rule_and_next_step(story: Story, held: Held) -> None:
    [(rule, next_step)] = figures(
        story.second,
        "rejected_rows",
        f"source_file = '{held.file}' and source_row is null",
        "rule, next_step",
    )
    assert rule == held.rule
    assert f"`caseload accept '{held.file}' --reason …`" in next_step


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.port)
def test_the_release_before_one_that_is_held_back_stays(story: Story, held: Held) -> None:
    columns = "period_start, measure, crime_type, value, released_on"
    stands = figures(story.second, "arrest_trends", held.figures, columns)
    assert len(stands) > 0
    assert {released_on for *_, released_on in stands} == {JANUARY_2021}
    if held is not BACKWARDS:
        assert stands == figures(story.first, "arrest_trends", held.figures, columns)


def test_status_lists_what_is_held_back_and_why(story: Story) -> None:
    assert story.status.returncode == 1
    assert story.status.stdout.count("✗") == len(HELD)
    for held in HELD:
        assert f"`{held.file}`: " in story.status.stdout
        assert held.said in story.status.stdout


def test_check_tells_beforehand_that_a_release_would_be_held_back(story: Story) -> None:
    assert story.checked.returncode == 1
    _, restated = story.checked.stdout.split("ages/ages_restated_2022-06-30.csv: ")
    assert restated.startswith("would be quarantined")
    assert "restates suspects of 2020 by 394% against the release of 2022-01-31" in restated


def test_check_says_of_a_good_release_in_two_files_what_run_does_with_it(story: Story) -> None:
    published = figures(story.second, "exports", "source = 'ages'", "is_published")
    assert published == [(True,)] * 4
    for file in ("ages_to_2019_" + SECOND, "ages_since_2020_" + SECOND):
        assert f"ages/{file}: would be accepted" in story.checked.stdout


def test_a_release_that_is_held_back_does_not_hold_back_the_next(story: Story) -> None:
    of_port = "source_file like 'ports/drops_a_year_%'"
    assert figures(story.third, "exports", of_port, "released_on, status") == [
        (JANUARY_2021, "accepted"),
        (JANUARY_2022, "quarantined"),
        (JANUARY_2023, "accepted"),
    ]
    changed = f"{DROPS_A_YEAR.figures} and kind = 'revised'"
    assert figures(story.third, "revisions", changed, "distinct old_released_on, new_released_on") == [
        (JANUARY_2021, JANUARY_2023)
    ]


# A release that is accepted


def test_accept_says_what_it_accepts_and_where_that_is_recorded(story: Story) -> None:
    assert story.accepted.returncode == 0
    assert "Accepted by A. Analyst" in story.accepted.stdout
    assert "restates cases of 2020 by 106%" in story.accepted.stdout
    assert str(story.raw / "ports" / "accepted.yaml") in story.accepted.stdout


def test_an_acceptance_is_recorded_beside_the_contract_with_who_when_and_why(story: Story) -> None:
    entry = acceptances(story)[0]
    assert entry["file"] == RESTATES.file
    assert entry["findings"] == ["restated"]
    assert (entry["reason"], entry["by"]) == ("counted by another rule", "A. Analyst")
    assert isinstance(entry["on"], dt.date)


def test_an_accepted_release_is_published_and_the_warehouse_says_who_accepted_it(story: Story) -> None:
    assert figures(story.third, "arrest_trends", cases("boat_theft", RESTATES.figures)) == [
        (2019, 180),
        (2020, 408),
        (2021, 210),
    ]
    of_file = f"source_file = '{RESTATES.file}'"
    accepted = figures(story.third, "acceptances", of_file, "finding, reason, accepted_by")
    assert accepted[0] == ("restated", "counted by another rule", "A. Analyst")
    about = f"{of_file} and check_name = 'restated'"
    [(said,)] = figures(story.third, "check_results", about, "explanation")
    assert "accepted by A. Analyst on" in said


def test_an_accepted_restatement_is_a_revision(story: Story) -> None:
    revised = "region = 'restates' and kind = 'revised' and crime_type = 'boat_theft'"
    assert figures(story.third, "revisions", revised, "old_value, new_value") == [(200, 408)]


def test_an_accepted_release_withdraws_the_types_that_it_no_longer_gives(story: Story) -> None:
    columns = "year(period_start), crime_type, old_value, new_value"
    withdrawn = f"{DROPS_TYPES.figures} and kind = 'withdrawn' and measure = 'cases'"
    assert figures(story.third, "revisions", withdrawn, columns) == [
        (2019, "smuggling", 90, None),
        (2019, "trespass", 40, None),
        (2020, "smuggling", 100, None),
        (2020, "trespass", 50, None),
    ]
    trespass = cases("trespass", DROPS_TYPES.figures)
    assert figures(story.second, "crime_type_shares", trespass) == [(2019, 40), (2020, 50)]
    assert figures(story.third, "crime_type_shares", trespass + " and value is not null") == []


def test_an_accepted_release_adds_the_types_that_it_gives_anew(story: Story) -> None:
    columns = "year(period_start), crime_type, old_value, new_value"
    added = f"{DROPS_TYPES.figures} and kind = 'added' and measure = 'cases'"
    assert figures(story.third, "revisions", added, columns) == [
        (2019, "밀수품", None, 90),
        (2020, "밀수품", None, 100),
    ]


def test_what_was_withdrawn_counts_in_no_sum(story: Story) -> None:
    assert figures(story.third, "arrest_trends", cases("total", DROPS_TYPES.figures)) == [
        (2019, 90 + 180),
        (2020, 100 + 204),
        (2021, 120 + 210),
    ]


def test_what_is_accepted_already_is_not_accepted_again(story: Story) -> None:
    assert story.accepted_again.returncode == 2
    assert f"`{RESTATES.file}` is accepted already" in story.accepted_again.stderr
    assert [entry["file"] for entry in acceptances(story)].count(RESTATES.file) == 1


def acceptances(story: Story) -> list[dict]:
    return YAML(typ="safe").load(story.raw / "ports" / "accepted.yaml")


# The order of arrival


def test_a_release_is_held_back_too_when_the_one_before_it_arrives_later(story: Story) -> None:
    backwards, in_order = (f"source_file like 'ports/{held.port}_%'" for held in (BACKWARDS, RESTATES))
    assert figures(story.first, "exports", backwards, "status") == [("accepted",)]
    columns = "released_on, status, is_published, rows_received, rows_rejected"
    expected = figures(story.second, "exports", in_order, columns)
    assert [status for _, status, *_ in expected] == ["accepted", "quarantined"]
    assert figures(story.second, "exports", backwards, columns) == expected


@pytest.mark.parametrize("relation", ["observation", "arrest_trends", "crime_type_shares"])
@pytest.mark.parametrize("stage", ["second", "third"])
def test_the_order_of_arrival_changes_no_figure(story: Story, stage: str, relation: str) -> None:
    published = getattr(story, stage)
    columns = "* exclude (source_file, export_id, region)"
    in_order = figures(published, relation, RESTATES.figures + " and measure = 'cases'", columns)
    assert len(in_order) > 0
    assert figures(published, relation, BACKWARDS.figures + " and measure = 'cases'", columns) == in_order


# A figure that is wrong at the publisher's


BOAT_THEFT_OF_2019 = cases("boat_theft") + " and period_start = '2019-01-01'"
CORRECTED = "value, published_value, is_corrected, released_on"


def test_a_corrected_figure_stands_beside_the_published_one(story: Story) -> None:
    assert figures(story.second, "arrest_trends", BOAT_THEFT_OF_2019, CORRECTED) == [
        (160, 180, True, JANUARY_2022)
    ]
    assert figures(story.second, "corrections", "true", "source, status, corrected_by") == [
        ("harbour", "applies", "A. Analyst")
    ]


def test_sums_and_changes_are_of_the_corrected_figure(story: Story) -> None:
    totals = cases("total") + " and period_start < '2021-01-01'"
    columns = "year(period_start), value, published_value, change"
    assert figures(story.second, "arrest_trends", totals, columns) == [
        (2019, 290, 310, None),
        (2020, 360, 360, 70),
    ]


def test_a_correction_no_longer_applies_once_the_publisher_has_mended_the_figure(story: Story) -> None:
    assert figures(story.third, "arrest_trends", BOAT_THEFT_OF_2019, CORRECTED) == [
        (160, 160, False, JANUARY_2023)
    ]
    columns = "status, published_value, corrected_value, current_value"
    assert figures(story.third, "corrections", "true", columns) == [("mended", 180, 160, 160)]


def test_a_correction_that_no_longer_applies_is_a_warning(story: Story) -> None:
    about = "relation = 'corrections' and check_name like '%status%'"
    columns = "severity, verdict, unexpected"
    assert figures(story.second, "check_results", about, columns) == [("warning", "passed", 0)]
    assert figures(story.third, "check_results", about, columns) == [("warning", "failed", 1)]


# What was known on a day


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-01-30", []),
        ("2021-01-31", [(2019, 180, False), (2020, 200, False)]),
        ("2022-01-31", [(2019, 180, False), (2020, 204, False), (2021, 210, False)]),
        ("2022-03-01", [(2019, 160, True), (2020, 204, False), (2021, 210, False)]),
        ("2023-01-31", [(2019, 160, False), (2020, 204, False), (2021, 210, False), (2022, 205, False)]),
    ],
)
def test_a_day_shows_what_had_been_released_and_corrected_by_then(
    story: Story, day: str, expected: list[tuple]
) -> None:
    columns = "year(period_start), value, is_corrected"
    as_of = f"arrest_trends_as_of(date '{day}')"
    assert figures(story.third, as_of, cases("boat_theft"), columns) == expected


@pytest.mark.parametrize("mart", ["crime_type_shares", "age_distributions", "arrest_trends"])
@pytest.mark.parametrize(("day", "stage"), [(BEFORE_SECOND, "first"), (BEFORE_THIRD, "second")])
def test_a_mart_as_of_a_day_is_the_mart_that_was_published_then(
    story: Story, mart: str, day: str, stage: str
) -> None:
    ours = "source in ('harbour', 'ages')"
    then = figures(getattr(story, stage), mart, ours, "*")
    assert len(then) > 0
    assert figures(story.third, f"{mart}_as_of({day})", ours, "*") == then


def test_an_observation_as_of_a_day_is_the_one_that_stood_then(story: Story) -> None:
    for day, value, released_on in (
        (BEFORE_SECOND, 200, JANUARY_2021),
        (BEFORE_THIRD, 204, JANUARY_2022),
        ("date '2023-01-31'", 204, JANUARY_2023),
    ):
        of_2020 = cases("boat_theft") + " and period_start = '2020-01-01'"
        standing = figures(story.third, f"observation_as_of({day})", of_2020, "value, released_on")
        assert standing == [(value, released_on)]


def test_a_type_that_was_withdrawn_is_known_on_days_before(story: Story) -> None:
    trespass = cases("trespass", DROPS_TYPES.figures)
    assert figures(story.third, f"observation_as_of({BEFORE_SECOND})", trespass) == [(2019, 40), (2020, 50)]
    assert figures(story.third, "observation_as_of(date '2022-01-31')", trespass) == []


# Releases of several files


def test_a_file_that_a_later_release_repeats_unchanged_is_no_copy(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "ages"
    shutil.copytree(RELEASES / "ages", folder)
    shutil.copy(folder / f"ages_to_2019_{FIRST}", folder / f"ages_to_2019_{SECOND}")
    assert [export.problem for export in discover(load(folder))] == [None] * 4


# Series that are no plain years


def test_no_change_is_given_across_a_break_in_the_series(story: Story) -> None:
    columns = "year(period_start), change, no_change_reason"
    since_2021 = cases("trespass") + " and period_start >= '2021-01-01'"
    assert figures(story.third, "arrest_trends", since_2021, columns) == [
        (2021, 4, None),
        (2022, None, "the series breaks: 2022-01-01 landing stages count too"),
    ]


def test_age_bands_are_regrouped_where_they_add_up(story: Story) -> None:
    of_2020 = "source = 'ages' and period_start = '2020-01-01'"
    regrouped = "age_distributions_in(['10-29', '30+', '10-20'])"
    assert figures(story.third, regrouped, of_2020, "age_band, value, share_pct, no_value_reason") == [
        ("10-20", None, None, "straddled by 18-29"),
        ("10-29", 20 + 39, 59.0, None),
        ("30+", 41, 41.0, None),
    ]


def test_months_of_a_cumulative_export_are_its_differences(story: Story) -> None:
    of_months = "source = 'to_date' and crime_type = 'smuggling' and not is_cumulative"
    columns = "month(period_start), value, value_origin"
    assert figures(story.third, "arrest_trends", of_months, columns) == [
        (2, 4, "published"),
        (3, 7, "published"),
        (4, 20 - 15, "difference"),
        (5, 26 - 20, "difference"),
        (6, 30 - 26, "difference"),
    ]


def test_cumulative_figures_are_kept_as_they_are_published(story: Story) -> None:
    to_date = "source = 'to_date' and crime_type = 'smuggling' and is_cumulative"
    columns = "period_start, month(period_end), value, value_origin"
    assert figures(story.third, "arrest_trends", to_date, columns) == [
        (dt.date(2022, 1, 1), month, value, "published")
        for month, value in enumerate((5, 9, 15, 20, 26, 30), start=1)
    ]


def test_cumulative_figures_are_tested_against_published_months(story: Story) -> None:
    sums = "source = 'to_date' and kind = 'sum_of_periods' and month(period_end) = 3"
    columns = "crime_type, verdict, published, recomputed_low"
    assert figures(story.third, "reconciliations", sums, columns) == [
        ("boat_theft", "agrees", 30, 10 + 12 + 8),
        ("smuggling", "contradicts", 15, 5 + 4 + 7),
    ]


def test_a_cumulative_figure_that_falls_is_found_and_gives_its_month_no_figure(story: Story) -> None:
    falls = "source = 'to_date' and kind = 'cumulative'"
    columns = "crime_type, verdict, published, recomputed_low"
    assert figures(story.third, "reconciliations", falls, columns) == [
        ("boat_theft", "contradicts", 52, 55),
        ("smuggling", "agrees", 30, 26),
    ]
    assert june(story, "boat_theft", "value, value_status") == [(None, "missing")]


def test_a_month_with_an_unknown_part_has_no_sum(story: Story) -> None:
    assert june(story, "total", "value") == [(None,)]


def test_a_month_without_a_figure_says_that_its_cumulative_figure_falls(story: Story) -> None:
    [(reason,)] = june(story, "boat_theft", "no_change_reason")
    assert "cumulative" in reason


def june(story: Story, code: str, columns: str) -> list[tuple]:
    of_june = f"source = 'to_date' and crime_type = '{code}' and period_start = '2022-06-01'"
    return figures(story.third, "arrest_trends", of_june, columns)


def test_a_year_that_is_released_early_is_complete_where_the_contract_says_so(story: Story) -> None:
    years = "source = 'by_month' and period_kind = 'year'"
    columns = "year(period_start), value, value_origin, change, no_change_reason"
    assert figures(story.third, "arrest_trends", years, columns) == [
        (2021, 390, "sum_of_periods", None, "no figure for the period a year earlier"),
        (2022, 423, "sum_of_periods", 33, None),
    ]


# Two sources of the same figures


def test_figures_of_two_sources_are_tested_against_each_other(story: Story) -> None:
    columns = "year(period_start), verdict, published, recomputed_low"
    assert figures(story.third, "reconciliations", "kind = 'agreement'", columns) == [
        (2021, "agrees", 390, 120 + 210 + 60),
        (2022, "contradicts", 423, 130 + 205 + 90),
    ]


def test_a_disagreement_is_printed_with_both_figures_and_their_difference(story: Story) -> None:
    said = "423 (the sum of its months, quarters or halves); harbour has 425 (the sum of its parts), 2 more."
    assert said in story.runs[2].stdout
    assert said not in story.runs[1].stdout, "the other source had no figure of 2022 then"
