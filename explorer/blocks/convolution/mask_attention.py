"""Attention modules: an hourglass beside the trunk says what in it matters."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Choice, Int
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError


@block(
    "residual_attention",
    category="1.1.2",
    family="composite",
    title="Residual attention module",
    icon="spatial_attention",
    stem="attention",
)
class ResidualAttention(Composite):
    r"""Runs a trunk of residual units, and beside it a mask branch that says how much each value matters.
    The mask branch shrinks the maps to see the whole scene and enlarges them again, and a sigmoid makes
    factors from 0 to 1 of what it finds.

    The trunk is multiplied with 1 + M and not with M, so that many modules in a row do not fade the signal. p
    units stand before and after, t in the trunk, r between two changes of size in the mask (twice r where it
    is smallest), which has shortcuts of one unit across the hourglass. All units are pre-activated.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·p + t + 2·r·depth + depth − 1 units of 17·C²/16 + 3·C (bottleneck) or 18·C² + 4·C (basic),
    and 2·C² + 4·C of the two 1×1 convolutions with their norms.
    MACs: the sum over its units at their sizes, and 2·C²·H·W.
    Used in: Attention-56 and Attention-92 for ImageNet and CIFAR.
    Strengths: attention-aware features; soft weights bottom-up and top-down; scales to hundreds of layers.
    Gaps: a complex model; the mask branch costs about as much as the trunk.
    Source: Wang et al. 2017, arXiv:1704.06904.
    """

    formula = r"H = (1 + M(x)) \odot T(x)"
    tags = ("residual attention network", "hourglass", "soft mask")
    exposes = "gates"
    inside = (("mask", "sigmoid"),)
    p = Int(1, min=0, max=8, label="p", doc="residual units before and after the two branches")
    t = Int(2, max=16, label="t", doc="residual units in the trunk")
    r = Int(1, max=8, label="r", doc="residual units between two changes of size in the mask branch")
    depth = Int(2, max=5, doc="how often the mask branch halves the maps")
    unit = Choice("bottleneck", ("bottleneck", "basic"), doc="1×1, 3×3, 1×1 at quarter width, or two 3×3")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        if self.unit == "bottleneck" and x.channels % 4:
            raise ShapeError(
                f"has units at a quarter of the width, and 4 does not divide the {x.channels} channels that "
                "{source} sends.",
                code="divide",
            )
        x = self._units(g, x, "before", self.p)
        trunk = self._units(g, x, "trunk", self.t)
        mask = self._mask(g, x)
        masked = g.add("multiply", trunk, mask, name="masked")
        y = g.add("add", trunk, masked, name="add")
        return self._units(g, y, "after", self.p)

    def _mask(self, g: Builder, x: Wire) -> Wire:
        """Down, with a shortcut at each size but the smallest; up again; two 1×1 convolutions."""
        sizes, shortcuts = [x.tensor.shape[1:]], []
        y = x
        for level in range(1, self.depth + 1):
            y = g.add("max_pool", y, name=f"pool{level}", kernel=3, stride=2, padding=1)
            y = self._units(g, y, f"down{level}_", self.r)
            sizes.append(y.tensor.shape[1:])
            if level < self.depth:
                shortcuts.append(self._units(g, y, f"shortcut{level}_", 1))
        for level in range(self.depth, 0, -1):
            y = self._units(g, y, f"up{level}_", self.r)
            y = g.add("resize", y, name=f"enlarge{level}", size=sizes[level - 1], mode="bilinear")
            if level > 1:
                y = g.add("add", y, shortcuts[level - 2], name=f"join{level - 1}")
        for number in (1, 2):
            y = g.add("relu", g.add("batch_norm", y, name=f"bn{number}"), name=f"relu{number}")
            y = g.add("pointwise_conv2d", y, name=f"conv{number}", filters=x.channels, bias=False)
        return g.add("sigmoid", y, name="sigmoid")

    def _units(self, g: Builder, x: Wire, prefix: str, count: int) -> Wire:
        for number in range(1, count + 1):
            if self.unit == "basic":
                x = g.add("residual", x, name=f"{prefix}{number}", form="full_preact")
            else:
                width = x.channels // 4
                x = g.add("bottleneck", x, name=f"{prefix}{number}", width=width, form="full_preact")
        return x

    def summary(self) -> str:
        return f"p {self.p} · t {self.t} · r {self.r} · depth {self.depth}"
