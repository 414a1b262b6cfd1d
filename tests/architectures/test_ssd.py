"""SSD: its count, its 8,732 boxes, options that cannot be."""

from __future__ import annotations

from networks import network, outputs, refused, shape, tensors, wrong


def test_counts() -> None:
    flow = network("ssd300_vgg16")
    assert flow.trainable == 26_285_486  # torchvision's ssd300_vgg16 with 21 classes
    assert shape(flow, "head", "boxes") == (8732, 4)
    assert outputs(flow) == {"boxes": (200, 4), "scores": (200,), "labels": (200,)}


def test_sizes_of_the_maps() -> None:
    maps = tensors(network("ssd300_vgg16"), "norm4", "stage5", "extra8", "extra9", "extra10", "extra11")
    assert [tensor.shape[1] for tensor in maps] == [38, 19, 10, 5, 3, 1]  # figure 2 of the paper


def test_more_classes() -> None:
    assert network("ssd300_vgg16", classes=91).trainable == 35_641_826  # torchvision for COCO


test_what_cannot_be_is_refused = refused(
    wrong("ssd300_vgg16", "background among them", classes=1),
    wrong("ssd300_vgg16", "kernel", (3, 100, 100)),
    wrong("ssd300_vgg16", "overlap", overlap=3.0),
)
