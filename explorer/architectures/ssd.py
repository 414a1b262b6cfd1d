"""SSD: one look at maps of several sizes. Liu et al. 2016, arXiv:1512.02325."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

PLAN = (
    # filters of a 1×1 and of the 3×3 behind it, stride and padding of the latter
    (256, 512, 2, 1),
    (128, 256, 2, 1),
    (128, 256, 1, 0),
    (128, 256, 1, 0),
)
"""The stages that SSD300 adds after VGG-16."""


def _stage(g: Builder, x: Wire, number: int, filters: int, count: int) -> Wire:
    """A stage of VGG; its pool stands in front, so that what leaves is not pooled yet."""
    if number > 1:
        x = g.add("max_pool", x, name="pool", kernel=2, ceil_mode=number == 4)
    for place in range(1, count + 1):
        x = g.add("conv2d", x, name=f"conv{place}", filters=filters, kernel=3, padding=1)
        x = g.add("relu", x, name=f"relu{place}")
    return x


def _spread(g: Builder, x: Wire, width: int) -> Wire:
    """Stage 5, a pool that keeps the size, and two convolutions in place of the linear layers."""
    x = _stage(g, x, 5, width // 2, 3)
    x = g.add("max_pool", x, name="pool5", kernel=3, stride=1, padding=1)
    x = g.add("dilated_conv2d", x, name="conv6", filters=width, dilation=6, padding=6)
    x = g.add("relu", x, name="relu6")
    x = g.add("pointwise_conv2d", x, name="conv7", filters=width)
    return g.add("relu", x, name="relu7")


def _extra(g: Builder, x: Wire, narrow: int, filters: int, stride: int, padding: int) -> Wire:
    x = g.add("pointwise_conv2d", x, name="narrow", filters=narrow)
    x = g.add("relu", x, name="relu1")
    x = g.add("conv2d", x, name="conv", filters=filters, kernel=3, stride=stride, padding=padding)
    return g.add("relu", x, name="relu2")


@architecture(
    "ssd300_vgg16",
    title="SSD300",
    category="1.2.2 region based",
    year=2016,
    source="Liu et al. 2016, arXiv:1512.02325",
    input=(3, 300, 300),
    classes=21,
    parameters=26_285_486,
    task="detection",
)
def ssd300_vgg16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    keep: int = 200,
    overlap: float = 0.45,
    threshold: float = 0.01,
) -> None:
    """Lets small convolutions on six maps, from 38×38 places down to one, score boxes of set shapes and move
    them. Fine maps find small objects and coarse maps large ones, all in one pass.

    Contribution: boxes of several sizes and shapes in one stage, as exact as two stages.
    Figures: 8,732 boxes; 59 pictures a second; 74.3 mAP on VOC 2007.
    Form: exact: VGG-16 with dilated conv6, L2 norm with a learned length after conv4_3, 21 classes with the
        background; the boxes with the best scores leave, at most `keep`.
    Strengths: fast and exact at a small picture.
    Gaps: small objects are found on the finest map only; nearly all boxes are background in training.
    """
    if classes < 2:
        raise ValueError(f"has 2 or more classes, the background among them, not {classes}.")
    x = g.input("input", input)
    for number, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3)), 1):
        (x,) = g.group(f"stage{number}", partial(_stage, number=number, filters=filters, count=count), x)
    maps = [g.add("l2_norm", x, name="norm4", length=20.0)]
    (x,) = g.group("stage5", partial(_spread, width=1024), x)
    maps.append(x)
    for number, (narrow, filters, stride, padding) in enumerate(PLAN, 8):
        write = partial(_extra, narrow=narrow, filters=filters, stride=stride, padding=padding)
        (x,) = g.group(f"extra{number}", write, x)
        maps.append(x)
    scores, _, boxes = g.add_all("ssd_head", *maps, name="head", classes=classes, picture=input.shape[1])
    scores = g.add("softmax", scores, name="softmax")
    found = g.add_all(
        "nms",
        boxes,
        scores,
        name="best",
        keep=keep,
        overlap=overlap,
        threshold=threshold,
        candidates=400,
        background=True,
    )
    for name, wire in zip(("boxes", "scores", "labels"), found, strict=True):
        g.output(name, wire)


@architecture(
    "ssd_shapes",
    title="SSD, small",
    category="1.2.2 region based",
    year=2016,
    source="Liu et al. 2016, arXiv:1512.02325, scaled down",
    input=(3, 64, 64),
    classes=4,
    dataset="scenes",
    weights="ssd_shapes",
    parameters=201_680,
    task="detection",
)
def ssd_shapes(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 16,
    keep: int = 10,
    overlap: float = 0.45,
    threshold: float = 0.4,
) -> None:
    """Finds discs, squares and triangles in drawn scenes, with the head of SSD on maps of 16×16, 8×8 and 4×4
    places. It comes with weights that were trained for it in minutes.

    Contribution: none of its own; small enough for each map to be looked at.
    Figures: 1,344 boxes; for mean average precision see `resources/weights/metrics.json`.
    Form: head, default boxes and choice of the best as in SSD300; below it eight 3×3 convolutions with batch
        norm in place of VGG-16. The classes count the background.
    Strengths: one pass; small shapes on the fine map, large ones on the coarse.
    Gaps: knows three shapes on smooth grounds. Training needs the boxes of each picture, which a run in the
        window does not have.
    """
    if classes < 2:
        raise ValueError(f"has 2 or more classes, the background among them, not {classes}.")
    if not 1 <= width <= 512:
        raise ValueError(f"is 1 to 512 channels wide at first, such as 16, not {width}.")

    def stage(g: Builder, x: Wire, number: int, filters: int, count: int) -> Wire:
        if number > 1:
            x = g.add("max_pool", x, name="pool", kernel=2)
        for place in range(1, count + 1):
            x = conv_norm(g, x, str(place), filters=filters)
        return x

    x = g.input("input", input)
    maps = []
    for number, (factor, count) in enumerate(((1, 2), (2, 2), (4, 2), (4, 1), (4, 1)), 1):
        write = partial(stage, number=number, filters=width * factor, count=count)
        (x,) = g.group(f"stage{number}", write, x)
        if number > 2:
            maps.append(x)
    scores, _, boxes = g.add_all(
        "ssd_head", *maps, name="head", classes=classes, picture=input.shape[1], ratios="2"
    )
    scores = g.add("softmax", scores, name="softmax")
    found = g.add_all(
        "nms",
        boxes,
        scores,
        name="best",
        keep=keep,
        overlap=overlap,
        threshold=threshold,
        candidates=200,
        background=True,
    )
    for name, wire in zip(("boxes", "scores", "labels"), found, strict=True):
        g.output(name, wire)
