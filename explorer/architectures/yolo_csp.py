"""YOLOv5 and YOLOv8: split stages and a neck that goes up and down. Jocher 2020 and 2023."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.2 region based"


def _unit(g: Builder, x: Wire, end: str, filters: int, kernel: int = 1, stride: int = 1) -> Wire:
    """Convolution, batch norm, swish."""
    return conv_norm(
        g,
        x,
        end,
        filters=filters,
        kernel=kernel,
        stride=stride,
        activation="swish",
        eps=1e-3,
        momentum=0.03,
    )


def _c3(g: Builder, x: Wire, *, filters: int, count: int, adds: bool) -> Wire:
    """Half of the channels go through bottlenecks, half past them; both are mixed."""
    y = _unit(g, x, "1", filters // 2)
    for number in range(1, count + 1):
        z = _unit(g, _unit(g, y, f"{number}_narrow", filters // 2), f"{number}_wide", filters // 2, 3)
        y = g.add("add", y, z, name=f"add{number}") if adds else z
    other = _unit(g, x, "2", filters // 2)
    return _unit(g, g.add("concat", y, other, name="concat", axis="C"), "3", filters)


def _c2f(g: Builder, x: Wire, *, filters: int, count: int, adds: bool) -> Wire:
    """As the above, but what every bottleneck gives reaches the end too."""
    x = _unit(g, x, "1", filters)
    parts = list(g.add_all("split", x, name="split", parts=2, axis="C"))
    for number in range(1, count + 1):
        y = parts[-1]
        z = _unit(g, _unit(g, y, f"{number}_a", filters // 2, 3), f"{number}_b", filters // 2, 3)
        parts.append(g.add("add", y, z, name=f"add{number}") if adds else z)
    return _unit(g, g.add("concat", *parts, name="concat", axis="C"), "2", filters)


def _sppf(g: Builder, x: Wire) -> Wire:
    """Three pools one after the other, all of whose maps are joined."""
    filters = x.channels
    parts = [_unit(g, x, "1", filters // 2)]
    for number in (1, 2, 3):
        parts.append(g.add("max_pool", parts[-1], name=f"pool{number}", kernel=5, stride=1, padding=2))
    return _unit(g, g.add("concat", *parts, name="concat", axis="C"), "2", filters)


def _check(input: Tensor, width: int) -> None:
    if not 8 <= width <= 512 or width % 8:
        raise ValueError(f"has a width of 8 to 512 that 8 divides, such as 32, not {width}.")
    if any(size % 32 for size in input.shape[1:]):
        raise ShapeError(
            "halves its maps five times, so that 32 has to divide height and width.", code="divide"
        )


def _backbone(g: Builder, x: Wire, form: str, width: int, counts: tuple[int, ...]) -> list[Wire]:
    """Stem, four stages, pools; returns maps at 1/8, 1/16 and 1/32 of the picture."""
    write = _c3 if form == "c3" else _c2f

    def stem(g: Builder, x: Wire) -> Wire:
        if form == "c2f":
            return _unit(g, x, "", width, 3, 2)
        x = g.add("conv2d", x, name="conv", filters=width, kernel=6, stride=2, padding=2, bias=False)
        x = g.add("batch_norm", x, name="norm", eps=1e-3, momentum=0.03)
        return g.add("swish", x, name="swish")

    def stage(g: Builder, x: Wire, filters: int, count: int, last: bool) -> Wire:
        x = _unit(g, x, "_down", filters, 3, 2)
        (x,) = g.group("split", partial(write, filters=filters, count=count, adds=True), x)
        return g.group("pools", _sppf, x)[0] if last else x

    (x,) = g.group("stem", stem, x)
    maps = []
    for number, count in enumerate(counts, 1):
        made = partial(stage, filters=width << number, count=count, last=number == len(counts))
        (x,) = g.group(f"stage{number}", made, x)
        maps.append(x)
    return maps[1:]


def _neck(g: Builder, *maps: Wire, form: str, count: int) -> tuple[Wire, ...]:
    """What coarse maps know goes up to the fine ones, and what these have found goes down again."""
    write = _c3 if form == "c3" else _c2f
    fine, middle, coarse = maps

    def join(name: str, x: Wire, other: Wire, filters: int) -> Wire:
        x = g.add("concat", x, other, name=f"{name}_concat", axis="C")
        return g.group(name, partial(write, filters=filters, count=count, adds=False), x)[0]

    kept = []
    x = coarse
    for name, other in (("up1", middle), ("up2", fine)):
        if form == "c3":
            x = _unit(g, x, f"_{name}", other.channels)
        kept.append(x)
        x = g.add("resize", x, name=f"{name}_enlarge", scale=2.0)
        x = join(name, x, other, other.channels)
    found = [x]
    for name, other, filters in (
        ("down1", kept[1], middle.channels),
        ("down2", kept[0], coarse.channels),
    ):
        x = join(name, _unit(g, x, f"_{name}", x.channels, 3, 2), other, filters)
        found.append(x)
    return tuple(found)


@architecture(
    "yolo_v5s",
    title="YOLOv5s",
    category=CATEGORY,
    year=2020,
    source="Jocher 2020, doi:10.5281/zenodo.3908559, release 6",
    input=(3, 640, 640),
    classes=80,
    parameters=7_235_389,
    task="detection",
    also=("one stage detector", "csp", "sppf", "path aggregation", "anchors"),
)
def yolo_v5s(g: Builder, input: Tensor, classes: int, *, width: int = 32, depth: int = 1) -> None:
    """Sends half of the channels of every stage past its bottlenecks, and lets what it found go up and down
    between three sizes of maps before it answers on each of them.

    What leaves are the maps of 3·(5 + classes) channels, at 1/8, 1/16 and 1/32 of the picture. `depth`
    multiplies the bottlenecks.

    Contribution: a YOLO in plain PyTorch with strong augmentation, which is trained in a day.
    Figures: 7.2 M parameters, 8.2 G MACs; 37.4 mAP on COCO.
    Form: exact to release 6: a 6×6 stem, swish, ε = 10⁻³, three pools in a row. Widths 64 and 96 with
        depths 3 and 4 make the large ones, l and x.
    Strengths: fast and easy to train on pictures of one's own.
    Gaps: anchors have to suit the objects; double answers are dropped by a hand-made rule.
    """
    _check(input, width)
    if not 1 <= depth <= 8:
        raise ValueError(f"has a depth of 1 to 8, not {depth}.")
    counts = (depth, 2 * depth, 3 * depth, depth)
    maps = _backbone(g, g.input("picture", input), "c3", width, counts)
    for number, x in enumerate(g.group("neck", partial(_neck, form="c3", count=depth), *maps), 1):
        x = g.add("pointwise_conv2d", x, name=f"say{number}", filters=3 * (5 + classes))
        g.output(f"map{number}", x)


@architecture(
    "yolo_v8n",
    title="YOLOv8n",
    category=CATEGORY,
    year=2023,
    source="Jocher, Chaurasia & Qiu 2023, Ultralytics YOLOv8; Li et al. 2020, arXiv:2006.04388 (box sides)",
    input=(3, 640, 640),
    classes=80,
    parameters=3_157_184,
    task="detection",
    also=("one stage detector", "anchor free", "c2f", "distribution focal loss", "ultralytics"),
)
def yolo_v8n(g: Builder, input: Tensor, classes: int, *, width: int = 16, bins: int = 16) -> None:
    """Finds boxes without anchors: every place says how far the four sides are from it, each as shares over
    16 distances, and apart from that what it sees.

    What leaves are boxes of 4·bins channels and scores of the classes, at 1/8, 1/16 and 1/32 of the picture;
    the mean of the distances by their shares (after a softmax) times 8, 16 or 32 is the side's distance in
    pixels.

    Contribution: box and class by branches of their own; every bottleneck's result reaches the end of its
        stage.
    Figures: 3.2 M parameters, 4.4 G MACs; 37.3 mAP on COCO.
    Form: exact, as released, before the 16 fixed numbers that turn shares into distances; ε = 10⁻³.
    Strengths: small, fast and accurate; no anchors to choose.
    Gaps: double answers are dropped by a hand-made rule.
    """
    _check(input, width)
    if not 2 <= bins <= 64:
        raise ValueError(f"has 2 to 64 bins for a side, such as 16, not {bins}.")
    maps = _backbone(g, g.input("picture", input), "c2f", width, (1, 2, 2, 1))

    def say(g: Builder, x: Wire, inside: int, filters: int) -> Wire:
        x = _unit(g, _unit(g, x, "1", inside, 3), "2", inside, 3)
        return g.add("pointwise_conv2d", x, name="say", filters=filters)

    maps = list(g.group("neck", partial(_neck, form="c2f", count=1), *maps))
    first = maps[0].channels
    for number, x in enumerate(maps, 1):
        for name, inside, filters in (
            ("boxes", max(16, first // 4, 4 * bins), 4 * bins),
            ("scores", max(first, min(classes, 100)), classes),
        ):
            write = partial(say, inside=inside, filters=filters)
            g.output(f"{name}{number}", g.group(f"head_{name}{number}", write, x)[0])
