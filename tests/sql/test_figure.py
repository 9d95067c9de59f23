"""Which figure stands where several say the same: published ones and sums, of several exports."""

from __future__ import annotations

import pytest

from tests.sql.given import LATER, built, figure


def standing(figures, where="crime_type = 'total'", **said):
    """Value, origin and export of the figures that stand."""
    connection = built(figures, made=["figure"], **said)
    query = f"""
        select value, value_origin, export_id
        from staging.figure
        where is_standing and {where}
        order by all
    """
    return connection.sql(query).fetchall()


def types(*values, **given):
    names = ("deepfake", "illegal_recording", "child_exploitation_material")
    return [figure(value, crime_type=name, **given) for value, name in zip(values, names, strict=False)]


def regions(*values, **given):
    names = ("busan", "seoul", "ulsan")
    return [figure(value, region=name, **given) for value, name in zip(values, names, strict=False)]


def test_every_published_figure_that_is_current_stands():
    assert standing([figure(100), *types(60, 40)], "true", totals="printed") == [
        (40, "published", "first"),
        (60, "published", "first"),
        (100, "published", "first"),
    ]


def test_a_published_figure_stands_before_a_sum():
    # The headline and the table of types are files of their own, and say different things.
    figures = [figure(105, export_id="headline"), *types(60, 40)]
    said = {"exports": {"headline": {"table_name": "headline"}}, "totals": {"first": "none"}}

    assert standing(figures, **said) == [(105, "published", "headline")]


def test_a_published_figure_stands_before_the_sum_of_a_later_release():
    figures = [figure(105, export_id="headline"), *types(60, 40, **LATER)]
    said = {"exports": {"headline": {"table_name": "headline"}}, "totals": {"later": "none"}}

    assert standing(figures, **said) == [(105, "published", "headline")]


def test_a_sum_stands_where_the_published_figure_is_no_number():
    figures = [figure(None, value_status="suppressed", export_id="headline"), *types(60, 40)]

    assert standing(figures, totals={"first": "none"}) == [(100, "sum_of_parts", "first")]


def test_a_blank_stands_where_the_sum_has_no_value_either():
    figures = [figure(None, value_status="suppressed", export_id="headline"), *types(60, None)]

    assert standing(figures, totals={"first": "none"}) == [(None, "published", "headline")]


def test_of_two_sums_the_one_of_the_later_release_stands():
    figures = [*types(60, 40), *regions(50, 55, **LATER)]
    exports = {"later": {"table_name": "regions"}}

    assert standing(figures, "crime_type = 'total' and region = 'total'", totals="none", exports=exports) == [
        (105, "sum_of_parts", "later")
    ]


def test_of_two_sums_of_one_release_the_one_of_more_parts_stands():
    figures = [*types(60, 40), *regions(50, 30, 25, export_id="regions")]
    exports = {"regions": {"table_name": "regions"}}

    assert standing(figures, "crime_type = 'total' and region = 'total'", totals="none", exports=exports) == [
        (105, "sum_of_parts", "regions")
    ]


def test_a_sum_with_a_value_stands_before_one_without():
    figures = [*types(60, 40), *regions(50, 30, None, export_id="regions")]
    exports = {"regions": {"table_name": "regions"}}

    assert standing(figures, "crime_type = 'total' and region = 'total'", totals="none", exports=exports) == [
        (100, "sum_of_parts", "first")
    ]


def test_a_sum_without_a_value_stands_where_there_is_nothing_else():
    assert standing(types(60, None), totals="none") == [(None, "sum_of_parts", "first")]


def test_a_sum_of_superseded_parts_does_not_stand():
    assert standing([*types(60, 40), *types(66, **LATER)], totals="none") == [(66, "sum_of_parts", "later")]


@pytest.mark.parametrize("totals", ["none", "partial", "printed"])
def test_one_figure_stands_for_each_key(totals):
    figures = [
        *(figure(105, export_id="headline"), figure(110, **LATER)),
        *types(60, 40),
        *types(61, 44, **LATER),
        *regions(50, 55, export_id="regions"),
    ]
    connection = built(figures, totals=totals, made=["figure"])
    query = """
        select crime_type, region, count(*)
        from staging.figure
        where is_standing
        group by all having count(*) <> 1
    """

    assert connection.sql(query).fetchall() == []
