"""The palette: every block by chapter and family, searched by typing, dragged onto the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QVBoxLayout, QWidget

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.palette.card import card_pixmap
from explorer.ui.palette.rows import PaletteBlock, PaletteFamily, PaletteRow, alike, in_chapters
from explorer.ui.widgets.search_field import SearchField

MIME = "application/x-explorer-block"
NARROW = 120


class _List(QAbstractScrollArea):
    """All rows painted by one widget; narrow, it shows tiles only."""

    added = Signal(str)
    menuAsked = Signal(str, str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[PaletteRow] = []
        self._current = -1
        self._folded: set[str] = set()
        self._known: set[str] = set()
        self._families: Sequence[PaletteFamily] = ()
        self._query = ""
        self._press: QPoint | None = None
        self.tip: Callable[[PaletteBlock], str] = lambda block: block.about
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Blocks")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        follow(self._measure)

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for tiles only."""
        return self.width() < theme().px(NARROW)

    def show_families(self, families: Sequence[PaletteFamily], query: str) -> None:
        """List what matches the query; without one, all families."""
        self._families, self._query = families, query
        self._folded |= {f.title for f in families if not f.open and f.title not in self._known}
        self._known |= {f.title for f in families}
        self._rows = alike(families, query) if query.strip() else in_chapters(families, self._folded)
        self._current = (
            next((i for i, row in enumerate(self._rows) if row.block), -1) if query.strip() else -1
        )
        self._measure()

    def toggle(self, index: int) -> None:
        """Fold or open the heading in a row."""
        row = self._rows[index]
        self._folded ^= {row.chapter or row.heading}
        self.show_families(self._families, self._query)

    def fold_all(self, *open_chapters: int) -> None:
        """Fold every chapter but those with these places (from 0)."""
        chapters = list(dict.fromkeys(family.chapter for family in self._families))
        self._folded -= set(chapters)
        self._folded |= {name for place, name in enumerate(chapters) if place not in open_chapters}
        self.show_families(self._families, self._query)

    def move_by(self, step: int) -> None:
        """Mark the next block up or down."""
        at = self._current
        for _ in range(len(self._rows)):
            at = (at + step) % max(1, len(self._rows))
            if self._rows and self._rows[at].block:
                break
        self._current = at
        self._reveal()
        self.viewport().update()

    def take(self) -> None:
        """Add the marked block."""
        if 0 <= self._current < len(self._rows) and (block := self._rows[self._current].block):
            self.added.emit(block.id)

    # geometry

    def _height(self) -> int:
        return theme().px(34 if self.is_narrow else 26)

    def _measure(self) -> None:
        height = self._height()
        shown = len(self._visible())
        self.verticalScrollBar().setRange(0, max(0, shown * height - self.viewport().height()))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(height)
        self.viewport().update()

    def _visible(self) -> list[int]:
        return [i for i, row in enumerate(self._rows) if row.block or not self.is_narrow]

    def _reveal(self) -> None:
        if self._current in (visible := self._visible()):
            top = visible.index(self._current) * self._height()
            bar = self.verticalScrollBar()
            bar.setValue(min(max(bar.value(), top + self._height() - self.viewport().height()), top))

    def _at(self, point: QPoint) -> int:
        index = (point.y() + self.verticalScrollBar().value()) // self._height()
        visible = self._visible()
        return visible[index] if 0 <= index < len(visible) else -1

    def row_rect(self, block_id: str) -> QRect:
        """Where a block stands in the viewport, for tests and tours."""
        for place, index in enumerate(self._visible()):
            block = self._rows[index].block
            if block is not None and block.id == block_id:
                top = place * self._height() - self.verticalScrollBar().value()
                return QRect(0, top, self.viewport().width(), self._height())
        return QRect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(204), theme().px(400))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, offset = self._height(), self.verticalScrollBar().value()
        if not self._rows and self._query:
            painter.setPen(theme().colours.text2)
            painter.setFont(theme().font("label"))
            area = self.viewport().rect().adjusted(theme().px(14), theme().px(8), -theme().px(8), 0)
            painter.drawText(area, Qt.TextFlag.TextWordWrap, f"No block is called “{self._query}”.")
        for place, index in enumerate(self._visible()):
            rect = QRect(0, place * height - offset, self.viewport().width(), height)
            if rect.bottom() >= 0 and rect.top() <= self.viewport().height():
                self._paint_row(painter, self._rows[index], rect, index == self._current)

    def _paint_row(self, painter: QPainter, row: PaletteRow, rect: QRect, current: bool) -> None:
        colours, px = theme().colours, theme().px
        if row.block is None:
            self._paint_heading(painter, row, rect)
            return
        if current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selected if self._query or self.hasFocus() else colours.hover)
            painter.drawRoundedRect(QRectF(rect).adjusted(px(6), 1, -px(6), -1), px(6), px(6))
        size = px(20 if self.is_narrow else 18)
        left = (rect.width() - size) // 2 if self.is_narrow else px(14)
        painter.drawPixmap(
            left, rect.top() + (rect.height() - size) // 2, icons.tile(row.block.icon, row.block.family, size)
        )
        if not self.is_narrow:
            self._paint_title(painter, row, rect.adjusted(px(40), 0, -px(8), 0))

    def _paint_heading(self, painter: QPainter, row: PaletteRow, rect: QRect) -> None:
        """A chapter stands out on a ground of its own; the headings below it are quieter."""
        colours, px = theme().colours, theme().px
        words, is_chapter = row.chapter or row.heading, bool(row.chapter)
        if is_chapter:
            painter.fillRect(rect.adjusted(0, px(1), 0, 0), colours.sunken)
        chevron = "chevron_right" if words in self._folded else "chevron_down"
        left = px(10 if is_chapter else 14)
        painter.drawPixmap(left, rect.center().y() - px(5), icons.icon_pixmap(chevron, colours.text3, px(11)))
        count = str(row.count)
        painter.setFont(theme().font("label"))
        room = painter.fontMetrics().horizontalAdvance(count) + px(20)
        painter.setPen(colours.text3)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect.adjusted(0, 0, -px(14), 0), right, count)
        painter.setFont(theme().font("label", 600 if is_chapter else 500))
        painter.setPen(colours.text if is_chapter else colours.text2)
        place = rect.adjusted(left + px(15), 0, -room, 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_title(self, painter: QPainter, row: PaletteRow, rect: QRect) -> None:
        title = row.block.title if row.block else ""
        painter.setPen(theme().colours.text)
        painter.setFont(theme().font("body"))
        if not row.places:
            shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)
            return
        left = rect.left()
        for index, letter in enumerate(title):
            painter.setFont(theme().font("body", 600 if index in row.places else 400))
            painter.drawText(
                QRect(left, rect.top(), rect.width(), rect.height()), Qt.AlignmentFlag.AlignVCenter, letter
            )
            left += painter.fontMetrics().horizontalAdvance(letter)

    # mouse and keys

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self._at(event.pos())
        if 0 <= index < len(self._rows) and (block := self._rows[index].block):
            self._current = index
            self.viewport().update()
            self.menuAsked.emit(block.id, block.title, event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if index < 0 or event.button() == Qt.MouseButton.RightButton:
            return
        row = self._rows[index]
        if row.block is None:
            self.toggle(index)
            return
        self._current, self._press = index, event.position().toPoint()
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self._at(point)
        if self._press is None:
            if index >= 0 and (block := self._rows[index].block):
                about = self.tip(block)
                tip = f"{block.title}\n{about}" if self.is_narrow and not about.startswith("<") else about
                QToolTip.showText(event.globalPosition().toPoint() + QPoint(16, 8), tip, self)
            if index != self._current and not self._query:
                self._current = index
                self.viewport().update()
        elif (point - self._press).manhattanLength() >= 6:
            self._press = None
            self._drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.move_by(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        else:
            super().keyPressEvent(event)

    def _drag(self) -> None:
        block = self._rows[self._current].block if 0 <= self._current < len(self._rows) else None
        if block is None:
            return
        drag = QDrag(self)
        data = QMimeData()
        data.setData(MIME, QByteArray(block.id.encode()))
        drag.setMimeData(data)
        drag.setPixmap(card_pixmap(block))
        drag.setHotSpot(QPoint(theme().px(20), theme().px(20)))
        drag.exec(Qt.DropAction.CopyAction)


class PalettePanel(QWidget):
    """Search first, then the families.

    Signals:
        added: id of a block to add. left: Esc, the canvas shall have the focus.
        menuAsked: id and title of a block, and the point of the screen where its menu shall open.
    """

    added = Signal(str)
    left = Signal()
    menuAsked = Signal(str, str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchField("Find a block", "Tab", "Find a block")
        self.list = _List()
        self._families: Sequence[PaletteFamily] = ()
        self.setMinimumWidth(theme().px(52))  # tiles alone; the search line goes before it is squeezed
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(6)
        self._line = QWidget()
        inner = QVBoxLayout(self._line)
        inner.setContentsMargins(10, 0, 10, 0)
        inner.addWidget(self.search)
        column.addWidget(self._line)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._search)
        self.search.moved.connect(self.list.move_by)
        self.search.taken.connect(self.list.take)
        self.search.left.connect(self.left)
        self.list.added.connect(self.added)
        self.list.menuAsked.connect(self.menuAsked)

    def set_families(self, families: Sequence[PaletteFamily]) -> None:
        """Show these blocks."""
        self._families = families
        self._search(self.search.text())

    def _search(self, query: str) -> None:
        self.list.show_families(self._families, query)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow, the search line makes room for tiles (Tab still finds by name)."""
        super().resizeEvent(event)
        self._line.setVisible(self.width() >= theme().px(NARROW))
