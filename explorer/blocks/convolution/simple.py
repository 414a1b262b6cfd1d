"""Convolutions: one small kernel slides over the whole input."""

from __future__ import annotations

from math import ceil, prod
from typing import ClassVar

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_groups, check_map
from explorer.blocks.fields import Bool, Int, Padding, Size
from explorer.graph.catalogue import BadField, Clash, Reach
from explorer.graph.tensor import Tensor

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}


class _Convolution(Block):
    """Shape, counts and call of an ordinary convolution with `dims` sliding axes."""

    dims: ClassVar[int]

    filters = Int(32, doc="output channels")
    kernel: Size
    stride: Size
    padding: Padding
    dilation: Size
    groups = Int(1, doc="independent groups of channels")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        if self.padding == "same" and any(n != 1 for n in self.stride):
            raise BadField(
                f"“same” padding needs stride 1, not {show(self.stride)}; give the padding as a number, "
                f"such as {self.kernel[0] // 2}."
            )

    @property
    def reached(self) -> tuple[int, ...]:
        """Extent of the kernel with its gaps: d·(k − 1) + 1 along each axis."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, self.dims)
        check_groups(x.shape[0], self.filters, self.groups)
        if isinstance(self.padding, str):
            return x.resized(self.filters, *x.spatial)
        padded = [n + 2 * p for n, p in zip(x.spatial, self.padding, strict=True)]
        if any(k > n for k, n in zip(self.reached, padded, strict=True)):
            missing = max(ceil((k - n) / 2) for k, n in zip(self.reached, padded, strict=True))
            fits = tuple(min(k, n) for k, n in zip(self.reached, padded, strict=True))
            raise Clash(
                f"has a {show(self.reached)} kernel, larger than its {show(tuple(padded))} input. "
                f"Pad by {missing + max(self.padding)}, or use {show(fits)}.",
                code="window",
                wants=f"at least {show(self.reached)}",
            )
        sizes = [(n - k) // s + 1 for n, k, s in zip(padded, self.reached, self.stride, strict=True)]
        return x.resized(self.filters, *sizes)

    def parameters(self, x: Tensor) -> int:
        weights = self.filters * (x.shape[0] // self.groups) * prod(self.kernel)
        return weights + self.filters * self.bias

    def macs(self, x: Tensor) -> int:
        return self.infer(x).size * (x.shape[0] // self.groups) * prod(self.kernel)

    def reach(self, x: Tensor) -> Reach:
        return Reach(self.reached, tuple(map(float, self.stride)))

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0], self.filters, self.kernel, defaults=DEFAULTS,
            stride=self.stride, padding=self.padding, dilation=self.dilation,
            groups=self.groups, bias=self.bias,
        )  # fmt: skip

    def summary(self) -> str:
        parts = [show(self.kernel), str(self.filters)]
        if any(n != 1 for n in self.stride):
            parts.append(f"stride {short(self.stride)}")
        if self.padding == "same" or any(self.padding):
            parts.append("same" if self.padding == "same" else f"pad {short(self.padding)}")
        if any(n != 1 for n in self.dilation):
            parts.append(f"dilation {short(self.dilation)}")
        if self.groups != 1:
            parts.append(f"groups {self.groups}")
        return " · ".join(parts)


def short(sizes: tuple[int, ...] | str) -> str:
    """Write `3` for equal sizes `(3, 3)`, `3×5` for others; words stay."""
    if isinstance(sizes, tuple) and len(set(sizes)) == 1:
        return str(sizes[0])
    return show(sizes)


@block("conv1d", target="torch.nn:Conv1d", category="1.1.2", family="conv", title="Conv 1d", icon="conv1d")
class Conv1d(_Convolution):
    r"""Slides one small filter for each output channel along time.

    Shapes: x (C, T) → y (filters, ⌊(T + 2p − d(k−1) − 1)/s⌋ + 1).
    Parameters: filters·(C/groups)·k + filters.
    Source: Waibel et al. 1989, IEEE Transactions on Acoustics, Speech and Signal Processing 37.
    """

    dims = 1
    formula = r"y_{o,t} = b_o + \sum_{c,u} w_{o,c,u}\, x_{c,t+u}"
    kernel = Size(3, dims=1, doc="steps the filter covers")
    stride = Size(1, dims=1, doc="steps between two places of the filter")
    padding = Padding(0, dims=1, doc="zeros added at both ends")
    dilation = Size(1, dims=1, doc="distance between the filter's weights")


@block("conv2d", target="torch.nn:Conv2d", category="1.1.2", family="conv", title="Conv 2d", icon="conv")
class Conv2d(_Convolution):
    r"""One small filter slides over the whole picture; its weights are shared by all positions.

    Each output channel has a filter of its own that looks at all input channels at once.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1.
    Parameters: filters·(C/groups)·k² + filters.
    Source: LeCun et al. 1989, Neural Computation 1.
    """

    dims = 2
    formula = r"y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{c,i+u,j+v}"
    kernel = Size(3, dims=2, doc="height and width of the filter")
    stride = Size(1, dims=2, doc="distance between two places of the filter")
    padding = Padding(0, dims=2, doc="zeros added on every side")
    dilation = Size(1, dims=2, doc="distance between the filter's weights")


@block("conv3d", target="torch.nn:Conv3d", category="1.1.2", family="conv", title="Conv 3d", icon="conv3d")
class Conv3d(_Convolution):
    r"""Slides filters over height, width and time, so that it sees motion.

    Shapes: x (C, T, H, W) → y (filters, T', H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1.
    Parameters: filters·(C/groups)·k³ + filters.
    Source: Tran et al. 2014, arXiv:1412.0767.
    """

    dims = 3
    formula = r"y_{o,t,i,j} = b_o + \sum_{c,r,u,v} w_{o,c,r,u,v}\, x_{c,t+r,i+u,j+v}"
    kernel = Size(3, dims=3, doc="length, height and width of the filter")
    stride = Size(1, dims=3, doc="distance between two places of the filter")
    padding = Padding(0, dims=3, doc="zeros added on every side")
    dilation = Size(1, dims=3, doc="distance between the filter's weights")
