"""Insert: a block is dragged here from the palette."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF

from explorer.graph.model import Edge
from explorer.ui.canvas import adding, hits
from explorer.ui.canvas.tools.stage import Stage

MIME = "application/x-explorer-block"
REACH = 16.0


def block_of(data: QMimeData) -> str | None:
    """Return the block id that is dragged, if one is."""
    if not data.hasFormat(MIME):
        return None
    return bytes(data.data(MIME).data()).decode("utf-8", "replace")


class Insert:
    """A drag from outside; Qt sends it, so it is no `Tool`. On a wire it goes into it, unless Alt is held."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def move(self, point: QPointF, *, alt: bool) -> Edge | None:
        """Mark the wire into which the block would go."""
        wire = None if alt else hits.find_wire(self._stage.scene_, point, REACH)
        self._stage.scene_.light(wire)
        return wire

    def drop(self, block: str, point: QPointF, *, alt: bool) -> str | None:
        """Add the block; returns the new node's id."""
        wire = self.move(point, alt=alt)
        self.leave()
        return adding.add_block(self._stage.context, block, point, onto=wire, alone=alt)

    def leave(self) -> None:
        """Forget the drag."""
        self._stage.scene_.light(None)
