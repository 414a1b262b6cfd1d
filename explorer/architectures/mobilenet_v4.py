"""MobileNetV4: one block that can be four. Qin et al. 2024, arXiv:2404.10518."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

Row = tuple[int, int, int, int, int]
"""First depthwise kernel, inner one (0: none), stride, channels inside, channels out."""
STAGES: tuple[tuple[Row, ...], ...] = (
    ((5, 5, 2, 192, 96), *((0, 3, 1, 192, 96),) * 4, (3, 0, 1, 384, 96)),
    (
        (3, 3, 2, 576, 128),
        (5, 5, 1, 512, 128),
        (0, 5, 1, 512, 128),
        (0, 5, 1, 384, 128),
        (0, 3, 1, 512, 128),
        (0, 3, 1, 512, 128),
    ),
)
"""The inverted bottlenecks of the small network, behind two stages of plain convolutions."""


def _depthwise(g: Builder, x: Wire, name: str, kernel: int, stride: int, activation: str) -> Wire:
    x = g.add("depthwise_conv2d", x, name=name, kernel=kernel, stride=stride, padding=kernel // 2, bias=False)
    x = g.add("batch_norm", x, name=f"{name}_norm")
    return g.add(activation, x, name=f"{name}_{activation}") if activation else x


def _universal(g: Builder, x: Wire, *, row: Row) -> Wire:
    """An inverted bottleneck with depthwise filters before it widens, while it is wide, both or neither."""
    before, within, stride, inside, filters = row
    y = x
    if before:
        y = _depthwise(g, y, "before", before, 1 if within else stride, "")
    y = conv_norm(g, y, "_expand", filters=inside, kernel=1)
    if within:
        y = _depthwise(g, y, "within", within, stride, "relu")
    y = conv_norm(g, y, "_project", filters=filters, kernel=1, activation="")
    return g.add("add", x, y, name="add") if y.tensor.shape == x.tensor.shape else y


@architecture(
    "mobilenet_v4_conv_small",
    title="MobileNetV4, conv small",
    category="1.2.1 mobile and scaling",
    year=2024,
    source="Qin et al. 2024, arXiv:2404.10518",
    input=(3, 224, 224),
    classes=1000,
    parameters=3_774_024,
    also=("universal inverted bottleneck", "uib", "mobile", "edge"),
)
def mobilenet_v4_conv_small(g: Builder, input: Tensor, classes: int, *, dropout: float = 0.0) -> None:
    """Is built of one block whose two depthwise filters can be left out, which makes it an inverted
    bottleneck, a ConvNeXt-like block, a feed-forward network or a new block that widens the view cheaply.

    Contribution: a universal inverted bottleneck, searched to be fast on all kinds of small devices at once.
    Figures: 3.8 M parameters, 0.2 G MACs, top-1 73.8 % in the paper.
    Form: exact: the small network of convolutions, ReLU, no gates.
    Strengths: fast on processors, GPUs and accelerators alike, where others suit one of them.
    Gaps: which block stands where was searched and has no rule.
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def pair(g: Builder, x: Wire, *, inside: int, filters: int) -> Wire:
        return conv_norm(g, conv_norm(g, x, "1", filters=inside, stride=2), "2", filters=filters, kernel=1)

    def stage(g: Builder, x: Wire, *, rows: tuple[Row, ...]) -> Wire:
        for number, row in enumerate(rows, 1):
            (x,) = g.group(f"block{number}", partial(_universal, row=row), x)
        return x

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, "1", filters=960, kernel=1)
        x = g.add("global_pool", x, name="pool", keep=True)
        x = conv_norm(g, x, "2", filters=1280, kernel=1)
        x = g.add("flatten", x, name="flatten")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    (x,) = g.group("stem", partial(conv_norm, filters=32, stride=2), g.input("input", input))
    (x,) = g.group("stage1", partial(pair, inside=32, filters=32), x)
    (x,) = g.group("stage2", partial(pair, inside=96, filters=64), x)
    for number, rows in enumerate(STAGES, 3):
        (x,) = g.group(f"stage{number}", partial(stage, rows=rows), x)
    g.output("output", g.group("head", head, x)[0])
