"""CLIP: the count of the released weights, and what likeness is."""

from __future__ import annotations

import torch
from networks import module, network, outputs, published, refused, wrong

# transformers: CLIPModel, whose outputs were compared; the authors print the same number
test_counts = published(("clip_vit_b32", 151_277_313))


def test_likeness_is_the_scaled_cosine() -> None:
    flow = network("clip_vit_b32", layers=1, text_layers=1, vocabulary=50)
    assert outputs(flow) == {"picture_vector": (512,), "text_vector": (512,), "likeness": (1,)}
    with torch.no_grad():
        a, b, y = module(flow)(
            torch.randn(1, 3, 224, 224), torch.randint(0, 50, (1, 77)), torch.tensor([[4]])
        )
    assert torch.allclose(a.norm(), torch.tensor(1.0), atol=1e-5)
    assert torch.allclose(y, (a * b).sum(1, keepdim=True) / 0.07, atol=1e-4)


test_what_cannot_be_is_refused = refused(
    wrong("clip_vit_b32", "heads divide", text_heads=3), wrong("clip_vit_b32", "tokens", length=0)
)
