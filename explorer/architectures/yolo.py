"""YOLO: detection in one look. Redmon, Divvala, Girshick & Farhadi 2015, arXiv:1506.02640."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.darknet import CATEGORY, SLOPE, darknet19_stages, darknet53_stages, unit
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

ANCHORS_2 = "1.3221x1.73145 3.19275x4.00944 5.05587x8.09892 9.47112x4.84053 11.2364x10.0071"
ANCHORS_3 = ("116x90 156x198 373x326", "30x61 62x45 59x119", "10x13 16x30 33x23")


def _boxes(g: Builder, x: Wire, name: str, form: str, classes: int, anchors: str, stride: int) -> None:
    """Let the boxes and scores leave that a map stands for."""
    boxes, scores = g.add_all(
        "yolo_decode", x, name=f"decode{name}", form=form, classes=classes, anchors=anchors, stride=stride
    )
    g.output(f"boxes{name}", boxes)
    g.output(f"scores{name}", scores)


PLAN = (
    ((64, 7, 2),),
    ((192, 3, 1),),
    ((128, 1, 1), (256, 3, 1), (256, 1, 1), (512, 3, 1)),
    (*((256, 1, 1), (512, 3, 1)) * 4, (512, 1, 1), (1024, 3, 1)),
    (*((512, 1, 1), (1024, 3, 1)) * 2, (1024, 3, 1), (1024, 3, 2)),
    ((1024, 3, 1), (1024, 3, 1)),
)
"""Filters, kernel and stride of YOLO's convolutions; a pool ends each of the first four stages."""


@architecture(
    "yolo_v1",
    title="YOLO",
    category=CATEGORY,
    year=2015,
    source="Redmon, Divvala, Girshick & Farhadi 2015, arXiv:1506.02640",
    input=(3, 448, 448),
    classes=20,
    parameters=271_703_550,
    task="detection",
)
def yolo_v1(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    boxes: int = 2,
    hidden: int = 4096,
    dropout: float = 0.5,
    decode: bool = False,
) -> None:
    """Divides the picture into 7×7 cells and lets each say which boxes have their middle in it, how sure it
    is and what they hold. One pass gives all answers, so that videos can be watched live.

    What leaves are the maps; with `decode` the boxes and scores that they stand for leave too.

    Contribution: detection as one regression, without proposals.
    Figures: 24 convolutions and 2 linear layers; 45 pictures a second; 63.4 mAP on VOC 2007.
    Form: exact: biases, no batch norm, leaky ReLU of slope 0.1, 7×7×30 out.
    Strengths: fast; sees the whole picture, so that background is rarely taken for an object.
    Gaps: one class per cell: small objects in groups are missed; boxes are less exact. Three quarters of the
        weights are in one linear layer, which binds it to 448×448.
    """
    if not 1 <= boxes <= 10 or not 1 <= hidden <= 65_536 or not 0 <= dropout < 1:
        raise ValueError(f"has 1 to 10 boxes per cell and 1 to 65,536 units, not {boxes} and {hidden}.")

    def stage(g: Builder, x: Wire, number: int) -> Wire:
        for place, (filters, kernel, stride) in enumerate(PLAN[number - 1], 1):
            x = g.add(
                "conv2d",
                x,
                name=f"conv{place}",
                filters=filters,
                kernel=kernel,
                stride=stride,
                padding=kernel // 2,
            )
            x = g.add("leaky_relu", x, name=f"leaky{place}", slope=SLOPE)
        return g.add("max_pool", x, name="pool", kernel=2) if number <= 4 else x

    def head(g: Builder, x: Wire) -> Wire:
        places = x.tensor.shape[1:]
        x = g.add("flatten", x, name="flatten")
        x = g.add("linear", x, name="fc1", features=hidden)
        x = g.add("leaky_relu", x, name="leaky", slope=SLOPE)
        x = g.add("dropout", x, name="drop", p=dropout)
        channels = 5 * boxes + classes
        x = g.add("linear", x, name="fc2", features=places[0] * places[1] * channels)
        return g.add("reshape", x, name="cells", shape=(channels, *places), axes="CHW")

    x = g.input("input", input)
    for number in range(1, len(PLAN) + 1):
        (x,) = g.group(f"stage{number}", partial(stage, number=number), x)
    (x,) = g.group("head", head, x)
    g.output("map", x)
    if decode:
        _boxes(g, x, "", "v1", classes, " ".join(["1x1"] * boxes), 64)


