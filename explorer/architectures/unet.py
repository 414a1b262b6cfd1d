"""U-Nets: down to see what it is, up to see where it is. Ronneberger et al. 2015, arXiv:1505.04597."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.model import FieldValue
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.3 segmentation"
PAPER = "Ronneberger, Fischer & Brox 2015, arXiv:1505.04597"
DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks in the four stages of the ResNets that can be encoders."""


def _check(width: int, levels: int) -> None:
    if not 1 <= levels <= 8:
        raise ValueError(f"goes down 1 to 8 levels, such as 4, not {levels}.")
    if not 1 <= width <= 512:
        raise ValueError(f"is 1 to 512 channels wide at first, such as 64, not {width}.")


def _double(g: Builder, x: Wire, filters: int, *, padding: int, norm: bool) -> Wire:
    """Two 3×3 convolutions, each with ReLU, and batch norm between if wanted."""
    for number in (1, 2):
        x = g.add(
            "conv2d", x, name=f"conv{number}", filters=filters, kernel=3, padding=padding, bias=not norm
        )
        if norm:
            x = g.add("batch_norm", x, name=f"bn{number}")
        x = g.add("relu", x, name=f"relu{number}")
    return x


def _crop(g: Builder, x: Wire, size: tuple[int, ...]) -> Wire:
    """Cut the middle of this size out of a map."""
    for axis, has, wants in zip("HW", x.tensor.shape[1:], size, strict=True):
        start = (has - wants) // 2
        if has != wants:
            behind = has - wants - start  # counted from the end, so that it serves larger pictures too
            x = g.add("slice", x, name=f"crop_{axis.lower()}", axis=axis, start=start, stop=-behind)
    return x


def _unet(
    g: Builder, input: Tensor, classes: int, width: int, levels: int, *, padding: int, norm: bool
) -> None:
    """The way down, the bottom, the way up with what was kept on the way down."""
    _check(width, levels)
    double = partial(_double, padding=padding, norm=norm)

    def down(g: Builder, x: Wire, filters: int) -> Wire:
        return double(g, g.add("max_pool", x, name="pool", kernel=2), filters)

    def up(g: Builder, x: Wire, kept: Wire, filters: int) -> Wire:
        x = g.add("conv_transpose2d", x, name="up", filters=filters, kernel=2, stride=2)
        if padding and x.tensor.shape != kept.tensor.shape:
            raise ShapeError(
                f"halves its maps {levels} times, so that {2**levels} has to divide height and width.",
                code="divide",
            )
        kept = _crop(g, kept, x.tensor.shape[1:])
        return double(g, g.add("concat", kept, x, name="concat", axis="C"), filters)

    x = g.input("input", input)
    (x,) = g.group("down0", partial(double, filters=width), x)
    kept = [x]
    for level in range(1, levels + 1):
        (x,) = g.group(f"down{level}", partial(down, filters=width * 2**level), x)
        kept.append(x)
    for level in range(levels - 1, -1, -1):
        (x,) = g.group(f"up{level}", partial(up, filters=width * 2**level), x, kept[level])
    x = g.add("pointwise_conv2d", x, name="classes", filters=classes)
    g.output("masks", x)


@architecture(
    "unet_paper",
    title="U-Net",
    category=CATEGORY,
    year=2015,
    source=PAPER,
    input=(1, 572, 572),
    classes=2,
    parameters=31_030_658,
    task="segmentation",
)
def unet_paper(g: Builder, input: Tensor, classes: int, *, width: int = 64, levels: int = 4) -> None:
    """Goes down a ladder of convolutions and pools to learn what is there, and up again to learn where.
    At each rung what was kept on the way down is laid beside, so that edges come back sharp.

    Contribution: skip connections by concatenation between equal levels; trains on some thirty pictures.
    Figures: 23 convolutional layers in the paper; 31,030,658 parameters.
    Form: exact: convolutions without padding, no batch norm, 572×572 in and 388×388 out, as printed; the
        paper's dropout at the end of the way down is left out.
    Strengths: precise borders from few labelled pictures; any size by overlapping tiles.
    Gaps: without padding only certain sizes fit, and the border of the input gets no answer.
    """
    _unet(g, input, classes, width, levels, padding=0, norm=False)


