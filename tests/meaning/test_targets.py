"""Targets of attributions: written, read, held against what is there, and said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nets import SMALL, resolve

from explorer.graph.tensor import image, sequence, vector
from explorer.meaning import targets
from explorer.meaning.outputs import Context, Meaning
from explorer.protocol.records import Target

SPAN = st.tuples(st.integers(0, 90), st.integers(1, 9)).map(lambda pair: (pair[0], pair[0] + pair[1]))
AT = st.from_regex(r"[a-z][a-z0-9_]{0,5}(\.[a-z]{1,4})?", fullmatch=True)


@given(
    st.builds(
        Target,
        at=st.one_of(st.just(""), AT),
        unit=st.integers(0, 999),
        spans=st.lists(SPAN, max_size=3).map(tuple),
    )
)
def test_what_is_written_is_read_again(target: Target) -> None:
    assert targets.parse(targets.written(target)) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("7", Target(unit=7)),
        ("7@3,4", Target(unit=7, spans=((3, 4), (4, 5)))),
        (" 7 @ 0:8 , 4:12 ", Target(unit=7, spans=((0, 8), (4, 12)))),
        ("@3", Target(spans=((3, 4),))),
        ("sum", Target(total=True)),
        ("conv3/7", Target(at="conv3", unit=7)),
        ("stage2.block1.conv1/sum", Target(at="stage2.block1.conv1", total=True)),
        ("scores/", Target(at="scores")),
    ],
)
def test_forms(text: str, target: Target) -> None:
    assert targets.parse(text) == target


@pytest.mark.parametrize("text", ["", "cat", "7@", "7@a", "7@1:b", "-3", "1e9", "7@1,,2", "9" * 30, "²"])
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(targets.TargetProblem, match="no target"):
        targets.parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10", "channels 0 to 9"),
        ("3@8,0", "no place 8"),
        ("3@0,2:9", "no place 2:9"),
        ("3@5:5", "no place 5:5"),
        ("3@1,1,1", "names 3 places"),
        ("3@-1", "no place -1"),
    ],
)
def test_what_lies_outside(text: str, words: str) -> None:
    with pytest.raises(targets.TargetProblem, match=words):
        targets.check(targets.parse(text), image(10, 8, 8), Meaning("values", "maps", 0))


def test_a_place_is_counted_behind_the_units() -> None:
    meaning = Meaning("values", "steps", 1)
    targets.check(targets.parse("4@6"), sequence(7, 5), meaning)
    with pytest.raises(targets.TargetProblem, match="no places"):
        targets.check(targets.parse("4@6"), vector(5), Meaning("logits", "vector", 0))


def test_words() -> None:
    maps = Meaning("values", "maps", 0)
    said = {text: targets.words(targets.parse(text), maps) for text in ("7", "7@3,4", "sum", "conv3/7@0:8")}
    assert said == {
        "7": "channel 7",
        "7@3,4": "channel 7 at row 3, column 4",
        "sum": "the sum of all values",
        "conv3/7@0:8": "channel 7 at steps 0 to 7 of conv3",
    }
    assert targets.words(Target(unit=1), Meaning("logits", "vector", 0), ("cat", "dog")) == "dog"


def test_an_output_or_layer_that_is_not_there_is_named() -> None:
    flow = resolve(SMALL)
    assert targets.find(flow, Target(at="conv1"), Context())[0] == image(4, 6, 6)
    with pytest.raises(targets.TargetProblem, match="conv9"):
        targets.find(flow, Target(at="conv9"), Context())
