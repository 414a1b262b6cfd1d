"""Residual blocks that spend their weights on width: more filters, growing filters, many paths."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Choice, Float, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError

FORMS = ("a", "b", "c")


@block(
    "wide_residual",
    category="1.1.2",
    family="composite",
    title="Wide residual block",
    icon="residual",
    stem="block",
)
class WideResidual(Composite):
    r"""A pre-activated residual block with k times as many filters and dropout between its convolutions.
    Few wide blocks learn what many thin ones do, and a GPU works on them faster.

    Batch norm and ReLU stand in front of both 3×3 convolutions. k = 1 is the plain residual block.

    Shapes: x (C, H, W) → y (k·filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: with F = k·filters: 9·C·F + 9·F² + 2·C + 2·F, and C·F where channels or size change.
    MACs: (9·C·F + 9·F² + C·F where channels or size change)·H'·W'.
    Used in: WRN-28-10 and WRN-40-4 for CIFAR, SVHN; a common network for robust and semi-supervised training.
    Strengths: parallel use of many transformations; features are used again; dropout between the
    convolutions helps more than on the shortcut.
    Gaps: may overfit; more parameters than thin deep networks, as they grow with k².
    Correction: a lecture gives the ResNet-1202 that it is compared with 10.2 M parameters; it has 19.42 M,
    and 10.3 M is the pre-activated ResNet-1001.
    Source: Zagoruyko & Komodakis 2016, arXiv:1605.07146.
    """

    formula = r"y = x + W_2 * d(f(W_1 * f(x))),\quad F = k \cdot \mathrm{filters}"
    tags = ("wrn", "wide resnet", "skip")
    filters = Int(16, doc="filters at k = 1: 16, 32 and 64 in the three stages for CIFAR")
    k = Int(2, max=64, label="Widening k", doc="how many times wider than the plain block")
    stride = Int(1, max=8, doc="2 halves height and width")
    drop = Float(0.3, max=0.99, label="Dropout", doc="share of values set to zero between the convolutions")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        width = self.filters * self.k
        seen = g.add("relu", g.add("batch_norm", x, name="bn1"), name="relu1")
        y = g.add(
            "conv2d", seen, name="conv1", filters=width, kernel=3, stride=self.stride, padding=1, bias=False
        )
        y = g.add("relu", g.add("batch_norm", y, name="bn2"), name="relu2")
        if self.drop:
            y = g.add("dropout", y, name="drop", p=self.drop)
        y = g.add("conv2d", y, name="conv2", filters=width, kernel=3, padding=1, bias=False)
        if x.tensor.shape != y.tensor.shape:  # the authors project what is activated already
            x = g.add(
                "pointwise_conv2d", seen, name="projection", filters=width, stride=self.stride, bias=False
            )
        return g.add("add", x, y, name="add")

    def summary(self) -> str:
        parts = [f"{self.filters} × {self.k}", *([f"stride {self.stride}"] if self.stride > 1 else [])]
        return " · ".join(parts)


@block(
    "pyramidal_residual",
    category="1.1.2",
    family="composite",
    title="Pyramidal residual block",
    icon="pyramid",
    stem="block",
)
class PyramidalResidual(Composite):
    r"""A residual block that is a little wider than what arrives: every unit adds α/N channels.
    The width grows evenly over all N units, instead of doubling at the few that halve the maps.

    Batch norm comes first and last, and no ReLU follows the addition. The shortcut fills up with zeros and
    halves by mean pooling. Published networks keep the fraction of α/N from unit to unit; a block sees
    whole channels only, so set `width` where the fraction matters.

    Shapes: x (C, H, W) → y (w, ⌈H/stride⌉, ⌈W/stride⌉), w = ⌊C + α/N⌋; bottleneck: 4·w with w = ⌊C/4 + α/N⌋.
    Parameters: basic: 9·C·w + 9·w² + 2·C + 4·w; bottleneck: C·w + 9·w² + 4·w² + 2·C + 12·w.
    MACs: basic: 9·w·(C + w)·H'·W'; bottleneck: C·w·H·W + 13·w²·H'·W'.
    Used in: PyramidNet-110, -164, -200 and -272 for CIFAR and ImageNet.
    Strengths: widens gradually per unit; avoids a rapid loss of information; deleting a unit harms little.
    Gaps: high cost in space and time, as maps are wide from early on; complex with very many layers.
    Source: Han, Kim & Kim 2016, arXiv:1610.02915.
    """

    formula = r"D_n = \left\lfloor D_{n-1} + \frac{\alpha}{N} \right\rfloor,\quad y = F(x) + [x, 0]"
    tags = ("pyramidnet", "skip")
    form = Choice(
        "basic", ("basic", "bottleneck"), doc="two 3×3, or 1×1, 3×3 and 1×1 with four times the width"
    )
    alpha = Int(270, min=0, label="α", doc="channels that all units together add")
    units = Int(54, max=1000, label="N", doc="number of units in the whole network")
    width = OptionalInt(doc="w; empty: channels that arrive (bottleneck: a quarter) + α/N")
    stride = Int(1, max=8, doc="2 halves height and width")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        before = x.channels // (4 if self.form == "bottleneck" else 1)
        width = self.width or max(1, before + self.alpha // self.units)
        convs = [(width, 3, self.stride), (width, 3, 1)]
        if self.form == "bottleneck":
            convs = [(width, 1, 1), (width, 3, self.stride), (4 * width, 1, 1)]
        y = g.add("batch_norm", x, name="bn0")
        for number, (filters, kernel, stride) in enumerate(convs, 1):
            if number > 1:
                y = g.add("relu", y, name=f"relu{number - 1}")
            y = g.add(
                "conv2d",
                y,
                name=f"conv{number}",
                filters=filters,
                kernel=kernel,
                stride=stride,
                padding=kernel // 2,
                bias=False,
            )
            y = g.add("batch_norm", y, name=f"bn{number}")
        return g.add("add", self._shortcut(g, x, y), y, name="add")

    def _shortcut(self, g: Builder, x: Wire, y: Wire) -> Wire:
        if x.channels > y.channels:
            raise ShapeError(
                f"can only grow, but {{source}} sends {x.channels} channels and it gives {y.channels}.",
                code="size",
            )
        if self.stride > 1:
            x = g.add("avg_pool", x, name="pool", kernel=self.stride, ceil_mode=True, count_include_pad=False)
        return x if x.channels == y.channels else g.add("pad_channels", x, name="pad", channels=y.channels)

    def summary(self) -> str:
        parts = [self.form, f"{self.width}" if self.width else f"+{self.alpha / self.units:.3g}"]
        return " · ".join([*parts, *([f"stride {self.stride}"] if self.stride > 1 else [])])


@block(
    "resnext",
    category="1.1.2",
    family="composite",
    title="ResNeXt block",
    icon="resnext",
    stem="block",
)
class ResNeXt(Composite):
    r"""Sends the input through many narrow paths of one shape, adds up what they find and adds the input.
    The number of paths is a third size beside depth and width, and more of it helps at equal cost.

    The three forms of the paper's figure give equal numbers: (a) C separate paths of 1×1, 3×3 and 1×1,
    summed; (b) paths of 1×1 and 3×3, concatenated in front of one 1×1; (c) one grouped convolution, the
    fastest.

    Shapes: x (I, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: with C paths of width d: C·d·(I + 9·d + filters) + 4·C·d + 2·filters, and I·filters +
    2·filters for a projection; equal in all forms.
    MACs: I·C·d·H·W + (9·C·d² + C·d·filters)·H'·W', and I·filters·H'·W' for a projection.
    Used in: ResNeXt-50 and ResNeXt-101 (32×4d, 64×4d), detectors and segmentation built on them.
    Strengths: one topology for all blocks, so that few settings have to be chosen; grouped convolution.
    Gaps: high computational cost; grouped convolutions run slower than their products suggest.
    Correction: a lecture lists ResNeXt-101 with 84 M parameters and 32 B products; 64×4d has 83.5 M and
    15.5 B at 224×224, and 32 B holds at 320×320.
    Source: Xie et al. 2016, arXiv:1611.05431.
    """

    formula = r"y = x + \sum_{i=1}^{C} T_i(x)"
    tags = ("cardinality", "aggregated", "grouped", "skip")
    form = Choice("c", FORMS, doc="a: summed paths, b: concatenated paths, c: grouped convolution")
    cardinality = Int(32, max=256, doc="C: number of paths")
    width = Int(4, max=1024, label="Path width", doc="d: channels inside each path")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")
    stride = Int(1, max=8, doc="2 halves height and width, in the 3×3 convolution")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or x.channels
        y = self._grouped(g, x, filters) if self.form == "c" else self._paths(g, x, filters)
        y = g.add("batch_norm", y, name="bn3")
        if x.tensor.shape != y.tensor.shape:
            x = g.add(
                "pointwise_conv2d", x, name="projection", filters=filters, stride=self.stride, bias=False
            )
            x = g.add("batch_norm", x, name="projection_bn")
        return g.add("relu", g.add("add", x, y, name="add"), name="relu3")

    def _grouped(self, g: Builder, x: Wire, filters: int) -> Wire:
        inner = self.cardinality * self.width
        y = self._transform(g, x, "", inner, self.cardinality)
        return g.add("pointwise_conv2d", y, name="conv3", filters=filters, bias=False)

    def _paths(self, g: Builder, x: Wire, filters: int) -> Wire:
        ends = []
        for number in range(1, self.cardinality + 1):
            y = self._transform(g, x, f"path{number}_", self.width, 1)
            if self.form == "a":
                y = g.add("pointwise_conv2d", y, name=f"path{number}_conv3", filters=filters, bias=False)
            ends.append(y)
        y = ends[0]
        if len(ends) > 1:
            join = {"a": "add", "b": "concat"}[self.form]
            y = g.add(join, *ends, name="sum" if self.form == "a" else "concat")
        if self.form == "b":
            y = g.add("pointwise_conv2d", y, name="conv3", filters=filters, bias=False)
        return y

    def _transform(self, g: Builder, x: Wire, prefix: str, filters: int, groups: int) -> Wire:
        """1×1 and 3×3, each normalised and activated."""
        x = g.add("pointwise_conv2d", x, name=f"{prefix}conv1", filters=filters, bias=False)
        x = g.add("relu", g.add("batch_norm", x, name=f"{prefix}bn1"), name=f"{prefix}relu1")
        x = g.add(
            "conv2d",
            x,
            name=f"{prefix}conv2",
            filters=filters,
            kernel=3,
            stride=self.stride,
            padding=1,
            groups=groups,
            bias=False,
        )
        return g.add("relu", g.add("batch_norm", x, name=f"{prefix}bn2"), name=f"{prefix}relu2")

    def summary(self) -> str:
        parts = [f"{self.cardinality}×{self.width}d", f"form {self.form}"]
        return " · ".join([*parts, *([f"stride {self.stride}"] if self.stride > 1 else [])])
