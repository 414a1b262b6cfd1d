"""Inception modules: several kernel sizes side by side."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.graph.builder import Builder, Wire

EPS = 1e-3
"""What all Inception networks add to the variance in their batch norms."""


def conv_unit(
    g: Builder,
    x: Wire,
    name: str,
    filters: int,
    kernel: int | tuple[int, int] = 1,
    *,
    stride: int = 1,
    padded: bool = True,
    norm: bool = True,
    bias: bool = False,
    eps: float = EPS,
) -> Wire:
    """Add convolution, batch norm and ReLU; `padded` keeps the size at stride 1."""
    rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
    x = g.add(
        "conv2d",
        x,
        name=name,
        filters=filters,
        kernel=(rows, columns),
        stride=stride,
        padding=(rows // 2, columns // 2) if padded else 0,
        bias=bias or not norm,
    )
    if norm:
        x = g.add("batch_norm", x, name=f"{name}_bn", eps=eps)
    return g.add("relu", x, name=f"{name}_relu")


@block(
    "inception_naive",
    category="1.1.2",
    family="composite",
    title="Inception, naive",
    icon="inception",
    stem="inception",
)
class InceptionNaive(Composite):
    r"""Looks through windows of 1, 3 and 5 and a pool at once, and lays the results side by side.
    The network need not decide for one window, because the next layer picks what it can use.

    Shapes: x (C, H, W) → y (one + three + five + C, H, W).
    Parameters: C·(one + 9·three + 25·five), and biases or batch norms.
    MACs: C·(one + 9·three + 25·five)·H·W.
    Used in: nowhere as it is; it is the idea from which the modules of GoogLeNet were made.
    Strengths: catches patterns of different sizes in one layer.
    Gaps: the 5×5 path is expensive, and the pool alone hands on all C channels, so that modules in a row get
    wider and wider.
    Source: Szegedy et al. 2014, arXiv:1409.4842 (figure 2a).
    """

    formula = r"y = [W_1 x,\; W_3 * x,\; W_5 * x,\; \max_{3 \times 3} x]"
    tags = ("googlenet", "multiscale")
    one = Int(64, label="1×1", doc="filters of the 1×1 path")
    three = Int(128, label="3×3", doc="filters of the 3×3 path")
    five = Int(32, label="5×5", doc="filters of the 5×5 path")
    norm = Bool(False, label="Batch norm", doc="batch norm instead of biases, as in later versions")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        widths = {1: self.one, 3: self.three, 5: self.five}
        paths = [conv_unit(g, x, f"conv{k}", filters, k, norm=self.norm) for k, filters in widths.items()]
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=1, padding=1)
        return g.add("concat", *paths, pool, name="concat", axis="C")

    def summary(self) -> str:
        return f"{self.one} + {self.three} + {self.five} + input"


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
    1×1 convolutions in front of the large kernels narrow the maps first and keep the cost low.

    The defaults are module 3a of GoogLeNet: 192 channels in, 64 + 128 + 32 + 32 = 256 out.

    Shapes: x (C, H, W) → y (one + three + five + pooled, H, W).
    Parameters: C·(one + reduce3 + reduce5 + pooled) + 9·reduce3·three + 25·reduce5·five, and biases
    or batch norms.
    MACs: (C·(one + reduce3 + reduce5 + pooled) + 9·reduce3·three + 25·reduce5·five)·H·W.
    Used in: GoogLeNet (nine of them).
    Strengths: multi-scale filters within a layer; few parameters: 7.0 M for all of GoogLeNet.
    Gaps: six widths for each module have to be chosen by hand; the narrow 1×1 may lose information.
    Correction: a lecture's table gives GoogLeNet 4 M parameters; it has 7.0 M without auxiliary heads and
    13.4 M with both.
    Source: Szegedy et al. 2014, arXiv:1409.4842 (figure 2b).
    """

    formula = r"y = [W_1 x,\; W_3 * W_{13} x,\; W_5 * W_{15} x,\; W_p \max_{3 \times 3} x]"
    tags = ("googlenet", "multiscale")
    one = Int(64, label="1×1", doc="filters of the 1×1 path")
    reduce3 = Int(96, label="Before 3×3", doc="1×1 filters in front of the 3×3")
    three = Int(128, label="3×3", doc="filters of the 3×3 path")
    reduce5 = Int(16, label="Before 5×5", doc="1×1 filters in front of the 5×5")
    five = Int(32, label="5×5", doc="filters of the 5×5 path")
    pooled = Int(32, label="After pool", doc="1×1 filters after the pool")
    norm = Bool(False, label="Batch norm", doc="batch norm instead of biases, as in later versions")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        norm = self.norm
        one = conv_unit(g, x, "conv1", self.one, norm=norm)
        three = conv_unit(g, x, "reduce3", self.reduce3, norm=norm)
        three = conv_unit(g, three, "conv3", self.three, 3, norm=norm)
        five = conv_unit(g, x, "reduce5", self.reduce5, norm=norm)
        five = conv_unit(g, five, "conv5", self.five, 5, norm=norm)
        pool = g.add("max_pool", x, name="pool", kernel=3, stride=1, padding=1)
        pooled = conv_unit(g, pool, "conv_pool", self.pooled, norm=norm)
        return g.add("concat", one, three, five, pooled, name="concat", axis="C")

    def summary(self) -> str:
        return f"{self.one} + {self.three} + {self.five} + {self.pooled}"


