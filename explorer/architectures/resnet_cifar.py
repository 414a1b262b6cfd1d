"""Thin and deep residual networks for CIFAR-10, stochastic depth among them, and the same without shortcuts.

He, Zhang, Ren & Sun 2015, arXiv:1512.03385; Huang et al. 2016, arXiv:1603.09382.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm
from explorer.architectures.residual_stages import DEPTH, HE15, head, per_stage, stages
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

HUANG = "Huang, Sun, Liu, Sedra & Weinberger 2016, arXiv:1603.09382"


def cifar(g: Builder, input: Tensor, classes: int, depth: int, width: int, *, survival: float = 1.0) -> None:
    """Write a network for CIFAR-10: one convolution, three stages and shortcuts without weights."""
    count = per_stage(depth, 6)
    if not 0.01 <= survival <= 1:
        raise ValueError(f"lets its last block survive with a chance of 0.01 to 1, not {survival:g}.")

    def fields(stage: int, number: int) -> dict[str, Any]:
        made: dict[str, Any] = {"filters": width * 2**stage, "shortcut": "zero_pad"}
        if survival < 1:
            made["drop_path"] = round((1 - survival) * number / (3 * count), 6)
        return made

    (x,) = g.group("stem", _stem(width), g.input("input", input))
    x = stages(g, x, "residual", [count] * 3, fields)
    head(g, x, classes)


def _stem(width: int) -> Callable[[Builder, Wire], Wire]:
    """The first convolution, with norm and rectifier."""

    def stem(g: Builder, x: Wire) -> Wire:
        conv = {"filters": width, "kernel": 3, "padding": 1, "bias": False}
        return g.chain(x, ("conv2d", conv), "batch_norm", "relu")

    return stem


def plain(g: Builder, input: Tensor, classes: int, depth: int, width: int) -> None:
    """Write the same layers without the shortcuts: what is left has to pass through every convolution."""
    count = per_stage(depth, 6)

    def pair(g: Builder, x: Wire, filters: int, stride: int) -> Wire:
        for number, step in ((1, stride), (2, 1)):
            x = conv_norm(g, x, str(number), filters=filters, stride=step)
        return x

    def stage(g: Builder, x: Wire, number: int) -> Wire:
        for place in range(1, count + 1):
            step = 2 if number > 1 and place == 1 else 1
            write = partial(pair, filters=width * 2 ** (number - 1), stride=step)
            (x,) = g.group(f"stage{number}_pair{place}", write, x)
        return x

    (x,) = g.group("stem", _stem(width), g.input("input", input))
    for number in (1, 2, 3):
        (x,) = g.group(f"stage{number}", partial(stage, number=number), x)
    head(g, x, classes)


@architecture(
    "resnet20_cifar",
    title="ResNet-20 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=269_722,
)
def resnet20_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 20, width: int = 16) -> None:
    """Nine thin residual blocks in three stages, for pictures of 32×32.
    Zeros fill up the shortcut where channels are added, so that only the convolutions have weights.

    `depth` is 6n + 2.

    Contribution: a family in which nothing but the depth differs, to see what depth does.
    Figures: 0.27 M parameters and 8.75 % error on CIFAR-10 in the paper; both are right.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: trains in minutes; a good start for experiments.
    Gaps: new channels get nothing from the shortcut.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "resnet56_cifar",
    title="ResNet-56 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=853_018,
)
def resnet56_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 56, width: int = 16) -> None:
    """Nine residual blocks in each of three stages, for pictures of 32×32.
    A plain network of this depth learned worse than one of 20 layers; this one learns better.

    Contribution: shows that shortcuts, not smaller weights, made depth trainable.
    Figures: 0.85 M parameters and 6.97 % error on CIFAR-10 in the paper; both are right.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: small, with little error.
    Gaps: new channels get nothing from the shortcut.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "resnet110_cifar",
    title="ResNet-110 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_727_962,
)
def resnet110_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 110, width: int = 16) -> None:
    """Fifty-four thin residual blocks of two 3×3 convolutions, for pictures of 32×32.
    It has fewer weights than a single layer of AlexNet and less error than the networks that its authors
    compare it with.

    Contribution: more than a hundred layers, trained from the start by plain gradient descent.
    Figures: 1.7 M parameters; 6.43 % error on CIFAR-10 and 25.16 % on CIFAR-100. The count is right.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: few weights for its depth; shortcuts without any.
    Gaps: begins to learn late, so that the authors warmed it up with a smaller learning rate.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "resnet1202_cifar",
    title="ResNet-1202 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=19_421_274,
)
def resnet1202_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 1202, width: int = 16) -> None:
    """Two hundred residual blocks in each of three stages, to see where depth ends.
    It trains without trouble, yet errs more often on new pictures than ResNet-110, because it overfits.

    Contribution: shows that a thousand layers can be trained, and that this alone is not enough.
    Figures: a lecture prints 10.2 M parameters with 7.93 % and 27.82 % error. It has 19.42 M, as its paper
    says; 10.3 M has the pre-activated ResNet-1001.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: reaches a training error below 0.1 %.
    Gaps: needlessly large for a small data set; many layers add little or nothing.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "stochastic_depth_resnet110",
    title="ResNet-110 with stochastic depth",
    category=DEPTH,
    year=2016,
    source=HUANG,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_727_962,
)
def stochastic_depth_resnet110(
    g: Builder, input: Tensor, classes: int, *, depth: int = 110, width: int = 16, survival: float = 0.5
) -> None:
    """ResNet-110 whose blocks are dropped by chance while it learns, later ones more often.
    Training therefore sees short networks, through which gradients pass well, and inference uses all 110
    layers.

    The chance to survive falls in a line from 1 at the input to `survival` in the last block.

    Contribution: a network that is short in training and deep at inference.
    Figures: 1.7 M parameters; 5.23 % error on CIFAR-10 and 24.58 % on CIFAR-100. The count is right.
    Form: exact but for two habits of today: every sample is dropped by itself instead of the whole batch, and
    what is kept is divided by its chance in training instead of multiplied by it at inference. Means are the
    same.
    Strengths: a quarter less time to train; regularises like dropout.
    Gaps: one more rate to choose; helps deep networks only.
    """
    cifar(g, input, classes, depth, width, survival=survival)


@architecture(
    "resnet20_textures",
    title="ResNet-20 on textures",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(1, 32, 32),
    classes=3,
    dataset="textures",
    weights="resnet20_textures",
    parameters=268_979,
    run={"epochs": 6, "rate": 0.002},
)
def resnet20_textures(g: Builder, input: Tensor, classes: int, *, depth: int = 20, width: int = 16) -> None:
    """ResNet-20 for grey pictures: it tells brick, grass and gravel apart and comes with weights for that.
    Plain-20 learns them as well in the same time; of 56 layers, those with shortcuts learn faster.

    Contribution: none of its own; a residual network that can be trained while somebody watches.
    Figures: see `resources/weights/metrics.json`: this network, and four depths with and without shortcuts.
    Form: as ResNet-20 for CIFAR, for one channel and three classes.
    Strengths: right on nearly every crop of three photographs.
    Gaps: knows these three textures only.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "plain20_cifar",
    title="Plain-20 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=269_722,
    also=("no shortcuts", "without skip connections"),
)
def plain20_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 20, width: int = 16) -> None:
    """The layers of ResNet-20 without its shortcuts: nineteen convolutions one behind the other.
    At this depth it still learns nearly as well.

    Contribution: the measure that shortcuts are held against.
    Figures: 0.27 M parameters, as many as ResNet-20, whose shortcuts have none.
    Form: exact, the plain network of the paper for CIFAR-10.
    Strengths: simple; each layer reads the one before it and nothing else.
    Gaps: deeper ones of its kind learn worse, on what they were trained on too.
    """
    plain(g, input, classes, depth, width)


@architecture(
    "plain56_cifar",
    title="Plain-56 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=853_018,
    also=("no shortcuts", "without skip connections", "degradation"),
)
def plain56_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 56, width: int = 16) -> None:
    """The layers of ResNet-56 without its shortcuts. It could copy Plain-20 and pass the rest on unchanged,
    yet gradient descent does not find that: its error in training is the larger one.

    Contribution: the degradation that residual networks were made against.
    Figures: 0.85 M parameters, as many as ResNet-56, whose shortcuts have none.
    Form: exact, the plain network of the paper for CIFAR-10.
    Strengths: shows what depth costs without a way past the layers.
    Gaps: learns worse than a network of a third of its depth.
    """
    plain(g, input, classes, depth, width)
