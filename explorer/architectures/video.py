"""Networks for videos: filters in space and time. Tran et al. 2014, arXiv:1412.0767, and 1711.11248."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

R3D = "Tran et al. 2017, arXiv:1711.11248"


@architecture(
    "c3d",
    title="C3D",
    category="1.2.1 (1) spatial exploitation",
    year=2015,
    source="Tran, Bourdev, Fergus, Torresani & Paluri 2014, arXiv:1412.0767",
    input=(3, 16, 112, 112),
    classes=487,
    parameters=79_991_015,
)
def c3d(
    g: Builder, input: Tensor, classes: int, *, width: int = 64, hidden: int = 4096, dropout: float = 0.5
) -> None:
    """Filters of 3×3×3 look at neighbouring places and neighbouring frames at once, so that motion is a
    feature like any other. It is VGG with one axis more, for clips of 16 frames.

    Contribution: 3×3×3 as the best filter in all layers; general features for videos.
    Figures: a 3D CNN with eight convolutions, five pools and two hidden linear layers.
    Form: exact, with the 487 classes of Sports-1M; ReLU and dropout after fc6 and fc7.
    Strengths: sees appearance and motion together; compact features.
    Gaps: heavy: five eighths of its weights are in two linear layers; clips of one length only.
    """
    if not 1 <= width <= 512 or not 1 <= hidden <= 65_536:
        raise ValueError(f"is 1 to 512 channels wide and has 1 to 65,536 units, not {width} and {hidden}.")
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def stage(g: Builder, x: Wire, number: int, filters: int, convs: int) -> Wire:
        for letter in "ab"[:convs]:
            x = g.add("conv3d", x, name=f"conv{letter}", filters=filters, kernel=3, padding=1)
            x = g.add("relu", x, name=f"relu{letter}")
        kernel = (1, 2, 2) if number == 1 else (2, 2, 2)
        return g.add("max_pool", x, name="pool", kernel=kernel, padding=(0, 1, 1) if number == 5 else None)

    x = g.input("input", input)
    for number, (factor, convs) in enumerate(((1, 1), (2, 1), (4, 2), (8, 2), (8, 2)), 1):
        write = partial(stage, number=number, filters=width * factor, convs=convs)
        (x,) = g.group(f"stage{number}", write, x)
    x = g.add("flatten", x, name="flatten")
    for number in (6, 7):
        x = g.add("linear", x, name=f"fc{number}", features=hidden)
        x = g.add("relu", x, name=f"relu{number}")
        x = g.add("dropout", x, name=f"drop{number}", p=dropout)
    x = g.add("linear", x, name="fc8", features=classes)
    g.output("output", x)
    g.frame("classifier", "flatten", "fc6", "relu6", "drop6", "fc7", "relu7", "drop7", "fc8", "output")


def _conv(
    g: Builder, x: Wire, name: str, filters: int, kernel: tuple[int, int, int], stride: tuple[int, int, int]
) -> Wire:
    padding = tuple(n // 2 for n in kernel)
    return g.add(
        "conv3d", x, name=name, filters=filters, kernel=kernel, stride=stride, padding=padding, bias=False
    )


def _filters(g: Builder, x: Wire, number: int, filters: int, middle: int, stride: int, kind: str) -> Wire:
    """One layer of a block: in space and time, in space only, or first in space and then in time."""
    name = f"conv{number}"
    if kind == "3d":
        x = _conv(g, x, name, filters, (3, 3, 3), (stride,) * 3)
    elif kind == "2d":
        x = _conv(g, x, name, filters, (1, 3, 3), (1, stride, stride))
    else:
        x = _conv(g, x, f"{name}_space", middle, (1, 3, 3), (1, stride, stride))
        x = g.add("batch_norm", x, name=f"{name}_space_bn")
        x = g.add("relu", x, name=f"{name}_space_relu")
        x = _conv(g, x, f"{name}_time", filters, (3, 1, 1), (stride, 1, 1))
    return g.add("batch_norm", x, name=f"bn{number}")


def _block(g: Builder, x: Wire, filters: int, stride: int, kind: str) -> Wire:
    """A basic residual block whose filters are of this kind."""
    before = x.channels
    middle = (before * filters * 27) // (before * 9 + 3 * filters)  # as many weights as 3×3×3 would have
    y = _filters(g, x, 1, filters, middle, stride, kind)
    y = g.add("relu", y, name="relu1")
    y = _filters(g, y, 2, filters, middle, 1, kind)
    if x.tensor.shape != y.tensor.shape:
        step = (1 if kind == "2d" else stride, stride, stride)
        x = _conv(g, x, "projection", filters, (1, 1, 1), step)
        x = g.add("batch_norm", x, name="projection_bn")
    return g.add("relu", g.add("add", x, y, name="add"), name="relu2")


def _stage(g: Builder, x: Wire, number: int, kind: str, count: int) -> Wire:
    for block in range(1, count + 1):
        stride = 2 if number > 1 and block == 1 else 1
        write = partial(_block, filters=64 * 2 ** (number - 1), stride=stride, kind=kind)
        (x,) = g.group(f"stage{number}_block{block}", write, x)
    return x


def _stem(g: Builder, x: Wire, split: bool) -> Wire:
    """7×7 filters over three frames, or 7×7 in space and then 3 in time."""
    if split:
        x = _conv(g, x, "conv_space", 45, (1, 7, 7), (1, 2, 2))
        x = g.add("relu", g.add("batch_norm", x, name="bn_space"), name="relu_space")
        x = _conv(g, x, "conv_time", 64, (3, 1, 1), (1, 1, 1))
    else:
        x = _conv(g, x, "conv", 64, (3, 7, 7), (1, 2, 2))
    return g.add("relu", g.add("batch_norm", x, name="bn"), name="relu")


def _resnet(g: Builder, input: Tensor, classes: int, kinds: tuple[str, ...], depth: int) -> None:
    """A stem, four stages of basic blocks, mean and classes."""
    counts = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}.get(depth)
    if counts is None:
        raise ValueError(f"has a depth of 18 or 34, not {depth}.")
    x = g.input("input", input)
    (x,) = g.group("stem", partial(_stem, split=kinds[0] == "2+1d"), x)
    for number, (kind, count) in enumerate(zip(kinds, counts, strict=True), 1):
        (x,) = g.group(f"stage{number}", partial(_stage, number=number, kind=kind, count=count), x)
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)


@architecture(
    "r3d_18",
    title="R3D-18",
    category="1.2.1 (3) multi-path",
    year=2018,
    source=R3D,
    input=(3, 16, 112, 112),
    classes=400,
    parameters=33_371_472,
)
def r3d_18(g: Builder, input: Tensor, classes: int, *, depth: int = 18) -> None:
    """Is ResNet-18 with filters of 3×3×3, which look at three frames at once in every layer.
    Time is halved along with height and width, from the second stage on.

    Contribution: residual learning for videos, as the measure for other ways to treat time.
    Figures: 33.4 M parameters.
    Form: exact to torchvision, with the 400 classes of Kinetics.
    Strengths: motion in every layer.
    Gaps: three times the weights and work of flat filters.
    """
    _resnet(g, input, classes, ("3d",) * 4, depth)


@architecture(
    "mc3_18",
    title="MC3-18",
    category="1.2.1 (3) multi-path",
    year=2018,
    source=R3D,
    input=(3, 16, 112, 112),
    classes=400,
    parameters=11_695_440,
)
def mc3_18(g: Builder, input: Tensor, classes: int, *, depth: int = 18) -> None:
    """Mixes filters: the first stage looks into time, the later ones at each frame on its own.
    Motion is a matter of early layers, so that later ones can do without and stay small.

    Contribution: shows that motion needs 3D filters at the bottom only.
    Figures: 11.7 M parameters, a third of R3D-18.
    Form: exact to torchvision, with the 400 classes of Kinetics; time is never halved.
    Strengths: nearly as good as R3D for a third of the weights.
    Gaps: all frames stay to the end, which costs work.
    """
    _resnet(g, input, classes, ("3d", "2d", "2d", "2d"), depth)


@architecture(
    "r2plus1d_18",
    title="R(2+1)D-18",
    category="1.2.1 (3) multi-path",
    year=2018,
    source=R3D,
    input=(3, 16, 112, 112),
    classes=400,
    parameters=31_505_325,
)
def r2plus1d_18(g: Builder, input: Tensor, classes: int, *, depth: int = 18) -> None:
    """Splits each 3×3×3 filter into one over space and one over time with a ReLU between.
    That doubles the nonlinearities at equal size, and each half is easier to train.

    Contribution: factorised filters in space and time, with a width between that keeps the number of weights.
    Figures: 31.5 M parameters.
    Form: exact to torchvision, with the 400 classes of Kinetics.
    Strengths: lower error than R3D at the same size, in training too.
    Gaps: more layers, more memory for what lies between.
    """
    _resnet(g, input, classes, ("2+1d",) * 4, depth)
