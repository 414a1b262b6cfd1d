"""The numbers of a vector as standing bars, in any order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
from explorer.style.colours import Array
from explorer.style.theme import theme

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -10, Qt.Key.Key_Down: 10}


class UnitBars(QWidget):
    """A bar for each unit, up or down from zero; click, hover and arrow keys choose one."""

    hovered = Signal(int)
    left = Signal()
    picked = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._values: Array = np.zeros(0)
        self._order: list[int] = []
        self._selected = -1
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_units(self, values: Array, order: Sequence[int]) -> None:
        """Show numbers from left to right in an order."""
        self._values, self._order = np.nan_to_num(values), list(order)
        self.update()

    def set_selected(self, unit: int) -> None:
        """Mark a unit without telling anybody."""
        self._selected = unit
        self.update()

    def sizeHint(self) -> QSize:
        """Return a low chart."""
        return QSize(theme().px(300), theme().px(90))

    def minimumSizeHint(self) -> QSize:
        """Allow a strip."""
        return QSize(theme().px(60), theme().px(48))

    def _area(self) -> QRectF:
        px = theme().px
        return QRectF(px(46), px(7), max(1, self.width() - px(46)), max(1, self.height() - px(14)))

    def _limits(self) -> tuple[float, float]:
        low, high = (
            min(0.0, float(self._values.min(initial=0))),
            max(0.0, float(self._values.max(initial=0))),
        )
        return (low, high) if high > low else (low, low + 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axis, bars and the ends of the scale."""
        tints, area, (low, high) = theme().colours, self._area(), self._limits()
        painter = QPainter(self)
        zero = area.bottom() - (0 - low) / (high - low) * area.height()
        across = area.width() / max(1, len(self._order))
        for place, unit in enumerate(self._order):
            top = area.bottom() - (float(self._values[unit]) - low) / (high - low) * area.height()
            bar = QRectF(area.left() + place * across, min(top, zero), max(1.0, across - 1), abs(top - zero))
            painter.fillRect(bar, tints.accent if unit == self._selected else tints.line_strong)
        painter.setPen(tints.focus if self.hasFocus() else tints.line)
        painter.drawLine(QPointF(area.left(), round(zero) + 0.5), QPointF(area.right(), round(zero) + 0.5))
        painter.setFont(theme().font("caption"))
        painter.setPen(tints.text3)
        for value, y in ((high, area.top()), (0.0, zero), (low, area.bottom())):
            if value == 0 or abs(y - zero) > theme().px(12):
                line = QRectF(0, y - theme().px(7), area.left() - theme().px(6), theme().px(14))
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(line, right, words.number(value, 2))

    def _unit_at(self, x: float) -> int:
        area = self._area()
        place = int((x - area.left()) / area.width() * len(self._order))
        return self._order[place] if x >= area.left() and 0 <= place < len(self._order) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the unit under the mouse."""
        unit = self._unit_at(event.position().x())
        if unit < 0:
            self.left.emit()
            return
        self.setToolTip(f"unit {unit}: {words.number(float(self._values[unit]))}")
        self.hovered.emit(unit)

    def leaveEvent(self, event: object) -> None:
        """Report that no unit is under the mouse."""
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the unit under the mouse."""
        unit = self._unit_at(event.position().x())
        if unit >= 0:
            self._pick(unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice."""
        here = self._order.index(self._selected) if self._selected in self._order else 0
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self._order:
            super().keyPressEvent(event)
        else:
            self._pick(self._order[min(max(here + step, 0), len(self._order) - 1)])

    def _pick(self, unit: int) -> None:
        self.set_selected(unit)
        self.picked.emit(unit)
