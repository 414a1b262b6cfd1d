"""Segmentation: counts of the published networks, sizes of maps and masks, options that cannot be."""

from __future__ import annotations

import pytest
import torch
from nets import resolve
from torch.nn import functional as F

import explorer
from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find

# Trainable parameters as torchvision counts them, without auxiliary heads.
PUBLISHED = (
    ("fcn_resnet50", 32_957_013),
    ("deeplabv3_resnet50", 39_638_869),
    ("deeplabv3_resnet101", 58_630_997),
    ("lraspp_mobilenet_v3_large", 3_221_538),
)


@pytest.mark.parametrize(("id", "parameters"), PUBLISHED)
def test_counts(id: str, parameters: int) -> None:
    flow = resolve(find(id).build())
    assert flow.trainable == parameters
    assert [tensor.shape for tensor in flow.outputs.values()] == [(21, 520, 520)]


def test_maps_stay_at_an_eighth() -> None:
    flow = resolve(find("fcn_resnet50").build())
    assert flow.nodes["stage4"].outputs["y"].shape == (2048, 65, 65)


def test_fcn_on_a_deeper_network() -> None:
    assert resolve(find("fcn_resnet50").build(depth=101)).trainable == 51_949_141  # fcn_resnet101 there


def test_pspnet() -> None:
    flow = resolve(find("pspnet_resnet34").build())
    encoder = 9_408 + 128 + 221_952 + 1_116_416  # conv1, its norm, and the first two stages of ResNet-34
    pyramid = 128 * 32 + 32 + 3 * (128 * 32 + 64)
    assert flow.trainable == encoder + pyramid + 256 * 512 + 1024 + 9 * 512 + 1
    assert [tensor.shape for tensor in flow.outputs.values()] == [(1, 256, 256)]
    assert flow.nodes["stage2"].outputs["y"].shape == (128, 32, 32)


def test_corners_stay_corners_when_enlarged() -> None:
    model = explorer.build(find("pspnet_resnet34").build((3, 64, 64), filters=8)).eval()
    x = torch.rand(2, 8, 8, 8)
    with torch.no_grad():
        assert torch.equal(model.enlarge(x), F.interpolate(x, (64, 64), mode="bilinear", align_corners=True))


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="depth 50, 101, 152"):
        find("fcn_resnet50").build(depth=34)
    with pytest.raises(OptionProblem, match="1 to 4 stages"):
        find("pspnet_resnet34").build(stages=5)
    with pytest.raises(OptionProblem, match="4,096 filters"):
        find("lraspp_mobilenet_v3_large").build(filters=0)
