"""Densely connected networks. Huang, Liu, van der Maaten & Weinberger 2016, arXiv:1608.06993."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, head, imagenet_stem, numbers, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WORDS = """\
Every layer of a block reads the maps of all layers before it and adds only a few of its own.
Nothing has to be learned or carried on twice, and gradients reach early layers directly.

Contribution: cross-layer information flow; connections by concatenation instead of addition."""
REST = """\
Strengths: maximum data flow between layers; old features stay in reach of the classifier, so that few
    parameters are enough.
Gaps: the number of maps grows with every layer, and with it memory and the cost of later layers."""
CATEGORY = "1.2.1 (3) multi-path"
DEEPEST = 1000
"""Layers of a network for small pictures; a thousand narrow ones have a quarter of a billion weights."""
SOURCE = "Huang, Liu, van der Maaten & Weinberger 2016, arXiv:1608.06993"


def _dense(
    g: Builder,
    x: Wire,
    layers: tuple[int, ...],
    growth: int,
    compression: float,
    dropout: float,
    *,
    bottleneck: bool = True,
) -> Wire:
    """Dense blocks with a transition between any two."""
    for number, count in enumerate(layers, 1):
        x = g.add(
            "dense_block",
            x,
            name=f"dense{number}",
            layers=count,
            growth=growth,
            bottleneck=bottleneck,
            dropout=dropout,
        )
        if number < len(layers):
            x = g.add("dense_transition", x, name=f"transition{number}", compression=compression)
    return x


def densenet(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: str = "6-12-24-16",
    growth: int = 32,
    initial: int = 64,
    compression: float = 0.5,
    dropout: float = 0.0,
) -> None:
    """Four dense blocks for ImageNet; the depth is twice the sum of `layers`, plus 5."""
    x = imagenet_stem(g, g.input("input", input), filters=initial)
    x = _dense(g, x, numbers(layers, 4, "layers"), growth, compression, dropout)
    head(g, x, classes, norm=True)


def densenet_cifar(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 40,
    growth: int = 12,
    bottleneck: bool = False,
    compression: float = 1.0,
    dropout: float = 0.0,
) -> None:
    """Three dense blocks for small pictures; BC is `bottleneck` with a `compression` of 0.5."""
    per = 6 if bottleneck else 3
    if not per + 4 <= depth <= DEEPEST or (depth - 4) % per:
        example = 100 if bottleneck else 40
        raise ValueError(f"has a depth of {per}n + 4 up to {DEEPEST:,}, such as {example}, not {depth}.")
    x = g.input("input", input)
    initial = 2 * growth if bottleneck else 16
    x = g.add("conv2d", x, name="conv", filters=initial, kernel=3, padding=1, bias=False)
    x = _dense(g, x, ((depth - 4) // per,) * 3, growth, compression, dropout, bottleneck=bottleneck)
    head(g, x, classes, norm=True)


IMAGENET = (
    (121, "6-12-24-16", 32, 64, 7_978_856, "8.0 M parameters and 2.9 G MACs; top-1 error 25.0 %."),
    (161, "6-12-36-24", 48, 96, 28_681_000, "28.7 M parameters and 7.7 G MACs; top-1 error 22.2 %."),
    (
        169,
        "6-12-32-32",
        32,
        64,
        14_149_480,
        "14 M parameters and 3.5 B MACs (3.4 here); top-1 accuracy 76.2 %.",
    ),
    (201, "6-12-48-32", 32, 64, 20_013_928, "20.0 M parameters and 4.3 G MACs; top-1 error 22.6 %."),
    (
        264,
        "6-12-64-48",
        32,
        64,
        33_337_704,
        "34 M parameters and 6.0 B MACs (33.3 M and 5.8 G here, in 265 layers by the usual count); top-1 "
        "accuracy 77.9 %.",
    ),
)
for depth, layers, growth, initial, parameters, figures in IMAGENET:
    note = " The lecture's caption “ResNet-121” means this network." if depth == 121 else ""
    form = "exact, DenseNet-BC as published: bottlenecks of 4·k maps, transitions that keep half."
    architecture(
        f"densenet{depth}",
        title=f"DenseNet-{depth}",
        category=CATEGORY,
        year=2016,
        source=SOURCE,
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(
        variant(
            densenet, about(WORDS, figures + note, form, REST), layers=layers, growth=growth, initial=initial
        )
    )

CIFAR = (
    (40, 12, False, 1_019_722, "1.0 M parameters; error 5.24 % on CIFAR-10 with augmentation."),
    (100, 12, True, 769_162, "0.8 M parameters; error 4.51 % on CIFAR-10 with augmentation."),
    (190, 40, True, 25_624_430, "25.6 M parameters; error 3.46 % on CIFAR-10+, 17.18 % on CIFAR-100+."),
    (
        250,
        24,
        True,
        15_324_406,
        "15.3 M parameters; error 5.19 % on CIFAR-10 and 19.64 % on CIFAR-100 without augmentation, 3.62 % "
        "and 17.60 % with it. The lecture prints the first pair beside the augmented one of DenseNet-190.",
    ),
)
for depth, growth, bc, parameters, figures in CIFAR:
    form = (
        "exact, bottlenecks of 4·k maps, transitions that keep half, 2·k maps to begin with."
        if bc
        else "exact, without bottlenecks and compression, 16 maps to begin with."
    )
    architecture(
        f"densenet{depth}_k{growth}{'_bc' if bc else ''}_cifar10",
        title=f"DenseNet{'-BC' if bc else ''} {depth}, k = {growth}",
        category=CATEGORY,
        year=2016,
        source=SOURCE,
        input=(3, 32, 32),
        dataset="shapes32",
        parameters=parameters,
    )(
        variant(
            densenet_cifar,
            about(WORDS, figures, form, REST),
            depth=depth,
            growth=growth,
            bottleneck=bc,
            compression=0.5 if bc else 1.0,
        )
    )
