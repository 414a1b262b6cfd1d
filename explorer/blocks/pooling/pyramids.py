"""Pyramids: the same map pooled at several sizes at once."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Choice, Float, Shape
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.pyramid_pooling"


@block("spatial_pyramid_pool", category="1.1.5", family="pool", icon="pyramid_pool", stem="pyramid")
class SpatialPyramidPool(Composite):
    r"""Pools a map of any size into fixed grids, coarse to fine, and writes all cells one after the other. A
    classifier after it therefore gets the same number of values from any picture.

    Levels 4, 2 and 1 give 16 + 4 + 1 = 21 values for each channel.

    Shapes: x (C, H, W) → y (D = C·Σ level²), whatever H and W are.
    Parameters: 0.
    MACs: 0.
    Used in: SPP-net for classification and detection; the step before RoI pooling.
    Strengths: any input size; coarse and fine layout together.
    Gaps: forgets exact places within a cell; layers in front of it were hard to train in SPP-net's detector.
    Source: He et al. 2014, arXiv:1406.4729.
    """

    formula = (
        r"y = [\mathrm{pool}_{4 \times 4} x,\; \mathrm{pool}_{2 \times 2} x,\; \mathrm{pool}_{1 \times 1} x]"
    )
    tags = ("spp",)
    levels = Shape((4, 2, 1), longest=6, max=64, doc="cells along each side, level by level")
    mode = Choice("max", ("max", "avg"), doc="the largest value or the mean of each cell")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        parts = []
        for number, level in enumerate(self.levels, 1):
            y = g.add("adaptive_pool", x, name=f"level{number}", size=level, mode=self.mode)
            parts.append(g.add("flatten", y, name=f"flatten{number}"))
        return parts[0] if len(parts) == 1 else g.add("concat", *parts, name="concat", axis="D")

    def summary(self) -> str:
        return f"{self.mode} · {', '.join(map(str, self.levels))}"


@block(
    "per_pixel_pyramid_pool",
    category="1.1.5",
    family="pool",
    title="Per-pixel pyramid pool",
    icon="pyramid_pool",
    stem="pyramid",
)
class PerPixelPyramidPool(Composite):
    r"""Pools with windows of several sizes around every pixel and lays the results side by side. Each pixel
    thus sees far without a map becoming smaller.

    Shapes: x (C, H, W) → y (C·windows, H, W).
    Parameters: 0.
    MACs: 0.
    Used in: stereo matching, where it widens the view of a patch network.
    Strengths: keeps the resolution; wide and narrow views together.
    Gaps: channels multiply with the number of windows; large windows at every pixel are slow.
    Source: Park & Lee 2017, IEEE Signal Processing Letters 24, arXiv:1709.06248.
    """

    formula = r"y_{i,j} = [P_{s_1}(x, i, j),\; \dots,\; P_{s_n}(x, i, j)]"
    tags = ("4p", "stereo")
    windows = Shape((1, 3, 9), longest=6, max=255, doc="odd sides of the windows")
    mode = Choice("max", ("max", "avg"), doc="the largest value or the mean of each window")

    def validate(self) -> None:
        """An even window has no pixel in its middle."""
        even = [size for size in self.windows if size % 2 == 0]
        if even:
            raise BadField(f"windows have odd sides, so that a pixel is in the middle; {even[0]} is even.")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        more = {"count_include_pad": False} if self.mode == "avg" else {}
        parts = [
            g.add_block(
                f"{self.mode}_pool",
                (x,),
                f"window{number}",
                {"kernel": size, "stride": 1, "padding": size // 2, **more},
            )[0]
            for number, size in enumerate(self.windows, 1)
        ]
        return parts[0] if len(parts) == 1 else g.add("concat", *parts, name="concat", axis="C")

    def summary(self) -> str:
        return f"{self.mode} · {', '.join(map(str, self.windows))}"


@block(
    "edge_aware_pyramid_pool",
    target=f"{OWN}:EdgeAwarePyramidPool",
    category="1.1.5",
    family="pool",
    title="Edge-aware pyramid pool",
    icon="pyramid_pool",
    stem="pyramid",
)
class EdgeAwarePyramidPool(Block):
    r"""Averages in grids of several sizes, but lets values on edges count little. What lies on two sides of
    an edge is therefore mixed less, and regions keep their borders.

    Edges come from a second input with values from 0 to 1, or are worked out from the map itself. Without
    edges it is a plain pyramid of means, brought back to full size. The lecture names this pool without a
    definition; this is our reading of the name.

    Shapes: x (C, H, W), edges (1, H, W) → y (C·levels, H, W).
    Parameters: 0.
    MACs: 0.
    Used in: dense prediction: segmentation, depth, flow.
    Strengths: context without blurred borders; no weights.
    Gaps: good edges are needed; cells are a fixed grid.
    Source: Zhao et al. 2016, arXiv:1612.01105 (the pyramid); Gholamalinezhad & Khosravi 2020,
        arXiv:2009.07485 (a review that names the pool); the weights are ours.
    """

    keeps_inside = 1.0
    formula = r"y_l = \mathrm{up} \frac{\mathrm{mean}_l\, (e^{-s E} x)}{\mathrm{mean}_l\, e^{-s E}}"
    tags = ("edges", "psp")
    levels = Shape((1, 2, 4), longest=6, max=64, doc="cells along each side, level by level")
    strength = Float(4.0, max=20.0, doc="s: how little a value on an edge counts; 0 is a plain pyramid")

    def infer(self, x: Tensor, edges: Tensor | None = None) -> Tensor:
        check_map(x, 2)
        if edges is not None and (edges.axes != x.axes or edges.shape != (1, *x.shape[1:])):
            raise ShapeError(
                f"needs one edge map of 1×{show(x.shape[1:])}, but {{source}} sends {edges.spelled}.",
                code="unequal",
                port="edges",
                wants=f"C 1 × H {x.shape[1]} × W {x.shape[2]}",
            )
        return x.resized(x.shape[0] * len(self.levels), *x.shape[1:])

    def receptive_field(self, x: Tensor, edges: Tensor | None = None) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor, edges: Tensor | None = None) -> Call:
        return Call((self.levels,), call(defaults={"strength": 4.0}, strength=self.strength).kwargs)

    def summary(self) -> str:
        return ", ".join(map(str, self.levels))
