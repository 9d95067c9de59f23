"""Sums of parts that are all there is: of which wholes there are some, and when they have no value."""

from __future__ import annotations

import pytest

from tests.sql.given import LATER, built, correction, figure, others

NAMES = ("crime_type", "age_band", "sex", "region", "other_dimensions")


def sums(figures, column="value", totals="none", **said):
    """What each sum is of, by its codes that are no totals, and its value."""
    connection = built(figures, totals=totals, made=["part_sum"], **said)
    query = f"select {', '.join(NAMES)}, {column} from staging.part_sum where is_first order by all"
    found = {}
    for *codes, value in connection.sql(query).fetchall():
        of = ", ".join(code for code in codes if code not in ("total", None)) or "all"
        assert of not in found, f"two sums of {of}"
        found[of] = value
    return found


def deepfake(value, **given):
    return figure(value, crime_type="deepfake", **given)


def recording(value, **given):
    return figure(value, crime_type="recording", **given)


# Of which wholes


def test_parts_along_one_dimension_have_one_sum():
    assert sums([deepfake(60), recording(40)]) == {"all": 100}


def test_parts_along_two_dimensions_are_summed_along_each_and_along_both():
    figures = [
        deepfake(1, region="seoul"),
        deepfake(2, region="busan"),
        recording(4, region="seoul"),
        recording(8, region="busan"),
    ]

    assert sums(figures) == {"deepfake": 3, "recording": 12, "seoul": 5, "busan": 10, "all": 15}


def test_parts_along_all_dimensions_have_a_sum_for_every_set_of_them():
    places = {
        "crime_type": ("deepfake", "recording"),
        "age_band": ("10-19", "20+"),
        "sex": ("female", "male"),
        "region": ("busan", "seoul"),
    }
    figures = [
        figure(1, crime_type=crime_type, age_band=age_band, sex=sex, region=region)
        for crime_type in places["crime_type"]
        for age_band in places["age_band"]
        for sex in places["sex"]
        for region in places["region"]
    ]
    found = sums(figures)

    # 3 codes along each of 4 dimensions, the total included, without the 16 cells themselves.
    assert len(found) == 3**4 - 2**4
    assert found["all"] == 16
    assert found["deepfake"] == 8
    assert found["deepfake, 10-19"] == 4
    assert found["deepfake, 10-19, female"] == 2


def test_dimensions_without_a_total_are_summed_and_others_are_not():
    figures = [
        deepfake(1, region="seoul"),
        deepfake(2, region="busan"),
        recording(4, region="seoul"),
        recording(8, region="busan"),
    ]

    assert sums(figures, totals={"crime_type": "none", "region": "partial"}) == {"seoul": 5, "busan": 10}


def test_beside_a_printed_total_along_one_dimension_the_other_is_summed_in_each_row():
    # Every type with a total of its regions; no total of types.
    figures = [
        *(deepfake(3), deepfake(1, region="seoul"), deepfake(2, region="busan")),
        *(recording(12), recording(4, region="seoul"), recording(8, region="busan")),
    ]

    assert sums(figures, totals={"crime_type": "none", "region": "printed"}) == {
        "seoul": 5,
        "busan": 10,
        "all": 15,
    }


@pytest.mark.parametrize("totals", ["partial", "printed", "overlapping"])
def test_parts_that_do_not_say_that_they_are_all_there_is_have_no_sum(totals):
    assert sums([deepfake(60), recording(40)], totals=totals) == {}


def test_age_bands_that_share_years_and_do_not_hold_each_other_have_no_sum():
    figures = [figure(25, age_band="10-17"), figure(30, age_band="15-19"), figure(70, age_band="20+")]

    assert sums(figures) == {}


def test_figures_that_are_no_parts_have_no_sum():
    assert sums([figure(100)]) == {}


def test_each_period_and_measure_has_its_own_sum():
    figures = [deepfake(60), recording(40), deepfake(3, year=2023), recording(4, year=2023)]
    connection = built([*figures, deepfake(7, measure="suspects")], totals="none", made=["part_sum"])
    query = "select year(period_start), measure, value from staging.part_sum order by all"

    assert connection.sql(query).fetchall() == [
        (2023, "cases", 7),
        (2024, "cases", 100),
        (2024, "suspects", 7),
    ]


# Dimensions that only one source has


def test_parts_along_a_sources_own_dimension_are_summed():
    figures = [figure(3, **others(place="home")), figure(4, **others(place="street"))]

    assert sums(figures) == {"all": 7}


