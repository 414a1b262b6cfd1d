"""Numbers and shapes as people read them."""

import pytest

from explorer import words

NBSP, MINUS = words.NBSP, words.MINUS


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (61706, "61,706"), (-1234, MINUS + "1,234")],
)
def test_counts_have_commas_and_a_true_minus(value, text):
    assert words.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (850, "850"),
        (61_706, f"61.7{NBSP}k"),
        (416_520, f"416.5{NBSP}k"),
        (10_000, f"10.0{NBSP}k"),
        (999_949, f"999.9{NBSP}k"),
        (999_999, f"1.0{NBSP}M"),
        (-999_999, f"{MINUS}1.0{NBSP}M"),
        (7_900_000, f"7.9{NBSP}M"),
        (3.9e9, f"3.9{NBSP}G"),
        (2e12, f"2.0{NBSP}T"),
    ],
)
def test_large_numbers_get_a_prefix(value, text):
    assert words.short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1342, "0.134"),
        (-0.6, MINUS + "0.600"),
        (0.0, "0"),
        (12345.6, "12,346"),
        (1.2e-7, "1.20·10⁻⁷"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), MINUS + "∞"),
    ],
)
def test_measured_values_keep_their_digits(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(9.999, "10.0"), (0.9999, "1.00"), (99.96, "100"), (999_999.7, "1,000,000"), (9.9999e-5, "1.00·10⁻⁴")],
)
def test_rounding_up_over_a_power_of_ten_does_not_add_a_digit(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.78, "78"), (0.014, "1.4"), (0, "0"), (1, "100"), (0.0996, "10")]
)
def test_shares_are_per_cent(share, text):
    assert words.percent(share) == f"{text}{NBSP}%"


def test_shapes_and_plurals():
    assert words.shape((6, 28, 28)) == "6×28×28"
    assert words.shape((None, 5)) == "?×5"
    assert words.plural(1, "problem") == "1 problem"
    assert words.plural(1200, "node") == "1,200 nodes"


def test_memory():
    assert [words.memory(n) for n in (5, 1536, 2**30 * 9.1, 2**50)] == [
        "5 bytes",
        "1.5 KiB",
        "9.1 GiB",
        "1,024 TiB",
    ]
