"""AmoebaNets: cells found by evolution. Real et al. 2018, arXiv:1802.01548."""

from __future__ import annotations

from typing import NamedTuple

from explorer.architectures.architecture import architecture
from explorer.architectures.searched_cells import (
    CATEGORY,
    EPS,
    Cell,
    add_cell,
    classified,
    first_conv,
    fitted_before,
    free_name,
    halved,
    max_pooled,
    projected,
    separable_twice,
)
from explorer.blocks.margins import padded
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


class Genes(NamedTuple):
    """A cell: five pairs of operations, the states that they read (0 now, 1 before), what is left over."""

    operations: tuple[str, ...]
    states: tuple[int, ...]
    ends: tuple[int, ...]


AMOEBA_NORMAL = Genes(
    ("mean", "max", "separable3", "none", "none", "mean", "separable3", "separable5", "mean", "separable3"),
    (0, 0, 1, 1, 0, 1, 0, 2, 5, 0),
    (1, 3, 4, 6),
)
AMOEBA_REDUCTION = Genes(
    (
        "separable3",
        "mean",
        "max",
        "separable7",
        "max",
        "max",
        "separable3",
        "factorised",
        "mean",
        "separable7",
    ),
    (1, 0, 0, 2, 1, 0, 4, 0, 1, 0),
    (2, 3, 4, 5, 6),
)


AMOEBA_B = (
    Genes(
        ("1x1", "max", "none", "separable3", "1x1", "separable3", "1x1", "none", "mean", "1x1"),
        (1, 1, 1, 0, 1, 0, 2, 2, 1, 5),
        (0, 3, 4, 6),
    ),
    Genes(
        ("max2", "max", "none", "narrow3", "separable5", "max", "none", "separable3", "mean", "1x1"),
        (0, 0, 2, 1, 2, 2, 3, 1, 4, 3),
        (5, 6),
    ),
)
AMOEBA_C = (
    Genes(
        (*("mean", "separable3", "none", "separable3") * 2, "mean", "separable3"),
        (0, 0, 0, 0, 2, 1, 0, 1, 3, 0),
        (1, 2, 4, 5, 6),
    ),
    Genes(
        (
            "max",
            "max",
            "separable7",
            "separable3",
            "separable7",
            "max",
            "separable5",
            "separable5",
            "max",
            "separable3",
        ),
        (0, 0, 2, 0, 0, 1, 4, 4, 1, 1),
        (0, 2, 3, 4, 5, 6),
    ),
)
"""The normal cell and the reduction."""