def test_parts_along_two_own_dimensions_are_summed_along_each_and_along_both():
    figures = [
        figure(1, **others(place="home", hour="day")),
        figure(2, **others(place="home", hour="night")),
        figure(4, **others(place="street", hour="day")),
        figure(8, **others(place="street", hour="night")),
    ]

    assert sums(figures) == {
        '{"place":"home"}': 3,
        '{"place":"street"}': 12,
        '{"hour":"day"}': 5,
        '{"hour":"night"}': 10,
        "all": 15,
    }


def test_parts_along_a_shared_and_an_own_dimension_are_summed_along_each_and_along_both():
    figures = [
        deepfake(1, **others(place="home")),
        deepfake(2, **others(place="street")),
        recording(4, **others(place="home")),
        recording(8, **others(place="street")),
    ]

    assert sums(figures) == {
        "deepfake": 3,
        "recording": 12,
        '{"place":"home"}': 5,
        '{"place":"street"}': 10,
        "all": 15,
    }


def test_an_own_dimension_that_may_not_have_all_parts_is_not_summed_along():
    figures = [
        deepfake(1, **others(place="home")),
        recording(4, **others(place="home")),
    ]

    assert sums(figures, totals={"crime_type": "none", "place": "partial"}) == {'{"place":"home"}': 5}


# Hierarchies

ONLINE = {"deepfake": "online", "recording": "online"}


def test_a_group_that_is_not_printed_gets_the_sum_of_its_parts():
    figures = [deepfake(60), recording(40), figure(5, crime_type="theft")]

    assert sums(figures, parents=ONLINE) == {"online": 100, "all": 105}


def test_a_group_that_is_printed_is_not_counted_once_more_with_its_parts():
    figures = [figure(100, crime_type="online"), deepfake(60), recording(40), figure(5, crime_type="theft")]

    assert sums(figures, parents=ONLINE) == {"all": 105}


def test_the_parts_of_a_printed_group_need_not_be_all():
    figures = [figure(100, crime_type="online"), deepfake(60), figure(5, crime_type="theft")]

    assert sums(figures, parents=ONLINE) == {"all": 105}


def test_a_group_that_is_not_printed_gets_its_sum_beside_a_printed_total():
    figures = [figure(105), deepfake(60), recording(40), figure(5, crime_type="theft")]

    assert sums(figures, parents=ONLINE, totals="printed") == {"online": 100}


def test_levels_that_are_not_printed_are_all_summed():
    parents = {"burglary": "theft", "pickpocketing": "theft", "theft": "property", "arson": "property"}
    figures = [
        figure(value, crime_type=crime_type)
        for value, crime_type in [(1, "burglary"), (2, "pickpocketing"), (4, "arson"), (8, "murder")]
    ]

    assert sums(figures, parents=parents) == {"theft": 3, "property": 7, "all": 15}


def test_a_sum_stops_at_the_first_group_that_is_printed():
    parents = {"burglary": "theft", "pickpocketing": "theft", "theft": "property", "arson": "property"}
    figures = [
        figure(value, crime_type=crime_type)
        for value, crime_type in [(1, "burglary"), (2, "pickpocketing"), (7, "property"), (8, "murder")]
    ]

    assert sums(figures, parents=parents) == {"theft": 3, "all": 15}


def test_a_path_names_its_groups_by_itself():
    figures = [figure(60, crime_type="online > deepfake"), figure(40, crime_type="online > recording")]

    assert sums(figures) == {"online": 100, "all": 100}


def test_groups_are_summed_in_each_region_and_over_all():
    figures = [
        deepfake(1, region="seoul"),
        recording(2, region="seoul"),
        deepfake(4, region="busan"),
        recording(8, region="busan"),
    ]
    found = sums(figures, parents=ONLINE)

    assert {of: value for of, value in found.items() if "online" in of or of == "all"} == {
        "online, seoul": 3,
        "online, busan": 12,
        "online": 15,
        "all": 15,
    }


def test_an_age_band_that_holds_others_is_not_counted_once_more():
    figures = [
        figure(value, age_band=age_band)
        for age_band, value in [("0-13", 9), ("0-5", 4), ("6-13", 5), ("14+", 3)]
    ]

    assert sums(figures) == {"all": 12}


