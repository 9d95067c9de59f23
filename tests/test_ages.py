"""Age bands: every spelling is read as the one band that it can mean, or not at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipelines.ages import TOLD, age_bounds, age_code, nearest, oddities, overlap, says_only_under


@pytest.mark.parametrize(
    ("code", "bounds"),
    [
        ("0-9", (0, 9)),
        ("18-24", (18, 24)),
        ("7-7", (7, 7)),
        ("0-0", (0, 0)),
        ("65+", (65, None)),
        ("0+", (0, None)),
        ("24-18", None),
        ("unknown", None),
        ("total", None),
        ("18", None),
        ("+65", None),
        ("18-", None),
        ("18 - 24", None),
        ("018-24", None),
        ("18-24 > 18-20", None),
    ],
)
def test_an_age_band_describes_itself(code, bounds):
    assert age_bounds(code) == bounds


@pytest.mark.parametrize(
    ("label", "code"),
    [
        # both ends
        ("18-24", "18-24"),
        ("18–24", "18-24"),
        ("18 ~ 24", "18-24"),
        ("18～24세", "18-24"),
        ("18세~24세", "18-24"),
        ("18 세 - 24 세", "18-24"),
        ("18 to 24", "18-24"),
        ("18 TO 24 YEARS", "18-24"),
        ("18 years to 24 years", "18-24"),
        ("18-24 yrs", "18-24"),
        ("18 bis 24 Jahre", "18-24"),
        ("18 Jahre bis 24 Jahren", "18-24"),
        (" 18-24 ", "18-24"),
        ("7-7", "7-7"),
        # open above
        ("65+", "65+"),
        ("65 +", "65+"),
        ("65세+", "65+"),
        ("65세 이상", "65+"),
        ("65이상", "65+"),
        ("65 and over", "65+"),
        ("65 years and above", "65+"),
        ("65 or older", "65+"),
        ("65 years or over", "65+"),
        ("65 und älter", "65+"),
        ("65 Jahre und älter", "65+"),
        ("65 u. älter", "65+"),
        ("65 u.älter", "65+"),
        ("60세초과", "61+"),
        ("60 초과", "61+"),
        # below
        ("14세 미만", "0-13"),
        ("14 미만", "0-13"),
        ("under 14", "0-13"),
        ("Below 14 years", "0-13"),
        ("<14", "0-13"),
        ("< 14 yrs", "0-13"),
        ("unter 14", "0-13"),
        ("unter 14 Jahren", "0-13"),
        ("under 1", "0-0"),
        # from one to below another
        ("18세 이상 30세 미만", "18-29"),
        ("18이상~30미만", "18-29"),
        ("18세 이상 ~ 30세 미만", "18-29"),
        ("18~30세 미만", "18-29"),
        ("18 and above and below 30 years", "18-29"),
        ("18 and over, but under 30", "18-29"),
        ("18 years and under 21 years", "18-20"),
        ("18 bis unter 21", "18-20"),
        ("18 bis unter 21 Jahre", "18-20"),
        ("18 Jahre bis unter 21 Jahre", "18-20"),
        # where a band begins is not said, or it is none
        ("30세 이하", None),
        ("30세이하", None),
        ("30 이하", None),
        ("up to 30", None),
        ("bis 30", None),
        ("30 and under", None),
        ("30 and below", None),
        ("≤30", None),
        ("18~24세 이하", None),
        ("10대", None),
        ("10s", None),
        ("18", None),
        ("18세", None),
        ("over 60", None),
        (">60", None),
        ("60세 이상 이하", None),
        ("18-24+", None),
        ("18-", None),
        ("-24", None),
        ("under 0", None),
        ("0세 미만", None),
        ("24-18", None),
        ("30 bis unter 30", None),
        ("30세 이상 20세 미만", None),
        ("018-024", None),
        ("１８-２４", None),
        ("٦٥+", None),
        ("1000+", None),
        ("under 1000", None),
        ("18-24 25-30", None),
        ("18 24", None),
        ("2018-2024", None),
        ("19-Oct", None),
        ("18.5-24", None),
        ("미상", None),
        ("total", None),
        ("", None),
    ],
)
def test_a_spelled_out_band_is_read_as_the_band_that_it_is_or_as_none(label, code):
    assert age_code(label) == code


# Properties

ages = st.integers(0, 120)
bands = st.tuples(ages, ages).map(sorted).map(tuple)
blank = st.sampled_from(["", " "])

CLOSED = ["{0}-{1}", "{0}–{1}", "{0}~{1}", "{0} ~ {1}세", "{0}세~{1}세", "{0} to {1}", "{0} to {1} years",
          "{0} bis {1} Jahre", "{0}세 - {1}세"]  # fmt: skip
OPEN = ["{0}+", "{0} +", "{0}세 이상", "{0}이상", "{0} and over", "{0} years and above", "{0} or older",
        "{0} und älter", "{0} Jahre u. älter"]  # fmt: skip
BELOW = ["{0}세 미만", "{0}미만", "under {0}", "< {0}", "<{0} years", "below {0} yrs", "unter {0} Jahren"]
FROM_TO_BELOW = ["{0}세 이상 {1}세 미만", "{0}이상~{1}미만", "{0} ~ {1}세 미만", "{0} and above and below {1} years",
                 "{0} and over but under {1}", "{0} bis unter {1} Jahre", "{0} years and under {1} years"]  # fmt: skip


@given(band=bands, spelling=st.sampled_from(CLOSED))
@example(band=(7, 7), spelling="{0}-{1}")
def test_a_band_with_both_ends_has_both(band, spelling):
    assert age_code(spelling.format(*band)) == f"{band[0]}-{band[1]}"


@given(low=ages, spelling=st.sampled_from(OPEN))
def test_a_band_that_is_open_above_has_its_beginning(low, spelling):
    assert age_code(spelling.format(low)) == f"{low}+"


@given(high=st.integers(1, 120), spelling=st.sampled_from(BELOW))
def test_a_band_below_an_age_ends_the_year_before_it(high, spelling):
    label = spelling.format(high)
    assert age_code(label) == f"0-{high - 1}"
    assert says_only_under(label)


@given(band=bands, spelling=st.sampled_from(FROM_TO_BELOW))
def test_a_band_to_below_an_age_ends_the_year_before_it(band, spelling):
    low, below = band
    expected = f"{low}-{below - 1}" if below > low else None
    assert age_code(spelling.format(low, below)) == expected


@given(
    band=bands, words=st.sampled_from(["{1}세 이하", "{1}세이하", "{0}~{1}세 이하", "{0}세 이상 {1}세 이하"])
)
def test_a_band_to_an_age_inclusive_is_never_read_as_one_below_it(band, words):
    assert age_code(words.format(*band)) in (None, f"{band[0]}-{band[1]}")


def fits(code: str, label: str) -> bool:
    """Whether the ends of a band are the ages that a label names, or the years next to them."""
    low, high = age_bounds(code) or (-1, -1)
    named = [int(number) for number in re.findall("[0-9]+", label)]
    if len(named) == 1:
        [age] = named
        return (low, high) in ((0, age - 1), (age, None), (age + 1, None))
    return len(named) == 2 and (low, high) in ((named[0], named[1]), (named[0], named[1] - 1))


PIECES = ["0", "7", "14", "18", "30", "65", "120", "-", "~", "–", "+", "<", ">", " ", "세", "이상", "이하", "미만", "초과",
          "to", "under", "below", "and", "over", "years", "bis", "unter", "und älter", "or older"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@example("18~30세이하")
@example("18미만30")
@example("30세미만이상")
def test_whatever_is_read_as_a_band_has_the_ages_that_the_label_names(label):
    code = age_code(label)
    if code is not None:
        assert age_bounds(code), label
        assert fits(code, label), (label, code)
        assert "이하" not in label
        assert not (says_only_under(label) and not code.startswith("0-")), label


@given(st.text(max_size=12))
def test_no_text_stops_the_run(label):
    code = age_code(label)
    assert code is None or age_bounds(code)


@given(
    low=ages,
    high=ages,
    spelling=st.sampled_from(CLOSED + FROM_TO_BELOW),
    spaces=st.sampled_from(["", "  ", "\t"]),
)
def test_blanks_around_a_label_change_nothing(low, high, spelling, spaces):
    label = spelling.format(low, high)
    assert age_code(f"{spaces}{label}{spaces}") == age_code(label)


@pytest.mark.parametrize(
    ("label", "only_under"),
    [
        ("under 14", True),
        ("14세 미만", True),
        ("<14", True),
        ("unter 14", True),
        ("10세 이상 14세 미만", False),
        ("10 bis unter 14", False),
        ("10-13", False),
        ("14+", False),
        ("14세 이하", False),
        ("미상", False),
    ],
)
def test_a_label_that_names_only_the_end_of_a_band_is_known(label, only_under):
    assert says_only_under(label) is only_under


# Bands and bands


@pytest.mark.parametrize(
    ("outer", "inner", "is_part"),
    [
        ("0-17", "0-13", True),
        ("0-17", "14-17", True),
        ("0-17", "7-7", True),
        ("60+", "65+", True),
        ("60+", "60-69", True),
        ("0-17", "0-17", False),
        ("0-13", "0-17", False),
        ("0-17", "10-19", False),
        ("0-17", "18+", False),
        ("60-99", "60+", False),
        ("60+", "60+", False),
        ("total", "0-13", False),
        ("0-17", "unknown", False),
    ],
)
def test_a_band_holds_those_whose_years_it_has_and_more(outer, inner, is_part):
    assert (nearest([inner, outer]).get(inner) == outer) is is_part


@pytest.mark.parametrize(
    ("bands", "do_overlap"),
    [
        (["0-17", "18+"], False),
        (["0-17", "0-13", "14-17", "18+"], False),
        (["10-19", "20-29", "unknown", "total"], False),
        (["10-19", "15-24"], True),
        (["10-19", "19-29"], True),
        (["60+", "55-64"], True),
        (["0-17", "10-19", "20+"], True),
        (["18+"], False),
        ([], False),
        (["minor", "adult"], False),
    ],
)
def test_bands_overlap_that_share_years_and_do_not_hold_each_other(bands, do_overlap):
    assert overlap(bands) is do_overlap
    assert overlap(reversed(bands)) is do_overlap


codes = bands.map(lambda band: f"{band[0]}-{band[1]}") | ages.map("{}+".format)


def years(code: str) -> set[int]:
    low, high = age_bounds(code) or (0, -1)
    return set(range(low, 300 if high is None else high + 1))


@given(codes, codes)
def test_holding_and_overlapping_are_of_the_years(one, other):
    assert (nearest([one, other]).get(other) == one) is (years(one) > years(other))
    assume(one != other)
    meets = bool(years(one) & years(other))
    nested = years(one) >= years(other) or years(other) >= years(one)
    assert overlap([one, other]) is (meets and not nested)


@given(st.lists(codes, max_size=12, unique=True))
def test_the_nearest_of_bands_is_the_narrowest_that_holds_one(bands):
    found = nearest(bands)
    for band in bands:
        wider = [other for other in bands if years(other) > years(band)]
        assert found.get(band) == min(wider, key=lambda other: len(years(other)), default=None)


@given(st.lists(codes, max_size=12, unique=True))
def test_bands_overlap_where_two_of_them_do(bands):
    assert overlap(bands) is any(overlap([one, other]) for one in bands for other in bands if one != other)


def test_of_very_many_bands_that_share_years_the_first_are_told():
    many = [f"{low}-{high}" for low in range(150) for high in range(low, 150)]

    assert len(list(oddities(many))) == TOLD + 1
    assert nearest(many)["10-12"] == "9-12"


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["14-15", "21+", "21-22", "23+"], ["no band gives age 16 to 20"]),
        (["0-17", "18+"], []),
        (["0-17", "19+"], ["no band gives age 18"]),
        (["66-70", "70+"], ["ages 66-70 and 70+ share years of age: the bands have no sum"]),
        (["unknown", "minor"], []),
    ],
)
def test_what_is_odd_about_bands_is_said(codes, said):
    assert list(oddities(codes)) == said
