"""MobileNets: light networks of depthwise convolutions. Howard et al. 2017, arXiv:1704.04861."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, rounded, stage, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.1 mobile and scaling"
Row = tuple[int, int, int, int, bool, str]
"""Kernel, inner channels, channels, stride, with squeeze and excitation, activation."""


def _checked(alpha: float) -> None:
    if not 0.1 <= alpha <= 4:
        raise ValueError(f"has a width alpha of 0.1 to 4, not {alpha:g}.")


@architecture(
    "mobilenet_v1",
    title="MobileNet",
    category=CATEGORY,
    year=2017,
    source="Howard, Zhu, Chen, et al. 2017, arXiv:1704.04861",
    input=(3, 224, 224),
    classes=1000,
    parameters=4_231_976,
)
def mobilenet_v1(g: Builder, input: Tensor, classes: int, *, alpha: float = 1.0) -> None:
    """Takes each convolution apart: a filter for every channel, then a 1×1 convolution over the channels.

    That needs eight to nine times fewer products than 3×3 convolutions, for a loss of one percent.

    Contribution: depthwise separable convolutions; a factor for the width and one for the resolution.
    Figures: 4.2 M parameters and 569 M MACs in the paper; top-1 accuracy 70.6 %.
    Form: exact; `alpha` scales all widths, and the input's size is the other factor (224, 192, 160, 128).
    Strengths: low latency on phones and small devices; two simple settings trade accuracy for speed.
    Gaps: depthwise steps wait for memory; no shortcuts.
    """
    _checked(alpha)

    def wide(filters: int) -> int:
        return max(8, int(filters * alpha))

    def separable(g: Builder, x: Wire, n: int, filters: int, stride: int) -> Wire:
        x = g.add("depthwise_conv2d", x, name=f"depthwise{n}", stride=stride, bias=False)
        x = g.add("relu", g.add("batch_norm", x, name=f"depthwise_norm{n}"), name=f"depthwise_relu{n}")
        return conv_norm(g, x, str(n), filters=wide(filters), kernel=1)

    x = g.input("input", input)
    (x,) = g.group("stem", lambda g, x: conv_norm(g, x, filters=wide(32), stride=2), x)
    for number, (filters, count) in enumerate(((64, 1), (128, 2), (256, 2), (512, 6), (1024, 2)), 1):

        def block(g: Builder, x: Wire, n: int, *, number: int = number, filters: int = filters) -> Wire:
            return separable(g, x, n, filters, 2 if number > 1 and n == 1 else 1)

        x = stage(g, x, f"stage{number}", count, block)
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)


@architecture(
    "mobilenet_v2",
    title="MobileNetV2",
    category=CATEGORY,
    year=2018,
    source="Sandler, Howard, Zhu, Zhmoginov & Chen 2018, arXiv:1801.04381",
    input=(3, 224, 224),
    classes=1000,
    parameters=3_504_872,
)
def mobilenet_v2(
    g: Builder, input: Tensor, classes: int, *, alpha: float = 1.0, dropout: float = 0.2
) -> None:
    """Blocks widen, filter each channel by itself and narrow again; shortcuts join the narrow ends.

    No activation follows the narrow end, since it would destroy what little is left there.

    Contribution: inverted residual with linear bottleneck.
    Figures: 3.4 M parameters and 300 M MACs in the paper; top-1 accuracy 72.0 %.
    Form: exact; `alpha` scales all widths to multiples of 8, the last layer only where it is more than 1.
    Strengths: little memory, because only narrow maps are kept; a base for detectors and segmentation.
    Gaps: the wide maps inside have to be held while a block runs.
    """
    _checked(alpha)
    x = g.input("input", input)
    (x,) = g.group(
        "stem", lambda g, x: conv_norm(g, x, filters=rounded(32 * alpha), stride=2, activation="relu6"), x
    )
    rows = (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )
    for number, (expansion, filters, count, stride) in enumerate(rows, 1):

        def block(
            g: Builder, x: Wire, n: int, *, row: tuple[int, int, int] = (expansion, filters, stride)
        ) -> Wire:
            return g.add(
                "inverted_residual",
                x,
                name=f"block{n}",
                expansion=float(row[0]),
                filters=rounded(row[1] * alpha),
                stride=row[2] if n == 1 else 1,
            )

        x = stage(g, x, f"stage{number}", count, block)

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, filters=rounded(1280 * max(1.0, alpha)), kernel=1, activation="relu6")
        x = g.add("global_pool", x, name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", head, x)[0])


LARGE: tuple[tuple[Row, ...], ...] = (
    ((3, 16, 16, 1, False, "relu"),),
    ((3, 64, 24, 2, False, "relu"), (3, 72, 24, 1, False, "relu")),
    ((5, 72, 40, 2, True, "relu"), (5, 120, 40, 1, True, "relu"), (5, 120, 40, 1, True, "relu")),
    (
        (3, 240, 80, 2, False, "hard_swish"),
        (3, 200, 80, 1, False, "hard_swish"),
        (3, 184, 80, 1, False, "hard_swish"),
        (3, 184, 80, 1, False, "hard_swish"),
    ),
    ((3, 480, 112, 1, True, "hard_swish"), (3, 672, 112, 1, True, "hard_swish")),
    (
        (5, 672, 160, 2, True, "hard_swish"),
        (5, 960, 160, 1, True, "hard_swish"),
        (5, 960, 160, 1, True, "hard_swish"),
    ),
)
SMALL: tuple[tuple[Row, ...], ...] = (
    ((3, 16, 16, 2, True, "relu"),),
    ((3, 72, 24, 2, False, "relu"), (3, 88, 24, 1, False, "relu")),
    (
        (5, 96, 40, 2, True, "hard_swish"),
        (5, 240, 40, 1, True, "hard_swish"),
        (5, 240, 40, 1, True, "hard_swish"),
    ),
    ((5, 120, 48, 1, True, "hard_swish"), (5, 144, 48, 1, True, "hard_swish")),
    (
        (5, 288, 96, 2, True, "hard_swish"),
        (5, 576, 96, 1, True, "hard_swish"),
        (5, 576, 96, 1, True, "hard_swish"),
    ),
)


def _v3_block(g: Builder, x: Wire, name: str, row: Row, alpha: float) -> Wire:
    kernel, inner, filters, stride, squeezes, activation = row
    inner = rounded(inner * alpha)
    return g.add(
        "inverted_residual",
        x,
        name=name,
        kernel=kernel,
        expansion=inner / x.channels,
        filters=rounded(filters * alpha),
        stride=stride,
        activation=activation,
        squeezed=rounded(inner // 4) if squeezes else None,
        eps=1e-3,
        momentum=0.01,
    )


def mobilenet_v3(
    g: Builder, input: Tensor, classes: int, *, small: bool = False, alpha: float = 1.0, dropout: float = 0.2
) -> None:
    """Stages of inverted residuals that were found by search."""
    _checked(alpha)
    x = g.input("input", input)

    def stem(g: Builder, x: Wire) -> Wire:
        return conv_norm(
            g, x, filters=rounded(16 * alpha), stride=2, activation="hard_swish", eps=1e-3, momentum=0.01
        )

    (x,) = g.group("stem", stem, x)
    stages = SMALL if small else LARGE
    for number, rows in enumerate(stages, 1):

        def block(g: Builder, x: Wire, n: int, *, rows: tuple[Row, ...] = rows) -> Wire:
            return _v3_block(g, x, f"block{n}", rows[n - 1], alpha)

        x = stage(g, x, f"stage{number}", len(rows), block)

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(
            g, x, filters=6 * x.channels, kernel=1, activation="hard_swish", eps=1e-3, momentum=0.01
        )
        x = g.add("global_pool", x, name="pool")
        x = g.add("linear", x, name="fc1", features=rounded((1024 if small else 1280) * alpha))
        x = g.add("hard_swish", x, name="hard_swish1")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc2", features=classes)

    g.output("output", g.group("head", head, x)[0])


V3 = """\
A search on real phones chose the blocks, and people redesigned the ends of what it found.
Cheap forms of swish and sigmoid and squeeze and excitation make it more accurate at equal speed.

Contribution: architecture search for one device; hard swish; a cheaper last stage."""
V3_REST = """\
Strengths: fast on phones; the base of light detectors and of LR-ASPP for segmentation.
Gaps: irregular, since it was searched for one kind of device."""
for size, title, parameters, figures in (
    ("large", "MobileNetV3, large", 5_483_032, "5.4 M parameters and 219 M MACs; top-1 accuracy 75.2 %."),
    (
        "small",
        "MobileNetV3, small",
        2_542_856,
        "2.5 M parameters and 56 M MACs (2.9 M and 66 M in its first version); top-1 accuracy 67.4 %.",
    ),
):
    form = "exact; batch norms with ε = 0.001, gates squeeze to a quarter of the inner channels."
    architecture(
        f"mobilenet_v3_{size}",
        title=title,
        category=CATEGORY,
        year=2019,
        source="Howard, Sandler, Chu, et al. 2019, arXiv:1905.02244",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(variant(mobilenet_v3, about(V3, figures, form, V3_REST), small=size == "small"))
