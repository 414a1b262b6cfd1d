"""The canvas and the engine: pictures on the nodes, the selection for the panels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QObject

from explorer.figures.canvas.tiles import Thumbnails
from explorer.graph.catalogue import OUTPUT
from explorer.protocol import events, requests
from explorer.protocol.records import Tile
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import best


class CanvasPresenter(QObject):
    """Hands tiles to the canvas and the canvas's selection to the desk."""

    def __init__(self, canvas: CanvasView, desk: Desk) -> None:
        super().__init__(canvas)
        self._canvas, self._desk = canvas, desk
        self._step = 0
        self._shown: events.TileSet | None = None
        canvas.selectionChanged.connect(self._select)
        canvas.probeRequested.connect(desk.select)
        canvas.said.connect(desk.said)
        canvas.levelChanged.connect(self._show_ends)
        desk.selected.connect(self._reveal)
        desk.sampled.connect(self._ask)
        desk.changed.connect(self._mark_stale)
        desk.lost.connect(self._on_lost)
        self._tiles = desk.session.watch(None, self._show, "steps")
        self._ask()

    def _ask(self) -> None:
        self._tiles.ask(requests.Tiles(sample=self._desk.session.sample))

    def _select(self, addresses: tuple[str, ...]) -> None:
        self._desk.gather(addresses)
        self._desk.select(addresses[0] if len(addresses) == 1 else "")

    def _reveal(self, address: str) -> None:
        """A panel chose an address: show it on the canvas, on whatever level it is."""
        if address and self._canvas.context.addresses() != (address,):
            self._canvas.show_address(address)

    def _show(self, event: events.Event) -> None:
        if not isinstance(event, events.TileSet):
            return
        self._step = event.step
        tiles = {tile.address: thumbnails(tile) for tile in event.tiles}
        self._canvas.pictures.show_tiles(tiles | ({} if event.tokens else self._ends(tiles)))
        self._shown = event
        self._desk.pictured.emit(event.input)
        self._show_ends()
        self._mark_stale()

    def _show_ends(self) -> None:
        """Sample and answer belong to the ends of the design, not to those of a block's inside."""
        event = self._shown
        if event is None or self._canvas.context.path:
            self._canvas.pictures.show_input(None)
            self._canvas.pictures.show_answer(())
            return
        self._canvas.pictures.show_input(None if event.tokens else event.input, event.tokens)
        self._canvas.pictures.show_answer(best(event.answer, 3))

    def _ends(self, tiles: Mapping[str, Thumbnails]) -> dict[str, Thumbnails]:
        """Outputs that are maps show what arrives; class scores have their bars."""
        graph = self._desk.workspace.document.root
        feeds = {node.id: graph.into(node.id) for node in graph.of_block(OUTPUT)}
        return {
            end: tiles[edges[0].src] for end, edges in feeds.items() if edges and _is_map(tiles, edges[0].src)
        }

    def _mark_stale(self) -> None:
        """While a run goes on, an edited canvas shows pictures of what trains."""
        session = self._desk.session
        stale = session.training.is_going_on and not session.is_live
        self._canvas.pictures.show_stale(self._step if stale else None)

    def _on_lost(self, _words: str) -> None:
        self._canvas.pictures.show_stale(None)


def _is_map(tiles: Mapping[str, Thumbnails], address: str) -> bool:
    return address in tiles and bool(tiles[address].images)


def thumbnails(tile: Tile) -> Thumbnails:
    """Turn what the engine sent into what a node shows."""
    low, high = (tile.low, tile.high) if np.isfinite(tile.low) else (None, None)
    if tile.maps.ndim == 2:
        return Thumbnails(low=low, high=high, total=0, bars=tile.maps[0])
    return Thumbnails(list(tile.maps), low, high, tile.total)
