"""Detectors on a pyramid of maps. Lin, Dollár, Girshick, He, Hariharan & Belongie 2017, arXiv:1612.03144."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import ceil

from explorer.architectures.architecture import architecture
from explorer.architectures.residual_stages import counts, stage_maps
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.2 region based"
WIDTH = 256
"""Channels of all maps of the pyramid."""
RATIOS = "0.5, 1, 2"
LEAST = 64
"""The shortest side of a picture of which all maps are left."""


def _check(input: Tensor, classes: int, keep: int) -> None:
    if classes < 2:
        raise ValueError(f"has 2 or more classes, the background among them, not {classes}.")
    if input.shape[0] != 3 or min(input.shape[1:]) < LEAST:
        raise ValueError(f"looks at pictures 3×H×W of at least {LEAST}×{LEAST}, not {input.text}.")
    if not 1 <= keep <= 1000:
        raise ValueError(f"keeps 1 to 1,000 answers, not {keep}.")


def backbone(g: Builder, input: Tensor, blocks: str) -> tuple[Wire, list[Wire]]:
    """ResNet without its head: the picture, and maps C2 to C5, at 1/4 to 1/32 of it."""

    def stem(g: Builder, x: Wire) -> Wire:
        conv = {"filters": 64, "kernel": 7, "stride": 2, "padding": 3, "bias": False}
        pool = {"kernel": 3, "stride": 2, "padding": 1}
        return g.chain(x, ("conv2d", conv), "batch_norm", "relu", ("max_pool", pool))

    picture = g.input("picture", input)
    x = g.add("standardize", picture, name="standardize")
    (x,) = g.group("stem", stem, x)
    return picture, stage_maps(g, x, "bottleneck", counts(blocks), lambda stage, _: {"width": 64 * 2**stage})


def pyramid(g: Builder, *maps: Wire, deeper: int) -> tuple[Wire, ...]:
    """Bring all maps to one width, add coarse ones to fine ones, smooth; then coarser maps yet.

    `deeper` 1 takes every other place of the last map, 2 adds two convolutions of stride 2.
    """
    found: list[Wire] = []
    above: Wire | None = None
    for level in range(len(maps) + 1, 1, -1):
        x = maps[level - 2]
        x = g.add("conv2d", x, name=f"lateral{level}", filters=WIDTH, kernel=1)
        if above is not None:
            large = g.add("resize", above, x, name=f"enlarge{level}")
            x = g.add("add", x, large, name=f"merge{level}")
        above = x
        found.insert(0, g.add("conv2d", x, name=f"smooth{level}", filters=WIDTH, kernel=3, padding=1))
    if deeper == 1:
        found.append(g.add("max_pool", found[-1], name="pool6", kernel=1, stride=2))
    else:
        found.append(g.add("conv2d", found[-1], name="conv6", filters=WIDTH, kernel=3, stride=2, padding=1))
        x = g.add("relu", found[-1], name="relu6")
        found.append(g.add("conv2d", x, name="conv7", filters=WIDTH, kernel=3, stride=2, padding=1))
    return tuple(found)


def _anchors(g: Builder, x: Wire, level: int, picture: Wire, sizes: Sequence[int]) -> Wire:
    """Boxes on every place of a map; their distance is what the picture's sides give, rounded down."""
    return g.add("anchor_generator", x, picture, name=f"anchors{level}", sizes=tuple(sizes), ratios=RATIOS)


def _together(g: Builder, parts: Sequence[Wire], name: str) -> Wire:
    return g.add("concat", *parts, name=name, axis="T")


def _column(g: Builder, scores: Wire, name: str) -> Wire:
    """One score in each row."""
    return g.add("reshape", scores, name=name, shape=(-1, 1), axes="TD")


def _propose(g: Builder, *wires: Wire, regions: int, overlap: float) -> Wire:
    """Best boxes of all maps; one head of shared weights slides over them. The picture comes last."""
    *maps, picture = wires
    said: list[tuple[Wire, ...]] = []
    for level, x in enumerate(maps, 2):
        if level == 2:
            said.append(g.add_all("rpn_head", x, name="head", filters=WIDTH, anchors=3))
        else:
            said.append(g.again("head", x, name=f"head{level}"))
    boxes, scores = [], []
    for level, (x, (score, offset)) in enumerate(zip(maps, said, strict=True), 2):
        score = g.add("anchor_rows", score, name=f"score_rows{level}", numbers=1)
        score = g.add("sigmoid", score, name=f"sigmoid{level}")
        moves = g.add("anchor_rows", offset, name=f"offset_rows{level}", numbers=4)
        anchors = _anchors(g, x, level, picture, [2 ** (level + 3)])
        found = g.add("box_decode", anchors, moves, picture, name=f"decode{level}")
        best = g.add_all(
            "nms",
            found,
            score,
            name=f"best{level}",
            keep=min(regions, score.tensor.shape[0]),
            overlap=overlap,
            threshold=0.0,
            candidates=1000,
            smallest=1e-3,
        )
        boxes.append(best[0])
        scores.append(best[1])
    rows = _column(g, _together(g, scores, "scores"), "score_column")
    return g.add_all(
        "nms",
        _together(g, boxes, "boxes"),
        rows,
        name="best",
        keep=regions,
        overlap=1.0,
        threshold=0.0,
        candidates=len(maps) * 1000,
    )[0]


