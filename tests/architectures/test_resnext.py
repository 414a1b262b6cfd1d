"""ResNeXts have the sizes of the paper and of the common implementations."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # table 7 of the paper prints 34.4 M and 68.1 M
    ("resnext29_8x64d_cifar10", 34_426_698, None),
    ("resnext29_16x64d_cifar10", 68_155_210, None),
    # torchvision and timm; 50 32×4d and 101 64×4d have equal outputs after copying weights
    ("resnext50_32x4d", 25_028_904, 4.23e9),
    ("resnext101_32x4d", 44_177_704, 8.0e9),
    ("resnext101_64x4d", 83_455_272, 15.5e9),
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("resnext29_8x64d_cifar10", "depth", 28, "9n . 2, such as 29, not 28"),
    ("resnext50_32x4d", "layers", "3-4-6-0", "4 numbers of blocks"),
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


def test_cardinality_and_width_reach_the_other_members() -> None:
    assert flow("resnext50_32x4d", layers="3-4-23-3", width=8).parameters == 88_791_336  # resnext101_32x8d
    assert flow("resnext50_32x4d", cardinality=1, width=64).parameters == 25_557_032  # ResNet-50
    for cardinality, width in ((2, 40), (4, 24), (8, 14)):  # table 2: about equal cost
        macs = flow("resnext50_32x4d", cardinality=cardinality, width=width).macs
        assert macs == pytest.approx(flow("resnext50_32x4d").macs, rel=0.04)


def test_products_at_320_are_those_of_the_table() -> None:
    found = resolve(find("resnext101_64x4d").build((3, 320, 320)))
    assert found.macs == pytest.approx(32e9, rel=0.02)
