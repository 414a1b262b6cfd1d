"""Networks that are trained against each other: DCGAN, pix2pix, CycleGAN. Radford et al. 2015."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.6 generative"
DCGAN = "Radford, Metz & Chintala 2015, arXiv:1511.06434"
PIX2PIX = "Isola, Zhu, Zhou & Efros 2016, arXiv:1611.07004"
SLOPE = 0.2


def _check(width: int, levels: int = 1) -> None:
    if not 1 <= width <= 1024:
        raise ValueError(f"is 1 to 1,024 channels wide where it is narrowest, such as 64, not {width}.")
    if not 1 <= levels <= 12:
        raise ValueError(f"has 1 to 12 levels, not {levels}.")


@architecture(
    "dcgan_generator",
    title="DCGAN, generator",
    category=CATEGORY,
    year=2015,
    source=DCGAN,
    input=(100,),
    classes=3,
    parameters=3_576_704,
    task="generation",
    also=("gan", "generative adversarial network", "transposed convolution"),
)
def dcgan_generator(g: Builder, input: Tensor, classes: int, *, width: int = 64) -> None:
    """Makes a picture of 64×64 pixels from 100 random numbers, by doubling maps four times. It is trained to
    deceive a second network that tells made pictures from real ones.

    The number of classes is the number of channels of the picture.

    Contribution: rules with which convolutional GANs train steadily: strides for pools, batch norm, ReLU.
    Figures: none are printed for its size.
    Form: exact to PyTorch's example: 512, 256, 128 and 64 maps, no biases; the paper has 1,024 to 128 and
        begins with a linear layer.
    Strengths: the numbers form a space in which one can walk and reckon.
    Gaps: training may collapse to few pictures; small pictures only.
    """
    _check(width)

    def up(g: Builder, x: Wire, filters: int, stride: int) -> Wire:
        x = g.add(
            "conv_transpose2d",
            x,
            name="up",
            filters=filters,
            kernel=4,
            stride=stride,
            padding=stride - 1,
            bias=False,
        )
        return g.add("relu", g.add("batch_norm", x, name="norm"), name="relu")

    x = g.input("noise", input)
    x = g.add("reshape", x, name="maps", shape=(input.size, 1, 1), axes="CHW")
    for number, filters in enumerate((8 * width, 4 * width, 2 * width, width), 1):
        (x,) = g.group(f"up{number}", partial(up, filters=filters, stride=1 if number == 1 else 2), x)
    x = g.add("conv_transpose2d", x, name="up5", filters=classes, kernel=4, stride=2, padding=1, bias=False)
    g.output("picture", g.add("tanh", x, name="tanh"))


def _down(
    g: Builder, x: Wire, *, filters: int, stride: int = 2, norm: bool = True, bias: bool = False
) -> Wire:
    """Convolution 4×4, batch norm if wanted, leaky ReLU."""
    x = g.add("conv2d", x, name="conv", filters=filters, kernel=4, stride=stride, padding=1, bias=bias)
    if norm:
        x = g.add("batch_norm", x, name="norm")
    return g.add("leaky_relu", x, name="leaky", slope=SLOPE)


@architecture(
    "dcgan_discriminator",
    title="DCGAN, discriminator",
    category=CATEGORY,
    year=2015,
    source=DCGAN,
    input=(3, 64, 64),
    classes=1,
    parameters=2_765_568,
    task="generation",
    also=("gan", "critic", "real or made"),
)
def dcgan_discriminator(g: Builder, input: Tensor, classes: int, *, width: int = 64) -> None:
    """Says how likely a picture of 64×64 pixels is a real one, and so teaches the generator what is missing.
    Strided convolutions halve the maps; there is neither a pool nor a linear layer.

    Contribution: rules with which convolutional GANs train steadily; features that suit classification.
    Figures: none are printed for its size.
    Form: exact to PyTorch's example: 64, 128, 256 and 512 maps, no biases, no norm behind the first.
    Strengths: learns without labels what pictures are made of.
    Gaps: a discriminator that is too good teaches nothing.
    """
    _check(width)
    x = g.input("picture", input)
    for number in range(4):
        (x,) = g.group(f"down{number + 1}", partial(_down, filters=width << number, norm=number > 0), x)
    x = g.add("conv2d", x, name="judge", filters=classes, kernel=4, bias=False)
    x = g.add("sigmoid", x, name="sigmoid")
    g.output("real", g.add("flatten", x, name="flatten"))


@architecture(
    "pix2pix_generator",
    title="pix2pix, generator",
    category=CATEGORY,
    year=2016,
    source=PIX2PIX,
    input=(3, 256, 256),
    classes=3,
    parameters=54_413_955,
    task="generation",
    also=("image to image", "conditional gan", "u-net", "translation of pictures"),
)
def pix2pix_generator(
    g: Builder, input: Tensor, classes: int, *, width: int = 64, levels: int = 8, dropout: float = 0.5
) -> None:
    """Turns a picture of one kind into one of another: maps into aerial views, sketches into photographs. It
    is a U-Net that goes down to a single place, so that lines of the input reach the output directly.

    The number of classes is the number of channels of the answer. Levels halve the picture: with 8 of them
    256 has to divide height and width.

    Contribution: one network and one loss for all translations of pictures, given pairs.
    Figures: none are printed for its size; 54.41 M in the authors' code.
    Form: exact, as released: batch norm, no biases but at the end, dropout of one half in the three deepest
        ways up, which stands for the noise.
    Strengths: the same program for very different tasks.
    Gaps: needs pairs of pictures; dropout brings little variety.
    """
    _check(width, levels)
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")
    if any(size % 2**levels for size in input.shape[1:]):
        raise ShapeError(
            f"halves its maps {levels} times, so that {2**levels} has to divide height and width.",
            code="divide",
        )
    widths = [min(width << level, 8 * width) for level in range(levels)]

    def down(g: Builder, x: Wire, level: int) -> Wire:
        if level:
            x = g.add("leaky_relu", x, name="leaky", slope=SLOPE)
        x = g.add("conv2d", x, name="conv", filters=widths[level], kernel=4, stride=2, padding=1, bias=False)
        return g.add("batch_norm", x, name="norm") if 0 < level < levels - 1 else x

    def up(g: Builder, x: Wire, *kept: Wire, level: int) -> Wire:
        if kept:
            x = g.add("concat", *kept, x, name="concat", axis="C")
        x = g.add("relu", x, name="relu")
        filters = widths[level - 1] if level else classes
        x = g.add(
            "conv_transpose2d", x, name="up", filters=filters, kernel=4, stride=2, padding=1, bias=not level
        )
        if not level:
            return g.add("tanh", x, name="tanh")
        x = g.add("batch_norm", x, name="norm")
        deep = levels - 4 <= level < levels - 1 and widths[level] == widths[level - 1]
        return g.add("dropout", x, name="drop", p=dropout) if deep and dropout else x

    x, maps = g.input("picture", input), list[Wire]()
    for level in range(levels):
        (x,) = g.group(f"down{level + 1}", partial(down, level=level), x)
        maps.append(x)
    for level in range(levels - 1, -1, -1):
        kept = maps[level : level + 1] if level < levels - 1 else []
        (x,) = g.group(f"up{level + 1}", partial(up, level=level), x, *kept)
    g.output("answer", x)


@architecture(
    "patch_gan",
    title="PatchGAN, 70×70",
    category=CATEGORY,
    year=2016,
    source=PIX2PIX,
    input=(3, 256, 256),
    classes=1,
    parameters=2_768_705,
    task="generation",
    also=("discriminator", "conditional gan", "pix2pix", "markovian"),
)
def patch_gan(g: Builder, input: Tensor, classes: int, *, width: int = 64, levels: int = 3) -> None:
    """Judges a pair of pictures piece by piece: each of its 30×30 answers sees 70×70 pixels and says whether
    that piece is real. The whole is left to another loss, so that it can be small.

    Contribution: a discriminator for texture, which works on pictures of any size.
    Figures: none are printed for its size; 2.769 M in the authors' code.
    Form: exact, as released: the question and its answer are laid beside each other, 6 channels in; batch
        norm behind all but the first and last; scores without sigmoid.
    Strengths: few weights; sharp detail.
    Gaps: blind for what is wrong on a larger scale than its pieces.
    """
    _check(width, levels)
    x = g.add("concat", g.input("question", input), g.input("answer", input), name="pair", axis="C")
    for level in range(levels + 1):
        write = partial(
            _down,
            filters=min(width << level, 8 * width),
            stride=2 if level < levels else 1,
            norm=level > 0,
            bias=level == 0,
        )
        (x,) = g.group(f"down{level + 1}", write, x)
    g.output("real", g.add("conv2d", x, name="judge", filters=classes, kernel=4, padding=1))


@architecture(
    "cyclegan_generator",
    title="CycleGAN, generator",
    category=CATEGORY,
    year=2017,
    source="Zhu, Park, Isola & Efros 2017, arXiv:1703.10593; Johnson et al. 2016, arXiv:1603.08155 (form)",
    input=(3, 256, 256),
    classes=3,
    parameters=11_378_179,
    task="generation",
    also=("image to image", "unpaired", "style transfer", "horses and zebras", "gan"),
)
def cyclegan_generator(g: Builder, input: Tensor, classes: int, *, width: int = 64, blocks: int = 9) -> None:
    """Makes a zebra of a horse without having seen a pair of them: a second one like it makes a horse of the
    zebra, and the way there and back has to end where it began.

    The number of classes is the number of channels of the answer.

    Contribution: translation of pictures without pairs, by a loss on the whole cycle.
    Figures: 9 residual blocks for 256×256, 6 for 128×128; 11.38 M in the authors' code.
    Form: exact, as released: mirrored margins, instance norm without learned numbers, biases.
    Strengths: any two collections of pictures will do.
    Gaps: changes colour and texture, hardly shape; may hide what it needs for the way back.
    """
    _check(width)
    if not 0 <= blocks <= 64:
        raise ValueError(f"has 0 to 64 residual blocks, such as 9, not {blocks}.")

    def mirrored(g: Builder, x: Wire, end: str, filters: int, kernel: int) -> Wire:
        margin = kernel // 2
        x = g.add("pad", x, name=f"pad{end}", margin=(margin,) * 4, mode="reflect")
        return g.add("conv2d", x, name=f"conv{end}", filters=filters, kernel=kernel)

    def normed(g: Builder, x: Wire, end: str = "") -> Wire:
        return g.add("relu", g.add("instance_norm", x, name=f"norm{end}"), name=f"relu{end}")

    def stem(g: Builder, x: Wire) -> Wire:
        x = normed(g, mirrored(g, x, "1", width, 7), "1")
        for number, filters in ((2, 2 * width), (3, 4 * width)):
            x = g.add("conv2d", x, name=f"conv{number}", filters=filters, kernel=3, stride=2, padding=1)
            x = normed(g, x, str(number))
        return x

    def block(g: Builder, x: Wire) -> Wire:
        y = normed(g, mirrored(g, x, "1", x.channels, 3), "1")
        y = g.add("instance_norm", mirrored(g, y, "2", x.channels, 3), name="norm2")
        return g.add("add", x, y, name="add")

    def middle(g: Builder, x: Wire) -> Wire:
        if blocks:
            (x,) = g.group("block1", block, x)
        for number in range(2, blocks + 1):
            (x,) = g.use("block1", x, name=f"block{number}")
        return x

    def end(g: Builder, x: Wire) -> Wire:
        for number, filters in ((1, 2 * width), (2, width)):
            x = g.add(
                "conv_transpose2d",
                x,
                name=f"up{number}",
                filters=filters,
                kernel=3,
                stride=2,
                padding=1,
                extra=1,
            )
            x = normed(g, x, str(number))
        return g.add("tanh", mirrored(g, x, "3", classes, 7), name="tanh")

    (x,) = g.group("down", stem, g.input("picture", input))
    (x,) = g.group("blocks", middle, x)
    g.output("answer", g.group("up", end, x)[0])
