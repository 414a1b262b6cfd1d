"""Networks for films: counts, how time shrinks, options that cannot be."""

from __future__ import annotations

import pytest
from networks import network, published, refused, shape, wrong

# Trainable parameters and 10⁹ multiply-accumulates as torchvision lists them.
PUBLISHED = (
    ("r3d_18", 33_371_472, 40.70),
    ("mc3_18", 11_695_440, 43.34),
    ("r2plus1d_18", 31_505_325, 40.52),
)
test_counts = published(*PUBLISHED, near=0.005, unit=1e9)


def test_c3d() -> None:
    flow = network("c3d")
    pairs = ((3, 64), (64, 128), (128, 256), (256, 256), (256, 512), (512, 512), (512, 512), (512, 512))
    convs = sum(27 * n * m + m for n, m in pairs)
    heads = 8192 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 487 + 487  # table 1 and figure 3 of the paper
    assert flow.trainable == convs + heads
    assert flow.macs / 1e9 == pytest.approx(38.6, rel=0.01)  # 38.5 with 101 classes, as is often cited


def test_time_stays_where_filters_are_flat() -> None:
    assert shape(network("mc3_18"), "stage4") == (512, 16, 7, 7)
    assert shape(network("r3d_18"), "stage4") == (512, 2, 7, 7)


def test_deeper() -> None:
    assert round(network("r3d_18", depth=34).trainable / 1e6, 1) == 63.7  # 63.5 without fc


test_what_cannot_be_is_refused = refused(
    wrong("r3d_18", "18 or 34", depth=50),
    wrong("c3d", "share from 0", drop=1.0),
    wrong("c3d", "channels wide", width=0),
)
