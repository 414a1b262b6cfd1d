"""Cells found by search: NASNet, PNASNet, AmoebaNet. Zoph et al. 2017, arXiv:1707.07012."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from explorer.architectures.architecture import architecture
from explorer.blocks.margins import margins, padded
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.1 mobile and scaling"
EPS = 1e-3
Cell: TypeAlias = Callable[[Builder, Wire, Wire], Wire]
"""Writes a cell, fed by the output of the cell before and of the one before that."""


def _separable(
    g: Builder, x: Wire, name: str, filters: int, kernel: int, stride: int = 1, *, widen: bool = False
) -> Wire:
    """ReLU, separable convolution and norm, twice, as a group; the first has the stride."""

    def write(g: Builder, x: Wire) -> Wire:
        for number, (step, width) in enumerate(((stride, filters if widen else x.channels), (1, filters)), 1):
            x = g.add("relu", x, name=f"relu{number}")
            x, padding = padded(g, x, f"conv{number}", kernel, step)
            x = g.add(
                "depthwise_separable_conv2d",
                x,
                name=f"conv{number}",
                filters=width,
                kernel=kernel,
                stride=step,
                padding=padding,
            )
            x = g.add("batch_norm", x, name=f"norm{number}", eps=EPS)
        return x

    return g.group(name, write, x)[0]


def _projected(g: Builder, x: Wire, name: str, filters: int, stride: int = 1) -> Wire:
    """ReLU, 1×1 convolution and norm."""
    x = g.add("relu", x, name=f"{name}_relu")
    x = g.add("pointwise_conv2d", x, name=f"{name}_conv", filters=filters, stride=stride, bias=False)
    return g.add("batch_norm", x, name=f"{name}_norm", eps=EPS)


def _halved(g: Builder, x: Wire, name: str, filters: int, *, rectify: bool = True) -> Wire:
    """Half of the channels from every second place, half from the places between."""

    def write(g: Builder, x: Wire) -> Wire:
        x = g.add("relu", x, name="relu") if rectify else x
        even = g.add("avg_pool", x, name="even", kernel=1, stride=2)
        even = g.add("pointwise_conv2d", even, name="even_conv", filters=filters // 2, bias=False)
        odd = g.add(
            "slice", g.add("slice", x, name="rows", axis="H", start=1), name="columns", axis="W", start=1
        )
        odd = g.add(
            "avg_pool", g.add("pad", odd, name="pad", margin=(0, 1, 0, 1)), name="odd", kernel=1, stride=2
        )
        odd = g.add("pointwise_conv2d", odd, name="odd_conv", filters=filters // 2, bias=False)
        return g.add("batch_norm", g.add("concat", even, odd, name="concat", axis="C"), name="norm", eps=EPS)

    return g.group(name, write, x)[0]


def _max(g: Builder, x: Wire, name: str, stride: int, kernel: int = 3) -> Wire:
    (top, bottom), (left, right) = (margins(n, kernel, stride) for n in x.tensor.shape[1:])
    return g.add(
        "max_pool",
        x,
        name=name,
        kernel=kernel,
        stride=stride,
        ceil_mode=(top, left) != (bottom, right),
        padding=(top if top == bottom else 0, left if left == right else 0),
    )


def _mean(g: Builder, x: Wire, name: str, stride: int = 1) -> Wire:
    if stride == 1:
        return g.add("avg_pool", x, name=name, kernel=3, stride=1, padding=1, count_include_pad=False)
    x, padding = padded(g, x, name, 3, stride)
    return g.add("avg_pool", x, name=name, kernel=3, stride=stride, padding=padding)


def _before(g: Builder, prev: Wire, cur: Wire, filters: int) -> Wire:
    """What the cell before the last gave, at the size of what the last one gave."""
    if prev.tensor.shape[1:] != cur.tensor.shape[1:]:
        return _halved(g, prev, _named(g, "before"), filters)
    return _projected(g, prev, "before", filters)


def _named(g: Builder, part: str) -> str:
    """A name for a group that no other cell has."""
    number = 1
    while f"{part}_{number}" in g.groups:
        number += 1
    return f"{part}_{number}"


def _cell(g: Builder, name: str, cur: Wire, prev: Wire, write: Cell, like: str = "") -> Wire:
    """A cell as a group, or one more use of an equal one."""
    if like in g.groups:
        return g.use(like, cur, prev, name=name)[0]
    return g.group(name, write, cur, prev)[0]


def _first(g: Builder, x: Wire, filters: int) -> Wire:
    x = g.add("conv2d", x, name="conv", filters=filters, kernel=3, stride=2, bias=False)
    return g.add("batch_norm", x, name="norm", eps=EPS)


def _end(g: Builder, x: Wire, classes: int, dropout: float) -> None:
    def write(g: Builder, x: Wire) -> Wire:
        x = g.add("global_pool", g.add("relu", x, name="relu"), name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", write, x)[0])


def _nasnet_reduction(filters: int, kind: str = "") -> Cell:
    """`kind` is `stem0`, `stem1` or empty: the stems prepare their inputs in another way."""

    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        wide = kind == "stem0"

        def separable(x: Wire, kernel: int, stride: int = 2, *, widen: bool = False) -> Wire:
            return _separable(g, x, _named(g, f"separable{kernel}"), filters, kernel, stride, widen=widen)

        if kind:
            size = cur
            cur = _projected(g, cur, "now", filters)
            prev = prev if wide else _before(g, prev, size, filters)
        else:
            prev = _before(g, prev, cur, filters)
            cur = _projected(g, cur, "now", filters)
        zero = g.add("add", separable(cur, 5), separable(prev, 7, widen=wide), name="sum0")
        one = g.add("add", _max(g, cur, "max1", 2), separable(prev, 7, widen=wide), name="sum1")
        two = g.add("add", _mean(g, cur, "mean2", 2), separable(prev, 5, widen=wide), name="sum2")
        three = g.add("add", _mean(g, zero, "mean3"), one, name="sum3")
        four = g.add("add", separable(zero, 3, 1), _max(g, cur, "max4", 2), name="sum4")
        return g.add("concat", one, two, three, four, name="concat", axis="C")

    return write


def _nasnet_normal(filters: int) -> Cell:
    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        def separable(x: Wire, kernel: int) -> Wire:
            return _separable(g, x, _named(g, f"separable{kernel}"), filters, kernel)

        prev = _before(g, prev, cur, filters)
        cur = _projected(g, cur, "now", filters)
        zero = g.add("add", separable(cur, 5), separable(prev, 3), name="sum0")
        one = g.add("add", separable(prev, 5), separable(prev, 3), name="sum1")
        two = g.add("add", _mean(g, cur, "mean2"), prev, name="sum2")
        three = g.add("add", _mean(g, prev, "mean3a"), _mean(g, prev, "mean3b"), name="sum3")
        four = g.add("add", separable(cur, 3), cur, name="sum4")
        return g.add("concat", prev, zero, one, two, three, four, name="concat", axis="C")

    return write


@architecture(
    "nasnet_a_large",
    title="NASNet-A, large",
    category=CATEGORY,
    year=2018,
    source="Zoph, Vasudevan, Shlens & Le 2018, arXiv:1707.07012",
    input=(3, 331, 331),
    classes=1000,
    parameters=88_753_150,
)
def nasnet_a_large(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    filters: int = 168,
    cells: int = 6,
    stem: int = 96,
    skip: bool = True,
    dropout: float = 0.5,
) -> None:
    """A search found two small cells on CIFAR-10, and stacked many times they make a network for ImageNet.

    Each cell reads the outputs of the two cells before it, so that paths of many lengths run side by side.

    Contribution: search for a cell instead of a whole network, and its transfer to larger data.
    Figures: 89 M parameters and 24 B MACs; top-1 accuracy 82.7 %.
    Form: exact, NASNet-A (6 @ 4032) with the margins of TensorFlow, which are uneven at even sizes. `filters`
        is a 24th of the last width. The drop path of training is left out; `skip` passes the cell in front
        of a reduction on, as in the large network. The mobile one has 44 filters, 4 cells, a stem of 32, no
        skip.
    Strengths: better than hand-made networks of its time at equal cost; one cell serves all sizes.
    Gaps: the search took 2,000 GPU days; many small branches run slower than they count.
    """
    if not 1 <= cells <= 24:
        raise ValueError(f"has 1 to 24 cells in each stage, not {cells}.")
    if filters % 4 or not 4 <= filters <= 1024:
        raise ValueError(f"has a number of filters that 4 divides, such as 168, not {filters}.")
    (x,) = g.group("conv", lambda g, x: _first(g, x, stem), g.input("input", input))
    first = _cell(g, "stem0", x, x, _nasnet_reduction(filters // 4, "stem0"))
    prev, cur = first, _cell(g, "stem1", first, x, _nasnet_reduction(filters // 2, "stem1"))
    for number in range(3):

        def stage(g: Builder, cur: Wire, prev: Wire, *, number: int = number) -> tuple[Wire, Wire]:
            if number:
                made = _cell(g, f"reduction{number}", cur, prev, _nasnet_reduction(filters << number))
                prev, cur = (prev if skip else cur), made
            for n in range(1, cells + 1):
                name, like = (f"stage{number + 1}_cell{k}" for k in (n, 3))
                made = _cell(g, name, cur, prev, _nasnet_normal(filters << number), like if n > 3 else "")
                prev, cur = cur, made
            return cur, prev

        cur, prev = g.group(f"stage{number + 1}", stage, cur, prev)
    _end(g, cur, classes, dropout)


def _pnas_pairs(g: Builder, cur: Wire, prev: Wire, filters: int, stride: int, *, stem: bool) -> Wire:
    """The five pairs of a cell. In the stem, what came before is wider or thinner and not yet projected."""

    def separable(x: Wire, kernel: int, step: int, *, widen: bool = False) -> Wire:
        return _separable(g, x, _named(g, f"separable{kernel}"), filters, kernel, step, widen=widen)

    left, right = separable(prev, 5, stride, widen=stem), _max(g, prev, "max0", stride)
    if stem:
        right = g.add("pointwise_conv2d", right, name="max0_conv", filters=filters, bias=False)
        right = g.add("batch_norm", right, name="max0_norm", eps=EPS)
    zero = g.add("add", left, right, name="sum0")
    one = g.add("add", separable(cur, 7, stride), _max(g, cur, "max1", stride), name="sum1")
    two = g.add("add", separable(cur, 5, stride), separable(cur, 3, stride), name="sum2")
    three = g.add("add", separable(two, 3, 1), _max(g, cur, "max3", stride), name="sum3")
    four = separable(prev, 3, stride, widen=stem)
    kept = _projected(g, cur, "kept", filters, stride) if stride > 1 else cur
    four = g.add("add", four, kept, name="sum4")
    return g.add("concat", zero, one, two, three, four, name="concat", axis="C")


def _pnas_cell(filters: int, stride: int, *, stem: bool = False) -> Cell:
    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        if not stem:
            prev = _before(g, prev, cur, filters)
        cur = _projected(g, cur, "now", filters)
        return _pnas_pairs(g, cur, prev, filters, stride, stem=stem)

    return write


@architecture(
    "pnasnet5_large",
    title="PNASNet-5, large",
    category=CATEGORY,
    year=2018,
    source="Liu, Zoph, Neumann, et al. 2018, arXiv:1712.00559",
    input=(3, 331, 331),
    classes=1000,
    parameters=86_057_668,
)
def pnasnet5_large(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    filters: int = 216,
    cells: int = 4,
    stem: int = 96,
    dropout: float = 0.5,
) -> None:
    """The search for a cell begins with simple ones and makes only the promising ones more complex.

    A model that predicts accuracy chooses among them, so that few have to be trained.

    Contribution: progressive search, about five times fewer models and eight times less computation.
    Figures: 86 M parameters and 23 B MACs (25.0 B in the paper, 24.9 G here); top-1 accuracy 82.9 %.
    Form: exact, PNASNet-5 (N = 4, F = 216) with the margins of TensorFlow, which are uneven at even sizes.
        The drop path of training is left out.
    Strengths: one kind of cell, with stride 1 or 2; as accurate as longer searches.
    Gaps: large separable filters and many branches run slower than they count.
    """
    if not 1 <= cells <= 24:
        raise ValueError(f"has 1 to 24 cells in each stage, not {cells}.")
    if filters % 4 or not 4 <= filters <= 1024:
        raise ValueError(f"has a number of filters that 4 divides, such as 216, not {filters}.")
    (x,) = g.group("conv", lambda g, x: _first(g, x, stem), g.input("input", input))
    first = _cell(g, "stem0", x, x, _pnas_cell(filters // 4, 2, stem=True))
    prev, cur = first, _cell(g, "stem1", first, x, _pnas_cell(filters // 2, 2))
    for number in range(3):

        def stage(g: Builder, cur: Wire, prev: Wire, *, number: int = number) -> tuple[Wire, Wire]:
            for n in range(1, cells + 1):
                name, like = (f"stage{number + 1}_cell{k}" for k in (n, 4))
                cell = _pnas_cell(filters << number, 2 if number and n == 1 else 1)
                prev, cur = cur, _cell(g, name, cur, prev, cell, like if n > 4 else "")
            return cur, prev

        cur, prev = g.group(f"stage{number + 1}", stage, cur, prev)
    _end(g, cur, classes, dropout)


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
        return _max(g, x, name, stride, int(kind.removeprefix("max") or 3))
    if kind == "1x1":
        return _projected(g, x, f"project{name.removeprefix(kind)}", filters, stride)
    if kind.startswith("narrow"):
        return g.group(_named(g, kind), lambda g, x: _narrow(g, x, filters, stride), x)[0]
    if kind == "mean":
        return g.add("avg_pool", x, name=name, kernel=3, stride=stride, padding=1, count_include_pad=False)
    if kind == "factorised":
        return g.group(_named(g, kind), lambda g, x: _factorised(g, x, filters, stride), x)[0]
    if kind.startswith("separable"):
        return _separable(g, x, _named(g, kind), filters, int(kind.removeprefix("separable")), stride)
    return x


def _evolved(genes: Genes, filters: int, stride: int) -> Cell:
    """A cell as its genes say; only what enters the cell is read with the stride."""

    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        before = _before(g, prev, cur, filters)
        states = [_projected(g, cur, "now", filters), before]
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
            x if x.tensor.shape[1:] == size else _halved(g, x, _named(g, "end"), filters, rectify=False)
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
    (x,) = g.group("conv", lambda g, x: _first(g, x, stem), g.input("input", input))
    thin = max(4, filters // 4 // 2 * 2)
    prev = _cell(g, "stem0", x, x, _evolved(reduction, thin, 2))
    cur = _cell(g, "stem1", prev, x, _evolved(reduction, max(4, filters // 2 // 2 * 2), 2))
    for number in range(3):

        def stage(g: Builder, cur: Wire, prev: Wire, *, number: int = number) -> tuple[Wire, Wire]:
            width = (filters // 2 * 2) << number
            if number:
                made = _evolved(reduction, width, 2)
                prev, cur = cur, _cell(g, f"reduction{number}", cur, prev, made)
            for n in range(1, cells + 1):
                name, like = (f"stage{number + 1}_cell{k}" for k in (n, 3))
                made = _evolved(normal, width, 1)
                prev, cur = cur, _cell(g, name, cur, prev, made, like if n > 3 else "")
            return cur, prev

        cur, prev = g.group(f"stage{number + 1}", stage, cur, prev)
    _end(g, cur, classes, dropout)


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
