"""LeNet and its ancestors, the first convolutional nets. LeCun et al. 1998, Proceedings of the IEEE 86."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

SPATIAL = "1.2.1 (1) spatial exploitation"
C3_TABLE = (
    "012",
    "123",
    "234",
    "345",
    "045",
    "015",
    "0123",
    "1234",
    "2345",
    "0345",
    "0145",
    "0125",
    "0134",
    "1245",
    "0235",
    "012345",
)
"""Which of the six maps below each map of C3 reads (table I of the paper)."""


@architecture(
    "lenet5_modern",
    title="LeNet-5",
    category="1.2.1 (1) spatial exploitation",
    year=1998,
    source="LeCun, Bottou, Bengio & Haffner 1998, in the form common today",
    input=(1, 32, 32),
    dataset="mnist5k",
    weights="lenet5_modern",
    run={"epochs": 15},  # 97.7 % of held-out digits; after 5 epochs 95.8 %
)
def lenet5_modern(g: Builder, input: Tensor, classes: int) -> None:
    """Two rounds of convolution and pooling find strokes and their joints, three linear layers decide.

    The form common today: full connections in the second convolution, ReLU, max pooling, no RBF
    codes. On 28×28 digits the first convolution pads by 2, so that 61,706 parameters stay.

    Contribution: the first popular convolutional network, as it is taught today.
    Figures: 0.060 M parameters in a lecture, which is right for the network of 1998; this form has 61,706.
    Form: variant of lenet5, the network as published.
    Strengths: small; learns digits in seconds.
    Gaps: low-level features; scales poorly to many classes.
    """
    x = g.input("input", input)
    pad = 2 if input.shape[1:] == (28, 28) else None
    x = g.add("conv2d", x, name="conv1", filters=6, kernel=5, padding=pad)
    x = g.add("relu", x, name="relu1")
    x = g.add("max_pool", x, name="pool1", kernel=2)
    x = g.add("conv2d", x, name="conv2", filters=16, kernel=5)
    x = g.add("relu", x, name="relu2")
    x = g.add("max_pool", x, name="pool2", kernel=2)
    g.frame("features", "input", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2")
    x = g.add("flatten", x, name="flatten")
    x = g.add("linear", x, name="fc1", features=120)
    x = g.add("relu", x, name="relu3")
    x = g.add("linear", x, name="fc2", features=84)
    x = g.add("relu", x, name="relu4")
    x = g.add("linear", x, name="fc3", features=classes)
    g.output("output", x)
    g.frame("classifier", "flatten", "fc1", "relu3", "fc2", "relu4", "fc3", "output")


def _squash(g: Builder, x: Wire) -> Wire:
    """LeCun's activation 1.7159 tanh(2x/3), whose values and slopes stay in a good range."""
    x = g.add("scale", x, name="narrow", factor=2 / 3)
    return g.add("scale", g.add("tanh", x, name="tanh"), name="widen", factor=1.7159)


def _squashed(g: Builder, x: Wire, name: str = "squash") -> Wire:
    """Add a use of the group `squash`, which is made where it is used first."""
    made = g.use("squash", x, name=name) if "squash" in g.groups else g.group("squash", _squash, x)
    return made[0]


def _subsampling(g: Builder, x: Wire) -> Wire:
    """Means of 2×2, and a learned scale and shift for each map."""
    x = g.add("avg_pool", x, name="mean", kernel=2)
    x = g.add("depthwise_conv2d", x, name="coefficient", kernel=1, padding=0)
    return _squashed(g, x)


def _sparse(g: Builder, x: Wire) -> Wire:
    """Sixteen convolutions, each of which reads its own choice of the six maps."""
    maps = g.add_all("split", x, name="maps", parts=6)
    made = []
    for number, chosen in enumerate(C3_TABLE):
        read = [maps[int(letter)] for letter in chosen]
        joined = g.add("concat", *read, name=f"maps{number}", axis="C")
        made.append(g.add("conv2d", joined, name=f"conv{number}", filters=1, kernel=5))
    return _squashed(g, g.add("concat", *made, name="together", axis="C"))


@architecture(
    "lenet5",
    title="LeNet-5 of 1998",
    category=SPATIAL,
    year=1998,
    source="LeCun, Bottou, Bengio & Haffner 1998, Proceedings of the IEEE 86",
    input=(1, 32, 32),
    parameters=60_000,
)
def lenet5(g: Builder, input: Tensor, classes: int) -> None:
    """Convolutions find strokes and their joints, and subsampling between them forgives small shifts.
    At the end the network draws the digit that it saw, 7×12 points large, and the nearest drawing wins.

    Contribution: the first popular convolutional network: local windows, shared weights, all of it learned.
    Figures: 0.060 M parameters, 0.95 % error on MNIST (0.8 % with distorted digits), depth 5. The count is
    right: 60,000; the rewrite with full connections that is common today has 61,706.
    Form: exact in connections and weights: C3 reads the maps that table I lists, subsampling has a factor and
    a summand for each map, every layer up to F6 is squashed by 1.7159 tanh(2x/3). Means stand for sums, since
    the factor is learned; the drawings are made after figure 3, and the score is minus the paper's distance.
    Strengths: exploits spatial correlation to save work and weights; features learned in a hierarchy.
    Gaps: large filters; low-level features; scales poorly to many classes.
    """
    if classes > 10:
        raise ValueError(f"has drawings of ten digits only, not {classes:,} classes.")
    x = g.input("input", input)
    margin = 2 if input.shape[1:] == (28, 28) else None
    x = g.add("conv2d", x, name="c1", filters=6, kernel=5, padding=margin)
    x = _squashed(g, x)
    (x,) = g.group("s2", _subsampling, x)
    (x,) = g.group("c3", _sparse, x)
    (x,) = g.group("s4", _subsampling, x)
    x = g.add("conv2d", x, name="c5", filters=120, kernel=5)
    x = _squashed(g, x, "squash5")
    x = g.add("linear", g.add("flatten", x, name="flatten"), name="f6", features=84)
    x = _squashed(g, x, "squash6")
    g.output("output", g.add("digit_codes", x, name="rbf", classes=classes))


