"""Dense blocks: every layer reads what all layers before it wrote."""

from __future__ import annotations

from math import floor

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Float, Int
from explorer.graph.builder import Builder, Wire


@block("dense_layer", category="1.1.2", family="composite", icon="dense_block", stem="layer")
class DenseLayer(Composite):
    r"""Computes a few new maps from everything so far and lays them beside it.
    Later layers read the old maps directly, so that none has to be computed or carried on twice.

    Normalisation and activation come first; a 1×1 convolution to 4·k maps keeps the 3×3 cheap.

    Shapes: x (C, H, W) → y (C + growth, H, W).
    Parameters: 2·C + 4·k·C + 8·k + 36·k² with the bottleneck, else 2·C + 9·C·k.
    MACs: (4·k·C + 36·k²)·H·W with the bottleneck, else 9·C·k·H·W.
    Used in: DenseNet.
    Strengths: gradients reach every layer by a short path; the layer itself stays narrow.
    Gaps: concatenation copies all earlier maps, and memory grows with depth.
    Source: Huang et al. 2016, arXiv:1608.06993.
    """

    formula = r"y = [x, H(x)]"
    tags = ("densenet",)
    growth = Int(32, label="Growth rate", doc="new maps k")
    bottleneck = Bool(True, doc="a 1×1 convolution to 4·k maps in front of the 3×3")
    dropout = Float(0.0, max=0.99, doc="share of new values set to zero while training")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = x
        if self.bottleneck:
            y = _unit(g, y, 1, self.growth * 4, 1)
        y = _unit(g, y, 2 if self.bottleneck else 1, self.growth, 3)
        if self.dropout:
            y = g.add("dropout", y, name="drop", p=self.dropout)
        return g.add("concat", x, y, name="concat", axis="C")

    def summary(self) -> str:
        return f"+{self.growth}"


def _unit(g: Builder, x: Wire, number: int, filters: int, kernel: int) -> Wire:
    x = g.add("batch_norm", x, name=f"bn{number}")
    x = g.add("relu", x, name=f"relu{number}")
    return g.add(
        "conv2d", x, name=f"conv{number}", filters=filters, kernel=kernel, padding=kernel // 2, bias=False
    )


@block("dense_block", category="1.1.2", family="composite", icon="dense_block", stem="dense")
class DenseBlock(Composite):
    r"""Layers in a row, each of which reads the outputs of all layers before it.
    Each adds only k new maps, because all older features remain in reach.

    Shapes: x (C, H, W) → y (C + layers·growth, H, W).
    Parameters: the sum over its dense layers, whose input widens by the growth rate each time.
    MACs: the sum over its dense layers.
    Used in: DenseNet-121 (6, 12, 24 and 16 layers), segmentation networks such as Tiramisu.
    Strengths: features flow on and are used again; low-level maps stay in reach of the classifier.
    Gaps: the number of maps, and with it the cost, grows with every layer.
    Correction: a lecture calls the drawn network ResNet-121; it is DenseNet-121.
    Source: Huang et al. 2016, arXiv:1608.06993.
    """

    formula = r"x_l = H_l([x_0, x_1, \dots, x_{l-1}])"
    tags = ("densenet",)
    layers = Int(6, max=512, doc="number of layers")
    growth = Int(32, label="Growth rate", doc="new maps k of each layer")
    bottleneck = Bool(True, doc="a 1×1 convolution to 4·k maps in front of each 3×3")
    dropout = Float(0.0, max=0.99, doc="share of new values set to zero while training")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        for number in range(1, self.layers + 1):
            x = g.add(
                "dense_layer",
                x,
                name=f"layer{number}",
                growth=self.growth,
                bottleneck=self.bottleneck,
                dropout=self.dropout,
            )
        return x

    def summary(self) -> str:
        return f"{self.layers} layers · +{self.growth}"


@block("dense_transition", category="1.1.2", family="composite", icon="dense_block", stem="transition")
class DenseTransition(Composite):
    r"""Halves the size between two dense blocks by mean pooling, after a 1×1 convolution to fewer channels.
    Without it the maps of all blocks would pile up at full resolution.

    Shapes: x (C, H, W) → y (⌊compression·C⌋, ⌊H/2⌋, ⌊W/2⌋).
    Parameters: 2·C + C·⌊compression·C⌋.
    MACs: C·⌊compression·C⌋·H·W.
    Used in: DenseNet.
    Strengths: keeps the width in bounds with few weights.
    Gaps: what the 1×1 convolution drops is lost to all later blocks.
    Source: Huang et al. 2016, arXiv:1608.06993.
    """

    formula = r"y = \mathrm{mean}_{2 \times 2}\left(W f(\mathrm{BN}(x))\right)"
    tags = ("densenet",)
    compression = Float(0.5, min=0.01, max=1.0, doc="share of the channels that is kept")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = max(1, floor(x.channels * self.compression + 1e-9))
        y = g.add("batch_norm", x, name="bn")
        y = g.add("relu", y, name="relu")
        y = g.add("pointwise_conv2d", y, name="conv", filters=filters, bias=False)
        return g.add("avg_pool", y, name="pool", kernel=2)

    def summary(self) -> str:
        return f"×{self.compression:g} · half size"
