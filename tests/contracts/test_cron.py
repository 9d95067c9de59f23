"""Cron expressions: what is accepted here, Dagster takes."""

from __future__ import annotations

import pytest
from dagster._utils.schedules import is_valid_cron_schedule
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.cron import checked

PARTS = st.one_of(
    st.just("*"),
    st.integers(0, 65).map(str),
    st.builds("{}-{}".format, st.integers(0, 40), st.integers(0, 65)),
    st.builds("{}/{}".format, st.sampled_from(["*", "1", "2-9", "5-3"]), st.integers(0, 70)),
    st.sampled_from(["jan", "Dec", "mon-fri", "SUN", "sat-sun", "L", "?", "1.5", "-1", "x", "٣"]),
)
FIELDS = st.lists(PARTS, min_size=1, max_size=2).map(",".join)


@given(st.lists(FIELDS, min_size=4, max_size=6).map(" ".join))
def test_what_is_accepted_dagster_takes(text):
    try:
        checked(text)
    except ValueError:
        return
    assert is_valid_cron_schedule(text)


@pytest.mark.parametrize(
    "text",
    [
        "0 6 * * *",
        "*/15 0-6,22 * * *",
        "0 6 1,15 jan-jun MON-FRI",
        "0 0 29 2 *",
        "0 0 31 1 *",
        "5 4 * * 7",
        "3/10 * * * *",
    ],
)
def test_what_people_write_is_accepted(text):
    assert checked(text) == text
    assert is_valid_cron_schedule(text)


@pytest.mark.parametrize(
    "text", ["60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "0 0 30 2 *", "0 0 31 4,6 *"]
)
def test_what_never_comes_is_refused(text):
    with pytest.raises(ValueError, match=r"cron expression|never comes"):
        checked(text)
