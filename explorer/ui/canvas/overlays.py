"""What floats over the canvas and keeps its size: bar, overview, hint, the line for names."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from explorer.style.theme import theme
from explorer.ui.canvas.hint import Hint
from explorer.ui.canvas.minimap import Minimap
from explorer.ui.canvas.rename_field import RenameField
from explorer.ui.canvas.zoom_bar import ZoomBar

PROJECTOR = 1.5
"""Text scale from which nothing floats over the network: in a lecture the room is the network's."""


class Overlays:
    """Children of the viewport; Qt scrolls them with it, so they are put back after every scroll.

    After it, not during it: a child that moves between two scrolls makes Qt paint everything anew.

    Attributes:
        legend: height that a legend takes at the bottom, in pixels. reserved: the same of a card.

    """

    def __init__(self, viewport: QWidget) -> None:
        self._viewport, self._wanted, self._aside, self._quiet = viewport, False, False, False
        self.legend, self.reserved = 0.0, 0
        self.bar = ZoomBar(viewport)
        self.minimap = Minimap(viewport)
        self.hint = Hint(viewport)
        self.rename = RenameField(viewport)

    @property
    def _may_float(self) -> bool:
        return not self._quiet and theme().scale < PROJECTOR

    def set_quiet(self, on: bool) -> None:
        """Let bar and overview go: beside another design there is no room for them."""
        self._quiet = on
        self.place()
        self.show_minimap(wanted=self._wanted)

    def place(self) -> None:
        """Put bar and overview into their corners."""
        if not self._may_float:
            self.bar.hide()
            self.minimap.hide()
        elif self.bar.isHidden() and not self._aside:
            self.bar.show()
        gap = theme().px(13)
        bottom = self._viewport.height() - gap
        self._put(self.bar, gap, bottom - self.bar.height())
        right = self._viewport.width() - gap - self.minimap.width()
        self._put(self.minimap, right, bottom - self.minimap.height())

    def floor(self) -> float:
        """Return how much of the bottom bar, overview, a legend or a card take."""
        shown = self.minimap.isVisibleTo(self._viewport)
        minimap = float(self.minimap.height() + theme().px(22)) if shown else 0.0
        return max(minimap, self.legend, float(self.reserved))

    def show_minimap(self, *, wanted: bool) -> None:
        """Show the overview where there is something to overlook and room for it."""
        self._wanted = wanted
        fits = self._viewport.width() > 3 * self.minimap.width()
        self.minimap.setVisible(wanted and fits and self._may_float)

    def step_aside(self, area: QRect) -> None:
        """Hide what another widget would cover in part; an empty area brings it back."""
        self._aside = not area.isNull()
        free = not area.intersects(self.bar.geometry())
        self.bar.setVisible(free and self._may_float)
        if area.intersects(self.minimap.geometry()):
            self.minimap.hide()
        else:
            self.show_minimap(wanted=self._wanted)

    @staticmethod
    def _put(widget: QWidget, x: int, y: int) -> None:
        goal = QPoint(x, y)
        if widget.pos() != goal:
            widget.move(goal)
