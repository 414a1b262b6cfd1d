"""Activations: one number in, one number out, the same at every place."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Choice, Float, OptionalInt
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import SPATIAL, Tensor, vector

OWN = "explorer.engine.modules.activation"


class _Pointwise(Block):
    """Shape rule of all activations: nothing changes."""

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        return x


@block("identity", target="torch.nn:Identity", category="1.1.1", family="act", icon="identity")
class Identity(Block):
    r"""Passes everything on unchanged.
    It stands where a network may have a layer or none, as on the shortcut of a residual block.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: shortcuts, as the switched-off choice of a layer.
    Strengths: costs nothing and undoes nothing.
    Gaps: learns nothing; layers without any activation between them are one linear layer.
    Source: none; it is the map x → x.
    """

    tags = ("pass through", "no operation")
    keeps = "nothing"
    is_view = True
    passes = True
    formula = r"y = x"

    def infer(self, x: Tensor) -> Tensor:
        return x


@block("relu", target="torch.nn:ReLU", category="1.1.1", family="act", title="ReLU", icon="relu")
class ReLU(_Pointwise):
    r"""Cuts negative values off at zero.
    Where it lets a value pass its slope is 1, so that gradients do not fade with depth.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: AlexNet, VGG, ResNet and most convolutional networks.
    Strengths: cheap; sparse, since about half of the values are zero; no saturation above zero.
    Gaps: a unit that is negative for all data gets no gradient and stays dead.
    Source: Nair & Hinton 2010, International Conference on Machine Learning.
    """

    tags = ("rectifier", "rectified linear unit", "activation", "nonlinearity")
    keeps = "outputs"
    formula = r"y = \max(0, x)"


@block("relu6", target="torch.nn:ReLU6", category="1.1.1", family="act", title="ReLU6", icon="relu")
class ReLU6(_Pointwise):
    r"""Is a ReLU that also cuts off at 6.
    Values then have a known range, so that few bits are enough on small devices.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: MobileNet, MobileNetV2.
    Strengths: robust when it is computed with 8 bits.
    Gaps: no gradient above 6 either.
    Source: Howard et al. 2017, arXiv:1704.04861.
    """

    formula = r"y = \min(\max(0, x), 6)"


@block(
    "leaky_relu",
    target="torch.nn:LeakyReLU",
    category="1.1.1",
    family="act",
    title="Leaky ReLU",
    icon="leaky_relu",
)
class LeakyReLU(_Pointwise):
    r"""Works like ReLU, but lets a small share of negative values through.
    Its slope is nowhere zero, so that no unit can die.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: YOLO, discriminators of GANs.
    Strengths: keeps the gradient alive below zero.
    Gaps: the slope is one more number to choose; seldom much better than ReLU.
    Source: Maas, Hannun & Ng 2013, International Conference on Machine Learning.
    """

    tags = ("lrelu",)
    formula = r"y = \max(0, x) + a \min(0, x)"
    slope = Float(0.01, max=1.0, doc="share of negative values that passes")

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"negative_slope": 0.01}, negative_slope=self.slope)


@block("prelu", target="torch.nn:PReLU", category="1.1.1", family="act", title="PReLU", icon="prelu")
class PReLU(_Pointwise):
    r"""Works like leaky ReLU, with the share of negative values learned.
    The network finds out by itself how much each channel, or all of them, should let through.

    Shapes: x (any) → y (same).
    Parameters: 1, or C with one slope per channel.
    MACs: 0.
    Used in: PReLU-net (the first below human error on ImageNet), SRGAN.
    Strengths: adapts at hardly any cost.
    Gaps: weight decay on the slopes pulls them towards ReLU.
    Source: He et al. 2015, arXiv:1502.01852.
    """

    formula = r"y = \max(0, x) + a_c \min(0, x)"
    slopes = Choice("one", ("one", "channel"), doc="one slope for all, or one for each channel")
    start = Float(0.25, max=1.0, doc="slope before training")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if self.slopes == "channel" and x.axes[:1] not in (("C",), ("D",)):
            raise ShapeError(
                f"has a slope for each channel, but {{source}} sends {x.spelled}.", code="axes", wants="C"
            )
        return x

    def _count(self, x: Tensor) -> int:
        return x.shape[0] if self.slopes == "channel" else 1

    def parameters(self, x: Tensor) -> int:
        return self._count(x)

    def arguments(self, x: Tensor) -> Call:
        return call(
            defaults={"num_parameters": 1, "init": 0.25}, num_parameters=self._count(x), init=self.start
        )


@block("elu", target="torch.nn:ELU", category="1.1.1", family="act", title="ELU", icon="elu")
class ELU(_Pointwise):
    r"""Passes positive values, and lets negative ones approach −α smoothly.
    That keeps the mean near zero, which speeds learning up without a normalisation.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: deep networks without batch norm.
    Strengths: means near zero; robust to noise, as it saturates below.
    Gaps: needs an exponential function.
    Source: Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289.
    """

    tags = ("exponential linear unit",)
    formula = r"y = x \;(x>0),\quad \alpha(e^x - 1) \;(x \leq 0)"
    alpha = Float(1.0, max=10.0, doc="how deep negative values go")

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"alpha": 1.0}, alpha=self.alpha)


@block("selu", target="torch.nn:SELU", category="1.1.1", family="act", title="SELU", icon="elu")
class SELU(_Pointwise):
    r"""Is an ELU whose two numbers are chosen so that activations tend to mean 0 and variance 1 alone.
    Layer after layer pulls them back there, without any normalisation.

    Weights have to start with variance 1/n (LeCun), and dropout has to keep mean and variance.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: deep fully connected networks on tables of numbers.
    Strengths: dozens of fully connected layers train without batch norm.
    Gaps: the proof holds for plain stacks of linear layers only, not with shortcuts.
    Source: Klambauer et al. 2017, arXiv:1706.02515.
    """

    tags = ("self-normalising", "scaled elu", "snn")
    formula = r"y = \lambda x \;(x>0),\quad \lambda \alpha(e^x - 1) \;(x \leq 0)"


@block("softplus", target="torch.nn:Softplus", category="1.1.1", family="act", icon="softplus")
class Softplus(_Pointwise):
    r"""Is a ReLU with a rounded corner, whose values are always above zero.
    Its slope is the sigmoid of βx, so that some gradient flows back everywhere.

    Beyond βx = threshold the line y = x takes over, where the exponential could overflow.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: variances that a network predicts (variational autoencoders), the step sizes of Mamba.
    Strengths: positive and smooth everywhere; a larger β comes as close to ReLU as one likes.
    Gaps: an exponential and a logarithm for every value; not sparse, and its mean lies above zero.
    Source: Dugas et al. 2001, Advances in Neural Information Processing Systems 13.
    """

    formula = r"y = \frac{1}{\beta} \log(1 + e^{\beta x})"
    beta = Float(1.0, min=0.01, max=100.0, doc="how sharp the corner is")
    threshold = Float(20.0, max=100.0, doc="from this β·x on, y = x")

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"beta": 1.0, "threshold": 20.0}, beta=self.beta, threshold=self.threshold)


@block("gelu", target="torch.nn:GELU", category="1.1.1", family="act", title="GELU", icon="gelu")
class GELU(_Pointwise):
    r"""Weighs each value with the probability that a standard normal variable lies below it.
    Large values pass and small ones fade, without a corner in between.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: BERT, GPT, ViT, ConvNeXt.
    Strengths: smooth everywhere; trains transformers a little better than ReLU.
    Gaps: slower than ReLU; not monotonic below zero.
    Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
    """

    tags = ("activation",)
    formula = r"y = x\,\Phi(x)"
    approximation = Choice("none", ("none", "tanh"), doc="tanh is the faster formula of the paper")

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"approximate": "none"}, approximate=self.approximation)


@block("sigmoid", target="torch.nn:Sigmoid", category="1.1.1", family="act", icon="sigmoid")
class Sigmoid(_Pointwise):
    r"""Squeezes any number between 0 and 1.
    Such a number can be read as a probability, or as a gate that is more or less open.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: gates of LSTM and GRU, squeeze and excitation, answers of yes or no.
    Strengths: bounded, smooth, with a meaning.
    Gaps: slope at most ¼ and near zero far out, so that gradients vanish in deep stacks.
    Source: Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0.
    """

    tags = ("logistic", "activation")
    keeps = "outputs"
    gives = "shares"
    formula = r"y = \frac{1}{1 + e^{-x}}"


@block("hard_sigmoid", target="torch.nn:Hardsigmoid", category="1.1.1", family="act", icon="sigmoid")
class HardSigmoid(_Pointwise):
    r"""A sigmoid made of straight pieces: 0 up to −3, 1 from 3 on and a line in between.
    It needs no exponential function, which small devices compute slowly.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: the gates of MobileNetV3 and GhostNet.
    Strengths: cheap, and exact with few bits.
    Gaps: no gradient at all outside −3 … 3.
    Source: Howard et al. 2019, arXiv:1905.02244.
    """

    gives = "shares"
    formula = r"y = \frac{\min(\max(x + 3, 0), 6)}{6}"


@block("tanh", target="torch.nn:Tanh", category="1.1.1", family="act", icon="tanh")
class Tanh(_Pointwise):
    r"""Squeezes any number between −1 and 1.
    Unlike the sigmoid it is centred at zero, so that the next layer gets values of both signs.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: LeNet, the states of RNN, LSTM and GRU, the output of generators.
    Strengths: bounded and centred; slope 1 at zero.
    Gaps: saturates far out, where gradients vanish.
    Source: LeCun et al. 1998, doi:10.1109/5.726791.
    """

    tags = ("hyperbolic tangent", "activation")
    keeps = "outputs"
    formula = r"y = \tanh x"


@block("swish", target="torch.nn:SiLU", category="1.1.1", family="act", icon="swish")
class Swish(_Pointwise):
    r"""Multiplies the input with its own sigmoid, and is also called SiLU.
    It is smooth, with a small dip below zero, through which some gradient flows back for negative values.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: EfficientNet, YOLOv5, the gated layers of language models.
    Strengths: often better than ReLU in deep networks; smooth.
    Gaps: an exponential for every value; not monotonic.
    Source: Ramachandran, Zoph & Le 2017, arXiv:1710.05941.
    """

    formula = r"y = x\,\sigma(x)"
    tags = ("silu",)


@block("mish", target="torch.nn:Mish", category="1.1.1", family="act", icon="swish")
class Mish(_Pointwise):
    r"""Multiplies the input with the tanh of its softplus. It is smooth and dips below zero as swish does, a
    little deeper.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: YOLOv4.
    Strengths: smooth everywhere; a little better than swish in some detectors.
    Gaps: an exponential, a logarithm and a tanh for every value.
    Source: Misra 2019, arXiv:1908.08681.
    """

    formula = r"y = x \tanh(\log(1 + e^x))"
    tags = ("activation",)


@block("hard_swish", target="torch.nn:Hardswish", category="1.1.1", family="act", icon="hard_swish")
class HardSwish(_Pointwise):
    r"""Is swish made of straight pieces: the input times a hard sigmoid.
    It needs no exponential function, which small devices compute slowly.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: MobileNetV3, LeViT.
    Strengths: nearly as good as swish in deep layers, at a fraction of its cost.
    Gaps: no gradient below −3.
    Source: Howard et al. 2019, arXiv:1905.02244.
    """

    formula = r"y = x\,\frac{\min(\max(x + 3, 0), 6)}{6}"


@block("softmax", target="torch.nn:Softmax", category="1.1.1", family="act", icon="softmax")
class Softmax(_Pointwise):
    r"""Turns scores into probabilities that add up to 1.
    Each is the exponential of its score, divided by the sum of all of them, so that the largest stands out.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: the end of classifiers, the weights of attention.
    Strengths: differentiable choice; together with cross-entropy its gradient is simply p − t.
    Gaps: large scores make it nearly hard, and gradients vanish; it picks something even among bad scores.
    Source: Bridle 1990, doi:10.1007/978-3-642-76153-9_28.
    """

    tags = ("probabilities",)
    keeps = "outputs"
    example = (vector(16),)
    formula = r"y_i = \frac{e^{x_i}}{\sum_j e^{x_j}}"
    gives = "probabilities"
    axis = OptionalInt(
        min=-4,
        max=4,
        doc="axis that adds up to 1: 0 the first of a sample, −1 the last; empty: channels, else the last",
    )

    def gives_along(self, x: Tensor) -> int:
        """Axis of a sample along which the values add up to 1."""
        return x.channels if self.axis is None else self.axis % len(x.shape)

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if not x.shape or (self.axis is not None and not -len(x.shape) <= self.axis < len(x.shape)):
            raise ShapeError(
                f"adds up along axis {self.axis or 0}, but {{source}} sends {x.spelled}.", code="axes"
            )
        return x

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if x.axes[self.gives_along(x)] in SPATIAL else None

    def arguments(self, x: Tensor) -> Call:
        place = self.gives_along(x)
        counted_from_end = self.axis < 0 if self.axis is not None else place == len(x.shape) - 1
        return call(dim=place - len(x.shape) if counted_from_end else place + 1)


@block(
    "log_softmax",
    target="torch.nn:LogSoftmax",
    category="1.1.1",
    family="act",
    title="Log softmax",
    icon="softmax",
)
class LogSoftmax(Softmax):
    r"""Gives the logarithms of the probabilities that softmax makes. They are worked out at once, so none
    becomes −∞ where its probability is too small to be written.

    Cross-entropy takes a softmax itself; over these it changes nothing, because their exponentials add up to
    1 already.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: networks that are trained with the negative log-likelihood.
    Strengths: exact where the probabilities are too small for floating point.
    Gaps: not between 0 and 1; has to be exponentiated to be read.
    Source: Bridle 1990, doi:10.1007/978-3-642-76153-9_28.
    """

    formula = r"y_i = x_i - \log \sum_j e^{x_j}"
    gives = "log_probabilities"


class _Threshold(_Pointwise):
    """Hard thresholds, with a choice of what the backward pass sees."""

    gradient = Choice(
        "none", ("none", "straight_through"), doc="straight-through lets gradients pass where |x| ≤ 1"
    )

    def arguments(self, x: Tensor) -> Call:
        return call(
            defaults={"straight_through": False}, straight_through=self.gradient == "straight_through"
        )


@block("sign", target=f"{OWN}:Sign", category="1.1.1", family="act", icon="sign")
class Sign(_Threshold):
    r"""Gives −1 below zero, 1 above, and 0 at zero itself.
    Its slope is zero everywhere, so nothing in front of it learns unless the gradient is passed straight
    through.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: binary networks, hashing, the perceptron.
    Strengths: one bit for each value.
    Gaps: no true gradient; the straight-through one is a guess that works.
    Source: Bengio, Léonard & Courville 2013, arXiv:1308.3432 (straight-through).
    """

    tags = ("signum", "binary")
    keeps = "nothing"
    formula = r"y = \mathrm{sign}(x),\quad \mathrm{sign}(0) = 0"


@block("step", target=f"{OWN}:Step", category="1.1.1", family="act", icon="step")
class Step(_Threshold):
    r"""Gives 0 below zero and 1 from zero on, so that step(0) = 1.
    Its slope is zero everywhere, so nothing in front of it learns unless the gradient is passed straight
    through.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: the first model neuron, logic gates and convex regions cut out by hand-set weights.
    Strengths: answers exactly 0 or 1.
    Gaps: no true gradient; the straight-through one is a guess that works.
    Source: McCulloch & Pitts 1943, doi:10.1007/BF02478259.
    """

    tags = ("heaviside", "threshold")
    formula = r"y = 1 \;(x \geq 0),\quad 0 \;(x < 0)"
