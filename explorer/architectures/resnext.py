"""ResNeXt: residual networks of many equal paths. Xie et al. 2016, arXiv:1611.05431."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, head, imagenet_stem, numbers, stage, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WORDS = """\
Each block sends its input through many narrow paths of one shape and adds up what they find.
The number of paths, the cardinality, is a third size beside depth and width, and helps more than both.

Contribution: cardinality; a homogeneous topology; grouped convolution."""
REST = """\
Strengths: diverse transformations at each layer; one topology for all blocks, so that few settings have to
    be chosen.
Gaps: high computational cost; grouped convolutions run slower than their products suggest."""
CATEGORY = "1.2.1 (4) width"
SOURCE = "Xie, Girshick, Dollár, Tu & He 2017, arXiv:1611.05431"


def _stages(g: Builder, x: Wire, counts: tuple[int, ...], cardinality: int, width: int) -> Wire:
    for number, count in enumerate(counts):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            return g.add(
                "resnext",
                x,
                name=f"block{n}",
                cardinality=cardinality,
                width=width << number,
                filters=256 << number,
                stride=2 if number and n == 1 else 1,
            )

        x = stage(g, x, f"stage{number + 1}", count, block)
    return x


def resnext(
    g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", cardinality: int = 32, width: int = 4
) -> None:
    """Four stages for ImageNet; `width` is that of one path in the first stage."""
    x = imagenet_stem(g, g.input("input", input))
    head(g, _stages(g, x, numbers(layers, 4, "blocks"), cardinality, width), classes)


def resnext_cifar(
    g: Builder, input: Tensor, classes: int, *, depth: int = 29, cardinality: int = 8, width: int = 64
) -> None:
    """Three stages for small pictures; `depth` is 9n + 2."""
    if depth < 11 or (depth - 2) % 9:
        raise ValueError(f"has a depth of 9n + 2, such as 29, not {depth}.")
    (x,) = g.group("stem", lambda g, x: conv_norm(g, x, filters=64), g.input("input", input))
    head(g, _stages(g, x, ((depth - 2) // 9,) * 3, cardinality, width), classes)


CIFAR = (
    (8, 34_426_698, "34.4 M parameters; errors 3.65 % on CIFAR-10 and 17.77 % on CIFAR-100."),
    (16, 68_155_210, "68.1 M parameters, depth 29; errors 3.58 % on CIFAR-10 and 17.31 % on CIFAR-100."),
)
for cardinality, parameters, figures in CIFAR:
    architecture(
        f"resnext29_{cardinality}x64d_cifar10",
        title=f"ResNeXt-29, {cardinality}×64d",
        category=CATEGORY,
        year=2017,
        source=SOURCE,
        input=(3, 32, 32),
        dataset="shapes32",
        parameters=parameters,
    )(
        variant(
            resnext_cifar,
            about(WORDS, figures, "exact, grouped convolutions (the third form of the paper).", REST),
            cardinality=cardinality,
        )
    )

IMAGENET = (
    (50, "3-4-6-3", 32, 4, 25_028_904, "25.0 M parameters and 4.2 G MACs; top-1 error 22.2 %."),
    (
        101,
        "3-4-23-3",
        32,
        4,
        44_177_704,
        "top-5 error 4.4 % and depth 101 in the lecture, which is the 64×4d network at 320×320; 44.2 M "
        "parameters and 8.0 G MACs here.",
    ),
    (
        101,
        "3-4-23-3",
        64,
        4,
        83_455_272,
        "84 M parameters and 32 B MACs; 83.5 M and 15.5 G MACs at 224×224, 32 B holds at 320×320.",
    ),
)
for depth, layers, cardinality, width, parameters, figures in IMAGENET:
    architecture(
        f"resnext{depth}_{cardinality}x{width}d",
        title=f"ResNeXt-{depth}, {cardinality}×{width}d",
        category=CATEGORY,
        year=2017,
        source=SOURCE,
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(
        variant(
            resnext,
            about(WORDS, figures, "exact, grouped convolutions (the third form of the paper).", REST),
            layers=layers,
            cardinality=cardinality,
            width=width,
        )
    )
