"""RevNets: residual networks that run backwards. Gomez, Ren, Urtasun & Grosse 2017, arXiv:1707.04585."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

PAPER = "Gomez, Ren, Urtasun & Grosse 2017, arXiv:1707.04585"


def _function(g: Builder, x: Wire, name: str, width: int, stride: int, narrow: bool) -> Wire:
    """F or G: norm, ReLU and convolution, twice with 3×3, or 1×1, 3×3 and 1×1 through a quarter."""
    plan = [(width, 3, stride), (width, 3, 1)]
    if narrow:
        plan = [(width // 4, 1, stride), (width // 4, 3, 1), (width, 1, 1)]
    for number, (filters, kernel, step) in enumerate(plan, 1):
        x = g.add("batch_norm", x, name=f"{name}_bn{number}")
        x = g.add("relu", x, name=f"{name}_relu{number}")
        x = g.add(
            "conv2d",
            x,
            name=f"{name}_conv{number}",
            filters=filters,
            kernel=kernel,
            stride=step,
            padding=kernel // 2,
            bias=False,
        )
    return x


def _kept(g: Builder, x: Wire, name: str, width: int, stride: int, narrow: bool) -> Wire:
    """Bring a half to its new size: by a 1×1 convolution, or by means and channels of zeros."""
    if x.channels == width and stride == 1:
        return x
    if narrow:
        return g.add(
            "pointwise_conv2d", x, name=f"{name}_projection", filters=width, stride=stride, bias=False
        )
    if stride > 1:
        x = g.add("avg_pool", x, name=f"{name}_pool", kernel=stride)
    return g.add("pad_channels", x, name=f"{name}_pad", channels=width)


def _coupling(g: Builder, x: Wire, width: int, stride: int, narrow: bool) -> Wire:
    """Add F of the second half to the first, and G of what came out to the second."""
    x1, x2 = g.add_all("split", x, name="halves", parts=2, axis="C")
    f = _function(g, x2, "f", width, stride, narrow)
    y1 = g.add("add", _kept(g, x1, "first", width, stride, narrow), f, name="add1")
    made = _function(g, y1, "g", width, 1, narrow)
    y2 = g.add("add", _kept(g, x2, "second", width, stride, narrow), made, name="add2")
    return g.add("concat", y1, y2, name="join", axis="C")


def _stage(g: Builder, x: Wire, number: int, width: int, units: int, narrow: bool) -> Wire:
    """The unit that changes the size, then those that can be run backwards."""
    left = units
    if number > 1 or x.channels != 2 * width:
        write = partial(_coupling, width=width, stride=1 if number == 1 else 2, narrow=narrow)
        (x,) = g.group(f"stage{number}_unit1", write, x)
        left -= 1
    if not narrow:
        return g.add("reversible", x, name="units", layers=left) if left else x
    for unit in range(units - left + 1, units + 1):
        write = partial(_coupling, width=width, stride=1, narrow=narrow)
        (x,) = g.group(f"stage{number}_unit{unit}", write, x)
    return x


def _revnet(
    g: Builder, input: Tensor, classes: int, units: int, widths: tuple[int, ...], *, narrow: bool
) -> None:
    """A convolution, three stages of coupled units, mean and classes."""
    if not 1 <= units <= 200:
        raise ValueError(f"has 1 to 200 units in a stage, such as 9, not {units}.")
    x = g.input("input", input)
    x = g.add("conv2d", x, name="conv", filters=32, kernel=3, padding=1, bias=False)
    for number, width in enumerate(widths, 1):
        write = partial(_stage, number=number, width=width // 2, units=units, narrow=narrow)
        (x,) = g.group(f"stage{number}", write, x)
    x = g.add("batch_norm", x, name="norm")
    x = g.add("relu", x, name="relu")
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)
    g.frame("answer", "norm", "relu", "pool", "fc", "output")


@architecture(
    "revnet38_cifar",
    title="RevNet-38",
    category="1.2.1 (3) multi-path",
    year=2017,
    source=PAPER,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=464_858,
)
def revnet38_cifar(g: Builder, input: Tensor, classes: int, *, units: int = 3) -> None:
    """Couples two halves of the channels so that each unit can be undone: x₂ = y₂ − G(y₁), x₁ = y₁ − F(x₂).
    Training computes activations again on the way back in place of keeping them.

    Contribution: memory for activations that does not grow with depth.
    Figures: 0.46 M parameters in the paper, as ResNet-32; 32, 64 and 112 channels, three units per stage.
    Form: reconstruction after the paper's table 1: pre-activated, additive coupling; units that halve the
        maps use means and zero channels as their shortcut and cannot be undone.
    Strengths: deep networks on small devices; as accurate as ResNet-32.
    Gaps: about a third more work in training.
    """
    _revnet(g, input, classes, units, (32, 64, 112), narrow=False)


@architecture(
    "revnet110_cifar",
    title="RevNet-110",
    category="1.2.1 (3) multi-path",
    year=2017,
    source=PAPER,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_729_162,
)
def revnet110_cifar(g: Builder, input: Tensor, classes: int, *, units: int = 9) -> None:
    """Has nine units of four convolutions in each of three stages, and memory keeps only what enters and
    leaves a stage. Everything between is computed again when its gradient is needed.

    Contribution: memory for activations that does not grow with depth.
    Figures: 1.73 M parameters in the paper, as ResNet-110; 32, 64 and 128 channels.
    Form: reconstruction after the paper's table 1: pre-activated, additive coupling; units that halve the
        maps use means and zero channels as their shortcut and cannot be undone.
    Strengths: as accurate as ResNet-110 with a fraction of its memory.
    Gaps: about a third more work in training; rounding errors grow with depth.
    """
    _revnet(g, input, classes, units, (32, 64, 128), narrow=False)


@architecture(
    "revnet164_cifar",
    title="RevNet-164",
    category="1.2.1 (3) multi-path",
    year=2017,
    source=PAPER,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_748_746,
)
def revnet164_cifar(g: Builder, input: Tensor, classes: int, *, units: int = 9) -> None:
    """Is the reversible network with bottlenecks: F and G narrow to a quarter, filter and widen again.
    Its halves are four times as wide as those of RevNet-110 for the same number of weights.

    Contribution: memory for activations that does not grow with depth, with bottlenecks too.
    Figures: 1.75 M parameters in the paper; 32, 64 and 128 channels in front of the factor 4.
    Form: reconstruction after the paper's table 1: pre-activated, additive coupling; the first unit of each
        stage projects its shortcuts. Units are drawn as couplings, which here keep their activations.
    Strengths: as accurate as ResNet-164.
    Gaps: about a third more work in training where activations are computed again.
    """
    _revnet(g, input, classes, units, (128, 256, 512), narrow=True)
