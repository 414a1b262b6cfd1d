"""Pyramidal residual networks. Han, Kim & Kim 2016, arXiv:1610.02915."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, head, imagenet_stem, numbers, stage, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WORDS = """\
Every residual block is a little wider than the one before, so that the maps grow like a pyramid.
Where other networks double the width at a few places, no single block here is so important.

Contribution: increases the width gradually per unit; zero-padded shortcuts; no ReLU after the addition."""
REST = """\
Strengths: widens gradually; avoids a rapid loss of information; covers all places up to the last unit.
Gaps: high cost in space and time; quite complex with very many layers."""
CATEGORY = "1.2.1 (4) width"
SOURCE = "Han, Kim & Kim 2017, arXiv:1610.02915"


def _widths(first: int, alpha: int, units: int) -> Iterator[int]:
    """Widths of all units: they grow by α/N, and only the whole channels are rounded."""
    for number in range(1, units + 1):
        yield int(first + alpha * number / units + 0.5)


def _stages(g: Builder, x: Wire, counts: tuple[int, ...], first: int, alpha: int, form: str) -> Wire:
    units = sum(counts)
    widths = _widths(first, alpha, units)
    for number, count in enumerate(counts, 1):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            return g.add(
                "pyramidal_residual",
                x,
                name=f"block{n}",
                form=form,
                alpha=alpha,
                units=units,
                width=next(widths),
                stride=2 if number > 1 and n == 1 else 1,
            )

        x = stage(g, x, f"stage{number}", count, block)
    return x


def pyramidnet(
    g: Builder, input: Tensor, classes: int, *, depth: int = 164, alpha: int = 270, bottleneck: bool = True
) -> None:
    """Three stages for small pictures; `depth` is 9n + 2 with bottlenecks, else 6n + 2."""
    per = 9 if bottleneck else 6
    if depth < per + 2 or (depth - 2) % per:
        raise ValueError(f"has a depth of {per}n + 2, such as {18 * per + 2}, not {depth}.")
    if alpha < 1:
        raise ValueError(f"widens by an alpha of at least 1, not {alpha}.")

    def stem(g: Builder, x: Wire) -> Wire:
        x = g.add("conv2d", x, name="conv", filters=16, kernel=3, padding=1, bias=False)
        return g.add("batch_norm", x, name="norm")

    (x,) = g.group("stem", stem, g.input("input", input))
    form = "bottleneck" if bottleneck else "basic"
    head(g, _stages(g, x, ((depth - 2) // per,) * 3, 16, alpha, form), classes, norm=True)


def pyramidnet_imagenet(
    g: Builder, input: Tensor, classes: int, *, layers: str = "3-24-36-3", alpha: int = 450
) -> None:
    """Four stages of bottlenecks for ImageNet."""
    if alpha < 1:
        raise ValueError(f"widens by an alpha of at least 1, not {alpha}.")
    x = imagenet_stem(g, g.input("input", input))
    counts = numbers(layers, 4, "blocks")
    head(g, _stages(g, x, counts, 64, alpha, "bottleneck"), classes, norm=True)


EXACT = "exact, {} additive widths, zero-padded shortcuts, order BN-conv-BN-ReLU-conv-BN{}."
CIFAR = (
    (
        164,
        True,
        27_216_021,
        "27.0 M parameters (27.2 M here, norms among them), depth 164; errors 3.48 % on CIFAR-10 and 17.01 % "
        "on CIFAR-100.",
    ),
    (
        110,
        False,
        28_485_477,
        "28.3 M parameters in the paper, 28.5 M here; errors 3.73 % on CIFAR-10 and 18.25 % on CIFAR-100.",
    ),
)
for depth, bottleneck, parameters, figures in CIFAR:
    form = EXACT.format("bottlenecks," if bottleneck else "basic blocks,", "-ReLU-conv-BN" * bottleneck)
    architecture(
        f"pyramidnet{depth}_a270_cifar10",
        title=f"PyramidNet-{depth}, α = 270",
        category=CATEGORY,
        year=2017,
        source=SOURCE,
        input=(3, 32, 32),
        dataset="shapes32",
        parameters=parameters,
    )(variant(pyramidnet, about(WORDS, figures, form, REST), depth=depth, bottleneck=bottleneck))

architecture(
    "pyramidnet200_a450",
    title="PyramidNet-200, α = 450",
    category=CATEGORY,
    year=2017,
    source=SOURCE,
    input=(3, 224, 224),
    classes=1000,
    parameters=116_775_213,
)(
    variant(
        pyramidnet_imagenet,
        about(
            WORDS,
            "116.4 M parameters (116.8 M with batch norms), depth 200; top-5 error 4.7 % (at 320×320).",
            EXACT.format("bottlenecks,", "-ReLU-conv-BN"),
            REST,
        ),
    )
)
