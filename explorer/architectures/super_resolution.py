"""Super-resolution: a picture four times as large, and its judge. Ledig et al. 2016, arXiv:1609.04802."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

PAPER = "Ledig et al. 2016, arXiv:1609.04802"


@architecture(
    "srresnet_x4",
    title="SRResNet ×4",
    category="1.2.1 (3) multi-path",
    year=2017,
    source=PAPER,
    input=(3, 24, 24),
    classes=3,
    parameters=1_549_462,
    task="super-resolution",
)
def srresnet_x4(
    g: Builder, input: Tensor, classes: int, *, width: int = 64, blocks: int = 16, doublings: int = 2
) -> None:
    """Works on the small picture through sixteen residual blocks and enlarges only at the end.
    New pixels are channels that are laid out as squares, so that all work is done where it is cheap.

    The number of classes is the number of channels of the picture that comes out.

    Contribution: the generator of SRGAN, the first to give believable textures at four times the size.
    Figures: 1.5 M parameters; 16 blocks of 64 channels.
    Form: exact to the common form: biases in all convolutions, one PReLU slope for each activation.
    Strengths: any size of picture; sharp with the adversarial loss.
    Gaps: batch norm can leave artefacts; invented detail is not what was there.
    """
    if not 1 <= width <= 1024 or not 1 <= blocks <= 256:
        raise ValueError(f"has 1 to 1,024 channels and 1 to 256 blocks, not {width} and {blocks}.")
    if not 0 <= doublings <= 4:
        raise ValueError(f"doubles the size 0 to 4 times, not {doublings}.")

    def body(g: Builder, x: Wire) -> Wire:
        for number in range(1, blocks + 1):
            x = g.add("srgan_residual", x, name=f"block{number}", bias=True)
        x = g.add("conv2d", x, name="conv", filters=width, kernel=3, padding=1)
        return g.add("batch_norm", x, name="bn")

    def enlarge(g: Builder, x: Wire) -> Wire:
        for number in range(1, doublings + 1):
            x = g.add("conv2d", x, name=f"conv{number}", filters=4 * width, kernel=3, padding=1)
            x = g.add("pixel_shuffle", x, name=f"shuffle{number}")
            x = g.add("prelu", x, name=f"prelu{number}")
        return x

    x = g.input("input", input)
    x = g.add("conv2d", x, name="conv_in", filters=width, kernel=9, padding=4)
    seen = g.add("prelu", x, name="prelu")
    (x,) = g.group("body", body, seen)
    x = g.add("add", seen, x, name="add")
    if doublings:
        (x,) = g.group("enlarge", enlarge, x)
    x = g.add("conv2d", x, name="conv_out", filters=classes, kernel=9, padding=4)
    g.output("picture", x)


@architecture(
    "photos_x2",
    title="Super-resolution ×2, small",
    category="1.2.1 (3) multi-path",
    year=2016,
    source="Shi et al. 2016, arXiv:1609.05158; Kim, Lee & Lee 2016, arXiv:1511.04587",
    input=(3, 32, 32),
    classes=3,
    dataset="photo_crops",
    weights="photos_x2",
    parameters=22_860,
    task="super-resolution",
    also=("espcn", "upsampling"),
    run={"epochs": 30, "rate": 0.002},
)
def photos_x2(g: Builder, input: Tensor, classes: int, *, width: int = 32, layers: int = 4) -> None:
    """Enlarges a photograph to twice its size as usual, and adds what a small network says is missing.
    The network works on the small picture, and lays the new pixels out at the end.

    The number of classes is the number of channels, as many as come in.

    Contribution: none of its own: ESPCN's arrangement of pixels and VDSR's sum with an enlarged picture.
    Figures: see `resources/weights/metrics.json`: PSNR on crops it never saw, beside that of bicubic.
    Form: a reconstruction in small: four 3×3 convolutions with 32 channels.
    Strengths: any size of picture; starts from what is there, so that it is never far off.
    Gaps: sharpens edges and does not invent texture; learned from nine photographs.
    """
    if not 1 <= width <= 1024 or not 1 <= layers <= 64:
        raise ValueError(f"has 1 to 1,024 channels and 1 to 64 layers, not {width} and {layers}.")
    if classes != input.shape[0]:
        raise ValueError(f"gives as many channels as it reads, {input.shape[0]}, not {classes}.")

    def details(g: Builder, x: Wire) -> Wire:
        for number in range(1, layers):
            x = g.add("conv2d", x, name=f"conv{number}", filters=width, kernel=3, padding=1)
            x = g.add("relu", x, name=f"relu{number}")
        x = g.add("conv2d", x, name=f"conv{layers}", filters=4 * classes, kernel=3, padding=1)
        return g.add("pixel_shuffle", x, name="shuffle")

    x = g.input("input", input)
    (new,) = g.group("details", details, x)
    enlarged = g.add("resize", x, name="enlarge", scale=2.0, mode="bicubic")
    g.output("picture", g.add("add", enlarged, new, name="add"))


LAYERS = ((64, 1), (64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 2))
"""Filters at width 64 and stride of the discriminator's convolutions."""


@architecture(
    "srgan_discriminator",
    title="SRGAN discriminator",
    category="1.2.1 (1) spatial exploitation",
    year=2017,
    source=PAPER,
    input=(3, 96, 96),
    classes=1,
    parameters=23_565_505,
    task="super-resolution",
)
def srgan_discriminator(
    g: Builder, input: Tensor, classes: int, *, width: int = 64, hidden: int = 1024, slope: float = 0.2
) -> None:
    """Tells enlarged pictures from real ones, and thereby teaches the generator what real ones look like.
    Strides halve the size and filters double in turn, as in VGG, and no pool is used.

    Contribution: an adversarial loss that prefers believable textures to blurred averages.
    Figures: eight convolutions and a hidden layer of 1,024 units.
    Form: exact, with biases in all convolutions; the answer is a probability.
    Strengths: used in training only.
    Gaps: bound to 96×96 pixels by its linear layer, which holds four fifths of the weights.
    """
    if not 8 <= width <= 1024 or not 1 <= hidden <= 65_536 or not 0 <= slope <= 1:
        raise ValueError("has 8 to 1,024 channels, 1 to 65,536 units and a slope from 0 to 1.")

    def features(g: Builder, x: Wire) -> Wire:
        for number, (filters, stride) in enumerate(LAYERS, 1):
            x = g.add(
                "conv2d",
                x,
                name=f"conv{number}",
                filters=filters * width // 64,
                kernel=3,
                stride=stride,
                padding=1,
            )
            if number > 1:
                x = g.add("batch_norm", x, name=f"bn{number}")
            x = g.add("leaky_relu", x, name=f"leaky{number}", slope=slope)
        return x

    x = g.input("picture", input)
    (x,) = g.group("features", features, x)
    x = g.add("flatten", x, name="flatten")
    x = g.add("linear", x, name="fc1", features=hidden)
    x = g.add("leaky_relu", x, name="leaky", slope=slope)
    x = g.add("linear", x, name="fc2", features=classes)
    x = g.add("sigmoid", x, name="sigmoid")
    g.output("real", x)
