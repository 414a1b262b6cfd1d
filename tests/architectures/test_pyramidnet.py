"""PyramidNets have the sizes of the paper."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, shape, wrong

PUBLISHED = (
    # counted from the authors' code; the paper prints 27.0 M, 28.5 M and 116.4 M
    ("pyramidnet164_a270_cifar10", 27_216_021),
    ("pyramidnet110_a270_cifar10", 28_485_477),
    ("pyramidnet200_a450", 116_775_213),  # 116,388,977 without batch norms
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("pyramidnet164_a270_cifar10", "9n . 2, such as 164, not 165", depth=165),
    wrong("pyramidnet110_a270_cifar10", "6n . 2, such as 110, not 111", depth=111),
    wrong("pyramidnet110_a270_cifar10", "at least 1, not 0", alpha=0),
    wrong("pyramidnet200_a450", "at least 1, not -3", alpha=-3),
)


@pytest.mark.parametrize(
    ("depth", "alpha", "bottleneck", "millions"),
    [
        (110, 48, False, 1.7),
        (110, 84, False, 3.8),
        (200, 240, True, 26.6),
        (236, 220, True, 26.8),
        (272, 200, True, 26.0),
    ],
)
def test_depth_and_alpha_reach_the_other_members(
    depth: int, alpha: int, bottleneck: bool, millions: float
) -> None:
    found = network("pyramidnet164_a270_cifar10", depth=depth, alpha=alpha, bottleneck=bottleneck)
    assert found.parameters / 1e6 == pytest.approx(millions, rel=0.05)


def test_every_unit_is_wider_than_the_one_before() -> None:
    units = [f"stage{stage}.block{number}" for stage in (1, 2, 3) for number in range(1, 19)]
    widths = [shape(network("pyramidnet110_a270_cifar10"), unit)[0] for unit in units]
    assert widths == [16 + 5 * n for n in range(1, 55)]
