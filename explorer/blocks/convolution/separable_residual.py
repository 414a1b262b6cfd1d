"""Residual blocks of separable convolutions."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Int, OptionalInt
from explorer.graph.builder import Builder, Wire


@block(
    "xception_block",
    category="1.1.2",
    family="composite",
    title="Xception block",
    icon="separable",
    stem="block",
)
class XceptionBlock(Composite):
    r"""Depthwise separable convolutions in a row, each with batch norm after it and ReLU before it, beside
    a shortcut. Places and channels are looked at apart, as in an Inception module with one path for every
    channel.

    With stride 2 a 3×3 max pool ends the path and a 1×1 convolution halves the shortcut. In the entry flow
    the first convolution widens, in the exit flow the last one does.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: reps·(9·c + c·d + 2·d) over its convolutions from c to d channels, and C·filters + 2·filters
    for the shortcut where channels or size change.
    MACs: reps·(9·c + c·d)·H·W, and C·filters·H'·W'.
    Used in: Xception (twelve of them), DeepLabv3+.
    Strengths: learning across places and then channels is easier than in all three axes at once.
    Gaps: high computational cost; separable steps run slower than their products suggest.
    Correction: a lecture gives Xception depth 126, which counts norms and activations (36 convolutions are
    weighted), and an ImageNet error of 0.055, which is 5.5 % top-5.
    Source: Chollet 2016, arXiv:1610.02357 (figure 5).
    """

    formula = r"y = S(x) + \mathrm{max}_{3 \times 3}\left(W_n (D_n * f(\cdots f(W_1 (D_1 * f(x)))))\right)"
    tags = ("xception", "separable", "skip", "deeplab")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")
    reps = Int(3, max=16, label="Repeats", doc="number of separable convolutions")
    stride = Int(1, max=8, doc="2 halves height and width")
    start_with_relu = Bool(True, label="ReLU first", doc="off in the first block, whose input is activated")
    grow_first = Bool(True, label="Grow first", doc="the first convolution widens, else the last one")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or x.channels
        y = x
        for number in range(1, self.reps + 1):
            if number > 1 or self.start_with_relu:
                y = g.add("relu", y, name=f"relu{number}")
            grown = self.grow_first or number == self.reps
            y = g.add(
                "depthwise_separable_conv2d",
                y,
                name=f"separable{number}",
                filters=filters if grown else x.channels,
            )
            y = g.add("batch_norm", y, name=f"bn{number}")
        if self.stride > 1:
            y = g.add("max_pool", y, name="pool", kernel=3, stride=self.stride, padding=1)
        if self.stride > 1 or filters != x.channels:
            x = g.add("pointwise_conv2d", x, name="shortcut", filters=filters, stride=self.stride, bias=False)
            x = g.add("batch_norm", x, name="shortcut_bn")
        return g.add("add", x, y, name="add")

    def summary(self) -> str:
        parts = [f"{self.reps} separable", *([str(self.filters)] if self.filters else [])]
        return " · ".join([*parts, *([f"stride {self.stride}"] if self.stride > 1 else [])])
