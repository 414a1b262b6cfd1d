"""The modules of Inception-v4: one plan for all stages, without a shortcut."""

from __future__ import annotations

from explorer.blocks.block import block
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.inception_v3 import Published, pooled_path
from explorer.blocks.fields import Int
from explorer.graph.builder import Builder, Wire


@block(
    "stem_v4",
    category="1.1.2",
    family="composite",
    title="Stem of Inception-v4",
    icon="stem",
    stem="stem",
)
class StemV4(Published):
    r"""Turns a picture into small maps with many channels, by parallel paths that are joined three times.
    At each halving a convolution and a pool work side by side, so that little information is lost.

    299×299 becomes 35×35 with 384 channels.

    Shapes: x (C, H, W) → y (384, H', W'), about an eighth of the size.
    Parameters: 288·C + 9·(32² + 32·64 + 64·96 + 2·64·96 + 192²) + 2·160·64 + 14·64², and batch norms.
    MACs: of its eleven convolutions; 2.29 G at 299×299.
    Used in: Inception-v4; Inception-ResNet-v2 as published (the released code uses stem_v3).
    Strengths: deeper and wider than the stem of v3.
    Gaps: about a fifth of the network's products are spent before its first module.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 3).
    """

    formula = r"3 \times 299 \times 299 \to 384 \times 35 \times 35"
    tags = ("inception", "beginning")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        x = self.unit(g, x, "conv1", 32, 3, stride=2, padded=False)
        x = self.unit(g, x, "conv2", 32, 3, padded=False)
        x = self.unit(g, x, "conv3", 64, 3)
        pool = g.add("max_pool", x, name="pool1", kernel=3, stride=2)
        three = self.unit(g, x, "conv4", 96, 3, stride=2, padded=False)
        x = g.add("concat", pool, three, name="concat1", axis="C")
        short = self.unit(g, x, "short_reduce", 64)
        short = self.unit(g, short, "short3", 96, 3, padded=False)
        long = self.unit(g, x, "long_reduce", 64)
        long = self.unit(g, long, "long1x7", 64, (1, 7))
        long = self.unit(g, long, "long7x1", 64, (7, 1))
        long = self.unit(g, long, "long3", 96, 3, padded=False)
        x = g.add("concat", short, long, name="concat2", axis="C")
        three = self.unit(g, x, "conv5", 192, 3, stride=2, padded=False)
        pool = g.add("max_pool", x, name="pool2", kernel=3, stride=2)
        return g.add("concat", three, pool, name="concat3", axis="C")


@block(
    "inception_v4_a",
    category="1.1.2",
    family="composite",
    title="Inception-v4 A",
    icon="inception",
    stem="inception",
)
class InceptionV4A(Published):
    r"""Looks through a 1×1, a 3×3, two 3×3 in a row and a pool, with 96 filters at the end of each.
    Equal widths make the module plain, and four of them follow each other on 35×35 maps.

    Shapes: x (C, H, W) → y (4·96 = 384, H, W).
    Parameters: C·(2·96 + 2·64) + 9·(2·64·96 + 96²), and batch norms.
    MACs: the weights times H·W.
    Used in: Inception-v4 (four of them).
    Strengths: one plan for all modules of a stage, unlike v3; features on several levels.
    Gaps: slow to learn, compared with the same network with shortcuts.
    Correction: a lecture's tables give Inception-v4 35 M and 48 M parameters; it has 42.68 M.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 4).
    """

    formula = r"y = [W_p\, \mathrm{mean}\, x,\; W_1 x,\; W_3 * W_{13} x,\; W_3'' * W_3' * W_{1d} x]"
    tags = ("multiscale",)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self.unit(g, x, "conv1", 96)
        three = self.unit(g, x, "reduce3", 64)
        three = self.unit(g, three, "conv3", 96, 3)
        double = self.unit(g, x, "reduce_double", 64)
        double = self.unit(g, double, "double1", 96, 3)
        double = self.unit(g, double, "double2", 96, 3)
        pooled = pooled_path(self, g, x, 96, count_padding=False)
        return g.add("concat", one, three, double, pooled, name="concat", axis="C")


@block(
    "reduction_v4_a",
    category="1.1.2",
    family="composite",
    title="Inception-v4 reduction A",
    icon="reduction",
    stem="reduction",
)
class ReductionV4A(Published):
    r"""Halves the maps by a 3×3 path, a path of 1×1 and two 3×3, and a pool side by side.
    Its four widths k, l, m and n are all that differs between the networks of the paper.

    Shapes: x (C, H, W) → y (n + m + C, ⌊(H−1)/2⌋, ⌊(W−1)/2⌋).
    Parameters: C·k + 9·(k·l + l·m + C·n), and batch norms.
    MACs: (C·k + 9·k·l)·H·W + 9·(l·m + C·n)·H'·W'.
    Used in: Inception-v4: 384×35×35 → 1024×17×17.
    Strengths: no representational bottleneck, as the pool does not stand alone.
    Gaps: the pooled channels pass through unweighted.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 7, table 1).
    """

    formula = r"y = [W_n *_2 x,\; W_m *_2 W_l * W_k x,\; \max_{3 \times 3, 2} x]"
    tags = ("downsampling",)
    k = Int(192, label="k", doc="filters of the 1×1 in front of the two 3×3")
    l = Int(224, label="l", doc="filters of the first of the two 3×3")  # noqa: E741  # the paper's name
    m = Int(256, label="m", doc="filters of the second of the two 3×3")
    n = Int(384, label="n", doc="filters of the path with one 3×3")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        three = self.unit(g, x, "conv3", self.n, 3, stride=2, padded=False)
        double = self.unit(g, x, "reduce_double", self.k)
        double = self.unit(g, double, "double1", self.l, 3)
        double = self.unit(g, double, "double2", self.m, 3, stride=2, padded=False)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=2)
        return g.add("concat", three, double, pool, name="concat", axis="C")

    def summary(self) -> str:
        return f"{self.k}, {self.l}, {self.m}, {self.n}"


