"""AlexNet and what was seen inside it. Krizhevsky, Sutskever & Hinton 2012, NeurIPS 25."""

from __future__ import annotations

from typing import Any

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

SPATIAL = "1.2.1 (1) spatial exploitation"
ALEX = "Krizhevsky, Sutskever & Hinton 2012, Neural Information Processing Systems 25"

Step = str | tuple[str, dict[str, Any]]


def _conv(filters: int, kernel: int, **more: int) -> list[Step]:
    return [("conv2d", {"filters": filters, "kernel": kernel, **more}), "relu"]


def _pool(*, round_up: bool = False) -> Step:
    """Windows of 3 at a distance of 2, which overlap."""
    return ("max_pool", {"kernel": 3, "stride": 2} | ({"ceil_mode": True} if round_up else {}))


def _write(
    g: Builder, input: Tensor, classes: int, stages: list[list[Step]], hidden: int, dropout: float
) -> None:
    """Write the stages as groups, and three linear layers after them."""
    if not 0 <= dropout <= 0.99:
        raise ValueError(f"drops 0 to 0.99 of the hidden values, not {dropout:g}.")
    layer: list[Step] = [("linear", {"features": hidden}), "relu", ("dropout", {"p": dropout})]
    names = [f"stage{number}" for number in range(1, len(stages) + 1)]
    parts = [*stages, ["flatten", *layer, *layer, ("linear", {"features": classes})]]
    x = g.input("input", input)
    for name, steps in zip([*names, "classifier"], parts, strict=True):

        def write(g: Builder, x: Wire, steps: list[Step] = steps) -> Wire:
            return g.chain(x, *steps)

        (x,) = g.group(name, write, x)
    g.output("output", x)


def _alexnet(g: Builder, input: Tensor, classes: int, towers: int, hidden: int, dropout: float) -> None:
    stages = [
        [*_conv(96, 11, stride=4), "local_response_norm", _pool()],
        [*_conv(256, 5, padding=2, groups=towers), "local_response_norm", _pool()],
        [
            *_conv(384, 3, padding=1),
            *_conv(384, 3, padding=1, groups=towers),
            *_conv(256, 3, padding=1, groups=towers),
            _pool(),
        ],
    ]
    _write(g, input, classes, stages, hidden, dropout)


@architecture(
    "alexnet",
    title="AlexNet",
    category=SPATIAL,
    year=2012,
    source=ALEX,
    input=(3, 227, 227),
    classes=1000,
    parameters=60_965_224,
)
def alexnet(
    g: Builder, input: Tensor, classes: int, *, towers: int = 2, hidden: int = 4096, dropout: float = 0.5
) -> None:
    """Five convolutions and three linear layers, learned on two GPUs from a million pictures.
    ReLU keeps gradients large, dropout keeps sixty million weights from memorising the pictures.

    The two GPUs are `towers`: groups of channels that meet in the third convolution and after the last.

    Contribution: won the competition of 2012 by far and began the time of deep networks; ReLU, dropout,
    overlapping pools and local response norm together.
    Figures: 60 M parameters, 16.4 % top-5 error, depth 8. The count is right: 60.97 M; 16.4 % is the error of
    five networks together.
    Form: exact, with the towers as groups. The paper says 224, but its convolution needs 227.
    Strengths: low-, mid- and high-level features by large and small filters; regularisation; parallel GPUs.
    Gaps: inactive neurons in the first two layers; aliasing in the maps from large filters and steps.
    """
    _alexnet(g, input, classes, towers, hidden, dropout)


@architecture(
    "alexnet_one_tower",
    title="AlexNet, one tower",
    category=SPATIAL,
    year=2014,
    source="Krizhevsky, Sutskever & Hinton 2012, without groups; Krizhevsky 2014, arXiv:1404.5997",
    input=(3, 227, 227),
    classes=1000,
    parameters=62_378_344,
)
def alexnet_one_tower(
    g: Builder, input: Tensor, classes: int, *, hidden: int = 4096, dropout: float = 0.5
) -> None:
    """AlexNet for one GPU, in which every filter sees all maps of the layer before.
    The division into two towers was for lack of memory only, so that it can go.

    Contribution: shows what the groups had saved: 1.4 M of 62.4 M weights.
    Figures: the texts print none. It has 62.38 M parameters.
    Form: variant: all widths of the paper, no groups. The network of the article of 2014, which libraries
    use, has narrower first layers (64 and 192) and 61.10 M.
    Strengths: simpler than two towers, with no more error.
    Gaps: more products in three of five convolutions; large filters as in AlexNet.
    """
    _alexnet(g, input, classes, 1, hidden, dropout)


@architecture(
    "zfnet",
    title="ZFNet",
    category=SPATIAL,
    year=2013,
    source="Zeiler & Fergus 2013, arXiv:1311.2901",
    input=(3, 224, 224),
    classes=1000,
    parameters=62_357_608,
)
def zfnet(g: Builder, input: Tensor, classes: int, *, hidden: int = 4096, dropout: float = 0.5) -> None:
    """AlexNet after a look inside: pictures of its maps showed dead filters and aliasing, so it was mended.
    The first layer has smaller filters and steps, 7×7 and 2, and so misses less of the middle frequencies.

    Contribution: tunes a network by what its middle layers show, with a network that runs backwards.
    Figures: 60 M parameters, 11.7 % top-5 error, depth 8. It has 62.36 M; 11.7 % is the error of several
    networks together.
    Form: exact in its layers (figure 3). The paper does not print the numbers of its contrast norm; the local
    response norm of AlexNet stands for it. Pools round up, as the sizes of the figure ask for.
    Strengths: smaller filters and steps in the first two layers keep more information.
    Gaps: looking inside takes extra work.
    """
    stages = [
        [*_conv(96, 7, stride=2, padding=1), _pool(round_up=True), "local_response_norm"],
        [*_conv(256, 5, stride=2), _pool(round_up=True), "local_response_norm"],
        [
            *_conv(384, 3, padding=1),
            *_conv(384, 3, padding=1),
            *_conv(256, 3, padding=1),
            _pool(round_up=True),
        ],
    ]
    _write(g, input, classes, stages, hidden, dropout)
