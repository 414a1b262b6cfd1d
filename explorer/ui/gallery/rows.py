"""The categories at the left: mark, name and number of networks; they are the legend of the map, too."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.style.theme import follow, theme
from explorer.ui.gallery.mark import paint_mark

ALL = ""


def shown_name(category: str) -> str:
    """A category as it is written: the lecture's seven by their number, capitals first."""
    number, _, rest = category.partition(" ")
    if rest.startswith("("):
        place, _, rest = rest.partition(" ")
        number = place
    return f"{number} {rest[:1].upper()}{rest[1:]}".strip() or "All networks"


class CategoryList(QWidget):
    """Rows painted by one widget; arrow keys move.

    Signals:
        chosen: another category, empty for all.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, int]] = []
        self.current = ALL
        self.setAccessibleName("Categories")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(max(1, len(self._rows)) * self._high())
        self.update()

    def _high(self) -> int:
        return theme().px(26)

    def set_rows(self, rows: Mapping[str, int]) -> None:
        """Show these categories below one for all."""
        self._rows = [(ALL, sum(rows.values())), *rows.items()]
        self._restyle()

    def choose(self, category: str) -> None:
        """Choose a category."""
        if category != self.current:
            self.current = category
            self.update()
            self.chosen.emit(category)

    def sizeHint(self) -> QSize:
        """Return the width of the longest name and the height of all rows."""
        bold, px = QFontMetrics(theme().font("body", 600)), theme().px
        longest = max((bold.horizontalAdvance(shown_name(name)) for name, _ in self._rows), default=0)
        wide = min(max(px(200), longest + px(34 + 44) + 2), px(280))
        return QSize(wide, max(1, len(self._rows)) * self._high())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row below the pointer."""
        index = int(event.position().y()) // self._high()
        if 0 <= index < len(self._rows):
            self.choose(self._rows[index][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move up and down."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key not in steps or not self._rows:
            super().keyPressEvent(event)
            return
        names = [name for name, _ in self._rows]
        place = names.index(self.current) if self.current in names else 0
        self.choose(names[max(0, min(len(names) - 1, place + steps[key]))])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        px, shown = theme().px, theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (name, count) in enumerate(self._rows):
            row = QRect(0, number * self._high(), self.width(), self._high())
            if name == self.current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shown.selected)
                painter.drawRoundedRect(QRectF(row).adjusted(px(6), 1, -px(6), -1), px(6), px(6))
            painter.setPen(shown.text3)
            painter.setFont(theme().font("label"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(row.adjusted(0, 0, -px(14), 0), right, str(count))
            painter.setPen(shown.text)
            painter.setFont(theme().font("body", 600 if name == self.current else 400))
            if name != ALL:
                paint_mark(painter, name, QPointF(px(20), row.center().y() + 1), px(4.5))
                painter.setPen(shown.text)
            place = row.adjusted(px(34), 0, -px(44), 0)
            words = painter.fontMetrics().elidedText(
                shown_name(name), Qt.TextElideMode.ElideRight, place.width()
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
