"""Pictures on nodes: arrays from the engine, turned into pixmaps once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtGui import QPixmap

from explorer.figures.canvas.text_tile import text_tile
from explorer.meaning.scales import ends
from explorer.style import colours
from explorer.style.theme import theme

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Thumbnails:
    """What a node shows of its output.

    Attributes:
        images: up to four maps, 2-D. low, high: their common scale (None: each its own).
        total: how many maps the layer has. bars: a vector instead of maps.

    """

    images: Sequence[Array] = ()
    low: float | None = None
    high: float | None = None
    total: int = 0
    bars: Array | None = None


class TileStore:
    """Thumbnails by address; a pixmap is made when it is first asked for."""

    def __init__(self) -> None:
        self._thumbnails: dict[str, Thumbnails] = {}
        self._pixmaps: dict[str, tuple[QPixmap, ...]] = {}
        self._input: QPixmap | None = None
        self._texts: dict[str, Sequence[str]] = {}
        self._drawn: dict[str, QPixmap] = {}
        self._mode = theme().mode

    @property
    def totals(self) -> dict[str, int]:
        """How many maps each layer with pictures has."""
        return {address: tiles.total for address, tiles in self._thumbnails.items() if tiles.total}

    def put(self, tiles: Mapping[str, Thumbnails]) -> None:
        """Show other pictures; addresses that are missing keep theirs."""
        for address, thumbnails in tiles.items():
            self._thumbnails[address] = thumbnails
            self._pixmaps.pop(address, None)

    def clear(self) -> None:
        """Forget all pictures."""
        self._thumbnails.clear()
        self._pixmaps.clear()
        self._texts.clear()
        self._input = None

    def put_input(self, picture: Array | None, texts: Mapping[str, Sequence[str]] | None = None) -> None:
        """Show a sample on the inputs: a grey picture, H × W × 3 or C × H × W colours, or a vector.

        `texts` are the tokens of inputs that read a text, by name.
        """
        self._input = None if picture is None else sample_pixmap(picture)
        self._texts = dict(texts or {})
        self._drawn.clear()

    def input_of(self, name: str) -> tuple[QPixmap, ...]:
        """The sample of an input, or nothing."""
        self._follow_theme()
        if name in self._texts:
            if name not in self._drawn:
                self._drawn[name] = text_tile(self._texts[name])
            return (self._drawn[name],)
        return (self._input,) if self._input is not None else ()

    def _follow_theme(self) -> None:
        if self._mode != theme().mode:
            self._mode = theme().mode
            self._pixmaps.clear()
            self._drawn.clear()

    def pixmaps(self, address: str) -> tuple[QPixmap, ...]:
        """Return what stands in the thumbnail row of a node, in the colours of the theme."""
        self._follow_theme()
        if address not in self._pixmaps:
            tiles = self._thumbnails.get(address)
            self._pixmaps[address] = tuple(_made(tiles)) if tiles else ()
        return self._pixmaps[address]


def _made(tiles: Thumbnails) -> Iterable[QPixmap]:
    arrays = (
        [np.asarray(tiles.bars).reshape(1, -1)] if tiles.bars is not None else map(np.asarray, tiles.images)
    )
    for array in arrays:
        low, high = (tiles.low, tiles.high) if tiles.low is not None else (array.min(), array.max())
        low, high = float(low), float(low if high is None else high)
        yield QPixmap.fromImage(colours.image(array, colours.map_of(low, high), *ends(low, high)))


def sample_pixmap(picture: Array) -> QPixmap:
    """Return a sample of any form as a picture: one pixel per value."""
    array = np.squeeze(np.asarray(picture))
    if array.ndim == 3 and array.shape[0] in (3, 4) and array.shape[2] not in (3, 4):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 3 and array.shape[2] in (3, 4):
        return QPixmap.fromImage(colours.image(np.ascontiguousarray(array[..., :3]), "gray"))
    while array.ndim > 2:
        array = array[0]
    if array.ndim < 2:
        return QPixmap.fromImage(colours.image(array.reshape(1, -1), colours.map_for("activation")))
    return QPixmap.fromImage(colours.image(array, colours.map_for("image")))
