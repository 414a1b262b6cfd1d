"""Vision transformers: counts of the papers' networks, sizes, and options that cannot be."""

from __future__ import annotations

import pytest
from networks import network, published, refused, wrong

from explorer.graph.tensor import vector

# Trainable parameters and 10⁹ multiply-accumulates as torchvision (B, L) and timm (Ti, S) count them; the
# products with attention, which torchvision lists without.
PUBLISHED = (
    ("vit_tiny_p16", 5_717_416, 1.26),
    ("vit_small_p16", 22_050_664, 4.61),
    ("vit_b_16", 86_567_656, 17.58),
    ("vit_b_32", 88_224_232, 4.41),
    ("vit_l_16", 304_326_632, 61.60),
)
test_counts = published(*PUBLISHED, near=0.01, unit=1e9)


@pytest.mark.parametrize(("id", "parameters"), [("dino_vit_s16", 21_665_664), ("dino_vit_s8", 21_670_272)])
def test_dino_is_the_backbone_of_vit_s(id: str, parameters: int) -> None:
    flow = network(id)
    assert flow.trainable == parameters  # the authors' vision_transformer.py without a head
    assert list(flow.outputs.values()) == [vector(384)]


def test_dino_head() -> None:
    flow = network("dino_head_65536")
    assert flow.trainable == 384 * 2048 + 2048 + 2048**2 + 2048 + 2048 * 256 + 256 + 256 * 65_536
    assert list(flow.outputs.values()) == [vector(65_536)]


def test_the_rest_of_the_family() -> None:
    large = network("vit_l_16", patch=32)
    assert large.trainable == 306_535_400  # vit_l_32 of torchvision
    huge = network("vit_b_16", patch=14, width=1280, layers=32, heads=16, mlp=5120)
    assert huge.trainable == 632_045_800  # vit_h_14 of torchvision, here for 224 × 224
    base = network("dino_vit_s16", classes=768, heads=12)
    assert base.trainable == 85_798_656  # DINO's ViT-B/16


test_what_cannot_be_is_refused = refused(
    wrong("vit_b_16", "heads divide", heads=7),
    wrong("vit_b_16", "1 or more layers", layers=0),
    wrong("vit_b_16", r"embedding.*|patches", (3, 225, 224)),
    wrong("dino_vit_s16", "6 divides their number", classes=100),
)
