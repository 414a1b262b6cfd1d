"""Deaths of the engine: how they are said, when it is started again, and when no more."""

from __future__ import annotations

import pytest

from explorer.client.ending import Ending
from explorer.client.restarts import MOST, WAITS, Restarts

AT_START = Ending(1, "closed", None, ("Traceback …", "ImportError: libtorch.so is missing"))
AT_WORK = Ending(-9, "closed", 3.0)
LATE = Ending(-11, "closed", 3_600.0)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (AT_START, "The engine could not start: ImportError: libtorch.so is missing."),
        (Ending(-9), "The engine could not start: it was ended by signal 9 (SIGKILL)."),
        (Ending(None, "nopython: No such file"), "The engine could not start: nopython: No such file."),
        (Ending(3), "The engine could not start: exit code 3."),
        (Ending(0xC0000135), "The engine could not start: a library that it needs is missing."),
        (Ending(-9, cause="what it said is odd"), "The engine could not start: what it said is odd."),
        (
            AT_WORK,
            "The engine was ended by signal 9 (SIGKILL): often the sign that memory ran out.",
        ),
        (LATE, "The engine was ended by signal 11 (SIGSEGV)."),
        (Ending(-99, ready_seconds=1.0), "The engine was ended by signal 99."),
        (Ending(1, "closed", 1.0, ("a", "b: no", " ")), "The engine stopped (b: no)."),
        (Ending(1, "closed.", 1.0), "The engine stopped (closed)."),
        (Ending(0xC0000005, "", 1.0), "The engine stopped (it touched memory that is not its own)."),
        (Ending(-9, "", 1.0, ("x",), "you asked for it"), "The engine was ended: you asked for it."),
        (Ending(1, last_words=("z" * 999,)), f"The engine could not start: {'z' * 200}."),
    ],
    ids=repr,
)
def test_endings_in_words(ending: Ending, words: str) -> None:
    assert ending.words == f"{words} Your design is safe."


def test_memory_is_only_blamed_of_an_engine_that_worked() -> None:
    assert "memory" in Ending(-9, ready_seconds=0.0).words
    assert "memory" not in Ending(-9).words


def test_waits_grow_and_then_it_stops_with_the_last_lines() -> None:
    restarts = Restarts()
    verdicts = [restarts.after(AT_START) for _ in range(MOST)]
    assert [verdict.wait for verdict in verdicts] == [*WAITS, None]
    assert verdicts[0].words.endswith("It is started again now.")
    assert verdicts[1].words.endswith("It is started again in 1 second.")
    assert verdicts[2].words.endswith("It is started again in 2 seconds.")
    assert "5 times in a row" in verdicts[-1].words
    assert verdicts[-1].words.endswith("Traceback …\nImportError: libtorch.so is missing")
    assert restarts.after(AT_START).wait is None


def test_short_lives_count_long_ones_end_the_row() -> None:
    restarts = Restarts()
    for _ in range(MOST - 1):
        assert restarts.after(AT_WORK).wait is not None
    assert restarts.after(AT_WORK).wait is None
    assert restarts.after(LATE).wait == 0
    assert restarts.after(AT_WORK).wait == 1


def test_many_deaths_that_are_far_apart_are_no_row() -> None:
    restarts = Restarts()
    assert [restarts.after(LATE).wait for _ in range(50)] == [0] * 50


def test_who_starts_it_by_hand_begins_the_count_anew() -> None:
    restarts = Restarts()
    for _ in range(MOST):
        restarts.after(AT_START)
    restarts.forget()
    assert restarts.after(AT_START).wait == 0