def _box_head(g: Builder, *wires: Wire, classes: int) -> tuple[Wire, ...]:
    """What each region holds, and how its box has to move for each class."""
    x = g.add("pyramid_roi_align", *wires, name="roi")
    x = g.add("time_distributed", x, name="flatten", inner="flatten")
    for number in (6, 7):
        x = g.add("linear", x, name=f"fc{number}", features=1024)
        x = g.add("relu", x, name=f"relu{number}")
    scores = g.add("linear", x, name="class_scores", features=classes)
    return scores, g.add("linear", x, name="box_offsets", features=4 * classes)


def _answers(
    g: Builder,
    scores: Wire,
    offsets: Wire,
    boxes: Wire,
    picture: Wire,
    *,
    keep: int,
    overlap: float,
    threshold: float,
) -> tuple[Wire, ...]:
    """Boxes moved as their class wants, and the best of each class."""
    sure = g.add("softmax", scores, name="softmax")
    count, classes = scores.tensor.shape
    above = ceil(1 / threshold) - 1 if threshold else classes  # shares of 1: no more of them are above it
    moved = g.add("box_decode", boxes, offsets, picture, name="decode", centre=10.0, size=5.0)
    return g.add_all(
        "nms",
        moved,
        sure,
        name="best",
        keep=keep,
        overlap=overlap,
        threshold=threshold,
        background=True,
        candidates=min(100_000, count * max(1, min(classes - 1, above))),
        smallest=1e-2,
    )


def _two_stages(
    g: Builder,
    input: Tensor,
    classes: int,
    blocks: str,
    regions: int,
    keep: int,
    overlap: float,
    threshold: float,
) -> tuple[list[Wire], tuple[Wire, ...]]:
    """Faster R-CNN on a pyramid; returns the maps p2 to p5 with the picture, and boxes, scores, labels."""
    _check(input, classes, keep)
    if not 1 <= regions <= 1000:
        raise ValueError(f"looks at 1 to 1,000 regions, not {regions}.")
    picture, found = backbone(g, input, blocks)
    maps = g.group("pyramid", partial(pyramid, deeper=1), *found)
    (boxes,) = g.group("proposals", partial(_propose, regions=regions, overlap=0.7), *maps, picture)
    four = list(maps[:4])
    scores, offsets = g.group("regions", partial(_box_head, classes=classes), *four, boxes)
    write = partial(_answers, keep=keep, overlap=overlap, threshold=threshold)
    return [*four, picture], g.group("answers", write, scores, offsets, boxes, picture)


@architecture(
    "fasterrcnn_resnet50_fpn",
    title="Faster R-CNN on a feature pyramid",
    category=CATEGORY,
    year=2017,
    source="Ren et al. 2015, arXiv:1506.01497; Lin et al. 2017, arXiv:1612.03144",
    input=(3, 800, 800),
    classes=91,
    parameters=41_808_406,
    task="detection",
)
def fasterrcnn_resnet50_fpn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    blocks: str = "3 4 6 3",
    regions: int = 1000,
    keep: int = 100,
    overlap: float = 0.5,
    threshold: float = 0.05,
) -> None:
    """Adds what coarse maps have understood to the fine ones, so that small objects are found with the sense
    of large ones. One proposal network of shared weights slides over all five maps.

    Contribution: the feature pyramid: strong features at every size for the price of one network.
    Figures: none are printed in the lecture. It has 41.81 M parameters with its norms.
    Form: exact, as in torchvision, with ordinary batch norms and 91 classes; pictures are not resized.
        There are always `keep` rows; missing answers are zeros of class −1.
    Strengths: small objects; the same head at all sizes.
    Gaps: two stages; regions are dropped by hand-made rules.
    """
    _, found = _two_stages(g, input, classes, blocks, regions, keep, overlap, threshold)
    for name, wire in zip(("boxes", "scores", "labels"), found, strict=True):
        g.output(name, wire)


