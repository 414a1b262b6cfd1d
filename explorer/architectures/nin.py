"""Plain networks for CIFAR-10 before the shortcuts. Lin, Chen & Yan 2013, arXiv:1312.4400, and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

WIDTH = "1.2.1 (4) width"

Step = str | tuple[str, dict[str, Any]]

NIN_STAGES = (((192, 5), (160, 1), (96, 1)), ((192, 5), (192, 1), (192, 1)), ((192, 3), (192, 1)))
"""Filters and kernels of each stage; the last convolution of all has one filter for each class."""
FITNET = ((32, 32, 32, 48, 48), (80,) * 6, (128,) * 6)
"""Widths of FitNet-4, stage by stage."""
ELU_STACKS = {  # times, filters and kernel, as the paper writes them
    11: (
        ((1, 192, 5),),
        ((1, 192, 1), (1, 240, 3)),
        ((1, 240, 1), (1, 260, 2)),
        ((1, 260, 1), (1, 280, 2)),
        ((1, 280, 1), (1, 300, 2)),
        ((1, 300, 1),),
    ),
    18: (
        ((1, 384, 3),),
        ((1, 384, 1), (1, 384, 2), (2, 640, 2)),
        ((1, 640, 1), (3, 768, 2)),
        ((1, 768, 1), (2, 896, 2)),
        ((1, 896, 3), (2, 1024, 2)),
        ((1, 1024, 1), (1, 1152, 2)),
        ((1, 1152, 1),),
    ),
}


def _share(value: float, words: str) -> float:
    if not 0 <= value <= 0.99:
        raise ValueError(f"{words}, not {value:g}.")
    return value


def _conv(filters: int, kernel: int) -> Step:
    return ("conv2d", {"filters": filters, "kernel": kernel, "padding": kernel // 2})


def _stage(g: Builder, x: Wire, name: str, steps: Sequence[Step]) -> Wire:
    return g.group(name, lambda g, x: g.chain(x, *steps), x)[0]


@architecture(
    "nin_cifar10",
    title="Network in network",
    category=WIDTH,
    year=2013,
    source="Lin, Chen & Yan 2013, arXiv:1312.4400",
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=966_986,
)
def nin_cifar10(g: Builder, input: Tensor, classes: int, *, dropout: float = 0.5) -> None:
    """After each convolution two 1×1 convolutions work, a small network that slides over the maps.
    The last one makes a map for each class, whose mean is the score, so that no linear layer is needed.

    Contribution: the 1×1 convolution; global average pooling in the place of linear layers.
    Figures: 8.81 % error on CIFAR-10 and 35.67 % on CIFAR-100. It has 0.97 M parameters. Notes of a lecture
    say that it convolves each map by itself; its 1×1 convolutions join all of them.
    Form: exact, as released for CIFAR-10: max pool, then mean pool, both rounding up; a ReLU at the end of
    all.
    Strengths: few weights; maps that can be read as evidence for classes.
    Gaps: three layers for each window; slower than its size suggests.
    """
    dropped: Step = ("dropout", {"p": _share(dropout, "drops 0 to 0.99 of the values between stages")})
    x = g.input("input", input)
    for number, layers in enumerate(NIN_STAGES, 1):
        steps = [step for filters, kernel in layers for step in (_conv(filters, kernel), "relu")]
        if number < 3:
            halving = {"kernel": 3, "stride": 2, "ceil_mode": True}
            steps += [("max_pool" if number == 1 else "avg_pool", halving), dropped]
        else:
            steps += [_conv(classes, 1), "relu"]
        x = _stage(g, x, f"stage{number}", steps)
    g.output("output", g.add("global_pool", x, name="pool"))


@architecture(
    "dsn_cifar",
    title="Deeply supervised net",
    category=WIDTH,
    year=2014,
    source="Lee, Xie, Gallagher, Zhang & Tu 2014, arXiv:1409.5185",
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=966_986 + 10 * (192 * (32 * 32 + 16 * 16 + 8 * 8) + 3),
)
def dsn_cifar(
    g: Builder, input: Tensor, classes: int, *, companion: float = 0.1, dropout: float = 0.5
) -> None:
    """A network in network whose three stages each have a companion that must guess the classes too.
    So every stage is told directly what its features are good for, and gradients reach the first one.

    The companions are linear layers on the maps of the first convolution of each stage. `companion` is what
    their losses count; evaluation leaves them out.

    Contribution: supervision of all stages, at the same time as GoogLeNet's auxiliary classifiers.
    Figures: 8.22 % error on CIFAR-10 and 34.57 % on CIFAR-100. It has 3.55 M parameters, 2.58 M of them in
    companions, which are dropped after training.
    Form: reconstruction after the files released for CIFAR-10: widths, pools and companions are theirs; the
    loss is the cross entropy of this app instead of a squared hinge, and counts the same to the end.
    Strengths: strong gradients in early layers; more discerning features.
    Gaps: companions have more weights than the network; their share has to be chosen.
    """
    dropped: Step = ("dropout", {"p": _share(dropout, "drops 0 to 0.99 of the values between stages")})
    if not 0.001 <= companion <= 10:
        raise ValueError(f"counts its companions 0.001 to 10 times, not {companion:g}.")
    x = g.input("input", input)
    guess: list[Step] = [
        "flatten",
        ("linear", {"features": classes}),
        ("auxiliary_loss", {"weight": companion}),
    ]
    for number, ((filters, kernel), *layers) in enumerate(NIN_STAGES, 1):
        x = g.add("conv2d", x, name=f"conv{number}", filters=filters, kernel=kernel, padding=kernel // 2)
        _stage(g, x, f"companion{number}", guess)
        steps: list[Step] = ["relu"]
        steps += [step for width, size in layers for step in (_conv(width, size), "relu")]
        halving: Step = ("max_pool", {"kernel": 3, "stride": 2, "ceil_mode": True})
        steps += [halving, dropped] if number < 3 else [_conv(classes, 1)]
        x = _stage(g, x, f"stage{number}", steps)
    g.output("output", g.add("global_pool", x, name="pool"))


@architecture(
    "fitnet4_cifar",
    title="FitNet-4",
    category=WIDTH,
    year=2014,
    source="Romero, Ballas, Kahou, Chassang, Gatta & Bengio 2014, arXiv:1412.6550",
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=2_742_102,
)
def fitnet4_cifar(
    g: Builder, input: Tensor, classes: int, *, pieces: int = 2, hidden: int = 500, hidden_pieces: int = 5
) -> None:
    """Seventeen thin 3×3 convolutions with maxout, each value the largest of two filters' answers.
    It learned from hints of a wider teacher, because a plain stack this deep hardly learns by itself.

    Contribution: a student deeper and thinner than its teacher, led by the teacher's middle layers.
    Figures: 8.39 % error on CIFAR-10 and 35.04 % on CIFAR-100; about 2.5 M parameters in the paper. As
    released it has 2.74 M, a third of a million of them in its linear maxout layer.
    Form: exact, as released: two pieces in convolutions, 500 linear units of five pieces. The teacher and its
    hints belong to training and are not part of the network.
    Strengths: better than its teacher with a third of its weights.
    Gaps: needs a teacher or careful starting weights; maxout pays for each value several times.
    """
    x = g.input("input", input)
    for number, widths in enumerate(FITNET, 1):
        steps: list[Step] = []
        for width in widths:
            steps += [_conv(width * pieces, 3), ("intermap_pool", {"maps": pieces})]
        steps.append(("max_pool", {"kernel": 2 if number < 3 else 8, "stride": 2 if number < 3 else 1}))
        x = _stage(g, x, f"stage{number}", steps)
    units = hidden * hidden_pieces
    maxout: list[Step] = [
        "flatten",
        ("linear", {"features": units}),
        ("reshape", {"shape": (units, 1), "axes": "CT"}),
        ("intermap_pool", {"maps": hidden_pieces}),
        "flatten",
        ("linear", {"features": classes}),
    ]
    g.output("output", _stage(g, x, "head", maxout))


@architecture(
    "elu_cifar",
    title="ELU network",
    category=WIDTH,
    year=2015,
    source="Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289",
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=39_226_634,
)
def elu_cifar(g: Builder, input: Tensor, classes: int, *, layers: int = 18, dropout: float = 0.5) -> None:
    """A plain stack of eighteen wide convolutions without any norm, made trainable by its activation.
    ELU lets means of negative values pass, so that activations stay near zero as batch norm would keep them.

    `layers` is 18, or 11 as in the smaller network of the paper; it grows from 0 to `dropout` with depth.

    Contribution: the exponential linear unit.
    Figures: 6.55 % error on CIFAR-10 and 24.28 % on CIFAR-100. The texts print no parameters; it has 39.23 M.
    Form: reconstruction: stacks, filters and kernels are those of the paper; margins (as large as needed to
    keep the size), rates of dropout and the end (a 1×1 for each class, then the mean) had to be guessed.
    Strengths: learns fast and without batch norm.
    Gaps: many weights; ELU costs an exponential; on larger pictures norms have won.
    """
    if layers not in ELU_STACKS:
        raise ValueError(f"has 11 or 18 layers, not {layers}.")
    _share(dropout, "drops 0 to 0.99 of the last values")
    x = g.input("input", input)
    stacks = ELU_STACKS[layers]
    for number, stack in enumerate(stacks, 1):
        steps: list[Step] = []
        for times, filters, kernel in stack:
            steps += [("conv2d", {"filters": filters, "kernel": kernel, "padding": "same"}), "elu"] * times
        if number < 6:
            steps.append(("max_pool", {"kernel": 2}))
        if 1 < number < 7:
            steps.append(("dropout", {"p": round(dropout * (number - 1) / 5, 4)}))
        x = _stage(g, x, f"stack{number}", steps)
    g.output("output", _stage(g, x, "head", [_conv(classes, 1), "global_pool"]))