@architecture(
    "unet_same_bn",
    title="U-Net with batch norm",
    category=CATEGORY,
    year=2015,
    source=f"{PAPER}, in the form common today",
    input=(3, 256, 256),
    classes=2,
    parameters=31_037_698,
    task="segmentation",
)
def unet_same_bn(g: Builder, input: Tensor, classes: int, *, width: int = 64, levels: int = 4) -> None:
    """Is the U-Net that most people use: padded convolutions keep the size and batch norm follows each.
    The mask is as large as the picture, and training is faster and steadier.

    Contribution: none of its own; padding and batch norm became common after the paper.
    Figures: 31,037,698 parameters for three channels and two classes.
    Form: variant of the paper: padded, batch norm, convolutions without biases in front of it.
    Strengths: mask and picture have the same size, with no tiles to overlap.
    Gaps: height and width have to be multiples of 16.
    """
    _unet(g, input, classes, width, levels, padding=1, norm=True)


@architecture(
    "unet_shapes",
    title="U-Net, small",
    category=CATEGORY,
    year=2015,
    source=f"{PAPER}, scaled down",
    input=(3, 64, 64),
    classes=4,
    dataset="scenes",
    weights="unet_shapes",
    parameters=482_788,
    task="segmentation",
    run={"epochs": 8, "rate": 0.003},
)
def unet_shapes(g: Builder, input: Tensor, classes: int, *, width: int = 16, levels: int = 3) -> None:
    """Is a U-Net with a quarter of the channels and one level less, which finds discs, squares and triangles
    in drawn scenes. It comes with weights that were trained with this program in minutes.

    Contribution: none of its own; small enough to be trained while somebody watches.
    Figures: see `resources/weights/metrics.json`: the overlap with the truth on scenes it never saw.
    Form: as the U-Net with batch norm, 16 channels at first and three levels.
    Strengths: each map can be looked at; borders are exact to the pixel.
    Gaps: knows three shapes on smooth grounds; height and width have to be multiples of 8.
    """
    _unet(g, input, classes, width, levels, padding=1, norm=True)


Attend = Callable[[Builder, Wire, str], Wire]


def _stem(g: Builder, x: Wire) -> Wire:
    x = g.add("conv2d", x, name="conv", filters=64, kernel=7, stride=2, padding=3, bias=False)
    x = g.add("batch_norm", x, name="bn")
    return g.add("relu", x, name="relu")


def _stage(g: Builder, x: Wire, number: int, count: int, *, deep: bool) -> Wire:
    """A stage of a ResNet, of bottlenecks where it is deep; the first pools before."""
    if number == 1:
        x = g.add("max_pool", x, name="pool", kernel=3, stride=2, padding=1)
    for block in range(1, count + 1):
        stride = 2 if number > 1 and block == 1 else 1
        kind, width = ("bottleneck", "width") if deep else ("residual", "filters")
        size: dict[str, FieldValue] = {width: 64 * 2 ** (number - 1), "stride": stride}
        (x,) = g.add_block(kind, (x,), f"block{block}", size)
    return x


def encode(g: Builder, x: Wire, depth: int, stages: int = 4) -> list[Wire]:
    """Put the stem and stages of a ResNet into groups; returns the maps of all scales, finest first."""
    if depth not in DEPTHS:
        raise ValueError(f"has a ResNet of depth {', '.join(map(str, DEPTHS))} as its encoder, not {depth}.")
    (x,) = g.group("stem", _stem, x)
    maps = [x]
    for number, count in enumerate(DEPTHS[depth][:stages], 1):
        (x,) = g.group(f"stage{number}", partial(_stage, number=number, count=count, deep=depth >= 50), x)
        maps.append(x)
    return maps


