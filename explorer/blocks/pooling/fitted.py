"""Pools that are fitted to data without gradients."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Int, OptionalInt, Size
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image

OWN = "explorer.engine.modules.fitted_pooling"


@block(
    "pcanet",
    target=f"{OWN}:PCANet",
    category="1.1.5",
    family="pool",
    title="PCANet",
    icon="pcanet",
    stem="pcanet",
)
class PCANet(Block):
    r"""Filters twice with the principal components of patches, writes the signs as binary numbers, and
    counts these numbers in blocks. Nothing is trained by gradients: the filters follow from the data in
    one pass.

    Each of the L1 maps of the first stage is filtered with the L2 filters of the second; the L2 signs at a
    place are one number below 2^L2, and each block of the map gives a histogram of them.

    Shapes: x (C, H, W) → y (D = L1·2^L2·blocks²).
    Parameters: 0; (L1·C + L2)·k² numbers are fitted.
    MACs: H·W·k²·L1·(C + L2).
    Used in: faces, digits and textures: a baseline for deep networks.
    Strengths: fitted in seconds, nothing to tune; surprisingly close to trained networks on aligned pictures.
    Gaps: no gradient passes; the vector grows with 2^L2; two stages are all there is.
    Source: Chan et al. 2014, arXiv:1404.3606.
    """

    keeps = "nothing"
    formula = r"T_l = \sum_{m=1}^{L_2} 2^{m-1} H(T^1_l * w_m),\quad y = [\mathrm{hist}\, T_l]_{l=1}^{L_1}"
    tags = ("pca", "principal components", "histogram")
    fits = True
    filters = Size((8, 8), dims=2, max=12, doc="of the first and of the second stage")
    kernel = Int(7, max=31, doc="odd side of the patches")
    blocks = Int(2, max=32, doc="blocks along each side")

    def validate(self) -> None:
        """Even patches have no middle; a patch has only so many components."""
        if self.kernel % 2 == 0:
            raise BadField(f"kernel must be odd, so that a pixel is in the middle, not {self.kernel}.")
        if self.filters[1] > self.kernel**2:
            raise BadField(
                f"filters: patches of {self.kernel}×{self.kernel} have {self.kernel**2} components."
            )

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if self.filters[0] > x.shape[0] * self.kernel**2:
            raise ShapeError(
                f"wants {self.filters[0]} filters, but patches of what {{source}} sends have "
                f"{x.shape[0] * self.kernel**2} components.",
                code="field",
            )
        if self.blocks > min(x.shape[1:]):
            raise ShapeError(
                f"cuts {self.blocks} blocks along each side, but {{source}} sends {show(x.shape[1:])}.",
                code="window",
                wants=f"at least {self.blocks}×{self.blocks}",
            )
        return Tensor((self.filters[0] * 2 ** self.filters[1] * self.blocks**2,), ("D",))

    def macs(self, x: Tensor) -> int:
        size = x.shape[1] * x.shape[2] * self.kernel**2
        return size * self.filters[0] * (x.shape[0] + self.filters[1])

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return Call((x.shape[0], self.filters, self.kernel, self.blocks), {})

    def summary(self) -> str:
        return f"{self.filters[0]} · {self.filters[1]} filters"


@block(
    "genetic_pool",
    target=f"{OWN}:GeneticPool",
    category="1.1.5",
    family="pool",
    icon="genetic_pool",
    stem="pool",
)
class GeneticPool(Block):
    r"""Pools each region of a map in the way that a genetic search found to suit it: largest, mean,
    smallest, or root mean square. Crossing and mutating the choices finds good ones without gradients.

    The search looks for choices under which the samples differ most from each other, relative to their size;
    the best set always survives, so fitness never falls. Before fitting all regions take the largest value.
    The lecture names this pool without a definition; genes and fitness are our reading of the name.

    Shapes: x (C, H, W) → y (C, ⌊(H − k)/s⌋ + 1, ⌊(W − k)/s⌋ + 1).
    Parameters: 0; regions² choices are fitted.
    MACs: 0.
    Used in: studies on pooling as something to be searched instead of fixed.
    Strengths: different pools where the picture differs; no gradients needed.
    Gaps: the search is blind and slow; a choice by place suits aligned pictures only.
    Source: Gholamalinezhad & Khosravi 2020, arXiv:2009.07485 (a review that names the pool); Holland 1975,
        Adaptation in Natural and Artificial Systems (genetic search).
    """

    keeps_inside = 17.0
    formula = r"y_r = \mathrm{pool}_{g_r} x,\quad g = \arg\max_g\, \mathrm{fitness}(g)"
    tags = ("evolution", "search")
    fits = True
    example = (image(3, 24, 32),)
    kernel = Int(2, max=64, doc="side of the windows")
    stride = OptionalInt(max=64, doc="distance between two windows; empty: as large as the window")
    regions = Int(4, max=32, doc="regions along each side with a choice of their own")
    population = Int(16, min=4, max=512, doc="sets of choices in each generation")
    seed = Int(0, min=0, max=2**31 - 1, doc="of the search")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        step = self.stride or self.kernel
        if self.kernel > min(x.shape[1:]):
            raise ShapeError(
                f"has a {self.kernel}×{self.kernel} window, larger than its {show(x.shape[1:])} input.",
                code="window",
                wants=f"at least {self.kernel}×{self.kernel}",
            )
        return x.resized(x.shape[0], *((n - self.kernel) // step + 1 for n in x.shape[1:]))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        step = float(self.stride or self.kernel)
        return ReceptiveField((self.kernel, self.kernel), (step, step))

    def arguments(self, x: Tensor) -> Call:
        return call(
            self.kernel,
            self.stride or self.kernel,
            self.regions,
            defaults={"population": 16, "seed": 0},
            population=self.population,
            seed=self.seed,
        )

    def summary(self) -> str:
        return f"{self.kernel}×{self.kernel} · {self.regions}×{self.regions} regions"
