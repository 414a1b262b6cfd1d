"""Xception: Inception taken to its extreme. Chollet 2016, arXiv:1610.02357."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _stem(g: Builder, x: Wire) -> Wire:
    x = conv_norm(g, x, "1", filters=32, stride=2, padding=0)
    return conv_norm(g, x, "2", filters=64, padding=0)


def _separable(g: Builder, x: Wire, number: int, filters: int) -> Wire:
    x = g.add("depthwise_separable_conv2d", x, name=f"separable{number}", filters=filters)
    return g.add("relu", g.add("batch_norm", x, name=f"norm{number}"), name=f"relu{number}")


@architecture(
    "xception",
    title="Xception",
    category="1.2.1 (4) width",
    year=2017,
    source="Chollet 2017, arXiv:1610.02357",
    input=(3, 299, 299),
    classes=1000,
    parameters=22_855_952,
)
def xception(g: Builder, input: Tensor, classes: int, *, middle: int = 8, dropout: float = 0.0) -> None:
    """Looks at places and at channels apart: a filter for every channel, then a 1×1 convolution.

    An Inception module with one path for each channel does the same, which is where the name comes from.

    Contribution: depthwise convolution followed by pointwise convolution, in residual blocks.
    Figures: 22.8 M parameters, 8.4 B MACs, depth 126 and an ImageNet error of 0.055. The depth counts
        norms and activations (36 convolutions are weighted), and the error is 5.5 % top-5.
    Form: exact; entry flow, `middle` blocks, exit flow as in figure 5.
    Strengths: learning across places and then channels is easier than in all three axes at once; cardinality
        is used to learn good abstractions.
    Gaps: high computational cost.
    """
    if not 1 <= middle <= 64:
        raise ValueError(f"has 1 to 64 blocks in the middle, not {middle}.")

    def entry(g: Builder, x: Wire) -> Wire:
        for number, filters in enumerate((128, 256, 728), 1):
            x = g.add(
                "xception_block",
                x,
                name=f"block{number}",
                filters=filters,
                reps=2,
                stride=2,
                start_with_relu=number > 1,
            )
        return x

    def repeated(g: Builder, x: Wire) -> Wire:
        for number in range(1, middle + 1):
            x = g.add("xception_block", x, name=f"block{number}")
        return x

    def end(g: Builder, x: Wire) -> Wire:
        x = g.add("xception_block", x, name="block1", filters=1024, reps=2, stride=2, grow_first=False)
        return _separable(g, _separable(g, x, 1, 1536), 2, 2048)

    def head(g: Builder, x: Wire) -> Wire:
        x = g.add("global_pool", x, name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    x = g.input("input", input)
    for name, write in (
        ("stem", _stem),
        ("entry", entry),
        ("middle", repeated),
        ("exit", end),
        ("head", head),
    ):
        (x,) = g.group(name, write, x)
    g.output("output", x)
