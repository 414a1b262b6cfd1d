"""EfficientNets: depth, width and resolution grow together. Tan & Le 2019, arXiv:1905.11946."""

from __future__ import annotations

from math import ceil

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, rounded, stage, variant
from explorer.blocks.margins import padded
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""Expansion, kernel, stride, channels and blocks of each stage of B0."""


def efficientnet(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: float = 1.0,
    depth: float = 1.0,
    dropout: float = 0.2,
    drop_connect: float = 0.2,
    eps: float = 1e-5,
    momentum: float = 0.1,
) -> None:
    """Seven stages of MBConv; `width` and `depth` multiply channels and blocks."""
    for name, value in (("width", width), ("depth", depth)):
        if not 0.1 <= value <= 8:
            raise ValueError(f"has a factor {name} of 0.1 to 8, not {value:g}.")
    counts = [ceil(repeats * depth) for *_, repeats in STAGES]
    x = g.input("input", input)

    def stem(g: Builder, x: Wire) -> Wire:
        return conv_norm(
            g, x, filters=rounded(32 * width), stride=2, activation="swish", eps=eps, momentum=momentum
        )

    (x,) = g.group("stem", stem, x)
    for number, (expansion, kernel, stride, filters, _) in enumerate(STAGES):

        def block(
            g: Builder,
            x: Wire,
            n: int,
            *,
            row: tuple[int, ...] = (expansion, kernel, stride, filters),
            before: int = sum(counts[:number]),
        ) -> Wire:
            return g.add(
                "mbconv",
                x,
                name=f"block{n}",
                expansion=float(row[0]),
                kernel=row[1],
                stride=row[2] if n == 1 else 1,
                filters=rounded(row[3] * width),
                drop_connect=drop_connect * (before + n - 1) / sum(counts),
                eps=eps,
                momentum=momentum,
            )

        x = stage(g, x, f"stage{number + 1}", counts[number], block)

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, filters=4 * x.channels, kernel=1, activation="swish", eps=eps, momentum=momentum)
        x = g.add("global_pool", x, name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", head, x)[0])


WORDS = """\
One factor scales depth, width and resolution together, because each of them alone soon stops paying off.
The base network was searched for few products, and seven larger ones follow from it.