@architecture(
    "yolo_v2_voc",
    title="YOLOv2",
    category=CATEGORY,
    year=2016,
    source="Redmon & Farhadi 2016, arXiv:1612.08242",
    input=(3, 416, 416),
    classes=20,
    parameters=50_655_389,
    task="detection",
)
def yolo_v2_voc(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 32,
    anchors: str = ANCHORS_2,
    decode: bool = False,
) -> None:
    """Counts boxes from five anchors in each of 13×13 cells, with a class for each box.
    A finer map of 26×26 is laid beside the last one, four of its places on top of each other.

    What leaves are the maps; with `decode` the boxes and scores that they stand for leave too.

    Contribution: batch norm, anchors found by clustering, passthrough of fine features.
    Figures: 67 pictures a second; 76.8 mAP on VOC 2007; 125 = 5·(5 + 20) channels.
    Form: exact to yolov2-voc; fine places are stacked in the plain order, not in the odd one of the authors'
        code; PyTorch's ε in batch norm.
    Strengths: any size that is a multiple of 32; fast.
    Gaps: one map only, so that small objects remain hard.
    """
    maps = darknet19_stages(g, g.input("input", input), width)
    wide = 32 * width

    def deep(g: Builder, x: Wire) -> Wire:
        return unit(g, unit(g, x, "conv1", wide), "conv2", wide)

    def fine(g: Builder, x: Wire) -> Wire:
        x = unit(g, x, "conv", 2 * width, 1)
        x = g.add("permute", x, name="turn", order=(2, 1, 0), axes="HWD")
        x = g.add("patch_neighbours", x, name="stack")
        return g.add("permute", x, name="turn_back", order=(2, 1, 0), axes="CHW")

    def head(g: Builder, fine: Wire, deep: Wire) -> Wire:
        x = g.add("concat", fine, deep, name="concat", axis="C")
        x = unit(g, x, "conv", wide)
        return g.add("pointwise_conv2d", x, name="cells", filters=len(anchors.split()) * (5 + classes))

    (x,) = g.group("deep", deep, maps[-1])
    (y,) = g.group("passthrough", fine, maps[-2])
    (x,) = g.group("head", head, y, x)
    g.output("map", x)
    if decode:
        _boxes(g, x, "", "v2", classes, anchors, 32)


@architecture(
    "yolo_v3",
    title="YOLOv3",
    category=CATEGORY,
    year=2018,
    source="Redmon & Farhadi 2018, arXiv:1804.02767",
    input=(3, 416, 416),
    classes=80,
    parameters=61_949_149,
    task="detection",
)
def yolo_v3(g: Builder, input: Tensor, classes: int, *, width: int = 32, decode: bool = False) -> None:
    """Answers on three maps: coarse cells find large objects, fine cells small ones.
    What a coarse map knows is enlarged and laid beside the next finer one.

    What leaves are the maps; with `decode` the boxes and scores that they stand for leave too.

    Contribution: three sizes, shortcuts in the backbone, an independent yes or no for each class.
    Figures: 255 = 3·(5 + 80) channels on maps of 13×13, 26×26 and 52×52; 61.9 M parameters.
    Form: exact; PyTorch's ε in batch norm.
    Strengths: small objects are found far better than by YOLOv2.
    Gaps: boxes fit less exactly than those of two-stage detectors.
    """
    channels = 3 * (5 + classes)

    def neck(g: Builder, x: Wire, *fine: Wire, filters: int) -> Wire:
        if fine:
            x = unit(g, x, "narrow", filters, 1)
            x = g.add("resize", x, name="up", scale=2.0)
            x = g.add("concat", x, *fine, name="concat", axis="C")
        for number in range(1, 6):
            wide = number % 2 == 0
            x = unit(g, x, f"conv{number}", 2 * filters if wide else filters, 3 if wide else 1)
        return x

    def head(g: Builder, x: Wire) -> Wire:
        x = unit(g, x, "conv", 2 * x.channels)
        return g.add("pointwise_conv2d", x, name="cells", filters=channels)

    maps = darknet53_stages(g, g.input("input", input), width)
    x, fine, found = maps[-1], list[Wire](), list[Wire]()
    for number in (1, 2, 3):
        (x,) = g.group(f"neck{number}", partial(neck, filters=16 * width // 2 ** (number - 1)), x, *fine)
        (y,) = g.group(f"head{number}", head, x)
        g.output(f"map{number}", y)
        found.append(y)
        fine = [maps[-1 - number]]
    if decode:
        for number, (y, anchors) in enumerate(zip(found, ANCHORS_3, strict=True), 1):
            _boxes(g, y, str(number), "v3", classes, anchors, 64 // 2**number)
