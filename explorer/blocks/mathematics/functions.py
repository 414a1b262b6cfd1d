"""Arithmetic on single values."""

from __future__ import annotations

from types import MappingProxyType

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import wants_float
from explorer.blocks.connected.joins import stretched
from explorer.blocks.fields import Bool, Float, OptionalFloat
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.arithmetic"


class _Pair(Block):
    """Shape rule of two inputs whose values meet one by one."""

    broadcast = Bool(False, doc="stretch axes of size 1 to the other's size")

    def infer(self, a: Tensor, b: Tensor) -> Tensor:
        wants_float(a, "a")
        wants_float(b, "b")
        if a.shape != b.shape and not self.broadcast:
            raise ShapeError(
                f"needs equal shapes, but gets {a.spelled} and {b.spelled}.",
                code="unequal",
                port="b",
                wants=a.text,
            )
        return stretched(a, b, "b")

    def arguments(self, a: Tensor, b: Tensor) -> Call:
        return call()


@block("subtract", target=f"{OWN}:Subtract", category="1.1.7", family="shape", icon="subtract")
class Subtract(_Pair):
    r"""Takes the values of b from those of a, one by one. What both have in common falls away, and what is
    left is how they differ.

    Shapes must be equal unless broadcasting is switched on: then axes of size 1 stretch.

    Shapes: a, b (same, or stretched) → y.
    Parameters: 0.
    MACs: 0.
    Used in: differences to a mean or a prediction, triplet networks, Laplacian pyramids.
    Strengths: costs one sum for each value; the gradient passes to both sides.
    Gaps: small differences of large numbers lose digits.
    Source: plain arithmetic; Burt & Adelson 1983, doi:10.1109/TCOM.1983.1095851, subtract blurred pictures.
    """

    keeps = "nothing"
    formula = r"y = a - b"
    tags = ("minus", "difference", "sub")


@block("divide", target=f"{OWN}:Divide", category="1.1.7", family="shape", icon="divide")
class Divide(_Pair):
    r"""Divides the values of a by those of b, one by one. A divisor nearer to zero than `least` counts as
    `least` with its sign, so that nothing becomes infinite.

    Shapes must be equal unless broadcasting is switched on: then axes of size 1 stretch.

    Shapes: a, b (same, or stretched) → y.
    Parameters: 0.
    MACs: 0.
    Used in: means with weights, cosine similarity, normalisation by hand.
    Strengths: bounded, whatever arrives.
    Gaps: near zero the slope of the quotient is large all the same.
    Source: plain arithmetic; Kipf & Welling 2016, arXiv:1609.02907, divide sums by numbers of neighbours.
    """

    formula = r"y = \frac{a}{b}"
    tags = ("quotient", "ratio", "div")
    least = Float(1e-12, max=1.0, doc="smallest size of a divisor; 0: none")

    def kept_inside(self, a: Tensor, b: Tensor) -> int:
        """The divisor as it is used, and where it was too small."""
        return 5 * b.size if self.least else 0

    def arguments(self, a: Tensor, b: Tensor) -> Call:
        return call(defaults={"least": 1e-12}, least=self.least)


class _Function(Block):
    """Shape rule of functions of one value."""

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        return x


@block("exp", target=f"{OWN}:Exp", category="1.1.7", family="act", title="Exponential", icon="exp")
class Exp(_Function):
    r"""Raises e to the power of each value. Sums become products, and every answer is positive.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: deviations from their logarithms (variational autoencoders), rates, softmax by hand.
    Strengths: positive without a bound to be learned round.
    Gaps: from 89 on it leaves the range of 32-bit numbers, from 12 on that of 16 bits.
    Source: plain mathematics; Kingma & Welling 2013, arXiv:1312.6114, predict the logarithm of a variance.
    """

    keeps = "outputs"
    formula = r"y = e^{x}"
    tags = ("exp", "e to the x")


@block("log", target=f"{OWN}:Log", category="1.1.7", family="act", title="Logarithm", icon="log")
class Log(_Function):
    r"""Takes the natural logarithm of each value. Values below `least` count as it, so that neither −∞ nor
    NaN can arise.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: spectrograms, likelihoods, targets that span powers of ten.
    Strengths: brings products to sums and large ranges to small ones.
    Gaps: below `least` there is no gradient; negative values have no logarithm.
    Source: plain mathematics; Stevens, Volkmann & Newman 1937, doi:10.1121/1.1915893, on loudness and pitch.
    """

    formula = r"y = \log \max(x, \mathrm{least})"
    tags = ("ln", "natural logarithm", "log")
    least = Float(1e-12, max=1.0, doc="lower values count as it; 0: none")

    def kept_inside(self, x: Tensor) -> int:
        """What was raised to the least value."""
        return 4 * x.size if self.least else 0

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"least": 1e-12}, least=self.least)


