"""The modules of Inception-ResNet: parallel paths learn what to add to a shortcut."""

from __future__ import annotations

from explorer.blocks.block import block
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.inception import add_scaled
from explorer.blocks.convolution.inception_v3 import Published
from explorer.blocks.fields import Bool, Float, Int
from explorer.graph.builder import Builder, Wire


def _scale(default: float) -> Float:
    return Float(default, max=1.0, label="Residual scale", doc="factor of what is added to the input")


class _Joined(Published):
    """A module with a shortcut; a subclass says which paths run beside it."""

    scale: Float
    activation = Bool(True, label="ReLU at the end", doc="off in the last block of the released network")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        joined = g.add("concat", *self._paths(g, x), name="concat", axis="C")
        return add_scaled(g, x, joined, self.values["scale"], activation=self.activation)

    def _paths(self, g: Builder, x: Wire) -> list[Wire]:
        raise NotImplementedError

    def summary(self) -> str:
        return " · ".join(filter(None, [f"+ {self.values['scale']:g} F(x)", super().summary()]))


class _A(_Joined):
    """Paths of 1×1, of one 3×3 and of two 3×3."""

    scale = _scale(0.17)
    double = (32, 32)

    def _paths(self, g: Builder, x: Wire) -> list[Wire]:
        one = self.unit(g, x, "conv1", 32)
        three = self.unit(g, x, "reduce3", 32)
        three = self.unit(g, three, "conv3", 32, 3)
        double = self.unit(g, x, "reduce_double", 32)
        for number, filters in enumerate(self.double, 1):
            double = self.unit(g, double, f"double{number}", filters, 3)
        return [one, three, double]


class _Lines(_Joined):
    """A path of 1×1 and one of two lines, `length` long."""

    length: int
    one: int
    line: tuple[int, int, int]

    def _paths(self, g: Builder, x: Wire) -> list[Wire]:
        n = self.length
        reduce, across, down = self.line
        one = self.unit(g, x, "conv1", self.one)
        lines = self.unit(g, x, f"reduce{n}", reduce)
        lines = self.unit(g, lines, f"conv1x{n}", across, (1, n))
        lines = self.unit(g, lines, f"conv{n}x1", down, (n, 1))
        return [one, lines]


@block(
    "stem_ir_v1",
    category="1.1.2",
    family="composite",
    title="Stem of Inception-ResNet-v1",
    icon="stem",
    stem="stem",
)
class StemIrV1(Published):
    r"""Turns a picture into small maps with many channels by plain convolutions and a pool in a row.
    It is the cheaper of the two stems of the paper, as the network after it is the smaller one.

    299×299 becomes 35×35 with 256 channels.

    Shapes: x (C, H, W) → y (256, H', W'), about an eighth of the size.
    Parameters: 288·C + 9·(32² + 32·64) + 64·80 + 9·(80·192 + 192·256), and batch norms.
    MACs: of its six convolutions; 1.88 G at 299×299.
    Used in: Inception-ResNet-v1.
    Strengths: simple; costs less than the stem of Inception-v4.
    Gaps: one pool stands alone and drops information that later layers cannot get back.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 14).
    """

    formula = r"3 \times 299 \times 299 \to 256 \times 35 \times 35"
    tags = ("inception", "beginning")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        x = self.unit(g, x, "conv1", 32, 3, stride=2, padded=False)
        x = self.unit(g, x, "conv2", 32, 3, padded=False)
        x = self.unit(g, x, "conv3", 64, 3)
        x = g.add("max_pool", x, name="pool", kernel=3, stride=2)
        x = self.unit(g, x, "conv4", 80)
        x = self.unit(g, x, "conv5", 192, 3, padded=False)
        return self.unit(g, x, "conv6", 256, 3, stride=2, padded=False)


@block(
    "inception_resnet_v1_a",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet-v1 A",
    icon="inception",
    stem="inception",
)
class InceptionResnetV1A(_A):
    r"""Adds to its input what a 1×1, a 3×3 and two 3×3 find, 32 filters each.
    The shortcut carries everything else past them, so that the paths may be as narrow as this.

    Any number of channels may arrive; 256 in the paper.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 3·32·C + 27·32² + 96·C + C, and batch norms.
    MACs: (192·C + 27·32²)·H·W.
    Used in: Inception-ResNet-v1 (five of them, on 35×35 maps), FaceNet.
    Strengths: residual links make Inception train much faster.
    Gaps: the added part has to be scaled down, or wide networks die early in training.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 10).
    """

    formula = r"y = f(x + s\, W [W_1 x,\; W_3 * W_{13} x,\; W_3'' * W_3' * W_{1d} x])"
    tags = ("residual", "block35")


