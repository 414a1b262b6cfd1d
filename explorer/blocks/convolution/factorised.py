"""Convolutions taken apart: over channels alone, over places alone, along single axes."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.simple import Conv2d, short
from explorer.blocks.fields import Bool, Int, Padding, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import Clash, Reach
from explorer.graph.tensor import Tensor

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}


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
    r"""A 1×1 kernel: the same linear layer over the channels at every place.

    Cheap way to change the number of channels and to mix them.

    Shapes: x (C, H, W) → y (filters, H', W').  Parameters: filters·C + filters.
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
    r"""Every channel has a small kernel of its own; channels are not mixed.

    Shapes: x (C, H, W) → y (C·multiplier, H', W').  Parameters: C·multiplier·k² + C·multiplier.
    Source: Sifre 2014 (thesis); Howard et al. 2017, arXiv:1704.04861.
    """

    formula = r"y_{c,i,j} = b_c + \sum_{u,v} w_{c,u,v}\, x_{c,i+u,j+v}"
    multiplier = Int(1, max=64, doc="kernels for each channel")
    kernel = Size(3, dims=2, doc="height and width of the kernels")
    stride = Size(1, dims=2, doc="distance between two places of the kernel")
    padding = Padding(1, dims=2, doc="zeros added on every side")
    dilation = Size(1, dims=2, doc="distance between the kernel's weights")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def _plain(self, x: Tensor) -> Conv2d:
        return Conv2d(
            filters=x.shape[0] * self.multiplier, kernel=self.kernel, stride=self.stride,
            padding=self.padding, dilation=self.dilation, groups=x.shape[0], bias=self.bias,
        )  # fmt: skip

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
    r"""A convolution in two cheap steps: one kernel for each channel, then a 1×1 that mixes channels.

    Against the full convolution the cost falls to 1/filters + 1/k².

    Shapes: x (C, H, W) → y (filters, H', W').  Parameters: C·k² + filters·C (and biases).
    Source: Howard et al. 2017, arXiv:1704.04861; Chollet 2016, arXiv:1610.02357.
    """

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
                    "depthwise_conv2d", x, name=step, kernel=self.kernel, stride=self.stride,
                    padding=self.padding, bias=self.bias,
                )  # fmt: skip
            if number == 0 and self.activation_between:
                x = g.add("relu", x, name="relu")
        return x

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(kernel=self.kernel, stride=self.stride, padding=self.padding)

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters}"
