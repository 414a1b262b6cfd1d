"""The legend of the map: to point at a category lifts its marks, a click keeps only them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.gallery.filters import category_words
from explorer.ui.gallery.mark import paint_mark

STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class Legend(QWidget):
    """Names in as many lines as they need; arrow keys choose, Esc chooses none.

    Signals:
        chosen: another category, empty for all. pointed: the category below the pointer, empty for none.
    """

    chosen = Signal(str)
    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}
        self._places: dict[str, QRect] = {}
        self.current = self._below = ""
        self.setAccessibleName("Categories")
        self.setAccessibleDescription("Arrow keys choose a category.")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        follow(self._arrange)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show these categories; one that nothing is left of stands back."""
        self._counts = dict(counts)
        self._arrange()

    def set_current(self, category: str) -> None:
        """Choose a category without telling anybody."""
        self.current = category
        self.update()

    # places

    def _laid_out(self, wide: int) -> dict[str, QRect]:
        px, metrics = theme().px, QFontMetrics(theme().font("caption", 600))
        high, places = px(22), dict[str, QRect]()
        left = top = 0
        for name in self._counts:
            needs = px(24) + metrics.horizontalAdvance(category_words(name)) + px(8)
            if left and left + needs > wide:
                left, top = 0, top + high
            places[name] = QRect(left, top, needs, high)
            left += needs
        return places

    def _arrange(self) -> None:
        self._places = self._laid_out(max(1, self.width()))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Narrow ones need more lines."""
        return True

    def heightForWidth(self, wide: int) -> int:
        """Return the height of all lines."""
        return max((place.bottom() + 1 for place in self._laid_out(wide).values()), default=theme().px(22))

    def sizeHint(self) -> QSize:
        """Return two lines of the usual width."""
        return QSize(theme().px(600), self.heightForWidth(max(self.width(), theme().px(320))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other lines."""
        self._arrange()

    # mouse and keys

    def _at(self, event: QMouseEvent) -> str:
        point = event.position().toPoint()
        return next((name for name, place in self._places.items() if place.contains(point)), "")

    def _choose(self, category: str) -> None:
        self.current = category
        self.update()
        self.chosen.emit(category)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep only a category, or all again."""
        if name := self._at(event):
            self._choose("" if name == self.current else name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lift the marks of the category below the pointer."""
        self._point_at(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Lift none."""
        self._point_at("")

    def _point_at(self, name: str) -> None:
        if name != self._below:
            self._below = name
            self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
            self.update()
            self.pointed.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the next category or the one before; in front of the first there is none."""
        key = Qt.Key(event.key())
        if key in STEPS:
            names = ["", *self._counts]
            place = names.index(self.current) if self.current in names else 0
            self._choose(names[(place + STEPS[key]) % len(names)])
        elif key == Qt.Key.Key_Escape and self.current:
            self._choose("")
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no focus."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw marks and names."""
        px, shown = theme().px, theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, place in self._places.items():
            chosen, empty = name == self.current, not self._counts[name]
            if chosen or name == self._below:
                ringed = self.hasFocus() and chosen
                painter.setPen(QPen(shown.accent, px(1.5)) if ringed else Qt.PenStyle.NoPen)
                painter.setBrush(shown.selected if chosen else shown.sunken)
                painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), px(6), px(6))
            centre = QPointF(place.left() + px(12), place.center().y() + 0.5)
            paint_mark(painter, name, centre, px(4.5), share=0.42 if empty else 1.0)
            painter.setPen(shown.text3 if empty else shown.text)
            painter.setFont(theme().font("caption", 600 if chosen else 400))
            words = place.adjusted(px(24), 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, category_words(name))
