"""Vectors of words: read, looked up, near each other; broken files in words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.cli.parser import run
from explorer.text.vectors import LONGEST, VectorProblem, read_vectors

LINES = """king 1 1 0
queen 1 -1 0
man 0 1 0
woman 0 -1 0
apple 0 0 1
New York 0.1 0 0.9
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "vectors.txt"
    path.write_text(LINES)
    return str(path)


def test_they_are_read_as_they_stand(file: str) -> None:
    found = read_vectors(file)
    assert found.words == ("king", "queen", "man", "woman", "apple", "New York")
    assert found.values.shape == (6, 3)
    assert found.of("Queen").tolist() == [1, -1, 0]
    assert read_vectors(file, 2).words == ("king", "queen")


def test_near_is_the_cosine_of_the_angle(file: str) -> None:
    found = read_vectors(file)
    (word, cosine), *_ = found.near(found.of("apple"), 1, ("apple",))
    assert word == "New York"
    assert cosine == pytest.approx(0.9 / np.hypot(0.1, 0.9), abs=1e-6)


def test_a_sum_of_words_from_the_command_line(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["vectors", file, "--count", "1", "--", "king", "-man", "+woman"]) == 0
    said = capsys.readouterr().out
    assert "6 words of 3 numbers" in said
    assert said.split()[-1] == "queen"
    assert run(["vectors", file, "man", "--count", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["near"][0]["word"] == "king"


def test_the_first_line_of_word2vec_is_no_word(tmp_path: Path) -> None:
    path = tmp_path / "w2v.txt"
    path.write_text("2 2\na 1 2\nb 3 4\na 9 9\n")
    found = read_vectors(str(path))
    assert found.words == ("a", "b")
    assert found.of("a").tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("king\n", "Line 1 has 0 numbers behind its word"),
        ("king 1 2\nqueen 1\n", "Line 2 has 1 numbers behind its word; the lines before it have 2"),
        ("king one two\n", "Line 1 is no word with numbers"),
        ("king nan 1\n", "Line 1 has a number that is not finite"),
        ("k " + "1 " * LONGEST, "Line 1 is longer than"),
    ],
)
def test_broken_files_are_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text)
    with pytest.raises(VectorProblem, match=words):
        read_vectors(str(path))


def test_what_is_not_there_is_said(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["vectors", file, "quean"]) == 1
    assert "Near it in letters: queen" in capsys.readouterr().err
    assert run(["vectors", str(tmp_path), "king"]) == 1
    assert "There is no file" in capsys.readouterr().err
    assert run(["vectors", file, "--", "-"]) == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.txt"
    path.write_bytes(data)
    try:
        found = read_vectors(str(path))
    except VectorProblem as problem:
        assert str(problem).endswith(".")  # noqa: PT017
    else:
        assert len(found.words) == len(found.values) > 0