@block("sqrt", target=f"{OWN}:Sqrt", category="1.1.7", family="act", title="Square root", icon="sqrt")
class Sqrt(_Function):
    r"""Takes the square root of each value. Values below `least` count as it, since negative ones have no
    root and the slope at zero is infinite.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: lengths and deviations from their squares, signed root features.
    Strengths: dampens large values.
    Gaps: steep near zero; below `least` there is no gradient.
    Source: plain mathematics; Perronnin, Sánchez & Mensink 2010, doi:10.1007/978-3-642-15561-1_11.
    """

    keeps = "outputs"
    formula = r"y = \sqrt{\max(x, \mathrm{least})}"
    tags = ("root", "sqrt")
    least = Float(1e-12, max=1.0, doc="lower values count as it; 0: none")

    def kept_inside(self, x: Tensor) -> int:
        """Which values were raised to the least one is told by the input."""
        return 4 * x.size if self.least else 0

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"least": 1e-12}, least=self.least)


@block("power", target=f"{OWN}:Power", category="1.1.7", family="act", icon="power")
class Power(_Function):
    r"""Raises each value to one power: 2 squares it, −1 inverts it, ½ is its root. Whole powers take any
    value; for others, values below `least` count as it.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: energies, generalised means, gamma correction.
    Strengths: one block for squares, cubes, roots and inverses.
    Gaps: large powers overflow or vanish; broken and negative ones are for positive values.
    Source: plain mathematics; Radenović, Tolias & Chum 2017, arXiv:1711.02512, pool with a power.
    """

    formula = r"y = x^{p}"
    tags = ("square", "pow", "exponent", "inverse", "reciprocal")
    exponent = Float(2.0, min=-8.0, max=8.0, doc="the power p")
    least = Float(1e-6, max=1.0, doc="lower values count as it where p is broken or negative; 0: none")

    def kept_inside(self, x: Tensor) -> int:
        """What was raised to the least value."""
        raised = self.least and (self.exponent < 0 or not self.exponent.is_integer())
        return 4 * x.size if raised else 0

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"exponent": 2.0, "least": 1e-6}, exponent=self.exponent, least=self.least)

    def summary(self) -> str:
        return f"^{self.exponent:g}"


@block("abs", target=f"{OWN}:Absolute", category="1.1.7", family="act", title="Absolute value", icon="abs")
class Absolute(_Function):
    r"""Drops the sign of each value. How far it is from zero stays, on which side is forgotten.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: distances, edges, the differences of Siamese networks.
    Strengths: the gradient has the size 1 everywhere but at zero.
    Gaps: it has a corner at zero, where the gradient is taken as 0.
    Source: plain mathematics; Koch, Zemel & Salakhutdinov 2015, ICML Deep Learning Workshop (Siamese nets).
    """

    formula = r"y = \lvert x \rvert"
    tags = ("absolute value", "magnitude", "modulus")


@block("clamp", target=f"{OWN}:Clamp", category="1.1.7", family="act", icon="clamp")
class Clamp(_Function):
    r"""Keeps each value between two bounds: what lies below becomes the lower one, what lies above the upper
    one. Either may be left out.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: pixels of a picture, logarithms of variances, clipped weights.
    Strengths: bounded outputs for nothing.
    Gaps: outside the bounds there is no gradient.
    Source: plain mathematics; Arjovsky, Chintala & Bottou 2017, arXiv:1701.07875, clip weights.
    """

    keeps = "nothing"
    formula = r"y = \min(\max(x, l), h)"
    tags = ("clip", "limit", "bounds", "hardtanh")
    low = OptionalFloat(min=-1e6, doc="lower bound l; empty: none")
    high = OptionalFloat(min=-1e6, doc="upper bound h; empty: none")
    example_fields = MappingProxyType({"low": -1.0, "high": 1.0})

    def validate(self) -> None:
        """The lower bound is not the higher one."""
        if self.low is not None and self.high is not None and self.low > self.high:
            raise BadField(f"low must not be above high, but {self.low:g} is above {self.high:g}.")

    def kept_inside(self, x: Tensor) -> int:
        """Each bound looks at what came to it."""
        return 4 * x.size * ((self.low is not None) + (self.high is not None))

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"low": None, "high": None}, low=self.low, high=self.high)


@block("sin", target=f"{OWN}:Sin", category="1.1.7", family="act", title="Sine", icon="sin")
class Sin(_Function):
    r"""Takes the sine of each value, in radians. It bends without an end, so that a network can follow waves
    and fine detail.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: networks that stand for a picture or a scene (SIREN), codes of places and times.
    Strengths: smooth, with slopes that are waves again.
    Gaps: needs its own starting weights, or deep stacks do not train.
    Source: Sitzmann et al. 2020, arXiv:2006.09661.
    """

    formula = r"y = \sin x"
    tags = ("sine", "siren", "wave", "periodic")


@block("cos", target=f"{OWN}:Cos", category="1.1.7", family="act", title="Cosine", icon="cos")
class Cos(_Function):
    r"""Takes the cosine of each value, in radians. Together with the sine it tells an angle without a jump at
    its end.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: random Fourier features, codes of places, times and directions.
    Strengths: smooth and bounded.
    Gaps: even: x and −x cannot be told apart.
    Source: Rahimi & Recht 2007, Advances in Neural Information Processing Systems 20.
    """

    formula = r"y = \cos x"
    tags = ("cosine", "wave", "periodic", "fourier features")
