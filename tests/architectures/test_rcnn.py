"""R-CNN, Fast and Faster R-CNN: counts part by part, outputs, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.document import Document

VGG16 = 14_714_688  # the convolutions, as torchvision counts them
HEAD = 25_088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 105 + 105  # fc6, fc7, 21 scores and 84 offsets


def shapes(document: Document) -> dict[str, tuple[int, ...]]:
    return {name: tensor.shape for name, tensor in resolve(document).outputs.items() if tensor}


def test_the_first() -> None:
    flow = resolve(find("rcnn_2014").build())
    convs = (
        (96 * 363 + 96) + (256 * 1200 + 256) + (384 * 2304 + 384) + (384 * 1728 + 384) + (256 * 1728 + 256)
    )
    linear = 9216 * 4096 + 4096 + 4096**2 + 4096 + 4096 * 21 + 21
    assert flow.trainable == convs + linear + 9216 * 80 + 80
    assert shapes(find("rcnn_2014").build()) == {"class_scores": (16, 21), "offsets": (16, 80)}


def test_fast() -> None:
    document = find("fast_rcnn_vgg16").build()
    flow = resolve(document)
    assert flow.trainable == VGG16 + HEAD
    assert [tensor.shape for tensor in flow.inputs.values()] == [(3, 600, 800), (128, 4)]
    assert shapes(document) == {"class_scores": (128, 21), "offsets": (128, 84)}


def test_faster() -> None:
    document = find("faster_rcnn_vgg16").build()
    assert resolve(document).trainable == VGG16 + HEAD + 9 * 512 * 512 + 512 + 513 * (18 + 36)
    assert shapes(document) == {
        "class_scores": (300, 21), "offsets": (300, 84),
        "rpn_scores": (18, 37, 50), "rpn_offsets": (36, 37, 50),
    }  # fmt: skip
    assert shapes(find("faster_rcnn_vgg16").build(proposals=True))["boxes"] == (300, 4)


def test_what_cannot_be_is_said() -> None:
    for id in ("fast_rcnn_vgg16", "faster_rcnn_vgg16"):
        with pytest.raises(OptionProblem, match="1 to 1,000 regions"):
            find(id).build(regions=0)
        with pytest.raises(OptionProblem, match="background among them"):
            find(id).build(classes=1)
        with pytest.raises(OptionProblem, match="window"):
            find(id).build((3, 8, 8))
    with pytest.raises(OptionProblem, match="multiple of 6"):
        find("rcnn_2014").build(width=100)
