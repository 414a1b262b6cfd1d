"""Spatial transformers: networks that turn their input upright. Jaderberg et al. 2015, arXiv:1506.02025."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


@architecture(
    "stn_mnist",
    title="Spatial transformer network",
    category="1.2.1 (7) attention",
    year=2015,
    source="Jaderberg, Simonyan, Zisserman & Kavukcuoglu 2015, arXiv:1506.02025",
    input=(1, 28, 28),
    dataset="digits_turned",
    weights="stn_mnist",
    parameters=27_360,
)
def stn_mnist(g: Builder, input: Tensor, classes: int, *, hidden: int = 32, dropout: float = 0.5) -> None:
    """A small network looks at a digit and gives six numbers, which rotate, shift and zoom it before the
    actual classifier sees it. It starts as the identity, and the loss of the classifier alone teaches it.

    Contribution: an attention that moves the picture, differentiable in where it looks.
    Figures: a text writes its sampling as a sum over all pixels weighted by kernel(i, j); it is a
        localisation network, an affine grid and a bilinear sampler.
    Form: variant in the size of the widely used example for MNIST: a localisation network of two
        convolutions, and a classifier of two convolutions and two linear layers.
    Strengths: undoes rotations and shifts without labels for them.
    Gaps: looks at one object at a time; zooming out skips pixels.
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def turn(g: Builder, x: Wire) -> Wire:
        y = g.add("conv2d", x, name="conv1", filters=8, kernel=7)
        y = g.add("max_pool", y, name="pool1", kernel=2)
        y = g.add("relu", y, name="relu1")
        y = g.add("conv2d", y, name="conv2", filters=10, kernel=5)
        y = g.add("max_pool", y, name="pool2", kernel=2)
        y = g.add("relu", y, name="relu2")
        y = g.add("flatten", y, name="flatten")
        y = g.add("linear", y, name="fc", features=hidden)
        y = g.add("relu", y, name="relu3")
        theta = g.add("affine_head", y, name="theta")
        grid = g.add("affine_grid", theta, name="grid", size=x.tensor.shape[1:])
        return g.add("grid_sample", x, grid, name="sample")

    x = g.input("input", input)
    (x,) = g.group("upright", turn, x)
    x = g.add("conv2d", x, name="conv1", filters=10, kernel=5)
    x = g.add("max_pool", x, name="pool1", kernel=2)
    x = g.add("relu", x, name="relu1")
    x = g.add("conv2d", x, name="conv2", filters=20, kernel=5)
    x = g.add("dropout", x, name="drop1", p=dropout)
    x = g.add("max_pool", x, name="pool2", kernel=2)
    x = g.add("relu", x, name="relu2")
    x = g.add("flatten", x, name="flatten")
    x = g.add("linear", x, name="fc1", features=50)
    x = g.add("relu", x, name="relu3")
    x = g.add("dropout", x, name="drop2", p=dropout)
    x = g.add("linear", x, name="fc2", features=classes)
    g.output("output", x)
    g.frame("features", "conv1", "pool1", "relu1", "conv2", "drop1", "pool2", "relu2")
    g.frame("classifier", "flatten", "fc1", "relu3", "drop2", "fc2", "output")
