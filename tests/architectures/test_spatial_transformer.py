"""Spatial transformers: count, start as the identity, options that cannot be."""

from __future__ import annotations

import torch
from networks import network, refused, wrong

import explorer
from explorer.architectures.gallery import find


def test_counts() -> None:
    turn = 8 * 49 + 8 + 10 * 8 * 25 + 10 + 90 * 32 + 32 + 32 * 6 + 6  # the common example for MNIST
    classifier = 10 * 25 + 10 + 20 * 10 * 25 + 20 + 320 * 50 + 50 + 50 * 10 + 10
    assert network("stn_mnist").trainable == turn + classifier


def test_it_starts_as_the_identity() -> None:
    model = explorer.build(find("stn_mnist").build()).eval()
    x = torch.rand(2, 1, 28, 28)
    with torch.no_grad():
        assert torch.allclose(model.upright(x), x, atol=1e-5)


test_what_cannot_be_is_refused = refused(
    wrong("stn_mnist", "share from 0", drop=1.0),
    wrong("stn_mnist", "kernel", (1, 6, 6)),
)
