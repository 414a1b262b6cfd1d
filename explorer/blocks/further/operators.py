"""Layers that work on spectra: neural operators."""

from __future__ import annotations

from math import prod

from explorer.blocks.block import Block, Call, Composite, block
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Choice, Int
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image

OWN = "explorer.engine.modules.fourier"


def check_field(x: Tensor) -> None:
    """Raise `ShapeError` unless a signal C × T or maps C × H × W arrive."""
    wants_float(x)
    if x.axes not in (("C", "T"), ("C", "H", "W")):
        raise ShapeError(
            f"needs a signal C × T or maps C × H × W, but {{source}} sends {x.spelled}.",
            code="axes",
            wants="C × H × W",
        )


@block(
    "spectral_conv",
    target=f"{OWN}:SpectralConv",
    category="1.1.8",
    family="conv",
    title="Spectral convolution",
    icon="spectral_pool",
    stem="spectral",
)
class SpectralConv(Block):
    r"""Transforms maps to their spectrum, mixes the channels at each low frequency by a complex matrix and
    transforms back. High frequencies are dropped, so that the same weights serve any resolution.

    `modes` are kept along the last axis; along the first of two as many positive and as many negative ones.

    Shapes: x (C, T) or (C, H, W) → y (F, same places).
    Parameters: 2·C·F·modes, for maps 4·C·F·modes².
    MACs: 4·C·F for each frequency kept; the transforms are not counted.
    Used in: Fourier neural operators for flows and weather.
    Strengths: sees everything in one layer; trained on a coarse grid, used on a fine one.
    Gaps: for regular grids, best for periodic ones; sharp edges are lost to the cut.
    Source: Li et al. 2020, arXiv:2010.08895.
    """

    formula = r"y = \mathcal{F}^{-1}(R \cdot \mathcal{F}(x))"
    tags = ("fno", "fourier", "fft", "spectrum", "operator", "global convolution")
    example = (image(3, 24, 32),)
    filters = Int(32, doc="F, channels of the output")
    modes = Int(12, max=512, doc="frequencies that are kept along each axis")

    def _modes(self, x: Tensor) -> tuple[int, ...]:
        """One number for each axis of places; no more than half of it has."""
        *rows, last = x.shape[1:]
        return (*(min(self.modes, n // 2) for n in rows), min(self.modes, last // 2 + 1))

    def infer(self, x: Tensor) -> Tensor:
        check_field(x)
        if 0 in self._modes(x):
            raise ShapeError(
                f"needs two places or more along each axis, but {{source}} sends {x.spelled}.", code="size"
            )
        return x.resized(self.filters, *x.shape[1:])

    def _frequencies(self, x: Tensor) -> int:
        modes = self._modes(x)
        return prod(modes) << (len(modes) - 1)

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.filters * self._frequencies(x)

    def macs(self, x: Tensor) -> int:
        return 4 * x.shape[0] * self.filters * self._frequencies(x)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def kept_inside(self, x: Tensor) -> int:
        """Frequencies of the input and of the output, complex."""
        return 8 * self._frequencies(x) * (x.shape[0] + self.filters)

    def arguments(self, x: Tensor) -> Call:
        return Call((x.shape[0], self.filters, self._modes(x)), {})

    def summary(self) -> str:
        return f"{self.filters} · {self.modes} modes"


@block(
    "fourier_layer",
    category="1.1.8",
    family="conv",
    title="Fourier layer (FNO)",
    icon="spectral_pool",
    stem="fourier",
)
class FourierLayer(Composite):
    r"""Adds a spectral convolution, which sees everything but only slow changes, to a 1×1 convolution, which
    keeps every place and its detail. An activation bends the sum.

    Shapes: x (C, T) or (C, H, W) → y (F, same places).
    Parameters: 2·C·F for each frequency kept, and C·F + F of the 1×1 convolution.
    MACs: 4·C·F for each frequency kept, and C·F for each place.
    Used in: Fourier neural operators: four such layers between two pointwise ones.
    Strengths: learns the solutions of differential equations, at any resolution.
    Gaps: regular grids only; needs solved examples.
    Source: Li et al. 2020, arXiv:2010.08895.
    """

    formula = r"y = f(W x + \mathcal{F}^{-1}(R \cdot \mathcal{F}(x)))"
    tags = ("fno", "neural operator", "pde", "fourier")
    example = (image(3, 24, 32),)
    filters = Int(32, doc="F, channels of the output")
    modes = Int(12, max=512, doc="frequencies that are kept along each axis")
    activation = Choice("gelu", ("gelu", "relu", "identity"), doc="after the sum")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_field(x.tensor)
        slow = g.add("spectral_conv", x, name="spectral", filters=self.filters, modes=self.modes)
        kind = "conv1d" if len(x.tensor.shape) == 2 else "conv2d"
        own = g.add(kind, x, name="pointwise", filters=self.filters, kernel=1)
        y = g.add("add", slow, own, name="add")
        return y if self.activation == "identity" else g.add(self.activation, y, name=self.activation)

    def summary(self) -> str:
        return f"{self.filters} · {self.modes} modes"
