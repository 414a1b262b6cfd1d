"""Wide residual networks. Zagoruyko & Komodakis 2016, arXiv:1605.07146."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, head, imagenet_stem, numbers, stage, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WORDS = """\
Few residual blocks with k times as many filters learn what very many thin ones do.
Wide layers keep a graphics card busy, where a thousand thin ones have to wait for each other.

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


def wide_bottleneck(g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", k: int = 2) -> None:
    """A ResNet for ImageNet whose bottlenecks are k times wider inside."""
    if k not in (1, 2, 4):
        raise ValueError(f"has a widening k of 1, 2 or 4, not {k}.")
    x = imagenet_stem(g, g.input("input", input))
    for number, count in enumerate(numbers(layers, 4, "blocks"), 1):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            return g.add(
                "bottleneck",
                x,
                name=f"block{n}",
                width=(32 << number) * k,
                expansion=4 // k,
                stride=2 if number > 1 and n == 1 else 1,
            )

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
