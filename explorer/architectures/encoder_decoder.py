"""Encoder and decoder for every pixel: SegNet, U-Net++, Attention U-Net. Badrinarayanan et al. 2015."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.3 segmentation"
VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of the five stages of VGG-16."""


def _halves(input: Tensor, levels: int) -> None:
    """Refuse sizes that cannot be halved so often."""
    if any(size % 2**levels for size in input.shape[1:]):
        raise ShapeError(
            f"halves its maps {levels} times, so that {2**levels} has to divide height and width.",
            code="divide",
        )


def _unit(g: Builder, x: Wire, end: str, filters: int) -> Wire:
    """3×3 with biases, batch norm, ReLU."""
    x = g.add("conv2d", x, name=f"conv{end}", filters=filters, kernel=3, padding=1)
    return g.add("relu", g.add("batch_norm", x, name=f"norm{end}"), name=f"relu{end}")


def _double(g: Builder, x: Wire, filters: int) -> Wire:
    return _unit(g, _unit(g, x, "1", filters), "2", filters)


@architecture(
    "segnet",
    title="SegNet",
    category=CATEGORY,
    year=2015,
    source="Badrinarayanan, Kendall & Cipolla 2015, arXiv:1511.00561",
    input=(3, 352, 480),
    classes=11,
    parameters=29_449_355,
    task="segmentation",
    also=("max unpooling", "pooling indices", "encoder decoder", "road scenes"),
)
def segnet(g: Builder, input: Tensor, classes: int) -> None:
    """Goes down as VGG-16 does and remembers from which place each pool took its value; on the way up values
    go back to these places, and convolutions fill the gaps.

    Contribution: unpooling by remembered places, which keeps borders sharp and needs no weights.
    Figures: 29.4 M parameters; 26 convolutions, each with batch norm but the last.
    Form: exact to the paper: the 13 convolutions of VGG-16 and their mirror image, with biases; 11 classes of
        CamVid at 480×352 (360 in the data set; 32 has to divide the sides here).
    Strengths: little to remember on the way down, so that it fits small devices.
    Gaps: only places come back, not the maps themselves; U-Net's borders are better.
    """
    _halves(input, len(VGG16))

    def down(g: Builder, x: Wire, filters: int, count: int) -> tuple[Wire, ...]:
        for number in range(1, count + 1):
            x = _unit(g, x, str(number), filters)
        y, index = g.add_all("max_pool", x, name="pool", kernel=2, indices=True)
        return y, index, x

    def up(g: Builder, x: Wire, index: Wire, like: Wire, count: int, filters: int, last: bool) -> Wire:
        x = g.add("max_unpool", x, index, like, name="unpool")
        for number in range(1, count):
            x = _unit(g, x, str(number), x.channels)
        if last:
            return g.add("conv2d", x, name="classes", filters=filters, kernel=3, padding=1)
        return _unit(g, x, str(count), filters)

    x, kept = g.input("picture", input), list[tuple[Wire, Wire]]()
    for number, (filters, count) in enumerate(VGG16, 1):
        x, index, like = g.group(f"down{number}", partial(down, filters=filters, count=count), x)
        kept.append((index, like))
    for number in range(len(VGG16), 0, -1):
        filters = VGG16[number - 2][0] if number > 1 else classes
        write = partial(up, count=VGG16[number - 1][1], filters=filters, last=number == 1)
        (x,) = g.group(f"up{number}", write, x, *kept[number - 1])
    g.output("masks", x)


def _check(width: int, levels: int) -> None:
    if not 1 <= width <= 512 or not 1 <= levels <= 6:
        raise ValueError(f"has 1 to 6 levels and is 1 to 512 channels wide, not {levels} and {width}.")


