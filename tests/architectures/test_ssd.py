"""SSD: its count, its 8,732 boxes, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find


def test_counts() -> None:
    flow = resolve(find("ssd300_vgg16").build())
    assert flow.trainable == 26_285_486  # torchvision's ssd300_vgg16 with 21 classes
    head = flow.nodes["head"]
    assert head.outputs["boxes"].shape == (8732, 4)  # type: ignore[union-attr]
    assert {name: tensor.shape for name, tensor in flow.outputs.items() if tensor} == {
        "boxes": (200, 4), "scores": (200,), "labels": (200,),
    }  # fmt: skip


def test_sizes_of_the_maps() -> None:
    flow = resolve(find("ssd300_vgg16").build())
    sides = [
        flow.nodes[name].outputs["y"].shape[1]  # type: ignore[union-attr]
        for name in ("norm4", "stage5", "extra8", "extra9", "extra10", "extra11")
    ]
    assert sides == [38, 19, 10, 5, 3, 1]  # figure 2 of the paper


def test_more_classes() -> None:
    assert resolve(find("ssd300_vgg16").build(classes=91)).trainable == 35_641_826  # torchvision for COCO


def test_what_cannot_be_is_said() -> None:
    entry = find("ssd300_vgg16")
    with pytest.raises(OptionProblem, match="background among them"):
        entry.build(classes=1)
    with pytest.raises(OptionProblem, match="kernel"):
        entry.build((3, 100, 100))
    with pytest.raises(OptionProblem, match="overlap"):
        entry.build(overlap=3.0)