@block(
    "inception_v4_b",
    category="1.1.2",
    family="composite",
    title="Inception-v4 B",
    icon="inception",
    stem="inception",
)
class InceptionV4B(Published):
    r"""Sees 7×7 windows through lines of 1×7 and 7×1, once in one path and twice in another.
    Lines are cheap, so that seven such modules can follow each other on 17×17 maps.

    Shapes: x (C, H, W) → y (384 + 256 + 256 + 128 = 1024, H, W).
    Parameters: C·(384 + 2·192 + 128) + 7·(192·224 + 224·256 + 192² + 192·224 + 224² + 224·256), and batch
    norms.
    MACs: the weights times H·W.
    Used in: Inception-v4 (seven of them).
    Strengths: asymmetric filters: wide windows at small cost.
    Gaps: long chains of small layers use a GPU badly.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 5).
    """

    formula = r"y = [W_p\, \bar{x},\; W_1 x,\; w_{71} * w_{17} * W_2 x,\; (w_{17} * w_{71})^2 * W_3 x]"
    tags = ("asymmetric", "7x1")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self.unit(g, x, "conv1", 384)
        seven = self.unit(g, x, "reduce7", 192)
        seven = self.unit(g, seven, "conv1x7", 224, (1, 7))
        seven = self.unit(g, seven, "conv7x1", 256, (7, 1))
        double = self.unit(g, x, "reduce_double", 192)
        double = self.unit(g, double, "double7x1a", 192, (7, 1))
        double = self.unit(g, double, "double1x7a", 224, (1, 7))
        double = self.unit(g, double, "double7x1b", 224, (7, 1))
        double = self.unit(g, double, "double1x7b", 256, (1, 7))
        pooled = pooled_path(self, g, x, 128, count_padding=False)
        return g.add("concat", one, seven, double, pooled, name="concat", axis="C")


@block(
    "reduction_v4_b",
    category="1.1.2",
    family="composite",
    title="Inception-v4 reduction B",
    icon="reduction",
    stem="reduction",
)
class ReductionV4B(Published):
    r"""Halves the maps by a 3×3 path, a path of lines with a 3×3 after it, and a pool side by side.
    The lines let the halved maps still know of a 7×7 neighbourhood.

    Shapes: x (C, H, W) → y (192 + 320 + C, ⌊(H−1)/2⌋, ⌊(W−1)/2⌋).
    Parameters: C·(192 + 256) + 9·192² + 7·(256² + 256·320) + 9·320², and batch norms.
    MACs: (C·448 + 7·(256² + 256·320))·H·W + 9·(192² + 320²)·H'·W'.
    Used in: Inception-v4: 1024×17×17 → 1536×8×8.
    Strengths: no representational bottleneck, as the pool does not stand alone.
    Gaps: the pooled channels pass through unweighted and make two thirds of the output.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 8).
    """

    formula = r"y = [W_3 *_2 W_1 x,\; W_3' *_2 w_{71} * w_{17} * W_2 x,\; \max_{3 \times 3, 2} x]"
    tags = ("downsampling",)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        three = self.unit(g, x, "reduce3", 192)
        three = self.unit(g, three, "conv3", 192, 3, stride=2, padded=False)
        seven = self.unit(g, x, "reduce7", 256)
        seven = self.unit(g, seven, "conv1x7", 256, (1, 7))
        seven = self.unit(g, seven, "conv7x1", 320, (7, 1))
        seven = self.unit(g, seven, "conv7", 320, 3, stride=2, padded=False)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=2)
        return g.add("concat", three, seven, pool, name="concat", axis="C")


@block(
    "inception_v4_c",
    category="1.1.2",
    family="composite",
    title="Inception-v4 C",
    icon="inception",
    stem="inception",
)
class InceptionV4C(Published):
    r"""Ends two of its four paths in a 1×3 and a 3×1 convolution that read the same maps side by side.
    On 8×8 maps width counts more than windows, and each fork widens the output cheaply.

    Shapes: x (C, H, W) → y (6·256 = 1536, H, W).
    Parameters: C·(2·256 + 2·384) + 3·(2·384·256 + 384·448 + 448·512 + 2·512·256), and batch norms.
    MACs: the weights times H·W.
    Used in: Inception-v4 (three of them).
    Strengths: high-dimensional features shortly before the classifier.
    Gaps: with 4.6 M parameters each the most expensive modules of the network.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 6).
    """

    formula = r"y = [W_p\, \bar{x},\; W_1 x,\; w_{13} * a,\; w_{31} * a,\; w_{13}' * b,\; w_{31}' * b]"
    tags = ("asymmetric", "expanded filter bank")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        one = self.unit(g, x, "conv1", 256)
        three = self.unit(g, x, "reduce3", 384)
        threes = [
            self.unit(g, three, "conv1x3", 256, (1, 3)),
            self.unit(g, three, "conv3x1", 256, (3, 1)),
        ]
        double = self.unit(g, x, "reduce_double", 384)
        double = self.unit(g, double, "double3x1", 448, (3, 1))
        double = self.unit(g, double, "double1x3", 512, (1, 3))
        doubles = [
            self.unit(g, double, "fork1x3", 256, (1, 3)),
            self.unit(g, double, "fork3x1", 256, (3, 1)),
        ]
        pooled = pooled_path(self, g, x, 256, count_padding=False)
        return g.add("concat", one, *threes, *doubles, pooled, name="concat", axis="C")
