"""How values are spread, and two handles that keep those between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style.theme import follow, theme

STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: -5,
}
BARS, HANDLE = 26, 6


class RangeSlider(QWidget):
    """A row of counts, one for each step, over a line with two handles.

    Arrow and page keys, Home and End move the handle that was moved last, Space takes the other.

    Signals:
        changed: first and last step that stay.
    """

    changed = Signal(int, int)

    def __init__(self, name: str, text: Callable[[int, int], str] | None = None) -> None:
        """`text` puts the range into words, for screen readers."""
        super().__init__()
        self._name, self._text = name, text or (lambda low, high: f"{low} to {high}")
        self._counts: tuple[int, ...] = (0, 0)
        self._ends = [0, 1]
        self._handle = 1
        self._dragged = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(self.updateGeometry)

    def set_counts(self, counts: Sequence[int]) -> None:
        """Show how many values each step has; another number of steps puts the handles to the ends."""
        if len(counts) != len(self._counts):
            self._ends = [0, len(counts) - 1]
        self._counts = tuple(counts)
        self.update()

    def ends(self) -> tuple[int, int]:
        """Return the first and the last step that stay."""
        return self._ends[0], self._ends[1]

    def set_ends(self, low: int, high: int) -> None:
        """Put the handles somewhere without telling anybody."""
        self._ends = [low, high]
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name}: {self._text(*self._ends)}")

    def sizeHint(self) -> QSize:
        """Return the bars and the line."""
        return QSize(theme().px(160), theme().px(BARS + 3 * HANDLE))

    # places

    def _line(self) -> QRectF:
        px = theme().px
        return QRectF(self.rect()).adjusted(px(HANDLE + 1), px(BARS), -px(HANDLE + 1), -px(HANDLE))

    def _x(self, step: int) -> float:
        line = self._line()
        return line.left() + line.width() * step / max(1, len(self._counts) - 1)

    def _step(self, x: float) -> int:
        line = self._line()
        found = round((x - line.left()) / max(1.0, line.width()) * (len(self._counts) - 1))
        return max(0, min(len(self._counts) - 1, found))

    # mouse and keys

    def _move(self, step: int) -> None:
        low, high = self._ends
        last = len(self._counts) - 1
        kept = max(0, min(high, step)) if self._handle == 0 else min(last, max(low, step))
        if kept != self._ends[self._handle]:
            self._ends[self._handle] = kept
            self._describe()
            self.update()
            self.changed.emit(*self._ends)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer handle; where both stand together, the one on that side."""
        x = event.position().x()
        low, high = (abs(x - self._x(end)) for end in self._ends)
        self._handle = int(x > self._x(self._ends[0])) if low == high else int(high < low)
        self._dragged = True
        self._move(self._step(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle."""
        if self._dragged:
            self._move(self._step(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the handle go."""
        self._dragged = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move a handle."""
        key = Qt.Key(event.key())
        if key in STEPS:
            self._move(self._ends[self._handle] + STEPS[key])
        elif key == Qt.Key.Key_Home:
            self._move(0)
        elif key == Qt.Key.Key_End:
            self._move(len(self._counts) - 1)
        elif key == Qt.Key.Key_Space:
            self._handle = 1 - self._handle
            self.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no focus."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, line and handles."""
        px, shown, line = theme().px, theme().colours, self._line()
        low, high = self._ends
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        most, wide = max(1, *self._counts), max(1.0, line.width() / len(self._counts) - 1)
        y = line.center().y()
        for step, count in enumerate(self._counts):
            tall = (line.top() - px(2)) * count / most
            painter.setBrush(shown.text3 if low <= step <= high else shown.line)
            if count:
                bar = QRectF(self._x(step) - wide / 2, line.top() - max(1.0, tall), wide, max(1.0, tall))
                painter.drawRect(bar)
        solid, rounded = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(shown.line_strong, px(3), solid, rounded))
        painter.drawLine(QPointF(line.left(), y), QPointF(line.right(), y))
        painter.setPen(QPen(shown.accent, px(3), solid, rounded))
        painter.drawLine(QPointF(self._x(low), y), QPointF(self._x(high), y))
        for handle, end in enumerate(self._ends):
            taken = self.hasFocus() and handle == self._handle
            painter.setBrush(shown.accent if taken else shown.node)
            painter.setPen(QPen(shown.accent, px(2)))
            painter.drawEllipse(QPointF(self._x(end), y), px(HANDLE) - 1, px(HANDLE) - 1)
