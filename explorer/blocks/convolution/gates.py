"""Gates: small networks that decide how much of a map passes."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Choice, Int, OptionalInt
from explorer.graph.builder import Builder, Wire


@block("se", category="1.1.2", family="composite", title="Squeeze and excitation", icon="se", stem="se")
class SqueezeExcite(Composite):
    r"""Weighs whole channels by what all of them hold on average: useful ones pass, others fade.
    It squeezes each map to its mean, and two small layers and a sigmoid turn the means into factors.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·C²/r, and C + C/r with biases.
    MACs: 2·C²/r.
    Used in: SE-ResNet, SENet-154, MobileNetV3, EfficientNet.
    Strengths: a generic block that fits into any CNN; models how channels depend on each other.
    Gaps: sees no places; in a ResNet it weighs channels by the residual alone.
    Correction: a lecture lists SE-Net with 27.5 M parameters and depth 152; SE-ResNet-152 has 66.8 M, and
    27.56 M is SE-ResNeXt-50.
    Source: Hu et al. 2017, arXiv:1709.01507.
    """

    formula = r"y = x \odot \sigma(W_2\, f(W_1\, \mathrm{mean}_{i,j}\, x))"
    tags = ("senet", "channel attention")
    exposes = "gates"
    inside = (("channels", "sigmoid"),)
    reduction = Int(16, max=1024, doc="r: how much narrower the layer in between is")
    squeezed = OptionalInt(doc="channels of the layer in between; empty: C/r")
    activation = Choice("relu", ("relu", "swish", "hard_swish"), doc="between the two layers")
    gate = Choice("sigmoid", ("sigmoid", "hard_sigmoid"), doc="what gives the factors; hard: straight pieces")
    bias = Bool(False, doc="learned numbers added in both layers")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        inner = self.squeezed or max(1, x.channels // self.reduction)
        y = g.add("global_pool", x, name="squeeze", keep=True)
        y = g.add("pointwise_conv2d", y, name="reduce", filters=inner, bias=self.bias)
        y = g.add(self.activation, y, name=self.activation)
        y = g.add("pointwise_conv2d", y, name="restore", filters=x.channels, bias=self.bias)
        y = g.add(self.gate, y, name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)

    def summary(self) -> str:
        return f"→ {self.squeezed}" if self.squeezed else f"r {self.reduction}"
