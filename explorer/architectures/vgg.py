"""VGG: nothing but 3×3 convolutions, many in a row. Simonyan & Zisserman 2014, arXiv:1409.1556."""

from __future__ import annotations

from typing import Any

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

SPATIAL = "1.2.1 (1) spatial exploitation"
VGG = "Simonyan & Zisserman 2014, arXiv:1409.1556"
NORMED = "Simonyan & Zisserman 2014, arXiv:1409.1556, with the batch norm of Ioffe & Szegedy 2015"


def _counts(text: str) -> list[int]:
    found = numbers(text)
    if not 1 <= len(found) <= 8 or not all(1 <= number <= 64 for number in found):
        raise ValueError(f"has convolutions for 1 to 8 stages, such as 2 2 3 3 3, not “{text[:40]}”.")
    return found


def _network(
    g: Builder,
    input: Tensor,
    classes: int,
    stages: str,
    width: int,
    hidden: int,
    dropout: float,
    *,
    norm: bool,
) -> None:
    """Write the stages, each ending in a pool that halves the maps, and three linear layers."""
    counts = _counts(stages)
    if not 0 <= dropout <= 0.99:
        raise ValueError(f"drops 0 to 0.99 of the hidden values, not {dropout:g}.")
    x = g.input("input", input)
    for number, count in enumerate(counts):
        filters = width * min(8, 2**number)

        def stage(g: Builder, x: Wire, filters: int = filters, count: int = count) -> Wire:
            for _ in range(count):
                conv = {"filters": filters, "kernel": 3, "padding": 1}
                x = g.chain(x, ("conv2d", conv), *(["batch_norm"] if norm else []), "relu")
            return g.add("max_pool", x, kernel=2)

        (x,) = g.group(f"stage{number + 1}", stage, x)

    def classifier(g: Builder, x: Wire) -> Wire:
        layer: list[str | tuple[str, dict[str, Any]]] = [
            ("linear", {"features": hidden}),
            "relu",
            ("dropout", {"p": dropout}),
        ]
        return g.chain(x, "flatten", *layer, *layer, ("linear", {"features": classes}))

    g.output("output", g.group("classifier", classifier, x)[0])


@architecture(
    "vgg11",
    title="VGG-11",
    category=SPATIAL,
    year=2014,
    source=VGG,
    input=(3, 224, 224),
    classes=1000,
    parameters=132_863_336,
)
def vgg11(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stages: str = "1 1 2 2 2",
    width: int = 64,
    hidden: int = 4096,
    dropout: float = 0.5,
    norm: bool = False,
) -> None:
    """Eight 3×3 convolutions and three linear layers, the shallowest network of its paper.
    Two small kernels in a row see as far as a large one, with fewer weights and one more activation.

    `stages` are the convolutions between pools: “2 2 3 3 3” is VGG-16.

    Contribution: a plain, homogeneous topology; the effective receptive field of small kernels.
    Figures: 133 M parameters in the paper, which is right: 132.86 M.
    Form: exact (configuration A, without batch norm).
    Strengths: simple; easy to take apart and to reuse.
    Gaps: nine tenths of the weights stand in three costly linear layers.
    """
    _network(g, input, classes, stages, width, hidden, dropout, norm=norm)


@architecture(
    "vgg13",
    title="VGG-13",
    category=SPATIAL,
    year=2014,
    source=VGG,
    input=(3, 224, 224),
    classes=1000,
    parameters=133_047_848,
)
def vgg13(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stages: str = "2 2 2 2 2",
    width: int = 64,
    hidden: int = 4096,
    dropout: float = 0.5,
    norm: bool = False,
) -> None:
    """Two 3×3 convolutions in each of five stages, and three linear layers.
    It adds to VGG-11 where maps are large and channels few, so that work grows but weights hardly do.

    `stages` are the convolutions between pools.

    Contribution: one of five depths compared under equal conditions.
    Figures: 133 M parameters in the paper, which is right: 133.05 M.
    Form: exact (configuration B, without batch norm).
    Strengths: simple; easy to take apart and to reuse.
    Gaps: nine tenths of the weights stand in three costly linear layers.
    """
    _network(g, input, classes, stages, width, hidden, dropout, norm=norm)


