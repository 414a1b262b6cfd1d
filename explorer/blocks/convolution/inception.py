"""Inception modules: several kernel sizes side by side."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Int
from explorer.graph.builder import Builder, Wire


@block(
    "inception_v1",
    category="1.1.2",
    family="composite",
    title="Inception v1",
    icon="inception",
    stem="inception",
)
class InceptionV1(Composite):
    r"""Looks through windows of 1, 3 and 5 and a pool at once, and lays the results side by side.

    1×1 convolutions in front of the large kernels keep the cost low. The defaults are module 3a of
    GoogLeNet: 192 channels in, 64 + 128 + 32 + 32 = 256 out.

    Shapes: x (C, H, W) → y (one + three + five + pooled, H, W).
    Parameters: C·(one + reduce3 + reduce5 + pooled) + 9·reduce3·three + 25·reduce5·five, and biases
    or batch norms.
    Source: Szegedy et al. 2014, arXiv:1409.4842.
    """

    formula = r"y = [W_1 x,\; W_3 * W_{13} x,\; W_5 * W_{15} x,\; W_p \max_{3 \times 3} x]"
    tags = ("googlenet",)
    one = Int(64, label="1×1", doc="filters of the 1×1 path")
    reduce3 = Int(96, label="Before 3×3", doc="1×1 filters in front of the 3×3")
    three = Int(128, label="3×3", doc="filters of the 3×3 path")
    reduce5 = Int(16, label="Before 5×5", doc="1×1 filters in front of the 5×5")
    five = Int(32, label="5×5", doc="filters of the 5×5 path")
    pooled = Int(32, label="After pool", doc="1×1 filters behind the pool")
    norm = Bool(False, label="Batch norm", doc="batch norm instead of biases, as in later versions")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self._unit(g, x, "conv1", self.one, 1)
        three = self._unit(g, self._unit(g, x, "reduce3", self.reduce3, 1), "conv3", self.three, 3)
        five = self._unit(g, self._unit(g, x, "reduce5", self.reduce5, 1), "conv5", self.five, 5)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=1, padding=1)
        pooled = self._unit(g, pool, "conv_pool", self.pooled, 1)
        return g.add("concat", one, three, five, pooled, name="concat", axis="C")

    def _unit(self, g: Builder, x: Wire, name: str, filters: int, kernel: int) -> Wire:
        x = g.add(
            "conv2d", x, name=name, filters=filters, kernel=kernel, padding=kernel // 2, bias=not self.norm
        )
        if self.norm:
            x = g.add("batch_norm", x, name=f"{name}_bn")
        return g.add("relu", x, name=f"{name}_relu")

    def summary(self) -> str:
        return f"{self.one} + {self.three} + {self.five} + {self.pooled}"
