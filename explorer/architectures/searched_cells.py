"""What networks found by search have in common: operations, cells and ends.

Zoph et al. 2017, arXiv:1707.07012; margins as TensorFlow puts them, whose code the weights come from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from explorer.blocks.margins import margins, padded
from explorer.graph.builder import Builder, Wire

CATEGORY = "1.2.1 mobile and scaling"
EPS = 1e-3
Cell: TypeAlias = Callable[[Builder, Wire, Wire], Wire]
"""Writes a cell, fed by the output of the cell before and of the one before that."""


def separable_twice(
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


def projected(g: Builder, x: Wire, name: str, filters: int, stride: int = 1) -> Wire:
    """ReLU, 1×1 convolution and norm."""
    x = g.add("relu", x, name=f"{name}_relu")
    x = g.add("pointwise_conv2d", x, name=f"{name}_conv", filters=filters, stride=stride, bias=False)
    return g.add("batch_norm", x, name=f"{name}_norm", eps=EPS)


def halved(g: Builder, x: Wire, name: str, filters: int, *, rectify: bool = True) -> Wire:
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


def max_pooled(g: Builder, x: Wire, name: str, stride: int, kernel: int = 3) -> Wire:
    """Maximum with TensorFlow's margins, which are larger at the far side where they are odd."""
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


def mean_pooled(g: Builder, x: Wire, name: str, stride: int = 1) -> Wire:
    """Mean over 3×3 places that exist."""
    if stride == 1:
        return g.add("avg_pool", x, name=name, kernel=3, stride=1, padding=1, count_include_pad=False)
    x, padding = padded(g, x, name, 3, stride)
    return g.add("avg_pool", x, name=name, kernel=3, stride=stride, padding=padding)


def fitted_before(g: Builder, prev: Wire, cur: Wire, filters: int) -> Wire:
    """What the cell before the last gave, at the size of what the last one gave."""
    if prev.tensor.shape[1:] != cur.tensor.shape[1:]:
        return halved(g, prev, free_name(g, "before"), filters)
    return projected(g, prev, "before", filters)


def free_name(g: Builder, part: str) -> str:
    """A name for a group that no other cell has."""
    number = 1
    while f"{part}_{number}" in g.groups:
        number += 1
    return f"{part}_{number}"


def add_cell(g: Builder, name: str, cur: Wire, prev: Wire, write: Cell, like: str = "") -> Wire:
    """A cell as a group, or one more use of an equal one."""
    if like in g.groups:
        return g.use(like, cur, prev, name=name)[0]
    return g.group(name, write, cur, prev)[0]


def first_conv(g: Builder, x: Wire, filters: int) -> Wire:
    """The convolution that all of them begin with."""
    x = g.add("conv2d", x, name="conv", filters=filters, kernel=3, stride=2, bias=False)
    return g.add("batch_norm", x, name="norm", eps=EPS)


def classified(g: Builder, x: Wire, classes: int, dropout: float) -> None:
    """The head and the output."""

    def write(g: Builder, x: Wire) -> Wire:
        x = g.add("global_pool", g.add("relu", x, name="relu"), name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", write, x)[0])