@block(
    "inception_resnet_v1_b",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet-v1 B",
    icon="inception",
    stem="inception",
)
class InceptionResnetV1B(_Lines):
    r"""Adds to its input what a 1×1 and a window of 7×7 find, the window as lines of 1×7 and 7×1.
    The lines see far on 17×17 maps at little cost, and the shortcut keeps the rest.

    Any number of channels may arrive; 896 in the paper.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·128·C + 14·128² + 256·C + C, and batch norms.
    MACs: (512·C + 14·128²)·H·W.
    Used in: Inception-ResNet-v1 (ten of them), FaceNet.
    Strengths: asymmetric filters and a shortcut in one module.
    Gaps: the added part has to be scaled down, or wide networks die early in training.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 11).
    """

    formula = r"y = f(x + s\, W [W_1 x,\; w_{71} * w_{17} * W_2 x])"
    tags = ("residual", "block17", "asymmetric")
    scale = _scale(0.1)
    length, one, line = 7, 128, (128, 128, 128)


@block(
    "inception_resnet_v1_c",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet-v1 C",
    icon="inception",
    stem="inception",
)
class InceptionResnetV1C(_Lines):
    r"""Adds to its input what a 1×1 and a window of 3×3 find, the window as lines of 1×3 and 3×1.
    On the last, small maps a small window is enough, and the shortcut keeps the rest.

    Any number of channels may arrive; 1,792 in the paper.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·192·C + 6·192² + 384·C + C, and batch norms.
    MACs: (768·C + 6·192²)·H·W.
    Used in: Inception-ResNet-v1 (five of them, on 8×8 maps), FaceNet.
    Strengths: asymmetric filters and a shortcut in one module.
    Gaps: most of its weights only narrow and widen the maps again.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 13).
    """

    formula = r"y = f(x + s\, W [W_1 x,\; w_{31} * w_{13} * W_2 x])"
    tags = ("residual", "block8", "asymmetric")
    scale = _scale(0.2)
    length, one, line = 3, 192, (192, 192, 192)


@block(
    "inception_resnet_v2_a",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet-v2 A",
    icon="inception",
    stem="inception",
)
class InceptionResnetV2A(_A):
    r"""Adds to its input what a 1×1, a 3×3 and two 3×3 find, with 32, 32 and 64 filters at their ends.
    The longest path widens on the way (32, 48, 64), since it sees most.

    Any number of channels may arrive: 384 in the paper, 320 in the released network.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 3·32·C + 9·(32² + 32·48 + 48·64) + 128·C + C, and batch norms.
    MACs: (224·C + 9·(32² + 32·48 + 48·64))·H·W.
    Used in: Inception-ResNet-v2 (five of them in the paper, ten in the released network).
    Strengths: residual links make Inception train much faster.
    Gaps: the added part has to be scaled down, or wide networks die early in training.
    Correction: a lecture's table gives Inception-ResNet a depth of 572; that counts batch norms and
    activations, not only layers with weights.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 16).
    """

    formula = r"y = f(x + s\, W [W_1 x,\; W_3 * W_{13} x,\; W_3'' * W_3' * W_{1d} x])"
    tags = ("residual", "block35")
    double = (48, 64)


@block(
    "inception_resnet_v2_b",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet-v2 B",
    icon="inception",
    stem="inception",
)
class InceptionResnetV2B(_Lines):
    r"""Adds to its input what a 1×1 and a window of 7×7 find, the window as lines of 1×7 and 7×1.
    It is wider inside than the module of v1: 192 filters beside lines of 128, 160 and 192.

    Any number of channels may arrive: 1,152 in the paper, whose figure misprints 1154; 1,088 in the released
    network.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: (192 + 128)·C + 7·(128·160 + 160·192) + 384·C + C, and batch norms.
    MACs: (704·C + 7·(128·160 + 160·192))·H·W.
    Used in: Inception-ResNet-v2 (ten of them in the paper, twenty in the released network).
    Strengths: asymmetric filters and a shortcut in one module.
    Gaps: the added part has to be scaled down, or wide networks die early in training.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 17).
    """

    formula = r"y = f(x + s\, W [W_1 x,\; w_{71} * w_{17} * W_2 x])"
    tags = ("residual", "block17", "asymmetric")
    scale = _scale(0.1)
    length, one, line = 7, 192, (128, 160, 192)