@pytest.mark.parametrize("other", [{"year": 2023}, {"measure": "suspects"}], ids=["a year", "a measure"])
def test_a_group_that_is_printed_for_one_period_or_measure_is_summed_for_others(other):
    figures = [
        *(figure(100, crime_type="online"), deepfake(60), recording(40), figure(5, crime_type="theft")),
        *(deepfake(6, **other), recording(4, **other), figure(3, crime_type="theft", **other)),
    ]
    connection = built(figures, totals="none", parents=ONLINE, made=["part_sum"])
    query = "select value from staging.part_sum where crime_type = 'total' order by all"

    assert connection.sql(query).fetchall() == [(13,), (105,)]


# Several ways of adding up

# Columns male, female, under 20, 20 and over, as many yearbooks print them side by side; no total.
MARGINS = [
    *(deepfake(30, sex="female"), deepfake(70, sex="male")),
    *(deepfake(40, age_band="0-19"), deepfake(60, age_band="20+")),
]


def ways(figures, totals="none", **said):
    """Every way in which all of it is added up, with its value and whether it is the one that is used."""
    connection = built(figures, totals=totals, made=["part_sum"], **said)
    of = " and ".join(f"coalesce({name}, 'total') = 'total'" for name in NAMES)
    query = f"select along, value, is_first from staging.part_sum where {of} order by all"
    return connection.sql(query).fetchall()


def test_two_breakdowns_of_the_same_cases_side_by_side_are_not_added_to_each_other():
    assert sums(MARGINS) == {"deepfake": 100, "female": 30, "male": 70, "0-19": 40, "20+": 60, "all": 100}


def test_each_breakdown_is_a_way_of_its_own():
    assert ways(MARGINS) == [("crime_type age_band", 100, True), ("crime_type sex", 100, False)]


def test_a_table_of_two_dimensions_is_added_up_in_one_way():
    figures = [deepfake(1, region="seoul"), recording(2, region="seoul"), deepfake(4, region="busan")]

    assert ways(figures) == [("crime_type region", 7, True)]


def test_a_way_that_is_known_is_used_before_one_that_is_not():
    figures = [*MARGINS[:2], deepfake(40, age_band="0-19"), deepfake(None, age_band="20+")]

    assert ways(figures) == [("crime_type age_band", None, False), ("crime_type sex", 100, True)]


def test_the_way_of_the_most_figures_is_used():
    figures = [
        *MARGINS[2:],
        *(deepfake(value, sex=sex) for value, sex in ((3, "female"), (7, "male"), (9, "x"))),
    ]

    # They come to something else, so that neither is known to be all of it.
    assert ways(figures) == [("crime_type age_band", None, False), ("crime_type sex", None, True)]


def test_two_breakdowns_by_own_dimensions_side_by_side_are_not_added_to_each_other():
    figures = [
        *(figure(30, **others(place="home")), figure(70, **others(place="street"))),
        *(figure(40, **others(hour="day")), figure(60, **others(hour="night"))),
    ]

    assert sums(figures) == {"all": 100}


def test_where_a_type_has_no_regions_and_others_have_nothing_is_known_of_all():
    figures = [deepfake(4, region="busan"), deepfake(6, region="seoul"), recording(5)]

    # One way leaves out the one, the other the others: neither 10 nor 5 is all of it.
    assert sums(figures)["all"] is None
    assert sums(figures)["deepfake"] == 10


# When a sum has no value

STATUS = "value_status || ' ' || coalesce(value::varchar, 'None')"


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_a_part_that_is_not_a_number_leaves_no_sum(status):
    assert sums([deepfake(60), recording(None, value_status=status)], STATUS) == {"all": "missing None"}


def test_a_part_that_there_is_none_of_counts_as_nothing():
    figures = [deepfake(60), recording(None, value_status="not_applicable")]

    assert sums(figures, STATUS) == {"all": "observed 60"}


def test_a_sum_of_parts_that_there_are_none_of_is_none_either():
    nothing = {"value_status": "not_applicable"}
    figures = [deepfake(None, **nothing), recording(None, **nothing)]

    assert sums(figures, STATUS) == {"all": "not_applicable None"}


def test_zeros_have_a_sum_of_zero():
    assert sums([deepfake(0), recording(0)], STATUS) == {"all": "observed 0"}


def test_a_suppressed_cell_leaves_no_sum_along_either_dimension():
    figures = [
        deepfake(1, region="seoul"),
        deepfake(None, region="busan", value_status="suppressed"),
        recording(4, region="seoul"),
        recording(8, region="busan"),
    ]

    assert sums(figures) == {"deepfake": None, "recording": 12, "seoul": 5, "busan": None, "all": None}