@architecture(
    "unet_plus_plus",
    title="U-Net++",
    category=CATEGORY,
    year=2018,
    source="Zhou, Siddiquee, Tajbakhsh & Liang 2018, arXiv:1807.10165",
    input=(3, 96, 96),
    classes=1,
    parameters=9_163_329,
    task="segmentation",
    also=("nested u-net", "dense skip connections", "medical"),
)
def unet_plus_plus(
    g: Builder, input: Tensor, classes: int, *, width: int = 32, levels: int = 4, deep: bool = False
) -> None:
    """Fills the gap between the way down and the way up of a U-Net with further convolutions, so that what is
    joined has been worked on about equally. Every node of its grid sees all nodes to its left.

    With `deep` each of its four depths gives an answer of its own, and training compares all of them.

    Contribution: nested skip connections; depths that can be cut off after training.
    Figures: 9.04 M parameters in the paper.
    Form: exact to the common form of 32 to 512 channels: bilinear enlargement with aligned corners, biases
        and batch norm; the paper enlarges by transposed convolutions.
    Strengths: better masks than U-Net's on medical pictures.
    Gaps: many maps at full size have to be held.
    """
    _check(width, levels)
    _halves(input, levels)

    def node(g: Builder, *wires: Wire, filters: int) -> Wire:
        """Beside: what stands to the left at this level. Last: what is one level below."""
        *left, below = wires
        x = g.add("resize", below, name="up", scale=2.0, mode="bilinear", corners=True)
        return _double(g, g.add("concat", *left, x, name="concat", axis="C"), filters)

    def down(g: Builder, x: Wire, filters: int) -> Wire:
        return _double(g, g.add("max_pool", x, name="pool", kernel=2), filters)

    (x,) = g.group("node0_0", partial(_double, filters=width), g.input("picture", input))
    grid = [[x]]
    for level in range(1, levels + 1):
        (x,) = g.group(f"node{level}_0", partial(down, filters=width << level), grid[level - 1][0])
        grid.append([x])
    for step in range(1, levels + 1):
        for level in range(levels - step + 1):
            write = partial(node, filters=width << level)
            wires = (*grid[level], grid[level + 1][step - 1])
            grid[level] += g.group(f"node{level}_{step}", write, *wires)
    for depth in range(1, levels + 1) if deep else (levels,):
        end = str(depth) if deep else ""
        x = g.add("pointwise_conv2d", grid[0][depth], name=f"classes{end}", filters=classes)
        g.output(f"masks{end}", x)


@architecture(
    "attention_unet",
    title="Attention U-Net",
    category=CATEGORY,
    year=2018,
    source="Oktay et al. 2018, arXiv:1804.03999",
    input=(3, 256, 256),
    classes=1,
    parameters=34_878_573,
    task="segmentation",
    also=("attention gate", "medical", "skip connections"),
)
def attention_unet(g: Builder, input: Tensor, classes: int, *, width: int = 64, levels: int = 4) -> None:
    """Lets the coarse maps say which places of the fine ones are worth looking at before they are joined.
    What has nothing to do with the organ that is sought fades, without a second network that finds it first.

    Contribution: attention gates in the skip connections of a U-Net.
    Figures: none comparable are printed, as the paper's is three-dimensional; 34.88 M in the common form.
    Form: variant, in two dimensions as in common code: gates of half the width at equal size, nearest
        enlargement followed by 3×3, biases and batch norm throughout.
    Strengths: small organs of changing shape; gates can be looked at.
    Gaps: one gate for all channels of a place.
    """
    _check(width, levels)
    _halves(input, levels)

    def down(g: Builder, x: Wire, filters: int) -> Wire:
        return _double(g, g.add("max_pool", x, name="pool", kernel=2), filters)

    def gate(g: Builder, asks: Wire, kept: Wire) -> Wire:
        inside = max(1, kept.channels // 2)
        parts = []
        for name, wire in (("asks", asks), ("kept", kept)):
            y = g.add("pointwise_conv2d", wire, name=name, filters=inside)
            parts.append(g.add("batch_norm", y, name=f"{name}_norm"))
        y = g.add("relu", g.add("add", *parts, name="add"), name="relu")
        y = g.add("batch_norm", g.add("pointwise_conv2d", y, name="say", filters=1), name="say_norm")
        y = g.add("sigmoid", y, name="gate")
        return g.add("multiply", kept, y, name="weigh", broadcast=True)

    def up(g: Builder, x: Wire, kept: Wire, filters: int) -> Wire:
        x = _unit(g, g.add("resize", x, name="enlarge", scale=2.0), "0", filters)
        (kept,) = g.group("attention", gate, x, kept)
        return _double(g, g.add("concat", kept, x, name="concat", axis="C"), filters)

    (x,) = g.group("down0", partial(_double, filters=width), g.input("picture", input))
    maps = [x]
    for level in range(1, levels + 1):
        (x,) = g.group(f"down{level}", partial(down, filters=width << level), x)
        maps.append(x)
    for level in range(levels - 1, -1, -1):
        (x,) = g.group(f"up{level}", partial(up, filters=width << level), x, maps[level])
    g.output("masks", g.add("pointwise_conv2d", x, name="classes", filters=classes))
