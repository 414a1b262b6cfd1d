"""LeNet: the first convolutional networks in use. LeCun et al. 1998, Proceedings of the IEEE 86."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


@architecture(
    "lenet5_modern", title="LeNet-5", category="1.2.1 (1) spatial exploitation", year=1998,
    source="LeCun, Bottou, Bengio & Haffner 1998, in the form common today", input=(1, 32, 32),
    dataset="mnist5k", weights="lenet5_modern",
)  # fmt: skip
def lenet5_modern(g: Builder, input: Tensor, classes: int) -> None:
    """Two rounds of convolution and pooling find strokes and their joints, three linear layers decide.

    The form common today: full connections in the second convolution, ReLU, max pooling, no RBF
    codes. On 28×28 digits the first convolution pads by 2, so that 61,706 parameters stay.
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