def test_a_whole_that_the_export_prints_is_not_summed():
    assert sums([figure(100), deepfake(60), recording(30)]) == {}


def test_a_whole_that_the_export_prints_without_a_number_is_not_summed():
    assert sums([figure(None, value_status="suppressed"), deepfake(60), recording(30)]) == {}


def test_wholes_that_the_export_prints_for_some_cells_are_summed_for_the_others():
    # The sexes of deepfakes with their total, those of recordings without.
    figures = [
        *(deepfake(3), deepfake(1, sex="female"), deepfake(2, sex="male")),
        *(recording(4, sex="female"), recording(8, sex="male")),
    ]
    found = sums(figures, totals={"crime_type": "partial", "sex": "none"})

    assert found == {"recording": 12}


def test_parts_of_two_releases_have_no_sum():
    # Of the first release only recordings still stand: they are not all there is.
    figures = [deepfake(60), recording(40), deepfake(66, **LATER)]

    assert sums(figures, totals={"first": "none", "later": "partial"}) == {"all": None}


def test_each_release_that_has_all_parts_has_its_own_sum():
    figures = [deepfake(60), recording(40), deepfake(66, **LATER), recording(44, **LATER)]
    connection = built(figures, totals="none", made=["part_sum"])
    query = "select export_id, value, is_current from staging.part_sum order by all"

    assert connection.sql(query).fetchall() == [("first", None, False), ("later", 110, True)]


@pytest.mark.parametrize("other", ["ages", "youths"], ids=["that comes first", "that comes later"])
def test_a_part_that_another_file_of_the_release_prints_too_is_still_a_part(other):
    # The ages of deepfakes, with their own total.
    figures = [
        *(deepfake(60, export_id="types"), recording(40, export_id="types")),
        *(deepfake(60, export_id=other), deepfake(20, age_band="10-19", export_id=other)),
    ]
    found = sums(figures, totals={"types": "none"}, exports={other: {"table_name": "ages"}})

    assert found == {"all": 100}


# What a sum says of itself


def test_a_sum_lists_the_parts_that_it_covers():
    figures = [
        deepfake(1, region="seoul"),
        deepfake(2, region="busan"),
        recording(4, region="seoul"),
    ]
    found = sums(figures, column="parts")

    assert found["deepfake"] == ["region busan", "region seoul"]
    assert found["seoul"] == ["crime_type deepfake", "crime_type recording"]
    assert found["all"] == [
        "crime_type deepfake",
        "crime_type recording",
        "region busan",
        "region seoul",
    ]


def test_a_sum_lists_the_codes_of_own_dimensions_that_it_covers():
    figures = [figure(3, **others(place="home")), figure(4, **others(place="street"))]

    assert sums(figures, column="parts") == {"all": ['{"place":"home"}', '{"place":"street"}']}


def test_a_sum_covers_the_parts_that_there_are_none_of():
    figures = [deepfake(60), recording(None, value_status="not_applicable")]

    assert sums(figures, column="parts") == {"all": ["crime_type deepfake", "crime_type recording"]}


def test_a_sum_says_how_many_figures_are_in_it():
    figures = [deepfake(60), recording(0), figure(None, crime_type="theft", value_status="not_applicable")]

    assert sums(figures, column="cell_count") == {"all": 2}


def test_a_sum_with_a_corrected_part_is_corrected_and_keeps_the_published_sum():
    figures = [deepfake(60), recording(40)]
    entries = [correction(60, 16, crime_type="deepfake")]
    columns = "{'value': value, 'published': published_value, 'is_corrected': is_corrected}"

    assert sums(figures, column=columns, correction_entries=entries) == {
        "all": {"value": 56, "published": 100, "is_corrected": True}
    }


def test_a_sum_of_provisional_or_unfinished_parts_is_so_itself():
    figures = [
        deepfake(60, is_provisional=True, released_on="2024-07-01"),
        recording(40, released_on="2024-07-01"),
    ]

    assert sums(figures, column="is_provisional and is_unfinished") == {"all": True}


def test_a_sum_names_the_file_and_the_release_that_it_is_of():
    connection = built([deepfake(60), recording(40)], totals="none", made=["part_sum"])
    query = "select export_id, source_file, released_on::varchar from staging.part_sum"

    assert connection.sql(query).fetchall() == [("first", "police/first.csv", "2025-01-31")]
