"""How a node is looked at just now: what painters need beside its view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QPixmap

Detail = Literal["near", "middle", "far"]
PortKey = tuple[str, bool]
"""Name of a port and whether it is an output."""


@dataclass(frozen=True)
class Look:
    """View state of one node.

    Attributes:
        detail: how much is drawn. zoom: device pixels per canvas unit, for sharp icons.
        hovered, selected, focused: as in the anatomy.
        wiring: while a wire is dragged, whether each port may take it; None at other times.
        pictures: maps or one bar code, ready to be drawn.
        answer: the best classes with their probability (outputs only).
        total: parameters of the whole design, of which cards show their share.

    """

    detail: Detail = "near"
    zoom: float = 1.0
    hovered: bool = False
    selected: bool = False
    focused: bool = False
    wiring: Mapping[PortKey, bool] | None = None
    pictures: tuple[QPixmap, ...] = ()
    answer: tuple[tuple[str, float], ...] = ()
    total: int = 0
