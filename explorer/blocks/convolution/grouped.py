"""Convolutions in groups of channels, and the shuffle that lets groups meet."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.simple import Conv2d, Special2d, short
from explorer.blocks.fields import Bool, Int, Padding, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import Clash
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
    r"""Cuts the channels into groups that do not see each other: parameters fall by the number of groups.

    Shapes: x (C, H, W) → y (filters, H', W').  Parameters: filters·(C/groups)·k² + filters.
    Source: Krizhevsky, Sutskever & Hinton 2012; Xie et al. 2016, arXiv:1611.05431.
    """

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
    r"""Deals the channels of all groups round, so that the next grouped convolution sees every group.

    Shapes: x (C, H, W) → y (C, H, W), C seen as groups × n, transposed.  Parameters: 0.
    Source: Zhang et al. 2017, arXiv:1707.01083.
    """

    formula = r"y_{n g + k} = x_{k N + n},\quad N = C / g"
    groups = Int(2, doc="groups the channels come in")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if x.shape[0] % self.groups:
            raise Clash(
                f"deals {self.groups} groups, and {self.groups} does not divide "
                f"the {x.shape[0]} channels that arrive.",
                code="groups",
            )
        return x

    def arguments(self, x: Tensor) -> Call:
        return call(self.groups)
