"""Residual blocks: layers that learn what to add to their input."""

from __future__ import annotations

from typing import NamedTuple

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_map, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

FORMS = ("original", "bn_after_add", "relu_before_add", "relu_only_preact", "full_preact")
SHORTCUTS = ("identity", "zero_pad", "projection", "dropout", "conv1x1")


class Conv(NamedTuple):
    """One convolution of the residual path; padding keeps the size."""

    filters: int
    kernel: int = 3
    stride: int = 1
    groups: int = 1


@block(
    "pad_channels",
    target="explorer.engine.modules.plumbing:PadChannels",
    category="1.1.2",
    family="shape",
    icon="pad",
    stem="pad",
)
class PadChannels(Block):
    r"""Adds channels of zeros after the others, so that a narrower map can be added to a wider one.
    The shortcut therefore needs no weights, and the new channels hold only what the path beside it found.

    Shapes: x (C, …) → y (channels, …).
    Parameters: 0.
    MACs: 0.
    Used in: ResNets for CIFAR-10, pyramidal networks.
    Strengths: free of weights, so that nothing on the shortcut can overfit.
    Gaps: the shortcut carries nothing in the new channels; it can only widen.
    Source: He et al. 2015, arXiv:1512.03385 (option A of the shortcut).
    """

    keeps = "nothing"
    formula = r"y_c = x_c \;(c < C),\quad 0 \;(c \geq C)"
    channels = Int(64, doc="channels afterwards")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if x.axes[:1] != ("C",):
            raise ShapeError(
                f"adds channels, but {{source}} sends {x.spelled}.", code="axes", wants="C × H × W"
            )
        if x.shape[0] > self.channels:
            raise ShapeError(
                f"fills up to {self.channels} channels, but {{source}} sends {x.shape[0]} already.",
                code="size",
            )
        return x.resized(self.channels, *x.shape[1:])

    def arguments(self, x: Tensor) -> Call:
        return call(self.channels)


@block(
    "stochastic_depth",
    target="explorer.engine.modules.stochastic:StochasticDepth",
    category="1.1.2",
    family="norm",
    icon="dropout",
    stem="drop_path",
)
class StochasticDepth(Block):
    r"""While training, drops what a block would add for whole samples, each with probability p.
    Samples thus run through networks of different depth, and at inference the layer changes nothing.

    What is kept is divided by 1 − p. Place it in front of the addition, after the residual path.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: very deep ResNets, EfficientNet (as drop connect), Swin and other transformers.
    Strengths: regularises deep networks and shortens the way of the gradient.
    Gaps: useful only beside a shortcut: without one a dropped sample would be all zeros.
    Source: Huang et al. 2016, arXiv:1603.09382.
    """

    keeps = "nothing"
    formula = r"y = \frac{m}{1-p}\, x,\quad m \sim \mathrm{Bernoulli}(1-p)"
    tags = ("drop path", "drop connect", "dropout")
    random = True
    p = Float(0.2, max=0.99, label="Probability", doc="share of samples that skip the path while training")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        return x

    def arguments(self, x: Tensor) -> Call:
        return call(self.p)

    def summary(self) -> str:
        return f"p {self.p:g}"


class _Residual(Composite):
    """The residual path in the five orders of its layers, and the shortcut in its five kinds."""

    stride = Int(1, max=8, doc="2 halves height and width")
    form = Choice("original", FORMS, doc="order of convolution, normalisation and activation")
    shortcut = Choice(
        "identity", SHORTCUTS, doc="what lies beside the layers; identity projects when sizes change"
    )
    drop = Float(
        0.5, max=0.99, label="Shortcut dropout", doc="share of values set to zero on a dropout shortcut"
    )
    norm = Bool(True, label="Batch norm", doc="normalise after (or, pre-activated, before) each convolution")
    drop_path = Float(0.0, max=0.99, doc="share of samples that skip the layers while training")

    def _path(self, channels: int) -> list[Conv]:
        raise NotImplementedError

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        path = self._path(x.channels)
        y, seen = x, x
        for number, conv in enumerate(path, 1):
            if self.form == "full_preact":
                y = self._norm(g, y, number)
            if self.form.endswith("preact"):
                y = g.add("relu", y, name=f"relu{number}")
                seen = y if number == 1 else seen
            y = g.add(
                "conv2d",
                y,
                name=f"conv{number}",
                filters=conv.filters,
                kernel=conv.kernel,
                stride=conv.stride,
                padding=conv.kernel // 2,
                groups=conv.groups,
                bias=False,
            )
            y = self._after(g, y, number, last=number == len(path))
        kept = self._shortcut(g, x, seen, y)
        if self.drop_path:
            y = g.add("stochastic_depth", y, name="drop_path", p=self.drop_path)
        y = g.add("add", kept, y, name="add")
        if self.form == "bn_after_add":
            y = self._norm(g, y, len(path))
        if self.form in ("original", "bn_after_add"):
            y = g.add("relu", y, name=f"relu{len(path)}")
        return y

    def _after(self, g: Builder, y: Wire, number: int, *, last: bool) -> Wire:
        """What follows a convolution inside the path."""
        if self.form == "relu_only_preact" or (
            self.form != "full_preact" and not (last and self.form == "bn_after_add")
        ):
            y = self._norm(g, y, number)
        if self.form == "relu_before_add" or (self.form in ("original", "bn_after_add") and not last):
            y = g.add("relu", y, name=f"relu{number}")
        return y

    def _norm(self, g: Builder, y: Wire, number: int) -> Wire:
        return g.add("batch_norm", y, name=f"bn{number}") if self.norm else y

    def _shortcut(self, g: Builder, x: Wire, seen: Wire, y: Wire) -> Wire:
        """Bring the input to the size of `y`.

        A projection in the fully pre-activated form reads the activated input `seen` and is not
        normalised, as in the authors' code; the other forms read `x` and normalise.
        """
        same = x.tensor.shape == y.tensor.shape
        if self.shortcut == "zero_pad":
            if self.stride > 1:
                x = g.add("max_pool", x, name="subsample", kernel=1, stride=self.stride)
            return (
                x
                if x.tensor.shape == y.tensor.shape
                else g.add("pad_channels", x, name="pad", channels=y.channels)
            )
        if self.shortcut in ("projection", "conv1x1") or not same:
            pre = self.form == "full_preact"
            x = g.add(
                "pointwise_conv2d",
                seen if pre else x,
                name="projection",
                filters=y.channels,
                stride=self.stride,
                bias=False,
            )
            if self.norm and not pre and self.shortcut != "conv1x1":
                x = g.add("batch_norm", x, name="projection_bn")
        return g.add("dropout", x, name="drop", p=self.drop) if self.shortcut == "dropout" else x

    def _words(self) -> list[str]:
        parts = [f"stride {self.stride}"] if self.stride > 1 else []
        if self.form != "original":
            parts.append(self.form.replace("_", " "))
        return parts


