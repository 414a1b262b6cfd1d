"""What travels along a wire, as far as it is known before anything runs: shape, axis names, number type."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

SPATIAL = frozenset("THWL")
"""Axes a window can slide over: time, height, width, length."""

DEFAULT_AXES = {0: "", 1: "D", 2: "TD", 3: "CHW", 4: "CTHW"}
"""How the axes of an input are read when the design does not name them, by their number."""


class Tensor(NamedTuple):
    """Shape of one sample; the batch axis is left out everywhere.

    Attributes:
        shape: sizes, e.g. `(6, 28, 28)`.
        axes: one letter per size: C channels, H height, W width, T time or tokens, D features.
        dtype: `float`, `int` (ids, labels) or `bool` (masks).

    """

    shape: tuple[int, ...]
    axes: tuple[str, ...]
    dtype: str = "float"

    @property
    def size(self) -> int:
        """Number of values in one sample."""
        return prod(self.shape)

    @property
    def text(self) -> str:
        """The short form that stands on wires: `6×28×28`, or `scalar`."""
        return "×".join(map(str, self.shape)) or "scalar"

    @property
    def spelled(self) -> str:
        """The long form that stands in sentences: `C 6 × H 28 × W 28`."""
        pairs = (f"{axis} {size}" for axis, size in zip(self.axes, self.shape, strict=True))
        return " × ".join(pairs) or "one number"

    @property
    def spatial(self) -> tuple[int, ...]:
        """Sizes behind the channel axis, e.g. `(28, 28)` of `6×28×28`; empty without a leading C."""
        return self.shape[1:] if self.axes[:1] == ("C",) else ()

    @property
    def channels(self) -> int:
        """Index of the axis along which different features stand: C, else the last (D, or any other)."""
        return self.axes.index("C") if "C" in self.axes else len(self.axes) - 1

    @property
    def channels_first(self) -> tuple[int, ...]:
        """Order of the axes that brings the channels of maps to the front: of H × W × D it is (2, 0, 1).

        A sequence keeps its own: of T × D, and of anything without two axes of places, the order stays.
        """
        places = [n for n in range(len(self.axes)) if n != self.channels]
        return (self.channels, *places) if len(places) > 1 else tuple(range(len(self.axes)))

    def axis(self, name: str) -> int:
        """Size of the axis called `name`; raises `ValueError` when there is none."""
        return self.shape[self.axes.index(name)]

    def resized(self, *shape: int) -> Tensor:
        """Same axes and dtype with other sizes."""
        return Tensor(shape, self.axes, self.dtype)


def image(channels: int, height: int, width: int) -> Tensor:
    """A picture or a stack of feature maps, `C×H×W`."""
    return Tensor((channels, height, width), ("C", "H", "W"))


def vector(features: int) -> Tensor:
    """A plain list of `D` numbers."""
    return Tensor((features,), ("D",))


def sequence(steps: int, features: int) -> Tensor:
    """`T` steps (or tokens) of `D` features each."""
    return Tensor((steps, features), ("T", "D"))


def tokens(count: int) -> Tensor:
    """`T` integer ids."""
    return Tensor((count,), ("T",), "int")
