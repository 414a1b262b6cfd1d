"""Darknets: the backbones of YOLO. Redmon & Farhadi 2016, arXiv:1612.08242, and 2018, arXiv:1804.02767."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.2 region based"
SLOPE = 0.1


def unit(g: Builder, x: Wire, name: str, filters: int, kernel: int = 3, stride: int = 1) -> Wire:
    """Convolution without bias, batch norm, leaky ReLU of slope 0.1."""
    x = g.add(
        "conv2d", x, name=name, filters=filters, kernel=kernel, stride=stride, padding=kernel // 2, bias=False
    )
    x = g.add("batch_norm", x, name=f"{name}_bn")
    return g.add("leaky_relu", x, name=f"{name}_leaky", slope=SLOPE)


def alternate(g: Builder, x: Wire, filters: int, count: int) -> Wire:
    """3×3 convolutions, with 1×1 convolutions of half the filters between them."""
    for number in range(1, count + 1):
        wide = number % 2 == 1
        x = unit(g, x, f"conv{number}", filters if wide else filters // 2, 3 if wide else 1)
    return x


STAGES_19 = ((32, 1), (64, 1), (128, 3), (256, 3), (512, 5), (1024, 5))
"""Filters and convolutions of each stage of Darknet-19; a pool stands in front of all but the first."""


def darknet19_stages(g: Builder, x: Wire, width: int) -> list[Wire]:
    """Put the stages into groups; returns what leaves each."""
    if not 2 <= width <= 512 or width % 2:
        raise ValueError(f"starts with an even number of 2 to 512 filters, such as 32, not {width}.")

    def stage(g: Builder, x: Wire, number: int, filters: int, count: int) -> Wire:
        if number > 1:
            x = g.add("max_pool", x, name="pool", kernel=2)
        return alternate(g, x, filters, count)

    maps = []
    for number, (filters, count) in enumerate(STAGES_19, 1):
        write = partial(stage, number=number, filters=filters * width // 32, count=count)
        (x,) = g.group(f"stage{number}", write, x)
        maps.append(x)
    return maps


def _block(g: Builder, x: Wire) -> Wire:
    """1×1 to half the channels, 3×3 back, and what arrived."""
    y = unit(g, x, "conv1", x.channels // 2, 1)
    y = unit(g, y, "conv2", x.channels)
    return g.add("add", x, y, name="add")


STAGES_53 = (1, 2, 8, 8, 4)
"""Residual blocks in the stages of Darknet-53."""


def darknet53_stages(g: Builder, x: Wire, width: int) -> list[Wire]:
    """Put the stages into groups; returns what leaves each."""
    if not 2 <= width <= 512 or width % 2:
        raise ValueError(f"starts with an even number of 2 to 512 filters, such as 32, not {width}.")

    def stage(g: Builder, x: Wire, number: int, count: int) -> Wire:
        x = unit(g, x, "halve", width * 2**number, stride=2)
        for block in range(1, count + 1):
            (x,) = g.group(f"stage{number}_block{block}", _block, x)
        return x

    (x,) = g.group("stem", lambda g, x: unit(g, x, "conv", width), x)
    maps = []
    for number, count in enumerate(STAGES_53, 1):
        (x,) = g.group(f"stage{number}", partial(stage, number=number, count=count), x)
        maps.append(x)
    return maps


@architecture(
    "darknet19",
    title="Darknet-19",
    category=CATEGORY,
    year=2016,
    source="Redmon & Farhadi 2016, arXiv:1612.08242",
    input=(3, 224, 224),
    classes=1000,
    parameters=20_842_376,
)
def darknet19(g: Builder, input: Tensor, classes: int, *, width: int = 32) -> None:
    """Stacks 3×3 convolutions like VGG, but narrows by 1×1 convolutions between them and needs no hidden
    linear layers. Its last convolution gives a map for each class, whose mean is the score.

    Contribution: a fast backbone for YOLOv2.
    Figures: 19 convolutions and 5 pools; 5.58 B operations in the paper (a multiplication and an addition
    count as two).
    Form: exact; PyTorch's ε in batch norm.
    Strengths: a fifth of VGG-16's work at better accuracy.
    Gaps: no shortcuts, so it could not be made much deeper.
    """
    x = darknet19_stages(g, g.input("input", input), width)[-1]
    x = g.add("pointwise_conv2d", x, name="classes", filters=classes)
    x = g.add("global_pool", x, name="pool")
    g.output("output", x)


@architecture(
    "darknet53",
    title="Darknet-53",
    category=CATEGORY,
    year=2018,
    source="Redmon & Farhadi 2018, arXiv:1804.02767",
    input=(3, 224, 224),
    classes=1000,
    parameters=41_609_928,
)
def darknet53(g: Builder, input: Tensor, classes: int, *, width: int = 32) -> None:
    """Adds shortcuts to Darknet: blocks of a 1×1 and a 3×3 convolution, and strides in place of pools.
    It is as accurate as ResNet-152 and twice as fast.

    Contribution: a fast backbone for YOLOv3.
    Figures: 53 layers with weights on the way, of which the last is the linear one; 18.7 B operations in the
        paper for 256×256.
    Form: exact; PyTorch's ε in batch norm.
    Strengths: few kinds of layers, which keep a device busy.
    Gaps: larger than later backbones of equal accuracy.
    """
    x = darknet53_stages(g, g.input("input", input), width)[-1]
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)
