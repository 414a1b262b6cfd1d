"""Darknets: counts, work, options that cannot be."""

from __future__ import annotations

import pytest
from networks import network, refused, wrong


def test_darknet19() -> None:
    flow = network("darknet19")
    # Table 6 of the paper, layer by layer: channels before, behind, and the kernel's side.
    layers = [(3, 32, 3), (32, 64, 3), (64, 128, 3), (128, 64, 1), (64, 128, 3), (128, 256, 3)]
    layers += [(256, 128, 1), (128, 256, 3), (256, 512, 3), *[(512, 256, 1), (256, 512, 3)] * 2]
    layers += [(512, 1024, 3), *[(1024, 512, 1), (512, 1024, 3)] * 2]
    assert len(layers) == 18
    assert flow.trainable == sum(n * m * k * k + 2 * m for n, m, k in layers) + 1024 * 1000 + 1000
    assert 2 * flow.macs / 1e9 == pytest.approx(5.58, rel=0.01)  # as the paper counts


def test_darknet53() -> None:
    flow = network("darknet53")
    assert flow.trainable == 40_584_928 + 1024 * 1000 + 1000  # timm's darknet53 has the same
    bigger = network("darknet53", (3, 256, 256))
    assert 2 * bigger.macs / 1e9 == pytest.approx(18.7, rel=0.01)  # table 2 of the paper


def test_half_the_width() -> None:
    assert network("darknet53", width=16).trainable < 41_609_928 / 3


test_what_cannot_be_is_refused = refused(
    wrong("darknet19", "even number of 2 to 512", width=3),
    wrong("darknet53", "even number of 2 to 512", width=3),
    wrong("darknet19", "window", (3, 8, 8)),
)
