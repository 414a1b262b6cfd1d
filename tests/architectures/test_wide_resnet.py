"""Wide residual networks have the sizes of the paper."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

PUBLISHED = (
    # table 4 of the paper prints 8.9 M, 11.0 M and 36.5 M
    ("wrn40_4_cifar10", 8_949_210),
    ("wrn16_8_cifar10", 10_961_370),
    ("wrn28_10_cifar10", 36_479_194, 5.2e9),
    ("wide_resnet50_2", 68_883_240, 11.4e9),  # torchvision, with equal outputs after copying weights
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("wrn28_10_cifar10", "6n . 4, such as 28, not 27", depth=27),
    wrong("wide_resnet50_2", "1 to 16, not 0", k=0),
    wrong("wide_resnet50_2", "4 numbers of blocks", layers="3-4"),
)


@pytest.mark.parametrize(
    ("depth", "k", "millions"), [(40, 1, 0.6), (40, 2, 2.2), (22, 8, 17.2), (16, 10, 17.1)]
)
def test_depth_and_width_reach_the_other_members(depth: int, k: int, millions: float) -> None:
    found = network("wrn28_10_cifar10", depth=depth, k=k)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.06)


def test_a_plain_width_is_resnet_50() -> None:
    assert network("wide_resnet50_2", k=1).parameters == 25_557_032
    assert network("wide_resnet50_2", layers="3-4-23-3").parameters == 126_886_696  # wide_resnet101_2


def test_dropout_lies_in_every_block() -> None:
    plain, dropped = network("wrn28_10_cifar10"), network("wrn28_10_cifar10", dropout=0.3)
    assert dropped.leaves - plain.leaves == 12
