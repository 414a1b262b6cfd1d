"""Distances that a layout keeps, in canvas units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Size: TypeAlias = tuple[float, float]
"""Width and height."""


@dataclass(frozen=True)
class Spacing:
    """Distances between nodes.

    Attributes:
        labelled, plain: behind a node, at least, with and without a shape on its wires.
        label: beside such a shape. fan: more where wires part or meet.
        between: nodes or branches above one another. row: wrapped rows. arc: above what a skip passes.
        step: between the parts of a U. frames: for the outlines of two neighbouring frames.

    """

    labelled: float = 48.0
    label: float = 14.0
    plain: float = 20.0
    fan: float = 20.0
    between: float = 36.0
    row: float = 76.0
    arc: float = 34.0
    step: float = 36.0
    frames: float = 36.0
