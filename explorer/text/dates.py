"""Dates as people write them, and as ISO 8601 does: what the translators of dates were trained on."""

from __future__ import annotations

import datetime
from random import Random

FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LETTERS = tuple(sorted(set("0123456789 .,/-'" + "".join(MONTHS + DAYS + ROMAN) + "thest ndrd of")))
"""Characters that stand in a written date."""
EXAMPLE = "Thursday, 12 March 1987"


def forms(day: datetime.date) -> tuple[str, ...]:
    """All ways in which a day is written here; day before month where both are numbers.

    The year after an apostrophe has two digits: from '50 on it is 19…, below it is 20….
    """
    month, year, short = MONTHS[day.month - 1], day.year, MONTHS[day.month - 1][:3]
    number, weekday = day.day, DAYS[day.weekday()]
    found = [
        f"{number} {month} {year}",
        f"{month} {number}, {year}",
        f"{number} {short} {year}",
        f"{short} {number}, {year}",
        f"{weekday}, {number} {month} {year}",
        f"{weekday[:3]} {number} {short} {year}",
        f"the {number}{_ending(number)} of {month} {year}",
        f"{number:02}.{day.month:02}.{year}",
        f"{number}.{day.month}.{year}",
        f"{number}/{day.month}/{year}",
        f"{number}.{ROMAN[day.month - 1]}.{year}",
        f"{year}{day.month:02}{number:02}",
        f"{year}-{day.month:02}-{number:02}",
    ]
    if 1950 <= year < 2050:
        found.append(f"{number} {short} '{year % 100:02}")
    return tuple(found)


def _ending(number: int) -> str:
    if number in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def is_held_out(day: datetime.date) -> bool:
    """Whether the networks never saw this day in training, in no form: one in seven."""
    return day.toordinal() * 2_654_435_761 % 2**32 % 7 == 0


def pair(draw: Random, *, held_out: bool) -> tuple[str, str]:
    """Draw a date in one of its forms, and the same as ISO writes it."""
    while True:
        day = datetime.date.fromordinal(draw.randint(FIRST.toordinal(), LAST.toordinal()))
        if is_held_out(day) == held_out:
            return draw.choice(forms(day)), day.isoformat()
