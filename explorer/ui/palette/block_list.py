"""The list of the palette: all rows painted by one widget; narrow, it shows tiles only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from explorer.style.theme import follow, theme
from explorer.ui.palette.card import drag_block
from explorer.ui.palette.painting import paint_block, paint_card, paint_heading, paint_tile
from explorer.ui.palette.rows import (
    START,
    First,
    PaletteBlock,
    PaletteFamily,
    PaletteRow,
    alike,
    first_rows,
    in_chapters,
)
from explorer.ui.widgets.spoken import SpokenItem, tell_focus

NARROW = 120
PAD = 6
"""Round the card of *Start here*."""


class BlockList(QAbstractScrollArea):
    """Signals:
    added: id of a block to add. folded: whether *Start here* shows its heading only.
    menuAsked: id and title of a block, and where on the screen its menu shall open.
    """

    added = Signal(str)
    folded = Signal(bool)
    menuAsked = Signal(str, str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[PaletteRow] = []
        self._tops: list[int] = []
        self._current = -1
        self._folded: set[str] = set()
        self._known: set[str] = set()
        self._families: Sequence[PaletteFamily] = ()
        self._first: Sequence[First] = ()
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

    def show_blocks(self, first: Sequence[First], families: Sequence[PaletteFamily], query: str) -> None:
        """List what matches the query; without one what comes first, and all families by chapter."""
        self._first, self._families, self._query = first, families, query
        closed = {f.chapter for f in families if not f.chapter_open} | {
            f.title for f in families if not f.open
        }
        for name in closed:
            if name not in self._known:  # folded at first
                self._folded.add(name)
        self._known |= {f.title for f in families} | {f.chapter for f in families}
        if query.strip():
            self.rows = alike(families, query)
            self._current = 0 if self.rows else -1
            self.verticalScrollBar().setValue(0)
        else:
            self.rows = [*first_rows(first, self._folded), *in_chapters(families, self._folded)]
            self._current = -1
        self._measure()

    def toggle(self, index: int) -> None:
        """Fold or open the heading in a row."""
        name = self.rows[index].name
        self._folded ^= {name}
        self.show_blocks(self._first, self._families, self._query)
        self._current = next((i for i, row in enumerate(self.rows) if row.name == name), -1)
        if name == START:
            self.folded.emit(START in self._folded)

    def fold_start(self, on: bool) -> None:
        """Show of *Start here* its heading only, or all of it."""
        self._folded = self._folded | {START} if on else self._folded - {START}
        self.show_blocks(self._first, self._families, self._query)

    def move_by(self, step: int) -> None:
        """Mark the next row up or down."""
        seen = self._seen()
        if not seen:
            return
        at = seen.index(self._current) if self._current in seen else (-1 if step > 0 else 0)
        self._current = seen[(at + step) % len(seen)]
        self._reveal()
        self.viewport().update()
        tell_focus(self)

    def take(self) -> None:
        """Add the marked block, or fold or open the marked heading."""
        if 0 <= self._current < len(self.rows):
            block = self.rows[self._current].block
            if block is None:
                self.toggle(self._current)
            else:
                self.added.emit(block.id)

    # geometry

    def _high(self) -> int:
        return theme().px(34 if self.is_narrow else 26)

    def _seen(self) -> list[int]:
        """Rows that are shown: narrow, chapters are swatches and what lies between is left out."""
        if not self.is_narrow:
            return list(range(len(self.rows)))
        return [i for i, row in enumerate(self.rows) if row.block or row.chapter]

    def _measure(self) -> None:
        high, pad = self._high(), theme().px(PAD)
        self._tops, top, was_start = [], 0, False
        for index in self._seen():
            is_start = self.rows[index].start
            if is_start and not self._tops:
                top += pad
            elif was_start and not is_start:
                top += 2 * pad
            self._tops.append(top)
            top, was_start = top + high, is_start
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, top + pad - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(high)
        self.viewport().update()

    def _rect(self, place: int) -> QRect:
        """Where the n-th shown row stands in the viewport."""
        top = self._tops[place] - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._high())

    def _reveal(self) -> None:
        if self._current in (seen := self._seen()):
            rect = self._rect(seen.index(self._current))
            bar = self.verticalScrollBar()
            over = rect.bottom() + 1 - self.viewport().height()
            bar.setValue(bar.value() + (rect.top() if rect.top() < 0 else max(0, over)))

    def _at(self, point: QPoint) -> int:
        seen = self._seen()
        return next((seen[n] for n in range(len(seen)) if self._rect(n).contains(point)), -1)

    def row_rect(self, name: str) -> QRect:
        """Where a block (by id) or a heading stands in the viewport; the first place, if there are two."""
        for place, index in enumerate(self._seen()):
            row = self.rows[index]
            if name in (row.block.id if row.block is not None else None, row.name or None):
                return self._rect(place)
        return QRect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the size."""
        self._measure()

    def sizeHint(self) -> QSize:
        """As wide as the palette is at first."""
        return QSize(theme().px(204), theme().px(400))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight."""
        px, view = theme().px, self.viewport().rect()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.rows and self._query:
            painter.setPen(theme().colours.text2)
            painter.setFont(theme().font("label"))
            area = view.adjusted(px(14), px(8), -px(8), 0)
            painter.drawText(area, Qt.TextFlag.TextWordWrap, f"No block is called “{self._query}”.")
        seen = self._seen()
        card = [self._rect(place) for place, index in enumerate(seen) if self.rows[index].start]
        if card:
            paint_card(painter, card[0].united(card[-1]).adjusted(px(4), -px(PAD), -px(4), px(PAD)))
        for place, index in enumerate(seen):
            rect = self._rect(place)
            if rect.intersects(view):
                self._paint_row(painter, index, rect)

    def _paint_row(self, painter: QPainter, index: int, rect: QRect) -> None:
        row, colours = self.rows[index], theme().colours
        marked: QColor | None = None
        if index == self._current:
            marked = colours.selected if self._query or self.hasFocus() else colours.hover
        if self.is_narrow:
            paint_tile(painter, row, rect, marked)
        elif row.block is None:
            paint_heading(painter, row, rect, folded=row.name in self._folded, marked=marked)
        else:
            paint_block(painter, row, rect, marked)

    def spoken_items(self) -> list[SpokenItem]:
        """What a screen reader hears: the rows that are listed."""
        return [
            SpokenItem(
                _spoken_name(row := self.rows[index]),
                self._rect(place),
                row.block.about if row.block is not None else "",
                selected=index == self._current,
                focused=index == self._current and self.hasFocus(),
                expanded=None if row.block is not None else row.name not in self._folded,
            )
            for place, index in enumerate(self._seen())
        ]

    # mouse and keys

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a block."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self._at(event.pos())
        if 0 <= index < len(self.rows) and (block := self.rows[index].block):
            self._current = index
            self.viewport().update()
            self.menuAsked.emit(block.id, block.title, event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold a heading, or take hold of a block."""
        index = self._at(event.position().toPoint())
        if index < 0 or event.button() == Qt.MouseButton.RightButton:
            return
        if self.rows[index].block is None:
            self.toggle(index)
            return
        self._current, self._press = index, event.position().toPoint()
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what lies under the pointer, or drag the block that was pressed."""
        point = event.position().toPoint()
        index = self._at(point)
        if self._press is None:
            if index >= 0:
                at = event.globalPosition().toPoint() + QPoint(16, 8)
                QToolTip.showText(at, _tip(self.rows[index], self.tip, named=self.is_narrow), self)
            if index != self._current and not self._query:
                self._current = index
                self.viewport().update()
        elif (point - self._press).manhattanLength() >= 6:
            self._press = None
            if (held := self.rows[self._current].block) is not None:
                drag_block(self, held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._press = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Add the block."""
        if 0 <= self._current < len(self.rows) and self.rows[self._current].block is not None:
            self.take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows mark and fold, Enter takes."""
        key, row = event.key(), self.rows[self._current] if 0 <= self._current < len(self.rows) else None
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and row is not None and row.block is None:
            if (row.name in self._folded) == (key == Qt.Key.Key_Right):
                self.toggle(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard begins at the first row."""
        super().focusInEvent(event)
        if self._current < 0:
            self.move_by(1)


def _spoken_name(row: PaletteRow) -> str:
    if row.block is None:
        return f"{row.name}, {row.count} blocks"
    return f"{row.block.title}: {row.word}" if row.word else row.block.title


def _tip(row: PaletteRow, tip: Callable[[PaletteBlock], str], *, named: bool) -> str:
    if row.block is None:
        return f"{row.name}: {row.count} blocks" if named else ""
    about = tip(row.block)
    return f"{row.block.title}\n{about}" if named and not about.startswith("<") else about
