"""Autoencoders of digits, plain and variational, small enough to be trained while somebody watches.

Hinton & Salakhutdinov 2006, Science 313; Kingma & Welling 2013, arXiv:1312.6114.
"""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.1.1 fully connected"


def _check(hidden: int, code: int) -> None:
    if not 1 <= hidden <= 4096 or not 1 <= code <= 512:
        raise ValueError(
            f"has 1 to 4,096 hidden units and a code of 1 to 512 numbers, not {hidden} and {code}."
        )


def _hidden(g: Builder, x: Wire, name: str, width: int) -> Wire:
    x = g.add("linear", x, name=name, features=width)
    return g.add("relu", x, name=f"{name}_relu")


def _drawn(g: Builder, code: Wire, hidden: int, like: Tensor) -> None:
    """From a code to a picture in 0..1."""

    def decode(g: Builder, x: Wire) -> Wire:
        x = _hidden(g, x, "hidden", hidden)
        x = g.add("linear", x, name="pixels", features=like.size)
        x = g.add("sigmoid", x, name="sigmoid")
        return g.add("reshape", x, name="picture", shape=like.shape, axes="CHW")

    g.output("picture", g.group("decoder", decode, code)[0])


@architecture(
    "digits_autoencoder",
    title="Autoencoder of digits",
    category=CATEGORY,
    year=2006,
    source="Hinton & Salakhutdinov 2006, Science 313, scaled down",
    input=(1, 28, 28),
    classes=16,
    dataset="digits_rebuilt",
    weights="digits_autoencoder",
    parameters=410_912,
    task="reconstruction",
    also=("bottleneck", "dimension reduction"),
    run={"epochs": 15, "rate": 0.001},
)
def digits_autoencoder(g: Builder, input: Tensor, classes: int, *, hidden: int = 256) -> None:
    """Squeezes a digit of 784 pixels through sixteen numbers and draws it again from them. What the sixteen
    cannot hold is lost: the drawn digit is smoother than the written one.

    The number of classes is the length of the code.

    Contribution: learns a code from pictures without labels.
    Figures: see `resources/weights/metrics.json`: mean squared error on digits it never saw.
    Form: two linear layers on each side, sized for MNIST; the paper has four, trained one by one at first.
    Strengths: the code can be looked at and changed; a digit unlike all others is drawn badly.
    Gaps: blurs where it is unsure; codes between those of two digits need not be a digit.
    """
    _check(hidden, classes)

    def encode(g: Builder, x: Wire) -> Wire:
        x = _hidden(g, g.add("flatten", x, name="flatten"), "hidden", hidden)
        return g.add("linear", x, name="code", features=classes)

    (code,) = g.group("encoder", encode, g.input("input", input))
    _drawn(g, code, hidden, input)


@architecture(
    "digits_vae",
    title="Variational autoencoder of digits",
    category=CATEGORY,
    year=2013,
    source="Kingma & Welling 2013, arXiv:1312.6114",
    input=(1, 28, 28),
    classes=16,
    dataset="digits_rebuilt",
    weights="digits_vae",
    parameters=415_024,
    task="reconstruction",
    also=("vae", "latent", "generative"),
    run={"epochs": 15, "rate": 0.001},
)
def digits_vae(g: Builder, input: Tensor, classes: int, *, hidden: int = 256) -> None:
    """Gives for each digit a cloud of codes, by its mean and its width, and draws a digit from one of them.
    Clouds are kept near the origin, so that codes drawn by chance become digits too.

    The number of classes is the length of the code.

    Contribution: an autoencoder that generates; the draw is written so that gradients pass it.
    Figures: see `resources/weights/metrics.json`: error of what is drawn, and the divergence from the normal
        distribution in nats.
    Form: as in the paper, one hidden layer on each side. The weights that ship were trained with the
        divergence; a run in the window minimises the error of the picture alone.
    Strengths: a code space without holes.
    Gaps: draws an average where it is unsure, for every code has to serve its neighbours.
    """
    _check(hidden, classes)

    def encode(g: Builder, x: Wire) -> tuple[Wire, Wire]:
        x = _hidden(g, g.add("flatten", x, name="flatten"), "hidden", hidden)
        mean = g.add("linear", x, name="mean", features=classes)
        return mean, g.add("linear", x, name="log_variance", features=classes)

    mean, spread = g.group("encoder", encode, g.input("input", input))
    _drawn(g, g.add("reparametrise", mean, spread, name="sample"), hidden, input)
