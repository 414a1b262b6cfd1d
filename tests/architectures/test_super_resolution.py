"""Super-resolution: counts, sizes, options that cannot be."""

from __future__ import annotations

from itertools import pairwise

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find


def test_srresnet() -> None:
    flow = resolve(find("srresnet_x4").build())
    block = 2 * (9 * 64 * 64 + 64 + 128) + 1  # two convolutions with biases and norms, one slope
    ends = 81 * 3 * 64 + 64 + 1 + 81 * 64 * 3 + 3
    assert flow.trainable == 16 * block + 9 * 64 * 64 + 64 + 128 + 2 * (9 * 64 * 256 + 256 + 1) + ends
    assert flow.trainable == 1_549_462
    assert [tensor.shape for tensor in flow.outputs.values()] == [(3, 96, 96)]


def test_other_factors_and_sizes() -> None:
    flow = resolve(find("srresnet_x4").build((1, 17, 23), classes=1, doublings=3))
    assert [tensor.shape for tensor in flow.outputs.values()] == [(1, 136, 184)]


def test_the_discriminator() -> None:
    flow = resolve(find("srgan_discriminator").build())
    widths = (3, 64, 64, 128, 128, 256, 256, 512, 512)  # figure 4 of the paper
    convs = sum(9 * n * m + m for n, m in pairwise(widths))
    assert flow.trainable == convs + 2 * sum(widths[2:]) + 512 * 36 * 1024 + 1024 + 1024 + 1
    assert [tensor.shape for tensor in flow.outputs.values()] == [(1,)]


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="0 to 4 times"):
        find("srresnet_x4").build(doublings=5)
    with pytest.raises(OptionProblem, match="256 blocks"):
        find("srresnet_x4").build(blocks=0)
    with pytest.raises(OptionProblem, match="slope from 0"):
        find("srgan_discriminator").build(slope=2.0)
