"""Blocks for small devices."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Choice, Float, Int, OptionalInt
from explorer.graph.builder import Builder, Wire


@block("inverted_residual", category="1.1.2", family="composite", icon="inverted_residual", stem="block")
class InvertedResidual(Composite):
    r"""Widens with a 1×1 convolution, filters each channel by itself, and narrows again without activation.

    The shortcut joins the narrow ends; it exists only where nothing changes size (stride 1 and as many
    channels out as in). An activation after the last 1×1 would destroy what little is left there.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: with e = expansion·C: C·e + k²·e + e·filters, and 2·(2·e + filters) for batch norm.
    Source: Sandler et al. 2018, arXiv:1801.04381.
    """

    formula = r"y = x + W_2\, f(D * f(W_1 x))"
    tags = ("mobilenet", "linear bottleneck")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")
    expansion = Float(6.0, min=0.1, max=64, doc="how much wider it is inside; 1 leaves the first 1×1 out")
    kernel = Int(3, max=31, doc="height and width of the depthwise kernels, odd")
    stride = Int(1, max=8, doc="2 halves height and width")
    activation = Choice("relu6", ("relu6", "relu", "swish", "hard_swish"), doc="after the first two steps")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or x.channels
        y = x
        if self.expansion != 1:
            inner = max(1, round(x.channels * self.expansion))
            y = g.add("pointwise_conv2d", y, name="expand", filters=inner, bias=False)
            y = g.add("batch_norm", y, name="expand_bn")
            y = g.add(self.activation, y, name="expand_act")
        y = g.add(
            "depthwise_conv2d", y, name="depthwise", kernel=self.kernel, stride=self.stride,
            padding=self.kernel // 2, bias=False,
        )  # fmt: skip
        y = g.add("batch_norm", y, name="depthwise_bn")
        y = g.add(self.activation, y, name="depthwise_act")
        y = g.add("pointwise_conv2d", y, name="narrow", filters=filters, bias=False)
        y = g.add("batch_norm", y, name="narrow_bn")
        skips = self.stride == 1 and y.tensor.shape == x.tensor.shape
        return g.add("add", x, y, name="add") if skips else y

    def summary(self) -> str:
        parts = [f"×{self.expansion:g}", *([str(self.filters)] if self.filters else [])]
        return " · ".join([*parts, *([f"stride {self.stride}"] if self.stride > 1 else [])])
