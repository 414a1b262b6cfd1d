"""Tensors as solids to scale: maps as blocks, sequences as sheets, vectors as bars.

An edge is as long as the square root of its size says, so that 224 pixels and 7 fit one figure and the
order of sizes stays true. Maps, sequences, channels and vectors have scales of their own; the largest of
each fills its room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod, sqrt
from typing import Literal, NamedTuple

from explorer.graph.tensor import Tensor

TALLEST, THICKEST, LONGEST = 150.0, 64.0, 150.0
"""Edges of the largest map, of most channels, and of the longest vector, in units."""
PER_MAP, PER_CHANNEL, PER_VALUE = 11.0, 3.0, 2.8
"""Units by the root of the size, while the largest is small."""
LEAST, BAR = 4.0, 9.0
SLANT = 0.34
"""How much of the edge that goes into the page is seen, to the right and upwards."""

Form = Literal["block", "sheet", "bar"]


class Sizes(NamedTuple):
    """What a tensor measures.

    Attributes:
        form: how it is drawn. channels: along the flow. height, width: of its maps.
        more: other axes, as they are written before the channels.

    """

    form: Form
    channels: int
    height: int
    width: int
    more: str = ""


def sizes(tensor: Tensor) -> Sizes:
    """Read a tensor as a solid: with H and W a block, with one axis a bar, else a sheet of its last two."""
    named = dict(zip(tensor.axes, tensor.shape, strict=True))
    if {"H", "W"} <= named.keys() and len(named) == len(tensor.shape):
        depth = named.get("C", named.get("D", 1))
        rest = [str(size) for axis, size in named.items() if axis not in ("H", "W", "C", "D")]
        return Sizes("block", depth, named["H"], named["W"], "×".join(rest))
    if len(tensor.shape) <= 1:
        return Sizes("bar", prod(tensor.shape), 1, 1)
    if tensor.axes[0] == "C":
        return Sizes("sheet", tensor.shape[0], tensor.shape[-1], 1, _rest(tensor.shape[1:-1]))
    return Sizes("sheet", tensor.shape[-1], tensor.shape[-2], 1, _rest(tensor.shape[:-2]))


def _rest(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


@dataclass(frozen=True)
class Solid:
    """A solid with its edges in units: along the flow, upright, and into the page."""

    sizes: Sizes
    along: float
    high: float
    deep: float


@dataclass(frozen=True)
class Scale:
    """Units by the root of a size, for edges of maps, steps of sequences, channels and values of vectors."""

    maps: float
    steps: float
    channels: float
    values: float

    def solid(self, tensor: Tensor) -> Solid:
        """The tensor to scale."""
        read = sizes(tensor)
        if read.form == "bar":
            return Solid(read, BAR, max(LEAST, self.values * sqrt(read.channels)), BAR)
        along = max(LEAST, self.channels * sqrt(read.channels))
        if read.form == "sheet":
            return Solid(read, along, max(LEAST, self.steps * sqrt(read.height)), 0.0)
        edges = (max(LEAST, self.maps * sqrt(size)) for size in (read.height, read.width))
        return Solid(read, along, *edges)


def scale_of(tensors: Iterable[Tensor]) -> Scale:
    """The scale in which the largest of these tensors fill their room."""
    read = [sizes(tensor) for tensor in tensors]
    maps = max((max(s.height, s.width) for s in read if s.form == "block"), default=1)
    steps = max((s.height for s in read if s.form == "sheet"), default=1)
    channels = max((s.channels for s in read if s.form != "bar"), default=1)
    values = max((s.channels for s in read if s.form == "bar"), default=1)
    return Scale(
        min(PER_MAP, TALLEST / sqrt(maps)),
        min(PER_MAP, TALLEST / sqrt(steps)),
        min(PER_CHANNEL, THICKEST / sqrt(channels)),
        min(PER_VALUE, LONGEST / sqrt(values)),
    )