Contribution: compound scaling of a searched network of mobile blocks."""
REST = """\
Strengths: fewer parameters and products than others of equal accuracy, up to ten times.
Gaps: depthwise convolutions and large inputs need much memory and time for the products that they count."""
for number, (size, width, depth, dropout, parameters, figures) in enumerate(
    (
        (
            224,
            1.0,
            1.0,
            0.2,
            5_288_548,
            "5.3 M parameters, 0.39 B FLOPS, accuracy 76.3 % top-1, 93.2 % top-5",
        ),
        (
            240,
            1.0,
            1.1,
            0.2,
            7_794_184,
            "7.8 M parameters, 0.70 B FLOPS, accuracy 78.8 % top-1, 94.4 % top-5",
        ),
        (260, 1.1, 1.2, 0.3, 9_109_994, "9.2 M parameters, 1.0 B FLOPS, accuracy 79.8 % top-1, 94.9 % top-5"),
        (300, 1.2, 1.4, 0.3, 12_233_232, "12 M parameters, 1.8 B FLOPS, accuracy 81.1 % top-1, 95.5 % top-5"),
        (380, 1.4, 1.8, 0.4, 19_341_616, "19 M parameters, 4.2 B FLOPS, accuracy 82.6 % top-1, 96.3 % top-5"),
        (456, 1.6, 2.2, 0.4, 30_389_784, "30 M parameters, 9.9 B FLOPS, accuracy 83.3 % top-1, 96.7 % top-5"),
        (528, 1.8, 2.6, 0.5, 43_040_704, "43 M parameters, 19 B FLOPS, accuracy 84.0 % top-1, 96.9 % top-5"),
        (600, 2.0, 3.1, 0.5, 66_347_960, "66 M parameters, 37 B FLOPS, accuracy 84.4 % top-1, 97.1 % top-5"),
    )
):
    eps, momentum = (1e-5, 0.1) if number < 5 else (1e-3, 0.01)
    form = (
        "exact; gates squeeze to a quarter of the block's input, channels round to multiples of 8, repeats "
        "are rounded up."
    )
    architecture(
        f"efficientnet_b{number}",
        title=f"EfficientNet-B{number}",
        category="1.2.1 mobile and scaling",
        year=2019,
        source="Tan & Le 2019, arXiv:1905.11946",
        input=(3, size, size),
        classes=1000,
        parameters=parameters,
    )(
        variant(
            efficientnet,
            about(WORDS, f"{figures}; the FLOPS of the table are MACs.", form, REST),
            width=width,
            depth=depth,
            dropout=dropout,
            eps=eps,
            momentum=momentum,
        )
    )


LITE = ((1.0, 1.0), (1.0, 1.1), (1.1, 1.2), (1.2, 1.4), (1.4, 1.8))
"""Width and depth of Lite0 to Lite4; both ends keep their widths, first and last stage their depth."""
LITE_EPS, LITE_MOMENTUM = 1e-3, 0.01


@architecture(
    "efficientnet_lite0",
    title="EfficientNet-Lite0",
    category="1.2.1 mobile and scaling",
    year=2020,
    source="Liu 2020, EfficientNet-Lite; code: tensorflow/tpu, models/official/efficientnet/lite",
    input=(3, 224, 224),
    classes=1000,
    weights="efficientnet_lite0",
    parameters=4_652_008,
)
def efficientnet_lite(
    g: Builder, input: Tensor, classes: int, *, scale: int = 0, dropout: float = 0.2
) -> None:
    """EfficientNet without what small devices compute slowly: no squeeze and excitation, ReLU6 for swish.

    The weights that ship with it were trained on ImageNet; pictures from 0 to 1 are brought to the numbers
    that they know in the first step.

    Contribution: a network for phones that keeps its accuracy when it is quantised.
    Figures: 4.7 M parameters, 0.41 B MACs, accuracy 75.1 % top-1 (Lite0); 13 M and 80.2 % for Lite4.
    Form: exact; `scale` 0 to 4 gives Lite0 to Lite4. Margins as in TensorFlow: an odd one at the right and
        below.
    Strengths: runs on a processor in a moment; every step can be quantised to whole numbers of 8 bits.
    Gaps: a few points less accurate than EfficientNet of the same size.
    """
    if not 0 <= scale < len(LITE):
        raise ValueError(f"has a scale of 0 to {len(LITE) - 1}, not {scale}.")
    width, depth = LITE[scale]
    x = g.input("input", input)
    # (x · 255 − 127) / 128, as in training
    x = g.add("standardize", x, name="standardize", mean=_thrice(127 / 255), std=_thrice(128 / 255))

    def stem(g: Builder, x: Wire) -> Wire:
        x, padding = padded(g, x, "conv", 3, 2)
        return conv_norm(
            g,
            x,
            filters=32,
            stride=2,
            padding=padding[0],
            activation="relu6",
            eps=LITE_EPS,
            momentum=LITE_MOMENTUM,
        )

    (x,) = g.group("stem", stem, x)
    for number, (expansion, kernel, stride, filters, repeats) in enumerate(STAGES, 1):
        fixed = number in (1, len(STAGES))

        def block(
            g: Builder,
            x: Wire,
            n: int,
            *,
            row: tuple[int, int, int, int] = (expansion, kernel, stride, rounded(filters * width)),
        ) -> Wire:
            step = row[2] if n == 1 else 1
            return g.add(
                "inverted_residual",
                x,
                name=f"block{n}",
                expansion=float(row[0]),
                kernel=row[1],
                stride=step,
                filters=row[3],
                odd_margin=step > 1,
                eps=LITE_EPS,
                momentum=LITE_MOMENTUM,
            )

        x = stage(g, x, f"stage{number}", repeats if fixed else ceil(repeats * depth), block)

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, filters=1280, kernel=1, activation="relu6", eps=LITE_EPS, momentum=LITE_MOMENTUM)
        x = g.add("global_pool", x, name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", head, x)[0])


def _thrice(value: float) -> str:
    return ", ".join([f"{value:.9f}"] * 3)
