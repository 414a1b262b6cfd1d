"""Squeeze-and-excitation networks have the sizes of the authors."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # the authors' models as ported to timm (legacy), with equal outputs after copying weights
    ("se_resnet50", 28_088_024, 3.87e9),
    ("se_resnet101", 49_326_872, 7.6e9),
    ("se_resnet152", 66_821_848, 11.3e9),
    ("se_resnext50_32x4d", 27_559_896, 4.25e9),
    ("senet154", 115_088_984, 20.7e9),
    # WRN-28-10 and the gates of the authors' code, by the formula below
    ("cmpe_doublefc_wrn28_10", 37_016_794, None),
    ("cmpe_1x1_wrn28_10", 36_883_234, None),
    ("cmpe_2x1_wrn28_10", 36_749_114, None),
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("se_resnet50", "layers", "", "4 numbers of blocks"),
    ("cmpe_doublefc_wrn28_10", "depth", 29, "6n . 4, such as 28, not 29"),
    ("cmpe_doublefc_wrn28_10", "view", "3x3", "views double_fc, pair_1x1, pair_2x1, not 3x3"),
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


def test_gates_cost_what_the_formula_says() -> None:
    widths = (160,) * 4 + (320,) * 4 + (640,) * 4
    plain = flow("wrn28_10_cifar10").parameters
    assert flow("cmpe_doublefc_wrn28_10").parameters - plain == sum(4 * c * c // 16 for c in widths)
    assert flow("cmpe_1x1_wrn28_10").parameters - plain == sum(3 * (c * c + c) // 16 for c in widths)
    assert flow("cmpe_2x1_wrn28_10").parameters - plain == sum((2 * c * c + 4 * c) // 16 for c in widths)
    widths = tuple(c for c, n in ((256, 3), (512, 4), (1024, 6), (2048, 3)) for _ in range(n))
    gates = sum(2 * c * c // 16 + c + c // 16 for c in widths)
    assert flow("se_resnet50").parameters == 25_557_032 + gates


def test_options_reach_the_other_members() -> None:
    assert flow("se_resnext50_32x4d", layers="3-4-23-3").parameters == 48_955_416  # SE-ResNeXt-101
    for reduction, millions in ((2, 45.7), (4, 35.7), (8, 30.7), (32, 26.9)):  # table 10 of the paper
        found = flow("se_resnet50", reduction=reduction)
        assert found.parameters / 1e6 == pytest.approx(millions, abs=0.16)
    thin = flow("cmpe_2x1_wrn28_10", depth=16, k=8, dropout=0.3)
    assert thin.parameters > flow("wrn16_8_cifar10").parameters


def test_equal_blocks_are_one_group() -> None:
    groups = find("se_resnet152").build().groups
    assert {name for name in groups if name.startswith("stage3_")} == {"stage3_block1", "stage3_block2"}
