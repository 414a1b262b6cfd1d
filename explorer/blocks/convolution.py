"""Convolutions: one small kernel slides over the whole input."""

from __future__ import annotations

from math import ceil, prod
from typing import ClassVar

from explorer.blocks.block import Block, Call, Composite, block, call, show, wants, wants_float
from explorer.blocks.fields import Bool, Int, Padding, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, Clash, Reach
from explorer.graph.tensor import Tensor

LAYOUT = {1: ("C", "T"), 2: ("C", "H", "W"), 3: ("C", "T", "H", "W")}
WORDS = {1: "a signal C × T", 2: "maps C × H × W", 3: "a film C × T × H × W"}
DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}


def check_map(x: Tensor, dims: int) -> None:
    """Raise `Clash` unless `x` is a map with `dims` sliding axes."""
    wants_float(x)
    wants(x, *LAYOUT[dims], words=WORDS[dims])


def check_groups(channels: int, filters: int, groups: int) -> None:
    """Raise `Clash` unless the groups divide both channel counts."""
    for count, words in ((channels, "channels that arrive"), (filters, "filters")):
        if count % groups:
            raise Clash(
                f"has {groups} groups, and {groups} does not divide its {count} {words}.", code="groups"
            )


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
            parts.append(f"stride {_short(self.stride)}")
        if self.padding == "same" or any(self.padding):
            parts.append("same" if self.padding == "same" else f"pad {_short(self.padding)}")
        if any(n != 1 for n in self.dilation):
            parts.append(f"dilation {_short(self.dilation)}")
        if self.groups != 1:
            parts.append(f"groups {self.groups}")
        return " · ".join(parts)


def _short(sizes: tuple[int, ...] | str) -> str:
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


class _Transposed(Block):
    """Shape, counts and call of a transposed convolution."""

    dims: ClassVar[int]

    filters = Int(32, doc="output channels")
    kernel: Size
    stride: Size
    padding: Size
    extra: Size
    dilation: Size
    groups = Int(1, doc="independent groups of channels")
    bias = Bool(True, doc="adds a learned number to each output channel")

    def validate(self) -> None:
        """The extra rows must be fewer than the stride or the dilation."""
        for extra, stride, dilation in zip(self.extra, self.stride, self.dilation, strict=True):
            if extra >= max(stride, dilation):
                raise BadField(
                    f"extra rows are fewer than the stride {stride} or the dilation {dilation}, not {extra}."
                )

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, self.dims)
        check_groups(x.shape[0], self.filters, self.groups)
        sizes = [
            (n - 1) * s - 2 * p + d * (k - 1) + e + 1
            for n, s, p, d, k, e in zip(
                x.spatial, self.stride, self.padding, self.dilation, self.kernel, self.extra, strict=True
            )
        ]
        if min(sizes) < 1:
            raise Clash(
                f"takes {show(self.padding)} off each side of its output and leaves {show(tuple(sizes))}. "
                "Use less padding.",
                code="empty",
            )
        return x.resized(self.filters, *sizes)

    def parameters(self, x: Tensor) -> int:
        return x.shape[0] * (self.filters // self.groups) * prod(self.kernel) + self.filters * self.bias

    def macs(self, x: Tensor) -> int:
        return x.size * (self.filters // self.groups) * prod(self.kernel)

    def reach(self, x: Tensor) -> Reach:
        extents = (d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        return Reach(
            tuple(ceil(n / s) for n, s in zip(extents, self.stride, strict=True)),
            tuple(1 / s for s in self.stride),
        )

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0], self.filters, self.kernel, defaults=DEFAULTS,
            stride=self.stride, padding=self.padding, output_padding=self.extra,
            groups=self.groups, bias=self.bias, dilation=self.dilation,
        )  # fmt: skip

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters} · stride {_short(self.stride)}"


