"""DeepLabv3+: a pyramid of dilated filters, and a decoder for borders. Chen et al. 2018, arXiv:1802.02611."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.architectures.parts import conv_norm, imagenet_stem
from explorer.architectures.segmentation import CATEGORY, DEPTHS, dilated
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _separable(g: Builder, x: Wire, end: str, filters: int, rate: int = 1) -> Wire:
    """Filter each channel, mix the channels, batch norm, ReLU."""
    x = g.add(
        "depthwise_conv2d", x, name=f"depthwise{end}", kernel=3, padding=rate, dilation=rate, bias=False
    )
    return conv_norm(g, x, end, filters=filters, kernel=1)


@architecture(
    "deeplabv3plus_resnet50",
    title="DeepLabv3+ on ResNet-50",
    category=CATEGORY,
    year=2018,
    source="Chen, Zhu, Papandreou, Schroff & Adam 2018, arXiv:1802.02611",
    input=(3, 512, 512),
    classes=21,
    parameters=26_682_725,
    task="segmentation",
    also=("aspp", "atrous", "dilated convolution", "decoder", "depthwise separable"),
)
def deeplabv3plus_resnet50(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 50,
    filters: int = 256,
    fine: int = 48,
    rates: str = "12 24 36",
) -> None:
    """Looks at the deepest maps with filters spread to several widths, then lays the result beside early
    maps, which still know where borders are. Few channels of these suffice.

    Contribution: a small decoder for DeepLab, and depthwise separable filters in pyramid and decoder.
    Figures: 26.68 M parameters with 21 classes; the paper's best has an Xception inside.
    Form: exact to segmentation_models_pytorch: a ResNet whose last stage is dilated, so that a sixteenth of
        the picture is left; enlargements are bilinear with aligned corners.
    Strengths: sharp borders and wide context at moderate cost.
    Gaps: dilated filters may leave a grid; large maps inside.
    """
    spread = numbers(rates)
    if depth not in DEPTHS:
        raise ValueError(f"has a ResNet of depth {', '.join(map(str, DEPTHS))} inside, not {depth}.")
    if not 1 <= filters <= 2048 or not 1 <= fine <= 2048:
        raise ValueError(f"has 1 to 2,048 channels in its decoder, not {filters} and {fine}.")
    if not 1 <= len(spread) <= 6 or not all(1 <= rate <= 128 for rate in spread):
        raise ValueError(f"spreads its filters by rates such as “12 24 36”, not “{rates[:40]}”.")

    def stage(g: Builder, x: Wire, number: int, count: int) -> Wire:
        for block in range(1, count + 1):
            if number == 4:
                (x,) = g.group(f"block{block}", partial(dilated, width=512, rate=2), x)
            else:
                stride = 2 if number > 1 and block == 1 else 1
                x = g.add("bottleneck", x, name=f"block{block}", width=32 << number, stride=stride)
        return x

    def pyramid(g: Builder, x: Wire) -> Wire:
        found = [conv_norm(g, x, "0", filters=filters, kernel=1)]
        for number, rate in enumerate(spread, 1):
            found.append(_separable(g, x, str(number), filters, rate))
        mean = g.add("global_pool", x, name="mean", keep=True)
        mean = conv_norm(g, mean, "_mean", filters=filters, kernel=1)
        found.append(g.add("resize", mean, x, name="spread", mode="bilinear"))
        y = conv_norm(g, g.add("concat", *found, name="concat", axis="C"), "_mix", filters=filters, kernel=1)
        return _separable(g, g.add("dropout", y, name="drop", p=0.5), "_last", filters)

    def decoder(g: Builder, x: Wire, early: Wire) -> Wire:
        early = conv_norm(g, early, "_early", filters=fine, kernel=1)
        x = g.add("resize", x, early, name="enlarge", mode="bilinear", corners=True)
        x = _separable(g, g.add("concat", x, early, name="concat", axis="C"), "", filters)
        return g.add("pointwise_conv2d", x, name="classes", filters=classes)

    picture = g.input("input", input)
    x, maps = imagenet_stem(g, picture), list[Wire]()
    for number, count in enumerate(DEPTHS[depth], 1):
        (x,) = g.group(f"stage{number}", partial(stage, number=number, count=count), x)
        maps.append(x)
    (x,) = g.group("pyramid", pyramid, x)
    (x,) = g.group("decoder", decoder, x, maps[0])
    g.output("out", g.add("resize", x, picture, name="enlarge", mode="bilinear", corners=True))
