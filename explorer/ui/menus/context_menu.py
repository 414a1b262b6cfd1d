"""The menu that opens on what was clicked: greyed rows say below their title why."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.menus.row import MenuRow, MenuSheet
from explorer.ui.widgets.text import rule

WIDE, WIDEST, ROW, REASON = 296, 420, 26, 15
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MenuLine(QWidget):
    """One row. It takes the focus even when greyed, so that the reason is read out.

    Signals:
        taken: it was clicked. entered: the pointer is over it.
    """

    taken = Signal()
    entered = Signal()

    def __init__(self, row: MenuRow) -> None:
        super().__init__()
        self.row = row
        self.is_current = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        said = f"{row.title}, not now: {row.reason}" if row.reason else row.title
        self.setAccessibleName(f"{said}, {row.key}" if row.key else said)

    def wanted_width(self) -> int:
        """How wide title and key, or the reason, would like to be."""
        px, row = theme().px, self.row
        first = QFontMetrics(theme().font("label")).horizontalAdvance(row.title)
        key = QFontMetrics(theme().font("caption")).horizontalAdvance(row.key)
        below = QFontMetrics(theme().font("caption")).horizontalAdvance(row.reason or "")
        return max(first + key + px(24) * bool(key), below) + px(28)

    def _below(self) -> list[str]:
        """The reason in lines that fit."""
        if not self.row.reason:
            return []
        metrics, room = QFontMetrics(theme().font("caption")), self.width() - theme().px(26)
        lines = [""]
        for word in self.row.reason.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines]

    def fit(self, width: int) -> None:
        """Take a width, and the height that follows."""
        self.setFixedWidth(width)
        self.setFixedHeight(theme().px(ROW + REASON * len(self._below())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, key and reason."""
        colours, px, row = theme().colours, theme().px, self.row
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selected)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(px(4), 0, -px(4), 0), px(6), px(6))
        line = QRect(px(13), 0, self.width() - px(26), px(ROW))
        painter.setFont(theme().font("label"))
        painter.setPen(colours.disabled if row.reason else colours.text)
        painter.drawText(line, _LEFT, row.title)
        painter.setFont(theme().font("caption"))
        painter.setPen(colours.disabled if row.reason else colours.text2)
        painter.drawText(line, _RIGHT, row.key)
        painter.setPen(colours.text2)
        for number, words in enumerate(self._below()):
            area = QRect(line.left(), px(ROW - 4 + REASON * number), line.width(), px(REASON))
            painter.drawText(area, _LEFT, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Become the current row."""
        self.entered.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Be taken."""
        if self.rect().contains(event.position().toPoint()):
            self.taken.emit()


class ContextMenu(QFrame):
    """A popup: arrows go through all rows, letters jump, Enter takes, Esc or a click elsewhere closes.

    Signals:
        closed: it is gone, whatever was chosen.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._window = parent
        self.lines: list[MenuLine] = []
        self._current = -1
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)

    def open_at(self, sheet: MenuSheet, at: QPoint, *, by_key: bool = False) -> None:
        """Show a menu at a point of the screen; it turns where there is no room.

        Args:
            sheet: what it shows. at: where. by_key: mark the first row, as nobody points at one.

        """
        self._fill(sheet)
        self.setAccessibleName(sheet.title)
        self.adjustSize()
        bounds = self._window.screen().availableGeometry()
        x = at.x() if at.x() + self.width() <= bounds.right() else at.x() - self.width()
        y = at.y() if at.y() + self.height() <= bounds.bottom() else at.y() - self.height()
        if y < bounds.top():  # too tall for either side: no further from the pointer than it must
            y = bounds.bottom() - self.height()
        top = min(max(y, bounds.top()), max(bounds.top(), bounds.bottom() - self.height()))
        self.move(max(bounds.left(), x), top)
        # cut out, not translucent: that would be black corners wherever nothing composes windows
        shape, corner = QPainterPath(), theme().radius("popover")
        shape.addRoundedRect(QRectF(self.rect()), corner, corner)
        self.setMask(shape.toFillPolygon().toPolygon())
        self.show()
        self.setFocus()
        self._mark(0 if by_key else -1)

    def _fill(self, sheet: MenuSheet) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        px = theme().px
        self._column.setContentsMargins(1, px(6), 1, px(8))
        self.lines, self._current = [], -1
        title = _Title(sheet.title)
        self._column.addWidget(title)
        groups = [group for group in sheet.groups if group]
        for number, group in enumerate(groups):
            if number:
                self._column.addSpacing(px(4))
                self._column.addWidget(rule())
                self._column.addSpacing(px(4))
            for row in group:
                self._add(MenuLine(row))
        wide = max((line.wanted_width() for line in self.lines), default=0)
        wide = min(max(wide, px(WIDE)), px(WIDEST))
        title.setFixedWidth(wide)
        for line in self.lines:
            line.fit(wide)

    def _add(self, line: MenuLine) -> None:
        number = len(self.lines)
        self.lines.append(line)
        line.taken.connect(lambda: self.take(number))
        line.entered.connect(lambda: self._mark(number))
        self._column.addWidget(line)

    def _mark(self, number: int) -> None:
        if number == self._current:
            return
        self._current = number
        for place, line in enumerate(self.lines):
            line.is_current = place == number
            line.update()
        if 0 <= number < len(self.lines):
            self.lines[number].setFocus()  # its keys come up to the menu, its name is read out

    @property
    def current(self) -> MenuRow | None:
        """The row that Enter would take."""
        return self.lines[self._current].row if 0 <= self._current < len(self.lines) else None

    def take(self, number: int) -> None:
        """Do what a row says; a greyed one stays."""
        row = self.lines[number].row
        if row.reason is None:
            self.close()
            row.run()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab goes through the rows, too."""
        self._mark((max(self._current, -1 if following else 0) + (1 if following else -1)) % len(self.lines))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the rows, jump by letter, take or close."""
        key, count = event.key(), len(self.lines)
        if key == Qt.Key.Key_Escape or not count:
            self.close()
        elif key == Qt.Key.Key_Down:
            self._mark((self._current + 1) % count)
        elif key == Qt.Key.Key_Up:
            self._mark((max(self._current, 0) - 1) % count)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._mark(0 if key == Qt.Key.Key_Home else count - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current >= 0:
                self.take(self._current)
        elif event.text().strip():
            self._jump(event.text().lower())

    def _jump(self, letter: str) -> None:
        """Mark the next row that begins with a letter."""
        count = len(self.lines)
        for step in range(1, count + 1):
            place = (self._current + step) % count
            if self.lines[place].row.title.lower().startswith(letter):
                self._mark(place)
                return

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell."""
        super().hideEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter, corner = QPainter(self), theme().radius("popover")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme().colours.panel)
        painter.setPen(theme().colours.line_strong)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)


class _Title(QWidget):
    """What the menu is about."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setFixedHeight(theme().px(24))

    def sizeHint(self) -> QSize:
        return QSize(theme().px(WIDE), theme().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().colours.text2)
        area = self.rect().adjusted(theme().px(13), 0, -theme().px(13), 0)
        shown = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, _LEFT, shown)
