"""Tidy a level of very many nodes: a little at a time, so that the window answers; Esc stops it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from time import perf_counter

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter

from explorer import words
from explorer.figures.canvas.automatic_places import Measures
from explorer.graph.model import Graph, NodeId, Position
from explorer.style.theme import theme
from explorer.ui.canvas import bending
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool

SECONDS = 0.008
"""So long the window may wait for a piece of work."""
WAIT_MS = 15
MEASURED = 0.7
"""Share of the work that measuring is; the layout itself runs beside the window."""
STEP = 0.02
WIDE, TALL, LINE = 300, 44, 4


class TidyLevel(Tool):
    """Goes on by itself until it is done; nothing is written before that, then it is one step."""

    id = "tidy"
    cursor = Qt.CursorShape.BusyCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.share = 0.0
        self._shown = -1.0
        self._level, self._version = self.context.level.path, self.context.graph.version
        self._found: dict[NodeId, Position] = {}
        self._work = self._steps()
        self._timer = QTimer(self.context, interval=0)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def cancel(self) -> None:
        """Stop; nothing has been written."""
        self._timer.stop()

    @property
    def _is_stale(self) -> bool:
        """Whether another level is shown, or another version of it."""
        return (self.context.level.path, self.context.graph.version) != (self._level, self._version)

    def _go_on(self) -> None:
        if self._is_stale:
            self._write()
            return
        end = perf_counter() + SECONDS
        waits = False
        while perf_counter() < end and not waits:
            try:
                waits = next(self._work)
            except StopIteration:
                self._write()
                return
        self._timer.setInterval(WAIT_MS if waits else 0)
        if self.share - self._shown >= STEP:
            self._shown = self.share
            self.stage.refresh_overlay()

    def _steps(self) -> Iterator[bool]:
        """Do the work piece by piece; yields whether there is nothing to do but wait."""
        graph = self.context.graph
        measures, nodes, edges = Measures(self.context.views), list(graph), graph.edges
        for number, node_id in enumerate(nodes):
            measures.take_node(node_id)
            self.share = MEASURED * number / (len(nodes) + len(edges))
            yield False
        for number, edge in enumerate(edges, start=len(nodes)):
            measures.take_wire(edge)
            self.share = MEASURED * number / (len(nodes) + len(edges))
            yield False
        copy = Graph(graph.nodes, edges)
        copy.frames = dict(graph.frames)
        thread = Thread(target=self._lay_out, args=(copy, measures), daemon=True)
        thread.start()
        while thread.is_alive():
            yield True

    def _lay_out(self, graph: Graph, measures: Measures) -> None:
        self._found = measures.places(graph, self.context.room)

    def _write(self) -> None:
        self._timer.stop()
        self.stage.finish()
        context = self.context
        if self._is_stale:
            context.said.emit("The design was changed meanwhile, so it was not tidied. Tidy it again.")
        elif not self._found:
            context.said.emit("No layout was found; everything stays where it is.")
        else:
            context.apply(bending.laid_out(context, self._found), "Tidy")

    def paint(self, painter: QPainter) -> None:
        """Draw how far it is, at the top of the canvas."""
        colours, px = theme().colours, theme().px
        painter.save()
        painter.resetTransform()
        middle = painter.viewport().center().x() / painter.device().devicePixelRatioF()
        box = QRectF(middle - px(WIDE) / 2, px(12), px(WIDE), px(TALL))
        painter.setPen(colours.line)
        painter.setBrush(colours.panel)
        painter.drawRoundedRect(box, theme().radius("popover"), theme().radius("popover"))
        painter.setPen(colours.text)
        painter.setFont(theme().font("label", 500))
        done = f"{100 * self.share:.0f}{words.NBSP}%"
        text = f"Tidying {words.count(len(self.context.graph))} blocks: {done} · Esc stops"
        painter.drawText(box.adjusted(0, 0, 0, -px(LINE)), Qt.AlignmentFlag.AlignCenter, text)
        line = QRectF(box.left() + px(12), box.bottom() - px(2 * LINE), box.width() - px(24), px(LINE))
        painter.fillRect(line, colours.sunken)
        line.setWidth(line.width() * self.share)
        painter.fillRect(line, colours.accent)
        painter.restore()

    def bounds(self) -> QRectF:
        """Return everything: it stands at the top of what is seen, wherever that is."""
        return self.scene.sceneRect()
