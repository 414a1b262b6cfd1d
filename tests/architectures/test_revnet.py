"""RevNets: counts beside the paper's, sizes of maps, options that cannot be."""

from __future__ import annotations

import pytest
from networks import network, refused, wrong

from explorer.architectures.gallery import find


# Table 1 of the paper prints millions with two digits.
@pytest.mark.parametrize(("depth", "millions"), [(38, 0.46), (110, 1.73), (164, 1.75)])
def test_counts(depth: int, millions: float) -> None:
    flow = network(f"revnet{depth}_cifar")
    assert abs(flow.trainable / 1e6 - millions) < 0.006


def test_counts_by_hand() -> None:
    weights, norms = 27 * 32, 2 * 112
    for number, half in enumerate((16, 32, 56)):
        before = (16, 16, 32)[number]
        weights += 9 * (before * half + 3 * half * half) + 2 * 4 * 9 * half * half
        norms += 2 * (before + 3 * half) + 2 * 4 * 2 * half
    assert network("revnet38_cifar").trainable == weights + norms + 112 * 10 + 10


def test_the_depth_in_the_name() -> None:
    for depth, convs in ((38, 2), (110, 2), (164, 3)):
        entry = find(f"revnet{depth}_cifar")
        assert int(entry.options["units"]) * 3 * 2 * convs + 2 == depth


test_what_cannot_be_is_refused = refused(
    wrong("revnet110_cifar", "1 to 200 units", units=0),
    wrong("revnet38_cifar", "cannot be built", (3, 1, 1)),
)
