"""SqueezeNet: AlexNet's accuracy with fifty times fewer weights. Iandola et al. 2016, arXiv:1602.07360."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WIDTHS = (16, 16, 32, 32, 48, 48, 64, 64)
"""Channels that the eight fire modules squeeze to; two sizes of filter expand to four times as many each."""
POOLS = {"1_0": (1, 4, 8), "1_1": (1, 3, 5)}
"""Fire modules, counted from 1, in front of which a pool stands."""


def _fire(g: Builder, x: Wire, *, squeezed: int) -> Wire:
    """Squeeze by 1×1, expand by 1×1 and 3×3 beside each other."""
    x = g.add("relu", g.add("pointwise_conv2d", x, name="squeeze", filters=squeezed), name="squeeze_relu")
    near = g.add("pointwise_conv2d", x, name="expand1", filters=4 * squeezed)
    wide = g.add("conv2d", x, name="expand3", filters=4 * squeezed, kernel=3, padding=1)
    near, wide = g.add("relu", near, name="relu1"), g.add("relu", wide, name="relu3")
    return g.add("concat", near, wide, name="concat", axis="C")


def squeezenet(
    g: Builder, input: Tensor, classes: int, *, version: str = "1_0", dropout: float = 0.5
) -> None:
    """One convolution, eight fire modules, a convolution for the classes; `version` is 1_0 or 1_1."""
    if version not in POOLS:
        raise ValueError(f"has a version 1_0 or 1_1, not “{version[:20]}”.")
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")
    filters, kernel = (96, 7) if version == "1_0" else (64, 3)
    x = g.input("input", input)
    x = g.add("conv2d", x, name="conv1", filters=filters, kernel=kernel, stride=2)
    x = g.add("relu", x, name="relu1")
    first = 0
    for number, end in enumerate((*POOLS[version][1:], len(WIDTHS) + 1), 1):

        def modules(g: Builder, x: Wire, *, first: int = first, end: int = end) -> Wire:
            x = g.add("max_pool", x, name="pool", kernel=3, stride=2, ceil_mode=True)
            for place in range(first, end - 1):
                (x,) = g.group(f"fire{place + 2}", partial(_fire, squeezed=WIDTHS[place]), x)
            return x

        (x,) = g.group(f"stage{number}", modules, x)
        first = end - 1

    def head(g: Builder, x: Wire) -> Wire:
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        x = g.add("relu", g.add("pointwise_conv2d", x, name="conv10", filters=classes), name="relu10")
        return g.add("global_pool", x, name="pool")

    g.output("output", g.group("head", head, x)[0])


WORDS = """\
Squeezes its maps to few channels before every 3×3 filter, and takes half of its filters 1×1. There is no
linear layer at the end: the means of a thousand maps are the scores.

Contribution: accuracy of AlexNet with a fiftieth of its weights, before mobile networks were common."""
REST = """\
Strengths: weights of less than 5 MB; fire modules fit into other networks.
Gaps: few weights, but many products; later mobile networks are more accurate at less cost."""
for version, parameters, figures in (
    ("1_0", 1_248_424, "1,248,424 parameters in the paper; top-1 57.5 %, top-5 80.3 %, as AlexNet."),
    ("1_1", 1_235_496, "1,235,496 parameters and 2.4 times fewer products than version 1.0."),
):
    architecture(
        f"squeezenet{version}",
        title=f"SqueezeNet {version.replace('_', '.')}",
        category="1.2.1 mobile and scaling",
        year=2016,
        source="Iandola et al. 2016, arXiv:1602.07360",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
        also=("fire module", "small model", "compression"),
    )(
        variant(
            squeezenet,
            about(WORDS, figures, "exact, with the authors' pools that round up.", REST),
            version=version,
        )
    )