@architecture(
    "maskrcnn_resnet50_fpn",
    title="Mask R-CNN",
    category=CATEGORY,
    year=2017,
    source="He, Gkioxari, Dollár & Girshick 2017, arXiv:1703.06870",
    input=(3, 800, 800),
    classes=91,
    parameters=44_454_513,
    task="detection",
)
def maskrcnn_resnet50_fpn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    blocks: str = "3 4 6 3",
    regions: int = 1000,
    keep: int = 100,
    overlap: float = 0.5,
    threshold: float = 0.05,
) -> None:
    """Draws a small mask inside each box that Faster R-CNN has found, one for every class.
    Regions are read between the pixels, because a mask shows every shift that rounding makes.

    Contribution: instance segmentation by one more branch; RoI align.
    Figures: none are printed in the lecture. It has 44.45 M parameters with its norms.
    Form: exact, as in torchvision, with ordinary batch norms and 91 classes; pictures are not resized.
        There are always `keep` rows; missing answers are zeros of class −1.
    Strengths: boxes, classes and masks in one pass; poses and other parts fit into the same frame.
    Gaps: masks of 28×28 are coarse for large objects; no faster than its boxes.
    """

    def draw(g: Builder, *wires: Wire) -> Wire:
        *maps, picture, boxes, labels = wires
        x = g.add("pyramid_roi_align", *maps, boxes, name="roi", size=14)
        for number in range(1, 5):
            inner = f"conv2d(filters={WIDTH}, kernel=3, padding=1)"
            x = g.add("time_distributed", x, name=f"conv{number}", inner=inner)
            x = g.add("relu", x, name=f"relu{number}")
        inner = f"conv_transpose2d(filters={WIDTH}, kernel=2, stride=2)"
        x = g.add("relu", g.add("time_distributed", x, name="enlarge", inner=inner), name="relu5")
        x = g.add("time_distributed", x, name="mask_scores", inner=f"conv2d(filters={classes}, kernel=1)")
        x = g.add("mask_of_class", g.add("sigmoid", x, name="sigmoid"), labels, name="own")
        return g.add("paste_masks", x, boxes, picture, name="paste")

    maps, found = _two_stages(g, input, classes, blocks, regions, keep, overlap, threshold)
    (masks,) = g.group("mask_branch", draw, *maps, found[0], found[2])
    for name, wire in zip(("boxes", "scores", "labels", "masks"), (*found, masks), strict=True):
        g.output(name, wire)


@architecture(
    "retinanet_resnet50_fpn",
    title="RetinaNet",
    category=CATEGORY,
    year=2017,
    source="Lin, Goyal, Girshick, He & Dollár 2017, arXiv:1708.02002",
    input=(3, 800, 800),
    classes=91,
    parameters=34_068_119,
    task="detection",
)
def retinanet_resnet50_fpn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    blocks: str = "3 4 6 3",
    keep: int = 300,
    overlap: float = 0.5,
    threshold: float = 0.05,
) -> None:
    """Says of nine anchors on every place of five maps at once what they hold, without a first stage.
    A loss that hardly counts what is easy keeps the many empty anchors from drowning the few full ones.

    Contribution: focal loss, with which one stage became as exact as two.
    Figures: none are printed in the lecture. It has 34.07 M parameters with its norms.
    Form: exact, as in torchvision, with ordinary batch norms and 91 classes; pictures are not resized.
        There are always `keep` rows; missing answers are zeros of class −1.
    Strengths: simple and fast; two heads of shared weights for all sizes.
    Gaps: a hundred thousand anchors; training needs the focal loss.
    """
    _check(input, classes, keep)
    picture, found = backbone(g, input, blocks)
    maps = g.group("pyramid", partial(pyramid, deeper=2), *found[1:])

    def tower(g: Builder, x: Wire, numbers: int) -> Wire:
        for number in range(1, 5):
            x = g.add("conv2d", x, name=f"conv{number}", filters=WIDTH, kernel=3, padding=1)
            x = g.add("relu", x, name=f"relu{number}")
        return g.add("conv2d", x, name="say", filters=9 * numbers, kernel=3, padding=1)

    def heads(g: Builder, *maps: Wire) -> tuple[Wire, ...]:
        said: list[Wire] = []
        for name, numbers in (("classes", classes), ("offsets", 4)):
            said += g.group(name, partial(tower, numbers=numbers), maps[0])
            for level, x in enumerate(maps[1:], 4):
                said += g.again(name, x, name=f"{name}{level}")
        return tuple(said)

    def answers(g: Builder, *wires: Wire) -> tuple[Wire, ...]:
        parts: list[tuple[Wire, ...]] = []
        *said, picture = wires
        for level, (score, offset) in enumerate(zip(said[:5], said[5:], strict=True), 3):
            score = g.add("anchor_rows", score, name=f"score_rows{level}", numbers=classes)
            score = g.add("sigmoid", score, name=f"sigmoid{level}")
            moves = g.add("anchor_rows", offset, name=f"offset_rows{level}", numbers=4)
            sizes = [int(2 ** (level + 2) * 2 ** (third / 3)) for third in range(3)]
            anchors = _anchors(g, offset, level, picture, sizes)
            boxes = g.add("box_decode", anchors, moves, picture, name=f"decode{level}")
            count = min(1000, score.tensor.size)
            parts.append(
                g.add_all(
                    "nms",
                    boxes,
                    score,
                    name=f"best{level}",
                    keep=count,
                    overlap=1.0,
                    threshold=threshold,
                    candidates=count,
                )
            )
        boxes, scores, labels = (
            _together(g, column, name)
            for column, name in zip(zip(*parts, strict=True), ("boxes", "scores", "labels"), strict=True)
        )
        return g.add_all(
            "nms",
            boxes,
            _column(g, scores, "score_column"),
            labels,
            name="best",
            keep=keep,
            overlap=overlap,
            threshold=threshold,
            candidates=5000,
        )

    answered = g.group("answers", answers, *g.group("heads", heads, *maps), picture)
    for name, wire in zip(("boxes", "scores", "labels"), answered, strict=True):
        g.output(name, wire)
