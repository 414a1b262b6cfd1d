"""Convolutions in groups of channels, and the shuffle that lets groups meet."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.simple import Conv2d, Special2d
from explorer.blocks.fields import Bool, Int, Padding, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor


@block(
    "grouped_conv2d",
    target="torch.nn:Conv2d",
    category="1.1.2",
    family="conv",
    title="Grouped conv",
    icon="grouped",
    stem="grouped",
)
class GroupedConv2d(Special2d):
    r"""Cuts the channels into groups and convolves each for itself.
    A filter then reads its own group only, and parameters and cost fall by the number of groups.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1.
    Parameters: filters·(C/groups)·k² + filters.
    MACs: filters·(C/groups)·k²·H'·W'.
    Used in: AlexNet (on two devices), ResNeXt (32 groups).
    Strengths: equals many narrow paths side by side; more groups at equal cost raised accuracy in ResNeXt.
    Gaps: groups never meet without a 1×1 convolution or a shuffle.
    Source: Krizhevsky, Sutskever & Hinton 2012, doi:10.1145/3065386; Xie et al. 2016, arXiv:1611.05431.
    """

    tags = ("groups", "group convolution", "alexnet")
    formula = r"y_{o,i,j} = b_o + \sum_{c \in G(o)} \sum_{u,v} w_{o,c,u,v}\, x_{c,i+u,j+v}"
    filters = Int(32, doc="output channels")
    groups = Int(2, doc="independent groups of channels")
    kernel = Size(3, dims=2, doc="height and width of the filter")
    stride = Size(1, dims=2, doc="distance between two places of the filter")
    padding = Padding(1, dims=2, doc="zeros added on every side")
    dilation = Size(1, dims=2, doc="distance between the filter's weights")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def _plain(self, x: Tensor) -> Conv2d:
        return Conv2d(**self.values)

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(**self.values)

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters} · groups {self.groups}"


@block(
    "channel_shuffle",
    target="torch.nn:ChannelShuffle",
    category="1.1.2",
    family="shape",
    icon="shuffle",
    stem="shuffle",
)
class ChannelShuffle(Block):
    r"""Deals the channels of all groups round: the first of each group, then the second of each, and so on.
    The next grouped convolution then sees channels of every group.

    C is read as groups × n, transposed and written out again; dealing n groups undoes it.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 0.
    MACs: 0.
    Used in: ShuffleNet, ShuffleNet v2.
    Strengths: lets groups exchange without a single weight.
    Gaps: only moves values, yet costs time on devices with slow memory.
    Source: Zhang et al. 2017, arXiv:1707.01083.
    """

    keeps = "nothing"
    formula = r"y_{n g + k} = x_{k N + n},\quad N = C / g"
    groups = Int(2, doc="groups the channels come in")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if x.shape[0] % self.groups:
            raise ShapeError(
                f"deals {self.groups} groups, and {self.groups} does not divide "
                f"the {x.shape[0]} channels that arrive.",
                code="groups",
            )
        return x

    def arguments(self, x: Tensor) -> Call:
        return call(self.groups)


@block(
    "shuffled_grouped_conv2d",
    category="1.1.2",
    family="composite",
    title="Shuffled grouped conv",
    icon="shuffle",
    stem="shuffled",
)
class ShuffledGroupedConv2d(Composite):
    r"""A grouped convolution whose output channels are then dealt round to all groups.
    The next grouped convolution thus reads some channels of every group, and nothing stays apart.

    Shapes: x (C, H, W) → y (filters, H', W').
    Parameters: filters·(C/groups)·k² + filters.
    MACs: filters·(C/groups)·k²·H'·W'.
    Used in: ShuffleNet (with 1×1 kernels).
    Strengths: the saving of groups without their side effect that outputs depend on few inputs only.
    Gaps: the shuffle computes nothing but moves all values about in memory.
    Source: Zhang et al. 2017, arXiv:1707.01083.
    """

    formula = r"y = \mathrm{shuffle}_g(W *_g x)"
    tags = ("shufflenet",)
    filters = Int(32, doc="output channels")
    groups = Int(2, doc="independent groups of channels")
    kernel = Size(3, dims=2, doc="height and width of the filter")
    stride = Size(1, dims=2, doc="distance between two places of the filter")
    padding = Padding(1, dims=2, doc="zeros added on every side")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = g.add("grouped_conv2d", x, name="conv", **self.values)
        return g.add("channel_shuffle", y, name="shuffle", groups=self.groups)

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(**self.values)

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters} · groups {self.groups}"