@block(
    "residual", category="1.1.2", family="composite", title="Residual block", icon="residual", stem="block"
)
class Residual(_Residual):
    r"""Two 3×3 convolutions learn what to add to the input, which runs past them unchanged.
    Depth then does no harm, because a block that has nothing to add passes its input on.

    `form` orders the layers in the five ways that were compared; fully pre-activated trains deepest. Where
    channels or size change, the shortcut is a 1×1 convolution, or zero channels are added.

    Shapes: x (C, H, W) → y (filters, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: 9·C·F + 9·F², 4·F for batch norm (pre-activated 2·C + 2·F), and C·F + 2·F for a projection.
    MACs: (9·C·F + 9·F² + C·F for a projection)·H'·W'.
    Used in: ResNet-18 and ResNet-34, ResNets for CIFAR-10, AlphaGo Zero.
    Strengths: the shortcut needs no gate and no weights; gradients reach early layers undamped.
    Gaps: many blocks may add little; stacking equal blocks fits their settings to one task.
    Correction: a lecture lists ResNet with 25.6 M parameters and depth 152; 25.56 M is ResNet-50, and
    ResNet-152 has 60.19 M.
    Source: He et al. 2015, arXiv:1512.03385; He et al. 2016, arXiv:1603.05027 (forms, shortcuts).
    """

    formula = r"y = F(x) + x"
    tags = ("resnet", "skip", "basic block", "preactivation", "resnet block", "shortcut")
    filters = OptionalInt(doc="output channels; empty: as many as arrive")

    def _path(self, channels: int) -> list[Conv]:
        filters = self.filters or channels
        return [Conv(filters, stride=self.stride), Conv(filters)]

    def summary(self) -> str:
        return " · ".join([*([str(self.filters)] if self.filters else []), *self._words()])


@block(
    "bottleneck",
    category="1.1.2",
    family="composite",
    title="Bottleneck block",
    icon="bottleneck",
    stem="block",
)
class Bottleneck(_Residual):
    r"""A residual block that works in few channels: 1×1 narrows, 3×3 looks around, 1×1 widens again.
    The expensive 3×3 convolution meets only a quarter of the channels.

    With 256 channels and width 64 it is 1×1 256→64, 3×3 64→64, 1×1 64→256. Groups make it the third form of
    ResNeXt.

    Shapes: x (C, H, W) → y (expansion·width, ⌈H/stride⌉, ⌈W/stride⌉).
    Parameters: C·w + 9·w²/groups + w·e·w, without batch norm and projection; 69,632 for 256-64-64-256.
    MACs: C·w·H·W + (9·w²/groups + e·w²)·H'·W', the first with H'·W' where it has the stride.
    Used in: ResNet-50, ResNet-101 and ResNet-152, Mask R-CNN, DeepLab.
    Strengths: 17 times fewer weights than two 3×3 convolutions at 256 channels (69,632 against 1,179,648).
    Gaps: what does not fit through the narrow middle only the shortcut can carry.
    Correction: some texts say that the first and third convolution have 256 filters and the middle one 64;
    the first narrows to 64 too.
    Source: He et al. 2015, arXiv:1512.03385; Xie et al. 2016, arXiv:1611.05431 (groups).
    """

    formula = r"y = W_3 f(W_2 * f(W_1 x)) + x"
    tags = ("resnet", "resnext", "skip")
    width = Int(64, doc="channels inside")
    expansion = Int(4, max=64, doc="output channels for each inner channel")
    groups = Int(1, doc="independent groups in the 3×3 convolution")
    stride_first = Bool(False, doc="stride in the first 1×1, as published, instead of the 3×3")

    def _path(self, channels: int) -> list[Conv]:
        one, two = (self.stride, 1) if self.stride_first else (1, self.stride)
        return [
            Conv(self.width, 1, one),
            Conv(self.width, 3, two, self.groups),
            Conv(self.width * self.expansion, 1),
        ]

    def summary(self) -> str:
        return " · ".join([f"{self.width} → {self.width * self.expansion}", *self._words()])
