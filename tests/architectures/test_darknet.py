"""Darknets: counts, work, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find


def test_darknet19() -> None:
    flow = resolve(find("darknet19").build())
    # Table 6 of the paper, layer by layer: channels before, behind, and the kernel's side.
    layers = [(3, 32, 3), (32, 64, 3), (64, 128, 3), (128, 64, 1), (64, 128, 3), (128, 256, 3)]
    layers += [(256, 128, 1), (128, 256, 3), (256, 512, 3), *[(512, 256, 1), (256, 512, 3)] * 2]
    layers += [(512, 1024, 3), *[(1024, 512, 1), (512, 1024, 3)] * 2]
    assert len(layers) == 18
    assert flow.trainable == sum(n * m * k * k + 2 * m for n, m, k in layers) + 1024 * 1000 + 1000
    assert 2 * flow.macs / 1e9 == pytest.approx(5.58, rel=0.01)  # as the paper counts


def test_darknet53() -> None:
    flow = resolve(find("darknet53").build())
    assert flow.trainable == 40_584_928 + 1024 * 1000 + 1000  # timm's darknet53 has the same
    bigger = resolve(find("darknet53").build((3, 256, 256)))
    assert 2 * bigger.macs / 1e9 == pytest.approx(18.7, rel=0.01)  # table 2 of the paper


def test_half_the_width() -> None:
    assert resolve(find("darknet53").build(width=16)).trainable < 41_609_928 / 3


def test_what_cannot_be_is_said() -> None:
    for id in ("darknet19", "darknet53"):
        with pytest.raises(OptionProblem, match="even number of 2 to 512"):
            find(id).build(width=3)
    with pytest.raises(OptionProblem, match="window"):
        find("darknet19").build((3, 8, 8))