@block(
    "conv_transpose1d",
    target="torch.nn:ConvTranspose1d",
    category="1.1.2",
    family="conv",
    title="Transposed conv 1d",
    icon="conv_transpose",
    stem="deconv",
)
class ConvTranspose1d(_Transposed):
    r"""Enlarges a signal: every input value lays a weighted copy of the kernel into the output.

    It is the adjoint of a convolution, ⟨Cx, y⟩ = ⟨x, Cᵀy⟩, not its inverse.

    Shapes: x (C, T) → y (filters, (T−1)s − 2p + d(k−1) + extra + 1).
    Parameters: C·(filters/groups)·k + filters.
    Source: Zeiler et al. 2010, Computer Vision and Pattern Recognition.
    """

    dims = 1
    formula = r"y_{o,\,s t + u} \mathrel{+}= \sum_c w_{c,o,u}\, x_{c,t}"
    kernel = Size(2, dims=1, doc="steps the kernel covers")
    stride = Size(2, dims=1, doc="factor by which the signal grows")
    padding = Size(0, dims=1, min=0, doc="steps taken off at both ends")
    extra = Size(0, dims=1, min=0, doc="steps added at the end")
    dilation = Size(1, dims=1, doc="distance between the kernel's weights")


@block(
    "conv_transpose2d",
    target="torch.nn:ConvTranspose2d",
    category="1.1.2",
    family="conv",
    title="Transposed conv 2d",
    icon="conv_transpose",
    stem="deconv",
)
class ConvTranspose2d(_Transposed):
    r"""Enlarges maps: every input value lays a weighted copy of the kernel into the output.

    Often called deconvolution. It is the adjoint of a convolution, ⟨Cx, y⟩ = ⟨x, Cᵀy⟩, and does
    not undo it.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = (n−1)s − 2p + d(k−1) + extra + 1.
    Parameters: C·(filters/groups)·k² + filters.
    Source: Zeiler et al. 2010, Computer Vision and Pattern Recognition.
    """

    dims = 2
    formula = r"y_{o,\,s i + u,\,s j + v} \mathrel{+}= \sum_c w_{c,o,u,v}\, x_{c,i,j}"
    kernel = Size(2, dims=2, doc="height and width of the kernel")
    stride = Size(2, dims=2, doc="factor by which maps grow")
    padding = Size(0, dims=2, min=0, doc="rows and columns taken off on every side")
    extra = Size(0, dims=2, min=0, doc="rows and columns added at the end")
    dilation = Size(1, dims=2, doc="distance between the kernel's weights")


@block(
    "conv_transpose3d",
    target="torch.nn:ConvTranspose3d",
    category="1.1.2",
    family="conv",
    title="Transposed conv 3d",
    icon="conv_transpose",
    stem="deconv",
)
class ConvTranspose3d(_Transposed):
    r"""Enlarges a film in time, height and width with learned weights.

    Shapes: x (C, T, H, W) → y (filters, T', H', W'), n' = (n−1)s − 2p + d(k−1) + extra + 1.
    Parameters: C·(filters/groups)·k³ + filters.
    Source: Zeiler et al. 2010, Computer Vision and Pattern Recognition.
    """

    dims = 3
    formula = r"y_{o,\,s t + r,\,s i + u,\,s j + v} \mathrel{+}= \sum_c w_{c,o,r,u,v}\, x_{c,t,i,j}"
    kernel = Size(2, dims=3, doc="length, height and width of the kernel")
    stride = Size(2, dims=3, doc="factor by which the film grows")
    padding = Size(0, dims=3, min=0, doc="taken off on every side")
    extra = Size(0, dims=3, min=0, doc="added at the end")
    dilation = Size(1, dims=3, doc="distance between the kernel's weights")


class _Special2d(Block):
    """A `torch.nn.Conv2d` with some of its settings fixed; `_plain` says which."""

    def _plain(self, x: Tensor) -> Conv2d:
        raise NotImplementedError

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        return self._plain(x).infer(x)

    def parameters(self, x: Tensor) -> int:
        return self._plain(x).parameters(x)

    def macs(self, x: Tensor) -> int:
        return self._plain(x).macs(x)

    def reach(self, x: Tensor) -> Reach:
        return self._plain(x).reach(x)

    def arguments(self, x: Tensor) -> Call:
        return self._plain(x).arguments(x)


@block(
    "pointwise_conv2d",
    target="torch.nn:Conv2d",
    category="1.1.2",
    family="conv",
    title="1×1 conv",
    icon="pointwise",
    stem="pointwise",
)
class PointwiseConv2d(_Special2d):
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
class DepthwiseConv2d(_Special2d):
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
        return f"{show(self.kernel)}" + (f" · stride {_short(self.stride)}" if self.stride != (1, 1) else "")


@block(
    "grouped_conv2d",
    target="torch.nn:Conv2d",
    category="1.1.2",
    family="conv",
    title="Grouped conv",
    icon="grouped",
    stem="grouped",
)
class GroupedConv2d(_Special2d):
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
