"""Convolutions taken apart: over channels alone, over places alone, along single axes."""

from __future__ import annotations

from typing import Any

from explorer.blocks.block import Composite, block, show
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.simple import Conv2d, Special2d, short
from explorer.blocks.fields import Bool, Int, OptionalInt, Padding, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


@block(
    "pointwise_conv2d",
    target="torch.nn:Conv2d",
    category="1.1.2",
    family="conv",
    title="1×1 conv",
    icon="pointwise",
    stem="pointwise",
)
class PointwiseConv2d(Special2d):
    r"""Uses a 1×1 kernel: the same linear layer over the channels at every place.
    It changes the number of channels and mixes them, and leaves the places to other layers.

    28×28×192 becomes 28×28×32 with 6,144 weights and 4,816,896 products.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌈n/s⌉.
    Parameters: filters·C + filters.
    MACs: filters·C·H'·W'.
    Used in: network in network, Inception, bottlenecks of ResNet, MobileNet, channel attention.
    Strengths: the cheapest way to narrow or widen maps; with an activation it adds a non-linear step.
    Gaps: sees one place only.
    Correction: a lecture counts network in network among users of depthwise convolution; it uses 1×1
    convolutions only.
    Source: Lin, Chen & Yan 2013, arXiv:1312.4400.
    """

    formula = r"y_{o,i,j} = b_o + \sum_c w_{o,c}\, x_{c,i,j}"
    tags = ("1x1", "projection", "network in network")
    filters = Int(32, doc="output channels")
    stride = Size(1, dims=2, doc="takes every n-th place only")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def _plain(self, x: Tensor) -> Conv2d:
        return Conv2d(filters=self.filters, kernel=1, stride=self.stride, bias=self.bias)

    def summary(self) -> str:
        return f"1×1 · {self.filters}"


@block(
    "depthwise_conv2d",
    target="torch.nn:Conv2d",
    category="1.1.2",
    family="conv",
    title="Depthwise conv",
    icon="depthwise",
    stem="depthwise",
)
class DepthwiseConv2d(Special2d):
    r"""Gives every channel a small kernel of its own.
    Channels are not mixed, so that the cost of a k×k window falls by the number of channels.

    Shapes: x (C, H, W) → y (C·multiplier, H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1.
    Parameters: C·multiplier·k² + C·multiplier.
    MACs: C·multiplier·k²·H'·W'.
    Used in: MobileNet, Xception, EfficientNet, ConvNeXt.
    Strengths: hardly any weights; large kernels become affordable.
    Gaps: needs a 1×1 convolution to mix channels; few products for each value read, so memory sets its speed.
    Source: Sifre 2014, Rigid-motion scattering for image classification (thesis); Howard et al. 2017,
    arXiv:1704.04861.
    """

    tags = ("depthwise convolution", "mobilenet")
    formula = r"y_{c,i,j} = b_c + \sum_{u,v} w_{c,u,v}\, x_{c,i+u,j+v}"
    multiplier = Int(1, max=64, doc="kernels for each channel")
    kernel = Size(3, dims=2, doc="height and width of the kernels")
    stride = Size(1, dims=2, doc="distance between two places of the kernel")
    padding = Padding(1, dims=2, doc="zeros added on every side")
    dilation = Size(1, dims=2, doc="distance between the kernel's weights")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def _plain(self, x: Tensor) -> Conv2d:
        return Conv2d(
            filters=x.shape[0] * self.multiplier,
            kernel=self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=x.shape[0],
            bias=self.bias,
        )

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(kernel=self.kernel, stride=self.stride, padding=self.padding)

    def summary(self) -> str:
        return f"{show(self.kernel)}" + (f" · stride {short(self.stride)}" if self.stride != (1, 1) else "")


@block(
    "depthwise_separable_conv2d",
    category="1.1.2",
    family="composite",
    title="Depthwise separable",
    icon="separable",
    stem="separable",
)
class DepthwiseSeparableConv2d(Composite):
    r"""Does a convolution in two cheap steps: one kernel for each channel, then a 1×1 that mixes channels.
    Place and channel are treated apart, and the cost falls to 1/filters + 1/k² of the full convolution's.

    Usually nothing non-linear stands between the steps. Inception turns their order round: 1×1 first.

    Shapes: x (C, H, W) → y (filters, H', W').
    Parameters: C·k² + filters·C, and biases.
    MACs: (C·k² + filters·C)·H'·W' with the depthwise step first.
    Used in: Xception, MobileNet, segmentation heads of DeepLab.
    Strengths: eight to nine times fewer products with 3×3 kernels, for little loss.
    Gaps: cannot learn kernels that differ for each pair of channels; small networks may lose capacity.
    Source: Howard et al. 2017, arXiv:1704.04861; Chollet 2016, arXiv:1610.02357.
    """

    tags = ("separable convolution", "mobilenet")
    formula = r"y = W_{1\times1} * (w_c * x_c)_{c}"
    filters = Int(32, doc="output channels")
    kernel = Size(3, dims=2, doc="height and width of the depthwise kernels")
    stride = Size(1, dims=2, doc="distance between two places of the kernel")
    padding = Padding(1, dims=2, doc="zeros added on every side")
    pointwise_first = Bool(False, doc="mix channels before the depthwise step, as in Xception")
    activation_between = Bool(False, doc="a ReLU between the two steps")
    bias = Bool(False, doc="learned numbers added to the outputs")

    def expand(self, g: Builder, x: Wire) -> Wire:
        steps = ["pointwise", "depthwise"] if self.pointwise_first else ["depthwise", "pointwise"]
        for number, step in enumerate(steps):
            if step == "pointwise":
                x = g.add("pointwise_conv2d", x, name=step, filters=self.filters, bias=self.bias)
            else:
                x = g.add(
                    "depthwise_conv2d",
                    x,
                    name=step,
                    kernel=self.kernel,
                    stride=self.stride,
                    padding=self.padding,
                    bias=self.bias,
                )
            if number == 0 and self.activation_between:
                x = g.add("relu", x, name="relu")
        return x

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(kernel=self.kernel, stride=self.stride, padding=self.padding)

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters}"


