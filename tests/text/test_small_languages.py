"""Dates and the small English–French: right pairs, and held-out ones that never come in training."""

from __future__ import annotations

import datetime
from random import Random

import pytest

from explorer.text import dates, grammar
from explorer.text.shipped import vocabulary


def test_every_form_of_a_day_names_it() -> None:
    day = datetime.date(1987, 3, 12)
    found = dates.forms(day)
    assert len(set(found)) == 14
    assert "Thursday, 12 March 1987" in found
    assert "12.III.1987" in found
    assert "the 12th of March 1987" in found
    assert all("12" in form and ("87" in form) for form in found)


@pytest.mark.parametrize(("day", "ending"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd")])
def test_endings(day: int, ending: str) -> None:
    assert f"the {ending} of May 2000" in dates.forms(datetime.date(2000, 5, day))


def test_pairs_of_dates_are_right_and_can_be_written() -> None:
    random = Random(1)
    for held_out in (False, True):
        for _ in range(300):
            said, iso = dates.pair(random, held_out=held_out)
            day = datetime.date.fromisoformat(iso)
            assert said in dates.forms(day)
            assert dates.is_held_out(day) == held_out
            vocabulary("dates").encode(said)
            vocabulary("iso_dates").encode(iso)


@pytest.mark.parametrize("held_out", [False, True])
def test_pairs_of_sentences_can_be_written_and_are_held_apart(held_out: bool) -> None:
    random = Random(2)
    english, french = vocabulary("english"), vocabulary("french")
    for _ in range(500):
        said, written = grammar.pair(random, held_out=held_out)
        assert grammar.is_held_out(said) == held_out
        assert english.decode(english.encode(said)) == said
        assert french.decode(french.encode(written)) == written
        assert len(english.encode(said)) <= 56
        assert len(french.encode(written)) <= 55


@pytest.fixture(scope="module")
def pairs() -> dict[str, str]:
    random = Random(3)
    drawn = (grammar.pair(random, held_out=False, clauses=1) for _ in range(60_000))
    return {said.removesuffix("."): written.removesuffix(".") for said, written in drawn}


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("the tree", "l'arbre"),
        ("this tree", "cet arbre"),
        ("this school", "cette école"),
        ("my school", "mon école"),
        ("my car", "ma voiture"),
        ("a white house", "une maison blanche"),
        ("the small tree", "le petit arbre"),
        ("some horses", "des chevaux"),
        ("some big horses", "de grands chevaux"),
    ],
)
def test_rules_of_french(pairs: dict[str, str], english: str, french: str) -> None:
    ends = [written for said, written in pairs.items() if said.endswith(f" {english}")]
    assert ends
    assert all(written.endswith(f" {french}") or written.endswith(f"'{french}") for written in ends)


def test_negation_stands_round_the_verb(pairs: dict[str, str]) -> None:
    assert all(" n'aime pas" in written for said, written in pairs.items() if "does not love" in said)
    assert all(" ne voit pas" in written for said, written in pairs.items() if "does not see" in said)
    assert not any(
        " not " in said and said.split(" not ")[1].split(" ")[1:2] in (["a"], ["some"]) for said in pairs
    )
