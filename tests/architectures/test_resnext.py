"""ResNeXts have the sizes of the paper and of the common implementations."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

PUBLISHED = (
    # table 7 of the paper prints 34.4 M and 68.1 M
    ("resnext29_8x64d_cifar10", 34_426_698),
    ("resnext29_16x64d_cifar10", 68_155_210),
    # torchvision and timm; 50 32×4d and 101 64×4d have equal outputs after copying weights
    ("resnext50_32x4d", 25_028_904, 4.23e9),
    ("resnext101_32x4d", 44_177_704, 8.0e9),
    ("resnext101_64x4d", 83_455_272, 15.5e9),
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("resnext29_8x64d_cifar10", "9n . 2, such as 29, not 28", depth=28),
    wrong("resnext50_32x4d", "4 numbers of blocks", layers="3-4-6-0"),
)


def test_cardinality_and_width_reach_the_other_members() -> None:
    assert network("resnext50_32x4d", layers="3-4-23-3", width=8).parameters == 88_791_336  # resnext101_32x8d
    assert network("resnext50_32x4d", cardinality=1, width=64).parameters == 25_557_032  # ResNet-50
    for cardinality, width in ((2, 40), (4, 24), (8, 14)):  # table 2: about equal cost
        macs = network("resnext50_32x4d", cardinality=cardinality, width=width).macs
        assert macs == pytest.approx(network("resnext50_32x4d").macs, rel=0.04)


def test_products_at_320_are_those_of_the_table() -> None:
    found = network("resnext101_64x4d", (3, 320, 320))
    assert found.macs == pytest.approx(32e9, rel=0.02)
