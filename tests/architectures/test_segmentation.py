"""Segmentation: counts of the published networks, sizes of maps and masks, options that cannot be."""

from __future__ import annotations

import pytest
import torch
from networks import network, output, published, refused, shape, wrong
from torch.nn import functional as F

import explorer
from explorer.architectures.gallery import find

# Trainable parameters as torchvision counts them, without auxiliary heads.
PUBLISHED = (
    ("fcn_resnet50", 32_957_013),
    ("deeplabv3_resnet50", 39_638_869),
    ("deeplabv3_resnet101", 58_630_997),
    ("lraspp_mobilenet_v3_large", 3_221_538),
)
PSPNET = (("pspnet_resnet50", 46_716_373), ("pspnet_resnet101", 65_708_501))
"""As pytorchcv counts pspnet_resnetd50b and 101b for VOC without auxiliary head."""
test_counts = published(*PUBLISHED, *PSPNET)


@pytest.mark.parametrize("id", [row[0] for row in PSPNET])
def test_a_dilated_pspnet_keeps_an_eighth(id: str) -> None:
    flow = network(id)
    assert output(flow) == (21, 473, 473)
    assert shape(flow, "pyramid") == (4096, 60, 60)


@pytest.mark.parametrize("id", [row[0] for row in PUBLISHED])
def test_masks_are_as_large_as_the_picture(id: str) -> None:
    assert output(network(id)) == (21, 520, 520)


def test_maps_stay_at_an_eighth() -> None:
    assert shape(network("fcn_resnet50"), "stage4") == (2048, 65, 65)


def test_fcn_on_a_deeper_network() -> None:
    assert network("fcn_resnet50", depth=101).trainable == 51_949_141  # fcn_resnet101 there


def test_pspnet() -> None:
    flow = network("pspnet_resnet34")
    encoder = 9_408 + 128 + 221_952 + 1_116_416  # conv1, its norm, and the first two stages of ResNet-34
    pyramid = 128 * 32 + 32 + 3 * (128 * 32 + 64)
    assert flow.trainable == encoder + pyramid + 256 * 512 + 1024 + 9 * 512 + 1
    assert output(flow) == (1, 256, 256)
    assert shape(flow, "stage2") == (128, 32, 32)


def test_corners_stay_corners_when_enlarged() -> None:
    model = explorer.build(find("pspnet_resnet34").build((3, 64, 64), filters=8)).eval()
    x = torch.rand(2, 8, 8, 8)
    with torch.no_grad():
        picture = torch.zeros(2, 3, 64, 64)
        assert torch.equal(
            model.enlarge(x, picture), F.interpolate(x, (64, 64), mode="bilinear", align_corners=True)
        )


test_what_cannot_be_is_refused = refused(
    wrong("fcn_resnet50", "depth 50, 101, 152", depth=34),
    wrong("pspnet_resnet34", "1 to 4 stages", stages=5),
    wrong("pspnet_resnet50", "depth 50, 101, 152", depth=34),
    wrong("pspnet_resnet101", "1 to 4,096 filters", filters=0),
    wrong("lraspp_mobilenet_v3_large", "4,096 filters", filters=0),
)
