"""Blocks for small devices."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalInt
from explorer.blocks.margins import padded
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField


def odd_kernel(kernel: int) -> None:
    """Raise `BadField` for a kernel that cannot be padded alike on both sides."""
    if kernel % 2 == 0:
        raise BadField(f"kernel must be odd, so that padding keeps the size, not {kernel}.")


class _Normalised(Composite):
    """Batch norms of a network that was published with settings of its own."""

    eps = Float(1e-5, min=1e-12, max=1.0, doc="of the batch norms: ε, added to the variance")
    momentum = Float(0.1, max=1.0, doc="of the batch norms: share of the newest batch in their averages")

    def _norm(self, g: Builder, x: Wire, name: str) -> Wire:
        return g.add("batch_norm", x, name=name, eps=self.eps, momentum=self.momentum)


@block("inverted_residual", category="1.1.2", family="composite", icon="inverted_residual", stem="block")
class InvertedResidual(_Normalised):
    r"""Widens with a 1×1 convolution, filters each channel by itself, and narrows again without activation.
    The shortcut joins the narrow ends, so that little has to be kept in memory.

    It exists only where nothing changes size (stride 1 and as many channels out as in). An activation after
    the last 1×1 would destroy what little is left there.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: with e = expansion·C: C·e + k²·e + e·filters, and 2·(2·e + filters) for batch norm; with s
    squeezed channels 2·e·s + e + s more.
    MACs: C·e·H·W + (k²·e + e·filters)·H'·W', and 2·e·s.
    Used in: MobileNetV2, MobileNetV3, MnasNet, as the root of MBConv.
    Strengths: depthwise filters keep it light; the linear end keeps what is left in few channels.
    Gaps: the wide maps inside have to be held while it runs; depthwise steps wait for memory.
    Source: Sandler et al. 2018, arXiv:1801.04381.
    """

    formula = r"y = x + W_2\, f(D * f(W_1 x))"
    tags = ("mobilenet", "linear bottleneck")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")
    expansion = Float(6.0, min=0.1, max=64, doc="how much wider it is inside; 1 leaves the first 1×1 out")
    kernel = Int(3, max=31, doc="height and width of the depthwise kernels, odd")
    stride = Int(1, max=8, doc="2 halves height and width")
    activation = Choice("relu6", ("relu6", "relu", "swish", "hard_swish"), doc="after the first two steps")
    squeezed = OptionalInt(doc="squeeze and excitation of this many channels; empty: none")
    odd_margin = Bool(False, doc="whether an odd margin lies at the right and below, as in TensorFlow")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or x.channels
        y = x
        if self.expansion != 1:
            inner = max(1, round(x.channels * self.expansion))
            y = g.add("pointwise_conv2d", y, name="expand", filters=inner, bias=False)
            y = self._norm(g, y, "expand_bn")
            y = g.add(self.activation, y, name="expand_act")
        padding: int | tuple[int, int] = self.kernel // 2
        if self.odd_margin:
            y, padding = padded(g, y, "depthwise", self.kernel, self.stride)
        y = g.add(
            "depthwise_conv2d",
            y,
            name="depthwise",
            kernel=self.kernel,
            stride=self.stride,
            padding=padding,
            bias=False,
        )
        y = self._norm(g, y, "depthwise_bn")
        y = g.add(self.activation, y, name="depthwise_act")
        if self.squeezed:
            y = g.add("se", y, name="se", squeezed=self.squeezed, gate="hard_sigmoid", bias=True)
        y = g.add("pointwise_conv2d", y, name="narrow", filters=filters, bias=False)
        y = self._norm(g, y, "narrow_bn")
        skips = self.stride == 1 and y.tensor.shape == x.tensor.shape
        return g.add("add", x, y, name="add") if skips else y

    def summary(self) -> str:
        parts = [f"×{self.expansion:g}", *([str(self.filters)] if self.filters else [])]
        return " · ".join([*parts, *([f"stride {self.stride}"] if self.stride > 1 else [])])


@block(
    "mbconv", category="1.1.2", family="composite", title="MBConv", icon="inverted_residual", stem="mbconv"
)
class MBConv(_Normalised):
    r"""An inverted residual block that weighs its channels before it narrows, with swish instead of ReLU.
    Squeeze and excitation sits where the maps are wide, but squeezes to a share of the block's input.

    MBConv1 (expansion 1) leaves the first 1×1 out, MBConv6 widens six times. The shortcut exists at stride 1
    with as many channels out as in; on it, drop connect skips the block for whole samples while training.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: with e = expansion·C and s = C/4: C·e + k²·e + 2·e·s + e + s + e·filters, and
    2·(2·e + filters) for batch norm; without the first 1×1 and its norm for MBConv1.
    MACs: C·e·H·W + (k²·e + e·filters)·H'·W' + 2·e·s.
    Used in: EfficientNet-B0 to B7 (16 blocks with kernels 3 and 5 in B0), MnasNet.
    Strengths: the best accuracy for its cost at the time; scales evenly in depth, width and resolution.
    Gaps: slow on GPUs for its number of MACs; swish and wide maps take memory.
    Correction: a lecture's table of rivals gives SENet 146 M parameters; SENet-154 has 115.1 M.
    Source: Tan & Le 2019, arXiv:1905.11946; Tan et al. 2018, arXiv:1807.11626.
    """

    formula = r"y = x + W_2 (s \odot z),\quad z = f(D * f(W_1 x)),\quad s = \mathrm{SE}(z)"
    tags = ("efficientnet", "mnasnet", "mobile", "mbconv1", "mbconv6")
    filters = OptionalInt(doc="B, output channels; empty: as many as arrive")
    kernel = Int(3, max=31, doc="K, height and width of the depthwise kernels, odd")
    stride = Int(1, max=8, doc="S; 2 halves height and width")
    expansion = Float(6.0, min=0.1, max=64, doc="how much wider it is inside; 1 makes it MBConv1")
    reduction = Int(4, max=1024, doc="R: squeezes to the block's input channels / R")
    drop_connect = Float(0.0, max=0.99, doc="share of samples that skip the block in training")

    def validate(self) -> None:
        """Even kernels would change the size."""
        odd_kernel(self.kernel)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = x
        if self.expansion != 1:
            inner = max(1, round(x.channels * self.expansion))
            y = g.add("pointwise_conv2d", y, name="expand", filters=inner, bias=False)
            y = self._norm(g, y, "expand_bn")
            y = g.add("swish", y, name="expand_act")
        y = g.add(
            "depthwise_conv2d",
            y,
            name="depthwise",
            kernel=self.kernel,
            stride=self.stride,
            padding=self.kernel // 2,
            bias=False,
        )
        y = self._norm(g, y, "depthwise_bn")
        y = g.add("swish", y, name="depthwise_act")
        squeezed = max(1, x.channels // self.reduction)
        y = g.add("se", y, name="se", squeezed=squeezed, activation="swish", bias=True)
        y = g.add("pointwise_conv2d", y, name="narrow", filters=self.filters or x.channels, bias=False)
        y = self._norm(g, y, "narrow_bn")
        if self.stride > 1 or y.tensor.shape != x.tensor.shape:
            return y
        if self.drop_connect:
            y = g.add("stochastic_depth", y, name="drop", p=self.drop_connect)
        return g.add("add", x, y, name="add")

    def summary(self) -> str:
        parts = [f"×{self.expansion:g}", f"{self.kernel}×{self.kernel}"]
        parts += [str(self.filters)] if self.filters else []
        return " · ".join([*parts, *([f"stride {self.stride}"] if self.stride > 1 else [])])