@block(
    "inception_v2",
    category="1.1.2",
    family="composite",
    title="Inception v2",
    icon="inception",
    stem="inception",
)
class InceptionV2(Composite):
    r"""An Inception module whose 5×5 convolution is replaced by two of 3×3 in a row.
    They see the same window with 18 instead of 25 weights, and one more activation stands between them.

    With stride 2 it becomes the reduction between stages: the 1×1 path falls away and the pool hands its
    input on, so that `one` and `pooled` do not count. The defaults are module 3a of BN-Inception.

    Shapes: x (C, H, W) → y (one + three + double + pooled, H, W), with stride 2
    (three + double + C, ⌈H/2⌉, ⌈W/2⌉).
    Parameters: C·(one + reduce3 + reduce_double + pooled) + 9·(reduce3·three + reduce_double·double +
    double²), and batch norms or biases.
    MACs: the weights times H·W, with stride 2 a quarter of it for the last 3×3 of each path.
    Used in: BN-Inception, the first network with batch norm.
    Strengths: two small kernels cost 28 % less than a large one and can represent more.
    Gaps: many widths to choose by hand; longer paths are harder to train without batch norm.
    Source: Ioffe & Szegedy 2015, arXiv:1502.03167 (figure 5); Szegedy et al. 2015, arXiv:1512.00567.
    """

    formula = r"y = [W_1 x,\; W_3 * W_{13} x,\; W_3'' * W_3' * W_{1d} x,\; W_p\, \mathrm{pool}\, x]"
    tags = ("bn-inception", "multiscale")
    one = Int(64, label="1×1", doc="filters of the 1×1 path")
    reduce3 = Int(64, label="Before 3×3", doc="1×1 filters in front of the 3×3")
    three = Int(64, label="3×3", doc="filters of the 3×3 path")
    reduce_double = Int(64, label="Before two 3×3", doc="1×1 filters in front of the two 3×3")
    double = Int(96, label="Two 3×3", doc="filters of both 3×3 convolutions in a row")
    pooled = Int(32, label="After pool", doc="1×1 filters after the pool")
    pool = Choice("avg", ("avg", "max"), doc="which pool; with stride 2 it is always max")
    stride = Int(1, max=2, doc="2 halves the maps, as between stages")
    norm = Bool(True, label="Batch norm", doc="batch norm after each convolution, instead of biases")
    bias = Bool(False, doc="biases even where batch norm follows, as in the released weights")
    eps = Float(EPS, max=1.0, doc="what the norms add to the variance; 1e-5 with the released weights")
    ceil_mode = Bool(
        False, label="Round up", doc="with stride 2 the pool rounds up, instead of padding, as released"
    )

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)

        def unit(x: Wire, name: str, filters: int, kernel: int = 1, stride: int = 1) -> Wire:
            return conv_unit(
                g,
                x,
                name,
                filters,
                kernel,
                stride=stride,
                norm=self.norm,
                bias=self.bias,
                eps=self.eps,
            )

        paths = [unit(x, "conv1", self.one)] if self.stride == 1 else []
        three = unit(x, "reduce3", self.reduce3)
        three = unit(three, "conv3", self.three, 3, self.stride)
        double = unit(x, "reduce_double", self.reduce_double)
        double = unit(double, "double1", self.double, 3)
        double = unit(double, "double2", self.double, 3, self.stride)
        if self.stride == 2:
            margin = {"ceil_mode": True} if self.ceil_mode else {"padding": 1}
            pooled = g.add("max_pool", x, name="pool", kernel=3, stride=2, **margin)
        else:
            pool = g.add(f"{self.pool}_pool", x, name="pool", kernel=3, stride=1, padding=1)
            pooled = unit(pool, "conv_pool", self.pooled)
        return g.add("concat", *paths, three, double, pooled, name="concat", axis="C")

    def summary(self) -> str:
        if self.stride == 2:
            return f"{self.three} + {self.double} + input · stride 2"
        return f"{self.one} + {self.three} + {self.double} + {self.pooled}"


