"""Pools that work on Fourier transforms."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Int, Size
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.spectral_pooling"


@block(
    "spectral_pool",
    target=f"{OWN}:SpectralPool",
    category="1.1.5",
    family="pool",
    icon="spectral_pool",
    stem="pool",
)
class SpectralPool(Block):
    r"""Cuts the middle out of a map's spectrum and transforms back: low frequencies stay, high ones go. Any
    output size can be had, and far more of the picture survives than with max pooling.

    Shapes: x (C, H, W) → y (C, height, width).
    Parameters: 0.
    MACs: 0; the transforms cost about H·W·log(H·W) each.
    Used in: spectral CNNs; networks that shrink maps slowly.
    Strengths: keeps the mean and all low frequencies exactly; any size, not only halves.
    Gaps: rings at sharp edges; an even size keeps only half of its highest frequency; transforms are slower
        than windows; every value depends on the whole map.
    Source: Rippel, Snoek & Adams 2015, arXiv:1506.03767.
    """

    keeps = "nothing"
    formula = r"y = \frac{H' W'}{H W}\, F^{-1}\left( \mathrm{crop}\; F(x) \right)"
    tags = ("fft", "fourier", "low pass")
    size = Size(8, dims=2, max=4096, doc="height and width of the output")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if any(small > large for small, large in zip(self.size, x.shape[1:], strict=True)):
            raise ShapeError(
                f"cuts {show(self.size)} out of the spectrum, but {{source}} sends only {show(x.shape[1:])}.",
                code="window",
                wants=f"at least {show(self.size)}",
            )
        return x.resized(x.shape[0], *self.size)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return Call(self.size, {})

    def summary(self) -> str:
        return show(self.size)


@block(
    "compact_bilinear_pool",
    target=f"{OWN}:CompactBilinearPool",
    category="1.1.5",
    family="pool",
    icon="compact_bilinear_pool",
    stem="pool",
)
class CompactBilinearPool(Block):
    r"""Sums the products of all pairs of channels over all places, squeezed into a short vector by a random
    sketch. Products of two features tell fine differences that single features do not.

    Full products of 512 channels would be 262,144 numbers; a sketch of a few thousand keeps their dot
    products in expectation: ⟨φ(x), φ(y)⟩ ≈ ⟨x, y⟩².

    Shapes: x (C, H, W) → y (D = width).
    Parameters: 0; 2·C random places and signs are kept.
    MACs: 0; the transforms cost about H·W·D·log D.
    Used in: fine-grained recognition of birds and cars; visual question answering.
    Strengths: as good as full products with a hundredth of the numbers; gradients pass through.
    Gaps: a sketch is noisy when short; forgets all places.
    Source: Gao et al. 2015, arXiv:1511.06062; Pham & Pagh 2013, KDD (Tensor Sketch).
    """

    keeps = "nothing"
    formula = r"y = \sum_{i,j} F^{-1}\left( F(\psi_1 x_{i,j}) \odot F(\psi_2 x_{i,j}) \right)"
    tags = ("tensor sketch", "cbp", "fine-grained")
    width = Int(1024, doc="length of the sketch")
    normalise = Bool(True, doc="signed root and length 1 afterwards")
    seed = Int(0, min=0, max=2**31 - 1, doc="of the random places and signs")

    def kept_inside(self, x: Tensor) -> int:
        """Both sketches of every place and their transforms."""
        return 16 * self.width * (x.size // x.shape[0])

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        return Tensor((self.width,), ("D",))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        known = {"seed": 0, "normalise": True}
        return call(x.shape[0], self.width, defaults=known, seed=self.seed, normalise=self.normalise)

    def summary(self) -> str:
        return f"{self.width}"
