"""Squeeze-and-excitation networks have the sizes of the authors."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

from explorer.architectures.gallery import find

PUBLISHED = (
    # the authors' models as ported to timm (legacy), with equal outputs after copying weights
    ("se_resnet50", 28_088_024, 3.87e9),
    ("se_resnet101", 49_326_872, 7.6e9),
    ("se_resnet152", 66_821_848, 11.3e9),
    ("se_resnext50_32x4d", 27_559_896, 4.25e9),
    ("senet154", 115_088_984, 20.7e9),
    # WRN-28-10 and the gates of the authors' code, by the formula below
    ("cmpe_doublefc_wrn28_10", 37_016_826),
    ("cmpe_1x1_wrn28_10", 36_883_266),
    ("cmpe_2x1_wrn28_10", 36_749_146),
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("se_resnet50", "4 numbers of blocks", layers=""),
    wrong("cmpe_doublefc_wrn28_10", "6n . 4, such as 28, not 29", depth=29),
    wrong("cmpe_doublefc_wrn28_10", "views double_fc, pair_1x1, pair_2x1, not 3x3", view="3x3"),
)


def test_gates_cost_what_the_formula_says() -> None:
    widths = (160,) * 4 + (320,) * 4 + (640,) * 4
    plain = network("wrn28_10_cifar10").parameters
    assert network("cmpe_doublefc_wrn28_10").parameters - 32 - plain == sum(4 * c * c // 16 for c in widths)
    assert network("cmpe_1x1_wrn28_10").parameters - 32 - plain == sum(3 * (c * c + c) // 16 for c in widths)
    assert network("cmpe_2x1_wrn28_10").parameters - 32 - plain == sum(
        (2 * c * c + 4 * c) // 16 for c in widths
    )
    widths = tuple(c for c, n in ((256, 3), (512, 4), (1024, 6), (2048, 3)) for _ in range(n))
    gates = sum(2 * c * c // 16 + c + c // 16 for c in widths)
    assert network("se_resnet50").parameters == 25_557_032 + gates


def test_options_reach_the_other_members() -> None:
    assert network("se_resnext50_32x4d", layers="3-4-23-3").parameters == 48_955_416  # SE-ResNeXt-101
    for reduction, millions in ((2, 45.7), (4, 35.7), (8, 30.7), (32, 26.9)):  # table 10 of the paper
        found = network("se_resnet50", reduction=reduction)
        assert found.parameters / 1e6 == pytest.approx(millions, abs=0.16)
    thin = network("cmpe_2x1_wrn28_10", depth=16, k=8, dropout=0.3)
    assert thin.parameters > network("wrn16_8_cifar10").parameters


def test_equal_blocks_are_one_group() -> None:
    groups = find("se_resnet152").build().groups
    assert {name for name in groups if name.startswith("stage3_")} == {"stage3_block1", "stage3_block2"}
