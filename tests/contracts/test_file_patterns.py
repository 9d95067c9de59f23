"""A pattern is a shell glob with named regular expressions in it."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.contracts.file_patterns import compiled, group_names


@pytest.mark.parametrize(
    ("pattern", "path", "groups"),
    [
        # as the shell would
        ("a.csv", "a.csv", {}),
        ("a.csv", "aXcsv", None),
        ("a.csv", "a.csv.bak", None),
        ("a.csv", "xa.csv", None),
        ("*.csv", "a.csv", {}),
        ("*.csv", "a.CSV", None),
        ("*.csv", "2024/a.csv", None),
        ("?.csv", "a.csv", {}),
        ("?.csv", "ab.csv", None),
        ("a?b.csv", "a/b.csv", None),
        ("**/*.csv", "a.csv", {}),
        ("**/*.csv", "2024/11/a.csv", {}),
        ("2024/**/a.csv", "2024/a.csv", {}),
        ("2024/**/a.csv", "2024/x/y/a.csv", {}),
        ("2024/**/a.csv", "2024a.csv", None),
        ("a/*/b.csv", "a/x/b.csv", {}),
        ("a/*/b.csv", "a/x/y/b.csv", None),
        ("a/**", "a/b/c", None),
        # characters that mean something in a regular expression mean themselves
        ("(a)+|$^{1}.csv", "(a)+|$^{1}.csv", {}),
        ("a|b", "a", None),
        ("통계 (11~22).csv", "통계 (11~22).csv", {}),
        ("a[1].csv", "a[1].csv", {}),
        (r"\d.csv", "1.csv", None),
        ("(?:a).csv", "a.csv", None),
        # named groups
        (r"(?P<released_on>\d{8}).csv", "20191231.csv", {"released_on": "20191231"}),
        (r"(?P<released_on>\d{8}).csv", "2019123.csv", None),
        (r"*_(?P<released_on>\d{8}).csv", "a_1_20191231.csv", {"released_on": "20191231"}),
        (r"(?P<year>\d{4})/*.csv", "2024/a.csv", {"year": "2024"}),
        (r"(?P<year>\d{4})-(?P<month>\d\d)*.csv", "2024-11-x.csv", {"year": "2024", "month": "11"}),
        ("(?P<region>[^/]+)/**/*.csv", "seoul/x/a.csv", {"region": "seoul"}),
        (r"a(?P<year>_\d{4})?.csv", "a.csv", None),  # a ? after a group is the shell's
        (r"a(?P<year>(?:_\d{4})?).csv", "a.csv", {"year": ""}),
        (r"a(?P<year>(?:_\d{4})?).csv", "a_2024.csv", {"year": "_2024"}),
        # groups, escapes and sets inside a group
        ("(?P<region>a(b|c(d))e).csv", "acde.csv", {"region": "acde"}),
        (r"(?P<region>\(a\)).csv", "(a).csv", {"region": "(a)"}),
        (r"(?P<region>a\\).csv", "a\\.csv", {"region": "a\\"}),
        ("(?P<region>[()]+).csv", ")(.csv", {"region": ")("}),
        (r"(?P<region>[\])]+).csv", "])].csv", {"region": "])]"}),
        ("(?P<region>[])]+).csv", "])].csv", {"region": "])]"}),
        ("(?P<region>[^])]+).csv", "abc.csv", {"region": "abc"}),
        ("(?P<region>[^])]+).csv", "a]c.csv", None),
        ("(?P<region>(?P<year>2024|2025)-x)*", "2024-xyz", {"region": "2024-x", "year": "2024"}),
        # Korean, as macOS and as everybody else writes it
        ("*사이버*_(?P<year>\\d{4}).csv", "경찰청_사이버범죄_2019.csv", {"year": "2019"}),
        ("(?P<crime_type>사이버|강력).csv", "강력.csv", {"crime_type": "강력"}),
    ],
)
def test_a_path_matches_whole_and_gives_its_groups(pattern, path, groups):
    matched = compiled(pattern).fullmatch(path)
    assert (matched and matched.groupdict()) == groups


def test_a_pattern_written_in_decomposed_hangul_matches_composed_paths():
    # Paths are composed when they are found; see pipelines.reading.exports.
    pattern = unicodedata.normalize("NFD", r"(?P<crime_type>사이버)_*.csv")
    assert compiled(pattern).fullmatch("사이버_통계.csv")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?P<year>2024", "named group that is not closed"),
        (r"(?P<year>2024\)", "named group that is not closed"),
        ("(?P<year>[2024)", "named group that is not closed"),
        ("(?P<year>(2024)", "named group that is not closed"),
        ("(?P<year>a)(?P<year>b)", "redefinition of group name 'year'"),
        ("(?P<1year>a)", "bad character in group name"),
        ("(?P<year>*)", "nothing to repeat"),
        ("(?P<year>a{2,1})", "min repeat greater than max repeat"),
        ("(?P<year>a{99999999999})", "a number of repetitions is too large"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern, reason):
    with pytest.raises(ValueError, match=reason) as error:
        compiled(pattern)
    assert pattern in str(error.value)


def test_groups_that_are_nested_too_deeply_are_told():
    with pytest.raises(ValueError, match="its groups are nested too deeply"):
        compiled("(?P<year>" + "(" * 3000 + "a" + ")" * 3000 + ")")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (r"(?P<year>\d{4})/(?P<region_1>.+)_(?P<region_2>.+).csv", ["year", "region_1", "region_2"]),
        ("*.csv", []),
        ("", []),
        (None, []),
        ("(?P<year>2024", []),  # which is reported elsewhere
        ("(?P<year>*)", []),
    ],
)
def test_the_names_of_the_groups_of_a_pattern_are_known_in_order(pattern, names):
    assert group_names(pattern) == names
