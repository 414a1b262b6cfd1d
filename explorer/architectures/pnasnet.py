"""PNASNet: a cell that grew from small to large. Liu et al. 2017, arXiv:1712.00559."""

from __future__ import annotations

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
    max_pooled,
    projected,
    separable_twice,
)
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _pnas_pairs(g: Builder, cur: Wire, prev: Wire, filters: int, stride: int, *, stem: bool) -> Wire:
    """The five pairs of a cell. In the stem, what came before is wider or thinner and not yet projected."""

    def separable(x: Wire, kernel: int, step: int, *, widen: bool = False) -> Wire:
        return separable_twice(g, x, free_name(g, f"separable{kernel}"), filters, kernel, step, widen=widen)

    left, right = separable(prev, 5, stride, widen=stem), max_pooled(g, prev, "max0", stride)
    if stem:
        right = g.add("pointwise_conv2d", right, name="max0_conv", filters=filters, bias=False)
        right = g.add("batch_norm", right, name="max0_norm", eps=EPS)
    zero = g.add("add", left, right, name="sum0")
    one = g.add("add", separable(cur, 7, stride), max_pooled(g, cur, "max1", stride), name="sum1")
    two = g.add("add", separable(cur, 5, stride), separable(cur, 3, stride), name="sum2")
    three = g.add("add", separable(two, 3, 1), max_pooled(g, cur, "max3", stride), name="sum3")
    four = separable(prev, 3, stride, widen=stem)
    kept = projected(g, cur, "kept", filters, stride) if stride > 1 else cur
    four = g.add("add", four, kept, name="sum4")
    return g.add("concat", zero, one, two, three, four, name="concat", axis="C")


def _pnas_cell(filters: int, stride: int, *, stem: bool = False) -> Cell:
    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        if not stem:
            prev = fitted_before(g, prev, cur, filters)
        cur = projected(g, cur, "now", filters)
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
    (x,) = g.group("conv", lambda g, x: first_conv(g, x, stem), g.input("input", input))
    first = add_cell(g, "stem0", x, x, _pnas_cell(filters // 4, 2, stem=True))
    prev, cur = first, add_cell(g, "stem1", first, x, _pnas_cell(filters // 2, 2))
    for number in range(3):

        def stage(g: Builder, cur: Wire, prev: Wire, *, number: int = number) -> tuple[Wire, Wire]:
            for n in range(1, cells + 1):
                name, like = (f"stage{number + 1}_cell{k}" for k in (n, 4))
                cell = _pnas_cell(filters << number, 2 if number and n == 1 else 1)
                prev, cur = cur, add_cell(g, name, cur, prev, cell, like if n > 4 else "")
            return cur, prev

        cur, prev = g.group(f"stage{number + 1}", stage, cur, prev)
    classified(g, cur, classes, dropout)
