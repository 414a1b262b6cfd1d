"""Convolutions without sharing, or with less of it: kernels that differ from place to place."""

from __future__ import annotations

from math import prod

from explorer.blocks.block import Block, Call, block, show
from explorer.blocks.convolution.simple import Conv2d, short
from explorer.blocks.fields import Bool, Int, Size
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.untied"


class _Untied(Block):
    """Shape and call of a convolution with several kernels; `_period` says how many along each axis."""

    filters = Int(32, doc="output channels")
    kernel = Size(3, dims=2, doc="height and width of the kernels")
    stride = Size(1, dims=2, doc="distance between two places of the kernel")
    padding = Size(1, dims=2, min=0, doc="zeros added on every side")
    bias = Bool(True, doc="adds a learned number to each output channel, one for each kernel")

    def _period(self, x: Tensor) -> tuple[int, ...]:
        raise NotImplementedError

    def infer(self, x: Tensor) -> Tensor:
        plain = Conv2d(filters=self.filters, kernel=self.kernel, stride=self.stride, padding=self.padding)
        return plain.infer(x)

    def parameters(self, x: Tensor) -> int:
        one = self.filters * (x.shape[0] * prod(self.kernel) + self.bias)
        return one * prod(self._period(x))

    def macs(self, x: Tensor) -> int:
        sizes = [-(-n // t) * t for n, t in zip(self.infer(x).spatial, self._period(x), strict=True)]
        return self.filters * x.shape[0] * prod(self.kernel) * prod(sizes)

    def kept_inside(self, x: Tensor) -> int:
        """The patch under the kernel at every place."""
        return 4 * self.macs(x) // self.filters

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(self.kernel, tuple(map(float, self.stride)))

    def arguments(self, x: Tensor) -> Call:
        usual = {"stride": (1, 1), "padding": (0, 0), "bias": True}
        more = {name: self.values[name] for name in usual if self.values[name] != usual[name]}
        return Call((x.shape[0], self.filters, self.kernel, self._period(x)), more)

    def summary(self) -> str:
        parts = [show(self.kernel), str(self.filters)]
        if self.stride != (1, 1):
            parts.append(f"stride {short(self.stride)}")
        return " · ".join(parts)


@block(
    "tiled_conv2d",
    target=f"{OWN}:TiledConv2d",
    category="1.1.2",
    family="conv",
    title="Tiled conv",
    icon="tiled_conv",
    stem="tiled",
)
class TiledConv2d(_Untied):
    r"""Slides several kernels that take turns: place i uses kernel i mod t along each axis.
    Neighbours may then learn different things, and a pool over them can learn invariances other than to
    shifts.

    With period 1 it is an ordinary convolution; with a period as large as the output every place has a
    kernel of its own.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − k)/s⌋ + 1.
    Parameters: t²·filters·(C·k² + 1).
    MACs: filters·C·k²·H'·W', where H' and W' are rounded up to whole tiles.
    Used in: tiled convolutional networks (TICA) on NORB and CIFAR-10.
    Strengths: learns invariance to rotation and scale too; several kernels within one layer.
    Gaps: needs t² times the weights of a convolution; only shifts by t are treated alike.
    Source: Le et al. 2010, Tiled convolutional neural networks, Neural Information Processing Systems 23.
    """

    keeps = "nothing"
    formula = (
        r"y_{o,i,j} = \sum_{c,u,v} w^{(i\,\mathrm{mod}\,t,\,j\,\mathrm{mod}\,t)}_{o,c,u,v}\,x_{c,i+u,j+v}"
    )
    tags = ("untied", "tica", "weight sharing")
    period = Size(2, dims=2, doc="t: after how many places the kernels repeat, down and across")

    def _period(self, x: Tensor) -> tuple[int, ...]:
        return self.period

    def infer(self, x: Tensor) -> Tensor:
        y = super().infer(x)
        if any(t > n for t, n in zip(self.period, y.spatial, strict=True)):
            raise ShapeError(
                f"has a period of {show(self.period)} kernels, but its output has only {show(y.spatial)} "
                "places.",
                code="size",
                wants=f"at least {show(self.period)} places",
            )
        return y

    def summary(self) -> str:
        return f"{super().summary()} · period {short(self.period)}"


@block(
    "locally_connected2d",
    target=f"{OWN}:LocallyConnected2d",
    category="1.1.2",
    family="conv",
    title="Locally connected",
    icon="locally_connected",
    stem="local",
)
class LocallyConnected2d(_Untied):
    r"""Looks through small windows like a convolution, but every place has a kernel of its own.
    Nothing is shared, which suits aligned pictures, where eyes and mouth always stand at the same places.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − k)/s⌋ + 1.
    Parameters: H'·W'·filters·(C·k² + 1).
    MACs: H'·W'·filters·C·k².
    Used in: DeepFace, early models of the visual cortex.
    Strengths: suits inputs in which each place has a meaning of its own.
    Gaps: weights grow with the picture; a shifted input is not recognised; needs many samples.
    Source: LeCun 1989, Generalization and network design strategies; Taigman et al. 2014,
    doi:10.1109/CVPR.2014.220.
    """

    keeps = "nothing"
    formula = r"y_{o,i,j} = b_{o,i,j} + \sum_{c,u,v} w^{(i,j)}_{o,c,u,v}\, x_{c,i+u,j+v}"
    tags = ("untied", "unshared")

    def _period(self, x: Tensor) -> tuple[int, ...]:
        return self.infer(x).spatial
