"""Transposed convolutions: the adjoint of a convolution, for maps that grow."""

from __future__ import annotations

from math import ceil, prod
from typing import ClassVar

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_groups, check_map
from explorer.blocks.convolution.simple import short
from explorer.blocks.fields import Bool, Int, Size
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}


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
                    f"extra must be less than the stride {stride} or the dilation {dilation}, not {extra}."
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
            raise ShapeError(
                f"takes {show(self.padding)} off each side of its output and leaves {show(tuple(sizes))}.",
                code="empty",
            )
        return x.resized(self.filters, *sizes)

    def parameters(self, x: Tensor) -> int:
        return x.shape[0] * (self.filters // self.groups) * prod(self.kernel) + self.filters * self.bias

    def parameter_sum(self, x: Tensor) -> str:
        window = "·".join(map(str, (self.filters // self.groups, *self.kernel)))
        return f"{x.shape[0]}·({window})" + f" + {self.filters}" * self.bias

    def macs(self, x: Tensor) -> int:
        return x.size * (self.filters // self.groups) * prod(self.kernel)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        extents = (d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        return ReceptiveField(
            tuple(ceil(n / s) for n, s in zip(extents, self.stride, strict=True)),
            tuple(1 / s for s in self.stride),
        )

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0],
            self.filters,
            self.kernel,
            defaults=DEFAULTS,
            stride=self.stride,
            padding=self.padding,
            output_padding=self.extra,
            groups=self.groups,
            bias=self.bias,
            dilation=self.dilation,
        )

    def summary(self) -> str:
        return f"{show(self.kernel)} · {self.filters} · stride {short(self.stride)}"


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
    Where copies overlap they add up, and that makes it the adjoint of the convolution of equal settings.

    Shapes: x (C, T) → y (filters, T'), T' = (T−1)s − 2p + d(k−1) + extra + 1.
    Parameters: C·(filters/groups)·k + filters.
    MACs: C·(filters/groups)·k·T.
    Used in: generators of sound (WaveGAN, HiFi-GAN), decoders of signals.
    Strengths: learns how to fill the steps in between.
    Gaps: overlaps are uneven where s does not divide k: a ripple of period s.
    Correction: a lecture says that it reverses the convolution; it is the adjoint, ⟨Cx, y⟩ = ⟨x, Cᵀy⟩, which
    brings back the shape but not the values.
    Source: Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957.
    """

    tags = ("deconvolution", "deconv")
    dims = 1
    formula = r"y_{o,\,s t + u} \leftarrow y_{o,\,s t + u} + \sum_c w_{c,o,u}\, x_{c,t}"
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
    Copies that overlap add up, which is what a convolution sends back as its gradient, hence the name.

    Often called deconvolution. Extra (output_padding in torch) chooses among the sizes that the convolution
    would map to the same one.

    Shapes: x (C, H, W) → y (filters, H', W'), n' = (n−1)s − 2p + d(k−1) + extra + 1.
    Parameters: C·(filters/groups)·k² + filters.
    MACs: C·(filters/groups)·k²·H·W.
    Used in: FCN and U-Net decoders, DCGAN generators, convolutional autoencoders.
    Strengths: learned upscaling in one step with the size wanted.
    Gaps: chequerboard patterns where s does not divide k; resizing and then convolving avoids them.
    Correction: a lecture says that it reverses the convolution; it is the adjoint, ⟨Cx, y⟩ = ⟨x, Cᵀy⟩, which
    brings back the shape but not the values.
    Source: Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957.
    """

    tags = ("deconvolution", "deconv", "upconvolution", "upconv", "upsample", "transposed convolution")
    dims = 2
    formula = (
        r"y_{o,\,s i + u,\,s j + v} \leftarrow y_{o,\,s i + u,\,s j + v} + \sum_c w_{c,o,u,v}\, x_{c,i,j}"
    )
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
    r"""Enlarges a video or a volume in all three directions with learned weights.
    Every input value lays a weighted copy of the kernel into the output, and overlapping copies add up.

    Shapes: x (C, T, H, W) → y (filters, T', H', W'), n' = (n−1)s − 2p + d(k−1) + extra + 1.
    Parameters: C·(filters/groups)·k³ + filters.
    MACs: C·(filters/groups)·k³·T·H·W.
    Used in: 3D U-Net and V-Net for medical volumes, generators of shapes and videos.
    Strengths: learned upscaling in three directions at once.
    Gaps: weights grow with k³; chequerboard patterns where s does not divide k.
    Correction: a lecture says that it reverses the convolution; it is the adjoint, ⟨Cx, y⟩ = ⟨x, Cᵀy⟩, which
    brings back the shape but not the values.
    Source: Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957.
    """

    tags = ("deconvolution", "deconv")
    dims = 3
    formula = (
        r"y_{o,\,s t + r,\,s i + u,\,s j + v} \leftarrow y_{o,\,s t + r,\,s i + u,\,s j + v}"
        r" + \sum_c w_{c,o,r,u,v}\, x_{c,t,i,j}"
    )
    kernel = Size(2, dims=3, doc="length, height and width of the kernel")
    stride = Size(2, dims=3, doc="factor by which the video grows")
    padding = Size(0, dims=3, min=0, doc="taken off on every side")
    extra = Size(0, dims=3, min=0, doc="added at the end")
    dilation = Size(1, dims=3, doc="distance between the kernel's weights")
