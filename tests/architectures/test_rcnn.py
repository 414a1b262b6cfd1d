"""R-CNN, Fast and Faster R-CNN: counts part by part, outputs, options that cannot be."""

from __future__ import annotations

from networks import network, outputs, refused, wrong

VGG16 = 14_714_688  # the convolutions, as torchvision counts them
HEAD = 25_088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 105 + 105  # fc6, fc7, 21 scores and 84 offsets


def test_the_first() -> None:
    flow = network("rcnn_2014")
    convs = (
        (96 * 363 + 96) + (256 * 1200 + 256) + (384 * 2304 + 384) + (384 * 1728 + 384) + (256 * 1728 + 256)
    )
    linear = 9216 * 4096 + 4096 + 4096**2 + 4096 + 4096 * 21 + 21
    assert flow.trainable == convs + linear + 9216 * 80 + 80
    assert outputs(flow) == {"class_scores": (16, 21), "offsets": (16, 80)}


def test_fast() -> None:
    flow = network("fast_rcnn_vgg16")
    assert flow.trainable == VGG16 + HEAD
    assert [tensor.shape for tensor in flow.inputs.values()] == [(3, 600, 800), (128, 4)]
    assert outputs(flow) == {"class_scores": (128, 21), "offsets": (128, 84)}


def test_faster() -> None:
    flow = network("faster_rcnn_vgg16")
    assert flow.trainable == VGG16 + HEAD + 9 * 512 * 512 + 512 + 513 * (18 + 36)
    assert outputs(flow) == {
        "class_scores": (300, 21),
        "offsets": (300, 84),
        "rpn_scores": (18, 37, 50),
        "rpn_offsets": (36, 37, 50),
    }
    assert outputs(network("faster_rcnn_vgg16", proposals=True))["boxes"] == (300, 4)


test_what_cannot_be_is_refused = refused(
    wrong("fast_rcnn_vgg16", "1 to 1,000 regions", regions=0),
    wrong("faster_rcnn_vgg16", "1 to 1,000 regions", regions=0),
    wrong("fast_rcnn_vgg16", "background among them", classes=1),
    wrong("faster_rcnn_vgg16", "background among them", classes=1),
    wrong("fast_rcnn_vgg16", "window", (3, 8, 8)),
    wrong("faster_rcnn_vgg16", "window", (3, 8, 8)),
    wrong("rcnn_2014", "multiple of 6", width=100),
)
