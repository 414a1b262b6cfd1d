"""MAE and SimCLR: counts, what is hidden, and that both views use the same weights."""

from __future__ import annotations

import torch
from networks import module, network, outputs, published, refused, wrong

test_counts = published(
    ("mae_vit_b16", 111_907_840 - (197 * 768 + 197 * 512)),  # the authors' count, without fixed places
    ("simclr_resnet50", 23_508_032 + 2048 * 2048 + 2048 + 2049 * 128),  # ResNet-50 without fc, and the head
)


def test_three_quarters_are_hidden() -> None:
    flow = network("mae_vit_b16", layers=1, decoder_layers=1)
    assert outputs(flow) == {"patches": (196, 768), "hidden": (196,)}
    with torch.no_grad():
        _, hidden = module(flow)(torch.randn(1, 3, 224, 224))
    assert int(hidden.sum()) == 147


def test_a_picture_is_like_itself() -> None:
    model = module(network("simclr_resnet50", (3, 64, 64), layers="1-1-1-1"))
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        one, other = model(x, x)
    assert torch.equal(one, other)


test_what_cannot_be_is_refused = refused(
    wrong("mae_vit_b16", "share of 0.01", share=1.0), wrong("simclr_resnet50", "units", hidden=0)
)
