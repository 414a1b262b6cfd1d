"""NASNet: cells found by reinforcement learning. Zoph et al. 2017, arXiv:1707.07012."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.searched_cells import (
    CATEGORY,
    Cell,
    add_cell,
    classified,
    first_conv,
    fitted_before,
    free_name,
    max_pooled,
    mean_pooled,
    projected,
    separable_twice,
)
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _nasnet_reduction(filters: int, kind: str = "") -> Cell:
    """`kind` is `stem0`, `stem1` or empty: the stems prepare their inputs in another way."""

    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        wide = kind == "stem0"

        def separable(x: Wire, kernel: int, stride: int = 2, *, widen: bool = False) -> Wire:
            return separable_twice(
                g, x, free_name(g, f"separable{kernel}"), filters, kernel, stride, widen=widen
            )

        if kind:
            size = cur
            cur = projected(g, cur, "now", filters)
            prev = prev if wide else fitted_before(g, prev, size, filters)
        else:
            prev = fitted_before(g, prev, cur, filters)
            cur = projected(g, cur, "now", filters)
        zero = g.add("add", separable(cur, 5), separable(prev, 7, widen=wide), name="sum0")
        one = g.add("add", max_pooled(g, cur, "max1", 2), separable(prev, 7, widen=wide), name="sum1")
        two = g.add("add", mean_pooled(g, cur, "mean2", 2), separable(prev, 5, widen=wide), name="sum2")
        three = g.add("add", mean_pooled(g, zero, "mean3"), one, name="sum3")
        four = g.add("add", separable(zero, 3, 1), max_pooled(g, cur, "max4", 2), name="sum4")
        return g.add("concat", one, two, three, four, name="concat", axis="C")

    return write


def _nasnet_normal(filters: int) -> Cell:
    def write(g: Builder, cur: Wire, prev: Wire) -> Wire:
        def separable(x: Wire, kernel: int) -> Wire:
            return separable_twice(g, x, free_name(g, f"separable{kernel}"), filters, kernel)

        prev = fitted_before(g, prev, cur, filters)
        cur = projected(g, cur, "now", filters)
        zero = g.add("add", separable(cur, 5), separable(prev, 3), name="sum0")
        one = g.add("add", separable(prev, 5), separable(prev, 3), name="sum1")
        two = g.add("add", mean_pooled(g, cur, "mean2"), prev, name="sum2")
        three = g.add("add", mean_pooled(g, prev, "mean3a"), mean_pooled(g, prev, "mean3b"), name="sum3")
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
    (x,) = g.group("conv", lambda g, x: first_conv(g, x, stem), g.input("input", input))
    first = add_cell(g, "stem0", x, x, _nasnet_reduction(filters // 4, "stem0"))
    prev, cur = first, add_cell(g, "stem1", first, x, _nasnet_reduction(filters // 2, "stem1"))
    for number in range(3):

        def stage(g: Builder, cur: Wire, prev: Wire, *, number: int = number) -> tuple[Wire, Wire]:
            if number:
                made = add_cell(g, f"reduction{number}", cur, prev, _nasnet_reduction(filters << number))
                prev, cur = (prev if skip else cur), made
            for n in range(1, cells + 1):
                name, like = (f"stage{number + 1}_cell{k}" for k in (n, 3))
                made = add_cell(g, name, cur, prev, _nasnet_normal(filters << number), like if n > 3 else "")
                prev, cur = cur, made
            return cur, prev

        cur, prev = g.group(f"stage{number + 1}", stage, cur, prev)
    classified(g, cur, classes, dropout)
