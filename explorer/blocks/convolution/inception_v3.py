"""The modules of Inception-v3: large kernels taken apart, and reductions that lose little."""

from __future__ import annotations

from typing import Any

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.inception import conv_unit
from explorer.blocks.fields import Bool, Float, Int
from explorer.graph.builder import Builder, Wire


class Published(Composite):
    """A module whose widths were published; one field makes all of them smaller or larger."""

    multiplier = Float(
        1.0, min=0.01, max=4, label="Width multiplier", doc="all widths times this; 1 is as published"
    )

    def scaled(self, published: int) -> int:
        """A published width times the multiplier, at least 1."""
        return max(1, round(published * self.multiplier))

    def unit(
        self, g: Builder, x: Wire, name: str, filters: int, kernel: int | tuple[int, int] = 1, **more: Any
    ) -> Wire:
        """Convolution, batch norm and ReLU of a published width."""
        return conv_unit(g, x, name, self.scaled(filters), kernel, **more)

    def summary(self) -> str:
        return f"widths ×{self.multiplier:g}" if self.multiplier != 1 else ""


@block(
    "stem_v3",
    category="1.1.2",
    family="composite",
    title="Stem of Inception-v3",
    icon="stem",
    stem="stem",
)
class StemV3(Published):
    r"""Turns a picture into small maps with many channels before the first Inception module.
    Plain convolutions and pools do it, because on large maps every parallel path would be expensive.

    299×299 becomes 35×35 with 192 channels.

    Shapes: x (C, H, W) → y (192, H', W'), about an eighth of the size.
    Parameters: 288·C + 9·(32² + 32·64) + 64·80 + 9·80·192, and batch norms.
    MACs: of its five convolutions, 288·C·H₁·W₁ for the first, and so on; 1.34 G at 299×299.
    Used in: Inception-v3; the released Inception-ResNet-v2 begins in the same way.
    Strengths: three 3×3 convolutions see what a 7×7 would, for less.
    Gaps: works on the largest maps and takes nearly a quarter of the network's products.
    Source: Szegedy et al. 2015, arXiv:1512.00567 (table 1, as released).
    """

    formula = r"3 \times 299 \times 299 \to 192 \times 35 \times 35"
    tags = ("inception", "beginning")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        x = self.unit(g, x, "conv1", 32, 3, stride=2, padded=False)
        x = self.unit(g, x, "conv2", 32, 3, padded=False)
        x = self.unit(g, x, "conv3", 64, 3)
        x = g.add("max_pool", x, name="pool1", kernel=3, stride=2)
        x = self.unit(g, x, "conv4", 80)
        x = self.unit(g, x, "conv5", 192, 3, padded=False)
        return g.add("max_pool", x, name="pool2", kernel=3, stride=2)


@block(
    "inception_v3_a",
    category="1.1.2",
    family="composite",
    title="Inception-v3 A",
    icon="inception",
    stem="inception",
)
class InceptionV3A(Published):
    r"""Looks through a 1×1, a 5×5, two 3×3 in a row and a pool, each after a narrowing 1×1.
    It stands where maps are 35×35, still large enough for several windows to see different things.

    Three of them follow each other with 32, 64 and 64 filters after the pool: 256, 288 and 288 out.

    Shapes: x (C, H, W) → y (one + 64 + 96 + pool_features, H, W).
    Parameters: C·(one + 48 + 64 + pool_features) + 25·48·64 + 9·(64·96 + 96²), and batch norms.
    MACs: the weights times H·W.
    Used in: Inception-v3 (mixed 5b, 5c, 5d); with one = 96, pool_features = 64 and padding not counted it is
    mixed 5b of the released Inception-ResNet-v2.
    Strengths: handles several sizes of pattern; batch norm after each convolution.
    Gaps: complex to design, and hardly two layers are alike.
    Correction: a lecture's table gives Inception-v3 a depth of 159; that counts batch norms and activations,
    and the network is 48 layers deep.
    Source: Szegedy et al. 2015, arXiv:1512.00567 (figure 5, as released).
    """

    formula = r"y = [W_1 x,\; W_5 * W_{15} x,\; W_3'' * W_3' * W_{13} x,\; W_p\, \mathrm{mean}\, x]"
    tags = ("mixed 5b", "multiscale")
    one = Int(64, label="1×1", doc="filters of the 1×1 path")
    pool_features = Int(32, label="After pool", doc="1×1 filters after the pool")
    count_padding = Bool(True, doc="padding counts as zeros in the mean; not so in Inception-ResNet-v2")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self.unit(g, x, "conv1", self.one)
        five = self.unit(g, x, "reduce5", 48)
        five = self.unit(g, five, "conv5", 64, 5)
        double = self.unit(g, x, "reduce_double", 64)
        double = self.unit(g, double, "double1", 96, 3)
        double = self.unit(g, double, "double2", 96, 3)
        pooled = pooled_path(self, g, x, self.pool_features, count_padding=self.count_padding)
        return g.add("concat", one, five, double, pooled, name="concat", axis="C")

    def summary(self) -> str:
        widths = f"{self.one} + 64 + 96 + {self.pool_features}"
        return " · ".join(filter(None, [widths, super().summary()]))