@block(
    "inception_resnet_a",
    category="1.1.2",
    family="composite",
    title="Inception-ResNet",
    icon="inception",
    stem="inception",
)
class InceptionResnetA(Composite):
    r"""Joins an Inception module and a shortcut: parallel paths learn what to add to the input.
    A 1×1 convolution without activation brings them to the width of the input, so that both can be added.

    This is the plain module of the drawing, with biases; the modules of the published networks stand in
    their own group.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: C·(one + three + double) + 9·(three² + 2·double²) + (one + three + double)·C, and biases or
    batch norms; the last convolution always has biases.
    MACs: the weights times H·W.
    Used in: Inception-ResNet.
    Strengths: trains much faster than the same module without a shortcut.
    Gaps: with more than a thousand filters the sums grow and training dies, unless they are scaled down.
    Source: Szegedy et al. 2016, arXiv:1602.07261.
    """

    formula = r"y = f(x + s\, W [W_1 x,\; W_3 * W_{13} x,\; W_3'' * W_3' * W_{1d} x])"
    tags = ("residual", "multiscale")
    one = Int(32, label="1×1", doc="filters of the 1×1 path")
    three = Int(32, label="3×3", doc="filters of the path with one 3×3")
    double = Int(32, label="Two 3×3", doc="filters of the path with two 3×3")
    scale = Float(1.0, max=1.0, label="Residual scale", doc="factor of what is added to the input")
    norm = Bool(False, label="Batch norm", doc="batch norm instead of biases inside the paths")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        norm = self.norm
        one = conv_unit(g, x, "conv1", self.one, norm=norm)
        three = conv_unit(g, x, "reduce3", self.three, norm=norm)
        three = conv_unit(g, three, "conv3", self.three, 3, norm=norm)
        double = conv_unit(g, x, "reduce_double", self.double, norm=norm)
        double = conv_unit(g, double, "double1", self.double, 3, norm=norm)
        double = conv_unit(g, double, "double2", self.double, 3, norm=norm)
        joined = g.add("concat", one, three, double, name="concat", axis="C")
        return add_scaled(g, x, joined, self.scale)

    def summary(self) -> str:
        return f"{self.one} + {self.three} + {self.double}"


def add_scaled(g: Builder, x: Wire, joined: Wire, factor: float, *, activation: bool = True) -> Wire:
    """Bring joined paths to the width of `x` linearly, scale them, add `x`, and apply a ReLU."""
    y = g.add("pointwise_conv2d", joined, name="restore", filters=x.channels)
    if factor != 1:
        y = g.add("scale", y, name="scale", factor=factor)
    y = g.add("add", x, y, name="add")
    return g.add("relu", y, name="relu") if activation else y
