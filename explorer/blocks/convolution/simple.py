"""Convolutions: one small kernel slides over the whole input."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_groups, check_map
from explorer.blocks.fields import Bool, Int, Padding, Size
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
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
            raise BadField(f"“same” padding needs stride 1, not {show(self.stride)}.")

    @property
    def reached(self) -> tuple[int, ...]:
        """Extent of the kernel with its gaps: d·(k − 1) + 1 along each axis."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, self.dims)
        check_groups(x.shape[0], self.filters, self.groups)
        if isinstance(self.padding, str):
            return x.resized(self.filters, *x.spatial)
        padded, reached = [n + 2 * p for n, p in zip(x.spatial, self.padding, strict=True)], self.reached
        if any([k > n for k, n in zip(reached, padded, strict=True)]):
            raise ShapeError(
                f"has a {show(reached)} kernel, larger than its {show(tuple(padded))} input.",
                code="window",
                wants=f"at least {show(reached)}",
            )
        sizes = [(n - k) // s + 1 for n, k, s in zip(padded, reached, self.stride, strict=True)]
        return x.resized(self.filters, *sizes)

    def parameters(self, x: Tensor) -> int:
        weights = self.filters * (x.shape[0] // self.groups) * prod(self.kernel)
        return weights + self.filters * self.bias

    def parameter_sum(self, x: Tensor) -> str:
        window = "·".join(map(str, (x.shape[0] // self.groups, *self.kernel)))
        return f"{self.filters}·({window})" + f" + {self.filters}" * self.bias

    def macs(self, x: Tensor) -> int:
        return self.infer(x).size * (x.shape[0] // self.groups) * prod(self.kernel)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(self.reached, tuple(map(float, self.stride)))

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0],
            self.filters,
            self.kernel,
            defaults=DEFAULTS,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )

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
    r"""Slides one small filter for each output channel along time and measures how well each place fits.
    All places share the filter's weights, so that a pattern is found wherever it occurs.

    Shapes: x (C, T) → y (filters, T'), T' = ⌊(T + 2p − d(k−1) − 1)/s⌋ + 1; T' = T with “same”.
    Parameters: filters·(C/groups)·k + filters.
    MACs: filters·(C/groups)·k·T'.
    Used in: time-delay networks for speech, WaveNet, classifiers of ECG and other signals.
    Strengths: few weights for any length of the signal; sees local order, which a linear layer forgets.
    Gaps: one layer sees k steps only; distant steps need depth, dilation or recurrence.
    Source: Waibel et al. 1989, IEEE Transactions on Acoustics, Speech and Signal Processing 37.
    """

    tags = ("convolution", "convolution 1d", "temporal convolution")
    dims = 1
    formula = r"y_{o,t} = b_o + \sum_{c,u} w_{o,c,u}\, x_{c,t+u}"
    kernel = Size(3, dims=1, doc="steps the filter covers")
    stride = Size(1, dims=1, doc="steps between two places of the filter")
    padding = Padding(0, dims=1, doc="zeros added at both ends")
    dilation = Size(1, dims=1, doc="distance between the filter's weights")


@block("conv2d", target="torch.nn:Conv2d", category="1.1.2", family="conv", title="Conv 2d", icon="conv")
class Conv2d(_Convolution):
    r"""Slides small filters over the whole picture and measures at each place how well they fit.
    Each output channel has one filter that looks at all input channels and is shared by all places.

    Like all libraries it computes a cross-correlation: the filter is not flipped as in signal processing.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1; n' = n with “same”.
    Parameters: filters·(C/groups)·k² + filters.
    MACs: filters·(C/groups)·k²·H'·W'.
    Used in: LeNet, AlexNet, VGG, ResNet and nearly every network that reads pictures.
    Strengths: local connections and shared weights: few parameters, and a shifted input shifts the output.
    Gaps: sees k×k values only, so that large features need depth; knows nothing of absolute position.
    Source: LeCun et al. 1989, Neural Computation 1.
    """

    tags = ("conv", "convolution", "convolution 2d", "filter", "kernel")
    dims = 2
    formula = r"y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{c,i+u,j+v}"
    kernel = Size(3, dims=2, doc="height and width of the filter")
    stride = Size(1, dims=2, doc="distance between two places of the filter")
    padding = Padding(0, dims=2, doc="zeros added on every side")
    dilation = Size(1, dims=2, doc="distance between the filter's weights")


@block("conv3d", target="torch.nn:Conv3d", category="1.1.2", family="conv", title="Conv 3d", icon="conv3d")
class Conv3d(_Convolution):
    r"""Slides filters over height, width and time of a video at once.
    Motion becomes visible, because one filter weighs values of several frames together.

    Shapes: x (C, T, H, W) → y (filters, T', H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1.
    Parameters: filters·(C/groups)·k³ + filters.
    MACs: filters·(C/groups)·k³·T'·H'·W'.
    Used in: C3D and I3D for actions in videos, segmentation of CT and MR volumes.
    Strengths: learns space and time together, without a recurrent part.
    Gaps: weights and cost grow with k³; it is often split into a spatial and a temporal convolution.
    Source: Tran et al. 2014, arXiv:1412.0767.
    """

    tags = ("convolution", "convolution 3d", "video", "volume")
    dims = 3
    formula = r"y_{o,t,i,j} = b_o + \sum_{c,r,u,v} w_{o,c,r,u,v}\, x_{c,t+r,i+u,j+v}"
    kernel = Size(3, dims=3, doc="length, height and width of the filter")
    stride = Size(1, dims=3, doc="distance between two places of the filter")
    padding = Padding(0, dims=3, doc="zeros added on every side")
    dilation = Size(1, dims=3, doc="distance between the filter's weights")


class Special2d(Block):
    """A `torch.nn.Conv2d` under another name, with some of its settings fixed; `_plain` says which."""

    def _plain(self, x: Tensor) -> Conv2d:
        raise NotImplementedError

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        return self._plain(x).infer(x)

    def parameters(self, x: Tensor) -> int:
        return self._plain(x).parameters(x)

    def parameter_sum(self, x: Tensor) -> str:
        return self._plain(x).parameter_sum(x)

    def macs(self, x: Tensor) -> int:
        return self._plain(x).macs(x)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return self._plain(x).receptive_field(x)

    def arguments(self, x: Tensor) -> Call:
        return self._plain(x).arguments(x)


@block(
    "dilated_conv2d",
    target="torch.nn:Conv2d",
    category="1.1.2",
    family="conv",
    title="Dilated conv",
    icon="dilated",
    stem="dilated",
)
class DilatedConv2d(Special2d):
    r"""Spreads the weights of a filter over a wider field, with holes of d − 1 places between them.
    The filter then sees d·(k − 1) + 1 places across, although neither its weights nor its cost grow.

    Layers with d = 1, 2, 4, 8, … in a row see a field that grows exponentially with depth, at full size.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1; n' = n with “same”.
    Parameters: filters·C·k² + filters, for any d.
    MACs: filters·C·k²·H'·W'.
    Used in: DeepLab, segmentation at full resolution, WaveNet (along time).
    Strengths: a large receptive field without pooling, so that places stay exact.
    Gaps: equal dilations in a row leave places that are never seen together (gridding); small objects
    between the holes are missed.
    Source: Yu & Koltun 2015, arXiv:1511.07122.
    """

    formula = r"y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{c,\,i+d u,\,j+d v}"
    tags = ("atrous", "holes", "dilated convolution")
    filters = Int(32, doc="output channels")
    kernel = Size(3, dims=2, doc="height and width of the filter")
    dilation = Size(2, dims=2, doc="d: distance between the filter's weights")
    stride = Size(1, dims=2, doc="distance between two places of the filter")
    padding = Padding("same", dims=2, doc="zeros added on every side")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def _plain(self, x: Tensor) -> Conv2d:
        return Conv2d(**self.values)

    def validate(self) -> None:
        """`same` cannot hold together with a stride."""
        Conv2d(**self.values)

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters} · dilation {short(self.dilation)}"