def pooled_path(block: Published, g: Builder, x: Wire, filters: int, *, count_padding: bool = True) -> Wire:
    """The fourth path of most modules: a 3×3 mean, then a 1×1 convolution."""
    pool = g.add("avg_pool", x, name="pool", kernel=3, stride=1, padding=1, count_include_pad=count_padding)
    return block.unit(g, pool, "conv_pool", filters)


@block(
    "reduction_v3_a",
    category="1.1.2",
    family="composite",
    title="Inception-v3 reduction A",
    icon="reduction",
    stem="reduction",
)
class ReductionV3A(Published):
    r"""Halves the maps by two convolutional paths and a pool side by side.
    Pooling first would squeeze the information through few values, and pooling last would be expensive.

    Shapes: x (C, H, W) → y (384 + 96 + C, ⌊(H−1)/2⌋, ⌊(W−1)/2⌋).
    Parameters: 9·384·C + 64·C + 9·(64·96 + 96²), and batch norms.
    MACs: (64·C + 9·64·96)·H·W + (9·384·C + 9·96²)·H'·W'.
    Used in: Inception-v3 (mixed 6a): 288×35×35 → 768×17×17.
    Strengths: avoids the representational bottleneck at moderate cost.
    Gaps: the pooled channels pass through unweighted.
    Source: Szegedy et al. 2015, arXiv:1512.00567 (figure 10, as released).
    """

    formula = r"y = [W_3 *_2 x,\; W_3'' *_2 W_3' * W_1 x,\; \max_{3 \times 3, 2} x]"
    tags = ("mixed 6a", "downsampling")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        three = self.unit(g, x, "conv3", 384, 3, stride=2, padded=False)
        double = self.unit(g, x, "reduce_double", 64)
        double = self.unit(g, double, "double1", 96, 3)
        double = self.unit(g, double, "double2", 96, 3, stride=2, padded=False)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=2)
        return g.add("concat", three, double, pool, name="concat", axis="C")


@block(
    "inception_v3_b",
    category="1.1.2",
    family="composite",
    title="Inception-v3 B",
    icon="inception",
    stem="inception",
)
class InceptionV3B(Published):
    r"""Takes 7×7 windows apart into lines of 1×7 and 7×1, once in one path and twice in another.
    Two lines cost 14 weights instead of 49, so that wide windows become affordable on 17×17 maps.

    Four of them follow each other with width w = 128, 160, 160 and 192.

    Shapes: x (C, H, W) → y (768, H, W).
    Parameters: 2·C·(192 + w) + 28·w·(w + 96), and batch norms.
    MACs: the weights times H·W.
    Used in: Inception-v3 (mixed 6b to 6e).
    Strengths: asymmetric filters lessen the cost; large receptive fields and more activations.
    Gaps: works badly on the large maps near the input; the authors advise sizes from 12 to 20.
    Source: Szegedy et al. 2015, arXiv:1512.00567 (figure 6, n = 7).
    """

    formula = r"y = [W_1 x,\; w_{71} * w_{17} * W_2 x,\; (w_{17} * w_{71})^2 * W_3 x,\; W_p\, \bar{x}]"
    tags = ("mixed 6b", "asymmetric", "7x1")
    width = Int(128, doc="filters inside the two paths of lines")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self.unit(g, x, "conv1", 192)
        seven = self.unit(g, x, "reduce7", self.width)
        seven = self.unit(g, seven, "conv1x7", self.width, (1, 7))
        seven = self.unit(g, seven, "conv7x1", 192, (7, 1))
        double = self.unit(g, x, "reduce_double", self.width)
        double = self.unit(g, double, "double7x1a", self.width, (7, 1))
        double = self.unit(g, double, "double1x7a", self.width, (1, 7))
        double = self.unit(g, double, "double7x1b", self.width, (7, 1))
        double = self.unit(g, double, "double1x7b", 192, (1, 7))
        pooled = pooled_path(self, g, x, 192)
        return g.add("concat", one, seven, double, pooled, name="concat", axis="C")

    def summary(self) -> str:
        return " · ".join(filter(None, [f"width {self.width}", super().summary()]))


