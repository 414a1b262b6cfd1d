"""Wide residual networks. Zagoruyko & Komodakis 2016, arXiv:1605.07146."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, head, imagenet_stem, numbers, stage, unit, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WORDS = """\
Few residual blocks with k times as many filters learn what very many thin ones do.
Wide layers keep a GPU busy, where a thousand thin ones have to wait for each other.

Contribution: width is increased and depth is decreased; dropout between the convolutions of a block."""
REST = """\
Strengths: parallel use of transformations; features are used again; dropout between the convolutions helps.
Gaps: may overfit; more parameters than thin deep networks."""
CATEGORY = "1.2.1 (4) width"
SOURCE = "Zagoruyko & Komodakis 2016, arXiv:1605.07146"


def wide_resnet(
    g: Builder, input: Tensor, classes: int, *, depth: int = 28, k: int = 10, dropout: float = 0.0
) -> None:
    """Three stages for small pictures; `depth` is 6n + 4."""
    if depth < 10 or (depth - 4) % 6:
        raise ValueError(f"has a depth of 6n + 4, such as 28, not {depth}.")
    x = g.input("input", input)
    x = g.add("conv2d", x, name="conv", filters=16, kernel=3, padding=1, bias=False)
    for number, filters in enumerate((16, 32, 64), 1):

        def block(g: Builder, x: Wire, n: int, *, filters: int = filters, first: int = number) -> Wire:
            stride = 2 if first > 1 and n == 1 else 1
            return g.add(
                "wide_residual", x, name=f"block{n}", filters=filters, k=k, stride=stride, drop=dropout
            )

        x = stage(g, x, f"stage{number}", (depth - 4) // 6, block)
    head(g, x, classes, norm=True)


def _widened(g: Builder, x: Wire, width: int, filters: int, stride: int) -> Wire:
    """A bottleneck of any width inside."""
    y = conv_norm(g, x, "1", filters=width, kernel=1)
    y = conv_norm(g, y, "2", filters=width, stride=stride)
    y = conv_norm(g, y, "3", filters=filters, kernel=1, activation="")
    if x.tensor.shape != y.tensor.shape:
        x = conv_norm(g, x, "_shortcut", filters=filters, kernel=1, stride=stride, activation="")
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


def wide_bottleneck(g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", k: int = 2) -> None:
    """A ResNet for ImageNet whose bottlenecks are k times wider inside."""
    if not 1 <= k <= 16:
        raise ValueError(f"has a widening k of 1 to 16, not {k}.")
    x = imagenet_stem(g, g.input("input", input))
    for number, count in enumerate(numbers(layers, 4, "blocks"), 1):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            width, filters, stride = (32 << number) * k, 128 << number, 2 if number > 1 and n == 1 else 1
            if filters % width:  # k is no divisor of 4
                write = partial(_widened, width=width, filters=filters, stride=stride)
                name = f"stage{number}_block"
                return unit(g, x, f"{name}{n}", write, like=f"{name}2" if n > 2 else "")
            expansion = filters // width
            return g.add("bottleneck", x, name=f"block{n}", width=width, expansion=expansion, stride=stride)

        x = stage(g, x, f"stage{number}", count, block)
    head(g, x, classes)


CIFAR = (
    (40, 4, 8_949_210, "8.9 M parameters; errors 4.53 % on CIFAR-10 and 21.18 % on CIFAR-100."),
    (16, 8, 10_961_370, "11.0 M parameters; errors 4.27 % on CIFAR-10 and 20.43 % on CIFAR-100."),
    (
        28,
        10,
        36_479_194,
        "36.5 M parameters, depth 28; errors 4.00 % on CIFAR-10 and 19.25 % on CIFAR-100, with dropout "
        "3.89 % and 18.85 %. The lecture compares it with a ResNet-1202 of 10.2 M; that network has 19.42 M.",
    ),
)
for depth, k, parameters, figures in CIFAR:
    architecture(
        f"wrn{depth}_{k}_cifar10",
        title=f"WRN-{depth}-{k}",
        category=CATEGORY,
        year=2016,
        source=SOURCE,
        input=(3, 32, 32),
        dataset="shapes32",
        parameters=parameters,
    )(
        variant(
            wide_resnet,
            about(
                WORDS,
                figures,
                "exact, pre-activated blocks; a 1×1 projection where the width changes.",
                REST,
            ),
            depth=depth,
            k=k,
        )
    )

architecture(
    "wide_resnet50_2",
    title="Wide ResNet-50-2",
    category=CATEGORY,
    year=2016,
    source=SOURCE,
    input=(3, 224, 224),
    classes=1000,
    parameters=68_883_240,
)(
    variant(
        wide_bottleneck,
        about(
            WORDS,
            "68.9 M parameters; top-1 error 21.9 %, as good as ResNet-152 with fewer layers.",
            "exact, a ResNet-50 whose 3×3 convolutions are twice as wide, stride in the 3×3.",
            REST,
        ),
    )
)