def _decoder(g: Builder, x: Wire, *kept: Wire, filters: int, attend: Attend | None) -> Wire:
    """Twice the size, the map of that size beside it, two convolutions."""
    x = g.add("resize", x, name="up", scale=2.0)
    if kept:
        if kept[0].tensor.shape[1:] != x.tensor.shape[1:]:
            raise ShapeError(
                "halves its maps five times, so that 32 has to divide height and width.", code="divide"
            )
        x = g.add("concat", x, *kept, name="concat", axis="C")
        x = attend(g, x, "attention1") if attend else x
    x = _double(g, x, filters, padding=1, norm=True)
    return attend(g, x, "attention2") if attend else x


def _resnet_unet(
    g: Builder, input: Tensor, classes: int, depth: int, width: int, attend: Attend | None
) -> None:
    """A ResNet as the way down, five decoder stages as the way up."""
    if not 1 <= width <= 256:
        raise ValueError(f"ends 1 to 256 channels wide, such as 16, not {width}.")
    maps = encode(g, g.input("input", input), depth)
    x = maps[-1]
    for number, kept in enumerate((maps[3:4], maps[2:3], maps[1:2], maps[0:1], []), 1):
        write = partial(_decoder, filters=width * 2 ** (5 - number), attend=attend)
        (x,) = g.group(f"decoder{number}", write, x, *kept)
    x = g.add("conv2d", x, name="masks_conv", filters=classes, kernel=3, padding=1)
    g.output("masks", x)


@architecture(
    "unet_resnet34",
    title="U-Net on ResNet-34",
    category=CATEGORY,
    year=2015,
    source=f"{PAPER}; He et al. 2015, arXiv:1512.03385 (encoder)",
    input=(3, 256, 256),
    classes=1,
    parameters=24_436_369,
    task="segmentation",
)
def unet_resnet34(g: Builder, input: Tensor, classes: int, *, depth: int = 34, width: int = 16) -> None:
    """Takes a ResNet that can be trained on millions of pictures as its way down, and a light way up.
    So it starts from filters that know edges and textures before it has seen a single mask.

    Contribution: none of its own; the pairing became a standard in competitions.
    Figures: 24.4 M parameters, of which 21.3 M are the encoder's.
    Form: exact to the form in common libraries: decoder of 256, 128, 64, 32 and 16 channels, nearest
        enlargement, two convolutions with batch norm and ReLU per stage.
    Strengths: pre-trained encoder; quick to train.
    Gaps: height and width have to be multiples of 32.
    """
    _resnet_unet(g, input, classes, depth, width, None)


@architecture(
    "scse_unet_resnet34",
    title="scSE U-Net on ResNet-34",
    category="1.2.1 (7) attention",
    year=2018,
    source="Roy, Navab & Wachinger 2018, arXiv:1803.02579",
    input=(3, 256, 256),
    classes=1,
    parameters=24_550_165,
    task="segmentation",
)
def scse_unet_resnet34(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 34,
    width: int = 16,
    reduction: int = 16,
    join: str = "add",
) -> None:
    """Weighs channels and places in every stage of a U-Net's decoder, and adds both results.
    What is important and where it lies thus both count, at hardly any cost.

    Contribution: spatial excitation beside channel excitation, for networks that label every pixel.
    Figures: gains in Dice of 0.12 (MALC) and 0.09 (Visceral) are quoted for it.
    Form: variant: scSE after each concatenation and each decoder stage of U-Net on ResNet-34, r = 16 and
        biases as in common libraries; the paper has it after every block of three networks.
    Strengths: better masks for small objects; fits any encoder-decoder.
    Gaps: two copies of the maps have to be kept.
    """

    def attend(g: Builder, x: Wire, name: str) -> Wire:
        return g.add("scse", x, name=name, reduction=reduction, bias=True, join=join)

    if join not in ("add", "max", "multiply"):
        raise ValueError(f"joins by add, max or multiply, not “{join[:40]}”.")
    _resnet_unet(g, input, classes, depth, width, attend)
