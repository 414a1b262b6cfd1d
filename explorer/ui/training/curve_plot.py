"""One plot of the curves; the only file that needs pyqtgraph, imported when the first run is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.session.run_log import Array
from explorer.style.theme import follow, theme
from explorer.ui.training.curve_lines import Line
from explorer.ui.training.thinning import thin
from explorer.ui.training.ticks import Ticks

FAINT = 0.28
DASHES = [4.0, 3.0]
APART = 18
"""Pixels between the dots of epochs: of many, only some are marked, the last always."""


class CurvePlot(QWidget):
    """Axes, curves and a cursor.

    Signals:
        pointed: the mouse is at this x, or has left (None).
    """

    pointed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.view = pg.PlotWidget()
        self.view.setAntialiasing(True)
        self.view.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMenuEnabled(False)
        self.view.hideButtons()
        self.view.setMouseEnabled(False, False)
        self.view.getViewBox().setDefaultPadding(0)
        self.view.viewport().setMouseTracking(True)
        self.view.viewport().installEventFilter(self)
        # items are kept and given new data: making them anew with every report costs frames
        self._curves: list[Any] = []
        self._scatters: list[Any] = []
        self._used = [0, 0]
        self._grid: list[Any] = []
        self._ticks: tuple[Ticks, Ticks] = ([], [])
        self._lines: tuple[Line, ...] = ()
        self._flags: tuple[float, ...] = ()
        self._range = (0.0, 1.0, 0.0, 1.0)
        self.cursor_line = pg.InfiniteLine(angle=90, movable=False)
        self.cursor_line.setZValue(50)
        self.cursor_line.hide()
        self.view.addItem(self.cursor_line, ignoreBounds=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        follow(self._restyle)

    def _restyle(self) -> None:
        colours, px = theme().colours, theme().px
        # room for half a label at the top and at the right
        self.view.getPlotItem().layout.setContentsMargins(0, px(8), px(14), 0)
        self.view.setBackground(colours.panel)
        self.cursor_line.setPen(_pen(colours.text3, 1, [3.0, 3.0]))
        for side, room in (("left", px(44)), ("bottom", px(22))):
            axis = self.view.getAxis(side)
            axis.setPen(_pen(colours.line_strong if side == "bottom" else colours.panel, 1))
            axis.setTextPen(colours.text3)
            axis.setTickFont(theme().font("caption"))
            axis.setStyle(
                tickLength=px(3) if side == "bottom" else 0,
                tickTextOffset=px(5),
                hideOverlappingLabels=False,
                textFillLimits=[(0, 1.2)],
            )
            (axis.setWidth if side == "left" else axis.setHeight)(room)
        self._draw_axes()
        self.show_lines(self._lines, self._flags)

    def show_axes(self, area: tuple[float, float, float, float], x_ticks: Ticks, y_ticks: Ticks) -> None:
        """Show a range (x0, x1, y0, y1) with its ticks."""
        if (area, (x_ticks, y_ticks)) != (self._range, self._ticks):
            self._range, self._ticks = area, (x_ticks, y_ticks)
            self._draw_axes()

    def _draw_axes(self) -> None:
        area, (x_ticks, y_ticks) = self._range, self._ticks
        self.view.setXRange(area[0], area[1], padding=0)
        self.view.setYRange(area[2], area[3], padding=0)
        self.view.getAxis("bottom").setTicks([x_ticks])
        self.view.getAxis("left").setTicks([y_ticks])
        for old in self._grid:
            self.view.removeItem(old)
        self._grid = []
        for place, _ in y_ticks:
            rule = pg.InfiniteLine(place, 0, pen=_pen(theme().colours.line_subtle, 1))
            rule.setZValue(-10)
            self.view.addItem(rule, ignoreBounds=True)
            self._grid.append(rule)

    def show_lines(self, lines: Sequence[Line], flags: Sequence[float] = ()) -> None:
        """Draw the runs, the last on top, and a flag on the axis at every given step."""
        self._lines, self._flags = tuple(lines), tuple(flags)
        self._used = [0, 0]
        most = max(200, self.view.width())
        for line in self._lines:
            self._draw(line, most)
        if self._flags:
            height = [self._range[2]] * len(self._flags)
            self._dots(self._flags, height, theme().colours.text2, theme().px(8), "t1", filled=True)
        for kept, used in zip((self._curves, self._scatters), self._used, strict=True):
            for number, item in enumerate(kept):
                item.setVisible(number < used)

    def _draw(self, line: Line, most: int) -> None:
        colour, px = theme().run_colour(line.colour), theme().scale
        faint = QColor(colour)
        faint.setAlphaF(FAINT if not theme().contrast else 0.5)
        if len(line.raw):
            self._curve(*thin(line.steps, line.raw, most), _pen(faint, 0.8 * px), fine=False)
        self._curve(*thin(line.steps, line.smooth, most), _pen(colour, 1.8 * px))
        x, y = line.points
        if len(x):
            self._curve(x, y, _pen(colour, 1.4 * px, DASHES))
            x, y = np.asarray(x), np.asarray(y)
            every = max(1, math.ceil(len(x) * APART * px / max(1, self.view.width())))
            self._dots(x[::-every][::-1], y[::-every][::-1], colour, 6 * px, "o", filled=False)
        if line.is_live and len(line.smooth) and np.isfinite(line.smooth[-1]):
            self._dots(line.steps[-1:], line.smooth[-1:], colour, 8 * px, "o", filled=True)

    def _curve(self, x: Array, y: Array, pen: QPen, *, fine: bool = True) -> None:
        """Draw a curve; `fine` smooths its edge, which a faint zigzag does not need and would pay for."""
        item = self._next(self._curves, 0, pg.PlotCurveItem)
        # one stroke a segment: a long path with a wide pen is far slower on the raster engine
        item.setSegmentedLineMode("on" if pen.style() == Qt.PenStyle.SolidLine else "off")
        item.setData(x=np.asarray(x), y=np.asarray(y), pen=pen, connect="finite", antialias=fine)

    def _dots(self, x: Any, y: Any, colour: QColor, size: float, symbol: str, *, filled: bool) -> None:
        brush = colour if filled else theme().colours.panel
        pen = _pen(colour, 1.4 * theme().scale)
        item = self._next(self._scatters, 1, pg.ScatterPlotItem)
        item.setData(x=x, y=y, size=size, symbol=symbol, pen=pen, brush=brush, antialias=True)

    def _next(self, kept: list[Any], kind: int, make: Any) -> Any:
        """The next item of a kind that is not in use in this drawing; a new one when all are."""
        if self._used[kind] == len(kept):
            item = make()
            item.setZValue(len(kept) + (20 if kind else 0))
            self.view.addItem(item, ignoreBounds=True)
            kept.append(item)
        self._used[kind] += 1
        return kept[self._used[kind] - 1]

    def show_cursor(self, x: float | None) -> None:
        """Show the cursor at a step, or hide it."""
        self.cursor_line.setVisible(x is not None)
        if x is not None:
            self.cursor_line.setValue(x)

    def pixel_of(self, x: float) -> int:
        """Return where a step is, in pixels of this widget."""
        point = self.view.getViewBox().mapViewToScene(pg.Point(x, self._range[2]))
        return int(self.view.mapFromScene(point).x())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse; leave the wheel to nobody."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            box = self.view.getViewBox()
            scene = self.view.mapToScene(event.position().toPoint())
            inside = box.sceneBoundingRect().contains(scene)
            self.pointed.emit(float(box.mapSceneToView(scene).x()) if inside else None)
        elif event.type() == QEvent.Type.Leave:
            self.pointed.emit(None)
        return bool(event.type() == QEvent.Type.Wheel)


def _pen(colour: QColor, width: float, dashes: list[float] | None = None) -> QPen:
    pen = QPen(colour)
    pen.setWidthF(width)
    # the width is meant in pixels, whatever the units of the axes
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
    return pen
