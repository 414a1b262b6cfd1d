"""Shift+H: costs on the canvas, with their legend; times are asked of the engine."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QEvent, QObject, QRect, QTimer

from explorer.protocol import events, requests
from explorer.style.theme import theme
from explorer.ui.canvas import navigation
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.desk import Desk
from explorer.ui.heat.costs import Heat, Measure, heat_of
from explorer.ui.heat.legend import HeatLegend
from explorer.ui.heat.paint import HeatPainter

SHOW_MS = 30
MEASURING = "Measuring: some forward passes, the median counts …"
WAITS = "Times are measured as soon as the design runs."


class HeatPresenter(QObject):
    """Works only while the heat map is shown.

    Attributes:
        legend: made when it is first wanted. measure: what is counted.

    """

    def __init__(self, canvas: CanvasView, desk: Desk) -> None:
        super().__init__(canvas)
        self._canvas, self._desk = canvas, desk
        self.measure: Measure = "macs"
        self.legend: HeatLegend | None = None
        self.painter = HeatPainter(canvas)
        self._times: dict[str, float] = {}
        self._trouble = ""
        self._timing = desk.session.watch(None, self._take, "edits", on_failed=self._fail)
        self._later = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._later.timeout.connect(self._show)
        # below marks of other kinds
        canvas.foregrounds.append(self.painter.paint)
        canvas.context.asked.connect(self._on_asked)
        canvas.context.level_changed.connect(lambda _path: self._follow())
        desk.changed.connect(self._on_changed)
        desk.sampled.connect(self._ask_times)

    @property
    def is_shown(self) -> bool:
        """Whether nodes are coloured now."""
        return self.painter.heat is not None

    def _on_asked(self, wanted: str) -> None:
        if wanted == "heat":
            self.toggle()

    def toggle(self) -> None:
        """Show the heat map, or the plain canvas again."""
        if self.is_shown:
            self.hide()
            return
        whole = self._canvas.camera.visible().contains(self._canvas.scene_.placed.bounds())
        self._show(force=True)
        if whole and self.is_shown:  # all of it was in sight, and shall be above the legend
            navigation.fit_all(self._canvas)

    def hide(self) -> None:
        """Show the plain canvas again."""
        self.painter.heat = None
        self._timing.cancel()
        if self.legend is not None:
            self.legend.hide()
        self._canvas.overlays.legend = 0.0
        self._canvas.overlays.step_aside(QRect())
        self._canvas.viewport().update()
        self._canvas.setFocus()

    def choose(self, measure: str) -> None:
        """Count something else."""
        self.measure = next(known for known in get_args(Measure) if known == measure)
        self._show(force=True)

    def _on_changed(self) -> None:
        self._times, self._trouble = {}, ""  # they are of another design
        self._follow()

    def _follow(self) -> None:
        if self.is_shown:
            self._later.start()

    def _show(self, *, force: bool = False) -> None:
        if not (force or self.is_shown) or not self._desk.workspace.is_worked_out:
            return
        if self.measure != "time":
            self._timing.cancel()
        elif self._timing.request is None:
            self._ask_times(force=True)
        level = self._canvas.context.level
        heat = heat_of(level, self._desk.workspace.flow, self.measure, self._times)
        self.painter.heat = heat
        legend = self.legend or self._make()
        legend.show_heat(heat, self._instead(heat))
        self._put()
        self._canvas.viewport().update()

    def _instead(self, heat: Heat) -> str:
        """Why there are no values, if so."""
        if self.measure == "time" and not self._times:
            return self._trouble or (MEASURING if self._desk.session.is_live else WAITS)
        return "" if any(heat.values.values()) else "Nothing here costs anything."

    # times

    def _ask_times(self, *, force: bool = False) -> None:
        if force or self._timing.request is not None:
            self._times, self._trouble = {}, ""
            self._timing.ask(requests.Time(sample=self._desk.session.sample))

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.Timed):
            self._times, self._trouble = dict(zip(event.addresses, event.seconds, strict=True)), ""
            self._follow()

    def _fail(self, event: events.Event) -> None:
        if isinstance(event, events.Failed):
            self._times, self._trouble = {}, event.message
            self._follow()

    # the legend

    def _make(self) -> HeatLegend:
        legend = self.legend = HeatLegend(self._canvas.viewport())
        legend.chosen.connect(self.choose)
        legend.closed.connect(self.hide)
        legend.pointed.connect(self._point)
        legend.picked.connect(lambda node_id: self._canvas.context.select([node_id]))
        self._canvas.camera.moved.connect(self._put)
        self._canvas.viewport().installEventFilter(self)
        theme().changed.connect(self._put)
        return legend

    def _put(self) -> None:
        """Stand at the bottom left; what floats there steps aside."""
        legend, port = self.legend, self._canvas.viewport()
        if legend is None or not self.is_shown:
            return
        legend.fit(port.width())
        gap = theme().px(13)
        goal = QRect(gap, max(0, port.height() - gap - legend.height()), legend.width(), legend.height())
        if legend.pos() != goal.topLeft():
            legend.move(goal.topLeft())
        if legend.isHidden():
            legend.show()
            legend.raise_()
        self._canvas.overlays.legend = float(legend.height() + 2 * gap)
        self._canvas.overlays.step_aside(goal)

    def _point(self, node_id: str) -> None:
        self.painter.lit = node_id
        self._canvas.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas."""
        if event.type() == QEvent.Type.Resize:
            self._later.start()
        return False
