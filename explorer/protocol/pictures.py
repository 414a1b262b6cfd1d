"""Pictures of what a block does, as values: the engine computes them, the window draws them."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np


class _Picture(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Common part: `note` is a line below the picture."""

    note: str = ""


class Panel(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One small image of a row of them.

    Attributes:
        title: what it is, a word or two.
        values: float32 (h, w), or (3, h, w) for colours from 0 to 1.
        scale: `photo` (0 black to 1 white, stretched), `signed` (zero is neutral), `unit` (0 to 1),
            `share` (0 to the largest; stretched where all are nearly alike).
        boxes: float32 (k, 4), x1, y1, x2, y2 in cells of `values`; drawn round them.
        strengths: float32 (k,), how firmly each box is drawn; empty for all alike.
        lines: float32 (k, n, 2), bent lines over the image, x and y in cells.
        sign: what stands between this panel and the one before it: an arrow, or a word such as `×`.

    """

    title: str
    values: np.ndarray
    scale: str = "signed"
    boxes: np.ndarray | None = None
    strengths: np.ndarray | None = None
    lines: np.ndarray | None = None
    sign: str = "→"


class Panels(_Picture, frozen=True, kw_only=True):
    """Images from left to right: what comes in, what is done to it, what goes out."""

    panels: tuple[Panel, ...]


class Curve(_Picture, frozen=True, kw_only=True):
    """A function and its slope: float32 arrays of equal length."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray


class Cube(_Picture, frozen=True, kw_only=True):
    """Which values one output value depends on.

    Attributes:
        mask: uint8 (samples, channels, places): 1 where it depends on them.
        at: the output value looked at: sample, channel, place.

    """

    mask: np.ndarray
    at: tuple[int, int, int]


class Unrolled(_Picture, frozen=True, kw_only=True):
    """A recurrent layer step by step.

    Attributes:
        inputs: float32 (T, n). gates: by name, float32 (T, H), in the order in which they act.

    """

    inputs: np.ndarray
    gates: dict[str, np.ndarray]


Picture: TypeAlias = Panels | Curve | Cube | Unrolled
