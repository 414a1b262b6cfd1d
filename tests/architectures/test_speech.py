"""The encoder of Tacotron: its count, widths, options that cannot be."""

from __future__ import annotations

from networks import network, output, refused, wrong


def test_counts() -> None:
    flow = network("cbhg_encoder")
    bank = 128 * 128 * sum(range(1, 17)) + 16 * 256  # table 1 of the paper
    projections = 3 * 16 * 128 * 128 + 256 + 3 * 128 * 128 + 256
    highways = 4 * 2 * (128 * 128 + 128)
    gru = 2 * (6 * 128 * 128 + 6 * 128)
    assert flow.trainable == bank + projections + highways + gru
    assert output(flow) == (20, 256)


def test_behind_the_decoder() -> None:
    flow = network("cbhg_encoder", (50, 80), bank=8, projection=256)
    assert output(flow) == (50, 256)


test_what_cannot_be_is_refused = refused(
    wrong("cbhg_encoder", "even number", classes=7),
)
