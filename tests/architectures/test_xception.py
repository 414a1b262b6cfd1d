"""Xception has the size of the paper."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    ("xception", 22_855_952, 8.4e9),  # Keras and timm; equal outputs after copying weights
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("xception", "middle", 0, "1 to 64 blocks in the middle, not 0"),
]


def flow(id: str, **options: bool | int | float | str) -> Flow:
    found = resolve(find(id).build(**options))
    assert not found.problems
    return found


@pytest.mark.parametrize(("id", "parameters", "macs"), PUBLISHED)
def test_counts_are_the_published_ones(id: str, parameters: int, macs: float | None) -> None:
    found = flow(id)
    assert found.trainable == parameters
    assert list(found.outputs.values()) == [vector(find(id).classes)]
    if macs is not None:
        assert found.macs == pytest.approx(macs, rel=0.03)


@pytest.mark.parametrize(("id", "option", "value", "words"), REFUSED)
def test_bad_options_are_refused_in_words(
    id: str, option: str, value: bool | float | str, words: str
) -> None:
    with pytest.raises(OptionProblem, match=words):
        find(id).build(**{option: value})


@pytest.mark.parametrize("id", [row[0] for row in PUBLISHED])
def test_the_top_level_is_short_and_other_sizes_fit(id: str) -> None:
    entry = find(id)
    assert len(entry.build().root) <= 14
    assert entry.section("Form")
    assert entry.section("Gaps")
    channels, *_ = entry.input.shape
    found = resolve(entry.build((channels, 64, 96), classes=5))
    assert list(found.outputs.values()) == [vector(5)]


def test_it_has_36_convolutions() -> None:
    blocks = [node.block.id for _, node in flow("xception").walk() if node.block is not None]
    pointwise, full = blocks.count("pointwise_conv2d"), blocks.count("conv2d")
    assert pointwise - 4 + full == 36  # without those of four shortcuts
    more = flow("xception", middle=16, dropout=0.5)
    assert more.parameters == 22_855_952 + 8 * 3 * (9 * 728 + 728 * 728 + 2 * 728)
