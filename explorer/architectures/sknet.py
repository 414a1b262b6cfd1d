"""SKNet: units that choose the size of their filters. Li et al. 2019, arXiv:1903.06586."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm, head, imagenet_stem, numbers, stage, unit
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _select(g: Builder, x: Wire, *, cardinality: int, stride: int, squeezed: int) -> Wire:
    """Two filters of different size, and gates that say channel by channel which of them counts."""
    width = x.channels
    found = []
    for number, dilation in ((3, 1), (5, 2)):
        y = g.add(
            "conv2d",
            x,
            name=f"conv{number}",
            filters=width,
            kernel=3,
            stride=stride,
            padding=dilation,
            dilation=dilation,
            groups=cardinality,
            bias=False,
        )
        y = g.add("batch_norm", y, name=f"norm{number}")
        found.append(g.add("relu", y, name=f"relu{number}"))
    s = g.add("global_pool", g.add("add", *found, name="both"), name="mean", keep=True)
    s = conv_norm(g, s, "_squeeze", filters=squeezed, kernel=1)
    s = g.add("pointwise_conv2d", s, name="choose", filters=2 * width, bias=False)
    # the choice between two by softmax is the sigmoid of their difference
    near, wide = g.add_all("split", s, name="split", parts=2, axis="C")
    weight = g.add("sigmoid", g.add("subtract", near, wide, name="difference"), name="share")
    change = g.add("subtract", *found, name="change")
    change = g.add("multiply", change, weight, name="weigh", broadcast=True)
    return g.add("add", found[1], change, name="mix")


def _block(g: Builder, x: Wire, *, width: int, filters: int, cardinality: int, stride: int) -> Wire:
    y = conv_norm(g, x, "1", filters=width, kernel=1)
    squeezed = max(32, (width // 16 + 16) // 32 * 32)
    write = partial(_select, cardinality=cardinality, stride=stride, squeezed=squeezed)
    (y,) = g.group("select", write, y)
    y = conv_norm(g, y, "3", filters=filters, kernel=1, activation="")
    if x.tensor.shape != y.tensor.shape:
        x = conv_norm(g, x, "_shortcut", filters=filters, kernel=1, stride=stride, activation="")
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


@architecture(
    "sknet50",
    title="SKNet-50",
    category="1.2.1 (7) attention",
    year=2019,
    source="Li, Wang, Hu & Yang 2019, arXiv:1903.06586",
    input=(3, 224, 224),
    classes=1000,
    parameters=27_479_784,
    also=("selective kernel", "kernel attention", "multi-scale"),
)
def sknet50(
    g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", cardinality: int = 32
) -> None:
    """Filters every map with a small and a large kernel and lets gates decide, from the means of all maps,
    which of the two counts in each channel. So the size of what is looked at follows the picture.

    Contribution: attention among kernels of different size.
    Figures: 27.5 M parameters and 4.47 G MACs, top-1 error 20.79 % in the paper.
    Form: exact: ResNeXt-50 32×4d with a choice of two kernels; the 5×5 is a 3×3 of dilation 2, gates squeeze
        to a sixteenth, at least 32. The softmax over two is written as the sigmoid of their difference.
    Strengths: better than ResNeXt for a tenth more work.
    Gaps: two paths in every block; grouped and dilated filters run slowly.
    """
    if not 1 <= cardinality <= 128 or 128 % cardinality:
        raise ValueError(f"has a cardinality that divides 128, such as 32, not {cardinality}.")
    x = imagenet_stem(g, g.input("input", input))
    for number, count in enumerate(numbers(layers, 4, "blocks")):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            write = partial(
                _block,
                width=128 << number,
                filters=256 << number,
                cardinality=cardinality,
                stride=2 if number and n == 1 else 1,
            )
            return unit(g, x, f"block{n}", write, "block2" if n > 2 else "")

        x = stage(g, x, f"stage{number + 1}", count, block)
    head(g, x, classes)
