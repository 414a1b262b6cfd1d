"""A row of widgets that goes on in a line below where there is no room: nothing in it is ever squeezed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class WrappingRow(QLayout):
    """Lays its parts out from left to right, each as wide as it wants to be, within the width there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take a part in; called by `addWidget`."""
        self._items.append(item)

    def count(self) -> int:
        """How many parts there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """A part by its place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give a part back."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high the lines are together."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, area: QRect) -> None:
        """Put the parts into an area."""
        super().setGeometry(area)
        spare = area.height() - self._arrange(area, move=False)
        self._arrange(area.adjusted(0, max(0, spare // 2), 0, 0), move=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._seen()]
        wide = sum(size.width() for size in sizes) + self._gap() * max(0, len(sizes) - 1)
        return self._with_margins(QSize(wide, max((size.height() for size in sizes), default=0)))

    def minimumSize(self) -> QSize:
        """As wide as the widest part."""
        wide = max((_least(item) for item in self._seen()), default=0)
        sizes = [item.sizeHint() for item in self._seen()]
        return self._with_margins(QSize(wide, max((size.height() for size in sizes), default=0)))

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _gap(self) -> int:
        return max(0, self.spacing())

    def _seen(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, area: QRect, *, move: bool) -> int:
        """Break the parts into lines; returns the height of all, margins included."""
        margins, gap = self.contentsMargins(), self._gap()
        right = area.right() - margins.right()
        room = right - area.left() - margins.left() + 1
        x, y, high = area.left() + margins.left(), area.top() + margins.top(), 0
        line: list[tuple[QLayoutItem, int, QSize]] = []

        def set_line() -> None:
            for item, left, size in line if move else ():
                item.setGeometry(QRect(QPoint(left, y + (high - size.height()) // 2), size))

        for item in self._seen():
            size = item.sizeHint()
            if size.width() > room > 0 and item.hasHeightForWidth():
                size = QSize(room, item.heightForWidth(room))
            if line and x + size.width() - 1 > right:
                set_line()
                line, x, y, high = [], area.left() + margins.left(), y + high + gap // 2, 0
            line.append((item, x, size))
            x, high = x + size.width() + gap, max(high, size.height())
        set_line()
        return y + high - area.top() + margins.bottom()


def _least(item: QLayoutItem) -> int:
    """How narrow a part may become: one that can be broken into lines as narrow as those."""
    return item.minimumSize().width() if item.hasHeightForWidth() else item.sizeHint().width()
