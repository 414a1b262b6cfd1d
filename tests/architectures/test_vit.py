"""Vision transformers: counts of the papers' networks, sizes, and options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
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


@pytest.mark.parametrize(("id", "parameters", "billions"), PUBLISHED, ids=lambda value: str(value))
def test_counts(id: str, parameters: int, billions: float) -> None:
    flow = resolve(find(id).build())
    assert flow.trainable == parameters
    assert flow.macs / 1e9 == pytest.approx(billions, rel=0.01)


@pytest.mark.parametrize(("id", "parameters"), [("dino_vit_s16", 21_665_664), ("dino_vit_s8", 21_670_272)])
def test_dino_is_the_backbone_of_vit_s(id: str, parameters: int) -> None:
    flow = resolve(find(id).build())
    assert flow.trainable == parameters  # the authors' vision_transformer.py without a head
    assert list(flow.outputs.values()) == [vector(384)]


def test_dino_head() -> None:
    flow = resolve(find("dino_head_65536").build())
    assert flow.trainable == 384 * 2048 + 2048 + 2048**2 + 2048 + 2048 * 256 + 256 + 256 * 65_536
    assert list(flow.outputs.values()) == [vector(65_536)]


def test_the_rest_of_the_family() -> None:
    large = resolve(find("vit_l_16").build(patch=32))
    assert large.trainable == 306_535_400  # vit_l_32 of torchvision
    huge = find("vit_b_16").build(patch=14, width=1280, layers=32, heads=16, mlp=5120)
    assert resolve(huge).trainable == 632_045_800  # vit_h_14 of torchvision, here for 224 × 224
    base = resolve(find("dino_vit_s16").build(classes=768, heads=12))
    assert base.trainable == 85_798_656  # DINO's ViT-B/16


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="heads divide"):
        find("vit_b_16").build(heads=7)
    with pytest.raises(OptionProblem, match="1 or more layers"):
        find("vit_b_16").build(layers=0)
    with pytest.raises(OptionProblem, match=r"embedding.*|patches"):
        find("vit_b_16").build((3, 225, 224))
    with pytest.raises(OptionProblem, match="6 divides their number"):
        find("dino_vit_s16").build(classes=100)