def _margin(g: Builder, x: Wire) -> Wire:
    """Two rows and columns of −1, the paper, on every side."""
    one = g.add("constant", name="one", shape=(1, 1, 1), axes="CHW", start=1.0)
    x = g.add("add", x, one, name="above", broadcast=True)
    x = g.add("pad", x, name="margin", margin=(2, 2, 2, 2))
    less = g.add("constant", name="minus_one", shape=(1, 1, 1), axes="CHW", start=-1.0)
    return g.add("add", x, less, name="below", broadcast=True)


def _own_biases(g: Builder, x: Wire) -> Wire:
    """Add a bias for each unit, which places do not share, and squash."""
    bias = g.add("constant", name="biases", shape=x.tensor.shape, axes="CHW", learned=True)
    return _squashed(g, g.add("add", x, bias, name="add"))


@architecture(
    "convnet1989",
    title="ConvNet of 1989",
    category=SPATIAL,
    year=1989,
    source="LeCun et al. 1989, Backpropagation applied to handwritten zip code recognition, Neural "
    "Computation 1",
    input=(1, 16, 16),
    parameters=9_760,
)
def convnet1989(g: Builder, input: Tensor, classes: int) -> None:
    """Two layers of 5×5 windows at every second place and two linear layers read digits of zip codes.
    All units of a map share their window's weights, so that 64,660 connections need 9,760 numbers.

    Contribution: the first multilayer convolutional network learned by back-propagation.
    Figures: the texts call it the first multilayered CNN and print no numbers; 9,760 free parameters and 5 %
    error on the test digits in the paper.
    Form: exact in counts: units share weights but not biases; beyond the edge lies −1, the white paper.
    Each map of the second layer reads eight of twelve; which ones is not printed, so that two of three blocks
    of four are taken.
    Strengths: learns its features itself; few weights for its connections.
    Gaps: small pictures, few classes; subsampling and weights are one, unlike in LeNet-5.
    """

    def h1(g: Builder, x: Wire) -> Wire:
        x = g.add("conv2d", _margin(g, x), name="conv", filters=12, kernel=5, stride=2, bias=False)
        return _own_biases(g, x)

    def h2(g: Builder, x: Wire) -> Wire:
        a, b, c = g.add_all("split", _margin(g, x), name="blocks", parts=3)
        made = []
        for number, pair in enumerate(((a, b), (b, c), (a, c)), 1):
            eight = g.add("concat", *pair, name=f"eight{number}", axis="C")
            made.append(
                g.add("conv2d", eight, name=f"conv{number}", filters=4, kernel=5, stride=2, bias=False)
            )
        return _own_biases(g, g.add("concat", *made, name="together", axis="C"))

    x = g.input("input", input)
    (x,) = g.group("h1", h1, x)
    (x,) = g.group("h2", h2, x)
    x = g.add("linear", g.add("flatten", x, name="flatten"), name="h3", features=30)
    x = _squashed(g, x, "squash3")
    x = g.add("linear", x, name="fc", features=classes)
    x = _squashed(g, x, "squash4")
    g.output("output", x)


@architecture(
    "neocognitron",
    title="Neocognitron",
    category=SPATIAL,
    year=1982,
    source="Fukushima & Miyake 1982, Pattern Recognition 15; Fukushima 1980, Biological Cybernetics 36",
    input=(1, 16, 16),
)
def neocognitron(g: Builder, input: Tensor, classes: int, *, planes: int = 24) -> None:
    """Layers of S-cells, which look for a pattern, alternate with layers of C-cells, which forgive its place.
    From edges to parts to whole signs, features grow larger from layer to layer, as in the visual cortex.

    Contribution: the ancestor of convolutional networks: windows with shared weights, and pooling.
    Figures: the texts name it and print no numbers.
    Form: schematic, not the published network: sizes of maps are those of the paper, but S-cells are plain
    convolutions with ReLU, without its inhibiting V-cells, and C-cells are means. It was not trained by
    back-propagation: its S-cells learned by competition, without a teacher; here they would learn by
    gradients like all layers.
    Strengths: tolerates shifts and small distortions of a pattern.
    Gaps: its competition finds frequent features, not those that tell classes apart.
    """
    x = g.input("input", input)
    x = g.add("conv2d", x, name="s1", filters=planes, kernel=5, padding=2)
    x = g.add("relu", x, name="s1_relu")
    x = g.add("avg_pool", x, name="c1", kernel=7, stride=1)
    x = g.add("conv2d", x, name="s2", filters=planes, kernel=3)
    x = g.add("relu", x, name="s2_relu")
    x = g.add("avg_pool", x, name="c2", kernel=3, stride=1)
    x = g.add("conv2d", x, name="s3", filters=classes, kernel=5)
    x = g.add("relu", x, name="s3_relu")
    g.output("output", g.add("global_pool", x, name="c3"))
    g.frame("edges", "s1", "s1_relu", "c1")
    g.frame("parts", "s2", "s2_relu", "c2")
    g.frame("signs", "s3", "s3_relu", "c3")
