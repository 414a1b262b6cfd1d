"""Fully connected layers and what is built of them alone."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, Shape
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.linear"
ACTIVATIONS = ("relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "swish", "step", "sign", "identity")


@block("linear", target="torch.nn:Linear", category="1.1.1", family="linear", icon="linear", stem="fc")
class Linear(Block):
    r"""Every output is a weighted sum of all inputs, plus a bias. One output alone cuts the space of the
    inputs in two by a straight line, a plane or a hyperplane.

    With weights 1, 1 and the bias −1.5 a step function after it makes an AND gate, with −0.5 an OR gate.

    Shapes: x (…, n) → y (…, m).
    Parameters: m·n + m.
    MACs: m·n for each place of the leading axes.
    Used in: every classifier's end; perceptrons; inside attention and recurrent layers.
    Strengths: sees all inputs at once; a single matrix product.
    Gaps: as many weights as pairs, and it ignores that neighbours belong together; alone it cannot learn XOR.
    Source: Rosenblatt 1958, Psychological Review 65.
    """

    formula = r"y_o = b_o + \sum_i w_{oi} x_i"
    tags = ("dense", "fully connected", "fc", "perceptron")
    taken = "Inputs"
    features = Int(10, label="Outputs", doc="length of the output")
    bias = Bool(True, doc="adds a learned number to each output")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if x.axes[-1:] != ("D",):
            raise ShapeError(f"needs one axis, but {{source}} sends {x.spelled}.", code="axes", wants="D")
        return x.resized(*x.shape[:-1], self.features)

    def parameters(self, x: Tensor) -> int:
        return x.shape[-1] * self.features + self.features * self.bias

    def macs(self, x: Tensor) -> int:
        return x.size * self.features

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[-1], self.features, defaults={"bias": True}, bias=self.bias)

    def summary(self) -> str:
        return f"→ {self.features}" + ("" if self.bias else " · no bias")

    def caption(self, x: Tensor | None) -> str:
        fits = x is not None and x.axes[-1:] == ("D",)
        return f"{x.shape[-1] if x is not None and fits else '?'} → {self.features}"

    def parameter_sum(self, x: Tensor) -> str:
        return f"{self.features}·{x.shape[-1]}" + f" + {self.features}" * self.bias


@block("fc_block", category="1.1.1", family="composite", title="FC block", icon="fc_block", stem="mlp")
class FcBlock(Composite):
    r"""Two, three or more fully connected layers in a row, each followed by an activation. The activations
    between them bend what would otherwise be one straight cut.

    With hard step activations, two layers cut out a convex region of the input; three layers join
    several such regions into any shape.

    Shapes: x (…, n) → y (…, last width).
    Parameters: Σ mₗ·mₗ₋₁ + mₗ.
    MACs: Σ mₗ·mₗ₋₁ for each place of the leading axes.
    Used in: perceptrons, the classifiers of AlexNet and VGG, the small networks in transformers.
    Strengths: one wide layer can already come as near to any continuous function as one likes.
    Gaps: the weights grow with the product of the widths; deep stacks without shortcuts train badly.
    Source: Rumelhart, Hinton & Williams 1986, Nature 323.
    """

    formula = r"y = f(W_L \cdots f(W_2 f(W_1 x + b_1) + b_2) \cdots + b_L)"
    tags = ("mlp", "multilayer perceptron")
    layers = Shape((4, 1), longest=8, doc="width of each layer")
    activation = Choice("relu", ACTIVATIONS, doc="after every layer but the last")
    last = Choice("identity", ACTIVATIONS, label="Last activation", doc="after the last layer")

    def expand(self, g: Builder, x: Wire) -> Wire:
        for number, width in enumerate(self.layers, 1):
            x = g.add("linear", x, name=f"fc{number}", features=width)
            kind = self.last if number == len(self.layers) else self.activation
            if kind != "identity":
                x = g.add(kind, x, name=f"act{number}")
        return x

    def summary(self) -> str:
        return " → ".join(map(str, self.layers))


@block("autoencoder", category="1.1.1", family="composite", icon="autoencoder", stem="autoencoder")
class Autoencoder(Composite):
    r"""Squeezes the input through a narrow code and rebuilds it on the other side. Only what helps to rebuild
    passes the code, so that it keeps the essence of the data without any labels.

    Shapes: x (n) → y (n), code (last width).
    Parameters: Σ over both halves of mₗ·mₗ₋₁ + mₗ; with tied weights the decoder keeps only its biases.
    MACs: 2·Σ mₗ·mₗ₋₁.
    Used in: dimensionality reduction, denoising, outlier detection, pre-training.
    Strengths: learns from unlabelled data; without activations it finds what PCA finds.
    Gaps: rebuilds an average where it is unsure, so pictures blur; a code too wide copies instead of
        learning.
    Source: Hinton & Salakhutdinov 2006, Science 313.
    """

    formula = r"y = d(e(x)),\quad \min \lVert y - x \rVert^2"
    outputs = ("y", "code")
    layers = Shape((128, 32), longest=6, doc="widths of the encoder; the decoder mirrors them")
    activation = Choice("relu", ACTIVATIONS, doc="between the layers")
    last = Choice(
        "identity", ("identity", "sigmoid"), label="Last activation", doc="sigmoid for values 0 to 1"
    )
    tied = Bool(False, doc="the decoder uses the encoder's weights, transposed")

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, Wire]:
        if len(x.tensor.shape) != 1:
            raise ShapeError(
                f"needs one axis, but {{source}} sends {x.tensor.spelled}.", code="axes", wants="D"
            )
        if self.tied:
            y, code = g.add_all(
                "tied_autoencoder",
                x,
                name="tied",
                layers=self.layers,
                activation=self.activation,
                last=self.last,
            )
            return y, code
        widths = [x.tensor.shape[0], *self.layers]
        for number, width in enumerate(self.layers, 1):
            x = g.add("linear", x, name=f"encode{number}", features=width)
            if self.activation != "identity":
                x = g.add(self.activation, x, name=f"encode_act{number}")
        code = x
        for number, width in enumerate(reversed(widths[:-1]), 1):
            x = g.add("linear", x, name=f"decode{number}", features=width)
            kind = self.last if number == len(self.layers) else self.activation
            if kind != "identity":
                x = g.add(kind, x, name=f"decode_act{number}")
        return x, code

    def summary(self) -> str:
        return "code " + str(self.layers[-1])


@block(
    "tied_autoencoder", target=f"{OWN}:TiedAutoencoder", category="1.1.1", family="linear", icon="autoencoder"
)
class TiedAutoencoder(Block):
    r"""An autoencoder whose decoder multiplies with the encoder's matrices, transposed. What detects a
    feature then also draws it, which halves the weights.

    Shapes: x (n) → y (n), code (last width).
    Parameters: Σ mₗ·mₗ₋₁ + mₗ + mₗ₋₁.
    MACs: 2·Σ mₗ·mₗ₋₁.
    Used in: stacked denoising autoencoders; a cascade of RBMs unrolled.
    Strengths: half the weights; the code cannot grow while the decoder shrinks.
    Gaps: a decoder of its own can rebuild better.
    Source: Vincent et al. 2010, Journal of Machine Learning Research 11.
    """

    keeps = "both"
    keeps_inside = 5.3
    formula = r"h = f(W x + b),\quad y = g(W^{\top} h + c)"
    outputs = ("y", "code")
    layers = Shape((128, 32), longest=6, doc="widths of the encoder")
    activation = Choice("relu", ACTIVATIONS, doc="between the layers")
    last = Choice("identity", ("identity", "sigmoid"), label="Last activation", doc="after the decoder")

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if x.axes != ("D",):
            raise ShapeError(f"needs one axis, but {{source}} sends {x.spelled}.", code="axes", wants="D")
        return x, x.resized(self.layers[-1])

    def _pairs(self, x: Tensor) -> list[tuple[int, int]]:
        return list(zip((x.shape[0], *self.layers), self.layers, strict=False))

    def parameters(self, x: Tensor) -> int:
        return sum(n * m + n + m for n, m in self._pairs(x))

    def macs(self, x: Tensor) -> int:
        return 2 * sum(n * m for n, m in self._pairs(x))

    def arguments(self, x: Tensor) -> Call:
        more = call(
            defaults={"activation": "relu", "last": "identity"}, activation=self.activation, last=self.last
        )
        return Call(((x.shape[0], *self.layers),), more.kwargs)


@block("rbm", target=f"{OWN}:RestrictedBoltzmann", category="1.1.1", family="linear", title="RBM", icon="rbm")
class RestrictedBoltzmann(Block):
    r"""Visible and hidden units joined by one matrix that is used in both directions. It learns an energy
    that is low for what looks like the data, and needs no labels for it.

    The forward pass gives the probabilities of the hidden units and the reconstruction after one
    Gibbs step, so that stacking blocks makes a cascade. The module's `free_energy` and
    `contrastive_divergence` train it without labels.

    Shapes: x (n) → hidden (m), reconstruction (n).
    Parameters: m·n + m + n.
    MACs: 2·m·n.
    Used in: deep belief networks, recommendation, pre-training layer by layer.
    Strengths: a generative model with a simple rule to learn by; cascades pre-train deep networks.
    Gaps: contrastive divergence only approximates the gradient; values are meant to lie between 0 and 1.
    Source: Hinton 2002, Neural Computation 14; Smolensky 1986.
    """

    keeps = "both"
    formula = r"E(v,h) = -a^{\top}v - b^{\top}h - h^{\top}Wv,\quad p(h{=}1|v) = \sigma(Wv + b)"
    outputs = ("hidden", "reconstruction")
    features = Int(64, label="Hidden units", doc="length of the hidden layer")
    spread = Float(0.01, max=1.0, label="Start spread", doc="standard deviation of the initial weights")

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if x.axes != ("D",):
            raise ShapeError(f"needs one axis, but {{source}} sends {x.spelled}.", code="axes", wants="D")
        return x.resized(self.features), x

    def parameters(self, x: Tensor) -> int:
        return x.shape[0] * self.features + self.features + x.shape[0]

    def macs(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.features

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0], self.features, defaults={"spread": 0.01}, spread=self.spread)


@block(
    "digit_codes",
    target=f"{OWN}:DigitCodes",
    category="1.1.1",
    family="linear",
    title="Digit codes",
    icon="linear",
    stem="rbf",
)
class DigitCodes(Block):
    r"""Scores each digit by how near the input comes to a small, fixed drawing of it.
    The layer before it therefore has to learn to draw the digit that it sees, 7 points wide and 12 high.

    Ink is 1 and paper −1. The score is minus the squared distance, so that the largest wins as usual; these
    are Euclidean radial basis functions. Inputs of another length than 84 meet the drawings stretched.

    Shapes: x (n) → y (classes).
    Parameters: 0: the drawings are not learned.
    MACs: 0.
    Used in: the output of LeNet-5.
    Strengths: digits that look alike get codes alike; what resembles no digit is far from all of them.
    Gaps: codes have to be drawn by hand; softmax after a linear layer learns better ones.
    Source: LeCun, Bottou, Bengio & Haffner 1998, Proceedings of the IEEE 86 (section II-B, figure 3).
    """

    keeps = "nothing"
    keeps_inside = 16.0
    formula = r"y_i = -\sum_j (x_j - c_{ij})^2,\quad c_{ij} \in \{-1, 1\}"
    tags = ("rbf", "radial basis function", "lenet", "output")
    classes = Int(10, max=10, doc="how many digits, from 0 on")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if x.axes != ("D",):
            raise ShapeError(f"needs one axis, but {{source}} sends {x.spelled}.", code="axes", wants="D")
        return x.resized(self.classes)

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0], defaults={"classes": 10}, classes=self.classes)

    def summary(self) -> str:
        return f"{self.classes} digits"
