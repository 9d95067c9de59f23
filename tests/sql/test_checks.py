"""The queries of ``sql/checks``: silent on good data, and each names the row that breaks its rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse.relations import check_description, checks, relations, tables_read
from tests.sql.given import LATER, built, figure, numbered

FIGURES = numbered(
    figure(value, year=year, crime_type=crime_type)
    for year, crime_type, value in [
        (2023, "deepfake", 30),
        (2023, "illegal_recording", 50),
        (2024, "deepfake", 60),
        (2024, "illegal_recording", 40),
    ]
)
EXPORT = {
    "reading_id": "r1",
    "table_name": "table",
    "scope": "{}",
    "is_complete": True,
    "source": "police",
    "export_id": "first",
    "source_file": "police/first.csv",
    "status": "accepted",
    "is_published": True,
    "rows_received": 5,
    "rows_accepted": 4,
    "rows_rejected": 1,
    "observations": 4,
}
REJECTED = {
    "reading_id": "r1",
    "source": "police",
    "export_id": "first",
    "source_file": "police/first.csv",
    "source_row": 6,
    "rule": "number",
    "reason": "'many' is not a number",
    "raw_row": '["10s", "many"]',
}

EXPORTS = ("observation", "exports", "rejected_rows")

# What breaks good data, by check: a name, a statement, and the offending rows that it must return.
BROKEN = {
    "accepted_plus_rejected_is_received": [
        ("a lost row", "update exports set rows_accepted = 3", "(5, 3, 1)"),
        ("a row out of nowhere", "update exports set rows_rejected = 2", "(5, 4, 2)"),
    ],
    "contributions_add_up": [
        (
            "a wrong contribution",
            "update arrest_trends set contribution_pp = 37 where contribution_pp = 37.5",
            "(25.0, 24.5)",
        ),
    ],
    "every_observation_has_its_export": [
        ("a lost observation", "delete from observation where value = 30", "(4, 3)"),
        ("a lost export", "delete from exports", "(None, 4)"),
        ("an export that is not published", "update exports set is_published = false", "(None, 4)"),
        (
            "an export whose observations are another's",
            "update observation set export_id = 'other'",
            "(4, 0) and (None, 4)",
        ),
    ],
    "every_rejected_row_is_kept": [
        ("a lost row", "delete from rejected_rows", "(1, 0)"),
        (
            "a row that was not rejected",
            "insert into rejected_rows select * replace (7 as source_row) from rejected_rows",
            "(1, 2)",
        ),
    ],
    "files_of_a_release_agree": [
        (
            "two values",
            "insert into observation select * replace ('police/second.csv' as source_file, 31 as value)"
            " from observation where value = 30",
            "(30, 31)",
        ),
    ],
    "no_share_of_a_contradicted_base": [
        ("a base too small", "update crime_type_shares set implied_base_low = 81", "(80, 81, None)"),
        (
            "a base too great",
            "update crime_type_shares set implied_base_high = 79 where base_value = 80",
            "(80, None, 79)",
        ),
        (
            "a base of ages too small",
            "insert into age_distributions by name"
            " (select '10-19' as age_band, 80 as base_value, 81 as implied_base_low)",
            "(80, 81, None)",
        ),
        (
            "a base of ages too great",
            "insert into age_distributions by name"
            " (select '10-19' as age_band, 80 as base_value, 79 as implied_base_high)",
            "(80, None, 79)",
        ),
    ],
    "shares_of_all_parts_add_up": [
        ("a wrong share", "update crime_type_shares set share_pct = 37 where share_pct = 37.5", "(99.5,)"),
        ("a lost part", "delete from crime_type_shares where share_pct = 37.5", "(62.5,)"),
    ],
}
FINDINGS = {
    "accepted_plus_rejected_is_received": "rows_received, rows_accepted, rows_rejected",
    "contributions_add_up": "whole, parts",
    "every_observation_has_its_export": "expected, found",
    "every_rejected_row_is_kept": "rows_rejected, rows_kept",
    "files_of_a_release_agree": "least, greatest",
    "no_share_of_a_contradicted_base": "base_value, implied_base_low, implied_base_high",
    "shares_of_all_parts_add_up": "sum_of_shares",
}


def good(name):
    """Good data, as far as a check looks at it."""
    made = tables_read(checks()[name])
    return built(FIGURES, totals="none", made=made, exports=[EXPORT], rejected_rows=[REJECTED])


@pytest.mark.parametrize("name", checks())
def test_check_is_silent_on_good_data(name):
    assert good(name).sql(checks()[name]).fetchall() == []


@pytest.mark.parametrize("name", checks())
def test_check_is_silent_on_an_empty_warehouse(name):
    assert built([], made=tables_read(checks()[name])).sql(checks()[name]).fetchall() == []


@pytest.mark.parametrize(
    ("name", "statement", "offending"),
    [
        pytest.param(name, statement, offending, id=f"{name}: {what}")
        for name, broken in BROKEN.items()
        for what, statement, offending in broken
    ],
)
def test_check_names_the_offending_row(name, statement, offending):
    connection = good(name)
    connection.execute(statement)

    found = connection.sql(
        f"select distinct {FINDINGS[name]} from ({checks()[name]}) order by all"
    ).fetchall()

    assert " and ".join(map(str, found)) == offending


def test_every_check_is_seen_to_fail():
    assert BROKEN.keys() == checks().keys()


@pytest.mark.parametrize("name", checks())
def test_every_check_says_what_it_checks(name):
    assert check_description(checks()[name]).endswith(".")


def test_a_difference_of_rounding_is_no_difference():
    # Thirds: 33.333… three times.
    thirds = [figure(1, crime_type=code) for code in ("a", "b", "c")]
    connection = built(thirds, totals="none", made=["crime_type_shares"])

    assert connection.sql(checks()["shares_of_all_parts_add_up"]).fetchall() == []


@pytest.mark.parametrize("check", ["shares_of_all_parts_add_up", "contributions_add_up"])
@pytest.mark.parametrize("finer", [{"export_id": "finer"}, LATER], ids=["of one release", "of two releases"])
def test_two_complete_breakdowns_of_the_same_cases_are_not_added_up(check, finer):
    # The same 80 and 100 cases by two sets of types, each all there is.
    split = [
        figure(value, year=year, crime_type=crime_type, **finer)
        for year, crime_type, value in [
            (2023, "financial_phishing", 80),
            (2024, "financial_phishing", 10),
            (2023, "financial_pharming", 0),
            (2024, "financial_pharming", 90),
        ]
    ]
    connection = built([*FIGURES, *split], totals="none", made=tables_read(checks()[check]))

    assert connection.sql(checks()[check]).fetchall() == []


@pytest.mark.parametrize(
    ("check", "totals"),
    [
        ("shares_of_all_parts_add_up", "none"),
        ("shares_of_all_parts_add_up", "printed"),
        ("no_share_of_a_contradicted_base", "none"),
        ("contributions_add_up", "printed"),
        ("contributions_add_up", "none"),
    ],
)
@pytest.mark.parametrize("with_groups", [True, False], ids=["printed groups", "summed groups"])
def test_parts_of_parts_are_not_added_up(check, totals, with_groups):
    parents = {"deepfake": "online", "illegal_recording": "online"}
    figures = [
        *FIGURES,
        *(figure(10, year=2023, crime_type="theft"), figure(20, crime_type="theft")),
    ]
    if with_groups:
        figures += [figure(80, year=2023, crime_type="online"), figure(100, crime_type="online")]
    if totals == "printed":
        figures += [figure(90, year=2023), figure(120)]
    made = tables_read(checks()[check])
    connection = built(figures, totals=totals, parents=parents, made=made)

    assert connection.sql(checks()[check]).fetchall() == []


@pytest.mark.parametrize(
    "check",
    [
        "shares_of_all_parts_add_up",
        "contributions_add_up",
    ],
)
def test_a_type_that_a_headline_prints_too_breaks_no_check(check):
    # Types by region without totals; a headline gives the deepfakes of the whole country.
    figures = [
        *(
            row | {"region": "seoul", "export_id": "regions", "source_file": "police/regions.csv"}
            for row in FIGURES
        ),
        *(figure(30, year=2023, crime_type="deepfake"), figure(60, crime_type="deepfake")),
    ]
    said = {"totals": {"regions": "none"}, "exports": {"regions": {"table_name": "regions"}}}
    connection = built(figures, made=tables_read(checks()[check]), **said)

    assert connection.sql(checks()[check]).fetchall() == []


@pytest.mark.parametrize("check", ["shares_of_all_parts_add_up", "contributions_add_up"])
def test_a_type_that_two_complete_breakdowns_share_breaks_no_check(check):
    by_path = [
        figure(value, year=year, crime_type=crime_type, export_id="paths")
        for year, crime_type, value in [
            *((2023, "deepfake", 30), (2023, "in public", 20), (2023, "at home", 30)),
            *((2024, "deepfake", 60), (2024, "in public", 30), (2024, "at home", 10)),
        ]
    ]
    exports = {"paths": {"table_name": "paths"}}
    connection = built(
        [*FIGURES, *by_path], totals="none", exports=exports, made=tables_read(checks()[check])
    )

    assert connection.sql(checks()[check]).fetchall() == []


def test_two_files_of_a_release_may_print_the_same_figure():
    connection = built([figure(10, export_id="a"), figure(10, export_id="b")])

    assert connection.sql(checks()["files_of_a_release_agree"]).fetchall() == []


def test_two_releases_may_print_different_figures():
    connection = built([figure(10), figure(11, released_on="2026-01-31")])

    assert connection.sql(checks()["files_of_a_release_agree"]).fetchall() == []


def test_an_export_with_problems_of_the_whole_file_has_lost_no_row():
    of_file = REJECTED | {"source_row": None, "raw_row": None}
    unreadable = EXPORT | {"rows_received": 0, "rows_accepted": 0, "rows_rejected": 0}
    connection = built([], made=EXPORTS, exports=[unreadable], rejected_rows=[of_file])

    assert connection.sql(checks()["every_rejected_row_is_kept"]).fetchall() == []


def test_two_problems_of_one_row_are_one_rejected_row():
    other = REJECTED | {"rule": "period"}
    connection = built([], made=EXPORTS, exports=[EXPORT], rejected_rows=[REJECTED, other])

    assert connection.sql(checks()["every_rejected_row_is_kept"]).fetchall() == []


def test_a_quarantined_export_gives_no_observation():
    quarantined = EXPORT | {"status": "quarantined", "is_published": False, "observations": 0}
    connection = built([], made=EXPORTS, exports=[quarantined])

    assert connection.sql(checks()["every_observation_has_its_export"]).fetchall() == []


# Any tables

TYPES, REGIONS, BANDS = ("online", "deepfake", "recording", "theft"), ("busan", "seoul"), ("0-17", "18+")
MARTS = ("crime_type_shares", "age_distributions", "arrest_trends", "rolling_twelve_months")
values = st.one_of(st.integers(0, 500), st.sampled_from([None, 0]))
cells = st.tuples(
    st.sampled_from([2023, 2024]),
    st.sampled_from(["2025-01-31", "2026-01-31"]),
    st.sampled_from(TYPES),
    st.sampled_from(REGIONS),
    st.sampled_from(BANDS),
)
some_tables = st.lists(
    st.tuples(
        st.sampled_from(["none", "partial"]),
        st.sampled_from(
            [("crime_type",), ("crime_type", "region"), ("crime_type", "age_band"), ("age_band",)]
        ),
        st.dictionaries(cells, values, min_size=1, max_size=20),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=4, deadline=None)  # each is of up to ten tables
@given(some_tables)
def test_whatever_a_table_prints_each_mart_keeps_its_grain_and_every_check_is_silent(drawn):
    """Each table is a source of its own: one breakdown, two years, two releases."""
    figures, totals = [], {}
    for number, (said, dimensions, table) in enumerate(drawn):
        printed = {}
        for (year, released_on, crime_type, region, band), value in table.items():
            codes = {"crime_type": crime_type, "region": region, "age_band": band}
            own = {name: codes[name] for name in dimensions}
            key = (year, released_on, *own.values())
            of = {"source": f"source {number}", "export_id": f"{number} {released_on}"}
            printed[key] = figure(value, year=year, released_on=released_on, **own, **of)
            totals[of["export_id"]] = said
        figures += printed.values()
    connection = built(figures, totals=totals, made=MARTS)

    for name in MARTS:
        [key] = (
            rule.arguments["column_list"]
            for rule in relations()[name].rules
            if "column_list" in rule.arguments
        )
        query = f"select {', '.join(key)} from {name} group by all having count(*) > 1"
        assert connection.execute(query).fetchall() == [], name
    for name, query in checks().items():
        if tables_read(query) <= {*MARTS, "observation"}:
            assert connection.execute(query).fetchall() == [], name
    over = "select share_pct from crime_type_shares union all select cumulative_pct from age_distributions"
    assert connection.execute(f"from ({over}) where share_pct not between 0 and 100.000001").fetchall() == []
