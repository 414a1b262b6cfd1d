"""Super-resolution: counts, sizes, options that cannot be."""

from __future__ import annotations

from itertools import pairwise

from networks import network, output, refused, wrong


def test_srresnet() -> None:
    flow = network("srresnet_x4")
    block = 2 * (9 * 64 * 64 + 64 + 128) + 1  # two convolutions with biases and norms, one slope
    ends = 81 * 3 * 64 + 64 + 1 + 81 * 64 * 3 + 3
    assert flow.trainable == 16 * block + 9 * 64 * 64 + 64 + 128 + 2 * (9 * 64 * 256 + 256 + 1) + ends
    assert flow.trainable == 1_549_462
    assert output(flow) == (3, 96, 96)


def test_other_factors_and_sizes() -> None:
    flow = network("srresnet_x4", (1, 17, 23), classes=1, doublings=3)
    assert output(flow) == (1, 136, 184)


def test_the_discriminator() -> None:
    flow = network("srgan_discriminator")
    widths = (3, 64, 64, 128, 128, 256, 256, 512, 512)  # figure 4 of the paper
    convs = sum(9 * n * m + m for n, m in pairwise(widths))
    assert flow.trainable == convs + 2 * sum(widths[2:]) + 512 * 36 * 1024 + 1024 + 1024 + 1
    assert output(flow) == (1,)


test_what_cannot_be_is_refused = refused(
    wrong("srresnet_x4", "0 to 4 times", doublings=5),
    wrong("srresnet_x4", "256 blocks", blocks=0),
    wrong("srgan_discriminator", "slope from 0", slope=2.0),
)