@architecture(
    "vgg16",
    title="VGG-16",
    category=SPATIAL,
    year=2014,
    source=VGG,
    input=(3, 224, 224),
    classes=1000,
    parameters=138_357_544,
)
def vgg16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stages: str = "2 2 3 3 3",
    width: int = 64,
    hidden: int = 4096,
    dropout: float = 0.5,
    norm: bool = False,
) -> None:
    """Thirteen 3×3 convolutions in five stages, each twice as wide as the one before, up to 512.
    Depth comes from repeating one simple layer, and three small kernels in a row see what a 7×7 would.

    `stages` are the convolutions between pools.

    Contribution: a plain, homogeneous topology; the effective receptive field of small kernels.
    Figures: a lecture prints 138 M parameters, 7.3 % error and depth 19. 138.36 M is this network, of depth
    16; 7.3 % is the top-5 error of seven networks together.
    Form: exact (configuration D, without batch norm).
    Strengths: simple; its features serve detection, segmentation and style transfer.
    Gaps: uses computationally expensive fully connected layers: 124 of the 138 M weights.
    """
    _network(g, input, classes, stages, width, hidden, dropout, norm=norm)


@architecture(
    "vgg19",
    title="VGG-19",
    category=SPATIAL,
    year=2014,
    source=VGG,
    input=(3, 224, 224),
    classes=1000,
    parameters=143_667_240,
)
def vgg19(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stages: str = "2 2 4 4 4",
    width: int = 64,
    hidden: int = 4096,
    dropout: float = 0.5,
    norm: bool = False,
) -> None:
    """Sixteen 3×3 convolutions in five stages and three linear layers, the deepest network of its paper.
    Beyond it plain stacks did not get better any more, which shortcuts solved a year later.

    `stages` are the convolutions between pools.

    Contribution: shows how far depth alone goes.
    Figures: a lecture prints 138 M parameters beside depth 19. That is VGG-16; this network has 143.67 M.
    Form: exact (configuration E, without batch norm).
    Strengths: simple; its features serve style transfer.
    Gaps: uses computationally expensive fully connected layers; 19.6 G MACs per picture.
    """
    _network(g, input, classes, stages, width, hidden, dropout, norm=norm)


@architecture(
    "vgg16_bn",
    title="VGG-16 with batch norm",
    category=SPATIAL,
    year=2014,
    source=NORMED,
    input=(3, 224, 224),
    classes=1000,
    parameters=138_365_992,
)
def vgg16_bn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stages: str = "2 2 3 3 3",
    width: int = 64,
    hidden: int = 4096,
    dropout: float = 0.5,
    norm: bool = True,
) -> None:
    """VGG-16 with batch norm after every convolution.
    It therefore learns from random weights, where the original first needed the weights of a shallower
    network.

    `stages` are the convolutions between pools.

    Contribution: none of its own; it joins two ideas, as libraries do.
    Figures: the texts print none. It has 138.37 M parameters, 8,448 more than without norms.
    Form: exact, as in today's libraries: convolutions keep the biases that a norm makes superfluous.
    Strengths: learns faster and to a smaller error than without.
    Gaps: uses computationally expensive fully connected layers.
    """
    _network(g, input, classes, stages, width, hidden, dropout, norm=norm)


@architecture(
    "vgg19_bn",
    title="VGG-19 with batch norm",
    category=SPATIAL,
    year=2014,
    source=NORMED,
    input=(3, 224, 224),
    classes=1000,
    parameters=143_678_248,
)
def vgg19_bn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stages: str = "2 2 4 4 4",
    width: int = 64,
    hidden: int = 4096,
    dropout: float = 0.5,
    norm: bool = True,
) -> None:
    """VGG-19 with batch norm after every convolution.
    The norms keep values in range through nineteen layers, so that it learns from random weights.

    `stages` are the convolutions between pools.

    Contribution: none of its own; it joins two ideas, as libraries do.
    Figures: the texts print none. It has 143.68 M parameters, 11,008 more than without norms.
    Form: exact, as in today's libraries: convolutions keep the biases that a norm makes superfluous.
    Strengths: learns faster and to a smaller error than without.
    Gaps: uses computationally expensive fully connected layers.
    """
    _network(g, input, classes, stages, width, hidden, dropout, norm=norm)
