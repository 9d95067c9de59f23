"""The macros that say what was known on a day: the same as a warehouse of what had been released by then."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from pipelines.warehouse.as_of import KNOWN_SINCE, NOT_AS_OF, as_of_macros, depend_on_what_is_known
from pipelines.warehouse.relations import relations, tables_read
from tests.sql.given import (
    LAST,
    LATER,
    built,
    correction,
    figure,
    numbered,
    others,
    series_break,
    with_macros,
)

pytestmark = pytest.mark.whole

MACROS = [macro.name for macro in as_of_macros()]
MARTS = ("crime_type_shares", "age_distributions", "arrest_trends", "rolling_twelve_months")
FIRST_DAY, NEXT_YEAR, LONG_AFTER = dt.date(2025, 1, 31), dt.date(2026, 6, 30), dt.date(2100, 1, 1)


def table(year, *rows, **given):
    """Types by region of a year."""
    for crime_type, *values in rows:
        for region, value in zip(("busan", "seoul"), values, strict=True):
            yield figure(value, year=year, crime_type=crime_type, region=region, **given)


def ages(year, *values, bands=("0-17", "18+"), **given):
    for band, value in zip(bands, values, strict=True):
        yield figure(value, year=year, age_band=band, measure="suspects", **given)


def months(year, values, **given):
    for month, value in enumerate(values, start=1):
        yield figure(value, period=f"{year}-{month:02}", measure="victims", **given)


def file(name, release):
    """An export of a release of a table of that name."""
    return {**release, "export_id": f"{name} {release.get('export_id', 'first')}"}


FIRST = {}
FIGURES = [
    *table(2023, ("deepfake", 30, 3), ("recording", 50, 5), **file("types", FIRST)),
    *table(2024, ("deepfake", 60, 6), ("recording", 40, 4), **file("types", FIRST)),
    # A year later recordings of 2024 are revised, thefts are new; then recordings are gone.
    *table(2024, ("deepfake", 60, 6), ("recording", 44, None), ("theft", 7, 7), **file("types", LATER)),
    *table(2025, ("deepfake", 61, 6), ("recording", 45, 5), ("theft", 7, 8), **file("types", LATER)),
    *table(2024, ("deepfake", 62, 6), ("theft", 7, 7), **file("types", LAST)),
    # Bands that become finer.
    *(*ages(2023, 25, 75, **file("ages", FIRST)), *ages(2024, 80, 120, **file("ages", FIRST))),
    *ages(2024, 30, 50, 120, bands=("0-13", "14-17", "18+"), **file("ages", LATER)),
    *ages(2025, 30, 50, 125, bands=("0-13", "14-17", "18+"), **file("ages", LATER)),
    # Months that come one release after the other.
    *(*months(2023, range(1, 13), **file("months", FIRST)), *months(2024, range(2, 14), **file("months", FIRST))),
    *(*months(2024, range(3, 15), **file("months", LATER)), *months(2025, range(4, 16), **file("months", LATER))),
    # A headline, with a percentage, that was released before its year was over.
    figure(90, year=2023, measure="takedown_requests", **file("headline", FIRST)),
    figure(55, change="-38.9", measure="takedown_requests", **file("headline", FIRST), released_on="2024-07-01"),
    figure(99, change="10.0", measure="takedown_requests", **file("headline", LATER)),
    figure(12, measure="cases_cleared", **others(place="home"), **file("places", FIRST)),
    figure(13, measure="cases_cleared", **others(place="street"), **file("places", FIRST)),
]  # fmt: skip
CORRECTIONS = [
    correction(60, 66, crime_type="deepfake", region="busan"),
    correction(80, 8, measure="suspects", age_band="0-17", corrected_on="2026-03-01"),
]
BREAKS = [series_break("deepfake", "2025-07-01")]
TOTALS = {
    f"{name} {release}": "none"
    for name in ("types", "ages", "places")
    for release in ("first", "later", "last")
}


def warehouse(day=LONG_AFTER, figures=FIGURES, totals=TOTALS, **said):
    """What was released and corrected by a day."""
    known = [row for row in numbered(figures) if _day(row["released_on"]) <= day]
    exports = {row["export_id"]: {"table_name": row["export_id"].split()[0]} for row in known}
    return built(
        known,
        totals=totals,
        exports=exports,
        made=relations(),
        correction_entries=[entry for entry in CORRECTIONS if _day(entry["corrected_on"]) <= day],
        series_breaks=BREAKS,
        **said,
    )


def _day(day):
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(day)


def rows(connection, query):
    """All rows in an order that does not depend on the query; numbers to nine digits."""
    found = connection.execute(query).fetchall()
    return sorted(
        (tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in found),
        key=repr,
    )


def relation_of(macro):
    """The query of the relation that a macro is about."""
    if macro == "observation_as_of":
        return f"select {', '.join(relations()['observation'].columns)} from staging.observation_current"
    return f"from {macro.removesuffix('_as_of')}"


@pytest.fixture(scope="module")
def everything():
    return with_macros(warehouse())


@pytest.fixture(scope="module")
def on_day():
    """What a warehouse built on a day would have, by day."""
    return {day: warehouse(day) for day in (FIRST_DAY, NEXT_YEAR)}


def test_every_mart_that_depends_on_releases_has_a_macro():
    about_releases, found = set(KNOWN_SINCE), set()
    for name, relation in relations().items():
        if relation.dependencies & about_releases and relation.layer != "tables" and name not in NOT_AS_OF:
            about_releases.add(name)
            found |= {name} if relation.layer == "marts" else set()

    assert found >= set(MARTS)
    assert {name.removesuffix("_as_of") for name in MACROS} == {*found, "observation"}


def test_every_macro_says_what_it_is_and_takes_a_day():
    for macro in as_of_macros():
        assert macro.parameters == ("as_of",)
        assert macro.description.endswith(".")


@pytest.mark.parametrize("macro", MACROS)
def test_on_a_late_day_everything_is_known(macro, everything):
    expected = rows(everything, relation_of(macro))

    assert expected
    assert rows(everything, f"from {macro}(date '2100-01-01')") == expected


@pytest.mark.parametrize("day", [FIRST_DAY, NEXT_YEAR], ids=str)
@pytest.mark.parametrize("macro", MACROS)
def test_on_an_earlier_day_is_known_what_had_been_released(macro, day, everything, on_day):
    expected = rows(on_day[day], relation_of(macro))

    assert expected
    assert rows(everything, f"from {macro}(date '{day}')") == expected
    if day == FIRST_DAY:
        assert expected != rows(everything, relation_of(macro)), "later releases changed it"


@pytest.mark.parametrize("macro", MACROS)
def test_before_the_first_release_nothing_is_known(macro, everything):
    assert rows(everything, f"from {macro}(date '2020-01-01')") == []


def test_the_columns_are_those_of_the_relation(everything):
    for macro in MACROS:
        columns = everything.sql(f"from {macro}(date '2020-01-01')").columns
        assert columns == everything.sql(relation_of(macro)).columns, macro


def test_a_release_is_known_on_its_day(everything):
    query = """
        select value from arrest_trends_as_of(date '{day}')
        where measure = 'takedown_requests' and period_start = '2024-01-01'
    """

    assert rows(everything, query.format(day="2024-06-30")) == []
    assert rows(everything, query.format(day="2024-07-01")) == [(55,)]
    assert rows(everything, query.format(day="2026-01-30")) == [(55,)]
    assert rows(everything, query.format(day="2026-01-31")) == [(99,)]


def test_a_correction_is_known_on_its_day(everything):
    query = """
        select value, is_corrected from arrest_trends_as_of(date '{day}')
        where crime_type = 'deepfake' and region = 'busan' and period_start = '2024-01-01'
    """

    assert rows(everything, query.format(day="2025-01-31")) == [(60, False)]
    assert rows(everything, query.format(day="2025-02-01")) == [(66, True)]


def test_two_days_can_be_put_side_by_side(everything):
    found = rows(
        everything,
        """
        select before.value, today.value
        from arrest_trends_as_of(current_date + interval 100 year) as today
        inner join arrest_trends_as_of('2025-12-31'::date) as before
            using (source, measure, crime_type, region, period_start, period_end)
        where crime_type = 'recording' and region = 'busan' and year(period_start) = 2023
        """,
    )

    assert found == [(50, 50)]


def test_what_a_later_release_prints_does_not_change_what_was_known_before():
    def types(release, with_group, years):
        for year in years:
            yield figure(30 + year, year=year, crime_type="deepfake", **file("types", release))
            yield figure(50, year=year, crime_type="recording", **file("types", release))
            if with_group:
                yield figure(80 + year, year=year, crime_type="online", **file("types", release))

    figures = [*types(FIRST, True, (2023, 2024)), *types(LATER, False, (2025,))]
    parents = {"deepfake": "online", "recording": "online"}
    # Where the parts may not be all, a group that is not printed has no sum.
    said = {
        "figures": figures,
        "totals": {"types first": "none", "types later": "partial"},
        "parents": parents,
    }
    then, now = warehouse(FIRST_DAY, **said), with_macros(warehouse(**said))

    assert rows(now, f"from arrest_trends_as_of(date '{FIRST_DAY}')") == rows(then, "from arrest_trends")


# Any releases

released = st.sampled_from(["2025-01-31", "2026-01-31", "2027-01-31"])
cells = st.fixed_dictionaries(
    {
        "value": st.one_of(st.integers(0, 200), st.none()),
        "year": st.sampled_from([2023, 2024]),
        "crime_type": st.sampled_from(["total", "deepfake", "recording"]),
        "region": st.sampled_from(["total", "seoul"]),
        "age_band": st.sampled_from(["total", "total", "0-17", "18+"]),
        "released_on": released,
        "name": st.sampled_from(["types", "headline"]),
    }
)
tables_of_sources = st.lists(st.lists(cells, min_size=1, max_size=25), min_size=1, max_size=8)


@settings(max_examples=3, deadline=None)  # each is of up to eight sources
@given(
    tables_of_sources,
    st.sampled_from([dt.date(2025, 6, 30), dt.date(2026, 6, 30)]),
    st.dictionaries(
        st.sampled_from(["crime_type", "region", "age_band"]), st.sampled_from(["none", "printed"])
    ),
)
def test_on_any_day_is_known_what_a_warehouse_of_that_day_would_have(drawn, day, totals):
    """Each list of cells is a source of its own; of equal cells of one release the first counts."""
    figures = {}
    for number, listed in enumerate(drawn):
        for drawn_cell in listed:
            cell = dict(drawn_cell)
            name = cell.pop("name")
            of = {"source": f"source {number}", "export_id": f"{name} {cell['released_on']}"}
            key = (number, *(cell[part] for part in cell if part != "value"))
            figures.setdefault(key, figure(cell.pop("value"), **cell, **of))
    said = {"figures": list(figures.values()), "totals": totals}
    then, now = warehouse(day, **said), with_macros(warehouse(**said))

    for mart in MARTS:
        assert rows(now, f"from {mart}_as_of(date '{day}')") == rows(then, f"from {mart}"), mart
        assert rows(now, f"from {mart}_as_of(date '2100-01-01')") == rows(now, f"from {mart}"), mart


@pytest.mark.parametrize("macro", as_of_macros(), ids=lambda macro: macro.name)
def test_a_macro_reads_nothing_that_does_not_know_the_day(macro):
    """What depends on the day is read from the macro's own expressions, under names that no query has."""
    dependent = depend_on_what_is_known().keys() | KNOWN_SINCE.keys()
    parsed = sqlglot.parse_one(macro.query, dialect="duckdb")
    own = {expression.alias: expression.this for expression in parsed.ctes}
    days = {
        f"{name}_as_of": f"select * from {name} where {day} <= as_of" for name, day in KNOWN_SINCE.items()
    }

    assert own
    for name, query in own.items():
        if name in days:
            assert query.sql(dialect="duckdb").lower() == days[name]
            continue
        assert not tables_read(query.sql(dialect="duckdb")) & dependent, name
        inner = {expression.alias for expression in query.find_all(exp.CTE)}
        assert not inner & own.keys(), "another of the same name would be read in its place"
