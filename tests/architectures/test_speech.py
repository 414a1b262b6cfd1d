"""The encoder of Tacotron: its count, widths, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find


def test_counts() -> None:
    flow = resolve(find("cbhg_encoder").build())
    bank = 128 * 128 * sum(range(1, 17)) + 16 * 256  # table 1 of the paper
    projections = 3 * 16 * 128 * 128 + 256 + 3 * 128 * 128 + 256
    highways = 4 * 2 * (128 * 128 + 128)
    gru = 2 * (6 * 128 * 128 + 6 * 128)
    assert flow.trainable == bank + projections + highways + gru
    assert [tensor.shape for tensor in flow.outputs.values()] == [(20, 256)]


def test_behind_the_decoder() -> None:
    flow = resolve(find("cbhg_encoder").build((50, 80), bank=8, projection=256))
    assert [tensor.shape for tensor in flow.outputs.values()] == [(50, 256)]


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="even number"):
        find("cbhg_encoder").build(classes=7)
