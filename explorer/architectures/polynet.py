"""PolyNet: units that add up several ways through the same layers. Zhang et al. 2016, arXiv:1611.05725."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm, numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

Window = int | tuple[int, int]
Line = tuple[tuple[int, Window], ...]
"""Convolutions one after another, each as number of filters and window."""

LAST_SCALE = 0.7
"""Factor of what the last unit adds; that of the first is 1, and between them it falls evenly."""


class Module(NamedTuple):
    """An Inception module that adds to its input: lines side by side, then a 1×1 convolution to `width`."""

    lines: tuple[Line, ...]
    width: int


MODULES = {
    "a": Module((((32, 1), (48, 3), (64, 3)), ((32, 1), (32, 3)), ((32, 1),)), 384),
    "b": Module((((128, 1), (160, (1, 7)), (192, (7, 1))), ((192, 1),)), 1152),
    "c": Module((((192, 1), (224, (1, 3)), (256, (3, 1))), ((192, 1),)), 2048),
}
REDUCTIONS: dict[str, tuple[Line, ...]] = {
    "a": (((256, 1), (256, 3), (384, 3)), ((384, 3),)),
    "b": (((256, 1), (256, 3), (256, 3)), ((256, 1), (256, 3)), ((256, 1), (384, 3))),
}


def _padding(window: Window) -> Window:
    return window // 2 if isinstance(window, int) else (window[0] // 2, window[1] // 2)


def _conv(g: Builder, x: Wire, end: str, filters: int, window: Window, **fields: int) -> Wire:
    """Convolution, norm and ReLU; `end` is put after their names."""
    given: dict[str, Any] = {"padding": _padding(window), **fields}
    x = g.add("conv2d", x, name=f"conv{end}", filters=filters, kernel=window, bias=False, **given)
    return g.add("relu", g.add("batch_norm", x, name=f"norm{end}"), name=f"relu{end}")


def _line(g: Builder, x: Wire, number: int, line: Line) -> Wire:
    for place, (filters, window) in enumerate(line, 1):
        x = _conv(g, x, f"{number}_{place}", filters, window)
    return x


def _module(g: Builder, x: Wire, plan: Module) -> Wire:
    """One module without its shortcut."""
    ends = [_line(g, x, number, line) for number, line in enumerate(plan.lines, 1)]
    x = g.add("concat", *ends, name="concat")
    return conv_norm(g, x, "_out", filters=plan.width, kernel=1, activation="")


def _two_way(g: Builder, x: Wire, name: str, plan: Module, scale: float) -> Wire:
    """Two modules with weights of their own side by side, x + s·F(x) + s·G(x)."""

    def write(g: Builder, x: Wire) -> Wire:
        total = x
        for letter in "fg":
            (y,) = g.group(f"{name}_{letter}", partial(_module, plan=plan), x)
            y = g.add("scale", y, name=f"scale_{letter}", factor=scale)
            total = g.add("add", total, y, name=f"add_{letter}")
        return g.add("relu", total, name="relu")

    return g.group(name, write, x)[0]


def _poly(g: Builder, x: Wire, name: str, plan: Module, scale: float, passes: int) -> Wire:
    """The same convolutions run again on what they gave, x + s·F(x) + s·F(F(x)) + ….

    Each pass has its own norms and its own last convolution.
    """

    def once(g: Builder, x: Wire, turn: int) -> Wire:
        ends = []
        for number, line in enumerate(plan.lines, 1):
            y = x
            for place, (filters, window) in enumerate(line, 1):
                conv, here = f"conv{number}_{place}", f"{number}_{place}_pass{turn}"
                if turn == 1:
                    y = g.add(
                        "conv2d",
                        y,
                        name=conv,
                        filters=filters,
                        kernel=window,
                        padding=_padding(window),
                        bias=False,
                    )
                else:
                    (y,) = g.again(conv, y, name=f"conv{here}")
                y = g.add("relu", g.add("batch_norm", y, name=f"norm{here}"), name=f"relu{here}")
            ends.append(y)
        x = g.add("concat", *ends, name=f"concat{turn}")
        return conv_norm(g, x, f"_out{turn}", filters=plan.width, kernel=1, activation="")

    def write(g: Builder, x: Wire) -> Wire:
        total = x
        for turn in range(1, passes + 1):
            before = set(g.graph)
            x = once(g, x, turn)
            y = g.add("scale", x, name=f"scale{turn}", factor=scale)
            total = g.add("add", total, y, name=f"add{turn}")
            if turn < passes:
                x = g.add("relu", x, name=f"relu{turn}")
            g.frame(f"pass {turn}", *(n for n in g.graph if n not in before))
        return g.add("relu", total, name="relu")

    return g.group(name, write, x)[0]


def _reduction(g: Builder, x: Wire, lines: tuple[Line, ...]) -> Wire:
    """Halve the maps: lines that end with stride 2, and a pool."""
    ends = []
    for number, line in enumerate(lines, 1):
        y = _line(g, x, number, line[:-1])
        ends.append(_conv(g, y, f"{number}_{len(line)}", *line[-1], stride=2, padding=0))
    pool = g.add("max_pool", x, name="pool", kernel=3, stride=2)
    return g.add("concat", *ends, pool, name="concat")


def _stem(g: Builder, x: Wire) -> Wire:
    """The stem of Inception-v4, with the pool always first."""
    x = _conv(g, x, "1", 32, 3, stride=2, padding=0)
    x = _conv(g, x, "2", 32, 3, padding=0)
    x = _conv(g, x, "3", 64, 3)
    pool = g.add("max_pool", x, name="pool3", kernel=3, stride=2)
    x = g.add("concat", pool, _conv(g, x, "3_half", 96, 3, stride=2, padding=0), name="concat3")
    short = _conv(g, _conv(g, x, "4_1_1", 64, 1), "4_1_2", 96, 3, padding=0)
    long = _line(g, x, 5, ((64, 1), (64, (7, 1)), (64, (1, 7))))
    x = g.add("concat", short, _conv(g, long, "5_4", 96, 3, padding=0), name="concat4")
    pool = g.add("max_pool", x, name="pool5", kernel=3, stride=2)
    return g.add("concat", pool, _conv(g, x, "6_half", 192, 3, stride=2, padding=0), name="concat5")


def _scales(count: int) -> Iterator[float]:
    for number in range(count):
        yield round(1 - (1 - LAST_SCALE) * number / max(1, count - 1), 6)


@architecture(
    "polynet",
    title="PolyNet",
    category="1.2.1 mobile and scaling",
    year=2017,
    source="Zhang, Li, Loy & Lin 2017, arXiv:1611.05725",
    input=(3, 331, 331),
    classes=1000,
    parameters=95_366_600,
)
def polynet(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    units: str = "10-10-5",
    passes: int = 3,
    dropout: float = 0.2,
) -> None:
    """Reads a residual unit as the beginning of a polynomial, I + F, and goes on: I + F + F² + F³, I + F + G.
    More ways through each unit help more than more units: they differ, and some of them cost no weights.

    `units` are those of the three stages. Those of the first are two-way; in the other stages a unit of
    `passes` passes through the same convolutions stands in front of each two-way one.

    Contribution: variety of structure as a direction of design; convolutions that a unit runs several times.
    Figures: a lecture prints 81.3 % top-1 and 95.8 % top-5 accuracy, 92 M parameters and 35 G
        multiply-adds. It has 95.37 M parameters.
    Form: exact, as released; what a unit adds is scaled, by 1 in the first one to 0.7 in the last.
    Strengths: better than Inception-ResNet-v2 at the same cost.
    Gaps: very slow: a thousand layers' worth of work in each picture, with a fixed plan found by many trials.
    """
    if not 1 <= passes <= 6:
        raise ValueError(f"runs its shared convolutions 1 to 6 times, not {passes}.")
    if not 0 <= dropout <= 0.99:
        raise ValueError(f"drops 0 to 0.99 of the last values, not {dropout:g}.")
    counts = numbers(units, 3, "units")
    scales = _scales(counts[0] + 2 * (counts[1] + counts[2]))

    def stage(g: Builder, x: Wire, letter: str, count: int) -> Wire:
        plan = MODULES[letter]
        for number in range(1, count + 1):
            if letter != "a":
                x = _poly(g, x, f"{letter}{number}_poly", plan, next(scales), passes)
            x = _two_way(g, x, f"{letter}{number}_two_way", plan, next(scales))
        return x

    def head(g: Builder, x: Wire) -> Wire:
        return g.chain(x, "global_pool", ("dropout", {"p": dropout}), ("linear", {"features": classes}))

    (x,) = g.group("stem", _stem, g.input("input", input))
    for letter, count in zip("abc", counts, strict=True):
        (x,) = g.group(f"stage_{letter}", partial(stage, letter=letter, count=count), x)
        if letter in REDUCTIONS:
            (x,) = g.group(f"reduction_{letter}", partial(_reduction, lines=REDUCTIONS[letter]), x)
    g.output("output", g.group("head", head, x)[0])
