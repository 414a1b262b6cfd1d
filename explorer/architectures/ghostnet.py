"""GhostNet: more features from cheap operations. Han et al. 2019, arXiv:1911.11907."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm, rounded, stage
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

Row = tuple[int, int, int, bool, int]
"""Kernel, inner channels, channels, with squeeze and excitation, stride."""
STAGES: tuple[tuple[Row, ...], ...] = (
    ((3, 16, 16, False, 1),),
    ((3, 48, 24, False, 2), (3, 72, 24, False, 1)),
    ((5, 72, 40, True, 2), (5, 120, 40, True, 1)),
    (
        (3, 240, 80, False, 2),
        (3, 200, 80, False, 1),
        (3, 184, 80, False, 1),
        (3, 184, 80, False, 1),
        (3, 480, 112, True, 1),
        (3, 672, 112, True, 1),
    ),
    (
        (5, 672, 160, True, 2),
        (5, 960, 160, False, 1),
        (5, 960, 160, True, 1),
        (5, 960, 160, False, 1),
        (5, 960, 160, True, 1),
    ),
)


@architecture(
    "ghostnet",
    title="GhostNet",
    category="1.2.1 mobile and scaling",
    year=2020,
    source="Han, Wang, Tian, et al. 2020, arXiv:1911.11907",
    input=(3, 224, 224),
    classes=1000,
    parameters=5_182_508,
)
def ghostnet(g: Builder, input: Tensor, classes: int, *, alpha: float = 1.0, dropout: float = 0.2) -> None:
    """Half of all maps are computed by convolutions, and the others are cheap copies: ghosts of the first.

    Maps of trained networks resemble each other, so that a small filter turns one into the other.

    Contribution: ghost modules in place of all 1×1 convolutions of a MobileNetV3.
    Figures: 5.2 M parameters and 141 M MACs in the paper; top-1 accuracy 73.9 %.
    Form: exact; ratio 2, depthwise 3×3 filters for the ghosts. `alpha` scales all widths to multiples of 4.
    Strengths: about half of the products of a MobileNetV3 of equal accuracy.
    Gaps: copies see 3×3 places of one map only; many small steps wait for memory.
    """
    if not 0.1 <= alpha <= 4:
        raise ValueError(f"has a width alpha of 0.1 to 4, not {alpha:g}.")
    x = g.input("input", input)
    (x,) = g.group("stem", lambda g, x: conv_norm(g, x, filters=rounded(16 * alpha, 4), stride=2), x)
    for number, rows in enumerate(STAGES, 1):

        def block(g: Builder, x: Wire, n: int, *, rows: tuple[Row, ...] = rows) -> Wire:
            kernel, inner, filters, squeezes, stride = rows[n - 1]
            return g.add(
                "ghost_bottleneck",
                x,
                name=f"block{n}",
                kernel=kernel,
                se=squeezes,
                stride=stride,
                expansion=rounded(inner * alpha, 4) / x.channels,
                filters=rounded(filters * alpha, 4),
            )

        x = stage(g, x, f"stage{number}", len(rows), block)

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, filters=rounded(960 * alpha, 4), kernel=1)
        x = g.add("global_pool", x, name="pool")
        x = g.add("linear", x, name="fc1", features=1280)
        x = g.add("relu", x, name="relu1")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc2", features=classes)

    g.output("output", g.group("head", head, x)[0])
