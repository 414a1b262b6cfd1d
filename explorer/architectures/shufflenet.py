"""ShuffleNets: grouped 1×1 convolutions and shuffled channels. Zhang et al. 2017, arXiv:1707.01083."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, head, stage, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.1 mobile and scaling"
WIDTHS = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
"""Channels of the first stage for each number of groups, at equal cost."""
UNITS = (4, 8, 4)


def _stem(g: Builder, x: Wire, filters: int = 24) -> Wire:
    x = conv_norm(g, x, filters=filters, stride=2)
    return g.add("max_pool", x, name="pool", kernel=3, stride=2, padding=1)


def shufflenet_v1(g: Builder, input: Tensor, classes: int, *, groups: int = 3, scale: float = 1.0) -> None:
    """Three stages of shuffled units; `scale` multiplies their widths."""
    if groups not in WIDTHS:
        raise ValueError(f"has 1, 2, 3, 4 or 8 groups, not {groups}.")
    if not 0.25 <= scale <= 4:
        raise ValueError(f"has a scale of 0.25 to 4, not {scale:g}.")
    step = 4 * groups
    first = max(1, round(WIDTHS[groups] * scale / step)) * step
    thin = max(1, round(24 * scale))
    (x,) = g.group("stem", lambda g, x: _stem(g, x, thin), g.input("input", input))
    for number, count in enumerate(UNITS):

        def unit(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            if n > 1:
                return g.add("shufflenet_b", x, name=f"unit{n}", groups=groups)
            return g.add(
                "shufflenet_c",
                x,
                name="unit1",
                filters=first << number,
                groups=groups,
                group_first=number > 0,
            )

        x = stage(g, x, f"stage{number + 2}", count, unit)
    head(g, x, classes)


V1 = """\
Groups make the 1×1 convolutions cheap, and a shuffle of channels lets what one group found reach all others.
For the same cost the network can have more channels, which small networks need most.

Contribution: pointwise group convolution and channel shuffle."""
V1_REST = """\
Strengths: about 13 times faster than AlexNet on a phone at similar accuracy.
Gaps: many groups and the shuffle cost memory traffic, which ShuffleNet v2 avoids."""
for groups, parameters, error in (
    (1, 1_531_936, 33.6),
    (2, 1_733_848, 32.7),
    (3, 1_865_728, 32.6),
    (4, 1_968_344, 32.8),
    (8, 2_434_768, 32.4),
):
    figures = f"140 M MACs, top-1 error {error} %; about 13 times faster than AlexNet."
    architecture(
        f"shufflenet_v1_g{groups}",
        title=f"ShuffleNet, {groups} group{'s' * (groups > 1)}",
        category=CATEGORY,
        year=2017,
        source="Zhang, Zhou, Lin & Sun 2017, arXiv:1707.01083",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(
        variant(
            shufflenet_v1,
            about(
                V1,
                figures,
                "exact; the first 1×1 convolution of stage 2 is not grouped, as few channels arrive there.",
                V1_REST,
            ),
            groups=groups,
        )
    )


@architecture(
    "shufflenet_v2_x1_0",
    title="ShuffleNet v2",
    category=CATEGORY,
    year=2018,
    source="Ma, Zhang, Zheng & Sun 2018, arXiv:1807.11164",
    input=(3, 224, 224),
    classes=1000,
    parameters=2_278_604,
)
def shufflenet_v2_x1_0(g: Builder, input: Tensor, classes: int, *, width: int = 116) -> None:
    """Each unit works on one half of the channels, passes the other half on and shuffles the two together.

    It follows four rules of what makes networks fast in fact, of which few products is none.

    Contribution: channel split instead of groups; design by measured speed.
    Figures: 2.3 M parameters and 146 M MACs in the paper; top-1 error 30.6 %.
    Form: exact; `width` is that of stage 2: 48, 116, 176 and 244 (0.5× to 2.0×, the last with 2048 maps at
        the end).
    Strengths: fast on phones and GPUs; half of the channels are used again for free.
    Gaps: each unit changes half of the maps only; no addition, so it is no residual network.
    """
    if width % 2 or not 4 <= width <= 1024:
        raise ValueError(f"has an even width of 4 to 1,024, such as 116, not {width}.")
    (x,) = g.group("stem", _stem, g.input("input", input))
    for number, count in enumerate(UNITS):

        def unit(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            if n > 1:
                return g.add("shufflenet_v2", x, name=f"unit{n}")
            return g.add("shufflenet_v2", x, name="unit1", filters=width << number, stride=2)

        x = stage(g, x, f"stage{number + 2}", count, unit)
    last = 2048 if width >= 244 else 1024
    (x,) = g.group("last", lambda g, x: conv_norm(g, x, filters=last, kernel=1), x)
    head(g, x, classes)
