"""ResNets with non-local blocks. Wang, Girshick, Gupta & He 2017, arXiv:1711.07971."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

PAPER = "Wang, Girshick, Gupta & He 2017, arXiv:1711.07971"
DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def _stem(g: Builder, x: Wire) -> Wire:
    x = g.add("conv2d", x, name="conv", filters=64, kernel=7, stride=2, padding=3, bias=False)
    x = g.add("relu", g.add("batch_norm", x, name="bn"), name="relu")
    return g.add("max_pool", x, name="pool", kernel=3, stride=2, padding=1)


def _stage(g: Builder, x: Wire, number: int, count: int, places: tuple[int, ...], pairwise: str) -> Wire:
    """Bottleneck blocks, and a non-local block after those at `places`."""
    for block in range(1, count + 1):
        stride = 2 if number > 1 and block == 1 else 1
        x = g.add("bottleneck", x, name=f"block{block}", width=64 * 2 ** (number - 1), stride=stride)
        if block in places:
            x = g.add("nonlocal", x, name=f"nonlocal{block}", pairwise=pairwise)
    return x


def _resnet(g: Builder, input: Tensor, classes: int, depth: int, blocks: int, pairwise: str) -> None:
    if depth not in DEPTHS:
        raise ValueError(f"has a depth of {', '.join(map(str, DEPTHS))}, not {depth}.")
    counts = DEPTHS[depth]
    if blocks not in (0, 1, 5, 10):
        raise ValueError(f"has 0, 1, 5 or 10 non-local blocks, not {blocks}.")
    step = {5: 2, 10: 1}.get(blocks, 0)
    places = {2: range(step, counts[1] + 1, step), 3: range(step, counts[2] + 1, step)} if step else {}
    if blocks == 1:
        places = {3: range(counts[2] - 1, counts[2])}
    x = g.input("input", input)
    (x,) = g.group("stem", _stem, x)
    for number, count in enumerate(counts, 1):
        behind = tuple(places.get(number, ()))
        write = partial(_stage, number=number, count=count, places=behind, pairwise=pairwise)
        (x,) = g.group(f"stage{number}", write, x)
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)


@architecture(
    "nonlocal_resnet50_1",
    title="Non-local ResNet-50, one block",
    category="1.2.1 (7) attention",
    year=2018,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=27_658_792,
)
def nonlocal_resnet50_1(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 50,
    blocks: int = 1,
    pairwise: str = "embedded_gaussian",
) -> None:
    """Lets every place of a 14×14 map look at all others once, in front of the last unit of the fourth stage.
    It begins as if it were not there, so that a trained ResNet-50 can be taken as it is.

    Contribution: non-local means as a layer, which is self-attention on places.
    Figures: one block adds 2.1 M parameters to the 25.6 M of ResNet-50.
    Form: variant for pictures (the paper has videos): C/2 channels inside, batch norm with factors that start
        at zero, no subsampling; our block leaves out that norm's additive term.
    Strengths: distant things are compared in one step.
    Gaps: work and memory grow with the square of the number of places.
    """
    _resnet(g, input, classes, depth, blocks, pairwise)


@architecture(
    "nonlocal_resnet50_5",
    title="Non-local ResNet-50, five blocks",
    category="1.2.1 (7) attention",
    year=2018,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=32_915_496,
)
def nonlocal_resnet50_5(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 50,
    blocks: int = 5,
    pairwise: str = "embedded_gaussian",
) -> None:
    """Has non-local blocks after every other unit: two in the third stage and three in the fourth.
    Messages thus travel between distant places several times, back and forth.

    Contribution: shows that more such blocks help, and not only because they make the network deeper.
    Figures: five blocks add 7.4 M parameters to the 25.6 M of ResNet-50.
    Form: variant for pictures (the paper has videos): C/2 channels inside, batch norm with factors that start
        at zero, no subsampling; our block leaves out that norm's additive term.
    Strengths: long range at two sizes of maps.
    Gaps: on maps of 28×28 each block compares 614,656 pairs of places.
    """
    _resnet(g, input, classes, depth, blocks, pairwise)
