"""Texts to ids and back, and what is said of texts that a vocabulary cannot write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.text.shipped import BYTES, names, vocabulary
from explorer.text.vocabulary import END, START, TextProblem, Vocabulary

PLAYS, FRENCH = vocabulary("plays"), vocabulary("french")


@pytest.mark.parametrize("name", names())
def test_every_vocabulary_can_write_its_example(name: str) -> None:
    known = vocabulary(name)
    ids = known.encode(known.example)
    assert ids
    assert all(0 <= number < len(known) for number in ids)
    assert known.decode(ids) == known.example
    assert "".join(known.after(ids[: n + 1]) for n in range(len(ids))) == known.example


@given(st.text())
def test_bytes_take_any_text(text: str) -> None:
    assert BYTES.decode(BYTES.encode(text)) == text


@given(st.text(st.characters(exclude_characters="\ufffd", exclude_categories=("Cs",)), max_size=30))
def test_bytes_come_one_character_at_a_time(text: str) -> None:
    ids = BYTES.encode(text)
    assert "".join(BYTES.after(ids[: n + 1]) for n in range(len(ids))) == text


@given(st.text(alphabet="".join(PLAYS.tokens)))
def test_characters_come_back(text: str) -> None:
    assert PLAYS.decode(PLAYS.encode(text)) == text


@given(st.text(max_size=40))
def test_any_text_is_written_or_refused_in_words(text: str) -> None:
    for known in (PLAYS, FRENCH):
        if all(token in known.ids for token in known.cut(text)):
            assert all(0 <= number < len(known) for number in known.encode(text))
        else:
            with pytest.raises(TextProblem, match="not in the vocabulary"):
                known.encode(text)


def test_all_that_is_unknown_is_named_once() -> None:
    with pytest.raises(TextProblem, match="“3”, “☃” are not in the vocabulary “plays” of 68 characters"):
        PLAYS.encode("3 ☃ 3")
    with pytest.raises(TextProblem, match="The word “elephant” is not"):
        vocabulary("english").encode("the elephant sleeps")


def test_other_case_is_hinted_at() -> None:
    with pytest.raises(TextProblem, match="it has “I”"):
        Vocabulary("one", "characters", ("I", "a")).encode("i")


def test_words_are_cut_at_apostrophes_and_capitals_do_not_matter() -> None:
    assert FRENCH.cut("L'arbre tombe.") == ["l'", "arbre", "tombe", "."]
    assert FRENCH.decode(FRENCH.encode("L'arbre n'aime pas.")) == "l'arbre n'aime pas."


def test_marks_are_no_text() -> None:
    ids = [FRENCH.ids[START], *FRENCH.encode("le chat"), FRENCH.ids[END]]
    assert FRENCH.decode(ids) == "le chat"


def test_blanks_can_be_seen_and_unknown_ids_do_not_fail() -> None:
    assert PLAYS.shown(PLAYS.ids[" "]) == "␣"
    assert PLAYS.shown(PLAYS.ids["\n"]) == "↵"
    assert PLAYS.shown(999) == "#999"


def test_broken_vocabularies_are_refused() -> None:
    with pytest.raises(TextProblem, match="There is no vocabulary “latin”"):
        vocabulary("latin")
    with pytest.raises(TextProblem, match="each of them once"):
        Vocabulary("twice", "words", ("a", "a"))
    with pytest.raises(TextProblem, match="not “runes”"):
        Vocabulary("odd", "runes", ("a",))  # type: ignore[arg-type]