@block(
    "inception_resnet_v2_c",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet-v2 C",
    icon="inception",
    stem="inception",
)
class InceptionResnetV2C(_Lines):
    r"""Adds to its input what a 1×1 and a window of 3×3 find, the window as lines of 1×3 and 3×1.
    It is wider inside than the module of v1: 192 filters beside lines of 192, 224 and 256.

    Any number of channels may arrive: 2,144 in the paper, whose figure misprints 2048; 2,080 in the released
    network, where the last one is neither scaled nor followed by a ReLU.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·192·C + 3·(192·224 + 224·256) + 448·C + C, and batch norms.
    MACs: (832·C + 3·(192·224 + 224·256))·H·W.
    Used in: Inception-ResNet-v2 (five of them in the paper, ten in the released network).
    Strengths: asymmetric filters and a shortcut in one module.
    Gaps: most of its weights only narrow and widen the maps again.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 19).
    """

    formula = r"y = f(x + s\, W [W_1 x,\; w_{31} * w_{13} * W_2 x])"
    tags = ("residual", "block8", "asymmetric")
    scale = _scale(0.2)
    length, one, line = 3, 192, (192, 224, 256)


@block(
    "reduction_ir_a",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet reduction A",
    icon="reduction",
    stem="reduction",
)
class ReductionIrA(Published):
    r"""Halves the maps by a 3×3 path, a path of 1×1 and two 3×3, and a pool side by side.
    It is the same module for all networks of the paper; only the widths k, l, m and n differ.

    The defaults are those of v2 (256, 256, 384, 384); v1 has 192, 192, 256, 384.

    Shapes: x (C, H, W) → y (n + m + C, ⌊(H−1)/2⌋, ⌊(W−1)/2⌋).
    Parameters: C·k + 9·(k·l + l·m + C·n), and batch norms.
    MACs: (C·k + 9·k·l)·H·W + 9·(l·m + C·n)·H'·W'.
    Used in: Inception-ResNet: 256 → 896 channels in v1, 384 → 1,152 in v2, 320 → 1,088 as released.
    Strengths: no representational bottleneck, as the pool does not stand alone.
    Gaps: the only modules without a shortcut.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figure 7, table 1).
    """

    formula = r"y = [W_n *_2 x,\; W_m *_2 W_l * W_k x,\; \max_{3 \times 3, 2} x]"
    tags = ("downsampling",)
    k = Int(256, label="k", doc="filters of the 1×1 in front of the two 3×3")
    l = Int(256, label="l", doc="filters of the first of the two 3×3")  # noqa: E741  # the paper's name
    m = Int(384, label="m", doc="filters of the second of the two 3×3")
    n = Int(384, label="n", doc="filters of the path with one 3×3")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        return g.add("reduction_v4_a", x, name="reduction", **self.values)

    def summary(self) -> str:
        return f"{self.k}, {self.l}, {self.m}, {self.n}"


@block(
    "reduction_ir_b",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet reduction B",
    icon="reduction",
    stem="reduction",
)
class ReductionIrB(Published):
    r"""Halves the maps by three convolutional paths and a pool side by side.
    All three begin with a 1×1 to 256 filters; two go on with one 3×3 and the third with two.

    The defaults are those of v2 (384, 288, 288, 320); v1 has 384, 256, 256, 256.

    Shapes: x (C, H, W) → y (first + second + long + C, ⌊(H−1)/2⌋, ⌊(W−1)/2⌋), where long is the last width.
    Parameters: 3·256·C + 9·256·(first + second + middle) + 9·middle·long, and batch norms.
    MACs: (768·C + 9·256·middle)·H·W + 9·(256·(first + second) + middle·long)·H'·W'.
    Used in: Inception-ResNet: 896 → 1,792 channels in v1, 1,152 → 2,144 in v2, 1,088 → 2,080 as released.
    Strengths: no representational bottleneck, as the pool does not stand alone.
    Gaps: the pooled channels pass through unweighted and make half of the output.
    Source: Szegedy et al. 2016, arXiv:1602.07261 (figures 12 and 18).
    """

    formula = r"y = [W_a *_2 W_1 x,\; W_b *_2 W_2 x,\; W_d *_2 W_c * W_3 x,\; \max_{3 \times 3, 2} x]"
    tags = ("downsampling",)
    first = Int(384, doc="filters of the first path with one 3×3")
    second = Int(288, doc="filters of the second path with one 3×3")
    middle = Int(288, doc="filters of the first of the two 3×3")
    long = Int(320, doc="filters of the second of the two 3×3")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        first = self.unit(g, x, "reduce_first", 256)
        first = self.unit(g, first, "conv_first", self.first, 3, stride=2, padded=False)
        second = self.unit(g, x, "reduce_second", 256)
        second = self.unit(g, second, "conv_second", self.second, 3, stride=2, padded=False)
        long = self.unit(g, x, "reduce_long", 256)
        long = self.unit(g, long, "long1", self.middle, 3)
        long = self.unit(g, long, "long2", self.long, 3, stride=2, padded=False)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=2)
        return g.add("concat", first, second, long, pool, name="concat", axis="C")

    def summary(self) -> str:
        return f"{self.first}, {self.second}, {self.middle}, {self.long}"