class _Lines(Composite):
    """A composite whose last two steps slide along one axis each; `kernel` and `stride` are of both."""

    filters = Int(32, doc="output channels")
    kernel = Size(3, dims=2, doc="lengths of the vertical and of the horizontal filter")
    stride = Size(1, dims=2, doc="distance between two places of the filters")
    padding = Padding(1, dims=2, doc="zeros added on every side")

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(kernel=self.kernel, stride=self.stride, padding=self.padding)

    def _along(self, axis: int) -> dict[str, Any]:
        """The share of kernel, stride and padding of a step along one axis (0 is down)."""

        def only(sizes: tuple[int, ...], rest: int) -> tuple[int, ...]:
            return tuple(n if i == axis else rest for i, n in enumerate(sizes))

        padding = self.padding if isinstance(self.padding, str) else only(self.padding, 0)
        return {"kernel": only(self.kernel, 1), "stride": only(self.stride, 1), "padding": padding}

    def summary(self) -> str:
        parts = [show(self.kernel), str(self.filters)]
        return " · ".join([*parts, *([f"stride {short(self.stride)}"] if self.stride != (1, 1) else [])])


@block(
    "flattened_conv2d",
    category="1.1.2",
    family="composite",
    title="Flattened conv",
    icon="flattened_conv",
    stem="flattened",
)
class FlattenedConv2d(_Lines):
    r"""Replaces a filter of C×Y×X weights by three lines: across the channels, down, and across the map.
    Their outer product is a full filter, so three cheap steps do what one of this shape would.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − k)/s⌋ + 1.
    Parameters: filters·(C + Y + X), and filters for the biases of the last step.
    MACs: filters·(C·H·W + Y·H'·W + X·H'·W').
    Used in: flattened networks for fast use on CIFAR-10 and CIFAR-100.
    Strengths: C + Y + X instead of C·Y·X weights and products for each value: about ten times fewer.
    Gaps: only filters of rank 1; hard to train at once, and the first steps need wide enough layers.
    Source: Jin, Dundar & Culurciello 2014, arXiv:1412.5474.
    """

    formula = r"w_{c,u,v} = \alpha_c\, \beta_u\, \gamma_v"
    tags = ("rank 1", "separable", "1d")
    bias = Bool(True, doc="adds a learned number to each output channel, after the last step")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = g.add("pointwise_conv2d", x, name="lateral", filters=self.filters, bias=False)
        y = g.add("depthwise_conv2d", y, name="vertical", **self._along(0), bias=False)
        return g.add("depthwise_conv2d", y, name="horizontal", **self._along(1), bias=self.bias)


@block(
    "spatial_separable_conv2d",
    category="1.1.2",
    family="composite",
    title="Spatially separable conv",
    icon="spatial_separable",
    stem="separable",
)
class SpatialSeparableConv2d(_Lines):
    r"""Splits an n×n convolution into a 1×n and an n×1 convolution, one after the other.
    Both mix all channels, and together they see the same n×n window for 2/n of the weights.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − k)/s⌋ + 1.
    Parameters: between·C·n + filters·between·n, and biases.
    MACs: between·C·n·H·W' + filters·between·n·H'·W'.
    Used in: Inception-v3, Inception-v4 and Inception-ResNet (1×7 and 7×1), Sobel filters.
    Strengths: large windows become cheap; an activation between the steps adds depth.
    Gaps: a full filter is matched only where it is a sum of few products of lines; works badly on early,
    large maps.
    Source: Szegedy et al. 2015, arXiv:1512.00567; Mamalet & Garcia 2012, Simplifying ConvNets for fast
    learning.
    """

    formula = r"y = w_{n \times 1} * (w_{1 \times n} * x)"
    tags = ("asymmetric", "rank 1", "inception")
    between = OptionalInt(doc="channels between the two steps; empty: as many as filters")
    activation_between = Bool(False, doc="a ReLU between the two steps")
    bias = Bool(True, doc="adds a learned number to each output channel of both steps")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        middle = self.between or self.filters
        y = g.add("conv2d", x, name="horizontal", **self._along(1), filters=middle, bias=self.bias)
        if self.activation_between:
            y = g.add("relu", y, name="relu")
        return g.add("conv2d", y, name="vertical", **self._along(0), filters=self.filters, bias=self.bias)