@block(
    "reduction_v3_b",
    category="1.1.2",
    family="composite",
    title="Inception-v3 reduction B",
    icon="reduction",
    stem="reduction",
)
class ReductionV3B(Published):
    r"""Halves the maps by a 3×3 path, a path of lines with a 3×3 after it, and a pool side by side.
    Convolutions and pool run in parallel, so that no step has to squeeze everything through few values.

    Shapes: x (C, H, W) → y (320 + 192 + C, ⌊(H−1)/2⌋, ⌊(W−1)/2⌋).
    Parameters: 2·192·C + 9·192·320 + 14·192² + 9·192², and batch norms.
    MACs: (2·192·C + 14·192²)·H·W + 9·(192·320 + 192²)·H'·W'.
    Used in: Inception-v3 (mixed 7a): 768×17×17 → 1280×8×8.
    Strengths: avoids the representational bottleneck at moderate cost.
    Gaps: the pooled channels pass through unweighted and set the width of what follows.
    Source: Szegedy et al. 2015, arXiv:1512.00567 (figure 10, as released).
    """

    formula = r"y = [W_3 *_2 W_1 x,\; W_3' *_2 w_{71} * w_{17} * W_2 x,\; \max_{3 \times 3, 2} x]"
    tags = ("mixed 7a", "downsampling")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        three = self.unit(g, x, "reduce3", 192)
        three = self.unit(g, three, "conv3", 320, 3, stride=2, padded=False)
        seven = self.unit(g, x, "reduce7", 192)
        seven = self.unit(g, seven, "conv1x7", 192, (1, 7))
        seven = self.unit(g, seven, "conv7x1", 192, (7, 1))
        seven = self.unit(g, seven, "conv7", 192, 3, stride=2, padded=False)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=2)
        return g.add("concat", three, seven, pool, name="concat", axis="C")


@block(
    "inception_v3_c",
    category="1.1.2",
    family="composite",
    title="Inception-v3 C",
    icon="inception",
    stem="inception",
)
class InceptionV3C(Published):
    r"""Lets a 1×3 and a 3×1 convolution read the same maps side by side, in two of its four paths.
    On the last, 8×8 maps there is little left to see but much to tell apart, so the module grows wide.

    Shapes: x (C, H, W) → y (320 + 2·384 + 2·384 + 192 = 2048, H, W).
    Parameters: C·(320 + 384 + 448 + 192) + 12·384² + 9·448·384, and batch norms.
    MACs: the weights times H·W.
    Used in: Inception-v3 (mixed 7b and 7c).
    Strengths: high-dimensional features shortly before the classifier.
    Gaps: with 5 to 6 M parameters each the most expensive modules of the network.
    Correction: an article puts modules A and C into one formula; in C the 1×3 and the 3×1 run in parallel
    and are laid side by side, not one after the other.
    Source: Szegedy et al. 2015, arXiv:1512.00567 (figure 7).
    """

    formula = r"y = [W_1 x,\; w_{13} * a,\; w_{31} * a,\; w_{13}' * b,\; w_{31}' * b,\; W_p\, \bar{x}]"
    tags = ("mixed 7b", "asymmetric", "expanded filter bank")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self.unit(g, x, "conv1", 320)
        three = self.unit(g, x, "reduce3", 384)
        threes = [
            self.unit(g, three, "conv1x3", 384, (1, 3)),
            self.unit(g, three, "conv3x1", 384, (3, 1)),
        ]
        double = self.unit(g, x, "reduce_double", 448)
        double = self.unit(g, double, "double3", 384, 3)
        doubles = [
            self.unit(g, double, "double1x3", 384, (1, 3)),
            self.unit(g, double, "double3x1", 384, (3, 1)),
        ]
        pooled = pooled_path(self, g, x, 192)
        return g.add("concat", one, *threes, *doubles, pooled, name="concat", axis="C")
