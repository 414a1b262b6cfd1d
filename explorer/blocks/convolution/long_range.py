"""Long range: every place of a map looks at all others."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Choice, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import image

PAIRWISE = ("embedded_gaussian", "gaussian", "dot", "concat")


@block(
    "nonlocal",
    category="1.1.2",
    family="composite",
    title="Non-local block",
    icon="attention",
    stem="long_range",
)
class NonLocal(Composite):
    r"""Adds to every place a mixture of all places, weighted by how much they have to do with it.
    Distant things are compared in one step, where convolutions would need many layers.

    `embedded_gaussian` is softmax attention on the H·W places as tokens; `gaussian` compares the input
    itself; `dot` and `concat` have no softmax and divide by the number of places. The output is scaled by
    learned factors that start at zero, so that the block can be put into a trained network without harm.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: with d inside: 4·C·d + 3·d + 3·C; gaussian: 2·C·d + d + 3·C; concat: 2·d more; C fewer without
    batch norm.
    MACs: with n = H·W places and m after the subsampling: 2·C·d·(n + m) + 2·n·m·d; gaussian:
    C·d·(n + m) + n·m·(C + d); concat: 2·C·d·(n + m) + n·m·d + d·(n + m).
    Used in: video classification (Kinetics), Mask R-CNN, self-attention GANs.
    Strengths: global context in a single layer; shapes stay, so it fits anywhere.
    Gaps: cost and memory grow with (H·W)²; used on small maps or with subsampling.
    Source: Wang et al. 2017, arXiv:1711.07971.
    """

    formula = r"y_i = x_i + \gamma\, W \frac{1}{C(x)} \sum_j f(x_i, x_j)\, g(x_j)"
    tags = ("self-attention", "global", "video")
    example = (image(16, 24, 32),)
    pairwise = Choice("embedded_gaussian", PAIRWISE, doc="f: how two places are compared")
    width = OptionalInt(doc="d, channels inside; empty: half of those that arrive")
    subsample = Int(1, max=8, doc="largest value of n×n places as the places that are looked at")
    norm = Bool(True, label="Batch norm", doc="in front of the factors that start at zero")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        width = self.width or max(1, x.channels // 2)
        seen = x
        if self.subsample > 1:
            seen = g.add("max_pool", x, name="subsample", kernel=self.subsample)
        values = self._tokens(g, self._embed(g, seen, "g", width), "g")
        if self.pairwise == "gaussian":
            query, key = self._tokens(g, x, "x"), self._tokens(g, seen, "seen")
        else:
            query = self._tokens(g, self._embed(g, x, "theta", width), "theta")
            key = self._tokens(g, self._embed(g, seen, "phi", width), "phi")
        y = self._mix(g, query, key, values)
        y = g.add("permute", y, name="channels_first", order=(1, 0), axes="CT")
        y = g.add("reshape", y, name="places", shape=(width, *x.tensor.shape[1:]), axes="CHW")
        y = g.add("pointwise_conv2d", y, name="restore", filters=x.channels)
        if self.norm:
            y = g.add("batch_norm", y, name="bn", affine=False)
        start = g.add("constant", name="gamma", shape=(x.channels, 1, 1), axes="CHW", learned=True)
        y = g.add("multiply", y, start, name="scale", broadcast=True)
        if self.norm:  # factors and shift together are the norm's own
            shift = g.add("constant", name="beta", shape=(x.channels, 1, 1), axes="CHW", learned=True)
            y = g.add("add", y, shift, name="shift", broadcast=True)
        return g.add("add", x, y, name="add")

    def _embed(self, g: Builder, x: Wire, name: str, width: int) -> Wire:
        return g.add("pointwise_conv2d", x, name=name, filters=width)

    def _tokens(self, g: Builder, x: Wire, name: str) -> Wire:
        """Maps C × H × W as a sequence of H·W tokens."""
        channels = x.channels
        x = g.add("reshape", x, name=f"{name}_rows", shape=(channels, x.tensor.size // channels), axes="CT")
        return g.add("permute", x, name=f"{name}_tokens", order=(1, 0), axes="TD")

    def _mix(self, g: Builder, query: Wire, key: Wire, values: Wire) -> Wire:
        places = key.tensor.shape[0]
        if self.pairwise.endswith("gaussian"):
            return g.add("scaled_dot_product", query, key, values, name="attend", scale=1.0)
        if self.pairwise == "dot":
            scores = g.add("dot_scores", query, key, name="scores", scale=1 / places)
        else:
            # The weights of the joined pair fall into a part for each place, so no pair is built.
            one = g.add("linear", query, name="from_theta", features=1, bias=False)
            other = g.add("linear", key, name="from_phi", features=1, bias=False)
            other = g.add("permute", other, name="across", order=(1, 0), axes="TD")
            scores = g.add("add", one, other, name="pairs", broadcast=True)
            scores = g.add("relu", scores, name="pairs_relu")
            scores = g.add("scale", scores, name="scores", factor=1 / places)
        return g.add("weighted_sum", scores, values, name="sum")

    def summary(self) -> str:
        parts = [self.pairwise.replace("_", " ")]
        return " · ".join([*parts, *([f"every {self.subsample}"] if self.subsample > 1 else [])])
