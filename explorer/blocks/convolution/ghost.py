"""Ghost modules: most maps are cheap copies of a few."""

from __future__ import annotations

from math import ceil

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.mobile import odd_kernel
from explorer.blocks.fields import Bool, Float, Int, OptionalInt
from explorer.graph.builder import Builder, Wire


@block("ghost", category="1.1.2", family="composite", title="Ghost module", icon="ghost", stem="ghost")
class Ghost(Composite):
    r"""Computes a share of its maps by an ordinary convolution, and the others from these by cheap filters.
    Many maps of a trained network resemble each other, so that a small depthwise filter can turn one into
    the other.

    m = ⌈filters/s⌉ maps are computed, each gives s − 1 ghosts, and what is too much is cut off.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: k²·C·m + d²·m·(s − 1) + 2·m·s, about 1/s of the k²·C·filters of a convolution.
    MACs: (k²·C·m + d²·m·(s − 1))·H'·W'.
    Used in: GhostNet, as a stand-in for convolutions in VGG, ResNet and detectors.
    Strengths: about s times fewer weights and products at similar accuracy.
    Gaps: ghosts see one map each; depthwise steps wait for memory.
    Correction: a text writes y = concat(x, ghost(x)) with x the input of the block; x is the output of the
    primary convolution, and ghosts come from it.
    Source: Han et al. 2019, arXiv:1911.11907.
    """

    formula = r"z = W * x,\quad y = [z,\; \Phi_1(z),\; \dots,\; \Phi_{s-1}(z)]"
    tags = ("ghostnet", "cheap operation", "mobile")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")
    kernel = Int(1, max=31, doc="k: height and width of the primary filters, odd")
    ratio = Int(2, min=2, max=64, label="Ratio s", doc="maps for each one that the convolution computes")
    cheap = Int(3, max=31, label="Cheap kernel", doc="d: height and width of the depthwise filters, odd")
    stride = Int(1, max=8, doc="2 halves height and width")
    activation = Bool(True, label="ReLU", doc="after both steps; off in the second half of a bottleneck")

    def validate(self) -> None:
        """Even kernels would change the size."""
        odd_kernel(self.kernel)
        odd_kernel(self.cheap)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or x.channels
        y = g.add(
            "conv2d",
            x,
            name="primary",
            filters=ceil(filters / self.ratio),
            kernel=self.kernel,
            stride=self.stride,
            padding=self.kernel // 2,
            bias=False,
        )
        y = self._finished(g, y, "primary")
        ghosts = g.add(
            "depthwise_conv2d",
            y,
            name="cheap",
            multiplier=self.ratio - 1,
            kernel=self.cheap,
            padding=self.cheap // 2,
            bias=False,
        )
        ghosts = self._finished(g, ghosts, "cheap")
        y = g.add("concat", y, ghosts, name="concat", axis="C")
        return y if y.channels == filters else g.add("slice", y, name="cut", axis="C", stop=filters)

    def _finished(self, g: Builder, x: Wire, name: str) -> Wire:
        x = g.add("batch_norm", x, name=f"{name}_bn")
        return g.add("relu", x, name=f"{name}_relu") if self.activation else x

    def summary(self) -> str:
        return " · ".join([*([str(self.filters)] if self.filters else []), f"ratio {self.ratio}"])


@block(
    "ghost_bottleneck",
    category="1.1.2",
    family="composite",
    title="Ghost bottleneck",
    icon="ghost",
    stem="ghost",
)
class GhostBottleneck(Composite):
    r"""Widens with one ghost module and narrows with a second one, beside a shortcut.
    With stride 2 a depthwise convolution between them halves the maps, and one on the shortcut does the same.

    No ReLU follows the second module. Squeeze and excitation may weigh the wide maps.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: with e = expansion·C: (C + 9)·e/2 + (e + 9)·filters/2 + 2·(e + filters); k²·e + 2·e more with
    stride 2; shortcut k²·C + 2·C + C·filters + 2·filters where the size changes; SE: 2·e·w + w + e, where w
    is the multiple of 4 nearest to e/4.
    MACs: those of its convolutions, each with the places of its output.
    Used in: GhostNet, 16 of them in five stages.
    Strengths: more accurate than MobileNetV3 at similar cost on ImageNet.
    Gaps: many small steps, which GPUs do not like.
    Source: Han et al. 2019, arXiv:1911.11907.
    """

    formula = r"y = S(x) + G_2(\mathrm{SE}(D_s * G_1(x)))"
    tags = ("ghostnet", "mobile", "skip")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")
    expansion = Float(2.0, min=0.1, max=64, doc="how much wider it is inside")
    kernel = Int(3, max=31, doc="height and width of the depthwise kernels at stride 2, odd")
    stride = Int(1, max=8, doc="2 halves height and width")
    se = Bool(False, label="Squeeze and excite", doc="weigh the wide maps, squeezed to a quarter")

    def validate(self) -> None:
        """Even kernels would change the size."""
        odd_kernel(self.kernel)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or x.channels
        hidden = max(1, round(x.channels * self.expansion))
        y = g.add("ghost", x, name="widen", filters=hidden)
        if self.stride > 1:
            y = self._depthwise(g, y, "depthwise")
        if self.se:
            y = g.add("se", y, name="se", squeezed=_by_four(hidden / 4), gate="hard_sigmoid", bias=True)
        y = g.add("ghost", y, name="narrow", filters=filters, activation=False)
        if x.tensor.shape != y.tensor.shape:
            x = self._depthwise(g, x, "shortcut_depthwise")
            x = g.add("pointwise_conv2d", x, name="shortcut_conv", filters=filters, bias=False)
            x = g.add("batch_norm", x, name="shortcut_bn")
        return g.add("add", x, y, name="add")

    def _depthwise(self, g: Builder, x: Wire, name: str) -> Wire:
        x = g.add(
            "depthwise_conv2d",
            x,
            name=name,
            kernel=self.kernel,
            stride=self.stride,
            padding=self.kernel // 2,
            bias=False,
        )
        return g.add("batch_norm", x, name=f"{name}_bn")

    def summary(self) -> str:
        parts = [f"×{self.expansion:g}", *([str(self.filters)] if self.filters else [])]
        parts += [f"stride {self.stride}"] if self.stride > 1 else []
        return " · ".join([*parts, *(["SE"] if self.se else [])])


def _by_four(width: float) -> int:
    """The nearest multiple of 4 that is not more than a tenth smaller, as published."""
    near = max(4, int(width + 2) // 4 * 4)
    return near + 4 if near < 0.9 * width else near
