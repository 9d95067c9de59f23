"""What a cell shows of a number, by its format."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.reading.number_formats import shown

ACCOUNTS = '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        ("1553", "General", "1553"),
        ("35.24", "General", "35.24"),
        ("1553", "#,##0", "1553"),
        ("1234567", "#\\ ##0", "1234567"),
        ("35.24", "0", "35.24"),
        ("0.4782", "0.0%", "47.8%"),
        ("0.4782", "#.00%", "47.82%"),
        ("0.4782", "0.##%", "47.82%"),
        ("0.5", "0.##%", "50%"),
        ("0.4782", "##.0%", "47.8%"),
        ("0.478", "0.0 %", "47.8%"),
        ("35.24", "0.0#", "35.24"),
        ("35.2", "0.0#", "35.2"),
        ("35", "0.0?", "35.0"),
        ("35.25", "0.0", "35.3"),
        ("0.35", "0.0_%", "0.4"),
        ("35.2", '0.0"%"', "35.2%"),
        ("35.2", "\\(0.0\\)", "35.2"),
        ("10000", "000000", "010000"),
        ("5", "@", "5"),
        ("5", "#,##0원", "5"),
        ("1.5", "[$€-407] #,##0.00", "1.50"),
    ],
)
def test_a_number_has_the_digits_that_its_format_shows(number, number_format, text):
    assert (shown(Decimal(number), number_format).number, shown(Decimal(number), number_format).doubt) == (
        text,
        None,
    )


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        ("0.4782", '[<0.01]"<1%";0.0%', "47.8%"),
        ("5", "[>=1000]#,##0,;0", "5"),
        ("-0.05", "0.0%;[Red]-0%", "-5%"),
        ("-5", "#,##0;△#,##0", "-5"),
        ("-5", "0;[Red]0", "-5"),
        ("-5", "(0)", "-5"),
        ("-5", ACCOUNTS, "-5"),
        ("5", ACCOUNTS, "5"),
        ("0", ACCOUNTS, "0"),
        ("0", "#,###", "0"),
        ("0", "0;-0;;@", "0"),
        ("0", "0.0;-0.0;0", "0"),
    ],
)
def test_the_section_of_a_format_is_the_one_for_the_number(number, number_format, text):
    assert shown(Decimal(number), number_format).number == text
    assert shown(Decimal(number), number_format).doubt is None


@pytest.mark.parametrize(
    ("number", "number_format", "label"),
    [("2024", '0"년"', "2024년"), ("1", '"Class "0', "Class 1"), ("-5", "0.0\\ [$€-407]", "-5.0 €")],
)
def test_a_label_has_the_words_of_its_format(number, number_format, label):
    assert shown(Decimal(number), number_format).label == label


@pytest.mark.parametrize(
    ("number", "number_format", "said"),
    [
        ("0.005", '[<0.01]"<1%";0.0%', "does not show it"),
        ("12345", ";;;", "does not show it"),
        ("12345", '"n/a"', "does not show it"),
        ("12345", '"-"', "does not show it"),
        ("0", '0;-0;"x"', "does not show it"),
        ("7", "[>9]0;[<5]0", "does not say how to show it"),
        ("7", "[>9]0;0;0", "does not say how to show it"),
        ("12345", "#,##0,", "shows it in thousands"),
        ("12345", "0.0,,", "shows it in thousands"),
        ("12", '0"천"', "has the word '천' beside it, which may multiply it"),
        ("12", '0.0\\ "Mio."', "has the word 'Mio.' beside it, which may multiply it"),
        ("-12", "0;0", "shows it without a sign"),
        ("12", '"-"0', "shows it with a sign that it does not have"),
        ("12", '"1"0', "puts other digits beside it"),
        ("1.5", "# ?/?", "is not understood"),
        ("110000", "0.0E+00", "is not understood"),
        ("123456789", "000-00-0000", "is not understood"),
        ("12", "[DBNum1]0", "is not understood"),
        ("12", "0%%", "is not understood"),
        ("12", '0"', "is not understood"),
        ("12", "0;0;0;0;0", "is not understood"),
    ],
)
def test_a_format_that_may_mean_another_number_is_doubted(number, number_format, said):
    assert shown(Decimal(number), number_format).doubt == (
        f"holds {number}, and its format `{number_format}` {said}"
    )
