"""ShuffleNet units: grouped 1×1 convolutions whose groups exchange channels."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError


class _Unit(Composite):
    """1×1, depthwise 3×3 and 1×1; subclasses say what stands beside and between."""

    groups: Int
    width = OptionalInt(doc="channels inside; empty: a quarter of the output")

    def _path(
        self,
        g: Builder,
        x: Wire,
        inner: int,
        filters: int,
        *,
        stride: int = 1,
        first: int = 1,
        shuffle: bool = True,
        activate: bool = False,
    ) -> Wire:
        y = _grouped(g, x, "reduce", inner, first)
        y = g.add("batch_norm", y, name="reduce_bn")
        y = g.add("relu", y, name="reduce_relu")
        if shuffle:
            y = g.add("channel_shuffle", y, name="shuffle", groups=self.groups)
        y = g.add("depthwise_conv2d", y, name="depthwise", stride=stride, bias=False)
        y = g.add("batch_norm", y, name="depthwise_bn")
        if activate:
            y = g.add("relu", y, name="depthwise_relu")
        y = _grouped(g, y, "expand", filters, self.groups)
        return g.add("batch_norm", y, name="expand_bn")

    def summary(self) -> str:
        return f"groups {self.groups}" + (f" · {self.width} inside" if self.width else "")


def _grouped(g: Builder, x: Wire, name: str, filters: int, groups: int) -> Wire:
    if groups == 1:
        return g.add("pointwise_conv2d", x, name=name, filters=filters, bias=False)
    return g.add(
        "grouped_conv2d", x, name=name, filters=filters, groups=groups, kernel=1, padding=0, bias=False
    )


def _rounded(channels: int, groups: int) -> int:
    """A quarter of the channels, as a multiple of the groups."""
    return max(1, channels // 4 // groups) * groups


@block(
    "shufflenet_a",
    category="1.1.2",
    family="composite",
    title="ShuffleNet unit a",
    icon="bottleneck",
    stem="unit",
)
class ShuffleNetA(_Unit):
    r"""A bottleneck block whose 3×3 convolution is depthwise, so that almost all work is in the 1×1 steps.
    It is where ShuffleNet begins: the other units make these 1×1 steps cheap.

    With groups the 1×1 convolutions are grouped, but nothing is shuffled, and groups never meet.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: with w inside: 2·C·w/g + 9·w + 4·w + 2·C.
    MACs: (2·C·w/g + 9·w)·H·W.
    Used in: the figure of the ShuffleNet paper, and like it in ResNeXt and Xception variants.
    Strengths: the 3×3 step costs next to nothing.
    Gaps: with one group 1×1 convolutions take over nine tenths of the products.
    Source: Zhang et al. 2017, arXiv:1707.01083 (figure 2a).
    """

    formula = r"y = f(x + W_2\, f(D * f(W_1 x)))"
    tags = ("shufflenet", "bottleneck", "depthwise")
    groups = Int(1, doc="groups of the 1×1 convolutions; 1 as in the figure")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        inner = self.width or _rounded(x.channels, self.groups)
        y = self._path(g, x, inner, x.channels, first=self.groups, shuffle=False, activate=True)
        return g.add("relu", g.add("add", x, y, name="add"), name="relu")


@block(
    "shufflenet_b",
    category="1.1.2",
    family="composite",
    title="ShuffleNet unit b",
    icon="shuffle",
    stem="unit",
)
class ShuffleNetB(_Unit):
    r"""A bottleneck with grouped 1×1 convolutions and a shuffle of channels between them.
    The groups make the 1×1 steps cheap, and the shuffle lets what one group found reach all others.

    It keeps the size and adds its input; unit c halves the maps.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: with w inside: 2·C·w/g + 9·w + 4·w + 2·C.
    MACs: (2·C·w/g + 9·w)·H·W.
    Used in: ShuffleNet, three stages of 4, 8 and 4 units.
    Strengths: more channels for the same cost, which small networks need; about 13 times faster than
    AlexNet on a phone at similar accuracy.
    Gaps: many groups and the shuffle cost memory traffic, which ShuffleNet v2 avoids.
    Correction: a text gives y = F(x) + x for every unit; with stride 2 the shortcut is pooled and
    concatenated (unit c).
    Source: Zhang et al. 2017, arXiv:1707.01083 (figure 2b).
    """

    formula = r"y = f(x + W_2 *_g (D * \mathrm{shuffle}(f(W_1 *_g x))))"
    tags = ("shufflenet", "grouped", "mobile")
    groups = Int(4, doc="groups of the 1×1 convolutions")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        inner = self.width or _rounded(x.channels, self.groups)
        y = self._path(g, x, inner, x.channels, first=self.groups)
        return g.add("relu", g.add("add", x, y, name="add"), name="relu")


@block(
    "shufflenet_c",
    category="1.1.2",
    family="composite",
    title="ShuffleNet unit c",
    icon="shuffle",
    stem="unit",
)
class ShuffleNetC(_Unit):
    r"""Halves the maps: a shuffled bottleneck of stride 2 beside a 3×3 mean pool, laid side by side.
    Concatenation widens the output for free, where an addition would need a projection.

    The path gives as many channels as are missing beside the pooled input.

    Shapes: x (C, H, W) → y (filters, ⌈H/2⌉, ⌈W/2⌉).
    Parameters: with w inside and F = filters − C: C·w/g + 9·w + w·F/g + 4·w + 2·F; with ungrouped first: C·w.
    MACs: C·w/g·H·W + (9·w + w·F/g)·H'·W'.
    Used in: ShuffleNet, at the head of each of its three stages.
    Strengths: no weights on the shortcut; widens and halves in one step.
    Gaps: the pooled channels pass unweighted.
    Correction: a text gives y = F(x) + x for every unit; this one concatenates.
    Source: Zhang et al. 2017, arXiv:1707.01083 (figure 2c).
    """

    formula = r"y = f([\mathrm{mean}_{3 \times 3, 2}\, x,\; W_2 *_g (D *_2 \mathrm{shuffle}(f(W_1 *_g x)))])"
    tags = ("shufflenet", "grouped", "mobile", "downsampling")
    filters = OptionalInt(doc="output channels; empty: twice those that arrive")
    groups = Int(4, doc="groups of the 1×1 convolutions")
    group_first = Bool(
        True, label="First grouped", doc="off where few channels arrive, as in the network's first unit"
    )

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or 2 * x.channels
        if filters <= x.channels:
            raise ShapeError(
                f"lays its path beside the input, but {{source}} sends {x.channels} channels and it gives "
                f"only {filters}.",
                code="size",
            )
        inner = self.width or _rounded(filters, self.groups)
        first = self.groups if self.group_first else 1
        y = self._path(g, x, inner, filters - x.channels, stride=2, first=first)
        kept = g.add("avg_pool", x, name="pool", kernel=3, stride=2, padding=1)
        return g.add("relu", g.add("concat", kept, y, name="concat", axis="C"), name="relu")

    def summary(self) -> str:
        return " · ".join([*([str(self.filters)] if self.filters else []), super().summary(), "half size"])


@block(
    "shufflenet_v2",
    category="1.1.2",
    family="composite",
    title="ShuffleNet v2 unit",
    icon="shuffle",
    stem="unit",
)
class ShuffleNetV2(Composite):
    r"""Works on one half of the channels, passes the other half on and shuffles the two together.
    Equal widths and no groups keep memory traffic low, which sets the speed more than products do.

    With stride 2 there is no split: both branches read all channels, the left one is depthwise and 1×1, and
    the output has twice as many channels.

    Shapes: x (C, H, W) → y (C, H, W); stride 2: (filters, ⌈H/2⌉, ⌈W/2⌉).
    Parameters: with h = C/2: 2·h² + 9·h + 6·h; stride 2 with h = filters/2:
    (9·C + 2·C + C·h + 2·h) + (C·h + 9·h + h² + 6·h).
    MACs: (2·h² + 9·h)·H·W; stride 2: C·h·H·W + (9·C + C·h + 9·h + h²)·H'·W'.
    Used in: ShuffleNet v2, 0.5× to 2.0×.
    Strengths: fast on phones and GPUs; half of the channels are used again for free, as in
    DenseNet.
    Gaps: needs an even number of channels; each unit changes half of the maps only.
    Correction: a text gives y = F(x) + x for ShuffleNet; v2 has no addition at all.
    Source: Ma et al. 2018, arXiv:1807.11164 (figure 3c and d).
    """

    formula = r"y = \mathrm{shuffle}([x_1,\; f(W_2 (D * f(W_1 x_2)))])"
    tags = ("shufflenet", "channel split", "mobile")
    filters = OptionalInt(doc="output channels at stride 2; empty: twice those that arrive")
    stride = Int(1, max=2, doc="2 halves height and width")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        if self.stride == 1:
            if self.filters not in (None, x.channels):
                raise ShapeError(
                    f"keeps its channels at stride 1, but {{source}} sends {x.channels} and it is set to "
                    f"{self.filters}.",
                    code="size",
                )
            left, right = g.add_all("split", x, name="split", parts=2, axis="C")
            half = right.channels
        else:
            filters = self.filters or 2 * x.channels
            if filters % 2:
                raise ShapeError(f"gives two equal halves, which {filters} filters are not.", code="divide")
            half = filters // 2
            left = g.add("depthwise_conv2d", x, name="left_depthwise", stride=2, bias=False)
            left = g.add("batch_norm", left, name="left_depthwise_bn")
            left = self._pointwise(g, left, "left_conv", half)
            right = x
        right = self._pointwise(g, right, "conv1", half)
        right = g.add("depthwise_conv2d", right, name="depthwise", stride=self.stride, bias=False)
        right = g.add("batch_norm", right, name="depthwise_bn")
        right = self._pointwise(g, right, "conv2", half)
        y = g.add("concat", left, right, name="concat", axis="C")
        return g.add("channel_shuffle", y, name="shuffle", groups=2)

    def _pointwise(self, g: Builder, x: Wire, name: str, filters: int) -> Wire:
        x = g.add("pointwise_conv2d", x, name=name, filters=filters, bias=False)
        x = g.add("batch_norm", x, name=f"{name}_bn")
        return g.add("relu", x, name=f"{name}_relu")

    def summary(self) -> str:
        return f"stride {self.stride}" + (f" · {self.filters}" if self.filters else "")