def _narrow(g: Builder, x: Wire, filters: int, stride: int) -> Wire:
    """A 3×3 convolution at a quarter of the width between two of 1×1."""
    for number, (width, kernel, step) in enumerate(
        ((filters // 4, 1, 1), (filters // 4, 3, stride), (filters, 1, 1))
    ):
        x = g.add("relu", x, name=f"relu{number}")
        x, padding = padded(g, x, f"conv{number}", kernel, step)
        x = g.add(
            "conv2d",
            x,
            name=f"conv{number}",
            filters=width,
            kernel=kernel,
            stride=step,
            padding=padding,
            bias=False,
        )
        x = g.add("batch_norm", x, name=f"norm{number}", eps=EPS)
    return x


def _factorised(g: Builder, x: Wire, filters: int, stride: int) -> Wire:
    """1×7 and 7×1 convolutions at a quarter of the width."""
    steps: tuple[tuple[int, tuple[int, int], tuple[int, int]], ...] = (
        (filters // 4, (1, 1), (1, 1)),
        (filters // 4, (1, 7), (1, stride)),
        (filters // 4, (7, 1), (stride, 1)),
        (filters, (1, 1), (1, 1)),
    )
    for number, (width, kernel, step) in enumerate(steps, 1):
        x = g.add("relu", x, name=f"relu{number}")
        x = g.add(
            "conv2d",
            x,
            name=f"conv{number}",
            filters=width,
            kernel=kernel,
            stride=step,
            padding=(kernel[0] // 2, kernel[1] // 2),
            bias=False,
        )
        x = g.add("batch_norm", x, name=f"norm{number}", eps=EPS)
    return x


def _operation(g: Builder, x: Wire, name: str, kind: str, filters: int, stride: int) -> Wire:
    if kind.startswith("max"):
        return max_pooled(g, x, name, stride, int(kind.removeprefix("max") or 3))
    if kind == "1x1":
        return projected(g, x, f"project{name.removeprefix(kind)}", filters, stride)
    if kind.startswith("narrow"):
        return g.group(free_name(g, kind), lambda g, x: _narrow(g, x, filters, stride), x)[0]
    if kind == "mean":
        return g.add("avg_pool", x, name=name, kernel=3, stride=stride, padding=1, count_include_pad=False)
    if kind == "factorised":
        return g.group(free_name(g, kind), lambda g, x: _factorised(g, x, filters, stride), x)[0]
    if kind.startswith("separable"):
        return separable_twice(g, x, free_name(g, kind), filters, int(kind.removeprefix("separable")), stride)
    return x


def _evolved(genes: Genes, filters: int, stride: int) -> Cell:
    """A cell as its genes say; only what enters the cell is read with the stride."""

    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        before = fitted_before(g, prev, cur, filters)
        states = [projected(g, cur, "now", filters), before]
        for number in range(5):
            pair = []
            for place, side in enumerate("ab"):
                index = genes.states[2 * number + place]
                kind = genes.operations[2 * number + place]
                step = stride if index < 2 else 1
                pair.append(_operation(g, states[index], f"{kind}{number}{side}", kind, filters, step))
            states.append(g.add("add", *pair, name=f"sum{number}"))
        ends = [states[index] for index in genes.ends]
        size = states[-1].tensor.shape[1:]
        ends = [
            x if x.tensor.shape[1:] == size else halved(g, x, free_name(g, "end"), filters, rectify=False)
            for x in ends
        ]
        return g.add("concat", *ends, name="concat", axis="C")

    return write


def _amoebanet(
    g: Builder,
    input: Tensor,
    classes: int,
    cell: tuple[Genes, Genes],
    filters: int,
    cells: int,
    stem: int,
    dropout: float,
) -> None:
    """Stem, three stages of normal cells with a reduction between them, and the head."""
    normal, reduction = cell
    if not 1 <= cells <= 24:
        raise ValueError(f"has 1 to 24 cells in each stage, not {cells}.")
    if not 4 <= filters <= 1024:
        raise ValueError(f"has 4 to 1,024 filters, such as 190, not {filters}.")
    (x,) = g.group("conv", lambda g, x: first_conv(g, x, stem), g.input("input", input))
    thin = max(4, filters // 4 // 2 * 2)
    prev = add_cell(g, "stem0", x, x, _evolved(reduction, thin, 2))
    cur = add_cell(g, "stem1", prev, x, _evolved(reduction, max(4, filters // 2 // 2 * 2), 2))
    for number in range(3):

        def stage(g: Builder, cur: Wire, prev: Wire, *, number: int = number) -> tuple[Wire, Wire]:
            width = (filters // 2 * 2) << number
            if number:
                made = _evolved(reduction, width, 2)
                prev, cur = cur, add_cell(g, f"reduction{number}", cur, prev, made)
            for n in range(1, cells + 1):
                name, like = (f"stage{number + 1}_cell{k}" for k in (n, 3))
                made = _evolved(normal, width, 1)
                prev, cur = cur, add_cell(g, name, cur, prev, made, like if n > 3 else "")
            return cur, prev

        cur, prev = g.group(f"stage{number + 1}", stage, cur, prev)
    classified(g, cur, classes, dropout)


@architecture(
    "amoebanet_a",
    title="AmoebaNet-A",
    category=CATEGORY,
    year=2019,
    source="Real, Aggarwal, Huang & Le 2019, arXiv:1802.01548",
    input=(3, 331, 331),
    classes=1000,
)
def amoebanet_a(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    filters: int = 190,
    cells: int = 6,
    stem: int = 96,
    dropout: float = 0.5,
) -> None:
    """Evolution found its cells: good ones were copied with a small change, and the oldest died.

    Since age and not rank decides, only what is good again and again survives.

    Contribution: regularised evolution; the first evolved network better than all made by hand.
    Figures: 87 M parameters and 23 B MACs; the paper has 86.7 M and 23.1 B, top-1 accuracy 82.8 %.
    Form: reconstruction. Pairs of operations as in the authors' published settings of both cells, N = 6 and
        F = 190, stem and stages as in NASNet. It has the paper's 86.7 M parameters and 23.4 B MACs. The
        drop path of training is left out.
    Strengths: as accurate as a search by reinforcement learning, and faster at equal hardware.
    Gaps: the search is expensive; many small branches run slower than they count.
    """
    _amoebanet(g, input, classes, (AMOEBA_NORMAL, AMOEBA_REDUCTION), filters, cells, stem, dropout)


@architecture(
    "amoebanet_c",
    title="AmoebaNet-C",
    category=CATEGORY,
    year=2019,
    source="Real, Aggarwal, Huang & Le 2019, arXiv:1802.01548; Cubuk et al. 2018, arXiv:1805.09501",
    input=(3, 331, 331),
    classes=1000,
)
def amoebanet_c(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    filters: int = 228,
    cells: int = 6,
    stem: int = 96,
    dropout: float = 0.5,
) -> None:
    """The cells of another run of the same evolution, trained with learned augmentation.

    Its reduction keeps one input at every second place beside all results of the cell.

    Contribution: regularised evolution; with learned augmentation the best single network of its time.
    Figures: 155 M parameters and 41 B MACs; the paper has 155.3 M and 41.1 B, top-1 accuracy 83.1 %.
    Form: reconstruction. Pairs of operations as in the authors' published settings of both cells, N = 6 and
        F = 228, stem and stages as in NASNet. The drop path of training is left out.
    Strengths: half of its paths are pools, which cost no weights.
    Gaps: the search is expensive; many small branches run slower than they count.
    """
    _amoebanet(g, input, classes, AMOEBA_C, filters, cells, stem, dropout)


@architecture(
    "amoebanet_b_gpipe",
    title="AmoebaNet-B of GPipe",
    category=CATEGORY,
    year=2019,
    source="Huang et al. 2019, arXiv:1811.06965; Real, Aggarwal, Huang & Le 2019, arXiv:1802.01548",
    input=(3, 480, 480),
    classes=1000,
)
def amoebanet_b_gpipe(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    filters: int = 512,
    cells: int = 6,
    stem: int = 96,
    dropout: float = 0.5,
) -> None:
    """A network too large for one accelerator: its cells are divided among several.

    Small parts of a batch flow through them as on an assembly line.

    Contribution: pipeline parallelism that keeps gradients exact.
    Figures: 557 M parameters in the paper, 18 normal cells of 512 filters; top-1 accuracy 84.4 %.
    Form: reconstruction. Pairs of operations as in the authors' published settings of AmoebaNet-B, three
        stages of six cells, stem and stages as in NASNet. The drop path of training is left out.
    Strengths: width alone made it better; what it learned transfers to seven other data sets.
    Gaps: half a billion weights; needs many devices to train.
    """
    _amoebanet(g, input, classes, AMOEBA_B, filters, cells, stem, dropout)
