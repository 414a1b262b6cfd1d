"""Res2Net: several sizes of view inside one block. Gao et al. 2019, arXiv:1904.01169."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm, head, imagenet_stem, numbers, stage, unit
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _block(g: Builder, x: Wire, *, width: int, filters: int, scale: int, stride: int) -> Wire:
    """A bottleneck whose middle is a ladder: each part is filtered after the part before is added to it."""
    joins = x.channels != filters or stride > 1
    y = conv_norm(g, x, "1", filters=scale * width, kernel=1)
    if scale == 1:
        y = conv_norm(g, y, "2", filters=width, stride=stride)
    else:
        parts = g.add_all("split", y, name="split", parts=scale, axis="C")
        found: list[Wire] = []
        for number, part in enumerate(parts[:-1], 1):
            if found and not joins:
                part = g.add("add", part, found[-1], name=f"add{number}")
            found.append(conv_norm(g, part, f"2_{number}", filters=width, stride=stride))
        last = parts[-1]
        if joins:
            last = g.add("avg_pool", last, name="pool", kernel=3, stride=stride, padding=1)
        y = g.add("concat", *found, last, name="concat", axis="C")
    y = conv_norm(g, y, "3", filters=filters, kernel=1, activation="")
    if joins:
        x = conv_norm(g, x, "_shortcut", filters=filters, kernel=1, stride=stride, activation="")
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


@architecture(
    "res2net50_26w_4s",
    title="Res2Net-50, 26w×4s",
    category="1.2.1 (3) multi-path",
    year=2019,
    source="Gao, Cheng, Zhao, Zhang, Yang & Torr 2019, arXiv:1904.01169",
    input=(3, 224, 224),
    classes=1000,
    parameters=25_699_120,
    also=("multi-scale", "hierarchical residual"),
)
def res2net50_26w_4s(
    g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", width: int = 26, scale: int = 4
) -> None:
    """Cuts the maps inside a bottleneck into four parts and filters them one after the other, each with the
    result of the part before. So one block sees small and large things at once.

    Contribution: many sizes of view within a layer, beside depth, width and cardinality.
    Figures: 25.7 M parameters and 4.2 G MACs; top-1 error 22.0 % where ResNet-50 has 23.9 %.
    Form: exact, as released: 26 channels in each of 4 parts at first; where the size changes, parts are not
        added and the last one is pooled.
    Strengths: better than ResNet at equal cost, above all for detection and segmentation.
    Gaps: the parts wait for each other, so that it runs slower than its products suggest.
    """
    if not 1 <= width <= 512 or not 1 <= scale <= 16:
        raise ValueError(f"has 1 to 16 parts of 1 to 512 channels, not {scale} of {width}.")
    x = imagenet_stem(g, g.input("input", input))
    for number, count in enumerate(numbers(layers, 4, "blocks")):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            stride = 2 if number and n == 1 else 1
            write = partial(_block, width=width << number, filters=256 << number, scale=scale, stride=stride)
            return unit(g, x, f"block{n}", write, "block2" if n > 2 else "")

        x = stage(g, x, f"stage{number + 1}", count, block)
    head(g, x, classes)
