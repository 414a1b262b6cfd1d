"""A search line over a list: the command palette and add-by-name are two uses of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.widgets.lookup import look_up
from explorer.ui.widgets.popover import Popover
from explorer.ui.widgets.search_field import SearchField
from explorer.ui.widgets.spoken import SpokenItem, tell_focus
from explorer.ui.widgets.text import label

SHOWN = 9


@dataclass(frozen=True)
class Entry:
    """One line: its id, words, a remark at the right, why it cannot be taken, and a picture.

    It is found by `more` as well; `usual` ones come before others that fit as well.
    """

    id: str
    title: str
    remark: str = ""
    reason: str | None = None
    more: tuple[str, ...] = ()
    usual: bool = False
    picture: Callable[[], QPixmap] | None = None


Found: TypeAlias = tuple[Entry, tuple[int, ...]]
"""An entry, and which letters of its title were meant."""
Find: TypeAlias = Callable[[str], list[Found]]


def alike(entries: Sequence[Entry], query: str, *, guess: bool = True) -> list[Found]:
    """Entries that a text may name, the best first; all of them for none. Without `guess`, well spelled."""
    found = look_up(query, entries, guess=guess)
    if query.strip():  # what cannot be taken now comes after what can
        found.sort(key=lambda line: line[0].reason is not None)
    return found


class _Lines(QWidget):
    """The lines under the search field; the letters that matched are set bold."""

    taken = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[Entry, tuple[int, ...]]] = []
        self._current = 0
        self.setMouseTracking(True)
        self.setAccessibleName("What was found")

    def show_rows(self, rows: list[tuple[Entry, tuple[int, ...]]]) -> None:
        self._rows, self._current = rows, 0
        self.updateGeometry()
        self.update()
        tell_focus(self)

    def move_by(self, step: int) -> None:
        if self._rows:
            self._current = (self._current + step) % len(self._rows)
            self.update()
            tell_focus(self)

    def spoken_items(self) -> list[SpokenItem]:
        """What a screen reader hears: the lines, and why one cannot be taken."""
        return [
            SpokenItem(
                f"{entry.title}, {remark}" if (remark := entry.reason or entry.remark) else entry.title,
                QRect(0, number * theme().px(30), self.width(), theme().px(30)),
                "cannot be taken now" if entry.reason else "",
                selected=number == self._current,
                focused=number == self._current,
            )
            for number, (entry, _) in enumerate(self._rows)
        ]

    @property
    def current(self) -> int:
        return self._current

    def sizeHint(self) -> QSize:
        return QSize(theme().px(420), theme().px(30) * max(1, len(self._rows)))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setPen(colours.text2)
            painter.setFont(theme().font("label"))
            painter.drawText(
                self.rect().adjusted(px(10), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Nothing has that name."
            )
        for number, (entry, places) in enumerate(self._rows):
            row = QRect(0, number * px(30), self.width(), px(30))
            if number == self._current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.selected)
                painter.drawRoundedRect(QRectF(row), px(6), px(6))
            left = px(10)
            if entry.picture is not None:
                painter.drawPixmap(left, row.top() + px(6), entry.picture())
                left += px(26)
            self._draw_words(
                painter, entry, places, QRect(left, row.top(), row.width() - left - px(10), row.height())
            )

    def _draw_words(self, painter: QPainter, entry: Entry, places: tuple[int, ...], area: QRect) -> None:
        colours = theme().colours
        painter.setFont(theme().font("caption"))
        painter.setPen(colours.text2 if entry.reason else colours.text3)
        remark = entry.reason or entry.remark
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, remark)
        painter.setPen(colours.disabled if entry.reason else colours.text)
        at = QPoint(area.left(), area.top())
        for index, letter in enumerate(entry.title):
            painter.setFont(theme().font("body", 600 if index in places else 400))
            width = painter.fontMetrics().horizontalAdvance(letter)
            painter.drawText(
                QRect(at.x(), at.y(), width + 4, area.height()), Qt.AlignmentFlag.AlignVCenter, letter
            )
            at.setX(at.x() + width)

    def _row_at(self, event: QMouseEvent) -> int:
        return int(event.position().y()) // theme().px(30)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if 0 <= self._row_at(event) < len(self._rows):
            self._current = self._row_at(event)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if 0 <= self._row_at(event) < len(self._rows):
            self.taken.emit(self._row_at(event))


class _Line(SearchField):
    """Tab goes to the next entry: the line keeps the focus as long as the list is open."""

    def focusNextPrevChild(self, following: bool) -> bool:
        self.moved.emit(1 if following else -1)
        return True


class SearchList(Popover):
    """A popover with a search line and up to nine entries; Enter takes the marked one.

    Signals:
        taken: id of an entry. goneOn: id of an entry that was taken with Shift+Enter: another one is wanted.
    """

    taken = Signal(str)
    goneOn = Signal(str)

    def __init__(self, window: QWidget, placeholder: str, hint: str = "") -> None:
        content = QWidget()
        super().__init__(window, content)
        self._window = window
        self._entries: Sequence[Entry] = ()
        self._found: list[tuple[Entry, tuple[int, ...]]] = []
        self.field = _Line(placeholder)
        self._lines = _Lines()
        column = QVBoxLayout(content)
        margin = theme().px(8)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(margin)
        column.addWidget(self.field)
        column.addWidget(self._lines)
        column.addStretch(1)
        self._hint = label(hint, "caption", tone="2", wrap=True)
        self._hint.setVisible(bool(hint))
        column.addWidget(self._hint)
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self._lines.move_by)
        self.field.taken.connect(self._take_current)
        self.field.goneOn.connect(lambda: self._take(self._lines.current, self.goneOn))
        self._lines.taken.connect(self._take)

    def open_with(self, entries: Sequence[Entry], at: QPoint | None = None, find: Find | None = None) -> None:
        """Show entries to choose from, at a point of the window or at its upper middle.

        Args:
            entries: all of them. at: where. find: what of them a text means, instead of names alike.

        """
        self._entries, self._find = entries, find
        self._at = at
        self.field.clear()
        self._search("")
        self.field.setFocus()

    _at: QPoint | None = None
    _find: Find | None = None

    def _search(self, query: str) -> None:
        self._found = (alike(self._entries, query) if self._find is None else self._find(query))[:SHOWN]
        self._lines.show_rows(self._found)
        self._place()

    def _place(self) -> None:
        window, px = self._window, theme().px
        width = min(px(440), window.width() - px(32))
        height = px(30) * max(1, len(self._found)) + px(28) + px(30)
        if self._hint.text():
            height += self._hint.heightForWidth(width - px(18)) + px(8)
        left = (window.width() - width) // 2 if self._at is None else self._at.x()
        top = px(60) if self._at is None else self._at.y()
        self.show_at(QRect(left, top, width, height))

    def _take_current(self) -> None:
        self._take(self._lines.current)

    def _take(self, index: int, tells: SignalInstance | None = None) -> None:
        if 0 <= index < len(self._found) and self._found[index][0].reason is None:
            entry = self._found[index][0]
            self.close_it()
            (tells or self.taken).emit(entry.id)
